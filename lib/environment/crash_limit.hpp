// The end of a process that crashes where the MPI's own handler of signals cannot end.
#pragma once

namespace MPI4CXX::detail {

/// From now on, ends this process if it crashes and the MPI's handler of that signal does not end within ten seconds. UCX's frees memory, and so
/// waits for ever where the crash was in malloc. Leaves all other handlers alone, and UCX's too where the user has chosen what it does.
void limit_crash_handlers() noexcept;

}  // namespace MPI4CXX::detail
