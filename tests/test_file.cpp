// Parallel files: opening and closing, sizes, reading and writing with explicit offsets and with the file pointer of each process.
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <filesystem>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;
namespace fs = std::filesystem;

namespace {

/// A folder for the files of one test. Rank 0 of `comm` makes and removes it.
class Folder {
public:
    explicit Folder(const MPI::Comm& comm) : comm_(comm) {
        std::string name;
        if (comm.rank() == 0) {
            name = (fs::temp_directory_path() / "mpi4cxx-XXXXXX").string();
            REQUIRE(mkdtemp(name.data()) != nullptr);
        }
        path_ = comm.bcast(name, 0);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() {
        comm_.Barrier();
        if (comm_.rank() == 0)
            fs::remove_all(path_);
    }
    [[nodiscard]] fs::path operator/(const char* name) const { return path_ / name; }

private:
    const MPI::Comm& comm_;
    fs::path path_;
};

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

TEST_CASE("A file that is missing is the same error everywhere, which names the path") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const Folder folder(comm);
        const std::string text = error_of_class(MPI::ERR_NO_SUCH_FILE, [&] { (void)MPI::File::Open(comm, folder / "not there"); });
        CHECK(contains(text, (folder / "not there").string()));
        CHECK(contains(text, "rank " + std::to_string(comm.rank()) + " of "));
    });
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
