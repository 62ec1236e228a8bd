#include <mpi4cxx/detail/requests/pending.hpp>

#include <mpi4cxx/detail/mpi/call.hpp>

#include "requests/progress.hpp"

namespace MPI4CXX::detail {

MPI_Status LazyStatus::get(const Place& where) const {
    MPI_Status status = raw;
    if (length)
        call<MPI_Status_set_elements_x>(&status, MPI_BYTE, static_cast<MPI_Count>(*length), where);
    return status;
}

Pending::~Pending() {
    if (!complete_)  // a complete one is in no table, and its destroyer may hold the lock
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

void Pending::finish(const Place&) {
    if (failure_)
        std::rethrow_exception(failure_);
}

void Pending::hear(int code, const MPI_Status& status) {
    heard_ = awaited();
    *heard_ = MPI_REQUEST_NULL;
    heard_code_ = code;
    heard_status_ = status;
}

bool Pending::passed(MPI_Request& request, MPI_Status* status) {
    if (heard_ == &request) {
        heard_ = nullptr;
        if (heard_code_ != MPI_SUCCESS)
            raise(heard_code_, "MPI_Testsome", where_.file, where_.line, where_.comm);
        if (status != MPI_STATUS_IGNORE)
            *status = heard_status_;
        ++steps;
        return true;
    }
    if (request == MPI_REQUEST_NULL)
        return true;
    int flag = 0;
    call<MPI_Test>(&request, &flag, status, where_);
    steps += flag != 0 ? 1 : 0;
    return flag != 0;
}

bool Pending::passed_all(std::vector<MPI_Request>& requests) {
    while (!requests.empty() && passed(requests.back())) requests.pop_back();
    return requests.empty();
}

}  // namespace MPI4CXX::detail
