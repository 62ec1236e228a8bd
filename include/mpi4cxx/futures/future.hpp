// Futures: results that are still to come, and the functions that wait for, collect and combine them.
#pragma once

#include <mpi4cxx/detail/futures/work_item.hpp>
#include <mpi4cxx/futures/errors.hpp>
#include <mpi4cxx/futures/timeout.hpp>

#include <coroutine>
#include <deque>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace MPI4CXX::futures {

namespace detail {

template <class T> struct Promise;

template <class F, class T> struct continuation { using type = std::invoke_result_t<F&, T&>; };
template <class F> struct continuation<F, void> { using type = std::invoke_result_t<F&>; };

/// Ends `state` with what `f` returns or throws.
template <class R, class F> void finish_with(FutureStateOf<R>& state, F f) {
    try {
        if constexpr (std::is_void_v<R>) {
            f();
            state.set({});
        } else {
            state.set(f());
        }
    } catch (...) {
        state.finish(std::current_exception());
    }
}

}  // namespace detail

/// A result that is still to come. Copies of a future share one result. A future may outlive its executor.
/// Callbacks, continuations and coroutines run in the thread that receives the result: a waiting thread or the pool's progress thread. Another
/// thread runs them if an earlier callback is waiting. A default-constructed or moved-from future is empty: its methods throw InvalidStateError.
template <class T> class [[nodiscard]] Future {
public:
    using value_type = T;
    using promise_type = detail::Promise<T>;  // for a coroutine that returns a Future
    using State = detail::FutureStateOf<T>;

    Future() noexcept = default;
    explicit Future(detail::Ref<State> state) noexcept : state_(std::move(state)) {}

    /// Wait for the result and return it. Throw the exception of the task, TimeoutError or CancelledError. The result stays in the future; a
    /// temporary future moves it out unless there are copies of the future.
    decltype(auto) result(Timeout timeout = {}) const& {
        at().wait_result(timeout);
        if constexpr (!std::is_void_v<T>)
            return static_cast<detail::stored<T>&>(at().value());
    }
    T result(Timeout timeout = {}) && {
        at().wait_result(timeout);
        if constexpr (!std::is_void_v<T>) {
            if constexpr (std::is_copy_constructible_v<T>)
                if (!at().is_sole())
                    return at().value();
            return std::move(at().value());
        }
    }
    /// Wait, and return the exception instead of throwing it; null if there is none.
    [[nodiscard]] std::exception_ptr exception(Timeout timeout = {}) const {
        at().wait(timeout);
        if (at().is_cancelled())
            std::rethrow_exception(at().error());
        return at().error();
    }
    /// Tell whether there is a result or an exception, or the future is cancelled.
    [[nodiscard]] bool done() const { return at().is_done(); }
    /// Tell whether a worker has taken the task.
    [[nodiscard]] bool running() const { return at().state() == detail::FutureState::State::running; }
    /// Tell whether the future was cancelled before a worker took the task.
    [[nodiscard]] bool cancelled() const { return at().is_cancelled(); }
    /// Cancel the task unless a worker has taken it already; tell whether the future is cancelled.
    bool cancel() const { return at().cancel(); }

    /// Call `f(future)` when the future is done; call it at once if the future is done already.
    template <class F> void add_done_callback(F f) const {
        at().when_done([copy = *this, f = std::move(f)]() mutable { f(std::move(copy)); });
    }
    /// Return the future of `f(result)`. An exception skips `f` and becomes the exception of the new future.
    template <class F> auto then(F f) const {
        using R = typename detail::continuation<F, T>::type;
        return compose_with<R>([f = std::move(f)](const Future& self) mutable -> R {
            if constexpr (std::is_void_v<T>)
                return self.result(), f();
            else
                return f(self.result());
        });
    }
    /// The same, but `f` runs as a task of `executor`, or of a view of one, so a long `f` does not hold up the thread that receives results.
    template <class E, class F> auto then(const E& executor, const F& f) const { return submit_after(*this, executor.target(), f); }
    /// Return the future of `f(*this)`, called when this future is done.
    template <class R, class F> Future<R> compose_with(F f) const {
        detail::Ref<detail::FutureStateOf<R>> next(new detail::FutureStateOf<R>);
        at().when_done([next, copy = *this, f = std::move(f)]() mutable {
            if (next->begin())
                detail::finish_with<R>(*next, [&] { return f(copy); });
        });
        return Future<R>(next);
    }

    /// `co_await future` returns its result.
    auto operator co_await() const {
        struct Awaiter {
            Future future;
            bool await_ready() const { return future.done(); }
            void await_suspend(std::coroutine_handle<> coroutine) const {
                future.at().when_done([coroutine] { coroutine.resume(); });
            }
            decltype(auto) await_resume() const {
                if constexpr (std::is_copy_constructible_v<detail::stored<T>>)
                    return Future(future).result();
                else
                    return std::move(future.result());
            }
        };
        return Awaiter{*this};
    }

    [[nodiscard]] bool operator==(const Future& other) const noexcept { return state_.get() == other.state_.get(); }
    [[nodiscard]] detail::FutureState& state() const { return at(); }

private:
    [[nodiscard]] State& at() const {
        if (!state_) [[unlikely]]
            detail::throw_empty("future");
        return *state_;
    }
    detail::Ref<State> state_;
};

namespace detail {

template <class T> struct PromiseBase {
    Ref<FutureStateOf<T>> state{new FutureStateOf<T>};

    PromiseBase() { (void)state->begin(); }
    Future<T> get_return_object() { return Future<T>(state); }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void unhandled_exception() { state->finish(std::current_exception()); }
};
template <class T> struct Promise : PromiseBase<T> {
    template <class U> void return_value(U&& value) { this->state->set(T(std::forward<U>(value))); }
};
template <> struct Promise<void> : PromiseBase<void> {
    void return_void() { state->set({}); }
};

}  // namespace detail

// When `wait` returns; the names are those of concurrent.futures.
enum class ReturnWhen : char { FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED };
inline constexpr ReturnWhen FIRST_COMPLETED = ReturnWhen::FIRST_COMPLETED;
inline constexpr ReturnWhen FIRST_EXCEPTION = ReturnWhen::FIRST_EXCEPTION;
inline constexpr ReturnWhen ALL_COMPLETED = ReturnWhen::ALL_COMPLETED;

/// The result of wait().
template <class T> struct DoneAndNotDone { std::vector<Future<T>> done, not_done; };

namespace detail {
MPI4CXX_API void wait_for(std::span<FutureState* const> tasks, ReturnWhen when, Timeout timeout);
template <class T> std::vector<FutureState*> states_of(const std::vector<Future<T>>& futures) {
    std::vector<FutureState*> tasks;
    tasks.reserve(futures.size());
    for (const Future<T>& future : futures) tasks.push_back(&future.state());
    return tasks;
}
}  // namespace detail

/// Wait until one future is done, one has an exception, or all are done, but not longer than `timeout`.
template <class T> DoneAndNotDone<T> wait(const std::vector<Future<T>>& futures, Timeout timeout = {}, ReturnWhen when = ALL_COMPLETED) {
    detail::wait_for(detail::states_of(futures), when, timeout);
    DoneAndNotDone<T> result;
    for (const Future<T>& future : futures) (future.done() ? result.done : result.not_done).push_back(future);
    return result;
}
template <class T> DoneAndNotDone<T> wait(const std::vector<Future<T>>& futures, ReturnWhen when) { return wait(futures, {}, when); }

/// The futures in the order in which they complete: `for (auto& future : as_completed(futures))`.
template <class T> class Completed {
public:
    Completed(std::vector<Future<T>> futures, Timeout timeout)
        : done_(std::make_shared<Done>()), left_(futures.size()), deadline_(timeout.deadline()) {
        (void)detail::states_of(futures);  // throws if one is empty, before any callback is added
        for (const Future<T>& future : futures) future.add_done_callback([done = done_](Future<T> one) { done->push(std::move(one)); });
    }

    class iterator {
    public:
        using value_type = Future<T>;
        using difference_type = std::ptrdiff_t;
        explicit iterator(Completed* all) : all_(all) { ++*this; }
        Future<T>& operator*() const noexcept { return all_->current_; }
        iterator& operator++() {
            is_at_end_ = !all_->next();
            return *this;
        }
        void operator++(int) { ++*this; }
        bool operator==(std::default_sentinel_t) const noexcept { return is_at_end_; }

    private:
        Completed* all_;
        bool is_at_end_ = false;
    };
    iterator begin() { return iterator(this); }
    std::default_sentinel_t end() const noexcept { return {}; }

private:
    struct Done {  // filled by the threads that receive the results
        std::atomic_flag busy{};
        std::deque<Future<T>> futures;
        template <class F> auto locked(F f) {
            while (busy.test_and_set(std::memory_order_acquire)) {}
            struct Unlock {
                std::atomic_flag& flag;
                ~Unlock() { flag.clear(std::memory_order_release); }
            } unlock{busy};
            return f();
        }
        void push(Future<T>&& future) {
            locked([&] { futures.push_back(std::move(future)); });
        }
        bool pop(Future<T>& future) {
            Future<T> next;
            const bool found = locked([&] {
                if (futures.empty())
                    return false;
                next = std::move(futures.front());
                futures.pop_front();
                return true;
            });
            if (found)
                future = std::move(next);  // outside the lock: it may destroy a result, whose destructor may wait for another of the futures
            return found;
        }
    };

    bool next() {
        if (done_ == nullptr)
            detail::throw_empty("range of futures");
        if (left_ == 0)
            return false;
        if (!detail::wait_until([this] { return done_->pop(current_); }, deadline_))
            throw TimeoutError(std::to_string(left_) + " futures are not done");
        --left_;
        return true;
    }

    std::shared_ptr<Done> done_;
    std::size_t left_;
    Timeout::Clock::time_point deadline_;
    Future<T> current_{};
};

/// Return a range of the futures in the order in which they complete. The range keeps no future that it has yielded; if the vector is moved in,
/// no copy remains.
template <class T> Completed<T> as_completed(std::vector<Future<T>> futures, Timeout timeout = {}) { return {std::move(futures), timeout}; }

/// The options of collect(): `collect(futures, {.cancel_on_failure = true})`.
struct CollectOptions {
    bool cancel_on_failure = false;  ///< cancels the futures whose tasks no worker has yet, as soon as one future has an exception
};

namespace detail {

/// The results of several futures.
template <class T> struct all_of { using type = std::vector<T>; };
template <> struct all_of<void> { using type = void; };

}  // namespace detail

/// Return one future of all results, in order, or of void if they are void. The first exception becomes its exception. Cancelling it cancels all
/// futures.
template <class T> auto collect(const std::vector<Future<T>>& futures, const CollectOptions& options = {}) {
    using All = typename detail::all_of<T>::type;
    detail::Ref<detail::FutureStateOf<All>> all(new detail::FutureStateOf<All>);
    struct Shared {
        explicit Shared(const std::vector<Future<T>>& all) : futures(all), left(all.size()) {}
        std::vector<Future<T>> futures;
        std::atomic<std::size_t> left;
    };
    (void)detail::states_of(futures);  // throws if one is empty, before any callback is added
    const auto shared = std::make_shared<Shared>(futures);
    const auto complete = [all, shared] {
        if (!all->begin())
            return;
        detail::finish_with<All>(*all, [&]() -> All {
            if constexpr (!std::is_void_v<T>) {
                std::vector<T> results;
                results.reserve(shared->futures.size());
                for (Future<T>& future : shared->futures)
                    if constexpr (std::is_copy_constructible_v<T>)
                        results.push_back(future.result());
                    else
                        results.push_back(std::move(future.result()));
                return results;
            }
        });
    };
    if (futures.empty())
        complete();
    for (const Future<T>& future : futures)
        future.add_done_callback([all, shared, complete, options](const Future<T>& one) {
            const bool has_failed = one.state().error() != nullptr;
            if (has_failed && all->begin())
                all->finish(one.state().error());
            if (has_failed && options.cancel_on_failure)
                for (const Future<T>& other : shared->futures) other.cancel();
            if (shared->left.fetch_sub(1) == 1)
                complete();
        });
    all->when_done([state = all.get(), shared] {
        if (state->is_cancelled())
            for (const Future<T>& future : shared->futures) future.cancel();
    });
    return Future<All>(all);
}

/// Return the future of `on_result(result)`. If there is an exception, return the future of `on_exception(exception)`, which may return a value or
/// throw another exception.
template <class T, class F> auto compose(const Future<T>& future, F on_result) { return future.then(std::move(on_result)); }
template <class T, class F, class G> auto compose(const Future<T>& future, F on_result, G on_exception) {
    using R = typename detail::continuation<F, T>::type;
    return future.template compose_with<R>([f = std::move(on_result), g = std::move(on_exception)](const Future<T>& done) mutable -> R {
        if (done.state().error() != nullptr)
            return g(done.state().error());
        if constexpr (std::is_void_v<T>)
            return f();
        else
            return f(done.result());
    });
}

}  // namespace MPI4CXX::futures
