// NumPy's files: every type, order and block, other numbers of ranks, damaged files.
#include "folder.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <array>
#include <bit>
#include <complex>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <numeric>
#include <string>
#include <tuple>
#include <vector>

namespace MPI = mpi4cxx;
namespace npy = mpi4cxx::npy;

namespace {

using Sizes = std::vector<std::size_t>;

template <class T> std::vector<T> numbers(std::size_t count, int first = 0) {
    std::vector<T> result(count);
    for (std::size_t i = 0; i < count; ++i) result[i] = static_cast<T>(first + static_cast<int>(i % 100));
    return result;
}

void write_file(const MPI::Comm& comm, const std::filesystem::path& path, const std::string& bytes) {
    if (comm.rank() == 0)
        std::ofstream(path, std::ios::binary) << bytes;
    comm.Barrier();
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string file_of(const std::string& dictionary, const std::string& data, char version = 1) {
    std::string bytes = std::string("\x93NUMPY") + version + '\0';
    for (std::size_t i = 0, length = dictionary.size(); i < (version == 1 ? 2 : 4); ++i, length >>= 8) bytes += static_cast<char>(length & 0xff);
    return bytes + dictionary + data;
}

template <class T> std::string bytes_of(const std::vector<T>& elements) {
    return {reinterpret_cast<const char*>(elements.data()), elements.size() * sizeof(T)};
}

/// What `load` throws: an Exception of this class on all ranks or on none.
template <class F> std::string same_error(const MPI::Comm& comm, int error_class, F load) {
    const std::string text = error_of_class(error_class, load);
    CHECK(all_ranks(comm, text.empty()) == text.empty());
    return text;
}

struct Plain {
    char tag;
    double mass;
    std::array<float, 3> position;
    bool operator==(const Plain&) const = default;
};

class Particle {
public:
    Particle() = default;
    explicit Particle(int i) : mass_(i), id(i + 1), flags{static_cast<short>(i), 7} {}
    bool operator==(const Particle&) const = default;

private:
    friend struct mpi4cxx::datatype_traits<Particle>;
    double mass_ = 0;

public:
    int id = 0;
    short flags[2] = {};
};

struct Body {
    float x, y;
    bool operator==(const Body&) const = default;
};
struct Star : Body {
    double mass;
    bool operator==(const Star&) const = default;
};
struct Raw {
    int a : 3, b : 29;
    bool operator==(const Raw&) const = default;
};
struct WithRaw {
    int x;
    Raw raw;
    bool operator==(const WithRaw&) const = default;
};

}  // namespace

template <> struct mpi4cxx::datatype_traits<Particle> : mpi4cxx::struct_type<Particle, &Particle::mass_, &Particle::id, &Particle::flags> {};
template <> struct mpi4cxx::datatype_traits<Star> : mpi4cxx::struct_type<Star, mpi4cxx::base_class<Body>, &Star::mass> {};
template <> struct mpi4cxx::datatype_traits<Raw> : mpi4cxx::bytes_type<Raw> {};

TEST_CASE("Slices of any lengths are saved in the order of ranks and loaded by any number of ranks") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const Folder folder(comm);
        const std::vector<double> part = numbers<double>(static_cast<std::size_t>(comm.rank() % 3 * 5), 10 * comm.rank());
        npy::save(comm, folder / "a.npy", part);
        const std::vector<double> all = comm.Allgatherv(part);
        const npy::Array<double> slice = npy::load<double>(comm, folder / "a.npy");
        CHECK(slice.shape == Sizes{all.size()});
        CHECK(slice.data.size() == slice.part.at(0));
        CHECK(slice.part[0] - all.size() / static_cast<std::size_t>(comm.size()) <= 1);
        CHECK(comm.Allgatherv(slice.data) == all);
        CHECK(npy::load<double>(MPI::COMM_SELF, folder / "a.npy").data == all);
        std::vector<double> again(part.size(), -1);
        npy::load_into(comm, folder / "a.npy", again);
        CHECK(again == part);
        const npy::Header header = npy::open(comm, folder / "a.npy");
        CHECK(header.descr == "'<f8'");
        CHECK(header.shape == Sizes{all.size()});
        CHECK(header.order == MPI::ORDER_C);
        CHECK(header.itemsize == 8);
        CHECK(header.data % 64 == 0);
    });
}

TEST_CASE("A file that is saved again loses what it had before") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    npy::save(comm, folder / "a.npy", numbers<double>(1000));
    npy::save(comm, folder / "a.npy", numbers<int>(3));
    CHECK(npy::load<int>(MPI::COMM_SELF, folder / "a.npy").data.size() == static_cast<std::size_t>(3 * comm.size()));
    CHECK(std::filesystem::file_size(folder / "a.npy") == static_cast<std::size_t>(128 + 12 * comm.size()));
}

template <class T> static void round_trip(const std::string& descr, const std::vector<T>& part) {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    npy::save(comm, folder / "a.npy", part);
    CHECK(npy::open(comm, folder / "a.npy").descr == descr);
    std::vector<T> all;
    for (int i = 0; i < comm.size(); ++i) all.insert(all.end(), part.begin(), part.end());
    CHECK(npy::load<T>(MPI::COMM_SELF, folder / "a.npy").data == all);
    CHECK(npy::load<T>(comm, folder / "a.npy").shape.at(0) == all.size());
}

TEST_CASE("Numbers of every type are saved and loaded") {
    round_trip("'|b1'", std::vector<bool>{true, false, true});
    round_trip("'|i1'", numbers<std::int8_t>(5, -3));
    round_trip("'<i2'", numbers<std::int16_t>(5, -3));
    round_trip("'<i4'", numbers<std::int32_t>(5, -3));
    round_trip("'<i8'", numbers<std::int64_t>(5, -3));
    round_trip("'<i8'", numbers<long long>(5, -3));
    round_trip("'|u1'", numbers<std::uint8_t>(5));
    round_trip("'|u1'", std::vector<std::byte>{std::byte{1}, std::byte{255}});
    round_trip("'<u2'", numbers<std::uint16_t>(5));
    round_trip("'<u4'", numbers<std::uint32_t>(5));
    round_trip("'<u8'", numbers<std::uint64_t>(5));
    round_trip("'<f4'", numbers<float>(5));
    round_trip("'<f8'", numbers<double>(5));
    round_trip("'<f16'", numbers<long double>(5));
    round_trip("'<c8'", std::vector<std::complex<float>>{{1, 2}, {3, 4}});
    round_trip("'<c16'", std::vector<std::complex<double>>{{1, 2}, {3, 4}});
    round_trip("'<c32'", std::vector<std::complex<long double>>{{1, 2}, {3, 4}});
}

TEST_CASE("Structs are records, with the names of a struct_type") {
    round_trip("[('f0', '|i1'), ('f1', '<f8'), ('f2', '<f4', (3,))]", std::vector<Plain>{{'a', 1, {2, 3, 4}}, {'b', 5, {6, 7, 8}}});
    round_trip("[('mass_', '<f8'), ('id', '<i4'), ('flags', '<i2', (2,))]", std::vector<Particle>{Particle(3), Particle(4)});
    round_trip("[('f0', '<f4'), ('f1', '<f4'), ('mass', '<f8')]", std::vector<Star>{{{1, 2}, 3}, {{4, 5}, 6}});
    round_trip("[('f0', '|i1'), ('f1', '<f8')]", std::vector<std::pair<char, double>>{{'a', 1}, {'b', 2}});
    round_trip("[('f0', '<f8'), ('f1', '<i4')]", std::vector<std::pair<double, int>>{{1, 2}, {3, 4}});
    round_trip("[('f0', '|i1'), ('f1', '<f8'), ('f2', '<i2')]", std::vector<std::tuple<char, double, short>>{{'a', 1, short{2}}, {'b', 3, short{4}}});
    round_trip("[('f0', '<i4'), ('f1', '|V4')]", std::vector<WithRaw>{{1, {2, 3}}, {4, {1, 5}}});
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    npy::save(comm, folder / "raw.npy", std::vector<Raw>{{1, 2}});
    CHECK(npy::open(comm, folder / "raw.npy").descr == "'|V4'");
    CHECK(npy::load<Raw>(MPI::COMM_SELF, folder / "raw.npy").data.at(0).b == 2);
}

TEST_CASE("Records of other programs are read by name or by place") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    const auto load = [&](const std::string& descr, const std::string& data) {
        comm.Barrier();
        write_file(comm, folder / "a.npy", file_of("{'descr': " + descr + ", 'fortran_order': False, 'shape': (1,), }\n", data));
        return npy::load<Particle>(MPI::COMM_SELF, folder / "a.npy").data.at(0);
    };
    const std::string mass = bytes_of(std::vector{3.0}), id = bytes_of(std::vector{4}), flags = bytes_of(std::vector<short>{3, 7});
    std::string big(mass.rbegin(), mass.rend());
    CHECK(load("[('mass_', '<f8'), ('id', '<i4'), ('flags', '<i2', (2,))]", mass + id + flags) == Particle(3));
    CHECK(load("[('flags', '<i2', (2,)), ('', '|V4'), ('mass_', '<f8'), ('id', '<i4')]", flags + "junk" + mass + id) == Particle(3));
    CHECK(load("[('mass_', '>f8'), ('id', '<i4'), (('title', 'flags'), '<i2', (2,))]", big + id + flags) == Particle(3));
    for (const char* descr :
         {"[('mass', '<f8'), ('id', '<i4'), ('flags', '<i2', (2,))]", "[('mass_', '<f8'), ('id', '<i4'), ('flags', '<i2', (1,2))]",
          "[('mass_', '<f8'), ('id', '<f4'), ('flags', '<i2', (2,))]", "[('mass_', '<f8'), ('id', '<i4'), ('flags', '<i4')]", "'|V16'"})
        CHECK(type_error([&] { (void)load(descr, mass + id + flags); }).find("its elements are") != std::string::npos);
}

TEST_CASE("Blocks of an array are saved and loaded in either order") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const Folder folder(comm);
        const auto rows = static_cast<MPI::Count>(comm.size()) * 2, columns = MPI::Count{6};
        // Every rank has two blocks of 2 rows and 3 columns; it saves the left array from one, the right one from the other.
        for (const MPI::Order order : {MPI::ORDER_C, MPI::ORDER_FORTRAN}) {
            const MPI::Count first = 2 * comm.rank();
            std::vector<int> block;
            for (int i = 0; i < 12; ++i) {
                const int row = order == MPI::ORDER_C ? i / 6 : i % 2, column = order == MPI::ORDER_C ? i % 6 : i / 2;
                block.push_back(static_cast<int>(first + row) * 10 + column);
            }
            npy::save(comm, folder / "a.npy", block, {{rows, columns}, {first, 0}, {2, 6}, order});
            CHECK(npy::open(comm, folder / "a.npy").order == order);
            const auto whole = npy::load<int>(MPI::COMM_SELF, folder / "a.npy");
            CHECK(whole.shape == Sizes{static_cast<std::size_t>(rows), 6});
            for (std::size_t i = 0; i < whole.data.size(); ++i) CHECK(whole.data[i] == static_cast<int>(i / 6 * 10 + i % 6));
            const auto slice = npy::load<int>(comm, folder / "a.npy");
            CHECK(slice.part == Sizes{2, 6});
            CHECK(slice.start == Sizes{static_cast<std::size_t>(first), 0});
            for (std::size_t i = 0; i < slice.data.size(); ++i)
                CHECK(slice.data[i] == static_cast<int>((static_cast<std::size_t>(first) + i / 6) * 10 + i % 6));
            const auto inner = npy::load<int>(comm, folder / "a.npy", {{rows, columns}, {first, 2}, {2, 3}, MPI::ORDER_FORTRAN});
            CHECK(inner.data == [&] {
                std::vector<int> expected;
                for (int i = 0; i < 6; ++i) expected.push_back(static_cast<int>(first + i % 2) * 10 + 2 + i / 2);
                return expected;
            }());
            std::vector<int> again(12);
            npy::load_into(comm, folder / "a.npy", again, {{rows, columns}, {first, 0}, {2, 6}, order});
            CHECK(again == block);
            const auto columns_of = npy::load<int>(comm, folder / "a.npy", {{}, {0, 5}, {rows, 1}});
            CHECK(columns_of.data.back() == static_cast<int>(rows - 1) * 10 + 5);
            comm.Barrier();
        }
    });
}

namespace {

/// The inner cells of a grid with a ghost layer around it.
struct Inner {
    int* cells;
    int rows, columns;
};

}  // namespace

template <> struct mpi4cxx::buffer_traits<Inner> {
    static int* data(const Inner& inner) { return inner.cells + inner.columns + 3; }
    static auto shape(const Inner& inner) { return std::array{inner.rows, inner.columns}; }
    static auto strides(const Inner& inner) { return std::array{inner.columns + 2, 1}; }
    static constexpr bool is_view = true;
};

TEST_CASE("Ghost layers are left out of a file, and stay as they are when it is loaded") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    const auto cart = comm.Create_cart(MPI::Compute_dims(comm.size(), 2));
    const auto coords = cart.Get_coords(cart.rank());
    const auto dims = cart.dims();
    std::vector<int> cells(5 * 6, -1);
    for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 4; ++j) cells[static_cast<std::size_t>((i + 1) * 6 + j + 1)] = (coords[0] * 3 + i) * 100 + coords[1] * 4 + j;
    const std::vector<int> shape{dims[0] * 3, dims[1] * 4}, start{coords[0] * 3, coords[1] * 4};
    npy::save(cart, folder / "grid.npy", Inner{cells.data(), 3, 4}, {shape, start});
    const auto whole = npy::load<int>(MPI::COMM_SELF, folder / "grid.npy");
    const auto columns = static_cast<std::size_t>(shape[1]);
    CHECK(whole.shape == Sizes{static_cast<std::size_t>(shape[0]), columns});
    for (std::size_t i = 0; i < whole.data.size(); ++i) CHECK(whole.data[i] == static_cast<int>(i / columns * 100 + i % columns));
    std::vector<int> again(5 * 6, -1);
    npy::load_into(cart, folder / "grid.npy", Inner{again.data(), 3, 4}, {shape, start});
    CHECK(again == cells);
}

TEST_CASE("Elements that are arrays are the last dimensions") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    const std::vector<std::array<float, 3>> part{{1, 2, 3}, {4, 5, 6}};
    npy::save(comm, folder / "a.npy", part);
    const auto slice = npy::load<std::array<float, 3>>(comm, folder / "a.npy");
    CHECK(slice.shape == Sizes{static_cast<std::size_t>(2 * comm.size()), 3});
    CHECK(slice.data == part);
    CHECK(npy::load<float>(MPI::COMM_SELF, folder / "a.npy").data.size() == static_cast<std::size_t>(6 * comm.size()));
    CHECK(same_error(comm, MPI::ERR_ARG, [&] {
              (void)npy::load<std::array<float, 2>>(comm, folder / "a.npy");
          }).find("of which the last should be (2)") != std::string::npos);
}

TEST_CASE("Numbers of the other order of bytes are swapped, and bools are true or false") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    write_file(comm, folder / "a.npy",
               file_of("{'descr': '>i4', 'fortran_order': False, 'shape': (2, 2), }\n", std::string("\0\0\0\1\0\0\0\2\0\0\1\0\0\0\0\4", 16)));
    CHECK(npy::load<int>(MPI::COMM_SELF, folder / "a.npy").data == std::vector<int>{1, 2, 256, 4});
    CHECK(npy::load<int>(MPI::COMM_SELF, folder / "a.npy", {{2, 2}, {0, 1}, {2, 1}}).data == std::vector<int>{2, 4});
    write_file(comm, folder / "f.npy",
               file_of("{'descr': '>i4', 'fortran_order': True, 'shape': (2, 2), }\n", std::string("\0\0\0\1\0\0\0\2\0\0\1\0\0\0\0\4", 16)));
    CHECK(npy::load<int>(MPI::COMM_SELF, folder / "f.npy").data == std::vector<int>{1, 256, 2, 4});
    write_file(comm, folder / "c.npy",
               file_of("{'descr': '>c8', 'fortran_order': False, 'shape': (1,), }\n", std::string("\x3f\x80\0\0\x40\0\0\0", 8)));
    CHECK(npy::load<std::complex<float>>(MPI::COMM_SELF, folder / "c.npy").data.at(0) == std::complex<float>(1, 2));
    write_file(comm, folder / "b.npy", file_of("{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }\n", std::string("\0\1\2", 3)));
    CHECK(npy::load<bool>(MPI::COMM_SELF, folder / "b.npy").data == std::vector<bool>{false, true, true});
}

TEST_CASE("Headers of all versions and spellings are read") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    const std::string data = bytes_of(std::vector{1.0, 2.0});
    const std::string usual = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }  \n";
    for (const char version : {char{1}, char{2}, char{3}}) {
        comm.Barrier();
        write_file(comm, folder / "a.npy", file_of(usual, data, version));
        CHECK(npy::load<double>(MPI::COMM_SELF, folder / "a.npy").data == std::vector{1.0, 2.0});
    }
    for (const char* header :
         {"{\"shape\":(2L,),\"fortran_order\":True,\"descr\":\"=f8\"}", "{'descr': '|f8', 'fortran_order': False, 'shape': (1, 2)}\n",
          "{'shape': (2,1,1,),'descr': 'f8','fortran_order': False}\t\n"}) {
        comm.Barrier();
        write_file(comm, folder / "a.npy", file_of(header, data));
        CHECK(npy::load<double>(MPI::COMM_SELF, folder / "a.npy").data == std::vector{1.0, 2.0});
    }
    comm.Barrier();
    write_file(comm, folder / "a.npy", file_of("{'descr': '<f8', 'fortran_order': False, 'shape': (), }\n", data.substr(0, 8)));
    CHECK(npy::load<double>(comm, folder / "a.npy").data == std::vector{1.0});
    comm.Barrier();
    write_file(comm, folder / "a.npy", file_of("{'descr': '<f8', 'fortran_order': False, 'shape': (1152921504606846976, 0), }\n", ""));
    CHECK(npy::load<double>(comm, folder / "a.npy").data.empty());
    comm.Barrier();
    write_file(comm, folder / "a.npy", file_of("{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (1,), }\n", data.substr(0, 8)));
    CHECK(npy::open(comm, folder / "a.npy").descr == "'<M8[ns]'");
}

TEST_CASE("What is no .npy file, or another one than expected, is an Exception on all ranks") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const Folder folder(comm);
        const std::filesystem::path path = folder / "a.npy";
        const auto load = [&] { (void)npy::load<double>(comm, path); };
        CHECK(contains(same_error(comm, MPI::ERR_NO_SUCH_FILE, load), "a.npy"));
        const std::string data = bytes_of(std::vector{1.0, 2.0});
        const auto error = [&](const std::string& bytes, int error_class = MPI::ERR_IO) {
            comm.Barrier();
            write_file(comm, path, bytes);
            return same_error(comm, error_class, load);
        };
        const auto dictionary = [&](const std::string& text) { return error(file_of(text, data)); };
        CHECK(contains(error(""), "does not begin as a .npy file does"));
        CHECK(contains(error("\x93NUMPY"), "ends inside its header"));
        CHECK(contains(error(std::string("\x93NUMPY\4\0abcdefgh", 16)), "version 4.0"));
        CHECK(contains(error(std::string("\x93NUMPY\1\0\377\377", 10)), "claims 65535 bytes, but the file has 10"));
        CHECK(contains(error(std::string("\x93NUMPY\1\0\377\377ab", 12)), "claims 65535 bytes, but the file has 12"));
        CHECK(contains(error(std::string("\x93NUMPY\2\0\377\377\377\377", 12)), "claims 4294967295 bytes"));
        const std::string usual = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }\n";
        CHECK(contains(error(file_of(usual, data.substr(1))), "promises 16 bytes of elements, but 15 follow"));
        CHECK(contains(error(file_of(usual, data + "x")), "promises 16 bytes of elements, but 17 follow"));
        CHECK(error(file_of(usual, data)).empty());
        CHECK(contains(error(file_of("{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }\n", data), MPI::ERR_TYPE), "are '<f4', not '<f8'"));
        CHECK(contains(error(file_of("{'descr': '<f2', 'fortran_order': False, 'shape': (8,), }\n", data), MPI::ERR_TYPE), "are '<f2', not '<f8'"));
        CHECK(contains(error(file_of("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }\n", data), MPI::ERR_TYPE), "are '|O', not '<f8'"));
        CHECK(contains(dictionary("{'descr': '<f8', 'fortran_order': False, 'shape': (9223372036854775807, 2), }"), "too large"));
        CHECK(contains(dictionary("{'descr': '<f8', 'fortran_order': False, 'shape': (9223372036854775808,), }"), "a length is no number"));
        CHECK(contains(dictionary("{'descr': '<f8', 'fortran_order': False, 'shape': (-2,), }"), "a length is no number"));
        CHECK(contains(dictionary("{'descr': '<f8', 'fortran_order': False, 'shape': (02,), }"), "a length is no number"));
        CHECK(contains(dictionary("{'descr': '<f8', 'fortran_order': False, 'shape': (2), }"), "a shape is no tuple"));
        CHECK(contains(dictionary("{'descr': '<f8', 'fortran_order': 0, 'shape': (2,), }"), "neither True nor False"));
        CHECK(contains(dictionary("{'descr': '<f8', 'fortran_order': False}"), "a key is missing"));
        CHECK(contains(dictionary("{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (2,)}"), "does not belong there"));
        CHECK(contains(dictionary("{'descr': '<q8', 'fortran_order': False, 'shape': (2,)}"), "there is no type '<q8'"));
        CHECK(contains(dictionary("{'descr': '<f8', 'fortran_order': False, 'shape': (2,)} x"), "something follows"));
        CHECK(contains(dictionary("{'descr': '<f8', 'fortran_order': False, 'shape': (2,)"), "is missing at byte"));
        CHECK(contains(dictionary("{'descr': __import__('os'), 'fortran_order': False, 'shape': (2,)}"), "is missing at byte"));
        CHECK(contains(dictionary("{'descr': " + std::string(60'000, '[') + "}"), "is missing at byte"));
        std::string nested;
        for (int i = 0; i < 40; ++i) nested += "[('a', ";
        CHECK(contains(dictionary("{'descr': " + nested), "nested too deeply"));
        CHECK(contains(dictionary("{'descr': [('a', '|V2000000000'), ('b', '|V2000000000')], 'fortran_order': False, 'shape': (0,)}"), "too large"));
        write_file(comm, path, file_of(usual, data));
        CHECK(contains(same_error(comm, MPI::ERR_ARG, [&] { (void)npy::load<double>(comm, path, {{3}, {0}, {1}}); }), "its shape is (2), not (3)"));
        CHECK(contains(same_error(comm, MPI::ERR_ARG,
                                  [&] {
                                      (void)npy::load<double>(comm, path, {{2}, {1}, {2}});
                                  }),
                       "does not lie within the shape (2)"));
    });
}

TEST_CASE("A byte of the header that changes gives an Exception on all ranks, or the right elements") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    const std::filesystem::path path = folder / "a.npy";
    const std::vector<double> elements{1.5, 2.5, 3.5, 4.5, 5.5, 6.5};
    const std::string good = file_of("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }  \n", bytes_of(elements));
    const auto header = good.size() - elements.size() * sizeof(double);
    int refused = 0;
    for (std::size_t i = 0; i < header; ++i)
        for (const int change : {1, 128}) {
            std::string bytes = good;
            bytes[i] = static_cast<char>(bytes[i] ^ change);
            comm.Barrier();
            write_file(comm, path, bytes);
            bool is_refused = false;
            std::vector<double> loaded;
            try {
                loaded = comm.Allgatherv(npy::load<double>(comm, path).data);
            } catch (const MPI::Exception&) {
                is_refused = true;
            }
            REQUIRE(all_ranks(comm, is_refused) == is_refused);
            refused += is_refused ? 1 : 0;
            if (!is_refused && good[i] != '<')  // the other order of bytes is no mistake
                CHECK(loaded == elements);
        }
    CHECK(refused > static_cast<int>(header) * 4 / 3);
    for (std::size_t length = 0; length < good.size(); length += 7) {
        comm.Barrier();
        write_file(comm, path, good.substr(0, length));
        CHECK(!same_error(comm, MPI::ERR_IO, [&] { (void)npy::load<double>(comm, path); }).empty());
    }
}

TEST_CASE("Blocks without elements overlap with nothing") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    const int n = 10, rank = comm.rank();
    std::vector<int> mine(rank == 0 ? n : 0);
    std::iota(mine.begin(), mine.end(), 0);
    npy::save(comm, folder / "a.npy", mine, {{n}, {rank * n / comm.size()}, {rank == 0 ? n : 0}});
    if (rank == 0)
        CHECK(npy::load<int>(MPI::COMM_SELF, folder / "a.npy").data == mine);
}

TEST_CASE("Blocks that do not make up an array are refused on all ranks") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    const std::filesystem::path path = folder / "a.npy";
    const int rank = comm.rank(), size = comm.size();
    const std::vector<int> two(2);
    const auto error = [&](const std::vector<int>& part, const npy::Block& block) {
        return same_error(comm, MPI::ERR_ARG, [&] { npy::save(comm, path, part, block); });
    };
    CHECK(contains(error(two, {{2 * size + 1}, {2 * rank}}), "elements in all, but the array has"));
    CHECK(contains(error(two, {{2 * size}, {2 * rank + 1}}), "does not lie within the shape"));
    CHECK(contains(error(two, {{2, size}, {0, rank}}), "begins at"));
    CHECK(contains(error(two, {{2, size}, {0, rank}, {3, 1}}), "the block has the extents (3, 1), but its memory has (2)"));
    CHECK(contains(error(two, {{}, {0}}), "has no shape"));
    CHECK(!std::filesystem::exists(path));
    if (size > 1) {
        CHECK(contains(error(two, {{2 * size}, {0}}), "overlap"));
        CHECK(contains(error(two, {{2 * size + rank}, {2 * rank}}), "rank 0 has the shape"));
        const auto save = [&] { rank == 0 ? npy::save(comm, path, std::vector<int>(1)) : npy::save(comm, path, std::vector<float>(1)); };
        CHECK(contains(same_error(comm, MPI::ERR_TYPE, save), "the elements of rank 0 are '<i4', those of rank 1 '<f4'"));
        const auto load = [&] { rank == 0 ? (void)npy::load<int>(comm, path) : (void)npy::load<float>(comm, path); };
        npy::save(comm, path, two);
        std::string text;
        try {
            load();
        } catch (const MPI::Exception& e) {
            text = e.what();
        }
        CHECK(contains(text, "its elements are '<i4', not '<f4'"));
    }
    const auto nowhere = [&] { npy::save(comm, folder / "no/folder/a.npy", two); };
    CHECK(!same_error(comm, MPI::ERR_NO_SUCH_FILE, nowhere).empty());
}

TEST_CASE("A file of which only the elements are written is not loaded") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    npy::save(comm, folder / "a.npy", std::vector<int>(10));
    std::string bytes = read_file(folder / "a.npy");
    std::fill(bytes.begin(), bytes.begin() + 128, '\0');
    comm.Barrier();
    write_file(comm, folder / "a.npy", bytes);
    CHECK(!same_error(comm, MPI::ERR_IO, [&] { (void)npy::load<int>(comm, folder / "a.npy"); }).empty());
}

TEST_CASE("An array for which there is no room is an Exception on all ranks, and is not loaded") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const std::vector<int> part(1 << 19);
    const auto save = [&](const std::filesystem::path& path) { return error_class([&] { npy::save(comm, path, part); }); };
    const Folder folder(comm);
    npy::save(comm, folder / "a.npy", std::vector<int>(10));
    {
        const ShortFiles limit(1 << 20);
        CHECK(save(folder / "a.npy") == MPI::ERR_IO);
        comm.Barrier();
    }
    CHECK(!same_error(comm, MPI::ERR_IO, [&] { (void)npy::load<int>(comm, folder / "a.npy"); }).empty());
    if (const SmallDisk disk(comm); disk)
        CHECK(save(disk / "a.npy") == MPI::ERR_NO_SPACE);
}
