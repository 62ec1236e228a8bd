#include <mpi4cxx/mpi4cxx.hpp>

#include <cereal/types/map.hpp>

#include <cstdio>
#include <map>
#include <string>

int main(int argc, char** argv) {
    const mpi4cxx::Environment env(argc, argv);
    const auto& comm = mpi4cxx::COMM_WORLD;
    std::map<std::string, double> map;
    if (comm.Get_rank() == 0)
        comm.send(map = {{"a", 1}, {"b", 2}}, 1, 0);
    if (comm.Get_rank() == 1)
        map = comm.recv<std::map<std::string, double>>(0, 0);
    std::printf("%g\n", map["b"]);
}
