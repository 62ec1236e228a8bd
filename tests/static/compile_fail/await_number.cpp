// error: mpi4cxx: a Coroutine awaits requests, other Coroutines, when_all and when_any, and nothing else
#include <mpi4cxx/coroutine.hpp>

mpi4cxx::Coroutine<int> number(mpi4cxx::Coroutine<int> other) {
#ifdef REJECTED
    co_return co_await 7;
#else
    co_return co_await other;
#endif
}
