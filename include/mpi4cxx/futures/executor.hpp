#pragma once

#include <mpi4cxx/detail/futures/submit.hpp>
#include <mpi4cxx/detail/mpi/array.hpp>
#include <mpi4cxx/futures/balanced_view.hpp>
#include <mpi4cxx/futures/direct_view.hpp>
#include <mpi4cxx/futures/future.hpp>
#include <mpi4cxx/futures/options.hpp>
#include <mpi4cxx/futures/results.hpp>
#include <mpi4cxx/futures/scattered.hpp>
#include <mpi4cxx/futures/worker_view.hpp>

#include <initializer_list>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace MPI4CXX::futures {

/// Runs tasks on workers. Only one thread at a time may use an executor; any thread may use its futures.
class MPI4CXX_API Executor {
public:
    Executor(const Executor&) = delete;
    Executor& operator=(const Executor&) = delete;

    /// Have a worker call `f(arguments…)` with copies of the arguments. Throws std::invalid_argument if `f` captures a pointer.
    template <detail::NoOptions F, class... A> auto submit(F&& f, A&&... arguments) {
        return detail::submit_to(state(), detail::any_worker, {}, f, arguments...);
    }
    template <class F, class... A> auto submit(const SubmitOptions& options, F&& f, A&&... arguments) {
        return detail::submit_to(state(), detail::any_worker, options, f, arguments...);
    }
    /// Call `f` with each element of a range, or with the elements of several ranges side by side, up to the end of the shortest.
    /// The inputs are read at once. With `buffersize` they are read while the map runs, so the ranges must live that long, except temporaries.
    template <detail::NoOptions F, class... R> auto map(F&& f, R&&... ranges) {
        return detail::map_ranges(state(), {}, detail::Split::balanced, f, std::forward<R>(ranges)...);
    }
    template <class F, class... R> auto map(const MapOptions& options, F&& f, R&&... ranges) {
        return detail::map_ranges(state(), options, detail::Split::balanced, f, std::forward<R>(ranges)...);
    }
    /// The same with lists in braces.
    template <detail::NoOptions F, class... T>
        requires(sizeof...(T) > 0)
    auto map(F&& f, std::initializer_list<T>... values) { return map(f, std::vector<T>(values)...); }
    template <class F, class... T>
        requires(sizeof...(T) > 0)
    auto map(const MapOptions& options, F&& f, std::initializer_list<T>... values) { return map(options, f, std::vector<T>(values)...); }
    /// Call `f` with the elements of each of `tuples` as arguments.
    template <detail::NoOptions F, class R> auto starmap(F&& f, R&& tuples) { return detail::map_tuples(state(), {}, f, std::forward<R>(tuples)); }
    template <class F, class R> auto starmap(const MapOptions& options, F&& f, R&& tuples) {
        return detail::map_tuples(state(), options, f, std::forward<R>(tuples));
    }

    /// The target to which Future::then() submits a continuation.
    [[nodiscard]] detail::Target target() const { return {state()}; }

    /// One worker, by number.
    [[nodiscard]] WorkerView on(int worker) const { return {state(), worker}; }
    /// All workers, by number: a map is split among them before it begins.
    [[nodiscard]] DirectView direct() const { return DirectView(state()); }
    /// All workers: the next elements of a map go to a worker that is free.
    [[nodiscard]] BalancedView balanced() const { return BalancedView(state()); }
    /// Have every worker call `f(arguments…)`. Return the results, in the order of the workers.
    template <class F, class... A> auto broadcast(F&& f, A&&... arguments) { return direct().broadcast(f, arguments...); }
    /// Split `range` into one part for each worker and leave the part there for tasks to use.
    template <detail::Range R> [[nodiscard]] auto scatter(const R& range) { return direct().scatter(range); }
    /// Return all parts, joined in the order of the workers.
    template <class T> [[nodiscard]] std::vector<T> gather(const Scattered<T>& data) { return data.gather(); }

    /// Wait until all workers have run the initializer. With `wait` false, only check whether one has failed.
    Executor& bootup(bool wait = true);
    /// Return the number of workers, not counting this process; 0 after shutdown() or when the executor is broken.
    [[nodiscard]] int num_workers() const;
    /// Take no more tasks. With `cancel_futures`, cancel the tasks that no worker has yet. With `wait`, wait until all tasks are done.
    void shutdown(bool wait = true, bool cancel_futures = false);

    /// Draw which worker ran which task when, since the last call: as SVG, or, if `path` ends in .json, in the format of Chrome's trace viewer and
    /// Perfetto. Only the last 131072 chunks are kept.
    void trace(const std::string& path);

protected:
    Executor() noexcept = default;
    ~Executor();
    void open(detail::ExecutorStatePtr state);
    [[nodiscard]] const detail::ExecutorStatePtr& state() const;
    /// Waits for pending tasks. Stops the workers if they belong to this executor alone.
    void close() noexcept;

private:
    detail::ExecutorStatePtr state_;
    mpi4cxx::detail::Array<detail::Ref<detail::FutureState>> initializers_;
    int exceptions_ = 0;  // the number of exceptions in flight when this executor was made
};

template <class F>
    requires(!std::is_same_v<std::decay_t<F>, Initializer> && std::is_invocable_v<std::decay_t<F>&>)
Initializer::Initializer(F&& f)
    : function_(std::make_shared<std::decay_t<F>>(std::forward<F>(f))), make_([](const Initializer& self) -> detail::Ref<detail::FutureState> {
          return detail::make_task<std::decay_t<F>>(*static_cast<const std::decay_t<F>*>(self.function_.get()));
      }) {}

}  // namespace MPI4CXX::futures
