// What the uppercase methods take: an address, a count and a datatype. All their genericity ends here: a buffer is made
// from any contiguous range of elements that have a datatype, from one such element, or spelled out as `{data, count, type}`.
#pragma once

#include <mpi4cxx/constants.hpp>
#include <mpi4cxx/datatype.hpp>
#include <mpi4cxx/datatype_traits.hpp>
#include <mpi4cxx/detail/integers.hpp>
#include <mpi4cxx/error.hpp>

#include <concepts>
#include <initializer_list>
#include <iterator>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace mpi4cxx {

namespace detail {

template <class R> using value_of = std::remove_cv_t<element_of<const R>>;

/// What outlives the expression it stands in: an lvalue, or a view of elements that live elsewhere.
template <class T>
concept Lasting = std::is_lvalue_reference_v<T> || std::ranges::enable_borrowed_range<std::remove_cvref_t<T>>;

}  // namespace detail

/// A contiguous range of elements that have a datatype.
template <class R>
concept ElementRange = detail::Contiguous<R> && Mapped<detail::element_of<R>>;

/// One such element.
template <class T>
concept SingleElement = Mapped<T> && !detail::Contiguous<T>;

/// What a buffer can be made from.
template <class T>
concept Bufferable = ElementRange<T> || SingleElement<T>;

namespace detail {

template <class T> auto* elements(T& value) {
    static_assert(Bufferable<T>,
                  "mpi4cxx: this type cannot be a buffer, because it has no MPI datatype: specialise mpi4cxx::datatype_traits for its "
                  "elements, make them a plain aggregate, or send it as an object with the lowercase method");
    if constexpr (Contiguous<T>)
        return std::data(value);
    else
        return &value;
}

template <class T> Count count_of(T& value) {
    if constexpr (Contiguous<T>)
        return static_cast<Count>(std::size(value));
    else
        return 1;
}

/// The handle of a type that the user names; null is misuse.
inline MPI_Datatype spelled_out(const Datatype& type, At at) {
    if (type.is_null())
        misuse({at, "buffer"}, "the datatype is null");
    return type.handle();
}

template <class T> MPI_Datatype type_of() {
    if constexpr (Bufferable<T>)
        return datatype_traits<std::remove_cv_t<std::remove_pointer_t<decltype(elements(std::declval<T&>()))>>>::get();
    else
        return MPI_DATATYPE_NULL;  // `elements` has already said why
}

}  // namespace detail

/// A buffer to receive into: writable memory that outlives the call.
struct Buf {
    void* data = nullptr;
    Count count = 0;
    MPI_Datatype type = MPI_BYTE;

    /// No buffer, mpi4py's None: what is not significant here, or empty.
    constexpr Buf() noexcept = default;
    Buf(InPlace) noexcept : data(MPI_IN_PLACE) {}
    template <std::integral N> Buf(Bottom, N n, const Datatype& datatype, At at = {}) : Buf(MPI_BOTTOM, n, datatype, at) {}
    template <std::integral N> Buf(void* address, N n, const Datatype& datatype, At at = {})
        : data(address), count(static_cast<Count>(n)), type(detail::spelled_out(datatype, at)) {}
    template <Mapped T, std::integral N> Buf(T* address, N n) : data(address), count(static_cast<Count>(n)), type(datatype_traits<T>::get()) {}
    template <class T>
        requires(!std::is_base_of_v<Buf, std::remove_cvref_t<T>>)
    Buf(T&& value) : data(writable(value)), count(detail::count_of(value)), type(detail::type_of<std::remove_reference_t<T>>()) {
        static_assert(detail::Lasting<T>, "mpi4cxx: a receive buffer must outlive the call: this one is a temporary");
    }

    [[nodiscard]] bool is_in_place() const noexcept { return data == MPI_IN_PLACE; }

private:
    template <class T> static void* writable(T& value) {
        using Pointer = decltype(detail::elements(value));
        static_assert(!std::is_const_v<std::remove_pointer_t<Pointer>>, "mpi4cxx: a receive buffer must be writable: this one is const");
        return const_cast<std::remove_const_t<std::remove_pointer_t<Pointer>>*>(detail::elements(value));
    }
};

/// A buffer to send from.
struct ConstBuf {
    const void* data = nullptr;
    Count count = 0;
    MPI_Datatype type = MPI_BYTE;

    /// No buffer, mpi4py's None: what is not significant here, or empty.
    constexpr ConstBuf() noexcept = default;
    ConstBuf(InPlace) noexcept : data(MPI_IN_PLACE) {}
    template <std::integral N> ConstBuf(Bottom, N n, const Datatype& datatype, At at = {}) : ConstBuf(MPI_BOTTOM, n, datatype, at) {}
    template <std::integral N> ConstBuf(const void* address, N n, const Datatype& datatype, At at = {})
        : data(address), count(static_cast<Count>(n)), type(detail::spelled_out(datatype, at)) {}
    ConstBuf(const Buf& buf) noexcept : data(buf.data), count(buf.count), type(buf.type) {}
    template <Mapped T, std::integral N> ConstBuf(const T* address, N n)
        : data(address), count(static_cast<Count>(n)), type(datatype_traits<T>::get()) {}
    template <class T>
        requires(!std::is_base_of_v<ConstBuf, T>)
    ConstBuf(const T& value) : data(detail::elements(value)), count(detail::count_of(value)), type(detail::type_of<const T>()) {}

    [[nodiscard]] bool is_in_place() const noexcept { return data == MPI_IN_PLACE; }
};

/// A buffer to send from after the call has returned, so never a temporary.
struct LastingConstBuf : ConstBuf {
    using ConstBuf::ConstBuf;
    LastingConstBuf(const ConstBuf& buf) noexcept : ConstBuf(buf) {}
    template <class T>
        requires(!std::is_base_of_v<ConstBuf, std::remove_cvref_t<T>> && !std::is_base_of_v<Buf, std::remove_cvref_t<T>>)
    LastingConstBuf(T&& value) : ConstBuf(value) {
        static_assert(detail::Lasting<T>, "mpi4cxx: a nonblocking call sends from this buffer after it has returned: this one is a temporary");
    }
};

namespace detail {

[[noreturn, gnu::cold]] MPI4CXX_API void mismatch(Count sends, MPI_Datatype send, Count receives, MPI_Datatype recv, At at, const char* method);

/// A reduction combines as many elements, of the same type, as it has room for.
inline void check_pair(const ConstBuf& send, const Buf& recv, Caller caller) {
    if (!send.is_in_place() && (send.count != recv.count || send.type != recv.type)) [[unlikely]]
        mismatch(send.count, send.type, recv.count, recv.type, caller.at, caller.method);
}

/// One count and one displacement a rank, in elements; without displacements the blocks are packed.
struct Blocks {
    std::size_t ranks = 0, displacements = 0;
    Counts counts;
    Displs displs;
    bool packed = true;

    Blocks() noexcept = default;
    Blocks(Integers lengths, Integers offsets) noexcept
        : ranks(lengths.size), displacements(offsets.size), counts(lengths.lengths<Count>()), displs(offsets.lengths<Aint>()),
          packed(offsets.size == 0) {}
};

/// One count, one displacement in bytes and one datatype a rank.
struct TypedBlocks : Blocks {
    Types types;

    TypedBlocks() noexcept = default;
    TypedBlocks(Integers lengths, Integers offsets, Types datatypes) noexcept : Blocks(lengths, offsets), types(std::move(datatypes)) {}
};

}  // namespace detail

/// A receive buffer of one block a rank: `{range, counts, displs}`, in elements, or `{range, counts}` when packed.
struct BufV : Buf, detail::Blocks {
    BufV() noexcept = default;
    BufV(InPlace in_place) noexcept : Buf(in_place) {}
    BufV(Buf buf, detail::Integers lengths, detail::Integers offsets = {}) noexcept : Buf(buf), Blocks(lengths, offsets) {}
};

/// A send buffer of one block a rank: `{range, counts, displs}`, in elements, or `{range, counts}` when packed.
struct ConstBufV : ConstBuf, detail::Blocks {
    ConstBufV() noexcept = default;
    ConstBufV(InPlace in_place) noexcept : ConstBuf(in_place) {}
    ConstBufV(const BufV& buf) noexcept : ConstBuf(static_cast<const Buf&>(buf)), Blocks(buf) {}
    ConstBufV(ConstBuf buf, detail::Integers lengths, detail::Integers offsets = {}) noexcept : ConstBuf(buf), Blocks(lengths, offsets) {}
};

/// The same for a call that sends after it has returned, so never of a temporary. Counts and displacements are copied.
struct LastingConstBufV : ConstBufV {
    LastingConstBufV() noexcept = default;
    LastingConstBufV(InPlace in_place) noexcept : ConstBufV(in_place) {}
    LastingConstBufV(const ConstBufV& buf) noexcept : ConstBufV(buf) {}
    LastingConstBufV(const BufV& buf) noexcept : ConstBufV(buf) {}
    LastingConstBufV(LastingConstBuf buf, detail::Integers lengths, detail::Integers offsets = {}) noexcept : ConstBufV(buf, lengths, offsets) {}
};

/// A receive buffer of one block a rank, each of a datatype of its own: `{range, counts, displs, types}`, the displacements in bytes, or
/// `{range, types}` for one element a rank, at displacement 0.
struct BufW : detail::TypedBlocks {
    void* data = nullptr;

    BufW() noexcept = default;
    BufW(InPlace) noexcept : data(MPI_IN_PLACE) {}
    BufW(Bottom, detail::Integers lengths, detail::Integers offsets, detail::Types datatypes)
        : TypedBlocks(lengths, offsets, std::move(datatypes)), data(MPI_BOTTOM) {}
    BufW(Buf buf, detail::Integers lengths, detail::Integers offsets, detail::Types datatypes)
        : TypedBlocks(lengths, offsets, std::move(datatypes)), data(buf.data) {}
    BufW(Buf buf, detail::Types datatypes) : BufW(buf, {}, {}, std::move(datatypes)) {}
};

/// The same to send from.
struct ConstBufW : detail::TypedBlocks {
    const void* data = nullptr;

    ConstBufW() noexcept = default;
    ConstBufW(InPlace) noexcept : data(MPI_IN_PLACE) {}
    ConstBufW(const BufW& buf) : TypedBlocks(buf), data(buf.data) {}
    ConstBufW(Bottom, detail::Integers lengths, detail::Integers offsets, detail::Types datatypes)
        : TypedBlocks(lengths, offsets, std::move(datatypes)), data(MPI_BOTTOM) {}
    ConstBufW(ConstBuf buf, detail::Integers lengths, detail::Integers offsets, detail::Types datatypes)
        : TypedBlocks(lengths, offsets, std::move(datatypes)), data(buf.data) {}
    ConstBufW(ConstBuf buf, detail::Types datatypes) : ConstBufW(buf, {}, {}, std::move(datatypes)) {}

    [[nodiscard]] bool is_in_place() const noexcept { return data == MPI_IN_PLACE; }
};

/// The same for a call that sends after it has returned, so never of a temporary. Counts, displacements and datatypes are copied.
struct LastingConstBufW : ConstBufW {
    LastingConstBufW() noexcept = default;
    LastingConstBufW(InPlace in_place) noexcept : ConstBufW(in_place) {}
    LastingConstBufW(const ConstBufW& buf) : ConstBufW(buf) {}
    LastingConstBufW(const BufW& buf) : ConstBufW(buf) {}
    LastingConstBufW(Bottom bottom, detail::Integers lengths, detail::Integers offsets, detail::Types datatypes)
        : ConstBufW(bottom, lengths, offsets, std::move(datatypes)) {}
    LastingConstBufW(LastingConstBuf buf, detail::Integers lengths, detail::Integers offsets, detail::Types datatypes)
        : ConstBufW(static_cast<const ConstBuf&>(buf), lengths, offsets, std::move(datatypes)) {}
    LastingConstBufW(LastingConstBuf buf, detail::Types datatypes) : ConstBufW(static_cast<const ConstBuf&>(buf), std::move(datatypes)) {}
};

}  // namespace mpi4cxx
