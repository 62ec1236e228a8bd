#pragma once

#include <mpi4cxx/mutex.hpp>

#include "windows/queue_lock.hpp"

#include <atomic>
#include <thread>

namespace MPI4CXX::sync {

/// What a Mutex and the Conditions that share it have.
class Mutex::State {
public:
    State(const Intracomm& comm, bool recursive, const Info& info, At at);
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State();

    bool acquire(bool blocking, detail::Caller caller);
    void release(detail::Caller caller);
    /// Unlocks the mutex however often this thread has locked it. Returns how often.
    int release_all(At at);
    void acquire_again(int count, At at);
    [[nodiscard]] bool is_held_by_this_thread() const noexcept { return owner_ == std::this_thread::get_id(); }
    [[nodiscard]] bool is_held_by_this_process() const noexcept { return owner_ != std::thread::id(); }
    [[nodiscard]] int count() const noexcept { return is_held_by_this_thread() ? count_ : 0; }
    [[nodiscard]] const Intracomm& comm() const noexcept { return words_.comm(); }
    [[nodiscard]] At made_at() const noexcept { return made_at_; }
    void free(At at) { words_.free(at); }
    [[nodiscard]] bool is_freed() const noexcept { return words_.comm().is_null(); }

private:
    void take(int count) noexcept;

    detail::SharedWords words_;
    detail::QueueLock lock_;
    const bool is_recursive_;
    const At made_at_;
    std::atomic<std::thread::id> owner_{};
    int count_ = 0;
};

}  // namespace MPI4CXX::sync
