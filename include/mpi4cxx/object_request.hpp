#pragma once

#include <mpi4cxx/detail/objects/delivered.hpp>
#include <mpi4cxx/request.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace MPI4CXX {

/// A pending operation that gives an object of type `T`, which `wait` or `test` returns, once.
/// Receives of objects are posted at once, take messages of any size in the order of their posting, and go on whatever call
/// of this library the process sits in. From PROC_NULL comes a `T{}`. `Wait`, `Test` and Request's functions for several leave the object in
/// here, for `wait` or `test` to take.
template <class T> class [[nodiscard]] ObjectRequest final {
public:
    ObjectRequest() noexcept = default;
    explicit ObjectRequest(std::unique_ptr<detail::Operation> operation) noexcept : request_(std::move(operation), Request::Kind::object) {}

    [[nodiscard]] bool is_null() const noexcept { return request_.is_null(); }
    explicit operator bool() const noexcept { return !is_null(); }

    /// Wait for the object.
    T wait(Status* status = nullptr, At at = {}) {
        detail::Delivered<T> object{};
        request_.wait_object(&object, status, at);
        return detail::delivered<T>(std::move(object));
    }
    /// Return the object if it has come. A receive looks first and drives then, so what this call finds out the next one gives: a test right after
    /// the posting gives nothing, also where the message was there before.
    std::optional<T> test(Status* status = nullptr, At at = {}) {
        if (request_.drive_receive())
            return std::nullopt;
        std::optional<T> object = test_now(status, at);
        if (!object) {
            Request::drive();
            object = test_now(status, at);
        }
        return object;
    }
    /// Give up this request for a plain one that leaves its object in `object`: the call that completes that one writes it, and nothing does
    /// where that one is dropped. `object` must live as long.
    [[nodiscard]] Request into(T& object) && {
        static_assert(std::is_default_constructible_v<T>, "mpi4cxx: this type has no default constructor: take the object with wait or test");
        return std::move(request_).deliver_to(&object);
    }

    /// Wait until the object has come.
    void Wait(Status* status = nullptr, At at = {}) { request_.Wait(status, at); }
    /// Tell whether the object has come.
    bool Test(Status* status = nullptr, At at = {}) { return request_.Test(status, at); }
    /// The same.
    [[nodiscard]] bool Get_status(Status* status = nullptr, At at = {}) const { return request_.Get_status(status, at); }
    [[nodiscard]] bool get_status(Status* status = nullptr, At at = {}) const { return Get_status(status, at); }
    /// Ask for cancellation; the request must still be completed, its status tells the outcome.
    void Cancel(At at = {}) { request_.Cancel(at); }
    void cancel(At at = {}) { Cancel(at); }
    /// Drop the request.
    void Free(At at = {}) { request_.Free(at); }

    /// Not for C: this is no request of MPI's.
    template <class U = T> MPI_Request handle() const {
        static_assert(detail::never<U>, "mpi4cxx: the request of an object is no MPI_Request that C could wait for");
        return MPI_REQUEST_NULL;
    }

    // Of several. Null requests give no object; an error is thrown when all others that had to be are complete.

    /// Wait for all objects; a null request gives `T{}`.
    static std::vector<T> waitall(std::span<ObjectRequest> requests, std::span<Status> statuses = {}, At at = {}) {
        Request::check_statuses(requests.size(), statuses, at);
        std::vector<std::optional<T>> came(requests.size());
        Request::FirstError error;
        for (std::size_t i = 0; i < requests.size(); ++i)
            if (!requests[i].is_null())
                error.run([&] { came[i] = requests[i].wait(Request::at_index(statuses, i), at); });
            else if (!statuses.empty())
                statuses[i] = Status();
        error.rethrow();
        std::vector<T> objects;
        objects.reserve(came.size());
        for (std::optional<T>& one : came) objects.push_back(one ? std::move(*one) : detail::nothing<T>());
        return objects;
    }
    /// Return all objects if all have come.
    static std::optional<std::vector<T>> testall(std::span<ObjectRequest> requests, std::span<Status> statuses = {}, At at = {}) {
        Request::check_statuses(requests.size(), statuses, at);
        Request::drive();
        bool all = true;  // each is looked at, so that all go on
        for (const ObjectRequest& request : requests) all &= request.is_null() || request.request_.get_status_now(nullptr, at);
        return all ? std::optional(waitall(requests, statuses, at)) : std::nullopt;
    }
    /// Wait for one object; returns its index and the object, nothing where all requests are null.
    static std::optional<std::pair<int, T>> waitany(std::span<ObjectRequest> requests, Status* status = nullptr, At at = {}) {
        while (has_active(requests))
            if (auto one = testany(requests, status, at))
                return one;
        return std::nullopt;
    }
    /// Return the index of one that has come and the object; nothing where none has.
    static std::optional<std::pair<int, T>> testany(std::span<ObjectRequest> requests, Status* status = nullptr, At at = {}) {
        Request::drive();
        for (std::size_t i = 0; i < requests.size(); ++i)
            if (!requests[i].is_null())
                if (auto object = requests[i].test_now(status, at))
                    return std::pair(static_cast<int>(i), std::move(*object));
        return std::nullopt;
    }
    /// Wait for at least one; returns the indices and the objects, none where all requests are null.
    static std::vector<std::pair<int, T>> waitsome(std::span<ObjectRequest> requests, std::span<Status> statuses = {}, At at = {}) {
        Request::check_statuses(requests.size(), statuses, at);
        std::vector<std::pair<int, T>> some;
        while (some.empty() && has_active(requests)) some = testsome(requests, statuses, at);
        return some;
    }
    /// Return the indices of those that have come, and the objects. `statuses` are theirs, in that order. What fails after one has come
    /// is thrown by the next call, so that no object is lost.
    static std::vector<std::pair<int, T>> testsome(std::span<ObjectRequest> requests, std::span<Status> statuses = {}, At at = {}) {
        Request::check_statuses(requests.size(), statuses, at);
        Request::drive();
        std::vector<std::pair<int, T>> some;
        for (std::size_t i = 0; i < requests.size(); ++i) try {
                if (!requests[i].is_null())
                    if (auto object = requests[i].test_now(Request::at_index(statuses, some.size()), at))
                        some.emplace_back(static_cast<int>(i), std::move(*object));
            } catch (...) {
                if (some.empty())
                    throw;
                requests[i].request_.postpone(std::current_exception());
                return some;
            }
        return some;
    }

private:
    /// test without driving what else is pending.
    std::optional<T> test_now(Status* status, At at) {
        detail::Delivered<T> object{};
        return request_.take_object(&object, status, at) ? std::optional<T>(detail::delivered<T>(std::move(object))) : std::nullopt;
    }
    static bool has_active(std::span<ObjectRequest> requests) {
        return std::any_of(requests.begin(), requests.end(), [](const ObjectRequest& request) { return !request.is_null(); });
    }
    friend struct detail::PlainRequest;
    friend class detail::Awaited;

    Request request_;  // no base, for a plain Request that is made of this would lose the object
};

}  // namespace MPI4CXX
