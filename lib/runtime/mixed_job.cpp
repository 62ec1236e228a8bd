#include "runtime/mixed_job.hpp"

#include "runtime/settings.hpp"

#include <cstdlib>

namespace MPI4CXX::detail {

bool is_mixed_job() noexcept {
    static const bool is_mixed = [] {
        const char* const programs = std::getenv("OMPI_NUM_APP_CTX");  // Open MPI's launcher counts those between the colons of its command line
        const bool are_several = programs != nullptr && std::atoi(programs) > 1;
        return is_set_to("MPI4CXX_MIXED", "1") || (are_several && !is_set_to("MPI4CXX_MIXED", "0"));
    }();
    return is_mixed;
}

}  // namespace MPI4CXX::detail
