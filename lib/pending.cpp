#include <mpi4cxx/detail/pending.hpp>

#include <mpi4cxx/detail/call.hpp>

#include "progress.hpp"

namespace mpi4cxx::detail {

Pending::~Pending() {
    if (!complete_)  // else it is on no list, and whoever drives holds the lock
        unwatch(*this);
}

void Pending::begin() { watch(*this); }

void Pending::advance() {
    if (complete_)
        return;
    try {
        step();
    } catch (...) {
        failure_ = std::current_exception();
        complete_ = true;
    }
}

void Pending::finish(Place) {
    if (failure_)
        std::rethrow_exception(failure_);
}

bool Pending::passed(MPI_Request& request, MPI_Status* status) const {
    if (request == MPI_REQUEST_NULL)
        return true;
    int flag = 0;
    call<MPI_Test>(&request, &flag, status, where_);
    steps += flag != 0 ? 1 : 0;
    return flag != 0;
}

}  // namespace mpi4cxx::detail
