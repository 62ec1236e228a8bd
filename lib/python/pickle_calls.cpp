// Makes values in place of the calls that a pickle has: objects, arrays of NumPy, and the plain values that have no opcode.
#include "python/pickle_calls.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace MPI4CXX::detail {

namespace {

/// The classes and functions that are known. They are never called: each stands for what the reader does itself.
enum class Known : std::int64_t {
    other,
    bytearray,
    bytes,
    codecs_encode,
    complex,
    counter,
    default_dict,
    deque,
    frombuffer,
    frozenset,
    getattr,
    ndarray,
    numpy_dtype,
    numpy_scalar,
    object,
    ordered_dict,
    reconstruct_array,
    reconstructor,
    set,
};

struct KnownName {
    std::string_view module, name;
    Known known;
};

constexpr KnownName known_names[] = {
    {"builtins", "bytearray", Known::bytearray},
    {"builtins", "bytes", Known::bytes},
    {"builtins", "complex", Known::complex},
    {"builtins", "frozenset", Known::frozenset},
    {"builtins", "getattr", Known::getattr},
    {"builtins", "object", Known::object},
    {"builtins", "set", Known::set},
    {"_codecs", "encode", Known::codecs_encode},
    {"collections", "Counter", Known::counter},
    {"collections", "OrderedDict", Known::ordered_dict},
    {"collections", "defaultdict", Known::default_dict},
    {"collections", "deque", Known::deque},
    {"copyreg", "_reconstructor", Known::reconstructor},
    {"numpy", "dtype", Known::numpy_dtype},
    {"numpy", "ndarray", Known::ndarray},
    {"numpy.core.multiarray", "_reconstruct", Known::reconstruct_array},
    {"numpy.core.multiarray", "scalar", Known::numpy_scalar},
    {"numpy.core.numeric", "_frombuffer", Known::frombuffer},
};

Known find_known(std::string_view module, std::string_view name) {
    // Python 2's names, which protocol 2 has, and those of NumPy 2.
    if (module == "__builtin__")
        module = "builtins";
    else if (module == "copy_reg")
        module = "copyreg";
    else if (module == "numpy._core.multiarray")
        module = "numpy.core.multiarray";
    else if (module == "numpy._core.numeric")
        module = "numpy.core.numeric";
    for (const KnownName& one : known_names)
        if (one.module == module && one.name == name)
            return one.known;
    return Known::other;
}

bool is_bytes(const PickleNode& node) noexcept { return node.kind == PickleKind::bytes || node.kind == PickleKind::byte_array; }

}  // namespace

void PickleCalls::push_global(std::string_view module, std::string_view name) {
    stack.push_back(add(PickleKind::text, reinterpret_cast<const std::byte*>(module.data()), module.size()));
    stack.push_back(add(PickleKind::text, reinterpret_cast<const std::byte*>(name.data()), name.size()));
    const Index global = add_container(PickleKind::global, stack.size() - 2);
    nodes[global].integer = static_cast<std::int64_t>(find_known(module, name));
    push(global);
}

void PickleCalls::push_stacked_global() {
    const PickleNode name = nodes[top(0)], module = nodes[top(1)];
    if (name.kind != PickleKind::text || module.kind != PickleKind::text)
        fail("the name of a class is no str");
    stack.resize(stack.size() - 2);
    push_global(module.text(), name.text());
}

std::string PickleCalls::name_of(const PickleNode& global) const {
    return std::string(child(global, 0).text()) + "." + std::string(child(global, 1).text());
}

void PickleCalls::reduce() {
    const Index args_index = pop(), function_index = pop();
    const PickleNode callee = need(function_index, PickleKind::global, "something is called that is no function");
    const PickleNode args = need(args_index, PickleKind::tuple, "the arguments of a call are no tuple");
    const auto arg = [&](std::size_t i) -> const PickleNode& { return child(args, i); };
    const auto wrong = [&] { fail("the arguments of " + name_of(callee) + " are others than pickles have"); };
    switch (static_cast<Known>(callee.integer)) {
    case Known::complex:
        if (args.size != 2 || arg(0).kind != PickleKind::real || arg(1).kind != PickleKind::real)
            wrong();
        return push(add_copy(PickleKind::complex, args));
    case Known::set:
    case Known::frozenset:
        if (args.size != 1 || arg(0).kind != PickleKind::list)
            wrong();
        return push(add_copy(static_cast<Known>(callee.integer) == Known::set ? PickleKind::set : PickleKind::frozen_set, arg(0)));
    case Known::bytes:
        if (args.size != 0)
            wrong();
        return push(add(PickleKind::bytes, begin, 0));
    case Known::codecs_encode:
        if (args.size != 2 || !is_latin(args))
            wrong();
        return push(add_latin(PickleKind::bytes, arg(0).text()));
    case Known::bytearray:
        if (args.size == 0)
            return push(add(PickleKind::byte_array, begin, 0));
        if (args.size == 1 && is_bytes(arg(0)))
            return push(add(PickleKind::byte_array, arg(0).bytes, arg(0).size));
        if (args.size != 2 || !is_latin(args))
            wrong();
        return push(add_latin(PickleKind::byte_array, arg(0).text()));
    case Known::ordered_dict:
        if (args.size != 0)
            wrong();
        return push(add_container(PickleKind::dict, stack.size()));
    case Known::default_dict:  // its argument makes the values of new keys
        if (args.size > 1 || (args.size == 1 && arg(0).kind != PickleKind::global && arg(0).kind != PickleKind::none))
            wrong();
        return push(add_container(PickleKind::dict, stack.size()));
    case Known::counter:
        if (args.size != 1 || arg(0).kind != PickleKind::dict)
            wrong();
        return push(add_copy(PickleKind::dict, arg(0)));
    case Known::deque:  // its arguments are no elements, and the largest length
        if (args.size != 0 && (args.size != 2 || arg(0).kind != PickleKind::tuple || arg(0).size != 0))
            wrong();
        return push(add_container(PickleKind::list, stack.size()));
    case Known::reconstructor:
        if (args.size != 3 || arg(0).kind != PickleKind::global)
            wrong();
        return push_object(children[args.first], empty_tuple());
    case Known::reconstruct_array:
        if (args.size != 3 || arg(0).kind != PickleKind::global)
            wrong();
        return push(add_array({}));
    case Known::numpy_dtype:
        if (args.size == 0 || arg(0).kind != PickleKind::text)
            wrong();
        return push(add_dtype(arg(0).text()));
    case Known::numpy_scalar:
        if (args.size != 2 || arg(0).kind != PickleKind::dtype || !is_bytes(arg(1)))
            wrong();
        return push(add_array(filled({}, arg(0), arg(1))));
    case Known::frombuffer: {
        const bool has_axes = args.size == 5;
        if ((args.size != 4 && !has_axes) || !is_bytes(arg(0)) || arg(1).kind != PickleKind::dtype || arg(2).kind != PickleKind::tuple ||
            arg(3).kind != PickleKind::text || (has_axes && (arg(3).text() != "K" || arg(4).kind != PickleKind::tuple)))
            wrong();
        PickleArray array = filled(shaped(arg(2), arg(3).text() == "F"), arg(1), arg(0));
        if (has_axes)
            transpose(array, arg(4));
        return push(add_array(array));
    }
    case Known::ndarray: {
        if (args.size != 6 || arg(0).kind != PickleKind::tuple || arg(1).kind != PickleKind::text || !is_bytes(arg(2)) ||
            arg(3).kind != PickleKind::integer || arg(3).integer != 0 || arg(4).kind != PickleKind::none || arg(5).kind != PickleKind::text)
            wrong();
        const Index dtype = add_dtype(arg(1).text());
        return push(add_array(filled(shaped(arg(0), arg(5).text() == "F"), nodes[dtype], arg(2))));
    }
    case Known::getattr:
        if (args.size == 2 && arg(0).kind == PickleKind::global && arg(1).kind == PickleKind::text)
            fail("builtins.getattr would be called, as for a member of the Enum " + name_of(arg(0)) + ": send its .value");
        break;
    case Known::object:
    case Known::other: break;
    }
    fail("the function " + name_of(callee) + " would be called: only plain values, arrays of NumPy and objects by their attributes are read" +
         (args.size == 1 ? ". If this is a member of an Enum, send its .value" : ""));
}

bool PickleCalls::is_latin(const PickleNode& args) const {
    const PickleNode &text = child(args, 0), &encoding = child(args, 1);
    return text.kind == PickleKind::text && encoding.kind == PickleKind::text && (encoding.text() == "latin1" || encoding.text() == "latin-1");
}

PickleStack::Index PickleCalls::add_latin(PickleKind kind, std::string_view text) {
    count_copies(text.size());
    auto* const bytes = static_cast<std::byte*>(memory.allocate(text.size(), 1));
    std::size_t length = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c < 0x80) {
            bytes[length++] = std::byte{c};
        } else if ((c == 0xc2 || c == 0xc3) && i + 1 < text.size() && (static_cast<unsigned char>(text[i + 1]) & 0xc0) == 0x80) {
            bytes[length++] = static_cast<std::byte>((c << 6 | (static_cast<unsigned char>(text[++i]) & 0x3f)) & 0xff);
        } else {
            fail("bytes have a character beyond 255");
        }
    }
    return add(kind, bytes, length);
}

// Objects
void PickleCalls::push_object(Index cls, Index args) {
    const Index none = add(PickleNode{});
    stack.insert(stack.end(), {cls, args, none});
    push(add_container(PickleKind::object, stack.size() - 3));
}

void PickleCalls::new_object(bool has_keywords) {
    if (has_keywords && need(pop(), PickleKind::dict, "the keywords of a class are no dict").size != 0)
        fail("an object is made with keywords");
    const Index args = pop(), cls = pop();
    (void)need(args, PickleKind::tuple, "the arguments of a class are no tuple");
    (void)need(cls, PickleKind::global, "an object has no class");
    push_object(cls, args);
}

void PickleCalls::build() {
    const Index state = pop();
    const Index named = nodes[top()].kind == PickleKind::object ? attributes(state) : state;
    PickleNode& object = nodes[top()];
    switch (object.kind) {
    case PickleKind::object: children[object.first + 2] = named; return;
    case PickleKind::array: return build_array(object, nodes[state]);
    case PickleKind::dtype: return build_dtype(object, nodes[state]);
    default: fail("a plain value has a state");
    }
}

PickleStack::Index PickleCalls::attributes(Index state) {
    const PickleNode& node = nodes[state];
    if (node.kind != PickleKind::tuple || node.size != 2 || child(node, 1).kind != PickleKind::dict)
        return state;
    const Index slots = children[node.first + 1];
    if (child(node, 0).kind == PickleKind::none)
        return slots;
    if (child(node, 0).kind != PickleKind::dict)
        return state;
    const Index merged = add_copy(PickleKind::dict, child(node, 0));
    const std::size_t first = stack.size();
    count_copies(nodes[slots].size);
    for (std::uint64_t i = 0; i < nodes[slots].size; ++i) stack.push_back(children[nodes[slots].first + i]);
    append(merged, first);
    return merged;
}

// Arrays
PickleStack::Index PickleCalls::add_array(const PickleArray& array) {
    arrays.push_back(array);
    PickleNode node{PickleKind::array, static_cast<Index>(arrays.size() - 1)};
    return add(node);
}

PickleStack::Index PickleCalls::add_dtype(std::string_view code) {
    PickleNode node{PickleKind::dtype};
    if (!code.empty() && (code[0] == '<' || code[0] == '>' || code[0] == '|')) {
        node.size = code[0] == '>';
        code.remove_prefix(1);
    }
    std::uint32_t size = 0;
    for (const char digit : code.substr(std::min<std::size_t>(code.size(), 1))) {
        if (digit < '0' || digit > '9' || size > 1000)
            fail("the type of an array is unknown");
        size = size * 10 + static_cast<std::uint32_t>(digit - '0');
    }
    if (code.empty())
        fail("the type of an array is unknown");
    node.integer = static_cast<std::int64_t>(size) << 8 | static_cast<unsigned char>(code[0]);
    return add(node);
}

void PickleCalls::build_dtype(PickleNode& dtype, const PickleNode& state) {
    if (state.kind != PickleKind::tuple || state.size < 8 || child(state, 1).kind != PickleKind::text)
        fail("the state of a NumPy type is unknown");
    dtype.size = child(state, 1).text() == ">";
    if (child(state, 2).kind != PickleKind::none || child(state, 3).kind != PickleKind::none)
        dtype.integer = 'V';
}

PickleArray PickleCalls::shaped(const PickleNode& shape, bool is_fortran) {
    PickleArray array;
    array.is_fortran = is_fortran;
    array.dimensions = static_cast<std::uint32_t>(shape.size);
    array.first_extent = static_cast<std::uint32_t>(extents.size());
    if (shape.size > 64)
        fail("an array has too many dimensions");
    for (std::uint64_t i = 0; i < shape.size; ++i) {
        const PickleNode& extent = child(shape, i);
        if (extent.kind != PickleKind::integer || extent.integer < 0)
            fail("the shape of an array is wrong");
        extents.push_back(static_cast<std::uint64_t>(extent.integer));
    }
    return array;
}

PickleArray PickleCalls::filled(PickleArray array, const PickleNode& dtype, const PickleNode& bytes) {
    array.type = {static_cast<char>(dtype.integer & 0xff), static_cast<std::uint32_t>(dtype.integer >> 8)};
    array.is_swapped = dtype.size != 0;
    array.is_complete = true;
    const std::uint32_t size = array.type.size;
    switch (array.type.kind) {
    case 'b': array.type.size = size == 1 ? size : 0; break;
    case 'i':
    case 'u': array.type.size = size <= 8 && std::has_single_bit(size) ? size : 0; break;
    case 'f': array.type.size = (size >= 2 && size <= 8 && std::has_single_bit(size)) || size == sizeof(long double) ? size : 0; break;
    case 'c': array.type.size = size == 8 || size == 16 || size == 2 * sizeof(long double) ? size : 0; break;
    case 'U':
    case 'S': fail("an array of strings is not read: send a list");
    case 'O': fail("an array of Python objects is not read: send a list");
    case 'V': fail("an array of records is not read");
    default: array.type.size = 0;
    }
    if (array.type.size == 0)
        fail("an array has elements of an unknown type");
    array.length = 1;
    for (std::uint32_t i = 0; i < array.dimensions; ++i)
        if (__builtin_mul_overflow(array.length, extents[array.first_extent + i], &array.length))
            fail("an array is too large");
    std::uint64_t needed = 0;
    if (__builtin_mul_overflow(array.length, array.type.size, &needed) || needed != bytes.size)
        fail("an array has " + std::to_string(bytes.size) + " bytes, which is not what its shape needs");
    array.data = bytes.bytes;
    return array;
}

void PickleCalls::transpose(PickleArray& array, const PickleNode& axes) {
    const auto wrong = [this] { fail("the axes of an array are wrong"); };
    if (axes.size != array.dimensions)
        wrong();
    const std::span transposed(extents.data() + array.first_extent, array.dimensions);
    const std::vector<std::uint64_t> shape(transposed.begin(), transposed.end());
    std::vector<std::uint64_t> strides(shape.size(), array.type.size), steps, place(shape.size());
    for (std::size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
    std::vector<bool> is_there(shape.size());
    for (std::size_t i = 0; i < shape.size(); ++i) {
        const PickleNode& axis = child(axes, i);
        const auto number = static_cast<std::uint64_t>(axis.integer);
        if (axis.kind != PickleKind::integer || number >= shape.size() || is_there[number])
            wrong();
        is_there[number] = true;
        transposed[i] = shape[number];
        steps.push_back(strides[number]);
    }

    const std::uint64_t size = array.type.size, bytes = array.length * size;
    count_copies(bytes);
    auto* to = static_cast<std::byte*>(memory.allocate(bytes, 1));
    const std::byte* const from = std::exchange(array.data, to);
    std::uint64_t offset = 0;
    for (std::uint64_t n = 0; n < array.length; ++n, to += size) {
        std::memcpy(to, from + offset, size);
        for (std::size_t i = shape.size(); i-- > 0;) {
            offset += steps[i];
            if (++place[i] < transposed[i])
                break;
            offset -= steps[i] * std::exchange(place[i], 0);
        }
    }
}

void PickleCalls::build_array(const PickleNode& node, const PickleNode& state) {
    if (state.kind != PickleKind::tuple || state.size != 5 || child(state, 1).kind != PickleKind::tuple ||
        child(state, 2).kind != PickleKind::dtype || child(state, 3).kind != PickleKind::boolean)
        fail("the state of an array is unknown");
    const PickleNode &dtype = child(state, 2), &bytes = child(state, 4);
    if ((dtype.integer & 0xff) == 'O')
        fail("an array of Python objects is not read: send a list");
    if (!is_bytes(bytes))
        fail("the state of an array is unknown");
    arrays[node.first] = filled(shaped(child(state, 1), child(state, 3).integer != 0), dtype, bytes);
}

}  // namespace MPI4CXX::detail
