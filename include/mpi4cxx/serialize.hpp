// Objects to bytes and back, by cereal: whatever cereal serializes can be sent with the lowercase methods. Include the
// cereal header of each standard container that you send, <cereal/types/map.hpp> and so on; strings and vectors are here.
#pragma once

#include <mpi4cxx/datatype_traits.hpp>
#include <mpi4cxx/detail/bytes.hpp>
#include <mpi4cxx/detail/envelope.hpp>

#include <cereal/cereal.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/vector.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace mpi4cxx {

/// Writes an object's bytes in the machine's own format.
class OutputArchive final : public cereal::OutputArchive<OutputArchive, cereal::AllowEmptyClassElision> {
public:
    explicit OutputArchive(detail::Bytes& sink) : cereal::OutputArchive<OutputArchive, cereal::AllowEmptyClassElision>(this), sink_(sink) {}
    void write(const void* data, std::size_t size) { sink_.append(data, size); }

private:
    detail::Bytes& sink_;
};

/// Reads what OutputArchive wrote; throws Exception where the bytes cannot be that.
class MPI4CXX_API InputArchive final : public cereal::InputArchive<InputArchive, cereal::AllowEmptyClassElision> {
public:
    explicit InputArchive(std::span<const std::byte> source)
        : cereal::InputArchive<InputArchive, cereal::AllowEmptyClassElision>(this), source_(source) {}
    void read(void* data, std::size_t size) {
        if (size > source_.size()) [[unlikely]]
            corrupt("the bytes end too early");
        if (size != 0)
            std::memcpy(data, source_.data(), size);
        source_ = source_.subspan(size);
    }
    [[nodiscard]] std::size_t remaining() const noexcept { return source_.size(); }
    [[noreturn]] static void corrupt(const char* what);

private:
    std::span<const std::byte> source_;
};

template <class T>
    requires std::is_arithmetic_v<T>
void CEREAL_SAVE_FUNCTION_NAME(OutputArchive& archive, const T& value) { archive.write(&value, sizeof value); }

template <class T>
    requires std::is_arithmetic_v<T>
void CEREAL_LOAD_FUNCTION_NAME(InputArchive& archive, T& value) {
    if constexpr (std::is_same_v<T, bool>) {
        unsigned char byte = 0;
        archive.read(&byte, 1);
        if (byte > 1) [[unlikely]]
            InputArchive::corrupt("a bool is neither true nor false");
        value = byte != 0;
    } else {
        archive.read(&value, sizeof value);
    }
}

template <class T> void CEREAL_SAVE_FUNCTION_NAME(OutputArchive& archive, const cereal::BinaryData<T>& block) {
    archive.write(block.data, block.size);
}

template <class T> void CEREAL_LOAD_FUNCTION_NAME(InputArchive& archive, cereal::BinaryData<T>& block) {
    archive.read(block.data, block.size);
    if constexpr (std::is_same_v<std::remove_pointer_t<std::decay_t<T>>, bool>)
        for (std::uint64_t i = 0; i < block.size; ++i)
            if (static_cast<const unsigned char*>(block.data)[i] > 1) [[unlikely]]
                InputArchive::corrupt("a bool is neither true nor false");
}

template <class Archive, class T>
    requires(std::is_same_v<Archive, OutputArchive> || std::is_same_v<Archive, InputArchive>)
void CEREAL_SERIALIZE_FUNCTION_NAME(Archive& archive, cereal::NameValuePair<T>& pair) { archive(pair.value); }

template <class T> void CEREAL_SAVE_FUNCTION_NAME(OutputArchive& archive, const cereal::SizeTag<T>& size) {
    archive(static_cast<std::uint64_t>(size.size));
}

template <class T> void CEREAL_LOAD_FUNCTION_NAME(InputArchive& archive, cereal::SizeTag<T>& tag) {
    std::uint64_t size = 0;
    archive(size);
    // every element takes a byte at least, so a container cannot be longer than what is left
    if (size > archive.remaining()) [[unlikely]]
        InputArchive::corrupt("a container is said to be longer than the message");
    tag.size = static_cast<std::remove_reference_t<T>>(size);
}

namespace detail {

class AnyArchive : public cereal::OutputArchive<AnyArchive> {};

/// A plain aggregate that says nothing itself of how it is serialized, and that cereal does not know.
template <class T>
concept Memberwise =
    std::is_aggregate_v<T> && std::is_copy_assignable_v<T> && !cereal::traits::is_output_serializable<T, AnyArchive>::value && PlainAggregate<T>;

}  // namespace detail

template <detail::Memberwise T> void CEREAL_SAVE_FUNCTION_NAME(OutputArchive& archive, const T& object) {
    detail::with_members(object, [&archive](const auto&... members) { archive(members...); });
}

template <detail::Memberwise T> void CEREAL_LOAD_FUNCTION_NAME(InputArchive& archive, T& object) {
    detail::with_members(object, [&archive](auto&... members) { archive(members...); });
}

}  // namespace mpi4cxx

CEREAL_SETUP_ARCHIVE_TRAITS(mpi4cxx::InputArchive, mpi4cxx::OutputArchive)

namespace mpi4cxx {

namespace detail {

template <class T>
concept Archived = !std::is_pointer_v<T> && cereal::traits::is_output_serializable<T, OutputArchive>::value &&
                   cereal::traits::is_input_serializable<T, InputArchive>::value;

}  // namespace detail

/// What an object is sent as: a std::string for all that spells one, else its own type.
template <class T> using sent_as = std::conditional_t<std::is_convertible_v<T, std::string_view>, std::string, std::remove_cvref_t<T>>;

/// What the lowercase methods carry: what cereal serializes, or a type with a datatype.
template <class T>
concept Serializable = detail::Archived<sent_as<T>> || Mapped<sent_as<T>>;

namespace detail {

[[noreturn]] MPI4CXX_API void wrong_type(std::uint64_t hash, std::string_view wanted);

/// The bytes of `object` behind room for an envelope.
template <class T> Bytes pack(const T& object) {
    using Sent = sent_as<T>;
    static_assert(Serializable<T>,
                  "mpi4cxx: this type cannot be sent as an object: give it a `template <class Archive> void serialize(Archive&)`, include "
                  "the cereal header of its container, or make it a plain aggregate");
    constexpr struct {
        Envelope envelope;
        std::uint64_t hash = type_hash<Sent>();
    } head;
    Bytes bytes;
    bytes.append(&head, sizeof head);
    if constexpr (Archived<Sent>) {
        OutputArchive archive(bytes);
        if constexpr (std::is_same_v<Sent, T>)
            archive(object);
        else
            archive(Sent(object));
    } else {
        bytes.append(&object, sizeof object);
    }
    return bytes;
}

/// The object whose bytes, without envelope, these are.
template <class T> T unpack(std::span<const std::byte> bytes) {
    InputArchive archive(bytes);
    std::uint64_t hash = 0;
    archive.read(&hash, sizeof hash);
    if (hash != type_hash<T>()) [[unlikely]]
        wrong_type(hash, type_name<T>());
    T object{};
    if constexpr (Archived<T>) {
        try {
            archive(object);
        } catch (const cereal::Exception& e) {
            InputArchive::corrupt(e.what());
        }
    } else {
        archive.read(&object, sizeof object);
    }
    if (archive.remaining() != 0) [[unlikely]]
        InputArchive::corrupt("bytes are left over");
    return object;
}

template <class T> std::vector<Bytes> pack_each(const std::vector<T>& objects) {
    std::vector<Bytes> packed;
    packed.reserve(objects.size());
    for (const T& object : objects) packed.push_back(pack(object));
    return packed;
}

}  // namespace detail
}  // namespace mpi4cxx
