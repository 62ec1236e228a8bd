#include "files/npy_header.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdint>

namespace MPI4CXX::detail {

namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t longest = 1 << 20;  // of a header: the names of some 20 000 members
constexpr int deepest = 32;               // of records within records

std::size_t little_endian(std::string_view bytes) {
    std::size_t result = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) result = result << 8 | static_cast<unsigned char>(bytes[i]);
    return result;
}

/// The lengths of what stands before the dictionary, and of the dictionary.
struct Frame {
    std::size_t start, length;
};

/// Reads the frame from the first bytes of a file of `size` bytes. Throws an Exception if that is no .npy file.
Frame frame_of(std::string_view bytes, Count size, const NpyCall& call) {
    if (!bytes.starts_with(magic))
        call.fail(MPI_ERR_IO, "it does not begin as a .npy file does");
    const std::size_t start = bytes.size() > 6 && bytes[6] == 1 ? 10 : 12;
    if (bytes.size() < start)
        call.fail(MPI_ERR_IO, "it ends inside its header");
    if (bytes[6] < 1 || bytes[6] > 3 || bytes[7] != 0)
        call.fail(MPI_ERR_IO, "it has version " + std::to_string(static_cast<unsigned char>(bytes[6])) + "." +
                                  std::to_string(static_cast<unsigned char>(bytes[7])) + " of the format; 1.0, 2.0 and 3.0 are known");
    const std::size_t length = little_endian(bytes.substr(8, start - 8));
    if (length > longest)
        call.fail(MPI_ERR_IO, "its header claims " + std::to_string(length) + " bytes; at most " + std::to_string(longest) + " are read");
    if (start + length > static_cast<std::size_t>(size))
        call.fail(MPI_ERR_IO, "its header claims " + std::to_string(length) + " bytes, but the file has " + std::to_string(size));
    return {start, length};
}

/// Reads the dictionary of a header: the few forms of Python's literals that NumPy writes, and nothing else.
class Parser {
public:
    Parser(std::string_view text, const NpyCall& call) noexcept : all_(text), rest_(text), call_(call) {}

    NpyHeader header() {
        NpyHeader result;
        bool has_descr = false, has_order = false, has_shape = false;
        expect('{');
        while (!take('}')) {
            const std::string key = string();
            expect(':');
            if (key == "descr" && !has_descr) {
                skip();
                const std::size_t begin = rest_.size();
                result.type = type(0);
                result.descr = all_.substr(all_.size() - begin, begin - rest_.size());
                has_descr = true;
            } else if (key == "fortran_order" && !has_order) {
                result.is_fortran = boolean();
                has_order = true;
            } else if (key == "shape" && !has_shape) {
                result.shape = tuple();
                has_shape = true;
            } else {
                strange("it has a key \"" + key + "\" that does not belong there");
            }
            if (take('}'))
                break;
            expect(',');
        }
        skip();
        if (!rest_.empty())
            strange("something follows the dictionary");
        if (!has_descr || !has_order || !has_shape)
            strange("a key is missing");
        return result;
    }

private:
    [[noreturn]] void strange(const std::string& what) const { call_.fail(MPI_ERR_IO, "its header is not as NumPy writes it: " + what); }

    void skip() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\n"), rest_.size())); }
    bool take(char c) {
        skip();
        const bool is_there = rest_.starts_with(c);
        rest_.remove_prefix(is_there ? 1 : 0);
        return is_there;
    }
    void expect(char c) {
        if (!take(c))
            strange(std::string("a ") + c + " is missing at byte " + std::to_string(all_.size() - rest_.size()));
    }
    bool take_word(std::string_view word) {
        skip();
        const bool is_there = rest_.starts_with(word);
        rest_.remove_prefix(is_there ? word.size() : 0);
        return is_there;
    }
    bool boolean() {
        const bool value = take_word("True");
        if (!value && !take_word("False"))
            strange("the order is neither True nor False");
        return value;
    }
    char next() {
        if (rest_.empty())
            strange("a string does not end");
        const char c = rest_.front();
        rest_.remove_prefix(1);
        return c;
    }
    std::string string() {
        const char quote = take('"') ? '"' : '\'';
        if (quote == '\'')
            expect('\'');
        std::string result;
        for (char c = next(); c != quote; c = next())
            if (c != '\\')
                result += c;
            else if (c = next(); c == '\\' || c == '\'' || c == '"')
                result += c;
            else
                strange("a name has an escape sequence");
        return result;
    }
    Count number() {
        skip();
        Count value = 0;
        const char *const begin = rest_.data(), *const end = begin + rest_.size();
        const auto [stop, error] = std::from_chars(begin, end, value);
        const bool is_canonical = stop != begin && *begin != '-' && (*begin != '0' || stop == begin + 1);
        if (error != std::errc() || !is_canonical)
            strange("a length is no number");
        rest_.remove_prefix(static_cast<std::size_t>(stop - begin));
        if (rest_.starts_with('L'))  // Python 2
            rest_.remove_prefix(1);
        return value;
    }
    std::vector<Count> tuple() {
        std::vector<Count> result;
        expect('(');
        bool has_comma = false;
        while (!take(')')) {
            result.push_back(number());
            if (take(')')) {
                if (!has_comma)
                    strange("a shape is no tuple");
                break;
            }
            expect(',');
            has_comma = true;
        }
        return result;
    }
    NpyType type(int depth) {
        if (!take('['))
            return simple_type(string());
        if (depth == deepest)
            strange("records are nested too deeply");
        NpyType record;
        while (!take(']')) {
            record.fields.push_back(field(depth));
            NpyField& last = record.fields.back();
            last.offset = record.size;
            record.size = sum(record.size, last.type);
            if (take(']'))
                break;
            expect(',');
        }
        if (record.fields.empty())
            strange("a record has no members");
        return record;
    }
    /// Reads `('name', type)` or `('name', type, shape)`. A name may be a pair of a title and a name.
    NpyField field(int depth) {
        expect('(');
        NpyField result;
        if (take('(')) {
            (void)string();
            expect(',');
            result.name = string();
            expect(')');
        } else {
            result.name = string();
        }
        expect(',');
        result.type = type(depth + 1);
        if (take(',') && !rest_.starts_with(')')) {
            result.type.extents = tuple();
            (void)take(',');
        }
        expect(')');
        return result;
    }
    std::size_t sum(std::size_t before, const NpyType& added) const {
        std::vector<Count> factors = added.extents;
        factors.push_back(static_cast<Count>(added.size));
        const Count bytes = product(factors, call_);
        if (bytes > largest - static_cast<Count>(before))
            strange("a record is too large");
        return before + static_cast<std::size_t>(bytes);
    }
    NpyType simple_type(std::string_view name) const {
        const std::string quoted = "'" + std::string(name.substr(0, 40)) + "'";
        char order = '=';
        if (!name.empty() && std::string_view("<>|=").find(name.front()) != std::string_view::npos) {
            order = name.front();
            name.remove_prefix(1);
        }
        const char kind = name.empty() ? '\0' : name.front();
        name.remove_prefix(name.empty() ? 0 : 1);
        Count size = 0;
        const auto [stop, error] = std::from_chars(name.data(), name.data() + name.size(), size);
        const auto left = name.substr(static_cast<std::size_t>(stop - name.data()));
        const bool has_size = error == std::errc() && size >= 0 && size <= largest && !name.starts_with('-');
        const bool has_unit = (kind == 'm' || kind == 'M') && left.starts_with('[') && left.ends_with(']');  // '<M8[ns]'
        const bool is_object = kind == 'O' && name.empty();
        if (!(is_object || (has_size && (left.empty() || has_unit))) || !is_known(kind, size))
            strange("there is no type " + quoted);
        constexpr char other = std::endian::native == std::endian::little ? '>' : '<';
        const bool is_swapped = order == other && size > 1 && kind != 'V' && kind != 'S';
        return {kind, is_swapped, static_cast<std::size_t>(is_object ? 8 : kind == 'U' ? 4 * size : size), {}, {}};
    }
    static bool is_known(char kind, Count size) {
        switch (kind) {
        case 'b': return size == 1;
        case 'i':
        case 'u': return size == 1 || size == 2 || size == 4 || size == 8;
        case 'f': return size == 2 || size == 4 || size == 8 || size == 12 || size == 16;
        case 'c': return size == 8 || size == 16 || size == 24 || size == 32;
        case 'm':
        case 'M': return size == 8;
        case 'O':
        case 'S':
        case 'U':
        case 'V': return true;
        default: return false;
        }
    }

    static constexpr Count largest = INT32_MAX;  // bytes of an element, for NumPy too

    std::string_view all_, rest_;
    const NpyCall& call_;
};

/// Throws an Exception if not exactly the elements of the array follow the header.
void check_size(const NpyHeader& header, Count size, const NpyCall& call) {
    std::vector<Count> factors = header.shape;
    factors.push_back(static_cast<Count>(header.type.size));
    const Count wanted = product(factors, call), there = size - header.data;
    if (wanted != there)
        call.fail(MPI_ERR_IO, "its header promises " + std::to_string(wanted) + " bytes of elements, but " + std::to_string(there) + " follow");
}

}  // namespace

NpyHeader read_header(const NpyCall& call, const File& file) {
    std::string bytes;
    Count size = 0;
    call.together([&] {
        if (call.rank() != 0)
            return;
        size = file.Get_size(call.at);
        const auto read = [&](std::size_t length) {
            bytes.resize(std::min(length, static_cast<std::size_t>(size)));
            file.Read_at(0, bytes, nullptr, call.at);
        };
        read(12);
        if (bytes.size() == 12)
            read(12 + std::min(little_endian(bytes[6] == 1 ? std::string_view(bytes).substr(8, 2) : std::string_view(bytes).substr(8)), longest));
    });
    auto length = static_cast<Count>(bytes.size());
    call.comm.Bcast(size, 0, call.at);
    call.comm.Bcast(length, 0, call.at);
    bytes.resize(static_cast<std::size_t>(length));
    call.comm.Bcast(bytes, 0, call.at);

    // All processes parse the same bytes, so all find the same mistake.
    const Frame frame = frame_of(bytes, size, call);
    NpyHeader header = Parser(std::string_view(bytes).substr(frame.start, frame.length), call).header();
    header.data = static_cast<Offset>(frame.start + frame.length);
    check_size(header, size, call);
    return header;
}

std::string write_header(const NpyType& type, bool is_fortran, const std::vector<Count>& shape) {
    std::string tuple;
    for (std::size_t i = 0; i < shape.size(); ++i) tuple += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
    std::string text = "{'descr': " + descr_of(type) + ", 'fortran_order': " + (is_fortran ? "True" : "False") + ", 'shape': (" + tuple +
                       (shape.size() == 1 ? ",), }" : "), }");
    const bool is_ascii = std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 128; });
    const char version = !is_ascii ? '\3' : text.size() < 65'000 ? '\1' : '\2';
    const std::size_t start = version == '\1' ? 10 : 12;
    text.append(63 - (start + text.size()) % 64, ' ') += '\n';
    std::string bytes = std::string(magic) + version + '\0';
    for (std::size_t i = 0, length = text.size(); i < start - 8; ++i, length >>= 8) bytes += static_cast<char>(length & 0xff);
    return bytes + text;
}

}  // namespace MPI4CXX::detail
