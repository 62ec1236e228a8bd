#include <mpi4cxx/request.hpp>

#include <mpi4cxx/error.hpp>

#include "finalize.hpp"
#include "progress.hpp"
#include "request_array.hpp"

#include <chrono>
#include <exception>

namespace mpi4cxx {

using detail::call;
using detail::drive;
using detail::get;
using detail::must_drive;
using detail::Operation;
using detail::Requests;

const Request REQUEST_NULL;

void Request::check_statuses(std::size_t requests, std::span<Status> statuses, detail::Caller caller) {
    if (!statuses.empty() && statuses.size() != requests)
        detail::misuse(caller, std::to_string(statuses.size()) + " statuses for " + std::to_string(requests) + " requests");
}

// One request -------------------------------------------------------------------------------------------------------

/// Ends the life of what a request has kept when MPI has set its handle to null, also when that was an error.
struct Request::Completion {
    Request& request;
    ~Completion() { request.lose_belongings(); }
};

void Request::lose_belongings() noexcept {
    if (raw_ == MPI_REQUEST_NULL && belongings_ != nullptr && kind_ != Kind::object)
        delete std::exchange(belongings_, nullptr);
}

void Request::wait_object(void* object, Status* status, At at) {
    while (!test_object(object, status, at)) {}
}

bool Request::test_object(void* object, Status* status, At at) {
    if (operation() == nullptr)
        detail::misuse({at, "ObjectRequest"}, "this request is null, or its object has been received");
    if (!detail::complete_or_drive(*operation()))
        return false;
    std::unique_ptr<Operation> done(operation());
    belongings_ = nullptr;
    if (!done->is_complete()) {
        detail::leave(std::move(done));
        return true;
    }
    if (status != nullptr)
        *status = Status(done->status());
    done->finish(at);
    if (object != nullptr)
        done->deliver(object);
    return true;
}

namespace {

/// One that is over, with its error.
class Failed final : public Operation {
public:
    explicit Failed(std::exception_ptr error) noexcept : error_(std::move(error)) { complete_ = true; }
    void advance() override {}
    void finish(detail::Place) override { std::rethrow_exception(error_); }

private:
    std::exception_ptr error_;
};

}  // namespace

void Request::postpone(std::exception_ptr error) { *this = take(std::make_unique<Failed>(std::move(error))); }

void Request::wait_driving(Status* status, const char* file, unsigned long line) {
    if (operation() != nullptr || must_drive()) {
        while (!Test(status, {file, line})) drive();
        return;
    }
    const Completion completion{*this};
    call<MPI_Wait>(&raw_, Status::to(status), At(file, line));
}

bool Request::Test(Status* status, At at) {
    if (operation() != nullptr)
        return test_object(nullptr, status, at);
    const Completion completion{*this};
    int flag = 0;
    call<MPI_Test>(&raw_, &flag, Status::to(status), at);
    return flag != 0;
}

std::optional<bool> Request::test_active(Status* status, At at) {
    if (is_null())
        return std::nullopt;
    if (operation() != nullptr)
        return test_object(nullptr, status, at);
    const Completion completion{*this};
    int index = UNDEFINED, flag = 0;
    call<MPI_Testany>(1, &raw_, &index, &flag, Status::to(status), at);
    return flag == 0 ? std::optional(false) : index == UNDEFINED ? std::nullopt : std::optional(true);
}

bool Request::Get_status(Status* status, At at) const {
    if (const auto object = operation()) {
        const bool complete = detail::complete_or_drive(*object);
        if (complete && status != nullptr)
            *status = Status(object->status());
        return complete;
    }
    int flag = 0;
    call<MPI_Request_get_status>(raw_, &flag, Status::to(status), at);
    return flag != 0;
}

void Request::Cancel(At at) {
    if (operation() != nullptr)
        detail::cancel(*operation());
    else
        call<MPI_Cancel>(&raw_, at);
}

void Request::Free(At at) {
    if (operation() != nullptr)
        return drop();
    if (belongings_ != nullptr && !Get_status(nullptr, at))
        detail::misuse(at, "a collective call is under way: it has to be completed");
    const Completion completion{*this};
    call<MPI_Request_free>(&raw_, at);
}

/// While an exception unwinds this process, the one that should receive may wait for this one for ever.
class Request::Patience {
public:
    void check() const noexcept {
        if (unwinding_ && clock::now() > end_)
            detail::abort_job("an exception dropped a pending request, whose other side does not come");
    }

private:
    using clock = std::chrono::steady_clock;
    const bool unwinding_ = std::uncaught_exceptions() > 0;
    const clock::time_point end_ = clock::now() + std::chrono::seconds(5);
};

void Request::drop() noexcept {
    const Patience patience;
    if (operation() != nullptr) {
        std::unique_ptr<Operation> object(operation());
        belongings_ = nullptr;
        while (object->needs_caller() && !detail::complete_or_drive(*object)) patience.check();
        return detail::adopt(std::move(object));
    }
    const std::unique_ptr<detail::Belongings> kept(std::exchange(belongings_, nullptr));
    if (raw_ == MPI_REQUEST_NULL || drop_ == Drop::nothing || !detail::is_running())
        return;
    int done = 0;
    if (kind_ == Kind::persistent)
        MPI_Request_get_status(raw_, &done, MPI_STATUS_IGNORE);  // one that has not been started cannot be cancelled
    if (done == 0 && kept != nullptr && !kept->can_complete())
        detail::abort_job("a partitioned send was dropped before all its partitions were ready");
    if (drop_ == Drop::cancel && done == 0)
        MPI_Cancel(&raw_);
    for (done = 0; done == 0; patience.check()) {
        if (MPI_Test(&raw_, &done, MPI_STATUS_IGNORE) != MPI_SUCCESS)
            break;
        drive();
    }
    if (kind_ == Kind::persistent)
        MPI_Request_free(&raw_);
}

// Several ------------------------------------------------------------------------------------------------------------

void Request::Waitall(Requests requests, std::span<Status> statuses, At at) {
    check_statuses(requests.size(), statuses, at);
    if (!RequestArray::is_plain(requests)) {
        FirstError error;
        for (std::size_t i = 0; i < requests.size(); ++i) error.run([&] { requests[i].Wait(at_index(statuses, i), at); });
        error.rethrow();
        return;
    }
    RequestArray array(requests, statuses);
    call<MPI_Waitall>(array.size(), array.handles(), array.statuses(), at);
}

int Request::Waitany(Requests requests, Status* status, At at) {
    while (!RequestArray::is_plain(requests)) {
        if (const std::optional<int> index = Testany(requests, status, at))
            return *index;
        drive();
    }
    RequestArray array(requests);
    int index = UNDEFINED;
    call<MPI_Waitany>(array.size(), array.handles(), &index, Status::to(status), at);
    return index;
}

std::optional<std::vector<int>> Request::Waitsome(Requests requests, std::span<Status> statuses, At at) {
    check_statuses(requests.size(), statuses, at);
    while (!RequestArray::is_plain(requests)) {
        auto indices = Testsome(requests, statuses, at);
        if (!indices || !indices->empty())
            return indices;
        drive();
    }
    return RequestArray(requests, statuses).some<MPI_Waitsome>(at);
}

bool Request::Testall(Requests requests, std::span<Status> statuses, At at) {
    check_statuses(requests.size(), statuses, at);
    if (!RequestArray::is_plain(requests)) {
        // a complete object request keeps what it has received, so all can be looked at before any is finished
        drive();
        bool all = true;
        for (std::size_t i = 0; i < requests.size() && all; ++i) all = requests[i].Get_status(nullptr, at);
        if (all)
            Waitall(requests, statuses, at);
        return all;
    }
    RequestArray array(requests, statuses);
    int flag = 0;
    call<MPI_Testall>(array.size(), array.handles(), &flag, array.statuses(), at);
    return flag != 0;
}

std::optional<int> Request::Testany(Requests requests, Status* status, At at) {
    if (RequestArray::is_plain(requests)) {
        RequestArray array(requests);
        int index = UNDEFINED, flag = 0;
        call<MPI_Testany>(array.size(), array.handles(), &index, &flag, Status::to(status), at);
        return flag != 0 ? std::optional(index) : std::nullopt;
    }
    bool active = false;
    for (std::size_t i = 0; i < requests.size(); ++i) {
        const std::optional<bool> complete = requests[i].test_active(status, at);
        active = active || complete.has_value();
        if (complete == true)
            return static_cast<int>(i);
    }
    if (active)
        return std::nullopt;
    if (status != nullptr)
        *status = Status();
    return UNDEFINED;
}

std::optional<std::vector<int>> Request::Testsome(Requests requests, std::span<Status> statuses, At at) {
    check_statuses(requests.size(), statuses, at);
    if (RequestArray::is_plain(requests))
        return RequestArray(requests, statuses).some<MPI_Testsome>(at);
    bool active = false;
    std::vector<int> indices;
    for (std::size_t i = 0; i < requests.size(); ++i) {
        const std::optional<bool> complete = requests[i].test_active(at_index(statuses, indices.size()), at);
        active = active || complete.has_value();
        if (complete == true)
            indices.push_back(static_cast<int>(i));
    }
    return active ? std::optional(std::move(indices)) : std::nullopt;
}

}  // namespace mpi4cxx
