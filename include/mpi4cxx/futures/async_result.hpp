#pragma once

#include <mpi4cxx/futures/future.hpp>

#include <utility>

namespace MPI4CXX::futures {

/// The result of Pool's _async methods, with the methods of multiprocessing's.
template <class T> class [[nodiscard]] AsyncResult {
public:
    explicit AsyncResult(Future<T> future) noexcept : future_(std::move(future)) {}

    /// Wait for the result and return it, or throw what the call has thrown, or TimeoutError.
    decltype(auto) get(Timeout timeout = {}) const& { return future_.result(timeout); }
    T get(Timeout timeout = {}) && { return std::move(future_).result(timeout); }
    /// Wait for it, not longer than `timeout`.
    void wait(Timeout timeout = {}) const {
        (void)detail::wait_until([task = &future_.state()] { return task->is_done(); }, timeout.deadline());
    }
    /// Tell whether the call is over.
    [[nodiscard]] bool ready() const { return future_.done(); }
    /// Tell whether there is a result and no exception; throws InvalidStateError where there is neither yet.
    [[nodiscard]] bool successful() const {
        if (!ready())
            throw InvalidStateError("the result is not there yet");
        return future_.state().error() == nullptr;
    }
    /// What it waits for.
    [[nodiscard]] const Future<T>& future() const noexcept { return future_; }

private:
    Future<T> future_;
};

}  // namespace MPI4CXX::futures
