// What an executor gives to its workers: the base class of tasks and maps, the state behind a future, and the headers of their messages.
#pragma once

#include <mpi4cxx/detail/futures/packed_value.hpp>
#include <mpi4cxx/futures/timeout.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <typeinfo>
#include <utility>
#include <vector>

namespace MPI4CXX::futures::detail {

/// The calls that a worker makes in one go: one call, or several of the same function.
struct Chunk {
    std::span<const std::byte> payload;
    Unpacking& in;
    Packing& out;
    std::uint64_t count;
    std::uint64_t done = 0;            ///< calls whose results are in `out`
    std::size_t item = 0, result = 0;  ///< where the next call begins in `payload` and its result in `out`

    /// Continues after the items that are done: skips from the end of the function to the next item.
    void resume() {
        if (item != 0)
            in.take(item - static_cast<std::size_t>(in.position() - payload.data()));
    }
    void begin_item() noexcept {
        item = static_cast<std::size_t>(in.position() - payload.data());
        result = out.size();
    }
};

/// How to run a task. A message names a task type by its portable address, which the worker looks up in the table of all task types.
class MPI4CXX_API TaskType {
public:
    TaskType(void (*runs)(Chunk&), const std::type_info& of, bool of_pointer);
    TaskType(const TaskType&) = delete;
    TaskType& operator=(const TaskType&) = delete;
    ~TaskType();

    void (*const run)(Chunk&);
    const std::type_info* const function;
    const bool is_pointer;  ///< the function is a pointer, whose portable address precedes the arguments
};
/// Returns the task type at a portable address; throws if there is none.
[[nodiscard]] MPI4CXX_API const TaskType& task_type_of(std::uint64_t code);

/// Precedes a task in a message. ResultHeader precedes its results in the answer.
struct TaskHeader {
    std::uint64_t id, code, size, number, count;
    std::uint32_t retries, threads;
};
struct ResultHeader {
    std::uint64_t id, done, values, error, begin, duration;  // sizes in bytes, times in ns
};

/// A pointer to an object that counts its references.
template <class T> class Ref {
public:
    Ref() noexcept = default;
    explicit Ref(T* object) noexcept : object_(object) {}  // takes over the reference that a new object has
    Ref(const Ref& other) noexcept : object_(other.object_) {
        if (object_ != nullptr)
            object_->retain();
    }
    Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    template <class U> Ref(Ref<U> other) noexcept : object_(std::move(other).release()) {}
    Ref& operator=(Ref other) noexcept {
        std::swap(object_, other.object_);
        return *this;
    }
    ~Ref() {
        if (object_ != nullptr)
            object_->drop();
    }
    T* release() && noexcept { return std::exchange(object_, nullptr); }
    [[nodiscard]] T* get() const noexcept { return object_; }
    T* operator->() const noexcept { return object_; }
    T& operator*() const noexcept { return *object_; }
    explicit operator bool() const noexcept { return object_ != nullptr; }

private:
    T* object_ = nullptr;
};

class ExecutorState;
class DoneCallbacks;

/// Work for the workers: one task, or the items of a map.
class MPI4CXX_API WorkItem {
public:
    WorkItem() noexcept = default;
    virtual ~WorkItem();
    WorkItem(const WorkItem&) = delete;
    WorkItem& operator=(const WorkItem&) = delete;
    void retain() noexcept { count_.fetch_add(1, std::memory_order_relaxed); }
    void drop() noexcept {
        if (count_.fetch_sub(1, std::memory_order_acq_rel) == 1)
            delete this;
    }
    [[nodiscard]] bool is_sole() const noexcept { return count_.load(std::memory_order_acquire) == 1; }

    /// The part of the work that goes to `worker` next, packed behind a header; empty if `count` is 0.
    struct Portion {
        std::uint64_t first = 0, count = 0, number = 0;
    };
    virtual Portion take(int worker, int workers, std::uint64_t id, Packing& to) = 0;
    /// Returns whether the work is a single call.
    [[nodiscard]] virtual bool is_single() const noexcept { return false; }
    /// Returns whether nothing is left to take, now or later.
    [[nodiscard]] virtual bool is_taken() const = 0;
    /// Returns about how many messages the rest needs.
    [[nodiscard]] virtual std::size_t left(int workers) const = 0;
    // The next functions store a result and update all counts. They return the callbacks that are to run after that.

    /// Stores the results of a portion: `done` results from `first` on, read from `from`, and then `error` unless it is null.
    [[nodiscard]] virtual DoneCallbacks deliver(const Portion& taken, std::uint64_t done, Unpacking& from, std::exception_ptr error,
                                                double seconds) = 0;
    /// Ends the rest with `error`, whether or not it was taken.
    [[nodiscard]] virtual DoneCallbacks abandon(std::exception_ptr error) = 0;
    /// Cancels the part that no worker has yet.
    [[nodiscard]] virtual DoneCallbacks cancel_rest() = 0;

    std::shared_ptr<ExecutorState> executor;  ///< the executor in which the work counts as pending
    const std::type_info* function = nullptr;
    int retries = -1;  ///< how often a call is repeated after it has thrown; -1: as the executor says

protected:
    /// Fills in the options of the executor, which are the same in all headers.
    void set_options(TaskHeader& header) const noexcept;

private:
    std::atomic<int> count_{1};
};

/// A function to call when a future is done.
struct Callback {
    virtual ~Callback() = default;
    virtual void run() = 0;
    Callback* next = nullptr;
};
template <class F> struct CallbackOf final : Callback {
    explicit CallbackOf(F f) : function(std::move(f)) {}
    void run() override { function(); }
    F function;
};

/// The state behind a future: a result that is still to come, usually from a task.
class MPI4CXX_API FutureState : public WorkItem {
public:
    enum class State : char { pending, running, done };

    FutureState() noexcept = default;
    ~FutureState() override;

    [[nodiscard]] State state() const noexcept { return state_.load(std::memory_order_acquire); }
    [[nodiscard]] bool is_done() const noexcept { return state() == State::done; }
    [[nodiscard]] bool is_cancelled() const noexcept { return is_done() && cancelled_; }
    /// The exception; valid only when the future is done.
    [[nodiscard]] const std::exception_ptr& error() const noexcept { return error_; }

    /// Waits until the future is done; throws TimeoutError if that takes too long.
    void wait(Timeout timeout) const;
    /// The same, and throws the exception of the task if there is one.
    void wait_result(Timeout timeout) const {
        if (!is_done()) [[unlikely]]
            wait(timeout);
        if (error_ != nullptr) [[unlikely]]
            std::rethrow_exception(error_);
    }
    /// Cancels the future unless its task has begun; returns whether it is cancelled.
    bool cancel();
    /// Changes pending to running; returns false if the future is cancelled or has begun already.
    bool begin() noexcept;
    /// Runs `callback` when the future is done; runs it now if the future is done already.
    void when_done(std::unique_ptr<Callback> callback);
    template <class F> void when_done(F f) { when_done(std::unique_ptr<Callback>(new CallbackOf<F>(std::move(f)))); }

    /// Marks the future as done; the result must be stored before. Call it once.
    void finish(std::exception_ptr error = nullptr);

    /// Takes over a packed call, which begins with room for a TaskHeader.
    void load(const TaskType& type, Packing& packed, std::byte* room);

    Portion take(int worker, int workers, std::uint64_t id, Packing& to) override;
    [[nodiscard]] bool is_single() const noexcept override { return true; }
    [[nodiscard]] bool is_taken() const override { return taken_; }
    [[nodiscard]] std::size_t left(int) const override { return taken_ ? 0 : 1; }
    [[nodiscard]] DoneCallbacks deliver(const Portion& taken, std::uint64_t done, Unpacking& from, std::exception_ptr error, double seconds) override;
    [[nodiscard]] DoneCallbacks abandon(std::exception_ptr error) override;
    [[nodiscard]] DoneCallbacks cancel_rest() override;

    std::uint64_t number = 0;  ///< its number among the tasks of its executor

private:
    virtual void store(Unpacking& from);
    [[nodiscard]] DoneCallbacks end(std::exception_ptr error);

    static constexpr std::size_t inside = 112;

    std::atomic<State> state_{State::pending};
    bool cancelled_ = false;
    bool taken_ = false;
    std::uint32_t size_ = 0;
    std::exception_ptr error_;
    std::atomic<Callback*> callbacks_{nullptr};
    std::unique_ptr<Packing> long_;
    std::unique_ptr<std::byte[]> medium_;
    alignas(16) std::array<std::byte, inside> short_;
};

/// The state with its result.
template <class T> class FutureStateOf final : public FutureState {
public:
    [[nodiscard]] stored<T>& value() noexcept { return *value_; }
    void set(stored<T> value) {
        value_.emplace(std::move(value));
        finish();
    }

private:
    void store(Unpacking& from) override {
        with_item<stored<T>>(from, [this](Unpacking& item) { value_.emplace(get_value<stored<T>>(item)); });
    }
    std::optional<stored<T>> value_;
};

/// Waits until `is_done(argument)`, and makes progress on all pools meanwhile; returns false if the time is over.
MPI4CXX_API bool wait_until(bool (*is_done)(void*), void* argument, Timeout::Clock::time_point deadline);
template <class F> bool wait_until(F is_done, Timeout::Clock::time_point deadline) {
    return wait_until([](void* f) -> bool { return (*static_cast<F*>(f))(); }, &is_done, deadline);
}

}  // namespace MPI4CXX::futures::detail
