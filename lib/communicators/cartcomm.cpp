#include <mpi4cxx/cartcomm.hpp>

#include "communicators/dropped_handles.hpp"
#include "communicators/session_members.hpp"
#include "runtime/finalize.hpp"

#include <algorithm>
#include <utility>

namespace MPI4CXX {

using detail::call;
using detail::get;

int Cartcomm::Get_dim(At at) const { return get<MPI_Cartdim_get>(handle(), on(at)); }

void Cartcomm::get_topo(detail::AnyVector dims, detail::AnyVector periods, detail::AnyVector coords, At at) const {
    const int number = Get_dim(at);
    const auto size = static_cast<std::size_t>(number);
    call<MPI_Cart_get>(handle(), number, dims.room<int>(size), periods.room<int>(size), coords.room<int>(size), on(at));
}

int Cartcomm::Get_cart_rank(detail::IntList coords, At at) const {
    const auto dims = static_cast<std::size_t>(Get_dim(at));
    if (coords.size() != dims)
        detail::misuse(at, std::to_string(coords.size()) + " coordinates for " + std::to_string(dims) + " dimensions");
    return get<MPI_Cart_rank>(handle(), coords.data(), on(at));
}

void Cartcomm::get_coords(int rank, detail::AnyVector result, At at) const {
    if (const int size = Get_size(at); rank < 0 || rank >= size)  // Open MPI 4.1 lets `size` pass
        detail::misuse({at, "Get_coords"}, "process " + std::to_string(rank) + " in a grid of " + std::to_string(size));
    const int dims = Get_dim(at);
    call<MPI_Cart_coords>(handle(), rank, dims, result.room<int>(static_cast<std::size_t>(dims)), on(at));
}

Cartcomm::Neighbors Cartcomm::Shift(int direction, int disp, At at) const {
    if (const int dims = Get_dim(at); direction < 0 || direction >= dims)  // Open MPI 4.1 does not check
        detail::misuse(at, "direction " + std::to_string(direction) + " in a grid of " + std::to_string(dims) + " dimensions");
    if (const int size = Get_size(at); disp < -size || disp > size) {  // MPICH adds `disp` to a coordinate in 32 bits
        const Topo grid = Get_topo(at);
        const auto i = static_cast<std::size_t>(direction);
        if (grid.periods[i] != 0)
            disp %= grid.dims[i];
    }
    Neighbors result{PROC_NULL, PROC_NULL};
    call<MPI_Cart_shift>(handle(), direction, disp, &result.source, &result.dest, on(at));
    return result;
}

Cartcomm Cartcomm::Sub(const detail::FlagList& remain_dims, At at) const {
    const auto dims = static_cast<std::size_t>(Get_dim(at));
    const std::optional<std::vector<int>> remain = remain_dims.of(dims);
    if (!remain)
        detail::misuse(at, std::to_string(remain_dims.size()) + " flags for " + std::to_string(dims) + " dimensions");
    if (std::none_of(remain->begin(), remain->end(), [](int flag) { return flag != 0; }))
        detail::need_world_for_empty_grid("MPI_Cart_sub", Get_size(at), on(at));
    Cartcomm sub = take(detail::made(get<MPI_Cart_sub>(handle(), remain->data(), on(at)), on(at)), at);
    if (sub)
        return sub;
    // With no dimensions, MPICH 4.0 makes one on the first process only.
    const Intracomm alone =
        detail::has_world() ? Intracomm::borrow(MPI_COMM_SELF) : Create_from_group(Get_group(at).Incl({Get_rank(at)}, at), "alone");
    return alone.Create_cart({}, {}, false, at);
}

void detail::compute_dims(int nnodes, const IntOrList& dims, AnyVector result, At at) {
    const int free = dims.one().value_or(0);
    if (free < 0)
        misuse({at, "Compute_dims"}, std::to_string(free) + " dimensions");
    const std::size_t size = dims.size() + static_cast<std::size_t>(free);
    int* const to = result.room<int>(size);
    std::fill(std::copy(dims.begin(), dims.end(), to), to + size, 0);
    call<MPI_Dims_create>(nnodes, static_cast<int>(size), to, at);
}

}  // namespace MPI4CXX
