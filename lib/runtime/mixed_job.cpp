#include "runtime/mixed_job.hpp"

#include "runtime/settings.hpp"

#include <cstdlib>
#include <string>

namespace MPI4CXX::detail {

bool is_mixed_job() {
    static const bool is_mixed = [] {
        if (const std::string mixed = setting("MPI4CXX_MIXED"); !mixed.empty() && mixed != "auto")
            return mixed == "1";
        const char* const programs = std::getenv("OMPI_NUM_APP_CTX");  // Open MPI's launcher counts those between the colons of its command line
        return programs != nullptr && std::atoi(programs) > 1;
    }();
    return is_mixed;
}

}  // namespace MPI4CXX::detail
