#include <mpi4cxx/detail/communicators/dup_methods.hpp>

#include <mpi4cxx/comm.hpp>

#include "communicators/dropped_handles.hpp"
#include "communicators/outside.hpp"
#include "runtime/settings.hpp"

namespace MPI4CXX::detail {

MPI_Comm owned(MPI_Comm raw, At at) {
    if (raw != MPI_COMM_NULL)
        call<MPI_Comm_set_errhandler>(raw, chosen_errhandler(), at);
    return raw;
}

MPI_Comm duplicate(Place where) { return made(get<MPI_Comm_dup>(*where.comm, where), where); }

MPI_Comm duplicate(const Info& info, Place where) { return made(get<MPI_Comm_dup_with_info>(*where.comm, info.handle(), where), where); }

PendingComm::PendingComm(By by, Place where)
    : from_outside_(is_outside(*where.comm)), function_(by == By::dup ? name_of<MPI_Comm_idup>() : name_of<MPIX_Comm_ishrink>()) {
    if (by == By::dup)
        call<MPI_Comm_idup>(*where.comm, &comm_, &request_, where);
    else
        call<MPIX_Comm_ishrink>(*where.comm, &comm_, &request_, where);
}

PendingComm::PendingComm(const Info& info, Place where) : from_outside_(is_outside(*where.comm)), function_(name_of<MPI_Comm_idup_with_info>()) {
    call<MPI_Comm_idup_with_info>(*where.comm, info.handle(), &comm_, &request_, where);
}

PendingComm::~PendingComm() {
    if (complete_ && comm_ != MPI_COMM_NULL && may_free(true))
        MPI_Comm_free(&comm_);
}

void PendingComm::advance() {
    int done = 0;
    if (!complete_)
        code_ = MPI_Test(&request_, &done, &status_);
    complete_ = complete_ || done != 0 || code_ != MPI_SUCCESS;
}

void PendingComm::finish(const Place& where) {
    if (code_ == MPI_SUCCESS && from_outside_)
        mark_outside(comm_, where);
    if (code_ == MPI_SUCCESS)
        return;
    comm_ = MPI_COMM_NULL;  // whatever its value is, it is not a communicator
    raise(code_, function_, where.file, where.line, nullptr);
}

}  // namespace MPI4CXX::detail
