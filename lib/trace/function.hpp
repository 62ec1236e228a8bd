// The MPI functions as the trace knows them.
#pragma once

#include <string_view>

namespace mpi4cxx::trace {

/// The purpose of an MPI function, by which it is shown.
enum class Family { send, receive, wait, collective, window, file, setup, local };

/// The names of the families in pictures and tables, in the order above.
inline constexpr std::string_view family_names[] = {"send", "receive", "wait, test, probe", "collective", "one-sided", "file", "set-up", "local"};

struct Function {
    std::string_view name;
    Family family;
};

}  // namespace mpi4cxx::trace
