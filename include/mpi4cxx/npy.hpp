// NumPy's .npy files, which all processes of a communicator read or write together.
#pragma once

#include <mpi4cxx/buffer.hpp>
#include <mpi4cxx/detail/files/numpy_type.hpp>
#include <mpi4cxx/detail/handles/memory_layout.hpp>
#include <mpi4cxx/detail/mpi/any_vector.hpp>
#include <mpi4cxx/file.hpp>
#include <mpi4cxx/intracomm.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace MPI4CXX::npy {

/// Which block of the file's array a process has: `{shape, start}` and, if the block's memory does not tell its extents, `part`. There is one number
/// per dimension, as NumPy counts them. Without a shape, the blocks of the processes follow each other along the first dimension.
struct Block {
    detail::Extents shape, start, part;
    /// How the elements of a range lie in memory, and how a file is written from a range.
    Order order = ORDER_C;

    Block() noexcept = default;
    Block(detail::Extents of_array, detail::Extents first, detail::Extents extents = {}, Order memory_order = ORDER_C)
        : shape(std::move(of_array)), start(std::move(first)), part(std::move(extents)), order(memory_order) {}
    Block(const Slab& slab, Order memory_order = ORDER_C) : Block(slab.shape, slab.start, slab.part, memory_order) {}
};

/// What the header of a file says.
struct Header {
    std::string descr;               ///< the type of the elements, as NumPy writes it: `'<f8'`, or a list of a record's members
    std::vector<std::size_t> shape;  ///< of the array
    Order order = ORDER_C;
    std::size_t itemsize = 0;  ///< bytes of an element
    Offset data = 0;           ///< where the elements begin
};

/// This process's block of the array of a file.
template <class T> struct Array {
    std::vector<T> data;
    std::vector<std::size_t> shape;  ///< of the whole array
    std::vector<std::size_t> start;  ///< where the block begins
    std::vector<std::size_t> part;   ///< the extents of the block
    Order order = ORDER_C;           ///< of the elements in `data`
};

}  // namespace MPI4CXX::npy

namespace MPI4CXX::detail {

/// A block in memory, without its type. Extents and strides are in elements, in the order of the indices.
template <class Address> struct NumpyMemory {
    Address data = nullptr;
    const NumpyType* type = nullptr;
    Shape shape;
    bool is_range = true;  ///< the elements of a range may stand for any number of dimensions

    NumpyMemory() noexcept = default;
    NumpyMemory(Address address, Count count, const NumpyType& elements) noexcept : data(address), type(&elements) { shape.add(count); }
    template <class T> explicit NumpyMemory(T& container) : data(first_element(container)), type(&numpy_type<element_value<T>>) {
        using C = std::remove_const_t<T>;
        is_range = !ShapedArray<T>;
        if constexpr (EigenArray<C>) {  // buffer_traits has its dimensions in the order of memory
            if (!C::IsVectorAtCompileTime)
                add(container.rows(), C::IsRowMajor ? container.outerStride() : container.innerStride());
            if (!C::IsVectorAtCompileTime)
                add(container.cols(), C::IsRowMajor ? container.innerStride() : container.outerStride());
            else
                add(container.size(), container.innerStride());
        } else if constexpr (ShapedArray<T>) {
            shape = shape_of<C>(container);
        } else if constexpr (ElementRange<T>) {
            shape.add(static_cast<Count>(length_of(container)));
        } else {
            shape.add(1);
        }
    }

private:
    void add(std::ptrdiff_t extent, std::ptrdiff_t stride) {
        shape.add(extent);
        shape.dimensions[shape.rank - 1].stride = stride;
    }
};

MPI4CXX_API void npy_save(const Intracomm& comm, const std::filesystem::path& path, const NumpyMemory<const void*>& part, const npy::Block& block,
                          At at);
MPI4CXX_API void npy_load(const Intracomm& comm, const std::filesystem::path& path, const NumpyMemory<void*>& part, const npy::Block& block, At at);
MPI4CXX_API npy::Block npy_load(const Intracomm& comm, const std::filesystem::path& path, const NumpyType& type, AnyVector data,
                                const npy::Block& block, At at);

/// An npy::Header, without a container of the standard library.
struct OpenedArray {
    std::string descr;
    Extents shape;
    Order order;
    std::size_t itemsize;
    Offset data;
};
MPI4CXX_API OpenedArray npy_open(const Intracomm& comm, const std::filesystem::path& path, At at);

/// The elements of a loaded array. A std::vector<bool> has no memory to read into.
template <class T> using NumpyRoom = std::conditional_t<std::is_same_v<T, bool>, std::vector<char>, std::vector<T>>;

}  // namespace MPI4CXX::detail

namespace MPI4CXX::npy {

/// The block that a process saves: what Send takes as a buffer, or `{pointer, count}`.
struct ConstPart : detail::NumpyMemory<const void*> {
    template <Mapped T, std::integral N> ConstPart(const T* address, N n) : NumpyMemory(address, static_cast<Count>(n), detail::numpy_type<T>) {}
    template <class T>
        requires(!std::is_base_of_v<ConstPart, std::remove_cvref_t<T>>)
    ConstPart(T&& value) {
        if constexpr (std::is_same_v<std::remove_cvref_t<T>, std::vector<bool>>)
            copy(value);
        else if constexpr (detail::check_bufferable<std::remove_reference_t<T>>())
            static_cast<NumpyMemory&>(*this) = NumpyMemory(static_cast<const std::remove_reference_t<T>&>(value));
    }

private:
    void copy(const std::vector<bool>& bits) {
        copy_ = std::make_shared<bool[]>(bits.size());
        std::copy(bits.begin(), bits.end(), copy_.get());
        static_cast<NumpyMemory&>(*this) = NumpyMemory(copy_.get(), static_cast<Count>(bits.size()), detail::numpy_type<bool>);
    }

    std::shared_ptr<bool[]> copy_;
};

/// The memory that a block is loaded into: what Recv takes as a buffer, or `{pointer, count}`.
struct Part : detail::NumpyMemory<void*> {
    template <Mapped T, std::integral N> Part(T* address, N n) : NumpyMemory(address, static_cast<Count>(n), detail::numpy_type<T>) {}
    template <class T>
        requires(!std::is_base_of_v<Part, std::remove_cvref_t<T>>)
    Part(T&& value) {
        if constexpr (detail::check_bufferable<std::remove_reference_t<T>>()) {
            static_assert(detail::OutlivesCall<T>, "mpi4cxx: the memory to load into must outlive the call: this one is a temporary");
            static_assert(!std::is_const_v<detail::element_within<std::remove_reference_t<T>>>,
                          "mpi4cxx: the memory to load into must be writable: this one is const");
            static_cast<NumpyMemory&>(*this) = NumpyMemory(value);
        }
    }
};

/// Save the blocks of all processes as one array, which `numpy.load` reads. Without `block`, the parts follow each other in the order of ranks along
/// the first dimension; each may have any length, also 0. A shaped array, such as an Eigen block, tells its own extents, and its gaps are left out.
/// Structs become records; members have the names that a `struct_type` is given, else f0, f1 and so on. Throws on all processes if the elements are
/// of different types, or if the blocks overlap or leave a gap. The header is written last: a file that was not finished is not loaded. Collective.
inline void save(const Intracomm& comm, const std::filesystem::path& path, const ConstPart& part, const Block& block = {}, At at = {}) {
    detail::npy_save(comm, path, part, block, at);
}

/// Return this process's slice of the array of a file: of n rows, each of p processes gets n / p, the first n % p processes one more. Or return the
/// block at `block.start` with the extents `block.part`. The elements are in the order of C unless `block` names the other one, whatever the order in
/// the file; the bytes of numbers are swapped if the file was written so. A missing file, a damaged header, other elements than `T`, another shape
/// than `block.shape`, missing data: an Exception on all processes. Each process gets the whole array if it loads on COMM_SELF. Collective.
template <class T> [[nodiscard]] Array<T> load(const Intracomm& comm, const std::filesystem::path& path, const Block& block = {}, At at = {}) {
    detail::NumpyRoom<T> data;
    const Block loaded = detail::npy_load(comm, path, detail::numpy_type<T>, data, block, at);
    Array<T> result{{},
                    {loaded.shape.begin(), loaded.shape.end()},
                    {loaded.start.begin(), loaded.start.end()},
                    {loaded.part.begin(), loaded.part.end()},
                    loaded.order};
    if constexpr (std::is_same_v<T, bool>)
        result.data.assign(data.begin(), data.end());
    else
        result.data = std::move(data);
    return result;
}

/// Load a block into memory that exists: the inverse of `save` with the same arguments. A shaped array tells its own extents, and its gaps stay as
/// they are. Without `block`, the parts must make up the whole array. Collective.
inline void load_into(const Intracomm& comm, const std::filesystem::path& path, const Part& part, const Block& block = {}, At at = {}) {
    detail::npy_load(comm, path, part, block, at);
}

/// Return what the header of a file says, which is checked as `load` does. Collective.
[[nodiscard]] inline Header open(const Intracomm& comm, const std::filesystem::path& path, At at = {}) {
    const detail::OpenedArray found = detail::npy_open(comm, path, at);
    return {found.descr, {found.shape.begin(), found.shape.end()}, found.order, found.itemsize, found.data};
}

}  // namespace MPI4CXX::npy
