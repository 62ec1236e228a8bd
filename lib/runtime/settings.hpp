// The one place that reads the library's variables of the environment. Their table is in settings_table.cpp, of which the trace's library has a copy.
#pragma once

#include <mpi4cxx/settings.hpp>

#include <mpi4cxx/detail/mpi/at.hpp>

namespace MPI4CXX::detail {

/// The table of all variables.
[[nodiscard]] std::span<const Setting> settings_table() noexcept;
/// Returns the variable of that name.
[[nodiscard]] const Setting& find_setting(std::string_view name) noexcept;
/// Returns whether the variable of that name is set to `value`.
[[nodiscard]] bool is_set_to(std::string_view name, std::string_view value) noexcept;
/// Returns the value of a variable; empty where it is not set. Throws std::invalid_argument if the value is not allowed.
[[nodiscard]] std::string setting(std::string_view name);

/// Throws std::invalid_argument if a variable has a value that is not allowed.
void check_settings(Caller caller);
/// Returns the error handler that MPI4CXX_ERRORS chooses for the communicators, windows and files that this library makes.
[[nodiscard]] MPI_Errhandler chosen_errhandler();

}  // namespace MPI4CXX::detail
