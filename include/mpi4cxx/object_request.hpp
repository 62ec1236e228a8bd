#pragma once

#include <mpi4cxx/detail/objects/delivered.hpp>
#include <mpi4cxx/request.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace MPI4CXX {

namespace detail {

/// An object that has been taken from a request and put back.
template <class T> class KeptObject final : public Operation {
public:
    KeptObject(T&& object, const LazyStatus& status) : object_(std::move(object)) {
        status_ = status.raw;
        length_ = status.length;
        complete_ = true;
    }
    void advance() override {}
    void deliver(void* to) override {
        auto* const target = static_cast<DeliveryTarget<T>*>(to);
        if constexpr (std::is_assignable_v<DeliveryTarget<T>&, T>) {
            *target = std::move(object_);
        } else {
            std::destroy_at(target);
            std::construct_at(target, std::move(object_));
        }
    }

private:
    T object_;
};

}  // namespace detail

/// A pending operation that gives an object of type `T`. `wait` or `test` returns the object once.
/// Receives of objects are posted at once, receive messages of any size in the order of their posting, and make progress in every call of this
/// library. PROC_NULL as source gives `T{}`. `Wait`, `Test` and Request's functions for several requests leave the object in the ObjectRequest, until
/// `wait` or `test` takes it.
template <class T> class [[nodiscard]] ObjectRequest final {
public:
    ObjectRequest() noexcept = default;
    explicit ObjectRequest(std::unique_ptr<detail::Operation> operation) noexcept : request_(std::move(operation), Request::Kind::object) {}

    [[nodiscard]] bool is_null() const noexcept { return request_.is_null(); }
    explicit operator bool() const noexcept { return !is_null(); }
    friend bool operator==(const ObjectRequest& a, const Request& b) noexcept { return a.request_ == b; }

    /// Wait for the object.
    T wait(Status* status = nullptr, At at = {}) {
        detail::DeliveryTarget<T> object{};
        request_.wait_object(&object, status, at);
        return detail::delivered<T>(std::move(object));
    }
    /// Return the object if it has come. The test of a pending receive drives the receive and returns nothing; if the object comes by that, the next
    /// test returns it. So a test right after the posting returns nothing, even if the message had arrived before.
    [[nodiscard]] std::optional<T> test(Status* status = nullptr, At at = {}) {
        if (request_.drive_receive())
            return std::nullopt;
        std::optional<T> object = test_now(status, at);
        if (!object && Request::drive())
            object = test_now(status, at);
        return object;
    }
    /// Turn this into a plain Request that leaves its object in `object`. The call that completes the Request writes `object`; nothing is written if
    /// the Request is dropped. `object` must live as long as the Request.
    [[nodiscard]] Request into(T& object) && {
        static_assert(std::is_default_constructible_v<T>, "mpi4cxx: this type has no default constructor: take the object with wait or test");
        return std::move(request_).deliver_to(&object);
    }

    /// Wait until the object has come.
    void Wait(Status* status = nullptr, At at = {}) { request_.Wait(status, at); }
    /// Tell whether the object has come.
    bool Test(Status* status = nullptr, At at = {}) { return request_.Test(status, at); }
    /// The same as Test.
    [[nodiscard]] bool Get_status(Status* status = nullptr, At at = {}) const { return request_.Get_status(status, at); }
    [[nodiscard]] bool get_status(Status* status = nullptr, At at = {}) const { return Get_status(status, at); }
    /// Ask for cancellation. The request must still be completed; its status tells the outcome.
    void Cancel(At at = {}) { request_.Cancel(at); }
    void cancel(At at = {}) { Cancel(at); }
    /// Drop the request.
    void Free(At at = {}) { request_.Free(at); }

    /// Does not compile: the request of an object is no MPI_Request that C could wait for.
    template <class U = T> MPI_Request handle() const {
        static_assert(detail::never<U>, "mpi4cxx: the request of an object is no MPI_Request that C could wait for");
        return MPI_REQUEST_NULL;
    }

    // Functions for several requests. Null requests give no object. An error is thrown after all other requests that have to be complete are
    // complete.

    /// Wait for all objects. A null request gives `T{}`. If a request fails or its object cannot be read, the others keep their objects.
    static std::vector<T> waitall(std::span<ObjectRequest> requests, std::span<Status> statuses = {}, At at = {}) {
        Request::check_statuses(requests.size(), statuses, at);
        Request::FirstError error;
        std::fill(statuses.begin(), statuses.end(), Status());
        Request::drive();  // asks MPI once for all operations; each would ask for itself
        for (std::size_t i = 0; i < requests.size(); ++i)
            if (!requests[i].is_null())
                error.run([&] { requests[i].request_.wait_object(nullptr, Request::at_index(statuses, i), at); });
        error.rethrow();
        std::vector<T> objects;
        objects.reserve(requests.size());
        std::vector<std::optional<detail::LazyStatus>> own(requests.size());  // of those that were not null
        try {
            for (std::size_t i = 0; i < requests.size(); ++i)
                objects.push_back(requests[i].is_null() ? detail::nothing<T>() : requests[i].read_arrived(own[i]));
        } catch (...) {
            for (std::size_t i = 0; i < objects.size(); ++i)
                if (own[i])
                    requests[i].put_back(std::move(objects[i]), *own[i]);
            throw;
        }
        return objects;
    }
    /// Return all objects if all have come.
    static std::optional<std::vector<T>> testall(std::span<ObjectRequest> requests, std::span<Status> statuses = {}, At at = {}) {
        Request::check_statuses(requests.size(), statuses, at);
        Request::drive();
        bool all = true;  // each request is tested, so that all make progress
        for (const ObjectRequest& request : requests) all &= request.is_null() || request.request_.get_status_now(nullptr, at);
        return all ? std::optional(waitall(requests, statuses, at)) : std::nullopt;
    }
    /// Wait for one object. Return its index and the object, or nothing if all requests are null.
    static std::optional<std::pair<int, T>> waitany(std::span<ObjectRequest> requests, Status* status = nullptr, At at = {}) {
        while (has_active(requests))
            if (auto one = testany(requests, status, at))
                return one;
        return std::nullopt;
    }
    /// Return the index of a request whose object has come, and the object; nothing if no object has come.
    static std::optional<std::pair<int, T>> testany(std::span<ObjectRequest> requests, Status* status = nullptr, At at = {}) {
        Request::drive();
        for (std::size_t i = 0; i < requests.size(); ++i)
            if (!requests[i].is_null())
                if (auto object = requests[i].test_now(status, at))
                    return std::pair(static_cast<int>(i), std::move(*object));
        return std::nullopt;
    }
    /// Wait for at least one object. Return the indices and the objects, none if all requests are null.
    static std::vector<std::pair<int, T>> waitsome(std::span<ObjectRequest> requests, std::span<Status> statuses = {}, At at = {}) {
        Request::check_statuses(requests.size(), statuses, at);
        std::vector<std::pair<int, T>> some;
        while (some.empty() && has_active(requests)) some = testsome(requests, statuses, at);
        return some;
    }
    /// Return the indices of the requests whose objects have come, and the objects. `statuses` are those of these requests, in the same order. If a
    /// request fails after another has given its object, the next call throws the error, so that no object is lost.
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
    /// Like test, but does not drive other pending operations.
    std::optional<T> test_now(Status* status, At at) {
        detail::DeliveryTarget<T> object{};
        return request_.take_object(&object, status, at) ? std::optional<T>(detail::delivered<T>(std::move(object))) : std::nullopt;
    }
    /// Takes an object that has come.
    T read_arrived(std::optional<detail::LazyStatus>& status) {
        detail::DeliveryTarget<T> object{};
        const std::unique_ptr<detail::Operation> operation = request_.take_arrived();
        status = operation->status();
        operation->deliver(&object);
        return detail::delivered<T>(std::move(object));
    }
    /// Keeps an object that has been taken, and its status.
    void put_back(T&& object, const detail::LazyStatus& status) {
        request_ = Request(std::make_unique<detail::KeptObject<T>>(std::move(object), status), Request::Kind::arrived);
    }
    /// Reads the object that has come, and keeps it. Taking it cannot fail any more.
    void read(At at) {
        Status status;
        T object = wait(&status, at);
        put_back(std::move(object), {status.handle()});
    }
    static bool has_active(std::span<ObjectRequest> requests) {
        return std::any_of(requests.begin(), requests.end(), [](const ObjectRequest& request) { return !request.is_null(); });
    }
    friend struct detail::PlainRequest;
    friend class detail::Awaited;

    Request request_;  // not a base: a plain Request made from the base would lose the object
};

}  // namespace MPI4CXX
