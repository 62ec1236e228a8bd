#pragma once

#include <mpi4cxx/detail/futures/submit.hpp>
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

/// What runs tasks on workers. One thread of the program at a time uses an executor; its futures, any.
class MPI4CXX_API Executor {
public:
    Executor(const Executor&) = delete;
    Executor& operator=(const Executor&) = delete;

    /// Have a worker call `f(arguments…)`, each argument a copy of its own. A captured pointer is std::invalid_argument.
    template <detail::NoOptions F, class... A> auto submit(F&& f, A&&... arguments) {
        return detail::submit_to(state(), detail::any_worker, {}, f, arguments...);
    }
    template <class F, class... A> auto submit(const SubmitOptions& options, F&& f, A&&... arguments) {
        return detail::submit_to(state(), detail::any_worker, options, f, arguments...);
    }
    /// Call `f` with the elements of one range, or of several side by side up to the end of the shortest.
    /// The inputs are read at once unless `buffersize` says otherwise: then from where they are, temporaries excepted.
    template <detail::NoOptions F, class... R> auto map(F&& f, R&&... ranges) {
        return detail::map_ranges(state(), {}, detail::Split::balanced, f, std::forward<R>(ranges)...);
    }
    template <class F, class... R> auto map(const MapOptions& options, F&& f, R&&... ranges) {
        return detail::map_ranges(state(), options, detail::Split::balanced, f, std::forward<R>(ranges)...);
    }
    /// The same with what stands in braces.
    template <detail::NoOptions F, class... T>
        requires(sizeof...(T) > 0)
    auto map(F&& f, std::initializer_list<T>... values) { return map(f, std::vector<T>(values)...); }
    template <class F, class... T>
        requires(sizeof...(T) > 0)
    auto map(const MapOptions& options, F&& f, std::initializer_list<T>... values) { return map(options, f, std::vector<T>(values)...); }
    /// Call `f` with what each of `tuples` holds.
    template <detail::NoOptions F, class R> auto starmap(F&& f, R&& tuples) { return detail::map_tuples(state(), {}, f, std::forward<R>(tuples)); }
    template <class F, class R> auto starmap(const MapOptions& options, F&& f, R&& tuples) {
        return detail::map_tuples(state(), options, f, std::forward<R>(tuples));
    }

    /// Where Future::then() sends a continuation.
    [[nodiscard]] detail::Target target() const { return {state()}; }

    /// One worker, by number.
    [[nodiscard]] WorkerView on(int worker) const { return {state(), worker}; }
    /// All workers, by number: a map is split before it begins.
    [[nodiscard]] DirectView direct() const { return DirectView(state()); }
    /// All workers: a map's next elements go to whoever is free.
    [[nodiscard]] BalancedView balanced() const { return BalancedView(state()); }
    /// Have every worker call `f(arguments…)`; return what they return, worker 0's first.
    template <class F, class... A> auto broadcast(F&& f, A&&... arguments) { return direct().broadcast(f, arguments...); }
    /// Leave each worker a part of `range`, for tasks to use.
    template <detail::Range R> [[nodiscard]] auto scatter(const R& range) { return direct().scatter(range); }
    /// Return the parts, joined.
    template <class T> [[nodiscard]] std::vector<T> gather(const Scattered<T>& data) { return data.gather(); }

    /// Wait until all workers have run the initializer, or with `wait` false look whether one has failed.
    Executor& bootup(bool wait = true);
    /// How many workers there are, without this process; 0 when shut down or broken.
    [[nodiscard]] int num_workers() const;
    /// Take no more tasks; with `cancel_futures`, cancel those that no worker has; with `wait`, until all are done.
    void shutdown(bool wait = true, bool cancel_futures = false);

    /// Draw which worker ran which task when, since the last picture: as SVG, or where `path` ends in .json in the format of Chrome's
    /// trace viewer and Perfetto. Of more than 131072 chunks the last.
    void trace(const std::string& path);

protected:
    Executor() noexcept = default;
    ~Executor();
    void open(detail::ExecutorStatePtr state);
    [[nodiscard]] const detail::ExecutorStatePtr& state() const;
    /// Waits for what is pending, and ends the workers' service if it is this executor's alone.
    void close() noexcept;

private:
    detail::ExecutorStatePtr state_;
    std::vector<detail::Ref<detail::FutureState>> initializers_;
    int exceptions_ = 0;  // in flight when this was made
};

template <class F>
    requires(!std::is_same_v<std::decay_t<F>, Initializer> && std::is_invocable_v<std::decay_t<F>&>)
Initializer::Initializer(F&& f)
    : function_(std::make_shared<std::decay_t<F>>(std::forward<F>(f))), make_([](const Initializer& self) -> detail::Ref<detail::FutureState> {
          return detail::make_task<std::decay_t<F>>(*static_cast<const std::decay_t<F>*>(self.function_.get()));
      }) {}

}  // namespace MPI4CXX::futures
