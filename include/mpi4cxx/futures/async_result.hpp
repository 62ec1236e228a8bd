#pragma once

#include <mpi4cxx/futures/future.hpp>

#include <utility>

namespace MPI4CXX::futures {

/// The result of one of Pool's _async methods. Has the methods of multiprocessing's AsyncResult.
template <class T> class [[nodiscard]] AsyncResult {
public:
    explicit AsyncResult(Future<T> future) noexcept : future_(std::move(future)) {}

    /// Wait for the result and return it. Throw what the call has thrown, or TimeoutError.
    decltype(auto) get(Timeout timeout = {}) const& { return future_.result(timeout); }
    T get(Timeout timeout = {}) && { return std::move(future_).result(timeout); }
    /// Wait until the call is over, at most for `timeout`.
    void wait(Timeout timeout = {}) const {
        (void)detail::wait_until([task = &future_.state()] { return task->is_done(); }, timeout.deadline());
    }
    /// Tell whether the call is over.
    [[nodiscard]] bool ready() const { return future_.done(); }
    /// Tell whether the call returned a result; throws InvalidStateError while the call is not over.
    [[nodiscard]] bool successful() const {
        if (!ready())
            throw InvalidStateError("the result is not there yet");
        return future_.state().error() == nullptr;
    }
    /// The future of the call.
    [[nodiscard]] const Future<T>& future() const noexcept { return future_; }

private:
    Future<T> future_;
};

}  // namespace MPI4CXX::futures
