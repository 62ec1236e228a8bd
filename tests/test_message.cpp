#include "catch.hpp"
#include "support.hpp"

#include <utility>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

int right_of(const MPI::Comm& comm) { return (comm.rank() + 1) % comm.size(); }
int left_of(const MPI::Comm& comm) { return (comm.rank() + comm.size() - 1) % comm.size(); }

}  // namespace

TEST_CASE("Comm::Mprobe takes a message that only its Message receives", "[message]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const std::vector<int> first{1, comm.rank()}, second{2, comm.rank()};
        std::vector<MPI::Request> sends;
        sends.push_back(comm.Isend(first, right_of(comm), 4));
        sends.push_back(comm.Isend(second, right_of(comm), 4));
        MPI::Status status;
        MPI::Message message = comm.Mprobe(MPI::ANY_SOURCE, MPI::ANY_TAG, &status);
        CHECK(message);
        CHECK(status.source() == left_of(comm));
        CHECK(status.tag() == 4);
        CHECK(status.Get_count(MPI::INT) == 2);
        std::vector<int> later(2), got(2);
        comm.Recv(later, left_of(comm), 4);  // not the first: that is taken
        CHECK(later == std::vector{2, left_of(comm)});
        status = {};
        message.Recv(got, &status);
        CHECK(got == std::vector{1, left_of(comm)});
        CHECK(status.source() == left_of(comm));
        CHECK(message.is_null());
        MPI::Request::Waitall(sends);
    });
}

TEST_CASE("Comm::Improbe returns a message as soon as there is one", "[message]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        CHECK_FALSE(comm.Improbe(left_of(comm), 8).has_value());
        comm.Barrier();
        const std::vector<double> sent(comm.rank() % 2 == 0 ? 3 : 100'000, 1.5);
        MPI::Request send = comm.Isend(sent, right_of(comm), 8);
        std::optional<MPI::Message> message;
        MPI::Status status;
        while (!message) message = comm.Improbe(left_of(comm), 8, &status);
        std::vector<double> got(static_cast<std::size_t>(status.Get_count(MPI::DOUBLE)));
        MPI::Request receive = message->Irecv(got);
        CHECK(message->is_null());
        receive.Wait(&status);
        CHECK(got == std::vector<double>(left_of(comm) % 2 == 0 ? 3 : 100'000, 1.5));
        CHECK(status.tag() == 8);
        send.Wait();
    });
}

TEST_CASE("A message from PROC_NULL is one of nothing", "[message]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto is_null = [](const MPI::Status& status) {
            return status.source() == MPI::PROC_NULL && status.tag() == MPI::ANY_TAG && status.count() == 0;
        };
        int value = 17;
        MPI::Status status;
        MPI::Message message = comm.Mprobe(MPI::PROC_NULL, 1, &status);
        CHECK(message);
        CHECK(is_null(status));
        status = {};
        message.Recv(value, &status);
        CHECK(is_null(status));
        status = {};
        std::optional<MPI::Message> maybe = comm.Improbe(MPI::PROC_NULL, 1, &status);
        CHECK(maybe.has_value());
        CHECK(is_null(status));
        if (maybe) {
            status = {};
            maybe->Irecv(value).Wait(&status);
            CHECK(is_null(status));
        }
        CHECK(value == 17);
    });
}

TEST_CASE("A moved Message receives, the one it came from is null", "[message]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int sent = comm.rank();
        MPI::Request send = comm.Isend(sent, right_of(comm));
        MPI::Message first = comm.Mprobe();
        MPI::Message second = std::move(first);
        CHECK(first.is_null());  // NOLINT(bugprone-use-after-move)
        first = std::move(second);
        CHECK(second.is_null());  // NOLINT(bugprone-use-after-move)
        int got = -1;
        first.Recv(got);
        CHECK(got == left_of(comm));
        send.Wait();
        CHECK(MPI::Message().is_null());
    });
}

TEST_CASE("A Message without a message cannot be received", "[message][error]") {
    int value = 0;
    MPI::Message none;
    CHECK(thrown<std::invalid_argument>([&] { none.Recv(value); }).find("MPI_Mrecv: the message is null (") == 0);
    CHECK(thrown<std::invalid_argument>([&] { (void)none.Irecv(value); }).find("MPI_Imrecv: the message is null (") == 0);
}
