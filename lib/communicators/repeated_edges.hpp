// All-to-alls among neighbours where there are several edges from one process to another: which block is which (MPI-4.0, 8.6).
#pragma once

#include "communicators/argument_copies.hpp"
#include "communicators/plan.hpp"

#include <memory>
#include <vector>

namespace MPI4CXX::detail {

/// Whether a call that finds out may wait for the other processes.
enum class Finding : bool { local, collective };

/// Returns whether any process of `comm` has several edges to one neighbour. In a grid or a graph, every process knows all edges. In a distributed
/// graph, each process knows only its own, so they ask each other once. The answer is kept as an attribute, which duplicates have too.
bool has_repeated_edges(const Topocomm& comm, Finding finding, Caller caller);

/// An all-to-all among neighbours as MPI_Alltoallw takes it: all blocks for one process are one datatype, in the order that the standard says. In the
/// MPIs' own all-to-alls among neighbours, the order of such blocks depends on the MPI, its version and the call.
class BlocksByProcess final : public RequestResources {
public:
    /// Returns null if no process has several edges to one neighbour.
    static std::unique_ptr<BlocksByProcess> make(const Topocomm& comm, const Pair& blocks, Finding finding, Caller caller);
    static std::unique_ptr<BlocksByProcess> make(const Topocomm& comm, const AlltoallvPlan& blocks, Finding finding, Caller caller);
    static std::unique_ptr<BlocksByProcess> make(const Topocomm& comm, const NeighborwPlan& blocks, const void* sendbuf, void* recvbuf,
                                                 Finding finding, Caller caller);

    void run(const Topocomm& comm, At at) const;
    static Request start(std::unique_ptr<BlocksByProcess> blocks, const Topocomm& comm, At at);
    static Prequest init(std::unique_ptr<BlocksByProcess> blocks, const Topocomm& comm, const Info& info, At at);

    [[nodiscard]] bool is_needed() const override { return true; }

private:
    struct Block {
        Count count;
        Aint offset;
        MPI_Datatype type;
    };
    struct Processes {
        std::vector<int> counts, displs;
        std::vector<MPI_Datatype> types;
        std::vector<Datatype> made;
    };
    template <class Send, class Recv>
    static std::unique_ptr<BlocksByProcess> make(const Topocomm& comm, const void* sendbuf, Send send, void* recvbuf, Recv recv, At at);
    /// `order` has the numbers of the blocks in the order in which they travel.
    template <class F>
    static Processes by_process(int size, const std::vector<int>& neighbors, const std::vector<std::size_t>& order, F block, At at);
    template <class F> auto call_mpi(F f) const;

    const void* sendbuf_ = nullptr;
    void* recvbuf_ = nullptr;
    Processes send_, recv_;
};

}  // namespace MPI4CXX::detail
