#include "catch.hpp"
#include "positive.hpp"
#include "support.hpp"

#include <mpi4cxx/environment.hpp>

#include <cereal/types/map.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

using Numbers = std::vector<double>;
using Table = std::map<std::string, Numbers>;

/// Inside the envelope's message, beside it, one block.
constexpr std::array<std::size_t, 3> sizes{3, 2'000, 20'000};

/// Receives of vectors of each size from the left, with null requests among them, under tags that are their indices. The
/// one of index `wrong` gets a string instead.
struct Traffic {
    explicit Traffic(const MPI::Comm& communicator, std::size_t n = 12, std::size_t wrong_one = ~std::size_t{0})
        : comm(communicator), requests(n), wrong(wrong_one) {
        for (std::size_t i = 0; i < n; ++i)
            if (!is_null(i))
                requests[i] = comm.irecv<Numbers>(left_of(comm), static_cast<int>(i));
    }
    void send() {
        for (std::size_t i = 0; i < requests.size(); ++i)
            if (i == wrong)
                sends.push_back(comm.isend(std::string(8 * size(i), 'x'), right_of(comm), static_cast<int>(i)));
            else if (!is_null(i))
                sends.push_back(comm.isend(expected(comm.rank(), i), right_of(comm), static_cast<int>(i)));
    }
    static bool is_null(std::size_t i) { return i % 5 == 4; }
    static std::size_t size(std::size_t i) { return sizes[i % 3]; }
    static Numbers expected(int rank, std::size_t i) { return is_null(i) ? Numbers() : Numbers(size(i), 100.0 * rank + static_cast<double>(i)); }
    [[nodiscard]] bool is_right(std::size_t i, const Numbers& object) const { return object == expected(left_of(comm), i); }
    [[nodiscard]] bool is_right(std::size_t i, const MPI::Status& status) const {
        if (is_null(i))
            return status.source() == MPI::ANY_SOURCE && status.tag() == MPI::ANY_TAG && status.count() == 0;
        const auto bytes = static_cast<MPI::Count>(size(i) * sizeof(double));
        return status.source() == left_of(comm) && status.tag() == static_cast<int>(i) && status.count() >= bytes && status.count() < bytes + 32;
    }
    [[nodiscard]] std::size_t active() const {
        return static_cast<std::size_t>(std::count_if(requests.begin(), requests.end(), [](const auto& request) { return !request.is_null(); }));
    }
    void finish() {
        CHECK(active() == 0);
        MPI::Request::Waitall(sends);
        CHECK(comm.sendrecv<Numbers>(Numbers{7}, right_of(comm), 70, left_of(comm), 70) == Numbers{7});
    }

    const MPI::Comm& comm;
    std::vector<MPI::ObjectRequest<Numbers>> requests;
    std::vector<MPI::Request> sends;
    std::size_t wrong;
};

}  // namespace

namespace {

/// Counts those that exist.
struct Counted {
    Counted() { ++living; }
    explicit Counted(std::size_t n) : numbers(n) { ++living; }
    Counted(const Counted& other) : numbers(other.numbers) { ++living; }
    Counted(Counted&& other) noexcept : numbers(std::move(other.numbers)) { ++living; }
    Counted& operator=(const Counted&) = default;
    Counted& operator=(Counted&&) noexcept = default;
    ~Counted() { --living; }
    template <class Archive> void serialize(Archive& archive) { archive(numbers); }

    Numbers numbers;
    static inline std::atomic<int> living = 0;
};

struct NotAssignable {
    NotAssignable() = default;
    NotAssignable(NotAssignable&&) = default;
    NotAssignable& operator=(NotAssignable&&) = delete;
    ~NotAssignable() = default;
};

template <class Member> void check_that_others_stay(const MPI::Comm& comm, int wrong, bool tests) {
    using Object = Positive<Member>;
    std::vector<MPI::ObjectRequest<Object>> requests(4);  // the second is null
    std::vector<MPI::Request> sends;
    for (const int tag : {0, 2, 3}) requests[static_cast<std::size_t>(tag)] = comm.irecv<Object>(left_of(comm), tag);
    for (const int tag : {0, 2, 3}) sends.push_back(comm.isend(Object{tag == wrong ? -1 : 10 + tag, {}}, right_of(comm), tag));
    std::vector<MPI::Status> statuses(4);
    CHECK(thrown<std::domain_error>([&] {
              if (!tests)
                  (void)MPI::ObjectRequest<Object>::waitall(requests, statuses);
              while (!MPI::ObjectRequest<Object>::testall(requests)) {}
          }) == "negative");
    CHECK(requests[1].is_null());
    for (const int tag : {0, 2, 3}) {
        auto& request = requests[static_cast<std::size_t>(tag)];
        CHECK(request.is_null() == (tag == wrong));
        if (request.is_null())
            continue;
        MPI::Status status;
        CHECK(request.wait(&status).value == 10 + tag);
        CHECK((status.source() == left_of(comm) && status.tag() == tag));
    }
    MPI::Request::Waitall(sends);
}

}  // namespace

using Receive = MPI::ObjectRequest<Numbers>;

TEST_CASE("Hundreds of pending receives are tested one after the other until all have come", "[object]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        Traffic traffic(comm, 500);
        for (auto& request : traffic.requests)
            if (!request.is_null())
                CHECK_FALSE(request.test());
        comm.Barrier();
        traffic.send();
        while (traffic.active() != 0)
            for (std::size_t i = 0; i < traffic.requests.size(); ++i)
                if (!traffic.requests[i].is_null())
                    if (const auto object = traffic.requests[i].test())
                        CHECK(traffic.is_right(i, *object));
        traffic.finish();
    });
}

TEST_CASE("ObjectRequest::waitall and testall return all objects and give each request its status", "[object][request]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const bool waits : {true, false}) {
            Traffic traffic(comm);
            CHECK((waits || !Receive::testall(traffic.requests)));
            comm.Barrier();
            traffic.send();
            std::vector<MPI::Status> statuses(traffic.requests.size(), written());
            std::optional<std::vector<Numbers>> objects;
            if (waits)
                objects = Receive::waitall(traffic.requests, statuses);
            while (!objects) objects = Receive::testall(traffic.requests, statuses);
            CHECK(objects->size() == traffic.requests.size());
            for (std::size_t i = 0; i < objects->size(); ++i) {
                CHECK(traffic.is_right(i, (*objects)[i]));
                CHECK(traffic.is_right(i, statuses[i]));
            }
            CHECK(Receive::waitall(traffic.requests) == std::vector<Numbers>(traffic.requests.size()));
            CHECK(Receive::testall(traffic.requests) == std::vector<Numbers>(traffic.requests.size()));
            traffic.finish();
        }
        CHECK(Receive::waitall({}).empty());
        CHECK(Receive::testall({}).has_value());
    });
}

TEST_CASE("ObjectRequest::waitany and testany return each object once", "[object][request]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const bool waits : {true, false}) {
            Traffic traffic(comm);
            CHECK((waits || !Receive::testany(traffic.requests)));
            comm.Barrier();
            traffic.send();
            std::vector<int> seen(traffic.requests.size());
            while (traffic.active() != 0) {
                MPI::Status status = written();
                std::optional<std::pair<int, Numbers>> one;
                if (waits)
                    one = Receive::waitany(traffic.requests, &status);
                while (!one) one = Receive::testany(traffic.requests, &status);
                const auto i = static_cast<std::size_t>(one->first);
                ++seen[i];
                CHECK(traffic.is_right(i, one->second));
                CHECK(traffic.is_right(i, status));
            }
            for (std::size_t i = 0; i < seen.size(); ++i) CHECK(seen[i] == (Traffic::is_null(i) ? 0 : 1));
            CHECK_FALSE(Receive::waitany(traffic.requests).has_value());
            CHECK_FALSE(Receive::testany(traffic.requests).has_value());
            traffic.finish();
        }
        CHECK_FALSE(Receive::waitany({}).has_value());
    });
}

TEST_CASE("ObjectRequest::waitsome and testsome return each object once", "[object][request]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const bool waits : {true, false}) {
            Traffic traffic(comm);
            CHECK((waits || Receive::testsome(traffic.requests).empty()));
            comm.Barrier();
            traffic.send();
            std::vector<int> seen(traffic.requests.size());
            while (traffic.active() != 0) {
                std::vector<MPI::Status> statuses(traffic.requests.size(), written());
                const auto some = waits ? Receive::waitsome(traffic.requests, statuses) : Receive::testsome(traffic.requests, statuses);
                CHECK((!waits || !some.empty()));
                for (std::size_t j = 0; j < some.size(); ++j) {
                    const auto i = static_cast<std::size_t>(some[j].first);
                    ++seen[i];
                    CHECK(traffic.is_right(i, some[j].second));
                    CHECK(traffic.is_right(i, statuses[j]));
                }
            }
            for (std::size_t i = 0; i < seen.size(); ++i) CHECK(seen[i] == (Traffic::is_null(i) ? 0 : 1));
            CHECK(Receive::waitsome(traffic.requests).empty());
            CHECK(Receive::testsome(traffic.requests).empty());
            traffic.finish();
        }
        CHECK(Receive::waitsome({}).empty());
    });
}

TEST_CASE("ObjectRequest::waitall and testall throw the error of one and leave the others their objects", "[object][request][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const std::size_t wrong : {0U, 1U, 2U, 11U}) {
            Traffic traffic(comm, 12, wrong);
            traffic.send();
            const std::string text = wrong % 2 == 0 ? type_error([&] { (void)Receive::waitall(traffic.requests); }) : type_error([&] {
                while (!Receive::testall(traffic.requests)) {}
            });
            CHECK(contains(text, "is a std::string, not a std::vector<double>"));
            for (std::size_t i = 0; i < traffic.requests.size(); ++i)
                if (i != wrong && !Traffic::is_null(i))
                    CHECK(traffic.is_right(i, traffic.requests[i].wait()));
            traffic.finish();
        }
    });
}

TEST_CASE("ObjectRequest::waitall and testall leave the others their objects if one cannot be read", "[object][request][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const int wrong : {0, 2, 3})
            for (const bool tests : {false, true}) {
                check_that_others_stay<std::monostate>(comm, wrong, tests);
                check_that_others_stay<NotAssignable>(comm, wrong, tests);
            }
    });
}

TEST_CASE("ObjectRequest::waitany and waitsome throw the error of one and return the others", "[object][request][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const std::size_t wrong : {0U, 5U, 7U})
            for (const int way : {0, 1, 2, 3}) {
                Traffic traffic(comm, 12, wrong);
                traffic.send();
                std::size_t objects = 0, errors = 0;
                while (traffic.active() != 0 && objects + errors < 100)
                    errors += !type_error([&] {
                                   std::vector<std::pair<int, Numbers>> some;
                                   if (way < 2) {
                                       auto one = way == 0 ? Receive::waitany(traffic.requests) : Receive::testany(traffic.requests);
                                       if (one)
                                           some.push_back(std::move(*one));
                                   } else {
                                       some = way == 2 ? Receive::waitsome(traffic.requests) : Receive::testsome(traffic.requests);
                                   }
                                   for (const auto& [i, object] : some) {
                                       CHECK(traffic.is_right(static_cast<std::size_t>(i), object));
                                       ++objects;
                                   }
                               }).empty();
                CHECK(errors == 1);
                CHECK(objects == 9);  // of 12, two are null
                traffic.finish();
            }
    });
}

TEST_CASE("ObjectRequest refuses a number of statuses that is not that of the requests", "[object][request][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        std::vector<MPI::Status> two(2);
        std::vector<Receive> requests(3);
        requests[1] = comm.irecv<Numbers>(left_of(comm), 1);
        const auto refuses = [&](auto f) {
            const std::string text = thrown<std::invalid_argument>(f);
            CHECK(contains(text, "2 statuses for 3 requests"));
            CHECK_FALSE(requests[1].is_null());
        };
        for (int i = 0; i < 2; ++i) {  // before the message has come, and after
            refuses([&] { (void)Receive::waitall(requests, two); });
            refuses([&] { (void)Receive::testall(requests, two); });
            refuses([&] { (void)Receive::waitsome(requests, two); });
            refuses([&] { (void)Receive::testsome(requests, two); });
            if (i == 0) {
                comm.Barrier();
                comm.send(Numbers{1}, right_of(comm), 1);
                while (!requests[1].Get_status()) {}
            }
        }
        CHECK(Receive::waitall(requests) == std::vector<Numbers>{{}, {1}, {}});
    });
}

TEST_CASE("Request::Waitall takes requests of objects among others", "[object][request]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const std::size_t n : sizes) {
            const Numbers sent(n, comm.rank());
            std::vector<int> got(3, -1);
            Numbers numbers;
            Table table;
            std::vector<MPI::Request> requests;
            requests.push_back(comm.irecv_into(numbers, left_of(comm), 0));
            requests.push_back(comm.Irecv(got[0], left_of(comm), 1));
            requests.emplace_back();
            requests.push_back(comm.irecv_into(table, left_of(comm), 3));
            requests.push_back(comm.Irecv(got[1], left_of(comm), 4));
            requests.push_back(comm.isend(sent, right_of(comm), 0));
            const int mine = comm.rank();
            requests.push_back(comm.Isend(mine, right_of(comm), 1));
            requests.push_back(comm.isend(Table{{"a", sent}, {"b", sent}}, right_of(comm), 3));
            requests.push_back(comm.Isend(mine, right_of(comm), 4));
            std::vector<MPI::Status> statuses(requests.size(), written());
            if (n % 3 == 0)
                MPI::Request::Waitall(requests, statuses);
            else
                while (!MPI::Request::Testall(requests, statuses)) {}
            CHECK(std::all_of(requests.begin(), requests.end(), [](const MPI::Request& request) { return request.is_null(); }));
            CHECK(got == std::vector{left_of(comm), left_of(comm), -1});
            CHECK(numbers == Numbers(n, left_of(comm)));
            CHECK((table == Table{{"a", numbers}, {"b", numbers}}));
            for (const std::size_t i : {0U, 1U, 3U, 4U}) {
                CHECK(statuses[i].source() == left_of(comm));
                CHECK(statuses[i].tag() == static_cast<int>(i));
            }
            CHECK(statuses[0].count() >= static_cast<MPI::Count>(n * sizeof(double)));
            CHECK(statuses[2].source() == MPI::ANY_SOURCE);
            CHECK(statuses[3].count() >= static_cast<MPI::Count>(2 * n * sizeof(double)));
        }
    });
}

TEST_CASE("Request::Waitall throws the error of an object when the others are complete", "[object][request][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const std::size_t n : sizes) {
            int got = -1;
            const int mine = comm.rank();
            std::vector<MPI::Request> requests;
            int first = -1;
            float second = -1;
            requests.push_back(comm.irecv_into(first, left_of(comm), 0));
            requests.push_back(comm.irecv_into(second, left_of(comm), 1));
            requests.push_back(comm.Irecv(got, left_of(comm), 2));
            requests.push_back(comm.isend(Numbers(n), right_of(comm), 0));
            requests.push_back(comm.isend(Numbers(n), right_of(comm), 1));
            requests.push_back(comm.Isend(mine, right_of(comm), 2));
            CHECK(contains(type_error([&] { MPI::Request::Waitall(requests); }), "not a int"));
            CHECK(std::all_of(requests.begin(), requests.end(), [](const MPI::Request& request) { return request.is_null(); }));
            CHECK(got == left_of(comm));
            CHECK((first == -1 && second == -1));
        }
    });
}

TEST_CASE("Request's functions for several leave an ObjectRequest its object", "[object][request]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (int way = 0; way < 8; ++way) {
            Traffic traffic(comm);
            traffic.send();
            std::vector<Receive>& requests = traffic.requests;
            std::vector<int> seen;
            const auto note = [&](const std::optional<std::vector<int>>& some) {
                if (some)
                    seen.insert(seen.end(), some->begin(), some->end());
                return some.has_value();
            };
            const auto note_one = [&](int index) { return index != MPI::UNDEFINED && note(std::vector{index}); };
            switch (way) {
            case 0: MPI::Request::Waitall(requests); break;
            case 1: {
                while (!MPI::Request::Testall(requests)) {}
                break;
            }
            case 2: {
                while (note_one(MPI::Request::Waitany(requests))) {}
                break;
            }
            case 3: {
                std::optional<int> index;
                while ((index = MPI::Request::Testany(requests)) != MPI::UNDEFINED)
                    if (index)
                        note_one(*index);
                break;
            }
            case 4: {
                while (note(MPI::Request::Waitsome(requests))) {}
                break;
            }
            case 5: {
                while (note(MPI::Request::Testsome(requests))) {}
                break;
            }
            case 6:
                for (Receive& request : requests)
                    if (request)
                        request.Wait();
                break;
            default:
                for (Receive& request : requests)
                    while (request && !request.Test()) {}
            }
            if (way >= 2 && way <= 5) {
                std::sort(seen.begin(), seen.end());
                CHECK((seen == std::vector{0, 1, 2, 3, 5, 6, 7, 8, 10, 11}));  // each once
            }
            CHECK(MPI::Request::Waitany(requests) == MPI::UNDEFINED);
            CHECK(MPI::Request::Testall(requests));
            for (std::size_t i = 0; i < requests.size(); ++i)
                if (requests[i]) {
                    MPI::Status status = written();
                    CHECK(traffic.is_right(i, way % 2 == 0 ? requests[i].wait(&status) : requests[i].test(&status).value_or(Numbers())));
                    CHECK(traffic.is_right(i, status));
                    CHECK(requests[i].is_null());
                }
            traffic.finish();
        }
    });
}

TEST_CASE("irecv_into leaves the object in its place when its request completes, and not where that is dropped", "[object][request]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const std::size_t n : sizes) {
            const Numbers mine(n, comm.rank()), theirs(n, left_of(comm));
            Numbers object{7};
            for (const bool dropped : {false, true}) {
                MPI::Request receive = comm.irecv_into(object, left_of(comm), 1);
                MPI::Request send = comm.isend(mine, right_of(comm), 1);
                while (!receive.Get_status()) {}
                CHECK(object == (dropped ? Numbers{8} : Numbers{7}));
                if (dropped)
                    receive = {};
                else
                    receive.Wait();
                CHECK(object == (dropped ? Numbers{8} : theirs));
                object = {8};
                send.Wait();
            }
            { const MPI::Request receive = comm.irecv_into(object, left_of(comm), 2); }
            comm.Barrier();
            MPI::Request send = comm.isend(mine, right_of(comm), 2);
            CHECK(comm.recv<Numbers>(left_of(comm), 2) == theirs);
            send.Wait();
            CHECK(object == Numbers{8});
            MPI::Request nothing = comm.irecv_into(object, MPI::PROC_NULL);
            nothing.Wait();
            CHECK(object == Numbers{8});
            MPI::Request cancelled = comm.irecv_into(object, left_of(comm), 3);
            cancelled.Cancel();
            cancelled.Wait();
            CHECK(object == Numbers{8});
        }
        // sends and receives in one vector; results of collectives too
        const auto size = static_cast<std::size_t>(comm.size());
        std::vector<std::string> got(size), gathered;
        for (const int way : {0, 1, 2}) {
            std::vector<MPI::Request> all;
            for (int rank = 0; rank < comm.size(); ++rank) {
                all.push_back(comm.isend(std::string(10'000 * static_cast<std::size_t>(way), 'x') + letter(comm.rank()), rank, 4));
                all.push_back(comm.irecv_into(got[static_cast<std::size_t>(rank)], rank, 4));
            }
            all.push_back(comm.iallgather(letter(comm.rank())).into(gathered));
            if (way == 0)
                MPI::Request::Waitall(all);
            while (MPI::Request::Waitany(all) != MPI::UNDEFINED) {}
            for (std::size_t i = 0; i < size; ++i) {
                CHECK(got[i].back() == letter(static_cast<int>(i))[0]);
                CHECK(gathered[i] == letter(static_cast<int>(i)));
            }
        }
    });
}

TEST_CASE("The request of an object has no handle that C could wait for", "[object][request][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        std::string text;
        MPI::Request request = comm.irecv_into(text, left_of(comm));
        const auto refuses = [](auto f) { CHECK(contains(thrown<std::invalid_argument>(f), "request of an object")); };
        refuses([&] { (void)request.handle(); });
        refuses([&] { (void)request.c2f(); });
        refuses([&] { (void)std::move(request).release(); });
        comm.isend(std::string("text"), right_of(comm)).Wait();
        request.Wait();
        CHECK(text == "text");
        CHECK(request.handle() == MPI_REQUEST_NULL);
    });
}

TEST_CASE("An object of a wrong type is an Exception that names both, however it is received", "[object][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int right = right_of(comm), left = left_of(comm);
        const auto check = [&](const auto& object, const std::string& name) {
            using Sent = std::remove_cvref_t<decltype(object)>;
            const auto refused = [&](const std::string& wanted, auto receive) {
                const std::string text = type_error(receive);
                INFO(text);
                CHECK(contains(text, "is a " + name));
                CHECK(contains(text, ", not a " + wanted));
            };
            std::vector<MPI::Request> sends;
            for (int i = 0; i < 8; ++i) sends.push_back(comm.isend(Sent(object), right, 1));
            float into = 2.5f;
            refused("int", [&] { (void)comm.recv<int>(left, 1); });
            refused("std::vector<float", [&] { (void)comm.recv<std::vector<float>>(left, 1); });
            refused("float", [&] { comm.recv_into(into, left, 1); });
            CHECK(into == 2.5f);
            refused("int", [&] { (void)comm.irecv<int>(left, 1).wait(); });
            refused("std::vector<float", [&] { (void)comm.irecv<std::vector<float>>(left, 1).wait(); });
            refused("int", [&] { (void)comm.Mprobe(left, 1).recv<int>(); });
            refused("int", [&] { (void)comm.Mprobe(left, 1).irecv<int>().wait(); });
            CHECK((comm.recv<Sent>(left, 1) == object));
            MPI::Request::Waitall(sends);

            // of one who waits for the receiver to take it
            auto posted = comm.irecv<std::vector<float>>(left, 2);
            auto next = comm.irecv<Sent>(left, 2);
            comm.send(object, right, 2);
            comm.ssend(object, right, 2);
            refused("std::vector<float", [&] { (void)posted.wait(); });
            CHECK((next.wait() == object));
            refused("int", [&] { (void)comm.sendrecv<int>(object, right, 3, left, 3); });
            CHECK((comm.sendrecv<Sent>(object, right, 3, left, 3) == object));
        };
        for (const std::size_t n : sizes) check(Numbers(n, 1.5), "std::vector<double>");
        for (const std::size_t n : {10U, 20'000U, 200'000U}) check(std::string(n, 'x'), "std::string");
        check(Table{{"a", Numbers(20'000, 1)}, {"b", Numbers(3, 2)}, {"c", Numbers(9'000, 3)}}, "std::map<");
    });
}

TEST_CASE("Requests of objects move at any time, also onto themselves", "[object][request]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const std::size_t n : sizes) {
            Receive first = comm.irecv<Numbers>(left_of(comm), 1);
            Receive second = std::move(first);
            CHECK(first.is_null());  // NOLINT(bugprone-use-after-move)
            MPI::Request send = comm.isend(Numbers(n, comm.rank()), right_of(comm), 1);
            MPI::Request& same_send = send;
            send = std::move(same_send);
            (void)second.Get_status();
            Receive& same = second;
            second = std::move(same);
            first = std::move(second);
            CHECK((first.wait() == Numbers(n, left_of(comm))));
            send.wait();

            first = comm.irecv<Numbers>(left_of(comm), 2);
            first = comm.irecv<Numbers>(left_of(comm), 3);  // drops the other
            comm.Barrier();
            send = comm.isend(Numbers(n, 3), right_of(comm), 3);
            CHECK((first.wait() == Numbers(n, 3)));
            send.wait();
            send = comm.isend(Numbers(n, 2), right_of(comm), 2);
            MPI::Request other = std::move(send);
            CHECK((comm.recv<Numbers>(left_of(comm), 2) == Numbers(n, 2)));
            other.Wait();
        }
    });
}

TEST_CASE("A receive that is dropped in whatever phase leaves what follows alone", "[object][request]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int right = right_of(comm), left = left_of(comm);
        const auto check = [&]<class T>(const T& object) {
            for (const int steps : {0, 1, 2, 3, 4, 10}) {
                auto request = comm.irecv<T>(left, 1);
                MPI::Request first = comm.isend(T(object), right, 1);
                for (int i = 0; i < steps; ++i) (void)request.Get_status();
                request = {};
                MPI::Request second = comm.isend(T(object), right, 2);
                CHECK((comm.recv<T>(left, 2) == object));
                second.wait();
                while (!first.test() && !comm.Iprobe(left, 1)) {}
                comm.Barrier();  // whoever has not got it has it still to come
                if (comm.Iprobe(left, 1))
                    CHECK((comm.recv<T>(left, 1) == object));
                first.wait();

                auto asked = comm.irecv<T>(left, 3);  // while the sender waits
                for (int i = 0; i < steps; ++i) (void)asked.Get_status();
                comm.Barrier();
                auto sent = MPI::COMM_SELF.irecv<T>(0, 4);
                MPI::COMM_SELF.send(object, 0, 4);
                asked = {};
                CHECK((sent.wait() == object));
                comm.Barrier();
            }
        };
        for (const std::size_t n : sizes) check(Numbers(n, 1));
        check(Table{{"a", Numbers(20'000, 1)}, {"b", Numbers(3, 2)}, {"c", Numbers(9'000, 3)}});
    });
}

TEST_CASE("A send that is dropped in whatever phase still arrives", "[object][request]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const std::size_t n : sizes)
            for (const int steps : {0, 1, 3}) {
                MPI::Request sends[]{comm.isend(Numbers(n, 1), right_of(comm)), comm.issend(Numbers(n, 2), right_of(comm)),
                                     comm.isend(std::vector<Numbers>{Numbers(n, 3), Numbers(2 * n, 3)}, right_of(comm))};
                for (int i = 0; i < steps; ++i)
                    for (MPI::Request& send : sends) (void)send.Get_status();
                for (MPI::Request& send : sends) send = {};
                CHECK((comm.recv<Numbers>(left_of(comm)) == Numbers(n, 1)));
                CHECK((comm.recv<Numbers>(left_of(comm)) == Numbers(n, 2)));
                CHECK((comm.recv<std::vector<Numbers>>(left_of(comm)) == std::vector<Numbers>{Numbers(n, 3), Numbers(2 * n, 3)}));
            }
        comm.Barrier();
    });
}

TEST_CASE("A large send that is left to MPI has an empty status", "[object][request]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Numbers large(200'000, 5);
    if (comm.rank() == 0 && comm.size() > 1) {
        MPI::Status status;
        status.Set_tag(77);
        status.Set_cancelled(true);
        comm.isend(large, 1, 1).wait(&status);
        CHECK(status.tag() == MPI::ANY_TAG);
        CHECK_FALSE(status.Is_cancelled());
    }
    comm.Barrier();
    if (comm.rank() == 1)
        CHECK(comm.recv<Numbers>(0, 1) == large);
}

TEST_CASE("A program that only sends and drops keeps no object that has been received", "[object][request]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    constexpr int number = 50;
    int most = 0, ready = 0;
    for (int i = 0; i < number && comm.size() > 1; ++i)
        if (comm.rank() == 0) {
            (void)comm.isend(Counted(20'000), 1, 1);
            most = std::max(most, Counted::living.load());
            MPI_Recv(&ready, 1, MPI_INT, 1, 2, MPI_COMM_WORLD, MPI_STATUS_IGNORE);  // so that the library is not called before the next drop
        } else if (comm.rank() == 1) {
            CHECK(comm.recv<Counted>(0, 1).numbers.size() == 20'000);
            comm.Send(ready, 0, 2);
        }
    CHECK(most < number / 2);
    comm.Barrier();
}

TEST_CASE("A message that is no object fails its own receive among several", "[object][request][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const std::size_t length : {1U, 100'000U}) {  // which fits the receive, and which does not
            std::vector<MPI::ObjectRequest<int>> receives;
            for (int tag = 0; tag < 5; ++tag) receives.push_back(comm.irecv<int>(left_of(comm), tag));
            const std::vector<double> numbers(length, 1.5);
            MPI::Request typed = comm.Isend(numbers, right_of(comm), 2);
            for (int tag = 0; tag < 5; ++tag)
                if (tag != 2)
                    comm.send(tag, right_of(comm), tag);
            for (int tag = 4; tag >= 0; --tag)
                if (tag != 2)
                    CHECK(receives[static_cast<std::size_t>(tag)].wait() == tag);
                else
                    CHECK_THROWS_AS(receives[2].wait(), MPI::Exception);
            typed.Wait();
        }
    });
}

TEST_CASE("A receive is cancelled while nothing has come, and not after", "[object][request]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const std::size_t n : sizes) {
            Receive receive = comm.irecv<Numbers>(left_of(comm), 1);
            receive.cancel();
            MPI::Status status;
            CHECK(receive.wait(&status).empty());
            CHECK(status.Is_cancelled());
            comm.Barrier();
            std::vector<Receive> both(2);
            both[0] = comm.irecv<Numbers>(left_of(comm), 1);
            both[1] = comm.irecv<Numbers>(left_of(comm), 99);
            MPI::Request send = comm.isend(Numbers(n, 1), right_of(comm), 1);
            send.cancel();  // means nothing
            while (!both[0].Get_status()) {}
            for (Receive& one : both) one.cancel();
            const std::vector<Numbers> objects = Receive::waitall(both);
            CHECK((objects == std::vector<Numbers>{Numbers(n, 1), {}}));
            send.wait();
        }
    });
}

TEST_CASE("A thousand posted receives of objects complete in order and in reverse", "[object][request]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        constexpr std::size_t n = 1000;
        const auto object = [](int rank, std::size_t i) {
            return Numbers(i % 50 == 7 ? 9'000 : i % 10 == 3 ? 1'100 : 2, rank + static_cast<double>(i));
        };
        for (const bool reverse : {false, true}) {
            std::vector<Receive> receives(n);
            std::vector<MPI::Request> sends;
            for (Receive& receive : receives) receive = comm.irecv<Numbers>(left_of(comm), 1);
            for (std::size_t i = 0; i < n; ++i) sends.push_back(comm.isend(object(comm.rank(), i), right_of(comm), 1));
            std::size_t right = 0;
            for (std::size_t j = 0; j < n; ++j) {
                const std::size_t i = reverse ? n - 1 - j : j;
                right += receives[i].wait() == object(left_of(comm), i) ? 1U : 0U;
            }
            CHECK(right == n);
            MPI::Request::Waitall(sends);
        }
    });
}

TEST_CASE("Threads complete several requests of objects each", "[object][request][threads]") {
    if (MPI::Query_thread() < MPI::THREAD_MULTIPLE)
        return;
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    std::atomic<int> wrong{0};
    const auto work = [&](int thread) {
        try {
            for (int round = 0; round < 5; ++round) {
                std::vector<Receive> receives;
                std::vector<MPI::Request> sends;
                for (int i = 0; i < 6; ++i) receives.push_back(comm.irecv<Numbers>(left_of(comm), 10 * thread + i));
                for (int i = 5; i >= 0; --i)
                    sends.push_back(comm.isend(Numbers(sizes[static_cast<std::size_t>(i) % 3], i + thread), right_of(comm), 10 * thread + i));
                while (auto one = Receive::waitany(receives))
                    wrong += one->second != Numbers(sizes[static_cast<std::size_t>(one->first) % 3], one->first + thread);
                MPI::Request::Waitall(sends);
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

TEST_CASE("The first call tells that a request of objects is complete", "[object][request]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int mine = comm.rank();  // what is complete on one process is known: messages to itself
        for (const std::size_t n : sizes) {
            const Numbers object(n, 1);
            const auto irecv = [&](int tag) { return comm.irecv<Numbers>(mine, tag); };
            const auto issend = [&](int tag) { return comm.issend(Numbers(object), mine, tag); };
            const auto sends = [&](int first) {
                std::vector<MPI::Request> all;
                for (int i = 0; i < 3; ++i) all.push_back(issend(first + i));
                for (int i = 0; i < 3; ++i) CHECK(comm.recv<Numbers>(mine, first + i) == object);
                return all;
            };
            const auto receives = [&](int first) {
                std::vector<Receive> all;
                for (int i = 0; i < 3; ++i) all.push_back(irecv(first + i));
                for (int i = 0; i < 3; ++i) comm.ssend(object, mine, first + i);
                return all;
            };

            std::vector<MPI::Request> sent = sends(0);
            CHECK(sent[0].Get_status());
            CHECK(sent[0].Test());
            CHECK(MPI::Request::Testany(sent) == 1);
            CHECK(MPI::Request::Testsome(sent) == std::vector{2});
            sent = sends(10);
            CHECK(MPI::Request::Testsome(sent) == std::vector{0, 1, 2});
            sent = sends(20);
            CHECK(MPI::Request::Testall(sent));

            std::vector<Receive> received = receives(30);
            CHECK(received[0].Get_status());
            CHECK(received[0].test() == object);
            CHECK(Receive::testany(received).value_or(std::pair(-1, Numbers())).first == 1);
            CHECK(Receive::testsome(received).size() == 1);
            received = receives(40);
            CHECK(Receive::testsome(received).size() == 3);
            received = receives(50);
            CHECK(Receive::testall(received).has_value());

            // both ends are pending here, and each waits for the other
            Receive receive = irecv(60);
            MPI::Request send = issend(60);
            CHECK(send.Test());
            CHECK(receive.Get_status());
            CHECK(receive.test() == object);
        }
        auto alone = MPI::COMM_SELF.iallgather(std::string(20'000, 'x'));
        CHECK(alone.test().has_value());
        CHECK(MPI::COMM_SELF.ibcast(1).test() == 1);
    });
}

TEST_CASE("Requests of bools give their values", "[object][request]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto receives = [&] {
            std::vector<MPI::ObjectRequest<bool>> all;
            for (int i = 0; i < 3; ++i) all.push_back(comm.irecv<bool>(left_of(comm), i));
            for (int i = 0; i < 3; ++i) comm.send((i + comm.rank()) % 2 == 1, right_of(comm), i);
            return all;
        };
        const int left = left_of(comm);
        const std::vector<bool> expected{left % 2 == 1, left % 2 == 0, left % 2 == 1};
        std::vector<MPI::ObjectRequest<bool>> requests = receives();
        CHECK(MPI::ObjectRequest<bool>::waitall(requests) == expected);
        requests = receives();
        std::optional<std::vector<bool>> all;
        while (!all) all = MPI::ObjectRequest<bool>::testall(requests);
        CHECK(*all == expected);
        requests = receives();
        while (const auto one = MPI::ObjectRequest<bool>::waitany(requests)) CHECK(one->second == expected[static_cast<std::size_t>(one->first)]);
        requests = receives();
        for (auto some = MPI::ObjectRequest<bool>::waitsome(requests); !some.empty(); some = MPI::ObjectRequest<bool>::waitsome(requests))
            for (const auto& [i, value] : some) CHECK(value == expected[static_cast<std::size_t>(i)]);
    });
}

TEST_CASE("Requests and messages are compared with null ones", "[request]") {
    int value = 0;
    MPI::Request one = MPI::COMM_SELF.Irecv(value, 0, 0), other = MPI::COMM_SELF.isend(1, 0, 1);
    CHECK(one != MPI::REQUEST_NULL);
    CHECK(other != MPI::REQUEST_NULL);
    CHECK(one != other);
    MPI::COMM_SELF.Send(1, 0, 0);
    one.Wait();
    CHECK(one == MPI::REQUEST_NULL);
    MPI::Message message = MPI::COMM_SELF.mprobe(0, 1);
    CHECK(message != MPI::MESSAGE_NULL);
    CHECK(message.recv<int>() == 1);
    CHECK(message == MPI::MESSAGE_NULL);
    other.wait();
    MPI::ObjectRequest<int> object = MPI::COMM_SELF.irecv<int>(MPI::PROC_NULL);
    CHECK(object != MPI::REQUEST_NULL);
    CHECK(object.wait() == 0);
    CHECK(object == MPI::REQUEST_NULL);
}
