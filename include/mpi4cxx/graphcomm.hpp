#pragma once

#include <mpi4cxx/topocomm.hpp>

#include <vector>

namespace MPI4CXX {

/// A communicator whose processes form a graph (MPI-4.0, 8.5). Each process knows the whole graph.
class MPI4CXX_API Graphcomm final : public detail::DupMethods<Graphcomm, Topocomm> {
public:
    /// The numbers of nodes and of edges.
    struct Dims {
        int nnodes, nedges;
    };
    /// `edges` are the neighbours of node 0, then of node 1, …; `index[i]` is the number of neighbours of nodes 0 to i together.
    struct Topo {
        std::vector<int> index, edges;
    };
    static constexpr auto comm_class = detail::CommClass::graphcomm;

    Graphcomm() noexcept = default;
    Graphcomm(Graphcomm&&) noexcept = default;
    Graphcomm& operator=(Graphcomm&&) noexcept = default;
    explicit Graphcomm(const Graphcomm&, detail::take_a_const_reference_or_make_a_duplicate_with_Dup = {}) = delete;
    template <detail::IsA<Graphcomm> C> Graphcomm(C&, detail::take_a_const_reference_or_make_a_duplicate_with_Dup = {}) MPI4CXX_NO_COPY;
    detail::take_a_const_reference_or_make_a_duplicate_with_Dup operator=(const Graphcomm&) = delete;
    using DupMethods::DupMethods;

    /// Return the numbers of nodes and edges. Calls MPI_Graphdims_get (MPI-4.0, 8.5.5).
    [[nodiscard]] Dims Get_dims(At at = {}) const;
    /// Return the graph as it was given to Create_graph. Calls MPI_Graph_get (MPI-4.0, 8.5.5).
    [[nodiscard]] Topo Get_topo(At at = {}) const {
        Topo topo;
        get_topo(topo.index, topo.edges, at);
        return topo;
    }
    /// Return the number of neighbours of process `rank`. Calls MPI_Graph_neighbors_count (MPI-4.0, 8.5.5).
    [[nodiscard]] int Get_neighbors_count(int rank, At at = {}) const;
    /// Return the neighbours of process `rank`. Calls MPI_Graph_neighbors (MPI-4.0, 8.5.5).
    [[nodiscard]] std::vector<int> Get_neighbors(int rank, At at = {}) const {
        std::vector<int> result;
        get_neighbors(rank, result, at);
        return result;
    }

    [[nodiscard]] Dims dims(At at = {}) const { return Get_dims(at); }
    [[nodiscard]] int nnodes(At at = {}) const { return Get_dims(at).nnodes; }
    [[nodiscard]] int nedges(At at = {}) const { return Get_dims(at).nedges; }
    [[nodiscard]] Topo topo(At at = {}) const { return Get_topo(at); }
    [[nodiscard]] std::vector<int> index(At at = {}) const { return Get_topo(at).index; }
    [[nodiscard]] std::vector<int> edges(At at = {}) const { return Get_topo(at).edges; }
    // The neighbours of this process.
    [[nodiscard]] int nneighbors(At at = {}) const { return Get_neighbors_count(Get_rank(at), at); }
    [[nodiscard]] std::vector<int> neighbors(At at = {}) const { return Get_neighbors(Get_rank(at), at); }

private:
    void get_topo(detail::AnyVector index, detail::AnyVector edges, At at) const;
    void get_neighbors(int rank, detail::AnyVector result, At at) const;
};

}  // namespace MPI4CXX
