// The types of elements, in memory and in .npy files.
#pragma once

#include <mpi4cxx/detail/files/numpy_type.hpp>
#include <mpi4cxx/detail/mpi/mpi.hpp>

#include "files/npy_call.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace MPI4CXX::detail {

struct NpyField;

/// A number, a record of fields, or bytes without a meaning; in a record also an array of these.
struct NpyType {
    char kind = 'V';          ///< NumPy's letter; V for records and for bytes
    bool is_swapped = false;  ///< whether numbers have the order of bytes that this machine does not have
    std::size_t size = 0;     ///< bytes of one element of the array
    std::vector<Count> extents;
    std::vector<NpyField> fields;
};

struct NpyField {
    std::string name;  ///< empty if unknown
    std::size_t offset;
    NpyType type;
};

/// Numbers that follow each other, within an element in memory and in the file.
struct NpyStep {
    std::size_t memory, file, count, unit;  ///< places, how many numbers, and the bytes of one that are swapped together
    bool is_bool, is_swapped;
};
using NpySteps = std::vector<NpyStep>;

/// Returns the product of extents. Throws if that is too large for a file, but not if one of them is 0.
Count product(const Count* begin, const Count* end, const NpyCall& call);
inline Count product(const std::vector<Count>& extents, const NpyCall& call) {
    return product(extents.data(), extents.data() + extents.size(), call);
}

/// Returns the type of the elements of a C++ type. Its arrays are dimensions of the file's array.
NpyType type_in_memory(const NumpyType& type);
/// Returns the type that a file is written with: without padding, each field with a name.
NpyType packed(const NpyType& type);
/// Returns all bytes of a field.
std::size_t bytes_of_field(const NpyType& type);
/// Returns a packed type as NumPy writes it.
std::string descr_of(const NpyType& type);
/// Returns how an element is read or written. Throws an Exception if the types are not the same; `descr` is that of the file. Members with names are
/// found by their names.
NpySteps steps_between(const NpyType& memory, const NpyType& file, const std::string& descr, const NpyCall& call);

}  // namespace MPI4CXX::detail
