#pragma once

#include <mpi4cxx/attribute.hpp>
#include <mpi4cxx/constants.hpp>
#include <mpi4cxx/fortran.hpp>
#include <mpi4cxx/handle.hpp>
#include <mpi4cxx/named.hpp>

#include <span>

namespace mpi4cxx {

/// The layout of elements in memory (MPI-4.0, 5). Freeing is local.
class MPI4CXX_API Datatype : public Handle<Datatype>, public Named<Datatype>, public Attributes<Datatype>, public Fortran<Datatype> {
public:
    /// Lower bound and extent in bytes.
    struct Extent {
        Count lb, extent;
    };

    Datatype() noexcept = default;
    static Datatype take(MPI_Datatype raw) noexcept { return Datatype(raw, detail::Ownership::own); }
    static Datatype borrow(MPI_Datatype raw) noexcept { return Datatype(raw, detail::Ownership::borrow); }

    /// Return the bytes of data in one element, without gaps. Calls MPI_Type_size_x (MPI-4.0, 5.1.5).
    [[nodiscard]] Count Get_size(At at = {}) const;
    /// Return lower bound and extent in bytes. Calls MPI_Type_get_extent_x (MPI-4.0, 5.1.7).
    [[nodiscard]] Extent Get_extent(At at = {}) const;
    /// Return lower bound and extent without what Create_resized added. Calls MPI_Type_get_true_extent_x (MPI-4.0, 5.1.8).
    [[nodiscard]] Extent Get_true_extent(At at = {}) const;

    /// Return a copy with the same committed state. Calls MPI_Type_dup (MPI-4.0, 5.1.10).
    [[nodiscard]] Datatype Dup(At at = {}) const;
    /// Return `count` elements in a row. Calls MPI_Type_contiguous (MPI-4.0, 5.1.2).
    [[nodiscard]] Datatype Create_contiguous(Count count, At at = {}) const;
    /// Return `count` blocks of `blocklength` elements, `stride` elements apart. Calls MPI_Type_vector (MPI-4.0, 5.1.2).
    [[nodiscard]] Datatype Create_vector(Count count, Count blocklength, Count stride, At at = {}) const;
    /// Return blocks of different types; `displacements` in bytes. Calls MPI_Type_create_struct (MPI-4.0, 5.1.2).
    [[nodiscard]] static Datatype Create_struct(std::span<const int> blocklengths, std::span<const Aint> displacements,
                                                std::span<const MPI_Datatype> datatypes, At at = {});
    /// Return the same type with another lower bound and extent, in bytes. Calls MPI_Type_create_resized (MPI-4.0, 5.1.7).
    [[nodiscard]] Datatype Create_resized(Aint lb, Aint extent, At at = {}) const;
    /// Make the type ready for communication; returns it. Calls MPI_Type_commit (MPI-4.0, 5.1.9). Local.
    Datatype& Commit(At at = {}) &;
    Datatype Commit(At at = {}) &&;
    /// Free the type. Calls MPI_Type_free (MPI-4.0, 5.1.9). Local.
    void Free(At at = {}) { free(at); }

private:
    using Handle::Handle;
};

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

}  // namespace mpi4cxx
