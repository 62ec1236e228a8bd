// The headers of .npy files. The format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#pragma once

#include <mpi4cxx/file.hpp>

#include "files/npy_call.hpp"
#include "files/npy_type.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace MPI4CXX::detail {

struct NpyHeader {
    std::string descr;
    NpyType type;
    bool is_fortran = false;
    std::vector<Count> shape;
    Offset data = 0;  ///< where the elements begin
};

/// Returns the header of a file, which one process reads. Throws an Exception on all processes if the header is not as NumPy writes it, or if the
/// file has not the length that the header promises. Collective.
NpyHeader read_header(const NpyCall& call, const File& file);
/// Returns the bytes of a header.
std::string write_header(const NpyType& type, bool is_fortran, const std::vector<Count>& shape);

}  // namespace MPI4CXX::detail
