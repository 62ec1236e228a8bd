#include "case.hpp"

#include <array>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

TEST_CASE("A communication that fails is an Exception with name, code and place", "[interposed]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    int x = 0, y = 0;
    const auto a = [&](MPI::Count n) { return MPI::ConstBuf(&x, n, MPI::INT); };
    const auto b = [&](MPI::Count n) { return MPI::Buf(&y, n, MPI::INT); };
    const std::array<int, 1> narrow{1};
    const std::array<MPI::Count, 1> wide{large};
    const auto av = [&](MPI::Count n) { return n == 1 ? MPI::ConstBufV(a(n), narrow) : MPI::ConstBufV(a(n), wide); };
    const auto bv = [&](MPI::Count n) { return n == 1 ? MPI::BufV(b(n), narrow) : MPI::BufV(b(n), wide); };
    const auto lasting = [&](MPI::Count n) { return MPI::ConstBuf(&x, n, MPI::INT); };
    const MPI::Op op = MPI::Op::Create<int>([](int p, int q) { return p + q; });

    // clang-format off
    for (const Case& c : std::vector<Case>{
        Case("MPI_Send", "ci", [&](MPI::Count n) { comm.Send(a(n), 0); }),
        Case("MPI_Ssend", "ci", [&](MPI::Count n) { comm.Ssend(a(n), 0); }),
        Case("MPI_Bsend", "c", [&](MPI::Count n) { comm.Bsend(a(n), 0); }),
        Case("MPI_Rsend", "ci", [&](MPI::Count n) { comm.Rsend(a(n), 0); }),
        Case("MPI_Recv", "ci", [&](MPI::Count n) { comm.Recv(b(n)); }),
        Case("MPI_Isend", "c", [&](MPI::Count n) { (void)comm.Isend(lasting(n), 0); }),
        Case("MPI_Issend", "c", [&](MPI::Count n) { (void)comm.Issend(lasting(n), 0); }),
        Case("MPI_Ibsend", "c", [&](MPI::Count n) { (void)comm.Ibsend(lasting(n), 0); }),
        Case("MPI_Irsend", "c", [&](MPI::Count n) { (void)comm.Irsend(lasting(n), 0); }),
        Case("MPI_Irecv", "c", [&](MPI::Count n) { (void)comm.Irecv(b(n)); }),
        Case("MPI_Sendrecv", "c", [&](MPI::Count n) { comm.Sendrecv(a(n), 0, 0, b(n)); }),
        Case("MPI_Probe", "", [&](MPI::Count) { comm.Probe(); }),
        Case("MPI_Iprobe", "", [&](MPI::Count) { (void)comm.Iprobe(); }),
        Case("MPI_Mprobe", "", [&](MPI::Count) { (void)comm.Mprobe(); }),
        Case("MPI_Mprobe", "", [&](MPI::Count) { (void)comm.Recv<int>(); }),
        Case("MPI_Improbe", "", [&](MPI::Count) { (void)comm.Improbe(); }),
        Case("MPI_Barrier", "", [&](MPI::Count) { comm.Barrier(); }),
        Case("MPI_Bcast", "c", [&](MPI::Count n) { comm.Bcast(b(n)); }),
        Case("MPI_Gather", "c", [&](MPI::Count n) { comm.Gather(a(n), b(n)); }),
        Case("MPI_Gatherv", "c", [&](MPI::Count n) { comm.Gatherv(a(n), bv(n)); }),
        Case("MPI_Scatter", "c", [&](MPI::Count n) { comm.Scatter(a(n), b(n)); }),
        Case("MPI_Scatterv", "c", [&](MPI::Count n) { comm.Scatterv(av(n), b(n)); }),
        Case("MPI_Allgather", "c", [&](MPI::Count n) { comm.Allgather(a(n), b(n)); }),
        Case("MPI_Alltoall", "c", [&](MPI::Count n) { comm.Alltoall(a(n), b(n)); }),
        Case("MPI_Alltoallv", "c", [&](MPI::Count n) { comm.Alltoallv(av(n), bv(n)); }),
        Case("MPI_Reduce", "c", [&](MPI::Count n) { comm.Reduce(a(n), b(n)); }),
        Case("MPI_Allreduce", "c", [&](MPI::Count n) { comm.Allreduce(a(n), b(n)); }),
        Case("MPI_Allreduce", "c", [&](MPI::Count n) { comm.Allreduce(a(n), b(n), op); }),
        Case("MPI_Reduce_scatter_block", "cr", [&](MPI::Count n) { comm.Reduce_scatter_block(a(n), b(n)); }),
        Case("MPI_Scan", "c", [&](MPI::Count n) { comm.Scan(a(n), b(n)); }),
        Case("MPI_Exscan", "c", [&](MPI::Count n) { comm.Exscan(a(n), b(n)); }),
    }) check(c);

    MPI::Request sent = comm.Isend(x, 0, 3);
    MPI::Message m = comm.Mprobe(0, 3);  // one for all: what fails does not receive it
    for (const Case& c : std::vector<Case>{
        Case("MPI_Mrecv", "ci", [&](MPI::Count n) { m.Recv(b(n)); }),
        Case("MPI_Imrecv", "c", [&](MPI::Count n) { (void)m.Irecv(b(n)); }),
        Case("MPI_Mrecv", "i", [&](MPI::Count) { (void)m.recv<int>(); }),
        Case("MPI_Imrecv", "", [&](MPI::Count) { (void)m.irecv<int>(); }),
    }) check(c);
    m.Recv(y);
    sent.Wait();

    int z = 0;
    std::array<MPI::Request, 1> requests{comm.Irecv(z, 0, 98)};
    for (const Case& c : std::vector<Case>{
        Case("MPI_Wait", "", [&](MPI::Count) { requests[0].Wait(); }),
        Case("MPI_Test", "", [&](MPI::Count) { (void)requests[0].Test(); }),
        Case("MPI_Request_get_status", "", [&](MPI::Count) { (void)requests[0].Get_status(); }),
        Case("MPI_Cancel", "", [&](MPI::Count) { requests[0].Cancel(); }),
        Case("MPI_Waitall", "", [&](MPI::Count) { MPI::Request::Waitall(requests); }),
        Case("MPI_Waitany", "", [&](MPI::Count) { (void)MPI::Request::Waitany(requests); }),
        Case("MPI_Waitsome", "", [&](MPI::Count) { (void)MPI::Request::Waitsome(requests); }),
        Case("MPI_Testall", "", [&](MPI::Count) { (void)MPI::Request::Testall(requests); }),
        Case("MPI_Testany", "", [&](MPI::Count) { (void)MPI::Request::Testany(requests); }),
        Case("MPI_Testsome", "", [&](MPI::Count) { (void)MPI::Request::Testsome(requests); }),
    }) check(c);
    // clang-format on
    sent = comm.Isend(x, 0, 98);
    requests[0].Wait();
    sent.Wait();
}

TEST_CASE("A failing MPI_Allgatherv is an Exception with name, code and place", "[interposed]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    if (comm.size() == 1)  // another function does that
        return;
    const auto n = static_cast<std::size_t>(comm.size());
    int x = 0;
    std::vector<int> y(n), narrow(n, 1);
    std::vector<MPI::Count> wide(n, large);
    const MPI::Count all = comm.size() * large;
    // clang-format off
    check(Case("MPI_Allgatherv", "", [&](MPI::Count) { comm.Allgatherv(x, {y, narrow}); }));
    check(Case("MPI_Allgatherv", "w", [&](MPI::Count) { comm.Allgatherv({&x, large, MPI::INT}, {{y.data(), all, MPI::INT}, wide}); }));
    // clang-format on
}

TEST_CASE("Where a large count takes a datatype, one that cannot be made is an Exception of the call", "[interposed]") {
    if (large_twin("MPI_Send") != "MPI_Send")
        return;
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    int x = 0;
    MPI::Status status;
    status.Set_elements(MPI::INT, large);
    const Case send("MPI_Send", "", [&](MPI::Count) { comm.Send({&x, large, MPI::INT}, 0); });
    const Case vector("MPI_Type_vector", "", [&](MPI::Count) { (void)MPI::INT.Create_vector(large, 1, 2); });
    const Case reduction("MPI_Allreduce", "", [&](MPI::Count) { comm.Allreduce({&x, large, MPI::INT}, {&x, large, MPI::INT}); });
    const Case count("MPI_Get_count", "", [&](MPI::Count) { (void)status.Get_count(MPI::INT); });
    for (const char* function : {"MPI_Type_get_extent", "MPI_Type_contiguous", "MPI_Type_create_hvector", "MPI_Type_create_struct",
                                 "MPI_Type_create_resized", "MPI_Type_commit"})
        check_failure(send, {function}, [&] { send.call(1); });
    for (const char* function : {"MPI_Type_get_extent", "MPI_Type_contiguous", "MPI_Type_create_hvector"})
        check_failure(vector, {function}, [&] { vector.call(1); });
    check_failure(reduction, {"MPI_Type_get_extent"}, [&] { reduction.call(1); });
    for (const char* function : {"MPI_Type_size_x", "MPI_Get_elements_x"}) check_failure(count, {function}, [&] { count.call(1); });
}
