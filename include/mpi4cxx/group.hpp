#pragma once

#include <mpi4cxx/constants.hpp>
#include <mpi4cxx/detail/mpi/any_vector.hpp>
#include <mpi4cxx/detail/mpi/int_list.hpp>
#include <mpi4cxx/fortran.hpp>
#include <mpi4cxx/handle.hpp>

#include <initializer_list>
#include <span>
#include <string>
#include <vector>

namespace MPI4CXX {

/// An ordered set of processes (MPI-4.0, 7.3). Freeing is local.
class MPI4CXX_API Group : public Handle<Group>, public Fortran<Group> {
public:
    /// The ranks `first`, `first + stride`, … up to `last`; downwards if `stride` is negative.
    struct Range {
        int first, last, stride = 1;
    };

    Group() noexcept = default;
    static Group take(MPI_Group raw) noexcept { return Group(raw, detail::Ownership::own); }
    static Group borrow(MPI_Group raw) noexcept { return Group(raw, detail::Ownership::borrow); }

    /// Return the processes of a process set of a session, see Session::Create_group. Calls MPI_Group_from_session_pset (MPI-4.0, 7.3.2).
    [[nodiscard]] static Group Create_from_session_pset(const Session& session, const std::string& pset_name, At at = {});

    /// Return the number of processes. Calls MPI_Group_size (MPI-4.0, 7.3.1).
    [[nodiscard]] int Get_size(At at = {}) const { return detail::get<MPI_Group_size>(handle(), at); }
    /// Return the rank of this process in the group, UNDEFINED if the process is not in the group. Calls MPI_Group_rank (MPI-4.0, 7.3.1).
    [[nodiscard]] int Get_rank(At at = {}) const { return detail::get<MPI_Group_rank>(handle(), at); }
    /// Return what these ranks of this group are in `group`: UNDEFINED for a process that is not in it, PROC_NULL for PROC_NULL. Without
    /// `group`, in that of COMM_WORLD; without `ranks`, of all. A rank that this group does not have throws std::invalid_argument. Calls
    /// MPI_Group_translate_ranks (MPI-4.0, 7.3.1).
    [[nodiscard]] std::vector<int> Translate_ranks(detail::IntList ranks, const Group& group, At at = {}) const {
        std::vector<int> result;
        translate(&ranks, &group, result, at);
        return result;
    }
    [[nodiscard]] std::vector<int> Translate_ranks(detail::IntList ranks, At at = {}) const {
        std::vector<int> result;
        translate(&ranks, nullptr, result, at);
        return result;
    }
    [[nodiscard]] std::vector<int> Translate_ranks(const Group& group, At at = {}) const {
        std::vector<int> result;
        translate(nullptr, &group, result, at);
        return result;
    }
    [[nodiscard]] std::vector<int> Translate_ranks(At at = {}) const {
        std::vector<int> result;
        translate(nullptr, nullptr, result, at);
        return result;
    }
    [[nodiscard]] static std::vector<int> Translate_ranks(const Group& group1, detail::IntList ranks1, const Group& group2, At at = {}) {
        return group1.Translate_ranks(ranks1, group2, at);
    }
    /// Return IDENT, SIMILAR (the same processes in another order) or UNEQUAL. Calls MPI_Group_compare (MPI-4.0, 7.3.1).
    [[nodiscard]] static Comparison Compare(const Group& group1, const Group& group2, At at = {});

    /// Return a group of the same processes. Calls MPI_Group_union (MPI-4.0, 7.3.2).
    [[nodiscard]] Group Dup(At at = {}) const;
    /// Return the processes of `group1`, then those of `group2` that are not among them. Calls MPI_Group_union (MPI-4.0, 7.3.2).
    [[nodiscard]] static Group Union(const Group& group1, const Group& group2, At at = {});
    /// Return the processes of `group1` that are in `group2` as well. Calls MPI_Group_intersection (MPI-4.0, 7.3.2).
    [[nodiscard]] static Group Intersection(const Group& group1, const Group& group2, At at = {});
    [[nodiscard]] static Group Intersect(const Group& group1, const Group& group2, At at = {}) { return Intersection(group1, group2, at); }
    /// Return the processes of `group1` that are not in `group2`. Calls MPI_Group_difference (MPI-4.0, 7.3.2).
    [[nodiscard]] static Group Difference(const Group& group1, const Group& group2, At at = {});
    /// Return the group of these ranks, in this order. Calls MPI_Group_incl (MPI-4.0, 7.3.2).
    [[nodiscard]] Group Incl(detail::IntList ranks, At at = {}) const;
    /// Return the group of all but these ranks. Calls MPI_Group_excl (MPI-4.0, 7.3.2).
    [[nodiscard]] Group Excl(detail::IntList ranks, At at = {}) const;
    /// Return the group of the ranks in these ranges, in this order: `Range_incl({{0, 6, 2}, {7, 9}})`. Calls MPI_Group_range_incl (MPI-4.0, 7.3.2).
    [[nodiscard]] Group Range_incl(std::span<const Range> ranges, At at = {}) const;
    [[nodiscard]] Group Range_incl(std::initializer_list<Range> ranges, At at = {}) const;
    /// Return the group of all ranks outside these ranges. Calls MPI_Group_range_excl (MPI-4.0, 7.3.2).
    [[nodiscard]] Group Range_excl(std::span<const Range> ranges, At at = {}) const;
    [[nodiscard]] Group Range_excl(std::initializer_list<Range> ranges, At at = {}) const;
    /// Free the group. Calls MPI_Group_free (MPI-4.0, 7.3.3). Local.
    void Free(At at = {}) { free(at); }

    [[nodiscard]] int size(At at = {}) const { return Get_size(at); }
    [[nodiscard]] int rank(At at = {}) const { return Get_rank(at); }

private:
    using Handle::Handle;
    friend Comm;
    friend Intercomm;
    friend Intracomm;
    friend Session;
    /// Returns a group of the same session.
    [[nodiscard]] Group made_from(MPI_Group raw) const noexcept;
    static Group take(MPI_Group raw, MPI_Session session) noexcept;
    /// The session of a communicator that is made of this group; null if there is none.
    [[nodiscard]] MPI_Session session() const noexcept;
    /// Of all ranks, and to the group of COMM_WORLD, where these are null.
    void translate(const detail::IntList* ranks, const Group* group, detail::AnyVector result, At at) const;

    MPI_Session session_ = MPI_SESSION_NULL;
};

extern MPI4CXX_API const Group GROUP_NULL;
/// The group without members.
extern MPI4CXX_API const Group GROUP_EMPTY;

}  // namespace MPI4CXX
