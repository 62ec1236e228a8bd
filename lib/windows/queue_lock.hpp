// A lock among processes, and a list of processes that wait to be woken. Both are parts of the classes of `sync`.
#pragma once

#include "windows/shared_words.hpp"

#include <atomic>
#include <cstdint>

namespace MPI4CXX::detail {

/// A lock among processes, which get it in the order in which they ask. A word tells who has asked last. Whoever asks sends a message to the one who
/// has asked before, and gets one when its turn has come. So nobody polls the memory of another process, and a lock that is free costs one atomic
/// operation to take and one to give back. The threads of one process take their turns before their process asks.
class QueueLock {
public:
    /// The word `tail` must be 0 at first.
    QueueLock(const SharedWords& words, Aint tail) : words_(words), tail_(tail), own_(words.comm().Get_rank() + 1) {}

    void lock(At at);
    [[nodiscard]] bool try_lock(At at);
    /// If this fails, the lock is still held.
    void unlock(At at);

private:
    /// Turns of the threads of this process.
    class Turns {
    public:
        void wait() noexcept {
            const std::uint32_t own = taken_++;
            for (std::uint32_t now = now_; now != own; now = now_) now_.wait(now);
        }
        bool try_take() noexcept {
            std::uint32_t next = now_;
            return taken_.compare_exchange_strong(next, next + 1);
        }
        void pass() noexcept {
            ++now_;
            now_.notify_all();
        }

    private:
        std::atomic<std::uint32_t> taken_ = 0, now_ = 0;
    };
    /// Passes the turn on at the end of the scope, unless it is kept.
    struct Turn {
        Turns* turns;
        ~Turn() {
            if (turns != nullptr)
                turns->pass();
        }
    };

    static constexpr int nobody = 0;

    const SharedWords& words_;
    const Aint tail_;
    const int own_;  // this process in the word
    Turns turns_;
};

/// The processes that wait until another one wakes them, in turns. The caller of each function holds the same lock.
class WaitingList {
public:
    /// Uses as many words as there are processes, and one more before them, all 0 at first.
    WaitingList(const SharedWords& words, Aint first) : words_(words), first_(first) {}

    /// Returns a request that is complete once this process has been woken. Several threads of a process may wait.
    [[nodiscard]] Request enter(At at) const;
    /// Wakes up to `n` of those that wait, and returns how many.
    int wake(int n, At at) const;

private:
    const SharedWords& words_;
    const Aint first_;
};

}  // namespace MPI4CXX::detail
