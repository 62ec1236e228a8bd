// The buffer arguments of the uppercase methods: an address, a count and a datatype. A buffer is made from a contiguous range of elements that have a
// datatype, from one such element, from an array that buffer_traits describes, or written out as `{data, count, type}`. Templates end here: the
// methods take these plain structs.
#pragma once

#include <mpi4cxx/buffer_traits.hpp>
#include <mpi4cxx/constants.hpp>
#include <mpi4cxx/datatype.hpp>
#include <mpi4cxx/datatype_traits.hpp>
#include <mpi4cxx/detail/handles/element_type.hpp>
#include <mpi4cxx/detail/handles/memory_layout.hpp>
#include <mpi4cxx/detail/mpi/count_list.hpp>
#include <mpi4cxx/error.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace MPI4CXX {

namespace detail {

template <class T> inline constexpr bool is_array = std::is_array_v<T>;
template <class T, std::size_t N> inline constexpr bool is_array<std::array<T, N>> = true;

/// An argument whose elements outlive the expression: an lvalue, or a view of elements that live elsewhere.
template <class T>
concept OutlivesCall = std::is_lvalue_reference_v<T> || std::ranges::enable_borrowed_range<std::remove_cvref_t<T>> ||
    is_shaped_view<std::remove_cvref_t<T>>();

}  // namespace detail

/// One element that has a datatype. A class with a datatype is one element even if it is also a range, because the range may not be all of the class.
template <class T>
concept SingleElement = Mapped<T> && !detail::is_array<std::remove_cv_t<T>> && !detail::ShapedArray<T>;

/// A contiguous range of elements that have a datatype.
template <class R>
concept ElementRange = detail::Contiguous<R> && Mapped<detail::element_of<R>> && !SingleElement<R> && !detail::ShapedArray<R>;

namespace detail {

/// Returns the address of the first element of a container, or of the object itself if it is a single element.
template <class T> constexpr auto* first_element(T& container) {
    if constexpr (ShapedArray<T>)
        return buffer_traits<std::remove_cv_t<T>>::data(container);
    else if constexpr (ElementRange<T>)
        return std::ranges::data(container);
    else
        return std::addressof(container);
}

template <class T> using element_within = std::remove_pointer_t<decltype(first_element(std::declval<T&>()))>;
template <class T> using element_value = std::remove_cv_t<element_within<T>>;

}  // namespace detail

/// A type that a buffer can be made from.
template <class T>
concept Bufferable = ElementRange<T> || SingleElement<T> ||(detail::ShapedArray<T>&& Mapped<detail::element_value<T>>);

namespace detail {

/// Returns true if a buffer can be made from a `T`. Otherwise this does not compile, and the message says what to do.
template <class T> constexpr bool check_bufferable() {
    constexpr bool is_pointer = std::is_pointer_v<T> || std::is_null_pointer_v<std::remove_cv_t<T>>;
    constexpr bool is_sparse = requires(T & t) { t.valuePtr(), t.innerIndexPtr(), t.outerIndexPtr(); };
    constexpr bool is_expression = EigenExpression<T> && !EigenArray<T> && !is_sparse;
    constexpr bool is_scattered = std::ranges::range<T&> && !Contiguous<T>;
    constexpr bool is_accessed = requires(T & t) { t.accessor(), t.mapping(); };
    constexpr bool is_unknown = std::is_class_v<T> && !Contiguous<T> && requires(T & t) { t.data(), t.size(); };
    constexpr bool is_operation = std::is_base_of_v<Op, T>;
    if constexpr (Bufferable<T>)
        return true;
    else if constexpr (is_pointer)
        static_assert(!is_pointer, "mpi4cxx: a pointer has no count: write {pointer, count}, or {pointer, count, datatype}");
    else if constexpr (is_sparse)
        static_assert(!is_sparse,
                      "mpi4cxx: a sparse matrix does not lie in one piece of memory: send its arrays, valuePtr(), innerIndexPtr() and "
                      "outerIndexPtr(), or a dense matrix");
    else if constexpr (is_expression)
        static_assert(!is_expression, "mpi4cxx: this expression has no memory of its own: evaluate it first, with .eval()");
    else if constexpr (is_scattered)
        static_assert(!is_scattered,
                      "mpi4cxx: the elements of this range do not lie in one piece of memory: copy them into a std::vector, or send the container "
                      "as an object with the lowercase method");
    else if constexpr (is_accessed)
        static_assert(!is_accessed,
                      "mpi4cxx: the accessor of this mdspan may look for elements elsewhere than its layout says: describe the memory by "
                      "mpi4cxx::buffer_traits, or send an mdspan with std::default_accessor");
    else if constexpr (is_unknown)
        static_assert(!is_unknown,
                      "mpi4cxx: data() and size() do not tell how this class lies in memory: describe it by mpi4cxx::buffer_traits or, if it is "
                      "an element, by mpi4cxx::datatype_traits");
    else if constexpr (is_operation)
        static_assert(!is_operation,
                      "mpi4cxx: an operation stands where the receive buffer belongs: write Allreduce(x, result, op), or allreduce(x, op), which "
                      "returns the result");
    else
        static_assert(Bufferable<T>,
                      "mpi4cxx: this type cannot be a buffer, because it has no MPI datatype: specialise mpi4cxx::datatype_traits for its "
                      "elements, make them a plain aggregate, or send it as an object with the lowercase method");
    return false;
}

template <class C> Shape shape_of(const C& container) {
    Shape result;
    for (const auto extent : buffer_traits<C>::shape(container)) result.add(static_cast<Count>(extent));
    if constexpr (requires { buffer_traits<C>::strides(container); }) {
        std::size_t i = 0;
        for (const auto stride : buffer_traits<C>::strides(container))
            if (i < Shape::max_rank)
                result.dimensions[i++].stride = static_cast<Count>(stride);
    } else {
        Count stride = 1;
        for (std::size_t i = std::min(result.rank, Shape::max_rank); i-- > 0; stride *= result.dimensions[i].extent)
            result.dimensions[i].stride = stride;
    }
    return result;
}

/// Returns the handle of a datatype that the user names. Throws an Exception if it is null.
inline MPI_Datatype spelled_out(const Datatype& type, At at) {
    if (type.is_null())
        refuse_null(MPI_ERR_TYPE, "buffer", "the datatype is null", at);
    return type.handle();
}

/// The members of both kinds of buffers.
template <class Address> struct BufferParts {
    Address data = nullptr;
    Count count = 0;
    MPI_Datatype type = MPI_BYTE;
    const ElementType* element = nullptr;    ///< null for numbers, and if the user has named the datatype
    std::shared_ptr<const Strided> strided;  ///< owns `type` if the memory has gaps
    bool is_block = false;                   ///< whether the user has named the count: in a collective call of equal blocks, the count of one block

    constexpr BufferParts() noexcept = default;
    BufferParts(Address address, Count n, MPI_Datatype datatype, const ElementType* elements = nullptr) noexcept
        : data(address), count(n), type(datatype), element(elements), is_block(true) {}
    template <class Other> BufferParts(const BufferParts<Other>& other) noexcept
        : data(other.data), count(other.count), type(other.type), element(other.element), strided(other.strided), is_block(other.is_block) {}

    [[nodiscard]] bool is_in_place() const noexcept { return data == MPI_IN_PLACE; }
    /// Returns the number of elements in the container, also if the memory has gaps.
    [[nodiscard]] Count elements() const noexcept { return strided ? count * strided->elements : count; }
    [[nodiscard]] MPI_Datatype datatype_of_elements() const noexcept { return strided ? strided->element : type; }

protected:
    template <class T> void describe(T& container, MemoryUse use, At at) {
        using E = element_value<T>;
        data = const_cast<E*>(first_element(container));
        type = datatype_traits<E>::get();
        element = element_type<E>();
        if constexpr (ShapedArray<T>) {
            Shape shape = shape_of<std::remove_const_t<T>>(container);
            MemoryLayout layout = layout_of(shape, type, sizeof(E), use, at);
            count = layout.count;
            type = layout.type;
            strided = std::move(layout.strided);
        } else if constexpr (ElementRange<T>) {
            count = static_cast<Count>(length_of(container));
        } else {
            count = 1;
        }
    }
};

template <class T> inline constexpr bool is_buffer = std::is_base_of_v<BufferParts<void*>, T> || std::is_base_of_v<BufferParts<const void*>, T>;

}  // namespace detail

/// A buffer to receive into: writable memory that outlives the call.
struct Buf : detail::BufferParts<void*> {
    /// No buffer, mpi4py's None: what is not significant here, or empty.
    constexpr Buf() noexcept = default;
    Buf(InPlace) noexcept { data = MPI_IN_PLACE; }
    template <std::integral N> Buf(Bottom, N n, const Datatype& datatype, At at = {}) : Buf(MPI_BOTTOM, n, datatype, at) {}
    template <std::integral N> Buf(void* address, N n, const Datatype& datatype, At at = {})
        : BufferParts(address, static_cast<Count>(n), detail::spelled_out(datatype, at)) {}
    template <Mapped T, std::integral N> Buf(T* address, N n)
        : BufferParts(address, static_cast<Count>(n), datatype_traits<T>::get(), detail::element_type<T>()) {}
    template <class T>
        requires(!detail::is_buffer<std::remove_cvref_t<T>>)
    Buf(T&& value, At at = {}) {
        if constexpr (detail::check_bufferable<std::remove_reference_t<T>>()) {
            static_assert(detail::OutlivesCall<T>,
                          "mpi4cxx: a receive buffer must outlive the call: this one is a temporary. If it is the root, write "
                          "Scatterv(range, counts, root), without braces, which returns the part of this process");
            static_assert(!std::is_const_v<detail::element_within<std::remove_reference_t<T>>>,
                          "mpi4cxx: a receive buffer must be writable: this one is const");
            describe(value, detail::MemoryUse::write, at);
        }
    }
};

/// A buffer to send from: memory that outlives the call.
struct ConstBuf : detail::BufferParts<const void*> {
    /// No buffer, mpi4py's None: what is not significant here, or empty.
    constexpr ConstBuf() noexcept = default;
    ConstBuf(InPlace) noexcept { data = MPI_IN_PLACE; }
    template <std::integral N> ConstBuf(Bottom, N n, const Datatype& datatype, At at = {}) : ConstBuf(MPI_BOTTOM, n, datatype, at) {}
    template <std::integral N> ConstBuf(const void* address, N n, const Datatype& datatype, At at = {})
        : BufferParts(address, static_cast<Count>(n), detail::spelled_out(datatype, at)) {}
    ConstBuf(const Buf& buf) noexcept : BufferParts(buf) {}
    template <Mapped T, std::integral N> ConstBuf(const T* address, N n)
        : BufferParts(address, static_cast<Count>(n), datatype_traits<T>::get(), detail::element_type<T>()) {}
    template <class T>
        requires(!detail::is_buffer<std::remove_cvref_t<T>>)
    ConstBuf(T&& value, At at = {}) {
        if constexpr (detail::check_bufferable<std::remove_reference_t<T>>()) {
            static_assert(detail::OutlivesCall<T>,
                          "mpi4cxx: what a nonblocking call, or a buffer with a name, sends is read later: this one is a temporary");
            describe(value, detail::MemoryUse::read, at);
        }
    }
};

/// The send buffer of a blocking call: a ConstBuf, or a temporary, which lives until the call returns.
struct ConstBufArg : ConstBuf {
    using ConstBuf::ConstBuf;
    ConstBufArg(const ConstBuf& buf) noexcept : ConstBuf(buf) {}
    template <class T>
        requires(!detail::is_buffer<std::remove_cvref_t<T>>)
    ConstBufArg(T&& value, At at = {}) {
        if constexpr (detail::check_bufferable<std::remove_reference_t<T>>())
            describe(value, detail::MemoryUse::read, at);
    }
};

namespace detail {

[[noreturn, gnu::cold]] MPI4CXX_API void mismatch(Count sends, MPI_Datatype send, Count receives, MPI_Datatype recv, At at, const char* method);

/// Throws std::invalid_argument unless both buffers of a reduction have the same count and the same datatype.
inline void check_pair(const ConstBuf& send, const Buf& recv, Caller caller) {
    if (!send.is_in_place() && (send.count != recv.count || send.type != recv.type)) [[unlikely]]
        mismatch(send.count, send.type, recv.count, recv.type, caller.at, caller.method);
}

/// Returns whether MPI's own operations work on both buffers as they are.
[[gnu::always_inline]] inline bool is_plain_pair(const ConstBuf& send, const Buf& recv) noexcept {
    return send.count == recv.count && recv.count >= 0 && send.type == recv.type && send.data != recv.data && recv.element == nullptr &&
           !recv.strided;
}

/// One count and one displacement per rank, in elements. Without displacements the blocks are packed: they follow each other without gaps.
struct Blocks {
    std::size_t ranks = 0, displacements = 0;
    Counts counts;
    Displs displs;
    bool packed = true;

    Blocks() noexcept = default;
    Blocks(CountList lengths, CountList offsets) noexcept
        : ranks(lengths.size), displacements(offsets.size), counts(lengths.lengths<Count>()), displs(offsets.lengths<Aint>()),
          packed(offsets.size == 0) {}
};

/// The count of a buffer of unknown length.
inline constexpr Count any_count = std::numeric_limits<Count>::max();

/// One count, one displacement in bytes and one datatype per rank.
struct TypedBlocks : Blocks {
    Types types;
    Count elements = any_count;  ///< of `element`, in the memory
    MPI_Datatype element = MPI_BYTE;

    TypedBlocks() noexcept = default;
    TypedBlocks(CountList lengths, CountList offsets, Types datatypes) noexcept : Blocks(lengths, offsets), types(std::move(datatypes)) {}
};

template <class P>
concept PointerToElements = std::is_pointer_v<P> && Mapped<std::remove_pointer_t<P>>;

/// The buffer of a call that has a count for each block. A pointer is enough, because these counts give the length.
template <class Buffer> struct BlocksBuffer : Buffer {
    using Address = decltype(Buffer::data);

    using Buffer::Buffer;
    BlocksBuffer(const Buffer& buf) noexcept : Buffer(buf) {}
    /// An address whose datatype is named later.
    BlocksBuffer(Address address) noexcept { point_to(address, MPI_DATATYPE_NULL); }
    /// A pointer to elements. An array is no pointer here: its length is known.
    template <class P>
        requires PointerToElements<std::remove_cvref_t<P>> BlocksBuffer(P&& address) {
            using Pointer = std::remove_cvref_t<P>;
            static_assert(std::is_convertible_v<Pointer, Address>, "mpi4cxx: a receive buffer must be writable: this one is const");
            if constexpr (std::is_convertible_v<Pointer, Address>)
                point_to(address, datatype_traits<std::remove_cv_t<std::remove_pointer_t<Pointer>>>::get());
        }
    void point_to(Address address, MPI_Datatype datatype) noexcept { static_cast<BufferParts<Address>&>(*this) = {address, any_count, datatype}; }
};

/// A buffer with one block per rank: `{range, counts, displs}` in elements, `{range, counts}` if the blocks are packed, or
/// `{range, counts, displs, datatype}` with the user's datatype. A pointer may replace the range. `List` is the type of the counts and displacements.
template <class Buffer, class List> struct BufferOfBlocks : Buffer, Blocks {
    BufferOfBlocks() noexcept = default;
    BufferOfBlocks(InPlace in_place) noexcept : Buffer(in_place) {}
    BufferOfBlocks(BlocksBuffer<Buffer> buf, List counts_of_blocks, List displacements_of_blocks = {}) noexcept
        : Buffer(std::move(buf)), Blocks(counts_of_blocks, displacements_of_blocks) {}
    BufferOfBlocks(BlocksBuffer<Buffer> buf, List counts_of_blocks, List displacements_of_blocks, const Datatype& datatype, At at = {})
        : Blocks(counts_of_blocks, displacements_of_blocks) {
        buf.point_to(buf.data, spelled_out(datatype, at));
        static_cast<Buffer&>(*this) = buf;
    }
    /// From a buffer whose memory and counts live at least as long.
    template <std::convertible_to<Buffer> Other, std::derived_from<List> OtherList>
    BufferOfBlocks(const BufferOfBlocks<Other, OtherList>& other) noexcept : Buffer(static_cast<const Other&>(other)), Blocks(other) {}
};

/// A buffer with one block per rank, each with its own datatype: `{range, counts, displs, types}` with displacements in bytes, or `{range, types}`
/// for one element per rank at displacement 0.
template <class Buffer, class List> struct BufferOfTypedBlocks : TypedBlocks {
    decltype(Buffer::data) data = nullptr;

    BufferOfTypedBlocks() noexcept = default;
    BufferOfTypedBlocks(InPlace) noexcept : data(MPI_IN_PLACE) {}
    BufferOfTypedBlocks(Bottom, List counts_of_blocks, List displacements_of_blocks, Types datatypes)
        : TypedBlocks(counts_of_blocks, displacements_of_blocks, std::move(datatypes)), data(MPI_BOTTOM) {}
    BufferOfTypedBlocks(const BlocksBuffer<Buffer>& buf, List counts_of_blocks, List displacements_of_blocks, Types datatypes)
        : TypedBlocks(counts_of_blocks, displacements_of_blocks, std::move(datatypes)), data(buf.data) {
        if (!buf.strided) {
            elements = buf.count;
            element = buf.type;
        }
    }
    BufferOfTypedBlocks(const BlocksBuffer<Buffer>& buf, Types datatypes) : BufferOfTypedBlocks(buf, {}, {}, std::move(datatypes)) {}
    template <std::convertible_to<Buffer> Other, std::derived_from<List> OtherList>
    BufferOfTypedBlocks(const BufferOfTypedBlocks<Other, OtherList>& other) : TypedBlocks(other), data(other.data) {}

    [[nodiscard]] bool is_in_place() const noexcept { return data == MPI_IN_PLACE; }
};

}  // namespace detail

// Buffers with one block per rank, to receive into and to send from. They can be variables: their memory, counts and displacements must outlive them.
using BufV = detail::BufferOfBlocks<Buf, detail::StoredCountList>;
using ConstBufV = detail::BufferOfBlocks<ConstBuf, detail::StoredCountList>;
using BufW = detail::BufferOfTypedBlocks<Buf, detail::StoredCountList>;
using ConstBufW = detail::BufferOfTypedBlocks<ConstBuf, detail::StoredCountList>;

// These buffers as arguments. Counts and displacements are read or copied before the call returns. A blocking call also reads the data that it sends.
using BufVArg = detail::BufferOfBlocks<Buf, detail::CountList>;
using ConstBufVArg = detail::BufferOfBlocks<ConstBufArg, detail::CountList>;
using StoredConstBufVArg = detail::BufferOfBlocks<ConstBuf, detail::CountList>;
using BufWArg = detail::BufferOfTypedBlocks<Buf, detail::CountList>;
using ConstBufWArg = detail::BufferOfTypedBlocks<ConstBufArg, detail::CountList>;
using StoredConstBufWArg = detail::BufferOfTypedBlocks<ConstBuf, detail::CountList>;

}  // namespace MPI4CXX
