// One array on each node, which all processes of the node read and write directly.
#pragma once

#include <mpi4cxx/buffer.hpp>
#include <mpi4cxx/constants.hpp>
#include <mpi4cxx/detail/windows/node_memory.hpp>
#include <mpi4cxx/intracomm.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>

namespace MPI4CXX {

namespace detail {

/// Returns true if processes can share elements of type `T`. Otherwise this does not compile, and the message says what to do.
template <class T> consteval bool check_shared_element() {
    constexpr bool is_address = std::is_pointer_v<T> || std::is_member_pointer_v<T> || std::ranges::view<T>;
    static_assert(!is_address,
                  "mpi4cxx: processes cannot share pointers or views: an address means something in one process only; share the data "
                  "itself, and indices into it");
    static_assert(
        is_address || std::is_trivially_copyable_v<T>,
        "mpi4cxx: processes can share trivially copyable elements only: these keep their data elsewhere, in the memory of one process; share "
        "all the data in one array, and where each part begins in another");
    static_assert(alignof(T) <= 4096, "mpi4cxx: processes can share elements with an alignment of up to one page, 4096 bytes");
    return !is_address && std::is_trivially_copyable_v<T>;
}

/// Returns the address of the first element of a container.
template <class C> constexpr auto* first_of(C& container) {
    if constexpr (ShapedArray<C>)
        return buffer_traits<std::remove_cv_t<C>>::data(container);
    else
        return std::ranges::data(container);
}

template <class C> SharedSource source_of(C& container) {
    if constexpr (ShapedArray<C>)
        return {first_of(container), shape_of<std::remove_cv_t<C>>(container)};
    else
        return {first_of(container), ArrayShape(length_of(container))};
}

template <class T> SharedElement shared_element() noexcept { return {sizeof(T), alignof(T), object_type<T>}; }

/// Returns true if `share` takes a `C`. Otherwise this does not compile, and the message says what can be shared.
template <class C> consteval bool check_shareable() {
    constexpr bool is_in_one_piece = ShapedArray<C> || Contiguous<C>;
    static_assert(is_in_one_piece,
                  "mpi4cxx: share() takes data that lies in one piece of memory: a std::vector, std::array or std::span of trivially "
                  "copyable elements, or an array that buffer_traits describes; bcast() copies any other object to every process");
    if constexpr (is_in_one_piece)
        return check_shared_element<std::remove_cv_t<std::remove_pointer_t<decltype(first_of(std::declval<C&>()))>>>();
    else
        return false;
}

}  // namespace detail

/// An array that exists once on each node. The processes of a node read and write the same elements, without calls and without copies.
/// Extents are in the order of the indices; the last index runs fastest. As with std::span, a const SharedArray gives access to elements that are not
/// const; the elements of a SharedArray<const T> are.
/// What one process writes, others see after `sync()`. Two processes must not write one element between two calls of sync, except by
/// std::atomic_ref. The end of the array is collective over the processes of the node.
template <class T> class SharedArray {
    static_assert(detail::check_shared_element<std::remove_cv_t<T>>());

public:
    using element_type = T;
    using value_type = std::remove_cv_t<T>;

    SharedArray() noexcept = default;
    /// Make an array of the extents `shape` on each node: `100`, `{rows, columns}`, or a range of integers. Every process gives the same shape. The
    /// elements are not initialized.
    /// `node` has the processes of `comm` that share one array, for instance those of a socket; by default they are those of a node.
    /// Calls MPI_Win_allocate_shared (MPI-4.0, 12.2.3). Collective.
    SharedArray(const Intracomm& comm, const detail::ArrayShape& shape, const Intracomm& node = COMM_NULL, At at = {}) requires(!std::is_const_v<T>)
        : SharedArray(detail::NodeMemory(comm, shape, detail::shared_element<value_type>(), node, at)) {}
    /// Take an array that nobody is going to write any more.
    template <class U>
        requires(std::is_const_v<T>&& std::is_same_v<U, value_type>)
    SharedArray(SharedArray<U>&& other)
    noexcept : SharedArray(std::move(other.memory_)) {}
    /// For `share`.
    explicit SharedArray(detail::NodeMemory&& made) noexcept : memory_(std::move(made)) {}

    [[nodiscard]] T* data() const noexcept { return reinterpret_cast<T*>(memory_.data()); }
    [[nodiscard]] std::size_t size() const noexcept { return memory_.size(); }
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }  ///< Whether there are no elements.
    /// All elements, row by row.
    [[nodiscard]] std::span<T> span() const noexcept { return {data(), size()}; }
    [[nodiscard]] T* begin() const noexcept { return data(); }
    [[nodiscard]] T* end() const noexcept { return data() + size(); }
    /// The element at place `i` of all, row by row. Not checked, as in std::span.
    [[nodiscard]] T& operator[](std::size_t i) const noexcept { return data()[i]; }
    /// The element with these indices, one for each dimension. Throws std::invalid_argument if there is none.
    template <std::integral... Index> [[nodiscard]] T& operator()(Index... indices) const {
        return data()[memory_.offset(std::array<Count, sizeof...(Index)>{static_cast<Count>(indices)...})];
    }

    [[nodiscard]] std::span<const Count> shape() const noexcept { return memory_.shape(); }  ///< The extents.
    [[nodiscard]] std::size_t rank() const noexcept { return shape().size(); }
    [[nodiscard]] Count extent(std::size_t dimension) const noexcept { return shape()[dimension]; }  ///< The number of elements in one dimension.

    /// Make what each process of the node has written visible to the others, and wait for them. Calls MPI_Win_sync, MPI_Barrier and MPI_Win_sync
    /// (MPI-4.0, 12.5.4). Collective over the processes of the node.
    void sync(At at = {}) const { memory_.sync(at); }

    /// The processes that share this array.
    [[nodiscard]] const Intracomm& node() const noexcept { return memory_.node(); }
    /// One process of each node: those for which `is_leader()` is true. Null on the others.
    [[nodiscard]] const Intracomm& leaders() const noexcept { return memory_.leaders(); }
    /// Whether this process is the one of its node that fills the array, where one is to do so: the first, and the root of `share`.
    [[nodiscard]] bool is_leader() const noexcept { return !memory_.leaders().is_null(); }

private:
    template <class> friend class SharedArray;

    detail::NodeMemory memory_;
};

/// Give every process the contiguous data of `root`, once on each node and read-only: a SharedArray<const T>, of the same shape. What the other
/// processes give has the same type and is otherwise ignored: `{}` of that type will do. The data goes to each node once. A container that is moved
/// in is freed as soon as its elements are in the shared memory.
/// `node` is that of SharedArray. Throws on all processes if the types differ or the root does not exist. Calls MPI_Win_allocate_shared and MPI_Bcast
/// (MPI-4.0, 12.2.3, 6.4). Collective.
template <class Data> [[nodiscard]] auto share(const Intracomm& comm, Data&& data, int root = 0, const Intracomm& node = COMM_NULL, At at = {}) {
    using Container = std::remove_reference_t<Data>;
    if constexpr (detail::check_shareable<Container>()) {
        using T = std::remove_cv_t<std::remove_pointer_t<decltype(detail::first_of(data))>>;
        detail::NodeMemory copies(comm, detail::source_of(data), detail::shared_element<T>(), root, node, at);
        if constexpr (!std::is_reference_v<Data> && !std::is_const_v<Container> && !std::is_trivially_copyable_v<Container>)
            const Container freed = std::forward<Data>(data);  // before the data goes to other nodes
        copies.spread(comm, at);
        return SharedArray<const T>(std::move(copies));
    }
}

}  // namespace MPI4CXX
