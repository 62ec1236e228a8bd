// What a request holds besides an MPI handle, or in place of one.
#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>
#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <atomic>
#include <cstddef>
#include <optional>

namespace MPI4CXX::detail {

/// The number of RequestResources. A Wait has to look at nothing else before it leaves all to MPI.
extern MPI4CXX_API std::atomic<int> operations;

/// What a request holds besides its MPI handle, until the handle is null: memory that MPI uses until then.
class MPI4CXX_API RequestResources {
public:
    RequestResources() noexcept { operations.fetch_add(1, std::memory_order_relaxed); }
    virtual ~RequestResources() { operations.fetch_sub(1, std::memory_order_relaxed); }
    RequestResources(const RequestResources&) = delete;
    RequestResources& operator=(const RequestResources&) = delete;
    /// Returns whether MPI uses it until the request is complete.
    [[nodiscard]] virtual bool is_needed() const { return false; }
    /// Hears that the library will not see the end of the request.
    virtual void leave() noexcept {}
    /// Returns whether a request that nobody waits for may complete by itself, because MPI uses no memory but this.
    [[nodiscard]] virtual bool is_all() const { return false; }
    /// Returns whether a wait for the request can end.
    [[nodiscard]] virtual bool can_complete() const { return true; }
    /// Returns whether the result of the request has to be looked at, by `correct` and `check`.
    [[nodiscard]] virtual bool is_checked() const { return false; }
    /// Puts right what MPI says of the complete request.
    virtual void correct(MPI_Status&) const {}
    /// Throws if the complete request has done less than it should. If `is_asked`, the caller sees the status.
    virtual void check(const MPI_Status&, bool /*is_asked*/, At) const {}
};

/// The status of an operation. MPI's status of a received object is that of its first message; the object's length is written to it when somebody
/// looks, which few do.
struct LazyStatus {
    MPI_Status raw{};
    std::optional<std::size_t> length{};
    [[nodiscard]] MPI4CXX_API MPI_Status get(const Place& where) const;
};

/// What a request holds in place of an MPI handle: an object on its way, or anything else that takes several messages. Operations are advanced under
/// one lock, by the thread that waits for one and by every blocking call of the library.
class MPI4CXX_API Operation : public RequestResources {
public:
    /// Reserves the memory that is needed to drive the operation, before MPI begins any part of it.
    Operation();
    /// Goes on as far as it can without waiting.
    virtual void advance() = 0;
    /// Returns the MPI request that the operation waits for; null if `advance` has to look.
    [[nodiscard]] virtual MPI_Request* awaited() { return nullptr; }
    /// Tells the operation how the request of `awaited` has ended, before the next `advance`. MPI has freed that request.
    virtual void hear(int /*code*/, const MPI_Status&) {}
    /// Tries to cancel what has not begun.
    virtual void cancel() {}
    /// Returns whether the waiting thread has waited long enough and may leave the operation to the library.
    virtual bool may_leave() { return false; }
    /// Returns whether this is a posted receive.
    [[nodiscard]] virtual bool is_receive() const { return false; }
    /// Returns whether the operation uses memory of the caller who started it, even if it is cancelled.
    [[nodiscard]] virtual bool needs_caller() const { return false; }
    /// Throws the error of a failed operation. Called once, when the operation is complete.
    virtual void finish(const Place&) {}
    /// Moves the received object to the given address, where an object of the request's type lies. Called once, after `finish`.
    virtual void deliver(void*) {}

    /// Returns whether the operation is complete. A failed one is, too.
    [[nodiscard]] bool is_complete() const noexcept { return complete_; }
    /// Returns whether it is complete and nobody but its owner knows it any more. Needs no lock.
    [[nodiscard]] bool is_done() const noexcept { return is_done_.load(std::memory_order_acquire); }
    /// Returns where the object goes; null if that has not been set yet.
    [[nodiscard]] void* target() const noexcept { return target_; }
    void deliver_to(void* target) noexcept { target_ = target; }
    /// Returns the status of a complete operation.
    [[nodiscard]] LazyStatus status() const noexcept { return {status_, length_}; }

protected:
    /// Says that more follows a complete operation.
    void go_on() noexcept {
        complete_ = false;
        is_done_.store(false, std::memory_order_relaxed);
    }

    MPI_Status status_{};
    std::optional<std::size_t> length_;  // of a received object, which status_ does not tell
    bool complete_ = false;

private:
    friend class OperationTable;
    friend class Finished;
    void* target_ = nullptr;

    // the operation's place in the table of driven operations
    static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);
    std::size_t place_ = nowhere;
    std::atomic<bool> is_done_ = false;
    bool is_adopted_ = false;          // by the table, which destroys it once it is complete
    bool is_complete_unseen_ = false;  // completed by the progress thread, which no other thread has noticed
    Operation* next_finished_ = nullptr;
};

}  // namespace MPI4CXX::detail
