// One communicator for the even and one for the odd ranks, then one without rank 0
//     half = comm.Split(rank % 2, rank)
//     workers = comm.Create(comm.Get_group().Excl([0]))
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <stdexcept>

namespace MPI = mpi4cxx;

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int rank = comm.Get_rank(), size = comm.Get_size();

    const MPI::Intracomm half = comm.Split(rank % 2, rank);
    const int sum = half.allreduce(rank);

    const MPI::Group others = comm.Get_group().Excl({0});
    const MPI::Intracomm workers = comm.Create(others);  // null on rank 0
    if (workers)
        workers.Barrier();

    std::printf("Process %d is %d of %d, whose ranks add up to %d\n", rank, half.rank(), half.size(), sum);
    int expected = 0;
    for (int i = rank % 2; i < size; i += 2) expected += i;
    if (sum != expected || half.rank() != rank / 2 || workers.is_null() != (rank == 0) || (workers && workers.size() != size - 1))
        throw std::runtime_error("the processes are not divided as they should be");
}
