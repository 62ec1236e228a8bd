// The format of checkpoints, how they are written so that a file is complete at any moment, and how they are checked.
//
// A checkpoint is a header, the objects in the order of ranks, an index and a trailer. An object is the bytes that it has in messages, and its
// blocks. Nothing lies between them, and every byte is checked.
#include <mpi4cxx/checkpoint.hpp>

#include <mpi4cxx/error.hpp>
#include <mpi4cxx/file.hpp>

#include "files/checksum.hpp"
#include "files/open_file.hpp"
#include "runtime/failure.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace MPI4CXX::detail {

namespace {

/// The beginning of a checkpoint.
struct Header {
    std::array<char, 24> magic{"mpi4cxx checkpoint\n"};
    std::uint32_t byte_order = 0x01020304;
    std::uint32_t version = 1;  ///< of this format, and of how objects are written
    std::array<std::uint8_t, 8> sizes{sizeof(long), sizeof(void*), sizeof(wchar_t), sizeof(long double)};  ///< of types that differ between machines
};

/// What the index says of one object.
struct Entry {
    std::uint64_t type = 0;
    std::uint64_t length = 0;        ///< of the bytes
    std::uint64_t blocks = 0;        ///< how many follow the bytes
    std::uint64_t block_length = 0;  ///< of all blocks
    std::uint64_t checksum = 0, block_checksum = 0;
};

/// The name of a type or of a file. The library sends types of its own only: each type that is sent is registered, in programs once more.
struct Name {
    std::string text;
};

struct Index {
    std::vector<Entry> entries;
    std::map<std::uint64_t, std::string> types;  ///< the names of the types
};

/// The end of a checkpoint.
struct Trailer {
    std::uint64_t index_length = 0, index_checksum = 0;
    std::uint64_t objects = 0;  ///< how many
    std::array<char, 24> magic{"end of mpi4cxx checkpt\n"};
    std::uint64_t checksum = 0;

    [[nodiscard]] std::uint64_t own_checksum() const noexcept {
        return xxh64(std::as_bytes(std::span(this, 1)).first(offsetof(Trailer, checksum)), 0);
    }
};

/// The most bytes that are read or written at once, so that their checksum is made while they are in the cache.
constexpr std::size_t piece_size = 1 << 20;

/// Calls `transfer` for each piece of the bytes. Returns their checksum, which goes on from `checksum`, that of the bytes before.
template <class F> std::uint64_t in_pieces(const std::byte* bytes, std::size_t size, std::uint64_t checksum, F transfer) {
    for (std::size_t done = 0; done < size;) {
        const std::span piece(bytes + done, std::min(piece_size, size - done));
        checksum = transfer(done, piece, checksum);
        done += piece.size();
    }
    return checksum;
}
std::uint64_t checksum_of(std::span<const std::byte> bytes) {
    return in_pieces(bytes.data(), bytes.size(), 0, [](std::size_t, auto piece, std::uint64_t sum) { return xxh64(piece, sum); });
}
std::uint64_t write_pieces(const File& file, Offset offset, std::span<const std::byte> bytes, std::uint64_t checksum, At at) {
    return in_pieces(bytes.data(), bytes.size(), checksum, [&](std::size_t done, auto piece, std::uint64_t sum) {
        const std::uint64_t next = xxh64(piece, sum);
        file.Write_at(offset + static_cast<Offset>(done), piece, nullptr, at);
        return next;
    });
}
std::uint64_t read_pieces(const File& file, Offset offset, std::span<std::byte> bytes, std::uint64_t checksum, At at) {
    return in_pieces(bytes.data(), bytes.size(), checksum, [&](std::size_t done, auto piece, std::uint64_t sum) {
        file.Read_at(offset + static_cast<Offset>(done), bytes.subspan(done, piece.size()), nullptr, at);
        return xxh64(piece, sum);
    });
}

template <class T> void read_at(const File& file, Offset offset, T& value, At at) {
    read_pieces(file, offset, std::as_writable_bytes(std::span(&value, 1)), 0, at);
}

// Writing ----------------------------------------------------------------------------------------------------------------

/// A dump that is under way. Each member function is collective, and throws on all processes or on none.
class Dump {
public:
    Dump(const Intracomm& comm, const std::filesystem::path& path, At at) : comm_(comm), path_(path), file_(path), part_(path), at_(at) {
        for (FileSubject* subject : {&file_, &part_}) {
            subject->rank = comm.Get_rank(at);
            subject->size = comm.Get_size(at);
        }
    }

    void agree_on(const std::exception_ptr& failure) const { agree(comm_, failure, "dump", {at_, &file_}); }

    void write(const Packing& object, const std::string& type) {
        together([this] {
            if (is_first())
                path_ = target_of_links();
        });
        path_ = comm_.bcast(Name{path_.native()}, 0, at_).text;
        part_.path = path_.native() + ".part";
        together([this] { remove_part(); });  // of a dump that was killed
        try {
            write_part(object, type);
            together([this] { replace(); });
        } catch (...) {
            (void)failure_of([this] { remove_part(); });
            throw;
        }
    }

private:
    [[nodiscard]] bool is_first() const noexcept { return file_.rank == 0; }
    template <class F> void together(F step) const { agree_on(failure_of(step)); }

    /// Throws an Exception: a system call has failed.
    [[noreturn]] void fail(const char* what, const FileSubject& file) const {
        const int error = errno;
        throw Exception(file.better(MPI_ERR_IO), "dump", std::string(what) + ": " + std::generic_category().message(error), {at_, &file});
    }

    /// Returns whether a link is to be followed before a file is replaced. Throws if the file is neither a link, nor regular, nor missing.
    [[nodiscard]] bool is_link(const FileSubject& file) const {
        struct stat status {};
        const bool is_there = ::lstat(file.path.c_str(), &status) == 0;
        if (!is_there && errno != ENOENT)
            fail("the file cannot be written", file);
        if (is_there && !S_ISREG(status.st_mode) && !S_ISLNK(status.st_mode))
            throw Exception(MPI_ERR_BAD_FILE, "dump", "what has this name is no regular file, and dump would replace it", {at_, &file});
        return is_there && S_ISLNK(status.st_mode);
    }

    /// Returns the file to which the path leads, so that a link stays a link.
    [[nodiscard]] std::filesystem::path target_of_links() const {
        constexpr int most_links = 40;  // as in Linux
        FileSubject file = file_;
        for (int links = 0; is_link(file); ++links) {
            std::error_code error;
            file.path = file.path.parent_path() / std::filesystem::read_symlink(file.path, error);
            errno = error ? error.value() : ELOOP;
            if (error || links == most_links)
                fail("the link cannot be followed", file_);
        }
        return file.path;
    }

    void remove_part() const {
        if (!is_first())
            return;
        (void)is_link(part_);  // whose target stays
        if (::unlink(part_.path.c_str()) != 0 && errno != ENOENT)
            fail("an old file cannot be removed", part_);
    }

    void write_part(const Packing& object, const std::string& type) const {
        File file = File::Open(comm_, part_.path, MODE_CREATE | MODE_WRONLY, INFO_NULL, at_);
        const std::exception_ptr failure = failure_of([&] { write_contents(file, object, type); });
        const std::exception_ptr closing = failure_of([&] { file.Close(at_); });
        agree_on(failure ? failure : closing);
    }

    void write_contents(const File& file, const Packing& object, const std::string& type) const {
        const auto bytes = object.bytes();
        Entry own{.type = object.envelope().type, .length = bytes.size(), .blocks = object.blocks().size()};
        for (const Block& block : object.blocks()) own.block_length += block.size;
        const auto length = static_cast<Offset>(own.length + own.block_length);
        Offset end = 0;
        comm_.Scan(length, end, SUM, at_);
        const Offset begin = static_cast<Offset>(sizeof(Header)) + end - length;

        own.checksum = checksum_of(bytes);
        together([&] {
            // No collective write: where that fails on one process, others wait for ever in Open MPI 5.
            file.Write_at(begin, bytes, nullptr, at_);
            Offset next = begin + static_cast<Offset>(bytes.size());
            for (const Block& block : object.blocks()) {
                own.block_checksum = write_pieces(file, next, {static_cast<const std::byte*>(block.data), block.size}, own.block_checksum, at_);
                next += static_cast<Offset>(block.size);
            }
        });
        const std::vector<Entry> entries = comm_.gather(own, 0, at_);
        const std::vector<Name> names = comm_.gather(Name{type}, 0, at_);
        comm_.Bcast(end, file_.size - 1, at_);  // where the index begins
        together([&] {
            if (is_first())
                write_index(file, static_cast<Offset>(sizeof(Header)) + end, entries, names);
        });
        file.Sync(at_);
    }

    void write_index(const File& file, Offset begin, const std::vector<Entry>& entries, const std::vector<Name>& names) const {
        Index index{entries, {}};
        for (std::size_t i = 0; i < entries.size(); ++i) index.types.try_emplace(entries[i].type, names[i].text);
        const Packing packed = detail::packed(index);
        Trailer trailer{.index_length = packed.bytes().size(), .objects = entries.size()};
        const Header header;
        write_pieces(file, 0, std::as_bytes(std::span(&header, 1)), 0, at_);
        trailer.index_checksum = write_pieces(file, begin, packed.bytes(), 0, at_);
        trailer.checksum = trailer.own_checksum();
        write_pieces(file, begin + static_cast<Offset>(trailer.index_length), std::as_bytes(std::span(&trailer, 1)), 0, at_);
    }

    /// Puts the new file in the place of the old one, after it has reached the disk.
    void replace() const {
        if (!is_first())
            return;
        sync(part_.path, part_);
        if (std::rename(part_.path.c_str(), path_.c_str()) != 0)
            fail("the new file cannot take the place of the old one", file_);
        const std::filesystem::path folder = path_.parent_path();
        sync(folder.empty() ? "." : folder, file_);
    }

    void sync(const std::filesystem::path& path, const FileSubject& file) const {
        const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        if (descriptor < 0 || (::fsync(descriptor) != 0 && errno != EINVAL)) {  // EINVAL: this file system cannot do that with folders
            const int error = errno;
            if (descriptor >= 0)
                ::close(descriptor);
            errno = error;
            fail("the file cannot be brought to the disk", file);
        }
        ::close(descriptor);
    }

    const Intracomm& comm_;
    std::filesystem::path path_;  ///< what is replaced: not a link, but the file that it leads to
    FileSubject file_, part_;
    At at_;
};

}  // namespace

void dump_object(const Intracomm& comm, const std::filesystem::path& path, std::span<const Packing> packed, const std::exception_ptr& failure,
                 const ObjectType& type, At at) {
    Dump dump(comm, path, at);
    const std::exception_ptr misnamed = failure_of([&] {
        check_name(path, {at, "dump"});
        if (path.empty())
            misuse({at, "dump"}, "the name of the file is empty");
    });
    dump.agree_on(misnamed ? misnamed : failure);
    dump.write(packed.front(), type.name());
}

// Reading ----------------------------------------------------------------------------------------------------------------

struct CheckpointFile::State {
    State(const Intracomm& processes, const std::filesystem::path& path, const char* name_of_function, At place)
        : comm(processes), function(name_of_function), at(place), subject(path) {
        subject.rank = comm.Get_rank(at);
        subject.size = comm.Get_size(at);
    }

    [[noreturn]] void fail(int error_class, const std::string& text) const { throw Exception(error_class, function, text, {at, &subject}); }
    [[noreturn]] void fail(int error_class, std::size_t rank, const std::string& text) const {
        fail(error_class, "the object of rank " + std::to_string(rank) + text);
    }
    void agree_on(const std::exception_ptr& failure) const { agree(comm, failure, function, {at, &subject}); }

    void check_header() const {
        Header header;
        const Header good;
        read_at(file, 0, header, at);
        if (header.magic != good.magic)
            fail(MPI_ERR_IO, "this is no checkpoint, or its beginning is damaged");
        if (header.byte_order != good.byte_order || header.sizes != good.sizes)
            fail(MPI_ERR_UNSUPPORTED_DATAREP, "the checkpoint is of a machine of another kind");
        if (header.version != good.version)
            fail(MPI_ERR_UNSUPPORTED_DATAREP, "the checkpoint has version " + std::to_string(header.version) +
                                                  " of the format, this program reads version " + std::to_string(good.version));
    }

    /// Reads the index of a file whose bytes may be anything: memory is allocated for what the file has, not for what it claims.
    void read_index() {
        const std::uint64_t size = static_cast<std::uint64_t>(file.Get_size(at)), frame = sizeof(Header) + sizeof(Trailer);
        if (size >= sizeof(Header))
            check_header();
        Trailer trailer;
        if (size >= frame)
            read_at(file, static_cast<Offset>(size - sizeof(Trailer)), trailer, at);
        if (size < frame || trailer.magic != Trailer().magic || trailer.checksum != trailer.own_checksum() || trailer.index_length > size - frame)
            fail(MPI_ERR_IO, "the end of the file is missing or damaged: it has " + std::to_string(size) + " bytes");
        Bytes bytes = Bytes::claimed(trailer.index_length);
        const std::span room(bytes.data(), bytes.size());
        if (read_pieces(file, static_cast<Offset>(size - sizeof(Trailer) - trailer.index_length), room, 0, at) != trailer.index_checksum)
            fail(MPI_ERR_IO, "the index is damaged");
        Unpacking from(bytes);
        index = unpacked<Index>(from);
        std::uint64_t left = size - frame - trailer.index_length;
        for (const Entry& entry : index.entries)
            for (const std::uint64_t length : {entry.length, entry.block_length}) left = length <= left ? left - length : fail_lengths();
        if (left != 0 || index.entries.size() != trailer.objects)
            fail_lengths();
    }
    [[noreturn]] std::uint64_t fail_lengths() const { fail(MPI_ERR_IO, "the objects do not fill the file: it is damaged"); }

    [[nodiscard]] std::string name_of(std::uint64_t type) const {
        const auto found = index.types.find(type);
        return found != index.types.end() ? found->second : "type without a name";
    }

    const Intracomm& comm;
    const char* function;
    At at;
    FileSubject subject;
    File file;
    Index index;
    std::vector<Offset> begins;  ///< of the objects
};

CheckpointFile::CheckpointFile(const Intracomm& comm, const std::filesystem::path& path, const char* function, At at)
    : state_(std::make_unique<State>(comm, path, function, at)) {
    State& state = *state_;
    state.file = File::Open(comm, path, MODE_RDONLY, INFO_NULL, at);
    const std::exception_ptr failure = failure_of([&state] {
        if (state.subject.rank == 0)
            state.read_index();
    });
    if (const std::exception_ptr everywhere = failure_of([&] { state.agree_on(failure); })) {
        state.file.Close(at);
        std::rethrow_exception(everywhere);
    }
    state.index = comm.bcast(std::move(state.index), 0, at);
    Offset begin = sizeof(Header);
    for (const Entry& entry : state.index.entries)
        state.begins.push_back(std::exchange(begin, begin + static_cast<Offset>(entry.length + entry.block_length)));
}

CheckpointFile::~CheckpointFile() = default;

std::size_t CheckpointFile::size() const noexcept { return state_->index.entries.size(); }

std::size_t CheckpointFile::own_rank() const {
    if (size() != static_cast<std::size_t>(state_->subject.size))
        state_->fail(MPI_ERR_ARG, "the file has the objects of " + std::to_string(size()) + " ranks, the communicator has " +
                                      std::to_string(state_->subject.size) + ": load_all reads the objects on any number of ranks");
    return static_cast<std::size_t>(state_->subject.rank);
}

void CheckpointFile::close(std::exception_ptr failure) {  // NOLINT(performance-unnecessary-value-param)
    const std::exception_ptr closing = failure_of([this] { state_->file.Close(state_->at); });
    state_->agree_on(failure ? failure : closing);
}

FromCheckpoint::FromCheckpoint(const CheckpointFile& file, std::size_t rank, const ObjectType& type) : file_(file), rank_(rank) {
    const CheckpointFile::State& state = *file.state_;
    const Entry& entry = state.index.entries[rank];
    if (entry.type != type.hash)
        state.fail(MPI_ERR_TYPE, rank, " is a " + state.name_of(entry.type) + ", not a " + type.name());
    bytes_ = Bytes::claimed(entry.length);
    next_ = state.begins[rank];
    try {
        if (read_pieces(state.file, next_, {bytes_.data(), bytes_.size()}, 0, state.at) != entry.checksum)
            state.fail(MPI_ERR_IO, rank, " is damaged");
        next_ += static_cast<Offset>(entry.length);
        open(bytes_, entry.blocks);
    } catch (const Exception& e) {
        fail(e);
    }
    if (remaining() != entry.length - entry.blocks * sizeof(std::uint64_t) + entry.block_length)
        state.fail(MPI_ERR_IO, rank, " is damaged: its blocks have other lengths than the index says");
}

void FromCheckpoint::receive(void* to, std::size_t size) {
    const CheckpointFile::State& state = *file_.state_;
    checksum_ = read_pieces(state.file, next_, {static_cast<std::byte*>(to), size}, checksum_, state.at);
    next_ += static_cast<Offset>(size);
}

void FromCheckpoint::check_blocks() const {
    if (checksum_ != file_.state_->index.entries[rank_].block_checksum)
        file_.state_->fail(MPI_ERR_IO, rank_, " is damaged");
}

void FromCheckpoint::fail(const Exception& reason) const {
    if (reason.Get_error_string().starts_with("the object of rank "))
        throw;
    file_.state_->fail(reason.Get_error_class(), rank_, " cannot be read: " + reason.Get_error_string());
}

}  // namespace MPI4CXX::detail
