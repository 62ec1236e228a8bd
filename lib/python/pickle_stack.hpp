// The nodes of a pickle that is being read, and the stack on which they are put together.
#pragma once

#include <mpi4cxx/detail/objects/bytes.hpp>
#include <mpi4cxx/detail/python/pickle_document.hpp>
#include <mpi4cxx/error.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <memory_resource>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace MPI4CXX::detail {

/// Whether these are the sizes of a pickle and its buffers, which mpi4py.util.pkl5 sends ahead. A pickle ends with a dot, which would be the highest
/// byte of the last size.
inline bool are_sizes(std::span<const std::byte> bytes) {
    std::uint64_t size = 0;
    if (bytes.empty() || bytes.size() % sizeof size != 0)
        return false;
    for (std::size_t i = 0; i < bytes.size(); i += sizeof size) {
        std::memcpy(&size, &bytes[i], sizeof size);
        if (size >= std::uint64_t{1} << 56)
            return false;
    }
    return true;
}

struct PickleStack {
    static constexpr std::size_t usual_bytes_per_node = 8, most_expected = 4096, memory_for_the_rest = 1024;
    static constexpr std::uint32_t nothing_there = std::numeric_limits<std::uint32_t>::max();
    using Index = std::uint32_t;

    PickleStack(std::span<const std::byte> bytes, std::span<const std::span<const std::byte>> buffers, const char* function_name, Place place)
        : begin(bytes.data()), next(begin), end(begin + bytes.size()), out_of_band(buffers), function(function_name), where(place),
          received(
              std::transform_reduce(buffers.begin(), buffers.end(), bytes.size(), std::plus<>{}, [](const auto& buffer) { return buffer.size(); })),
          expected_nodes(std::min(bytes.size() / usual_bytes_per_node, most_expected)),
          first_memory(expected_nodes * (sizeof(PickleNode) + 3 * sizeof(Index)) + memory_for_the_rest) {
        nodes.reserve(expected_nodes);
        children.reserve(expected_nodes);
        stack.reserve(expected_nodes);
    }

    [[noreturn, gnu::cold, gnu::noinline]] void fail(std::string_view text) const {
        const std::string said = are_sizes({begin, end}) ? "no pickle, but the sizes that mpi4py.util.pkl5 sends ahead of one. A communicator of "
                                                           "mpi4py.util.pkl5 needs PickleComm::pkl5(comm)"
                                                         : "no pickle that is read: at byte " + std::to_string(opcode_at) + " " + std::string(text);
        throw Exception(MPI_ERR_TYPE, function, "these " + std::to_string(end - begin) + " bytes are " + said, where);
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

    [[gnu::always_inline]] inline Index add(const PickleNode& node) {
        const std::size_t index = nodes.size();
        if (index == nothing_there) [[unlikely]]
            fail("there are too many values");
        nodes.push_back(node);
        return static_cast<Index>(index);
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
        ++containers;
        PickleNode node{kind, static_cast<Index>(children.size()), stack.size() - first};
        node.integer = static_cast<std::int64_t>(node.size);  // the capacity
        children.insert(children.end(), stack.begin() + static_cast<std::ptrdiff_t>(first), stack.end());
        stack.resize(first);
        return add(node);
    }
    /// Pickles copy nothing twice, but hostile ones may copy what they have written once again and again.
    void count_copies(std::uint64_t number) {
        copied += number;
        if (copied > received)
            fail("a value is copied again and again");
    }
    Index add_copy(PickleKind kind, const PickleNode& of) {
        const PickleNode source = of;
        count_copies(source.size);
        ++containers;
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
    const PickleNode& need(Index index, PickleKind kind, const char* text) {
        if (nodes[index].kind != kind)
            fail(text);
        return nodes[index];
    }

    const std::byte *begin, *next, *end;
    std::span<const std::span<const std::byte>> out_of_band;
    const char* function;
    Place where;
    std::ptrdiff_t opcode_at = 0;
    std::uint64_t received, copied = 0;  // bytes, those of the buffers too
    std::size_t containers = 0;

    std::size_t expected_nodes;
    Bytes first_memory;
    std::pmr::monotonic_buffer_resource memory{first_memory.data(), first_memory.size()};
    std::pmr::vector<PickleNode> nodes{&memory};
    std::pmr::vector<Index> children{&memory}, stack{&memory};
    std::pmr::vector<std::size_t> marks{&memory};
    std::pmr::vector<PickleArray> arrays{&memory};
    std::pmr::vector<std::uint64_t> extents{&memory};
};

}  // namespace MPI4CXX::detail
