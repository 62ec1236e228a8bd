#pragma once

#include <mpi4cxx/detail/operation.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace mpi4cxx::detail {

// Operations on objects take several messages. A pending one goes on whenever this process is in the library: every
// blocking call looks whether there are any, and if so runs as its nonblocking twin and drives them while it waits.

/// How many requests of MPI's have been found complete; used under the lock of all Operations.
extern std::uint64_t steps;

/// Drives `operation` from now on until it is complete. It stays its owner's.
void watch(Operation& operation);
/// Takes it from the list, where it is no longer once complete.
void unwatch(Operation& operation);
/// Drives all as far as they go without waiting.
void drive();
/// Tells whether `operation`, which goes on as far as it can, is complete or can be left to complete by itself.
bool look(Operation& operation);
/// Drives where `operation` is a receive that is not known to be complete, and tells whether.
bool drive_receive(Operation& operation);
/// The same; where it is not, all others are driven too, which it may wait for.
bool complete_or_drive(Operation& operation);
/// Tries to cancel it; it must still be completed.
void cancel(Operation& operation);
/// Keeps an operation that nobody waits for any more until it is complete.
void leave(std::unique_ptr<Operation> operation);
/// The same, and true, unless it is complete: another thread may be completing it just now.
bool leave_incomplete(std::unique_ptr<Operation>& operation);
/// The same from within an Operation's `advance`, where the lock is held.
void keep(std::unique_ptr<Operation> operation);
/// The same of one whose owner goes: cancels it first.
void adopt(std::unique_ptr<Operation> operation);

/// Memory of the library's own that waits to be sent when nobody waits any more; counted against what there may be in all.
/// Used under the lock of all Operations.
class Kept {
public:
    Kept() noexcept = default;
    Kept(const Kept&) = delete;
    Kept& operator=(const Kept&) = delete;
    ~Kept() { all -= size_; }

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

}  // namespace mpi4cxx::detail
