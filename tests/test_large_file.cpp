// Files with more than 2^31 bytes in one call, which is more than the system reads or writes at once: 2 147 479 552.
#include "catch.hpp"
#include "folder.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

namespace MPI = mpi4cxx;

namespace {

constexpr MPI::Count gibibyte = MPI::Count{1} << 30, length = 2 * gibibyte + 5, file_length = 5 * gibibyte;
constexpr MPI::AccessMode new_file = MPI::MODE_CREATE | MPI::MODE_RDWR;

/// Memory that takes no room until it is touched.
class Bytes {
public:
    explicit Bytes(MPI::Count size)
        : size_(size), data_(static_cast<unsigned char*>(std::calloc(static_cast<std::size_t>(std::max<MPI::Count>(size, 1)), 1)), &std::free) {
        if (data_ == nullptr)
            throw std::bad_alloc();
    }
    [[nodiscard]] unsigned char* data() const { return data_.get(); }
    [[nodiscard]] MPI::Count size() const { return size_; }
    unsigned char& operator[](MPI::Count i) const { return data_.get()[i]; }

private:
    MPI::Count size_;
    std::unique_ptr<unsigned char, void (*)(void*)> data_;
};

/// Calls `f` with the places of some bytes, among them those at which a call could be cut.
template <class F> void for_each_mark(MPI::Count size, F f) {
    for (MPI::Count i = 0; i < size; i += 100'000'007) f(i);
    for (const MPI::Count i : {MPI::Count{2'147'479'551}, MPI::Count{2'147'479'552}, 2 * gibibyte - 1, 2 * gibibyte, size - 1})
        if (i >= 0 && i < size)
            f(i);
}
unsigned char mark_of(MPI::Count i, int rank) { return static_cast<unsigned char>(1 + (i + rank) % 200); }

void mark(const Bytes& bytes, int rank) {
    for_each_mark(bytes.size(), [&](MPI::Count i) { bytes[i] = mark_of(i, rank); });
}
bool is_marked(const Bytes& bytes, int rank) {
    bool is = true;
    for_each_mark(bytes.size(), [&](MPI::Count i) { is = is && bytes[i] == mark_of(i, rank); });
    return is;
}

/// Whether the marks of `size` bytes are in a file from `begin` on, as the system reads them.
bool is_marked(const std::filesystem::path& path, MPI::Offset begin, MPI::Count size, int rank) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    bool is = file >= 0;
    for_each_mark(size, [&](MPI::Count i) {
        unsigned char byte = 0;
        is = is && ::pread(file, &byte, 1, begin + i) == 1 && byte == mark_of(i, rank);
    });
    ::close(file);
    return is;
}

/// Whether this machine has room for the test, which is the same on all ranks.
bool has_room(const MPI::Intracomm& comm, MPI::Count memory, MPI::Count disk) {
    MPI::Count free_memory = 0;
    std::ifstream info("/proc/meminfo");
    for (std::string word; info >> word;)
        if (word == "MemAvailable:")
            info >> free_memory;
    const auto free_disk = static_cast<MPI::Count>(std::filesystem::space(std::filesystem::temp_directory_path()).available);
    const bool has = comm.bcast(free_memory * 1024 >= memory + 2 * gibibyte && free_disk >= disk + gibibyte, 0);
    if (!has)
        WARN("left out: needs " << memory / gibibyte << " GiB of memory and " << disk / gibibyte << " GiB for temporary files");
    return has;
}

/// How many bytes the last rank, and any other, has in a call.
MPI::Count own_length(const MPI::Intracomm& comm) { return comm.rank() == comm.size() - 1 ? length : 1000 + comm.rank(); }
MPI::Offset own_begin(const MPI::Intracomm& comm) { return comm.rank() == comm.size() - 1 ? gibibyte + 3 : 2000 * comm.rank(); }

}  // namespace

TEST_CASE("More than 2^31 bytes are written in one call, and read", "[large]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    if (!has_room(comm, 6 * gibibyte, 6 * gibibyte))
        return;
    const Folder folder(comm);
    const MPI::Count mine = own_length(comm);
    const MPI::Offset begin = own_begin(comm);
    const auto path = folder / "large";
    MPI::File file = MPI::File::Open(comm, path, new_file);
    const Bytes data(mine);
    const MPI::Buf buf(data.data(), mine, MPI::BYTE);
    int variant = 0;
    const auto check = [&](auto write, auto read) {
        INFO("variant " << variant);
        variant += 10;
        const int seed = comm.rank() + variant;
        file.Set_size(0);
        file.Set_size(file_length);  // sparse
        mark(data, seed);
        write();
        file.Sync();
        comm.Barrier();
        CHECK(file.Get_size() == file_length);
        CHECK(is_marked(path, begin, mine, seed));
        std::fill_n(data.data(), mine, static_cast<unsigned char>(0));
        read();
        CHECK(is_marked(data, seed));
        comm.Barrier();
    };
    check(
        [&] {
            file.Write_at(begin, buf);
            comm.Barrier();
        },
        [&] { file.Read_at(begin, buf); });
    check([&] { file.Write_at_all(begin, buf); }, [&] { file.Read_at_all(begin, buf); });
    check(
        [&] {
            file.Iwrite_at(begin, buf).Wait();
            comm.Barrier();
        },
        [&] { file.Iread_at(begin, buf).Wait(); });
    check(
        [&] {
            file.Iwrite_at_all(begin, buf).Wait();
            comm.Barrier();
        },
        [&] { file.Iread_at_all(begin, buf).Wait(); });
    check(
        [&] {
            file.Write_at_all_begin(begin, buf);
            file.Write_at_all_end(buf);
        },
        [&] {
            file.Read_at_all_begin(begin, buf);
            file.Read_at_all_end(buf);
        });
    check(
        [&] {
            file.Seek(begin);
            file.Write_all(buf);
            CHECK(file.Get_position() == begin + mine);
        },
        [&] {
            file.Seek(begin);
            file.Read_all(buf);
            CHECK(file.Get_position() == begin + mine);
        });
}

TEST_CASE("More than 2^31 bytes of a shaped buffer are written in one call, and read", "[large]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    if (!has_room(comm, 6 * gibibyte, 6 * gibibyte))
        return;
    const Folder folder(comm);
    const bool is_large = comm.rank() == comm.size() - 1;
    const MPI::Count rows = is_large ? 2049 : 1, row = MPI::Count{1} << 20, with_ghosts = row + 16;
    const MPI::Offset begin = is_large ? gibibyte : 2 * row * comm.rank();
    const auto path = folder / "shaped";
    MPI::File file = MPI::File::Open(comm, path, new_file);
    const Bytes data(rows * with_ghosts);
    const MPI::Datatype inner = MPI::BYTE.Create_hvector(rows, row, with_ghosts).Commit();
    const MPI::Buf buf(data.data() + 8, 1, inner);
    for (const bool together : {false, true}) {
        file.Set_size(0);
        file.Set_size(file_length);
        const auto mark_at = [&](MPI::Count i) { return static_cast<unsigned char>(1 + (i + (together ? 50 : 0)) % 200); };
        for (MPI::Count i = 0; i < rows; ++i)
            for (const MPI::Count j : {MPI::Count{0}, row - 1}) data[i * with_ghosts + 8 + j] = mark_at(i);
        together ? file.Write_at_all(begin, buf) : file.Write_at(begin, buf);
        file.Sync();
        comm.Barrier();
        CHECK(file.Get_size() == file_length);
        std::fill_n(data.data(), data.size(), static_cast<unsigned char>(255));
        together ? file.Read_at_all(begin, buf) : file.Read_at(begin, buf);
        bool is_right = true;
        for (MPI::Count i = 0; i < rows; ++i) {
            for (const MPI::Count j : {MPI::Count{0}, row - 1}) is_right = is_right && data[i * with_ghosts + 8 + j] == mark_at(i);
            for (const MPI::Count j : {MPI::Count{7}, row + 8}) is_right = is_right && data[i * with_ghosts + j] == 255;
        }
        CHECK(is_right);
        comm.Barrier();
    }
}

TEST_CASE("A collective call of more than 4 GiB in all is written, and read where the file ends earlier", "[large]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    if (!has_room(comm, 11 * gibibyte, 6 * gibibyte))
        return;
    const Folder folder(comm);
    const MPI::Count mine = file_length / comm.size();
    const MPI::Offset begin = mine * comm.rank();
    const auto path = folder / "all";
    MPI::File file = MPI::File::Open(comm, path, new_file);
    {
        const Bytes data(mine);
        mark(data, comm.rank());
        file.Write_at_all(begin, MPI::Buf(data.data(), mine, MPI::BYTE));
        file.Sync();
        comm.Barrier();
        CHECK(file.Get_size() == mine * comm.size());
        CHECK(is_marked(path, begin, mine, comm.rank()));
    }
    const Bytes data(length);
    MPI::Status status;
    const MPI::Offset near_end = file.Get_size() - 2 * gibibyte - 4;  // one byte less than there is room for
    file.Read_at_all(near_end, MPI::Buf(data.data(), length, MPI::BYTE), &status);
    CHECK(status.Get_elements(MPI::BYTE) == length - 1);
    CHECK(error_class([&] { file.Read_at_all(near_end, MPI::Buf(data.data(), length, MPI::BYTE)); }) == MPI::ERR_IO);
    CHECK(error_class([&] { file.Read_at(near_end, MPI::Buf(data.data(), length, MPI::BYTE)); }) == MPI::ERR_IO);
}
