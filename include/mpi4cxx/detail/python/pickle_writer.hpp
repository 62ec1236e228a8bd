// Writes pickles that any Python 3 reads.
#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>
#include <mpi4cxx/detail/mpi/mpi.hpp>
#include <mpi4cxx/detail/objects/bytes.hpp>
#include <mpi4cxx/detail/python/pickle_document.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace MPI4CXX::detail {

/// Throws std::invalid_argument unless an array of this shape has as many bytes.
MPI4CXX_API void check_shape(std::span<const std::uint64_t> shape, std::size_t bytes, std::size_t element_size, Caller caller);

/// Where the data of arrays goes.
enum class PickleBuffers : unsigned char {
    inside,  ///< into the pickle, of protocol 4
    beside,  ///< large ones stay where they are, as protocol 5 has it
};

/// A pickle that is being written. A container is begun, then written element by element, then ended.
class MPI4CXX_API PickleWriter {
public:
    explicit PickleWriter(PickleBuffers buffers, const char* function = "dumps", Place where = {});
    PickleWriter(PickleWriter&&) noexcept;
    PickleWriter& operator=(PickleWriter&&) noexcept;
    ~PickleWriter();

    void none() { put('N'); }
    void boolean(bool value) { put(value ? '\x88' : '\x89'); }
    void integer(std::int64_t value);
    void unsigned_integer(std::uint64_t value);
    /// An integer of any size: its bytes, the lowest first, in two's complement.
    void long_integer(std::span<const std::byte> bytes);
    void real(double value) {
        std::byte* const to = claim(9);
        to[0] = std::byte{'G'};
        const std::uint64_t bits = __builtin_bswap64(std::bit_cast<std::uint64_t>(value));
        std::memcpy(to + 1, &bits, sizeof bits);
    }
    void complex(double real, double imaginary);
    /// Throws std::invalid_argument if the text is not UTF-8, which no str of Python's could be.
    void text(std::string_view text);
    void bytes(std::span<const std::byte> bytes);
    void byte_array(std::span<const std::byte> bytes);
    /// An array of NumPy. With buffers beside the pickle, `data` must stay as it is until they are sent, unless this is within a conversion. Throws
    /// std::invalid_argument if the shape has not as many elements as the data.
    void array(NumberType type, std::span<const std::uint64_t> shape, bool is_fortran, std::span<const std::byte> data);

    void begin_list() { is_key() ? begin_tuple() : put("](", 2); }
    void end_list() { is_key() ? end_tuple() : put('e'); }
    void begin_dict() {
        need_no_key("a dict");
        put("}(", 2);
    }
    void end_dict() { put('u'); }
    void begin_set() { is_key() ? begin_frozen_set() : put("\x8f(", 2); }
    void end_set() { is_key() ? end_frozen_set() : put('\x90'); }
    void begin_tuple() { put('('); }
    void end_tuple() { put('t'); }
    void begin_frozen_set() { put('('); }
    void end_frozen_set() { put('\x91'); }

    /// What is written until `end_key` is a key of a dict or an element of a set, which Python can only hash if it cannot be changed: a list becomes
    /// a tuple, and a set a frozenset.
    void begin_key() { ++keys_; }
    void end_key() { --keys_; }

    /// What is written until `end_conversion` comes from a function of the user's, which may hand over temporaries: all goes into the pickle.
    void begin_conversion() { ++conversions_; }
    void end_conversion() { --conversions_; }

    /// Throws std::invalid_argument: this function of the user's cannot send the value.
    [[noreturn, gnu::cold]] void refuse(const std::string& text) const;

    /// Ends the pickle. Returns how many bytes there are so far.
    std::size_t end() {
        put('.');
        return size_;
    }
    [[nodiscard]] std::span<const std::byte> pickle() const noexcept { return {bytes_.data(), size_}; }
    /// The data of arrays that is not in the pickle.
    [[nodiscard]] std::span<const std::span<const std::byte>> buffers() const noexcept;
    /// Begins the next pickle behind this one. Returns where.
    std::size_t begin_next();

private:
    std::byte* claim(std::size_t size) {
        if (size > bytes_.size() - size_) [[unlikely]]
            grow(size);
        size_ += size;
        return bytes_.data() + size_ - size;
    }
    void put(char c) { *claim(1) = static_cast<std::byte>(c); }
    void put(const char* opcodes, std::size_t size) { std::memcpy(claim(size), opcodes, size); }
    void put_sized(char opcode_1, char opcode_4, char opcode_8, const void* data, std::size_t size);
    void put_global(std::string_view module, std::string_view name);
    void put_shape(std::span<const std::uint64_t> shape);
    void grow(std::size_t size);
    [[nodiscard]] bool is_key() const noexcept { return keys_ != 0; }
    /// Throws std::invalid_argument if this is a key or a part of one.
    void need_no_key(const char* what) const {
        if (is_key()) [[unlikely]]
            refuse_key(what);
    }
    [[noreturn, gnu::cold]] void refuse_key(const char* what) const;

    Bytes bytes_;
    std::size_t size_ = 0;
    unsigned keys_ = 0, conversions_ = 0;  // how many of them this is within
    PickleBuffers mode_;
    const char* function_;
    Place where_;
    struct [[gnu::visibility("hidden")]] Beside;
    std::unique_ptr<Beside> beside_;
};

}  // namespace MPI4CXX::detail
