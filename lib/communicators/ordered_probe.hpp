// Receives that look for their messages themselves, instead of being matched by MPI.
#pragma once

#include <mpi4cxx/detail/mpi/call.hpp>

#include <thread>

namespace MPI4CXX::detail {

/// Looks for a message. Where several could find the same one, the one that was made first finds it, as MPI does with posted receives.
/// When the communicator is freed, all that look there look a last time, if the MPI can. They keep what has come. The others fail.
class OrderedProbe {
public:
    /// `method` is the user's call, which an error names.
    OrderedProbe(MPI_Comm comm, int source, int tag, const char* method, Place where);
    OrderedProbe(const OrderedProbe&) = delete;
    OrderedProbe& operator=(const OrderedProbe&) = delete;
    ~OrderedProbe();

    /// Takes the message if it has come. Returns whether it has. Throws if the communicator has been freed before.
    bool take(MPI_Message& message, MPI_Status& status, Place where);

    /// Calls `f(comm)`. Meanwhile the communicator is not freed. Throws if it has been.
    template <class F> void with_comm(F f, Place where) {
        const InUse use(*this);
        f(living_comm(where));
    }

private:
    /// While one exists, no other thread uses the probe, and the communicator stays: MPI_Comm_free in another thread waits.
    class InUse {
    public:
        explicit InUse(OrderedProbe& probe);
        /// Uses the first probe on `comm`, if there is one.
        explicit InUse(MPI_Comm comm);
        InUse(const InUse&) = delete;
        InUse& operator=(const InUse&) = delete;
        ~InUse();
        [[nodiscard]] OrderedProbe* probe() const noexcept { return probe_; }

    private:
        template <class Find> void wait_for(Find find);
        OrderedProbe* probe_ = nullptr;
    };

    static void note_end_of(MPI_Comm comm, Place where);
    static int end(MPI_Comm comm, int, void*, void*) noexcept;
    [[nodiscard]] MPI_Comm living_comm(Place where) const;
    [[nodiscard]] bool may_find_that_of(const OrderedProbe& other) const noexcept;
    [[nodiscard]] bool comes_after_another() const noexcept;

    MPI_Comm comm_;  // null when it has been freed
    int source_, tag_;
    const char* method_;
    std::thread::id user_;  // the thread that uses this probe
    MPI_Message last_ = MPI_MESSAGE_NULL;
    MPI_Status last_status_{};
};

}  // namespace MPI4CXX::detail
