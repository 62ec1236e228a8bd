// Objects to bytes and back: whatever cereal serializes can be sent with the lowercase methods, and standard containers without
// its headers. What else of the standard library you send, a std::optional or a std::shared_ptr, needs them: <cereal/types/optional.hpp>.
#pragma once

#include <mpi4cxx/detail/elements.hpp>
#include <mpi4cxx/detail/type_name.hpp>

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace cereal::memory_detail {
template <class T> struct PtrWrapper;  // what cereal wraps a pointer in to read it
}

namespace mpi4cxx {

// What cereal asks for ----------------------------------------------------------------------------------------------------

template <detail::Nesting T> void prologue(InputArchive& archive, const T&) { archive.check_depth(); }
template <class T> void prologue(InputArchive& archive, const cereal::memory_detail::PtrWrapper<std::shared_ptr<T>&>&) { archive.want(typeid(T)); }
template <detail::SavedByUser T> void prologue(OutputArchive& archive, const T&) { archive.packing().distrust(1); }
template <detail::SavedByUser T> void epilogue(OutputArchive& archive, const T&) { archive.packing().distrust(-1); }

template <class T>
    requires(std::is_arithmetic_v<T> || detail::Memberwise<T>)
void CEREAL_SAVE_FUNCTION_NAME(OutputArchive& archive, const T& object) { detail::save_any(archive, object); }
template <class T>
    requires(std::is_arithmetic_v<T> || detail::Memberwise<T>)
void CEREAL_LOAD_FUNCTION_NAME(InputArchive& archive, T& object) { detail::load_any(archive, object); }
// spelled out, to be chosen rather than cereal's own
template <class E, class Traits, class A> void CEREAL_SAVE_FUNCTION_NAME(OutputArchive& archive, const std::basic_string<E, Traits, A>& run) {
    detail::write_run(archive.packing(), run);
}
template <class E, class Traits, class A> void CEREAL_LOAD_FUNCTION_NAME(InputArchive& archive, std::basic_string<E, Traits, A>& run) {
    detail::read_run(archive.unpacking(), run);
}

template <class T> void CEREAL_SAVE_FUNCTION_NAME(OutputArchive& archive, const cereal::BinaryData<T>& block) {
    archive.packing().put_block(block.data, block.size, 1);
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

template <class T> struct sent { using type = std::conditional_t<std::is_convertible_v<T, std::string_view>, std::string, std::remove_cvref_t<T>>; };
template <class T, std::size_t N> struct sent<std::span<T, N>> { using type = std::vector<std::remove_cv_t<T>>; };

}  // namespace detail

/// What an object is sent as: a std::string for all that spells one, a std::vector for a std::span, else its own type.
template <class T> using sent_as = typename detail::sent<std::remove_cvref_t<T>>::type;

/// What the lowercase methods carry: what cereal serializes, or a type with a datatype.
template <class T>
concept Serializable = detail::can_be_archived<sent_as<T>>();

namespace detail {

/// Writes the bytes of `object`.
template <class T> void pack(const T& object, Packing& to) {
    using Sent = sent_as<T>;
    static_assert(Serializable<T>,
                  "mpi4cxx: this type cannot be sent as an object: give it a `template <class Archive> void serialize(Archive&)`, include "
                  "the cereal header of its container, or make it a plain aggregate");
    if constexpr (std::is_same_v<Sent, std::string>)
        write_run(to, std::string_view(object));
    else if constexpr (Run<Sent>)
        write_run(to, object);
    else if constexpr (Bytewise<Sent> && sizeof(T) >= block_limit)
        to.put_block(&object, sizeof object, 1);
    else if constexpr (Fixed<Sent>)
        write(to, object);
    else if constexpr (Opaque<Sent>)
        to.append(&object, sizeof object);
    else {
        OutputArchive archive(to);
        if constexpr (std::is_same_v<Sent, T>) {
            archive(object);
        } else {
            to.distrust(1);  // of a copy that goes
            archive(Sent(object.begin(), object.end()));
        }
    }
    to.seal(object_type<Sent>.hash);
}

/// Reads into `object`, whose memory it uses again.
template <class T> void unpack(Unpacking& from, T& object) {
    if constexpr (Run<T>) {
        read_run(from, object);
    } else if constexpr (Bytewise<T> && sizeof(T) >= block_limit) {
        if (const std::byte* const bytes = from.take_block(sizeof object, 1); bytes == nullptr)
            from.receive_block(&object, sizeof object);
        else
            std::memcpy(&object, bytes, sizeof object);
    } else if constexpr (Fixed<T>) {
        read(from, object);
    } else if constexpr (Opaque<T>) {
        from.read(&object, sizeof object);
    } else {
        try {
            InputArchive archive(from);
            archive(object);
        } catch (const cereal::Exception& e) {
            Unpacking::corrupt(e.what());
        }
    }
    from.finish();
}

/// A new object.
template <class T> T unpacked(Unpacking& from) {
    T object{};
    unpack(from, object);
    return object;
}
template <Run T> T unpacked(Unpacking& from) {
    T object = make_run<T>(from);
    from.finish();
    return object;
}

}  // namespace detail
}  // namespace mpi4cxx
