#include <mpi4cxx/detail/duplicable.hpp>

#include <mpi4cxx/comm.hpp>

namespace mpi4cxx::detail {

MPI_Comm owned(MPI_Comm raw, At at) {
    if (raw != MPI_COMM_NULL)
        call<MPI_Comm_set_errhandler>(raw, MPI_ERRORS_RETURN, at);
    return raw;
}

MPI_Comm duplicate(Place where) { return get<MPI_Comm_dup>(*where.comm, where); }

Duplicate::Duplicate(Place where) { call<MPI_Comm_idup>(*where.comm, &comm_, &request_, where); }

Duplicate::~Duplicate() {
    if (complete_ && comm_ != MPI_COMM_NULL && may_free(true))
        MPI_Comm_free(&comm_);
}

void Duplicate::advance() {
    int done = 0;
    if (!complete_)
        code_ = MPI_Test(&request_, &done, &status_);
    complete_ = complete_ || done != 0 || code_ != MPI_SUCCESS;
}

void Duplicate::finish(Place where) {
    if (code_ == MPI_SUCCESS)
        return;
    comm_ = MPI_COMM_NULL;
    raise(code_, "MPI_Comm_idup", where.file, where.line, nullptr);
}

}  // namespace mpi4cxx::detail
