// Tutorial, chapter 3: start a transfer, do something else, wait
//     requests = [comm.Irecv(halo, source=left), comm.Isend(part, dest=right)]
//     MPI.Request.Waitall(requests)
#include <mpi4cxx/mpi4cxx.hpp>

#include <array>
#include <cstdio>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

/// Reads as if it waited; other coroutines run meanwhile.
static MPI::Coroutine<int> answer(const MPI::Comm& comm, int client) {
    const auto question = co_await comm.irecv<std::string>(client);
    co_await comm.isend(question + "? Yes!", client);
    co_return static_cast<int>(question.size());
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int rank = comm.rank(), size = comm.size(), left = (rank + size - 1) % size, right = (rank + 1) % size;

    std::vector<double> halo(1000), part(1000, rank);
    std::array<MPI::Request, 2> requests{comm.Irecv(halo, left), comm.Isend(part, right)};
    const double work = part[0] * part[0];  // while both messages are under way
    MPI::Request::Waitall(requests);        // from here on, `halo` may be read and `part` changed
    if (rank == 0)
        std::printf("my square is %g, my neighbour's number %g\n", work, halo[0]);

    if (rank > 0) {
        comm.send("Is rank " + std::to_string(rank) + " heard", 0);
        (void)comm.recv<std::string>(0);
        return 0;
    }
    std::vector<MPI::Coroutine<int>> answers;
    for (int client = 1; client < size; ++client) answers.push_back(answer(comm, client));
    int letters = 0;
    for (const int count : MPI::when_all(answers).get()) letters += count;  // all of them at once
    std::printf("%d letters were read\n", letters);
}
