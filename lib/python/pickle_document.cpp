// Reads pickles of Python's: a small machine with a stack and a memo, as Python's own, which makes nodes in place of objects.
#include <mpi4cxx/detail/python/pickle_document.hpp>

#include "python/pickle_calls.hpp"
#include "python/pickle_opcodes.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace MPI4CXX::detail {

namespace {

constexpr std::size_t deepest = 1000;                              // about as deep as Python pickles
constexpr std::uint64_t copies_at_least = std::uint64_t{8} << 20;  // bytes
constexpr std::uint64_t copies_per_byte = 256;

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

}  // namespace

struct PickleDocument::State : PickleCalls {
    State(std::span<const std::byte> bytes, std::span<const std::span<const std::byte>> buffers, const char* function_name, Place place)
        : PickleCalls(bytes, buffers, function_name, place) {
        memo.reserve(expected_nodes);
    }

    // The memo

    void memoize(std::uint64_t at) {
        if (at > static_cast<std::uint64_t>(end - begin))
            fail("the memo would be longer than the pickle");
        if (at == memo.size())
            return memo.push_back(top());
        if (at > memo.size())
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
        if (nodes[index].kind == PickleKind::object)
            fail_of_subclass(nodes[index], kind);
        (void)need(index, kind, text);
        return index;
    }
    void set_items(std::size_t first) {
        if ((stack.size() - first) % 2 != 0)
            fail("a key of a dict has no value");
        append(container(first, PickleKind::dict, "what gets keys is no dict"), first);
    }

    [[noreturn, gnu::cold, gnu::noinline]] void fail_of_subclass(const PickleNode& object, PickleKind kind) const {
        const std::string base = kind == PickleKind::dict ? "dict" : kind == PickleKind::list ? "list" : "set";
        fail("there is an object of " + name_of(child(object, 0)) + ", a subclass of " + base + ", which is not read: send " + base + "(value)");
    }
    [[noreturn, gnu::cold, gnu::noinline]] void fail_of_opcode(Opcode opcode) const {
        // Pickles of protocols 0 and 1 do not begin with their protocol. These are the opcodes that no later one needs.
        const bool is_old = *begin != static_cast<std::byte>(Opcode::proto) &&
                            std::string_view("FILSTUVdgilop").find(static_cast<char>(opcode)) != std::string_view::npos;
        fail("there is opcode " + std::to_string(static_cast<unsigned>(opcode)) +
             (is_old ? " of protocol 0 or 1, but 2 to 5 are read: set MPI.pickle.PROTOCOL = 2 in Python, or call pickle.dumps(value, protocol=2)"
                     : ", which is not read"));
    }

    /// Executes one opcode. Returns false at the end.
    [[gnu::always_inline]] inline bool step() {
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
        default: fail_of_opcode(opcode);
        }
        return true;
    }

    Index read() {
        while (step()) {}
        if (!marks.empty() || stack.size() != 1)
            fail("they end within a value");
        const Index root = pop();
        if (!is_shared && arrays.empty() && containers <= deepest)
            return root;  // neither too deep nor larger than a few times its bytes
        costs.resize(is_shared ? nodes.size() : 0);
        if (visit(root, 0).bytes > copies_at_least + copies_per_byte * received)
            fail("a value refers to its parts so often that its copy would take too much memory");
        return root;
    }

    /// What the copy of a node takes. A part that is shared counts each time. Where nothing is shared, only arrays count, and what is in one another.
    struct Cost {
        std::uint64_t bytes = 0;
        std::uint32_t height = 0;  // 0: not known
        bool is_open = false;
    };
    [[nodiscard]] Cost cost_of_leaf(const PickleNode& node) const {
        if (node.kind != PickleKind::array)
            return {16 + node.size, 1};
        const PickleArray& array = arrays[node.first];
        if (!array.is_complete)
            fail("an array has no data");
        return {16 + array.length * array.type.size, 1};
    }
    Cost visit(Index index, std::size_t depth) {
        const PickleNode& node = nodes[index];
        if (!has_children(node.kind))
            return cost_of_leaf(node);
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
            const Index index_of_part = children[node.first + i];
            const bool is_leaf = !has_children(nodes[index_of_part].kind);
            if (is_leaf && !is_shared && nodes[index_of_part].kind != PickleKind::array)
                continue;  // what is not shared cannot take more than a few times its bytes
            const Cost part = is_leaf ? cost_of_leaf(nodes[index_of_part]) : visit(index_of_part, depth + 1);
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

    std::size_t next_buffer = 0;
    bool is_shared = false;
    std::pmr::vector<Index> memo{&memory};
    std::vector<Cost> costs;
};

PickleDocument::PickleDocument(std::span<const std::byte> bytes, std::span<const std::span<const std::byte>> buffers, const char* function,
                               Place where)
    : state_(std::make_unique<State>(bytes, buffers, function, where)), function_(function), where_(where) {
    const State::Index root = state_->read();
    nodes_ = state_->nodes;
    children_ = state_->children;
    arrays_ = state_->arrays;
    extents_ = state_->extents;
    root_ = &nodes_[root];
}

PickleDocument::~PickleDocument() = default;

}  // namespace MPI4CXX::detail
