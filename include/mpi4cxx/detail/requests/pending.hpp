#pragma once

#include <mpi4cxx/detail/requests/operation.hpp>

#include <exception>
#include <vector>

namespace MPI4CXX::detail {

/// An operation that goes on in steps, until one fails: the failure belongs to whoever waits for it, not to whoever drives.
class MPI4CXX_API Pending : public Operation {
public:
    ~Pending() override;
    void advance() final;
    void hear(int code, const MPI_Status& status) final;
    void finish(Place where) override;

protected:
    /// `where` it was started; the communicator's address must last.
    explicit Pending(Place where) noexcept : where_(where) {}
    /// It is driven from now on, whoever waits.
    void begin();
    /// Goes on without waiting; sets `complete_` at the end.
    virtual void step() = 0;
    /// Whether a request is complete, or there is none.
    bool passed(MPI_Request& request, MPI_Status* status = MPI_STATUS_IGNORE);
    /// The same of the requests of several messages, the last first.
    [[gnu::visibility("hidden")]] bool passed_all(std::vector<MPI_Request>& requests);

    Place where_;
    std::exception_ptr failure_;

private:
    // What the driver has heard of the request that was awaited, until a step asks for it.
    MPI_Request* heard_ = nullptr;
    int heard_code_ = MPI_SUCCESS;
    MPI_Status heard_status_{};
};

}  // namespace MPI4CXX::detail
