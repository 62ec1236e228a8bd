#include <mpi4cxx/graphcomm.hpp>

#include "communicators/plan.hpp"

namespace MPI4CXX {

using detail::call;
using detail::get;

Graphcomm::Dims Graphcomm::Get_dims(At at) const {
    Dims dims{0, 0};
    call<MPI_Graphdims_get>(handle(), &dims.nnodes, &dims.nedges, on(at));
    return dims;
}

Graphcomm::Topo Graphcomm::Get_topo(At at) const {
    const Dims dims = Get_dims(at);
    Topo topo{std::vector<int>(static_cast<std::size_t>(dims.nnodes)), std::vector<int>(static_cast<std::size_t>(dims.nedges))};
    topo.edges.reserve(1);  // Open MPI refuses null for none
    call<MPI_Graph_get>(handle(), dims.nnodes, dims.nedges, topo.index.data(), topo.edges.data(), on(at));
    return topo;
}

int Graphcomm::Get_neighbors_count(int rank, At at) const {
    detail::check_node(rank, Get_size(at), at);  // Open MPI 4.1 does not look
    return get<MPI_Graph_neighbors_count>(handle(), rank, on(at));
}

std::vector<int> Graphcomm::Get_neighbors(int rank, At at) const {
    std::vector<int> neighbors(static_cast<std::size_t>(Get_neighbors_count(rank, at)));
    call<MPI_Graph_neighbors>(handle(), rank, static_cast<int>(neighbors.size()), neighbors.data(), on(at));
    return neighbors;
}

}  // namespace MPI4CXX
