#pragma once

#include <mpi4cxx/futures/async_result.hpp>
#include <mpi4cxx/futures/mpi_pool_executor.hpp>

#include <utility>
#include <vector>

namespace MPI4CXX::futures {

/// A pool with the interface of Python's multiprocessing.Pool, over the workers of MPIPoolExecutor.
/// The destructor terminates it. Where Python takes `chunksize`, 0 stands for what the pool finds best.
class MPI4CXX_API Pool {
public:
    /// At most `processes` workers, 0: all there are. Collective like MPIPoolExecutor's constructor.
    explicit Pool(int processes = 0, Initializer initializer = {}, At at = {});
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    /// Call `f(arguments…)` in a worker and wait for the result.
    template <class F, class... A> auto apply(F&& f, A&&... arguments) { return executor_.submit(f, arguments...).result(); }
    template <class F, class... A> auto apply_async(F&& f, A&&... arguments) { return AsyncResult(executor_.submit(f, arguments...)); }

    /// Call `f` with each element; return all results, in order.
    template <class F, class R> auto map(F&& f, R&& range, int chunksize = 0) {
        return executor_.map({.chunksize = chunksize}, f, std::forward<R>(range)).list();
    }
    template <class F, class R> auto map_async(F&& f, R&& range, int chunksize = 0) {
        return AsyncResult(executor_.map({.chunksize = chunksize}, f, std::forward<R>(range)).future());
    }
    /// The same; the results come one by one.
    template <class F, class R> auto imap(F&& f, R&& range, int chunksize = 1) {
        return executor_.map({.chunksize = chunksize}, f, std::forward<R>(range));
    }
    template <class F, class R> auto imap_unordered(F&& f, R&& range, int chunksize = 1) {
        return executor_.map({.chunksize = chunksize, .unordered = true}, f, std::forward<R>(range));
    }

    /// Call `f` with what each of `tuples` holds.
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
    /// The same, and cancel those that no worker has.
    void terminate();
    /// Wait until all are done; after close() or terminate().
    void join(At at = {});

    /// How many workers there are.
    [[nodiscard]] int num_workers() const { return executor_.num_workers(); }
    /// What it runs on.
    [[nodiscard]] MPIPoolExecutor& executor() noexcept { return executor_; }

private:
    MPIPoolExecutor executor_;
    bool is_closed_ = false;
};

}  // namespace MPI4CXX::futures
