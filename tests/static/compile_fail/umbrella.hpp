// What each case may include, for a compiler that takes it precompiled.
#include <mpi4cxx/mpi4cxx.hpp>
