// The parameters that Open MPI begins with.
#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

namespace MPI4CXX::detail {

/// While one exists, the environment has the parameters that spare Open MPI its mistakes. A user's own values stay.
class OpenMpiParameters {
public:
    explicit OpenMpiParameters(bool has_threads);

    /// Returns whether windows that are not shared may have been made by osc/ucx: it has been chosen here or by the user.
    static bool may_have_ucx_windows() noexcept;

private:
    /// A variable of the environment. It is set if it is needed and missing.
    class Variable {
    public:
        Variable(const char* name, const char* value, bool is_needed);
        Variable(const Variable&) = delete;
        Variable& operator=(const Variable&) = delete;
        ~Variable();
        [[nodiscard]] bool is_set_here() const noexcept { return name_ != nullptr; }

    private:
        const char* name_;
    };

    Variable windows_, small_messages_;
};

}  // namespace MPI4CXX::detail
