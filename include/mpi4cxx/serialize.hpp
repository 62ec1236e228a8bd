// Objects to bytes and back. The lowercase methods send standard types, plain aggregates of types that can be sent, and classes with a serialization
// function in one of cereal's forms. None of these needs a header of cereal's.
#pragma once

#include <mpi4cxx/detail/objects/save_load.hpp>
#include <mpi4cxx/detail/runtime/type_name.hpp>

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <variant>

namespace cereal::memory_detail {
template <class T> struct PtrWrapper;  // what cereal wraps a pointer in to read it
}

namespace MPI4CXX {

namespace detail {

template <class T>
concept HasAllocator = requires {
    typename T::allocator_type;
    typename T::value_type;
};
/// Accepts a class that derives from a standard class which holds objects and is no container.
struct StandardHolder {
    template <class... T> static void take(const std::pair<T...>*);
    template <class... T> static void take(const std::tuple<T...>*);
    template <class T, std::size_t N> static void take(const std::array<T, N>*);
    template <class T> static void take(const std::optional<T>*);
    template <class... T> static void take(const std::variant<T...>*);
    template <class T> static void take(const std::shared_ptr<T>*);
    template <class... T> static void take(const std::unique_ptr<T...>*);
};
template <class T>
concept HoldsObjects = requires(const T* object) {
    StandardHolder::take(object);
};
/// A class that can do what a class of the standard library can whose header need not be there.
template <class T>
concept LooksStandard = (requires(T & adaptor) {
                            typename T::container_type;
                            adaptor.pop();
                        }) ||
                        (requires(const T& valarray) { valarray.cshift(1); }) || (requires(T & bits) { bits.flip().to_ullong(); }) ||
                        (requires(const T& number) {
                            typename T::value_type;
                            number.real();
                            number.imag();
                        }) ||
                        (requires {
                            typename T::rep;
                            typename T::period;
                        });
/// A class that derives from a standard class which holds objects of other types.
template <class T>
concept DerivesFromStandard = (HasAllocator<T> || HoldsObjects<T> || LooksStandard<T>)&&!type_name<T>().starts_with("std::");

}  // namespace detail

// Functions that cereal calls ---------------------------------------------------------------------------------------------

template <detail::MayContainOwnType T> void prologue(InputArchive& archive, const T&) { archive.check_depth(); }
template <class T> void prologue(InputArchive& archive, const cereal::memory_detail::PtrWrapper<std::shared_ptr<T>&>&) { archive.want(typeid(T)); }

template <class T>
    requires(std::is_arithmetic_v<T>)
void CEREAL_SAVE_FUNCTION_NAME(OutputArchive& archive, const T& number) { detail::save_any(archive, number); }
template <class T>
    requires(std::is_arithmetic_v<T>)
void CEREAL_LOAD_FUNCTION_NAME(InputArchive& archive, T& number) { detail::load_any(archive, number); }
// The types are spelled out, so that these functions are chosen rather than cereal's own.
template <class E, class Traits, class A> void CEREAL_SAVE_FUNCTION_NAME(OutputArchive& archive, const std::basic_string<E, Traits, A>& run) {
    detail::write_contiguous(archive.packing(), run);
}
template <class E, class Traits, class A> void CEREAL_LOAD_FUNCTION_NAME(InputArchive& archive, std::basic_string<E, Traits, A>& run) {
    detail::read_contiguous(archive.unpacking(), run);
}

// A function for a standard class, cereal's or this library's, would accept a class that derives from it and lose the members of the derived class.
// These deleted functions are chosen before such a function, because they need no conversion. A function of the user's is chosen before these,
// because it is for fewer types.
template <class Archive, class T>
    requires(std::is_same_v<Archive, OutputArchive>&& detail::DerivesFromStandard<T>)
void CEREAL_SAVE_FUNCTION_NAME(Archive&, const T&) = delete;
template <class Archive, class T>
    requires(std::is_same_v<Archive, InputArchive>&& detail::DerivesFromStandard<T>)
void CEREAL_LOAD_FUNCTION_NAME(Archive&, T&) = delete;
template <class Archive, class T>
    requires((std::is_same_v<Archive, OutputArchive> || std::is_same_v<Archive, InputArchive>)&&detail::DerivesFromStandard<T>)
void CEREAL_SERIALIZE_FUNCTION_NAME(Archive&, T&) = delete;

template <class T> void CEREAL_SAVE_FUNCTION_NAME(OutputArchive& archive, const cereal::BinaryData<T>& block) {
    detail::Packing& to = archive.packing();
    const detail::StableMemory stable = detail::stable_memory_of(to, block);
    to.put_block(block.data, block.size, 1);
}

template <class T> void CEREAL_LOAD_FUNCTION_NAME(InputArchive& archive, cereal::BinaryData<T>& block) {
    detail::Unpacking& from = archive.unpacking();
    if (const std::byte* const bytes = from.take_block(block.size, 1); bytes == nullptr)
        from.receive_block(block.data, block.size);
    else if (block.size != 0)
        std::memcpy(block.data, bytes, block.size);
    if constexpr (std::is_same_v<std::remove_pointer_t<std::decay_t<T>>, bool>)
        for (std::uint64_t i = 0; i < block.size; ++i)
            if (static_cast<const unsigned char*>(block.data)[i] > 1) [[unlikely]]
                detail::Unpacking::corrupt("a bool is neither true nor false");
}

template <class Archive, class T>
    requires(std::is_same_v<Archive, OutputArchive> || std::is_same_v<Archive, InputArchive>)
void CEREAL_SERIALIZE_FUNCTION_NAME(Archive& archive, cereal::NameValuePair<T>& pair) { archive(pair.value); }

template <class T> void CEREAL_SAVE_FUNCTION_NAME(OutputArchive& archive, const cereal::SizeTag<T>& tag) {
    archive.packing().put_size(static_cast<std::size_t>(tag.size));
}

template <class T> void CEREAL_LOAD_FUNCTION_NAME(InputArchive& archive, cereal::SizeTag<T>& tag) {
    tag.size = static_cast<std::remove_reference_t<T>>(archive.unpacking().get_size(1));
}

namespace detail {

template <class C>
concept Character =
    std::is_same_v<C, char> || std::is_same_v<C, wchar_t> || std::is_same_v<C, char8_t> || std::is_same_v<C, char16_t> || std::is_same_v<C, char32_t>;

template <class T> struct sent_type { using type = T; };
template <class E, std::size_t N> struct sent_type<E[N]> { using type = std::array<typename sent_type<std::remove_cv_t<E>>::type, N>; };
template <Character C, std::size_t N> struct sent_type<C[N]> { using type = std::basic_string<C>; };
template <Character C> struct sent_type<C*> { using type = std::basic_string<C>; };
template <Character C> struct sent_type<const C*> { using type = std::basic_string<C>; };
template <class C, class Traits> struct sent_type<std::basic_string_view<C, Traits>> { using type = std::basic_string<C, Traits>; };
template <class E, std::size_t N> struct sent_type<std::span<E, N>> { using type = std::vector<std::remove_cv_t<E>>; };

}  // namespace detail

/// The type in which an object is sent and received: std::string for a literal, a `const char*` and a view of characters, std::vector for a
/// std::span, std::array for an array, and the object's own type for anything else.
template <class T> using sent_as = typename detail::sent_type<std::remove_cvref_t<T>>::type;

/// A type that the lowercase methods can send and receive.
template <class T>
concept Serializable = detail::can_be_archived<sent_as<T>>();

namespace detail {

template <Character C, std::size_t N> std::basic_string_view<C> text(const C (&array)[N]) {
    std::size_t n = 0;
    while (n < N && array[n] != C()) ++n;
    return {array, n};
}
template <Character C> std::basic_string_view<C> text(const C* const& pointer) {
    if (pointer == nullptr) [[unlikely]]
        Packing::refuse("a null pointer is no text that can be sent");
    return pointer;
}

/// Whether an array's elements are sent as another type: texts in an array of pointers or of character arrays.
template <class T> inline constexpr bool has_texts_as_elements = false;
template <class E, std::size_t N> inline constexpr bool has_texts_as_elements<E[N]> =
    !Character<std::remove_cv_t<E>> && !std::is_same_v<sent_as<E>, E>;

/// Throws std::invalid_argument if `object` is a part of an object of a derived class, whose other members would be lost.
template <class T> void check_whole(const T& object) {
    if constexpr (std::is_polymorphic_v<T> && !std::is_final_v<T>)
        if (typeid(object) != typeid(T)) [[unlikely]]
            Packing::refuse(
                "this reference to a base class is to an object of a derived one, whose other members would not be sent: send a "
                "std::unique_ptr or a std::shared_ptr to the object");
}

/// Writes `object` as a `sent_as<T>`, without an envelope.
template <class T> void save_sent(Packing& to, const T& object) {
    using Sent = sent_as<T>;
    check_whole(object);
    if constexpr (!Serializable<T>) {
        explain<Sent>();
    } else if constexpr (has_texts_as_elements<T>) {
        for (const auto& element : object) save_sent(to, element);
    } else if constexpr (EncodedAs<Sent, Encoding::contiguous> && !requires { object.data(); }) {
        write_contiguous(to, text(object));
    } else if constexpr (EncodedWithoutArchive<Sent>) {
        write_without_archive<Sent>(to, object);
    } else {
        OutputArchive archive(to);
        if constexpr (std::is_same_v<Sent, T> || std::is_array_v<T>)
            save_any(archive, object);
        else
            save_elements(archive, object);
    }
}

/// Writes the bytes of `object`, and its envelope.
template <class T> void pack(const T& object, Packing& to) {
    save_sent(to, object);
    to.seal(object_type<sent_as<T>>.hash);
}

/// Calls `read` with an archive that reads `from`.
template <class F> auto with_archive(Unpacking& from, F read) try {
    InputArchive archive(from);
    return read(archive);
} catch (const cereal::Exception& e) {
    Unpacking::corrupt(e.what());
}

/// Reads what save_sent has written into `object`, and reuses the object's memory.
template <class T> void load_sent(Unpacking& from, T& object) {
    if constexpr (!Serializable<T>)
        explain<sent_as<T>>();
    else if constexpr (EncodedAs<sent_as<T>, Encoding::contiguous> && !std::is_same_v<T, sent_as<T>>)
        (void)sizeof(cannot_be_received<T>);
    else if constexpr (EncodedWithoutArchive<T>)
        read_without_archive(from, object);
    else
        with_archive(from, [&object](InputArchive& archive) { load_any(archive, object); });
}

// GCC 12 copies an object that a nested block returns, so the objects are made in functions of their own: a class may own what a copy would own, too.
template <class T> T make_and_load(Unpacking& from) {
    T object{};
    load_sent(from, object);
    return object;
}

/// Returns what save_sent has written, as a new object.
template <class T> T make_sent(Unpacking& from) {
    if constexpr (!Serializable<T>) {
        explain<sent_as<T>>();
        __builtin_unreachable();
    } else if constexpr (!std::is_same_v<T, sent_as<T>>) {
        (void)sizeof(cannot_be_received<T>);
        __builtin_unreachable();
    } else if constexpr (EncodedAs<T, Encoding::contiguous>) {
        return make_contiguous<T>(from);
    } else if constexpr (!std::is_move_constructible_v<T>) {
        (void)sizeof(cannot_be_returned<T>);
        __builtin_unreachable();
    } else if constexpr (std::is_default_constructible_v<T>) {
        return make_and_load<T>(from);
    } else {
        return with_archive(from, [](InputArchive& archive) { return make_any<T>(archive); });
    }
}

/// Reads what pack has written into `object`, and reuses the object's memory.
template <class T> void unpack(Unpacking& from, T& object) {
    load_sent(from, object);
    from.finish();
}

/// Returns what pack has written, as a new object.
template <class T> T unpacked(Unpacking& from) {
    T object = make_sent<T>(from);  // not within a block, from which GCC before 14 would copy it
    from.finish();
    return object;
}
template <class T>
    requires(!std::is_move_constructible_v<T>)
T unpacked(Unpacking& from) {
    return make_sent<T>(from);  // which does not compile
}

}  // namespace detail
}  // namespace MPI4CXX
