#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>
#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <atomic>
#include <cstddef>

namespace MPI4CXX::detail {

/// How many RequestResources there are: the one thing that a Wait has to look at before it leaves all to MPI.
extern MPI4CXX_API std::atomic<int> operations;

/// What a request has beside an MPI handle, and loses when that is null: memory that MPI uses until then.
class MPI4CXX_API RequestResources {
public:
    RequestResources() noexcept { operations.fetch_add(1, std::memory_order_relaxed); }
    virtual ~RequestResources() { operations.fetch_sub(1, std::memory_order_relaxed); }
    RequestResources(const RequestResources&) = delete;
    RequestResources& operator=(const RequestResources&) = delete;
    /// Whether MPI uses it until the request is complete.
    [[nodiscard]] virtual bool is_needed() const { return false; }
    /// Whether a request that nobody waits for may complete by itself: MPI uses nothing but this.
    [[nodiscard]] virtual bool is_all() const { return false; }
    /// Whether to wait for the request can come to an end.
    [[nodiscard]] virtual bool can_complete() const { return true; }
};

/// What a request is in place of an MPI handle: an object on its way, or what else takes several messages.
/// Advanced under one lock, by the thread that waits for it and by every blocking call of the library.
class MPI4CXX_API Operation : public RequestResources {
public:
    /// Takes the memory that it needs to be driven, before MPI has begun anything of it.
    Operation();
    /// Goes on as far as it can without waiting.
    virtual void advance() = 0;
    /// The request of MPI's without which it cannot go on; null where `advance` has to look.
    [[nodiscard]] virtual MPI_Request* awaited() { return nullptr; }
    /// Tells it how `awaited` has ended, before it is advanced. MPI has made that null.
    virtual void hear(int /*code*/, const MPI_Status&) {}
    /// Tries to cancel what has not begun.
    virtual void cancel() {}
    /// Whether whoever waits has waited long enough and can leave it to the library to complete.
    virtual bool may_leave() { return false; }
    /// Whether this is a posted receive.
    [[nodiscard]] virtual bool is_receive() const { return false; }
    /// Whether it uses memory of whoever has started it, also when cancelled.
    [[nodiscard]] virtual bool needs_caller() const { return false; }
    /// Throws what went wrong; called once, when complete.
    virtual void finish(Place) {}
    /// Moves the object that has come into `*to`, which is of the request's type; called once, after `finish`.
    virtual void deliver(void*) {}

    /// Whether it is complete, also when it failed.
    [[nodiscard]] bool is_complete() const noexcept { return complete_; }
    /// Where its object goes; null where that is still to be said.
    [[nodiscard]] void* target() const noexcept { return target_; }
    void deliver_to(void* target) noexcept { target_ = target; }
    /// What it found out, once complete.
    [[nodiscard]] const MPI_Status& status() const noexcept { return status_; }

protected:
    MPI_Status status_{};
    bool complete_ = false;

private:
    friend class OperationTable;
    friend class Finished;
    void* target_ = nullptr;

    // where it stands among those that are driven
    static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);
    std::size_t place_ = nowhere;
    bool is_adopted_ = false;          // by the driver, which destroys it once complete
    bool is_complete_unseen_ = false;  // since the progress thread has driven it
    Operation* next_finished_ = nullptr;
};

}  // namespace MPI4CXX::detail
