// What a process knows of a window: the memory of all processes, and the epochs that are open here. Calls are checked against it before MPI sees
// them.
#pragma once

#include <mpi4cxx/buffer.hpp>
#include <mpi4cxx/detail/mpi/call.hpp>
#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/detail/mpi/subject.hpp>
#include <mpi4cxx/fwd.hpp>
#include <mpi4cxx/op.hpp>
#include <mpi4cxx/target.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace MPI4CXX::detail {

/// The state of a window. Its Win and the guards of its epochs share it.
class MPI4CXX_API WindowState final : public Subject {
public:
    enum class OpenToAll : char { no, fence, lock };
    enum class Access : char { none, started, locked };

    explicit WindowState(MPI_Win raw);
    WindowState(const WindowState&) = delete;
    WindowState& operator=(const WindowState&) = delete;
    ~WindowState();

    [[nodiscard]] std::string name() const override;
    [[nodiscard]] Place on(At at) const noexcept { return {at, static_cast<const Subject*>(this)}; }

    /// Returns whether an access to `count` elements of `type` needs no closer look: the window is typed, an epoch is open, and the elements are
    /// among the first 2^31 - 1 of the target.
    [[gnu::always_inline]] [[nodiscard]] bool admits(MPI_Count count, MPI_Datatype type, int target_rank, MPI_Aint displacement) const noexcept {
        if (type != element_type)
            return false;
        // What the compiler cannot know spares it comparisons: a null window has no type, and `reachable` fits int.
        if (ranks == 0)
            __builtin_unreachable();
        if (static_cast<unsigned>(target_rank) >= ranks)
            return false;
        const std::uint64_t elements = reachable[target_rank], first = static_cast<std::uint64_t>(displacement);
        if (first > elements || static_cast<std::uint64_t>(count) > elements - first)
            return false;
        if (count != static_cast<int>(count))
            __builtin_unreachable();
        return true;
    }
    template <class Address>
    [[gnu::always_inline]] [[nodiscard]] bool admits(const BufferParts<Address>& origin, int target_rank, const Target& target) const noexcept {
        return target.is_like_origin() && admits(origin.count, origin.type, target_rank, target.displacement);
    }
    /// Returns whether `target_rank` has elements that are open to this process.
    [[gnu::always_inline]] [[nodiscard]] bool is_open(int target_rank) const noexcept {
        return static_cast<unsigned>(target_rank) < ranks && reachable[target_rank] != 0;
    }

    // Epochs. Each checks that the call is allowed here, calls MPI, and notes what is open now.

    void fence(int assertion, At at);
    void start(const Group& group, int assertion, At at);
    void complete(At at);
    void post(const Group& group, int assertion, At at);
    void wait(At at);
    bool test(At at);
    void lock(int target_rank, int lock_type, int assertion, At at);
    void unlock(int target_rank, At at);
    void lock_all(int assertion, At at);
    void unlock_all(At at);
    // Throw std::invalid_argument unless `target_rank` is locked. With PROC_NULL there is nothing to flush.
    void flush(int target_rank, Caller caller) const;
    void flush_local(int target_rank, Caller caller) const;
    void flush_all(Caller caller) const;
    void flush_local_all(Caller caller) const;
    /// Returns whether this process holds a lock. Of those that C takes, the library knows nothing.
    [[nodiscard]] bool is_any_locked() const noexcept;
    /// Throws std::invalid_argument if an epoch is open that must end before the window is freed.
    void check_free(At at) const;
    /// Ends the epochs in which other processes could wait for this one.
    void close_locks() noexcept;

    MPI_Win win;
    MPI_Datatype element_type = MPI_DATATYPE_NULL;  ///< of a typed window
    unsigned ranks = 0;  ///< the length of `reachable`; 0 if the window is null, or if this library has not made the window and knows nothing of it
    OpenToAll open_to_all = OpenToAll::no;
    const std::uint64_t* reachable = nullptr;  ///< how many elements of each process are open to this one now, at most 2^31 - 1
    std::byte* base = nullptr;                 ///< of this process's own memory
    MPI_Aint bytes = 0;

    struct Private;  // what only the library knows
    std::unique_ptr<Private> own;

private:
    /// Returns whether there is anything to flush.
    [[nodiscard]] bool may_flush(int target_rank, Caller caller) const;
    /// Throws std::invalid_argument unless any rank is locked.
    void check_is_any_locked(Caller caller) const;
    // Complete the operations on each process, where the MPI leaves out some when it completes all of them at once: on those that this library knows
    // to be locked, and on all processes outside locks.
    void flush_locked(At at) const;
    void flush_unlocked(At at) const;
    void open(OpenToAll all) noexcept;
    void open(int target_rank, Access access) noexcept;
};

/// The state of a null window.
MPI4CXX_API std::shared_ptr<WindowState> null_window() noexcept;

/// Returns whether an operation works on every number.
[[gnu::always_inline]] inline bool takes_every_number(MPI_Op op) noexcept { return op == MPI_SUM || op == MPI_REPLACE || op == MPI_NO_OP; }

/// Returns whether the MPI fetches and swaps numbers of this type rightly.
[[gnu::always_inline]] inline bool can_fetch(MPI_Datatype type) noexcept {
    if (!fetches_integers_only())
        return true;
    return type == MPI_INT || type == MPI_UNSIGNED || type == MPI_LONG || type == MPI_UNSIGNED_LONG || type == MPI_LONG_LONG ||
           type == MPI_UNSIGNED_LONG_LONG || type == MPI_INT32_T || type == MPI_UINT32_T || type == MPI_INT64_T || type == MPI_UINT64_T ||
           type == MPI_AINT || type == MPI_COUNT || type == MPI_OFFSET;
}

}  // namespace MPI4CXX::detail
