// The compiler's first error for an object that cannot be serialized: it says why.
#pragma once

#include <mpi4cxx/detail/objects/serializable.hpp>

#include <functional>
#include <type_traits>

namespace MPI4CXX::detail {

template <class T> inline constexpr bool is_view = false;
template <class C, class Traits> inline constexpr bool is_view<std::basic_string_view<C, Traits>> = true;
template <class E, std::size_t N> inline constexpr bool is_view<std::span<E, N>> = true;
template <class T> inline constexpr bool is_view<std::reference_wrapper<T>> = true;
template <class T> inline constexpr bool is_array_pointer = false;
template <class T, class D> inline constexpr bool is_array_pointer<std::unique_ptr<T[], D>> = true;
template <class T> inline constexpr bool is_array_pointer<std::shared_ptr<T[]>> = true;

/// A view of the standard library, or a std::initializer_list.
template <class T>
concept StandardView = StandardType<T> && requires(T& elements) {
    elements.begin() != elements.end();
};
/// A class of the standard library, or of this one, to which no user can add functions.
template <class T>
concept LibraryClass = StandardType<T> || type_name<T>()
.starts_with("mpi4cxx::");

template <class T> consteval auto members_of() {
    if constexpr (std::is_class_v<T> && std::is_aggregate_v<T>)
        return decltype(with_members(std::declval<T&>(), MemberTypes()))();
    else
        return TypeList<>();
}

enum class Reason : char {
    function,
    pointer,
    view,
    array_pointer,
    deleter,
    constant,
    hidden,
    ambiguous,
    one_way,
    inherited,
    untold,
    union_,
    range,
    library,
    other
};

template <class T> consteval Reason reason() {
    if constexpr (std::is_const_v<T> || std::is_volatile_v<T>)
        return Reason::constant;
    else if constexpr (std::is_pointer_v<T>)
        return std::is_function_v<std::remove_pointer_t<T>> || std::is_member_pointer_v<T> ? Reason::function : Reason::pointer;
    else if constexpr (std::is_member_pointer_v<T> || std::is_function_v<T>)
        return Reason::function;
    else if constexpr (type_name<T>().starts_with("std::function<"))
        return Reason::function;
    else if constexpr (is_view<T> || std::is_reference_v<T>)
        return Reason::view;
    else if constexpr (StandardView<T>)
        return Reason::range;
    else if constexpr (is_array_pointer<T>)
        return Reason::array_pointer;
    else if constexpr (has_stateful_deleter<T>)
        return Reason::deleter;
    else if constexpr (std::is_union_v<T>)
        return Reason::union_;
    else if constexpr (HidesSerializeFunctions<T>)
        return Reason::hidden;
    else if constexpr (HasSerializeFunctions<T>)
        return cereal::traits::detail::count_output_serializers<T, OutputArchive>::value > 1 ||
                       cereal::traits::detail::count_input_serializers<T, InputArchive>::value > 1
                   ? Reason::ambiguous
               : InheritsSerialize<T> ? Reason::inherited
                                      : Reason::one_way;
    else if constexpr (std::is_same_v<decltype(members_of<T>()), TooMany>)
        return Reason::untold;
    else if constexpr (!can_be_set(members_of<T>()))
        return Reason::constant;
    else if constexpr (LibraryClass<T>)
        return Reason::library;
    else
        return Reason::other;
}

/// Fails to compile, with the reason why no object of type `T` can be serialized.
template <class T> struct cannot_be_serialized {
    static constexpr Reason why = reason<T>();
    static_assert(
        why != Reason::other,
        "mpi4cxx: this type cannot be sent as an object: give it a `template <class Archive> void serialize(Archive&)` that names what "
        "is to be sent, or make it a plain aggregate; or leave the member that has this type out, in a serialize of the class that holds it");
    static_assert(
        why != Reason::hidden,
        "mpi4cxx: this type cannot be sent as an object: its serialize, or save and load, cannot be called. If they are private, say "
        "`friend class cereal::access;` (<cereal/access.hpp>); they are `template <class Archive> void serialize(Archive&)`, or save, which is "
        "const, and load");
    static_assert(why != Reason::ambiguous,
                  "mpi4cxx: this type cannot be sent as an object: it has more than one way to be serialized: keep either serialize or save and "
                  "load, as members or beside the class; of a derived class name one by CEREAL_SPECIALIZE_FOR_ALL_ARCHIVES");
    static_assert(why != Reason::one_way,
                  "mpi4cxx: this type cannot be sent as an object: it has only one of save and load: give it both, or a `template <class Archive> "
                  "void serialize(Archive&)`; save is const");
    static_assert(
        why != Reason::inherited,
        "mpi4cxx: this class would be sent without its own members, because its serialize, or save, is that of a base class: give it one of "
        "its own, which also sends `cereal::base_class<Base>(this)` (<cereal/types/base_class.hpp>); or, if that of the base class sends all "
        "members, say `template <> inline constexpr bool mpi4cxx::inherits_serialize<T> = true;`");
    static_assert(why != Reason::untold,
                  "mpi4cxx: this type cannot be sent as an object: the members of this aggregate cannot be told, for it has a base class, more than "
                  "32 members, or one that {} does not make: give it a `template <class Archive> void serialize(Archive&)`");
    static_assert(why != Reason::pointer,
                  "mpi4cxx: this type cannot be sent as an object: a pointer does not say what it points to, or to how many: send *pointer, a "
                  "std::unique_ptr, a std::shared_ptr or a std::span; keep text in a std::string. In the serialize of a class that owns the "
                  "object, send mpi4cxx::owned(pointer) of <mpi4cxx/owned.hpp>");
    static_assert(
        why != Reason::function,
        "mpi4cxx: this type cannot be sent as an object: a function has its address in one process only: send a number or a name for it, and "
        "compare elements by a class with operator()");
    static_assert(why != Reason::view,
                  "mpi4cxx: this type cannot be sent as an object: a view or a reference within an object has nothing that the receiver could keep: "
                  "hold a std::string, a std::vector or the object itself");
    static_assert(why != Reason::range,
                  "mpi4cxx: this type cannot be sent as an object: a view or a std::initializer_list does not own its elements: copy them into a "
                  "std::vector, and send that");
    static_assert(why != Reason::library,
                  "mpi4cxx: this type cannot be sent as an object: it is a class of a library, whose objects belong to one process or do not tell "
                  "what they hold: send the values that the receiver needs, such as a std::variant of them; or leave the member that has this type "
                  "out, in a serialize of the class that holds it");
    static_assert(why != Reason::array_pointer,
                  "mpi4cxx: this type cannot be sent as an object: a pointer to an array does not say how long that is: hold a std::vector");
    static_assert(why != Reason::deleter,
                  "mpi4cxx: this type cannot be sent as an object: the deleter of this std::unique_ptr is a function or has members, which the "
                  "receiver's would lack: name it by a class without members, for which the receiver makes the object by new");
    static_assert(why != Reason::constant,
                  "mpi4cxx: this type cannot be sent as an object: a const member or element cannot be received into: drop the const, or give the "
                  "class a `load_and_construct`");
    static_assert(why != Reason::union_,
                  "mpi4cxx: this type cannot be sent as an object: of a union nobody knows what it holds: use a std::variant, or send its bytes by "
                  "`template <> struct mpi4cxx::datatype_traits<U> : mpi4cxx::bytes_type<U> {};`");
};

/// Finds those of the types that a `T` consists of that cannot be serialized, and makes the compiler name them.
template <class T, class... Within> void explain();
template <class T, class... Within> void explain_parts(Unknown) { (void)sizeof(cannot_be_serialized<T>); }
template <class T, class... Within, class... P> void explain_parts(TypeList<P...>) { (explain<P, T, Within...>(), ...); }
template <class T, class... Within> void explain() {
    if constexpr (!can_be_archived<T, Within...>())
        explain_parts<T, Within...>(parts_of<T>());
}

/// Fails to compile: no object of type `T` can be made by a receive.
template <class T> struct cannot_be_made {
    static_assert(!std::is_object_v<T>,
                  "mpi4cxx: an object of this type cannot be received: it has no default constructor. Give it one, which may be private with `friend "
                  "class cereal::access;`, or a `template <class Archive> static void load_and_construct(Archive&, cereal::construct<T>&)`");
};

/// Fails to compile: no object of type `T` can be returned.
template <class T> struct cannot_be_returned {
    static_assert(!std::is_object_v<T>,
                  "mpi4cxx: an object of this type cannot be returned, because it cannot be moved, as a std::atomic cannot: receive it into an "
                  "object that is there, by recv_into, or hold it by a std::unique_ptr");
};

/// Fails to compile: a `T` is sent as another type, which has to be received instead.
template <class T> struct cannot_be_received {
    static_assert(std::is_void_v<T>,
                  "mpi4cxx: no object of this type can be received: it is sent as a std::string, a std::vector or a std::array, or as the type "
                  "without const and reference: receive that");
};

}  // namespace MPI4CXX::detail
