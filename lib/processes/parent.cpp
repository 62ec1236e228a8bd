// The communicators to processes that this process has not started itself: to its parents, and over a socket.
#include <mpi4cxx/comm.hpp>
#include <mpi4cxx/error.hpp>
#include <mpi4cxx/intercomm.hpp>

#include "processes/connections.hpp"

#include <sys/socket.h>

#include <string>

namespace MPI4CXX {

Intercomm Comm::Get_parent(At at) {
    const MPI_Comm raw = detail::get<MPI_Comm_get_parent>(at);
    detail::keep_parent(raw, at);
    return Intercomm::borrow(raw);
}

Intercomm Comm::Join(int fd, At at) {
    int type = 0;
    socklen_t size = sizeof type;
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_STREAM)  // Open MPI tries for ever to read from it
        detail::misuse(at, std::to_string(fd) + " is not the file descriptor of a stream socket");
    return Intercomm::take_connected(detail::get<MPI_Comm_join>(fd, at), at);
}

}  // namespace MPI4CXX
