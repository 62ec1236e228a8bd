#pragma once

#include <mpi4cxx/detail/futures/submit.hpp>
#include <mpi4cxx/futures/scattered.hpp>
#include <mpi4cxx/futures/worker_view.hpp>

namespace MPI4CXX::futures {

/// All workers of an executor, by number: what each does is known before. IPython's direct view.
class DirectView {
public:
    explicit DirectView(detail::ExecutorStatePtr executor) noexcept : executor_(std::move(executor)) {}

    [[nodiscard]] int size() const { return detail::count_workers(executor_); }
    [[nodiscard]] WorkerView operator[](int worker) const { return {executor_, worker}; }

    /// Have every worker call `f(arguments…)`; return what they return, worker 0's first.
    template <class F, class... A> auto broadcast(F&& f, A&&... arguments) const {
        return detail::results_of(detail::submit_to_all(executor_, f, arguments...));
    }
    /// Leave each worker a part of `range`.
    template <detail::Range R> [[nodiscard]] Scattered<detail::value_of<const R>> scatter(const R& range) const { return {executor_, range}; }
    /// Return the parts, joined.
    template <class T> [[nodiscard]] std::vector<T> gather(const Scattered<T>& data) const { return data.gather(); }

    /// Like Executor::map, each worker one part of the whole, the first elements worker 0.
    template <detail::NoOptions F, class... R> auto map(F&& f, R&&... ranges) const {
        return detail::map_ranges(executor_, {}, detail::Split::fixed, f, std::forward<R>(ranges)...);
    }
    template <class F, class... R> auto map(const MapOptions& options, F&& f, R&&... ranges) const {
        return detail::map_ranges(executor_, options, detail::Split::fixed, f, std::forward<R>(ranges)...);
    }

private:
    detail::ExecutorStatePtr executor_;
};

}  // namespace MPI4CXX::futures
