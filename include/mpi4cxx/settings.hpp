// The variables of the environment that change what the library does.
#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

namespace MPI4CXX {

/// A variable of the environment that changes what the library does. `mpi4cxx-bench --config` lists all of them.
struct Setting {
    const char* name;      ///< "MPI4CXX_ERRORS"
    const char* standard;  ///< what holds where the variable is not set or empty
    const char* allowed;   ///< the values that it may have
    const char* meaning;   ///< what it changes
    bool (*accepts)(std::string_view allowed, std::string_view value) noexcept;

    /// Return the variable's value; null where it is not set.
    [[nodiscard]] const char* value() const noexcept { return std::getenv(name); }
    /// Return what is wrong with the value, as a sentence; empty if nothing is.
    [[nodiscard]] std::string problem() const {
        const std::string given = value() == nullptr ? "" : value();
        return given.empty() || accepts(allowed, given) ? "" : std::string(name) + " is '" + given + "', but must be " + allowed;
    }
};

/// Return all variables that the library reads. An Environment refuses to start where one has a value that is not allowed.
[[nodiscard]] MPI4CXX_API std::span<const Setting> get_settings() noexcept;
/// Return the names in this process's environment that look like variables of the library, but are none: "MPI4CXX_EROR, MPI4CXX_TRACES".
[[nodiscard]] MPI4CXX_API std::string get_unknown_settings();

}  // namespace MPI4CXX
