// Saves and loads the elements of the standard library's containers.
#pragma once

#include <mpi4cxx/detail/objects/block_ownership.hpp>
#include <mpi4cxx/detail/objects/construction.hpp>
#include <mpi4cxx/detail/objects/encoding.hpp>
#include <mpi4cxx/input_archive.hpp>
#include <mpi4cxx/output_archive.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <iterator>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace MPI4CXX::detail {

// The elements of a container take at least one byte each on average, so that a number of elements can be checked against the bytes that are left.
// Where they take less, as objects of an empty class do, padding follows them.

/// The least number of bytes that an element takes in a message.
template <class E> inline constexpr std::size_t min_element_bytes = layout<E>().is_fixed&& layout<E>().size > 0 ? layout<E>().size : 1;

/// Pads the elements that have been written since `begin` to `n` bytes.
inline void write_padding(Packing& to, std::size_t begin, std::size_t n) {
    if (const std::size_t written = to.size() - begin; written < n) [[unlikely]]
        std::memset(to.claim(n - written), 0, n - written);
}
/// Skips what write_padding has written.
inline void skip_padding(Unpacking& from, const std::byte* begin, std::size_t n) {
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

// The functions that decide where a map or a set has its elements.

template <class C>
concept HasStatefulFunctions = !std::is_same_v<typename stateful_functions<C>::types, TypeList<>>;

template <HasStatefulFunctions C> void save_functions(OutputArchive& archive, const C& elements) {
    const StableMemory none(archive.packing(), nullptr, 0);  // the functions are copies
    if constexpr (requires { elements.key_comp(); }) {
        save_any(archive, elements.key_comp());
    } else {
        save_any(archive, elements.hash_function());
        save_any(archive, elements.key_eq());
    }
}
/// Makes a map or a set empty, and reads its functions.
template <class C> void load_functions(InputArchive& archive, C& elements) {
    elements.clear();
    if constexpr (!HasStatefulFunctions<C>) {
        return;
    } else if constexpr (requires { elements.key_comp(); }) {
        elements = C(make_any<typename C::key_compare>(archive), elements.get_allocator());
    } else {
        auto hash = make_any<typename C::hasher>(archive);
        elements = C(0, std::move(hash), make_any<typename C::key_equal>(archive), elements.get_allocator());
    }
}
/// Returns the hint that puts the next element behind the last one, also among elements with the same key.
template <class C> auto hint_behind(C& elements, typename C::iterator last) {
    if constexpr (requires { elements.key_comp(); })
        return elements.end();
    else
        return last;
}

template <class C> void save_elements(OutputArchive& archive, const C& elements) {
    Packing& to = archive.packing();
    if constexpr (HasStatefulFunctions<C>)
        save_functions(archive, elements);
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
    write_padding(to, begin, n);
}

// Each element is made when it is read, unless its size is fixed: a message may claim far more elements than it holds.

template <Map C> void load_elements(InputArchive& archive, C& map) {
    using Key = typename C::key_type;
    using Value = typename C::mapped_type;
    load_functions(archive, map);
    const std::size_t n = archive.unpacking().get_size(1);
    const std::byte* const begin = archive.unpacking().position();
    auto last = map.end();
    for (std::size_t i = 0; i < n; ++i)
        if constexpr (MadeBefore<C, Key> || MadeBefore<C, Value>) {
            Key key = make_any<Key>(archive);
            last = map.emplace_hint(hint_behind(map, last), std::move(key), make_any<Value>(archive));
        } else {  // the tuples make the key before the value
            last = map.emplace_hint(hint_behind(map, last), std::piecewise_construct, std::tuple(ElementMaker<Key>{archive}),
                                    std::tuple(ElementMaker<Value>{archive}));
        }
    skip_padding(archive.unpacking(), begin, n);
}

template <Set C> void load_elements(InputArchive& archive, C& set) {
    load_functions(archive, set);
    const std::size_t n = archive.unpacking().get_size(1);
    const std::byte* const begin = archive.unpacking().position();
    auto last = set.end();
    for (std::size_t i = 0; i < n; ++i) last = set.emplace_hint(hint_behind(set, last), element_for<C, typename C::key_type>(archive));
    skip_padding(archive.unpacking(), begin, n);
}

template <ForwardList C> void load_elements(InputArchive& archive, C& elements) {
    const std::size_t n = archive.unpacking().get_size(min_element_bytes<typename C::value_type>);
    const std::byte* const begin = archive.unpacking().position();
    auto last = elements.before_begin();
    for (std::size_t i = 0; i < n; ++i) {
        auto next = last;
        if (++next == elements.end())
            last = elements.emplace_after(last, element_for<C, typename C::value_type>(archive));
        else
            load_any(archive, *(last = next));
    }
    skip_padding(archive.unpacking(), begin, n);
    elements.erase_after(last, elements.end());
}

template <Sequence C> void load_elements(InputArchive& archive, C& elements) {
    using E = typename C::value_type;
    Unpacking& from = archive.unpacking();
    const std::size_t n = from.get_size(min_element_bytes<E>);
    const std::byte* const begin = from.position();
    if constexpr (!std::is_default_constructible_v<E>)
        elements.erase(std::next(elements.begin(), static_cast<std::ptrdiff_t>(std::min(n, elements.size()))), elements.end());
    else if (FixedSize<E> || n < elements.size())
        elements.resize(n);
    if constexpr (requires { elements.reserve(n); })
        if (from.may_reserve(n, sizeof(E)))
            elements.reserve(n);
    for (E& element : elements) load_any(archive, element);
    for (std::size_t i = elements.size(); i < n; ++i) elements.emplace_back(element_for<C, E>(archive));
    skip_padding(from, begin, n);
}

template <Bitset T> void save_bits(Packing& to, const T& bits) {
    for (std::size_t i = 0; i < bits.size(); i += 8) {
        unsigned byte = 0;
        for (std::size_t j = i; j < bits.size() && j < i + 8; ++j) byte |= unsigned{bits[j]} << (j - i);
        to.put(static_cast<unsigned char>(byte));
    }
}
template <Bitset T> void load_bits(Unpacking& from, T& bits) {
    const std::byte* const bytes = from.take((bits.size() + 7) / 8);
    for (std::size_t i = 0; i < bits.size(); ++i) bits[i] = (bytes[i / 8] >> i % 8 & std::byte{1}) != std::byte{0};
}

template <class T> void save_bools(Packing& to, const T& bools) {
    to.put_size(bools.size());
    for (const bool bit : bools) to.put(bit);
}
template <class T> void load_bools(Unpacking& from, T& bools) {
    bools.resize(from.get_size(1));
    for (std::size_t i = 0; i < bools.size(); ++i) bools[i] = from.get_bool();
}

template <Valarray T> void save_valarray(OutputArchive& archive, const T& elements) {
    using E = typename T::value_type;
    const std::span<const E> all(elements.size() == 0 ? nullptr : &elements[0], elements.size());
    if constexpr (FixedSize<E>)
        write_contiguous(archive.packing(), all);
    else
        save_elements(archive, all);
}
template <Valarray T> void load_valarray(InputArchive& archive, T& elements) {
    std::vector<typename T::value_type> all;
    load_any(archive, all);
    elements.resize(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) elements[i] = std::move(all[i]);
}

}  // namespace MPI4CXX::detail
