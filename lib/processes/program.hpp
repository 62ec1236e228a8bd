// Programs that are to be started.
#pragma once

#include <mpi4cxx/info.hpp>

#include <span>
#include <string>
#include <vector>

namespace MPI4CXX::detail {

/// Throws an Exception of class ERR_SPAWN if there is no program `command` on this machine that can be run. MPIs end the job for that, or wait for
/// ever. A program that `info` sends to other machines may be missing here.
void check_program(const std::string& command, const Info& info, At at);

/// Returns the arguments of a program as the MPI's launcher takes them. Throws an Exception of class ERR_SPAWN if it cannot take one.
[[nodiscard]] std::vector<std::string> launcher_arguments(std::span<const std::string> arguments, At at);

}  // namespace MPI4CXX::detail
