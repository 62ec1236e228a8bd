#include <mpi4cxx/request.hpp>

#include <mpi4cxx/buffered.hpp>
#include <mpi4cxx/error.hpp>

#include "requests/partitions.hpp"
#include "requests/persistent_resources.hpp"
#include "requests/progress.hpp"
#include "requests/taken_outcome.hpp"
#include "runtime/finalize.hpp"

#include <chrono>
#include <exception>

namespace MPI4CXX {

using detail::call;
using detail::get;
using detail::must_drive;
using detail::Operation;
using detail::Requests;

const Request REQUEST_NULL;

/// Finishes a request at the end of a call, as complete if MPI has said so. A request that MPI has set to null is complete, even after an error.
struct Request::Completion {
    Request& request;
    bool failed = true, complete = false;
    void is(bool now) {
        failed = false;
        complete = now;
        if (!now && request.kind_ == Kind::inactive)  // C has started it
            request.kind_ = Kind::active;
    }
    static bool test(Request& request, Status* status, At at, bool* is_active = nullptr);
    ~Completion() { request.finish(complete, failed); }
};

void Request::finish_more(bool complete, bool failed) noexcept {
    if (kind_ == Kind::once && raw_ == MPI_REQUEST_NULL)
        delete std::exchange(resources_, nullptr);
    if (kind_ != Kind::active)
        return;
    int ended = complete ? 1 : 0;
    if (failed && detail::is_running())  // and the error may have ended it
        MPI_Request_get_status(raw_, &ended, MPI_STATUS_IGNORE);
    if (ended != 0)
        kind_ = Kind::inactive;
}

namespace {

/// An operation that is over and has failed. Once it has said so, `request` takes its place again: a persistent request stays.
class Failed final : public Operation {
public:
    Failed(std::exception_ptr error, Request&& failed) : request(std::move(failed)), error_(std::move(error)) {
        status_ = Status().handle();
        complete_ = true;
    }
    void advance() override {}
    void finish(const detail::Place&) override { std::rethrow_exception(error_); }

    Request request;

private:
    std::exception_ptr error_;
};

}  // namespace

void Request::wait_object(void* object, Status* status, At at) {
    while (!take_object(object, status, at)) drive();
}

bool Request::drive() { return detail::drive(); }

bool Request::drive_receive() const { return operation() != nullptr && detail::drive_receive(*operation()); }

bool Request::take_object(void* object, Status* status, At at) {
    if (operation() == nullptr)
        detail::refuse_null(MPI_ERR_REQUEST, "ObjectRequest", "the request is null, or its object has been received", at);
    if (!detail::look(*operation()))
        return false;
    std::unique_ptr<Operation> done(static_cast<Operation*>(std::exchange(resources_, nullptr)));
    if (detail::was_ended(*done))
        detail::raise(detail::outside_mpi(), "ObjectRequest", at.file, at.line, nullptr);
    if (!done->is_done() && detail::leave_incomplete(done)) {
        if (status != nullptr)
            *status = Status();
        return true;
    }
    if (status != nullptr)
        *status = Status(done->status().get(at));
    if (kind_ != Kind::arrived)
        try {
            done->finish(at);
        } catch (...) {
            if (auto* const failed = dynamic_cast<Failed*>(done.get()))
                *this = std::move(failed->request);
            throw;
        }
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

void Request::postpone(std::exception_ptr error) { *this = take(std::make_unique<Failed>(std::move(error), std::move(*this))); }

void Request::wait_driving(Status* status, const char* file, unsigned long line) {
    // Of an inactive request, MPICH may return the status of the operation before.
    while (operation() != nullptr || kind_ == Kind::inactive || must_drive() || is_checked())
        if (Test(status, {file, line}))
            return;
    Completion completion{*this};
    call<MPI_Wait>(&raw_, Status::to(status), At(file, line));
    completion.is(true);
}

bool Request::Test(Status* status, At at) {
    if (test_now(status, at))
        return true;
    if (!must_drive() && operation() == nullptr)
        return false;
    return drive() && test_now(status, at);
}

bool Request::test_now(Status* status, At at) {
    if (operation() != nullptr)
        return take_object(nullptr, status, at);
    return Completion::test(*this, status, at);
}

/// Asks MPI whether the request is complete, and if `is_active` is not null, whether it was active.
bool Request::Completion::test(Request& request, Status* status, At at, bool* is_active) {
    if (request.kind_ == Kind::inactive && !request.is_active()) {
        if (status != nullptr)
            *status = Status();
        return true;
    }
    Completion completion{request};
    int flag = 0, index = 0;
    MPI_Status own{};
    const bool checked = request.is_checked();
    MPI_Status* const result = checked ? &own : Status::to(status);
    if (detail::TakenOutcome* const taken = detail::taken_outcome(request.resources_); taken != nullptr && taken->status) {
        const detail::TakenOutcome outcome = std::exchange(*taken, {});
        if (outcome.failure)
            std::rethrow_exception(outcome.failure);
        own = *outcome.status;
        flag = 1;
    } else if (request.kind_ == Kind::general || (is_active == nullptr && request.kind_ != Kind::inactive)) {
        call<MPI_Test>(&request.raw_, &flag, result, at);
    } else {
        call<MPI_Testany>(1, &request.raw_, &index, &flag, result, at);
    }
    completion.is(flag != 0);
    const bool was_active = flag == 0 || index != MPI_UNDEFINED;
    if (is_active != nullptr)
        *is_active = was_active;
    if (!was_active && status != nullptr)
        *status = Status();  // MPICH does not always write it
    if (checked && flag != 0 && was_active) {
        request.resources_->correct(own);
        if (status != nullptr)
            *status = Status(own);
        request.resources_->check(own, status != nullptr, at);
    }
    return flag != 0;
}

// A request that C has made may be persistent, and one that the library has made may have been started by C. Of these MPI says whether they are
// active.
std::optional<bool> Request::test_active(Status* status, At at) {
    if (!is_active())
        return std::nullopt;
    bool was_active = true;
    const bool complete = operation() != nullptr ? test_now(status, at) : Completion::test(*this, status, at, &was_active);
    return was_active ? std::optional(complete) : std::nullopt;
}

bool Request::is_active() const noexcept {
    return !is_null() && kind_ != Kind::arrived && (kind_ != Kind::inactive || detail::mpi_knows_whether_active(resources_));
}

Request Iflush_buffer(At at) { return Request::take(get<MPI_Buffer_iflush>(at)); }

bool Request::Get_status(Status* status, At at) const {
    if (get_status_now(status, at))
        return true;
    if (!must_drive() && operation() == nullptr)
        return false;
    return drive() && get_status_now(status, at);
}

bool Request::get_status_now(Status* status, At at) const {
    if (const auto object = operation()) {
        const bool complete = detail::look(*object);
        if (complete && status != nullptr)
            *status = Status(object->status().get(at));
        return complete;
    }
    if (kind_ == Kind::inactive) {
        if (status != nullptr)
            *status = Status();
        if (!is_active())
            return true;
    }
    int flag = 0;
    if (detail::TakenOutcome* const taken = detail::taken_outcome(resources_)) {
        flag = taken->look(raw_, at) ? 1 : 0;
        if (taken->status && status != nullptr)
            *status = Status(*taken->status);
        if (taken->failure)
            std::rethrow_exception(taken->failure);
    } else {
        call<MPI_Request_get_status>(raw_, &flag, Status::to(status), at);
    }
    if (flag != 0 && status != nullptr && is_checked())
        resources_->correct(*Status::to(status));
    return flag != 0;
}

void Request::Cancel(At at) {
    if (operation() != nullptr)
        return detail::cancel(*operation());
    const auto* const persistent = dynamic_cast<const detail::PersistentResources*>(resources_);
    if ((persistent != nullptr && persistent->is_collective) || dynamic_cast<const detail::Partitions*>(resources_) != nullptr)
        detail::misuse(at, "a collective or partitioned operation cannot be cancelled");  // MPICH ends the job
    call<MPI_Cancel>(&raw_, at);
}

namespace {

/// Returns whether MPI must keep the request until it ends, though the program has no more use for it.
bool must_stay(const detail::RequestResources* resources) {
    const auto* const partitions = dynamic_cast<const detail::Partitions*>(resources);
    return partitions != nullptr && !partitions->was_started && detail::leaves_message_of_unstarted_partitions();
}

}  // namespace

void Request::Free(At at) {
    if (operation() != nullptr || (resources_ != nullptr && resources_->is_all()))
        return drop();
    if (resources_ != nullptr && resources_->is_needed() && !Get_status(nullptr, at))
        detail::misuse(at, "the operation is under way: it has to be completed");
    if (resources_ != nullptr && resources_->is_needed() && kind_ == Kind::active)  // for MPI it is, until the program has seen it complete
        (void)Test(nullptr, at);
    if (must_stay(resources_))
        raw_ = MPI_REQUEST_NULL;
    else
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

void Request::leave_resources() noexcept {
    std::unique_ptr<detail::RequestResources> left(std::exchange(resources_, nullptr));
    left->leave();
    if (left->is_needed())
        (void)left.release();
}

void Request::drop() noexcept {
    if (!detail::is_running())
        return delete std::exchange(resources_, nullptr);
    const Patience patience;
    if (operation() != nullptr) {
        std::unique_ptr<Operation> object(operation());
        resources_ = nullptr;
        while (detail::needs_caller(*object) && !detail::complete_or_drive(*object)) patience.check();
        return detail::adopt(std::move(object));
    }
    const bool active = is_active();
    std::unique_ptr<detail::RequestResources> kept(std::exchange(resources_, nullptr));
    if (raw_ == MPI_REQUEST_NULL || drop_ == Drop::nothing)
        return;
    if (kept != nullptr && kept->is_all())
        return detail::leave(std::exchange(raw_, MPI_REQUEST_NULL), std::move(kept));
    if (active) {
        int done = 0;
        const bool can_complete = kept == nullptr || kept->can_complete();
        // Most likely it is not active, and MPI refuses to cancel it; C may have told MPI of the missing partitions.
        if (kind_ == Kind::inactive || (kind_ == Kind::active && kept == nullptr) || !can_complete)
            MPI_Test(&raw_, &done, MPI_STATUS_IGNORE);
        if (done == 0 && !can_complete)
            detail::abort_job("a partitioned send was dropped before all its partitions were ready");
        if (drop_ == Drop::cancel && done == 0)
            MPI_Cancel(&raw_);
        if (kind_ == Kind::general) {  // what its Grequest completes, which may go later
            if (MPI_Test(&raw_, &done, MPI_STATUS_IGNORE) == MPI_SUCCESS && done == 0) {
                MPI_Cancel(&raw_);
                MPI_Request_free(&raw_);
            }
            return;
        }
        for (; done == 0; patience.check()) {
            if (MPI_Test(&raw_, &done, MPI_STATUS_IGNORE) != MPI_SUCCESS)
                break;
            drive();
        }
    }
    if ((kind_ == Kind::inactive || kind_ == Kind::active) && !must_stay(kept.get()))
        MPI_Request_free(&raw_);
}

}  // namespace MPI4CXX
