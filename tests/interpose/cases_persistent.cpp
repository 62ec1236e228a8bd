#include "case.hpp"

#include <array>
#include <vector>

namespace MPI = mpi4cxx;

TEST_CASE("A call on persistent, partitioned or the user's own requests that fails is an Exception with name, code and place", "[interposed]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    int x = 0, y = 0;
    const auto a = [&](MPI::Count n) { return MPI::LastingConstBuf(&x, n, MPI::INT); };
    const auto b = [&](MPI::Count n) { return MPI::Buf(&y, n, MPI::INT); };
    std::array<MPI::Prequest, 2> both{comm.Send_init(x, 0, 3), comm.Recv_init(y, 0, 3)};
    MPI::Prequest idle = comm.Recv_init(y, 0, 4), sends, receives;
    if constexpr (MPI::detail::has_partitions) {
        sends = comm.Psend_init(x, 1, 0, 5);
        receives = comm.Precv_init(y, 1, 0, 5);
        receives.Start();
        sends.Start();
    }
    MPI::Grequest own = MPI::Grequest::Start();

    // clang-format off
    for (const Case& c : std::vector<Case>{
        Case("MPI_Sendrecv_replace", "c", [&](MPI::Count n) { comm.Sendrecv_replace(b(n), 0); }),
        Case("MPI_Isend", "", [&](MPI::Count n) { (void)comm.Isendrecv(a(n), MPI::PROC_NULL, 0, b(n), 0, 77); }),
        Case("MPI_Irecv", "", [&](MPI::Count n) { (void)comm.Isendrecv(a(n), MPI::PROC_NULL, 0, b(n), 0, 77); }),
        Case("MPI_Pack_size", "w", [&](MPI::Count n) { (void)comm.Isendrecv_replace(b(n), MPI::PROC_NULL); }),
        Case("MPI_Pack", "w", [&](MPI::Count n) { (void)comm.Isendrecv_replace(b(n), MPI::PROC_NULL); }),
        Case("MPI_Isend", "", [&](MPI::Count n) { (void)comm.Isendrecv_replace(b(n), MPI::PROC_NULL, 0, 0, 77); }),
        Case("MPI_Isend", "", [&](MPI::Count n) { (void)comm.Sendrecv<int>(a(n), 0); }),

        Case("MPI_Send_init", "c", [&](MPI::Count n) { (void)comm.Send_init(a(n), 0); }),
        Case("MPI_Ssend_init", "c", [&](MPI::Count n) { (void)comm.Ssend_init(a(n), 0); }),
        Case("MPI_Bsend_init", "c", [&](MPI::Count n) { (void)comm.Bsend_init(a(n), 0); }),
        Case("MPI_Rsend_init", "c", [&](MPI::Count n) { (void)comm.Rsend_init(a(n), 0); }),
        Case("MPI_Recv_init", "c", [&](MPI::Count n) { (void)comm.Recv_init(b(n)); }),
        Case("MPI_Start", "", [&](MPI::Count) { idle.Start(); }),
        Case("MPI_Startall", "", [&](MPI::Count) { MPI::Prequest::Startall(both); }),
        Case("MPI_Request_free", "", [&](MPI::Count) { idle.Free(); }),

        Case("MPI_Psend_init", "a", [&](MPI::Count n) { (void)comm.Psend_init(a(n), 1, 0); }),
        Case("MPI_Precv_init", "a", [&](MPI::Count n) { (void)comm.Precv_init(b(n), 1, 0, 0); }),
        Case("MPI_Pready", "a", [&](MPI::Count) { sends.Pready(0); }),
        Case("MPI_Pready_range", "a", [&](MPI::Count) { sends.Pready_range(0, 0); }),
        Case("MPI_Pready_list", "a", [&](MPI::Count) { sends.Pready_list({0}); }),
        Case("MPI_Parrived", "a", [&](MPI::Count) { (void)receives.Parrived(0); }),

        Case("MPI_Grequest_start", "", [&](MPI::Count) { (void)MPI::Grequest::Start(); }),
        Case("MPI_Grequest_complete", "", [&](MPI::Count) { own.Complete(); }),
    }) check(c);
    if (MPI::detail::has_isendrecv)
        for (const Case& c : std::vector<Case>{
            Case("MPI_Isendrecv", "c", [&](MPI::Count n) { (void)comm.Isendrecv(a(n), 0, 0, b(n)); }),
            Case("MPI_Isendrecv_replace", "c", [&](MPI::Count n) { (void)comm.Isendrecv_replace(b(n), 0); }),
        }) check(c);
    // clang-format on
    if (MPI::detail::has_partitions) {
        sends.Pready(0);
        MPI::Request::Waitall(both);
        sends.Wait();
        receives.Wait();
    }
}

TEST_CASE("A persistent request is not active after an error at its start, and is active while an error leaves it so", "[interposed]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    int x = 5, y = 0;
    MPI::Prequest receive = comm.Recv_init(y, 0, 6);
    fail_next("MPI_Start", code);
    CHECK(!thrown<MPI::Exception>([&] { receive.Start(); }).empty());
    CHECK(receive.Test());  // at once
    receive.Start();
    fail_next("MPI_Wait", code);
    CHECK(!thrown<MPI::Exception>([&] { receive.Wait(); }).empty());
    CHECK_FALSE(receive.Test());
    comm.Send(x, 0, 6);
    receive.Wait();
    CHECK(y == 5);
    (void)failures();
}
