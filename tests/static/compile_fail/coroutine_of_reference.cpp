// error: mpi4cxx: a Coroutine gives a value: make it a pointer or a std::reference_wrapper
#include <mpi4cxx/coroutine.hpp>

#include <functional>

#ifdef REJECTED
mpi4cxx::Coroutine<int&> same(int& number) { co_return number; }
#else
mpi4cxx::Coroutine<std::reference_wrapper<int>> same(int& number) { co_return number; }
#endif
