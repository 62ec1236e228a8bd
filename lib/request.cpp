#include <mpi4cxx/request.hpp>

#include <mpi4cxx/error.hpp>

#include "finalize.hpp"
#include "progress.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>

namespace mpi4cxx {

using detail::call;
using detail::drive;
using detail::get;
using detail::must_drive;
using detail::Operation;

/// The raw handles and statuses of a span of requests, written back when the call is over, also when it throws. Small
/// spans need no memory from the heap, larger ones reuse what this thread has.
class RequestArray {
public:
    RequestArray(std::span<Request> requests, std::span<Status> statuses = {}) : requests_(requests), statuses_(statuses) {
        raw_ = room(handles_, spare_handles, requests.size());
        raw_statuses_ = statuses.empty() ? MPI_STATUSES_IGNORE : room(raw_array_, spare_statuses, statuses.size());
        std::transform(requests.begin(), requests.end(), raw_, [](const Request& request) { return request.raw_; });
    }
    ~RequestArray() {
        for (std::size_t i = 0; i < requests_.size(); ++i) requests_[i].raw_ = raw_[i];
        for (std::size_t i = 0; i < statuses_.size(); ++i) statuses_[i] = Status(raw_statuses_[i]);
    }
    RequestArray(const RequestArray&) = delete;
    RequestArray& operator=(const RequestArray&) = delete;

    [[nodiscard]] int size() const noexcept { return static_cast<int>(requests_.size()); }
    [[nodiscard]] MPI_Request* handles() noexcept { return raw_; }
    [[nodiscard]] MPI_Status* statuses() noexcept { return raw_statuses_; }

    /// The indices that MPI_Waitsome or MPI_Testsome gives; nothing where no request is active.
    template <auto Some> std::optional<std::vector<int>> some(At at) {
        std::vector<int> indices(requests_.size());
        int count = 0;
        call<Some>(size(), raw_, &count, indices.data(), raw_statuses_, at);
        if (count == UNDEFINED)
            return std::nullopt;
        indices.resize(static_cast<std::size_t>(count));
        return indices;
    }

    /// Whether MPI's own functions for several requests can take these: no objects among them, and none pending.
    static bool is_plain(std::span<Request> requests) noexcept {
        return !must_drive() && std::none_of(requests.begin(), requests.end(), [](const Request& r) { return r.operation_ != nullptr; });
    }

private:
    template <class T, std::size_t N> static T* room(std::array<T, N>& own, std::vector<T>& spare, std::size_t size) {
        if (size <= N)
            return own.data();
        spare.resize(size);
        return spare.data();
    }

    static thread_local std::vector<MPI_Request> spare_handles;
    static thread_local std::vector<MPI_Status> spare_statuses;
    std::span<Request> requests_;
    std::span<Status> statuses_;
    std::array<MPI_Request, 64> handles_;
    std::array<MPI_Status, 64> raw_array_;
    MPI_Request* raw_;
    MPI_Status* raw_statuses_;
};

thread_local std::vector<MPI_Request> RequestArray::spare_handles;
thread_local std::vector<MPI_Status> RequestArray::spare_statuses;

void Request::check_statuses(std::size_t requests, std::span<Status> statuses, detail::Caller caller) {
    if (!statuses.empty() && statuses.size() != requests)
        detail::misuse(caller, std::to_string(statuses.size()) + " statuses for " + std::to_string(requests) + " requests");
}

// One request -------------------------------------------------------------------------------------------------------

void Request::wait_object(void* object, Status* status, At at) {
    while (!test_object(object, status, at)) {}
}

bool Request::test_object(void* object, Status* status, At at) {
    if (operation_ == nullptr)
        detail::misuse({at, "ObjectRequest"}, "this request is null, or its object has been received");
    if (!detail::complete_or_drive(*operation_))
        return false;
    std::unique_ptr<Operation> operation(std::exchange(operation_, nullptr));
    if (!operation->is_complete()) {
        detail::leave(std::move(operation));
        return true;
    }
    if (status != nullptr)
        *status = Status(operation->status());
    operation->finish(at);
    if (object != nullptr)
        operation->deliver(object);
    return true;
}

void Request::wait_driving(Status* status, const char* file, unsigned long line) {
    while (!Test(status, {file, line})) drive();
}

bool Request::Test(Status* status, At at) {
    if (operation_ != nullptr)
        return test_object(nullptr, status, at);
    int flag = 0;
    call<MPI_Test>(&raw_, &flag, Status::to(status), at);
    return flag != 0;
}

bool Request::Get_status(Status* status, At at) const {
    if (operation_ != nullptr) {
        const bool complete = detail::complete_or_drive(*operation_);
        if (complete && status != nullptr)
            *status = Status(operation_->status());
        return complete;
    }
    int flag = 0;
    call<MPI_Request_get_status>(raw_, &flag, Status::to(status), at);
    return flag != 0;
}

void Request::Cancel(At at) {
    if (operation_ != nullptr)
        detail::cancel(*operation_);
    else
        call<MPI_Cancel>(&raw_, at);
}

void Request::drop() noexcept {
    if (operation_ != nullptr)
        return detail::adopt(std::unique_ptr<Operation>(std::exchange(operation_, nullptr)));
    if (!detail::is_running())
        return;
    if (drop_ == Drop::cancel)
        MPI_Cancel(&raw_);
    // While an exception unwinds this process, the one that should receive may wait for this one for ever.
    using clock = std::chrono::steady_clock;
    const bool unwinding = std::uncaught_exceptions() > 0;
    const clock::time_point end = clock::now() + std::chrono::seconds(5);
    int done = 0;
    while (done == 0) {
        if (MPI_Test(&raw_, &done, MPI_STATUS_IGNORE) != MPI_SUCCESS)
            return;
        drive();
        if (unwinding && clock::now() > end)
            detail::abort_job("an exception dropped a pending request, whose other side does not come");
    }
}

// Several ------------------------------------------------------------------------------------------------------------

void Request::Waitall(std::span<Request> requests, std::span<Status> statuses, At at) {
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

int Request::Waitany(std::span<Request> requests, Status* status, At at) {
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

std::optional<std::vector<int>> Request::Waitsome(std::span<Request> requests, std::span<Status> statuses, At at) {
    check_statuses(requests.size(), statuses, at);
    while (!RequestArray::is_plain(requests)) {
        auto indices = Testsome(requests, statuses, at);
        if (!indices || !indices->empty())
            return indices;
        drive();
    }
    return RequestArray(requests, statuses).some<MPI_Waitsome>(at);
}

bool Request::Testall(std::span<Request> requests, std::span<Status> statuses, At at) {
    check_statuses(requests.size(), statuses, at);
    if (!RequestArray::is_plain(requests)) {
        // a complete object request keeps what it has received, so all can be looked at before any is finished
        drive();
        const bool all = std::all_of(requests.begin(), requests.end(), [&](const Request& r) { return r.Get_status(nullptr, at); });
        if (all)
            Waitall(requests, statuses, at);
        return all;
    }
    RequestArray array(requests, statuses);
    int flag = 0;
    call<MPI_Testall>(array.size(), array.handles(), &flag, array.statuses(), at);
    return flag != 0;
}

std::optional<int> Request::Testany(std::span<Request> requests, Status* status, At at) {
    if (RequestArray::is_plain(requests)) {
        RequestArray array(requests);
        int index = UNDEFINED, flag = 0;
        call<MPI_Testany>(array.size(), array.handles(), &index, &flag, Status::to(status), at);
        return flag != 0 ? std::optional(index) : std::nullopt;
    }
    bool active = false;
    for (std::size_t i = 0; i < requests.size(); ++i) {
        active = active || !requests[i].is_null();
        if (!requests[i].is_null() && requests[i].Test(status, at))
            return static_cast<int>(i);
    }
    if (active)
        return std::nullopt;
    if (status != nullptr)
        *status = Status();
    return UNDEFINED;
}

std::optional<std::vector<int>> Request::Testsome(std::span<Request> requests, std::span<Status> statuses, At at) {
    check_statuses(requests.size(), statuses, at);
    if (RequestArray::is_plain(requests))
        return RequestArray(requests, statuses).some<MPI_Testsome>(at);
    bool active = false;
    std::vector<int> indices;
    for (std::size_t i = 0; i < requests.size(); ++i) {
        active = active || !requests[i].is_null();
        if (!requests[i].is_null() && requests[i].Test(at_index(statuses, indices.size()), at))
            indices.push_back(static_cast<int>(i));
    }
    return active ? std::optional(std::move(indices)) : std::nullopt;
}

}  // namespace mpi4cxx
