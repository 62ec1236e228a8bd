// The rules of buffers on their own, without a call: lib/communicators/plan.cpp is linked into this program as it is in the library.
#include "../lib/communicators/plan.hpp"

#include "catch.hpp"
#include "support.hpp"

#include <climits>
#include <complex>
#include <vector>

namespace MPI = mpi4cxx;
using namespace mpi4cxx::detail;
using std::vector;

namespace {

const Caller caller{MPI::At("here.cpp", 7), "Method"};

/// A communicator between process `a` and the rest of the world, from the side of this one.
MPI::Comm make_inter(const MPI::Intracomm& world) {
    const bool alone = world.rank() == 0;
    const MPI::Intracomm half = world.Split(alone ? 0 : 1, world.rank());
    MPI_Comm raw = MPI_COMM_NULL;
    MPI_Intercomm_create(half.handle(), 0, world.handle(), alone ? 1 : 0, 1, &raw);
    return MPI::Comm::take(raw);
}

std::string misuse_of(auto f) { return thrown<std::invalid_argument>(f); }

}  // namespace

TEST_CASE("A plan divides the buffer of all blocks and leaves the other as it is", "[plan]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto size = static_cast<std::size_t>(comm.size());
        vector<int> part(3), all(3 * size), other(3 * size);
        for (int root = 0; root < comm.size(); ++root) {
            const bool is_root = comm.rank() == root;
            const auto [gs, gr] = gather_blocks(comm, part, all, root, caller);
            CHECK(gs.count == 3);
            CHECK(gr.count == (is_root ? 3 : std::ssize(all)));
            CHECK(gr.data == all.data());
            CHECK(gr.type == MPI_INT);
            const auto [ss, sr] = scatter_blocks(comm, all, part, root, caller);
            CHECK(ss.count == (is_root ? 3 : std::ssize(all)));
            CHECK(sr.count == 3);
            if (is_root) {
                CHECK(gather_blocks(comm, MPI::IN_PLACE, all, root, caller).send.is_in_place());
                CHECK(scatter_blocks(comm, all, MPI::IN_PLACE, root, caller).recv.is_in_place());
            }
        }
        CHECK(allgather_blocks(comm, part, all, caller).recv.count == 3);
        CHECK(allgather_blocks(comm, MPI::IN_PLACE, all, caller).recv.count == 3);
        CHECK(alltoall_blocks(comm, all, other, caller).send.count == 3);
        CHECK(alltoall_blocks(comm, all, other, caller).recv.count == 3);
        CHECK(alltoall_blocks(comm, MPI::IN_PLACE, all, caller).recv.count == 3);
        CHECK(reduce_blocks(comm, all, part, MPI::SUM, caller).recv.count == 3);
        CHECK(reduce_blocks(comm, MPI::IN_PLACE, all, MPI::SUM, caller).recv.count == 3);
        CHECK(allgather_blocks(comm, {}, {}, caller).recv.count == 0);
    });
}

TEST_CASE("A count that is named is that of one block, as in C", "[plan]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int size = comm.size(), rank = comm.rank();
        vector<int> part(3), all(static_cast<std::size_t>(3 * size)), other(all.size());
        const MPI::Buf named(all.data(), 3), typed(all.data(), 3, MPI::INT);
        for (const MPI::Buf& blocks : {named, typed}) {
            CHECK(gather_blocks(comm, part, blocks, rank, caller).recv.count == 3);
            CHECK(scatter_blocks(comm, blocks, part, rank, caller).send.count == 3);
            CHECK(allgather_blocks(comm, part, blocks, caller).recv.count == 3);
            CHECK(alltoall_blocks(comm, blocks, other, caller).send.count == 3);
            CHECK(alltoall_blocks(comm, other, blocks, caller).recv.count == 3);
            CHECK(alltoall_blocks(comm, all, blocks, caller).send.is_in_place());
            CHECK(reduce_blocks(comm, blocks, part, MPI::SUM, caller).recv.count == 3);
            CHECK(neighbor_alltoall_blocks({size, size}, blocks, other, caller).send.count == 3);
            CHECK(partition(blocks, 7, caller) == 3);
        }
        CHECK(partition(MPI::Buf(all), size, caller) == 3);
        CHECK(misuse_of([&] { allgather_blocks(comm, part, MPI::Buf(all.data(), 2), caller); }) ==
              "Method: sendbuf has 3 elements a process, recvbuf 2 (here.cpp:7)");
    });
}

TEST_CASE("Of blocks by a pointer nobody knows how many elements there are", "[plan]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    vector<int> few(2), five(5), ten(10);
    const vector<int> counts{5}, displs{-3};
    const auto plan = allgatherv_blocks(comm, five, {few.data(), counts, displs}, caller);
    CHECK(plan.recv.counts[0] == 5);
    CHECK(plan.recv.displs[0] == -3);
    CHECK(plan.recv.type == MPI_INT);
    CHECK(allgatherv_blocks(comm, five, {few.data(), counts}, caller).recv.displs[0] == 0);
    const MPI::Datatype pair = MPI::INT.Create_contiguous(2).Commit();
    CHECK(allgatherv_blocks(comm, ten, {few.data(), counts, displs, pair}, caller).recv.type == pair.handle());
    CHECK(allgatherv_blocks(comm, ten, {few, counts, displs, pair}, caller).recv.type == pair.handle());
    CHECK(allgatherv_blocks(comm, ten, {static_cast<void*>(few.data()), counts, {}, pair}, caller).recv.data == few.data());
}

TEST_CASE("A buffer that is too short for its blocks says what all of them need", "[plan]") {
    const vector<int> counts{2, 3, 1}, displs{0, 2, 9};
    CHECK(misuse_of([&] {
              checked_blocks(3, {counts, displs}, 4, 0, Side::recv, caller);
          }) == "Method: recvbuf has 4 elements, its blocks need 10 (here.cpp:7)");
    CHECK(misuse_of([&] {
              checked_blocks(3, {counts, {}}, 4, 0, Side::send, caller);
          }) == "Method: sendbuf has 4 elements, its blocks need 6 (here.cpp:7)");
}

TEST_CASE("A reduction of arrays is one of their numbers", "[plan]") {
    using Vector = std::array<double, 3>;
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    vector<Vector> in(4), out(4);
    const auto [s, r] = allreduce_pair(comm, in, out, MPI::SUM, caller);
    CHECK(s.type == MPI_DOUBLE);
    CHECK(r.type == MPI_DOUBLE);
    CHECK(r.count == 12);
    float matrix[2][3] = {}, result[2][3] = {};
    CHECK(allreduce_pair(comm, matrix, result, MPI::MAX, caller).recv.count == 6);
    std::array<std::array<int, 2>, 5> nested{}, nested_result{};
    CHECK(allreduce_pair(comm, nested, nested_result, MPI::PROD, caller).recv.count == 10);
    const vector<int> counts{4};
    const auto plan = reduce_scatter_blocks(comm, in, out, counts, MPI::SUM, caller);
    CHECK(plan.blocks.counts[0] == 12);
    CHECK(reduce_blocks(comm, in, out, MPI::SUM, caller).recv.count == 12);
    // a user's operation takes them as they are, or their numbers
    const auto of_arrays = MPI::Op::Create<Vector>([](const Vector& a, const Vector&) { return a; });
    CHECK(allreduce_pair(comm, in, out, of_arrays, caller).recv.count == 4);
    const auto of_numbers = MPI::Op::Create<double>([](double a, double b) { return a + b; });
    CHECK(allreduce_pair(comm, in, out, of_numbers, caller).recv.count == 12);
}

TEST_CASE("A reduction of a struct needs an operation of the user's, or is of pairs", "[plan]") {
    struct Place {
        double value;
        int rank;
    };
    struct Point {
        double x, y;
    };
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    Place place{}, best{};
    CHECK(allreduce_pair(comm, place, best, MPI::MINLOC, caller).recv.type == MPI_DOUBLE_INT);
    CHECK(contains(misuse_of([&] { allreduce_pair(comm, place, best, MPI::SUM, caller); }), "recvbuf holds "));
    std::pair<double, int> pair, least;
    CHECK(contains(misuse_of([&] { allreduce_pair(comm, pair, least, MPI::SUM, caller); }), "Op::Create<std::pair<double, int>>"));
    Point point{}, sum{};
    const std::string why = misuse_of([&] { allreduce_pair(comm, point, sum, MPI::SUM, caller); });
    CHECK(contains(why, "Method: predefined operations work on numbers, recvbuf holds "));
    CHECK(contains(why, "Point: make one for it with Op::Create<"));
    CHECK(contains(misuse_of([&] { allreduce_pair(comm, point, sum, MPI::MAXLOC, caller); }), "Op::Create"));
    double real = 0, both = 0;
    CHECK(contains(misuse_of([&] { allreduce_pair(comm, real, both, MPI::LAND, caller); }), "the operation does not work on elements of MPI_DOUBLE"));
    bool flag = true, any = false;
    CHECK(contains(misuse_of([&] { allreduce_pair(comm, flag, any, MPI::SUM, caller); }), "a SUM of bool is no count"));
    CHECK(allreduce_pair(comm, flag, any, MPI::LOR, caller).recv.type == MPI_C_BOOL);
    std::array<bool, 2> flags{}, all{};
    CHECK(contains(misuse_of([&] { allreduce_pair(comm, flags, all, MPI::SUM, caller); }), "a SUM of bool is no count"));
}

TEST_CASE("The same memory on both sides of a reduction is in place", "[plan]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        vector<int> a(2), b(2);
        CHECK(allreduce_pair(comm, a, a, MPI::SUM, caller).send.is_in_place());
        CHECK_FALSE(allreduce_pair(comm, a, b, MPI::SUM, caller).send.is_in_place());
        const auto [send, recv] = reduce_pair(comm, a, a, MPI::SUM, 0, caller);
        CHECK(send.is_in_place() == (comm.rank() == 0));
        CHECK(recv.count == 2);
    });
}

TEST_CASE("A block that lies in its own place is in place, and one in the place of another is refused", "[plan]") {
    vector<double> all(6);
    const auto is_own = [&](std::size_t at, MPI::Count count, MPI::Count offset) {
        return is_own_block({all.data() + at, 2, MPI::DOUBLE}, all.data(), count, offset, MPI_DOUBLE, caller);
    };
    CHECK(is_own(0, 2, 0));
    CHECK(is_own(4, 2, 4));
    CHECK_FALSE(is_own(4, 2, 2));
    CHECK_FALSE(is_own(4, 2, 0));
    CHECK_FALSE(is_own(4, 3, 4));
    CHECK_FALSE(is_own_block({all.data() + 4, 2, MPI::INT}, all.data(), 2, 4, MPI_DOUBLE, caller));
    CHECK_FALSE(is_own_block({MPI::BOTTOM, 2, MPI::DOUBLE}, MPI_BOTTOM, 2, 0, MPI_DOUBLE, caller));
    CHECK_FALSE(is_own_block({all.data(), 0, MPI::DOUBLE}, all.data(), 0, 0, MPI_DOUBLE, caller));
    CHECK(misuse_of([&] { (void)is_own(0, 2, 2); }).find("Method: sendbuf and recvbuf begin at the same place") == 0);
}

TEST_CASE("Where a process sends nothing, the same memory on both sides is not in place", "[plan]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto size = static_cast<std::size_t>(comm.size());
        vector<int> all(size);
        const vector<int> ones(size, 1), zeros(size, 0);
        CHECK(alltoallv_blocks(comm, {all, ones}, {all, ones}, caller).send.data == MPI_IN_PLACE);
        const void* const elsewhere = alltoallv_blocks(comm, {all, zeros}, {all, zeros}, caller).send.data;
        CHECK(elsewhere != MPI_IN_PLACE);
        CHECK(elsewhere != all.data());  // which MPICH refuses
    });
}

TEST_CASE("A plan refuses IN_PLACE where there is nothing in place", "[plan]") {
    const auto refuses = [](const char* text, auto plan) {
        const std::string why = misuse_of(plan);
        INFO(why);
        CHECK(contains(why, text));
    };
    for_each_comm([&](const MPI::Intracomm& comm) {
        const auto size = static_cast<std::size_t>(comm.size());
        int one = 0;
        vector<int> all(size);
        const vector<int> counts(size, 1);
        const MPI::InPlace& in_place = MPI::IN_PLACE;
        const char *const only_send = "recvbuf is IN_PLACE, which only sendbuf can be", *const only_recv =
                                                                                            "sendbuf is IN_PLACE, which only recvbuf can be";
        for (int root = 0; root < comm.size(); ++root) {
            if (comm.rank() == root) {
                refuses(only_send, [&] { gather_blocks(comm, one, in_place, root, caller); });
                refuses(only_send, [&] { gatherv_blocks(comm, one, in_place, root, caller); });
                refuses(only_recv, [&] { scatter_blocks(comm, in_place, one, root, caller); });
                refuses(only_recv, [&] { scatterv_blocks(comm, in_place, one, root, caller); });
                refuses(only_send, [&] { reduce_pair(comm, one, in_place, MPI::SUM, root, caller); });
            } else {
                refuses("sendbuf is IN_PLACE, which it can be only on the root", [&] { gather_blocks(comm, in_place, all, root, caller); });
                refuses("sendbuf is IN_PLACE, which", [&] { gatherv_blocks(comm, in_place, {all, counts}, root, caller); });
                refuses("recvbuf is IN_PLACE, which it can be only on the root", [&] { scatter_blocks(comm, all, in_place, root, caller); });
                refuses("recvbuf is IN_PLACE, which", [&] { scatterv_blocks(comm, {all, counts}, in_place, root, caller); });
                refuses("sendbuf is IN_PLACE, which", [&] { reduce_pair(comm, in_place, one, MPI::SUM, root, caller); });
            }
        }
        refuses(only_send, [&] { allgather_blocks(comm, one, in_place, caller); });
        refuses(only_send, [&] { allgatherv_blocks(comm, one, in_place, caller); });
        refuses(only_send, [&] { alltoall_blocks(comm, all, in_place, caller); });
        refuses(only_send, [&] { alltoallv_blocks(comm, {all, counts}, in_place, caller); });
        refuses(only_send, [&] { alltoallw_blocks(comm, MPI::BufW(in_place), MPI::BufW(in_place), caller); });
        refuses(only_send, [&] { allreduce_pair(comm, one, in_place, MPI::SUM, caller); });
        refuses(only_send, [&] { reduce_blocks(comm, all, in_place, MPI::SUM, caller); });
        refuses(only_send, [&] { reduce_scatter_blocks(comm, all, in_place, counts, MPI::SUM, caller); });
        refuses("buf is IN_PLACE: give the memory itself", [&] { check_bcast(comm, MPI_IN_PLACE, 0, caller); });
        const Neighbors both{comm.size(), comm.size()};
        const char* const neighbors = "is IN_PLACE, which it cannot be among neighbors";
        refuses(neighbors, [&] { neighbor_allgather_blocks(both.from, in_place, all, caller); });
        refuses(neighbors, [&] { neighbor_alltoall_blocks(both, all, in_place, caller); });
        refuses(neighbors, [&] { alltoallv_blocks(both, in_place, {all, counts}, caller); });
        refuses(neighbors, [&] { allgatherv_blocks(both.from, in_place, {all, counts}, caller); });
        refuses(neighbors, [&] { neighbor_alltoallw_blocks(both, MPI::ConstBufW(in_place), MPI::BufW(in_place), caller); });
    });
}

TEST_CASE("A plan of blocks of different sizes compares what a process sends to itself", "[plan]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    vector<int> two(2), three(3);
    vector<float> reals(3);
    const vector<int> count{2}, more{3};
    const char* const text = "Method: sendbuf has 3 elements for this process, recvbuf 2 (here.cpp:7)";
    CHECK(misuse_of([&] { gatherv_blocks(comm, three, {two, count}, 0, caller); }) == text);
    CHECK(misuse_of([&] { scatterv_blocks(comm, {three, more}, two, 0, caller); }) == text);
    CHECK(misuse_of([&] { allgatherv_blocks(comm, three, {two, count}, caller); }) == text);
    CHECK(misuse_of([&] { alltoallv_blocks(comm, {three, more}, {two, count}, caller); }) == text);
    CHECK(misuse_of([&] {
              allgatherv_blocks(comm, three, {reals, more}, caller);
          }) == "Method: sendbuf holds MPI_INT, recvbuf MPI_FLOAT (here.cpp:7)");
    CHECK(allgatherv_blocks(comm, two, {three, count}, caller).recv.counts[0] == 2);
}

TEST_CASE("A plan refuses numbers of one type that arrive as those of another", "[plan]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    vector<int> ints(2);
    vector<unsigned> naturals(2);
    vector<float> floats(2);
    vector<double> one_double(1);
    vector<std::complex<float>> one_complex(1);
    vector<char> bytes(8);
    CHECK(misuse_of([&] { allgather_blocks(comm, ints, floats, caller); }) == "Method: sendbuf holds MPI_INT, recvbuf MPI_FLOAT (here.cpp:7)");
    CHECK(contains(misuse_of([&] { gather_blocks(comm, floats, one_double, 0, caller); }), "recvbuf MPI_DOUBLE"));
    CHECK(contains(misuse_of([&] { scatter_blocks(comm, ints, one_double, 0, caller); }), "recvbuf MPI_DOUBLE"));
    CHECK(contains(misuse_of([&] { alltoall_blocks(comm, one_double, ints, caller); }), "recvbuf MPI_INT"));
    CHECK(misuse_of([&] { gather_blocks(comm, ints, {}, 0, caller); }) == "Method: sendbuf has 8 bytes a process, recvbuf 0 (here.cpp:7)");
    CHECK(allgather_blocks(comm, ints, naturals, caller).recv.count == 2);
    CHECK(allgather_blocks(comm, ints, bytes, caller).recv.count == 8);
    CHECK(allgather_blocks(comm, floats, one_complex, caller).recv.count == 1);
}

TEST_CASE("Counts that are negative or overflow are refused", "[plan]") {
    const vector<MPI::Count> ones{1, 1}, many{1, LLONG_MAX}, negative{1, -2};
    const vector<MPI::Aint> far{0, LLONG_MAX};
    const auto checked = [&](const Blocks& blocks) { return misuse_of([&] { (void)checked_blocks(2, blocks, 9, 0, Side::recv, caller); }); };
    CHECK(checked({negative, {}}) == "Method: recvbuf has a count of -2 from rank 1 (here.cpp:7)");
    CHECK(checked({ones, far}) == "Method: recvbuf has blocks that end beyond what a Count can tell (here.cpp:7)");
    CHECK(checked({many, {}}) == "Method: recvbuf has blocks that end beyond what a Count can tell (here.cpp:7)");
    int memory = 0, result = 0;
    CHECK(misuse_of([&] {
              allreduce_pair(MPI::COMM_SELF, {&memory, -1}, {&result, -1}, MPI::SUM, caller);
          }) == "Method: recvbuf has a count of -1 (here.cpp:7)");
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    for (int root = 0; root < world.size(); ++root)
        CHECK(contains(misuse_of([&] { reduce_pair(world, {&memory, -1}, {&result, -1}, MPI::SUM, root, caller); }), "buf has a count of -1"));
}

TEST_CASE("A plan does not compare counts of different types", "[plan]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    vector<int> four(4);
    vector<std::pair<int, int>> two(2);
    CHECK(gather_blocks(comm, four, two, 0, caller).recv.count == 2);
    CHECK(scatter_blocks(comm, four, two, 0, caller).send.count == 4);
    CHECK(allgather_blocks(comm, two, four, caller).recv.count == 4);
    CHECK(alltoall_blocks(comm, two, four, caller).send.count == 2);
}

TEST_CASE("A plan of a reduction needs a receive buffer on the root only", "[plan]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        vector<double> mine(3), result(3);
        for (int root = 0; root < comm.size(); ++root) {
            if (comm.rank() == root) {
                const auto [send, recv] = reduce_pair(comm, mine, result, MPI::SUM, root, caller);
                CHECK(send.data == mine.data());
                CHECK(recv.data == result.data());
                CHECK(recv.count == 3);
                CHECK(reduce_pair(comm, MPI::IN_PLACE, result, MPI::SUM, root, caller).send.is_in_place());
            } else {
                const auto [send, recv] = reduce_pair(comm, mine, {}, MPI::SUM, root, caller);
                CHECK(send.data == mine.data());
                CHECK(recv.count == 3);  // MPI takes one count and one type
                CHECK(recv.type == MPI_DOUBLE);
            }
        }
    });
}

TEST_CASE("The peers on an intercommunicator are the remote group", "[plan]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    CHECK(peers(world, {}) == world.size());
    CHECK(is_root(world, 0, {}) == (world.rank() == 0));
    if (world.size() < 2)
        return;
    const MPI::Comm inter = make_inter(world);
    const int remote = world.rank() == 0 ? world.size() - 1 : 1;
    vector<int> part(2), five(5), all(2 * static_cast<std::size_t>(remote));
    CHECK(peers(inter, {}) == remote);
    CHECK(is_root(inter, MPI::ROOT, {}));
    CHECK_FALSE(is_root(inter, MPI::PROC_NULL, {}));
    CHECK_FALSE(is_root(inter, remote - 1, {}));
    CHECK(error_class([&] { (void)is_root(inter, remote, {}); }) == MPI::ERR_ROOT);
    CHECK(gather_blocks(inter, {}, all, MPI::ROOT, caller).recv.count == 2);
    CHECK(scatter_blocks(inter, all, {}, MPI::ROOT, caller).send.count == 2);
    CHECK(allgather_blocks(inter, five, all, caller).recv.count == 2);  // each group may send as much as it wants
    CHECK(alltoall_blocks(inter, all, all, caller).send.count == 2);
    const auto [send, recv] = reduce_pair(inter, {}, part, MPI::SUM, MPI::ROOT, caller);
    CHECK(send.data != recv.data);
    CHECK(recv.count == 2);
    CHECK(reduce_pair(inter, part, {}, MPI::SUM, 0, caller).recv.count == 2);
    CHECK(checked_blocks(peers(inter, {}), {vector<int>(static_cast<std::size_t>(remote), 1), {}}, remote, 0, Side::recv, caller).ranks ==
          static_cast<std::size_t>(remote));
}

TEST_CASE("Blocks without displacements are packed", "[plan]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const auto size = static_cast<std::size_t>(comm.size());
    const vector<int> counts(size, 2);
    const Blocks packed = checked_blocks(peers(comm, {}), {counts, {}}, 2 * comm.size(), 2, Side::recv, caller);
    CHECK_FALSE(packed.counts.is_wide());
    CHECK_FALSE(packed.displs.is_wide());
    CHECK(packed.displs[0] == 0);
    CHECK(packed.displs[size - 1] == 2 * comm.size() - 2);

    // each side has memory of its own
    const vector<int> ones(size, 1);
    const Blocks other = checked_blocks(peers(comm, {}), {ones, {}}, comm.size(), 1, Side::send, caller);
    CHECK(other.displs[size - 1] == comm.size() - 1);
    CHECK(packed.displs[size - 1] == 2 * comm.size() - 2);

    // what is given is used as it is
    const vector<int> displs(size, 1);
    const Blocks given = checked_blocks(peers(comm, {}), {counts, displs}, 3, 2, Side::recv, caller);
    CHECK(static_cast<const int*>(given.counts) == counts.data());
    CHECK(static_cast<const int*>(given.displs) == displs.data());
}

TEST_CASE("Counts, displacements and the other side are all narrow or all wide", "[plan]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const auto size = static_cast<std::size_t>(comm.size());
    const auto is_wide = [](const Blocks& blocks) {
        CHECK(blocks.counts.is_wide() == blocks.displs.is_wide());
        return blocks.counts.is_wide();
    };
    const vector<int> narrow(size, 3), displs(size, 5);
    const vector<MPI::Count> wide(size, 3);
    const vector<MPI::Aint> wide_displs(size, 5);
    constexpr MPI::Count much = MPI::Count(INT_MAX) + 1;
    CHECK_FALSE(is_wide(checked_blocks(peers(comm, {}), {narrow, displs}, 8, INT_MAX, Side::recv, caller)));
    CHECK(is_wide(checked_blocks(peers(comm, {}), {narrow, displs}, 8, much, Side::recv, caller)));
    CHECK(is_wide(checked_blocks(peers(comm, {}), {wide, wide_displs}, 8, 3, Side::recv, caller)));
    CHECK(is_wide(checked_blocks(peers(comm, {}), {wide, {}}, 3 * comm.size(), 3, Side::recv, caller)));
    const Blocks widened = checked_blocks(peers(comm, {}), {narrow, displs}, 8, much, Side::recv, caller);
    CHECK(widened.counts[size - 1] == 3);
    CHECK(widened.displs[size - 1] == 5);

    // packed blocks that end beyond what an int can count
    const vector<int> most(size, INT_MAX);
    const Blocks long_one = checked_blocks(peers(comm, {}), {most, {}}, MPI::Count(INT_MAX) * comm.size(), 0, Side::recv, caller);
    CHECK(is_wide(long_one) == (size > 1));
    CHECK(long_one.displs[size - 1] == MPI::Count(INT_MAX) * (comm.size() - 1));

    for (const bool send_wide : {false, true}) {
        Blocks send = checked_blocks(peers(comm, {}), send_wide ? Blocks(wide, wide_displs) : Blocks(narrow, displs), 8, 0, Side::send, caller);
        Blocks recv = checked_blocks(peers(comm, {}), send_wide ? Blocks(narrow, {}) : Blocks(wide, {}), 3 * comm.size(), 0, Side::recv, caller);
        same_width(send, recv);
        CHECK(is_wide(send));
        CHECK(is_wide(recv));
        CHECK(send.displs[size - 1] == 5);
        CHECK(recv.displs[size - 1] == 3 * (comm.size() - 1));
        CHECK(recv.counts[size - 1] == 3);
    }
    Blocks send(narrow, displs), recv(narrow, displs);
    same_width(send, recv);
    CHECK_FALSE(is_wide(send));
    CHECK_FALSE(is_wide(recv));
}

TEST_CASE("Misuse names the caller's method and place, the buffer and both numbers", "[plan]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    vector<int> two(2), three(3);
    vector<float> reals(2);
    CHECK(misuse_of([&] { gather_blocks(comm, two, three, 0, caller); }) == "Method: sendbuf has 2 elements a process, recvbuf 3 (here.cpp:7)");
    CHECK(misuse_of([&] { reduce_pair(comm, two, three, MPI::SUM, 0, caller); }) == "Method: sendbuf has 2 elements, recvbuf 3 (here.cpp:7)");
    CHECK(misuse_of([&] { reduce_pair(comm, two, reals, MPI::SUM, 0, caller); }) == "Method: sendbuf holds MPI_INT, recvbuf MPI_FLOAT (here.cpp:7)");
    CHECK(misuse_of([&] {
              checked_blocks(peers(comm, {}), {two, {}}, 3, 0, Side::send, caller);
          }) == "Method: sendbuf has 2 counts and 0 displacements for 1 processes (here.cpp:7)");
    const vector<int> four{4}, before{-2};
    CHECK(misuse_of([&] {
              checked_blocks(peers(comm, {}), {four, {}}, 3, 0, Side::recv, caller);
          }) == "Method: recvbuf has 3 elements, its blocks need 4 (here.cpp:7)");
    CHECK(misuse_of([&] {
              checked_blocks(peers(comm, {}), {four, before}, 3, 0, Side::recv, caller);
          }) == "Method: recvbuf has a block at -2, before its 3 elements (here.cpp:7)");
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    if (world.size() > 1) {
        vector<int> odd(static_cast<std::size_t>(world.size()) + 1);
        const std::string n = std::to_string(world.size()), n1 = std::to_string(world.size() + 1);
        CHECK(misuse_of([&] { allgather_blocks(world, two, odd, caller); }) ==
              "Method: recvbuf has " + n1 + " elements, which is not a multiple of " + n + " processes; Allgatherv takes uneven blocks (here.cpp:7)");
    }
}

TEST_CASE("A plan of blocks of different sizes reads them where they are significant", "[plan]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto size = static_cast<std::size_t>(comm.size());
        vector<int> part(2), all(2 * size);
        const vector<int> counts(size, 2), wrong(size + 1, 2);
        for (int root = 0; root < comm.size(); ++root) {
            const bool is_root = comm.rank() == root;
            CHECK(gatherv_blocks(comm, part, {all, counts}, root, caller).recv.ranks == (is_root ? size : 0));
            CHECK(scatterv_blocks(comm, {all, counts}, part, root, caller).send.ranks == (is_root ? size : 0));
            if (!is_root)
                CHECK_NOTHROW(gatherv_blocks(comm, part, {all, wrong}, root, caller));
        }
        CHECK(allgatherv_blocks(comm, part, {all, counts}, caller).recv.displs[size - 1] == 2 * comm.size() - 2);
        const auto [s, r] = alltoallv_blocks(comm, MPI::IN_PLACE, {all, counts}, caller);
        CHECK(s.data == MPI_IN_PLACE);
        CHECK(s.ranks == 0);
        CHECK(r.ranks == size);
    });
}

TEST_CASE("A plan of datatypes a block has one element each by default", "[plan]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto size = static_cast<std::size_t>(comm.size());
        vector<int> all(size);
        vector<MPI::Datatype> types;
        for (std::size_t i = 0; i < size; ++i) types.push_back(MPI::Datatype::borrow(MPI_INT));
        const MPI::BufW blocks(all, types);
        vector<int> mine(size);
        const auto [s, r] = alltoallw_blocks(comm, MPI::ConstBufW(mine, types), blocks, caller);
        CHECK(s.counts[size - 1] == 1);
        CHECK(r.displs[size - 1] == 0);
        CHECK(r.type[size - 1] == MPI_INT);
        CHECK(alltoallw_blocks(comm, MPI::ConstBufW(MPI::IN_PLACE), blocks, caller).send.data == MPI_IN_PLACE);
        CHECK(alltoallw_blocks(comm, blocks, blocks, caller).send.data == MPI_IN_PLACE);  // the same memory
        const vector<int> ones(size, 1), zeros(size - 1, 0);
        const MPI::BufW few(all, ones, zeros, types);
        CHECK(contains(misuse_of([&] { alltoallw_blocks(comm, MPI::ConstBufW(MPI::IN_PLACE), few, caller); }),
                       "Method: recvbuf has " + std::to_string(size) + " counts, "));
    });
}

TEST_CASE("A plan of datatypes compares its blocks with a range", "[plan]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    vector<int> two(2);
    const vector<int> one{1}, more{100}, start{0}, before{-4};
    const vector<MPI_Datatype> ints{MPI_INT};
    const auto plan = [&](const MPI::BufW& recv) { alltoallw_blocks(comm, MPI::ConstBufW(MPI::IN_PLACE), recv, caller); };
    const auto why = [&](const MPI::BufW& recv) { return misuse_of([&] { plan(recv); }); };
    CHECK(why({two, more, start, ints}) == "Method: recvbuf has 8 bytes, its block from rank 0 ends at byte 400 (here.cpp:7)");
    CHECK(why({two, one, before, ints}) == "Method: recvbuf has 8 bytes, its block from rank 0 begins at byte -4 (here.cpp:7)");
    const MPI::BufW pointed(two.data(), one, start, ints);
    CHECK(contains(misuse_of([&] { neighbor_alltoallw_blocks({1, 1}, MPI::ConstBufW(two, more, start, ints), pointed, caller); }), "sendbuf has 8"));
    CHECK_NOTHROW(plan({two.data(), more, start, ints}));  // whose length nobody knows
    const vector<int> three{3}, four{4};
    const MPI::Datatype backwards = MPI::INT.Create_resized(0, -4), last = MPI::INT.Create_hindexed_block(1, {4});
    CHECK_NOTHROW(plan({two, one, start, vector<MPI_Datatype>{last.handle()}}));
    CHECK(contains(why({two, three, four, vector<MPI_Datatype>{backwards.handle()}}), "begins at byte -4"));
    const vector<MPI::Count> ones{1}, huge{LLONG_MAX};
    const vector<MPI::Aint> far{LLONG_MAX - 1}, near{0};
    CHECK(contains(why({two, ones, far, ints}), "ends at byte " + std::to_string(LLONG_MAX)));
    CHECK(contains(why({two, ones, far, vector<MPI_Datatype>{last.handle()}}), "ends at byte " + std::to_string(LLONG_MAX)));
    CHECK(contains(why({two, huge, near, ints}), "ends at byte " + std::to_string(LLONG_MAX)));
    CHECK(contains(why({two, huge, near, vector<MPI_Datatype>{backwards.handle()}}), "begins at byte -" + std::to_string(LLONG_MAX)));
    const Neighbors around{{1, "neighbors"}, {1, "neighbors"}};
    const auto among = [&](const MPI::ConstBufW& send, const MPI::BufW& recv) {
        return misuse_of([&] { neighbor_alltoallw_blocks(around, send, recv, caller); });
    };
    CHECK(contains(among(MPI::ConstBufW(two, more, start, ints), pointed), "sendbuf has 8 bytes, its block for neighbor 0 ends"));
    CHECK(contains(among(MPI::ConstBufW(two.data(), one, start, ints), {two, more, start, ints}),
                   "recvbuf has 8 bytes, its block from neighbor 0 ends"));
}

TEST_CASE("A plan among neighbours divides by their numbers", "[plan]") {
    vector<int> two(2), six(6);
    const Neighbors one_way{{3, "neighbors"}, {1, "neighbors"}}, out_only{{2, "neighbors"}, {0, "neighbors"}},
        in_only{{0, "neighbors"}, {2, "neighbors"}};
    const auto [s, r] = neighbor_alltoall_blocks(one_way, six, two, caller);
    CHECK(s.count == 2);
    CHECK(r.count == 2);
    CHECK(neighbor_allgather_blocks({3, "neighbors"}, two, six, caller).recv.count == 2);
    // a side without neighbours says as much as the other
    CHECK(neighbor_alltoall_blocks(out_only, six, {}, caller).recv.count == 3);
    CHECK(neighbor_alltoall_blocks(in_only, {}, six, caller).send.count == 3);
    CHECK(neighbor_allgather_blocks({0, "neighbors"}, two, {}, caller).recv.count == 2);
    CHECK(misuse_of([&] { neighbor_alltoall_blocks(one_way, two, two, caller); }) ==
          "Method: sendbuf has 2 elements, which is not a multiple of 3 neighbors; Neighbor_alltoallv takes uneven blocks (here.cpp:7)");
    CHECK(misuse_of([&] { neighbor_alltoall_blocks(out_only, six, two, caller); }) ==
          "Method: recvbuf has 2 elements, which is not a multiple of 0 neighbors; Neighbor_alltoallv takes uneven blocks (here.cpp:7)");
}

TEST_CASE("A plan among neighbours refuses to receive into the memory that is sent", "[plan]") {
    vector<int> two(2), four(4);
    const Neighbors both{{2, "neighbors"}, {2, "neighbors"}};
    const vector<int> ones{1, 1}, near{0, 1}, far{2, 3}, bytes{0, 4};
    const vector<MPI_Datatype> ints{MPI_INT, MPI_INT};
    const auto refuses = [](auto plan) { CHECK(contains(misuse_of(plan), "Method: sendbuf and recvbuf are the same memory, which")); };
    refuses([&] { neighbor_alltoall_blocks(both, two, two, caller); });
    refuses([&] { neighbor_allgather_blocks({2, "neighbors"}, two[0], two, caller); });
    refuses([&] { alltoallv_blocks(both, {two, ones}, {two, ones}, caller); });
    refuses([&] { allgatherv_blocks({2, "neighbors"}, two[0], {two, ones}, caller); });
    refuses([&] { neighbor_alltoallw_blocks(both, MPI::ConstBufW(two, ones, bytes, ints), MPI::BufW(two, ones, bytes, ints), caller); });
    // parts of one array may be apart
    CHECK_NOTHROW(alltoallv_blocks(both, {four, ones, near}, {four, ones, far}, caller));
    const MPI::Datatype second = MPI::INT.Create_hindexed_block(1, {8});
    const vector<MPI_Datatype> behind{second.handle(), second.handle()};
    CHECK_NOTHROW(neighbor_alltoallw_blocks(both, MPI::ConstBufW(four, ones, bytes, ints), MPI::BufW(four, ones, bytes, behind), caller));
}

TEST_CASE("A plan of Reduce_scatter compares the sum of the counts and this process's own", "[plan]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    vector<int> two(2), three(3);
    const vector<int> count{2};
    CHECK(reduce_scatter_blocks(comm, two, two, count, MPI::SUM, caller).blocks.counts[0] == 2);
    CHECK(reduce_scatter_blocks(comm, two, two, {}, MPI::SUM, caller).blocks.counts[0] == 2);  // found out
    CHECK(reduce_scatter_blocks(comm, MPI::IN_PLACE, two, count, MPI::SUM, caller).send.is_in_place());
    CHECK(misuse_of([&] { reduce_scatter_blocks(comm, three, two, count, MPI::SUM, caller); }) ==
          "Method: sendbuf has 3 elements, recvcounts are 2 in all (here.cpp:7)");
    CHECK(misuse_of([&] { reduce_scatter_blocks(comm, two, three, count, MPI::SUM, caller); }) ==
          "Method: recvbuf has 3 elements, recvcounts say 2 (here.cpp:7)");
    CHECK(misuse_of([&] { reduce_scatter_blocks(comm, MPI::IN_PLACE, two, {}, MPI::SUM, caller); }) ==
          "Method: recvcounts must be given in place (here.cpp:7)");
    const vector<int> negative{-1};
    CHECK(misuse_of([&] { reduce_scatter_blocks(comm, two, two, negative, MPI::SUM, caller); }) ==
          "Method: recvcounts has -1 for rank 0 (here.cpp:7)");
}
