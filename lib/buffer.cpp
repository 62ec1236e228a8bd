#include <mpi4cxx/buffer.hpp>

#include "plan.hpp"

#include <string>

namespace mpi4cxx::detail {

void mismatch(const ConstBuf& send, const Buf& recv, Caller caller) {
    if (send.type != recv.type)
        misuse(caller, "sendbuf holds " + type_name(send.type) + ", recvbuf " + type_name(recv.type));
    misuse(caller, "sendbuf has " + std::to_string(send.count) + " elements, recvbuf " + std::to_string(recv.count));
}

std::string type_name(MPI_Datatype type) {
    const std::string name = Datatype::borrow(type).Get_name();
    return name.empty() ? "a type without a name" : name;
}

}  // namespace mpi4cxx::detail
