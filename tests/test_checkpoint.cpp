// Checkpoints: what is written is read, what is damaged is refused on every process.
#include "../lib/files/checksum.hpp"
#include "folder.hpp"
#include "support.hpp"

#include <mpi4cxx/checkpoint.hpp>
#include <mpi4cxx/file.hpp>

#include <sys/stat.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

using State = std::map<std::string, std::vector<int>>;

struct Solver {
    int step = 0;
    std::vector<double> field;
    std::vector<std::vector<float>> halos;
    std::optional<std::string> note;
    friend bool operator==(const Solver&, const Solver&) = default;
};

/// Fails while it is written, or while it is read.
struct Fragile {
    bool writing = false, reading = false;
    template <class Archive> void save(Archive& archive) const {
        if (writing)
            throw std::runtime_error("cannot be written");
        archive(reading);
    }
    template <class Archive> void load(Archive& archive) {
        archive(reading);
        if (reading)
            throw std::runtime_error("cannot be read");
    }
};

struct NoDefault {
    explicit NoDefault(int number) : value(number) {}
    int value;
    template <class Archive> void serialize(Archive& archive) { archive(value); }
    template <class Archive> static void load_and_construct(Archive& archive, cereal::construct<NoDefault>& construct) {
        int number = 0;
        archive(number);
        construct(number);
    }
};

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}
void write_file(const std::filesystem::path& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// Writes a file on rank 0, before the others go on.
void replace_file(const MPI::Intracomm& comm, const std::filesystem::path& path, std::string_view bytes) {
    if (comm.rank() == 0)
        write_file(path, bytes);
    comm.Barrier();
}

template <class T> void check_round_trip(const MPI::Intracomm& comm, const std::filesystem::path& path, const T& object) {
    MPI::dump(comm, path, object);
    CHECK(MPI::load<T>(comm, path) == object);
    const std::vector<T> all = MPI::load_all<T>(comm, path);
    CHECK((all.size() == static_cast<std::size_t>(comm.size()) && all[static_cast<std::size_t>(comm.rank())] == object));
    CHECK_FALSE(std::filesystem::exists(path.string() + ".part"));
    comm.Barrier();
}

}  // namespace

TEST_CASE("The checksum is XXH64") {
    const auto hash = [](std::string_view text, std::uint64_t seed = 0) { return MPI::detail::xxh64(std::as_bytes(std::span(text)), seed); };
    CHECK(hash("") == 0xef46db3751d8e999);
    CHECK(hash("a") == 0xd24ec4f1a98c6e5b);
    CHECK(hash("abc") == 0x44bc2cf5ad770999);
    CHECK(hash("Nobody inspects the spammish repetition") == 0xfbcea83c8a378bf1);
}

TEST_CASE("An object of each rank comes back from a checkpoint") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const Folder folder(comm);
        const auto rank = static_cast<std::size_t>(comm.rank());
        check_round_trip(comm, folder / "state", State{{"rank", {comm.rank()}}, {"data", std::vector<int>(10 * rank, 7)}});
        check_round_trip(comm, folder / "state", Solver{comm.rank(), std::vector<double>(rank * 20000, 1.5), {{1, 2}, {}}, "half"});
    });
}

TEST_CASE("Empty, nested and large objects come back from a checkpoint") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    const std::filesystem::path path = folder / "state";
    const auto rank = static_cast<std::size_t>(comm.rank());
    check_round_trip(comm, path, State{});
    check_round_trip(comm, path, comm.rank());
    check_round_trip(comm, path, std::string(100 * rank, 'x'));
    check_round_trip(comm, path, std::vector<std::vector<std::string>>(3 * rank, {"a", std::string(1000, 'b'), ""}));
    check_round_trip(comm, path, std::vector<double>(300000 + rank, 0.25));
    check_round_trip(comm, path, std::vector<std::vector<float>>(5, std::vector<float>(100000, 2.0F * static_cast<float>(comm.rank()))));
}

TEST_CASE("What cannot be compared, copied or made empty comes back too") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    MPI::dump(comm, folder / "pointer", std::make_unique<int>(comm.rank()));
    CHECK(*MPI::load<std::unique_ptr<int>>(comm, folder / "pointer") == comm.rank());
    MPI::dump(comm, folder / "text", "literal");
    CHECK(MPI::load<std::string>(comm, folder / "text") == "literal");
    MPI::dump(comm, folder / "made", NoDefault(comm.rank()));
    CHECK(MPI::load<NoDefault>(comm, folder / "made").value == comm.rank());
    CHECK(MPI::load_all<NoDefault>(comm, folder / "made").front().value == 0);
}

TEST_CASE("A later checkpoint takes the place of an earlier one and of what a killed dump has left") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    replace_file(comm, folder / "state.part", std::string(1 << 20, 'x'));
    MPI::dump(comm, folder / "state", std::string(100000, 'a'));
    MPI::dump(comm, folder / "state", std::string("b"));
    CHECK(MPI::load<std::string>(comm, folder / "state") == "b");
    CHECK(std::filesystem::file_size(folder / "state") < 1000);
    CHECK_FALSE(std::filesystem::exists(folder / "state.part"));
}

TEST_CASE("A link stays a link, and what is no file is left as it is") {
    namespace fs = std::filesystem;
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    if (comm.rank() == 0) {
        fs::create_directory(folder / "far");
        write_file(folder / "far/state", "old");
        fs::create_symlink("far/state", folder / "link");
        fs::create_symlink("link", folder / "link to link");
        fs::create_symlink("far/new", folder / "link to nothing");
        fs::create_symlink("circle", folder / "circle");
        fs::create_symlink("far/state", folder / "file.part");
        write_file(folder / "file", "");
        CHECK(mkfifo((folder / "pipe").c_str(), 0600) == 0);
        CHECK(mkfifo((folder / "state.part").c_str(), 0600) == 0);
    }
    comm.Barrier();
    for (const char* name : {"link", "link to link", "link to nothing"}) {
        MPI::dump(comm, folder / name, std::string(name));
        CHECK(fs::is_symlink(folder / name));
        const fs::path target = folder / (name == std::string("link to nothing") ? "far/new" : "far/state");
        CHECK(MPI::load<std::string>(comm, target) == name);
    }
    MPI::dump(comm, folder / "file", 1);
    CHECK(MPI::load<std::string>(comm, folder / "far/state") == "link to link");
    const auto refused = [&](const char* name) { return error_of_class(MPI::ERR_BAD_FILE, [&] { MPI::dump(comm, folder / name, 1); }); };
    for (const char* name : {"pipe", "state", "far"}) CHECK(contains(refused(name), "is no regular file, and dump would replace it"));
    CHECK(contains(refused("circle"), "the link cannot be followed: Too many levels of symbolic links"));
    CHECK(contains(refused("file/state"), "the file cannot be written: Not a directory"));
    CHECK(contains(refused(std::string(300, 'x').c_str()), "the file cannot be written: File name too long"));
    CHECK((fs::is_fifo(folder / "pipe") && fs::is_fifo(folder / "state.part") && fs::is_symlink(folder / "circle")));
}

TEST_CASE("Another number of ranks reads all objects") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const Folder folder(world);
    const bool is_inside = world.rank() < (world.size() + 1) / 2;
    const int writers = (world.size() + 1) / 2;
    const MPI::Intracomm some = world.Split(is_inside ? 0 : MPI::UNDEFINED, world.rank());
    if (is_inside)
        MPI::dump(some, folder / "state", std::vector<int>(30000, some.rank()));
    world.Barrier();
    const auto all = MPI::load_all<std::vector<int>>(world, folder / "state");
    CHECK(all.size() == static_cast<std::size_t>(writers));
    for (std::size_t i = 0; i < all.size(); ++i) CHECK(all[i] == std::vector<int>(30000, static_cast<int>(i)));
    CHECK(MPI::load_all<std::vector<int>>(MPI::COMM_SELF, folder / "state") == all);
    if (world.size() != writers) {
        const std::string text = error_of_class(MPI::ERR_ARG, [&] { (void)MPI::load<std::vector<int>>(world, folder / "state"); });
        CHECK(contains(text, "the objects of " + std::to_string(writers) + " ranks, the communicator has " + std::to_string(world.size())));
        CHECK(contains(text, "load_all"));
    }
}

TEST_CASE("A wrong type and a missing file are named on all ranks") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    MPI::dump(comm, folder / "state", std::vector<double>{1, 2});
    const std::string text = type_error([&] { (void)MPI::load<std::string>(comm, folder / "state"); });
    CHECK(contains(text, "load on file \"" + (folder / "state").string()));
    CHECK(contains(text, "the object of rank " + std::to_string(comm.rank()) + " is a std::vector<double>, not a std::string"));
    CHECK(
        contains(type_error([&] { (void)MPI::load_all<int>(comm, folder / "state"); }), "the object of rank 0 is a std::vector<double>, not a int"));
    CHECK(contains(error_of_class(MPI::ERR_NO_SUCH_FILE, [&] { (void)MPI::load<int>(comm, folder / "none"); }), "none"));
    CHECK(error_class([&] { MPI::dump(comm, folder / "none/x", 1); }) == MPI::ERR_NO_SUCH_FILE);
    CHECK(error_class([&] { MPI::dump(comm, folder / "", 1); }) == MPI::ERR_BAD_FILE);
    CHECK(contains(thrown<std::invalid_argument>([&] { MPI::dump(comm, std::string("a\0b", 3), 1); }), "dump: the name of the file contains"));
    CHECK(contains(thrown<std::invalid_argument>([&] { MPI::dump(comm, "", 1); }), "dump: the name of the file is empty"));

    // Only one rank has another type.
    if (comm.rank() == comm.size() - 1)
        MPI::dump(comm, folder / "mixed", 1.5);
    else
        MPI::dump(comm, folder / "mixed", 1);
    if (comm.size() > 1)
        CHECK(contains(type_error([&] { (void)MPI::load<int>(comm, folder / "mixed"); }),
                       "the object of rank " + std::to_string(comm.size() - 1) + " is a double, not a int"));
}

TEST_CASE("Every damaged byte is found, and a cut at any length") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    const std::filesystem::path path = folder / "state", damaged = folder / std::to_string(comm.rank()).c_str();
    MPI::dump(comm, path, State{{"ab", {comm.rank(), 2}}});
    const std::string good = read_file(path);
    const std::size_t header = 40;
    int silent = 0, unnamed = 0;
    for (std::size_t i = static_cast<std::size_t>(comm.rank()); i < good.size(); i += static_cast<std::size_t>(comm.size())) {  // each rank some
        const auto read = [&](std::string_view bytes) {
            write_file(damaged, bytes);
            return thrown<MPI::Exception>([&] { (void)MPI::load_all<State>(MPI::COMM_SELF, damaged); });
        };
        for (const int mask : {1 << i % 8, 0xff}) {
            std::string bad = good;
            bad[i] = static_cast<char>(bad[i] ^ mask);
            const std::string text = read(bad);
            silent += text.empty();
            unnamed += i >= header && i < header + 8 && !contains(text, "the object of rank 0 is damaged");
        }
        silent += read(std::string_view(good).substr(0, i)).empty();
    }
    CHECK(silent == 0);
    CHECK(unnamed == 0);
    write_file(damaged, good);
    CHECK(MPI::load_all<State>(MPI::COMM_SELF, damaged).size() == static_cast<std::size_t>(comm.size()));
}

TEST_CASE("All ranks refuse a file that is damaged, cut, longer than it was, newer, or something else") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    const std::filesystem::path path = folder / "state", damaged = folder / "damaged";
    MPI::dump(comm, path, State{{"ab", {comm.rank(), 2}}});
    const std::string good = read_file(path);
    int silent = 0;
    for (std::size_t place = 0; place <= 8; ++place) {
        const std::size_t i = place * (good.size() - 1) / 8;
        std::string bad = good;
        bad[i] ^= 1;
        replace_file(comm, damaged, bad);
        silent += thrown<MPI::Exception>([&] { (void)MPI::load<State>(comm, damaged); }).empty();
        comm.Barrier();
        replace_file(comm, damaged, std::string_view(good).substr(0, i));
        silent += thrown<MPI::Exception>([&] { (void)MPI::load<State>(comm, damaged); }).empty();
        comm.Barrier();
    }
    CHECK(silent == 0);
    replace_file(comm, damaged, good + 'x');
    CHECK(contains(error_of_class(MPI::ERR_IO, [&] { (void)MPI::load<State>(comm, damaged); }), "the end of the file is missing or damaged"));
    comm.Barrier();
    std::string newer = good;
    newer[28] = 2;
    replace_file(comm, damaged, newer);
    CHECK(contains(error_of_class(MPI::ERR_UNSUPPORTED_DATAREP, [&] { (void)MPI::load<State>(comm, damaged); }), "version 2 of the format"));
    comm.Barrier();
    replace_file(comm, damaged, std::string(1000, 'x'));
    CHECK(contains(error_of_class(MPI::ERR_IO, [&] { (void)MPI::load<State>(comm, damaged); }), "no checkpoint"));
}

TEST_CASE("Damage in a block is found, and its rank named on all ranks") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    const std::filesystem::path path = folder / "state", damaged = folder / "damaged";
    using Blocks = std::vector<std::vector<double>>;
    MPI::dump(comm, path, Blocks(2, std::vector<double>(20000, 1)));
    const std::string good = read_file(path);
    const std::size_t each = (good.size() - 40) / static_cast<std::size_t>(comm.size());
    for (int rank = 0; rank < comm.size(); ++rank)
        for (const std::size_t part : {1U, 5U}) {
            std::string bad = good;
            bad[40 + each * static_cast<std::size_t>(rank) + each * part / 6] ^= 4;
            replace_file(comm, damaged, bad);
            const std::string expected = "the object of rank " + std::to_string(rank) + " is damaged";
            CHECK(contains(error_of_class(MPI::ERR_IO, [&] { (void)MPI::load<Blocks>(comm, damaged); }), expected));
            CHECK(contains(error_of_class(MPI::ERR_IO, [&] { (void)MPI::load_all<Blocks>(comm, damaged); }), expected));
            comm.Barrier();
        }
}

TEST_CASE("An object that cannot be written or read fails on all ranks and leaves the old file") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    const int last = comm.size() - 1;
    MPI::dump(comm, folder / "state", Fragile{});
    const std::string text = thrown<std::runtime_error>([&] { MPI::dump(comm, folder / "state", Fragile{comm.rank() == last, false}); });
    CHECK(contains(text, comm.rank() == last ? "cannot be written" : "rank " + std::to_string(last) + " threw: cannot be written"));
    CHECK_FALSE(std::filesystem::exists(folder / "state.part"));
    CHECK_FALSE(MPI::load<Fragile>(comm, folder / "state").reading);
    MPI::dump(comm, folder / "state", Fragile{false, comm.rank() == last});
    CHECK(contains(thrown<std::runtime_error>([&] { (void)MPI::load<Fragile>(comm, folder / "state"); }), "cannot be read"));
}

TEST_CASE("A dump to a full disk fails on all ranks and leaves the old file") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    if (const SmallDisk disk(comm); disk) {
        const std::filesystem::path path = disk / "state";
        MPI::dump(comm, path, std::vector<int>{1, 2});
        const auto size_of = [&](int rank) { return comm.rank() == rank ? std::size_t{1} << 20 : 0; };
        CHECK(error_class([&] { MPI::dump(comm, path, std::vector<int>(size_of(comm.size() - 1))); }) == MPI::ERR_NO_SPACE);
        CHECK(error_class([&] { MPI::dump(comm, path, std::vector<std::string>(size_of(0), "a")); }) == MPI::ERR_NO_SPACE);
        CHECK(MPI::load<std::vector<int>>(comm, path) == std::vector<int>{1, 2});
        comm.Barrier();
        CHECK_FALSE(std::filesystem::exists(path.string() + ".part"));
    }
}

TEST_CASE("A dump that the system cuts short fails on all ranks and leaves the old file") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    const std::vector<int> old{1, 2};
    MPI::dump(comm, folder / "state", old);
    {
        const ShortFiles limit(1 << 20);
        CHECK(error_class([&] { MPI::dump(comm, folder / "state", std::vector<int>(1 << 19)); }) == MPI::ERR_IO);
        CHECK(error_class([&] { MPI::dump(comm, folder / "state", std::vector<std::string>(1 << 20, "a")); }) == MPI::ERR_IO);
        comm.Barrier();
    }
    CHECK(MPI::load<std::vector<int>>(comm, folder / "state") == old);
    CHECK_FALSE(std::filesystem::exists(folder / "state.part"));
}
