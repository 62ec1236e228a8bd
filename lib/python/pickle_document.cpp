// Reads pickles of Python's: a small machine with a stack and a memo, as Python's own, which makes nodes in place of objects.
#include <mpi4cxx/detail/python/pickle_document.hpp>

#include <mpi4cxx/error.hpp>

#include "python/pickle_opcodes.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <deque>
#include <limits>
#include <string>
#include <vector>

namespace MPI4CXX::detail {

namespace {

constexpr std::size_t deepest = 1000;                              // about as deep as Python pickles
constexpr std::uint64_t copies_at_least = std::uint64_t{8} << 20;  // bytes
constexpr std::uint64_t copies_per_byte = 256;
constexpr std::uint32_t nothing_there = std::numeric_limits<std::uint32_t>::max();

/// The classes and functions that are known. They are never called: each stands for what the reader does itself.
enum class Known : std::int64_t {
    other,
    bytearray,
    bytes,
    codecs_encode,
    complex,
    frombuffer,
    frozenset,
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
    {"builtins", "object", Known::object},
    {"builtins", "set", Known::set},
    {"_codecs", "encode", Known::codecs_encode},
    {"collections", "OrderedDict", Known::ordered_dict},
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

bool has_children(PickleKind kind) noexcept {
    switch (kind) {
    case PickleKind::complex:
    case PickleKind::list:
    case PickleKind::tuple:
    case PickleKind::dict:
    case PickleKind::set:
    case PickleKind::frozen_set:
    case PickleKind::object: return true;
    default: return false;
    }
}

bool is_bytes(const PickleNode& node) noexcept { return node.kind == PickleKind::bytes || node.kind == PickleKind::byte_array; }

}  // namespace

struct PickleDocument::State {
    using Index = std::uint32_t;

    State(std::span<const std::byte> bytes, std::span<const std::span<const std::byte>> buffers, const char* function_name, Place place)
        : begin(bytes.data()), next(begin), end(begin + bytes.size()), out_of_band(buffers), function(function_name), where(place) {}

    [[noreturn]] void fail(const std::string& text) const {
        throw Exception(
            MPI_ERR_TYPE, function,
            "these " + std::to_string(end - begin) + " bytes are no pickle that is read: at byte " + std::to_string(opcode_at) + " " + text, where);
    }

    // The bytes

    const std::byte* take(std::uint64_t size) {
        if (size > static_cast<std::uint64_t>(end - next))
            fail("they end too early");
        const std::byte* const taken = next;
        next += size;
        return taken;
    }
    template <class Number> Number take_number() {
        static_assert(std::endian::native == std::endian::little);
        Number number;
        std::memcpy(&number, take(sizeof number), sizeof number);
        return number;
    }
    std::string_view take_line() {
        const std::byte* const line = next;
        const std::byte* const line_end = std::find(next, end, std::byte{'\n'});
        (void)take(static_cast<std::uint64_t>(line_end - line) + 1);
        return {reinterpret_cast<const char*>(line), static_cast<std::size_t>(line_end - line)};
    }

    // Nodes

    Index add(PickleNode node) {
        if (nodes.size() == nothing_there)
            fail("there are too many values");
        nodes.push_back(node);
        return static_cast<Index>(nodes.size() - 1);
    }
    Index add(PickleKind kind, const std::byte* bytes, std::uint64_t size) {
        PickleNode node{kind, 0, size};
        node.bytes = bytes;
        return add(node);
    }
    Index add_integer(PickleKind kind, std::int64_t integer) {
        PickleNode node{kind};
        node.integer = integer;
        return add(node);
    }
    /// Makes a node of the children from `first` to the end of the stack, and takes these off the stack.
    Index add_container(PickleKind kind, std::size_t first) {
        if (children.size() >= nothing_there - stack.size())
            fail("there are too many values");
        PickleNode node{kind, static_cast<Index>(children.size()), stack.size() - first};
        node.integer = static_cast<std::int64_t>(node.size);  // the capacity
        children.insert(children.end(), stack.begin() + static_cast<std::ptrdiff_t>(first), stack.end());
        stack.resize(first);
        return add(node);
    }
    /// Pickles copy nothing twice, but hostile ones may copy what they have written once again and again.
    void count_copies(std::uint64_t number) {
        copied += number;
        if (copied > static_cast<std::uint64_t>(end - begin))
            fail("a value is copied again and again");
    }
    Index add_copy(PickleKind kind, const PickleNode& of) {
        const PickleNode source = of;
        count_copies(source.size);
        PickleNode node{kind, static_cast<Index>(children.size()), source.size};
        node.integer = static_cast<std::int64_t>(node.size);
        for (std::uint64_t i = 0; i < source.size; ++i) children.push_back(children[source.first + i]);
        return add(node);
    }
    [[nodiscard]] const PickleNode& child(const PickleNode& node, std::size_t i) const { return nodes[children[node.first + i]]; }

    /// Moves what lies on the stack from `first` on into a container.
    void append(Index container, std::size_t first) {
        PickleNode& node = nodes[container];
        const std::size_t added = stack.size() - first;
        if (node.size + added > static_cast<std::uint64_t>(node.integer)) {
            const auto capacity = std::max<std::uint64_t>(node.size + added, 2 * node.size);
            if (node.first + static_cast<std::uint64_t>(node.integer) == children.size()) {
                children.resize(node.first + capacity);
            } else {
                const std::size_t place = children.size();
                children.resize(place + capacity);
                std::copy_n(children.begin() + static_cast<std::ptrdiff_t>(node.first), node.size,
                            children.begin() + static_cast<std::ptrdiff_t>(place));
                node.first = static_cast<Index>(place);
            }
            if (children.size() >= nothing_there)
                fail("there are too many values");
            node.integer = static_cast<std::int64_t>(capacity);
        }
        std::copy(stack.begin() + static_cast<std::ptrdiff_t>(first), stack.end(),
                  children.begin() + static_cast<std::ptrdiff_t>(node.first + node.size));
        node.size += added;
        stack.resize(first);
    }

    // The stack

    [[nodiscard]] std::size_t floor() const { return marks.empty() ? 0 : marks.back(); }
    Index top(std::size_t below = 0) {
        if (stack.size() < floor() + below + 1)
            fail("a value is missing");
        return stack[stack.size() - 1 - below];
    }
    Index pop() {
        const Index index = top();
        stack.pop_back();
        return index;
    }
    void push(Index index) { stack.push_back(index); }
    std::size_t pop_mark() {
        if (marks.empty())
            fail("a mark is missing");
        const std::size_t mark = marks.back();
        marks.pop_back();
        return mark;
    }
    std::size_t last(std::size_t number) {
        if (number != 0)
            (void)top(number - 1);
        return stack.size() - number;
    }

    // The memo

    void memoize(std::uint64_t at) {
        if (at > static_cast<std::uint64_t>(end - begin))
            fail("the memo would be longer than the pickle");
        if (at >= memo.size())
            memo.resize(at + 1, nothing_there);
        memo[at] = top();
    }
    void recall(std::uint64_t at) {
        if (at >= memo.size() || memo[at] == nothing_there)
            fail("nothing is in the memo at " + std::to_string(at));
        const PickleNode& node = nodes[memo[at]];
        is_shared |= has_children(node.kind) || node.kind == PickleKind::array || node.size > 64;
        push(memo[at]);
    }

    // Globals

    void push_global(std::string_view module, std::string_view name) {
        stack.push_back(add(PickleKind::text, reinterpret_cast<const std::byte*>(module.data()), module.size()));
        stack.push_back(add(PickleKind::text, reinterpret_cast<const std::byte*>(name.data()), name.size()));
        const Index global = add_container(PickleKind::global, stack.size() - 2);
        nodes[global].integer = static_cast<std::int64_t>(find_known(module, name));
        push(global);
    }
    void push_stacked_global() {
        const PickleNode name = nodes[top(0)], module = nodes[top(1)];
        if (name.kind != PickleKind::text || module.kind != PickleKind::text)
            fail("the name of a class is no str");
        stack.resize(stack.size() - 2);
        push_global(module.text(), name.text());
    }
    [[nodiscard]] std::string name_of(const PickleNode& global) const {
        return std::string(child(global, 0).text()) + "." + std::string(child(global, 1).text());
    }
    const PickleNode& need(Index index, PickleKind kind, const char* text) {
        if (nodes[index].kind != kind)
            fail(text);
        return nodes[index];
    }

    /// In place of a call.
    void reduce() {
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
        case Known::frombuffer:
            if (args.size != 4 || !is_bytes(arg(0)) || arg(1).kind != PickleKind::dtype || arg(2).kind != PickleKind::tuple ||
                arg(3).kind != PickleKind::text)
                wrong();
            return push(add_array(filled(shaped(arg(2), arg(3).text() == "F"), arg(1), arg(0))));
        case Known::ndarray: {
            if (args.size != 6 || arg(0).kind != PickleKind::tuple || arg(1).kind != PickleKind::text || !is_bytes(arg(2)) ||
                arg(3).kind != PickleKind::integer || arg(3).integer != 0 || arg(4).kind != PickleKind::none || arg(5).kind != PickleKind::text)
                wrong();
            const Index dtype = add_dtype(arg(1).text());
            return push(add_array(filled(shaped(arg(0), arg(5).text() == "F"), nodes[dtype], arg(2))));
        }
        case Known::object:
        case Known::other: break;
        }
        fail("the function " + name_of(callee) + " would be called: only plain values, arrays of NumPy and objects by their attributes are read");
    }

    [[nodiscard]] bool is_latin(const PickleNode& args) const {
        const PickleNode &text = child(args, 0), &encoding = child(args, 1);
        return text.kind == PickleKind::text && encoding.kind == PickleKind::text && (encoding.text() == "latin1" || encoding.text() == "latin-1");
    }
    /// Protocol 2 has no bytes: they are a str whose characters are the bytes.
    Index add_latin(PickleKind kind, std::string_view text) {
        count_copies(text.size());
        std::vector<std::byte>& bytes = decoded.emplace_back();
        bytes.reserve(text.size());
        for (std::size_t i = 0; i < text.size(); ++i) {
            const auto c = static_cast<unsigned char>(text[i]);
            if (c < 0x80) {
                bytes.push_back(std::byte{c});
            } else if ((c == 0xc2 || c == 0xc3) && i + 1 < text.size() && (static_cast<unsigned char>(text[i + 1]) & 0xc0) == 0x80) {
                bytes.push_back(static_cast<std::byte>((c << 6 | (static_cast<unsigned char>(text[++i]) & 0x3f)) & 0xff));
            } else {
                fail("bytes have a character beyond 255");
            }
        }
        return add(kind, bytes.data(), bytes.size());
    }

    // Objects

    Index empty_tuple() { return add_container(PickleKind::tuple, stack.size()); }
    void push_object(Index cls, Index args) {
        const Index none = add(PickleNode{});
        stack.insert(stack.end(), {cls, args, none});
        push(add_container(PickleKind::object, stack.size() - 3));
    }
    void new_object(bool has_keywords) {
        if (has_keywords && need(pop(), PickleKind::dict, "the keywords of a class are no dict").size != 0)
            fail("an object is made with keywords");
        const Index args = pop(), cls = pop();
        (void)need(args, PickleKind::tuple, "the arguments of a class are no tuple");
        (void)need(cls, PickleKind::global, "an object has no class");
        push_object(cls, args);
    }
    void build() {
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
    /// The state of an object of a class with __slots__ is a tuple: its __dict__ or None, and its slots.
    Index attributes(Index state) {
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

    Index add_array(const PickleArray& array) {
        arrays.push_back(array);
        PickleNode node{PickleKind::array, static_cast<Index>(arrays.size() - 1)};
        return add(node);
    }
    Index add_dtype(std::string_view code) {
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
    void build_dtype(PickleNode& dtype, const PickleNode& state) {
        if (state.kind != PickleKind::tuple || state.size < 8 || child(state, 1).kind != PickleKind::text)
            fail("the state of a NumPy type is unknown");
        dtype.size = child(state, 1).text() == ">";
        if (child(state, 2).kind != PickleKind::none || child(state, 3).kind != PickleKind::none)
            dtype.integer = 'V';
    }
    PickleArray shaped(const PickleNode& shape, bool is_fortran) {
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
    PickleArray filled(PickleArray array, const PickleNode& dtype, const PickleNode& bytes) {
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
    void build_array(const PickleNode& node, const PickleNode& state) {
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

    // All together

    void push_long(std::uint64_t size) {
        const std::byte* const bytes = take(size);
        if (size > 8)
            return push(add(PickleKind::long_integer, bytes, size));
        std::uint64_t value = size != 0 && (bytes[size - 1] & std::byte{0x80}) != std::byte{} ? ~std::uint64_t{0} : 0;
        std::memcpy(&value, bytes, size);
        push(add_integer(PickleKind::integer, static_cast<std::int64_t>(value)));
    }
    void push_buffer() {
        if (next_buffer == out_of_band.size())
            fail("a buffer is missing: the pickle has more than " + std::to_string(out_of_band.size()));
        const std::span<const std::byte> buffer = out_of_band[next_buffer++];
        push(add(PickleKind::byte_array, buffer.data(), buffer.size()));
    }
    /// Returns the container on the stack that takes more values.
    Index container(std::size_t below_first, PickleKind kind, const char* text) {
        if (below_first <= floor())
            fail("a value is missing");
        const Index index = stack[below_first - 1];
        (void)need(index, kind, text);
        return index;
    }
    void set_items(std::size_t first) {
        if ((stack.size() - first) % 2 != 0)
            fail("a key of a dict has no value");
        append(container(first, PickleKind::dict, "what gets keys is no dict"), first);
    }

    /// Executes one opcode. Returns false at the end.
    bool step() {
        opcode_at = next - begin;
        const auto opcode = static_cast<Opcode>(*take(1));
        const auto size_1 = [&] { return static_cast<std::uint64_t>(take_number<std::uint8_t>()); };
        const auto size_4 = [&] { return static_cast<std::uint64_t>(take_number<std::uint32_t>()); };
        const auto size_8 = [&] { return take_number<std::uint64_t>(); };
        const auto push_bytes = [&](PickleKind kind, std::uint64_t size) {
            const std::byte* const bytes = take(size);
            push(add(kind, bytes, size));
        };
        switch (opcode) {
        case Opcode::proto:
            if (const auto protocol = size_1(); protocol < 2 || protocol > 5)
                fail("protocol " + std::to_string(protocol) + " is not read, but 2 to 5 are");
            break;
        case Opcode::frame: (void)size_8(); break;
        case Opcode::stop: return false;
        case Opcode::none: push(add(PickleNode{})); break;
        case Opcode::new_true: push(add_integer(PickleKind::boolean, 1)); break;
        case Opcode::new_false: push(add_integer(PickleKind::boolean, 0)); break;
        case Opcode::bin_int: push(add_integer(PickleKind::integer, take_number<std::int32_t>())); break;
        case Opcode::bin_int1: push(add_integer(PickleKind::integer, take_number<std::uint8_t>())); break;
        case Opcode::bin_int2: push(add_integer(PickleKind::integer, take_number<std::uint16_t>())); break;
        case Opcode::long1: push_long(size_1()); break;
        case Opcode::long4: push_long(size_4()); break;
        case Opcode::bin_float: {
            PickleNode node{PickleKind::real};
            node.real = std::bit_cast<double>(__builtin_bswap64(take_number<std::uint64_t>()));
            push(add(node));
            break;
        }
        case Opcode::short_bin_unicode: push_bytes(PickleKind::text, size_1()); break;
        case Opcode::bin_unicode: push_bytes(PickleKind::text, size_4()); break;
        case Opcode::bin_unicode8: push_bytes(PickleKind::text, size_8()); break;
        case Opcode::short_bin_bytes: push_bytes(PickleKind::bytes, size_1()); break;
        case Opcode::bin_bytes: push_bytes(PickleKind::bytes, size_4()); break;
        case Opcode::bin_bytes8: push_bytes(PickleKind::bytes, size_8()); break;
        case Opcode::byte_array8: push_bytes(PickleKind::byte_array, size_8()); break;
        case Opcode::next_buffer: push_buffer(); break;
        case Opcode::readonly_buffer: (void)need(top(), PickleKind::byte_array, "what is made read-only is no buffer"); break;
        case Opcode::empty_list: push(add_container(PickleKind::list, stack.size())); break;
        case Opcode::empty_dict: push(add_container(PickleKind::dict, stack.size())); break;
        case Opcode::empty_set: push(add_container(PickleKind::set, stack.size())); break;
        case Opcode::empty_tuple: push(empty_tuple()); break;
        case Opcode::tuple1: push(add_container(PickleKind::tuple, last(1))); break;
        case Opcode::tuple2: push(add_container(PickleKind::tuple, last(2))); break;
        case Opcode::tuple3: push(add_container(PickleKind::tuple, last(3))); break;
        case Opcode::tuple: push(add_container(PickleKind::tuple, pop_mark())); break;
        case Opcode::frozen_set: push(add_container(PickleKind::frozen_set, pop_mark())); break;
        case Opcode::append: {
            const std::size_t first = last(1);
            append(container(first, PickleKind::list, "what gets an element is no list"), first);
            break;
        }
        case Opcode::appends: {
            const std::size_t first = pop_mark();
            append(container(first, PickleKind::list, "what gets elements is no list"), first);
            break;
        }
        case Opcode::add_items: {
            const std::size_t first = pop_mark();
            append(container(first, PickleKind::set, "what gets elements is no set"), first);
            break;
        }
        case Opcode::set_item: set_items(last(2)); break;
        case Opcode::set_items: set_items(pop_mark()); break;
        case Opcode::mark: marks.push_back(stack.size()); break;
        case Opcode::pop:
            if (!marks.empty() && marks.back() == stack.size())
                marks.pop_back();
            else
                (void)pop();
            break;
        case Opcode::pop_mark: stack.resize(pop_mark()); break;
        case Opcode::bin_get: recall(size_1()); break;
        case Opcode::long_bin_get: recall(size_4()); break;
        case Opcode::bin_put: memoize(size_1()); break;
        case Opcode::long_bin_put: memoize(size_4()); break;
        case Opcode::memoize: memoize(memo.size()); break;
        case Opcode::global: {
            const std::string_view module = take_line();
            push_global(module, take_line());
            break;
        }
        case Opcode::stack_global: push_stacked_global(); break;
        case Opcode::reduce: reduce(); break;
        case Opcode::new_object: new_object(false); break;
        case Opcode::new_object_ex: new_object(true); break;
        case Opcode::build: build(); break;
        default: fail("there is opcode " + std::to_string(static_cast<unsigned>(opcode)) + ", which is not read");
        }
        return true;
    }

    Index read() {
        while (step()) {}
        if (!marks.empty() || stack.size() != 1)
            fail("they end within a value");
        const Index root = pop();
        costs.resize(is_shared ? nodes.size() : 0);
        auto received = static_cast<std::uint64_t>(end - begin);
        for (const auto& buffer : out_of_band) received += buffer.size();
        if (visit(root, 0).bytes > copies_at_least + copies_per_byte * received)
            fail("a value refers to its parts so often that its copy would take too much memory");
        return root;
    }

    /// What the copy of a node takes. A part that is shared counts each time.
    struct Cost {
        std::uint64_t bytes = 0;
        std::uint32_t height = 0;  // 0: not known
        bool is_open = false;
    };
    Cost visit(Index index, std::size_t depth) {
        const PickleNode& node = nodes[index];
        if (!has_children(node.kind)) {
            std::uint64_t bytes = 16 + (node.kind == PickleKind::array ? 0 : node.size);
            if (node.kind == PickleKind::array) {
                const PickleArray& array = arrays[node.first];
                if (!array.is_complete)
                    fail("an array has no data");
                bytes += array.length * array.type.size;
            }
            return {bytes, 1};
        }
        if (is_shared && costs[index].is_open)
            fail("a value is a part of itself");
        if (is_shared && costs[index].height != 0)
            return costs[index];
        if (depth >= deepest)
            fail("values lie in one another more than " + std::to_string(deepest) + " deep");
        if (is_shared)
            costs[index].is_open = true;
        Cost cost{16, 1};
        for (std::uint64_t i = 0; i < node.size; ++i) {
            const Cost part = visit(children[node.first + i], depth + 1);
            if (__builtin_add_overflow(cost.bytes, part.bytes, &cost.bytes))
                cost.bytes = std::numeric_limits<std::uint64_t>::max();
            cost.height = std::max(cost.height, part.height + 1);
        }
        if (cost.height > deepest + 1)
            fail("values lie in one another more than " + std::to_string(deepest) + " deep");
        if (is_shared)
            costs[index] = cost;
        return cost;
    }

    const std::byte *begin, *next, *end;
    std::span<const std::span<const std::byte>> out_of_band;
    const char* function;
    Place where;
    std::size_t next_buffer = 0;
    std::ptrdiff_t opcode_at = 0;
    std::uint64_t copied = 0;
    bool is_shared = false;
    std::vector<PickleNode> nodes;
    std::vector<Index> children, stack, memo;
    std::vector<std::size_t> marks;
    std::vector<PickleArray> arrays;
    std::vector<std::uint64_t> extents;
    std::deque<std::vector<std::byte>> decoded;
    std::vector<Cost> costs;
};

PickleDocument::PickleDocument(std::span<const std::byte> bytes, std::span<const std::span<const std::byte>> buffers, const char* function,
                               Place where)
    : state_(std::make_unique<State>(bytes, buffers, function, where)), function_(function), where_(where) {
    const State::Index root = state_->read();
    nodes_ = state_->nodes.data();
    children_ = state_->children.data();
    arrays_ = state_->arrays.data();
    extents_ = state_->extents.data();
    root_ = nodes_ + root;
}

PickleDocument::~PickleDocument() = default;

}  // namespace MPI4CXX::detail
