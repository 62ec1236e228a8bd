// Memory with gaps, as MPI takes it: by a datatype that is made for the buffer.
#pragma once

#include <mpi4cxx/datatype.hpp>

#include <array>
#include <cstddef>
#include <memory>

namespace MPI4CXX::detail {

/// The extents and the strides of an array, both in elements.
struct Shape {
    static constexpr std::size_t max_rank = 32;

    struct Dimension {
        Count extent, stride;
    };
    std::size_t rank = 0;
    std::array<Dimension, max_rank> dimensions;

    Shape() noexcept {}  // leaves the dimensions uninitialized
    void add(Count extent) noexcept {
        if (rank < max_rank)
            dimensions[rank] = {extent, 1};
        ++rank;
    }
};

/// The datatype of a buffer with gaps. It is freed with the last buffer that uses it.
struct Strided {
    Datatype type;
    MPI_Datatype element;  ///< the datatype of the container's elements
    Count elements;        ///< how many of the container's elements one element of `type` has
};

struct MemoryLayout {
    Count count;
    MPI_Datatype type;
    std::shared_ptr<const Strided> strided;  ///< null if the memory is in one piece
};

enum class MemoryUse : char { read, write };

/// Describes an array of elements of `size` bytes. The elements travel in the order in which they lie in memory, whatever the order of the array's
/// indices. A dimension with a negative stride runs backwards.
MPI4CXX_API MemoryLayout layout_of(Shape& shape, MPI_Datatype element, std::size_t size, MemoryUse use, At at);

}  // namespace MPI4CXX::detail
