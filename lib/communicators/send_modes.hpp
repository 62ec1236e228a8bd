// MPI's sends by their mode.
#pragma once

#include <mpi4cxx/detail/communicators/object_message.hpp>
#include <mpi4cxx/detail/mpi/call.hpp>

namespace MPI4CXX::detail {

inline MPI_Request start_send(SendMode mode, const void* data, Count count, MPI_Datatype type, int dest, int tag, MPI_Comm comm, const Place& where) {
    switch (mode) {
    case SendMode::synchronous: return get<MPI_Issend>(data, count, type, dest, tag, comm, where);
    case SendMode::buffered: return get<MPI_Ibsend>(data, count, type, dest, tag, comm, where);
    case SendMode::standard: break;
    }
    return get<MPI_Isend>(data, count, type, dest, tag, comm, where);
}

inline void send(SendMode mode, const void* data, Count count, MPI_Datatype type, int dest, int tag, MPI_Comm comm, const Place& where) {
    switch (mode) {
    case SendMode::synchronous: return call<MPI_Ssend>(data, count, type, dest, tag, comm, where);
    case SendMode::buffered: return call<MPI_Bsend>(data, count, type, dest, tag, comm, where);
    case SendMode::standard: break;
    }
    call<MPI_Send>(data, count, type, dest, tag, comm, where);
}

}  // namespace MPI4CXX::detail
