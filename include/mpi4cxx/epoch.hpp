#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>
#include <mpi4cxx/detail/windows/window_state.hpp>
#include <mpi4cxx/fwd.hpp>

#include <memory>
#include <utility>

namespace MPI4CXX {

/// An epoch of a window, which ends with the scope of this guard, also while an exception unwinds: `const auto epoch = win.lock(1);`. Made by
/// `lock`, `lock_all`, `fence`, `start` and `post` of Win. What the end of the epoch waits for is said there.
/// The destructor cannot throw: it prints an error of MPI on stderr. `close()` throws such an error.
class [[nodiscard("give it a name: the epoch ends with it"), gnu::visibility("default")]] Epoch {
public:
    /// What began the epoch, and so what ends it.
    enum class Kind : char { lock, lock_all, fence, start, post };

    Epoch(Epoch && other) noexcept = default;
    Epoch& operator=(Epoch&& other) noexcept {
        Epoch(std::move(other)).swap(*this);
        return *this;
    }
    ~Epoch();

    /// Complete all operations of this epoch at their targets; the buffers may be changed. Of a lock, or of all locks. Calls MPI_Win_flush,
    /// MPI_Win_flush_all (MPI-4.0, 12.5.4).
    void flush(At at = {}) const;
    /// Complete all operations on `rank` at this target. Calls MPI_Win_flush (MPI-4.0, 12.5.4).
    void flush(int rank, At at = {}) const;
    /// Complete all operations of this epoch here: the buffers may be changed. Calls MPI_Win_flush_local, MPI_Win_flush_local_all (MPI-4.0, 12.5.4).
    void flush_local(At at = {}) const;
    /// Complete all operations on `rank` here. Calls MPI_Win_flush_local (MPI-4.0, 12.5.4).
    void flush_local(int rank, At at = {}) const;
    /// End the epoch now. Calls MPI_Win_unlock, MPI_Win_unlock_all, MPI_Win_fence, MPI_Win_complete or MPI_Win_wait (MPI-4.0, 12.5).
    void close(At at = {});

    [[nodiscard]] bool is_open() const noexcept { return state_ != nullptr; }  ///< Whether the epoch has not ended.

private:
    friend class Win;
    Epoch(std::shared_ptr<detail::WindowState> state, Kind kind, int target_rank, At at) noexcept
        : state_(std::move(state)), at_(at), target_rank_(target_rank), kind_(kind) {}
    void swap(Epoch & other) noexcept {
        std::swap(state_, other.state_);
        std::swap(at_, other.at_);
        std::swap(target_rank_, other.target_rank_);
        std::swap(kind_, other.kind_);
    }

    std::shared_ptr<detail::WindowState> state_;
    At at_;
    int target_rank_;
    Kind kind_;
};

}  // namespace MPI4CXX
