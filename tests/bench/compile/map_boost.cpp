#include <boost/mpi.hpp>
#include <boost/serialization/map.hpp>
#include <boost/serialization/string.hpp>

#include <cstdio>
#include <map>
#include <string>

int main(int argc, char** argv) {
    const boost::mpi::environment env(argc, argv);
    const boost::mpi::communicator comm;
    std::map<std::string, double> map;
    if (comm.rank() == 0)
        comm.send(1, 0, map = {{"a", 1}, {"b", 2}});
    if (comm.rank() == 1)
        comm.recv(0, 0, map);
    std::printf("%g\n", map["b"]);
}
