// Receives that look for their messages themselves, instead of being matched by MPI.
#pragma once

#include <mpi4cxx/detail/mpi/call.hpp>

#include <atomic>
#include <cstddef>
#include <thread>

namespace MPI4CXX::detail {

/// Looks for a message. Of several that look for the same one, the one that was made first takes it, as MPI does with posted receives.
/// When the communicator is freed, all that look there look a last time, if the MPI can. They keep what has come. The others fail.
class OrderedProbe {
public:
    /// `method` is the user's call, which an error names.
    OrderedProbe(MPI_Comm comm, int source, int tag, const char* method, Place where);
    OrderedProbe(const OrderedProbe&) = delete;
    OrderedProbe& operator=(const OrderedProbe&) = delete;
    ~OrderedProbe();

    /// Takes the message if it has come. Returns whether it has. Throws if the communicator has been freed before. From then on the probe looks only
    /// for messages of the same source and tag, which may follow the first one.
    bool take(MPI_Message& message, MPI_Status& status, Place where);

    /// Whether there are any in this process.
    [[nodiscard]] static bool any() noexcept { return number.load(std::memory_order_relaxed) != 0; }
    /// Looks for a message as MPI_Iprobe does, but for none that a probe looks for.
    [[nodiscard]] static bool sees_other(MPI_Comm comm, int source, int tag, MPI_Status& status, Place where);
    /// Takes a message as MPI_Improbe does, but none that a probe looks for.
    [[nodiscard]] static bool take_other(MPI_Comm comm, int source, int tag, MPI_Message& message, MPI_Status& status, Place where);

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
    [[nodiscard]] bool may_take(MPI_Comm comm, int source, int tag) const noexcept;
    /// Returns whether one of the probes that were made before `end`, or of all if it is null, looks for such a message.
    [[nodiscard]] static bool is_looked_for(MPI_Comm comm, int source, int tag, const OrderedProbe* end) noexcept;
    [[nodiscard]] static bool see_behind(const OrderedProbe* end, MPI_Comm comm, int source, int tag, MPI_Status& status, Place where);
    static bool take_behind(const OrderedProbe* end, MPI_Comm comm, int source, int tag, MPI_Message& message, MPI_Status& status, Place where);

    static std::atomic<std::size_t> number;
    MPI_Comm comm_;  // null when it has been freed
    int source_, tag_;
    const char* method_;
    std::thread::id user_;  // the thread that uses this probe
    MPI_Message last_ = MPI_MESSAGE_NULL;
    MPI_Status last_status_{};
};

}  // namespace MPI4CXX::detail
