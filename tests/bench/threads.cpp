// Small messages of several threads at once, on two ranks: threads
//
// Thread i of one rank sends to and receives from thread i of the other, on a communicator of their own. Prints the time of a message for 1, 2 and 4
// threads with objects and with MPI's own calls, as medians of turns that alternate.
#include <mpi4cxx/mpi4cxx.hpp>

#include <array>
#include <cstdio>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "median.hpp"

namespace MPI = mpi4cxx;
using bench::median;

namespace {

constexpr int messages = 20'000, turns = 21;

void exchange_raw(const MPI::Intracomm& comm) {
    const std::string text(100, 'x');
    std::string got(100, ' ');
    const int other = 1 - comm.rank();
    for (int i = 0; i < messages; ++i) {
        if (comm.rank() == 0)
            MPI_Send(text.data(), 100, MPI_CHAR, other, 0, comm.handle());
        MPI_Recv(got.data(), 100, MPI_CHAR, other, 0, comm.handle(), MPI_STATUS_IGNORE);
        if (comm.rank() == 1)
            MPI_Send(text.data(), 100, MPI_CHAR, other, 0, comm.handle());
    }
}

void exchange_objects(const MPI::Intracomm& comm) {
    const std::string text(100, 'x');
    const int other = 1 - comm.rank();
    for (int i = 0; i < messages; ++i) {
        if (comm.rank() == 0)
            comm.send(text, other);
        if (comm.recv<std::string>(other) != text)
            comm.Abort();
        if (comm.rank() == 1)
            comm.send(text, other);
    }
}

/// Microseconds for one message, of all threads together.
double time_of(const std::vector<MPI::Intracomm>& comms, void (*exchange)(const MPI::Intracomm&)) {
    MPI::COMM_WORLD.Barrier();
    const double start = MPI::Wtime();
    std::vector<std::thread> threads;
    for (const MPI::Intracomm& comm : comms) threads.emplace_back(exchange, std::cref(comm));
    for (std::thread& thread : threads) thread.join();
    MPI::COMM_WORLD.Barrier();
    return 1e6 * (MPI::Wtime() - start) / (2.0 * messages * static_cast<double>(comms.size()));
}

}  // namespace

int main(int argc, char** argv) {
    const MPI::Environment env(argc, argv);
    if (MPI::COMM_WORLD.size() != 2)
        return 2;
    for (const std::size_t number : {1U, 2U, 4U}) {
        std::vector<MPI::Intracomm> comms;
        for (std::size_t i = 0; i < number; ++i) comms.push_back(MPI::COMM_WORLD.Dup());
        std::array<std::vector<double>, 3> times;  // raw, objects, their ratio
        for (int turn = 0; turn < turns; ++turn) {
            times[0].push_back(time_of(comms, exchange_raw));
            times[1].push_back(time_of(comms, exchange_objects));
            times[2].push_back(times[1].back() / times[0].back());
        }
        if (MPI::COMM_WORLD.rank() == 0)
            std::printf("string of 100, threads: %zu: %.3f us, MPI %.3f, ratio %.2f\n", number, median(times[1]), median(times[0]), median(times[2]));
    }
}
