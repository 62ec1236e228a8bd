#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/memory.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;

namespace MPI4CXX::detail {
MPI4CXX_API void mark_outside(MPI_Comm comm, Place where);
}

// Objects on communicators that reach outside COMM_WORLD. Not every MPI can start processes, so these communicators only pass for such.

namespace {

using Texts = std::vector<std::string>;
using Table = std::map<std::string, std::vector<double>>;

struct Fixture {
    Fixture() { MPI::detail::mark_outside(comm.handle(), {}); }
    MPI::Intracomm comm = MPI::COMM_WORLD.Dup();
    int rank = comm.Get_rank(), size = comm.Get_size();
    int next = (rank + 1) % size, before = (rank + size - 1) % size;
};

/// Objects of the process `number`: small, long and with blocks.
Texts texts(int number) { return Texts(2000, "this is object number " + std::to_string(number)); }
std::vector<double> numbers(int number) { return std::vector<double>(50000, number); }
Table table(int number) { return {{"short", {1.0 * number}}, {"long", numbers(number)}, {"longer", std::vector<double>(90000, number + 0.5)}}; }

struct Refuses {
    int value = 0;
    template <class Archive> void save(Archive&) const { throw std::runtime_error("no"); }
    template <class Archive> void load(Archive&) {}
};

}  // namespace

TEST_CASE_METHOD(Fixture, "objects of any size travel whole") {
    MPI::Request sent[] = {comm.isend(7, next, 1), comm.isend(texts(rank), next, 2), comm.isend(table(rank), next, 3)};
    MPI::Status status;
    CHECK(comm.recv<Table>(before, 3, &status) == table(before));
    CHECK(status.Get_source() == before);
    CHECK(status.Get_tag() == 3);
    CHECK(comm.recv<Texts>(MPI::ANY_SOURCE, 2) == texts(before));
    CHECK(comm.recv<int>(before, MPI::ANY_TAG) == 7);
    MPI::Request::Waitall(sent);
}

TEST_CASE_METHOD(Fixture, "all modes of sends carry whole objects") {
    auto texts_received = comm.irecv<Texts>(before, 1);
    auto table_received = comm.irecv<Table>(before, 2);
    auto numbers_received = comm.irecv<std::vector<double>>(before, 3);
    auto small = comm.irecv<std::string>(before, 4);
    auto sent = comm.issend(table(rank), next, 2);
    comm.send(texts(rank), next, 1);
    MPI::Attach_buffer(1 << 20);
    comm.bsend(numbers(rank), next, 3);
    comm.ssend(std::string("small"), next, 4);
    CHECK(texts_received.wait() == texts(before));
    CHECK(table_received.wait() == table(before));
    CHECK(numbers_received.wait() == numbers(before));
    CHECK(small.wait() == "small");
    sent.Wait();
    MPI::Detach_buffer();
    CHECK(comm.sendrecv<Table>(table(rank), next, 5, before, 5) == table(before));
}

TEST_CASE_METHOD(Fixture, "receives that could match the same message are matched in their order") {
    std::vector<MPI::ObjectRequest<Texts>> received;
    received.push_back(comm.irecv<Texts>(MPI::ANY_SOURCE, MPI::ANY_TAG));
    received.push_back(comm.irecv<Texts>(before, 1));
    received.push_back(comm.irecv<Texts>(before, MPI::ANY_TAG));
    std::vector<MPI::Request> sent;
    for (int i = 0; i < 4; ++i) sent.push_back(comm.isend(texts(i), next, 1));
    CHECK(comm.recv<Texts>(before, 1) == texts(3));
    for (int i = 2; i >= 0; --i) CHECK(received[static_cast<std::size_t>(i)].wait() == texts(i));
    MPI::Request::Waitall(sent);
}

TEST_CASE_METHOD(Fixture, "a later receive of another tag does not wait for an earlier one") {
    auto earlier = comm.irecv<Texts>(before, 1);
    auto sent = comm.isend(table(rank), next, 2);
    CHECK(comm.recv<Table>(before, 2) == table(before));
    sent.Wait();
    CHECK_FALSE(earlier.Test());
    comm.Barrier();
    comm.send(texts(rank), next, 1);
    CHECK(earlier.wait() == texts(before));
}

TEST_CASE_METHOD(Fixture, "a later receive with wildcards takes what no earlier one looks for") {
    auto stop = comm.irecv<int>(before, 9);
    auto sent = comm.isend(texts(rank), next, 5);
    MPI::Status status;
    CHECK(comm.recv<Texts>(MPI::ANY_SOURCE, MPI::ANY_TAG, &status) == texts(before));
    CHECK(status.Get_tag() == 5);
    sent.Wait();
    auto any = comm.irecv<Texts>();
    MPI::Request more[] = {comm.isend(4, next, 9), comm.isend(texts(rank), next, 4)};
    CHECK(any.wait() == texts(before));
    CHECK(stop.wait() == 4);
    MPI::Request::Waitall(more);
}

TEST_CASE_METHOD(Fixture, "probes leave a whole object to the receive that was started earlier") {
    MPI::Request sent[] = {comm.isend(1, next, 5), comm.isend(2, next, 5), comm.isend(9, next, 9), comm.isend(0, next, 1)};
    PMPI_Probe(before, 1, comm.handle(), MPI_STATUS_IGNORE);  // all have come, and nothing has been driven
    auto stop = comm.irecv<int>(before, 9);
    CHECK_FALSE(comm.improbe(before, 9));
    CHECK_FALSE(comm.iprobe(before, 9));
    auto first = comm.irecv<int>(before, 5);
    CHECK(comm.mprobe(before, 5).recv<int>() == 2);
    CHECK(first.wait() == 1);
    MPI::Status status;
    comm.probe(before, MPI::ANY_TAG, &status);
    CHECK(status.Get_tag() == 1);
    CHECK(comm.recv<int>(before, status.Get_tag()) == 0);
    CHECK(stop.wait() == 9);
    MPI::Request::Waitall(sent);
}

TEST_CASE_METHOD(Fixture, "a receive of a whole object can be cancelled") {
    {
        auto never = comm.irecv<Texts>(before, 9);
        never.Cancel();
        MPI::Status status;
        never.Wait(&status);
        CHECK(status.Is_cancelled());
    }
    auto sent = comm.isend(texts(rank), next, 9);
    CHECK(comm.recv<Texts>(before, 9) == texts(before));
    sent.Wait();
}

TEST_CASE_METHOD(Fixture, "matched probes find whole objects") {
    MPI::Request sent[] = {comm.isend(table(rank), next, 1), comm.isend(texts(rank), next, 2), comm.isend(3, next, 3)};
    auto first = comm.mprobe(before, 1);
    auto second = comm.mprobe(before, 2);
    std::optional<MPI::Message> third;
    while (!third) third = comm.improbe(before, 3);
    CHECK(third->recv<int>() == 3);
    auto received = second.irecv<Texts>();
    CHECK(first.recv<Table>() == table(before));
    CHECK(received.wait() == texts(before));
    MPI::Request::Waitall(sent);
}

TEST_CASE_METHOD(Fixture, "a whole object of another type is an error, and the next one comes") {
    MPI::Request sent[] = {comm.isend(table(rank), next), comm.isend(texts(rank), next), comm.isend(table(rank), next)};
    CHECK_THROWS_AS(comm.recv<Texts>(before), MPI::Exception);
    auto wrong = comm.irecv<Table>(before);
    CHECK_THROWS_AS(wrong.wait(), MPI::Exception);
    CHECK(comm.recv<Table>(before) == table(before));
    MPI::Request::Waitall(sent);
}

TEST_CASE_METHOD(Fixture, "nothing is sent of an object that cannot be serialized") {
    CHECK_THROWS_AS(comm.send(Refuses{}, next), std::runtime_error);
    auto sent = comm.isend(texts(rank), next);
    CHECK(comm.recv<Texts>(before) == texts(before));
    sent.Wait();
}

TEST_CASE_METHOD(Fixture, "collectives of large objects have a channel") {
    const int root = size - 1;
    CHECK(comm.bcast(rank == root ? table(root) : Table(), root) == table(root));
    const std::vector<Table> gathered = comm.gather(table(rank), root);
    REQUIRE(gathered.size() == (rank == root ? static_cast<std::size_t>(size) : 0));
    for (std::size_t i = 0; i < gathered.size(); ++i) CHECK(gathered[i] == table(static_cast<int>(i)));
    std::vector<Texts> each(static_cast<std::size_t>(size));
    for (int i = 0; i < size; ++i) each[static_cast<std::size_t>(i)] = texts(10 * rank + i);
    CHECK(comm.scatter(each, root) == texts(10 * root + rank));
    const std::vector<Texts> exchanged = comm.alltoall(each);
    for (int i = 0; i < size; ++i) CHECK(exchanged[static_cast<std::size_t>(i)] == texts(10 * i + rank));
    auto all = comm.iallgather(numbers(rank));
    auto again = comm.igather(table(rank), root);
    for (int i = 0; const std::vector<double>& part : all.wait()) CHECK(part == numbers(i++));
    for (int i = 0; const Table& part : again.wait()) CHECK(part == table(i++));
}

TEST_CASE_METHOD(Fixture, "large objects are reduced by functions") {
    const auto join = [](const Texts& a, const Texts& b) {
        Texts both = a;
        both.insert(both.end(), b.begin(), b.end());
        return both;
    };
    Texts expected;
    for (int i = 0; i < size; ++i) expected = join(expected, texts(i));
    CHECK(comm.allreduce(texts(rank), join) == expected);
}

TEST_CASE_METHOD(Fixture, "communicators that are made from one that reaches outside reach outside too") {
    const MPI::Intracomm half = comm.Split(rank % 2, rank);
    const MPI::Intracomm copy = comm.Dup();
    auto later = comm.Idup();
    const MPI::Intracomm third = later.wait();
    for (const MPI::Intracomm* made : {&half, &copy, &third}) {
        const int own = made->Get_rank(), processes = made->Get_size();
        auto sent = made->isend(table(own), (own + 1) % processes);
        CHECK(made->recv<Table>((own + processes - 1) % processes) == table((own + processes - 1) % processes));
        sent.Wait();
        CHECK(made->allgather(numbers(own)).back() == numbers(processes - 1));
    }
}

TEST_CASE_METHOD(Fixture, "a communicator that reaches outside can be disconnected") {
    CHECK(comm.allgather(texts(rank)).size() == static_cast<std::size_t>(size));
    comm.Disconnect();
    CHECK(comm.is_null());
}
