// What goes wrong is an exception: an error of MPI, misuse of a call, and a message that is something else
//     except MPI.Exception as error: error.Get_error_class()
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int rank = comm.Get_rank();
    std::vector<std::string> seen;
    const auto report = [&](const std::exception& error) { seen.emplace_back(error.what()); };

    try {
        comm.Send(rank, comm.Get_size());  // there is no such rank
    } catch (const MPI::Exception& error) {
        if (error.Get_error_class() == MPI::ERR_RANK)
            report(error);
    }

    const std::vector<double> data(3);
    try {
        double sum = 0;
        comm.Allreduce(data, sum);  // three numbers do not fit into one
    } catch (const std::invalid_argument& error) {
        report(error);
    }

    MPI::Request sent = comm.isend(std::string("forty-two"), rank);
    try {
        (void)comm.recv<int>(rank);
    } catch (const MPI::Exception& error) {
        if (error.Get_error_class() == MPI::ERR_TYPE)
            report(error);
    }
    sent.Wait();

    for (const std::string& text : seen)
        if (rank == 0)
            std::printf("%s\n\n", text.c_str());
    if (seen.size() != 3)
        throw std::runtime_error("something has not been noticed");
}
