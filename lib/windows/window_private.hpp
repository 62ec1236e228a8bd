// The part of a window's state that only the library looks into.
#pragma once

#include <mpi4cxx/detail/windows/window_state.hpp>

#include "communicators/dropped_handles.hpp"

#include <atomic>
#include <string>
#include <vector>

namespace MPI4CXX::detail {

struct WindowState::Private {
    std::vector<TargetMemory> targets;
    bool is_made = false;     // by this library, collectively: then the window has a name, and the memory of all processes is known
    bool is_dynamic = false;  // displacements are addresses
    HandleName name = 0;
    std::atomic<int> locks = 0;  // held on single targets
    bool is_started = false;
    std::vector<int> started;  // the targets of Start
    bool is_posted = false;
};

}  // namespace MPI4CXX::detail
