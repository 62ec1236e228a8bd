#include "case.hpp"

#include <mpi4cxx/python.hpp>

#include <vector>

namespace MPI = mpi4cxx;

TEST_CASE("A failing function of pickles is an Exception with name, code and place", "[interposed]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    const MPI::Intracomm other = comm.Dup(), another = comm.Dup();
    const MPI::PickleComm py(comm), pkl5 = MPI::PickleComm::pkl5(comm, 3), pkl5_4 = MPI::PickleComm::pkl5(another, 4);
    const std::vector<int> vector{1};
    const auto sent_first = [&](auto receive) {
        const MPI::Request sent = py.isend(1, 0, 6);
        receive();
    };

    // clang-format off
    for (const Case& c : std::vector<Case>{
        Case("MPI_Send", "i", [&](MPI::Count) { py.send(1, 0); }),
        Case("MPI_Isend", "", [&](MPI::Count) { pkl5.send(1, 0); }),
        Case("MPI_Isend", "", [&](MPI::Count) { (void)py.isend(1, 0); }),
        Case("MPI_Isend", "", [&](MPI::Count) { (void)pkl5.isend(1, 0); }),
        Case("MPI_Isend", "", [&](MPI::Count) { (void)py.sendrecv<int>(1, 0); }),
        Case("MPI_Mprobe", "", [&](MPI::Count) { (void)py.recv<int>(); }),
        Case("MPI_Mprobe", "", [&](MPI::Count) { (void)py.mprobe(); }),
        Case("MPI_Mrecv", "", [&](MPI::Count) { sent_first([&] { (void)py.recv<int>(0, 6); }); }),
        Case("MPI_Mrecv", "", [&](MPI::Count) { sent_first([&] { (void)py.mprobe(0, 6).recv<int>(); }); }),
        Case("MPI_Improbe", "", [&](MPI::Count) { (void)py.irecv<int>().wait(); }),
        Case("MPI_Imrecv", "", [&](MPI::Count) { sent_first([&] { (void)py.irecv<int>(0, 6).wait(); }); }),
        Case("MPI_Probe", "", [&](MPI::Count) { py.probe(); }),
        Case("MPI_Iprobe", "", [&](MPI::Count) { (void)py.iprobe(); }),
        Case("MPI_Improbe", "", [&](MPI::Count) { (void)py.improbe(); }),
        Case("MPI_Barrier", "", [&](MPI::Count) { py.barrier(); }),
        Case("MPI_Bcast", "", [&](MPI::Count) { (void)py.bcast(1); }),
        Case("MPI_Bcast", "", [&](MPI::Count) { (void)pkl5.bcast(1); }),
        Case("MPI_Scatter", "", [&](MPI::Count) { (void)py.scatter(vector); }),
        Case("MPI_Scatterv", "", [&](MPI::Count) { (void)py.scatter(vector); }),
        Case("MPI_Gather", "", [&](MPI::Count) { (void)py.gather(1); }),
        Case("MPI_Gatherv", "", [&](MPI::Count) { (void)py.gather(1); }),
        Case("MPI_Allgather", "", [&](MPI::Count) { (void)py.allgather(1); }),
        Case("MPI_Alltoall", "", [&](MPI::Count) { (void)py.alltoall(vector); }),
        Case("MPI_Alltoallv", "", [&](MPI::Count) { (void)py.alltoall(vector); }),
        Case("MPI_Comm_dup", "", [&](MPI::Count) { (void)MPI::PickleComm(other).reduce(1); }),
        Case("MPI_Comm_dup", "", [&](MPI::Count) { (void)pkl5_4.allgather(1); }),
    }) check(c);
    // clang-format on
}
