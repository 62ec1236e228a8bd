// The errors of buffers that do not match.
#include <mpi4cxx/buffer.hpp>

#include "handles/datatype_name.hpp"

#include <string>

namespace MPI4CXX::detail {

void mismatch(Count sends, MPI_Datatype send, Count receives, MPI_Datatype recv, At at, const char* method) {
    if (send != recv)
        misuse({at, method}, "sendbuf holds " + datatype_name(send) + ", recvbuf " + datatype_name(recv));
    misuse({at, method}, "sendbuf has " + std::to_string(sends) + " elements, recvbuf " + std::to_string(receives));
}

}  // namespace MPI4CXX::detail
