// One process answers many others, each in a coroutine of its own
//     async def serve(client): …                                                  (mpi4py has no such calls: asyncio's syntax)
//     answered = await asyncio.gather(*[serve(client) for client in range(1, size)])
#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

/// Answers one client until an empty query comes; gives the number of answers.
static MPI::Coroutine<int> serve(const MPI::Comm& comm, int client) {
    for (int answered = 0;; ++answered) {
        std::string query = co_await comm.irecv<std::string>(client);
        if (query.empty())
            co_return answered;
        std::reverse(query.begin(), query.end());
        co_await comm.isend(query, client);
    }
}

/// Sends as many queries, one after another, as the rank of the process says.
static void ask(const MPI::Comm& comm) {
    for (int i = 0; i < comm.Get_rank(); ++i) {
        comm.send(std::string("stressed"), 0);
        if (comm.recv<std::string>(0) != "desserts")
            throw std::runtime_error("a wrong answer");
    }
    comm.send(std::string(), 0);
}

/// Passes a number from process to process; each process adds one.
static MPI::Coroutine<int> ring(const MPI::Comm& comm) {
    const int rank = comm.Get_rank(), size = comm.Get_size();
    int count = 0;
    if (rank > 0)
        count = co_await comm.irecv<int>(rank - 1);
    MPI::Request sent = comm.isend(count + 1, (rank + 1) % size);
    if (rank == 0)
        count = co_await comm.irecv<int>(size - 1);
    co_await sent;
    co_return count;
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int rank = comm.Get_rank(), size = comm.Get_size();

    if (rank == 0) {
        std::vector<MPI::Coroutine<int>> conversations;
        for (int client = 1; client < size; ++client) conversations.push_back(serve(comm, client));
        int all = 0;
        for (const int answered : MPI::when_all(conversations).get()) all += answered;
        std::printf("answered %d queries of %d clients\n", all, size - 1);
        if (all != size * (size - 1) / 2)
            throw std::runtime_error("not all queries were answered");
    } else {
        ask(comm);
    }

    if (ring(comm).get() != (rank == 0 ? size : rank))
        throw std::runtime_error("the ring is broken");
}
