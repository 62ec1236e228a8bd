// How NumPy sees the element types of C++: what the compiler knows of them, as plain data for the compiled functions.
#pragma once

#include <mpi4cxx/datatype_traits.hpp>
#include <mpi4cxx/detail/handles/aggregate_members.hpp>
#include <mpi4cxx/detail/handles/element_type.hpp>
#include <mpi4cxx/detail/runtime/type_name.hpp>
#include <mpi4cxx/struct_type.hpp>

#include <cstddef>
#include <memory>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace MPI4CXX::detail {

struct NumpyType;

/// Receives the members of a class, one after the other.
struct NumpyMembers {
    void* receiver;
    void (*receive)(void* receiver, std::string_view name, std::size_t offset, const NumpyType& type);
    std::size_t begin = 0;  ///< where the class lies within that of the receiver

    /// A member without a known name has an empty one.
    void add(std::string_view name, std::size_t offset, const NumpyType& type) const { receive(receiver, name, begin + offset, type); }
};

struct NumpyType {
    char kind;                                            ///< NumPy's letter of a number (b, i, u, f, c), V for a class, a for an array
    std::size_t size;                                     ///< the bytes that an object takes in memory
    std::string_view name;                                ///< in C++
    const NumpyType* element = {};                        ///< of an array
    std::size_t length = 0;                               ///< of an array
    void (*list)(const NumpyMembers& members) = nullptr;  ///< of a class; null if that is taken as its bytes
};

/// Returns "mass" of `&Particle::mass`, or nothing if the compiler spells the member in another way.
template <auto Member> consteval std::string_view member_name() {
    std::string_view name = __PRETTY_FUNCTION__;
    name.remove_prefix(name.find("Member = "));
    name = name.substr(0, name.find_first_of(";]"));
    while (name.ends_with(')')) name.remove_suffix(1);
    name.remove_prefix(name.rfind(':') == std::string_view::npos ? name.size() : name.rfind(':') + 1);
    return name.find_first_of("() <>{}") == std::string_view::npos ? name : std::string_view();
}

template <class T> consteval char kind_of_number() {
    if constexpr (std::is_same_v<T, bool>)
        return 'b';
    else if constexpr (std::is_same_v<T, std::byte>)
        return 'u';
    else if constexpr (Enumeration<T>)
        return kind_of_number<std::underlying_type_t<T>>();
    else if constexpr (std::is_integral_v<T>)
        return std::is_signed_v<T> ? 'i' : 'u';
    else if constexpr (std::is_floating_point_v<T>)
        return 'f';
    else
        return is_complex<T, float> || is_complex<T, double> || is_complex<T, long double> ? 'c' : '\0';
}

template <class T> consteval NumpyType describe_for_numpy();
template <class T> inline constexpr NumpyType numpy_type = describe_for_numpy<T>();

template <class T, class M> void list_member(const NumpyMembers& members, const T& object, std::string_view name, const M& member) {
    const auto begin = reinterpret_cast<const std::byte*>(std::addressof(object));
    members.add(name, static_cast<std::size_t>(reinterpret_cast<const std::byte*>(std::addressof(member)) - begin), numpy_type<M>);
}

template <class T> void list_members(const NumpyMembers& members) {
    const auto list = [&](T& object, const auto&... member) { (list_member(members, object, {}, member), ...); };
    with_outline<T>([&](T& object) {
        if constexpr (TupleLike<T>)
            std::apply([&](const auto&... member) { list(object, member...); }, object);
        else
            with_members(object, [&](const auto&... member) { list(object, member...); });
    });
}

template <class T> struct NamedMembers {
    /// Lists the members of a base in place of the base.
    template <class B> static void list_part(const NumpyMembers& members, T& object, BaseClass<B>) {
        const auto offset =
            reinterpret_cast<std::byte*>(static_cast<B*>(std::addressof(object))) - reinterpret_cast<std::byte*>(std::addressof(object));
        numpy_type<B>.list({members.receiver, members.receive, members.begin + static_cast<std::size_t>(offset)});
    }
    template <auto Member> static void list_part(const NumpyMembers& members, T& object) {
        if constexpr (std::is_member_object_pointer_v<decltype(Member)>)
            list_member(members, object, member_name<Member>(), object.*Member);
        else
            list_part(members, object, Member);
    }
    template <auto... M> static void list(const NumpyMembers& members) {
        with_outline<T>([&](T& object) { (list_part<M>(members, object), ...); });
    }
    template <auto... M> static consteval auto lister(const struct_type<T, M...>*) { return &list<M...>; }
};

template <class T> consteval auto lister_of() -> void (*)(const NumpyMembers&) {
    constexpr const datatype_traits<T>* traits = nullptr;
    if constexpr (requires { NamedMembers<T>::lister(traits); })
        return NamedMembers<T>::lister(traits);
    else if constexpr (std::is_base_of_v<bytes_type<T>, datatype_traits<T>>)
        return nullptr;
    else {
        constexpr bool has_known_members = TupleLike<T> || requires { datatype_traits<T>::is_reflected; };
        static_assert(has_known_members,
                      "mpi4cxx: NumPy has no type for these elements, because the members of their class are not known: describe them by a "
                      "mpi4cxx::struct_type, or take the class as its bytes by a mpi4cxx::bytes_type");
        return &list_members<T>;
    }
}

template <class T> consteval NumpyType describe_for_numpy() {
    static_assert(Mapped<T>,
                  "mpi4cxx: this type cannot be in a .npy file, because it has no MPI datatype: specialise mpi4cxx::datatype_traits for its "
                  "elements, or make them a plain aggregate");
    if constexpr (kind_of_number<T>() != '\0')
        return {kind_of_number<T>(), sizeof(T), type_name<T>()};
    else if constexpr (std::is_array_v<T>)
        return {'a', sizeof(T), type_name<T>(), &numpy_type<std::remove_cv_t<std::remove_extent_t<T>>>, std::extent_v<T>};
    else if constexpr (ArrayOf<T>::size > 1 || !std::is_same_v<typename ArrayOf<T>::Number, T>)
        return {'a', sizeof(T), type_name<T>(), &numpy_type<typename T::value_type>, std::tuple_size_v<T>};
    else
        return {'V', sizeof(T), type_name<T>(), nullptr, 0, lister_of<T>()};
}

}  // namespace MPI4CXX::detail
