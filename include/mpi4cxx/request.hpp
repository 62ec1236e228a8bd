#pragma once

#include <mpi4cxx/detail/mpi/any_vector.hpp>
#include <mpi4cxx/detail/mpi/call.hpp>
#include <mpi4cxx/detail/requests/operation.hpp>
#include <mpi4cxx/fortran.hpp>
#include <mpi4cxx/fwd.hpp>
#include <mpi4cxx/status.hpp>

#include <concepts>
#include <cstddef>
#include <exception>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace MPI4CXX {

namespace detail {

template <class> inline constexpr bool never = false;

class Awaited;

/// Returns the plain request in the object that a pointer points to; null for a null pointer.
struct PlainRequest {
    static Request* of(Request* request) noexcept { return request; }
    template <class T> static Request* of(ObjectRequest<T>* request) noexcept { return request != nullptr ? &request->request_ : nullptr; }
};

/// An array of requests of one class, as the functions for several requests take it.
class Requests {
public:
    template <class R>
        requires requires(R& requests) { PlainRequest::of(std::data(requests)); }
    Requests(R&& requests) noexcept
        : first_(reinterpret_cast<std::byte*>(PlainRequest::of(std::data(requests)))), size_(std::size(requests)),
          stride_(sizeof *std::data(requests)) {}

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] Request& operator[](std::size_t i) const noexcept { return *reinterpret_cast<Request*>(first_ + i * stride_); }

private:
    std::byte* first_;
    std::size_t size_, stride_;
};

}  // namespace detail

/// A pending nonblocking operation (MPI-4.0, 3.7).
/// The buffers belong to the caller and must live until the request is complete. Counts, displacements and datatypes are copied, and a user's
/// operation is kept. A request that is dropped while pending completes first: a receive is cancelled, a send or a collective is waited for. While an
/// exception unwinds the process, that wait is bounded: after a few seconds the job is aborted with a message.
class MPI4CXX_API Request : public Fortran<Request> {
public:
    /// What a request does when it is dropped while pending.
    enum class Drop : char { wait, cancel, nothing };

    constexpr Request() noexcept = default;
    static Request take(MPI_Request raw, Drop drop = Drop::wait) noexcept { return Request(raw, nullptr, drop); }
    /// Own a raw handle, with resources that must live until the request is complete.
    static Request take(MPI_Request raw, std::unique_ptr<detail::RequestResources> resources, Drop drop = Drop::wait) noexcept {
        return Request(raw, raw != MPI_REQUEST_NULL ? resources.release() : nullptr, drop);
    }
    static Request take(std::unique_ptr<detail::Operation> operation) noexcept { return Request(std::move(operation), Kind::operation); }
    /// Use `raw`, which somebody else completes if this Request does not.
    static Request borrow(MPI_Request raw) noexcept { return Request(raw, nullptr, Drop::nothing); }
    Request(Request&& other) noexcept
        : raw_(std::exchange(other.raw_, MPI_REQUEST_NULL)), resources_(std::exchange(other.resources_, nullptr)), drop_(other.drop_),
          kind_(other.kind_) {}
    Request& operator=(Request&& other) noexcept {
        if (this != &other) {
            if (!is_null()) [[unlikely]]
                drop();
            raw_ = std::exchange(other.raw_, MPI_REQUEST_NULL);
            resources_ = std::exchange(other.resources_, nullptr);
            drop_ = other.drop_;
            kind_ = other.kind_;
        }
        return *this;
    }
    /// A request that gives an object cannot become one that would lose the object.
    template <class T> Request(ObjectRequest<T>&&) {
        static_assert(detail::never<T>,
                      "mpi4cxx: a plain Request would lose this request's object: comm.irecv_into(object, source), or "
                      "std::move(request).into(object), gives a Request that leaves it in `object`");
    }
    ~Request() {
        if (!is_null()) [[unlikely]]
            drop();
    }

    /// The raw handle. Throws std::invalid_argument if there is none: the request of an object may be several requests of MPI's.
    [[nodiscard]] MPI_Request handle() const {
        check_handle();
        return raw_;
    }
    /// Gives the raw handle to the caller. Resources of the operation that MPI uses, other than its buffers, then stay until the program ends.
    [[nodiscard]] MPI_Request release() && {
        check_handle();
        if (resources_ != nullptr)
            leave_resources();
        return std::exchange(raw_, MPI_REQUEST_NULL);
    }
    [[nodiscard]] bool is_null() const noexcept { return raw_ == MPI_REQUEST_NULL && resources_ == nullptr; }
    explicit operator bool() const noexcept { return !is_null(); }
    friend bool operator==(const Request& a, const Request& b) noexcept { return a.raw_ == b.raw_ && a.operation() == b.operation(); }

    /// Wait until the operation is complete. Calls MPI_Wait (MPI-4.0, 3.7.3).
    void Wait(Status* status = nullptr, At at = {}) {
        if (detail::operations.load(std::memory_order_relaxed) != 0) [[unlikely]]
            return wait_driving(status, at.file, at.line);
        detail::call<MPI_Wait>(&raw_, Status::to(status), at);
    }
    /// Tell whether the operation is complete. Calls MPI_Test (MPI-4.0, 3.7.3).
    bool Test(Status* status = nullptr, At at = {});
    /// Tell whether the operation is complete and leave the request as it is. Calls MPI_Request_get_status (MPI-4.0, 3.7.6).
    [[nodiscard]] bool Get_status(Status* status = nullptr, At at = {}) const;
    /// Ask for cancellation. The request must still be completed; its status tells the outcome. Calls MPI_Cancel (MPI-4.0, 3.8.4).
    void Cancel(At at = {});
    /// Let the operation complete by itself. The program cannot tell when the buffers may be freed. A pending collective call must be completed
    /// instead. Calls MPI_Request_free (MPI-4.0, 3.7.3).
    void Free(At at = {});

    // Functions for several requests. An ObjectRequest that one of these completes keeps its object until `wait` or `test` takes it, and counts as
    // inactive.

    /// Wait for all requests. `statuses`, if given, has one element per request. Calls MPI_Waitall (MPI-4.0, 3.7.5).
    static void Waitall(detail::Requests requests, std::span<Status> statuses = {}, At at = {});
    /// Wait for one request. Return its index, UNDEFINED if none is active. Calls MPI_Waitany (MPI-4.0, 3.7.5).
    static int Waitany(detail::Requests requests, Status* status = nullptr, At at = {});
    /// Wait for at least one; returns the indices, nothing where none is active. Calls MPI_Waitsome (MPI-4.0, 3.7.5).
    static std::optional<std::vector<int>> Waitsome(detail::Requests requests, std::span<Status> statuses = {}, At at = {}) {
        std::vector<int> indices;
        return wait_some(requests, statuses, indices, at) ? std::optional(std::move(indices)) : std::nullopt;
    }
    /// Tell whether all are complete. Calls MPI_Testall (MPI-4.0, 3.7.5).
    static bool Testall(detail::Requests requests, std::span<Status> statuses = {}, At at = {});
    /// Return the index of a complete request, UNDEFINED if none is active, nothing if none is complete. Calls MPI_Testany (MPI-4.0, 3.7.5).
    static std::optional<int> Testany(detail::Requests requests, Status* status = nullptr, At at = {});
    /// Return the indices of those that are complete, nothing where none is active. Calls MPI_Testsome (MPI-4.0, 3.7.5).
    static std::optional<std::vector<int>> Testsome(detail::Requests requests, std::span<Status> statuses = {}, At at = {}) {
        std::vector<int> indices;
        return test_some(requests, statuses, indices, at) ? std::optional(std::move(indices)) : std::nullopt;
    }

    // The same of requests that stay as they are (MPI-4.1, 3.7.6). On any MPI, by MPI_Request_get_status for each, to which an inactive request that
    // C has made is complete.

    /// Tell whether all are complete.
    [[nodiscard]] static bool Get_status_all(detail::Requests requests, std::span<Status> statuses = {}, At at = {});
    /// Return the index of a complete request, UNDEFINED if none is active, nothing if none is complete.
    [[nodiscard]] static std::optional<int> Get_status_any(detail::Requests requests, Status* status = nullptr, At at = {});
    /// Return the indices of those that are complete, nothing where none is active.
    [[nodiscard]] static std::optional<std::vector<int>> Get_status_some(detail::Requests requests, std::span<Status> statuses = {}, At at = {}) {
        std::vector<int> indices;
        return status_some(requests, statuses, indices, at) ? std::optional(std::move(indices)) : std::nullopt;
    }

    // mpi4py's lowercase forms. ObjectRequest returns the object of a receive.
    void wait(Status* status = nullptr, At at = {}) { Wait(status, at); }
    bool test(Status* status = nullptr, At at = {}) { return Test(status, at); }
    [[nodiscard]] bool get_status(Status* status = nullptr, At at = {}) const { return Get_status(status, at); }
    void cancel(At at = {}) { Cancel(at); }
    static void waitall(detail::Requests requests, std::span<Status> statuses = {}, At at = {}) { Waitall(requests, statuses, at); }
    static int waitany(detail::Requests requests, Status* status = nullptr, At at = {}) { return Waitany(requests, status, at); }
    static std::optional<std::vector<int>> waitsome(detail::Requests requests, std::span<Status> statuses = {}, At at = {}) {
        return Waitsome(requests, statuses, at);
    }
    [[nodiscard]] static bool get_status_all(detail::Requests requests, std::span<Status> statuses = {}, At at = {}) {
        return Get_status_all(requests, statuses, at);
    }
    [[nodiscard]] static std::optional<int> get_status_any(detail::Requests requests, Status* status = nullptr, At at = {}) {
        return Get_status_any(requests, status, at);
    }
    [[nodiscard]] static std::optional<std::vector<int>> get_status_some(detail::Requests requests, std::span<Status> statuses = {}, At at = {}) {
        return Get_status_some(requests, statuses, at);
    }
    static bool testall(detail::Requests requests, std::span<Status> statuses = {}, At at = {}) { return Testall(requests, statuses, at); }
    static std::optional<int> testany(detail::Requests requests, Status* status = nullptr, At at = {}) { return Testany(requests, status, at); }
    static std::optional<std::vector<int>> testsome(detail::Requests requests, std::span<Status> statuses = {}, At at = {}) {
        return Testsome(requests, statuses, at);
    }

protected:
    /// A persistent request is `active` from its start until it is complete; MPICH before 4.3 does not know that of collectives. A `general` request,
    /// for a user's own operation, must not be passed to MPICH's functions for several requests. The request of an object is `arrived` while it keeps
    /// the object for somebody to take.
    enum class Kind : char { once, inactive, active, general, operation, object, arrived };
    constexpr Request(MPI_Request raw, detail::RequestResources* resources, Drop drop, Kind kind = Kind::once) noexcept
        : raw_(raw), resources_(resources), drop_(drop), kind_(kind) {}
    Request(std::unique_ptr<detail::Operation> operation, Kind kind) noexcept : Request(MPI_REQUEST_NULL, operation.release(), Drop::cancel, kind) {}
    /// The address at which MPI reads and writes the raw handle.
    [[nodiscard]] MPI_Request* address() noexcept { return &raw_; }
    [[nodiscard]] detail::RequestResources* resources() const noexcept { return resources_; }
    [[nodiscard]] Kind kind() const noexcept { return kind_; }
    void activate() noexcept { kind_ = Kind::active; }

private:
    struct Completion;
    class Patience;
    template <class T> friend class ObjectRequest;
    friend class RequestArray;
    friend class detail::Awaited;

    // The parts from which ObjectRequest makes its functions.

    /// Waits for an object and moves it to `*object`. If `object` is null, moves it to the operation's target, if there is one.
    void wait_object(void* object, Status* status, At at);
    /// Does the same if the object has come, without driving, and returns whether it has.
    bool take_object(void* object, Status* status, At at);
    /// Takes the operation that keeps an object which has come.
    std::unique_ptr<detail::Operation> take_arrived() noexcept {
        return std::unique_ptr<detail::Operation>(static_cast<detail::Operation*>(std::exchange(resources_, nullptr)));
    }
    /// Turns this into a plain request that delivers its object to `target`.
    Request deliver_to(void* target) && noexcept {
        if (operation() != nullptr)
            operation()->deliver_to(target);
        kind_ = Kind::operation;
        return std::move(*this);
    }
    /// Drives all pending operations. Returns false, and does nothing, if they are many and have just been driven.
    static bool drive();
    /// If this is a receive that is not known to be complete, drives and returns true.
    [[nodiscard]] bool drive_receive() const;
    /// Like Get_status, but does not drive other pending operations.
    bool get_status_now(Status* status, At at) const;
    /// Replaces the operation, which has just failed with `error`. The next call that completes this request throws the error.
    void postpone(std::exception_ptr error);

    /// Runs several steps, every one of them, and keeps the first exception.
    class FirstError {
    public:
        template <class F> void run(F step) try { step(); } catch (...) {
            if (!error_)
                error_ = std::current_exception();
        }
        void rethrow() const {
            if (error_)
                std::rethrow_exception(error_);
        }

    private:
        std::exception_ptr error_;
    };
    // Write the indices of requests that are complete, return their number, or nothing where no request is active.
    static std::optional<std::size_t> wait_some(detail::Requests requests, std::span<Status> statuses, detail::AnyVector result, At at);
    static std::optional<std::size_t> status_some(detail::Requests requests, std::span<Status> statuses, detail::AnyVector result, At at);
    static std::optional<std::size_t> test_some(detail::Requests requests, std::span<Status> statuses, detail::AnyVector result, At at);
    static void check_statuses(std::size_t requests, std::span<Status> statuses, detail::Caller caller);
    static Status* at_index(std::span<Status> statuses, std::size_t i) { return statuses.empty() ? nullptr : &statuses[i]; }

    // One request.

    void wait_driving(Status* status, const char* file, unsigned long line);
    /// After a completion: frees the resources of a request that is null now, and makes a complete persistent request inactive.
    void finish(bool complete, bool failed) noexcept {
        if (resources_ != nullptr || kind_ != Kind::once)
            finish_more(complete, failed);
    }
    void finish_more(bool complete, bool failed) noexcept;
    /// Like Test, but does not drive other pending operations.
    bool test_now(Status* status, At at);
    /// The same for one of several requests. Returns nothing if the request is null, or persistent and not started.
    std::optional<bool> test_active(Status* status, At at);
    /// Whether there is an operation that can complete: the request is not null, and if persistent, started.
    [[nodiscard]] bool is_active() const noexcept;
    void drop() noexcept;
    /// Frees the resources of a request that somebody else completes, unless MPI uses them.
    void leave_resources() noexcept;
    [[nodiscard]] bool is_checked() const noexcept { return resources_ != nullptr && resources_->is_checked(); }
    [[nodiscard]] detail::Operation* operation() const noexcept {
        return kind_ >= Kind::operation ? static_cast<detail::Operation*>(resources_) : nullptr;
    }
    void check_handle() const {
        if (operation() != nullptr) [[unlikely]]
            refuse_handle();
    }
    [[noreturn]] static void refuse_handle();

    MPI_Request raw_ = MPI_REQUEST_NULL;
    detail::RequestResources* resources_ = nullptr;
    Drop drop_ : 4 = Drop::wait;  // one byte, so that one instruction sets both
    Kind kind_ : 4 = Kind::once;
};

extern MPI4CXX_API const Request REQUEST_NULL;

}  // namespace MPI4CXX
