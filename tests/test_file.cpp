// Parallel files: every way to read and write, pointers, views, sizes, error handlers.
#include "folder.hpp"
#include "support.hpp"

#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/mpi4cxx.hpp>

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

constexpr MPI::AccessMode new_file = MPI::MODE_CREATE | MPI::MODE_RDWR;

std::vector<int> block_of(int rank, int length = 10) {
    std::vector<int> block(static_cast<std::size_t>(length));
    std::iota(block.begin(), block.end(), 100 * rank);
    return block;
}

}  // namespace

TEST_CASE("Processes write and read blocks of a file") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const Folder folder(comm);
        const int rank = comm.rank(), size = comm.size();
        const std::vector<int> block = block_of(rank);
        MPI::File file = MPI::File::Open(comm, folder / "blocks", new_file);
        file.Write_at_all(MPI::Offset{40} * rank, block);
        CHECK(file.Get_size() == 40 * size);
        std::vector<int> other(10);
        const int next = right_of(comm);
        file.Sync();
        file.Read_at_all(MPI::Offset{40} * next, other);
        CHECK(other == block_of(next));
        file.Set_view<int>();
        CHECK(file.Read_at<int>(10 * next, 10) == block_of(next));
        std::vector<int> all = file.Read_all<int>();
        CHECK(all == comm.Allgatherv(block));
        file.Close();
        CHECK(file.is_null());
    });
}

TEST_CASE("Each call with an offset does the same to a file") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const Folder folder(comm);
        const std::vector<int> block = block_of(comm.rank());
        const MPI::Offset mine = 10 * comm.rank();
        MPI::File file = MPI::File::Open(comm, folder / "offsets", new_file);
        file.Set_view<int>();
        std::vector<int> got(10);
        const auto check = [&](auto write, auto read) {
            file.Set_size(0);
            write();
            file.Sync();
            CHECK(file.Get_size() == 40 * comm.size());
            std::fill(got.begin(), got.end(), -1);
            read();
            CHECK(got == block);
            comm.Barrier();
        };
        check(
            [&] {
                file.Write_at(mine, block);
                comm.Barrier();
            },
            [&] { file.Read_at(mine, got); });
        check([&] { file.Write_at_all(mine, block); }, [&] { file.Read_at_all(mine, got); });
        check(
            [&] {
                file.Iwrite_at(mine, block).Wait();
                comm.Barrier();
            },
            [&] { file.Iread_at(mine, got).Wait(); });
        check(
            [&] {
                file.Iwrite_at_all(mine, block).Wait();
                comm.Barrier();
            },
            [&] { file.Iread_at_all(mine, got).Wait(); });
        check(
            [&] {
                file.Write_at_all_begin(mine, block);
                file.Write_at_all_end(block);
                comm.Barrier();
            },
            [&] {
                file.Read_at_all_begin(mine, got);
                file.Read_at_all_end(got);
            });
        CHECK(thrown<std::invalid_argument>([&] { file.Read_at(-1, got); }).find("Read_at: the offset is -1") == 0);
        CHECK(thrown<std::invalid_argument>([&] { file.Iwrite_at(-2, got).Wait(); }).find("Iwrite_at: the offset is -2") == 0);
    });
}

TEST_CASE("A read in two parts reads no more than the file has") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const Folder folder(comm);
        MPI::File file = MPI::File::Open(comm, folder / "short", new_file);
        const std::string text = "0123456789";
        file.Write_at_all(0, text);
        std::string got;
        MPI::Status status;
        const auto check = [&](const std::string& there, auto begin, auto end) {
            got.assign(20, '-');
            begin();
            end(&status);
            CHECK(got.substr(0, there.size()) == there);
            CHECK(status.Get_elements(MPI::CHAR) == static_cast<MPI::Count>(there.size()));
        };
        const auto at_all_begin = [&] { file.Read_at_all_begin(4, got); };
        check("456789", at_all_begin, [&](MPI::Status* result) { file.Read_at_all_end(got, result); });
        check(
            text, [&] { file.Read_all_begin(got); }, [&](MPI::Status* result) { file.Read_all_end(got, result); });
        check(
            comm.rank() == 0 ? text : "", [&] { file.Read_ordered_begin(got); }, [&](MPI::Status* result) { file.Read_ordered_end(got, result); });
        at_all_begin();
        CHECK(error_class([&] { file.Read_at_all_end(got); }) == MPI::ERR_IO);
    });
}

TEST_CASE("Each call with the file pointer of the process moves that") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const Folder folder(comm);
        const std::vector<int> block = block_of(comm.rank());
        MPI::File file = MPI::File::Open(comm, folder / "individual", new_file);
        file.Set_view<int>(MPI::Offset{40} * comm.rank());
        std::vector<int> got(10);
        const auto check = [&](auto write, auto read) {
            file.Seek(0);
            write();
            CHECK(file.Get_position() == 10);
            file.Sync();
            file.Seek(-10, SEEK_CUR);
            std::fill(got.begin(), got.end(), -1);
            read();
            CHECK(file.Get_position() == 10);
            CHECK(got == block);
            file.Seek(5, MPI::SEEK_SET);
            CHECK(file.Read<int>(3) == std::vector<int>(block.begin() + 5, block.begin() + 8));
            CHECK(file.Get_position() == 8);
        };
        check([&] { file.Write(block); }, [&] { file.Read(got); });
        check([&] { file.Write_all(block); }, [&] { file.Read_all(got); });
        check([&] { file.Iwrite(block).Wait(); }, [&] { file.Iread(got).Wait(); });
        check([&] { file.Iwrite_all(block).Wait(); }, [&] { file.Iread_all(got).Wait(); });
        check(
            [&] {
                file.Write_all_begin(block);
                file.Write_all_end(block);
            },
            [&] {
                file.Read_all_begin(got);
                file.Read_all_end(got);
            });
        comm.Barrier();
        file.Sync();
        CHECK(file.Get_byte_offset(3) == 40 * comm.rank() + 12);
        file.Set_view<int>();
        file.Seek(-2, SEEK_END);
        CHECK(file.Get_position() == 10 * comm.size() - 2);
        CHECK(file.Read<int>() == std::vector<int>{100 * comm.size() - 92, 100 * comm.size() - 91});
    });
}

TEST_CASE("The shared file pointer takes turns") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const Folder folder(comm);
        const int rank = comm.rank(), size = comm.size();
        const std::vector<int> block = block_of(rank, rank + 1);  // of another length on each process
        const int total = size * (size + 1) / 2;
        MPI::File file = MPI::File::Open(comm, folder / "shared", new_file);
        file.Set_view<int>();
        std::vector<int> got(block.size());
        const auto check = [&](auto write, auto read) {
            file.Seek_shared(0);
            write();
            comm.Barrier();
            CHECK(file.Get_position_shared() == total);
            CHECK(file.Read_at_all<int>(0) == comm.Allgatherv(block));
            file.Seek_shared(0);
            std::fill(got.begin(), got.end(), -1);
            read();
            CHECK(got == block);
            comm.Barrier();
        };
        check([&] { file.Write_ordered(block); }, [&] { file.Read_ordered(got); });
        check(
            [&] {
                file.Write_ordered_begin(block);
                file.Write_ordered_end(block);
            },
            [&] {
                file.Read_ordered_begin(got);
                file.Read_ordered_end(got);
            });

        const auto check_sum = [&](auto write, auto read) {
            file.Seek_shared(0);
            write();
            comm.Barrier();
            file.Sync();
            file.Seek_shared(0);
            int one = -1;
            read(one);
            int sum = 0;
            comm.Allreduce(one, sum);
            CHECK(sum == size * (size - 1) / 2);
        };
        file.Set_size(0);
        check_sum([&] { file.Write_shared(rank); }, [&](int& one) { file.Read_shared(one); });
        check_sum([&] { file.Iwrite_shared(rank).Wait(); }, [&](int& one) { file.Iread_shared(one).Wait(); });
        CHECK(file.Get_size() == 4 * size);

        file.Seek(1);
        file.Seek_shared(-size, SEEK_END);
        CHECK(file.Get_position_shared() == 0);
        CHECK(file.Get_position() == 1);
        comm.Barrier();
        std::vector<int> too_long(2);
        CHECK(error_class([&] { file.Read_ordered(too_long); }) == MPI::ERR_IO);
    });
}

TEST_CASE("Shaped memory and a view of a grid leave out ghost layers") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    const MPI::Cartcomm grid = comm.Create_cart(MPI::Compute_dims(comm.size(), {0, 0}));
    const std::vector<MPI::Count> shape{7, 5};
    MPI::File file = MPI::File::Open(grid, folder / "grid", new_file);
    const MPI::Slab slab = file.Set_view<double>(grid, shape, 16);
    const auto rows = static_cast<std::size_t>(slab.part[0]), columns = static_cast<std::size_t>(slab.part[1]);
    std::vector<double> part(rows * columns);
    for (std::size_t i = 0; i < part.size(); ++i)
        part[i] =
            static_cast<double>((slab.start[0] + static_cast<MPI::Count>(i / columns)) * 5 + slab.start[1] + static_cast<MPI::Count>(i % columns));
    file.Write_all(part);
    file.Sync();
    CHECK(file.Get_size() == 16 + 35 * 8);
    file.Seek(0);
    CHECK(file.Read_all<double>() == part);
    file.Set_view<double>(16);
    std::vector<double> all(35);
    std::iota(all.begin(), all.end(), 0.0);
    CHECK(file.Read_all<double>() == all);

    file.Set_view<double>(MPI::Slab{{7, 5}, {1, 2}, {2, 3}}, 16);
    CHECK(file.Read_all<double>() == std::vector<double>{7, 8, 9, 12, 13, 14});
    file.Set_view<double>(MPI::Slab{{7, 5}, {0, 0}, {0, 5}}, 16);
    std::vector<double> nothing;
    file.Read_all(nothing);
    CHECK(contains(thrown<std::invalid_argument>([&] { file.Set_view<double>(MPI::Slab{{7, 5}, {1}, {2, 3}}); }), "the start 1"));
}

TEST_CASE("A view shows parts of a file, and what is beyond its end is known") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    MPI::File file = MPI::File::Open(comm, folder / "view", new_file);
    const int rank = comm.rank(), size = comm.size();
    const MPI::Datatype every = MPI::INT.Create_resized(0, 4 * size).Commit();  // one int in `size`
    file.Set_view(4 * rank, MPI::INT, every);
    file.Write_all(block_of(rank));
    file.Sync();
    CHECK(file.Get_size() == 40 * size);
    const MPI::File::View view = file.Get_view();
    CHECK(view.disp == 4 * rank);
    CHECK(view.etype == MPI::INT);
    CHECK(view.filetype.Get_extent().extent == 4 * size);
    CHECK(view.datarep == "native");
    CHECK(file.Get_byte_offset(2) == 4 * rank + 8 * size);
    file.Seek(0);
    CHECK(file.Read_all<int>() == block_of(rank));
    std::vector<int> room(6);
    for (const bool together : {false, true}) {
        MPI::Status status;
        together ? file.Read_at_all(7, room, &status) : file.Read_at(7, room, &status);
        CHECK(status.Get_count(MPI::INT) == 3);
        CHECK(error_class([&] { together ? file.Read_at_all(7, room) : file.Read_at(7, room); }) == MPI::ERR_IO);
    }
    file.Set_view(1, MPI::BYTE);
    CHECK(contains(error_of_class(MPI::ERR_IO, [&] { (void)file.Read_all<int>(); }), "inside an element"));
}

TEST_CASE("A view that is empty on a process shows nothing there") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    MPI::File file = MPI::File::Open(comm, folder / "view", new_file);
    const MPI::Cartcomm grid = comm.Create_cart({comm.size(), 1});
    const std::size_t mine = comm.rank() == 0 ? 3 : 0;  // one row for all processes
    (void)file.Set_view<int>(grid, {1, 3});
    file.Write_all(std::vector<int>(mine, 7));
    file.Sync();
    CHECK(file.Read_at_all<int>(0) == std::vector<int>(mine, 7));
    const auto write_too_much = [&] { file.Write_at_all(0, std::vector<int>(3, 8)); };
    if (comm.size() == 1)
        write_too_much();
    else if (mine == 0)
        CHECK(contains(thrown<std::invalid_argument>(write_too_much), "Write_at_all: the view shows nothing of the file on this process"));
    else
        CHECK(contains(thrown<MPI::Exception>(write_too_much), "the view shows nothing"));
    file.Set_view<int>();
    CHECK(file.Read_at_all<int>(0).size() == 3);
    file.Set_view(0, MPI::INT, MPI::INT.Create_contiguous(0).Commit());
    CHECK(contains(thrown<std::invalid_argument>(write_too_much), "has 12 bytes"));
}

TEST_CASE("A sequential file is written and read in order") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const Folder folder(comm);
        std::vector<int> block = block_of(comm.rank());
        MPI::File file = MPI::File::Open(comm, folder / "sequential", MPI::MODE_CREATE | MPI::MODE_WRONLY | MPI::MODE_SEQUENTIAL);
        file.Write_ordered(block);
        file.Close();
        file = MPI::File::Open(comm, folder / "sequential", MPI::MODE_RDONLY | MPI::MODE_SEQUENTIAL);
        block.assign(10, -1);
        file.Read_ordered(block);
        CHECK(block == block_of(comm.rank()));
    });
}

TEST_CASE("The name of a file may have any characters") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    const std::filesystem::path before = std::filesystem::current_path();
    std::filesystem::current_path(folder / "");
    for (const char* name : {"at 08:30:00", "ufs:x", "nfs:", ":", "x", "./a:b", "größe", "back\\slash"}) {
        INFO(name);
        MPI::File file = MPI::File::Open(comm, name, new_file);
        file.Write_at_all(comm.rank(), 'x');
        file.Write_shared('y');  // MPICH keeps the shared pointer in a second file
        file.Close();
        CHECK(std::filesystem::exists(name));
        comm.Barrier();
        if (comm.rank() == 0)
            MPI::File::Delete(name);
        comm.Barrier();
        CHECK_FALSE(std::filesystem::exists(name));
    }
    std::filesystem::current_path(before);
}

TEST_CASE("A file has a size, a mode, a group, hints, atomicity and extents") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const Folder folder(comm);
        MPI::File file = MPI::File::Open(comm, folder / "inquiry", new_file, MPI::Info::Create({{"cb_buffer_size", "65536"}}));
        CHECK(file.amode() == (MPI::MODE_CREATE | MPI::MODE_RDWR));
        CHECK(file.group_size() == comm.size());
        CHECK(file.group_rank() == comm.rank());
        CHECK(MPI::Group::Compare(file.group(), comm.Get_group()) == MPI::IDENT);
        file.Set_size(100);
        CHECK(file.size() == 100);
        comm.Barrier();  // a process that goes ahead makes the file longer
        file.Preallocate(200);
        CHECK(file.Get_size() == 200);
        file.Preallocate(50);
        CHECK(file.Get_size() == 200);
        CHECK_FALSE(file.atomicity());
        file.Set_atomicity(true);
        CHECK(file.atomicity());
        CHECK(file.Get_type_extent(MPI::DOUBLE) == 8);
        file.Set_info(MPI::Info::Create({{"cb_buffer_size", "131072"}}));
        CHECK_FALSE(file.info().is_null());
        MPI::File other(std::move(file));
        CHECK(file.is_null());
        CHECK(other.size() == 200);
        file = std::move(other);
        CHECK(MPI::File::f2c(file.c2f()) == file);
        const MPI::File borrowed = MPI::File::borrow(file.handle());
        CHECK(borrowed.Get_size() == 200);
        CHECK(borrowed.Read_all<char>().size() == 200);
        MPI_File raw = std::move(file).release();
        MPI::File::take(raw).Close();
    });
}

TEST_CASE("Large counts of a file are one element of a datatype") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    MPI::File file = MPI::File::Open(comm, folder / "large", new_file);
    std::vector<int> block = block_of(comm.rank()), got(10);
    const auto write = mpi4cxx::detail::as_one_element<MPI_File_write_at_all>;
    const auto read = mpi4cxx::detail::as_one_element<MPI_File_read_all>;
    CHECK(write(file.handle(), 40 * comm.rank(), block.data(), 10, MPI_INT, MPI_STATUS_IGNORE) == MPI_SUCCESS);
    file.Sync();
    file.Seek(40 * comm.rank());
    CHECK(read(file.handle(), got.data(), 10, MPI_INT, MPI_STATUS_IGNORE) == MPI_SUCCESS);
    CHECK(got == block);
}

TEST_CASE("An error handler of a file is kept as long as the file") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    MPI::File file = MPI::File::Open(comm, folder / "handler", new_file);
    CHECK(file.Get_errhandler() == MPI::ERRORS_RETURN);
    int calls = 0;
    const auto counter = std::make_shared<int>();
    {
        const MPI::Errhandler handler = MPI::File::Create_errhandler([&calls, counter](const MPI::File&, int) { ++calls; });
        file.Set_errhandler(handler);
        CHECK(file.Get_errhandler() == handler);
    }
    file.Call_errhandler(MPI::ERR_OTHER);
    CHECK(calls == 1);
    CHECK(error_class([&] { file.Seek(0, 77); }) == MPI::ERR_ARG);
    CHECK(calls == 2);
    CHECK(counter.use_count() == 2);
    file.Close();
    CHECK(counter.use_count() == 1);
}

TEST_CASE("An error handler of a file may own another file") {
    const Folder folder(MPI::COMM_WORLD);
    const std::string rank = std::to_string(MPI::COMM_WORLD.rank());
    MPI::File file = MPI::File::Open(MPI::COMM_SELF, folder / ("owner" + rank).c_str(), new_file);
    auto owned = std::make_shared<MPI::File>(MPI::File::Open(MPI::COMM_SELF, folder / ("owned" + rank).c_str(), new_file));
    const std::weak_ptr<MPI::File> other = owned;
    file.Set_errhandler(MPI::File::Create_errhandler([owned](const MPI::File&, int) {}));
    owned.reset();
    CHECK_FALSE(other.expired());
    alarm(60);  // in case that it hangs
    file.Set_errhandler(MPI::File::Create_errhandler([](const MPI::File&, int) {}));
    alarm(0);
    CHECK(other.expired());
}

TEST_CASE("A representation of data is registered once") {
    const auto extent = [size = 8](const MPI::Datatype&) { return MPI::Aint{size}; };
    const auto convert = [size = 8](void*, const MPI::Datatype&, int, void*, MPI::Offset) { (void)size; };
    // MPICH takes no functions that convert, Open MPI before 6 no representation at all, and Open MPI 6 one of the same name twice.
    const int converting = error_class([&] { MPI::Register_datarep("mpi4cxx-converting", convert, convert, extent); });
    CHECK((converting == MPI::SUCCESS || converting == MPI::ERR_CONVERSION || converting == MPI::ERR_UNSUPPORTED_DATAREP ||
           converting == MPI::ERR_OTHER));
    const int same = error_class([&] { MPI::Register_datarep("mpi4cxx-same", {}, {}, extent); });
    CHECK((same == MPI::SUCCESS || same == MPI::ERR_OTHER));
    if (same == MPI::SUCCESS && !MPI::detail::is_open_mpi())
        CHECK(error_class([&] { MPI::Register_datarep("mpi4cxx-same", {}, {}, extent); }) == MPI::ERR_DUP_DATAREP);
}

TEST_CASE("C's constants for seeking and MPI's are the same here") {
    std::FILE* const file = std::tmpfile();
    CHECK(std::fseek(file, 0, SEEK_END) == 0);
    CHECK(std::fclose(file) == 0);
    CHECK(&MPI::SEEK_CUR == &::SEEK_CUR);
    switch (MPI::SEEK_END) {
    case SEEK_SET: FAIL(); break;
    case SEEK_END: break;
    default: FAIL();
    }
}

TEST_CASE("A read of fewer elements than asked for is an error, unless a status is passed") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    MPI::File file = MPI::File::Open(comm, folder / "short", new_file);
    file.Set_view<int>();
    file.Write_at_all(10 * comm.rank(), block_of(comm.rank()));
    file.Sync();
    const int end = 10 * comm.size();
    std::vector<int> room(8, -1);
    CHECK(contains(error_of_class(MPI::ERR_IO, [&] { file.Read_at(end - 3, room); }), "12 of 32 bytes"));
    CHECK(error_class([&] { file.Read_at_all(end - 3, room); }) == MPI::ERR_IO);
    MPI::Status status;
    file.Read_at(end - 3, room, &status);
    CHECK(status.Get_count(MPI::INT) == 3);
    file.Read_at_all(end - 3, room, &status);
    CHECK(status.Get_count(MPI::INT) == 3);
    CHECK(file.Read_at<int>(end - 2).size() == 2);
    CHECK(file.Read_at_all<int>(end + 100).empty());
}

/// MPICH's MPI_Request_get_status does not drive the calls of files, so that a loop of it never ends, in C neither.
const bool looks_in_vain = !MPI::detail::is_open_mpi();

TEST_CASE("A file that ends within an element with padding is too short") {
    struct Padded {
        char c;
        double x;
        bool operator==(const Padded&) const = default;
    };
    const Folder folder(MPI::COMM_SELF);
    const std::vector<Padded> written{{'a', 1}, {'b', 2}, {'c', 3}};
    MPI::File file = MPI::File::Open(MPI::COMM_SELF, folder / "padded", new_file);
    file.Set_view<Padded>();
    file.Write(written);
    const MPI::Offset size = MPI::Offset{sizeof(Padded)} * 3;
    CHECK(file.Get_size() == size);
    std::vector<Padded> got(3);
    file.Read_at(0, got);
    CHECK(got == written);
    CHECK(file.Read_at<Padded>(0) == written);

    const MPI::File raw = MPI::File::borrow(file.handle());  // of a file of C's, the library asks MPI for the view
    for (const MPI::Offset cut : {1, 4, 6, 15}) {
        file.Set_size(size - cut);
        for (const MPI::File* const each : std::initializer_list<const MPI::File*>{&file, &raw}) {
            CHECK(contains(thrown<MPI::Exception>([&] { each->Read_at(0, got); }), "the file ends there"));
            CHECK(contains(thrown<MPI::Exception>([&] { (void)each->Read_at<Padded>(0); }), "the file ends inside an element"));
            MPI::Status status;
            each->Read_at(0, got, &status);
            CHECK(status.Get_elements(MPI::BYTE) >= 2 * 9);
            CHECK(status.Get_elements(MPI::BYTE) < 3 * 9);
            CHECK(each->Read_at<Padded>(0, 2) == std::vector(written.begin(), written.begin() + 2));
        }
    }
    file.Set_size(size - 16);
    CHECK(file.Read_at<Padded>(0) == std::vector(written.begin(), written.begin() + 2));
}

TEST_CASE("A padded element at the end of a file needs no padding behind it") {
    struct Padded {
        double x;
        char c;
    };
    const Folder folder(MPI::COMM_SELF);
    MPI::File file = MPI::File::Open(MPI::COMM_SELF, folder / "padded", new_file);
    file.Set_view<Padded>();
    file.Write(std::vector<Padded>{{1, 'a'}, {2, 'b'}});
    file.Set_size(16 + 9);
    CHECK(file.Read_at<Padded>(0).size() == 2);
    // An etype may begin behind a hole, and the offset of its first byte in the file includes that.
    const MPI::Datatype late = MPI::INT.Create_hindexed_block(1, {4}).Create_resized(0, 8).Commit();
    file.Set_view(0, late);
    const std::vector<int> two{5, 6};
    file.Write_at(0, two);
    file.Set_size(16);
    CHECK(file.Read_at<int>(0) == two);
    file.Set_size(14);
    CHECK(contains(thrown<MPI::Exception>([&] { (void)file.Read_at<int>(0); }), "the file ends inside an element"));
}

TEST_CASE("A nonblocking read of fewer elements than asked for says so when it completes") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Folder folder(comm);
    MPI::File file = MPI::File::Open(comm, folder / "short", new_file);
    file.Set_view<int>();
    file.Write_at_all(10 * comm.rank(), block_of(comm.rank()));
    file.Sync();
    const int end = 10 * comm.size();
    std::vector<int> room(8);
    const std::vector<int> last_three{100 * comm.size() - 93, 100 * comm.size() - 92, 100 * comm.size() - 91};
    const auto check = [&](auto start) {
        std::fill(room.begin(), room.end(), -1);
        MPI::Request request = start(end - 3);
        const std::string text = error_of_class(MPI::ERR_IO, [&] { request.Wait(); });
        CHECK(contains(text, "12 of 32 bytes"));
        CHECK(contains(text, (folder / "short").string()));
        CHECK(request.is_null());
        CHECK(std::vector<int>(room.begin(), room.begin() + 3) == last_three);
        MPI::Status status;
        request = start(end - 3);
        while (!request.Test(&status)) {}
        CHECK(status.Get_count(MPI::INT) == 3);
        request = start(end - 3);
        while (!looks_in_vain && !request.Get_status(&status)) {}
        CHECK(status.Get_count(MPI::INT) == 3);
        CHECK(error_class([&] { request.Wait(); }) == MPI::ERR_IO);
        std::vector<MPI::Request> requests(2);
        requests[1] = start(end + 100);
        std::vector<MPI::Status> statuses(2);
        MPI::Request::Waitall(requests, statuses);
        CHECK(statuses[1].Get_count(MPI::INT) == 0);
        requests[0] = start(end - 3);
        CHECK(error_class([&] { MPI::Request::Waitall(requests); }) == MPI::ERR_IO);
        start(0).Wait(&status);
        CHECK(status.Get_count(MPI::INT) == 8);
        comm.Barrier();
    };
    check([&](int from) { return file.Iread_at(from, room); });
    check([&](int from) { return file.Iread_at_all(from, room); });
    check([&](int from) {
        file.Seek(from);
        return file.Iread(room);
    });
    check([&](int from) {
        file.Seek(from);
        return file.Iread_all(room);
    });
    file.Seek_shared(end - 3);
    if (comm.rank() == 0) {
        MPI::Status status;
        file.Iread_shared(room).Wait(&status);
        CHECK(status.Get_count(MPI::INT) == 3);
        CHECK(error_class([&] { file.Iread_shared(room).Wait(); }) == MPI::ERR_IO);
    }
    // Only some of the processes come to the end.
    MPI::Status status;
    file.Iread_at_all(comm.rank() == 0 ? end - 3 : 0, room).Wait(&status);
    CHECK(status.Get_count(MPI::INT) == (comm.rank() == 0 ? 3 : 8));
    // Gaps in the file, then in memory.
    file.Set_view(0, MPI::INT, MPI::INT.Create_resized(0, 8).Commit());
    file.Iread_at(5 * comm.size() - 2, room).Wait(&status);
    CHECK(status.Get_count(MPI::INT) == 2);
    file.Set_view<int>();
    const MPI::Datatype every_second = MPI::INT.Create_vector(4, 1, 2).Commit();
    file.Iread_at(end - 3, {room.data(), 1, every_second}).Wait(&status);
    CHECK(status.Get_elements(MPI::INT) == 3);
    CHECK(room[4] == last_three[2]);
    CHECK(error_class([&] { file.Iread_at_all(end - 3, {room.data(), 1, every_second}).Wait(); }) == MPI::ERR_IO);
}
