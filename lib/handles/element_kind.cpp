#include "handles/element_kind.hpp"

#include <mpi4cxx/error.hpp>

#include "handles/datatype_name.hpp"

#include <algorithm>
#include <initializer_list>

namespace MPI4CXX::detail {

namespace {

/// The kinds of elements that operations tell apart (MPI-4.0, 6.9.2), a bit each.
enum Kinds : unsigned { integer = 1, floating = 2, complex = 4, logical = 8, byte = 16, pair = 32, text = 64, all = 127 };

/// Returns the kind of a datatype of C; all kinds for other datatypes, which are left to MPI.
Kinds kind_of(MPI_Datatype type) {
    const auto is_one_of = [type](std::initializer_list<MPI_Datatype> types) { return std::find(types.begin(), types.end(), type) != types.end(); };
    if (is_one_of({MPI_FLOAT, MPI_DOUBLE, MPI_LONG_DOUBLE}))
        return floating;
    if (is_one_of({MPI_INT,      MPI_LONG,           MPI_UNSIGNED, MPI_UNSIGNED_LONG, MPI_LONG_LONG,     MPI_UNSIGNED_LONG_LONG,
                   MPI_SHORT,    MPI_UNSIGNED_SHORT, MPI_CHAR,     MPI_SIGNED_CHAR,   MPI_UNSIGNED_CHAR, MPI_INT8_T,
                   MPI_INT16_T,  MPI_INT32_T,        MPI_INT64_T,  MPI_UINT8_T,       MPI_UINT16_T,      MPI_UINT32_T,
                   MPI_UINT64_T, MPI_AINT,           MPI_COUNT,    MPI_OFFSET}))
        return integer;
    if (is_one_of({MPI_C_FLOAT_COMPLEX, MPI_C_DOUBLE_COMPLEX, MPI_C_LONG_DOUBLE_COMPLEX}))
        return complex;
    if (is_one_of({MPI_C_BOOL, MPI_CXX_BOOL}))
        return logical;
    if (is_one_of({MPI_FLOAT_INT, MPI_DOUBLE_INT, MPI_LONG_INT, MPI_2INT, MPI_SHORT_INT, MPI_LONG_DOUBLE_INT}))
        return pair;
    return type == MPI_BYTE ? byte : type == MPI_WCHAR ? text : all;
}

/// Returns the kinds of elements that an operation works on.
unsigned kinds_of(MPI_Op op) {
    if (op == MPI_SUM || op == MPI_PROD)
        return integer | floating | complex;
    if (op == MPI_MAX || op == MPI_MIN)
        return integer | floating;
    if (op == MPI_LAND || op == MPI_LOR || op == MPI_LXOR)
        return integer | logical;
    if (op == MPI_BAND || op == MPI_BOR || op == MPI_BXOR)
        return integer | byte;
    return op == MPI_MINLOC || op == MPI_MAXLOC ? pair : all;
}

/// Returns the bytes of a number, 1 of what is no number of C. A complex number is two.
Count size_of_number(MPI_Datatype type, At at) {
    const Kinds kind = kind_of(type);
    const bool is_number = kind == integer || kind == floating || kind == complex || kind == logical;
    return is_number ? Datatype::borrow(type).Get_size(at) / (kind == complex ? 2 : 1) : 1;
}

}  // namespace

bool is_floating(MPI_Datatype type) {
    const Kinds kind = kind_of(type);
    return kind == floating || kind == complex;
}

bool is_minloc_pair(MPI_Datatype type) { return kind_of(type) == pair; }

void check_operation(const Op& op, MPI_Datatype type, Caller caller) {
    if ((kinds_of(op.handle()) & kind_of(type)) == 0)
        misuse(caller, "the operation does not work on elements of " + datatype_name(type) + " (MPI-4.0, 6.9.2)");
}

bool are_exchangeable(MPI_Datatype one, MPI_Datatype other, At at) {
    if (one == other)
        return true;
    const Count size = size_of_number(one, at), other_size = size_of_number(other, at);
    return size == 1 || other_size == 1 || (size == other_size && is_floating(one) == is_floating(other));
}

bool have_same_layout(MPI_Datatype one, MPI_Datatype other, At at) {
    if (one == other)
        return true;
    const Datatype first = Datatype::borrow(one), second = Datatype::borrow(other);
    if (first.is_null() || second.is_null() || first.combiner(at) != second.combiner(at))
        return false;
    if (first.is_predefined())
        return first.Get_size(at) == second.Get_size(at) && first.Get_extent(at).extent == second.Get_extent(at).extent;
    const Datatype::Contents made = first.Get_contents(at), also = second.Get_contents(at);
    return made.integers == also.integers && made.addresses == also.addresses && made.large_counts == also.large_counts &&
           std::equal(made.datatypes.begin(), made.datatypes.end(), also.datatypes.begin(), also.datatypes.end(),
                      [at](const Datatype& a, const Datatype& b) { return have_same_layout(a.handle(), b.handle(), at); });
}

}  // namespace MPI4CXX::detail
