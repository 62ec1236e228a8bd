#include <mpi4cxx/comm.hpp>

#include "plan.hpp"
#include "progress.hpp"

#include <utility>

namespace mpi4cxx {

using detail::call;

bool Comm::Probe(int source, int tag, Status* status, At at) const {
    detail::check_comm(*this, {at, "MPI_Probe"});
    if (!detail::must_drive()) [[likely]] {
        call<MPI_Probe>(source, tag, handle(), Status::to(status), on(at));
        return true;
    }
    while (!Iprobe(source, tag, status, at)) detail::drive();
    return true;
}

bool Comm::Iprobe(int source, int tag, Status* status, At at) const {
    detail::check_comm(*this, {at, "MPI_Iprobe"});
    int flag = 0;
    call<MPI_Iprobe>(source, tag, handle(), &flag, Status::to(status), on(at));
    return flag != 0;
}

void Comm::sendrecv_driving(const void* sendbuf, Count sendcount, MPI_Datatype sendtype, int dest, int sendtag, void* recvbuf, Count recvcount,
                            MPI_Datatype recvtype, int source, int recvtag, Status* status, At at) const {
    // not MPI_Isendrecv, which MPI-3 does not have and MPICH before 4.1 refuses for PROC_NULL
    Request received = Request::take(detail::get<MPI_Irecv>(recvbuf, recvcount, recvtype, source, recvtag, handle(), on(at)), Request::Drop::cancel);
    call<MPI_Send>(sendbuf, sendcount, sendtype, dest, sendtag, handle(), on(at));
    detail::complete(std::move(received).release(), Status::to(status), "MPI_Sendrecv", on(at));
}

}  // namespace mpi4cxx
