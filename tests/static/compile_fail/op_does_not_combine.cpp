// error: no matching function for call to .*Create
#include <mpi4cxx/op.hpp>

#ifdef REJECTED
const auto op = mpi4cxx::Op::Create<int>([](int a) { return a; });
#else
const auto op = mpi4cxx::Op::Create<int>([](int a, int b) { return a + b; });
#endif
