// Values of Python's whose types are not known in advance, and values that C++ has no type for.
#pragma once

#include <mpi4cxx/buffer.hpp>
#include <mpi4cxx/buffer_traits.hpp>
#include <mpi4cxx/detail/handles/memory_layout.hpp>
#include <mpi4cxx/detail/python/pickle_document.hpp>
#include <mpi4cxx/detail/python/pickle_writer.hpp>
#include <mpi4cxx/error.hpp>

#include <complex>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <ranges>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace MPI4CXX::python {

class Value;

/// Python's bytes.
using Bytes = std::vector<std::byte>;

/// Python's bytearray.
struct ByteArray {
    std::vector<std::byte> bytes;
    friend bool operator==(const ByteArray&, const ByteArray&) = default;
};

/// An int of Python's that 64 bits cannot hold: its bytes, the lowest first, in two's complement.
struct BigInteger {
    std::vector<std::byte> bytes;
    friend bool operator==(const BigInteger&, const BigInteger&) = default;
};

/// The order of the elements of an array in memory, by NumPy's names.
enum class Order : char { C, F };

/// An array of NumPy with elements of type `T`.
template <class T> struct Array {
    std::vector<T> elements;  ///< in the order of `order`
    std::vector<std::uint64_t> shape;
    Order order = Order::C;
    friend bool operator==(const Array&, const Array&) = default;
};

/// An array of NumPy with elements of any type of numbers. A number of NumPy's is an array without dimensions.
struct AnyArray {
    detail::NumberType type;
    std::vector<std::byte> bytes;  ///< of the elements, as this machine has them
    std::vector<std::uint64_t> shape;
    Order order = Order::C;
    friend bool operator==(const AnyArray&, const AnyArray&) = default;
};

/// A range of numbers that is sent as an array of NumPy's: `comm.send(python::as_array(vector), 0)`. The range must outlive it.
template <class T> struct ArrayView {
    std::span<const T> elements;
    std::vector<std::uint64_t> shape;
    Order order = Order::C;
    explicit operator Array<T>() const { return {{elements.begin(), elements.end()}, shape, order}; }
};

}  // namespace MPI4CXX::python

namespace MPI4CXX::detail {

/// Whether elements follow each other in memory in this order of their indices.
inline bool is_dense(std::span<const Shape::Dimension> dimensions, python::Order order) {
    Count dense = 1;
    for (std::size_t n = 0; n < dimensions.size(); ++n) {
        const auto [extent, stride] = dimensions[order == python::Order::F ? n : dimensions.size() - 1 - n];
        if (extent != 1 && stride != dense)
            return false;
        dense *= extent;
    }
    return true;
}

/// Returns a container that buffer_traits describes, with the shape that it has.
template <class R> auto shaped_view(const R& container, At at) {
    Shape whole = shape_of(container);
    if (whole.rank > Shape::max_rank)
        misuse({at, "as_array"},
               "an array of " + std::to_string(whole.rank) + " dimensions: at most " + std::to_string(Shape::max_rank) + " are supported");
    std::span<Shape::Dimension> dimensions(whole.dimensions.data(), whole.rank);
    if constexpr (EigenArray<R>) {  // its dimensions are in the order of memory
        if (!R::IsRowMajor)
            std::swap(dimensions[0], dimensions[1]);
        if (R::IsVectorAtCompileTime)
            dimensions = dimensions.subspan(R::RowsAtCompileTime == 1 ? 1 : 0, 1);
    }
    std::vector<std::uint64_t> shape;
    std::uint64_t length = 1;
    for (const auto& dimension : dimensions) length *= shape.emplace_back(static_cast<std::uint64_t>(dimension.extent));
    python::Order order = python::Order::C;
    if (length != 0 && !is_dense(dimensions, order)) {
        order = python::Order::F;
        if (!is_dense(dimensions, order))
            misuse({at, "as_array"}, "there are gaps between the elements in memory: copy them first, Eigen's by eval()");
    }
    const auto* const data = buffer_traits<R>::data(container);
    return python::ArrayView<std::remove_cvref_t<decltype(*data)>>{{data, static_cast<std::size_t>(length)}, std::move(shape), order};
}

}  // namespace MPI4CXX::detail

namespace MPI4CXX::python {

/// Send a contiguous range of numbers as an array of one dimension, and what `buffer_traits` describes, such as a matrix, with its shape. Throws
/// std::invalid_argument if there are gaps between the elements.
template <class R> [[nodiscard]] auto as_array(const R& range, At at = {}) {
    if constexpr (detail::ShapedArray<const R>) {
        return detail::shaped_view(range, at);
    } else {
        static_assert(std::ranges::contiguous_range<const R>, "mpi4cxx: as_array needs elements that follow each other in memory");
        return ArrayView<std::ranges::range_value_t<const R>>{
            {std::ranges::data(range), std::ranges::size(range)}, {std::ranges::size(range)}, Order::C};
    }
}
/// Send elements that follow each other in memory as an array of this shape. Throws std::invalid_argument if the shape has not as many elements.
template <class R> [[nodiscard]] auto as_array(const R& range, std::vector<std::uint64_t> shape, Order order = Order::C, At at = {}) {
    const auto view = as_array(range, at);
    detail::check_shape(shape, view.elements.size_bytes(), sizeof view.elements[0], {at, "as_array"});
    return std::remove_const_t<decltype(view)>{view.elements, std::move(shape), order};
}
template <class R> [[nodiscard]] auto as_array(const R& range, std::initializer_list<std::uint64_t> shape, Order order = Order::C, At at = {}) {
    return as_array(range, std::vector<std::uint64_t>(shape), order, at);
}

/// A list of Python's.
using List = std::vector<Value>;
/// A tuple of Python's.
struct Tuple {
    std::vector<Value> elements;
    friend bool operator==(const Tuple&, const Tuple&);
};
/// A set of Python's, in any order.
struct Set {
    std::vector<Value> elements;
    friend bool operator==(const Set&, const Set&);
};
/// A frozenset of Python's, in any order.
struct FrozenSet {
    std::vector<Value> elements;
    friend bool operator==(const FrozenSet&, const FrozenSet&);
};
/// A dict of Python's.
struct Dict {
    std::vector<std::pair<Value, Value>> items;  ///< in Python's order
    /// Return the value of a key. Throws std::out_of_range if there is none.
    [[nodiscard]] const Value& at(std::string_view key) const;
    friend bool operator==(const Dict&, const Dict&);
};
/// An object of a class of the Python program, by its attributes.
struct Object {
    std::string type;  ///< "module.Class"
    Dict attributes;
    friend bool operator==(const Object&, const Object&);
};

/// Whether `T` is one of the alternatives of a variant.
template <class T, class Variant> inline constexpr bool is_alternative = false;
template <class T, class... A> inline constexpr bool is_alternative<T, std::variant<A...>> = (std::is_same_v<T, A> || ...);

/// Any value of Python's that can be received. None is std::monostate.
class Value {
public:
    /// What a value can be.
    using Variant = std::variant<std::monostate, bool, std::int64_t, BigInteger, double, std::complex<double>, std::string, Bytes, ByteArray, List,
                                 Tuple, Dict, Set, FrozenSet, AnyArray, Object>;

    Value() = default;
    Value(std::nullptr_t) {}
    Value(const char* text) : variant(std::string(text)) {}
    template <class T>
        requires(std::is_integral_v<T> && !std::is_same_v<T, bool> && sizeof(T) <= sizeof(std::int64_t) &&
                 (sizeof(T) < sizeof(std::int64_t) || std::is_signed_v<T>))
    Value(T integer) : variant(static_cast<std::int64_t>(integer)) {}
    template <class T>
        requires(is_alternative<std::remove_cvref_t<T>, Variant> && !std::is_integral_v<std::remove_cvref_t<T>>)
    Value(T&& value) : variant(std::in_place_type<std::remove_cvref_t<T>>, std::forward<T>(value)) {}
    template <class T>
        requires(std::is_same_v<T, bool> || std::is_same_v<T, float>)  // nothing becomes one of these by an implicit conversion
    Value(T value) : variant(std::conditional_t<std::is_same_v<T, float>, double, bool>(value)) {}

    /// Tell whether this is None.
    [[nodiscard]] bool is_none() const noexcept { return variant.index() == 0; }
    /// Tell whether the value is a `T`, an alternative of the variant.
    template <class T> [[nodiscard]] bool is() const noexcept { return std::holds_alternative<T>(variant); }
    /// Return the value if it is one of `T`, an alternative of the variant. Throws std::bad_variant_access if not.
    template <class T> [[nodiscard]] const T& get() const { return std::get<T>(variant); }
    template <class T> [[nodiscard]] T& get() { return std::get<T>(variant); }
    /// Return the value of a key of a dict.
    [[nodiscard]] const Value& operator[](std::string_view key) const { return get<Dict>().at(key); }
    /// Return an element of a list.
    [[nodiscard]] const Value& operator[](std::size_t i) const { return get<List>().at(i); }

    friend bool operator==(const Value& a, const Value& b) { return a.variant == b.variant; }

    Variant variant;  ///< the value itself
};

inline bool operator==(const Tuple& a, const Tuple& b) { return a.elements == b.elements; }
inline bool operator==(const Set& a, const Set& b) { return a.elements == b.elements; }
inline bool operator==(const FrozenSet& a, const FrozenSet& b) { return a.elements == b.elements; }
inline bool operator==(const Dict& a, const Dict& b) { return a.items == b.items; }
inline bool operator==(const Object& a, const Object& b) { return a.type == b.type && a.attributes == b.attributes; }

inline const Value& Dict::at(std::string_view key) const {
    for (const auto& [name, value] : items)
        if (const auto* const text = std::get_if<std::string>(&name.variant); text != nullptr && *text == key)
            return value;
    throw std::out_of_range("python::Dict: there is no key '" + std::string(key) + "'");
}

}  // namespace MPI4CXX::python
