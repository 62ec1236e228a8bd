#pragma once

#include <mpi4cxx/detail/mpi/array.hpp>
#include <mpi4cxx/intracomm.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace MPI4CXX {

namespace detail {

/// The objects that the neighbours have sent to this process. Each neighbour sends the same object to all, or another object to each.
class MPI4CXX_API FromNeighbors {
public:
    FromNeighbors(const Topocomm& comm, const GivenObjects& given, bool one_to_each, const ObjectType& type, At at);

    /// Returns the objects, a `T{}` for PROC_NULL.
    template <class T> [[nodiscard]] std::vector<T> objects() const {
        std::vector<T> all;
        all.reserve(parts_.size());
        for (const Part& part : parts_) {
            Unpacking from(std::span(bytes_.data() + part.offset, part.size));
            all.push_back(part.size == 0 ? nothing<T>() : unpacked<T>(from));
        }
        return all;
    }

private:
    struct Part {
        std::size_t offset, size;
    };
    Array<Part> parts_;
    Bytes bytes_;
};

}  // namespace detail

/// An intracommunicator whose processes have neighbours (MPI-4.0, 8). The base of the topologies.
/// In a grid the neighbours are those before and after this process along the first dimension, then along the second, …. Beyond an edge the neighbour
/// is PROC_NULL, which sends and receives nothing.
class MPI4CXX_API Topocomm : public detail::DupMethods<Topocomm, Intracomm> {
public:
    static constexpr auto comm_class = detail::CommClass::topocomm;

    /// How many neighbours send to this process, and how many it sends to.
    struct Degrees {
        int in, out;
    };
    /// The ranks of these neighbours.
    struct Edges {
        std::vector<int> in, out;
    };

    Topocomm() noexcept = default;
    Topocomm(Topocomm&&) noexcept = default;
    Topocomm& operator=(Topocomm&&) noexcept = default;
    explicit Topocomm(const Topocomm&, detail::take_a_const_reference_or_make_a_duplicate_with_Dup = {}) = delete;
    template <detail::IsA<Topocomm> C> Topocomm(C&, detail::take_a_const_reference_or_make_a_duplicate_with_Dup = {}) MPI4CXX_NO_COPY;
    detail::take_a_const_reference_or_make_a_duplicate_with_Dup operator=(const Topocomm&) = delete;
    using DupMethods::DupMethods;

    /// Return the numbers of neighbours. Calls MPI_Cartdim_get, MPI_Graph_neighbors_count or MPI_Dist_graph_neighbors_count (MPI-4.0, 8.5).
    [[nodiscard]] Degrees degrees(At at = {}) const;
    [[nodiscard]] int indegree(At at = {}) const { return degrees(at).in; }
    [[nodiscard]] int outdegree(At at = {}) const { return degrees(at).out; }
    /// Return the neighbours. Calls MPI_Cart_shift, MPI_Graph_neighbors or MPI_Dist_graph_neighbors (MPI-4.0, 8.5).
    [[nodiscard]] Edges inoutedges(At at = {}) const {
        Edges edges;
        get_edges(edges.in, edges.out, at);
        return edges;
    }
    [[nodiscard]] std::vector<int> inedges(At at = {}) const { return inoutedges(at).in; }
    [[nodiscard]] std::vector<int> outedges(At at = {}) const { return inoutedges(at).out; }

    /// Send `sendbuf` to all neighbours; `recvbuf` holds one block from each. Calls MPI_Neighbor_allgather (MPI-4.0, 8.6.1). Collective.
    void Neighbor_allgather(const ConstBufArg& sendbuf, const Buf& recvbuf, At at = {}) const;
    /// Neighbor_allgather with blocks of different sizes. Calls MPI_Neighbor_allgatherv (MPI-4.0, 8.6.1). Collective.
    void Neighbor_allgatherv(const ConstBufArg& sendbuf, const BufVArg& recvbuf, At at = {}) const;
    /// Send block i of `sendbuf` to the i-th neighbour; `recvbuf` holds one block from each. In a grid, the block for the neighbour before this
    /// process arrives there as the block of the neighbour after, even if both neighbours are the same process. In a graph with several edges to one
    /// neighbour, the blocks arrive in the order of the edges. Calls MPI_Neighbor_alltoall, or MPI_Alltoallw if a process has several edges to one
    /// neighbour (MPI-4.0, 8.6.2). Collective.
    void Neighbor_alltoall(const ConstBufArg& sendbuf, const Buf& recvbuf, At at = {}) const;
    /// Neighbor_alltoall with blocks of different sizes. Calls MPI_Neighbor_alltoallv (MPI-4.0, 8.6.2). Collective.
    void Neighbor_alltoallv(const ConstBufVArg& sendbuf, const BufVArg& recvbuf, At at = {}) const;
    /// Neighbor_alltoall with a datatype for each block. Calls MPI_Neighbor_alltoallw (MPI-4.0, 8.6.2). Collective.
    void Neighbor_alltoallw(const ConstBufWArg& sendbuf, const BufWArg& recvbuf, At at = {}) const;

    // The nonblocking and persistent neighbourhood collectives, which follow the rules of Comm's nonblocking and persistent collectives (MPI-4.0, 8.7
    // and 8.8). Collective.

    [[nodiscard]] Request Ineighbor_allgather(const ConstBuf& sendbuf, const Buf& recvbuf, At at = {}) const;
    [[nodiscard]] Request Ineighbor_allgatherv(const ConstBuf& sendbuf, const BufVArg& recvbuf, At at = {}) const;
    [[nodiscard]] Request Ineighbor_alltoall(const ConstBuf& sendbuf, const Buf& recvbuf, At at = {}) const;
    [[nodiscard]] Request Ineighbor_alltoallv(const StoredConstBufVArg& sendbuf, const BufVArg& recvbuf, At at = {}) const;
    [[nodiscard]] Request Ineighbor_alltoallw(const StoredConstBufWArg& sendbuf, const BufWArg& recvbuf, At at = {}) const;

    [[nodiscard]] Prequest Neighbor_allgather_init(const ConstBuf& sendbuf, const Buf& recvbuf, const Info& info = INFO_NULL, At at = {}) const;
    [[nodiscard]] Prequest Neighbor_allgatherv_init(const ConstBuf& sendbuf, const BufVArg& recvbuf, const Info& info = INFO_NULL, At at = {}) const;
    [[nodiscard]] Prequest Neighbor_alltoall_init(const ConstBuf& sendbuf, const Buf& recvbuf, const Info& info = INFO_NULL, At at = {}) const;
    [[nodiscard]] Prequest Neighbor_alltoallv_init(const StoredConstBufVArg& sendbuf, const BufVArg& recvbuf, const Info& info = INFO_NULL,
                                                   At at = {}) const;
    [[nodiscard]] Prequest Neighbor_alltoallw_init(const StoredConstBufWArg& sendbuf, const BufWArg& recvbuf, const Info& info = INFO_NULL,
                                                   At at = {}) const;

    /// Send an object to all neighbours. Return the object of each neighbour. Collective.
    template <class T> [[nodiscard]] std::vector<sent_as<T>> neighbor_allgather(const T& object, At at = {}) const {
        return detail::FromNeighbors(*this, detail::one_packed(object), false, detail::object_type<sent_as<T>>, at).template objects<sent_as<T>>();
    }
    /// Send `objects[i]` to the i-th neighbour. Return the object from each neighbour. If `objects` does not have outdegree() elements, this process
    /// and its neighbours throw std::invalid_argument. Collective.
    template <class T> [[nodiscard]] std::vector<T> neighbor_alltoall(const std::vector<T>& objects, At at = {}) const {
        return detail::FromNeighbors(*this, detail::each_packed(objects), true, detail::object_type<T>, at).template objects<T>();
    }

private:
    void get_edges(detail::AnyVector in, detail::AnyVector out, At at) const;
};

}  // namespace MPI4CXX
