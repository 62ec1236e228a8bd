// Keeps the communicators to processes of other COMM_WORLDs until somebody disconnects them.
#include "processes/connections.hpp"

#include <mpi4cxx/intercomm.hpp>

#include "communicators/outside.hpp"
#include "runtime/end_of_comm.hpp"
#include "runtime/finalize.hpp"

#include <algorithm>
#include <mutex>
#include <vector>

namespace MPI4CXX::detail {

namespace {

std::mutex mutex;
// In the order in which they were made. Never destroyed, because MPI may end later.
auto& connections = *new std::vector<MPI_Comm>;

/// MPI calls this when a connection is disconnected or freed, whoever does it.
int forget_connection(MPI_Comm comm, int, void*, void*) {
    const std::lock_guard lock(mutex);
    std::erase(connections, comm);
    return MPI_SUCCESS;
}

void mark(MPI_Comm comm, At at) {
    mark_outside(comm, at);
    at_end_of(comm, forget_connection, at);
}

/// Returns the connection that was made last, null if there is none.
MPI_Comm take_last() {
    const std::lock_guard lock(mutex);
    if (connections.empty())
        return MPI_COMM_NULL;
    const MPI_Comm last = connections.back();
    connections.pop_back();
    return last;
}

/// All processes disconnect in the same order, that in which the connections were made, backwards. So they cannot wait for each other in a circle.
void disconnect_all() {
    for (MPI_Comm comm = take_last(); comm != MPI_COMM_NULL; comm = take_last()) end_connection(comm);
}

}  // namespace

void disconnect_at_finalize() {
    static const bool once = (at_finalize(disconnect_all), true);
    (void)once;
}

void keep_parent(MPI_Comm parent, At at) {
    if (parent == MPI_COMM_NULL)
        return;
    static const bool once = [parent, at] {
        disconnect_at_finalize();
        mark(owned(parent, at), at);
        const std::lock_guard lock(mutex);
        connections.insert(connections.begin(), parent);  // it is older than all others
        return true;
    }();
    (void)once;
}

}  // namespace MPI4CXX::detail

namespace MPI4CXX {

Intercomm Intercomm::take_connected(MPI_Comm raw, At at) {
    detail::disconnect_at_finalize();
    Intercomm result(detail::owned(raw, at), detail::Ownership::connection);
    detail::mark(raw, at);
    const std::lock_guard lock(detail::mutex);
    detail::connections.push_back(raw);
    return result;
}

}  // namespace MPI4CXX
