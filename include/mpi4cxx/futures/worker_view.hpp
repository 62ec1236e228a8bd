#pragma once

#include <mpi4cxx/detail/futures/submit.hpp>

namespace MPI4CXX::futures {

/// One worker of an executor: `executor.on(2).submit(f)`.
class WorkerView {
public:
    WorkerView(detail::ExecutorStatePtr executor, int worker) noexcept : executor_(std::move(executor)), worker_(worker) {}

    /// Have this worker call `f(arguments…)`, after all that was submitted to it before.
    template <detail::NoOptions F, class... A> auto submit(F&& f, A&&... arguments) const {
        return detail::submit_to(executor_, worker_, {}, f, arguments...);
    }
    template <class F, class... A> auto submit(const SubmitOptions& options, F&& f, A&&... arguments) const {
        return detail::submit_to(executor_, worker_, options, f, arguments...);
    }
    [[nodiscard]] detail::Target target() const { return {executor_, worker_}; }
    /// The number of this worker.
    [[nodiscard]] int worker() const noexcept { return worker_; }

private:
    detail::ExecutorStatePtr executor_;
    int worker_;
};

}  // namespace MPI4CXX::futures
