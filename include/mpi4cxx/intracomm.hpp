#pragma once

#include <mpi4cxx/comm.hpp>

#include <optional>
#include <span>

namespace mpi4cxx {

/// A communicator of one group (MPI-4.0, 7.2).
class MPI4CXX_API Intracomm : public Comm {
public:
    Intracomm() noexcept = default;
    static Intracomm take(MPI_Comm raw, At at = {}) { return Intracomm(owned(raw, at), detail::Ownership::own); }
    static Intracomm borrow(MPI_Comm raw) noexcept { return Intracomm(raw, detail::Ownership::borrow); }
    static Intracomm f2c(MPI_Fint handle) noexcept { return borrow(MPI_Comm_f2c(handle)); }

    /// Return a communicator of the same group with messages of its own. Calls MPI_Comm_dup (MPI-4.0, 7.4.2). Collective.
    [[nodiscard]] Intracomm Dup(At at = {}) const;
    /// Return a communicator of the processes that give the same `color`, in the order of `key`; null where `color` is UNDEFINED.
    /// Calls MPI_Comm_split (MPI-4.0, 7.4.2). Collective.
    [[nodiscard]] Intracomm Split(int color = 0, int key = 0, At at = {}) const;
    /// Return a communicator with a Cartesian grid; null on processes that are left over. `periods` are false where not given.
    /// Calls MPI_Cart_create (MPI-4.0, 8.5.1). Collective.
    [[nodiscard]] Cartcomm Create_cart(std::span<const int> dims, std::span<const bool> periods = {}, bool reorder = false, At at = {}) const;
    [[nodiscard]] Cartcomm Create_cart(std::span<const int> dims, std::initializer_list<bool> periods, bool reorder = false, At at = {}) const;
    [[nodiscard]] Cartcomm Create_cart(std::initializer_list<int> dims, std::initializer_list<bool> periods = {}, bool reorder = false,
                                       At at = {}) const;

    /// Combine the elements of ranks 0 to this one. Calls MPI_Scan (MPI-4.0, 6.11.1). Collective.
    void Scan(ConstBuf sendbuf, Buf recvbuf, const Op& op = SUM, At at = {}) const;
    /// Combine the elements of the ranks below this one; `recvbuf` is undefined on rank 0. Calls MPI_Exscan (MPI-4.0, 6.11.2). Collective.
    void Exscan(ConstBuf sendbuf, Buf recvbuf, const Op& op = SUM, At at = {}) const;

    /// Combine the objects of ranks 0 to this one, in their order. Collective.
    template <Serializable T, class F = decltype((SUM))> [[nodiscard]] T scan(const T& object, F&& op = SUM, At at = {}) const {
        if constexpr (detail::Native<T, F> || detail::Callable<T, F>) {
            T result{};
            detail::with_op<T>(
                op, [&](const Op& mpi_op) { Scan(object, result, mpi_op, at); }, at);
            return result;
        } else {
            return *combine_lower(object, op, static_cast<std::size_t>(Get_rank(at)) + 1, at);
        }
    }
    /// Combine the objects of the ranks below this one, in their order; nothing on rank 0. Collective.
    template <Serializable T, class F = decltype((SUM))> [[nodiscard]] std::optional<T> exscan(const T& object, F&& op = SUM, At at = {}) const {
        const auto rank = static_cast<std::size_t>(Get_rank(at));
        if constexpr (detail::Native<T, F> || detail::Callable<T, F>) {
            T result{};
            detail::with_op<T>(
                op, [&](const Op& mpi_op) { Exscan(object, result, mpi_op, at); }, at);
            return rank == 0 ? std::nullopt : std::optional<T>(result);
        } else {
            return combine_lower(object, op, rank, at);
        }
    }

private:
    template <class T, class F> std::optional<T> combine_lower(const T& object, F& op, std::size_t end, At at) const {
        const auto combine = [&](const detail::Exchange& objects) {
            return end == 0 ? std::nullopt : std::optional<T>(detail::fold<T>(objects, end, op));
        };
        return detail::exchange<T>(*this, detail::Pattern::allgather, detail::one_packed(object), 0, combine, at);
    }

protected:
    using Comm::Comm;
};

extern MPI4CXX_API const Intracomm COMM_NULL;
/// This process alone.
extern MPI4CXX_API const Intracomm COMM_SELF;
/// All processes that were started together.
extern MPI4CXX_API const Intracomm COMM_WORLD;

}  // namespace mpi4cxx
