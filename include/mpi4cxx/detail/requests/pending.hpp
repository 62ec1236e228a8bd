#pragma once

#include <mpi4cxx/detail/requests/operation.hpp>

#include <exception>
#include <vector>

namespace MPI4CXX::detail {

/// An operation that goes on in steps. A step that fails ends it. Its exception is thrown to whoever waits for the operation, not to whoever drives
/// it.
class MPI4CXX_API Pending : public Operation {
public:
    ~Pending() override;
    void advance() final;
    void hear(int code, const MPI_Status& status) final;
    void finish(const Place& where) override;

protected:
    /// `where` is the place that started it. The communicator's address must stay valid.
    explicit Pending(Place where) noexcept : where_(where) {}
    /// From now on, has the operation driven by every thread that waits.
    void begin();
    /// Goes on without waiting. Sets `complete_` at the end of the operation.
    virtual void step() = 0;
    /// Returns whether `request` is complete or null.
    bool passed(MPI_Request& request, MPI_Status* status = MPI_STATUS_IGNORE);
    /// The same of the requests of several messages, the last first.
    [[gnu::visibility("hidden")]] bool passed_all(std::vector<MPI_Request>& requests);

    Place where_;
    std::exception_ptr failure_;

private:
    // The outcome of the awaited request, kept until a step asks for it.
    MPI_Request* heard_ = nullptr;
    int heard_code_ = MPI_SUCCESS;
    MPI_Status heard_status_{};
};

}  // namespace MPI4CXX::detail
