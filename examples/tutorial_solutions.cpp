// Tutorial: the solutions of the exercises, one function a chapter
#include <mpi4cxx/futures.hpp>
#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

static void check(bool is_right) {
    if (!is_right)
        throw std::runtime_error("a solution is wrong");
}

static void chapter_1(const MPI::Intracomm& comm) {
    using Items = std::map<std::string, int>;
    const int rank = comm.rank(), size = comm.size();
    Items basket;
    if (rank > 0)
        basket = comm.recv<Items>(rank - 1);
    basket["item " + std::to_string(rank)] = 1;
    if (rank + 1 < size)
        comm.send(basket, rank + 1);
    else
        check(std::ssize(basket) == size);
}

static void chapter_2(const MPI::Intracomm& comm) {
    double matrix[3][4] = {{0, 1, 2, 3}, {4, 5, 6, 7}, {8, 9, 10, 11}};
    std::vector<double> row(4);
    comm.Sendrecv(matrix[1], comm.rank(), 0, row, comm.rank(), 0);  // a row lies in one piece
    check(row[3] == 7);
}

static void chapter_3(const MPI::Intracomm& comm) {
    const auto size = static_cast<std::size_t>(comm.size());
    const int mine = comm.rank();
    MPI::Request sent = comm.Isend(mine, 0);
    if (mine == 0) {
        std::vector<int> from(size);
        std::vector<MPI::Request> requests;
        for (std::size_t p = 0; p < size; ++p) requests.push_back(comm.Irecv(from[p], static_cast<int>(p)));
        for (int index = 0; (index = MPI::Request::Waitany(requests)) != MPI::UNDEFINED;) check(from[static_cast<std::size_t>(index)] == index);
    }
    sent.Wait();
}

static void chapter_4(const MPI::Intracomm& comm) {
    std::vector<std::string> letters;
    for (int p = 0; p < comm.size(); ++p) letters.push_back(std::to_string(comm.rank()) + " to " + std::to_string(p));
    letters = comm.alltoall(letters);
    check(letters.back() == std::to_string(comm.size() - 1) + " to " + std::to_string(comm.rank()));
}

static void chapter_5(const MPI::Intracomm& comm) {
    double matrix[3][3] = {{1, 0, 0}, {0, 5, 0}, {0, 0, 9}};
    const MPI::Datatype diagonal = MPI::DOUBLE.Create_vector(3, 1, 4).Commit();  // four apart: one row and one column on
    std::vector<double> numbers(3);
    comm.Sendrecv({&matrix[0][0], 1, diagonal}, comm.rank(), 0, numbers, comm.rank(), 0);
    check(numbers == std::vector<double>{1, 5, 9});
}

static void chapter_6(const MPI::Intracomm& comm) {
    const std::string mine(static_cast<std::size_t>(comm.rank() % 3), 'x');
    const auto longer = [](const std::string& a, const std::string& b) { return a.size() < b.size() ? b : a; };
    check(comm.allreduce(mine, longer).size() == static_cast<std::size_t>(comm.size() > 2 ? 2 : comm.size() - 1));
}

static void chapter_7(const MPI::Intracomm& comm) {
    const MPI::Cartcomm grid = comm.Create_cart(MPI::Compute_dims(comm.size(), 2));
    const MPI::Cartcomm row = grid.Sub({false, true});
    check(row.allreduce(1) == grid.dims()[1]);
}

static void chapter_8(const MPI::Intracomm& comm) {
    const MPI::Win win = MPI::Win::Allocate<int>(comm.rank() == 0 ? 1 : 0, comm);
    for (int& counter : win.span<int>()) counter = 0;
    comm.Barrier();
    const int one = 1;
    int ticket = -1;
    {
        const auto epoch = win.lock(0);
        win.Fetch_and_op(one, ticket, 0);
    }
    check(comm.allreduce(ticket) == comm.size() * (comm.size() - 1) / 2);
}

static void chapter_9(const MPI::Intracomm& comm) {
    MPI::File file = MPI::File::Open(comm, "table.bin", MPI::MODE_CREATE | MPI::MODE_RDWR | MPI::MODE_DELETE_ON_CLOSE);
    file.Set_view<int>({.shape = {4, comm.size()}, .start = {0, comm.rank()}, .part = {4, 1}});  // a column for each rank
    file.Write_all(std::vector<int>(4, comm.rank()));
    file.Sync();
    comm.Barrier();
    file.Set_view<int>();
    check(file.Read_at_all<int>(0, comm.size()).back() == comm.size() - 1);  // the first row
}

static int collatz(int n) {
    int steps = 0;
    for (long x = n; x != 1; x = x % 2 == 0 ? x / 2 : 3 * x + 1) ++steps;
    return steps;
}

static void chapter_10() {
    MPI::futures::MPIPoolExecutor executor;
    int longest = 0;
    std::vector<int> numbers;
    for (int n = 1; n < 1000; ++n) numbers.push_back(n);
    for (const int steps : executor.map({.chunksize = 50, .unordered = true}, collatz, numbers)) longest = std::max(longest, steps);
    check(longest == 178);
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    chapter_1(comm);
    chapter_2(comm);
    chapter_3(comm);
    chapter_4(comm);
    chapter_5(comm);
    chapter_6(comm);
    chapter_7(comm);
    chapter_8(comm);
    chapter_9(comm);
    chapter_10();
}
