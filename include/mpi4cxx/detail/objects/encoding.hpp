// Decides how objects of each type are written into a message, and so how they are read. This is the only place that decides it.
#pragma once

#include <mpi4cxx/detail/objects/contiguous_container.hpp>

#include <cereal/access.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace MPI4CXX {

/// Specialise it as true for a class that inherits its serialize from a base class which sends the members of the derived class, too, as by a virtual
/// function. Without it, the compiler refuses to send such a class.
template <class T> inline constexpr bool inherits_serialize = false;

}  // namespace MPI4CXX

namespace MPI4CXX::detail {

// The standard library's containers. cereal's functions for them are not used: they resize a container to the length that the message claims
// before they read the first element, make the keys and values of maps twice, and reverse the order of equivalent elements.

/// A container of keys and values, like std::map.
template <class T>
concept Map = StandardType<T> && requires {
    typename T::key_type;
    typename T::mapped_type;
};

template <class T>
concept Set = StandardType<T> && !Map<T> && requires {
    typename T::key_type;
};

template <class T>
concept ForwardList = StandardType<T> && requires(T& list) {
    list.emplace_after(list.before_begin());
};

/// A container like std::deque. std::vector<bool> is not one.
template <class T>
concept Sequence = StandardType<T> && !ContiguousContainer<T> && requires(T & elements, typename T::value_type*& element) {
    elements.resize(1);
    elements.begin();
    element = &elements.emplace_back();
};

template <class T>
concept Valarray = StandardType<T> && requires(const T& elements) {
    elements.cshift(1);
};

template <class T>
concept Bitset = StandardType<T> && requires(T& bits) {
    bits.flip().to_ullong();
};

/// std::stack, std::queue, std::priority_queue.
template <class T>
concept Adaptor = StandardType<T> && requires(T& adaptor) {
    typename T::container_type;
    adaptor.pop();
};

template <class... T> struct TypeList {};

/// The functions that decide where a map or a set has its elements, if any of them has state: then they are sent before the elements.
template <class T> struct stateful_functions { using types = TypeList<>; };
template <class T>
    requires(!std::is_empty_v<typename T::key_compare>)
struct stateful_functions<T> {
    using types = TypeList<typename T::key_compare>;
};
template <class T>
    requires(!std::is_empty_v<typename T::hasher> || !std::is_empty_v<typename T::key_equal>)
struct stateful_functions<T> {
    using types = TypeList<typename T::hasher, typename T::key_equal>;
};

/// Whether `T` is a std::vector<bool>, whose elements have no addresses.
template <class T> inline constexpr bool is_vector_of_bool = false;
template <class A> inline constexpr bool is_vector_of_bool<std::vector<bool, A>> = true;

// Other types of the standard library.

/// A std::optional. A std::expected can do the same, and has an error.
template <class T>
concept Optional = StandardType<T> && requires(T& optional) {
    optional.has_value();
    optional.value_or(*optional);
} && !requires {
    typename T::error_type;
};

template <class T>
concept Path = StandardType<T> && requires(T& path) {
    path.native();
    path.lexically_normal();
};

template <class T>
concept Atomic = StandardType<T> && requires(T& atomic, typename T::value_type value) {
    atomic.store(value);
    atomic.compare_exchange_weak(value, value);
};

// Templates of any number of types, which are recognized by their names.

/// The alternatives of a std::variant.
template <class T> struct alternatives { static constexpr bool are_there = false; };
template <template <class...> class C, class... T>
    requires(type_name<C<T...>>().starts_with("std::variant<"))
struct alternatives<C<T...>> {
    static constexpr bool are_there = true;
    using types = TypeList<T...>;
};
template <class T>
concept Variant = std::is_class_v<T> && alternatives<T>::are_there;

/// The types of the elements of an array, a pair or a tuple.
template <class T> struct values;
template <class E, std::size_t N> struct values<std::array<E, N>> { using types = TypeList<E>; };
template <class E> struct values<std::array<E, 0>> { using types = TypeList<>; };
template <class T, class U> struct values<std::pair<T, U>> { using types = TypeList<T, U>; };
template <class... T> struct values<std::tuple<T...>> { using types = TypeList<T...>; };

template <class T> inline constexpr bool is_unique = false;
template <class T, class D> inline constexpr bool is_unique<std::unique_ptr<T, D>> = !std::is_array_v<T>;
/// Whether `T` is a std::unique_ptr whose deleter has state. The receiver's deleter would lack it: it might be a null pointer to a function.
template <class T> inline constexpr bool has_stateful_deleter = false;
template <class T, class D> inline constexpr bool has_stateful_deleter<std::unique_ptr<T, D>> = !std::is_empty_v<D>;
template <class T> inline constexpr bool is_shared = false;
template <class T> inline constexpr bool is_shared<std::shared_ptr<T>> = !std::is_array_v<T>;
template <class T> inline constexpr bool is_weak = false;
template <class T> inline constexpr bool is_weak<std::weak_ptr<T>> = !std::is_array_v<T>;
template <class T>
concept SmartPointer = is_unique<T> || is_shared<T> || is_weak<T>;
/// A pointer whose object may be of a derived class.
template <class T>
concept PolymorphicPointer = SmartPointer<T> && std::is_polymorphic_v<typename T::element_type>;

// Types of the user.

// Returns the class that has a member function which writes to an archive. Of overloaded functions, one for each archive, one is chosen.
template <class C, class R, class... Version> C class_of(R (C::*)(OutputArchive&, Version...));
template <class C, class R, class... Version> C class_of(R (C::*)(OutputArchive&, Version...) const);
template <class C, class R, class... Version> C class_of(R (C::*)(const OutputArchive&, Version...) const);

/// Whether a class is a base of `T` that knows `T`: an argument of its template.
template <class B, class T> inline constexpr bool knows_derived = false;
template <template <class...> class B, class... A, class T> inline constexpr bool knows_derived<B<A...>, T> = (std::is_same_v<A, T> || ...);

/// Has a member where the members of a `T` end, which may be within its sizeof: a derived class has its members there.
template <class T> struct Behind {
    [[no_unique_address]] T object;
    char end;
};
template <class T>
    requires(std::is_abstract_v<T>)
struct Behind<T> : T {
    char end;
};
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Winvalid-offsetof"  // g++ and clang++ know it for such classes, too
template <class T> inline constexpr std::size_t end_of_members = offsetof(Behind<T>, end);
#pragma GCC diagnostic pop

/// Whether `T` adds members to its base class `B`, whose serialize cannot know them.
template <class T, class B> consteval bool adds_members_to() {
    if constexpr (std::is_same_v<std::remove_const_t<B>, T> || knows_derived<B, T> || inherits_serialize<T>)
        return false;
    else
        return end_of_members<T> > end_of_members<B>;
}

/// Whether cereal may choose a function of these kinds for `T`, because no CEREAL_SPECIALIZE names another.
template <class T, template <class, class> class... Kinds>
concept MayChoose = !cereal::traits::is_specialized<T, OutputArchive>::value || (Kinds<T, OutputArchive>::value || ...);

struct AccessTag {};

/// Identifies two functions that look at a class as cereal::access does, which may be its friend. One tells whether cereal::access can call the
/// default constructor of the class. The other tells whether the class has inherited a member function that writes it without members that the class
/// adds. Only a lambda within a function of cereal::access has that access. The lambdas become reachable from outside as the return types of friend
/// functions, which an instantiation of DefineFriends defines.
constexpr auto can_construct_by_access(AccessTag);
constexpr auto inherits_by_access(AccessTag);
template <class CanConstruct, class Inherits> struct DefineFriends {
    friend constexpr auto can_construct_by_access(AccessTag) { return CanConstruct(); }
    friend constexpr auto inherits_by_access(AccessTag) { return Inherits(); }
};

}  // namespace MPI4CXX::detail

template <> inline mpi4cxx::detail::AccessTag* cereal::access::construct<mpi4cxx::detail::AccessTag>() {
    using namespace mpi4cxx::detail;
    using mpi4cxx::OutputArchive;
    const auto can_construct = []<class T>(const T*) {
        return requires { ::new T(); };
    };
    const auto inherits = []<class T>(const T*) {
        return (MayChoose<T, traits::detail::is_specialized_member_serialize> &&
                (
                    requires { requires adds_members_to<T, decltype(class_of(&T::template serialize<OutputArchive>))>(); } ||
                    requires { requires adds_members_to<T, decltype(class_of(&T::serialize))>(); })) ||
               (MayChoose<T, traits::detail::is_specialized_member_load_save> &&
                (
                    requires { requires adds_members_to<T, decltype(class_of(&T::template save<OutputArchive>))>(); } ||
                    requires { requires adds_members_to<T, decltype(class_of(&T::save))>(); })) ||
               (MayChoose<T, traits::detail::is_specialized_member_load_save_minimal> &&
                (
                    requires { requires adds_members_to<T, decltype(class_of(&T::template save_minimal<OutputArchive>))>(); } ||
                    requires { requires adds_members_to<T, decltype(class_of(&T::save_minimal))>(); }));
    };
    (void)sizeof(DefineFriends<decltype(can_construct), decltype(inherits)>);
    return nullptr;
}

namespace MPI4CXX::detail {

// Functions beside a class are looked up for objects that convert to some of its base classes only. A function template is not found so if it is for
// all classes of a class template, or for any class.

/// Converts to the bases of `T` to which `T` adds members, or to `T` and the others.
template <class T, bool adds> struct BasesOf {
    template <class B>
        requires(std::is_convertible_v<T*, B*>&& adds_members_to<T, B>() == adds)
    operator B&() const;
};

namespace beside {

struct None {};
None CEREAL_SERIALIZE_FUNCTION_NAME(...);
None CEREAL_SAVE_FUNCTION_NAME(...);
None CEREAL_SAVE_MINIMAL_FUNCTION_NAME(...);

template <class T>
concept FindsNone = requires(OutputArchive& archive, T& object, std::uint32_t version) {
    { CEREAL_SERIALIZE_FUNCTION_NAME(archive, object) } -> std::same_as<None>;
    { CEREAL_SERIALIZE_FUNCTION_NAME(archive, object, version) } -> std::same_as<None>;
    { CEREAL_SAVE_FUNCTION_NAME(archive, object) } -> std::same_as<None>;
    { CEREAL_SAVE_FUNCTION_NAME(archive, object, version) } -> std::same_as<None>;
    { CEREAL_SAVE_MINIMAL_FUNCTION_NAME(archive, object) } -> std::same_as<None>;
    { CEREAL_SAVE_MINIMAL_FUNCTION_NAME(archive, object, version) } -> std::same_as<None>;
};

}  // namespace beside

/// A class for which there are functions beside a base class, but only such as would not write members that `T` adds.
template <class T>
concept InheritsFunctionsBeside = !beside::FindsNone<BasesOf<T, true>> && beside::FindsNone<BasesOf<T, false>>;

/// A class that would be sent without the members that it adds to a base class, because it has inherited serialize, save or save_minimal from that.
template <class T>
concept InheritsSerialize = std::is_class_v<T> &&
    (decltype(inherits_by_access(AccessTag()))()(static_cast<T*>(nullptr)) ||
     (MayChoose<T, cereal::traits::detail::is_specialized_non_member_serialize, cereal::traits::detail::is_specialized_non_member_load_save,
                cereal::traits::detail::is_specialized_non_member_load_save_minimal> &&
      InheritsFunctionsBeside<T>));

/// A class that cereal can write and read, by functions of the class, functions beside it, or functions of a header of cereal's.
template <class T>
concept CerealSerializable =
    HasSerializeFunctions<T> && !InheritsSerialize<T> && cereal::traits::is_output_serializable<T, OutputArchive>::value &&
    (cereal::traits::is_input_serializable<T, InputArchive>::value || cereal::traits::has_load_and_construct<T, InputArchive>::value);

struct MemberTypes {
    template <class... M> constexpr auto operator()(M&...) const { return TypeList<M...>(); }
};
template <class... M> constexpr bool can_be_set(TypeList<M...>) { return !(std::is_const_v<M> || ...); }
constexpr bool can_be_set(TooMany) { return false; }

/// An aggregate whose members are known and can be assigned to, without serialize functions.
template <class T>
concept Aggregate = std::is_class_v<T> && std::is_aggregate_v<T> && !std::is_empty_v<T> && !HasSerializeFunctions<T> && !HidesSerializeFunctions<T> &&
                    !TupleLike<T> && can_be_set(decltype(with_members(std::declval<T&>(), MemberTypes()))());

/// A trivially copyable type of which only the datatype is known.
template <class T>
concept TriviallyCopyableMapped = !HasSerializeFunctions<T> && Mapped<T> && std::is_trivially_copyable_v<T>;

/// A class whose members to send are named by a struct_type.
template <class T>
concept NamedMembersMapped = TriviallyCopyableMapped<T> && requires {
    datatype_traits<T>::names_members;
};

// Types of cereal's.

template <class T> inline constexpr bool is_name_value_pair = false;
template <class T> inline constexpr bool is_name_value_pair<cereal::NameValuePair<T>> = true;
template <class T> inline constexpr bool is_base_class = false;
template <class T> inline constexpr bool is_base_class<cereal::base_class<T>> = true;
template <class T>
concept CerealType = std::is_class_v<T> && type_name<T>()
.starts_with("cereal::");

/// How an object is written into a message, and so how it is read. pack, unpack, save_any, load_any and make_any switch on this.
enum class Encoding : char {
    contiguous,    ///< the number of elements and their bytes: a std::string, or a std::vector of values of fixed size
    block,         ///< the bytes in memory, which are many enough to be sent out of band
    fixed_size,    ///< a fixed number of bytes, without padding
    parts,         ///< the elements of an array, a pair or a tuple, one after the other
    elements,      ///< the number of elements and each of them: the other containers
    valarray,      ///< as a std::vector of the elements
    bits,          ///< one byte for eight bits: a std::bitset
    bools,         ///< the number of elements and a byte for each: a std::vector<bool>
    optional,      ///< a bool that says whether there is a value, and the value
    variant,       ///< the index of the alternative, and its value
    atomic,        ///< as its value
    path,          ///< as the string that it holds
    adaptor,       ///< as the container in it; a priority queue's comparison follows if it has state
    pointer,       ///< a bool, or the number of a shared object, and the object if it is new; to a polymorphic class: as cereal writes it
    base_class,    ///< as the object of the base class that a cereal::base_class refers to
    cereal,        ///< as cereal writes its own types
    user_defined,  ///< what the functions of the class, or those beside it, write
    members,       ///< the members of an aggregate, one after the other
    named,         ///< the members that a struct_type names, one after the other
    memory,        ///< the bytes in memory, of which only the datatype is known
    empty,         ///< nothing: an object of an empty class
    none,          ///< the type cannot be serialized
};

/// Returns how objects of type `T` are encoded.
template <class T> consteval Encoding encoding_of() {
    if constexpr (ContiguousContainer<T>)
        return Encoding::contiguous;
    else if constexpr (BlockSized<T>)
        return Encoding::block;
    else if constexpr (FixedSize<T>)
        return Encoding::fixed_size;
    else if constexpr (std::is_array_v<T> || is_sequence_of_values<T>)
        return Encoding::parts;
    else if constexpr (Map<T> || Set<T> || ForwardList<T> || Sequence<T>)
        return Encoding::elements;
    else if constexpr (Valarray<T>)
        return Encoding::valarray;
    else if constexpr (Bitset<T>)
        return Encoding::bits;
    else if constexpr (is_vector_of_bool<T>)
        return Encoding::bools;
    else if constexpr (Optional<T>)
        return Encoding::optional;
    else if constexpr (Variant<T>)
        return Encoding::variant;
    else if constexpr (Atomic<T>)
        return Encoding::atomic;
    else if constexpr (Path<T>)
        return Encoding::path;
    else if constexpr (Adaptor<T>)
        return Encoding::adaptor;
    else if constexpr (SmartPointer<T>)
        return Encoding::pointer;
    else if constexpr (is_base_class<T>)
        return Encoding::base_class;
    else if constexpr (CerealType<T>)
        return Encoding::cereal;
    else if constexpr (CerealSerializable<T>)
        return Encoding::user_defined;
    else if constexpr (Aggregate<T>)
        return Encoding::members;
    else if constexpr (NamedMembersMapped<T>)
        return Encoding::named;
    else if constexpr (TriviallyCopyableMapped<T>)
        return Encoding::memory;
    else if constexpr (std::is_empty_v<T> && std::is_default_constructible_v<T> && !HasSerializeFunctions<T>)
        return Encoding::empty;
    else
        return Encoding::none;
}

template <class T, Encoding encoding>
concept EncodedAs = (encoding_of<T>() == encoding);

/// A type that is written and read without an archive, whose construction and destruction take some 250 instructions.
template <class T>
concept EncodedWithoutArchive = EncodedAs<T, Encoding::contiguous> || EncodedAs<T, Encoding::block> || EncodedAs<T, Encoding::fixed_size>;

/// A type whose bytes in memory are what a message holds behind a short envelope.
template <class T>
concept ShortInMemory = EncodedAs<T, Encoding::fixed_size> && SameBytesInMemory<T> && sizeof(T) <= inline_limit - sizeof(Envelope);

/// Writes an object as a `Sent`: a `Sent`, or a view or an array that is sent as one.
template <EncodedWithoutArchive Sent, class T> [[gnu::always_inline]] inline void write_without_archive(Packing& to, const T& object) {
    constexpr Encoding encoding = encoding_of<Sent>();
    if constexpr (encoding == Encoding::contiguous)
        write_contiguous(to, object);
    else if constexpr (encoding == Encoding::block)
        to.put_block(std::addressof(object), sizeof object, 1);
    else
        write(to, object);
}

/// Reads an object, and reuses its memory.
template <EncodedWithoutArchive T> [[gnu::always_inline]] inline void read_without_archive(Unpacking& from, T& object) {
    constexpr Encoding encoding = encoding_of<T>();
    if constexpr (encoding == Encoding::contiguous)
        read_contiguous(from, object);
    else if constexpr (encoding == Encoding::block)
        read_block(from, object);
    else
        read(from, object);
}

}  // namespace MPI4CXX::detail
