#include "catch.hpp"
#include "positive.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <array>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

// No co_await stands in a CHECK: Catch2 writes its expression twice, and g++ 12 evaluates both.

using Numbers = std::vector<double>;

MPI::Coroutine<> nothing() { co_return; }
MPI::Coroutine<int> number(int value) { co_return value; }
MPI::Coroutine<> throws(std::string text) {
    co_await nothing();
    throw std::domain_error(text);
}

/// Hands an object once round the ring.
template <class T> MPI::Coroutine<T> round(const MPI::Comm& comm, T object, int tag = 0) {
    for (int i = 0; i < comm.size(); ++i) {
        MPI::Request sent = comm.isend(object, right_of(comm), tag);
        T next = co_await comm.irecv<T>(left_of(comm), tag);
        co_await sent;
        object = std::move(next);
    }
    co_return object;
}

/// Receives under all tags below `n`, in order.
MPI::Coroutine<std::vector<std::string>> receive_all(const MPI::Comm& comm, int source, int n) {
    std::vector<std::string> all;
    for (int tag = 0; tag < n; ++tag) all.push_back(co_await comm.irecv<std::string>(source, tag));
    co_return all;
}

MPI::Coroutine<> send_all(const MPI::Comm& comm, int dest, int n) {
    for (int tag = 0; tag < n; ++tag) co_await comm.isend(std::to_string(tag), dest, tag);
}

std::vector<MPI::ObjectRequest<std::string>> receives(const MPI::Comm& comm, int source, int n) {
    std::vector<MPI::ObjectRequest<std::string>> all;
    for (int tag = 0; tag < n; ++tag) all.push_back(comm.irecv<std::string>(source, tag));
    return all;
}

/// Whether it has been dropped.
struct Flag {
    explicit Flag(bool& is_over) : over(is_over) {}
    Flag(const Flag&) = delete;
    Flag& operator=(const Flag&) = delete;
    ~Flag() { over = true; }
    bool& over;
};

constexpr auto takes_itself = "the coroutine waits for itself";
constexpr auto is_null_text = "the coroutine is null, or its result has been taken";

}  // namespace

TEST_CASE("co_await of a request gives its status, and of an object's request the object", "[coroutine]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto program = [&comm]() -> MPI::Coroutine<int> {
            int sent = comm.rank(), got = -1;
            MPI::Request send = comm.Isend(sent, right_of(comm), 3);
            const MPI::Status status = co_await comm.Irecv(got, left_of(comm), 3);
            CHECK(status.Get_source() == left_of(comm));
            CHECK(status.Get_tag() == 3);
            CHECK(status.Get_count(MPI::INT) == 1);
            CHECK(got == left_of(comm));
            co_await send;
            CHECK(send.is_null());

            MPI::Request object = comm.isend(letter(comm.rank()), right_of(comm));
            std::string came;
            const MPI::Status in_place = co_await comm.irecv_into(came, MPI::ANY_SOURCE);
            CHECK(in_place.Get_source() == left_of(comm));
            CHECK(came == letter(left_of(comm)));
            co_await object;

            co_await comm.ibarrier();
            co_return co_await comm.iallreduce(1);
        };
        CHECK(program().wait() == comm.size());
    });
}

TEST_CASE("Objects of every size go round a ring of coroutines, several at once", "[coroutine][object]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const std::size_t size : {std::size_t{3}, std::size_t{2'000}, std::size_t{20'000}, std::size_t{300'000}}) {
            const Numbers mine(size, comm.rank());
            const auto [numbers, text, one] =
                MPI::when_all(round(comm, mine, 1), round(comm, letter(comm.rank()), 2), round(comm, comm.rank(), 3)).get();
            CHECK(numbers == mine);
            CHECK(text == letter(comm.rank()));
            CHECK(one == comm.rank());
        }
    });
}

TEST_CASE("A coroutine begins when it is waited for, and gives its result once", "[coroutine]") {
    bool begun = false, over = false;
    const auto program = [&]() -> MPI::Coroutine<std::unique_ptr<int>> {
        begun = true;
        const Flag flag(over);
        co_await nothing();
        co_return std::make_unique<int>(7);
    };
    MPI::Coroutine<std::unique_ptr<int>> coroutine = program();
    CHECK_FALSE(begun);
    MPI::Coroutine<std::unique_ptr<int>> moved = std::move(coroutine);
    CHECK(coroutine.is_null());
    CHECK(*moved.get() == 7);
    CHECK(begun);
    CHECK(over);
    CHECK(moved.is_null());
    CHECK(contains(thrown<std::invalid_argument>([&] { (void)moved.get(); }), is_null_text));
    CHECK(contains(thrown<std::invalid_argument>([&] { (void)moved.test(); }), is_null_text));

    begun = false;
    { const auto never_waited_for = program(); }
    CHECK_FALSE(begun);
}

TEST_CASE("An exception goes to whoever awaits the coroutine", "[coroutine]") {
    const auto program = []() -> MPI::Coroutine<std::string> {
        try {
            co_await throws("inner");
        } catch (const std::domain_error& e) {
            co_return std::string("caught ") + e.what();
        }
        co_return "nothing thrown";
    };
    CHECK(program().get() == "caught inner");
    MPI::Coroutine<> failing = throws("outer");
    CHECK(thrown<std::domain_error>([&] { failing.wait(); }) == "outer");
    CHECK(failing.is_null());
    failing = throws("test");
    CHECK(thrown<std::domain_error>([&] { (void)failing.test(); }) == "test");
    CHECK(failing.is_null());
}

TEST_CASE("What MPI reports is thrown in the coroutine, with the line of its co_await", "[coroutine]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto program = [&comm]() -> MPI::Coroutine<std::string> {
            MPI::Request sent = comm.isend(std::string("text"), right_of(comm));
            unsigned long line = 0;
            std::string text;
            try {
                line = __LINE__ + 1;
                (void)co_await comm.irecv<Numbers>(left_of(comm));
            } catch (const MPI::Exception& e) {
                CHECK(e.Get_error_class() == MPI::ERR_TYPE);
                CHECK(e.where().line == line);
                CHECK(contains(e.where().file, "test_coroutine.cpp"));
                text = e.what();
            }
            co_await sent;
            co_return text;
        };
        CHECK(contains(program().get(), "string"));
        // and nothing is left behind
        CHECK(round(comm, comm.rank()).get() == comm.rank());
    });
}

TEST_CASE("A message that is too long is the error of the coroutine that awaits it, and of no other", "[coroutine]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        if (comm.size() == 1)  // Open MPI cuts a process's own messages off without a word
            return;
        const auto receive = [&comm](int tag) -> MPI::Coroutine<int> {
            int value = -1;
            try {
                co_await comm.Irecv(value, left_of(comm), tag);
            } catch (const MPI::Exception& e) {
                co_return e.Get_error_class();
            }
            co_return value;
        };
        const std::array<int, 2> long_one{1, 2};
        const int short_one = 100;
        std::array<MPI::Request, 4> sends{comm.Isend(short_one, right_of(comm), 1), comm.Isend(long_one, right_of(comm), 2),
                                          comm.Isend(short_one, right_of(comm), 3), comm.Isend(long_one, right_of(comm), 4)};
        const auto [first, second, third] = MPI::when_all(receive(1), receive(2), receive(3)).get();
        CHECK(first == 100);
        CHECK(second == MPI::ERR_TRUNCATE);
        CHECK(third == 100);
        CHECK(receive(4).get() == MPI::ERR_TRUNCATE);
        MPI::Request::Waitall(sends);
    });
}

TEST_CASE("Null requests are to co_await what they are to wait", "[coroutine]") {
    const auto program = []() -> MPI::Coroutine<> {
        MPI::Request plain;
        const MPI::Status status = co_await plain;
        CHECK(status.Get_source() == MPI::ANY_SOURCE);
        MPI::Prequest inactive = MPI::COMM_SELF.Send_init({}, MPI::PROC_NULL);
        co_await inactive;
        CHECK_FALSE(inactive.is_null());
        MPI::ObjectRequest<int> object;
        std::string text;
        try {
            (void)co_await object;
        } catch (const MPI::Exception& e) {
            CHECK(e.Get_error_class() == MPI::ERR_REQUEST);
            text = e.what();
        }
        CHECK(contains(text, "null"));
        MPI::Coroutine<int> coroutine;
        text.clear();
        try {
            (void)co_await coroutine;
        } catch (const std::invalid_argument& e) {
            text = e.what();
        }
        CHECK(contains(text, is_null_text));
        CHECK(contains(text, "test_coroutine.cpp"));
    };
    program().wait();
}

TEST_CASE("A persistent request is awaited each time it has been started", "[coroutine]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto program = [&comm]() -> MPI::Coroutine<int> {
            int out = 0, in = 0, sum = 0;
            std::array<MPI::Prequest, 2> requests{comm.Recv_init(in, left_of(comm)), comm.Send_init(out, right_of(comm))};
            for (int i = 0; i < 5; ++i) {
                out = i;
                MPI::Prequest::Startall(requests);
                const MPI::Status status = co_await requests[0];
                CHECK(status.Get_source() == left_of(comm));
                co_await requests[1];
                sum += in;
            }
            co_return sum;
        };
        CHECK(program().wait() == 10);
    });
}

TEST_CASE("A generalized request is awaited like any other", "[coroutine]") {
    const auto program = []() -> MPI::Coroutine<int> {
        MPI::Grequest request = MPI::Grequest::Start([](MPI::Status& status) { status.Set_tag(5); });
        request.Complete();
        const MPI::Status status = co_await request;
        co_return status.Get_tag();
    };
    CHECK(program().get() == 5);
}

TEST_CASE("Long loops and deep calls of coroutines need no stack", "[coroutine]") {
    const auto loop = []() -> MPI::Coroutine<int> {
        int sum = 0;
        for (int i = 0; i < 300'000; ++i) {
            co_await nothing();
            sum += co_await number(1);
        }
        co_return sum;
    };
    CHECK(loop().get() == 300'000);

    struct Deep {
        static MPI::Coroutine<int> call(int depth) {  // NOLINT(misc-no-recursion)
            int below = 0;
            if (depth > 0)
                below = co_await call(depth - 1);
            co_return below + 1;
        }
    };
    CHECK(Deep::call(100'000).get() == 100'001);
}

TEST_CASE("A pipeline of many receives takes them in order", "[coroutine]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        constexpr int n = 200;
        const auto [strings, sent] = MPI::when_all(receive_all(comm, left_of(comm), n), send_all(comm, right_of(comm), n)).get();
        for (int i = 0; i < n; ++i) CHECK(strings[static_cast<std::size_t>(i)] == std::to_string(i));
    });
}

TEST_CASE("A server talks with many clients, each of which has a coroutine", "[coroutine]") {
    const auto serve = [](const MPI::Comm& comm, int client) -> MPI::Coroutine<int> {
        for (int served = 0;; ++served) {
            const std::string query = co_await comm.irecv<std::string>(client);
            if (query.empty())
                co_return served;
            co_await comm.isend(query + query, client);
        }
    };
    const auto ask = [](const MPI::Comm& comm, int queries) -> MPI::Coroutine<> {
        for (int i = 0; i < queries; ++i) {
            const std::string query = letter(i % 20);
            co_await comm.isend(query, 0);
            const std::string answer = co_await comm.irecv<std::string>(0);
            CHECK(answer == query + query);
        }
        co_await comm.isend(std::string(), 0);
    };
    for_each_comm([&](const MPI::Intracomm& comm) {
        const MPI::Intracomm other = comm.Dup();  // the server is a client too: its queries are not its answers
        const auto both = [&](int client) -> MPI::Coroutine<int> {
            if (client > 0)
                co_return co_await serve(comm, client);
            co_return 0;
        };
        if (comm.rank() == 0) {
            std::vector<MPI::Coroutine<int>> clients;
            for (int client = 0; client < comm.size(); ++client) clients.push_back(both(client));
            const std::vector<int> served = MPI::when_all(std::move(clients)).get();
            for (int client = 0; client < comm.size(); ++client) CHECK(served[static_cast<std::size_t>(client)] == 10 * client);
        } else {
            ask(comm, 10 * comm.rank()).wait();
        }
    });
}

TEST_CASE("when_all gives the results of requests and coroutines of any type", "[coroutine]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto program = [&comm]() -> MPI::Coroutine<> {
            const int sent = comm.rank();
            int got = -1;
            MPI::Request send = comm.Isend(sent, right_of(comm), 1);
            MPI::Request object = comm.isend(letter(comm.rank()), right_of(comm), 2);
            const auto [status, text, sent_status, none, seven] =
                co_await MPI::when_all(comm.Irecv(got, left_of(comm), 1), comm.irecv<std::string>(left_of(comm), 2), send, nothing(), number(7));
            co_await object;
            CHECK(status.Get_source() == left_of(comm));
            CHECK(got == left_of(comm));
            CHECK(text == letter(left_of(comm)));
            CHECK(none == std::monostate());
            CHECK(seven == 7);
            CHECK(send.is_null());

            std::vector<MPI::Request> sends;
            std::vector<MPI::ObjectRequest<std::string>> requests = receives(comm, left_of(comm), 20);
            for (int tag = 19; tag >= 0; --tag) sends.push_back(comm.isend(std::to_string(tag), right_of(comm), tag));
            const std::vector<std::string> strings = co_await MPI::when_all(requests);
            for (std::size_t i = 0; i < 20; ++i) CHECK(strings[i] == std::to_string(i));
            const std::vector<MPI::Status> statuses = co_await MPI::when_all(std::move(sends));
            CHECK(statuses.size() == 20);
            const std::vector<MPI::Status> no_statuses = co_await MPI::when_all(std::vector<MPI::Request>());
            CHECK(no_statuses.empty());
            co_await MPI::when_all();
            std::vector<MPI::Coroutine<>> empty_ones(3);
            for (MPI::Coroutine<>& one : empty_ones) one = nothing();
            co_await MPI::when_all(empty_ones);
            CHECK(empty_ones[2].is_null());
        };
        program().wait();
    });
}

TEST_CASE("when_all throws as soon as one has failed, drops what it owns and leaves what it does not", "[coroutine]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    bool over = false;
    const auto waits = [&](int tag) -> MPI::Coroutine<int> {
        const Flag flag(over);
        co_return co_await comm.irecv<int>(0, tag);
    };
    MPI::ObjectRequest<int> kept = comm.irecv<int>(0, 2);
    CHECK(thrown<std::domain_error>([&] { (void)MPI::when_all(waits(1), throws("one"), kept, throws("two")).get(); }) == "one");
    CHECK(over);
    CHECK_FALSE(kept.is_null());
    MPI::Request late = comm.isend(22, 0, 2);
    CHECK(kept.wait() == 22);
    late.wait();
    MPI::Request send = comm.isend(11, 0, 1);  // the receive of the dropped one is cancelled
    CHECK(comm.recv<int>(0, 1) == 11);
    send.wait();
}

TEST_CASE("when_all leaves variables their objects if a part fails, and if it is dropped", "[coroutine]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    const auto send = [&] { return std::array{comm.isend(std::string("first"), 0, 0), comm.isend(std::string("second"), 0, 1)}; };
    const auto come = [&](auto& requests) {
        for (auto& request : requests) request.Wait();
    };
    {
        auto requests = receives(comm, 0, 2);
        MPI::ObjectRequest<int> no_int = comm.irecv<int>(0, 2);
        auto sent = send();
        MPI::Request wrong = comm.isend(std::string("no int"), 0, 2);
        come(requests);
        CHECK_THROWS_AS((void)MPI::when_all(requests[0], requests[1], no_int).get(), MPI::Exception);
        CHECK(requests[0].wait() == "first");
        CHECK(requests[1].wait() == "second");
        wrong.wait();
        MPI::Request::waitall(sent);
    }
    {
        auto requests = receives(comm, 0, 3);
        auto sent = send();
        {
            auto all = MPI::when_all(requests);
            for (int i = 0; i < 5; ++i) CHECK_FALSE(all.test().has_value());
        }
        CHECK(requests[0].wait() == "first");
        CHECK(requests[1].wait() == "second");
        MPI::Request late = comm.isend(std::string("third"), 0, 2);
        CHECK(requests[2].wait() == "third");
        late.wait();
        MPI::Request::waitall(sent);
    }
}

TEST_CASE("when_all reads each object when it comes, and takes none before all are read", "[coroutine]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    MPI::Coroutine<int> five = number(5);
    MPI::ObjectRequest<int> come = comm.irecv<int>(0, 0), late = comm.irecv<int>(0, 9);
    std::vector<MPI::ObjectRequest<Positive<>>> objects;
    std::vector<MPI::Request> sends;
    for (int tag = 1; tag < 4; ++tag) objects.push_back(comm.irecv<Positive<>>(0, tag));
    sends.push_back(comm.isend(10, 0, 0));
    for (int tag = 1; tag < 4; ++tag) sends.push_back(comm.isend(Positive<>{2 - tag}, 0, tag));
    come.Wait();
    for (auto& object : objects) object.Wait();

    CHECK(thrown<std::domain_error>([&] { (void)MPI::when_all(objects).get(); }) == "negative");
    CHECK(objects[2].is_null());
    CHECK(objects[0].wait().value == 1);
    CHECK(objects[1].wait().value == 0);

    objects[2] = comm.irecv<Positive<>>(0, 4);
    sends.push_back(comm.isend(Positive<>{-2}, 0, 4));
    objects[2].Wait();
    auto all = MPI::when_all(five, come, late, objects[2]);
    CHECK(thrown<std::domain_error>([&] { (void)all.test(); }) == "negative");
    CHECK(five.get() == 5);
    CHECK(come.wait() == 10);
    sends.push_back(comm.isend(11, 0, 9));
    CHECK(late.wait() == 11);
    MPI::Request::Waitall(sends);
}

TEST_CASE("Of two who await the same coroutine at once, the second is told that the result is gone", "[coroutine]") {
    const auto await = [](MPI::Coroutine<int>& shared) -> MPI::Coroutine<int> { co_return co_await shared; };
    constexpr auto taken = "two of those who wait have awaited the same coroutine";
    MPI::Coroutine<int> twice = number(1), shared = number(2);
    CHECK(contains(thrown<std::invalid_argument>([&] { (void)MPI::when_all(twice, twice).get(); }), taken));
    CHECK(contains(thrown<std::invalid_argument>([&] { (void)MPI::when_all(shared, await(shared)).get(); }), taken));
}

TEST_CASE("when_any gives one and keeps the others with their objects", "[coroutine]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto program = [&comm]() -> MPI::Coroutine<> {
            constexpr int n = 12;
            std::vector<MPI::ObjectRequest<std::string>> requests = receives(comm, left_of(comm), n);
            std::vector<MPI::Request> sends;
            for (int tag = n - 1; tag >= 0; --tag) sends.push_back(comm.isend(std::to_string(tag), right_of(comm), tag));
            std::vector<int> seen(n);
            while (const auto one = co_await MPI::when_any(requests)) {
                const auto& [index, text] = *one;
                CHECK(text == std::to_string(index));
                ++seen[static_cast<std::size_t>(index)];
            }
            CHECK(seen == std::vector<int>(n, 1));
            co_await MPI::when_all(sends);

            int typed = -1;
            const int out = 4;
            MPI::ObjectRequest<std::string> object = comm.irecv<std::string>(left_of(comm), 1);
            MPI::Request buffer = comm.Irecv(typed, left_of(comm), 2);
            const MPI::Request sent = comm.isend(letter(comm.rank()), right_of(comm), 1);
            const auto first = co_await MPI::when_any(buffer, object);
            CHECK(first.index() == 1);
            CHECK(std::get<std::string>(first) == letter(left_of(comm)));
            CHECK(object.is_null());
            CHECK_FALSE(buffer.is_null());
            comm.Barrier();
            const MPI::Request late = comm.Isend(out, right_of(comm), 2);
            const auto second = co_await MPI::when_any(object, buffer);
            CHECK(second.index() == 1);
            CHECK(std::get<MPI::Status>(second).Get_source() == left_of(comm));
            CHECK(typed == 4);
        };
        program().wait();
    });
}

TEST_CASE("when_any of coroutines leaves the others where they wait, for whoever waits next", "[coroutine]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto two = [&comm](int tag) -> MPI::Coroutine<std::string> {
            const std::string first = co_await comm.irecv<std::string>(left_of(comm), tag);
            co_return first + co_await comm.irecv<std::string>(left_of(comm), tag);
        };
        std::vector<MPI::Coroutine<std::string>> coroutines;
        for (int tag = 0; tag < 3; ++tag) coroutines.push_back(two(tag));
        std::vector<MPI::Request> sends;
        const auto send = [&](int tag) { sends.push_back(comm.isend(std::to_string(tag), right_of(comm), tag)); };
        const auto program = [&]() -> MPI::Coroutine<int> {
            send(0);
            send(1);
            send(1);
            const auto one = co_await MPI::when_any(coroutines);
            CHECK(one->second == "11");
            co_return one->first;
        };
        CHECK(program().get() == 1);
        CHECK(coroutines[1].is_null());
        comm.Barrier();  // or the other side's next message is here already
        send(0);
        CHECK(coroutines[0].get() == "00");
        CHECK_FALSE(coroutines[2].test());
        comm.Barrier();
        send(2);
        send(2);
        std::optional<std::string> last;
        while (!last) last = coroutines[2].test();
        CHECK(*last == "22");
        CHECK(!MPI::when_any(coroutines).get());
        MPI::Request::Waitall(sends);
    });
}

TEST_CASE("when_any passes over what is null, and says so if all is", "[coroutine]") {
    MPI::Request null;
    MPI::Prequest inactive = MPI::COMM_SELF.Send_init({}, MPI::PROC_NULL);
    MPI::Coroutine<int> seven = number(7);
    CHECK(std::get<2>(MPI::when_any(null, inactive, seven).get()) == 7);
    CHECK(seven.is_null());
    const std::string text = thrown<std::invalid_argument>([&] { (void)MPI::when_any(null, inactive, seven).get(); });
    CHECK(contains(text, "when_any: all of these are null or inactive"));
    CHECK(contains(text, "test_coroutine.cpp"));
    std::vector<MPI::Request> none;
    CHECK_FALSE(MPI::when_any(none).get().has_value());

    MPI::Coroutine<> failing = throws("any");
    CHECK(thrown<std::domain_error>([&] { (void)MPI::when_any(null, failing).get(); }) == "any");
    CHECK(failing.is_null());
}

TEST_CASE("when_any asks MPI whether a persistent request is active", "[coroutine]") {
    int got = 0;
    const int sent = 5;
    MPI::Request null;
    MPI::Prequest own = MPI::COMM_SELF.Recv_init(got, 0, 2);
    MPI_Request raw = own.handle();
    MPI_Start(&raw);  // as C does
    auto any = MPI::when_any(null, own);
    CHECK_FALSE(any.test());
    MPI::COMM_SELF.Send(sent, 0, 2);
    const auto first = any.get();
    CHECK(first.index() == 1);
    CHECK(std::get<1>(first).Get_tag() == 2);
    CHECK(got == 5);

    MPI::Prequest borrowed = MPI::Prequest::borrow(raw);  // perhaps active
    MPI::Coroutine<int> seven = number(7);
    CHECK(MPI::when_any(own, borrowed, seven).get().index() == 2);
    CHECK(contains(thrown<std::invalid_argument>([&] { (void)MPI::when_any(own, borrowed).get(); }), "all of these are null or inactive"));
}

TEST_CASE("Coroutine::test goes on as far as it can without waiting", "[coroutine]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        MPI::Coroutine<std::vector<std::string>> receiving = receive_all(comm, left_of(comm), 30);
        CHECK_FALSE(receiving.test());
        comm.Barrier();
        MPI::Coroutine<> sending = send_all(comm, right_of(comm), 30);
        std::optional<std::vector<std::string>> all;
        for (bool sent = false; !sent || !all;) {
            sent = sent || sending.test();
            if (!all)
                all = receiving.test();
        }
        CHECK(all->size() == 30);
    });
    // what lies here already takes one call
    std::vector<MPI::Request> sends;
    for (int tag = 0; tag < 5; ++tag) sends.push_back(MPI::COMM_SELF.isend(std::to_string(tag), 0, tag));
    MPI::Coroutine<std::vector<std::string>> receiving = receive_all(MPI::COMM_SELF, 0, 5);
    const std::optional<std::vector<std::string>> all = receiving.test();
    CHECK(all.has_value());
    if (!all)
        (void)receiving.get();
}

TEST_CASE("A coroutine that has begun can be awaited by another", "[coroutine]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    MPI::Coroutine<std::vector<std::string>> begun = receive_all(comm, 0, 3), moved = receive_all(comm, 0, 2);
    CHECK_FALSE(begun.test());
    CHECK_FALSE(moved.test());
    const auto program = [&]() -> MPI::Coroutine<std::size_t> {
        const std::size_t three = (co_await begun).size();
        co_return three + (co_await std::move(moved)).size();
    };
    CHECK(std::get<0>(MPI::when_all(program(), send_all(comm, 0, 3), send_all(comm, 0, 2)).get()) == 5);
    CHECK(begun.is_null());
    CHECK(moved.is_null());
}

TEST_CASE("A coroutine that is dropped drops its requests and all that it has called", "[coroutine]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    bool inner = false, outer = false;
    {
        const auto called = [&]() -> MPI::Coroutine<Numbers> {
            const Flag flag(inner);
            co_return co_await comm.irecv<Numbers>(0, 4);
        };
        const auto program = [&]() -> MPI::Coroutine<> {
            const Flag flag(outer);
            int never = 0;
            co_await MPI::when_all(called(), comm.Irecv(never, 0, 5));
        };
        MPI::Coroutine<> dropped = program();
        CHECK_FALSE(dropped.test());
        CHECK_FALSE(inner);
    }
    CHECK(inner);
    CHECK(outer);
    const MPI::Request objects = comm.isend(Numbers{1, 2}, 0, 4);
    CHECK(comm.recv<Numbers>(0, 4) == Numbers{1, 2});
    const int sent = 3;
    int got = 0;
    const MPI::Request typed = comm.Isend(sent, 0, 5);
    comm.Recv(got, 0, 5);
    CHECK(got == 3);

    // the one that was called goes on after its caller has gone
    MPI::Coroutine<std::vector<std::string>> kept = receive_all(comm, 0, 2);
    {
        const auto program = [&]() -> MPI::Coroutine<> { (void)co_await kept; };
        MPI::Coroutine<> dropped = program();
        CHECK_FALSE(dropped.test());
    }
    CHECK(std::get<0>(MPI::when_all(kept, send_all(comm, 0, 2)).get()).size() == 2);
}

TEST_CASE("A coroutine that waits for itself is told so", "[coroutine]") {
    MPI::Coroutine<std::string> self;
    const auto program = [&]() -> MPI::Coroutine<std::string> {
        std::string text = thrown<std::invalid_argument>([&] { (void)self.get(); });
        try {
            (void)co_await self;
        } catch (const std::invalid_argument& e) {
            text += e.what();
        }
        co_return text;
    };
    self = program();
    const std::string text = self.get();
    CHECK(contains(text, takes_itself));
    CHECK(text.find(takes_itself) != text.rfind(takes_itself));
}

TEST_CASE("Coroutines wait within others, which stand still meanwhile", "[coroutine]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto program = [&comm]() -> MPI::Coroutine<std::string> {
            MPI::Request sent = comm.isend(letter(comm.rank()), right_of(comm), 9);
            const int all = round(comm, comm.rank()).get();
            CHECK(all == comm.rank());
            const std::string text = co_await comm.irecv<std::string>(left_of(comm), 9);
            co_await sent;
            co_return text;
        };
        CHECK(program().get() == letter(left_of(comm)));
    });
}

TEST_CASE("Two threads each run coroutines of their own", "[coroutine]") {
    if (MPI::Query_thread() < MPI::THREAD_MULTIPLE)
        return;
    const std::array<MPI::Intracomm, 2> comms{MPI::COMM_WORLD.Dup(), MPI::COMM_WORLD.Dup()};
    std::array<bool, 2> right{};
    const auto run = [&](std::size_t i) {
        const MPI::Intracomm& comm = comms[i];
        bool all = true;
        for (int n = 0; n < 20; ++n) {
            const Numbers mine(n % 2 == 0 ? 10 : 20'000, comm.rank());
            const auto [numbers, one] = MPI::when_all(round(comm, mine, 1), round(comm, comm.rank(), 2)).get();
            all = all && numbers == mine && one == comm.rank();
        }
        right[i] = all;
    };
    std::thread other(run, 1);
    run(0);
    other.join();
    CHECK(right[0]);
    CHECK(right[1]);
}
