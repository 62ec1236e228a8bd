// Which value of Python's a C++ type is.
#pragma once

#include <mpi4cxx/detail/python/member_names.hpp>
#include <mpi4cxx/detail/python/pickle_document.hpp>
#include <mpi4cxx/detail/python/pickle_writer.hpp>
#include <mpi4cxx/detail/runtime/type_name.hpp>
#include <mpi4cxx/python/value.hpp>

#include <array>
#include <complex>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace MPI4CXX::python {

/// A pickle that is being written, for a `conversion`.
using Output = detail::PickleWriter;

/// A value of Python's that is being read, or a part of one.
class Input {
public:
    Input(const detail::PickleDocument& document, const detail::PickleNode& node, const detail::PicklePath* path = nullptr) noexcept
        : document_(document), node_(node), path_(path) {}

    [[nodiscard]] detail::PickleKind kind() const noexcept { return node_.kind; }
    [[nodiscard]] bool is(detail::PickleKind kind) const noexcept { return node_.kind == kind; }
    [[nodiscard]] const detail::PickleNode& node() const noexcept { return node_; }
    [[nodiscard]] const detail::PickleDocument& document() const noexcept { return document_; }
    [[nodiscard]] const detail::PicklePath* path() const noexcept { return path_; }
    [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(node_.size); }
    /// Return the text of a str. It lives as long as the pickle.
    [[nodiscard]] std::string_view text() const noexcept { return node_.text(); }
    /// Return the bytes of a bytes or a bytearray. They live as long as the pickle.
    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {node_.bytes, size()}; }
    [[nodiscard]] const detail::PickleArray& array() const noexcept { return document_.array(node_); }

    /// Read a child into `to`: an element, a key or a value of a dict.
    template <class T> void element(std::size_t i, T& to) const;
    /// Throw an Exception: this value is no `T`.
    template <class T> [[noreturn]] void refuse(detail::NumberFit fit = detail::NumberFit::wrong_type) const {
        constexpr std::string_view name = detail::type_name<T>();
        detail::refuse_part(document_, node_, path_, name, fit);
    }
    /// Throw an Exception that says `text` of this value.
    [[noreturn]] void refuse_for(std::string_view text) const { detail::refuse_part_for(document_, path_, text); }

private:
    const detail::PickleDocument& document_;
    const detail::PickleNode& node_;
    const detail::PicklePath* path_;
};

/// Specialise it for a type of your own that is no plain aggregate: `static void write(Output& to, const T& value)` and `static void read(const
/// Input& from, T& value)`, which usually convert another type by `python::write` and `python::read`.
template <class T> struct conversion;

template <class T> void write(Output& to, const T& value);
template <class T> void read(const Input& from, T& value);

}  // namespace MPI4CXX::python

namespace MPI4CXX::detail {

template <class T, template <class...> class Template> inline constexpr bool is_instance = false;
template <class... A, template <class...> class Template> inline constexpr bool is_instance<Template<A...>, Template> = true;
template <class T> inline constexpr bool is_std_array = false;
template <class T, std::size_t N> inline constexpr bool is_std_array<std::array<T, N>> = true;
template <class T> inline constexpr bool is_span = false;
template <class T, std::size_t N> inline constexpr bool is_span<std::span<T, N>> = true;

template <class T>
concept PythonConverted = requires(python::Output& to, const python::Input& from, const T& value, T& result) {
    python::conversion<T>::write(to, value);
    python::conversion<T>::read(from, result);
};
template <class T>
concept PythonReal = std::is_same_v<T, float> || std::is_same_v<T, double> || std::is_same_v<T, long double>;
template <class T>
concept PythonComplex = is_instance<T, std::complex> && PythonReal<typename T::value_type>;
/// The numbers of both languages. A compiler may have wider ones, which a pickle would cut.
template <class T>
concept PythonNumber = (std::is_integral_v<T> && sizeof(T) <= sizeof(std::int64_t)) || PythonReal<T> || PythonComplex<T>;
template <class T>
concept PythonText = std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>;
/// An array of characters, which is a str up to its first null, and the whole of it if there is none.
template <class T>
concept PythonCharacters = std::is_bounded_array_v<T> && std::is_same_v < std::remove_cv_t<std::remove_extent_t<T>>,
char > ;
template <class T>
concept PythonBytes = std::is_same_v<T, python::Bytes>;
template <class Member> inline constexpr bool is_of_standard_class = false;
template <class C, class F> inline constexpr bool is_of_standard_class<F C::*> = type_name<C>().starts_with("std::");
/// A class that derives from a container of the standard library's: only the elements would be sent, but not its own members.
template <class T>
concept DerivesFromContainer = !type_name<T>().starts_with("std::") && requires {
    requires is_of_standard_class<decltype(&T::max_size)>;
};
/// A container that keeps equal keys, as no dict and no set of Python's does.
template <class T>
concept KeepsEqualKeys = requires(T& container, const typename T::value_type& element) {
    typename T::key_type;
    container.insert(element);
}
&&!requires(T & container, const typename T::value_type& element) { container.insert(element).second; };
template <class T>
concept PythonMap = !DerivesFromContainer<T> && !KeepsEqualKeys<T> && requires {
    typename T::key_type;
    typename T::mapped_type;
};
template <class T>
concept PythonSet = !DerivesFromContainer<T> && !KeepsEqualKeys<T> && !PythonMap<T> && requires {
    typename T::key_type;
};
template <class T>
concept PythonSequence = !DerivesFromContainer<T> && !PythonText<T> && requires(T & sequence, const T& constant) {
    typename T::value_type;
    sequence.clear();
    sequence.emplace_back();
    constant.begin();
};
template <class T>
concept PythonTuple = is_instance<T, std::tuple> || is_instance<T, std::pair>;
template <class T>
concept PythonFixed = is_std_array<T> || std::is_bounded_array_v<T>;
/// Bytes of a fixed number, or a view of them. A vector of them is python::Bytes.
template <class T>
concept PythonByteBlock = (PythonFixed<T> || is_span<T>)&&requires(const T& block) {
    { *std::begin(block) } -> std::convertible_to<std::byte>;
};

template <class T> consteval NumberType number_type() {
    if constexpr (PythonComplex<T>)
        return {'c', sizeof(T)};
    else if constexpr (std::is_same_v<T, bool>)
        return {'b', sizeof(T)};
    else if constexpr (std::is_floating_point_v<T>)
        return {'f', sizeof(T)};
    else
        return {std::is_signed_v<T> ? 'i' : 'u', sizeof(T)};
}

/// Fails to compile, with the reason, if a `T` is no value of Python's.
template <class T> struct check_aggregate {
    static_assert(!std::is_pointer_v<T>, "mpi4cxx: this type cannot be sent to Python: a pointer does not say what it points to");
    static_assert(!DerivesFromContainer<T>,
                  "mpi4cxx: this type is no value of Python's: a class that derives from a container would lose its own members: hold the container "
                  "as a member, or specialise mpi4cxx::python::conversion for it");
    static_assert(!KeepsEqualKeys<T>,
                  "mpi4cxx: this type is no value of Python's: a dict or a set has each key once: send a std::map of vectors, or a sorted "
                  "std::vector");
    static_assert(std::is_aggregate_v<T> && !std::is_union_v<T>,
                  "mpi4cxx: this type is no value of Python's: specialise mpi4cxx::python::conversion for it");
    static_assert(members_are_told<T>(),
                  "mpi4cxx: this type is no value of Python's: the members of this aggregate cannot be told, for it has a base class, more than 32 "
                  "members, a reference, or a member that {} does not make: specialise mpi4cxx::python::conversion for it");
};

}  // namespace MPI4CXX::detail
