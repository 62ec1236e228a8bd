// The functions that complete requests, and those that start persistent ones.
#include "trace/call.hpp"

#include <algorithm>

namespace mpi4cxx::trace {

namespace {

/// A call that waits for requests or tests them.
class Completion : public Call {
public:
    Completion(int function, int count, const MPI_Request* requests, bool any = false) : Call(function), requests_(requests) {
        for (int i = 0; is_on() && i < count; ++i) {
            pending_.push_back({requests[i], find_operation(requests[i])});
            if (requests[i] != MPI_REQUEST_NULL && !is_inactive(pending_.back().operation))
                waits_for(pending_.back().operation == nullptr ? WaitTarget{} : *pending_.back().operation);
        }
        if (is_on() && any && count > 1)
            waits_for_any();
    }

    /// Returns where the call writes its statuses.
    MPI_Status* fills_status(MPI_Status* statuses) {
        if (is_on() && (statuses == MPI_STATUSES_IGNORE || statuses == MPI_STATUS_IGNORE)) {
            statuses = &own_status_;
            if (pending_.size() > 1) {
                own_statuses_.resize(pending_.size());
                statuses = own_statuses_.data();
            }
        }
        return statuses_ = statuses;
    }
    /// Says where the call reports the completed requests, in the order of the statuses: the requests at `indices`, else the first `count`.
    void reports(const int* count, const int* indices) {
        count_ = count;
        indices_ = indices;
    }

private:
    [[nodiscard]] bool made_nothing(int) const noexcept override { return false; }

    void completes(std::int64_t event, int error) override {
        const int all = static_cast<int>(pending_.size()), count = count_ != nullptr ? std::min(*count_, all) : all;
        for (int i = 0; i < count; ++i) {
            const int which = indices_ == nullptr ? i : indices_[i];
            if (which >= 0 && which < all && is_over(which, statuses_ + i, error))  // not MPI_UNDEFINED
                complete_one(pending_[static_cast<std::size_t>(which)], statuses_ + i, event);
        }
    }

    /// Returns whether an operation is over. With an error that need not be so; MPI then has given up the request, unless the request is persistent.
    [[nodiscard]] bool is_over(int which, const MPI_Status* status, int error) const {
        if (error == MPI_SUCCESS || requests_[which] == MPI_REQUEST_NULL)
            return true;
        return error == MPI_ERR_IN_STATUS ? status->MPI_ERROR != MPI_ERR_PENDING : error == MPI_ERR_TRUNCATE;
    }

    struct Pending {
        MPI_Request handle;
        std::shared_ptr<Operation> operation;
    };

    /// Returns whether this is a persistent operation that is not started.
    static bool is_inactive(const std::shared_ptr<Operation>& operation) { return operation != nullptr && operation->order == 0; }

    void complete_one(Pending& pending, const MPI_Status* status, std::int64_t event) {
        if (pending.operation == nullptr)
            return;
        complete(*pending.operation, status, event);
        pending.operation->order = 0;
        if (!pending.operation->is_persistent)
            erase_operation(pending.handle, pending.operation);
        if (pending.operation->made != nullptr)
            makes_comm(pending.operation->made, pending.operation->made_number);
    }

    const MPI_Request* requests_;
    std::vector<Pending> pending_;
    MPI_Status own_status_{};
    std::vector<MPI_Status> own_statuses_;
    MPI_Status* statuses_ = nullptr;
    const int* count_ = nullptr;
    const int* indices_ = nullptr;
};

constexpr int one = 1;

void start(MPI_Request request) {
    const std::shared_ptr<Operation> operation = find_operation(request);
    if (operation == nullptr)
        return;
    if (operation->kind == WaitTarget::Kind::collective && operation->comm != nullptr)
        operation->number = ++operation->comm->collectives;
    const std::lock_guard lock(log_mutex);
    begin(*operation, now(), -1);
}

}  // namespace

}  // namespace mpi4cxx::trace

using namespace mpi4cxx::trace;

extern "C" {

MPI4CXX_TRACED int MPI_Wait(MPI_Request* request, MPI_Status* status) {
    Completion call(id("MPI_Wait"), 1, request);
    return call.done(PMPI_Wait(request, call.fills_status(status)));
}

MPI4CXX_TRACED int MPI_Waitall(int count, MPI_Request requests[], MPI_Status statuses[]) {
    Completion call(id("MPI_Waitall"), count, requests);
    return call.done(PMPI_Waitall(count, requests, call.fills_status(statuses)));
}

MPI4CXX_TRACED int MPI_Waitany(int count, MPI_Request requests[], int* index, MPI_Status* status) {
    Completion call(id("MPI_Waitany"), count, requests, true);
    call.reports(&one, index);
    return call.done(PMPI_Waitany(count, requests, index, call.fills_status(status)));
}

MPI4CXX_TRACED int MPI_Waitsome(int count, MPI_Request requests[], int* done, int indices[], MPI_Status statuses[]) {
    Completion call(id("MPI_Waitsome"), count, requests, true);
    call.reports(done, indices);
    return call.done(PMPI_Waitsome(count, requests, done, indices, call.fills_status(statuses)));
}

MPI4CXX_TRACED int MPI_Test(MPI_Request* request, int* flag, MPI_Status* status) {
    Completion call(id("MPI_Test"), 1, request);
    call.sets_flag(flag);
    return call.done(PMPI_Test(request, flag, call.fills_status(status)));
}

MPI4CXX_TRACED int MPI_Testall(int count, MPI_Request requests[], int* flag, MPI_Status statuses[]) {
    Completion call(id("MPI_Testall"), count, requests);
    call.sets_flag(flag);
    return call.done(PMPI_Testall(count, requests, flag, call.fills_status(statuses)));
}

MPI4CXX_TRACED int MPI_Testany(int count, MPI_Request requests[], int* index, int* flag, MPI_Status* status) {
    Completion call(id("MPI_Testany"), count, requests, true);
    call.sets_flag(flag);
    call.reports(&one, index);
    return call.done(PMPI_Testany(count, requests, index, flag, call.fills_status(status)));
}

MPI4CXX_TRACED int MPI_Testsome(int count, MPI_Request requests[], int* done, int indices[], MPI_Status statuses[]) {
    Completion call(id("MPI_Testsome"), count, requests, true);
    call.sets_flag(done);
    call.reports(done, indices);
    return call.done(PMPI_Testsome(count, requests, done, indices, call.fills_status(statuses)));
}

// The request stays as it is; a later call completes it.
MPI4CXX_TRACED int MPI_Request_get_status(MPI_Request request, int* flag, MPI_Status* status) {
    static constexpr int none = 0;
    Completion call(id("MPI_Request_get_status"), 1, &request);
    call.sets_flag(flag);
    call.reports(&none, nullptr);
    return call.done(PMPI_Request_get_status(request, flag, status));
}

MPI4CXX_TRACED int MPI_Request_free(MPI_Request* request) {
    Call call(id("MPI_Request_free"));
    erase_operation(*request, find_operation(*request));
    return call.done(PMPI_Request_free(request));
}

MPI4CXX_TRACED int MPI_Start(MPI_Request* request) {
    Call call(id("MPI_Start"));
    start(*request);
    return call.done(PMPI_Start(request));
}

MPI4CXX_TRACED int MPI_Startall(int count, MPI_Request requests[]) {
    Call call(id("MPI_Startall"));
    for (int i = 0; i < count; ++i) start(requests[i]);
    return call.done(PMPI_Startall(count, requests));
}

}  // extern "C"
