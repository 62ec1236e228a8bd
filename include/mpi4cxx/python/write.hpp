// Writes the value of Python's that a C++ value is.
#pragma once

#include <mpi4cxx/detail/python/member_names.hpp>
#include <mpi4cxx/detail/python/pickle_writer.hpp>
#include <mpi4cxx/python/conversion.hpp>
#include <mpi4cxx/python/value.hpp>
#include <mpi4cxx/serialize.hpp>

#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace MPI4CXX::detail {

/// Returns a real number as Python's float, which has 64 bits.
template <class T> double as_float(const python::Output& to, T value) {
    const auto result = static_cast<double>(value);
    if constexpr (sizeof(T) > sizeof(double))
        if (std::isinf(result) && !std::isinf(value)) [[unlikely]]
            to.refuse("a long double is too large for a float of Python's: send it as an array, which keeps its type");
    return result;
}

template <class T> void write_number(python::Output& to, const T& value) {
    if constexpr (std::is_same_v<T, bool>)
        to.boolean(value);
    else if constexpr (PythonComplex<T>)
        to.complex(as_float(to, value.real()), as_float(to, value.imag()));
    else if constexpr (std::is_floating_point_v<T>)
        to.real(as_float(to, value));
    else if constexpr (std::is_signed_v<T>)
        to.integer(value);
    else
        to.unsigned_integer(value);
}

template <class R> void write_all(python::Output& to, const R& elements) {
    for (const auto& element : elements) python::write(to, static_cast<const typename R::value_type&>(element));
}

/// Writes a key of a dict or an element of a set.
template <class T> void write_key(python::Output& to, const T& key) {
    to.begin_key();
    python::write(to, key);
    to.end_key();
}

template <class R> void write_keys(python::Output& to, const R& keys) {
    for (const auto& key : keys) write_key(to, key);
}

template <class T> void write_array(python::Output& to, std::span<const T> elements, const std::vector<std::uint64_t>& shape, python::Order order) {
    static_assert(PythonNumber<T>, "mpi4cxx: only numbers can be the elements of an array of NumPy's");
    to.array(number_type<T>(), shape, order == python::Order::F, std::as_bytes(elements));
}

inline void write_items(python::Output& to, const python::Dict& dict) {
    to.begin_dict();
    for (const auto& [key, value] : dict.items) {
        write_key(to, key);
        python::write(to, value);
    }
    to.end_dict();
}

struct ValueWriter {
    python::Output& to;
    void operator()(std::monostate) const { to.none(); }
    void operator()(bool value) const { to.boolean(value); }
    void operator()(std::int64_t value) const { to.integer(value); }
    void operator()(const python::BigInteger& value) const { to.long_integer(value.bytes); }
    void operator()(double value) const { to.real(value); }
    void operator()(std::complex<double> value) const { to.complex(value.real(), value.imag()); }
    void operator()(const std::string& value) const { to.text(value); }
    void operator()(const python::Bytes& value) const { to.bytes(value); }
    void operator()(const python::ByteArray& value) const { to.byte_array(value.bytes); }
    void operator()(const python::List& value) const {
        to.begin_list();
        write_all(to, value);
        to.end_list();
    }
    void operator()(const python::Tuple& value) const {
        to.begin_tuple();
        write_all(to, value.elements);
        to.end_tuple();
    }
    void operator()(const python::Set& value) const {
        to.begin_set();
        write_keys(to, value.elements);
        to.end_set();
    }
    void operator()(const python::FrozenSet& value) const {
        to.begin_frozen_set();
        write_keys(to, value.elements);
        to.end_frozen_set();
    }
    void operator()(const python::Dict& value) const { write_items(to, value); }
    void operator()(const python::AnyArray& value) const { to.array(value.type, value.shape, value.order == python::Order::F, value.bytes); }
    void operator()(const python::Object& value) const { write_items(to, value.attributes); }
};

template <class T> void write_aggregate(python::Output& to, const T& value) {
    (void)sizeof(check_aggregate<T>);
    to.begin_dict();
    with_members(value, [&to](const auto&... members) {
        std::size_t i = 0;
        ((to.text(member_names<T>[i++]), python::write(to, members)), ...);
    });
    to.end_dict();
}

}  // namespace MPI4CXX::detail

namespace MPI4CXX::python {

/// Write a value as the one of Python's that it is.
template <class T> void write(Output& to, const T& value) {
    if constexpr (detail::PythonConverted<T>) {
        to.begin_conversion();
        conversion<T>::write(to, value);
        to.end_conversion();
    } else if constexpr (std::is_same_v<T, Value>) {
        std::visit(detail::ValueWriter{to}, value.variant);
    } else if constexpr (std::is_same_v<T, std::monostate> || std::is_same_v<T, std::nullptr_t> || std::is_same_v<T, std::nullopt_t>) {
        to.none();
    } else if constexpr (detail::PythonNumber<T>) {
        detail::write_number(to, value);
    } else if constexpr (std::is_enum_v<T>) {
        detail::write_number(to, static_cast<std::underlying_type_t<T>>(value));
    } else if constexpr (detail::PythonText<T>) {
        to.text(value);
    } else if constexpr (detail::PythonCharacters<T>) {
        to.text(detail::text(value));
    } else if constexpr (std::is_convertible_v<const T&, const char*> && !std::is_null_pointer_v<T>) {
        to.text(detail::text(static_cast<const char*>(value)));
    } else if constexpr (detail::PythonBytes<T> || std::is_same_v<T, ByteArray> || std::is_same_v<T, BigInteger> || std::is_same_v<T, Tuple> ||
                         std::is_same_v<T, Set> || std::is_same_v<T, FrozenSet> || std::is_same_v<T, Dict> || std::is_same_v<T, AnyArray> ||
                         std::is_same_v<T, Object>) {
        detail::ValueWriter{to}(value);
    } else if constexpr (detail::is_instance<T, Array> || detail::is_instance<T, ArrayView>) {
        detail::write_array(to, std::span(std::as_const(value.elements)), value.shape, value.order);
    } else if constexpr (detail::is_instance<T, std::optional>) {
        static_assert(!detail::is_instance<typename T::value_type, std::optional>,
                      "mpi4cxx: this type is no value of Python's: an optional of an optional cannot tell one None from the other");
        if (value)
            write(to, *value);
        else
            to.none();
    } else if constexpr (detail::is_instance<T, std::variant>) {
        std::visit([&to](const auto& alternative) { write(to, alternative); }, value);
    } else if constexpr (detail::PythonMap<T>) {
        to.begin_dict();
        for (const auto& [key, mapped] : value) {
            detail::write_key(to, key);
            write(to, mapped);
        }
        to.end_dict();
    } else if constexpr (detail::PythonSet<T>) {
        to.begin_set();
        detail::write_keys(to, value);
        to.end_set();
    } else if constexpr (detail::PythonTuple<T>) {
        to.begin_tuple();
        std::apply([&to](const auto&... elements) { (write(to, elements), ...); }, value);
        to.end_tuple();
    } else if constexpr (detail::PythonByteBlock<T>) {
        to.bytes(std::span<const std::byte>(value));
    } else if constexpr (std::is_bounded_array_v<T>) {
        static_assert(!detail::Character<std::remove_cv_t<std::remove_extent_t<T>>>,
                      "mpi4cxx: this type is no value of Python's: a str is sent from text of char, in UTF-8");
        to.begin_list();
        for (const auto& element : value) write(to, element);
        to.end_list();
    } else if constexpr (detail::PythonSequence<T> || detail::is_std_array<T> || detail::is_span<T>) {
        to.begin_list();
        detail::write_all(to, value);
        to.end_list();
    } else {
        detail::write_aggregate(to, value);
    }
}

}  // namespace MPI4CXX::python
