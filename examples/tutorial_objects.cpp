// Tutorial, chapter 1: objects travel as they are
//     comm.send(order, dest=1)
//     order = comm.recv(source=0)
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <map>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

struct Order {
    std::string customer;
    std::map<std::string, int> items;
};

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);  // MPI begins, and ends with the scope
    const MPI::Intracomm& comm = MPI::COMM_WORLD;

    if (comm.rank() == 0) {
        for (int worker = 1; worker < comm.size(); ++worker) comm.send(Order{"Ann", {{"apples", 3 * worker}, {"pears", 2}}}, worker);
        for (int worker = 1; worker < comm.size(); ++worker) std::printf("%s\n", comm.recv<std::string>(worker).c_str());
    } else {
        const Order order = comm.recv<Order>(0);  // the receiver names the type
        comm.send("rank " + std::to_string(comm.rank()) + " packs " + std::to_string(order.items.at("apples")) + " apples for " + order.customer, 0);
    }
}
