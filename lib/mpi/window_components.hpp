// The components of Open MPI that make windows.
#pragma once

#include <mpi4cxx/detail/mpi/platform.hpp>

namespace MPI4CXX::detail {

/// While one exists, Open MPI's variable for the components of windows has a value that chooses those that are right. A user's own value stays.
class WindowComponents {
public:
    WindowComponents();
    WindowComponents(const WindowComponents&) = delete;
    WindowComponents& operator=(const WindowComponents&) = delete;
    ~WindowComponents();

    /// Returns whether windows that are not shared may have been made by osc/ucx: it has been chosen here or by the user.
    static bool may_be_ucx() noexcept;

private:
    bool sets_;
};

}  // namespace MPI4CXX::detail
