// Progress of operations that take several messages, such as those on objects. A pending operation goes on whenever this process is in the library:
// every blocking call looks whether any is pending. If so, the call runs as its nonblocking variant and drives the pending operations while it waits.
// If the process is elsewhere for long, for example in a barrier, the progress thread drives them.
#pragma once

#include <mpi4cxx/detail/requests/operation.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace MPI4CXX::detail {

/// How many MPI requests have been found complete. Used under the lock of all Operations.
extern std::uint64_t steps;

/// Has `operation` driven from now on until it is complete. Its owner stays its owner.
void watch(Operation& operation);
/// Removes `operation` from those that are driven. A complete one has been removed already.
void unwatch(Operation& operation);
/// Drives all operations as far as they go without waiting. Returns false, and does nothing, if they are many and have just been driven.
bool drive();
/// Drives all operations, frees dropped requests that are complete, and returns how many of both are incomplete.
[[nodiscard]] std::size_t drive_all();
/// Drives all operations until those that nobody waits for are complete and all dropped requests are freed, but no longer than ten seconds.
void settle_left();
/// Tries to cancel all pending operations that still have an owner, because MPI ends.
void cancel_all();
/// Returns, once, whether MPI has ended and its end has cancelled `operation`, which is complete.
[[nodiscard]] bool was_ended(const Operation& operation) noexcept;
/// Drives all operations from the progress thread, which does not count as `activity`. Returns whether anything moved.
bool drive_aside();
/// Returns a number that changes whenever the program's threads drive operations or begin one that has to be driven.
[[nodiscard]] std::uint32_t activity() noexcept;
/// Advances `operation` as far as it goes. Returns whether it is complete or can be left to complete by itself.
bool look(Operation& operation);
/// Returns whether `operation` is a receive that this process does not know to be complete. An incomplete one is driven, and the others with it.
bool drive_receive(Operation& operation);
/// Does the same as `look`. If the answer is no, drives all other operations, for which this one may wait, and looks again.
bool complete_or_drive(Operation& operation);
/// Returns whether `operation` uses memory of the caller who started it.
[[nodiscard]] bool needs_caller(Operation& operation);
/// Tries to cancel `operation`, which must still be completed.
void cancel(Operation& operation);
/// Keeps an operation that nobody waits for any more until it is complete. Returns false, and keeps nothing, if it is complete by now.
bool leave_incomplete(std::unique_ptr<Operation>& operation);
/// Keeps an operation in the same way, from within an Operation's `advance`, where the lock is held.
void keep(std::unique_ptr<Operation> operation);
/// Cancels an operation whose owner goes, waits until it does not need the owner's memory, and keeps it in the same way.
void adopt(std::unique_ptr<Operation> operation);

/// Keeps the resources of an MPI request that nobody waits for any more until the request is complete.
void leave(MPI_Request request, std::unique_ptr<RequestResources> resources) noexcept;
/// Whether any are kept.
extern std::atomic<bool> has_left;
/// Frees some of them whose requests are complete. Costs the same however many there are.
void tidy_some_left() noexcept;
inline void tidy_left() noexcept {
    if (has_left.load(std::memory_order_relaxed)) [[unlikely]]
        tidy_some_left();
}

/// Counts memory of the library's own whose sends nobody waits for any more, and limits its total. Used under the lock of all Operations.
class DetachedBytes {
public:
    DetachedBytes() noexcept = default;
    DetachedBytes(const DetachedBytes&) = delete;
    DetachedBytes& operator=(const DetachedBytes&) = delete;
    ~DetachedBytes() { all -= size_; }

    /// Returns whether `size` more bytes may be kept. If so, they count until this object is destroyed.
    bool add(std::size_t size) {
        if (all + size > most)
            return false;
        size_ += size;
        all += size;
        return true;
    }
    [[nodiscard]] bool is_empty() const noexcept { return size_ == 0; }

private:
    static inline std::atomic<std::size_t> all = 0;  // atomic, because destructors run without the lock
    static constexpr std::size_t most = std::size_t{1} << 30;
    std::size_t size_ = 0;
};

}  // namespace MPI4CXX::detail
