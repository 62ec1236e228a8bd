#pragma once

#include <mpi4cxx/detail/futures/submit.hpp>
#include <mpi4cxx/futures/scattered.hpp>
#include <mpi4cxx/futures/worker_view.hpp>

namespace MPI4CXX::futures {

/// All workers of an executor, by number: what each worker does is decided in advance. IPython's direct view.
class DirectView {
public:
    explicit DirectView(detail::ExecutorStatePtr executor) noexcept : executor_(std::move(executor)) {}

    [[nodiscard]] int size() const { return detail::count_workers(executor_); }
    [[nodiscard]] WorkerView operator[](int worker) const { return {executor_, worker}; }

    /// Have every worker call `f(arguments…)`. Return the results, in the order of the workers.
    template <class F, class... A> auto broadcast(F&& f, A&&... arguments) const {
        return detail::results_of(detail::submit_to_all(executor_, f, arguments...));
    }
    /// Split `range` into one part for each worker and leave the part there.
    template <detail::Range R> [[nodiscard]] Scattered<detail::value_of<const R>> scatter(const R& range) const { return {executor_, range}; }
    /// Return all parts, joined in the order of the workers.
    template <class T> [[nodiscard]] std::vector<T> gather(const Scattered<T>& data) const { return data.gather(); }

    /// Like Executor::map, but each worker gets one contiguous part of the inputs, in the order of the workers.
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
