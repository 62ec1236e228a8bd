// What each object is written and read by: a way of the library's own, or cereal.
#pragma once

#include <mpi4cxx/detail/objects/container_elements.hpp>
#include <mpi4cxx/detail/objects/serialization_errors.hpp>
#include <mpi4cxx/detail/objects/standard_types.hpp>

#include <type_traits>

namespace MPI4CXX::detail {

/// What is saved of these is made for the purpose.
template <class T>
concept Minimal =
    cereal::traits::has_member_save_minimal<T, OutputArchive>::value || cereal::traits::has_non_member_save_minimal<T, OutputArchive>::value ||
    cereal::traits::has_member_versioned_save_minimal<T, OutputArchive>::value ||
    cereal::traits::has_non_member_versioned_save_minimal<T, OutputArchive>::value;

/// What may have objects of its own type in it, where cereal reads it: a class of the user's, or one that a pointer makes.
template <class T>
concept Nesting = std::is_class_v<T> && !Standard<T> && (!OfCereal<T> || type_name<T>().starts_with("cereal::memory_detail::LoadAndConstruct"));

template <class T> [[gnu::always_inline]] inline void save_any(OutputArchive& archive, const T& object) {
    if constexpr (ContiguousContainer<T>) {
        write_contiguous(archive.packing(), object);
    } else if constexpr (AsBlock<T>) {
        archive.packing().put_block(&object, sizeof object, 1);
    } else if constexpr (FixedSize<T>) {
        write(archive.packing(), object);
    } else if constexpr (std::is_array_v<T> || is_sequence_of_values<T>) {
        for_each_part(object, [&archive](const auto& part) { save_any(archive, part); });
    } else if constexpr (Container<T>) {
        save_container(archive, object);
    } else if constexpr (Holder<T>) {
        save_held(archive, object);
    } else if constexpr (OfCereal<T>) {
        archive.save_by_cereal(object);
    } else if constexpr (Archived<T>) {
        const Known itself(archive.packing(), &object, Minimal<T> ? 0 : sizeof object);
        archive.save_by_cereal(object);
    } else if constexpr (Aggregate<T>) {
        with_members(object, [&archive](const auto&... members) { (save_any(archive, members), ...); });
    } else if constexpr (Opaque<T>) {
        archive.packing().append(&object, sizeof object);
    } else {
        explain<T>();
    }
}

template <class T> void load_any(InputArchive& archive, T& object) {
    if constexpr (ContiguousContainer<T>) {
        read_contiguous(archive.unpacking(), object);
    } else if constexpr (AsBlock<T>) {
        read_block(archive.unpacking(), object);
    } else if constexpr (FixedSize<T>) {
        read(archive.unpacking(), object);
    } else if constexpr (std::is_array_v<T> || is_sequence_of_values<T>) {
        for_each_part(object, [&archive](auto& part) { load_any(archive, part); });
    } else if constexpr (Container<T>) {
        load_container(archive, object);
    } else if constexpr (Holder<T>) {
        load_held(archive, object);
    } else if constexpr (is_base_class<T>) {
        load_any(archive, *object.base_ptr);
    } else if constexpr (OfCereal<T>) {
        archive.load_by_cereal(object);
    } else if constexpr (MadeByUser<T> && !cereal::traits::is_input_serializable<T, InputArchive>::value) {
        object = make_any<T>(archive);
    } else if constexpr (Archived<T>) {
        archive.load_by_cereal(object);
    } else if constexpr (Aggregate<T>) {
        archive.check_depth();
        with_members(object, [&archive](auto&... members) { (load_any(archive, members), ...); });
    } else if constexpr (Opaque<T>) {
        archive.unpacking().read(&object, sizeof object);
    } else {
        explain<T>();
    }
}

/// What a function of the user's has handed over. Where that is no part of the object which is being saved, it may be gone when it would be sent.
template <class T> void save_handed(OutputArchive& archive, const T& object) {
    if constexpr (is_name_value_pair<T>) {
        save_handed(archive, object.value);
    } else if constexpr (is_base_class<T>) {
        save_handed(archive, *object.base_ptr);
    } else if constexpr (OfCereal<T> || (FixedSize<T> && sizeof(T) < block_limit)) {
        save_any(archive, object);
    } else {
        const Known handed(archive.packing(), &object);
        save_any(archive, object);
    }
}

}  // namespace MPI4CXX::detail
