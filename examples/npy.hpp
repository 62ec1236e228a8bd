// Reads arrays of doubles from NumPy's .npy files
//     A = numpy.load("random-matrix.npy")
// The format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, versions 1.0, 2.0 and 3.0.
#pragma once

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace npy {

struct Array {
    std::vector<double> data;  // row after row
    std::vector<std::size_t> shape;
};

/// Load an array of so many dimensions; a file that has anything else is a std::runtime_error.
/// Nothing is believed before it is checked, and no array is allocated that is longer than the file.
inline Array load(const std::filesystem::path& path, std::size_t dimensions) {
    static_assert(std::endian::native == std::endian::little, "the bytes are taken as they are");
    const auto expect = [&](bool condition, const std::string& problem) {
        if (!condition)
            throw std::runtime_error("cannot load " + path.string() + ": " + problem);
    };
    expect(is_regular_file(path), "there is no such file");
    std::ifstream file(path, std::ios::binary);
    expect(file.is_open(), "it cannot be opened");
    const std::uintmax_t total = file_size(path);
    std::uintmax_t left = total;
    const auto read = [&](void* to, std::uintmax_t size) {
        expect(size <= left && file.read(static_cast<char*>(to), static_cast<std::streamsize>(size)), "it ends inside its header");
        left -= size;
    };

    char start[8];
    read(start, sizeof start);
    expect(std::string_view(start, 6) == "\x93NUMPY", "it does not begin as a .npy file does");
    expect(start[6] >= 1 && start[6] <= 3 && start[7] == 0, "it is of an unknown version of the format");
    std::uint32_t length = 0;
    read(&length, start[6] == 1 ? 2 : 4);
    expect(length <= 10'000, "its header is " + std::to_string(length) + " bytes long");  // NumPy's limit, too
    std::string header(length, ' ');
    read(header.data(), length);

    // {'descr': '<f8', 'fortran_order': False, 'shape': (16, 16), }
    const std::string strange = "its header is not as NumPy writes it";
    std::string_view rest = header;
    const auto until = [&](std::string_view mark) {
        const std::size_t end = rest.find(mark);
        expect(end != rest.npos, strange);
        const std::string before(rest.substr(0, end));
        rest.remove_prefix(end + mark.size());
        return before;
    };
    expect(until("{'descr': ").empty(), strange);
    const std::string descr = until(", 'fortran_order': ");
    expect(descr == "'<f8'", "its elements are " + descr.substr(0, 40) + ", not '<f8'");
    const std::string order = until(", 'shape': (");
    expect(order != "True", "it is in Fortran order, column after column");
    const std::string shape = until("), }");
    expect(order == "False" && rest.find_first_not_of(" \n") == rest.npos, strange);

    Array array;
    double bytes = sizeof(double);  // a double cannot overflow, and is exact for all sizes that a file can have
    bool possible = true;
    std::string canonical;
    for (std::string_view numbers = shape; !numbers.empty(); numbers.remove_prefix(std::min<std::size_t>(2, numbers.size()))) {
        std::size_t& extent = array.shape.emplace_back();
        const auto [end, error] = std::from_chars(numbers.data(), numbers.data() + numbers.size(), extent);
        expect(error == std::errc(), strange);
        numbers.remove_prefix(static_cast<std::size_t>(end - numbers.data()));
        bytes *= static_cast<double>(extent);
        possible = possible && extent <= total;  // else (0, 1 << 60) would pass
        canonical += (canonical.empty() ? "" : ", ") + std::to_string(extent);
    }
    expect(shape == canonical + (array.shape.size() == 1 ? "," : ""), strange);
    const std::string has = "its shape is (" + shape.substr(0, 40) + "), but ";
    expect(array.shape.size() == dimensions, has + "the number of dimensions should be " + std::to_string(dimensions));
    expect(possible && bytes == static_cast<double>(left), has + std::to_string(left) + " bytes of elements follow");
    array.data.resize(static_cast<std::size_t>(left) / sizeof(double));
    read(array.data.data(), left);
    return array;
}

/// The file of that name among those that come with the examples.
inline std::filesystem::path sample(const std::string& name) { return std::filesystem::path(EXAMPLE_DATA) / name; }

}  // namespace npy
