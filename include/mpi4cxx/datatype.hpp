// Datatypes. The header is long because one class is one header: a third of it are the docstrings of the constructors, and the predefined types.
#pragma once

#include <mpi4cxx/attribute.hpp>
#include <mpi4cxx/constants.hpp>
#include <mpi4cxx/detail/handles/memory_region.hpp>
#include <mpi4cxx/detail/mpi/any_vector.hpp>
#include <mpi4cxx/detail/mpi/array.hpp>
#include <mpi4cxx/detail/mpi/count_list.hpp>
#include <mpi4cxx/fortran.hpp>
#include <mpi4cxx/handle.hpp>
#include <mpi4cxx/named.hpp>

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace MPI4CXX {

/// Which index of an array varies fastest: the last in C, the first in Fortran (MPI-4.0, 5.1.3).
enum Order : int { ORDER_C = MPI_ORDER_C, ORDER_FORTRAN = MPI_ORDER_FORTRAN, ORDER_F = MPI_ORDER_FORTRAN };

// How Create_darray distributes a dimension, and the default length of its blocks (MPI-4.0, 5.1.4).
inline constexpr int DISTRIBUTE_NONE = MPI_DISTRIBUTE_NONE;
inline constexpr int DISTRIBUTE_BLOCK = MPI_DISTRIBUTE_BLOCK;
inline constexpr int DISTRIBUTE_CYCLIC = MPI_DISTRIBUTE_CYCLIC;
inline constexpr int DISTRIBUTE_DFLT_DARG = MPI_DISTRIBUTE_DFLT_DARG;

/// The kind of type that Match_size looks for (MPI-4.0, 19.1.9).
enum TypeClass : int {
    TYPECLASS_LOGICAL = MPI_TYPECLASS_LOGICAL,
    TYPECLASS_INTEGER = MPI_TYPECLASS_INTEGER,
    TYPECLASS_REAL = MPI_TYPECLASS_REAL,
    TYPECLASS_COMPLEX = MPI_TYPECLASS_COMPLEX,
};

/// The constructor that made a datatype (MPI-4.0, 5.1.13).
enum Combiner : int {
    COMBINER_NAMED = MPI_COMBINER_NAMED,
    COMBINER_DUP = MPI_COMBINER_DUP,
    COMBINER_CONTIGUOUS = MPI_COMBINER_CONTIGUOUS,
    COMBINER_VECTOR = MPI_COMBINER_VECTOR,
    COMBINER_HVECTOR = MPI_COMBINER_HVECTOR,
    COMBINER_INDEXED = MPI_COMBINER_INDEXED,
    COMBINER_HINDEXED = MPI_COMBINER_HINDEXED,
    COMBINER_INDEXED_BLOCK = MPI_COMBINER_INDEXED_BLOCK,
    COMBINER_HINDEXED_BLOCK = MPI_COMBINER_HINDEXED_BLOCK,
    COMBINER_STRUCT = MPI_COMBINER_STRUCT,
    COMBINER_SUBARRAY = MPI_COMBINER_SUBARRAY,
    COMBINER_DARRAY = MPI_COMBINER_DARRAY,
    COMBINER_RESIZED = MPI_COMBINER_RESIZED,
    COMBINER_VALUE_INDEX = MPI_COMBINER_VALUE_INDEX,
    COMBINER_F90_INTEGER = MPI_COMBINER_F90_INTEGER,
    COMBINER_F90_REAL = MPI_COMBINER_F90_REAL,
    COMBINER_F90_COMPLEX = MPI_COMBINER_F90_COMPLEX,
};

namespace detail {
struct Types;
struct ContentsParts;
struct DecodedParts;
}  // namespace detail

/// The layout of elements in memory (MPI-4.0, 5). Freeing is local.
class MPI4CXX_API Datatype : public Handle<Datatype>, public Named<Datatype>, public Attributes<Datatype>, public Fortran<Datatype> {
public:
    /// Lower bound and extent in bytes.
    struct Extent {
        Count lb, extent;
        [[nodiscard]] Count ub() const noexcept { return lb + extent; }
    };

    /// The numbers of arguments of each kind that the constructor had, and which constructor it was.
    struct Envelope {
        Count integers, addresses, large_counts, datatypes;
        Combiner combiner;
    };
    struct Contents;
    struct Decoded;

    Datatype() noexcept = default;
    static Datatype take(MPI_Datatype raw) noexcept { return Datatype(raw, detail::Ownership::own); }
    static Datatype borrow(MPI_Datatype raw) noexcept { return Datatype(raw, detail::Ownership::borrow); }

    /// Return the bytes of data in one element, without gaps. Calls MPI_Type_size_x (MPI-4.0, 5.1.5).
    [[nodiscard]] Count Get_size(At at = {}) const;
    /// Return lower bound and extent in bytes. Calls MPI_Type_get_extent_x (MPI-4.0, 5.1.7).
    [[nodiscard]] Extent Get_extent(At at = {}) const;
    /// Return lower bound and extent without what Create_resized added. Calls MPI_Type_get_true_extent_x (MPI-4.0, 5.1.8).
    [[nodiscard]] Extent Get_true_extent(At at = {}) const;

    // Constructors (MPI-4.0, 5.1.2). The types that they return are not committed. Lengths and displacements are ranges of int or Count, or lists in
    // braces. MPI_Type_X_c is called if one of them exceeds int.

    /// Return a copy with the same committed state. Calls MPI_Type_dup (MPI-4.0, 5.1.10).
    [[nodiscard]] Datatype Dup(At at = {}) const;
    [[nodiscard]] Datatype Create_dup(At at = {}) const { return Dup(at); }
    /// Return a type of `count` consecutive elements. Calls MPI_Type_contiguous (MPI-4.0, 5.1.2).
    [[nodiscard]] Datatype Create_contiguous(Count count, At at = {}) const;
    /// Return `count` blocks of `blocklength` elements, `stride` elements apart. Calls MPI_Type_vector (MPI-4.0, 5.1.2).
    [[nodiscard]] Datatype Create_vector(Count count, Count blocklength, Count stride, At at = {}) const;
    /// Return `count` blocks of `blocklength` elements, `stride` bytes apart. Calls MPI_Type_create_hvector (MPI-4.0, 5.1.2).
    [[nodiscard]] Datatype Create_hvector(Count count, Count blocklength, Aint stride, At at = {}) const;
    /// Return blocks of different lengths, `displacements` elements from the beginning. Calls MPI_Type_indexed (MPI-4.0, 5.1.2).
    [[nodiscard]] Datatype Create_indexed(detail::CountList blocklengths, detail::CountList displacements, At at = {}) const;
    /// Return blocks of different lengths, `displacements` bytes from the beginning. Calls MPI_Type_create_hindexed (MPI-4.0, 5.1.2).
    [[nodiscard]] Datatype Create_hindexed(detail::CountList blocklengths, detail::CountList displacements, At at = {}) const;
    /// Return blocks of one length, `displacements` elements from the beginning. Calls MPI_Type_create_indexed_block (MPI-4.0, 5.1.2).
    [[nodiscard]] Datatype Create_indexed_block(Count blocklength, detail::CountList displacements, At at = {}) const;
    /// Return blocks of one length, `displacements` bytes from the beginning. Calls MPI_Type_create_hindexed_block (MPI-4.0, 5.1.2).
    [[nodiscard]] Datatype Create_hindexed_block(Count blocklength, detail::CountList displacements, At at = {}) const;
    /// Return blocks of different types, `displacements` bytes from the beginning. `datatypes` is a list in braces or a range of Datatype or
    /// MPI_Datatype. Calls MPI_Type_create_struct (MPI-4.0, 5.1.2).
    [[nodiscard]] static Datatype Create_struct(detail::CountList blocklengths, detail::CountList displacements, const detail::Types& datatypes,
                                                At at = {});
    /// Return the part of an array of `sizes` elements that begins at `starts` and has `subsizes` elements, one number per dimension. The extent is
    /// that of the whole array. Calls MPI_Type_create_subarray (MPI-4.0, 5.1.3).
    [[nodiscard]] Datatype Create_subarray(detail::CountList sizes, detail::CountList subsizes, detail::CountList starts, Order order = ORDER_C,
                                           At at = {}) const;
    /// Return the part that `rank` of `size` processes has of an array of `gsizes` elements. The array is distributed over a grid of `psizes`
    /// processes, row by row. Calls MPI_Type_create_darray (MPI-4.0, 5.1.4).
    [[nodiscard]] Datatype Create_darray(int size, int rank, detail::CountList gsizes, detail::CountList distribs, detail::CountList dargs,
                                         detail::CountList psizes, Order order = ORDER_C, At at = {}) const;
    /// Return the same type with another lower bound and extent, in bytes. Calls MPI_Type_create_resized (MPI-4.0, 5.1.7).
    [[nodiscard]] Datatype Create_resized(Aint lb, Aint extent, At at = {}) const;
    [[nodiscard]] Datatype Resized(Aint lb, Aint extent, At at = {}) const { return Create_resized(lb, extent, at); }

    // Predefined types by their precision, range or size. Create_f90_X throws an Exception if the MPI library was built without Fortran.

    /// Return Fortran's integer of `r` decimal digits. Calls MPI_Type_create_f90_integer (MPI-4.0, 19.1.9).
    [[nodiscard]] static Datatype Create_f90_integer(int r, At at = {});
    /// Return Fortran's real of `p` decimal digits and a decimal exponent range of `r`. One of them may be UNDEFINED. Calls MPI_Type_create_f90_real
    /// (MPI-4.0, 19.1.9).
    [[nodiscard]] static Datatype Create_f90_real(int p, int r, At at = {});
    /// Return the complex of two reals that Create_f90_real would return. Calls MPI_Type_create_f90_complex (MPI-4.0, 19.1.9).
    [[nodiscard]] static Datatype Create_f90_complex(int p, int r, At at = {});
    /// Return the type of class `typeclass` that has `size` bytes. Calls MPI_Type_match_size (MPI-4.0, 19.1.9).
    [[nodiscard]] static Datatype Match_size(TypeClass typeclass, int size, At at = {});
    /// Return the pair type for MAXLOC and MINLOC, DATATYPE_NULL if the MPI library has none. Calls MPI_Type_get_value_index (MPI-4.1, 5.1.12).
    [[nodiscard]] static Datatype Get_value_index(const Datatype& value, const Datatype& index, At at = {});

    /// Make the type ready for communication and return it. Calls MPI_Type_commit (MPI-4.0, 5.1.9). Local.
    Datatype& Commit(At at = {}) &;
    Datatype Commit(At at = {}) &&;
    /// Free the type. Calls MPI_Type_free (MPI-4.0, 5.1.9). Local.
    void Free(At at = {}) { free(at); }

    // How a type was made (MPI-4.0, 5.1.13).

    /// Return which constructor made the type, and the numbers of its arguments. Calls MPI_Type_get_envelope_c (MPI-4.0, 5.1.13).
    [[nodiscard]] Envelope Get_envelope(At at = {}) const;
    /// Return the arguments of the constructor. A predefined type has none. Calls MPI_Type_get_contents_c (MPI-4.0, 5.1.13).
    [[nodiscard]] Contents Get_contents(At at = {}) const;
    /// Return the arguments of the constructor by their names.
    [[nodiscard]] Decoded decode(At at = {}) const;

    // Packing (MPI-4.0, 5.2): elements of this type to bytes and back. Memory is a contiguous range, one object, or `{address, bytes}`. As many
    // elements are packed or unpacked as fit into the memory.

    /// Pack the elements of `inbuf` into `outbuf` from byte `position`. Return the position after them. Calls MPI_Pack (MPI-4.0, 5.2).
    Count Pack(detail::ConstMemoryRegion inbuf, detail::MemoryRegion outbuf, Count position, const Comm& comm, At at = {}) const;
    /// Pack the elements of `inbuf`. Calls MPI_Pack (MPI-4.0, 5.2).
    [[nodiscard]] std::vector<std::byte> Pack(detail::ConstMemoryRegion inbuf, const Comm& comm, At at = {}) const {
        std::vector<std::byte> packed;
        pack(inbuf, comm, packed, at);
        return packed;
    }
    /// Unpack as many elements as `outbuf` has room for, from byte `position` of `inbuf`; return the position behind them. Calls MPI_Unpack
    /// (MPI-4.0, 5.2).
    Count Unpack(detail::ConstMemoryRegion inbuf, Count position, detail::MemoryRegion outbuf, const Comm& comm, At at = {}) const;
    /// Return the number of bytes that `count` packed elements need at most. Calls MPI_Pack_size (MPI-4.0, 5.2).
    [[nodiscard]] Count Pack_size(Count count, const Comm& comm, At at = {}) const;
    /// Pack in a format that all MPI libraries read; `datarep` is "external32". Calls MPI_Pack_external (MPI-4.0, 5.3).
    Count Pack_external(const std::string& datarep, detail::ConstMemoryRegion inbuf, detail::MemoryRegion outbuf, Count position, At at = {}) const;
    [[nodiscard]] std::vector<std::byte> Pack_external(const std::string& datarep, detail::ConstMemoryRegion inbuf, At at = {}) const {
        std::vector<std::byte> packed;
        pack_external(datarep, inbuf, packed, at);
        return packed;
    }
    /// Calls MPI_Unpack_external (MPI-4.0, 5.3).
    Count Unpack_external(const std::string& datarep, detail::ConstMemoryRegion inbuf, Count position, detail::MemoryRegion outbuf, At at = {}) const;
    /// Return the number of bytes of `count` elements in that format. Calls MPI_Pack_external_size (MPI-4.0, 5.3).
    [[nodiscard]] Count Pack_external_size(const std::string& datarep, Count count, At at = {}) const;

    [[nodiscard]] Count size(At at = {}) const { return Get_size(at); }
    [[nodiscard]] Count extent(At at = {}) const { return Get_extent(at).extent; }
    [[nodiscard]] Count lb(At at = {}) const { return Get_extent(at).lb; }
    [[nodiscard]] Count ub(At at = {}) const { return Get_extent(at).ub(); }
    [[nodiscard]] Count true_extent(At at = {}) const { return Get_true_extent(at).extent; }
    [[nodiscard]] Count true_lb(At at = {}) const { return Get_true_extent(at).lb; }
    [[nodiscard]] Count true_ub(At at = {}) const { return Get_true_extent(at).ub(); }
    [[nodiscard]] Envelope envelope(At at = {}) const { return Get_envelope(at); }
    [[nodiscard]] Contents contents(At at = {}) const;
    [[nodiscard]] Combiner combiner(At at = {}) const { return Get_envelope(at).combiner; }
    /// Tell whether the type is one of MPI's own.
    [[nodiscard]] bool is_named(At at = {}) const { return combiner(at) == COMBINER_NAMED; }
    /// Tell whether the type cannot be freed: it is one of MPI's own, or from Create_f90_X, or null.
    [[nodiscard]] bool is_predefined(At at = {}) const { return is_null() || is_fixed(combiner(at)); }

private:
    void pack(detail::ConstMemoryRegion inbuf, const Comm& comm, detail::AnyVector packed, At at) const;
    void pack_external(const std::string& datarep, detail::ConstMemoryRegion inbuf, detail::AnyVector packed, At at) const;
    void get_contents(const detail::ContentsParts& contents, At at) const;
    void decode_into(const detail::DecodedParts& decoded, At at) const;
    /// How many elements lie in `size` bytes, from their beginning.
    [[nodiscard]] Count elements_within(Count size, const char* name, detail::Caller caller) const;
    static bool is_fixed(Combiner combiner) noexcept {
        return combiner == COMBINER_NAMED || combiner == COMBINER_F90_INTEGER || combiner == COMBINER_F90_REAL || combiner == COMBINER_F90_COMPLEX;
    }

    using Handle::Handle;
};

/// The arguments of a constructor, as MPI keeps them. Numbers that were given to a large-count constructor are in `large_counts`.
struct Datatype::Contents {
    std::vector<int> integers;
    std::vector<Aint> addresses;
    std::vector<Count> large_counts;
    std::vector<Datatype> datatypes;
};

namespace detail {

/// Where the members of a Datatype::Contents are.
struct ContentsParts {
    AnyVector integers, addresses, large_counts, datatypes;
};

}  // namespace detail

inline Datatype::Contents Datatype::Get_contents(At at) const {
    Contents result;
    get_contents({result.integers, result.addresses, result.large_counts, result.datatypes}, at);
    return result;
}

inline Datatype::Contents Datatype::contents(At at) const { return Get_contents(at); }

/// How a type was made: `basetype.Create_X(…)` with arguments of these names; what Create_X does not take is empty or 0.
struct Datatype::Decoded {
    /// What it was made of: null for a struct, a copy of the handle of a predefined type. `basetype.decode()` goes on from there.
    Datatype basetype;
    Combiner combiner = COMBINER_NAMED;
    /// "VECTOR", or "NAMED" for one of MPI's own types.
    std::string_view name;

    Count count = 0, blocklength = 0, stride = 0, lb = 0, extent = 0;
    std::vector<Count> blocklengths, displacements, sizes, subsizes, starts, gsizes;
    std::vector<Datatype> datatypes;
    std::vector<Count> distribs, dargs, psizes;
    int size = 0, rank = 0, p = 0, r = 0;
    Order order = ORDER_C;

    /// Make a type in the same way. The type is not committed. A predefined type is returned itself.
    [[nodiscard]] Datatype make(At at = {}) const;
};

namespace detail {

/// Where the members of a Datatype::Decoded are.
struct DecodedParts {
    Datatype& basetype;
    Combiner& combiner;
    std::string_view& name;
    Count &count, &blocklength, &stride, &lb, &extent;
    AnyVector blocklengths, displacements, sizes, subsizes, starts, gsizes, datatypes, distribs, dargs, psizes;
    int &size, &rank, &p, &r;
    Order& order;
};

}  // namespace detail

inline Datatype::Decoded Datatype::decode(At at) const {
    Decoded d;
    decode_into({d.basetype,     d.combiner,      d.name,  d.count,    d.blocklength, d.stride, d.lb,        d.extent,
                 d.blocklengths, d.displacements, d.sizes, d.subsizes, d.starts,      d.gsizes, d.datatypes, d.distribs,
                 d.dargs,        d.psizes,        d.size,  d.rank,     d.p,           d.r,      d.order},
                at);
    return d;
}

namespace detail {

/// A list of datatypes: a list in braces, or a range of Datatype or MPI_Datatype.
struct Types {
    struct Item {
        MPI_Datatype raw;
        Item(const Datatype& type) noexcept : raw(type.handle()) {}
    };
    Array<MPI_Datatype> handles;

    Types() noexcept = default;
    Types(std::initializer_list<Item> list) : handles(list.size()) {
        std::transform(list.begin(), list.end(), handles.begin(), [](const Item& item) { return item.raw; });
    }
    template <Contiguous R>
        requires(std::is_same_v<std::remove_cv_t<element_of<const R>>, MPI_Datatype>)
    Types(const R& range) : handles(length_of(range)) { std::copy_n(std::ranges::data(range), handles.size(), handles.begin()); }
    template <Contiguous R>
        requires(std::is_same_v<std::remove_cv_t<element_of<const R>>, Datatype>)
    Types(const R& range) : handles(length_of(range)) {
        std::transform(std::ranges::data(range), std::ranges::data(range) + handles.size(), handles.begin(),
                       [](const Datatype& type) { return type.handle(); });
    }
};

}  // namespace detail

inline Datatype Datatype::Decoded::make(At at) const {
    switch (combiner) {
    case COMBINER_DUP: return basetype.Dup(at);
    case COMBINER_CONTIGUOUS: return basetype.Create_contiguous(count, at);
    case COMBINER_VECTOR: return basetype.Create_vector(count, blocklength, stride, at);
    case COMBINER_HVECTOR: return basetype.Create_hvector(count, blocklength, static_cast<Aint>(stride), at);
    case COMBINER_INDEXED: return basetype.Create_indexed(blocklengths, displacements, at);
    case COMBINER_HINDEXED: return basetype.Create_hindexed(blocklengths, displacements, at);
    case COMBINER_INDEXED_BLOCK: return basetype.Create_indexed_block(blocklength, displacements, at);
    case COMBINER_HINDEXED_BLOCK: return basetype.Create_hindexed_block(blocklength, displacements, at);
    case COMBINER_STRUCT: return Create_struct(blocklengths, displacements, datatypes, at);
    case COMBINER_SUBARRAY: return basetype.Create_subarray(sizes, subsizes, starts, order, at);
    case COMBINER_DARRAY: return basetype.Create_darray(size, rank, gsizes, distribs, dargs, psizes, order, at);
    case COMBINER_RESIZED: return basetype.Create_resized(static_cast<Aint>(lb), static_cast<Aint>(extent), at);
    case COMBINER_VALUE_INDEX: return Get_value_index(datatypes.at(0), datatypes.at(1), at);
    case COMBINER_F90_INTEGER: return Create_f90_integer(r, at);
    case COMBINER_F90_REAL: return Create_f90_real(p, r, at);
    case COMBINER_F90_COMPLEX: return Create_f90_complex(p, r, at);
    case COMBINER_NAMED: break;
    }
    return borrow(basetype.handle());
}

extern MPI4CXX_API const Datatype DATATYPE_NULL;

// Predefined datatypes (MPI-4.0, 3.2.2 and 5.9). Borrowed: they are never freed.
extern MPI4CXX_API const Datatype CHAR;
extern MPI4CXX_API const Datatype SIGNED_CHAR;
extern MPI4CXX_API const Datatype UNSIGNED_CHAR;
extern MPI4CXX_API const Datatype SHORT;
extern MPI4CXX_API const Datatype UNSIGNED_SHORT;
extern MPI4CXX_API const Datatype INT;
extern MPI4CXX_API const Datatype UNSIGNED;
extern MPI4CXX_API const Datatype LONG;
extern MPI4CXX_API const Datatype UNSIGNED_LONG;
extern MPI4CXX_API const Datatype LONG_LONG;
extern MPI4CXX_API const Datatype UNSIGNED_LONG_LONG;
extern MPI4CXX_API const Datatype FLOAT;
extern MPI4CXX_API const Datatype DOUBLE;
extern MPI4CXX_API const Datatype LONG_DOUBLE;
extern MPI4CXX_API const Datatype BYTE;
extern MPI4CXX_API const Datatype PACKED;
extern MPI4CXX_API const Datatype WCHAR;
extern MPI4CXX_API const Datatype C_BOOL;
extern MPI4CXX_API const Datatype C_COMPLEX;
extern MPI4CXX_API const Datatype C_FLOAT_COMPLEX;
extern MPI4CXX_API const Datatype C_DOUBLE_COMPLEX;
extern MPI4CXX_API const Datatype C_LONG_DOUBLE_COMPLEX;
extern MPI4CXX_API const Datatype INT8_T;
extern MPI4CXX_API const Datatype INT16_T;
extern MPI4CXX_API const Datatype INT32_T;
extern MPI4CXX_API const Datatype INT64_T;
extern MPI4CXX_API const Datatype UINT8_T;
extern MPI4CXX_API const Datatype UINT16_T;
extern MPI4CXX_API const Datatype UINT32_T;
extern MPI4CXX_API const Datatype UINT64_T;
extern MPI4CXX_API const Datatype AINT;
extern MPI4CXX_API const Datatype OFFSET;
extern MPI4CXX_API const Datatype COUNT;
extern MPI4CXX_API const Datatype SHORT_INT;
extern MPI4CXX_API const Datatype TWOINT;
extern MPI4CXX_API const Datatype LONG_INT;
extern MPI4CXX_API const Datatype FLOAT_INT;
extern MPI4CXX_API const Datatype DOUBLE_INT;
extern MPI4CXX_API const Datatype LONG_DOUBLE_INT;

// Datatypes of C++ and Fortran. DATATYPE_NULL if the MPI library was built without them.
extern MPI4CXX_API const Datatype CXX_BOOL;
extern MPI4CXX_API const Datatype CXX_FLOAT_COMPLEX;
extern MPI4CXX_API const Datatype CXX_DOUBLE_COMPLEX;
extern MPI4CXX_API const Datatype CXX_LONG_DOUBLE_COMPLEX;
extern MPI4CXX_API const Datatype CHARACTER;
extern MPI4CXX_API const Datatype FLOAT16_T;
extern MPI4CXX_API const Datatype BFLOAT16_T;
extern MPI4CXX_API const Datatype LOGICAL;
extern MPI4CXX_API const Datatype LOGICAL1;
extern MPI4CXX_API const Datatype LOGICAL2;
extern MPI4CXX_API const Datatype LOGICAL4;
extern MPI4CXX_API const Datatype LOGICAL8;
extern MPI4CXX_API const Datatype LOGICAL16;
extern MPI4CXX_API const Datatype INTEGER;
extern MPI4CXX_API const Datatype REAL;
extern MPI4CXX_API const Datatype DOUBLE_PRECISION;
extern MPI4CXX_API const Datatype COMPLEX;
extern MPI4CXX_API const Datatype DOUBLE_COMPLEX;
extern MPI4CXX_API const Datatype INTEGER1;
extern MPI4CXX_API const Datatype INTEGER2;
extern MPI4CXX_API const Datatype INTEGER4;
extern MPI4CXX_API const Datatype INTEGER8;
extern MPI4CXX_API const Datatype INTEGER16;
extern MPI4CXX_API const Datatype REAL2;
extern MPI4CXX_API const Datatype REAL4;
extern MPI4CXX_API const Datatype REAL8;
extern MPI4CXX_API const Datatype REAL16;
extern MPI4CXX_API const Datatype COMPLEX4;
extern MPI4CXX_API const Datatype COMPLEX8;
extern MPI4CXX_API const Datatype COMPLEX16;
extern MPI4CXX_API const Datatype COMPLEX32;

// mpi4py's other names for them.
inline constexpr const Datatype& INT_INT = TWOINT;
inline constexpr const Datatype& UNSIGNED_INT = UNSIGNED;
inline constexpr const Datatype& SIGNED_SHORT = SHORT;
inline constexpr const Datatype& SIGNED_INT = INT;
inline constexpr const Datatype& SIGNED_LONG = LONG;
inline constexpr const Datatype& SIGNED_LONG_LONG = LONG_LONG;
inline constexpr const Datatype& BOOL = C_BOOL;
inline constexpr const Datatype& SINT8_T = INT8_T;
inline constexpr const Datatype& SINT16_T = INT16_T;
inline constexpr const Datatype& SINT32_T = INT32_T;
inline constexpr const Datatype& SINT64_T = INT64_T;
inline constexpr const Datatype& FLOAT32_T = FLOAT;
inline constexpr const Datatype& FLOAT64_T = DOUBLE;
inline constexpr const Datatype& F_BOOL = LOGICAL;
inline constexpr const Datatype& F_INT = INTEGER;
inline constexpr const Datatype& F_FLOAT = REAL;
inline constexpr const Datatype& F_DOUBLE = DOUBLE_PRECISION;
inline constexpr const Datatype& F_COMPLEX = COMPLEX;
inline constexpr const Datatype& F_FLOAT_COMPLEX = COMPLEX;
inline constexpr const Datatype& F_DOUBLE_COMPLEX = DOUBLE_COMPLEX;

}  // namespace MPI4CXX
