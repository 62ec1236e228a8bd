#include "catch.hpp"
#include "support.hpp"

#include <cereal/types/map.hpp>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;

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

TEST_CASE("A Message is received as an object of any size", "[message][object]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        using Table = std::map<std::string, std::vector<double>>;
        for (const std::size_t n : {0U, 10U, 2'000U, 20'000U, 200'000U}) {
            const auto object = [n](int rank) { return Table{{"a", std::vector<double>(n, rank)}, {"b", std::vector<double>(n / 2, 1)}}; };
            std::vector<MPI::Request> sends;
            for (int i = 0; i < 4; ++i) sends.push_back(comm.isend(object(comm.rank()), right_of(comm), 30 + i));
            MPI::Message first = comm.Mprobe(left_of(comm), 30), second = comm.Mprobe(left_of(comm), 31);
            MPI::Status status;
            CHECK(comm.recv<Table>(MPI::ANY_SOURCE, 32, &status) == object(left_of(comm)));  // none of those that are taken
            CHECK(status.tag() == 32);
            MPI::ObjectRequest<Table> receive = first.irecv<Table>();
            CHECK(first.is_null());
            CHECK(second.recv<Table>(&status) == object(left_of(comm)));
            CHECK(second.is_null());
            CHECK(status.source() == left_of(comm));
            CHECK(status.tag() == 31);
            CHECK(status.count() >= static_cast<MPI::Count>(n * sizeof(double)));
            status = {};
            CHECK(receive.wait(&status) == object(left_of(comm)));
            CHECK(status.source() == left_of(comm));
            CHECK(status.tag() == 30);
            CHECK(status.count() >= static_cast<MPI::Count>(n * sizeof(double)));
            std::optional<MPI::Message> last;
            while (!last) last = comm.Improbe(MPI::ANY_SOURCE, MPI::ANY_TAG);
            CHECK(last->recv<Table>() == object(left_of(comm)));
            MPI::Request::Waitall(sends);
        }
    });
}

TEST_CASE("A Message from PROC_NULL is received as a default object", "[message][object]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        MPI::Status status;
        CHECK(comm.Mprobe(MPI::PROC_NULL).recv<std::string>(&status).empty());
        CHECK(status.source() == MPI::PROC_NULL);
        CHECK(status.count() == 0);
        status = {};
        std::optional<MPI::Message> message = comm.Improbe(MPI::PROC_NULL);
        CHECK(message.has_value());
        if (!message)
            return;
        CHECK(message->irecv<std::vector<int>>().wait(&status).empty());
        CHECK(status.source() == MPI::PROC_NULL);
        CHECK(message->is_null());
    });
}

TEST_CASE("A Message of a buffer is no object, and the next one can be received", "[message][object][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const std::size_t length : {std::size_t{0}, std::size_t{3}, MPI::detail::Envelope::short_size, sizeof(MPI::detail::Envelope),
                                         std::size_t{8192}, std::size_t{8193}, std::size_t{1'000'000}})
            for (const bool nonblocking : {false, true}) {
                const std::vector<char> buffer(length, 'u');
                MPI::Request first = comm.Isend(buffer, right_of(comm), 1), second = comm.isend(std::string("object"), right_of(comm), 1);
                MPI::Message message = comm.Mprobe(left_of(comm), 1);
                CHECK_THROWS_AS(nonblocking ? message.irecv<std::string>().wait() : message.recv<std::string>(), MPI::Exception);
                CHECK(comm.Mprobe(left_of(comm), 1).recv<std::string>() == "object");
                first.Wait();
                second.Wait();
            }
    });
}

TEST_CASE("A Message of an object that is dropped while it is received leaves the next alone", "[message][object]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const std::size_t n : {10U, 2'000U, 200'000U}) {
            std::vector<MPI::Request> sends;
            for (int i = 0; i < 2; ++i) sends.push_back(comm.isend(std::vector<double>(n, i), right_of(comm), 1));
            (void)comm.Mprobe(left_of(comm), 1).irecv<std::vector<double>>();
            CHECK(comm.recv<std::vector<double>>(left_of(comm), 1) == std::vector<double>(n, 1));
            MPI::Request::Waitall(sends);
        }
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
    CHECK(error_of_class(MPI::ERR_REQUEST, [&] { none.Recv(value); }).find("MPI_Mrecv: the message is null") == 0);
    CHECK(error_of_class(MPI::ERR_REQUEST, [&] { (void)none.Irecv(value); }).find("MPI_Imrecv: the message is null") == 0);
    CHECK(error_class([&] { (void)none.recv<int>(); }) == MPI::ERR_REQUEST);
    CHECK(error_class([&] { (void)none.irecv<int>(); }) == MPI::ERR_REQUEST);
}

TEST_CASE("A null message and the one of PROC_NULL are constants", "[message]") {
    CHECK(MPI::MESSAGE_NULL.is_null());
    CHECK_FALSE(MPI::MESSAGE_NO_PROC.is_null());
    CHECK(MPI::Message::Probe(MPI::COMM_SELF, MPI::PROC_NULL).handle() == MPI::MESSAGE_NO_PROC.handle());
    MPI::Message none = MPI::Message::borrow(MPI::MESSAGE_NO_PROC.handle());
    MPI::Status status = written();
    int value = 3;
    none.Recv(value, &status);
    CHECK(value == 3);
    CHECK(status.source() == MPI::PROC_NULL);
    CHECK(MPI::Message::f2c(MPI::MESSAGE_NO_PROC.c2f()).handle() == MPI::MESSAGE_NO_PROC.handle());
    CHECK(MPI::Message::f2c(MPI::MESSAGE_NULL.c2f()).is_null());
}

TEST_CASE("Message::probe and iprobe find objects", "[message]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        CHECK_FALSE(MPI::Message::iprobe(comm, left_of(comm), 21).has_value());
        MPI::Request first = comm.isend(std::string("first"), right_of(comm), 20), second = comm.isend(2.5, right_of(comm), 20);
        MPI::Status status;
        MPI::Message message = MPI::Message::probe(comm, left_of(comm), 20, &status);
        CHECK(status.tag() == 20);
        CHECK(message.recv<std::string>() == "first");
        std::optional<MPI::Message> next;
        while (!next) next = MPI::Message::iprobe(comm, left_of(comm), 20);
        CHECK(next->recv<double>() == 2.5);
        first.wait();
        second.wait();
    });
}

TEST_CASE("Recv<T> of an object says that recv takes it", "[message][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto refused = [&](auto object, auto receive) {
            MPI::Request send = comm.isend(object, right_of(comm));
            CHECK(contains(type_error(receive), "is an object: receive it with recv (" + std::string(__FILE__)));
            send.Wait();
        };
        refused(std::vector<int>(10), [&] { (void)comm.Recv<int>(left_of(comm)); });
        refused(std::string("odd"), [&] { (void)comm.Recv<double>(left_of(comm)); });
        MPI::Request object = comm.isend(std::vector<int>(10), right_of(comm));
        CHECK(comm.Recv<std::byte>(left_of(comm)).size() > 10 * sizeof(int));  // bytes are what they are: `pickle` writes such too
        object.Wait();
        const std::vector<int> numbers(8, 0x4d34432c);  // by which an object is known, and no object
        MPI::Request send = comm.Isend(std::span(numbers).first(7), right_of(comm));
        CHECK(comm.Recv<int>(left_of(comm)) == std::vector<int>(7, 0x4d34432c));
        send.Wait();
    });
}
