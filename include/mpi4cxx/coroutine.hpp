#pragma once

#include <mpi4cxx/detail/requests/awaited.hpp>
#include <mpi4cxx/error.hpp>

#include <concepts>
#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace MPI4CXX {

namespace detail {

template <class C> class AwaitedCoroutine;

template <class A> struct AwaitedBy {
    static_assert(never<A>, "mpi4cxx: a Coroutine awaits requests, other Coroutines, when_all and when_any, and nothing else");
};
template <class A>
    requires std::derived_from<std::remove_reference_t<A>, Request>
struct AwaitedBy<A> {
    using type = AwaitedRequest;
};
template <class T> struct AwaitedBy<ObjectRequest<T>> { using type = AwaitedObject<T>; };
template <class T> struct AwaitedBy<ObjectRequest<T>&> { using type = AwaitedObject<T>; };
template <class T> struct AwaitedBy<Coroutine<T>> { using type = AwaitedCoroutine<Coroutine<T>>; };
template <class T> struct AwaitedBy<Coroutine<T>&> { using type = AwaitedCoroutine<Coroutine<T>&>; };

/// The part of a coroutine's promise that does not depend on the type of its result.
class CoroutineState {
public:
    static std::suspend_always initial_suspend() noexcept { return {}; }
    auto final_suspend() noexcept {
        struct Return : std::suspend_always {
            CoroutineState& state;
            explicit Return(CoroutineState& of) noexcept : state(of) {}
            void await_suspend(std::coroutine_handle<>) const noexcept { state.stack_->go_on(state.caller_); }
        };
        return Return(*this);
    }
    void unhandled_exception() noexcept { error_ = std::current_exception(); }

    template <class A> auto await_transform(A&& awaitable, At at = {}) { return typename AwaitedBy<A>::type(awaitable, at); }

    [[nodiscard]] CallStack& stack() noexcept { return *stack_; }
    /// Joins the call stack of the caller.
    void call_from(CoroutineState& caller, std::coroutine_handle<> handle) noexcept {
        caller_ = handle;
        stack_ = caller.stack_;
    }
    /// Returns the place in the user's program that waits for the coroutine.
    [[nodiscard]] At at() const noexcept { return at_; }
    void set_at(At at) noexcept { at_ = at; }
    [[nodiscard]] const std::exception_ptr& error() const noexcept { return error_; }

protected:
    CoroutineState() noexcept = default;
    ~CoroutineState() = default;

private:
    CallStack own_stack_;
    CallStack* stack_ = &own_stack_;
    std::coroutine_handle<> caller_;
    At at_;
    std::exception_ptr error_;
};

template <class T> class CoroutinePromise final : public CoroutineState {
public:
    Coroutine<T> get_return_object() noexcept { return Coroutine<T>(*this); }
    template <std::convertible_to<T> U = T> void return_value(U&& value) { value_.emplace(std::forward<U>(value)); }
    T take() { return std::move(*value_); }

private:
    std::optional<T> value_;
};

template <> class CoroutinePromise<void> final : public CoroutineState {
public:
    inline Coroutine<void> get_return_object() noexcept;
    void return_void() noexcept {}
    void take() noexcept {}
};

}  // namespace detail

/// A coroutine that awaits requests and gives one `T`.
/// `co_await` of a request waits for the request and gives the result of `Wait` or `wait`: the status, or the received object. `co_await` of a
/// Coroutine runs that coroutine and gives its result or throws its exception. A null Coroutine is an error; a null request is what it is to `wait`.
/// A Coroutine begins when it is awaited or waited for, and runs only during such waits: the thread that waits drives everything that the coroutine
/// awaits. Whatever the coroutine refers to must live until it is over; take parameters by value if that is not certain. A Coroutine that is dropped
/// drops its requests.
template <class T = void> class [[nodiscard]] Coroutine final {
    static_assert(!std::is_reference_v<T>, "mpi4cxx: a Coroutine gives a value: make it a pointer or a std::reference_wrapper");

public:
    using promise_type = detail::CoroutinePromise<T>;

    Coroutine() noexcept = default;
    Coroutine(Coroutine&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
    Coroutine& operator=(Coroutine&& other) noexcept {
        Coroutine old(std::move(other));
        std::swap(frame_, old.frame_);
        return *this;
    }
    ~Coroutine() {
        if (frame_)
            frame_.destroy();
    }

    /// Tell whether there is no coroutine, or its result has been taken.
    [[nodiscard]] bool is_null() const noexcept { return !frame_; }
    explicit operator bool() const noexcept { return !is_null(); }

    /// Wait until the coroutine is over. Return its result or throw its exception; the Coroutine is null then. Throws std::invalid_argument if the
    /// Coroutine is null already, or if it waits for itself.
    T wait(At at = {}) {
        stack(at).wait(at);
        return take();
    }
    /// The same as wait.
    T get(At at = {}) { return wait(at); }
    /// Run the coroutine as far as possible without waiting. If it is over, return its result or throw its exception. For a coroutine without a
    /// result, tell whether it is over.
    std::conditional_t<std::is_void_v<T>, bool, std::optional<T>> test(At at = {}) {
        if (!stack(at).test(at))
            return {};
        if constexpr (std::is_void_v<T>) {
            take();
            return true;
        } else {
            return take();
        }
    }

private:
    using Frame = std::coroutine_handle<promise_type>;
    explicit Coroutine(promise_type& promise) noexcept : frame_(Frame::from_promise(promise)) { promise.stack().go_on(frame_); }
    detail::CallStack& stack(At at) {
        if (is_null())
            detail::misuse({at, "Coroutine::wait"}, "the coroutine is null, or its result has been taken");
        if (!frame_.promise().stack().is_started())
            frame_.promise().set_at(at);
        return frame_.promise().stack();
    }
    /// Returns the result of a coroutine that is over.
    T take() {
        Coroutine over(std::move(*this));
        if (const std::exception_ptr error = over.frame_.promise().error())
            std::rethrow_exception(error);
        return over.frame_.promise().take();
    }
    friend promise_type;
    template <class C> friend class detail::AwaitedCoroutine;

    Frame frame_ = nullptr;
};

namespace detail {

inline Coroutine<void> CoroutinePromise<void>::get_return_object() noexcept { return Coroutine<void>(*this); }

/// An awaited coroutine, or a reference to one that somebody else may wait for later.
template <class C> class AwaitedCoroutine final : public Awaited {
public:
    explicit AwaitedCoroutine(std::remove_reference_t<C>& coroutine, At at = {}) noexcept : Awaited(at), coroutine_(static_cast<C&&>(coroutine)) {}

    template <class Promise> void await_suspend(std::coroutine_handle<Promise> caller) noexcept {
        if (!is_callee() || coroutine_.stack(at()).is_started())
            return Awaited::await_suspend(caller);
        caller.promise().stack().go_on(coroutine_.frame_);
        coroutine_.frame_.promise().call_from(caller.promise(), caller);
    }
    auto await_resume() {
        rethrow();
        if (coroutine_.is_null())
            misuse({at(), "Coroutine"}, "the result has been taken meanwhile: two of those who wait have awaited the same coroutine");
        return coroutine_.take();
    }

private:
    /// Returns whether the coroutine is destroyed whenever its caller is.
    [[nodiscard]] bool is_callee() const noexcept { return !std::is_reference_v<C> && !coroutine_.is_null(); }
    std::optional<bool> poll() override {
        return coroutine_.is_null() ? std::nullopt : std::optional(coroutine_.stack(at()).poll(at()) && is_over());
    }
    void wait() override {
        coroutine_.stack(at()).wait(at());
        (void)is_over();
    }
    /// Returns true. If the coroutine has failed, throws its exception now and makes it null.
    bool is_over() {
        if (coroutine_.frame_.promise().error())
            coroutine_.take();
        return true;
    }

    C coroutine_;
};

}  // namespace detail
}  // namespace MPI4CXX
