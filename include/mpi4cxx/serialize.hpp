// Objects to bytes and back, by cereal: whatever cereal serializes can be sent with the lowercase methods. Include the
// cereal header of each standard container that you send, <cereal/types/map.hpp> and so on; strings and vectors are here.
#pragma once

#include <mpi4cxx/datatype_traits.hpp>
#include <mpi4cxx/detail/overwrite.hpp>
#include <mpi4cxx/detail/packing.hpp>
#include <mpi4cxx/detail/type_name.hpp>
#include <mpi4cxx/detail/unpacking.hpp>

#include <cereal/cereal.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/vector.hpp>

#include <algorithm>
#include <array>
#include <bitset>
#include <cstdint>
#include <deque>
#include <forward_list>
#include <iterator>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeindex>
#include <unordered_map>
#include <utility>
#include <valarray>
#include <vector>

namespace cereal::memory_detail {
template <class T> struct PtrWrapper;  // what cereal wraps a pointer in to read it
}

namespace mpi4cxx {

/// Writes an object's bytes in the machine's own format.
class OutputArchive final : public cereal::OutputArchive<OutputArchive, cereal::AllowEmptyClassElision> {
public:
    explicit OutputArchive(detail::Packing& to) : cereal::OutputArchive<OutputArchive, cereal::AllowEmptyClassElision>(this), to_(to) {}
    [[nodiscard]] detail::Packing& packing() noexcept { return to_; }

private:
    detail::Packing& to_;
};

/// Reads what OutputArchive wrote; throws Exception where the bytes cannot be that.
class InputArchive final : public cereal::InputArchive<InputArchive, cereal::AllowEmptyClassElision> {
public:
    explicit InputArchive(detail::Unpacking& from)
        : cereal::InputArchive<InputArchive, cereal::AllowEmptyClassElision>(this), from_(from), stack_end_(detail::stack_end()) {}
    [[nodiscard]] detail::Unpacking& unpacking() noexcept { return from_; }

    // These two hide cereal's, which would give out a pointer as one of any type that the message asks for.
    template <class T> void registerSharedPointer(std::uint32_t id, const std::shared_ptr<T>& pointer) {
        pointers_.insert_or_assign(id & ~cereal::detail::msb_32bit, Pointer{pointer, typeid(T)});
    }
    [[nodiscard]] std::shared_ptr<void> getSharedPointer(std::uint32_t id) const {
        if (id == 0)
            return nullptr;
        const auto found = pointers_.find(id);
        if (found == pointers_.end() || found->second.type != wanted_)
            detail::Unpacking::corrupt("a pointer is to nothing of its type");
        return found->second.pointer;
    }
    /// The next pointer to an object that has been read is of this type.
    void want(std::type_index type) noexcept { wanted_ = type; }
    /// Called by what may have objects of its own type in it.
    void check_depth() const {
        if (reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) < stack_end_) [[unlikely]]
            detail::Unpacking::corrupt("objects are within objects, too many for the stack");
    }

private:
    struct Pointer {
        std::shared_ptr<void> pointer;
        std::type_index type;
    };

    detail::Unpacking& from_;
    std::uintptr_t stack_end_;
    std::unordered_map<std::uint32_t, Pointer> pointers_;
    std::type_index wanted_ = typeid(void);
};

}  // namespace mpi4cxx

CEREAL_SETUP_ARCHIVE_TRAITS(mpi4cxx::InputArchive, mpi4cxx::OutputArchive)

namespace mpi4cxx {

namespace detail {

class AnyArchive : public cereal::OutputArchive<AnyArchive> {};

/// A plain aggregate that says nothing itself of how it is serialized, and that cereal does not know.
template <class T>
concept Memberwise =
    std::is_aggregate_v<T> && std::is_copy_assignable_v<T> && !cereal::traits::is_output_serializable<T, AnyArchive>::value && PlainAggregate<T>;

// Values of fixed size --------------------------------------------------------------------------------------------------

template <class T> inline constexpr bool is_sequence_of_values = false;  // what std::apply takes apart
template <class T, std::size_t N> inline constexpr bool is_sequence_of_values<std::array<T, N>> = true;
template <class T, class U> inline constexpr bool is_sequence_of_values<std::pair<T, U>> = true;
template <class... T> inline constexpr bool is_sequence_of_values<std::tuple<T...>> = true;

/// How a value of fixed size lies in a message: without padding.
struct Layout {
    bool is_fixed = true;
    std::size_t size = 0;
    bool has_bool = false;

    constexpr Layout operator+(Layout other) const { return {is_fixed && other.is_fixed, size + other.size, has_bool || other.has_bool}; }
    constexpr Layout operator*(std::size_t n) const { return {is_fixed, size * n, has_bool}; }
};

template <class T> consteval Layout layout();

struct MembersLayout {
    template <class... M> constexpr auto operator()(M&...) const {
        struct Total {
            static consteval Layout value() { return (Layout() + ... + layout<std::remove_cv_t<M>>()); }
        };
        return Total();
    }
};

template <class T> struct array_layout { static constexpr Layout value{false}; };
template <class T, std::size_t N> struct array_layout<T[N]> { static constexpr Layout value = layout<T>() * N; };
template <class T, std::size_t N>
    requires(N > 0)
struct array_layout<std::array<T, N>> {
    static constexpr Layout value = layout<T>() * N;
};
template <class T> struct tuple_layout { static constexpr Layout value{false}; };
template <class T, class U> struct tuple_layout<std::pair<T, U>> { static constexpr Layout value = layout<T>() + layout<U>(); };
template <class... T> struct tuple_layout<std::tuple<T...>> { static constexpr Layout value = (Layout() + ... + layout<T>()); };

template <class T> consteval Layout layout() {
    if constexpr (std::is_same_v<T, bool>)
        return {true, 1, true};
    else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T> || Builtin<T>)
        if constexpr (is_sequence_of_values<T>)  // MAXLOC's pairs, which may have padding
            return tuple_layout<T>::value;
        else
            return {true, sizeof(T)};
    else if constexpr (array_layout<T>::value.is_fixed)
        return array_layout<T>::value;
    else if constexpr (tuple_layout<T>::value.is_fixed)
        return tuple_layout<T>::value;
    else if constexpr (Memberwise<T>)
        return decltype(with_members(std::declval<T&>(), MembersLayout()))::value();
    else
        return {false};
}

/// A value that takes the same number of bytes in every message: numbers, enums, and arrays, pairs, tuples and plain aggregates of such.
template <class T>
concept Fixed = (layout<T>().is_fixed && layout<T>().size > 0);

/// Whose bytes in a message are those in memory.
template <class T>
concept Bytewise = Fixed<T> && layout<T>()
.size == sizeof(T) && !layout<T>().has_bool && std::is_trivially_copyable_v<T>;

template <class T, class F> void for_each_part(T& value, F f) {
    using Value = std::remove_const_t<T>;
    if constexpr (std::is_array_v<Value>)
        for (auto& element : value) f(element);
    else if constexpr (is_sequence_of_values<Value>)
        std::apply([&f](auto&... parts) { (f(parts), ...); }, value);
    else
        with_members(value, [&f](auto&... parts) { (f(parts), ...); });
}

/// Writes to memory that has room for it; returns the end.
template <class T> std::byte* write_fixed(std::byte* to, const T& value) {
    if constexpr (Bytewise<T> || std::is_same_v<T, bool>) {
        std::memcpy(to, &value, sizeof value);
        to += sizeof value;
    } else {
        for_each_part(value, [&to](const auto& part) { to = write_fixed(to, part); });
    }
    return to;
}

/// Reads from memory that has all of it; returns the end.
template <class T> const std::byte* read_fixed(const std::byte* from, T& value) {
    if constexpr (Bytewise<T>) {
        std::memcpy(&value, from, sizeof value);
        from += sizeof value;
    } else if constexpr (std::is_same_v<T, bool>) {
        if (*from > std::byte{1}) [[unlikely]]
            Unpacking::corrupt("a bool is neither true nor false");
        value = *from++ == std::byte{1};
    } else {
        for_each_part(value, [&from](auto& part) { from = read_fixed(from, part); });
    }
    return from;
}

template <Fixed T> void write(Packing& to, const T& value) { write_fixed(to.claim(layout<T>().size), value); }
template <Fixed T> void read(Unpacking& from, T& value) { read_fixed(from.take(layout<T>().size), value); }

// Runs of such values ---------------------------------------------------------------------------------------------------

template <class C> inline constexpr bool is_run = false;
template <class E, class A> inline constexpr bool is_run<std::vector<E, A>> = Fixed<E> && !std::is_same_v<E, bool>;
template <class E, class Traits, class A> inline constexpr bool is_run<std::basic_string<E, Traits, A>> = true;

template <class E> inline constexpr std::size_t run_alignment = std::min(alignof(E), std::size_t{16});

/// A contiguous container of values of fixed size.
template <class C>
concept Run = is_run<C>;

/// `elements` is a Run, or a view of what one would hold.
template <class C> [[gnu::always_inline]] inline void write_run(Packing& to, const C& elements) {
    using E = std::remove_cv_t<std::remove_pointer_t<decltype(elements.data())>>;
    if constexpr (Bytewise<E>) {
        to.put_run<run_alignment<E>>(elements.data(), elements.size(), elements.size() * sizeof(E));
    } else {
        to.put_size(elements.size());
        std::byte* end = to.claim(elements.size() * layout<E>().size);
        for (const E& element : elements) end = write_fixed(end, element);
    }
}

/// Elements that lie in a message, whether they can be used as they lie there.
template <class E> bool is_aligned(const std::byte* elements) {
    return alignof(E) == 1 || reinterpret_cast<std::uintptr_t>(elements) % alignof(E) == 0;
}

template <class C> void read_long_run(Unpacking& from, C& elements) {
    using E = typename C::value_type;
    if constexpr (Bytewise<E>) {
        const std::size_t n = from.get_size(sizeof(E));
        const std::byte* const bytes = from.take_block(n * sizeof(E), run_alignment<E>);
        if (bytes != nullptr && is_aligned<E>(bytes)) {
            const E* const first = reinterpret_cast<const E*>(bytes);
            elements.assign(first, first + n);  // does not set first what is then overwritten
            return;
        }
        resize_to_overwrite(elements, n);
        if (bytes == nullptr)
            from.receive_block(elements.data(), n * sizeof(E));
        else
            std::memcpy(static_cast<void*>(elements.data()), bytes, n * sizeof(E));
    } else {
        const std::size_t n = from.get_size(layout<E>().size);
        const std::byte* bytes = from.take(n * layout<E>().size);
        resize_to_overwrite(elements, n);
        for (E& element : elements) bytes = read_fixed(bytes, element);
    }
}
template <class C> C make_long_run(Unpacking& from) {
    C elements;
    read_long_run(from, elements);
    return elements;
}

/// The most characters that a string can hold in itself, without memory from the heap; 0 where there is no such thing.
template <class C> inline constexpr std::size_t short_length = 0;
template <> inline constexpr std::size_t short_length<std::string> = 15;

/// A string of the first `n` of `short_length` characters: to copy so many takes two instructions, to copy `n` a call.
template <class C> [[gnu::always_inline]] inline C short_string(const std::byte* characters, std::size_t n) {
    C string(reinterpret_cast<const typename C::value_type*>(characters), short_length<C>);
    string.resize(n);
    return string;
}

template <Run C> void read_run(Unpacking& from, C& elements) {
    if constexpr (short_length < C >> 0) {
        std::size_t n = 0;
        if (const std::byte* const bytes = from.take_short_bytes(n, short_length<C>); bytes != nullptr) {
            if (n > elements.size())
                return void(elements = short_string<C>(bytes, n));
            elements.resize(n);
            return copy_bytes(reinterpret_cast<std::byte*>(elements.data()), bytes, n);
        }
    }
    read_long_run(from, elements);
}

template <class C> [[gnu::noinline]] C make_any_run(Unpacking& from) {
    using E = typename C::value_type;
    if constexpr (Bytewise<E>) {
        std::size_t n = 0;
        if (const E* const first = from.take_short_run<E>(n, run_alignment<E>); first != nullptr) [[likely]]
            return C(first, first + n);
    }
    return make_long_run<C>(from);
}

/// A new run, made of its elements at once: to make it empty and to assign them costs twice as much where they are few.
template <Run C> [[gnu::always_inline]] inline C make_run(Unpacking& from) {
    if constexpr (short_length < C >> 0) {
        std::size_t n = 0;
        if (const std::byte* const bytes = from.take_short_bytes(n, short_length<C>); bytes != nullptr) [[likely]]
            return short_string<C>(bytes, n);
    }
    return make_any_run<C>(from);
}

// Containers of other things --------------------------------------------------------------------------------------------

template <class T>
concept Archived = !std::is_pointer_v<T> && cereal::traits::is_output_serializable<T, OutputArchive>::value &&
                   cereal::traits::is_input_serializable<T, InputArchive>::value;

/// Only its datatype is known: sent as it lies in memory.
template <class T>
concept Opaque = !Archived<T> && !Fixed<T> && Mapped<T> && std::is_trivially_copyable_v<T>;

template <class T> [[gnu::always_inline]] inline void save_any(OutputArchive& archive, const T& object) {
    if constexpr (Run<T>)
        write_run(archive.packing(), object);
    else if constexpr (Fixed<T>)
        write(archive.packing(), object);
    else if constexpr (Memberwise<T>)
        with_members(object, [&archive](const auto&... members) { (save_any(archive, members), ...); });
    else if constexpr (Opaque<T>)
        archive.packing().append(&object, sizeof object);
    else
        archive(object);
}

template <class T> void load_any(InputArchive& archive, T& object) {
    if constexpr (Run<T>)
        read_run(archive.unpacking(), object);
    else if constexpr (Fixed<T>)
        read(archive.unpacking(), object);
    else if constexpr (Memberwise<T>)
        with_members(object, [&archive](auto&... members) { (load_any(archive, members), ...); });
    else if constexpr (Opaque<T>)
        archive.unpacking().read(&object, sizeof object);
    else
        archive(object);
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

/// What has keys and values, like std::map.
template <class T>
concept Map = requires {
    typename T::key_type;
    typename T::mapped_type;
};
template <class T>
concept StandardMap = (Map<T> && type_name<T>().starts_with("std::"));

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

template <class E> inline constexpr std::size_t least_bytes = std::max(layout<E>().is_fixed ? layout<E>().size : 0, std::size_t{1});

template <class C> void save_elements(OutputArchive& archive, const C& elements) {
    Packing& to = archive.packing();
    const auto n = static_cast<std::size_t>(std::distance(elements.begin(), elements.end()));
    to.put_size(n);
    const std::size_t begin = to.size();
    for (const auto& element : elements) save_any(archive, element);
    if (const std::size_t written = to.size() - begin; written < n) [[unlikely]]
        std::memset(to.claim(n - written), 0, n - written);
}
inline void skip_filling(Unpacking& from, const std::byte* begin, std::size_t n) {
    if (const auto read = static_cast<std::size_t>(from.position() - begin); read < n) [[unlikely]]
        from.take(n - read);
}

/// Makes each element when its turn comes, unless its size is known: else the message may claim to hold far more than it does.
template <class C> void load_elements(InputArchive& archive, C& elements) {
    using E = typename C::value_type;
    const std::size_t n = archive.unpacking().get_size(least_bytes<E>);
    const std::byte* const begin = archive.unpacking().position();
    if (Fixed<E> || n < elements.size())
        elements.resize(n);
    for (E& element : elements) load_any(archive, element);
    while (elements.size() < n) load_any(archive, elements.emplace_back());
    skip_filling(archive.unpacking(), begin, n);
}

}  // namespace detail

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
template <class E, class A>
    requires detail::Run<std::vector<E, A>>
void CEREAL_SAVE_FUNCTION_NAME(OutputArchive& archive, const std::vector<E, A>& run) { detail::write_run(archive.packing(), run); }
template <class E, class A>
    requires detail::Run<std::vector<E, A>>
void CEREAL_LOAD_FUNCTION_NAME(InputArchive& archive, std::vector<E, A>& run) { detail::read_run(archive.unpacking(), run); }
template <class E, class Traits, class A> void CEREAL_SAVE_FUNCTION_NAME(OutputArchive& archive, const std::basic_string<E, Traits, A>& run) {
    detail::write_run(archive.packing(), run);
}
template <class E, class Traits, class A> void CEREAL_LOAD_FUNCTION_NAME(InputArchive& archive, std::basic_string<E, Traits, A>& run) {
    detail::read_run(archive.unpacking(), run);
}

// The following are here because cereal makes them as long as the message claims before it reads the first element.
template <class E, class A>
    requires(!detail::Run<std::vector<E, A>> && !std::is_same_v<E, bool>)
void CEREAL_SAVE_FUNCTION_NAME(OutputArchive& archive, const std::vector<E, A>& elements) { detail::save_elements(archive, elements); }
template <class E, class A>
    requires(!detail::Run<std::vector<E, A>> && !std::is_same_v<E, bool>)
void CEREAL_LOAD_FUNCTION_NAME(InputArchive& archive, std::vector<E, A>& elements) {
    detail::Unpacking& from = archive.unpacking();
    const std::size_t n = from.get_size(1), known = std::min(n, elements.size());
    const std::byte* const begin = from.position();
    elements.resize(known);
    if (from.may_reserve(n, sizeof(E)))
        elements.reserve(n);
    for (E& element : elements) detail::load_any(archive, element);
    for (std::size_t i = known; i < n; ++i) elements.emplace_back(detail::Loader<E>{archive});
    detail::skip_filling(from, begin, n);
}

// Maps too, because cereal makes each key and value twice, and looks for their place from the front.
template <template <class...> class Map, class... Args>
    requires detail::StandardMap<Map<Args...>>
void CEREAL_SAVE_FUNCTION_NAME(OutputArchive& archive, const Map<Args...>& map) {
    archive.packing().put_size(map.size());
    for (const auto& [key, value] : map) {
        detail::save_any(archive, key);
        detail::save_any(archive, value);
    }
}
template <template <class...> class Map, class... Args>
    requires detail::StandardMap<Map<Args...>>
void CEREAL_LOAD_FUNCTION_NAME(InputArchive& archive, Map<Args...>& map) {
    using Key = typename Map<Args...>::key_type;
    using Value = typename Map<Args...>::mapped_type;
    map.clear();
    for (std::size_t n = archive.unpacking().get_size(1); n > 0; --n)  // the key is made before the value
        map.emplace_hint(map.end(), std::piecewise_construct, std::tuple(detail::Loader<Key>{archive}), std::tuple(detail::Loader<Value>{archive}));
}
template <class E, class A> void CEREAL_SAVE_FUNCTION_NAME(OutputArchive& archive, const std::deque<E, A>& elements) {
    detail::save_elements(archive, elements);
}
template <class E, class A> void CEREAL_LOAD_FUNCTION_NAME(InputArchive& archive, std::deque<E, A>& elements) {
    detail::load_elements(archive, elements);
}
template <class E, class A> void CEREAL_SAVE_FUNCTION_NAME(OutputArchive& archive, const std::list<E, A>& elements) {
    detail::save_elements(archive, elements);
}
template <class E, class A> void CEREAL_LOAD_FUNCTION_NAME(InputArchive& archive, std::list<E, A>& elements) {
    detail::load_elements(archive, elements);
}
template <class E, class A> void CEREAL_SAVE_FUNCTION_NAME(OutputArchive& archive, const std::forward_list<E, A>& elements) {
    detail::save_elements(archive, elements);
}
template <class E, class A> void CEREAL_LOAD_FUNCTION_NAME(InputArchive& archive, std::forward_list<E, A>& elements) {
    const std::size_t n = archive.unpacking().get_size(detail::least_bytes<E>);
    const std::byte* const begin = archive.unpacking().position();
    auto last = elements.before_begin();
    for (std::size_t i = 0; i < n; ++i) {
        if (std::next(last) == elements.end())
            elements.emplace_after(last);
        detail::load_any(archive, *++last);
    }
    detail::skip_filling(archive.unpacking(), begin, n);
    elements.erase_after(last, elements.end());
}
template <class E> void CEREAL_SAVE_FUNCTION_NAME(OutputArchive& archive, const std::valarray<E>& elements) {
    const std::span<const E> all(elements.size() == 0 ? nullptr : &elements[0], elements.size());
    if constexpr (detail::Fixed<E>)
        detail::write_run(archive.packing(), all);
    else
        detail::save_elements(archive, all);
}
template <class E> void CEREAL_LOAD_FUNCTION_NAME(InputArchive& archive, std::valarray<E>& elements) {
    std::vector<E> all;
    archive(all);
    elements.resize(all.size());
    if (!all.empty())
        std::move(all.begin(), all.end(), &elements[0]);
}

// cereal would turn the order of equivalent elements around.
template <class K, class C, class A> void CEREAL_LOAD_FUNCTION_NAME(InputArchive& archive, std::multiset<K, C, A>& set) {
    set.clear();
    for (std::size_t n = archive.unpacking().get_size(1); n > 0; --n) {
        K key;
        archive(key);
        set.emplace_hint(set.end(), std::move(key));
    }
}

// cereal would read a byte for the array of none, and for a bitset any string.
template <class E> void CEREAL_SAVE_FUNCTION_NAME(OutputArchive&, const std::array<E, 0>&) {}
template <class E> void CEREAL_LOAD_FUNCTION_NAME(InputArchive&, std::array<E, 0>&) {}
template <std::size_t N> void CEREAL_SAVE_FUNCTION_NAME(OutputArchive& archive, const std::bitset<N>& bits) {
    std::byte* const bytes = archive.packing().claim((N + 7) / 8);
    std::fill_n(bytes, (N + 7) / 8, std::byte{0});
    for (std::size_t i = 0; i < N; ++i) bytes[i / 8] |= std::byte{bits[i]} << i % 8;
}
template <std::size_t N> void CEREAL_LOAD_FUNCTION_NAME(InputArchive& archive, std::bitset<N>& bits) {
    const std::byte* const bytes = archive.unpacking().take((N + 7) / 8);
    for (std::size_t i = 0; i < N; ++i) bits[i] = (bytes[i / 8] >> i % 8 & std::byte{1}) != std::byte{0};
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
concept Serializable = detail::Archived<sent_as<T>> || detail::Fixed<sent_as<T>> || detail::Opaque<sent_as<T>>;

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
