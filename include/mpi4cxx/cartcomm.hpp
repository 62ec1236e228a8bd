#pragma once

#include <mpi4cxx/topocomm.hpp>

#include <initializer_list>
#include <span>
#include <vector>

namespace mpi4cxx {

/// A communicator whose processes form a Cartesian grid (MPI-4.0, 8.5).
class MPI4CXX_API Cartcomm final : public Topocomm {
public:
    /// The extents of the grid, which of them wrap around, and this process's place.
    struct Topo {
        std::vector<int> dims, periods, coords;
    };
    /// The neighbours that a shift receives from and sends to; PROC_NULL beyond an edge.
    struct Neighbors {
        int source, dest;
    };

    Cartcomm() noexcept = default;
    static Cartcomm take(MPI_Comm raw, At at = {}) { return Cartcomm(owned(raw, at), detail::Ownership::own); }
    static Cartcomm borrow(MPI_Comm raw) noexcept { return Cartcomm(raw, detail::Ownership::borrow); }
    static Cartcomm f2c(MPI_Fint handle) noexcept { return borrow(MPI_Comm_f2c(handle)); }

    /// Return a grid of the same shape with messages of its own. Calls MPI_Comm_dup (MPI-4.0, 7.4.2). Collective.
    [[nodiscard]] Cartcomm Dup(At at = {}) const;
    /// Return the number of dimensions. Calls MPI_Cartdim_get (MPI-4.0, 8.5.5).
    [[nodiscard]] int Get_dim(At at = {}) const;
    /// Return the grid and this process's place in it. Calls MPI_Cart_get (MPI-4.0, 8.5.5).
    [[nodiscard]] Topo Get_topo(At at = {}) const;
    /// Return the process at `coords`. Calls MPI_Cart_rank (MPI-4.0, 8.5.5).
    [[nodiscard]] int Get_cart_rank(std::span<const int> coords, At at = {}) const;
    [[nodiscard]] int Get_cart_rank(std::initializer_list<int> coords, At at = {}) const {
        return Get_cart_rank(std::span(coords.begin(), coords.size()), at);
    }
    /// Return the place of process `rank`. Calls MPI_Cart_coords (MPI-4.0, 8.5.5).
    [[nodiscard]] std::vector<int> Get_coords(int rank, At at = {}) const;
    /// Return the neighbours `disp` steps away along dimension `direction`. Calls MPI_Cart_shift (MPI-4.0, 8.5.6).
    [[nodiscard]] Neighbors Shift(int direction, int disp, At at = {}) const;

private:
    using Topocomm::Topocomm;
};

/// Return extents whose product is `nnodes`, as equal as possible; entries of `dims` that are not 0 are kept.
/// Calls MPI_Dims_create (MPI-4.0, 8.5.2).
[[nodiscard]] MPI4CXX_API std::vector<int> Compute_dims(int nnodes, std::vector<int> dims, At at = {});

}  // namespace mpi4cxx
