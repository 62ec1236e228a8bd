// Windows, shared arrays, locks, files, datatypes and operations: the examples of the reference, one after another
#include <mpi4cxx/mpi4cxx.hpp>

#include <array>
#include <cstddef>
#include <filesystem>
#include <mutex>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

static void check(bool is_right) {
    if (!is_right)
        throw std::runtime_error("an example of the reference is wrong");
}

static void windows(const MPI::Intracomm& comm) {
    const int rank = comm.Get_rank(), size = comm.Get_size(), next = (rank + 1) % size;

    // [Win::Allocate Win::span]
    const MPI::Win win = MPI::Win::Allocate<double>(10, comm);
    for (double& element : win.span<double>()) element = rank;

    // [Win::Create]
    std::vector<int> counters(4);  // outlives the window
    const MPI::Win counting = MPI::Win::Create(counters, comm);

    // [Win::fence Win::Put Win::Fence Win::Start Win::Post]
    const double value = 0.5;
    {
        const auto epoch = win.fence();
        win.Put(value, next, 3);  // element 3 of the next process
    }                             // it is there
    check(win.span<double>()[3] == value);

    // [Win::lock Win::Get Win::Lock Win::Unlock Win::Flush]
    double theirs = 0;
    {
        const auto epoch = win.lock(next, MPI::LOCK_SHARED);
        win.Get(theirs, next);
    }  // now `theirs` may be read
    check(theirs == next);

    // [Win::Accumulate Win::Get_accumulate Win::Raccumulate Win::Rget_accumulate]
    const int one = 1;
    {
        const auto epoch = counting.fence();
        counting.Accumulate(one, 0, 2);  // all add to element 2 of rank 0
    }
    check(rank != 0 || counters[2] == size);

    // [Win::lock_all Win::Fetch_and_op Win::Lock_all Win::Unlock_all Win::Flush_all Epoch::flush]
    int ticket = -1;
    const auto epoch = counting.lock_all();
    counting.Fetch_and_op(one, ticket, 0, 1);
    epoch.flush(0);  // now `ticket` may be read
    check(0 <= ticket && ticket < size);

    // [Win::Compare_and_swap]
    const int free = 0, taken = rank + 1;
    int before = -1;
    counting.Compare_and_swap(taken, free, before, 0, 0);
    epoch.flush(0);  // `before` is 0 on the process that was first

    // [Win::Rput Win::Rget]
    MPI::Request request = counting.Rget(before, 0, 2);
    request.Wait();
    check(before == size);
}

static void start_and_post(const MPI::Intracomm& comm) {
    const MPI::Win win = MPI::Win::Allocate<int>(1, comm);
    const int one = 1;

    // [Win::start Win::post Win::Complete Win::Wait]
    const MPI::Group self = comm.Get_group().Incl({comm.Get_rank()});
    const auto exposure = win.post(self);  // who may access this process
    const auto access = win.start(self);   // whom this process accesses
    win.Put(one, comm.Get_rank());
}

static void shared(const MPI::Intracomm& comm) {
    // [share]
    std::vector<double> table;
    if (comm.Get_rank() == 0)
        table.assign(1000, 1.5);
    const auto everywhere = MPI::share(comm, std::move(table));  // once on each node, read-only
    check(everywhere[999] == 1.5);

    // [SharedArray::SharedArray SharedArray::sync SharedArray::operator() SharedArray::span SharedArray::node]
    MPI::SharedArray<double> array(comm, {100, 200});  // one on each node
    if (array.is_leader())
        for (double& element : array) element = 2;
    array.sync();
    check(array(99, 199) == 2);

    // [Win::Allocate_shared Win::shared]
    const MPI::Intracomm node = comm.Split_type(MPI::COMM_TYPE_SHARED);
    const MPI::Win win = MPI::Win::Allocate_shared<int>(10, node);
    const std::span<int> first = win.shared<int>(0);  // the part of rank 0, read and written directly
    check(first.size() == 10);

    // [Counter::next Counter::Counter]
    MPI::sync::Counter counter(comm);
    const auto number = counter.next();  // each number once
    check(0 <= number && number < comm.Get_size());

    // [Mutex::lock Mutex::acquire Mutex::Mutex]
    MPI::sync::Mutex mutex(comm);
    {
        const std::lock_guard guard(mutex);  // one process at a time
    }

    // [Sequential::begin Sequential::Sequential]
    {
        MPI::sync::Sequential sequential(comm);
        const std::lock_guard turn(sequential);  // rank 0, then rank 1, …
    }
}

static void files(const MPI::Intracomm& comm) {
    const int rank = comm.Get_rank(), size = comm.Get_size();
    std::filesystem::path path;
    if (rank == 0)
        path = std::filesystem::temp_directory_path() / ("mpi4cxx-reference-" + std::to_string(static_cast<long>(MPI::Wtime() * 1e6)));
    path = comm.bcast(path.string(), 0);

    // [File::Open File::Write_at_all File::Write_at File::Write_all]
    const std::vector<double> mine(10, rank);
    MPI::File file = MPI::File::Open(comm, path, MPI::MODE_CREATE | MPI::MODE_RDWR);
    file.Set_view<double>();
    file.Write_at_all(10 * rank, mine);  // all together; each writes its part

    // [File::Read_at_all File::Read_at File::Read_all File::Read]
    file.Sync();
    comm.Barrier();
    const std::vector<double> all = file.Read_at_all<double>(0);  // as many as there are
    check(std::ssize(all) == 10 * size);

    // [File::Set_view]
    file.Set_view<double>({.shape = {size, 10}, .start = {rank, 0}, .part = {1, 10}});  // this process's row of an array
    check(file.Read_all<double>(10) == mine);

    // [File::Iwrite_at File::Iread_at File::Iwrite_at_all File::Iread_at_all]
    MPI::Request request = file.Iwrite_at(0, mine);
    request.Wait();

    // [File::Close File::Delete File::Get_size]
    check(file.Get_size() == 80 * size);
    file.Close();
    comm.Barrier();
    if (rank == 0)
        MPI::File::Delete(path);

    // [dump load]
    MPI::dump(comm, path, std::vector<std::string>{"state of", std::to_string(rank)});
    const auto state = MPI::load<std::vector<std::string>>(comm, path);
    check(state[1] == std::to_string(rank));

    comm.Barrier();
    if (rank == 0)
        std::filesystem::remove(path);
}

struct Particle {
    double position[3];
    int charge;
};

static void types(const MPI::Intracomm& comm) {
    const int rank = comm.Get_rank();

    // [Datatype::Create_vector Datatype::Commit Datatype::Create_contiguous Datatype::Create_indexed]
    std::vector<double> matrix(6 * 4, rank);
    const MPI::Datatype column = MPI::DOUBLE.Create_vector(6, 1, 4).Commit();
    comm.Sendrecv({matrix.data(), 1, column}, rank, 0, {matrix.data() + 3, 1, column}, rank, 0);

    // [Datatype::Create_subarray]
    const MPI::Datatype block = MPI::DOUBLE.Create_subarray({6, 4}, {2, 2}, {1, 1}).Commit();  // of 2 × 2, at (1, 1)
    check(block.Get_size() == 4 * 8);

    // [Datatype::Create_resized Datatype::Get_extent]
    const MPI::Datatype next_to_next = column.Create_resized(0, sizeof(double)).Commit();  // columns that follow each other
    check(next_to_next.Get_extent().extent == 8);

    // [Datatype::Create_struct]
    const MPI::Datatype by_hand = MPI::Datatype::Create_struct({3, 1}, {0, 24}, {MPI::DOUBLE, MPI::INT}).Commit();
    const std::vector<Particle> particles = comm.Allgatherv(std::vector<Particle>(2));  // needs none: the library makes it
    check(particles.size() == 2 * static_cast<std::size_t>(comm.Get_size()));

    // [Datatype::Pack Datatype::Unpack Datatype::Pack_size]
    std::vector<std::byte> bytes(static_cast<std::size_t>(MPI::DOUBLE.Pack_size(24, comm)));
    const MPI::Aint end = MPI::DOUBLE.Pack(matrix, bytes, 0, comm);
    MPI::DOUBLE.Unpack(bytes, 0, matrix, comm);
    check(end == 24 * 8);

    // [Op::Create Op::Reduce_local]
    const MPI::Op larger = MPI::Op::Create<Particle>([](const Particle& a, const Particle& b) { return a.charge < b.charge ? b : a; }, true);
    Particle most{};
    comm.Allreduce(Particle{{0, 0, 0}, rank}, most, larger);
    check(most.charge == comm.Get_size() - 1);
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    windows(comm);
    start_and_post(comm);
    shared(comm);
    files(comm);
    types(comm);
}
