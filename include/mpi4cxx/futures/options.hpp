#pragma once

#include <mpi4cxx/detail/futures/callable.hpp>
#include <mpi4cxx/detail/futures/work_item.hpp>
#include <mpi4cxx/futures/timeout.hpp>

#include <memory>
#include <type_traits>

namespace MPI4CXX::futures {

/// What every worker runs once before its first task of an executor: anything that can be a task without arguments.
class MPI4CXX_API Initializer {
public:
    Initializer() noexcept = default;
    template <class F>
        requires(!std::is_same_v<std::decay_t<F>, Initializer> && std::is_invocable_v<std::decay_t<F>&>)
    Initializer(F&& f);
    /// A task that runs it.
    [[nodiscard]] detail::Ref<detail::FutureState> task() const { return make_ != nullptr ? make_(*this) : detail::Ref<detail::FutureState>(); }
    explicit operator bool() const noexcept { return make_ != nullptr; }

private:
    std::shared_ptr<const void> function_;
    detail::Ref<detail::FutureState> (*make_)(const Initializer&) = nullptr;
};

/// How an executor is made: `MPIPoolExecutor executor({.max_workers = 4, .initializer = set_up})`.
struct PoolOptions {
    int max_workers = 0;        ///< at most so many; 0: all, or MPI4CXX_FUTURES_MAX_WORKERS
    Initializer initializer{};  ///< run once by every worker, before the tasks
    int prefetch = 0;           ///< how many messages of tasks a worker has at once; 0: as fits how long they take
    int retries = 0;            ///< how often a call that has thrown is called again, at once by the same worker
    int threads = 0;            ///< that a task may use, for worker_threads() and OpenMP; 0: as many as these would without
};

/// How a task is run: `executor.submit({.retries = 3}, f, x)`.
struct SubmitOptions {
    int retries = -1;  ///< how often the call is called again where it has thrown; -1: as the executor says
};

/// How a map is run: `executor.map({.chunksize = 100, .unordered = true}, f, range)`.
struct MapOptions {
    int chunksize = 0;               ///< calls that a worker does at once; 0: as many as take about half a millisecond
    Timeout timeout{};               ///< from the call of map on, for all results
    bool unordered = false;          ///< results as they come
    int buffersize = 0;              ///< how far the inputs are read ahead of the results; 0: all at once
    bool progress = false;           ///< shows on standard error how far it is
    int retries = -1;                ///< how often a call that has thrown is called again; -1: as the executor says
    bool cancel_on_failure = false;  ///< ends the map as soon as a call has thrown, not when the results have come to its place
};

/// In a task: how many threads its executor lets it use, 0 where that says nothing.
[[nodiscard]] MPI4CXX_API int worker_threads() noexcept;

}  // namespace MPI4CXX::futures
