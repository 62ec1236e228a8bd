#include <mpi4cxx/win.hpp>

#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/error.hpp>

#include "communicators/argument_copies.hpp"
#include "communicators/serving.hpp"
#include "communicators/session_members.hpp"
#include "handles/attribute.hpp"
#include "handles/datatype_name.hpp"
#include "handles/element_kind.hpp"
#include "handles/error_handling.hpp"
#include "handles/hinted.hpp"
#include "handles/named.hpp"
#include "handles/reduction_operand.hpp"
#include "mpi/open_mpi_parameters.hpp"
#include "runtime/finalize.hpp"
#include "runtime/settings.hpp"
#include "runtime/text.hpp"
#include "windows/window_private.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace MPI4CXX {

using detail::call;
using detail::get;
using detail::TargetRange;
using detail::WindowState;

const Win WIN_NULL;

// Ownership ----------------------------------------------------------------------------------------------------------

// MPI is not asked about the window here: callbacks borrow windows that MPI is about to free.
Win::Win(MPI_Win raw, detail::Ownership ownership)
    : Handle(raw, ownership), state_(raw == MPI_WIN_NULL ? detail::null_window() : std::make_shared<WindowState>(raw)) {}

Win Win::take(MPI_Win raw, At at) {
    Win result(raw, detail::Ownership::own);
    if (raw == MPI_WIN_NULL)
        return result;
    call<MPI_Win_set_errhandler>(raw, detail::chosen_errhandler(), at);
    const Group group = result.Get_group(at);
    result.state_->rank = group.Get_rank(at);
    result.state_->size = group.Get_size(at);
    WindowState::Private& own = *result.state_->own;
    for (auto* const list : {&own.elements, &own.open}) list->resize(static_cast<std::size_t>(result.state_->size));
    own.targets.resize(own.elements.size());
    own.needs_flush_of_each =
        detail::leaves_out_waiting_operations() && result.flavor(at) != WIN_FLAVOR_SHARED && detail::OpenMpiParameters::may_have_ucx_windows();
    return result;
}

MPI_Win Win::release() && noexcept {
    state_->own->handle.leave();
    state_ = detail::null_window();
    return static_cast<Handle&&>(*this).release();
}

Win::~Win() {
    if (state_->own->handle.is_made() && detail::is_running())
        try {
            end(!detail::may_free(true) || detail::is_left_to_finalize(*this), {});
        } catch (const std::exception& error) {
            detail::warn_of_left_window(error);
            (void)static_cast<Handle&&>(*this).release();  // an epoch may be open, and the other processes do not free the window now
        }
    if (state_->win == MPI_WIN_NULL)  // it was freed as MPI_Finalize began
        (void)static_cast<Handle&&>(*this).release();
}

void Win::Free(At at) {
    state_->check_free(at);
    if (state_->own->handle.is_made())
        return end(false, at);
    free(at);
    state_ = detail::null_window();
}

void Win::end(bool drops, At at) {
    const std::shared_ptr<WindowState> state = std::exchange(state_, detail::null_window());
    const MPI_Win raw = static_cast<Handle&&>(*this).release();
    try {
        detail::end_window(*state, drops, at);
    } catch (...) {  // what could not be freed is still there
        *this = Win(raw, detail::Ownership::own);
        state_ = state;
        throw;
    }
}

// Creation -----------------------------------------------------------------------------------------------------------

namespace {

/// What the processes tell one another of a new window.
struct GivenMemory {
    std::int64_t bytes, unit;
    std::uint64_t type;  // its name as a number; 0 if the window has no element type
    std::int64_t shift;  // see WindowState::Private::Target
};

std::uint64_t number_of(MPI_Datatype type) { return type == MPI_DATATYPE_NULL ? 0 : detail::hash_of(detail::datatype_name(type)); }

/// Throws std::invalid_argument, on all processes or on none, if the window is typed and not all have given elements of one type.
void check_types(const std::vector<GivenMemory>& all, At at) {
    const auto typed = std::find_if(all.begin(), all.end(), [](const GivenMemory& given) { return given.type != 0; });
    if (typed == all.end())
        return;
    const auto rank = [&](auto given) { return std::to_string(given - all.begin()); };
    for (auto given = all.begin(); given != all.end(); ++given) {
        if (given->unit != typed->unit)
            detail::misuse({at, "Win"}, "the processes give elements of " + std::to_string(typed->unit) + " and of " + std::to_string(given->unit) +
                                            " bytes: a typed window has one type");
        if (given->type != 0 && given->type != typed->type)
            detail::misuse({at, "Win"},
                           "ranks " + rank(typed) + " and " + rank(given) + " give elements of different types: a typed window has one type");
    }
}

Aint bytes_of(Count count, std::size_t size, At at) {
    Aint bytes = 0;
    if (count < 0 || __builtin_mul_overflow(count, static_cast<Aint>(size), &bytes))
        detail::misuse({at, "Win"}, "a window of " + std::to_string(count) + " elements of " + std::to_string(size) + " bytes");
    return bytes;
}

void check_unit(Aint size, int disp_unit, At at) {
    if (size < 0 || disp_unit <= 0)
        detail::misuse({at, "Win"}, "a window of " + std::to_string(size) + " bytes with displacements of " + std::to_string(disp_unit) + " bytes");
}

std::byte* base_of(const Win& win, At at) { return static_cast<std::byte*>(win.Get_attr(WIN_BASE, at).value_or(nullptr)); }

/// Returns how many bytes before `data` a window of that memory has to begin, so that MPI knows where that is.
Aint shift_of(const void* data) {
    const std::size_t step = detail::alignment_of_created_windows();
    return static_cast<Aint>(reinterpret_cast<std::uintptr_t>(data) % step);
}

/// Throws if the MPI would crash, because it makes no window of one process.
void check_members(const Intracomm& comm, const char* function, At at) {
    if (detail::crashes_without_world() && detail::is_session_open() && comm.Get_size(at) == 1)
        detail::need_world(function, "a window of one process", {at, comm.address()});
}

}  // namespace

Win Win::made(MPI_Win raw, Extent extent, const Intracomm& comm, At at) {
    Win result = take(raw, at);
    const detail::Place where(at, comm.address());
    WindowState& state = *result.state_;
    WindowState::Private& own = *state.own;
    own.handle = detail::CollectiveHandle(comm.handle(), where);
    own.is_made = true;
    detail::note_window(result.state_);
    own.is_dynamic = result.flavor(at) == WIN_FLAVOR_DYNAMIC;
    // Tools do not see the next call, because the program does not make it.
    const GivenMemory mine{own.is_dynamic ? 0 : static_cast<std::int64_t>(extent.count) * static_cast<std::int64_t>(extent.size) + extent.rest,
                           static_cast<std::int64_t>(extent.size), number_of(extent.type), extent.shift};
    std::vector<GivenMemory> all(static_cast<std::size_t>(state.size));
    constexpr int numbers = sizeof mine / sizeof(std::int64_t);
    call<PMPI_Allgather>(&mine, numbers, MPI_INT64_T, all.data(), numbers, MPI_INT64_T, comm.handle(), where);
    check_types(all, at);
    for (std::size_t i = 0; i < all.size(); ++i) {
        own.targets[i] = {static_cast<Aint>(all[i].bytes), static_cast<int>(all[i].unit), static_cast<Aint>(all[i].shift)};
        // Not every operation is for a text's characters, and shifted displacements are others. So these accesses need a closer look.
        if (extent.type != MPI_WCHAR && all[i].shift == 0)
            own.elements[i] = static_cast<std::uint64_t>(std::min<MPI_Aint>(all[i].bytes / all[i].unit, std::numeric_limits<int>::max()));
    }
    state.reachable = own.open.data();
    state.ranks = static_cast<unsigned>(state.size);
    state.element_type = extent.type;
    state.bytes = mine.bytes;
    if (!own.is_dynamic)
        state.base = base_of(result, at) + extent.shift;
    return result;
}

Win Win::create(void* data, Extent extent, const Intracomm& comm, const Info& info, At at) {
    check_members(comm, "MPI_Win_create", at);
    const Aint bytes = bytes_of(extent.count, extent.size, at) + extent.rest;
    extent.shift = bytes > 0 ? shift_of(data) : 0;
    const int unit = extent.shift == 0 ? static_cast<int>(extent.size) : 1;
    MPI_Win raw = get<MPI_Win_create>(static_cast<std::byte*>(data) - extent.shift, bytes + extent.shift, unit, info.handle(), comm.handle(),
                                      {at, comm.address()});
    return made(raw, extent, comm, at);
}

Win Win::create(const Buf& elements, std::size_t element_size, const Intracomm& comm, const Info& info, At at) {
    if (elements.strided)
        detail::misuse({at, "Create"}, "the memory of a window has to lie in one piece; this has gaps");
    return create(elements.data, Extent{elements.count, element_size, elements.type}, comm, info, at);
}

Win Win::Create(detail::WindowMemory region, int disp_unit, const Info& info, const Intracomm& comm, At at) {
    check_unit(static_cast<Aint>(region.bytes), disp_unit, at);
    return create(region.data, in_units(region.bytes, disp_unit), comm, info, at);
}

Win Win::allocate(Extent extent, bool shared, const Intracomm& comm, const Info& info, At at) {
    const Aint bytes = bytes_of(extent.count, extent.size, at) + extent.rest;
    const int unit = static_cast<int>(extent.size);
    const detail::Place where(at, comm.address());
    void* base = nullptr;
    MPI_Win raw = MPI_WIN_NULL;
    check_members(comm, "MPI_Win_allocate", at);
    if (shared) {
        call<MPI_Win_allocate_shared>(bytes, unit, info.handle(), comm.handle(), &base, &raw, where);
    } else {
        Info with_gaps;
        if (detail::needs_gaps_in_allocated_windows()) {
            with_gaps = info.is_null() ? Info::Create(at) : info.Dup(at);
            with_gaps.Set("alloc_shared_noncontig", "true", at);
        }
        call<MPI_Win_allocate>(bytes, unit, with_gaps.is_null() ? info.handle() : with_gaps.handle(), comm.handle(), &base, &raw, where);
    }
    return made(raw, extent, comm, at);
}

Win Win::Allocate(Aint size, int disp_unit, const Info& info, const Intracomm& comm, At at) {
    check_unit(size, disp_unit, at);
    return allocate(in_units(size, disp_unit), false, comm, info, at);
}

Win Win::Allocate_shared(Aint size, int disp_unit, const Info& info, const Intracomm& comm, At at) {
    check_unit(size, disp_unit, at);
    return allocate(in_units(size, disp_unit), true, comm, info, at);
}

Win Win::Create_dynamic(const Info& info, const Intracomm& comm, At at) {
    check_members(comm, "MPI_Win_create_dynamic", at);
    return made(get<MPI_Win_create_dynamic>(info.handle(), comm.handle(), {at, comm.address()}), {0, 1}, comm, at);
}

// MPICH attaches no bytes, but refuses to detach them. Here they are a part of the window without a call.
void Win::Attach(detail::WindowMemory region, At at) const {
    WindowState::Private& own = *state(at).own;
    if (own.is_dynamic && region.bytes == 0)
        return;
    if (own.is_dynamic && region.bytes > 0)
        own.attached.add(region.data, static_cast<std::size_t>(region.bytes), {at, "Attach"});
    try {
        call<MPI_Win_attach>(handle(), region.data, static_cast<Aint>(region.bytes), on(at));
    } catch (...) {
        own.attached.remove(region.data);
        throw;
    }
}

void Win::Detach(detail::MemoryRegion region, At at) const {
    WindowState::Private& own = *state(at).own;
    if (own.is_dynamic && region.bytes == 0 && !own.attached.has(region.data))
        return;
    if (own.is_dynamic)
        own.attached.check(region.data, {at, "Detach"});
    call<MPI_Win_detach>(handle(), region.data, on(at));
    own.attached.remove(region.data);
}

// Queries ------------------------------------------------------------------------------------------------------------

SharedMemory Win::Shared_query(int rank, At at) const {
    Aint size = 0;
    int disp_unit = 0;
    std::byte* base = nullptr;
    const auto query = [&](int of) { call<MPI_Win_shared_query>(handle(), of, &size, &disp_unit, &base, on(at)); };
    query(rank);
    // Of PROC_NULL, MPICH 4.2 finds no memory in a communicator of one process.
    for (int first = 0; rank == PROC_NULL && size == 0 && first < group_size(at); ++first) query(first);
    return {{base, static_cast<std::size_t>(size)}, disp_unit};
}

std::span<std::byte> Win::tomemory(At at) const {
    const WindowState& known = state(at);
    if (known.own->is_made)
        return {known.base, static_cast<std::size_t>(known.bytes)};
    return {base_of(*this, at), static_cast<std::size_t>(Get_attr(WIN_SIZE, at).value_or(0))};
}

Group Win::Get_group(At at) const { return Group::take(get<MPI_Win_get_group>(handle(), on(at))); }

WindowState& Win::state(At at, const char* method) const {
    if (state_->win == MPI_WIN_NULL)
        detail::refuse_null_window({at, method});
    return *state_;
}

void Win::check_type(MPI_Datatype type, std::string_view name, At at) const {
    const WindowState& known = state(at, "Win::span");
    if (known.element_type != MPI_DATATYPE_NULL && known.element_type != type)
        detail::misuse({at, "Win::span"},
                       "elements of " + std::string(name) + " in a window of " + detail::datatype_name(known.element_type) + ": see tomemory()");
}

// Communication ------------------------------------------------------------------------------------------------------

namespace {

/// Returns the target of a call that has been passed on in parts.
Target target_from(Aint displacement, Count count, MPI_Datatype type) {
    Target target(displacement, count);
    target.type = type;
    return target;
}

using Origin = detail::BufferParts<const void*>;
using Result = detail::BufferParts<void*>;

/// Describes the operand of an accumulate call as the operation takes it.
template <class Buffer> void accept(Buffer& buf, const Op& op, const char* name, detail::Caller caller) {
    if (op.is_null())
        detail::refuse_null(MPI_ERR_OP, caller.method, "the operation is null", caller.at);
    if (!op.is_plain())
        detail::misuse(caller,
                       "one-sided calls take predefined operations only (MPI-4.0, 12.3.4): combine with Get and Put under an exclusive lock, "
                       "or by sync::Mutex");
    const detail::ElementType* const element = buf.element;
    const bool is_class = element != nullptr && element->number == nullptr && !element->is_bool;
    if (is_class && (element->pair != nullptr ? !detail::takes_pairs(op) : !Datatype::borrow(buf.type).is_named()))
        detail::misuse(caller, "one-sided calls combine numbers, or pairs by MINLOC and MAXLOC, and " + std::string(name) + " holds " +
                                   std::string(element->name) + ": combine with Get and Put under an exclusive lock, or by sync::Mutex");
    detail::accept_operand(buf, op, name, caller);
    detail::check_operation(op, buf.type, caller);
    if (op.handle_for(buf.type) != op.handle())  // and MPI takes no operation of the library's here
        throw Exception(MPI_ERR_UNSUPPORTED_OPERATION, caller.method,
                        "this MPI compares " + detail::datatype_name(buf.type) + " as if they were signed: use a signed type, or Compare_and_swap",
                        caller.at);
}

/// Returns the target of an accumulate call. A window of structs is one of the pairs that the structs are laid out as, and one of arrays has their
/// numbers.
template <class Buffer> Target target_of(Target target, const Buffer& buf, const Buffer& operand, const WindowState& state) {
    const detail::ElementType* const element = buf.element;
    if (target.type != MPI_DATATYPE_NULL || element == nullptr || operand.type == buf.type || buf.type != state.element_type)
        return target;
    target.type = operand.type;
    if (element->number != nullptr && target.count > 0)
        target.count *= element->numbers;
    return target;
}

template <class Address> void check_one_number(const detail::BufferParts<Address>& buf, const char* name, detail::Caller caller) {
    if (buf.count != 1 || !Datatype::borrow(buf.type).is_named())
        detail::misuse(caller, "works on one number, the " + std::string(name) + " has " + std::to_string(buf.count) + " elements of " +
                                   detail::datatype_name(buf.type));
}

/// Throws std::invalid_argument unless origin and result have as many elements of one type, as far as that is known: what lies in memory with gaps on
/// one side may lie in one piece on the other.
void check_same_elements(const Origin& origin, const Result& result, detail::Caller caller) {
    if (origin.count == result.count && origin.type == result.type)
        return;
    const Datatype from = Datatype::borrow(origin.type), to = Datatype::borrow(result.type);
    const bool are_named = from.is_named() && to.is_named();
    if (are_named && origin.type != result.type)
        detail::misuse(caller, "origin holds " + detail::datatype_name(origin.type) + ", result " + detail::datatype_name(result.type));
    if (are_named)
        detail::misuse(caller, "origin has " + std::to_string(origin.count) + " elements, result " + std::to_string(result.count));
    const Count given = origin.count * from.Get_size(caller.at), wanted = result.count * to.Get_size(caller.at);
    if (given != wanted)
        detail::misuse(caller, "origin has " + std::to_string(given) + " bytes of data, result " + std::to_string(wanted));
}

/// Returns the range of the target in which a call works. Throws std::invalid_argument if the access is not allowed.
template <class Address> TargetRange range_of(const WindowState* state, const detail::BufferParts<Address>& buf, int target_rank,
                                              const Target& target, detail::Caller caller) {
    if (state->admits(buf, target_rank, target))
        return {target.displacement, buf.count, buf.type};
    return check_access(state, {buf.count, buf.type, buf.element, buf.strided.get(), target_rank, target, caller});
}

/// Returns the range of the target that an operation combines with elements of `buf`. Throws std::invalid_argument if the target is named as other
/// elements: MPIs would take their bytes for numbers of the origin's type. REPLACE and NO_OP only move bytes.
template <class Address> TargetRange combined_range(const WindowState* state, const detail::BufferParts<Address>& buf, int target_rank,
                                                    const Target& target, const Op& op, detail::Caller caller) {
    TargetRange range = range_of(state, buf, target_rank, target, caller);
    if (range.type == buf.type || !Datatype::borrow(range.type).is_named() || !Datatype::borrow(buf.type).is_named())
        return range;
    if (are_alike(buf.type, range.type, state->on(caller.at)))
        range.type = buf.type;  // Open MPI refuses another name of the same integer
    else if (op != REPLACE && op != NO_OP)
        detail::misuse(caller, "the operation would combine elements of " + detail::datatype_name(buf.type) + " with a target of " +
                                   detail::datatype_name(range.type) + ": convert them first");
    return range;
}

struct GetAccumulate {
    Origin origin;
    Result result;
    TargetRange from;
};

GetAccumulate plan_get_accumulate(const WindowState* state, const Origin& origin, const Result& result, int target_rank, const Target& target,
                                  const Op& op, detail::Caller caller) {
    Origin o = origin;
    Result r = result;
    accept(r, op, "result", caller);
    if (op == NO_OP) {
        o = {r.data, 0, r.type};  // what the origin has is not used
    } else {
        accept(o, op, "origin", caller);
        check_same_elements(o, r, caller);
    }
    const TargetRange from = combined_range(state, r, target_rank, target_of(target, result, r, *state), op, caller);
    if (op != NO_OP && o.data == r.data && o.count != 0)  // Open MPI would combine what it has read
        detail::misuse(caller, "origin and result are the same memory: what is read needs memory of its own");
    return {std::move(o), std::move(r), from};
}

}  // namespace

void Win::put_with_care(const void* origin, Count count, MPI_Datatype type, const detail::ElementType* element, const detail::Strided* strided,
                        int target_rank, Aint target_disp, Count target_count, MPI_Datatype target_type, const char* file, unsigned long line) const {
    const At at{file, line};
    const TargetRange to =
        check_access(state_.get(), {count, type, element, strided, target_rank, target_from(target_disp, target_count, target_type), {at, "Put"}});
    call<MPI_Put>(origin, count, type, target_rank, to.displacement, to.count, to.type, handle(), on(at));
}

void Win::get_with_care(void* origin, Count count, MPI_Datatype type, const detail::ElementType* element, const detail::Strided* strided,
                        int target_rank, Aint target_disp, Count target_count, MPI_Datatype target_type, const char* file, unsigned long line) const {
    const At at{file, line};
    const TargetRange from =
        check_access(state_.get(), {count, type, element, strided, target_rank, target_from(target_disp, target_count, target_type), {at, "Get"}});
    call<MPI_Get>(origin, count, type, target_rank, from.displacement, from.count, from.type, handle(), on(at));
}

void Win::Accumulate(const ConstBuf& origin, int target_rank, const Target& target, const Op& op, At at) const {
    ConstBuf o = origin;
    accept(o, op, "origin", at);
    const TargetRange to = combined_range(state_.get(), o, target_rank, target_of(target, origin, o, *state_), op, at);
    call<MPI_Accumulate>(o.data, o.count, o.type, target_rank, to.displacement, to.count, to.type, op.handle(), handle(), on(at));
}

Request Win::Raccumulate(const ConstBuf& origin, int target_rank, const Target& target, const Op& op, At at) const {
    check_locked(target_rank, at);
    ConstBuf o = origin;
    accept(o, op, "origin", at);
    const TargetRange to = combined_range(state_.get(), o, target_rank, target_of(target, origin, o, *state_), op, at);
    return Request::take(
        get<MPI_Raccumulate>(o.data, o.count, o.type, target_rank, to.displacement, to.count, to.type, op.handle(), handle(), on(at)));
}

void Win::Get_accumulate(const ConstBuf& origin, const Buf& result, int target_rank, const Target& target, const Op& op, At at) const {
    const auto [o, r, from] = plan_get_accumulate(state_.get(), origin, result, target_rank, target, op, at);
    call<MPI_Get_accumulate>(o.data, o.count, o.type, r.data, r.count, r.type, target_rank, from.displacement, from.count, from.type, op.handle(),
                             handle(), on(at));
}

Request Win::Rget_accumulate(const ConstBuf& origin, const Buf& result, int target_rank, const Target& target, const Op& op, At at) const {
    check_locked(target_rank, at);
    const auto [o, r, from] = plan_get_accumulate(state_.get(), origin, result, target_rank, target, op, at);
    return Request::take(get<MPI_Rget_accumulate>(o.data, o.count, o.type, r.data, r.count, r.type, target_rank, from.displacement, from.count,
                                                  from.type, op.handle(), handle(), on(at)));
}

void Win::fetch_with_care(const void* origin, Count count, MPI_Datatype type, const detail::ElementType* element, void* result, Count result_count,
                          MPI_Datatype result_type, const detail::ElementType* result_element, int target_rank, Aint target_disp, const Op& op,
                          const char* file, unsigned long line) const {
    const At at{file, line};
    const auto [o, r, from] = plan_get_accumulate(state_.get(), {origin, count, type, element}, {result, result_count, result_type, result_element},
                                                  target_rank, Target(target_disp), op, {at, "Fetch_and_op"});
    check_one_number(r, "result", {at, "Fetch_and_op"});
    if (op != NO_OP)
        check_one_number(o, "origin", {at, "Fetch_and_op"});
    if (!detail::can_fetch(r.type))
        return call<MPI_Get_accumulate>(o.data, o.count, o.type, r.data, r.count, r.type, target_rank, from.displacement, r.count, r.type,
                                        op.handle(), handle(), on(at));
    call<MPI_Fetch_and_op>(o.data, r.data, r.type, target_rank, from.displacement, op.handle(), handle(), on(at));
}

void Win::Compare_and_swap(const ConstBuf& origin, const ConstBuf& compare, const Buf& result, int target_rank, Aint target_disp, At at) const {
    if (origin.type != result.type || origin.type != compare.type || origin.count != 1 || compare.count != 1)
        detail::misuse(at, "origin, compare and result have to be one number of one type each");
    check_one_number(result, "result", at);
    if (result.data == origin.data || result.data == compare.data)
        detail::misuse(at, "the result is the memory of origin or of compare: what is read needs memory of its own");
    if (!detail::can_fetch(result.type))
        throw Exception(MPI_ERR_UNSUPPORTED_OPERATION, "MPI_Compare_and_swap",
                        "not supported by this MPI for elements of " + detail::datatype_name(result.type) + ", but for integers of 4 and 8 bytes",
                        on(at));
    const TargetRange from = range_of(state_.get(), result, target_rank, Target(target_disp), at);
    call<MPI_Compare_and_swap>(origin.data, compare.data, result.data, result.type, target_rank, from.displacement, handle(), on(at));
}

namespace {

/// Waits until the accesses to a rank have read and written this process's buffers.
void complete_locally(int target_rank, MPI_Win win, detail::Place where) {
    if (target_rank != PROC_NULL)
        call<MPI_Win_flush_local>(target_rank, win, where);
}

}  // namespace

Request Win::Rput(const ConstBuf& origin, int target_rank, const Target& target, At at) const {
    check_locked(target_rank, at);
    const TargetRange to = range_of(state_.get(), origin, target_rank, target, at);
    if (detail::crashes_in_dynamic_requests() && flavor(at) == WIN_FLAVOR_DYNAMIC) {
        call<MPI_Put>(origin.data, origin.count, origin.type, target_rank, to.displacement, to.count, to.type, handle(), on(at));
        complete_locally(target_rank, handle(), on(at));
        return {};
    }
    auto kept = detail::keep(origin);
    return Request::take(get<MPI_Rput>(origin.data, origin.count, origin.type, target_rank, to.displacement, to.count, to.type, handle(), on(at)),
                         std::move(kept));
}

Request Win::Rget(const Buf& origin, int target_rank, const Target& target, At at) const {
    check_locked(target_rank, at);
    const TargetRange from = range_of(state_.get(), origin, target_rank, target, at);
    if (detail::crashes_in_dynamic_requests() && flavor(at) == WIN_FLAVOR_DYNAMIC) {
        call<MPI_Get>(origin.data, origin.count, origin.type, target_rank, from.displacement, from.count, from.type, handle(), on(at));
        complete_locally(target_rank, handle(), on(at));
        return {};
    }
    auto kept = detail::keep(origin);
    Request result =
        Request::take(get<MPI_Rget>(origin.data, origin.count, origin.type, target_rank, from.displacement, from.count, from.type, handle(), on(at)),
                      std::move(kept));
    if (detail::completes_strided_rget_early() && !Datatype::borrow(origin.type).is_named())
        complete_locally(target_rank, handle(), on(at));
    return result;
}

// Synchronization ----------------------------------------------------------------------------------------------------

void Win::flush_with_care(int rank, const char* file, unsigned long line) const {
    const At at{file, line};
    state(at, "Flush").flush(rank, {at, "Flush"});
}

void Win::Flush_all(At at) const { state(at).flush_all(at); }

void Win::Flush_local(int rank, At at) const { state(at).flush_local(rank, at); }

void Win::Flush_local_all(At at) const { state(at).flush_local_all(at); }

void Win::Sync(At at) const {
    (void)state(at);
    call<MPI_Win_sync>(handle(), on(at));
}

void Win::check_locked(int rank, detail::Caller caller) const {
    const WindowState& known = state(caller.at, caller.method);
    const bool is_known = known.own->is_made && static_cast<unsigned>(rank) < known.ranks;
    if (is_known && known.open_to_all != WindowState::OpenToAll::lock && known.own->access(rank) != WindowState::Access::locked)
        detail::misuse(caller,
                       "calls with requests work while the target is locked: call Lock or Lock_all before, or hold a guard such as "
                       "`const auto epoch = win.lock(" +
                           std::to_string(rank) + ")`");
}

template class Attributes<Win>;
template class ErrorHandling<Win>;
template class Handle<detail::AnyKeyval<Win>>;
template class Hinted<Win>;
template class Named<Win>;

}  // namespace MPI4CXX
