#include "case.hpp"

#include <mpi4cxx/detail/mpi/platform.hpp>

#include <array>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

/// "MPIX_Bcast_init" where that is what the MPI calls it.
const char* extension(const std::string& function) {
    static std::set<std::string> names;
    const bool is_standard = fail_next(function.c_str(), MPI_SUCCESS) != 0;
    return names.insert(is_standard ? function : "MPIX" + function.substr(3)).first->c_str();
}

/// What a persistent call of equal blocks comes to where the MPI's own is wrong.
const char* equal(const char* function, const char* of_different_size) {
    return extension(MPI::detail::has_equal_init() ? function : of_different_size);
}

}  // namespace

TEST_CASE("A nonblocking or persistent call that fails is an Exception with name, code and place", "[interposed]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    const MPI::Distgraphcomm graph = comm.Create_dist_graph_adjacent({0}, {0});  // its own neighbour
    int x = 0, y = 0;
    const auto a = [&](MPI::Count n) { return MPI::ConstBuf(&x, n, MPI::INT); };
    const auto b = [&](MPI::Count n) { return MPI::Buf(&y, n, MPI::INT); };
    const std::array<int, 1> narrow{1};
    const std::array<MPI::Count, 1> wide{large};
    const auto av = [&](MPI::Count n) { return n == 1 ? MPI::ConstBufV(a(n), narrow) : MPI::ConstBufV(a(n), wide); };
    const auto bv = [&](MPI::Count n) { return n == 1 ? MPI::BufV(b(n), narrow) : MPI::BufV(b(n), wide); };
    const std::array<int, 1> here{0};
    const std::array<MPI::Aint, 1> far{0};
    const auto aw = [&](MPI::Count n) {
        return n == 1 ? MPI::ConstBufW(a(n), narrow, here, {MPI::INT}) : MPI::ConstBufW(a(n), wide, far, {MPI::INT});
    };
    const auto bw = [&](MPI::Count n) { return n == 1 ? MPI::BufW(b(n), narrow, here, {MPI::INT}) : MPI::BufW(b(n), wide, far, {MPI::INT}); };
    const char* const uneven = MPI::detail::has_int_neighbor_alltoallw() ? "c" : "cw";
    const auto counts = [&](MPI::Count n) { return n == 1 ? MPI::detail::CountList(narrow) : MPI::detail::CountList(wide); };

    // clang-format off
    for (const Case& c : std::vector<Case>{
        Case(MPI::detail::miscounts_in_lone_alltoallw() ? "MPI_Ialltoallw" : "MPI_Alltoallw", "c", [&](MPI::Count n) { comm.Alltoallw(aw(n), bw(n)); }),
        Case("MPI_Reduce_scatter", "cr", [&](MPI::Count n) { comm.Reduce_scatter(a(n), b(n), counts(n)); }),
        Case("MPI_Ibarrier", "", [&](MPI::Count) { (void)comm.Ibarrier(); }),
        Case("MPI_Ibcast", "c", [&](MPI::Count n) { (void)comm.Ibcast(b(n)); }),
        Case("MPI_Igather", "c", [&](MPI::Count n) { (void)comm.Igather(a(n), b(n)); }),
        Case("MPI_Igatherv", "c", [&](MPI::Count n) { (void)comm.Igatherv(a(n), bv(n)); }),
        Case("MPI_Iscatter", "c", [&](MPI::Count n) { (void)comm.Iscatter(a(n), b(n)); }),
        Case("MPI_Iscatterv", "c", [&](MPI::Count n) { (void)comm.Iscatterv(av(n), b(n)); }),
        Case("MPI_Iallgather", "c", [&](MPI::Count n) { (void)comm.Iallgather(a(n), b(n)); }),
        Case("MPI_Ialltoall", "c", [&](MPI::Count n) { (void)comm.Ialltoall(a(n), b(n)); }),
        Case("MPI_Ialltoallv", "c", [&](MPI::Count n) { (void)comm.Ialltoallv(av(n), bv(n)); }),
        Case("MPI_Ialltoallw", "c", [&](MPI::Count n) { (void)comm.Ialltoallw(aw(n), bw(n)); }),
        Case("MPI_Ireduce", "cr", [&](MPI::Count n) { (void)comm.Ireduce(a(n), b(n)); }),
        Case("MPI_Iallreduce", "cr", [&](MPI::Count n) { (void)comm.Iallreduce(a(n), b(n)); }),
        Case("MPI_Ireduce_scatter_block", "cr", [&](MPI::Count n) { (void)comm.Ireduce_scatter_block(a(n), b(n)); }),
        Case("MPI_Ireduce_scatter", "cr", [&](MPI::Count n) { (void)comm.Ireduce_scatter(a(n), b(n), counts(n)); }),
        Case("MPI_Iscan", "cr", [&](MPI::Count n) { (void)comm.Iscan(a(n), b(n)); }),
        Case("MPI_Iexscan", "cr", [&](MPI::Count n) { (void)comm.Iexscan(a(n), b(n)); }),

        Case("MPI_Sendrecv_replace", "c", [&](MPI::Count n) { comm.Sendrecv_replace(b(n), 0, 0, 0); }),
        Case("MPI_Send_init", "c", [&](MPI::Count n) { (void)comm.Send_init(a(n), 0); }),
        Case("MPI_Ssend_init", "c", [&](MPI::Count n) { (void)comm.Ssend_init(a(n), 0); }),
        Case("MPI_Bsend_init", "c", [&](MPI::Count n) { (void)comm.Bsend_init(a(n), 0); }),
        Case("MPI_Rsend_init", "c", [&](MPI::Count n) { (void)comm.Rsend_init(a(n), 0); }),
        Case("MPI_Recv_init", "c", [&](MPI::Count n) { (void)comm.Recv_init(b(n), 0); }),
        Case("MPI_Psend_init", "a", [&](MPI::Count n) { (void)comm.Psend_init(a(n), 1, 0); }),
        Case("MPI_Precv_init", "a", [&](MPI::Count n) { (void)comm.Precv_init(b(n), 1, 0, 0); }),

        Case(extension("MPI_Barrier_init"), "", [&](MPI::Count) { (void)comm.Barrier_init(); }),
        Case(extension("MPI_Bcast_init"), "cr", [&](MPI::Count n) { (void)comm.Bcast_init(b(n)); }),
        Case(equal("MPI_Gather_init", "MPI_Gatherv_init"), "cr", [&](MPI::Count n) { (void)comm.Gather_init(a(n), b(n)); }),
        Case(extension("MPI_Gatherv_init"), "cr", [&](MPI::Count n) { (void)comm.Gatherv_init(a(n), bv(n)); }),
        Case(equal("MPI_Scatter_init", "MPI_Scatterv_init"), "cr", [&](MPI::Count n) { (void)comm.Scatter_init(a(n), b(n)); }),
        Case(extension("MPI_Scatterv_init"), "cr", [&](MPI::Count n) { (void)comm.Scatterv_init(av(n), b(n)); }),
        Case(equal("MPI_Allgather_init", "MPI_Gatherv_init"), "cr", [&](MPI::Count n) { (void)comm.Allgather_init(a(n), b(n)); }),
        Case(extension("MPI_Alltoall_init"), "cr", [&](MPI::Count n) { (void)comm.Alltoall_init(a(n), b(n)); }),
        Case(extension("MPI_Alltoallv_init"), "cr", [&](MPI::Count n) { (void)comm.Alltoallv_init(av(n), bv(n)); }),
        Case(extension("MPI_Alltoallw_init"), "cr", [&](MPI::Count n) { (void)comm.Alltoallw_init(aw(n), bw(n)); }),
        Case(extension("MPI_Reduce_init"), "cr", [&](MPI::Count n) { (void)comm.Reduce_init(a(n), b(n)); }),
        Case(extension("MPI_Allreduce_init"), "cr", [&](MPI::Count n) { (void)comm.Allreduce_init(a(n), b(n)); }),
        Case(extension("MPI_Reduce_scatter_block_init"), "cr", [&](MPI::Count n) { (void)comm.Reduce_scatter_block_init(a(n), b(n)); }),
        Case(extension("MPI_Reduce_scatter_init"), "cr", [&](MPI::Count n) { (void)comm.Reduce_scatter_init(a(n), b(n), counts(n)); }),
        Case(extension("MPI_Scan_init"), "cr", [&](MPI::Count n) { (void)comm.Scan_init(a(n), b(n)); }),
        Case(extension("MPI_Exscan_init"), "cr", [&](MPI::Count n) { (void)comm.Exscan_init(a(n), b(n)); }),

        Case("MPI_Neighbor_allgather", "c", [&](MPI::Count n) { graph.Neighbor_allgather(a(n), b(n)); }),
        Case("MPI_Neighbor_allgatherv", "c", [&](MPI::Count n) { graph.Neighbor_allgatherv(a(n), bv(n)); }),
        Case("MPI_Neighbor_alltoall", "c", [&](MPI::Count n) { graph.Neighbor_alltoall(a(n), b(n)); }),
        Case("MPI_Neighbor_alltoallv", "c", [&](MPI::Count n) { graph.Neighbor_alltoallv(av(n), bv(n)); }),
        Case("MPI_Neighbor_alltoallw", uneven, [&](MPI::Count n) { graph.Neighbor_alltoallw(aw(n), bw(n)); }),
        Case("MPI_Ineighbor_allgather", "c", [&](MPI::Count n) { (void)graph.Ineighbor_allgather(a(n), b(n)); }),
        Case("MPI_Ineighbor_allgatherv", "c", [&](MPI::Count n) { (void)graph.Ineighbor_allgatherv(a(n), bv(n)); }),
        Case("MPI_Ineighbor_alltoall", "c", [&](MPI::Count n) { (void)graph.Ineighbor_alltoall(a(n), b(n)); }),
        Case("MPI_Ineighbor_alltoallv", "c", [&](MPI::Count n) { (void)graph.Ineighbor_alltoallv(av(n), bv(n)); }),
        Case("MPI_Ineighbor_alltoallw", uneven, [&](MPI::Count n) { (void)graph.Ineighbor_alltoallw(aw(n), bw(n)); }),
        Case(extension("MPI_Neighbor_allgather_init"), "cr", [&](MPI::Count n) { (void)graph.Neighbor_allgather_init(a(n), b(n)); }),
        Case(extension("MPI_Neighbor_allgatherv_init"), "cr", [&](MPI::Count n) { (void)graph.Neighbor_allgatherv_init(a(n), bv(n)); }),
        Case(extension("MPI_Neighbor_alltoall_init"), "cr", [&](MPI::Count n) { (void)graph.Neighbor_alltoall_init(a(n), b(n)); }),
        Case(extension("MPI_Neighbor_alltoallv_init"), "cr", [&](MPI::Count n) { (void)graph.Neighbor_alltoallv_init(av(n), bv(n)); }),
        Case(extension("MPI_Neighbor_alltoallw_init"), MPI::detail::has_int_neighbor_alltoallw() ? "cr" : "cwr", [&](MPI::Count n) { (void)graph.Neighbor_alltoallw_init(aw(n), bw(n)); }),
        Case("MPI_Dist_graph_neighbors_count", "", [&](MPI::Count) { (void)graph.degrees(); }),
        Case("MPI_Dist_graph_neighbors", "", [&](MPI::Count) { (void)graph.inedges(); }),
    }) check(c);
    // clang-format on
}

TEST_CASE("A failing call of the families of Allgatherv is an Exception with name, code and place", "[interposed]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    if (comm.size() == 1)  // other functions do that
        return;
    const auto n = static_cast<std::size_t>(comm.size());
    int x = 0;
    std::vector<int> all(n);
    const std::vector<int> narrow(n, 1);
    std::vector<MPI::Count> wide(n, 0);
    wide[static_cast<std::size_t>(comm.rank())] = large;  // the own block, which both sides have
    const auto a = [&](MPI::Count count) { return MPI::ConstBuf(&x, count, MPI::INT); };
    const auto b = [&](MPI::Count count) { return count == 1 ? MPI::BufV(all, narrow) : MPI::BufV(MPI::Buf(all.data(), large, MPI::INT), wide); };
    check(Case("MPI_Iallgatherv", "c", [&](MPI::Count count) { (void)comm.Iallgatherv(a(count), b(count)); }));
    check(Case(extension("MPI_Allgatherv_init"), "cr", [&](MPI::Count count) { (void)comm.Allgatherv_init(a(count), b(count)); }));
}

TEST_CASE("A persistent or general request that fails is an Exception with name, code and place", "[interposed]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    int x = 0, y = 0;
    std::array<MPI::Prequest, 1> made{comm.Send_init(x, 0, 5)};
    MPI::Grequest own = MPI::Grequest::Start();
    // clang-format off
    for (const Case& c : std::vector<Case>{
        Case("MPI_Start", "", [&](MPI::Count) { made[0].Start(); }),
        Case("MPI_Startall", "", [&](MPI::Count) { MPI::Prequest::Startall(made); }),
        Case("MPI_Grequest_start", "", [&](MPI::Count) { (void)MPI::Grequest::Start(); }),
        Case("MPI_Grequest_complete", "", [&](MPI::Count) { own.Complete(); }),
        Case("MPI_Request_free", "", [&](MPI::Count) { made[0].Free(); }),
        Case(MPI::detail::has_isendrecv ? "MPI_Isendrecv" : "MPI_Irecv", "c", [&](MPI::Count n) { (void)comm.Isendrecv({&x, n, MPI::INT}, 0, 0, {&y, n, MPI::INT}, 0, 0); }),
    }) check(c);
    // clang-format on
    own.Complete();
    own.Wait();
    const char* const replace = MPI::detail::has_isendrecv ? "MPI_Isendrecv_replace" : "MPI_Irecv";
    const char* const kinds = MPI::detail::has_isendrecv ? "c" : "";  // else the buffer is copied
    // clang-format off
    check(Case(replace, kinds, [&](MPI::Count n) { (void)comm.Isendrecv_replace({&y, n, MPI::INT}, 0, 0, 0, 0); }));
    // clang-format on
    if (!MPI::detail::has_partitions)
        return;
    MPI::Prequest send = comm.Psend_init(x, 1, 0, 6), receive = comm.Precv_init(y, 1, 0, 6);
    receive.Start();
    send.Start();
    // clang-format off
    for (const Case& c : std::vector<Case>{
        Case("MPI_Pready", "a", [&](MPI::Count) { send.Pready(0); }),
        Case("MPI_Pready_range", "a", [&](MPI::Count) { send.Pready_range(0, 0); }),
        Case("MPI_Pready_list", "a", [&](MPI::Count) { send.Pready_list({0}); }),
        Case("MPI_Parrived", "a", [&](MPI::Count) { (void)receive.Parrived(0); }),
    }) check(c);
    // clang-format on
    send.Pready(0);
    send.Wait();
    receive.Wait();
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
