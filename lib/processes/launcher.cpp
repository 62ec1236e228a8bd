#include "processes/launcher.hpp"

#include <mpi4cxx/detail/mpi/platform.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace MPI4CXX::detail {

bool can_ask_launcher() noexcept {
    if (!waits_for_missing_launcher())
        return true;
    const auto is_set = [](const char* variable) { return std::getenv(variable) != nullptr; };
    constexpr std::array own{"PMI_RANK", "PMI_FD", "PMI_PORT"};
    const bool is_other_launcher = is_set("OMPI_COMM_WORLD_SIZE");  // Open MPI's, which MPICH does not know
    return std::any_of(own.begin(), own.end(), is_set) || (is_set("PMIX_RANK") && !is_other_launcher);
}

}  // namespace MPI4CXX::detail
