#include <mpi4cxx/cartcomm.hpp>

#include "communicators/dropped_communicators.hpp"

#include <utility>

namespace MPI4CXX {

using detail::call;
using detail::get;

int Cartcomm::Get_dim(At at) const { return get<MPI_Cartdim_get>(handle(), on(at)); }

Cartcomm::Topo Cartcomm::Get_topo(At at) const {
    const auto dims = static_cast<std::size_t>(Get_dim(at));
    Topo topo{std::vector<int>(dims), std::vector<int>(dims), std::vector<int>(dims)};
    call<MPI_Cart_get>(handle(), static_cast<int>(dims), topo.dims.data(), topo.periods.data(), topo.coords.data(), on(at));
    return topo;
}

int Cartcomm::Get_cart_rank(detail::IntList coords, At at) const {
    const auto dims = static_cast<std::size_t>(Get_dim(at));
    if (coords.size() != dims)
        detail::misuse(at, std::to_string(coords.size()) + " coordinates for " + std::to_string(dims) + " dimensions");
    return get<MPI_Cart_rank>(handle(), coords.data(), on(at));
}

std::vector<int> Cartcomm::Get_coords(int rank, At at) const {
    if (const int size = Get_size(at); rank < 0 || rank >= size)  // Open MPI 4.1 lets `size` pass
        detail::misuse(at, "process " + std::to_string(rank) + " in a grid of " + std::to_string(size));
    std::vector<int> coords(static_cast<std::size_t>(Get_dim(at)));
    call<MPI_Cart_coords>(handle(), rank, static_cast<int>(coords.size()), coords.data(), on(at));
    return coords;
}

Cartcomm::Neighbors Cartcomm::Shift(int direction, int disp, At at) const {
    if (const int dims = Get_dim(at); direction < 0 || direction >= dims)  // Open MPI 4.1 does not look
        detail::misuse(at, "direction " + std::to_string(direction) + " in a grid of " + std::to_string(dims) + " dimensions");
    Neighbors result{PROC_NULL, PROC_NULL};
    call<MPI_Cart_shift>(handle(), direction, disp, &result.source, &result.dest, on(at));
    return result;
}

Cartcomm Cartcomm::Sub(const detail::FlagList& remain_dims, At at) const {
    const auto dims = static_cast<std::size_t>(Get_dim(at));
    const std::optional<std::vector<int>> remain = remain_dims.of(dims);
    if (!remain)
        detail::misuse(at, std::to_string(remain_dims.size()) + " flags for " + std::to_string(dims) + " dimensions");
    Cartcomm sub = take(detail::made(get<MPI_Cart_sub>(handle(), remain->data(), on(at)), on(at)), at);
    return sub ? std::move(sub) : COMM_SELF.Create_cart({}, {}, false, at);  // of no dimensions MPICH 4.0 makes one only on the first process
}

std::vector<int> Compute_dims(int nnodes, detail::IntOrList dims, At at) {
    const int free = dims.one().value_or(0);
    if (free < 0)
        detail::misuse(at, std::to_string(free) + " dimensions");
    std::vector<int> result(dims.begin(), dims.end());
    result.resize(dims.size() + static_cast<std::size_t>(free));
    call<MPI_Dims_create>(nnodes, static_cast<int>(result.size()), result.data(), at);
    return result;
}

}  // namespace MPI4CXX
