// The functions of Request that wait for several requests, or test them.
#include <mpi4cxx/request.hpp>

#include <mpi4cxx/error.hpp>

#include "requests/progress.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace MPI4CXX {

using detail::call;
using detail::drive;
using detail::must_drive;
using detail::Requests;

/// The raw handles and statuses of several requests. They are written back when the call is over, even if it throws.
class RequestArray {
public:
    RequestArray(detail::Requests requests, std::span<Status> statuses = {})
        : requests_(requests), statuses_(statuses), handles_(requests.size()), found_(requests.size()) {
        for (std::size_t i = 0; i < requests.size(); ++i) {
            raw_[i] = is_inactive(i) ? MPI_REQUEST_NULL : requests[i].raw_;
            raw_statuses_[i].MPI_ERROR = MPI_SUCCESS;  // MPI need not write it
        }
    }
    ~RequestArray() {
        for (std::size_t i = 0; i < requests_.size(); ++i)
            if (!is_inactive(i) && requests_[i].operation() == nullptr) {
                requests_[i].raw_ = raw_[i];
                requests_[i].finish(are_all_complete_, false);
            }
        for (std::size_t i = 0; i < std::min(written_, statuses_.size()); ++i) statuses_[i] = Status(raw_statuses_[i]);
    }
    RequestArray(const RequestArray&) = delete;
    RequestArray& operator=(const RequestArray&) = delete;

    [[nodiscard]] int size() const noexcept { return static_cast<int>(requests_.size()); }
    [[nodiscard]] MPI_Request* handles() noexcept { return raw_; }
    [[nodiscard]] MPI_Status* statuses() noexcept { return raw_statuses_; }

    /// Says that the request at `index`, if there is one, has ended. The handle of a persistent request does not show this.
    void is_complete(int index) {
        const auto i = static_cast<std::size_t>(index);
        if (index == UNDEFINED || is_inactive(i))
            return;
        requests_[i].raw_ = raw_[i];
        requests_[i].finish(true, false);
    }
    /// Calls `any`, which completes the request whose index it writes to `index`, even if that request has failed.
    template <class F> void any(int& index, F any) try {
        any();
        is_complete(index);
    } catch (const Exception& e) {
        if (!is_pending(e.Get_error_code()))
            is_complete(index);
        throw;
    }
    /// Calls `all`, which returns whether all requests are complete. If some have failed, throws an Exception that names the first of them.
    template <class F> void all(F all) try {
        if ((are_all_complete_ = all()))
            written_ = requests_.size();
    } catch (const Exception& e) {
        if (e.Get_error_class() != ERR_IN_STATUS)
            throw;
        written_ = requests_.size();
        for (int i = 0; i < size(); ++i)
            if (!is_pending(raw_statuses_[i].MPI_ERROR))
                is_complete(i);
        throw_first(e);
    }

    /// Writes the indices that MPI_Waitsome or MPI_Testsome returns; returns their number, nothing where no request is active. Requests that have
    /// failed while others are complete throw in the next calls.
    template <auto Some> std::optional<std::size_t> some(detail::AnyVector result, At at) {
        int* const indices = result.room<int>(requests_.size());  // before anything completes that could be lost
        int count = 0;
        try {
            call<Some>(size(), raw_, &count, indices, raw_statuses_, at);
        } catch (const Exception& e) {
            if (e.Get_error_class() != ERR_IN_STATUS)
                throw;
            if (count <= 0)  // a pending request cannot go on
                throw_first(e);
        }
        for (int i = 0; i < count; ++i)  // UNDEFINED is negative
            if (!is_pending(raw_statuses_[i].MPI_ERROR))
                is_complete(indices[i]);
        for (int i = 0; i < count; ++i)
            if (raw_statuses_[i].MPI_ERROR == MPI_SUCCESS) {
                raw_statuses_[written_] = raw_statuses_[i];
                indices[written_++] = indices[i];
            } else {
                requests_[static_cast<std::size_t>(indices[i])].postpone(
                    std::make_exception_ptr(Exception(raw_statuses_[i].MPI_ERROR, detail::name_of<Some>(), {}, at)));
            }
        if (written_ == 0 && count > 0) {
            written_ = 1;
            (void)requests_[static_cast<std::size_t>(indices[0])].test_now(nullptr, at);  // throws
        }
        (void)result(written_);
        return count != UNDEFINED ? std::optional(written_) : std::nullopt;
    }

    /// Returns whether MPI's own functions for several requests can take these: none is an Operation or a generalized request, and none has a result
    /// to check.
    static bool are_of_mpi(detail::Requests requests) noexcept {
        bool are = true;
        for (std::size_t i = 0; i < requests.size() && are; ++i)
            are = requests[i].operation() == nullptr && requests[i].kind_ != Request::Kind::general && !requests[i].is_checked();
        return are;
    }
    /// The same, and nothing has to be driven.
    static bool is_plain(detail::Requests requests) noexcept { return !must_drive() && are_of_mpi(requests); }

    /// Returns whether MPI_Waitall and MPI_Testall can take these. Of inactive requests, MPICH waits for ever for a collective, even where its other
    /// functions know that the request is inactive, and returns an old status of a partitioned one.
    static bool can_end_together(detail::Requests requests) noexcept {
        bool can = are_of_mpi(requests);
        for (std::size_t i = 0; i < requests.size() && can; ++i) can = requests[i].kind_ != Request::Kind::inactive;
        return can;
    }

    /// Like test_active, but leaves the request as it is. MPI before 4.1 does not tell a complete request from an inactive one: an inactive one that
    /// C has made counts as complete, and a complete one that C has only started as inactive.
    static std::optional<bool> get_status_active(const Request& request, Status* status, At at) {
        if (!request.is_active())
            return std::nullopt;
        const bool complete = request.get_status_now(status, at);
        return complete && request.kind_ == Request::Kind::inactive ? std::nullopt : std::optional(complete);
    }

private:
    [[nodiscard]] bool is_inactive(std::size_t i) const noexcept {
        return requests_[i].kind_ == Request::Kind::inactive && !requests_[i].is_active();
    }
    /// Returns whether the code says that a request is still pending: after the error of another, or because a process has died that might send.
    static bool is_pending(int code) {
        constexpr bool knows_death = ERR_PROC_FAILED_PENDING != ERR_UNKNOWN;
        if (code == MPI_SUCCESS)
            return false;
        const int error = Get_error_class(code);
        return error == ERR_PENDING || (knows_death && error == ERR_PROC_FAILED_PENDING);
    }
    /// Throws the Exception `e` that is being handled, which says only that there is an error, with the first request that has one. A pending one is
    /// named only if no other has failed.
    [[noreturn]] void throw_first(const Exception& e) const {
        const std::span statuses(raw_statuses_, requests_.size());
        const auto find = [&](bool pending) {
            return std::ranges::find_if(
                statuses, [&](const MPI_Status& status) { return status.MPI_ERROR != MPI_SUCCESS && is_pending(status.MPI_ERROR) == pending; });
        };
        auto first = find(false);
        if (first == statuses.end())
            first = find(true);
        if (first == statuses.end())
            throw;
        throw Exception(
            e.Get_error_code(), e.function(),
            "request " + std::to_string(first - statuses.begin()) + " of " + std::to_string(size()) + ": " + Get_error_string(first->MPI_ERROR),
            e.where());
    }
    /// Memory for several elements. A small number needs none from the heap. A larger one has what this thread has used before, and has it for
    /// itself: while a call drives operations, the destructor of an object may wait for several requests of its own.
    template <class T> class Room {
    public:
        explicit Room(std::size_t size) {
            if (size <= few_.size())
                return;
            many_.swap(spare);
            many_.resize(size);
            data_ = many_.data();
        }
        ~Room() {
            if (data_ != few_.data())
                many_.swap(spare);
        }
        Room(const Room&) = delete;
        Room& operator=(const Room&) = delete;
        [[nodiscard]] T* data() const noexcept { return data_; }

    private:
        static inline thread_local std::vector<T> spare;
        std::array<T, 64> few_;
        std::vector<T> many_;
        T* data_ = few_.data();
    };

    detail::Requests requests_;
    std::span<Status> statuses_;
    Room<MPI_Request> handles_;
    Room<MPI_Status> found_;
    MPI_Request* raw_ = handles_.data();
    MPI_Status* raw_statuses_ = found_.data();
    std::size_t written_ = 0;  // the number of statuses that are known
    bool are_all_complete_ = false;
};

namespace {

/// Calls `step`, which returns whether one of several requests is complete, and notes in its status how it has ended.
template <class F> std::optional<bool> set_status_error(Status* status, F step) try {
    const std::optional<bool> complete = step();
    if (status != nullptr && complete == true)
        status->Set_error(SUCCESS);
    return complete;
} catch (const Exception& e) {
    if (status != nullptr)
        status->Set_error(e.Get_error_code());
    throw;
} catch (...) {
    if (status != nullptr)
        status->Set_error(ERR_OTHER);
    throw;
}

}  // namespace

void Request::check_statuses(std::size_t requests, std::span<Status> statuses, detail::Caller caller) {
    if (!statuses.empty() && statuses.size() != requests)
        detail::misuse(caller, std::to_string(statuses.size()) + " statuses for " + std::to_string(requests) + " requests");
}

void Request::Waitall(Requests requests, std::span<Status> statuses, At at) {
    check_statuses(requests.size(), statuses, at);
    if (!RequestArray::can_end_together(requests)) {
        FirstError error;
        drive();  // asks MPI once for all operations; each would ask for itself
        for (std::size_t i = 0; i < requests.size(); ++i) {
            Status* const status = at_index(statuses, i);
            error.run([&] {
                set_status_error(status, [&] {
                    requests[i].Wait(status, at);
                    return true;
                });
            });
        }
        error.rethrow();
        return;
    }
    RequestArray array(requests, statuses);
    array.all([&] {
        for (int all = 0; must_drive(); drive()) {
            call<MPI_Testall>(array.size(), array.handles(), &all, array.statuses(), at);
            if (all != 0)
                return true;
        }
        call<MPI_Waitall>(array.size(), array.handles(), array.statuses(), at);
        return true;
    });
}

int Request::Waitany(Requests requests, Status* status, At at) {
    while (!RequestArray::is_plain(requests)) {
        if (const std::optional<int> index = Testany(requests, status, at))
            return *index;
    }
    RequestArray array(requests);
    int index = UNDEFINED;
    array.any(index, [&] { call<MPI_Waitany>(array.size(), array.handles(), &index, Status::to(status), at); });
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
    if (must_drive() || !RequestArray::can_end_together(requests)) {
        // A complete ObjectRequest keeps what it has received, so all can be looked at before any is finished.
        drive();
        bool all = true;
        for (std::size_t i = 0; i < requests.size() && all; ++i) try {
                all = requests[i].get_status_now(nullptr, at);
            } catch (const Exception&) {  // it has failed, as Waitall will say
            }
        if (all)
            Waitall(requests, statuses, at);
        return all;
    }
    RequestArray array(requests, statuses);
    int flag = 0;
    array.all([&] {
        call<MPI_Testall>(array.size(), array.handles(), &flag, array.statuses(), at);
        return flag != 0;
    });
    return flag != 0;
}

std::optional<int> Request::Testany(Requests requests, Status* status, At at) {
    if (RequestArray::is_plain(requests)) {
        RequestArray array(requests);
        int index = UNDEFINED, flag = 0;
        array.any(index, [&] { call<MPI_Testany>(array.size(), array.handles(), &index, &flag, Status::to(status), at); });
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
    Status own;
    Status* const status = statuses.empty() ? nullptr : &own;
    const auto write_status = [&] {
        if (status != nullptr)
            statuses[count] = own;
    };
    for (std::size_t i = 0; i < requests.size(); ++i) try {
            const std::optional<bool> complete = set_status_error(status, [&] { return requests[i].test_active(status, at); });
            active = active || complete.has_value();
            if (complete != true)
                continue;
            write_status();
            indices[count++] = static_cast<int>(i);
        } catch (...) {
            if (count == 0) {
                write_status();
                throw;
            }
            requests[i].postpone(std::current_exception());
        }
    (void)result(count);
    return active ? std::optional(count) : std::nullopt;
}

bool Request::Get_status_all(Requests requests, std::span<Status> statuses, At at) {
    check_statuses(requests.size(), statuses, at);
    drive();
    bool all = true;
    for (std::size_t i = 0; i < requests.size() && all; ++i) all = requests[i].get_status_now(at_index(statuses, i), at);
    return all;
}

std::optional<int> Request::Get_status_any(Requests requests, Status* status, At at) {
    drive();
    bool active = false;
    for (std::size_t i = 0; i < requests.size(); ++i) {
        const std::optional<bool> complete = RequestArray::get_status_active(requests[i], status, at);
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

std::optional<std::size_t> Request::status_some(Requests requests, std::span<Status> statuses, detail::AnyVector result, At at) {
    check_statuses(requests.size(), statuses, {at, "Get_status_some"});
    drive();
    bool active = false;
    std::size_t count = 0;
    int* const indices = result.room<int>(requests.size());
    for (std::size_t i = 0; i < requests.size(); ++i) {
        const std::optional<bool> complete = RequestArray::get_status_active(requests[i], at_index(statuses, count), at);
        active = active || complete.has_value();
        if (complete == true)
            indices[count++] = static_cast<int>(i);
    }
    (void)result(count);
    return active ? std::optional(count) : std::nullopt;
}

}  // namespace MPI4CXX
