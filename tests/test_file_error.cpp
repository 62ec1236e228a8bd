// Errors of parallel files: their classes are the same on all MPIs, they name the path, and all processes learn of them.
#include "folder.hpp"
#include "support.hpp"

#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/mpi4cxx.hpp>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

int communicators = 0;  // how many more are split off than freed

}  // namespace

extern "C" int MPI_Comm_split(MPI_Comm comm, int color, int key, MPI_Comm* made) {
    ++communicators;
    return PMPI_Comm_split(comm, color, key, made);
}
extern "C" int MPI_Comm_free(MPI_Comm* comm) {
    --communicators;
    return PMPI_Comm_free(comm);
}

namespace {

constexpr MPI::AccessMode new_file = MPI::MODE_CREATE | MPI::MODE_RDWR;

/// The class of the error of opening a file, which must name the path.
int class_of_opening(const MPI::Intracomm& comm, const std::filesystem::path& path, MPI::AccessMode amode) {
    try {
        (void)MPI::File::Open(comm, path, amode);
    } catch (const MPI::Exception& error) {
        CHECK(contains(error.what(), path.string()));
        return error.Get_error_class();
    }
    return MPI::SUCCESS;
}

}  // namespace

TEST_CASE("A file that is missing is the same error everywhere, which names the path") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const Folder folder(comm);
        const std::string text = error_of_class(MPI::ERR_NO_SUCH_FILE, [&] { (void)MPI::File::Open(comm, folder / "not there"); });
        CHECK(contains(text, (folder / "not there").string()));
        CHECK(contains(text, "rank " + std::to_string(comm.rank()) + " of "));
    });
}

TEST_CASE("A file that cannot be opened leaves no communicator behind") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const Folder folder(comm);
        const int before = communicators;
        CHECK(class_of_opening(comm, folder / "not there", MPI::MODE_RDONLY) == MPI::ERR_NO_SUCH_FILE);
        CHECK(class_of_opening(comm, folder / "", MPI::MODE_RDONLY) == MPI::ERR_BAD_FILE);
        CHECK_THROWS_AS(MPI::File::Open(comm, std::string("a\0b", 3)), std::invalid_argument);
        CHECK(communicators == before);
    });
}

TEST_CASE("What is wrong with a file or a path is the same error class on all MPIs") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const Folder folder(comm);
        if (comm.rank() == 0)
            std::ofstream(folder / "old") << "hello world\n";
        comm.Barrier();
        CHECK(class_of_opening(comm, folder / "none", MPI::MODE_WRONLY) == MPI::ERR_NO_SUCH_FILE);
        CHECK(class_of_opening(comm, "", MPI::MODE_RDWR) == MPI::ERR_NO_SUCH_FILE);
        CHECK(class_of_opening(comm, folder / "none/x", new_file) == MPI::ERR_NO_SUCH_FILE);
        CHECK(class_of_opening(comm, folder / "old", new_file | MPI::MODE_EXCL) == MPI::ERR_FILE_EXISTS);
        CHECK(class_of_opening(comm, folder / "", MPI::MODE_RDWR) == MPI::ERR_BAD_FILE);
        CHECK(class_of_opening(comm, folder / "", MPI::MODE_RDONLY) == MPI::ERR_BAD_FILE);
        CHECK(class_of_opening(comm, folder / "old/x", MPI::MODE_RDONLY) == MPI::ERR_BAD_FILE);
        CHECK(class_of_opening(comm, folder / "old", MPI::MODE_RDONLY | MPI::MODE_CREATE) == MPI::ERR_AMODE);
        CHECK(class_of_opening(comm, folder / "old", MPI::MODE_RDONLY | MPI::MODE_WRONLY) == MPI::ERR_AMODE);
        CHECK(error_class([&] { MPI::File::Delete(folder / "none"); }) == MPI::ERR_NO_SUCH_FILE);
        CHECK(error_class([&] { MPI::File::Delete(folder / ""); }) == MPI::ERR_BAD_FILE);
        CHECK(contains(thrown<std::invalid_argument>([&] { (void)MPI::File::Open(comm, std::string("a\0b", 3)); }), "null character"));

        const std::string longer = (folder / "old").string() + std::string("\0.tmp", 5);
        CHECK(contains(thrown<std::invalid_argument>([&] { MPI::File::Delete(longer); }), "Delete: the name of the file contains a null character"));
        CHECK(std::filesystem::exists(folder / "old"));

        std::vector<char> text(5);
        MPI::File file = MPI::File::Open(comm, folder / "old");
        CHECK(error_class([&] { file.Write_at(0, text); }) == MPI::ERR_READ_ONLY);
        CHECK(error_class([&] { file.Write_at_all(0, text); }) == MPI::ERR_READ_ONLY);
        CHECK(error_class([&] { file.Set_size(5); }) == MPI::ERR_READ_ONLY);
        CHECK(error_class([&] { file.Preallocate(500); }) == MPI::ERR_READ_ONLY);
        const std::string of_datarep = error_of_class(MPI::ERR_UNSUPPORTED_DATAREP, [&] { file.Set_view(0, MPI::BYTE, MPI::BYTE, "foo"); });
        CHECK(contains(of_datarep, "old"));
        CHECK_FALSE(contains(of_datarep, "filetype"));
        CHECK(contains(thrown<std::invalid_argument>([&] { file.Seek(-6); }), "Seek: the file pointer would move to -6"));
        CHECK(contains(thrown<std::invalid_argument>([&] { file.Seek(-7, SEEK_CUR); }), "to -7"));
        CHECK(contains(thrown<std::invalid_argument>([&] { file.Seek(-8, MPI_SEEK_SET); }), "to -8"));
        file.Seek(1);
        constexpr MPI::Offset most = std::numeric_limits<MPI::Offset>::max();
        CHECK(contains(thrown<std::invalid_argument>([&] { file.Seek(most, SEEK_CUR); }), "Seek: the file pointer would move from 1 by"));
        CHECK(error_class([&] { file.Seek(0, 77); }) == MPI::ERR_ARG);
        CHECK(error_class([&] { file.Seek_shared(0, 77); }) == MPI::ERR_ARG);
        file = MPI::File::Open(comm, folder / "old", MPI::MODE_WRONLY);
        CHECK(error_class([&] { file.Read_at(0, text); }) == MPI::ERR_ACCESS);
        CHECK(error_class([&] { file.Read_all(text); }) == MPI::ERR_ACCESS);
        file.Close();
        comm.Barrier();
        if (comm.rank() == 0)
            MPI::File::Delete(folder / "old");
        comm.Barrier();
        CHECK(class_of_opening(comm, folder / "old", MPI::MODE_RDONLY) == MPI::ERR_NO_SUCH_FILE);
    });
}

TEST_CASE("A folder that may not be written to is an error of access") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    CHECK(class_of_opening(comm, "/proc/mpi4cxx", new_file) != MPI::SUCCESS);
    const Folder folder(comm);
    if (geteuid() != 0) {
        if (comm.rank() == 0)
            std::filesystem::permissions(folder / "", std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
        comm.Barrier();
        CHECK(class_of_opening(comm, folder / "new", new_file) == MPI::ERR_ACCESS);
        comm.Barrier();
        if (comm.rank() == 0)
            std::filesystem::permissions(folder / "", std::filesystem::perms::owner_all);
    }
}

TEST_CASE("Operations on a null file are errors") {
    const MPI::File& none = MPI::FILE_NULL;
    std::vector<int> room(3);
    MPI::File closed;
    CHECK(error_class([&] { (void)none.Get_size(); }) == MPI::ERR_FILE);
    CHECK(error_class([&] { (void)none.Get_amode(); }) == MPI::ERR_FILE);
    CHECK(error_class([&] { (void)none.Get_group(); }) == MPI::ERR_FILE);
    CHECK(error_class([&] { (void)none.Get_info(); }) == MPI::ERR_FILE);
    CHECK(error_class([&] { none.Set_info(MPI::INFO_NULL); }) == MPI::ERR_FILE);
    CHECK(error_class([&] { (void)none.Get_view(); }) == MPI::ERR_FILE);
    CHECK(error_class([&] { none.Set_view<int>(); }) == MPI::ERR_FILE);
    CHECK(error_class([&] { none.Set_size(1); }) == MPI::ERR_FILE);
    CHECK(error_class([&] { none.Preallocate(1); }) == MPI::ERR_FILE);
    CHECK(error_class([&] { none.Sync(); }) == MPI::ERR_FILE);
    CHECK(error_class([&] { none.Seek(0); }) == MPI::ERR_FILE);
    CHECK(error_class([&] { none.Seek_shared(0); }) == MPI::ERR_FILE);
    CHECK(error_class([&] { (void)none.Get_position(); }) == MPI::ERR_FILE);
    CHECK(error_class([&] { (void)none.Get_position_shared(); }) == MPI::ERR_FILE);
    CHECK(error_class([&] { (void)none.Get_byte_offset(0); }) == MPI::ERR_FILE);
    CHECK(error_class([&] { (void)none.Get_type_extent(MPI::INT); }) == MPI::ERR_FILE);
    CHECK(error_class([&] { (void)none.Get_atomicity(); }) == MPI::ERR_FILE);
    CHECK(error_class([&] { none.Set_atomicity(true); }) == MPI::ERR_FILE);
    CHECK(error_class([&] { none.Read(room); }) == MPI::ERR_FILE);
    CHECK(error_class([&] { none.Read_at_all(0, room); }) == MPI::ERR_FILE);
    CHECK(error_class([&] { none.Read_shared(room); }) == MPI::ERR_FILE);
    CHECK(error_class([&] { none.Write(room); }) == MPI::ERR_FILE);
    CHECK(error_class([&] { none.Write_ordered(room); }) == MPI::ERR_FILE);
    CHECK(error_class([&] { none.Iread(room).Wait(); }) == MPI::ERR_FILE);
    CHECK(error_class([&] { none.Iwrite_at(0, room).Wait(); }) == MPI::ERR_FILE);
    CHECK(error_class([&] { none.Write_all_begin(room); }) == MPI::ERR_FILE);
    CHECK(error_class([&] { none.Read_ordered_end(room); }) == MPI::ERR_FILE);
    CHECK(error_class([&] { closed.Close(); }) == MPI::ERR_FILE);
}

TEST_CASE("A file that an exception drops is closed later, and one that vanishes stays open") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    try {
        const MPI::File file = MPI::File::Open(comm, folder / "dropped", new_file | MPI::MODE_DELETE_ON_CLOSE);
        if (comm.rank() == 0)
            throw std::runtime_error("on one rank");
        throw 1;
    } catch (const std::exception&) {
    } catch (int) {}
    comm.Barrier();
    CHECK(std::filesystem::exists(folder / "dropped"));
    comm.Barrier();
    MPI::File file = MPI::File::Open(comm, folder / "vanishes", new_file);
    CHECK_FALSE(std::filesystem::exists(folder / "dropped"));
    comm.Barrier();
    if (comm.rank() == 0)
        std::filesystem::remove(folder / "vanishes");
    comm.Barrier();
    file.Write_at_all(comm.rank(), 'x');
    CHECK(file.Read_at_all<char>(0).size() == static_cast<std::size_t>(comm.size()));
}

TEST_CASE("What all processes have to give alike is compared before MPI sees it") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    if (comm.size() == 1)
        return;
    const Folder folder(comm);
    const bool is_first = comm.rank() == 0;
    const auto misuse = [](auto call) { return thrown<std::invalid_argument>(call); };
    const std::filesystem::path own = folder / (is_first ? "own0" : "own1");
    CHECK(contains(misuse([&] { (void)MPI::File::Open(comm, own, new_file); }), own.filename().string()));
    CHECK(contains(misuse([&] { (void)MPI::File::Open(comm, folder / "modes", is_first ? new_file : MPI::MODE_RDWR); }), "different modes"));
    CHECK_FALSE(std::filesystem::exists(folder / "modes"));
    MPI::File file = MPI::File::Open(comm, folder / "file", new_file);
    const MPI::Offset offset = is_first ? 5 : 7;
    CHECK(contains(misuse([&] { file.Set_size(offset); }), "Set_size: the processes give different sizes, from 5 to 7"));
    CHECK(contains(misuse([&] { file.Preallocate(offset); }), "Preallocate: the processes give different sizes"));
    CHECK(contains(misuse([&] { file.Seek_shared(offset); }), "Seek_shared: the processes give different offsets, from 5 to 7"));
    CHECK(
        contains(misuse([&] { file.Seek_shared(4, is_first ? SEEK_SET : SEEK_END); }), "Seek_shared: the processes give different values of whence"));
    CHECK(contains(misuse([&] { file.Set_atomicity(is_first); }), "Set_atomicity: the processes give different flags"));
    CHECK(file.Get_size() == 0);
    CHECK(file.Get_position_shared() == 0);
    const auto view = [&](const MPI::Datatype& etype, const char* datarep = "native") { file.Set_view(0, etype, MPI::DATATYPE_NULL, datarep); };
    CHECK(contains(misuse([&] { view(is_first ? MPI::INT : MPI::DOUBLE); }),
                   "Set_view: the processes give different extents of the etype, from 4 to 8"));
    CHECK(contains(misuse([&] { view(MPI::INT, is_first ? "native" : "external32"); }), "the processes give different representations of data"));

    // Views may differ, but not where a file pointer is shared.
    file.Set_view<int>(is_first ? 0 : 4);
    int number = is_first ? 0 : 1;
    file.Write_at_all(0, number);
    const auto is_refused = [&](auto call) {
        return contains(misuse(call), ": the processes have different views, so they cannot share a file pointer");
    };
    CHECK(is_refused([&] { file.Write_ordered(number); }));
    CHECK(is_refused([&] { file.Read_ordered(number); }));
    CHECK(is_refused([&] { file.Read_ordered_begin(number); }));
    CHECK(is_refused([&] { file.Write_shared(number); }));
    CHECK(is_refused([&] { file.Iread_shared(number).Wait(); }));
    CHECK(is_refused([&] { file.Seek_shared(0); }));
    file.Set_view<int>();
    file.Write_ordered(number);
    CHECK(file.Get_size() == 4 * comm.size());
}

TEST_CASE("The two halves of a split collective call belong together") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const Folder folder(comm);
        MPI::File file = MPI::File::Open(comm, folder / "split", new_file);
        const std::vector<char> text(5, 'x');
        std::vector<char> got(5);
        const auto misuse = [](auto call) { return thrown<std::invalid_argument>(call); };
        CHECK(contains(misuse([&] { file.Write_all_end(text); }), "Write_all_end: there is no call to end"));
        file.Write_at_all_begin(5 * comm.rank(), text);
        CHECK(contains(misuse([&] { file.Read_all_begin(got); }), "Read_all_begin: MPI_File_write_at_all_end has to end an earlier call first"));
        CHECK(contains(misuse([&] { file.Read_at_all_end(got); }), "Read_at_all_end: the call under way ends with MPI_File_write_at_all_end"));
        const auto is_refused = [&](auto call) { return contains(misuse(call), ": MPI_File_write_at_all_end has to end an earlier call first"); };
        CHECK(is_refused([&] { file.Read_all(got); }));
        CHECK(is_refused([&] { file.Write_at_all(0, text); }));
        CHECK(is_refused([&] { file.Write_ordered(text); }));
        CHECK(is_refused([&] { file.Iread_all(got).Wait(); }));
        CHECK(is_refused([&] { file.Iwrite_at_all(0, text).Wait(); }));
        CHECK(is_refused([&] { file.Set_view<char>(); }));
        CHECK(is_refused([&] { file.Set_size(5); }));
        CHECK(is_refused([&] { file.Preallocate(5); }));
        CHECK(is_refused([&] { file.Sync(); }));
        CHECK(is_refused([&] { file.Close(); }));
        file.Write_at_all_end(text);
        file.Sync();
        file.Read_at_all_begin(5 * comm.rank(), got);
        std::vector<char> other(5, 'y');
        CHECK(contains(misuse([&] { file.Read_at_all_end(other); }), "Read_at_all_end: the buffer is another than that of the first half"));
        CHECK(got == text);
        CHECK(other == std::vector<char>(5, 'y'));
        got.assign(5, '-');
        file.Read_at_all_begin(5 * comm.rank(), got);
        file.Read_at_all_end(got);
        CHECK(got == text);
    });
}

TEST_CASE("A file with a nonblocking call under way is not closed") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const Folder folder(comm);
        const bool is_busy = comm.rank() == comm.size() - 1;
        std::vector<char> text(5, 'x');
        MPI::File file = MPI::File::Open(comm, folder / "busy", new_file);
        MPI::Request request;
        if (is_busy)
            request = file.Iwrite_at(0, text);
        const auto check = [&](const std::string& method, auto call) {
            if (is_busy)
                CHECK(thrown<std::invalid_argument>(call).find(method + ": a nonblocking call on the file is under way") == 0);
            else
                CHECK(contains(thrown<MPI::Exception>(call), " is under way"));
        };
        check("Close", [&] { file.Close(); });
        check("Close", [&] { file.Close(); });
        check("Sync", [&] { file.Sync(); });
        check("Set_size", [&] { file.Set_size(9); });
        check("Set_view", [&] { file.Set_view<int>(); });
        request.Wait();
        file.Close();
        {
            const MPI::File dropped = MPI::File::Open(comm, folder / "busy", new_file);
            request = dropped.Iread_at_all(0, text);
        }
        request.Wait();
        CHECK(text == std::vector<char>(5, 'x'));
    });
}

TEST_CASE("A file that an exception drops is not closed while a call on it is under way") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const Folder folder(comm);
        const std::vector<char> text(5, 'x');
        MPI::Request request;
        try {
            const MPI::File file = MPI::File::Open(comm, folder / "busy", new_file | MPI::MODE_DELETE_ON_CLOSE);
            if (comm.rank() == comm.size() - 1)
                request = file.Iwrite_at(0, text);
            throw 1;
        } catch (int) {}
        (void)comm.Dup();
        comm.Barrier();
        CHECK(std::filesystem::exists(folder / "busy"));
        request.Wait();
    });
}

TEST_CASE("A file is closed after the request of a call on it was given to C") {
    const Folder folder(MPI::COMM_SELF);
    std::vector<char> text(5, 'x');
    MPI::File file = MPI::File::Open(MPI::COMM_SELF, folder / "given", new_file);
    for (MPI_Request raw : {file.Iwrite_at(0, text).release(), file.Iread_at(0, text).release()})
        CHECK(MPI_Wait(&raw, MPI_STATUS_IGNORE) == MPI_SUCCESS);
    file.Close();
    CHECK(file.is_null());
}

TEST_CASE("A wrong argument of one process in a collective call is an error on all, and nobody waits for ever") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    MPI::File file = MPI::File::Open(comm, folder / "wrong", new_file);
    std::vector<char> text(5, 'x');
    const int wrong = comm.size() - 1;
    const bool is_wrong = comm.rank() == wrong;
    const MPI::Offset offset = is_wrong ? -1 : 5 * comm.rank();
    const auto check = [&](const std::string& what, auto call) {
        INFO(what);
        if (is_wrong)
            CHECK(contains(thrown<std::invalid_argument>(call), what));
        else
            CHECK(contains(thrown<MPI::Exception>(call), "rank " + std::to_string(wrong) + " threw: "));
        file.Write_at_all(5 * comm.rank(), std::vector<char>(5, 'y'));
        CHECK(file.Read_at_all<char>(5 * wrong, 5) == std::vector<char>(5, 'y'));
        comm.Barrier();
    };
    check("Write_at_all: the offset is -1", [&] { file.Write_at_all(offset, text); });
    check("Read_at_all: the offset is -1", [&] { file.Read_at_all(offset, text); });
    check("Write_at_all_begin: the offset is -1", [&] { file.Write_at_all_begin(offset, text); });
    check("Read_at_all_begin: the offset is -1", [&] { file.Read_at_all_begin(offset, text); });
    check("Read_at_all: the offset is -1", [&] { (void)file.Read_at_all<char>(offset, 5); });
    check("Set_view: the displacement is -1", [&] { file.Set_view<char>(is_wrong ? -1 : 0); });
    check("Set_view: a slab has one start", [&] {
        file.Set_view<char>(MPI::Slab{{5, 5}, {0, 0}, is_wrong ? MPI::Slab{{5}, {}, {}}.shape : MPI::Slab{{5, 5}, {}, {}}.shape});
    });
    check("Set_size: the size is -1", [&] { file.Set_size(is_wrong ? -1 : 5 * comm.size()); });
    check("Seek_shared: the file pointer would move to -1", [&] { file.Seek_shared(is_wrong ? -1 : 0); });
    check("Seek_shared: the file pointer would move to -1", [&] { file.Seek_shared(is_wrong ? -1 - 5 * comm.size() : 0, SEEK_END); });
    check("Open: the name of the file contains a null character",
          [&] { (void)MPI::File::Open(comm, is_wrong ? std::string("a\0b", 3) : (folder / "wrong").string()); });

    // Nonblocking calls throw where the argument is wrong. The others get what they asked for.
    if (is_wrong) {
        CHECK(contains(thrown<std::invalid_argument>([&] { (void)file.Iwrite_at_all(-1, text); }), "Iwrite_at_all: the offset is -1"));
        CHECK(contains(thrown<std::invalid_argument>([&] { (void)file.Iread_at_all(-1, text); }), "Iread_at_all: the offset is -1"));
    } else {
        file.Iwrite_at_all(offset, text).Wait();
        std::vector<char> got(5);
        file.Iread_at_all(offset, got).Wait();
        CHECK(got == text);
    }
    comm.Barrier();
    file.Close();
}

TEST_CASE("A wrong buffer of one process in a collective call is an error on all, and nobody waits for ever") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    MPI::File file = MPI::File::Open(comm, folder / "wrong", new_file);
    file.Set_size(1000);
    std::vector<int> room(2, 7);
    const int wrong = comm.size() - 1;
    const MPI::Datatype unready = MPI::INT.Create_contiguous(2);
    struct Wrong {
        const char* words;
        int error_class;
        MPI::Buf buf;
    };
    for (const Wrong& w : {Wrong{"the count is -2", MPI::ERR_COUNT, {room.data(), -2}},
                           Wrong{"the buffer of 2 elements has no memory", MPI::ERR_BUFFER, {static_cast<int*>(nullptr), 2}},
                           Wrong{"the datatype of the buffer is not committed", MPI::ERR_TYPE, {room.data(), 1, unready}}}) {
        INFO(w.words);
        const bool is_wrong = comm.rank() == wrong;
        const MPI::Buf buf = is_wrong ? w.buf : MPI::Buf(room);
        const auto check = [&](auto call) {
            CHECK(contains(error_of_class(w.error_class, call), w.words));
            comm.Barrier();
        };
        check([&] { file.Write_all(buf); });
        check([&] { file.Write_at_all(0, buf); });
        check([&] { file.Write_ordered(buf); });
        check([&] { file.Write_all_begin(buf); });
        check([&] { file.Read_all(buf); });
        check([&] { file.Read_at_all(0, buf); });
        check([&] { file.Read_ordered(buf); });
        check([&] { file.Read_at_all_begin(0, buf); });
        check([&] { file.Write({w.buf}); });
        if (w.error_class == MPI::ERR_COUNT) {
            check([&] { (void)file.Read<int>(-2); });
            check([&] { (void)file.Read_at_all<int>(0, is_wrong ? -2 : 2); });
        }
        // Nonblocking calls throw where the buffer is wrong. The others get what they asked for.
        const auto write = [&] { file.Iwrite_at_all(8 * comm.rank(), buf).Wait(); };
        const auto read = [&] { file.Iread_at_all(8 * comm.rank(), buf).Wait(); };
        is_wrong ? check(write) : (write(), comm.Barrier());
        is_wrong ? check(read) : (read(), comm.Barrier());
        file.Write_at_all(8 * comm.rank(), room);
    }
    // Addresses that are absolute begin at MPI_BOTTOM, which may be the null pointer.
    const std::vector<int> lengths{2};
    const std::vector<MPI::Aint> places{MPI::Get_address(room.data())};
    file.Write_at_all(8 * comm.rank(), {MPI::BOTTOM, 1, MPI::INT.Create_hindexed(lengths, places).Commit()});
    CHECK(file.Read_at_all<int>(8 * comm.rank(), 2) == room);
}

TEST_CASE("Data that is no whole number of the view's elements is an error, where Open MPI writes it") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    MPI::File file = MPI::File::Open(comm, folder / "etypes", new_file);
    file.Set_view<double>();
    std::vector<int> three(3), two(2);
    const auto is_refused = [](auto call) {
        return contains(thrown<std::invalid_argument>(call), "12 bytes, which is no whole number of the view's elements of 8 bytes");
    };
    CHECK(is_refused([&] { file.Write(three); }));
    CHECK(is_refused([&] { file.Write_at(1, three); }));
    CHECK(is_refused([&] { file.Write_shared(three); }));
    CHECK(is_refused([&] { file.Iwrite(three).Wait(); }));
    CHECK(is_refused([&] { file.Read(three); }));
    CHECK(is_refused([&] { file.Iread_at(1, three).Wait(); }));
    const bool is_wrong = comm.rank() == comm.size() - 1;
    const auto write = [&] { file.Write_at_all(comm.rank(), is_wrong ? three : two); };
    CHECK((is_wrong ? is_refused(write) : contains(thrown<MPI::Exception>(write), " threw: Write_at_all: the buffer has 12 bytes")));
    file.Write_at_all(comm.rank(), two);
    CHECK(file.Get_size() == 8 * comm.size());
    const auto view = [&](const MPI::Datatype& filetype) { return [&] { file.Set_view(0, MPI::DOUBLE, filetype); }; };
    const MPI::Datatype odd = MPI::INT.Create_contiguous(3).Commit();
    CHECK(contains(thrown<std::invalid_argument>(view(odd)), "Set_view: the filetype has 12 bytes, which is no whole number of etypes of 8 bytes"));
    const auto view_of = [&](const MPI::Datatype& etype) { return [&] { file.Set_view(0, etype); }; };
    const MPI::Datatype none = MPI::INT.Create_contiguous(0).Commit(), still = MPI::DOUBLE.Create_resized(0, 0).Commit();
    CHECK(contains(thrown<std::invalid_argument>(view_of(none)), "Set_view: the etype has no bytes"));
    CHECK(contains(thrown<std::invalid_argument>(view_of(still)), "Set_view: the filetype has an extent of 0 bytes"));
    CHECK(contains(thrown<std::invalid_argument>(view(still)), "Set_view: the filetype has an extent of 0 bytes"));
    if (!MPI::detail::is_open_mpi()) {  // where C may do that
        CHECK(MPI_File_set_view(file.handle(), 0, none.handle(), none.handle(), "native", MPI_INFO_NULL) == MPI_SUCCESS);
        const MPI::File same = MPI::File::borrow(file.handle());
        CHECK(contains(thrown<std::invalid_argument>([&] { same.Read_at(0, two); }), "Read_at: the etype of the view has no bytes"));
    }
    const std::vector<int> lengths{1, 1}, places{1, 0};
    const MPI::Datatype backwards = MPI::DOUBLE.Create_indexed(lengths, places).Commit();
    CHECK(contains(thrown<MPI::Exception>(view(backwards)), "its displacements do not decrease"));
    file.Close();
}

// These come last: after a collective write has failed, Open MPI synchronizes no file any more.

TEST_CASE("A write that the system cuts short is an error on all processes") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    MPI::File file = MPI::File::Open(comm, folder / "limited", new_file);
    const std::vector<char> many(100000);
    {
        const ShortFiles limit(4096);
        CHECK(error_class([&] { file.Write_at(0, many); }) == MPI::ERR_IO);
        CHECK(error_class([&] { file.Write_at_all(100000 * comm.rank(), many); }) == MPI::ERR_IO);
        comm.Barrier();
        CHECK(error_class([&] { file.Write_at_all(0, std::vector<char>(comm.rank() == 0 ? 100000U : 10U)); }) == MPI::ERR_IO);
    }
    comm.Barrier();
    file.Write_at_all(100000 * comm.rank(), many);
}

TEST_CASE("A full disk is an error on all processes") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    if (const SmallDisk disk(comm); disk) {
        MPI::File file = MPI::File::Open(comm, disk / "full", new_file);
        const std::vector<char> many(1 << 21);
        CHECK(contains(error_of_class(MPI::ERR_NO_SPACE, [&] { file.Write_at_all(MPI::Offset{comm.rank()} << 21, many); }), "full"));
        CHECK(error_class([&] { file.Write(many); }) == MPI::ERR_NO_SPACE);
        const MPI::Offset length = file.Get_size();
        CHECK(contains(error_of_class(MPI::ERR_NO_SPACE, [&] { file.Preallocate(MPI::Offset{1} << 62); }), "the disk has only"));
        CHECK(file.Get_size() == length);
    }
}
