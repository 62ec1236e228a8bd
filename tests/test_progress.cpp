#include "catch.hpp"
#include "support.hpp"

#include <cereal/types/map.hpp>

#include <array>
#include <functional>
#include <map>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;

// A pending receive of a large object has to go on in whatever call its process sits, for the one that sends the object
// may come to that call only once the send is over. Where it does not go on, the cases here hang.

namespace {

using Large = std::vector<double>;
using Table = std::map<std::string, std::vector<double>>;

constexpr std::size_t mebibyte = (1U << 20) / sizeof(double);

Large numbers(std::size_t n, int first) {
    Large result(n);
    std::iota(result.begin(), result.end(), first);
    return result;
}

/// Every even rank sends a large object to its odd partner, which sits in `call` meanwhile; then the even one comes to `call`
/// too, with the number of its partner, or PROC_NULL.
template <class F> void receive_in(const MPI::Intracomm& comm, const char* name, F call) {
    INFO(name);
    const int rank = comm.rank(), other = rank % 2 == 1 ? rank - 1 : rank + 1 < comm.size() ? rank + 1 : MPI::PROC_NULL;
    MPI::ObjectRequest<Large> receive;
    if (rank % 2 == 1)
        receive = comm.irecv<Large>(other, 77);
    else if (other != MPI::PROC_NULL)
        comm.send(numbers(mebibyte / 2, rank), other, 77);
    call(other);
    if (rank % 2 == 1)
        CHECK(receive.wait() == numbers(mebibyte / 2, other));
}

/// The same of a call between partners: `waits` is the odd one's, `serves` the even one's.
template <class F, class G> void receive_between(const MPI::Intracomm& comm, const char* name, F waits, G serves) {
    receive_in(comm, name, [&](int other) {
        if (comm.rank() % 2 == 1)
            waits(other);
        else
            serves(other);
    });
}

}  // namespace

TEST_CASE("Large objects pass round a ring of irecv, send, Barrier, wait", "[progress]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const Large object = numbers(4 * mebibyte, comm.rank());
        const Table table{{"one", Large(2 * mebibyte, comm.rank())}, {"two", Large(2 * mebibyte, 0.5)}};
        auto first = comm.irecv<Large>(left_of(comm), 1);
        auto second = comm.irecv<Table>(left_of(comm), 2);
        comm.send(object, right_of(comm), 1);
        comm.send(table, right_of(comm), 2);
        comm.Barrier();
        CHECK(second.wait() == Table{{"one", Large(2 * mebibyte, left_of(comm))}, {"two", Large(2 * mebibyte, 0.5)}});
        CHECK(first.wait() == numbers(4 * mebibyte, left_of(comm)));
    });
}

TEST_CASE("Objects of 64 MiB pass round a ring of irecv, send, Barrier, wait", "[progress][large]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    if (comm.size() > 2)
        return;  // of time and memory, not of meaning
    const Table sent{{"x", numbers(64 * mebibyte, comm.rank())}};
    auto receive = comm.irecv<Table>(left_of(comm));
    comm.send(sent, right_of(comm));
    comm.Barrier();
    const Table got = receive.wait();
    CHECK(got.at("x").size() == 64 * mebibyte);
    CHECK(got.at("x").front() == left_of(comm));
    CHECK(got.at("x").back() == left_of(comm) + 64.0 * mebibyte - 1);
}

TEST_CASE("A pending irecv goes on in every call between two processes", "[progress]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const Large number(1, comm.rank()), long_message(mebibyte / 4);
        Large got(1), long_got(mebibyte / 4);
        const auto send = [&](int to) { comm.Send(number, to, 5); };
        const auto recv = [&](int from) { comm.Recv(got, from, 5); };
        receive_between(
            comm, "Send", [&](int to) { comm.Send(long_message, to, 5); }, [&](int from) { comm.Recv(long_got, from, 5); });
        receive_between(
            comm, "Ssend", [&](int to) { comm.Ssend(number, to, 5); }, recv);
        receive_between(comm, "Recv", recv, send);
        receive_between(
            comm, "Recv by value", [&](int from) { CHECK(comm.Recv<double>(from, 5).size() == 1); }, send);
        const auto exchange = [&](int other) { comm.Sendrecv(long_message, other, 5, long_got, other, 5); };
        receive_between(comm, "Sendrecv", exchange, exchange);
        receive_between(
            comm, "Probe", [&](int from) { comm.Probe(from, 5), recv(from); }, send);
        receive_between(
            comm, "Mprobe", [&](int from) { comm.Mprobe(from, 5).Recv(got); }, send);
        receive_between(
            comm, "Wait", [&](int from) { comm.Irecv(got, from, 5).Wait(); }, send);
        receive_between(
            comm, "Request::~Request", [&](int to) { (void)comm.Issend(number, to, 5); }, recv);
        const auto wait_for = [&](const char* name, auto wait) {
            receive_between(
                comm, name,
                [&](int from) {
                    std::array<MPI::Request, 2> requests{comm.Irecv(got, from, 5), MPI::Request()};
                    wait(requests);
                    CHECK(requests[0].is_null());
                },
                send);
        };
        wait_for("Waitall", [](auto& requests) { MPI::Request::Waitall(requests); });
        wait_for("Waitany", [](auto& requests) { CHECK(MPI::Request::Waitany(requests) == 0); });
        wait_for("Waitsome", [](auto& requests) { CHECK(MPI::Request::Waitsome(requests) == std::vector{0}); });
        wait_for("Testall", [](auto& requests) {
            while (!MPI::Request::Testall(requests)) {}
        });
        wait_for("Testany", [](auto& requests) {
            while (!MPI::Request::Testany(requests)) {}
        });
        wait_for("Testsome", [](auto& requests) {
            while (MPI::Request::Testsome(requests)->empty()) {}
        });
        wait_for("Test", [](auto& requests) {
            while (!requests[0].Test()) {}
        });
        receive_between(
            comm, "Iprobe",
            [&](int from) {
                while (!comm.Iprobe(from, 5)) {}
                recv(from);
            },
            send);
        receive_between(
            comm, "Improbe",
            [&](int from) {
                std::optional<MPI::Message> message;
                while (!message) message = comm.Improbe(from, 5);
                message->Recv(got);
            },
            send);

        const auto send_object = [&](int to) { comm.send(std::string("object"), to, 6); };
        const auto recv_object = [&](int from) { (void)comm.recv<std::string>(from, 6); };
        receive_between(
            comm, "send", [&](int to) { comm.send(long_message, to, 6); }, [&](int from) { (void)comm.recv<Large>(from, 6); });
        receive_between(
            comm, "ssend", [&](int to) { comm.ssend(std::string("object"), to, 6); }, recv_object);
        receive_between(comm, "recv", recv_object, send_object);
        receive_between(
            comm, "recv of a large object", [&](int from) { CHECK(comm.recv<Large>(from, 6).size() == 4 * mebibyte); },
            [&](int to) { comm.send(Large(4 * mebibyte), to, 6); });
        receive_between(
            comm, "wait", [&](int from) { CHECK(comm.irecv<std::string>(from, 6).wait() == (from == MPI::PROC_NULL ? "" : "object")); }, send_object);
        const auto exchange_objects = [&](int other) { (void)comm.sendrecv<Large>(long_message, other, 6, other, 6); };
        receive_between(comm, "sendrecv", exchange_objects, exchange_objects);
    });
}

TEST_CASE("A pending irecv goes on in every collective", "[progress]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int size = comm.size(), last = size > 1 ? 1 : 0;  // a root that waits for the others: an odd rank
        const auto n = static_cast<std::size_t>(size);
        int one = 1, result = 0;
        std::vector<int> each(n, 1), other(n);
        const std::vector<int> counts(n, 1);
        const auto in = [&](const char* name, auto call) { receive_in(comm, name, [&](int) { call(); }); };
        in("Barrier", [&] { comm.Barrier(); });
        in("Bcast", [&] { comm.Bcast(one); });
        in("Gather", [&] { comm.Gather(one, other, last); });
        in("Gatherv", [&] { comm.Gatherv(one, {other, counts}, last); });
        in("Scatter", [&] { comm.Scatter(each, result); });
        in("Scatterv", [&] { comm.Scatterv({each, counts}, result); });
        in("Allgather", [&] { comm.Allgather(one, other); });
        in("Allgatherv", [&] { comm.Allgatherv(one, {other, counts}); });
        in("Allgatherv by value", [&] { CHECK(comm.Allgatherv(counts).size() == n * n); });
        in("Alltoall", [&] { comm.Alltoall(each, other); });
        in("Alltoallv", [&] { comm.Alltoallv({each, counts}, {other, counts}); });
        in("Reduce", [&] { comm.Reduce(one, result, MPI::SUM, last); });
        in("Allreduce", [&] { comm.Allreduce(one, result); });
        in("Reduce_scatter_block", [&] { comm.Reduce_scatter_block(each, result); });
        in("Scan", [&] { comm.Scan(one, result); });
        in("Exscan", [&] { comm.Exscan(one, result); });
        const MPI::Op op = MPI::Op::Create<int>([](int a, int b) { return a + b; });
        in("Allreduce with an operation of the user's", [&] { comm.Allreduce(one, result, op); });

        in("barrier", [&] { comm.barrier(); });
        in("bcast", [&] { CHECK(comm.bcast(one) == 1); });
        in("gather", [&] { (void)comm.gather(one, last); });
        in("scatter", [&] { CHECK(comm.scatter(each) == 1); });
        in("allgather", [&] { CHECK(comm.allgather(one) == each); });
        in("alltoall", [&] { CHECK(comm.alltoall(each) == each); });
        in("reduce", [&] { (void)comm.reduce(std::string("x"), MPI::SUM, last); });
        in("allreduce", [&] { CHECK(comm.allreduce(std::string("x")).size() == n); });
        in("scan", [&] { (void)comm.scan(one); });
        in("exscan", [&] { (void)comm.exscan(one); });
    });
}

TEST_CASE("A pending irecv goes on while communicators are made", "[progress]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    receive_in(comm, "Dup", [&](int) { CHECK(comm.Dup().size() == comm.size()); });
    receive_in(comm, "Split", [&](int) { CHECK(comm.Split().size() == comm.size()); });
}

TEST_CASE("A wait for a large isend gives way to a receiver that sits in a collective", "[progress]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int rank = comm.rank(), other = rank % 2 == 1 ? rank - 1 : rank + 1 < comm.size() ? rank + 1 : MPI::PROC_NULL;
    for (const bool synchronous : {false, true}) {
        MPI::ObjectRequest<Large> receive = comm.irecv<Large>(rank % 2 == 1 ? other : MPI::PROC_NULL);
        if (rank % 2 == 0) {
            const Large object = numbers(mebibyte, rank);
            std::vector<MPI::Request> sends;
            sends.push_back(synchronous ? comm.issend(object, other) : comm.isend(object, other));
            if (synchronous)
                sends.front().Wait();
            else
                MPI::Request::Waitall(sends);
        }
        comm.Barrier();
        CHECK(receive.wait() == (rank % 2 == 1 ? numbers(mebibyte, other) : Large()));
    }
}

TEST_CASE("Large objects arrive while both sides sit in a barrier, also in MPI's own", "[progress]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int rank = comm.rank(), other = rank % 2 == 1 ? rank - 1 : rank + 1 < comm.size() ? rank + 1 : MPI::PROC_NULL;
    for (const auto& [number, size] : {std::pair(100, mebibyte), std::pair(1, 64 * mebibyte)})
        for (const bool plain : {false, true}) {
            std::vector<MPI::ObjectRequest<Large>> receives;
            for (int i = 0; i < number && rank % 2 == 1; ++i) receives.push_back(comm.irecv<Large>(other, i));
            for (int i = 0; i < number && rank % 2 == 0; ++i) comm.send(numbers(size, i), other, i);
            if (plain)
                CHECK(MPI_Barrier(MPI_COMM_WORLD) == MPI_SUCCESS);
            else
                comm.Barrier();
            for (int i = 0; i < static_cast<int>(receives.size()); ++i) {
                const Large got = receives[static_cast<std::size_t>(i)].wait();
                CHECK(got.size() == size);
                CHECK(got.front() == i);
                CHECK(got.back() == i + static_cast<double>(size) - 1);
            }
        }
}

TEST_CASE("Two processes that send each other large objects before they receive come through", "[progress]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        if (comm.size() == 1)
            return;  // where MPICH's own sends wait for the receive
        comm.send(numbers(mebibyte, comm.rank()), right_of(comm));
        CHECK(comm.recv<Large>(left_of(comm)) == numbers(mebibyte, left_of(comm)));
    });
}

TEST_CASE("Disconnect waits neither for what collectives of large objects leave behind nor for a dropped request", "[progress]") {
    for_each_comm([](const MPI::Intracomm& world) {
        MPI::Intracomm comm = world.Dup();
        for (int i = 0; i < 20; ++i) {
            CHECK(comm.iallgather(numbers(mebibyte / 20, comm.rank())).wait().size() == static_cast<std::size_t>(comm.size()));
            CHECK(comm.allgather(numbers(mebibyte / 20, comm.rank())).back().front() == comm.size() - 1);
        }
        { const MPI::Request dropped = comm.Ibarrier(); }
        comm.Disconnect();
    });
}
