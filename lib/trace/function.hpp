#pragma once

#include <string_view>

namespace mpi4cxx::trace {

/// What an MPI function is for: what it is shown as.
enum class Family { send, receive, wait, collective, window, file, setup, local };

/// The names are what people read, in the order above.
inline constexpr std::string_view family_names[] = {"send", "receive", "wait, test, probe", "collective", "one-sided", "file", "set-up", "local"};

struct Function {
    std::string_view name;
    Family family;
};

}  // namespace mpi4cxx::trace
