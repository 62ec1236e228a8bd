// Recipes for processes: nodes, grids, work that is handed out, output, errors, threads, files
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <numeric>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace MPI = mpi4cxx;

static void check(bool is_right) {
    if (!is_right)
        throw std::runtime_error("a recipe is wrong");
}

/// A path in the folder of temporary files, the same on all ranks.
static std::string path_of_all(const MPI::Intracomm& comm, const std::string& name) {
    return comm.bcast((std::filesystem::temp_directory_path() / (name + std::to_string(static_cast<long>(MPI::Wtime() * 1e6)))).string());
}

// How do I get a communicator of the processes of my node, and one of the nodes' leaders?
static void per_node(const MPI::Intracomm& comm) {
    const MPI::Intracomm node = comm.Split_type(MPI::COMM_TYPE_SHARED);
    const MPI::Intracomm leaders = comm.Split(node.rank() == 0 ? 0 : MPI::UNDEFINED);
    int sum = node.reduce(1, MPI::SUM, 0).value_or(0);
    if (!leaders.is_null())
        sum = leaders.allreduce(sum);  // one message a node
    check(node.bcast(sum, 0) == comm.size());
}

// How do I keep one array on each node, and not one in each process?
static void one_array_a_node(const MPI::Intracomm& comm) {
    std::vector<double> table;
    if (comm.rank() == 0)
        table.assign(100'000, 0.5);
    const auto shared = MPI::share(comm, std::move(table));  // read-only
    check(shared[99'999] == 0.5);

    MPI::SharedArray<double> grid(comm, {100, 100});  // written by the processes of the node
    const auto first = static_cast<std::size_t>(grid.node().rank()), step = static_cast<std::size_t>(grid.node().size());
    for (std::size_t i = first; i < 100; i += step)
        for (std::size_t j = 0; j < 100; ++j) grid(i, j) = 1;
    grid.sync();
    check(std::reduce(grid.begin(), grid.end()) == 100 * 100);
}

// How do I get communicators of the rows and columns of a grid of processes?
static void rows_and_columns(const MPI::Intracomm& comm) {
    const std::vector<int> dims = MPI::Compute_dims(comm.size(), 2);
    const MPI::Cartcomm grid = comm.Create_cart(dims);
    const MPI::Cartcomm row = grid.Sub({false, true}), column = grid.Sub({true, false});
    check(row.size() == dims[1] && column.size() == dims[0]);
    check(column.allreduce(row.allreduce(1)) == comm.size());
}

// How do I hand out work, master and workers, by messages?
static void master_and_workers(const MPI::Intracomm& comm) {
    const int tasks = 20;
    if (comm.rank() > 0) {
        comm.send(std::optional<int>(), 0);  // no result yet
        while (const auto task = comm.recv<std::optional<int>>(0)) comm.send(std::optional(*task * *task), 0);
        return;
    }
    int sum = 0, next = 0;
    for (int working = comm.size() - 1; working > 0;) {
        MPI::Status status;
        sum += comm.recv<std::optional<int>>(MPI::ANY_SOURCE, MPI::ANY_TAG, &status).value_or(0);
        comm.send(next < tasks ? std::optional(next) : std::nullopt, status.source());
        working -= next++ < tasks ? 0 : 1;
    }
    check(comm.size() == 1 || sum == 2470);
}

// How do I hand out work without a master?
static void shared_counter(const MPI::Intracomm& comm) {
    MPI::sync::Counter counter(comm);
    long sum = 0;
    for (const auto task : counter) {  // each number once, to whoever asks next
        if (task >= 20)
            break;
        sum += task * task;
    }
    check(comm.allreduce(sum) == 2470);
}

// How do I print in the order of ranks?
static void ordered_output(const MPI::Intracomm& comm) {
    std::ostringstream mine;
    mine << "rank " << comm.rank() << " of " << comm.size() << '\n';
    const std::vector<std::string> all = comm.gather(mine.str(), 0);  // lines of several processes do not mix
    for (const std::string& text : all) std::fputs(text.c_str(), stdout);
}

// How do I go on, or stop, together if one rank fails?
static void failure_on_one_rank(const MPI::Intracomm& comm) {
    std::string problem;
    try {
        if (comm.rank() == comm.size() - 1)
            throw std::runtime_error("no such file");  // what may fail, without a call to other ranks
    } catch (const std::exception& error) {
        problem = error.what();
    }
    for (const std::string& text : comm.allgather(problem))  // all learn of it, so all can do the same
        check(text.empty() || text == "no such file");
}

// How do I use MPI from several threads?
static void threads(const MPI::Intracomm& comm) {
    if (MPI::Query_thread() < MPI::THREAD_MULTIPLE)
        return;  // Environment asks for it; the MPI may not have it
    std::vector<MPI::Intracomm> own;
    for (int i = 0; i < 2; ++i) own.push_back(comm.Dup());  // so that messages of threads do not mix
    std::vector<int> sums(2);
    std::vector<std::thread> running;
    for (std::size_t i = 0; i < 2; ++i) running.emplace_back([&, i] { sums[i] = own[i].allreduce(static_cast<int>(i) + 1); });
    for (std::thread& thread : running) thread.join();
    check(sums[1] == 2 * comm.size());
}

// How do all ranks write one file, and read it?
static void one_file(const MPI::Intracomm& comm) {
    const std::string path = path_of_all(comm, "numbers");
    const std::vector<double> mine(10, comm.rank());
    {
        MPI::File file = MPI::File::Open(comm, path, MPI::MODE_CREATE | MPI::MODE_WRONLY);
        file.Write_at_all(comm.rank() * 80, mine);  // at this byte
    }
    {
        MPI::File file = MPI::File::Open(comm, path, MPI::MODE_RDONLY | MPI::MODE_DELETE_ON_CLOSE);
        file.Set_view<double>({.shape = {comm.size(), 10}, .start = {comm.rank(), 0}, .part = {1, 10}});
        check(file.Read_all<double>() == mine);  // its row of the array in the file
    }
}

// How do I save the state of all ranks, and go on from there?
static void checkpoint(const MPI::Intracomm& comm) {
    const std::string path = path_of_all(comm, "state");
    const std::vector<std::string> state{"step 7", "rank " + std::to_string(comm.rank())};
    MPI::dump(comm, path, state);  // complete, or as before, whenever the job is killed
    check(MPI::load<std::vector<std::string>>(comm, path) == state);
    comm.Barrier();
    if (comm.rank() == 0)
        std::filesystem::remove(path);
}

// How do all ranks read their part of a table of text, such as CSV?
static void parallel_csv(const MPI::Intracomm& comm) {
    const std::string path = path_of_all(comm, "table");
    if (comm.rank() == 0)
        for (std::ofstream file(path); const int i : {10, 20, 30, 40, 50}) file << i << ',' << i * i << '\n';
    comm.Barrier();
    const MPI::File file = MPI::File::Open(comm, path, MPI::MODE_RDONLY | MPI::MODE_DELETE_ON_CLOSE);
    const MPI::Offset size = file.Get_size(), begin = size * comm.rank() / comm.size(), end = size * (comm.rank() + 1) / comm.size();
    const std::vector<char> bytes = file.Read_at_all<char>(begin, size - begin);  // for long files: a little more than to `end`
    const std::string text(bytes.begin(), bytes.end());
    std::size_t at = 0;  // a line belongs to the rank in whose part it begins
    if (begin > 0 && file.Read_at<char>(begin - 1, 1).front() != '\n')
        at = text.find('\n') + 1;
    long sum = 0;
    for (; at < static_cast<std::size_t>(end - begin); at = text.find('\n', at) + 1) sum += std::stol(text.substr(at));
    check(comm.allreduce(sum) == 150);
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    per_node(comm);
    one_array_a_node(comm);
    rows_and_columns(comm);
    master_and_workers(comm);
    shared_counter(comm);
    ordered_output(comm);
    failure_on_one_rank(comm);
    threads(comm);
    one_file(comm);
    checkpoint(comm);
    parallel_csv(comm);
}
