#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/environment.hpp>

#include <cereal/types/map.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

enum class Colour : short { red = 1, green = 2 };

struct Point {  // an aggregate without a serialize function
    double x, y;
    int id;
    bool operator==(const Point&) const = default;
};

struct Person {
    std::string name;
    std::vector<int> marks;
    bool operator==(const Person&) const = default;
    template <class Archive> void serialize(Archive& archive) { archive(name, marks); }
};

using Table = std::map<std::string, std::vector<double>>;

/// A string whose message takes `size` bytes, at least 296, its envelope included.
std::string message_of(std::size_t size) {
    const std::size_t length = 9;  // of a string of 255 and more
    return std::string(size - sizeof(MPI::detail::Envelope) - length, 'm');
}

/// Passes `object` to the right in each way there is, and checks what comes from the left.
template <class T> void pass(const MPI::Comm& comm, const T& object) {
    using Sent = MPI::sent_as<T>;
    const int right = right_of(comm), left = left_of(comm);
    const Sent expected(object);
    const auto check = [&](int tag, auto send) {
        MPI::ObjectRequest<Sent> receive = comm.irecv<Sent>(left, tag);
        send(tag);
        CHECK(receive.wait() == expected);
        CHECK(receive.is_null());
    };
    check(1, [&](int tag) { comm.send(object, right, tag); });
    check(2, [&](int tag) { comm.ssend(object, right, tag); });
    check(3, [&](int tag) { comm.bsend(object, right, tag); });
    check(4, [&](int tag) { comm.isend(object, right, tag).wait(); });
    check(5, [&](int tag) { comm.issend(object, right, tag).wait(); });
    MPI::Request send = comm.isend(object, right, 6);
    CHECK(comm.recv<Sent>(left, 6) == expected);
    send.wait();
    CHECK(comm.sendrecv<Sent>(object, right, 7, left, 7) == expected);
}

}  // namespace

TEST_CASE("Objects of every kind pass in every send mode", "[object]") {
    const BsendBuffer attached;
    for_each_comm([](const MPI::Intracomm& comm) {
        pass(comm, 42);
        pass(comm, 2.5);
        pass(comm, true);
        pass(comm, 'c');
        pass(comm, Colour::green);
        pass(comm, "a literal");
        pass(comm, std::string("a\0b", 3));
        pass(comm, std::string());
        pass(comm, std::vector<int>());
        pass(comm, std::vector<std::string>{"", "one", "two"});
        pass(comm, Table{{"x", {1, 2}}, {"y", {}}});
        pass(comm, Point{1, 2, 3});
        pass(comm, std::array<Point, 2>{Point{1, 2, 3}, Point{4, 5, 6}});
        pass(comm, Person{"Emmy", {1, 2, 1}});
        pass(comm, std::vector<Person>(500, {"Emmy", {1, 2, 1}}));
    });
}

TEST_CASE("Objects pass whatever their size, inline or not", "[object]") {
    const BsendBuffer attached;
    for_each_comm([](const MPI::Intracomm& comm) {
        const std::size_t limit = MPI::detail::inline_limit;
        for (std::size_t size = limit - 9; size <= limit + 9; ++size) pass(comm, message_of(size));
        for (const std::size_t size : {std::size_t{1} << 16, std::size_t{1} << 20}) pass(comm, message_of(size));
    });
    const MPI::Intracomm half = MPI::COMM_WORLD.Split(MPI::COMM_WORLD.rank() % 2, -MPI::COMM_WORLD.rank());
    for (const MPI::Intracomm* comm : {&MPI::COMM_WORLD, &half}) {
        std::vector<double> large(20 << 17);  // 20 MiB
        std::iota(large.begin(), large.end(), comm->rank());
        const auto got = comm->sendrecv<std::vector<double>>(large, right_of(*comm), 0, left_of(*comm));
        std::iota(large.begin(), large.end(), left_of(*comm));
        CHECK(got == large);
    }
}

TEST_CASE("Comm::recv fills the status", "[object]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const std::size_t length : {10U, 100'000U}) {
            std::vector<MPI::Request> sends;
            for (int to = 0; to < comm.size(); ++to) sends.push_back(comm.isend(std::string(length, 'x'), to, 20 + comm.rank()));
            std::vector<int> seen(static_cast<std::size_t>(comm.size()));
            for (int i = 0; i < comm.size(); ++i) {
                MPI::Status status;
                if (i % 2 == 0) {
                    CHECK(comm.recv<std::string>(MPI::ANY_SOURCE, MPI::ANY_TAG, &status).size() == length);
                } else {
                    auto receive = comm.irecv<std::string>();
                    CHECK(receive.wait(&status).size() == length);
                }
                CHECK(status.tag() == 20 + status.source());
                CHECK(status.count() >= static_cast<MPI::Count>(length));
                CHECK(status.count() < static_cast<MPI::Count>(length) + 100);
                CHECK_FALSE(status.Is_cancelled());
                ++seen[static_cast<std::size_t>(status.source())];
            }
            CHECK(seen == std::vector<int>(seen.size(), 1));
            MPI::Request::Waitall(sends);
            comm.Barrier();  // before the next length, which any receive here would take
        }
    });
}

TEST_CASE("Comm::recv chooses by tag", "[object]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        auto first = comm.isend(std::string("one"), right_of(comm), 1), second = comm.isend(2, right_of(comm), 2);
        CHECK(comm.recv<int>(left_of(comm), 2) == 2);
        CHECK(comm.recv<std::string>(left_of(comm), 1) == "one");
        first.wait();
        second.wait();
    });
}

TEST_CASE("Posted receives of objects match in their order, whatever the sizes", "[object]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto length = [](std::size_t i) { return std::array<std::size_t, 4>{3, 100'000, 9'000, 1}[i % 4] + i; };
        constexpr std::size_t n = 200;
        std::vector<MPI::ObjectRequest<std::string>> receives;
        std::vector<MPI::Request> sends;
        for (std::size_t i = 0; i < n; ++i) receives.push_back(i % 3 == 0 ? comm.irecv<std::string>() : comm.irecv<std::string>(left_of(comm), 1));
        for (std::size_t i = 0; i < n; ++i) sends.push_back(comm.isend(std::string(length(i), static_cast<char>('a' + i % 26)), right_of(comm), 1));
        bool in_order = true;
        for (std::size_t j = n; j-- > 0;) {  // waited for in another order
            const std::size_t i = j ^ 1;
            in_order = in_order && receives[i].wait() == std::string(length(i), static_cast<char>('a' + i % 26));
        }
        CHECK(in_order);
        MPI::Request::Waitall(sends);
    });
}

TEST_CASE("Two hundred isends arrive in their order", "[object]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        std::vector<MPI::Request> sends;
        for (int i = 0; i < 200; ++i) sends.push_back(comm.isend(std::vector<int>(i % 10 == 0 ? 5000 : 3, i), right_of(comm)));
        bool in_order = true;
        for (int i = 0; i < 200; ++i) in_order = in_order && comm.recv<std::vector<int>>(left_of(comm)).front() == i;
        CHECK(in_order);
        MPI::Request::Waitall(sends);
    });
}

TEST_CASE("ObjectRequest::test returns the object once it has come", "[object]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const std::size_t length : {5U, 200'000U}) {
            auto receive = comm.irecv<std::string>(left_of(comm), 3);
            CHECK_FALSE(receive.test().has_value());
            comm.Barrier();
            MPI::Request send = comm.isend(std::string(length, 'x'), right_of(comm), 3);
            MPI::Status status;
            std::optional<std::string> object;
            while (!object) object = receive.test(&status);
            CHECK(*object == std::string(length, 'x'));
            CHECK(status.source() == left_of(comm));
            CHECK(status.tag() == 3);
            CHECK(receive.is_null());
            CHECK(error_class([&] { (void)receive.test(); }) == MPI::ERR_REQUEST);
            CHECK(error_class([&] { (void)receive.wait(); }) == MPI::ERR_REQUEST);
            while (!send.test()) {}
            CHECK(send.is_null());
        }
    });
}

TEST_CASE("An object may change as soon as isend has returned", "[object]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const std::size_t length : {5U, 200'000U}) {
            std::string object(length, 'x');
            MPI::Request send = comm.isend(object, right_of(comm));
            object.assign(length, 'y');
            CHECK(comm.recv<std::string>(left_of(comm)) == std::string(length, 'x'));
            send.wait();
        }
    });
}

TEST_CASE("PROC_NULL gives a default object", "[object]") {
    const BsendBuffer attached;
    for_each_comm([](const MPI::Intracomm& comm) {
        const std::string large(100'000, 'x');
        comm.send(large, MPI::PROC_NULL);
        comm.ssend(1, MPI::PROC_NULL);
        comm.bsend(1, MPI::PROC_NULL);
        comm.isend(large, MPI::PROC_NULL).wait();
        comm.issend(1, MPI::PROC_NULL).wait();
        MPI::Status status;
        CHECK(comm.recv<int>(MPI::PROC_NULL, 3, &status) == 0);
        CHECK(status.source() == MPI::PROC_NULL);
        status = {};
        auto receive = comm.irecv<std::string>(MPI::PROC_NULL);
        CHECK(receive.wait(&status).empty());
        CHECK(status.source() == MPI::PROC_NULL);
        CHECK(comm.sendrecv<Table>(Table{{"x", {1}}}, MPI::PROC_NULL, 0, MPI::PROC_NULL).empty());
        auto pending = comm.irecv<int>(left_of(comm), 1);  // while one is, blocking receives run as nonblocking ones
        CHECK(comm.recv<int>(MPI::PROC_NULL) == 0);
        MPI::Request send = comm.isend(5, right_of(comm), 1);
        CHECK(pending.wait() == 5);
        send.wait();
    });
}

TEST_CASE("A cancelled irecv gives a default object and leaves the message to the next", "[object]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        auto cancelled = comm.irecv<std::string>(left_of(comm), 1);
        cancelled.cancel();
        MPI::Status status;
        CHECK(cancelled.wait(&status).empty());
        CHECK(status.Is_cancelled());
        comm.Barrier();
        MPI::Request send = comm.isend(std::string("text"), right_of(comm), 1);
        auto receive = comm.irecv<std::string>(left_of(comm), 1);
        while (!receive.Get_status()) {}
        receive.cancel();  // too late
        CHECK(receive.wait() == "text");
        send.wait();
    });
}

TEST_CASE("A dropped irecv leaves the next message receivable", "[object]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const std::size_t length : {5U, 200'000U}) {
            const std::string first(length, '1'), second(length, '2');
            (void)comm.irecv<std::string>(left_of(comm), 1);  // before its message comes: cancelled
            comm.Barrier();
            MPI::Request send = comm.isend(first, right_of(comm), 1);
            CHECK(comm.recv<std::string>(left_of(comm), 1) == first);
            send.wait();
            {
                auto dropped = comm.irecv<std::string>(left_of(comm), 1);
                send = comm.isend(first, right_of(comm), 1);
                while (!dropped.Get_status()) {}
            }  // after its message has come: that is lost
            MPI::Request next = comm.isend(second, right_of(comm), 1);
            CHECK(comm.recv<std::string>(left_of(comm), 1) == second);
            send.wait();
            next.wait();
        }
    });
}

TEST_CASE("A dropped isend still arrives", "[object]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const std::size_t length : {5U, 200'000U}) {
            (void)comm.isend(std::string(length, 'x'), right_of(comm), 1);
            { const MPI::Request dropped = comm.issend(std::string(length, 'y'), right_of(comm), 1); }
            CHECK(comm.recv<std::string>(left_of(comm), 1) == std::string(length, 'x'));
            CHECK(comm.recv<std::string>(left_of(comm), 1) == std::string(length, 'y'));
        }
    });
}

TEST_CASE("Comm::recv keeps the next message receivable after a wrong type", "[object][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const std::size_t length : {5U, 200'000U}) {
            std::vector<MPI::Request> sends;
            for (int i = 0; i < 3; ++i) sends.push_back(comm.isend(std::string(length, 'x'), right_of(comm), 1));
            CHECK(contains(type_error([&] { (void)comm.recv<Point>(left_of(comm), 1); }), "Point"));
            auto receive = comm.irecv<std::vector<int>>(left_of(comm), 1);
            CHECK(contains(type_error([&] { (void)receive.wait(); }), "vector<int>"));
            CHECK(comm.recv<std::string>(left_of(comm), 1) == std::string(length, 'x'));
            MPI::Request::Waitall(sends);
        }
    });
}

TEST_CASE("A message of an uppercase method is no object", "[object][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        // none, less than an envelope, as long as a short or a long one, longer, and longer than a receive has room for
        for (const std::size_t length : {std::size_t{0}, std::size_t{3}, MPI::detail::Envelope::short_size, sizeof(MPI::detail::Envelope),
                                         std::size_t{1000}, std::size_t{8192}, std::size_t{8193}, std::size_t{1'000'000}}) {
            const std::vector<char> buffer(length, 'u');
            for (const bool posted : {false, true}) {
                auto receive = posted ? comm.irecv<int>(left_of(comm), 1) : MPI::ObjectRequest<int>();
                MPI::Request first = comm.Isend(buffer, right_of(comm), 1), second = comm.isend(7, right_of(comm), 1);
                CHECK_THROWS_AS(posted ? receive.wait() : comm.recv<int>(left_of(comm), 1), MPI::Exception);
                CHECK(comm.recv<int>(left_of(comm), 1) == 7);
                first.Wait();
                second.Wait();
            }
        }
    });
}

TEST_CASE("Numbers of an uppercase method are no object, whatever they are", "[object][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const std::vector<std::int64_t>& numbers : {std::vector<std::int64_t>{7, 0}, {7, 8, 1}, {0, 0, 0, 0}}) {
            MPI::Request sent = comm.Isend(numbers, right_of(comm), 1);
            CHECK(contains(type_error([&] { (void)comm.recv<int>(left_of(comm), 1); }), "no object"));
            sent.Wait();
        }
    });
}

TEST_CASE("A small object travels with 16 bytes of the library's", "[object]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        MPI::Request sent = comm.isend(1.5, right_of(comm), 1);
        MPI::Status status;
        comm.Probe(left_of(comm), 1, &status);
        CHECK(status.Get_count(MPI::BYTE) == 24);
        CHECK(comm.recv<double>(left_of(comm), 1, &status) == 1.5);
        CHECK(status.Get_count(MPI::BYTE) == 8);
        sent.Wait();
        if (comm.rank() == 1) {
            comm.send(2.5, 0);
        } else if (comm.rank() == 0 && comm.size() > 1) {
            comm.Probe(1, 0, &status);
            CHECK(status.Get_count(MPI::BYTE) == 24);
            CHECK(comm.recv<double>(1) == 2.5);
        }
    });
}

TEST_CASE("A large object goes to the right process of a split communicator", "[object]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const MPI::Intracomm reverse = world.Split(0, -world.rank()), half = reverse.Split(world.rank() / 2, world.rank());
    for (const MPI::Intracomm* comm : {&reverse, &half}) {
        std::vector<MPI::Request> sends;
        for (int to = 0; to < comm->size(); ++to) sends.push_back(comm->isend(std::vector<int>(20'000, 100 * world.rank() + to), to, 2));
        for (int from = 0; from < comm->size(); ++from) {
            const auto got = comm->recv<std::vector<int>>(from, 2);
            CHECK(got.size() == 20'000);
            CHECK(got.front() % 100 == comm->rank());
            const std::vector<int> ranks = comm->allgather(world.rank());
            CHECK(got.front() / 100 == ranks[static_cast<std::size_t>(from)]);
        }
        MPI::Request::Waitall(sends);
    }
}

TEST_CASE("Objects and buffers of equal source and tag keep their order", "[object]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int number = 5;
        int got = 0;
        MPI::Request first = comm.isend(std::string("object"), right_of(comm), 1), second = comm.Isend(number, right_of(comm), 1);
        CHECK(comm.recv<std::string>(left_of(comm), 1) == "object");
        comm.Recv(got, left_of(comm), 1);
        CHECK(got == 5);
        first.Wait();
        second.Wait();
    });
}

TEST_CASE("Threads send and receive objects at once", "[object][threads]") {
    if (MPI::Query_thread() < MPI::THREAD_MULTIPLE)
        return;
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    std::atomic<int> wrong{0};
    const auto work = [&](int thread) {
        const int right = right_of(comm), left = left_of(comm);
        try {
            for (int i = 0; i < 30; ++i) {
                const std::size_t length = std::array<std::size_t, 3>{10, 9'000, 300'000}[static_cast<std::size_t>((i + thread) % 3)];
                const auto text = [&](int rank) { return std::string(length, static_cast<char>('a' + (rank + i + thread) % 26)); };
                if (i % 2 == 0) {
                    auto receive = comm.irecv<std::string>(left, thread);
                    comm.send(text(comm.rank()), right, thread);
                    wrong += receive.wait() != text(left);
                } else {
                    MPI::Request send = comm.isend(text(comm.rank()), right, thread);
                    (void)comm.irecv<int>(left, 100 + thread);  // dropped
                    wrong += comm.recv<std::string>(left, thread) != text(left);
                    send.wait();
                }
            }
        } catch (...) {
            ++wrong;
        }
    };
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < 3; ++thread) threads.emplace_back(work, thread);
    }
    CHECK(wrong == 0);
}
