#include "handles/datatype_name.hpp"

#include <mpi4cxx/datatype.hpp>

namespace MPI4CXX::detail {

std::string datatype_name(MPI_Datatype type) {
    const std::string name = Datatype::borrow(type).Get_name();
    return name.empty() ? "a type without a name" : name;
}

}  // namespace MPI4CXX::detail
