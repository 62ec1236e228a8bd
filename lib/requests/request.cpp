#include <mpi4cxx/request.hpp>

#include <mpi4cxx/error.hpp>

#include "requests/progress.hpp"
#include "runtime/finalize.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>

namespace MPI4CXX {

using detail::call;
using detail::get;
using detail::must_drive;
using detail::Operation;
using detail::Requests;

const Request REQUEST_NULL;

/// The raw handles and statuses of several requests. They are written back when the call is over, even if it throws. A small number needs no memory
/// from the heap; a larger one reuses memory of this thread.
class RequestArray {
public:
    RequestArray(detail::Requests requests, std::span<Status> statuses = {}) : requests_(requests), statuses_(statuses) {
        raw_ = room(handles_, spare_handles, requests.size());
        raw_statuses_ = statuses.empty() ? MPI_STATUSES_IGNORE : room(raw_array_, spare_statuses, statuses.size());
        for (std::size_t i = 0; i < requests.size(); ++i) raw_[i] = is_inactive(i) ? MPI_REQUEST_NULL : requests[i].raw_;
    }
    ~RequestArray() {
        for (std::size_t i = 0; i < requests_.size(); ++i)
            if (!is_inactive(i)) {
                requests_[i].raw_ = raw_[i];
                requests_[i].finish(false, failed_);
            }
        for (std::size_t i = 0; i < statuses_.size(); ++i) statuses_[i] = Status(raw_statuses_[i]);
    }
    RequestArray(const RequestArray&) = delete;
    RequestArray& operator=(const RequestArray&) = delete;

    [[nodiscard]] int size() const noexcept { return static_cast<int>(requests_.size()); }
    [[nodiscard]] MPI_Request* handles() noexcept { return raw_; }
    [[nodiscard]] MPI_Status* statuses() noexcept { return raw_statuses_; }

    /// Says that the call has succeeded and that the request at `index`, if there is one, is complete. The handle of a persistent request does not
    /// show this.
    void is_complete(int index) {
        failed_ = false;
        const auto i = static_cast<std::size_t>(index);
        if (index == UNDEFINED || is_inactive(i))
            return;
        requests_[i].raw_ = raw_[i];
        requests_[i].finish(true, false);
    }
    void are_complete(bool all = true) {
        failed_ = false;
        for (int i = 0; all && i < size(); ++i) is_complete(i);
    }

    /// Writes the indices that MPI_Waitsome or MPI_Testsome returns; returns their number, nothing where no request is active.
    template <auto Some> std::optional<std::size_t> some(detail::AnyVector result, At at) {
        int* const indices = result.room<int>(requests_.size());  // before anything completes that could be lost
        int count = 0;
        call<Some>(size(), raw_, &count, indices, raw_statuses_, at);
        failed_ = false;
        std::for_each_n(indices, std::max(count, 0), [this](int i) { is_complete(i); });  // UNDEFINED is negative
        (void)result(static_cast<std::size_t>(std::max(count, 0)));
        return count != UNDEFINED ? std::optional(static_cast<std::size_t>(count)) : std::nullopt;
    }

    /// Returns whether MPI's own functions for several requests can take these: none is an Operation or a generalized request, and nothing has to be
    /// driven.
    static bool is_plain(detail::Requests requests) noexcept {
        bool is = !must_drive();
        for (std::size_t i = 0; i < requests.size() && is; ++i)
            is = requests[i].operation() == nullptr && requests[i].kind_ != Request::Kind::general;
        return is;
    }

private:
    [[nodiscard]] bool is_inactive(std::size_t i) const noexcept { return requests_[i].kind_ == Request::Kind::inactive; }
    template <class T, std::size_t N> static T* room(std::array<T, N>& own, std::vector<T>& spare, std::size_t size) {
        if (size <= N)
            return own.data();
        spare.resize(size);
        return spare.data();
    }

    static inline thread_local std::vector<MPI_Request> spare_handles;
    static inline thread_local std::vector<MPI_Status> spare_statuses;
    detail::Requests requests_;
    std::span<Status> statuses_;
    std::array<MPI_Request, 64> handles_;
    std::array<MPI_Status, 64> raw_array_;
    MPI_Request* raw_;
    MPI_Status* raw_statuses_;
    bool failed_ = true;
};

void Request::check_statuses(std::size_t requests, std::span<Status> statuses, detail::Caller caller) {
    if (!statuses.empty() && statuses.size() != requests)
        detail::misuse(caller, std::to_string(statuses.size()) + " statuses for " + std::to_string(requests) + " requests");
}

// One request -------------------------------------------------------------------------------------------------------

/// Finishes a request at the end of a call, as complete if MPI has said so. A request that MPI has set to null is complete, even after an error.
struct Request::Completion {
    Request& request;
    bool failed = true, complete = false;
    void is(bool now) {
        failed = false;
        complete = now;
    }
    ~Completion() { request.finish(complete, failed); }
};

void Request::finish(bool complete, bool failed) noexcept {
    if (kind_ == Kind::once && raw_ == MPI_REQUEST_NULL)
        delete std::exchange(resources_, nullptr);
    if (kind_ != Kind::active)
        return;
    int ended = complete ? 1 : 0;
    if (failed)  // and the error may have ended it
        MPI_Request_get_status(raw_, &ended, MPI_STATUS_IGNORE);
    if (ended != 0)
        kind_ = Kind::inactive;
}

void Request::wait_object(void* object, Status* status, At at) {
    while (!take_object(object, status, at)) drive();
}

void Request::drive() { detail::drive(); }

bool Request::drive_receive() const { return operation() != nullptr && detail::drive_receive(*operation()); }

bool Request::take_object(void* object, Status* status, At at) {
    if (operation() == nullptr)
        detail::refuse_null(MPI_ERR_REQUEST, "ObjectRequest", "the request is null, or its object has been received", at);
    if (!detail::look(*operation()))
        return false;
    std::unique_ptr<Operation> done(static_cast<Operation*>(std::exchange(resources_, nullptr)));
    if (detail::leave_incomplete(done))
        return true;
    if (status != nullptr)
        *status = Status(done->status());
    if (kind_ != Kind::arrived)
        done->finish(at);
    if (void* const to = object != nullptr ? object : done->target())
        done->deliver(to);
    else if (kind_ >= Kind::object) {
        kind_ = Kind::arrived;
        resources_ = done.release();
    }
    return true;
}

void Request::refuse_handle() {
    detail::misuse({{}, "Request::handle"}, "this is the request of an object, which is no MPI_Request: wait for it here");
}

namespace {

/// An operation that is over and has failed.
class Failed final : public Operation {
public:
    explicit Failed(std::exception_ptr error) : error_(std::move(error)) { complete_ = true; }
    void advance() override {}
    void finish(detail::Place) override { std::rethrow_exception(error_); }

private:
    std::exception_ptr error_;
};

}  // namespace

void Request::postpone(std::exception_ptr error) { *this = take(std::make_unique<Failed>(std::move(error))); }

void Request::wait_driving(Status* status, const char* file, unsigned long line) {
    if (operation() != nullptr || kind_ == Kind::inactive || must_drive()) {
        while (!Test(status, {file, line})) {}
        return;
    }
    Completion completion{*this};
    call<MPI_Wait>(&raw_, Status::to(status), At(file, line));
    completion.is(true);
}

bool Request::Test(Status* status, At at) {
    if (test_now(status, at))
        return true;
    if (!must_drive() && operation() == nullptr)
        return false;
    drive();
    return test_now(status, at);
}

bool Request::test_now(Status* status, At at) {
    if (operation() != nullptr)
        return take_object(nullptr, status, at);
    if (kind_ == Kind::inactive) {
        if (status != nullptr)
            *status = Status();
        return true;
    }
    Completion completion{*this};
    int flag = 0;
    call<MPI_Test>(&raw_, &flag, Status::to(status), at);
    completion.is(flag != 0);
    return flag != 0;
}

std::optional<bool> Request::test_active(Status* status, At at) {
    return is_null() || kind_ == Kind::inactive || kind_ == Kind::arrived ? std::nullopt : std::optional(test_now(status, at));
}

bool Request::Get_status(Status* status, At at) const {
    if (get_status_now(status, at))
        return true;
    if (!must_drive() && operation() == nullptr)
        return false;
    drive();
    return get_status_now(status, at);
}

bool Request::get_status_now(Status* status, At at) const {
    if (const auto object = operation()) {
        const bool complete = detail::look(*object);
        if (complete && status != nullptr)
            *status = Status(object->status());
        return complete;
    }
    if (kind_ == Kind::inactive) {
        if (status != nullptr)
            *status = Status();
        return true;
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
    if (operation() != nullptr || (resources_ != nullptr && resources_->is_all()))
        return drop();
    if (resources_ != nullptr && resources_->is_needed() && !Get_status(nullptr, at))
        detail::misuse(at, "a collective call is under way: it has to be completed");
    call<MPI_Request_free>(&raw_, at);
    delete std::exchange(resources_, nullptr);
}

/// Bounds a wait while an exception unwinds this process: the process on the other side may wait for this one forever.
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
    if (!detail::is_running())
        return delete std::exchange(resources_, nullptr);
    const Patience patience;
    if (operation() != nullptr) {
        std::unique_ptr<Operation> object(operation());
        resources_ = nullptr;
        while (object->needs_caller() && !detail::complete_or_drive(*object)) patience.check();
        return detail::adopt(std::move(object));
    }
    std::unique_ptr<detail::RequestResources> kept(std::exchange(resources_, nullptr));
    if (raw_ == MPI_REQUEST_NULL || drop_ == Drop::nothing)
        return;
    if (kept != nullptr && kept->is_all())
        return detail::leave(std::exchange(raw_, MPI_REQUEST_NULL), std::move(kept));
    if (kind_ != Kind::inactive) {
        if (kept != nullptr && !kept->can_complete())
            detail::abort_job("a partitioned send was dropped before all its partitions were ready");
        if (drop_ == Drop::cancel)
            MPI_Cancel(&raw_);
        for (int done = 0; done == 0; patience.check()) {
            if (MPI_Test(&raw_, &done, MPI_STATUS_IGNORE) != MPI_SUCCESS)
                break;
            drive();
        }
    }
    if (kind_ == Kind::inactive || kind_ == Kind::active)
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
    array.are_complete();
}

int Request::Waitany(Requests requests, Status* status, At at) {
    while (!RequestArray::is_plain(requests)) {
        if (const std::optional<int> index = Testany(requests, status, at))
            return *index;
    }
    RequestArray array(requests);
    int index = UNDEFINED;
    call<MPI_Waitany>(array.size(), array.handles(), &index, Status::to(status), at);
    array.is_complete(index);
    return index;
}

std::optional<std::size_t> Request::wait_some(Requests requests, std::span<Status> statuses, detail::AnyVector result, At at) {
    check_statuses(requests.size(), statuses, {at, "Waitsome"});
    while (!RequestArray::is_plain(requests)) {
        const auto complete = test_some(requests, statuses, result, at);
        if (complete != 0)
            return complete;
    }
    return RequestArray(requests, statuses).some<MPI_Waitsome>(result, at);
}

bool Request::Testall(Requests requests, std::span<Status> statuses, At at) {
    check_statuses(requests.size(), statuses, at);
    if (!RequestArray::is_plain(requests)) {
        // A complete ObjectRequest keeps what it has received, so all can be looked at before any is finished.
        drive();
        bool all = true;
        for (std::size_t i = 0; i < requests.size() && all; ++i) all = requests[i].get_status_now(nullptr, at);
        if (all)
            Waitall(requests, statuses, at);
        return all;
    }
    RequestArray array(requests, statuses);
    int flag = 0;
    call<MPI_Testall>(array.size(), array.handles(), &flag, array.statuses(), at);
    array.are_complete(flag != 0);
    return flag != 0;
}

std::optional<int> Request::Testany(Requests requests, Status* status, At at) {
    if (RequestArray::is_plain(requests)) {
        RequestArray array(requests);
        int index = UNDEFINED, flag = 0;
        call<MPI_Testany>(array.size(), array.handles(), &index, &flag, Status::to(status), at);
        array.is_complete(flag != 0 ? index : UNDEFINED);
        return flag != 0 ? std::optional(index) : std::nullopt;
    }
    drive();
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

std::optional<std::size_t> Request::test_some(Requests requests, std::span<Status> statuses, detail::AnyVector result, At at) {
    check_statuses(requests.size(), statuses, {at, "Testsome"});
    if (RequestArray::is_plain(requests))
        return RequestArray(requests, statuses).some<MPI_Testsome>(result, at);
    drive();
    bool active = false;
    std::size_t count = 0;
    int* const indices = result.room<int>(requests.size());
    for (std::size_t i = 0; i < requests.size(); ++i) {
        const std::optional<bool> complete = requests[i].test_active(at_index(statuses, count), at);
        active = active || complete.has_value();
        if (complete == true)
            indices[count++] = static_cast<int>(i);
    }
    (void)result(count);
    return active ? std::optional(count) : std::nullopt;
}

}  // namespace MPI4CXX
