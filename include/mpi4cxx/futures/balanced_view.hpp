#pragma once

#include <mpi4cxx/detail/futures/submit.hpp>

namespace MPI4CXX::futures {

/// All workers of an executor, without numbers: each task goes to a worker that is free. IPython's load-balanced view.
class BalancedView {
public:
    explicit BalancedView(detail::ExecutorStatePtr executor) noexcept : executor_(std::move(executor)) {}

    [[nodiscard]] int size() const { return detail::count_workers(executor_); }
    /// Like Executor::submit.
    template <detail::NoOptions F, class... A> auto submit(F&& f, A&&... arguments) const {
        return detail::submit_to(executor_, detail::any_worker, {}, f, arguments...);
    }
    template <class F, class... A> auto submit(const SubmitOptions& options, F&& f, A&&... arguments) const {
        return detail::submit_to(executor_, detail::any_worker, options, f, arguments...);
    }
    /// Like Executor::map.
    template <detail::NoOptions F, class... R> auto map(F&& f, R&&... ranges) const {
        return detail::map_ranges(executor_, {}, detail::Split::balanced, f, std::forward<R>(ranges)...);
    }
    template <class F, class... R> auto map(const MapOptions& options, F&& f, R&&... ranges) const {
        return detail::map_ranges(executor_, options, detail::Split::balanced, f, std::forward<R>(ranges)...);
    }

    [[nodiscard]] detail::Target target() const { return {executor_}; }

private:
    detail::ExecutorStatePtr executor_;
};

}  // namespace MPI4CXX::futures
