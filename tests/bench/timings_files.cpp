// The rows of files, for timings.cpp. The files lie in the folder that BENCH_FOLDER names. BENCH_MIB is how many MiB the largest has, 1024 if it is
// not set.
#include "timings.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <cereal/types/map.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;
using namespace bench;

namespace {

/// Where a file lies, which is removed with this object.
class Path {
public:
    explicit Path(const char* name) {
        const char* folder = std::getenv("BENCH_FOLDER");
        path_ = (folder != nullptr ? std::filesystem::path(folder) : std::filesystem::temp_directory_path()) / name;
    }
    Path(const Path&) = delete;
    Path& operator=(const Path&) = delete;
    ~Path() { remove(); }

    void remove() const {
        std::error_code ignored;
        if (own_rank == 0)
            std::filesystem::remove(path_, ignored);
    }
    [[nodiscard]] const std::filesystem::path& get() const { return path_; }

private:
    std::filesystem::path path_;
};

// One part of an open file -------------------------------------------------------------------------------------------

/// A file that is open, the same one for all peers, and this rank's part of it.
struct OpenFile {
    Path path{"open"};
    MPI::File file = MPI::File::Open(MPI::COMM_WORLD, path.get(), MPI::MODE_CREATE | MPI::MODE_RDWR);
    MPI_File raw = file.handle();
    Doubles part;
    int count;
    MPI_Offset begin;

    explicit OpenFile(std::size_t mebibytes)
        : part(mebibytes * 131072, own_rank + 1), count(static_cast<int>(part.size())),
          begin(static_cast<MPI_Offset>(part.size() * sizeof(double)) * own_rank) {
        file.Write_at_all(begin, part);
    }
    /// Returns whether the part is what it was, and makes it something else.
    bool take() {
        const bool right = std::ranges::all_of(part, [](double x) { return x == own_rank + 1; });
        std::ranges::fill(part, 0);
        return right;
    }
};

Peers write_at_all(std::size_t mebibytes) {
    const auto open = std::make_shared<OpenFile>(mebibytes);
    const auto raw = [=] { return MPI_File_write_at_all(open->raw, open->begin, open->part.data(), open->count, MPI_DOUBLE, MPI_STATUS_IGNORE); };
    const auto ours = [=] {
        open->file.Write_at_all(open->begin, open->part);
        return MPI_SUCCESS;
    };
    const auto right = [=](int code) {
        const Doubles written = open->part;
        open->file.Read_at_all(open->begin, open->part);
        open->file.Set_size(0);  // the next peer has to write all again
        return code == MPI_SUCCESS && open->part == written;
    };
    return {checked("raw", raw, right), checked("raw again", raw, right), checked("mpi4cxx", ours, right)};
}

Peers read_at_all(std::size_t mebibytes) {
    const auto open = std::make_shared<OpenFile>(mebibytes);
    const auto raw = [=] { return MPI_File_read_at_all(open->raw, open->begin, open->part.data(), open->count, MPI_DOUBLE, MPI_STATUS_IGNORE); };
    const auto ours = [=] {
        open->file.Read_at_all(open->begin, open->part);
        return MPI_SUCCESS;
    };
    const auto right = [=](int code) { return code == MPI_SUCCESS && open->take(); };
    return {checked("raw", raw, right), checked("raw again", raw, right), checked("mpi4cxx", ours, right)};
}

// Whole files --------------------------------------------------------------------------------------------------------

/// An object of each rank in one file. C writes and reads as many bytes at the same place of the same file.
template <class Format, class T> struct WholeFile {
    Path path{"whole"};
    T object;
    int count;       // of bytes
    Doubles buffer;  // has these
    MPI_Offset begin;

    explicit WholeFile(T value)
        : object(std::move(value)), count(static_cast<int>(Format::size_of(object))), buffer(Format::size_of(object) / sizeof(double) + 1, 1),
          begin(Format::header_size + MPI_Offset{count} * own_rank) {}
    /// Opens the file, transfers this rank's part, and closes the file. Returns whether that has gone well.
    template <class Transfer> bool in_c(int mode, Transfer transfer) const {
        MPI_File file = MPI_FILE_NULL;
        return MPI_File_open(MPI_COMM_WORLD, path.get().c_str(), mode, MPI_INFO_NULL, &file) == MPI_SUCCESS && transfer(file) == MPI_SUCCESS &&
               MPI_File_close(&file) == MPI_SUCCESS;
    }
    bool write_in_c() const {
        return in_c(MPI_MODE_CREATE | MPI_MODE_WRONLY, [this](MPI_File file) {
            MPI_File_set_size(file, 0);
            return MPI_File_write_at_all(file, begin, buffer.data(), count, MPI_BYTE, MPI_STATUS_IGNORE);
        });
    }
    bool read_in_c(void* to) const {
        return in_c(MPI_MODE_RDONLY, [=, this](MPI_File file) { return MPI_File_read_at_all(file, begin, to, count, MPI_BYTE, MPI_STATUS_IGNORE); });
    }
};

/// `Format` writes an object to a file, and reads it.
template <class Format, class T> Peers write_whole(T object) {
    const auto file = std::make_shared<WholeFile<Format, T>>(std::move(object));
    const auto raw = [=] { return file->write_in_c(); };
    const auto ours = [=] {
        Format::write(file->path.get(), file->object);
        return true;
    };
    const auto right = [=](bool) { return Format::template read<T>(file->path.get()) == file->object; };
    return {collective("raw", true, raw), collective("raw again", true, raw), checked("mpi4cxx", ours, right)};
}

template <class Format, class T> Peers read_whole(T object) {
    const auto file = std::make_shared<WholeFile<Format, T>>(std::move(object));
    Format::write(file->path.get(), file->object);
    const auto raw = [=] { return file->read_in_c(file->buffer.data()); };
    const auto fresh = [=] {
        const auto memory = std::make_unique_for_overwrite<char[]>(static_cast<std::size_t>(file->count));
        return file->read_in_c(memory.get());
    };
    const auto ours = [=] { return Format::template read<T>(file->path.get()); };
    Peers peers{collective("raw", true, raw), collective("raw again", true, raw), collective("raw fresh", true, fresh),
                checked("mpi4cxx", ours, [=](const T& result) { return result == file->object; })};
    if constexpr (requires(std::span<double> room) { Format::read_into(file->path.get(), room); }) {
        const std::span<double> room = std::span(file->buffer).first(file->object.size());
        const auto into = [=] {
            Format::read_into(file->path.get(), room);
            return room;
        };
        peers.push_back(checked("mpi4cxx into", into, [=](std::span<double> result) { return std::ranges::equal(result, file->object); }));
    }
    return peers;
}

struct Npy {
    static constexpr MPI_Offset header_size = 128;
    static std::size_t size_of(const Doubles& part) { return part.size() * sizeof(double); }
    static void write(const std::filesystem::path& path, const Doubles& part) { MPI::npy::save(MPI::COMM_WORLD, path, part); }
    template <class> static Doubles read(const std::filesystem::path& path) { return MPI::npy::load<double>(MPI::COMM_WORLD, path).data; }
    static void read_into(const std::filesystem::path& path, std::span<double> part) { MPI::npy::load_into(MPI::COMM_WORLD, path, part); }
};

struct Checkpoint {
    static constexpr MPI_Offset header_size = 40;
    template <class T> static std::size_t size_of(const T& object) { return data_size(object); }
    template <class T> static void write(const std::filesystem::path& path, const T& object) { MPI::dump(MPI::COMM_WORLD, path, object); }
    template <class T> static T read(const std::filesystem::path& path) { return MPI::load<T>(MPI::COMM_WORLD, path); }
};

/// All ranks together have so many MiB.
Doubles make_part(std::size_t mebibytes) { return make_doubles(mebibytes * 131072 / static_cast<std::size_t>(world_size)); }
Rows make_vectors(std::size_t mebibytes) { return Rows(mebibytes / static_cast<std::size_t>(world_size), make_doubles(131072)); }

}  // namespace

std::vector<Row> bench::file_rows() {
    const char* set = std::getenv("BENCH_MIB");
    const std::size_t whole = set != nullptr ? std::strtoul(set, nullptr, 10) : 1024, half = whole / 2, quarter = whole / 4;
    const auto large = [](const char* name, std::size_t mebibytes) { return name + std::to_string(mebibytes) + " MiB"; };
    return {
        {"file", "Write_at_all 1 MiB", [] { return write_at_all(1); }},
        {"large", large("Write_at_all ", quarter), [=] { return write_at_all(quarter); }},
        {"file", "Read_at_all 1 MiB", [] { return read_at_all(1); }},
        {"large", large("Read_at_all ", quarter), [=] { return read_at_all(quarter); }},
        {"large", large("npy save ", whole), [=] { return write_whole<Npy>(make_part(whole)); }},
        {"large", large("npy load ", whole), [=] { return read_whole<Npy>(make_part(whole)); }},
        {"file", "dump map 1e5", [] { return write_whole<Checkpoint>(make_map(100000)); }},
        {"file", "load map 1e5", [] { return read_whole<Checkpoint>(make_map(100000)); }},
        {"large", large("dump vectors ", half), [=] { return write_whole<Checkpoint>(make_vectors(half)); }},
        {"large", large("load vectors ", half), [=] { return read_whole<Checkpoint>(make_vectors(half)); }},
    };
}
