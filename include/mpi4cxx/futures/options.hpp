// The options of executors, tasks and maps.
#pragma once

#include <mpi4cxx/detail/futures/callable.hpp>
#include <mpi4cxx/detail/futures/work_item.hpp>
#include <mpi4cxx/futures/timeout.hpp>

#include <memory>
#include <type_traits>

namespace MPI4CXX::futures {

/// A function that every worker runs once, before its first task of an executor: any function that can be a task without arguments.
class MPI4CXX_API Initializer {
public:
    Initializer() noexcept = default;
    template <class F>
        requires(!std::is_same_v<std::decay_t<F>, Initializer> && std::is_invocable_v<std::decay_t<F>&>)
    Initializer(F&& f);
    /// Return a new task that runs the initializer; null if there is none.
    [[nodiscard]] detail::Ref<detail::FutureState> task() const { return make_ != nullptr ? make_(*this) : detail::Ref<detail::FutureState>(); }
    explicit operator bool() const noexcept { return make_ != nullptr; }

private:
    std::shared_ptr<const void> function_;
    detail::Ref<detail::FutureState> (*make_)(const Initializer&) = nullptr;
};

/// The options of an executor: `MPIPoolExecutor executor({.max_workers = 4, .initializer = set_up})`.
struct PoolOptions {
    int max_workers = 0;        ///< the largest number of workers; 0: MPI4CXX_FUTURES_MAX_WORKERS, or all
    Initializer initializer{};  ///< runs once on every worker, before the tasks
    int prefetch = 0;           ///< how many messages of tasks a worker has at a time; 0: depends on how long the tasks take
    int retries = 0;            ///< how often the worker calls a function again, at once, after it has thrown
    int threads = 0;            ///< how many threads a task may use, for worker_threads() and OpenMP; 0: their own default
};

/// The options of one task: `executor.submit({.retries = 3}, f, x)`.
struct SubmitOptions {
    int retries = -1;  ///< how often the function is called again after it has thrown; -1: as the executor says
};

/// The options of a map: `executor.map({.chunksize = 100, .unordered = true}, f, range)`.
struct MapOptions {
    int chunksize = 0;               ///< how many calls a worker gets at a time; 0: as many as take about half a millisecond
    Timeout timeout{};               ///< for all results, measured from the call of map
    bool unordered = false;          ///< results in the order in which they come
    int buffersize = 0;              ///< how far the inputs are read ahead of the results; 0: all at once
    bool progress = false;           ///< shows the progress on standard error
    int retries = -1;                ///< how often the function is called again after it has thrown; -1: as the executor says
    bool cancel_on_failure = false;  ///< ends the map as soon as a call has thrown, not only when its result is next
};

/// In a task, return how many threads the executor lets the task use; 0 if the executor does not say.
[[nodiscard]] MPI4CXX_API int worker_threads() noexcept;

}  // namespace MPI4CXX::futures
