#pragma once

#include <mpi4cxx/topocomm.hpp>

#include <vector>

namespace MPI4CXX {

/// A communicator whose processes form a Cartesian grid (MPI-4.0, 8.5).
class MPI4CXX_API Cartcomm final : public detail::DupMethods<Cartcomm, Topocomm> {
public:
    /// The extents of the grid, whether each dimension wraps around, and the coordinates of this process.
    struct Topo {
        std::vector<int> dims, periods, coords;
    };
    /// The neighbours that a shift receives from and sends to; PROC_NULL beyond an edge.
    struct Neighbors {
        int source, dest;
    };

    static constexpr auto comm_class = detail::CommClass::cartcomm;

    Cartcomm() noexcept = default;
    Cartcomm(Cartcomm&&) noexcept = default;
    Cartcomm& operator=(Cartcomm&&) noexcept = default;
    explicit Cartcomm(const Cartcomm&, detail::take_a_const_reference_or_make_a_duplicate_with_Dup = {}) = delete;
    template <detail::IsA<Cartcomm> C> Cartcomm(C&, detail::take_a_const_reference_or_make_a_duplicate_with_Dup = {}) MPI4CXX_NO_COPY;
    detail::take_a_const_reference_or_make_a_duplicate_with_Dup operator=(const Cartcomm&) = delete;
    using DupMethods::DupMethods;

    /// Return the number of dimensions. Calls MPI_Cartdim_get (MPI-4.0, 8.5.5).
    [[nodiscard]] int Get_dim(At at = {}) const;
    /// Return the grid and this process's place in it. Calls MPI_Cart_get (MPI-4.0, 8.5.5).
    [[nodiscard]] Topo Get_topo(At at = {}) const {
        Topo topo;
        get_topo(topo.dims, topo.periods, topo.coords, at);
        return topo;
    }
    /// Return the process at `coords`. Calls MPI_Cart_rank (MPI-4.0, 8.5.5).
    [[nodiscard]] int Get_cart_rank(detail::IntList coords, At at = {}) const;
    /// Return the place of process `rank`. Calls MPI_Cart_coords (MPI-4.0, 8.5.5).
    [[nodiscard]] std::vector<int> Get_coords(int rank, At at = {}) const {
        std::vector<int> result;
        get_coords(rank, result, at);
        return result;
    }
    /// Return the neighbours `disp` steps away along dimension `direction`. Calls MPI_Cart_shift (MPI-4.0, 8.5.6).
    [[nodiscard]] Neighbors Shift(int direction, int disp, At at = {}) const;
    /// Return the subgrid of this process. The subgrid has the dimensions that `remain_dims` keeps; its processes have the same coordinates in the
    /// others. A single flag is for all dimensions.
    /// Calls MPI_Cart_sub (MPI-4.0, 8.5.7). Collective.
    [[nodiscard]] Cartcomm Sub(const detail::FlagList& remain_dims, At at = {}) const;

    [[nodiscard]] int dim(At at = {}) const { return Get_dim(at); }
    [[nodiscard]] int ndim(At at = {}) const { return Get_dim(at); }
    [[nodiscard]] Topo topo(At at = {}) const { return Get_topo(at); }
    [[nodiscard]] std::vector<int> dims(At at = {}) const { return Get_topo(at).dims; }
    [[nodiscard]] std::vector<int> periods(At at = {}) const { return Get_topo(at).periods; }
    [[nodiscard]] std::vector<int> coords(At at = {}) const { return Get_topo(at).coords; }

private:
    void get_topo(detail::AnyVector dims, detail::AnyVector periods, detail::AnyVector coords, At at) const;
    void get_coords(int rank, detail::AnyVector result, At at) const;
};

namespace detail {
MPI4CXX_API void compute_dims(int nnodes, const IntOrList& dims, AnyVector result, At at);
}

/// Return extents whose product is `nnodes`, as equal as possible; entries of `dims` that are not 0 are kept. A number stands
/// for as many zeros. Calls MPI_Dims_create (MPI-4.0, 8.5.2).
[[nodiscard]] inline std::vector<int> Compute_dims(int nnodes, detail::IntOrList dims, At at = {}) {
    std::vector<int> result;
    detail::compute_dims(nnodes, dims, result, at);
    return result;
}

}  // namespace MPI4CXX
