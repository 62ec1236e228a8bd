// Receives that look for their messages themselves, instead of being matched by MPI.
#pragma once

#include <mpi4cxx/detail/mpi/call.hpp>

namespace MPI4CXX::detail {

/// Looks for a message. Where several could find the same one, the one that was made first finds it, as MPI does with posted receives.
class OrderedProbe {
public:
    OrderedProbe(MPI_Comm comm, int source, int tag);
    OrderedProbe(const OrderedProbe&) = delete;
    OrderedProbe& operator=(const OrderedProbe&) = delete;
    ~OrderedProbe();

    /// Takes the message if it has come. Returns whether it has.
    bool take(MPI_Message& message, MPI_Status& status, Place where);

private:
    [[nodiscard]] bool may_find_that_of(const OrderedProbe& other) const noexcept;

    MPI_Comm comm_;
    int source_, tag_;
};

}  // namespace MPI4CXX::detail
