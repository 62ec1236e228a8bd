// What a coroutine can wait for, and the stack of coroutines that wait for each other.
#pragma once

#include <mpi4cxx/object_request.hpp>

#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

namespace MPI4CXX::detail {

/// Something that a coroutine waits for. An exception is kept, and thrown in the coroutine when the coroutine goes on.
class MPI4CXX_API Awaited {
public:
    explicit Awaited(At at) noexcept : at_(at) {}
    virtual ~Awaited() = default;
    Awaited(Awaited&&) noexcept = default;  // only before anybody waits
    Awaited& operator=(Awaited&&) = delete;

    /// Returns whether it is complete; nothing if it is null or inactive. Looks once if that is not known.
    std::optional<bool> look_if_active() noexcept;
    /// The same, but what is null or inactive is waited for, which fails or is over at once.
    bool look() noexcept;
    /// Waits until it is complete.
    void complete() noexcept;
    void rethrow() const {
        if (error_)
            std::rethrow_exception(error_);
    }
    /// Does what may throw when the result of a complete one is taken.
    virtual void prepare() {}
    /// Returns the place in the user's program that waits.
    [[nodiscard]] At at() const noexcept { return at_; }
    void set_at(At at) noexcept { at_ = at; }

    [[nodiscard]] static bool await_ready() noexcept { return false; }  // else a coroutine that need not wait would keep all others waiting
    template <class Promise> void await_suspend(std::coroutine_handle<Promise> caller) noexcept { caller.promise().stack().await(*this); }

protected:
    /// Looks once, and returns the same as look_if_active.
    virtual std::optional<bool> poll() = 0;
    virtual void wait() = 0;

    // For requests. `test` drives nothing, because whoever waits for several requests drives once for all of them.

    static void drive() { Request::drive(); }
    static std::optional<bool> test(Request& request, Status* status, At at) { return request.test_active(status, at); }
    // A request keeps its object until the coroutine goes on, so that it still has the object if the coroutine is dropped before.
    template <class T> static std::optional<bool> test(ObjectRequest<T>& request, At at) {
        return request.is_null() ? std::nullopt : std::optional(request.request_.take_object(nullptr, nullptr, at));
    }
    template <class T> static void wait(ObjectRequest<T>& request, At at) { request.request_.wait_object(nullptr, nullptr, at); }
    template <class T> static void read(ObjectRequest<T>& request, At at) { request.read(at); }
    friend class CallStack;

private:
    At at_;
    bool complete_ = false;
    std::exception_ptr error_;
};

/// The coroutines of which each waits for the next. The outermost is waited for by other code. Control returns to the loop in here between any two of
/// them. That keeps the thread's own stack flat, even if the compiler makes no tail calls: g++ makes none without optimization.
class MPI4CXX_API CallStack {
public:
    ~CallStack() {
        if (used_)
            refuse_end();
    }
    [[nodiscard]] bool is_started() const noexcept { return started_; }
    /// Goes on in `next`: the callee, or the caller, which is null if the outermost coroutine is over.
    void go_on(std::coroutine_handle<> next) noexcept { innermost_ = next; }
    /// Goes on when `awaited` is complete.
    void await(Awaited& awaited) noexcept { awaited_ = &awaited; }

    /// Looks once, goes on to the next thing to wait for, and returns whether the outermost coroutine is over.
    bool poll(At at);
    /// Drives pending operations and polls, until nothing moves. Returns whether the outermost coroutine is over.
    bool test(At at);
    /// Waits until the outermost coroutine is over.
    void wait(At at);

private:
    class Use;
    void resume();
    /// Ends the job, because a coroutine that runs is destroyed.
    [[noreturn]] static void refuse_end() noexcept;

    std::coroutine_handle<> innermost_;
    Awaited* awaited_ = nullptr;  // null if the innermost coroutine can go on
    bool started_ = false, used_ = false;
};

class MPI4CXX_API AwaitedRequest final : public Awaited {
public:
    explicit AwaitedRequest(Request& request, At at = {}) noexcept : Awaited(at), request_(request) {}
    Status await_resume() const {
        rethrow();
        return status_;
    }

private:
    std::optional<bool> poll() override { return test(request_, &status_, at()); }
    void wait() override { request_.Wait(&status_, at()); }

    Request& request_;
    Status status_;
};

template <class T> class AwaitedObject final : public Awaited {
public:
    explicit AwaitedObject(ObjectRequest<T>& request, At at = {}) noexcept : Awaited(at), request_(request) {}
    void prepare() override { read(request_, at()); }
    T await_resume() {
        rethrow();
        return request_.wait(nullptr, at());
    }

private:
    std::optional<bool> poll() override { return test(request_, at()); }
    void wait() override { Awaited::wait(request_, at()); }

    ObjectRequest<T>& request_;
};

}  // namespace MPI4CXX::detail
