// The checks of one-sided accesses that are not plain at first sight.
#include <mpi4cxx/detail/windows/window_state.hpp>
#include <mpi4cxx/error.hpp>

#include "handles/datatype_name.hpp"
#include "handles/element_kind.hpp"
#include "windows/window_private.hpp"

#include <algorithm>
#include <cstddef>
#include <string>

namespace MPI4CXX::detail {

namespace {

/// 128 bits, because a displacement times its unit may not fit 64.
__extension__ using Wide = __int128;

void check_epoch(const WindowState& state, const Access& access) {
    check_target(state, access.target_rank, access.caller);
    const bool is_open = state.open_to_all != WindowState::OpenToAll::no || state.own->access(access.target_rank) != WindowState::Access::none;
    if (!is_open)
        misuse(access.caller, "no epoch is open for rank " + std::to_string(access.target_rank) +
                                  ": call Fence, Start, Lock or Lock_all before, or hold a guard such as `const auto epoch = win.lock(" +
                                  std::to_string(access.target_rank) + ")`");
}

/// Throws unless the elements of the origin are those of the window.
void check_element(const WindowState& state, const Access& access, MPI_Datatype type, Place where) {
    if (state.element_type == MPI_DATATYPE_NULL || are_alike(type, state.element_type, where))
        return;
    if (access.element != nullptr || access.strided != nullptr || Datatype::borrow(type).is_named())
        misuse(access.caller, "the buffer has elements of " + datatype_name(type) + ", the window of " + datatype_name(state.element_type) +
                                  ": where that is meant, name the target as {displacement, count, datatype}");
}

/// Throws unless the range lies in the memory of the target, and has as many bytes of data as the origin.
void check_range(const WindowState& state, const Access& access, const TargetRange& range, Place where) {
    const MPI_Count sent = access.count * get<MPI_Type_size_x>(access.type, where), used = range.count * get<MPI_Type_size_x>(range.type, where);
    if (sent != used)
        misuse(access.caller, "the buffer has " + std::to_string(sent) + " bytes of data, the target " + std::to_string(used));
    if (state.own->is_dynamic || (range.count == 0 && range.displacement >= 0))  // MPI refuses a negative displacement of nothing too
        return;
    MPI_Count lb = 0, extent = 0, true_lb = 0, true_extent = 0;
    call<MPI_Type_get_extent_x>(range.type, &lb, &extent, where);
    call<MPI_Type_get_true_extent_x>(range.type, &true_lb, &true_extent, where);
    const auto i = static_cast<std::size_t>(access.target_rank);
    const WindowState::Private::Target& target = state.own->targets[i];
    const Wide begin = Wide{range.displacement} * target.unit + true_lb, last = begin + Wide{range.count - 1} * extent;
    const Wide first = last < begin ? last : begin, end = (last < begin ? begin : last) + true_extent;
    if (range.displacement < 0 || first < 0 || end > Wide{target.bytes})
        misuse(access.caller, std::to_string(range.count) + " elements of " + datatype_name(range.type) + " at displacement " +
                                  std::to_string(range.displacement) + " exceed the " + std::to_string(target.bytes / target.unit) + " that rank " +
                                  std::to_string(access.target_rank) + " has");
}

}  // namespace

bool are_alike(MPI_Datatype a, MPI_Datatype b, Place where) {
    const auto may_be_integer = [](MPI_Datatype type) { return Datatype::borrow(type).is_named() && !is_floating(type) && !is_minloc_pair(type); };
    return a == b || (may_be_integer(a) && may_be_integer(b) && get<MPI_Type_size_x>(a, where) == get<MPI_Type_size_x>(b, where));
}

TargetRange check_access(const WindowState* state, const Access& access) {
    if (state->win == MPI_WIN_NULL)
        refuse_null_window(access.caller);
    if (access.target.count == Target::of_null_type)
        refuse_null(MPI_ERR_TYPE, access.caller.method, "the datatype of the target is null: it was never made, moved from or freed",
                    access.caller.at);
    if (access.target.count < -1)
        misuse(access.caller, "a target of " + std::to_string(access.target.count) + " elements");
    const Place where = state->on(access.caller.at);
    const MPI_Datatype element = access.strided != nullptr ? access.strided->element : access.type;
    const MPI_Count elements = access.strided != nullptr ? access.count * access.strided->elements : access.count;
    TargetRange range{access.target.displacement, access.target.count < 0 ? elements : access.target.count, access.target.type};
    const bool is_named = range.type != MPI_DATATYPE_NULL;
    if (!is_named)
        range.type = element;
    if (!state->own->is_made || access.target_rank == MPI_PROC_NULL)
        return range;
    check_epoch(*state, access);
    if (!is_named) {
        if (access.element != nullptr && access.element->number != nullptr && access.element->number() == state->element_type) {
            range.type = state->element_type;  // arrays in a window of their numbers
            if (access.target.count < 0)
                range.count *= access.element->numbers;
        } else {
            check_element(*state, access, element, where);
        }
    }
    check_range(*state, access, range, where);
    const WindowState::Private::Target& target = state->own->targets[static_cast<std::size_t>(access.target_rank)];
    if (target.shift != 0)
        range.displacement = range.displacement * target.unit + target.shift;
    return range;
}

}  // namespace MPI4CXX::detail
