#pragma once

#include <mpi4cxx/detail/requests/operation.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace MPI4CXX::detail {

// Operations on objects take several messages. A pending one goes on whenever this process is in the library: every
// blocking call looks whether there are any, and if so runs as its nonblocking twin and drives them while it waits. Where the
// process is elsewhere for long, in a barrier for one, the progress thread drives them.

/// How many requests of MPI's have been found complete; used under the lock of all Operations.
extern std::uint64_t steps;

/// Drives `operation` from now on until it is complete. It stays its owner's.
void watch(Operation& operation);
/// Takes it from the list, where it is no longer once complete.
void unwatch(Operation& operation);
/// Drives all as far as they go without waiting.
void drive();
/// The same; returns how many are incomplete.
[[nodiscard]] std::size_t drive_all();
/// Tries to cancel all that their owners have left pending.
void cancel_all();
/// The same for the progress thread, which does not count as this process. Whether anything moved.
bool drive_aside();
/// A number that changes whenever this process has driven anything, or has begun what has to be driven.
[[nodiscard]] std::uint32_t activity() noexcept;
/// Tells whether `operation`, which goes on as far as it can, is complete or can be left to complete by itself.
bool look(Operation& operation);
/// Drives where `operation` is a receive that this process does not know to be complete, and tells whether.
bool drive_receive(Operation& operation);
/// The same; where it is not, all others are driven too, which it may wait for.
bool complete_or_drive(Operation& operation);
/// Tries to cancel it; it must still be completed.
void cancel(Operation& operation);
/// Keeps an operation that nobody waits for any more until it is complete; true unless it is by now.
bool leave_incomplete(std::unique_ptr<Operation>& operation);
/// The same from within an Operation's `advance`, where the lock is held.
void keep(std::unique_ptr<Operation> operation);
/// The same of one whose owner goes: cancels it first.
void adopt(std::unique_ptr<Operation> operation);

/// Keeps what a request of MPI's uses, which nobody waits for any more, until that is complete.
void leave(MPI_Request request, std::unique_ptr<RequestResources> resources) noexcept;
/// Frees some of it, if there is any. Costs the same however much there is.
void tidy_left() noexcept;

/// Memory of the library's own that waits to be sent when nobody waits any more; counted against what there may be in all.
/// Used under the lock of all Operations.
class DetachedBytes {
public:
    DetachedBytes() noexcept = default;
    DetachedBytes(const DetachedBytes&) = delete;
    DetachedBytes& operator=(const DetachedBytes&) = delete;
    ~DetachedBytes() { all -= size_; }

    /// Whether so much may be kept; then it is, until this goes.
    bool add(std::size_t size) {
        if (all + size > most)
            return false;
        size_ += size;
        all += size;
        return true;
    }
    [[nodiscard]] bool is_empty() const noexcept { return size_ == 0; }

private:
    static inline std::atomic<std::size_t> all = 0;  // which one that is over leaves without the lock
    static constexpr std::size_t most = std::size_t{1} << 30;
    std::size_t size_ = 0;
};

}  // namespace MPI4CXX::detail
