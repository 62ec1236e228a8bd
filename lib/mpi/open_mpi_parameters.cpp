#include "mpi/open_mpi_parameters.hpp"

#include <mpi4cxx/detail/mpi/platform.hpp>

#include <cstdlib>
#include <string_view>

namespace MPI4CXX::detail {

namespace {

constexpr const char* window_components = "OMPI_MCA_osc";
bool are_components_chosen = false;

}  // namespace

OpenMpiParameters::Variable::Variable(const char* name, const char* value, bool is_needed)
    : name_(is_needed && std::getenv(name) == nullptr ? name : nullptr) {
    if (is_set_here())
        setenv(name, value, 1);
}

OpenMpiParameters::Variable::~Variable() {
    if (is_set_here())
        unsetenv(name_);
}

OpenMpiParameters::OpenMpiParameters(bool has_threads)
    : windows_(window_components, "^pt2pt,rdma", has_broken_osc_rdma()),
      small_messages_("OMPI_MCA_btl_sm_fbox_max", "0", has_threads && loses_small_messages_of_threads()) {
    are_components_chosen = are_components_chosen || windows_.is_set_here();
}

bool OpenMpiParameters::may_have_ucx_windows() noexcept {
    const char* given = std::getenv(window_components);
    if (given == nullptr)
        return are_components_chosen;
    const std::string_view value = given;
    return value.starts_with('^') ? value.find("rdma") != std::string_view::npos : value.find("ucx") != std::string_view::npos;
}

}  // namespace MPI4CXX::detail
