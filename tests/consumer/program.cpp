// A program of somebody else: an object and a buffer from process 0 to process 1.
#include <mpi4cxx/mpi4cxx.hpp>

#include <cereal/types/map.hpp>

#include <cstdio>
#include <map>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    using Dict = std::map<std::string, double>;
    const Dict dict = {{"x", 1}, {"y", 2.0}};
    const std::vector<double> numbers(1000, 0.5);
    if (comm.rank() == 0) {
        comm.send(dict, 1, 11);
        comm.Send(numbers, 1, 13);
    } else if (comm.rank() == 1) {
        std::vector<double> received(numbers.size());
        const bool same = comm.recv<Dict>(0, 11) == dict;
        comm.Recv(received, 0, 13);
        std::puts(same && received == numbers ? "ok" : "not what was sent");
    }
}
