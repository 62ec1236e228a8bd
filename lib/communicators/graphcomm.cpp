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

void Graphcomm::get_topo(detail::AnyVector index, detail::AnyVector edges, At at) const {
    const Dims dims = Get_dims(at);
    int none = 0;
    int* const to = edges.room<int>(static_cast<std::size_t>(dims.nedges));
    call<MPI_Graph_get>(handle(), dims.nnodes, dims.nedges, index.room<int>(static_cast<std::size_t>(dims.nnodes)),
                        dims.nedges == 0 ? &none : to,  // Open MPI refuses a null pointer for no edges
                        on(at));
}

int Graphcomm::Get_neighbors_count(int rank, At at) const {
    detail::check_node(rank, Get_size(at), at);  // Open MPI 4.1 does not check
    return get<MPI_Graph_neighbors_count>(handle(), rank, on(at));
}

void Graphcomm::get_neighbors(int rank, detail::AnyVector result, At at) const {
    const int number = Get_neighbors_count(rank, at);
    call<MPI_Graph_neighbors>(handle(), rank, number, result.room<int>(static_cast<std::size_t>(number)), on(at));
}

}  // namespace MPI4CXX
