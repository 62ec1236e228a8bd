#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <string>
#include <vector>

namespace MPI = mpi4cxx;
using std::vector;

TEST_CASE("Intracomm::Dup has the same processes and messages of its own", "[intracomm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Intracomm copy = comm.Dup();
        CHECK(MPI::Comm::Compare(comm, copy) == MPI::CONGRUENT);
        CHECK(copy.rank() == comm.rank());
        const int sent = 5 + comm.rank();
        int received = 0;
        MPI::Request request = copy.Isend(sent, comm.rank(), 3);
        copy.Probe(comm.rank(), 3);
        CHECK_FALSE(comm.Iprobe(comm.rank(), 3));
        copy.Recv(received, comm.rank(), 3);
        request.Wait();
        CHECK(received == sent);
    });
}

TEST_CASE("Intracomm::Split groups by color and orders by key, then by rank", "[intracomm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int rank = comm.rank(), size = comm.size();
        const MPI::Intracomm all = comm.Split(), reverse = comm.Split(7, -rank), parity = comm.Split(rank % 2, 0);
        CHECK(MPI::Comm::Compare(all, comm) == MPI::CONGRUENT);
        CHECK(reverse.size() == size);
        CHECK(reverse.rank() == size - 1 - rank);
        CHECK(parity.size() == (size + 1 - rank % 2) / 2);
        CHECK(parity.rank() == rank / 2);
        vector<int> members(static_cast<std::size_t>(parity.size()));
        parity.Allgather(rank, members);
        CHECK(members.back() == 2 * (parity.size() - 1) + rank % 2);
    });
}

TEST_CASE("Intracomm::Split gives nothing to processes whose color is UNDEFINED", "[intracomm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const bool last = comm.rank() == comm.size() - 1;
        const MPI::Intracomm rest = comm.Split(last ? MPI::UNDEFINED : 1, comm.rank());
        CHECK(rest.is_null() == last);
        if (rest)
            CHECK(rest.size() == comm.size() - 1);
    });
}

TEST_CASE("Intracomm::Create_group is called by the group alone", "[intracomm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int rank = comm.rank();
        vector<int> odd;
        for (int i = 1; i < comm.size(); i += 2) odd.push_back(i);
        if (rank % 2 == 1) {
            const MPI::Intracomm half = comm.Create_group(comm.Get_group().Incl(odd), 9);
            CHECK(half.size() == static_cast<int>(odd.size()));
            CHECK(half.rank() == rank / 2);
            half.Barrier();
        } else {
            CHECK(comm.Create_group(comm.Get_group().Excl(odd)).rank() == rank / 2);  // at the same time
        }
    });
}

TEST_CASE("Intracomm::Create_group on nothing is misuse, of nobody null", "[intracomm]") {
    CHECK(contains(error_of_class(MPI::ERR_COMM, [] { (void)MPI::COMM_NULL.Create_group(MPI::GROUP_EMPTY); }), "the communicator is null"));
    CHECK(MPI::COMM_SELF.Create(MPI::GROUP_EMPTY).is_null());
}

TEST_CASE("Intracomm::Scan combines the elements up to this process", "[intracomm][collective]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int rank = comm.rank();
        vector<int> mine = {rank, 1}, sums(2), none;
        const vector<int> expected = {sum_to(rank + 1), rank + 1};
        comm.Scan(mine, sums);
        CHECK(sums == expected);
        comm.Scan(MPI::IN_PLACE, mine, MPI::SUM);
        CHECK(mine == expected);
        const auto op = MPI::Op::Create<Affine>(compose);
        Affine whole{}, in_place = map_of(rank);
        comm.Scan(map_of(rank), whole, op);
        comm.Scan(MPI::IN_PLACE, in_place, op);
        CHECK(whole == composed(rank + 1));
        CHECK(in_place == composed(rank + 1));
        comm.Scan(vector<int>{}, none);
    });
}

TEST_CASE("Intracomm::Exscan combines the elements below this process, and leaves rank 0 alone", "[intracomm][collective]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int rank = comm.rank();
        vector<int> mine = {rank, 1}, sums = {-7, -7}, none;
        const vector<int> expected = {sum_to(rank), rank}, untouched = {-7, -7}, own = mine;
        comm.Exscan(mine, sums);
        CHECK(sums == (rank == 0 ? untouched : expected));
        comm.Exscan(MPI::IN_PLACE, mine, MPI::SUM);
        CHECK(mine == (rank == 0 ? own : expected));
        const auto op = MPI::Op::Create<Affine>(compose);
        Affine whole{};
        comm.Exscan(map_of(rank), whole, op);
        CHECK(whole == (rank == 0 ? Affine{} : composed(rank)));
        comm.Exscan(vector<int>{}, none);
    });
}

TEST_CASE("Scan and Exscan reject buffers that do not match", "[intracomm][collective]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    vector<int> two(2), three(3);
    vector<double> reals(2), others(2);
    const auto op = MPI::Op::Create<int>([](int a, int b) { return a + b; });
    const auto says = [](auto f, const std::string& text) { return thrown<std::invalid_argument>(f).find(text) == 0; };
    CHECK(says([&] { comm.Scan(two, three); }, "Scan: sendbuf has 2 elements, recvbuf 3 ("));
    CHECK(says([&] { comm.Exscan(three, two); }, "Exscan: sendbuf has 3 elements, recvbuf 2 ("));
    CHECK(says([&] { comm.Scan(two, reals); }, "Scan: sendbuf holds MPI_INT, recvbuf MPI_DOUBLE ("));
    CHECK(says([&] { comm.Exscan(reals, two); }, "Exscan: sendbuf holds MPI_DOUBLE, recvbuf MPI_INT ("));
    CHECK(says([&] { comm.Scan(reals, others, op); }, "Scan: the operation is on MPI_INT, the buffer holds MPI_DOUBLE ("));
    CHECK(says([&] { comm.Exscan(reals, others, op); }, "Exscan: the operation is on MPI_INT, the buffer holds MPI_DOUBLE ("));
}
