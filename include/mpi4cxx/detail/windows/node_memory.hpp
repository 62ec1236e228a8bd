// Memory that the processes of a node share, and what is agreed among all processes when it is made: the part of SharedArray that does not depend on
// the type of the elements.
#pragma once

#include <mpi4cxx/detail/handles/memory_layout.hpp>
#include <mpi4cxx/detail/mpi/array.hpp>
#include <mpi4cxx/detail/mpi/count_list.hpp>
#include <mpi4cxx/detail/runtime/type_name.hpp>
#include <mpi4cxx/intracomm.hpp>
#include <mpi4cxx/win.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>

namespace MPI4CXX::detail {

/// The extents of an array, as a parameter: `100`, `{rows, columns}`, or a range of integers.
struct ArrayShape : Shape {
    template <std::integral... N>
        requires(sizeof...(N) > 0)
    ArrayShape(N... extents) { (append(extents), ...); }
    template <Contiguous R>
        requires std::integral<element_of<const R>> ArrayShape(const R& extents) {
            for (const auto extent : extents) append(extent);
        }

private:
    template <class N> void append(N extent) { add(std::in_range<Count>(extent) ? static_cast<Count>(extent) : std::numeric_limits<Count>::max()); }
};

/// The elements of a shared array.
struct SharedElement {
    std::size_t size, alignment;
    const ObjectType& type;
};

/// What a process gives to `share`. Only that of the root counts.
struct SharedSource {
    const void* data;
    Shape shape;
};

/// One piece of memory on each node. Its processes have it at different addresses.
class MPI4CXX_API NodeMemory {
public:
    NodeMemory() noexcept = default;
    /// Makes the memory of an array. `node` has the processes of `comm` that share one piece; if it is null, MPI tells which these are.
    /// Throws on all processes if one of them cannot go on. Collective over `comm`.
    NodeMemory(const Intracomm& comm, const Shape& shape, const SharedElement& element, const Intracomm& node, At at);
    /// Makes the memory of the array that `root` has, and copies the array into the memory of the root's node. Collective over `comm`.
    NodeMemory(const Intracomm& comm, const SharedSource& source, const SharedElement& element, int root, const Intracomm& node, At at);
    NodeMemory(NodeMemory&& other) noexcept { swap(other); }
    NodeMemory& operator=(NodeMemory&& other) noexcept {
        NodeMemory(std::move(other)).swap(*this);
        return *this;
    }
    ~NodeMemory() = default;

    /// Copies the memory of the root's node to the other nodes. Collective over `comm`.
    void spread(const Intracomm& comm, At at) const;
    /// Makes what each process of the node has written visible to the others.
    void sync(At at) const;

    [[nodiscard]] std::byte* data() const noexcept { return data_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::span<const Count> shape() const noexcept { return {extents_.data(), extents_.size()}; }
    [[nodiscard]] const Intracomm& node() const noexcept { return node_; }
    [[nodiscard]] const Intracomm& leaders() const noexcept { return leaders_; }
    /// Returns the place of the element with these indices. Throws std::invalid_argument if the array has no such element.
    template <std::size_t N> [[nodiscard]] std::size_t offset(const std::array<Count, N>& indices) const {
        if (extents_.size() != N) [[unlikely]]
            refuse_indices(indices);
        std::size_t result = 0;
        for (std::size_t i = 0; i < N; ++i) {
            const auto index = static_cast<std::size_t>(indices[i]),
                       extent = static_cast<std::size_t>(extents_[i]);  // a negative index is a large one
            if (index >= extent) [[unlikely]]
                refuse_indices(indices);
            result = result * extent + index;
        }
        return result;
    }

private:
    struct Terms;
    [[noreturn, gnu::cold]] void refuse_indices(std::span<const Count> indices) const;
    void make(const Intracomm& comm, const Terms& terms, const SharedElement& element, const Intracomm& node, At at);
    void swap(NodeMemory& other) noexcept;

    Intracomm node_, leaders_;  // on the other processes, leaders_ is null
    Win window_;
    Array<Count> extents_;
    std::byte* data_ = nullptr;
    std::size_t size_ = 0;  // in elements
    std::size_t bytes_ = 0;
    At made_ = nowhere;
};

}  // namespace MPI4CXX::detail
