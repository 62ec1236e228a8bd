#include <mpi4cxx/datatype.hpp>

#include <mpi4cxx/datatype_traits.hpp>
#include <mpi4cxx/error.hpp>

#include "finalize.hpp"

#include <climits>
#include <vector>

namespace mpi4cxx {

using detail::call;
using detail::get;

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

Datatype Datatype::Create_struct(std::span<const int> blocklengths, std::span<const Aint> displacements, std::span<const MPI_Datatype> datatypes,
                                 At at) {
    if (blocklengths.size() != displacements.size() || blocklengths.size() != datatypes.size())
        detail::misuse(at, std::to_string(blocklengths.size()) + " block lengths, " + std::to_string(displacements.size()) + " displacements and " +
                               std::to_string(datatypes.size()) + " datatypes");
    return take(get<MPI_Type_create_struct>(static_cast<int>(datatypes.size()), blocklengths.data(), displacements.data(), datatypes.data(), at));
}

Datatype Datatype::Create_resized(Aint lb, Aint extent, At at) const { return take(get<MPI_Type_create_resized>(handle(), lb, extent, at)); }

Datatype& Datatype::Commit(At at) & {
    MPI_Datatype raw = handle();  // MPI takes a pointer but does not change a committed handle
    call<MPI_Type_commit>(&raw, at);
    return *this;
}

Datatype Datatype::Commit(At at) && { return std::move(Commit(at)); }

namespace detail {

MPI_Datatype make_struct(const Members& members, std::size_t size, std::string_view name) {
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
    std::vector<Datatype> runs;  // of blocks too long for an int
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

}  // namespace mpi4cxx
