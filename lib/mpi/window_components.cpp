#include "mpi/window_components.hpp"

#include <cstdlib>
#include <string_view>

namespace MPI4CXX::detail {

namespace {

constexpr const char* variable = "OMPI_MCA_osc";
bool are_chosen = false;

}  // namespace

WindowComponents::WindowComponents() : sets_(has_broken_osc_rdma() && std::getenv(variable) == nullptr) {
    if (sets_)
        setenv(variable, "^pt2pt,rdma", 1);
    are_chosen = are_chosen || sets_;
}

WindowComponents::~WindowComponents() {
    if (sets_)
        unsetenv(variable);
}

bool WindowComponents::may_be_ucx() noexcept {
    const char* given = std::getenv(variable);
    if (given == nullptr)
        return are_chosen;
    const std::string_view value = given;
    return value.starts_with('^') ? value.find("rdma") != std::string_view::npos : value.find("ucx") != std::string_view::npos;
}

}  // namespace MPI4CXX::detail
