#pragma once

#include <mpi4cxx/datatype_traits.hpp>

namespace MPI4CXX {

/// A base of a class, in a struct_type: all members in the base's own datatype.
template <class B> struct BaseClass {};
template <class B> inline constexpr BaseClass<B> base_class{};  ///< `struct_type<Particle, base_class<Body>, &Particle::charge>`

namespace detail {

template <auto> struct Named {};

template <class T, auto Member> struct part {
    static_assert(std::is_member_object_pointer_v<decltype(Member)>,
                  "mpi4cxx: a struct_type takes data members, &Particle::mass, and bases, mpi4cxx::base_class<Body>");
    static_assert(
        requires(T & object) { object.*Member; }, "mpi4cxx: a struct_type takes members of its own class: this one is of another");
    using type = std::remove_cvref_t<decltype(std::declval<T&>().*Member)>;
    static_assert(Mapped<type>,
                  "mpi4cxx: a member of this struct_type has no MPI datatype: leave it out, or describe its type by a datatype_traits of its own");
    static auto& of(T& object) { return object.*Member; }
};

template <class T, class B, BaseClass<B> Base> struct part<T, Base> {
    static_assert(
        std::is_base_of_v<B, T> && requires(B * base) { static_cast<T*>(base); },
        "mpi4cxx: this base_class is no base of the struct_type's class, or a virtual one");
    static_assert(Mapped<B>, "mpi4cxx: this base_class has no MPI datatype: describe it by a datatype_traits of its own");
    static B& of(T& object) { return object; }
};

template <auto Member, auto... All> inline constexpr int times_named = (0 + ... + (std::is_same_v<Named<Member>, Named<All>> ? 1 : 0));

}  // namespace detail

/// The datatype of a class that consists of the named members, for a class whose members the library cannot see or should not all send: private
/// members, bases, constructors, more than 32 members, members to leave out. Nested classes, arrays of the class and padding are treated as in plain
/// aggregates.
///     template <> struct mpi4cxx::datatype_traits<Particle> : mpi4cxx::struct_type<Particle, &Particle::mass, &Particle::position> {};
/// If members are private, the class declares `friend struct mpi4cxx::datatype_traits<Particle>;`.
template <class T, auto... Members> struct struct_type : detail::composite<T> {
    static_assert(sizeof...(Members) > 0, "mpi4cxx: a struct_type takes at least one member");
    static_assert((sizeof(detail::part<T, Members>) && ...));  // reports a wrong member here, not where the type is first used
    static_assert(((detail::times_named<Members, Members...> == 1) && ...), "mpi4cxx: a member of this struct_type is named twice");

    static void flatten(std::size_t offset, detail::Members& members) {
        detail::with_outline<T>([&](T& object) { detail::flatten_members(&object, offset, members, detail::part<T, Members>::of(object)...); });
    }
    static constexpr bool names_members = true;
    /// Calls `f` with each of the members that are sent.
    template <class F> static void for_each_named(T& object, F f) { (f(detail::part<T, Members>::of(object)), ...); }
};

/// The datatype of a class that is sent as its bytes in memory, with padding: for bit-fields and unions, between machines of one kind.
///     template <> struct mpi4cxx::datatype_traits<Flags> : mpi4cxx::bytes_type<Flags> {};
template <class T> struct bytes_type : detail::composite<T> {
    static_assert(std::is_trivially_copyable_v<T>, "mpi4cxx: a bytes_type takes a trivially copyable class: the bytes of this one are not all of it");

    static void flatten(std::size_t offset, detail::Members& members) { members.push_back({offset, sizeof(T), sizeof(T), MPI_BYTE}); }
};

}  // namespace MPI4CXX
