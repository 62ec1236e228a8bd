// Processes that connect while the program runs: a server opens a port, and its clients connect to that by its name.
//
// mpi4py:  port = MPI.Open_port()                clients = comm.Accept(port)
//          server = comm.Connect(port)
#include <mpi4cxx/mpi4cxx.hpp>

#include <iostream>
#include <map>
#include <stdexcept>
#include <string>

namespace MPI = mpi4cxx;

namespace {

using Stock = std::map<std::string, int>;

void serve(const MPI::Intracomm& comm, const MPI::Port& port) {
    const MPI::Intercomm clients = comm.Accept(port.name());
    Stock stock;
    for (int client = 0; client < clients.remote_size(); ++client)
        for (const auto& [what, number] : clients.recv<Stock>(client)) stock[what] += number;
    for (int client = 0; client < clients.remote_size(); ++client) clients.send(stock, client);
    std::cout << clients.remote_size() << " clients have brought " << stock["apples"] << " apples\n";
}

void ask(const MPI::Intracomm& comm, const std::string& port_name) {
    const MPI::Intercomm server = comm.Connect(port_name);
    server.send(Stock{{"apples", 3}, {"pears", comm.rank()}}, 0);
    if (server.recv<Stock>(0).at("apples") != 3 * comm.size())
        throw std::logic_error("apples are missing");
}

}  // namespace

int main(int argc, char** argv) {
    const MPI::Environment env(argc, argv);
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const bool serves = world.rank() == 0;
    const MPI::Intracomm comm = world.Split(serves ? 0 : 1);
    if (world.size() == 1) {
        std::cout << "a port without clients: start two processes at least\n";
        return 0;
    }

    MPI::Port port;
    try {
        if (serves)
            port = MPI::Port::Open();
    } catch (const MPI::Exception& e) {  // the text says what to do instead
        std::cout << e.what() << '\n';
    }
    const std::string name = world.bcast(port.name());  // between two jobs: by a file, or by Publish and Lookup_name
    if (name.empty())
        return 0;
    serves ? serve(comm, port) : ask(comm, name);
}
