// error: mpi4cxx: when_any leaves those that are not chosen where they are, so it takes variables and no temporaries
#include <mpi4cxx/intracomm.hpp>
#include <mpi4cxx/when_any.hpp>

mpi4cxx::Coroutine<int> first(const mpi4cxx::Comm& comm) {
    mpi4cxx::ObjectRequest<int> left = comm.irecv<int>(0), right = comm.irecv<int>(1);
#ifdef REJECTED
    auto one = co_await mpi4cxx::when_any(left, comm.irecv<int>(1));
#else
    auto one = co_await mpi4cxx::when_any(left, right);
#endif
    co_return static_cast<int>(one.index());
}
