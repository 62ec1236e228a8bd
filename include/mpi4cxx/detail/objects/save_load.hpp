// Saves and loads an object as its encoding says.
#pragma once

#include <mpi4cxx/detail/objects/block_ownership.hpp>
#include <mpi4cxx/detail/objects/container_elements.hpp>
#include <mpi4cxx/detail/objects/encoding.hpp>
#include <mpi4cxx/detail/objects/serialization_errors.hpp>
#include <mpi4cxx/detail/objects/standard_types.hpp>

#include <type_traits>

namespace MPI4CXX::detail {

/// A class that cereal reads and that may contain objects of its own type: a class of the user's, or one that is read through a pointer.
template <class T>
concept MayContainOwnType =
    std::is_class_v<T> && !StandardType<T> && (!CerealType<T> || type_name<T>().starts_with("cereal::memory_detail::LoadAndConstruct"));

/// Writes an object of any type that can be serialized.
template <class T> [[gnu::always_inline]] inline void save_any(OutputArchive& archive, const T& object) {
    constexpr Encoding encoding = encoding_of<T>();
    if constexpr (EncodedWithoutArchive<T>) {
        write_without_archive<T>(archive.packing(), object);
    } else if constexpr (encoding == Encoding::parts) {
        for_each_part(object, [&archive](const auto& part) { save_any(archive, part); });
    } else if constexpr (encoding == Encoding::elements) {
        save_elements(archive, object);
    } else if constexpr (encoding == Encoding::valarray) {
        save_valarray(archive, object);
    } else if constexpr (encoding == Encoding::bits) {
        save_bits(archive.packing(), object);
    } else if constexpr (encoding == Encoding::bools) {
        save_bools(archive.packing(), object);
    } else if constexpr (encoding == Encoding::optional) {
        save_optional(archive, object);
    } else if constexpr (encoding == Encoding::variant) {
        save_variant(archive, object);
    } else if constexpr (encoding == Encoding::atomic) {
        save_atomic(archive, object);
    } else if constexpr (encoding == Encoding::path) {
        write_contiguous(archive.packing(), object.native());
    } else if constexpr (encoding == Encoding::adaptor) {
        save_adaptor(archive, object);
    } else if constexpr (encoding == Encoding::pointer) {
        save_pointer(archive, object);
    } else if constexpr (encoding == Encoding::base_class) {
        save_any(archive, *object.base_ptr);
    } else if constexpr (encoding == Encoding::cereal) {
        archive.save_by_cereal(object);
    } else if constexpr (encoding == Encoding::user_defined) {
        archive.check_depth();
        Packing& to = archive.packing();
        const StableMemory stable = stable_memory_of(to, object);
        const std::size_t watched_before = to.watched();
        archive.save_by_cereal(object);
        to.check_watched(watched_before);
    } else if constexpr (encoding == Encoding::members) {
        archive.check_depth();
        with_members(object, [&archive](const auto&... members) { (save_any(archive, members), ...); });
    } else if constexpr (encoding == Encoding::named) {
        datatype_traits<T>::for_each_named(const_cast<T&>(object), [&archive](const auto& member) { save_any(archive, member); });
    } else if constexpr (encoding == Encoding::memory) {
        archive.packing().append(std::addressof(object), sizeof object);
    } else if constexpr (encoding == Encoding::none) {
        explain<T>();
    }
}

/// Reads an object of any type that can be serialized.
template <class T> void load_any(InputArchive& archive, T& object) {
    constexpr Encoding encoding = encoding_of<T>();
    if constexpr (EncodedWithoutArchive<T>) {
        read_without_archive(archive.unpacking(), object);
    } else if constexpr (encoding == Encoding::parts) {
        for_each_part(object, [&archive](auto& part) { load_any(archive, part); });
    } else if constexpr (encoding == Encoding::elements) {
        load_elements(archive, object);
    } else if constexpr (encoding == Encoding::valarray) {
        load_valarray(archive, object);
    } else if constexpr (encoding == Encoding::bits) {
        load_bits(archive.unpacking(), object);
    } else if constexpr (encoding == Encoding::bools) {
        load_bools(archive.unpacking(), object);
    } else if constexpr (encoding == Encoding::optional) {
        load_optional(archive, object);
    } else if constexpr (encoding == Encoding::variant) {
        load_variant(archive, object);
    } else if constexpr (encoding == Encoding::atomic) {
        object.store(make_any<typename T::value_type>(archive));
    } else if constexpr (encoding == Encoding::path) {
        object = make_contiguous<typename T::string_type>(archive.unpacking());
    } else if constexpr (encoding == Encoding::adaptor) {
        load_adaptor(archive, object);
    } else if constexpr (encoding == Encoding::pointer) {
        load_pointer(archive, object);
    } else if constexpr (encoding == Encoding::base_class) {
        load_any(archive, *object.base_ptr);
    } else if constexpr (encoding == Encoding::cereal) {
        archive.load_by_cereal(object);
    } else if constexpr (encoding == Encoding::user_defined) {
        if constexpr (cereal::traits::is_input_serializable<T, InputArchive>::value)
            archive.load_by_cereal(object);
        else
            object = make_any<T>(archive);
    } else if constexpr (encoding == Encoding::members) {
        archive.check_depth();
        with_members(object, [&archive](auto&... members) { (load_any(archive, members), ...); });
    } else if constexpr (encoding == Encoding::named) {
        datatype_traits<T>::for_each_named(object, [&archive](auto& member) { load_any(archive, member); });
    } else if constexpr (encoding == Encoding::memory) {
        archive.unpacking().read(std::addressof(object), sizeof object);
    } else if constexpr (encoding == Encoding::none) {
        explain<T>();
    }
}

/// Writes an argument that a user's function has passed to the archive. An argument that is not part of the object that is being saved may be
/// destroyed before it would be sent, so its blocks are copied.
template <class T> void save_user_argument(OutputArchive& archive, const T& object) {
    if constexpr (is_name_value_pair<T>) {
        save_user_argument(archive, object.value);
    } else if constexpr (is_base_class<T>) {
        save_user_argument(archive, *object.base_ptr);
    } else if constexpr (CannotHoldBlocks<T>) {
        save_any(archive, object);
    } else {
        Packing& to = archive.packing();
        const StableMemory stable = stable_memory_of_argument(to, object);
        const std::size_t blocks_before = to.number_of_blocks();
        save_any(archive, object);
        if constexpr (EncodedAs<T, Encoding::contiguous>)
            if (to.number_of_blocks() > blocks_before)
                to.watch(&object, [](const void* container) -> const void* { return static_cast<const T*>(container)->data(); });
    }
}

}  // namespace MPI4CXX::detail
