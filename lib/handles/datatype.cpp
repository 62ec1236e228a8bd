#include <mpi4cxx/datatype.hpp>

#include <mpi4cxx/datatype_traits.hpp>
#include <mpi4cxx/error.hpp>

#include "handles/attribute.hpp"
#include "handles/kept_datatypes.hpp"
#include "handles/named.hpp"

#include <array>
#include <climits>
#include <string>
#include <vector>

namespace MPI4CXX {

using detail::call;
using detail::Caller;
using detail::ConstMemoryRegion;
using detail::CountList;
using detail::get;
using detail::MemoryRegion;

namespace {

/// Arrays of integers as a datatype's constructor takes them: all as int, or all as Count if one of them does not fit an int.
template <std::size_t N> class Arrays {
public:
    explicit Arrays(const CountList (&arrays)[N]) {
        bool is_wide = false;
        for (std::size_t k = 0; k < N; ++k) {
            is_wide |= arrays[k].size > INT_MAX;
            for (std::size_t i = 0; i < arrays[k].size; ++i) {
                wide_[k].push_back(arrays[k][i]);
                is_wide |= wide_[k][i] != static_cast<int>(wide_[k][i]);
            }
        }
        if (!is_wide)
            for (std::size_t k = 0; k < N; ++k) narrow_[k].assign(wide_[k].begin(), wide_[k].end());
    }
    [[nodiscard]] detail::Counts operator[](std::size_t k) const noexcept {
        return narrow_[k].empty() ? detail::Counts(wide_[k].data()) : detail::Counts(narrow_[k].data());
    }

private:
    std::array<std::vector<int>, N> narrow_;
    std::array<std::vector<Count>, N> wide_;
};

std::vector<Aint> bytes(const CountList& displacements) {
    std::vector<Aint> result(displacements.size);
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = displacements[i];
    return result;
}

std::vector<int> ints(const CountList& values, Caller caller) {
    std::vector<int> result(values.size);
    for (std::size_t i = 0; i < result.size(); ++i) {
        result[i] = static_cast<int>(values[i]);
        if (result[i] != values[i])
            detail::misuse(caller, std::to_string(values[i]) + " is more than the " + std::to_string(INT_MAX) + " that an int holds");
    }
    return result;
}

struct Sized {
    std::size_t size;
    const char* name;
};

/// Returns the number of elements that all `arrays` have. Throws if they differ.
Count common_size(std::initializer_list<Sized> arrays, Caller caller) {
    bool is_common = true;
    std::string text;
    for (const Sized& array : arrays) {
        is_common &= array.size == arrays.begin()->size;
        text += (text.empty() ? "" : &array + 1 == arrays.end() ? " and " : ", ") + std::to_string(array.size) + " " + array.name;
    }
    if (!is_common)
        detail::misuse(caller, text);
    return static_cast<Count>(arrays.begin()->size);
}

}  // namespace

const Datatype DATATYPE_NULL;
const Datatype CHAR = Datatype::borrow(MPI_CHAR);
const Datatype SIGNED_CHAR = Datatype::borrow(MPI_SIGNED_CHAR);
const Datatype UNSIGNED_CHAR = Datatype::borrow(MPI_UNSIGNED_CHAR);
const Datatype SHORT = Datatype::borrow(MPI_SHORT);
const Datatype UNSIGNED_SHORT = Datatype::borrow(MPI_UNSIGNED_SHORT);
const Datatype INT = Datatype::borrow(MPI_INT);
const Datatype UNSIGNED = Datatype::borrow(MPI_UNSIGNED);
const Datatype LONG = Datatype::borrow(MPI_LONG);
const Datatype UNSIGNED_LONG = Datatype::borrow(MPI_UNSIGNED_LONG);
const Datatype LONG_LONG = Datatype::borrow(MPI_LONG_LONG);
const Datatype UNSIGNED_LONG_LONG = Datatype::borrow(MPI_UNSIGNED_LONG_LONG);
const Datatype FLOAT = Datatype::borrow(MPI_FLOAT);
const Datatype DOUBLE = Datatype::borrow(MPI_DOUBLE);
const Datatype LONG_DOUBLE = Datatype::borrow(MPI_LONG_DOUBLE);
const Datatype BYTE = Datatype::borrow(MPI_BYTE);
const Datatype PACKED = Datatype::borrow(MPI_PACKED);
const Datatype WCHAR = Datatype::borrow(MPI_WCHAR);
const Datatype C_BOOL = Datatype::borrow(MPI_C_BOOL);
const Datatype C_COMPLEX = Datatype::borrow(MPI_C_COMPLEX);
const Datatype C_FLOAT_COMPLEX = Datatype::borrow(MPI_C_FLOAT_COMPLEX);
const Datatype C_DOUBLE_COMPLEX = Datatype::borrow(MPI_C_DOUBLE_COMPLEX);
const Datatype C_LONG_DOUBLE_COMPLEX = Datatype::borrow(MPI_C_LONG_DOUBLE_COMPLEX);
const Datatype INT8_T = Datatype::borrow(MPI_INT8_T);
const Datatype INT16_T = Datatype::borrow(MPI_INT16_T);
const Datatype INT32_T = Datatype::borrow(MPI_INT32_T);
const Datatype INT64_T = Datatype::borrow(MPI_INT64_T);
const Datatype UINT8_T = Datatype::borrow(MPI_UINT8_T);
const Datatype UINT16_T = Datatype::borrow(MPI_UINT16_T);
const Datatype UINT32_T = Datatype::borrow(MPI_UINT32_T);
const Datatype UINT64_T = Datatype::borrow(MPI_UINT64_T);
const Datatype AINT = Datatype::borrow(MPI_AINT);
const Datatype OFFSET = Datatype::borrow(MPI_OFFSET);
const Datatype COUNT = Datatype::borrow(MPI_COUNT);
const Datatype SHORT_INT = Datatype::borrow(MPI_SHORT_INT);
const Datatype TWOINT = Datatype::borrow(MPI_2INT);
const Datatype LONG_INT = Datatype::borrow(MPI_LONG_INT);
const Datatype FLOAT_INT = Datatype::borrow(MPI_FLOAT_INT);
const Datatype DOUBLE_INT = Datatype::borrow(MPI_DOUBLE_INT);
const Datatype LONG_DOUBLE_INT = Datatype::borrow(MPI_LONG_DOUBLE_INT);
const Datatype CXX_BOOL = Datatype::borrow(MPI_CXX_BOOL);
const Datatype CXX_FLOAT_COMPLEX = Datatype::borrow(MPI_CXX_FLOAT_COMPLEX);
const Datatype CXX_DOUBLE_COMPLEX = Datatype::borrow(MPI_CXX_DOUBLE_COMPLEX);
const Datatype CXX_LONG_DOUBLE_COMPLEX = Datatype::borrow(MPI_CXX_LONG_DOUBLE_COMPLEX);
const Datatype CHARACTER = Datatype::borrow(MPI_CHARACTER);
const Datatype FLOAT16_T = Datatype::borrow(MPI_FLOAT16_T);
const Datatype BFLOAT16_T = Datatype::borrow(MPI_BFLOAT16_T);
const Datatype LOGICAL = Datatype::borrow(MPI_LOGICAL);
const Datatype LOGICAL1 = Datatype::borrow(MPI_LOGICAL1);
const Datatype LOGICAL2 = Datatype::borrow(MPI_LOGICAL2);
const Datatype LOGICAL4 = Datatype::borrow(MPI_LOGICAL4);
const Datatype LOGICAL8 = Datatype::borrow(MPI_LOGICAL8);
const Datatype LOGICAL16 = Datatype::borrow(MPI_LOGICAL16);
const Datatype INTEGER = Datatype::borrow(MPI_INTEGER);
const Datatype REAL = Datatype::borrow(MPI_REAL);
const Datatype DOUBLE_PRECISION = Datatype::borrow(MPI_DOUBLE_PRECISION);
const Datatype COMPLEX = Datatype::borrow(MPI_COMPLEX);
const Datatype DOUBLE_COMPLEX = Datatype::borrow(MPI_DOUBLE_COMPLEX);
const Datatype INTEGER1 = Datatype::borrow(MPI_INTEGER1);
const Datatype INTEGER2 = Datatype::borrow(MPI_INTEGER2);
const Datatype INTEGER4 = Datatype::borrow(MPI_INTEGER4);
const Datatype INTEGER8 = Datatype::borrow(MPI_INTEGER8);
const Datatype INTEGER16 = Datatype::borrow(MPI_INTEGER16);
const Datatype REAL2 = Datatype::borrow(MPI_REAL2);
const Datatype REAL4 = Datatype::borrow(MPI_REAL4);
const Datatype REAL8 = Datatype::borrow(MPI_REAL8);
const Datatype REAL16 = Datatype::borrow(MPI_REAL16);
const Datatype COMPLEX4 = Datatype::borrow(MPI_COMPLEX4);
const Datatype COMPLEX8 = Datatype::borrow(MPI_COMPLEX8);
const Datatype COMPLEX16 = Datatype::borrow(MPI_COMPLEX16);
const Datatype COMPLEX32 = Datatype::borrow(MPI_COMPLEX32);

Count Datatype::Get_size(At at) const { return get<MPI_Type_size_x>(handle(), at); }

Datatype::Extent Datatype::Get_extent(At at) const {
    Extent result{};
    call<MPI_Type_get_extent_x>(handle(), &result.lb, &result.extent, at);
    return result;
}

Datatype::Extent Datatype::Get_true_extent(At at) const {
    Extent result{};
    call<MPI_Type_get_true_extent_x>(handle(), &result.lb, &result.extent, at);
    return result;
}

Datatype Datatype::Dup(At at) const { return take(get<MPI_Type_dup>(handle(), at)); }

Datatype Datatype::Create_contiguous(Count count, At at) const { return take(get<MPI_Type_contiguous>(count, handle(), at)); }

Datatype Datatype::Create_vector(Count count, Count blocklength, Count stride, At at) const {
    return take(get<MPI_Type_vector>(count, blocklength, stride, handle(), at));
}

Datatype Datatype::Create_hvector(Count count, Count blocklength, Aint stride, At at) const {
    return take(get<MPI_Type_create_hvector>(count, blocklength, stride, handle(), at));
}

Datatype Datatype::Create_indexed(CountList blocklengths, CountList displacements, At at) const {
    const Count count = common_size({{blocklengths.size, "block lengths"}, {displacements.size, "displacements"}}, at);
    const Arrays arrays({blocklengths, displacements});
    return take(get<MPI_Type_indexed>(count, arrays[0], arrays[1], handle(), at));
}

Datatype Datatype::Create_hindexed(CountList blocklengths, CountList displacements, At at) const {
    const Count count = common_size({{blocklengths.size, "block lengths"}, {displacements.size, "displacements"}}, at);
    return take(get<MPI_Type_create_hindexed>(count, Arrays({blocklengths})[0], bytes(displacements).data(), handle(), at));
}

Datatype Datatype::Create_indexed_block(Count blocklength, CountList displacements, At at) const {
    const Arrays arrays({displacements, {blocklength}});
    return take(get<MPI_Type_create_indexed_block>(static_cast<Count>(displacements.size), blocklength, arrays[0], handle(), at));
}

Datatype Datatype::Create_hindexed_block(Count blocklength, CountList displacements, At at) const {
    const std::vector<Aint> offsets = bytes(displacements);
    return take(get<MPI_Type_create_hindexed_block>(static_cast<Count>(offsets.size()), blocklength, offsets.data(), handle(), at));
}

Datatype Datatype::Create_struct(CountList blocklengths, CountList displacements, const detail::Types& datatypes, At at) {
    const Count count =
        common_size({{blocklengths.size, "block lengths"}, {displacements.size, "displacements"}, {datatypes.handles.size(), "datatypes"}}, at);
    return take(get<MPI_Type_create_struct>(count, Arrays({blocklengths})[0], bytes(displacements).data(), datatypes.handles.data(), at));
}

Datatype Datatype::Create_subarray(CountList sizes, CountList subsizes, CountList starts, Order order, At at) const {
    const Count ndims = common_size({{sizes.size, "sizes"}, {subsizes.size, "subsizes"}, {starts.size, "starts"}}, at);
    for (std::size_t i = 0; i < sizes.size; ++i)
        if (starts[i] < 0 || subsizes[i] < 0 || subsizes[i] > sizes[i] - starts[i])
            detail::misuse(at, "dimension " + std::to_string(i) + " has " + std::to_string(sizes[i]) + " elements, which " +
                                   std::to_string(subsizes[i]) + " from number " + std::to_string(starts[i]) + " are no part of");
    const Arrays arrays({sizes, subsizes, starts});
    return take(get<MPI_Type_create_subarray>(static_cast<int>(ndims), arrays[0], arrays[1], arrays[2], order, handle(), at));
}

Datatype Datatype::Create_darray(int size, int rank, CountList gsizes, CountList distribs, CountList dargs, CountList psizes, Order order,
                                 At at) const {
    const Count ndims =
        common_size({{gsizes.size, "sizes"}, {distribs.size, "distributions"}, {dargs.size, "arguments"}, {psizes.size, "grid sizes"}}, at);
    Count processes = 1;
    for (std::size_t i = 0; i < gsizes.size; ++i) {
        const std::string dimension = "dimension " + std::to_string(i) + " has ";
        if (gsizes[i] < 0)
            detail::misuse(at, dimension + std::to_string(gsizes[i]) + " elements");
        if (distribs[i] != DISTRIBUTE_BLOCK && distribs[i] != DISTRIBUTE_CYCLIC && distribs[i] != DISTRIBUTE_NONE)
            detail::misuse(at, dimension + "an unknown distribution, " + std::to_string(distribs[i]));
        if (psizes[i] <= 0 || (distribs[i] == DISTRIBUTE_NONE && psizes[i] != 1))
            detail::misuse(at, dimension + std::to_string(psizes[i]) + " processes" + (psizes[i] > 0 ? ", but DISTRIBUTE_NONE means one" : ""));
        processes = __builtin_mul_overflow(processes, psizes[i], &processes) ? -1 : processes;
    }
    if (processes != size)
        detail::misuse(at, "the grid has " + std::to_string(processes) + " processes, the call " + std::to_string(size));
    return take(get<MPI_Type_create_darray>(size, rank, static_cast<int>(ndims), Arrays({gsizes})[0], ints(distribs, at).data(),
                                            ints(dargs, at).data(), ints(psizes, at).data(), order, handle(), at));
}

Datatype Datatype::Create_resized(Aint lb, Aint extent, At at) const { return take(get<MPI_Type_create_resized>(handle(), lb, extent, at)); }

// These return MPI's own types, which are not freed.
Datatype Datatype::Create_f90_integer(int r, At at) { return borrow(get<MPI_Type_create_f90_integer>(r, at)); }
Datatype Datatype::Create_f90_real(int p, int r, At at) { return borrow(get<MPI_Type_create_f90_real>(p, r, at)); }
Datatype Datatype::Create_f90_complex(int p, int r, At at) { return borrow(get<MPI_Type_create_f90_complex>(p, r, at)); }
Datatype Datatype::Match_size(TypeClass typeclass, int size, At at) { return borrow(get<MPI_Type_match_size>(typeclass, size, at)); }
Datatype Datatype::Get_value_index(const Datatype& value, const Datatype& index, At at) {
    return borrow(get<MPI_Type_get_value_index>(value.handle(), index.handle(), at));
}

Datatype& Datatype::Commit(At at) & {
    MPI_Datatype raw = handle();  // MPI takes a pointer but does not change a committed handle
    call<MPI_Type_commit>(&raw, at);
    return *this;
}

Datatype Datatype::Commit(At at) && { return std::move(Commit(at)); }

Count Datatype::elements_within(Count size, const char* name, Caller caller) const {
    const Extent step = Get_extent(caller.at), data = Get_true_extent(caller.at);
    if (data.lb < 0)
        detail::misuse(caller, "an element begins " + std::to_string(-data.lb) + " bytes before " + name);
    if (step.extent <= 0 && data.ub() > 0)
        detail::misuse(caller, "elements with an extent of " + std::to_string(step.extent) + " bytes cannot be counted in the " +
                                   std::to_string(size) + " bytes of " + name);
    return step.extent <= 0 || data.ub() > size ? 0 : (size - data.ub()) / step.extent + 1;
}

namespace detail {

MPI_Datatype make_struct(std::span<const Member> members, std::size_t size, std::string_view name) {
    std::vector<Member> blocks;
    for (const Member& member : members) {
        if (!blocks.empty() && member.type == blocks.back().type && member.offset == blocks.back().offset + blocks.back().size) {
            blocks.back().count += member.count;
            blocks.back().size += member.size;
        } else {
            blocks.push_back(member);
        }
    }
    std::vector<int> lengths;
    std::vector<Aint> offsets;
    std::vector<MPI_Datatype> types;
    std::vector<Datatype> runs;  // the datatypes of blocks too long for an int
    for (const Member& block : blocks) {
        const bool is_long = block.count > INT_MAX;
        if (is_long)
            runs.push_back(Datatype::borrow(block.type).Create_contiguous(static_cast<Count>(block.count)));
        lengths.push_back(is_long ? 1 : static_cast<int>(block.count));
        offsets.push_back(static_cast<Aint>(block.offset));
        types.push_back(is_long ? runs.back().handle() : block.type);
    }
    Datatype type = Datatype::Create_struct(lengths, offsets, types).Create_resized(0, static_cast<Aint>(size)).Commit();
    type.Set_name(std::string(name.substr(0, MPI_MAX_OBJECT_NAME - 1)));
    return keep_until_finalize(std::move(type));
}

}  // namespace detail

template class Attributes<Datatype>;
template class Handle<detail::AnyKeyval<Datatype>>;
template class Named<Datatype>;

}  // namespace MPI4CXX
