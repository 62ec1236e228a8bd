#include <mpi4cxx/detail/python/pickle_writer.hpp>

#include <mpi4cxx/error.hpp>

#include "python/pickle_opcodes.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace MPI4CXX::detail {

namespace {

/// Shorter data of arrays goes into the pickle, as mpi4py's does.
constexpr std::size_t least_beside = 1024 * 1024 / 4;

/// Whether the next bytes, at most eight, have no highest bit set. Looks at some of them twice.
bool is_ascii(std::string_view text) {
    constexpr std::uint64_t highest_bits = 0x8080808080808080;
    std::uint64_t bits = 0;
    if (text.size() >= sizeof bits) {
        std::memcpy(&bits, text.data(), sizeof bits);
    } else if (std::uint32_t first = 0, last = 0; text.size() >= sizeof first) {
        std::memcpy(&first, text.data(), sizeof first);
        std::memcpy(&last, text.data() + text.size() - sizeof last, sizeof last);
        bits = first | last;
    } else {
        for (const char c : text) bits |= static_cast<unsigned char>(c);
    }
    return (bits & highest_bits) == 0;
}

/// Returns where the text stops being UTF-8 as Python reads it.
std::size_t end_of_utf8(std::string_view text) {
    const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t i = 0;
    while (i < text.size()) {
        if (is_ascii(text.substr(i))) {
            i += std::min<std::size_t>(8, text.size() - i);
            continue;
        }
        const unsigned char lead = bytes[i];
        const std::size_t length = lead < 0x80                   ? 1
                                   : lead >= 0xc2 && lead < 0xe0 ? 2
                                   : (lead & 0xf0) == 0xe0       ? 3
                                   : lead >= 0xf0 && lead < 0xf5 ? 4
                                                                 : 0;
        if (length == 0 || length > text.size() - i)
            return i;
        for (std::size_t k = 1; k < length; ++k)
            if ((bytes[i + k] & 0xc0) != 0x80)
                return i;
        // Not the shortest form, or beyond the last character. Half a character of UTF-16 is let pass, as in Python's pickles.
        if ((lead == 0xe0 && bytes[i + 1] < 0xa0) || (lead == 0xf0 && bytes[i + 1] < 0x90) || (lead == 0xf4 && bytes[i + 1] > 0x8f))
            return i;
        i += length;
    }
    return i;
}

}  // namespace

struct PickleWriter::Beside {
    std::vector<std::span<const std::byte>> buffers;
};

void check_shape(std::span<const std::uint64_t> shape, std::size_t bytes, std::size_t element_size, Caller caller) {
    const bool is_empty = std::find(shape.begin(), shape.end(), 0U) != shape.end();  // whatever the product of the others
    std::uint64_t needed = is_empty ? 0 : element_size;
    bool fits = element_size != 0;
    for (const std::uint64_t extent : shape) fits = fits && !__builtin_mul_overflow(needed, extent, &needed);
    if (fits && needed == bytes)
        return;
    std::string text;
    for (const std::uint64_t extent : shape) text += (text.empty() ? "" : ", ") + std::to_string(extent);
    misuse(caller,
           std::to_string(bytes) + " bytes are no array of the shape (" + text + ") with elements of " + std::to_string(element_size) + " bytes");
}

PickleWriter::PickleWriter(PickleBuffers buffers, const char* function, Place where)
    : bytes_(Bytes::at_least(512)), mode_(buffers), function_(function), where_(where),
      beside_(buffers == PickleBuffers::beside ? std::make_unique<Beside>() : nullptr) {
    (void)begin_next();
}
PickleWriter::PickleWriter(PickleWriter&&) noexcept = default;
PickleWriter& PickleWriter::operator=(PickleWriter&&) noexcept = default;
PickleWriter::~PickleWriter() = default;

std::size_t PickleWriter::begin_next() {
    const std::size_t begin = size_;
    put(static_cast<char>(Opcode::proto));
    put(mode_ == PickleBuffers::beside ? '\x05' : '\x04');
    return begin;
}

std::span<const std::span<const std::byte>> PickleWriter::buffers() const noexcept {
    if (beside_ == nullptr)
        return {};
    return beside_->buffers;
}

void PickleWriter::grow(std::size_t size) {
    Bytes larger = Bytes::at_least(std::max(size_ + size, 2 * bytes_.size()));
    std::memcpy(larger.data(), bytes_.data(), size_);
    bytes_ = std::move(larger);
}

void PickleWriter::integer(std::int64_t value) {
    const auto put_number = [this](Opcode opcode, auto number) {
        std::byte* const to = claim(1 + sizeof number);
        to[0] = static_cast<std::byte>(opcode);
        std::memcpy(to + 1, &number, sizeof number);
    };
    if (std::in_range<std::uint8_t>(value))
        return put_number(Opcode::bin_int1, static_cast<std::uint8_t>(value));
    if (std::in_range<std::uint16_t>(value))
        return put_number(Opcode::bin_int2, static_cast<std::uint16_t>(value));
    if (std::in_range<std::int32_t>(value))
        return put_number(Opcode::bin_int, static_cast<std::int32_t>(value));
    long_integer(std::as_bytes(std::span(&value, 1)));
}

void PickleWriter::unsigned_integer(std::uint64_t value) {
    if (std::in_range<std::int64_t>(value))
        return integer(static_cast<std::int64_t>(value));
    std::byte bytes[9]{};
    std::memcpy(bytes, &value, sizeof value);
    long_integer(bytes);
}

void PickleWriter::long_integer(std::span<const std::byte> bytes) {
    if (bytes.size() > 255) {
        put(static_cast<char>(Opcode::long4));
        const auto size = static_cast<std::uint32_t>(bytes.size());
        std::memcpy(claim(4), &size, 4);
    } else {
        put(static_cast<char>(Opcode::long1));
        put(static_cast<char>(bytes.size()));
    }
    std::memcpy(claim(bytes.size()), bytes.data(), bytes.size());
}

void PickleWriter::complex(double re, double im) {
    put_global("builtins", "complex");
    real(re);
    real(im);
    put(static_cast<char>(Opcode::tuple2));
    put(static_cast<char>(Opcode::reduce));
}

void PickleWriter::put_sized(char opcode_1, char opcode_4, char opcode_8, const void* data, std::size_t size) {
    if (size < 256) {
        std::byte* const to = claim(2 + size);
        to[0] = static_cast<std::byte>(opcode_1);
        to[1] = static_cast<std::byte>(size);
        return copy_bytes(to + 2, data, size);
    }
    if (size <= std::numeric_limits<std::uint32_t>::max()) {
        put(opcode_4);
        std::memcpy(claim(4), &size, 4);
    } else {
        put(opcode_8);
        std::memcpy(claim(8), &size, 8);
    }
    std::memcpy(claim(size), data, size);
}

void PickleWriter::text(std::string_view text) {
    if (const std::size_t end = end_of_utf8(text); end != text.size()) [[unlikely]]
        refuse("a std::string is no UTF-8 from byte " + std::to_string(end) + " of " + std::to_string(text.size()) +
               " on, so it cannot be a str of Python's: send a std::vector<std::byte>, which is bytes");
    put_sized(static_cast<char>(Opcode::short_bin_unicode), static_cast<char>(Opcode::bin_unicode), static_cast<char>(Opcode::bin_unicode8),
              text.data(), text.size());
}

void PickleWriter::bytes(std::span<const std::byte> bytes) {
    put_sized(static_cast<char>(Opcode::short_bin_bytes), static_cast<char>(Opcode::bin_bytes), static_cast<char>(Opcode::bin_bytes8), bytes.data(),
              bytes.size());
}

void PickleWriter::byte_array(std::span<const std::byte> data) {
    need_no_key("a bytearray");
    put_global("builtins", "bytearray");
    bytes(data);
    put(static_cast<char>(Opcode::tuple1));
    put(static_cast<char>(Opcode::reduce));
}

void PickleWriter::refuse(const std::string& text) const { misuse({where_.at(), function_}, text); }

void PickleWriter::refuse_key(const char* what) const {
    refuse(std::string(what) + " cannot be a key of a dict or an element of a set in Python: send a std::vector of pairs");
}

void PickleWriter::put_global(std::string_view module, std::string_view name) {
    text(module);
    text(name);
    put(static_cast<char>(Opcode::stack_global));
}

void PickleWriter::put_shape(std::span<const std::uint64_t> shape) {
    begin_tuple();
    for (const std::uint64_t extent : shape) unsigned_integer(extent);
    end_tuple();
}

void PickleWriter::array(NumberType type, std::span<const std::uint64_t> shape, bool is_fortran, std::span<const std::byte> data) {
    need_no_key("an array of NumPy's");
    check_shape(shape, data.size(), type.size, {where_.at(), function_});
    const std::string code = type.kind + std::to_string(type.size);
    if (mode_ == PickleBuffers::beside && conversions_ == 0 && data.size() >= least_beside) {
        // numpy.ndarray(shape, dtype, buffer, offset, strides, order), which every NumPy has
        beside_->buffers.push_back(data);
        put_global("numpy", "ndarray");
        begin_tuple();
        put_shape(shape);
        text(code);
        put(static_cast<char>(Opcode::next_buffer));
        integer(0);
        none();
        text(is_fortran ? "F" : "C");
        end_tuple();
        return put(static_cast<char>(Opcode::reduce));
    }
    // As NumPy 1 writes it, which NumPy 2 reads too. It keeps the bytes without a copy.
    put_global("numpy.core.multiarray", "_reconstruct");
    put_global("numpy", "ndarray");
    integer(0);
    put(static_cast<char>(Opcode::tuple1));
    bytes(std::as_bytes(std::span("b", 1)));
    put(static_cast<char>(Opcode::tuple3));
    put(static_cast<char>(Opcode::reduce));
    begin_tuple();
    integer(1);
    put_shape(shape);
    put_global("numpy", "dtype");
    text(code);
    boolean(false);
    boolean(true);
    put(static_cast<char>(Opcode::tuple3));
    put(static_cast<char>(Opcode::reduce));
    begin_tuple();
    integer(3);
    text(type.size == 1 ? "|" : "<");
    none();
    none();
    none();
    integer(-1);
    integer(-1);
    integer(0);
    end_tuple();
    put(static_cast<char>(Opcode::build));
    boolean(is_fortran);
    bytes(data);
    end_tuple();
    put(static_cast<char>(Opcode::build));
}

}  // namespace MPI4CXX::detail
