// The part of a window's state that only the library looks into.
#pragma once

#include <mpi4cxx/detail/windows/window_state.hpp>

#include "communicators/collective_handle.hpp"
#include "windows/attached_memory.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <vector>

namespace MPI4CXX::detail {

struct WindowState::Private {
    /// The memory of one process, and whether this process has an epoch that is open to it alone.
    struct Target {
        MPI_Aint bytes = 0;
        int unit = 1;        // the displacement unit in bytes
        MPI_Aint shift = 0;  // MPI's window begins so many bytes before this memory, and MPI's unit is a byte; 0 if both are the same
        Access access = Access::none;
    };

    bool is_made = false;     // by this library: then the memory of all processes is known
    bool is_dynamic = false;  // displacements are addresses
    bool needs_flush_of_each = false;
    CollectiveHandle handle;
    std::vector<Target> targets;
    std::vector<std::uint64_t> elements;  // of each process, at most 2^31 - 1
    std::vector<std::uint64_t> open;      // the same where the process is open by itself, else 0
    std::atomic<int> locks = 0;           // held on single targets
    bool is_started = false;
    std::vector<int> started;  // the targets of Start
    bool is_posted = false;
    AttachedMemory attached;

    [[nodiscard]] Access access(int target_rank) const noexcept { return targets[static_cast<std::size_t>(target_rank)].access; }
};

/// Where a call works in the memory of the target, as MPI takes it.
struct TargetRange {
    MPI_Aint displacement;
    MPI_Count count;
    MPI_Datatype type;
};

/// An access that needs a closer look: the origin, without its address, and the target.
struct Access {
    MPI_Count count;
    MPI_Datatype type;
    const ElementType* element;
    const Strided* strided;
    int target_rank;
    Target target;
    Caller caller;
};

/// Returns the range in which `access` works. Throws std::invalid_argument, with both numbers, if the access is not allowed.
TargetRange check_access(const WindowState* state, const Access& access);

/// Returns whether elements of both datatypes lie in memory in the same way: MPI has several names for one integer. Pairs, which may have an
/// integer's size, and floating-point numbers are none.
bool are_alike(MPI_Datatype a, MPI_Datatype b, Place where);

/// Frees a window that the library has made: see CollectiveHandle::end. The window stays if this throws.
void end_window(WindowState& state, bool drops, At at);
/// Takes note of a window that the library has just made. It is freed as MPI_Finalize begins, if the program has left it. MPICH crashes otherwise.
void note_window(const std::shared_ptr<WindowState>& state);
/// Says on standard error that a window could not be freed.
void warn_of_left_window(const std::exception& error) noexcept;

/// Throws an Exception because the window is null.
[[noreturn]] void refuse_null_window(Caller caller);
/// Throws std::invalid_argument unless the window has this rank.
void check_target(const WindowState& state, int target_rank, Caller caller);

}  // namespace MPI4CXX::detail
