#include <mpi4cxx/buffer.hpp>

#include "plan.hpp"

#include <string>

namespace mpi4cxx::detail {

void mismatch(Count sends, MPI_Datatype send, Count receives, MPI_Datatype recv, At at, const char* method) {
    if (send != recv)
        misuse({at, method}, "sendbuf holds " + type_name(send) + ", recvbuf " + type_name(recv));
    misuse({at, method}, "sendbuf has " + std::to_string(sends) + " elements, recvbuf " + std::to_string(receives));
}

std::string type_name(MPI_Datatype type) {
    const std::string name = Datatype::borrow(type).Get_name();
    return name.empty() ? "a type without a name" : name;
}

}  // namespace mpi4cxx::detail
