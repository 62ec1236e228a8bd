#pragma once

#include <mpi4cxx/request.hpp>

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace MPI4CXX {

namespace detail {

/// The functions that MPI calls back for a user's operation.
class GeneralOperation {
public:
    GeneralOperation() noexcept = default;
    virtual ~GeneralOperation() = default;
    GeneralOperation(const GeneralOperation&) = delete;
    GeneralOperation& operator=(const GeneralOperation&) = delete;
    virtual void query(Status& status) = 0;
    virtual void free() = 0;
    virtual void cancel(bool complete) = 0;
};

template <class Query, class Free, class Cancel> class GeneralOperationOf final : public GeneralOperation {
public:
    GeneralOperationOf(Query query, Free free, Cancel cancel) : query_(std::move(query)), free_(std::move(free)), cancel_(std::move(cancel)) {}
    void query(Status& status) override { query_(status); }
    void free() override { free_(); }
    void cancel(bool complete) override { cancel_(complete); }

private:
    Query query_;
    Free free_;
    Cancel cancel_;
};

struct GeneralState;

}  // namespace detail

/// An operation that the program itself carries out, with a request that can be waited for like any other (MPI-4.0, 13.2).
/// The code that carries out the operation calls `Complete`, from any thread. The Grequest may have been moved into a Request before. A Grequest that
/// is dropped while incomplete is cancelled and completed.
class MPI4CXX_API Grequest final : public Request {
public:
    struct Nothing {
        void operator()(auto&&...) const noexcept {}
    };

    Grequest() noexcept = default;
    Grequest(Grequest&& other) noexcept : Request(std::move(other)), incomplete_(std::exchange(other.incomplete_, nullptr)) {}
    Grequest& operator=(Grequest&& other) noexcept {
        if (this != &other) {
            { const Grequest old(std::move(*this)); }  // its `cancel` may complete this Grequest, which must not have the new operation yet
            Request::operator=(static_cast<Request&&>(other));
            incomplete_ = std::exchange(other.incomplete_, nullptr);
        }
        return *this;
    }
    ~Grequest();

    /// Begin an operation. `query(status)` fills in the status of a complete operation. `free()` is called when the operation is not needed any more.
    /// `cancel(complete)` is called to cancel the operation and is told whether it is complete already. An exception in one of them is an error of
    /// the call that called it, with the code of an Exception, else with ERR_OTHER. Calls MPI_Grequest_start (MPI-4.0, 13.2).
    template <std::invocable<Status&> Query = Nothing, std::invocable Free = Nothing, std::invocable<bool> Cancel = Nothing>
    [[nodiscard]] static Grequest Start(Query query = {}, Free free = {}, Cancel cancel = {}, At at = {}) {
        return start(std::make_unique<detail::GeneralOperationOf<Query, Free, Cancel>>(std::move(query), std::move(free), std::move(cancel)), at);
    }
    /// Mark the operation as complete. Calls MPI_Grequest_complete (MPI-4.0, 13.2).
    void Complete(At at = {});
    void complete(At at = {}) { Complete(at); }

private:
    Grequest(MPI_Request raw, detail::GeneralState* state) noexcept : Request(raw, nullptr, Drop::wait, Kind::general), incomplete_(state) {}
    static Grequest start(std::unique_ptr<detail::GeneralOperation> operation, At at);

    detail::GeneralState* incomplete_ = nullptr;  // until Complete
};

}  // namespace MPI4CXX
