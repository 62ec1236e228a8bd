#include "case.hpp"

#include <array>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

TEST_CASE("A collective call that fails is an Exception with name, code and place", "[interposed]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    const MPI::Cartcomm ring = comm.Create_cart({1}, {true});  // both neighbours are the process itself
    int x = 0, y = 0;
    const auto a = [&](MPI::Count n) { return MPI::LastingConstBuf(&x, n, MPI::INT); };
    const auto b = [&](MPI::Count n) { return MPI::Buf(&y, n, MPI::INT); };
    const auto two_of = [&](MPI::Count n) { return n == 1 ? 2 : n; };  // the neighbours' blocks
    const std::array<int, 1> narrow{1}, place{0};
    const std::array<MPI::Count, 1> wide{large};
    const std::array<MPI::Aint, 1> wide_place{0};
    const std::array<int, 2> two{1, 0}, places{0, 0};
    const std::array<MPI::Count, 2> wide_two{large, 0};
    const std::array<MPI::Aint, 2> wide_places{0, 0};
    const auto av = [&](MPI::Count n) { return n == 1 ? MPI::LastingConstBufV(a(n), narrow) : MPI::LastingConstBufV(a(n), wide); };
    const auto bv = [&](MPI::Count n) { return n == 1 ? MPI::BufV(b(n), narrow) : MPI::BufV(b(n), wide); };
    const auto av2 = [&](MPI::Count n) { return n == 1 ? MPI::LastingConstBufV(a(n), two) : MPI::LastingConstBufV(a(n), wide_two); };
    const auto bv2 = [&](MPI::Count n) { return n == 1 ? MPI::BufV(b(n), two) : MPI::BufV(b(n), wide_two); };
    const auto aw = [&](MPI::Count n) {
        return n == 1 ? MPI::LastingConstBufW(a(n), narrow, place, {MPI::INT}) : MPI::LastingConstBufW(a(n), wide, wide_place, {MPI::INT});
    };
    const auto bw = [&](MPI::Count n) { return n == 1 ? MPI::BufW(b(n), narrow, place, {MPI::INT}) : MPI::BufW(b(n), wide, wide_place, {MPI::INT}); };
    const auto aw2 = [&](MPI::Count n) {
        return n == 1 ? MPI::LastingConstBufW(a(n), two, places, {MPI::INT, MPI::INT})
                      : MPI::LastingConstBufW(a(n), wide_two, wide_places, {MPI::INT, MPI::INT});
    };
    const auto bw2 = [&](MPI::Count n) {
        return n == 1 ? MPI::BufW(b(n), two, places, {MPI::INT, MPI::INT}) : MPI::BufW(b(n), wide_two, wide_places, {MPI::INT, MPI::INT});
    };
    const std::vector<int> part{1};
    const MPI::Op op = MPI::Op::Create<int>([](int p, int q) { return p + q; });
    // "MPIX_Bcast_init" where it is an extension
    const auto init = [](std::string name) {
        const std::string extension = "MPIX" + name.substr(3);
        return fail_next(extension.c_str(), MPI_SUCCESS) != 0 ? extension : name;
    };
    // how MPICH before 4.3 has them
    const auto equal = [&](const char* name, const char* uneven) { return init(MPI::detail::has_equal_init ? name : uneven); };
    const char* const w = MPI::detail::has_int_neighbor_alltoallw ? "c" : "cw";

    // clang-format off
    for (const Case& c : std::vector<Case>{
        Case("MPI_Alltoallw", "c", [&](MPI::Count n) { comm.Alltoallw(aw(n), bw(n)); }),
        Case("MPI_Reduce_scatter", "cr", [&](MPI::Count n) { comm.Reduce_scatter(a(n), b(n), n == 1 ? MPI::detail::Integers(narrow) : wide); }),
        Case("MPI_Allgather", "", [&](MPI::Count n) { comm.Reduce_scatter(a(n), b(n)); }),

        Case("MPI_Gather", "", [&](MPI::Count) { (void)comm.Gatherv(part); }),
        Case("MPI_Gatherv", "", [&](MPI::Count) { (void)comm.Gatherv_counted(part); }),
        Case("MPI_Scatter", "", [&](MPI::Count) { (void)comm.Scatterv(part, narrow); }),
        Case("MPI_Scatterv", "", [&](MPI::Count) { (void)comm.Scatterv(part, narrow); }),
        Case("MPI_Allgather", "", [&](MPI::Count) { (void)comm.Allgatherv_counted(part); }),
        Case("MPI_Allgatherv", "", [&](MPI::Count) { (void)comm.Allgatherv(part); }),
        Case("MPI_Alltoall", "", [&](MPI::Count) { (void)comm.Alltoallv(part, narrow); }),
        Case("MPI_Alltoallv", "", [&](MPI::Count) { (void)comm.Alltoallv_counted(part, narrow); }),

        Case("MPI_Ibarrier", "", [&](MPI::Count) { (void)comm.Ibarrier(); }),
        Case("MPI_Ibcast", "c", [&](MPI::Count n) { (void)comm.Ibcast(b(n), 0); }),
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
        Case("MPI_Iscan", "cr", [&](MPI::Count n) { (void)comm.Iscan(a(n), b(n)); }),
        Case("MPI_Iexscan", "cr", [&](MPI::Count n) { (void)comm.Iexscan(a(n), b(n)); }),
        Case("MPI_Iallreduce", "", [&](MPI::Count n) { (void)comm.Iallreduce(a(n), b(n), op); }),
        Case("MPI_Ireduce_scatter", "cr", [&](MPI::Count n) { (void)comm.Ireduce_scatter(a(n), b(n), n == 1 ? MPI::detail::Integers(narrow) : wide); }),

        Case(init("MPI_Barrier_init").c_str(), "", [&](MPI::Count) { (void)comm.Barrier_init(); }),
        Case(init("MPI_Bcast_init").c_str(), "cr", [&](MPI::Count n) { (void)comm.Bcast_init(b(n), 0); }),
        Case(equal("MPI_Gather_init", "MPI_Gatherv_init").c_str(), "cr", [&](MPI::Count n) { (void)comm.Gather_init(a(n), b(n)); }),
        Case(init("MPI_Gatherv_init").c_str(), "cr", [&](MPI::Count n) { (void)comm.Gatherv_init(a(n), bv(n)); }),
        Case(equal("MPI_Scatter_init", "MPI_Scatterv_init").c_str(), "cr", [&](MPI::Count n) { (void)comm.Scatter_init(a(n), b(n)); }),
        Case(init("MPI_Scatterv_init").c_str(), "cr", [&](MPI::Count n) { (void)comm.Scatterv_init(av(n), b(n)); }),
        Case(equal("MPI_Allgather_init", "MPI_Gatherv_init").c_str(), "cr", [&](MPI::Count n) { (void)comm.Allgather_init(a(n), b(n)); }),
        Case(init("MPI_Alltoall_init").c_str(), "cr", [&](MPI::Count n) { (void)comm.Alltoall_init(a(n), b(n)); }),
        Case(init("MPI_Alltoallv_init").c_str(), "cr", [&](MPI::Count n) { (void)comm.Alltoallv_init(av(n), bv(n)); }),
        Case(init("MPI_Alltoallw_init").c_str(), "cr", [&](MPI::Count n) { (void)comm.Alltoallw_init(aw(n), bw(n)); }),
        Case(init("MPI_Reduce_init").c_str(), "cr", [&](MPI::Count n) { (void)comm.Reduce_init(a(n), b(n)); }),
        Case(init("MPI_Allreduce_init").c_str(), "cr", [&](MPI::Count n) { (void)comm.Allreduce_init(a(n), b(n)); }),
        Case(init("MPI_Reduce_scatter_block_init").c_str(), "cr", [&](MPI::Count n) { (void)comm.Reduce_scatter_block_init(a(n), b(n)); }),
        Case(init("MPI_Scan_init").c_str(), "cr", [&](MPI::Count n) { (void)comm.Scan_init(a(n), b(n)); }),
        Case(init("MPI_Exscan_init").c_str(), "cr", [&](MPI::Count n) { (void)comm.Exscan_init(a(n), b(n)); }),
        Case(init("MPI_Allreduce_init").c_str(), "", [&](MPI::Count n) { (void)comm.Allreduce_init(a(n), b(n), op); }),
        Case(init("MPI_Reduce_scatter_init").c_str(), "cr", [&](MPI::Count n) { (void)comm.Reduce_scatter_init(a(n), b(n), n == 1 ? MPI::detail::Integers(narrow) : wide); }),
    }) check(c);

    for (const Case& c : std::vector<Case>{
        Case("MPI_Neighbor_allgather", "c", [&](MPI::Count n) { ring.Neighbor_allgather(a(n), b(two_of(n))); }),
        Case("MPI_Neighbor_allgatherv", "c", [&](MPI::Count n) { ring.Neighbor_allgatherv(a(n), bv2(n)); }),
        Case("MPI_Neighbor_alltoall", "c", [&](MPI::Count n) { ring.Neighbor_alltoall(a(two_of(n)), b(two_of(n))); }),
        Case("MPI_Neighbor_alltoallv", "c", [&](MPI::Count n) { ring.Neighbor_alltoallv(av2(n), bv2(n)); }),
        Case("MPI_Neighbor_alltoallw", w, [&](MPI::Count n) { ring.Neighbor_alltoallw(aw2(n), bw2(n)); }),
        Case("MPI_Ineighbor_allgather", "c", [&](MPI::Count n) { (void)ring.Ineighbor_allgather(a(n), b(two_of(n))); }),
        Case("MPI_Ineighbor_allgatherv", "c", [&](MPI::Count n) { (void)ring.Ineighbor_allgatherv(a(n), bv2(n)); }),
        Case("MPI_Ineighbor_alltoall", "c", [&](MPI::Count n) { (void)ring.Ineighbor_alltoall(a(two_of(n)), b(two_of(n))); }),
        Case("MPI_Ineighbor_alltoallv", "c", [&](MPI::Count n) { (void)ring.Ineighbor_alltoallv(av2(n), bv2(n)); }),
        Case("MPI_Ineighbor_alltoallw", w, [&](MPI::Count n) { (void)ring.Ineighbor_alltoallw(aw2(n), bw2(n)); }),
        Case(init("MPI_Neighbor_allgather_init").c_str(), "cr", [&](MPI::Count n) { (void)ring.Neighbor_allgather_init(a(n), b(two_of(n))); }),
        Case(init("MPI_Neighbor_allgatherv_init").c_str(), "cr", [&](MPI::Count n) { (void)ring.Neighbor_allgatherv_init(a(n), bv2(n)); }),
        Case(init("MPI_Neighbor_alltoall_init").c_str(), "cr", [&](MPI::Count n) { (void)ring.Neighbor_alltoall_init(a(two_of(n)), b(two_of(n))); }),
        Case(init("MPI_Neighbor_alltoallv_init").c_str(), "cr", [&](MPI::Count n) { (void)ring.Neighbor_alltoallv_init(av2(n), bv2(n)); }),
        Case(init("MPI_Neighbor_alltoallw_init").c_str(), (std::string(w) + "r").c_str(), [&](MPI::Count n) { (void)ring.Neighbor_alltoallw_init(aw2(n), bw2(n)); }),
        Case("MPI_Neighbor_allgather", "", [&](MPI::Count) { (void)ring.neighbor_allgather(1); }),
        Case("MPI_Neighbor_allgatherv", "", [&](MPI::Count) { (void)ring.neighbor_allgather(1); }),
        Case("MPI_Neighbor_alltoall", "", [&](MPI::Count) { (void)ring.neighbor_alltoall(std::vector<int>{1, 2}); }),
        Case("MPI_Neighbor_alltoallv", "", [&](MPI::Count) { (void)ring.neighbor_alltoall(std::vector<int>{1, 2}); }),
        Case("MPI_Topo_test", "", [&](MPI::Count) { (void)ring.degrees(); }),
        Case("MPI_Cartdim_get", "", [&](MPI::Count) { (void)ring.indegree(); }),
        Case("MPI_Cart_shift", "", [&](MPI::Count) { (void)ring.inedges(); }),
    }) check(c);

    if (MPI::COMM_WORLD.size() > 1) {
        const MPI::Intracomm& world = MPI::COMM_WORLD;
        std::vector<int> all(static_cast<std::size_t>(world.size())), counts(all.size(), 1);
        std::vector<MPI::Count> long_counts(all.size(), 0);
        long_counts[static_cast<std::size_t>(world.rank())] = large;
        const auto blocks = [&](MPI::Count n) { return n == 1 ? MPI::BufV(all, counts) : MPI::BufV(b(n), long_counts); };
        for (const Case& c : std::vector<Case>{
            Case("MPI_Iallgatherv", "c", [&](MPI::Count n) { (void)world.Iallgatherv(a(n), blocks(n)); }),
            Case(init("MPI_Allgatherv_init").c_str(), "cr", [&](MPI::Count n) { (void)world.Allgatherv_init(a(n), blocks(n)); }),
        }) check(c);
    }
    // clang-format on
}
