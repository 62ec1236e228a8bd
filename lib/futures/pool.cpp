#include <mpi4cxx/futures/pool.hpp>

#include <mpi4cxx/error.hpp>

namespace MPI4CXX::futures {

Pool::Pool(int processes, Initializer initializer, At at) : executor_({.max_workers = processes, .initializer = std::move(initializer)}, at) {}

Pool::~Pool() { terminate(); }

void Pool::close() {
    executor_.shutdown(false);
    is_closed_ = true;
}

void Pool::terminate() {
    executor_.shutdown(false, true);
    is_closed_ = true;
}

void Pool::join(At at) {
    if (!is_closed_)
        mpi4cxx::detail::misuse({at, "Pool::join"}, "the pool still takes tasks: close or terminate it first");
    executor_.shutdown();
}

}  // namespace MPI4CXX::futures
