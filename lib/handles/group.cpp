#include <mpi4cxx/group.hpp>

#include <mpi4cxx/error.hpp>

#include "runtime/finalize.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <string>

namespace MPI4CXX {

using detail::call;
using detail::get;
using detail::IntList;

const Group GROUP_NULL;
const Group GROUP_EMPTY = Group::borrow(MPI_GROUP_EMPTY);

namespace {

int length(const auto& range) { return static_cast<int>(range.size()); }

std::vector<std::array<int, 3>> triples(std::span<const Group::Range> ranges) {
    std::vector<std::array<int, 3>> result;
    for (const auto& [first, last, stride] : ranges) result.push_back({first, last, stride});
    return result;
}

// Returns the ranges as MPI takes them: int ranges[][3].
int (*raw(std::vector<std::array<int, 3>>& ranges))[3] { return reinterpret_cast<int(*)[3]>(ranges.data()); }

}  // namespace

Group Group::take(MPI_Group raw, MPI_Session session) noexcept {
    Group group = take(raw);
    group.session_ = session;
    return group;
}

Group Group::made_from(MPI_Group raw) const noexcept { return take(raw, session_); }
MPI_Session Group::session() const noexcept { return session_ != MPI_SESSION_NULL ? session_ : detail::only_session(); }

void Group::translate(const IntList* ranks, const Group* group, detail::AnyVector result, At at) const {
    if (group == nullptr) {
        if (detail::is_session_open() && !detail::has_world())
            detail::misuse({at, "Translate_ranks"}, "there is no COMM_WORLD: pass the group whose ranks are wanted");
        const Group world = take(get<MPI_Comm_group>(MPI_COMM_WORLD, at));
        return translate(ranks, &world, result, at);
    }
    const int size = Get_size(at);
    if (ranks == nullptr) {
        std::vector<int> all(static_cast<std::size_t>(size));
        std::iota(all.begin(), all.end(), 0);
        const IntList list(all);
        return translate(&list, group, result, at);
    }
    for (const int rank : *ranks)  // Open MPI 4.1 does not look
        if (rank != PROC_NULL && (rank < 0 || rank >= size))
            detail::misuse({at, "Translate_ranks"}, "rank " + std::to_string(rank) + " of a group of " + std::to_string(size));
    int* const to = result.room<int>(ranks->size());
    call<MPI_Group_translate_ranks>(handle(), length(*ranks), ranks->data(), group->handle(), to, at);
}

Comparison Group::Compare(const Group& group1, const Group& group2, At at) {
    return static_cast<Comparison>(get<MPI_Group_compare>(group1.handle(), group2.handle(), at));
}

Group Group::Dup(At at) const { return Union(*this, GROUP_EMPTY, at); }
Group Group::Union(const Group& group1, const Group& group2, At at) {
    const Group& known = group1.session_ != MPI_SESSION_NULL ? group1 : group2;
    return known.made_from(get<MPI_Group_union>(group1.handle(), group2.handle(), at));
}
Group Group::Intersection(const Group& group1, const Group& group2, At at) {
    return group1.made_from(get<MPI_Group_intersection>(group1.handle(), group2.handle(), at));
}
Group Group::Difference(const Group& group1, const Group& group2, At at) {
    return group1.made_from(get<MPI_Group_difference>(group1.handle(), group2.handle(), at));
}

namespace {

/// Throws an Exception if a rank is named twice, which some MPIs take. Ranks that the group does not have are left to MPI.
void check_distinct(std::vector<int> ranks, detail::Caller caller) {
    std::sort(ranks.begin(), ranks.end());
    if (const auto twice = std::adjacent_find(ranks.begin(), ranks.end()); twice != ranks.end())
        throw Exception(MPI_ERR_RANK, caller.method, "rank " + std::to_string(*twice) + " is named twice", caller.at);
}

void check_distinct(std::span<const Group::Range> ranges, const Group& group, detail::Caller caller) {
    const int size = group.Get_size(caller.at);
    std::vector<int> ranks;
    for (const auto& [first, last, stride] : ranges)
        for (std::int64_t rank = first; stride != 0 && rank >= 0 && rank < size && (stride > 0 ? rank <= last : rank >= last); rank += stride)
            ranks.push_back(static_cast<int>(rank));
    check_distinct(std::move(ranks), caller);
}

}  // namespace

Group Group::Incl(IntList ranks, At at) const {
    check_distinct({ranks.begin(), ranks.end()}, at);
    return made_from(get<MPI_Group_incl>(handle(), length(ranks), ranks.data(), at));
}

Group Group::Excl(IntList ranks, At at) const {
    check_distinct({ranks.begin(), ranks.end()}, at);
    return made_from(get<MPI_Group_excl>(handle(), length(ranks), ranks.data(), at));
}

Group Group::Range_incl(std::span<const Range> ranges, At at) const {
    check_distinct(ranges, *this, at);
    auto all = triples(ranges);
    return made_from(get<MPI_Group_range_incl>(handle(), length(all), raw(all), at));
}
Group Group::Range_incl(std::initializer_list<Range> ranges, At at) const { return Range_incl(std::span(ranges.begin(), ranges.size()), at); }

Group Group::Range_excl(std::span<const Range> ranges, At at) const {
    check_distinct(ranges, *this, at);
    auto all = triples(ranges);
    return made_from(get<MPI_Group_range_excl>(handle(), length(all), raw(all), at));
}
Group Group::Range_excl(std::initializer_list<Range> ranges, At at) const { return Range_excl(std::span(ranges.begin(), ranges.size()), at); }

}  // namespace MPI4CXX
