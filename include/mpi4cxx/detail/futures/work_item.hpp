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

/// What a worker does at once: one call, or several of the same function.
struct Chunk {
    std::span<const std::byte> payload;
    Unpacking& in;
    Packing& out;
    std::uint64_t count;
    std::uint64_t done = 0;            ///< how many have their results in `out`
    std::size_t item = 0, result = 0;  ///< where in payload and `out` the next of them begins

    /// Goes on, behind the function, where the one before has come to.
    void resume() {
        if (item != 0)
            in.take(item - static_cast<std::size_t>(in.position() - payload.data()));
    }
    void begin_item() noexcept {
        item = static_cast<std::size_t>(in.position() - payload.data());
        result = out.size();
    }
};

/// How to run a task. Its place in the program is what travels, and is looked up in the table of all that the program has.
class MPI4CXX_API TaskType {
public:
    TaskType(void (*runs)(Chunk&), const std::type_info& of, bool of_pointer);
    TaskType(const TaskType&) = delete;
    TaskType& operator=(const TaskType&) = delete;
    ~TaskType();

    void (*const run)(Chunk&);
    const std::type_info* const function;
    const bool is_pointer;  ///< of a function whose place stands before the arguments
};
/// The one at that place; throws where there is none.
[[nodiscard]] MPI4CXX_API const TaskType& task_type_of(std::uint64_t code);

/// What stands before a task in a message, and before its results in the answer.
struct TaskHeader {
    std::uint64_t id, code, size, number, count;
    std::uint32_t retries, threads;
};
struct ResultHeader {
    std::uint64_t id, done, values, error, begin, duration;  // sizes in bytes, times in ns
};

/// A pointer that counts in the object.
template <class T> class Ref {
public:
    Ref() noexcept = default;
    explicit Ref(T* object) noexcept : object_(object) {}  // takes over the count that a new object has
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

/// What is to be done by workers: one task, or the items of a map.
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

    /// What of it goes to `worker` next, written behind a header; nothing where `count` is 0.
    struct Portion {
        std::uint64_t first = 0, count = 0, number = 0;
    };
    virtual Portion take(int worker, int workers, std::uint64_t id, Packing& to) = 0;
    /// Whether it is one call.
    [[nodiscard]] virtual bool is_single() const noexcept { return false; }
    /// Whether nothing is left to take, now and later.
    [[nodiscard]] virtual bool is_taken() const = 0;
    /// About how many messages what is left would be.
    [[nodiscard]] virtual std::size_t left(int workers) const = 0;
    // These store and account for what has come of it, and return what to run then.

    /// The results of what was taken: of `done` from `first` on in `from`, then `error` where it is not null.
    [[nodiscard]] virtual DoneCallbacks deliver(const Portion& taken, std::uint64_t done, Unpacking& from, std::exception_ptr error,
                                                double seconds) = 0;
    /// Ends what is left of it, before or after it was taken.
    [[nodiscard]] virtual DoneCallbacks abandon(std::exception_ptr error) = 0;
    /// Cancels what no worker has yet.
    [[nodiscard]] virtual DoneCallbacks cancel_rest() = 0;

    std::shared_ptr<ExecutorState> executor;  ///< where it counts as pending
    const std::type_info* function = nullptr;
    int retries = -1;  ///< how often a call that has thrown is called again; -1: as often as its client says

protected:
    /// What a header says of all tasks of the client.
    void complete(TaskHeader& header) const noexcept;

private:
    std::atomic<int> count_{1};
};

/// One thing more to do when a future is done.
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

/// What is behind a future: a result to come, mostly of a task.
class MPI4CXX_API FutureState : public WorkItem {
public:
    enum class State : char { pending, running, done };

    FutureState() noexcept = default;
    ~FutureState() override;

    [[nodiscard]] State state() const noexcept { return state_.load(std::memory_order_acquire); }
    [[nodiscard]] bool is_done() const noexcept { return state() == State::done; }
    [[nodiscard]] bool is_cancelled() const noexcept { return is_done() && cancelled_; }
    /// The exception; call it when done.
    [[nodiscard]] const std::exception_ptr& error() const noexcept { return error_; }

    /// Waits, and throws TimeoutError where it takes too long.
    void wait(Timeout timeout) const;
    /// The same; throws its exception if there is one.
    void wait_result(Timeout timeout) const {
        if (!is_done()) [[unlikely]]
            wait(timeout);
        if (error_ != nullptr) [[unlikely]]
            std::rethrow_exception(error_);
    }
    /// Whether nobody had begun it.
    bool cancel();
    /// From pending to running; false where it is cancelled.
    bool begin() noexcept;
    /// Runs `callback` when done, perhaps now; owns it.
    void when_done(std::unique_ptr<Callback> callback);
    template <class F> void when_done(F f) { when_done(std::unique_ptr<Callback>(new CallbackOf<F>(std::move(f)))); }

    /// Ends it; the result must have been stored before. One time only.
    void finish(std::exception_ptr error = nullptr);

    /// Takes what was packed behind room for a TaskHeader.
    void load(const TaskType& type, Packing& packed, std::byte* room);

    Portion take(int worker, int workers, std::uint64_t id, Packing& to) override;
    [[nodiscard]] bool is_single() const noexcept override { return true; }
    [[nodiscard]] bool is_taken() const override { return taken_; }
    [[nodiscard]] std::size_t left(int) const override { return taken_ ? 0 : 1; }
    [[nodiscard]] DoneCallbacks deliver(const Portion& taken, std::uint64_t done, Unpacking& from, std::exception_ptr error, double seconds) override;
    [[nodiscard]] DoneCallbacks abandon(std::exception_ptr error) override;
    [[nodiscard]] DoneCallbacks cancel_rest() override;

    std::uint64_t number = 0;  ///< which of its client's

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

/// The same with its result.
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

/// Waits until `is_done(argument)`, driving all pools meanwhile; false where the time is over.
MPI4CXX_API bool wait_until(bool (*is_done)(void*), void* argument, Timeout::Clock::time_point deadline);
template <class F> bool wait_until(F is_done, Timeout::Clock::time_point deadline) {
    return wait_until([](void* f) -> bool { return (*static_cast<F*>(f))(); }, &is_done, deadline);
}

}  // namespace MPI4CXX::futures::detail
