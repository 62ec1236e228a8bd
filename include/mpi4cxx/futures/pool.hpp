#pragma once

#include <mpi4cxx/futures/async_result.hpp>
#include <mpi4cxx/futures/mpi_pool_executor.hpp>

#include <utility>
#include <vector>

namespace MPI4CXX::futures {

/// A pool with the interface of Python's multiprocessing.Pool, on the workers of MPIPoolExecutor.
/// The destructor terminates the pool. A `chunksize` of 0 lets the pool choose.
class MPI4CXX_API Pool {
public:
    /// Use at most `processes` workers; 0: all workers. Collective like MPIPoolExecutor's constructor.
    explicit Pool(int processes = 0, Initializer initializer = {}, At at = {});
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    /// Call `f(arguments…)` on a worker and wait for the result.
    template <class F, class... A> auto apply(F&& f, A&&... arguments) { return executor_.submit(f, arguments...).result(); }
    template <class F, class... A> auto apply_async(F&& f, A&&... arguments) { return AsyncResult(executor_.submit(f, arguments...)); }

    /// Call `f` with each element; return all results, in order.
    template <class F, class R> auto map(F&& f, R&& range, int chunksize = 0) {
        return executor_.map({.chunksize = chunksize}, f, std::forward<R>(range)).list();
    }
    template <class F, class R> auto map_async(F&& f, R&& range, int chunksize = 0) {
        return AsyncResult(executor_.map({.chunksize = chunksize}, f, std::forward<R>(range)).future());
    }
    /// The same, but the results come one by one.
    template <class F, class R> auto imap(F&& f, R&& range, int chunksize = 1) {
        return executor_.map({.chunksize = chunksize}, f, std::forward<R>(range));
    }
    template <class F, class R> auto imap_unordered(F&& f, R&& range, int chunksize = 1) {
        return executor_.map({.chunksize = chunksize, .unordered = true}, f, std::forward<R>(range));
    }

    /// Call `f` with the elements of each of `tuples` as arguments.
    template <class F, class R> auto starmap(F&& f, R&& tuples, int chunksize = 0) {
        return executor_.starmap({.chunksize = chunksize}, f, std::forward<R>(tuples)).list();
    }
    template <class F, class R> auto starmap_async(F&& f, R&& tuples, int chunksize = 0) {
        return AsyncResult(executor_.starmap({.chunksize = chunksize}, f, std::forward<R>(tuples)).future());
    }
    template <class F, class R> auto istarmap(F&& f, R&& tuples, int chunksize = 1) {
        return executor_.starmap({.chunksize = chunksize}, f, std::forward<R>(tuples));
    }
    template <class F, class R> auto istarmap_unordered(F&& f, R&& tuples, int chunksize = 1) {
        return executor_.starmap({.chunksize = chunksize, .unordered = true}, f, std::forward<R>(tuples));
    }

    /// Take no more tasks.
    void close();
    /// Take no more tasks, and cancel the tasks that no worker has yet.
    void terminate();
    /// Wait until all tasks are done; call close() or terminate() first.
    void join(At at = {});

    /// Return the number of workers.
    [[nodiscard]] int num_workers() const { return executor_.num_workers(); }
    /// The executor of the pool.
    [[nodiscard]] MPIPoolExecutor& executor() noexcept { return executor_; }

private:
    MPIPoolExecutor executor_;
    bool is_closed_ = false;
};

}  // namespace MPI4CXX::futures
