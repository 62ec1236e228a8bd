// Numbers of Python and of NumPy as those of C++.
#include <mpi4cxx/detail/python/pickle_document.hpp>

#include <bit>
#include <cmath>
#include <complex>
#include <cstring>
#include <limits>
#include <type_traits>

namespace MPI4CXX::detail {

namespace {

/// Any number, as wide as possible.
struct Number {
    char kind = 0;  // as in NumberType
    bool is_negative = false;
    std::uint64_t integer = 0;  // in two's complement if negative
    long double real = 0, imaginary = 0;
};

Number make_signed(std::int64_t value) { return {'i', value < 0, static_cast<std::uint64_t>(value), 0, 0}; }
Number make_unsigned(std::uint64_t value) { return {'u', false, value, 0, 0}; }

long double half_to_real(std::uint16_t half) {
    const int exponent = half >> 10 & 0x1f;
    const int fraction = half & 0x3ff;
    long double value = 0;
    if (exponent == 31)
        value = fraction != 0 ? std::numeric_limits<long double>::quiet_NaN() : std::numeric_limits<long double>::infinity();
    else
        value = std::ldexp(static_cast<long double>(exponent != 0 ? fraction + 1024 : fraction), (exponent != 0 ? exponent : 1) - 25);
    return (half & 0x8000) != 0 ? -value : value;
}

template <class T> T load(const std::byte* from, bool is_swapped) {
    T value;
    if (!is_swapped) {
        std::memcpy(&value, from, sizeof value);
        return value;
    }
    std::byte bytes[sizeof value];
    for (std::size_t i = 0; i < sizeof value; ++i) bytes[i] = from[sizeof value - 1 - i];
    std::memcpy(&value, bytes, sizeof value);
    return value;
}

long double load_real(const std::byte* from, std::uint32_t size, bool is_swapped) {
    switch (size) {
    case 2: return half_to_real(load<std::uint16_t>(from, is_swapped));
    case 4: return load<float>(from, is_swapped);
    case 8: return load<double>(from, is_swapped);
    default: return load<long double>(from, is_swapped);
    }
}

Number load_number(const std::byte* from, NumberType type, bool is_swapped) {
    switch (type.kind) {
    case 'b': return {'b', false, *from != std::byte{0} ? 1U : 0U, 0, 0};
    case 'i':
        switch (type.size) {
        case 1: return make_signed(load<std::int8_t>(from, is_swapped));
        case 2: return make_signed(load<std::int16_t>(from, is_swapped));
        case 4: return make_signed(load<std::int32_t>(from, is_swapped));
        default: return make_signed(load<std::int64_t>(from, is_swapped));
        }
    case 'u':
        switch (type.size) {
        case 1: return make_unsigned(load<std::uint8_t>(from, is_swapped));
        case 2: return make_unsigned(load<std::uint16_t>(from, is_swapped));
        case 4: return make_unsigned(load<std::uint32_t>(from, is_swapped));
        default: return make_unsigned(load<std::uint64_t>(from, is_swapped));
        }
    case 'f': return {'f', false, 0, load_real(from, type.size, is_swapped), 0};
    default: return {'c', false, 0, load_real(from, type.size / 2, is_swapped), load_real(from + type.size / 2, type.size / 2, is_swapped)};
    }
}

bool is_integer(const Number& number) { return number.kind == 'i' || number.kind == 'u'; }

template <class T> NumberFit store_integer(const Number& number, void* to) {
    if (!is_integer(number))
        return NumberFit::wrong_type;
    const auto value = static_cast<T>(number.integer);
    if (number.is_negative ? !std::is_signed_v<T> || static_cast<std::int64_t>(value) != static_cast<std::int64_t>(number.integer)
                           : value < T{} || static_cast<std::uint64_t>(value) != number.integer)
        return NumberFit::too_large;
    std::memcpy(to, &value, sizeof value);
    return NumberFit::yes;
}

/// A real number is rounded, as any arithmetic does. An integer must stay what it is.
template <class T> NumberFit round_to(const Number& number, T& value) {
    if (is_integer(number)) {
        // 64 bits of precision hold every integer of 64 bits
        const long double exact =
            number.is_negative ? static_cast<long double>(static_cast<std::int64_t>(number.integer)) : static_cast<long double>(number.integer);
        value = static_cast<T>(exact);
        return static_cast<long double>(value) == exact ? NumberFit::yes : NumberFit::too_large;
    }
    if (number.kind != 'f' && number.kind != 'c')
        return NumberFit::wrong_type;
    value = static_cast<T>(number.real);
    return std::isinf(value) && !std::isinf(number.real) ? NumberFit::too_large : NumberFit::yes;
}

template <class T> NumberFit store_real(const Number& number, void* to) {
    T value{};
    const NumberFit fit = number.kind == 'c' ? NumberFit::wrong_type : round_to(number, value);
    std::memcpy(to, &value, sizeof value);
    return fit;
}

template <class T> NumberFit store_complex(const Number& number, void* to) {
    T parts[2]{};
    NumberFit fit = round_to(number, parts[0]);
    if (fit == NumberFit::yes && number.kind == 'c')
        fit = round_to({'f', false, 0, number.imaginary, 0}, parts[1]);
    std::memcpy(to, parts, sizeof parts);
    return fit;
}

NumberFit store(const Number& number, NumberType type, void* to) {
    switch (type.kind) {
    case 'b': {
        const bool value = number.integer != 0;
        std::memcpy(to, &value, sizeof value);
        return number.kind == 'b' ? NumberFit::yes : NumberFit::wrong_type;
    }
    case 'i':
        switch (type.size) {
        case 1: return store_integer<std::int8_t>(number, to);
        case 2: return store_integer<std::int16_t>(number, to);
        case 4: return store_integer<std::int32_t>(number, to);
        default: return store_integer<std::int64_t>(number, to);
        }
    case 'u':
        switch (type.size) {
        case 1: return store_integer<std::uint8_t>(number, to);
        case 2: return store_integer<std::uint16_t>(number, to);
        case 4: return store_integer<std::uint32_t>(number, to);
        default: return store_integer<std::uint64_t>(number, to);
        }
    case 'f':
        switch (type.size) {
        case 4: return store_real<float>(number, to);
        case 8: return store_real<double>(number, to);
        default: return store_real<long double>(number, to);
        }
    default:
        switch (type.size) {
        case 8: return store_complex<float>(number, to);
        case 16: return store_complex<double>(number, to);
        default: return store_complex<long double>(number, to);
        }
    }
}

/// An integer of Python's with more than 8 bytes fits 64 bits without a sign if all bytes above are zero.
bool fits_unsigned(const PickleNode& node, std::uint64_t& value) {
    for (std::uint64_t i = 8; i < node.size; ++i)
        if (node.bytes[i] != std::byte{0})
            return false;
    std::memcpy(&value, node.bytes, sizeof value);
    return true;
}

}  // namespace

std::size_t convert_numbers(const PickleArray& array, const std::byte* from, std::size_t count, std::size_t stride, NumberType to, void* numbers,
                            NumberFit& fit) noexcept {
    fit = NumberFit::yes;
    if (count == 0)
        return 0;
    if (array.type == to && to.kind != 'b' && !array.is_swapped && stride == to.size) {
        std::memcpy(numbers, from, count * stride);
        return count;
    }
    auto* out = static_cast<std::byte*>(numbers);
    for (std::size_t i = 0; i < count; ++i, from += stride, out += to.size) {
        fit = store(load_number(from, array.type, array.is_swapped), to, out);
        if (fit != NumberFit::yes)
            return i;
    }
    return count;
}

NumberFit PickleDocument::number(const PickleNode& node, NumberType to, void* number) const noexcept {
    switch (node.kind) {
    case PickleKind::boolean: return store({'b', false, static_cast<std::uint64_t>(node.integer), 0, 0}, to, number);
    case PickleKind::integer: return store(make_signed(node.integer), to, number);
    case PickleKind::long_integer: {
        std::uint64_t value = 0;
        if (to.kind == 'b')
            return NumberFit::wrong_type;
        return fits_unsigned(node, value) ? store(make_unsigned(value), to, number) : NumberFit::too_large;
    }
    case PickleKind::real: return store({'f', false, 0, node.real, 0}, to, number);
    case PickleKind::complex: return store({'c', false, 0, child(node, 0).real, child(node, 1).real}, to, number);
    case PickleKind::array: {
        const PickleArray& one = array(node);
        NumberFit fit = NumberFit::wrong_type;
        if (one.dimensions == 0)
            (void)convert_numbers(one, one.data, 1, one.type.size, to, number, fit);
        return fit;
    }
    default: return NumberFit::wrong_type;
    }
}

}  // namespace MPI4CXX::detail
