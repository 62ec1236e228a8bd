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

    /// Looks a last time for all that look on `comm`, because it is about to be freed. They keep what has come. The others fail.
    static void end(MPI_Comm comm) noexcept;

private:
    /// Returns whether there is no communicator any more, and takes the message that has come before. Throws if none has.
    bool take_last(MPI_Message& message, MPI_Status& status, Place where);
    [[nodiscard]] bool may_find_that_of(const OrderedProbe& other) const noexcept;

    MPI_Comm comm_;  // null when it has been freed
    int source_, tag_;
    bool looks_ = false;
    MPI_Message last_ = MPI_MESSAGE_NULL;
    MPI_Status last_status_{};
};

}  // namespace MPI4CXX::detail
