#include "runtime/settings.hpp"

#include <mpi4cxx/error.hpp>

#include <algorithm>

#include <unistd.h>

namespace MPI4CXX {

namespace {

/// Returns whether `name` is that of a variable of the library, or one with which the library or the project's scripts start programs.
bool is_known(std::string_view name) {
    const auto settings = detail::settings_table();
    return name == "MPI4CXX_BUILD" || name == "MPI4CXX_YIELD" || name == "MPI4CXX_FUTURES_SPAWNED" ||
           std::any_of(settings.begin(), settings.end(), [name](const Setting& one) { return one.name == name; });
}

}  // namespace

std::span<const Setting> get_settings() noexcept { return detail::settings_table(); }

std::string get_unknown_settings() {
    std::string names;
    for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
        const std::string_view text = *variable;
        const std::string_view name = text.substr(0, text.find('='));
        if (name.starts_with("MPI4CXX_") && !is_known(name))
            names.append(names.empty() ? "" : ", ").append(name);
    }
    return names;
}

namespace detail {

void check_settings(Caller caller) {
    for (const Setting& one : settings_table())
        if (const std::string problem = one.problem(); !problem.empty())
            misuse(caller, problem);
}

MPI_Errhandler chosen_errhandler() {
    static const MPI_Errhandler chosen = [] {
        const std::string errors = setting("MPI4CXX_ERRORS");
        return errors == "fatal" ? MPI_ERRORS_ARE_FATAL : errors == "abort" ? errors_abort : MPI_ERRORS_RETURN;
    }();
    return chosen;
}

}  // namespace detail

}  // namespace MPI4CXX
