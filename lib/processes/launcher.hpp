// The launcher that has started this process, and that starts others.
#pragma once

namespace MPI4CXX::detail {

/// Returns whether the launcher can be asked for anything. Without a launcher, MPICH starts an mpiexec itself and may wait for it for ever.
[[nodiscard]] bool can_ask_launcher() noexcept;

}  // namespace MPI4CXX::detail
