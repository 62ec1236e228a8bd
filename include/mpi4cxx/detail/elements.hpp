// What each object is written and read by: a way of the library's own, or cereal.
#pragma once

#include <mpi4cxx/detail/run.hpp>
#include <mpi4cxx/detail/type_name.hpp>
#include <mpi4cxx/input_archive.hpp>
#include <mpi4cxx/output_archive.hpp>

#include <array>
#include <cstddef>
#include <cstring>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace mpi4cxx::detail {

// Standard containers, told by what they can do: their headers would take longer to compile than all of the library. They are
// read here because cereal's functions make them as long as the message claims before they read the first element, make the
// keys and values of maps twice, and turn the order of equivalent elements around.

template <class T>
concept Standard = std::is_class_v<T> && type_name<T>()
.starts_with("std::");

/// What has keys and values, like std::map.
template <class T>
concept Map = Standard<T> && requires {
    typename T::key_type;
    typename T::mapped_type;
};

template <class T>
concept Set = Standard<T> && !Map<T> && requires {
    typename T::key_type;
};

template <class T>
concept ForwardList = Standard<T> && requires(T& list) {
    list.emplace_after(list.before_begin());
};

/// Like std::deque; std::vector<bool> is none.
template <class T>
concept Sequence = Standard<T> && !Run<T> && requires(T & elements, typename T::value_type*& element) {
    elements.resize(1);
    elements.begin();
    element = &elements.emplace_back();
};

template <class T>
concept Valarray = Standard<T> && requires(const T& elements) {
    elements.cshift(1);
};

template <class T>
concept Bitset = Standard<T> && requires(T& bits) {
    bits.flip().to_ullong();
};

/// cereal would read a byte of it.
template <class T> inline constexpr bool is_array_of_none = false;
template <class E> inline constexpr bool is_array_of_none<std::array<E, 0>> = true;

/// No vector in truth: its elements have no address.
template <class T> inline constexpr bool is_bools = false;
template <class A> inline constexpr bool is_bools<std::vector<bool, A>> = true;

template <class T> consteval bool is_container() {
    if constexpr (Map<T> || is_bools<T>)
        return true;
    else
        return Set<T> || ForwardList<T> || Sequence<T> || Valarray<T> || Bitset<T> || is_array_of_none<T>;
}

template <class T>
concept Archived = !std::is_pointer_v<T> && cereal::traits::is_output_serializable<T, OutputArchive>::value &&
                   cereal::traits::is_input_serializable<T, InputArchive>::value;

/// Only its datatype is known: sent as it lies in memory.
template <class T>
concept Opaque = Mapped<T> && std::is_trivially_copyable_v<T> && !Fixed<T> && !Archived<T>;

template <class T> consteval bool can_be_archived();
/// cereal leaves empty classes out.
template <class T> consteval bool can_be_element() {
    if constexpr (std::is_empty_v<T>)
        return true;
    else
        return can_be_archived<T>();
}

/// Whether save_any and load_any know a way.
template <class T> consteval bool can_be_archived() {
    if constexpr (Run<T> || Fixed<T> || Memberwise<T> || Bitset<T> || is_bools<T> || is_array_of_none<T>)
        return true;
    else if constexpr (Map<T>)
        return can_be_element<typename T::key_type>() && can_be_element<typename T::mapped_type>();
    else if constexpr (is_container<T>())
        return can_be_element<typename T::value_type>();
    else
        return Archived<T> || Opaque<T>;
}

/// A class that says itself what is saved of it, which may be something that its function has just made.
template <class T>
concept SavedByUser =
    std::is_class_v<T> && !type_name<T>().starts_with("std::") && !type_name<T>().starts_with("cereal::") && !Memberwise<T> &&
    (cereal::traits::has_member_save<T, OutputArchive>::value || cereal::traits::has_non_member_save<T, OutputArchive>::value ||
     cereal::traits::has_member_save_minimal<T, OutputArchive>::value || cereal::traits::has_non_member_save_minimal<T, OutputArchive>::value);

/// What may have objects of its own type in it: a class of the user's, or a pointer that makes one.
template <class T>
concept Nesting = std::is_class_v<T> && !type_name<T>().starts_with("std::") && !Memberwise<T> &&
                  (!type_name<T>().starts_with("cereal::") || type_name<T>().starts_with("cereal::memory_detail::LoadAndConstruct"));

// Elements take a byte each at least, all in all, so that their number can be held against what is left of the message.
// Those of an empty class do not by themselves, so they are filled up.

template <class E> inline constexpr std::size_t least_bytes = layout<E>().is_fixed&& layout<E>().size > 0 ? layout<E>().size : 1;

inline void fill_up(Packing& to, std::size_t begin, std::size_t n) {
    if (const std::size_t written = to.size() - begin; written < n) [[unlikely]]
        std::memset(to.claim(n - written), 0, n - written);
}
inline void skip_filling(Unpacking& from, const std::byte* begin, std::size_t n) {
    if (const auto read = static_cast<std::size_t>(from.position() - begin); read < n) [[unlikely]]
        from.take(n - read);
}

template <class C> std::size_t length(const C& elements) {
    if constexpr (ForwardList<C>) {
        std::size_t n = 0;
        for (auto i = elements.begin(); i != elements.end(); ++i) ++n;
        return n;
    } else {
        return elements.size();
    }
}

template <class C> void save_elements(OutputArchive& archive, const C& elements) {
    Packing& to = archive.packing();
    const std::size_t n = length(elements);
    to.put_size(n);
    const std::size_t begin = to.size();
    for (const auto& element : elements)
        if constexpr (Map<C>) {
            save_any(archive, element.first);
            save_any(archive, element.second);
        } else {
            save_any(archive, element);
        }
    fill_up(to, begin, n);
}

template <class T> T make_any(InputArchive& archive) {
    T object{};
    load_any(archive, object);
    return object;
}

/// Becomes an object where a container makes its element.
template <class T> struct Loader {
    [[gnu::always_inline]] operator T() const {
        if constexpr (Run<T>)
            return make_run<T>(archive.unpacking());
        else
            return make_any<T>(archive);
    }
    InputArchive& archive;
};

// Each makes its elements when their turn comes, unless their size is known: else the message may claim to hold far more than it does.

template <Map C> void load_elements(InputArchive& archive, C& map) {
    using Key = Loader<typename C::key_type>;
    using Value = Loader<typename C::mapped_type>;
    const std::size_t n = archive.unpacking().get_size(1);
    const std::byte* const begin = archive.unpacking().position();
    map.clear();
    for (std::size_t i = 0; i < n; ++i)  // the key is made before the value
        map.emplace_hint(map.end(), std::piecewise_construct, std::tuple(Key{archive}), std::tuple(Value{archive}));
    skip_filling(archive.unpacking(), begin, n);
}

template <Set C> void load_elements(InputArchive& archive, C& set) {
    const std::size_t n = archive.unpacking().get_size(1);
    const std::byte* const begin = archive.unpacking().position();
    set.clear();
    for (std::size_t i = 0; i < n; ++i) set.emplace_hint(set.end(), Loader<typename C::key_type>{archive});
    skip_filling(archive.unpacking(), begin, n);
}

template <ForwardList C> void load_elements(InputArchive& archive, C& elements) {
    const std::size_t n = archive.unpacking().get_size(least_bytes<typename C::value_type>);
    const std::byte* const begin = archive.unpacking().position();
    auto last = elements.before_begin();
    for (std::size_t i = 0; i < n; ++i) {
        auto next = last;
        if (++next == elements.end())
            next = elements.emplace_after(last);
        load_any(archive, *(last = next));
    }
    skip_filling(archive.unpacking(), begin, n);
    elements.erase_after(last, elements.end());
}

template <Sequence C> void load_elements(InputArchive& archive, C& elements) {
    using E = typename C::value_type;
    Unpacking& from = archive.unpacking();
    const std::size_t n = from.get_size(least_bytes<E>);
    const std::byte* const begin = from.position();
    if (Fixed<E> || n < elements.size())
        elements.resize(n);
    if constexpr (requires { elements.reserve(n); })
        if (from.may_reserve(n, sizeof(E)))
            elements.reserve(n);
    for (E& element : elements) load_any(archive, element);
    for (std::size_t i = elements.size(); i < n; ++i) elements.emplace_back(Loader<E>{archive});
    skip_filling(from, begin, n);
}

template <class T> void save_container(OutputArchive& archive, const T& object) {
    if constexpr (Bitset<T>) {
        Packing& to = archive.packing();
        for (std::size_t i = 0; i < object.size(); i += 8) {
            unsigned byte = 0;
            for (std::size_t j = i; j < object.size() && j < i + 8; ++j) byte |= unsigned{object[j]} << (j - i);
            to.put(static_cast<unsigned char>(byte));
        }
    } else if constexpr (Valarray<T>) {
        using E = typename T::value_type;
        const std::span<const E> all(object.size() == 0 ? nullptr : &object[0], object.size());
        if constexpr (Fixed<E>)
            write_run(archive.packing(), all);
        else
            save_elements(archive, all);
    } else if constexpr (is_bools<T>) {
        archive.packing().put_size(object.size());
        for (const bool bit : object) archive.packing().put(bit);
    } else if constexpr (!is_array_of_none<T>) {
        save_elements(archive, object);
    }
}

template <class T> void load_container(InputArchive& archive, T& object) {
    if constexpr (Bitset<T>) {
        const std::byte* const bytes = archive.unpacking().take((object.size() + 7) / 8);
        for (std::size_t i = 0; i < object.size(); ++i) object[i] = (bytes[i / 8] >> i % 8 & std::byte{1}) != std::byte{0};
    } else if constexpr (Valarray<T>) {
        std::vector<typename T::value_type> all;
        load_any(archive, all);
        object.resize(all.size());
        for (std::size_t i = 0; i < all.size(); ++i) object[i] = std::move(all[i]);
    } else if constexpr (is_bools<T>) {
        object.resize(archive.unpacking().get_size(1));
        for (std::size_t i = 0; i < object.size(); ++i) object[i] = archive.unpacking().get_bool();
    } else if constexpr (!is_array_of_none<T>) {
        load_elements(archive, object);
    }
}

template <class T> [[gnu::always_inline]] inline void save_any(OutputArchive& archive, const T& object) {
    if constexpr (Run<T>)
        write_run(archive.packing(), object);
    else if constexpr (Fixed<T>)
        write(archive.packing(), object);
    else if constexpr (Memberwise<T>)
        with_members(object, [&archive](const auto&... members) { (save_any(archive, members), ...); });
    else if constexpr (is_container<T>())
        save_container(archive, object);
    else if constexpr (Opaque<T>)
        archive.packing().append(&object, sizeof object);
    else
        archive.save_by_cereal(object);
}

template <class T> void load_any(InputArchive& archive, T& object) {
    if constexpr (Run<T>)
        read_run(archive.unpacking(), object);
    else if constexpr (Fixed<T>)
        read(archive.unpacking(), object);
    else if constexpr (Memberwise<T>)
        with_members(object, [&archive](auto&... members) { (load_any(archive, members), ...); });
    else if constexpr (is_container<T>())
        load_container(archive, object);
    else if constexpr (Opaque<T>)
        archive.unpacking().read(&object, sizeof object);
    else
        archive.load_by_cereal(object);
}

}  // namespace mpi4cxx::detail
