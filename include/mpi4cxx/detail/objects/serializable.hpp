// What can be serialized, told by what a type consists of.
#pragma once

#include <mpi4cxx/detail/objects/contiguous_container.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace MPI4CXX::detail {

// The standard library's containers. The library reads them itself because cereal's functions make them as long as the message claims
// before they read the first element, make the keys and values of maps twice, and turn the order of equivalent elements around.

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
concept Sequence = Standard<T> && !ContiguousContainer<T> && requires(T & elements, typename T::value_type*& element) {
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

/// std::stack, std::queue, std::priority_queue.
template <class T>
concept Adaptor = Standard<T> && requires(T& adaptor) {
    typename T::container_type;
    adaptor.pop();
};

/// No vector in truth: its elements have no address.
template <class T> inline constexpr bool is_bools = false;
template <class A> inline constexpr bool is_bools<std::vector<bool, A>> = true;

// Others of its types.

template <class T>
concept Optional = Standard<T> && requires(T& optional) {
    optional.has_value();
    optional.value_or(*optional);
};

template <class T>
concept Path = Standard<T> && requires(T& path) {
    path.native();
    path.lexically_normal();
};

template <class T>
concept Atomic = Standard<T> && requires(T& atomic, typename T::value_type value) {
    atomic.store(value);
    atomic.compare_exchange_weak(value, value);
};

// Those of any number of types are told by their names.

template <class... T> struct TypeList {};

/// Of what a std::variant holds one.
template <class T> struct alternatives { static constexpr bool are_there = false; };
template <template <class...> class C, class... T>
    requires(type_name<C<T...>>().starts_with("std::variant<"))
struct alternatives<C<T...>> {
    static constexpr bool are_there = true;
    using types = TypeList<T...>;
};
template <class T>
concept Variant = std::is_class_v<T> && alternatives<T>::are_there;

/// Of the objects that std::apply takes apart.
template <class T> struct values;
template <class E, std::size_t N> struct values<std::array<E, N>> { using types = TypeList<E>; };
template <class E> struct values<std::array<E, 0>> { using types = TypeList<>; };
template <class T, class U> struct values<std::pair<T, U>> { using types = TypeList<T, U>; };
template <class... T> struct values<std::tuple<T...>> { using types = TypeList<T...>; };

template <class T> inline constexpr bool is_unique = false;
template <class T, class D> inline constexpr bool is_unique<std::unique_ptr<T, D>> = !std::is_array_v<T>;
template <class T> inline constexpr bool is_shared = false;
template <class T> inline constexpr bool is_shared<std::shared_ptr<T>> = !std::is_array_v<T>;
template <class T> inline constexpr bool is_weak = false;
template <class T> inline constexpr bool is_weak<std::weak_ptr<T>> = !std::is_array_v<T>;
template <class T>
concept SmartPointer = is_unique<T> || is_shared<T> || is_weak<T>;
/// To what may be an object of a derived class.
template <class T>
concept PolymorphicPointer = SmartPointer<T> && std::is_polymorphic_v<typename T::element_type>;

// A user's types.

/// A class that cereal's way knows to write and to read.
template <class T>
concept Archived = SaysHow<T> && cereal::traits::is_output_serializable<T, OutputArchive>::value &&
    (cereal::traits::is_input_serializable<T, InputArchive>::value || cereal::traits::has_load_and_construct<T, InputArchive>::value);

struct TypesOf {
    template <class... M> constexpr auto operator()(M&...) const { return TypeList<M...>(); }
};
template <class... M> constexpr bool can_be_set(TypeList<M...>) { return !(std::is_const_v<M> || ...); }
constexpr bool can_be_set(TooMany) { return false; }

/// An aggregate whose members are found, and which says nothing itself of how it is serialized.
template <class T>
concept Aggregate = std::is_class_v<T> && std::is_aggregate_v<T> && !std::is_empty_v<T> && !SaysHow<T> && !HidesHow<T> && !TupleLike<T> &&
                    can_be_set(decltype(with_members(std::declval<T&>(), TypesOf()))());

/// Only its datatype is known: sent as it lies in memory.
template <class T>
concept Opaque = !SaysHow<T> && Mapped<T> && std::is_trivially_copyable_v<T>;

// What of cereal's is passed through.

template <class T> inline constexpr bool is_name_value_pair = false;
template <class T> inline constexpr bool is_name_value_pair<cereal::NameValuePair<T>> = true;
template <class T> inline constexpr bool is_base_class = false;
template <class T> inline constexpr bool is_base_class<cereal::base_class<T>> = true;
template <class T>
concept OfCereal = std::is_class_v<T> && type_name<T>()
.starts_with("cereal::");

/// Nothing is known of the type.
struct Unknown {};

/// The types whose objects an object of this type consists of, as far as the library takes it apart.
template <class T> consteval auto parts_of() {
    if constexpr (std::is_const_v<T> || std::is_volatile_v<T>)
        return Unknown();
    else if constexpr (ContiguousContainer<T> || FixedSize<T> || Bitset<T> || is_bools<T> || Path<T> || PolymorphicPointer<T> || OfCereal<T>)
        return TypeList<>();
    else if constexpr (std::is_array_v<T>)
        return TypeList<std::remove_extent_t<T>>();
    else if constexpr (is_sequence_of_values<T>)
        return typename values<T>::types();
    else if constexpr (Map<T>)
        return TypeList<typename T::key_type, typename T::mapped_type>();
    else if constexpr (Adaptor<T>)
        return TypeList<typename T::container_type>();
    else if constexpr (Set<T> || ForwardList<T> || Sequence<T> || Valarray<T> || Optional<T> || Atomic<T>)
        return TypeList<typename T::value_type>();
    else if constexpr (Variant<T>)
        return typename alternatives<T>::types();
    else if constexpr (SmartPointer<T>)
        return TypeList<std::remove_const_t<typename T::element_type>>();
    else if constexpr (Archived<T>)
        return TypeList<>();
    else if constexpr (SaysHow<T>)
        return Unknown();
    else if constexpr (Aggregate<T>)
        return decltype(with_members(std::declval<T&>(), TypesOf()))();
    else if constexpr (Opaque<T> || (std::is_empty_v<T> && std::is_default_constructible_v<T>))
        return TypeList<>();
    else
        return Unknown();
}

/// Whether save_any and load_any know a way. Of the types `Within`, of which a `T` is part, that is found out already.
template <class T, class... Within> consteval bool can_be_archived();
template <class... T> consteval bool can_all_be_archived(Unknown) { return false; }
template <class... Within, class... P> consteval bool can_all_be_archived(TypeList<P...>) { return (can_be_archived<P, Within...>() && ...); }
template <class T, class... Within> consteval bool can_be_archived() {
    if constexpr ((std::is_same_v<T, Within> || ...))
        return true;
    else
        return can_all_be_archived<T, Within...>(parts_of<T>());
}

/// Whether a `T` can be copied: a std::vector says so whatever its elements are.
template <class T, class... Within> consteval bool can_be_copied();
template <class... T> consteval bool can_all_be_copied(Unknown) { return true; }
template <class... Within, class... P> consteval bool can_all_be_copied(TypeList<P...>) { return (can_be_copied<P, Within...>() && ...); }
template <class T, class... Within> consteval bool can_be_copied() {
    if constexpr ((std::is_same_v<T, Within> || ...) || !std::is_copy_constructible_v<T> || SmartPointer<T>)
        return std::is_copy_constructible_v<T>;
    else
        return can_all_be_copied<T, Within...>(parts_of<T>());
}

}  // namespace MPI4CXX::detail
