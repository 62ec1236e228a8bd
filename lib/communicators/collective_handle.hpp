// Handles that all of their processes must free together, and that MPI frees with a barrier: windows and files.
#pragma once

#include <mpi4cxx/detail/mpi/call.hpp>

#include "communicators/dropped_handles.hpp"

#include <functional>
#include <utility>

namespace MPI4CXX::detail {

/// What the processes of a window or a file need to free it together.
/// An exception may drop the handle on some processes, while the others destroy it. A barrier would make these wait for ever. So each process votes,
/// by a nonblocking reduction, on a communicator that only this handle uses. One that drops the handle does not wait for the result. If one has
/// dropped it, all keep it until they make the next handle together.
class CollectiveHandle {
public:
    CollectiveHandle() noexcept = default;
    /// Takes part in the handle that all processes of `comm` have just made. Collective.
    CollectiveHandle(MPI_Comm comm, Place where);
    CollectiveHandle(CollectiveHandle&& other) noexcept : votes_(std::exchange(other.votes_, MPI_COMM_NULL)), name_(other.name_) {}
    CollectiveHandle& operator=(CollectiveHandle&& other) noexcept {
        std::swap(votes_, other.votes_);
        std::swap(name_, other.name_);
        return *this;
    }

    /// Whether this has been made by the second constructor, and not ended.
    [[nodiscard]] bool is_made() const noexcept { return votes_ != MPI_COMM_NULL; }

    /// Calls `free` if all processes free the handle now; else keeps the handle until they can. `free(all_idle)` hears whether every process has
    /// given `is_idle`; false if that is not known. Throws what `free` throws. Collective, unless `drops`: then this process does not wait.
    void end(std::function<void(bool)> free, bool drops, bool is_idle, Place where);

    /// Forgets the handle, which somebody else frees.
    void leave() noexcept;

private:
    MPI_Comm votes_ = MPI_COMM_NULL;
    HandleName name_ = 0;
};

}  // namespace MPI4CXX::detail
