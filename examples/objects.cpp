// A dictionary sent from the master to every worker, as an object
//     comm.send(data, dest=i, tag=i)
//     data = comm.recv(source=0, tag=rank)
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <iomanip>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <variant>

namespace MPI = mpi4cxx;

using Dict = std::map<std::string, std::variant<int, double>>;

/// As Python prints it: {'x': 1, 'y': 2.0}
static std::string str(const Dict& dict) {
    std::ostringstream text;
    text << std::showpoint << std::setprecision(2);
    for (const auto& [key, value] : dict) {
        text << (text.tellp() > 0 ? ", '" : "{'") << key << "': ";
        std::visit([&](auto number) { text << number; }, value);
    }
    return text.str() + "}";
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int rank = comm.Get_rank(), size = comm.Get_size();

    const Dict sent{{"x", 1}, {"y", 2.0}};
    if (rank == 0) {
        for (int i = 1; i < size; ++i) {
            comm.send(sent, i, i);
            std::printf("Process %d sent data: %s\n", rank, str(sent).c_str());
        }
    } else {
        const Dict data = comm.recv<Dict>(0, rank);
        std::printf("Process %d received data: %s\n", rank, str(data).c_str());
        if (data != sent)
            throw std::runtime_error("the dictionary has changed on its way");
    }
}
