// Sends back what trips.py sends, in its rows.
#include <mpi4cxx/mpi4cxx.hpp>
#include <mpi4cxx/python.hpp>

#include <chrono>
#include <map>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;

/// Wait for a turn without taking a core from the others; return the row and the number of trips.
static std::pair<int, int> next_turn(const MPI::PickleComm& comm) {
    while (!comm.iprobe(0)) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return comm.recv<std::pair<int, int>>(0);
}

static void send_back(const MPI::PickleComm& comm, bool is_array) {
    if (is_array)
        comm.send(MPI::python::as_array(comm.recv<std::vector<double>>(0)), 0);
    else
        comm.send(comm.recv<std::map<std::string, double>>(0), 0);
}

int main(int argc, char** argv) {
    const MPI::Environment environment(argc, argv);
    const MPI::PickleComm plain(MPI::COMM_WORLD), with_buffers = MPI::PickleComm::pkl5(MPI::COMM_WORLD);
    for (auto [row, count] = next_turn(plain); count != 0; std::tie(row, count) = next_turn(plain))
        for (int i = 0; i < count; ++i) send_back(row == 3 ? with_buffers : plain, row >= 2);
}
