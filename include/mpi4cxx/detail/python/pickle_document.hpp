// A pickle of Python's, taken apart into nodes. C++ values are made of these without another copy of the whole.
#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>
#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace MPI4CXX::detail {

enum class PickleKind : unsigned char {
    none,
    boolean,
    integer,
    long_integer,  // beyond 64 bits with a sign: its bytes, the lowest first, in two's complement
    real,
    complex,
    text,
    bytes,
    byte_array,
    list,
    tuple,
    dict,
    set,
    frozen_set,
    array,   // of NumPy; without dimensions also NumPy's scalars
    object,  // of a class of the program
    global,  // a class or a function
    dtype,
};

/// A value in a pickle. Those that are shared in Python are one node here, too.
struct PickleNode {
    PickleNode(PickleKind of = PickleKind::none, std::uint32_t first_child = 0, std::uint64_t number = 0) noexcept
        : kind(of), first(first_child), size(number), integer(0) {}

    PickleKind kind;
    std::uint32_t first;  // of its children; the number of the array
    std::uint64_t size;   // how many children, or bytes
    union {
        std::int64_t integer;
        double real;
        const std::byte* bytes;
    };
    [[nodiscard]] std::string_view text() const noexcept { return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)}; }
};

/// A type of numbers: 'b' for bool, 'i' and 'u' for integers, 'f' for real, 'c' for complex ones, and the bytes of one.
struct NumberType {
    char kind = 0;
    std::uint32_t size = 0;
    friend bool operator==(NumberType, NumberType) = default;
};

/// An array of NumPy's whose data lies in the pickle or in one of its buffers.
struct PickleArray {
    NumberType type;
    bool is_swapped = false;  // the bytes of each number
    bool is_fortran = false;  // the first index is the fastest
    bool is_complete = false;
    std::uint32_t dimensions = 0;
    std::uint32_t first_extent = 0;
    std::uint64_t length = 0;  // how many numbers
    const std::byte* data = nullptr;
};

/// Whether a number could be converted.
enum class NumberFit : unsigned char { yes, too_large, wrong_type };

/// Converts `count` numbers that lie `stride` bytes apart. Returns how many were converted; `fit` tells why not all.
MPI4CXX_API std::size_t convert_numbers(const PickleArray& array, const std::byte* from, std::size_t count, std::size_t stride, NumberType to,
                                        void* numbers, NumberFit& fit) noexcept;

/// The nodes of a pickle of protocol 2 to 5. Reading one executes nothing and imports nothing: objects of classes are their attributes, and any
/// function but those that make plain values and arrays of NumPy is an Exception of class ERR_TYPE. Nodes point into the bytes and the buffers.
class MPI4CXX_API PickleDocument {
public:
    PickleDocument(std::span<const std::byte> bytes, std::span<const std::span<const std::byte>> buffers, const char* function, Place where);
    PickleDocument(const PickleDocument&) = delete;
    PickleDocument& operator=(const PickleDocument&) = delete;
    ~PickleDocument();

    [[nodiscard]] const PickleNode& root() const noexcept { return *root_; }
    [[nodiscard]] const PickleNode& child(const PickleNode& node, std::size_t i) const noexcept { return nodes_[children_[node.first + i]]; }
    [[nodiscard]] const PickleArray& array(const PickleNode& node) const noexcept { return arrays_[node.first]; }
    [[nodiscard]] std::span<const std::uint64_t> shape(const PickleArray& array) const noexcept {
        return extents_.subspan(array.first_extent, array.dimensions);
    }
    /// Converts a number of Python's or of NumPy's.
    NumberFit number(const PickleNode& node, NumberType to, void* number) const noexcept;

    [[nodiscard]] const char* function() const noexcept { return function_; }
    [[nodiscard]] Place where() const noexcept { return where_; }

private:
    struct [[gnu::visibility("hidden")]] State;
    std::unique_ptr<State> state_;
    const PickleNode* root_ = nullptr;
    std::span<const PickleNode> nodes_;
    std::span<const std::uint32_t> children_;
    std::span<const PickleArray> arrays_;
    std::span<const std::uint64_t> extents_;
    const char* function_;
    Place where_;
};

/// The way from the whole value to a part of it, for error messages.
struct PicklePath {
    const PicklePath* up = nullptr;
    const PickleNode* key = nullptr;  // of a dict
    std::string_view member;          // of a class
    std::size_t index = 0;            // of a list, if there is neither key nor member
};

/// Throws an Exception: a part of the value is not what the program asks for, or is too large for it.
[[noreturn, gnu::cold]] MPI4CXX_API void refuse_part(const PickleDocument& document, const PickleNode& node, const PicklePath* path,
                                                     std::string_view wanted, NumberFit fit = NumberFit::wrong_type);
/// Throws an Exception that says `text` of a part of the value.
[[noreturn, gnu::cold]] MPI4CXX_API void refuse_part_for(const PickleDocument& document, const PicklePath* path, std::string_view text);

}  // namespace MPI4CXX::detail
