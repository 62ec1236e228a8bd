#include "catch.hpp"
#include "request_states.hpp"
#include "support.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

/// The errors that the next MPI_Testall or MPI_Testsome finds in the statuses of its requests, in place of what MPI would find. None is complete.
std::vector<int> found_errors;

int write_found_errors(MPI_Status* statuses) {
    for (const int error : std::exchange(found_errors, {})) (statuses++)->MPI_ERROR = error;
    return MPI_ERR_IN_STATUS;
}

}  // namespace

extern "C" int MPI_Testall(int n, MPI_Request requests[], int* flag, MPI_Status statuses[]) {
    if (found_errors.empty())
        return PMPI_Testall(n, requests, flag, statuses);
    *flag = 0;
    return write_found_errors(statuses);
}

extern "C" int MPI_Testsome(int n, MPI_Request requests[], int* number, int indices[], MPI_Status statuses[]) {
    if (found_errors.empty())
        return PMPI_Testsome(n, requests, number, indices, statuses);
    *number = 0;
    return write_found_errors(statuses);
}

namespace {

bool all_null(const std::vector<MPI::Request>& requests) {
    return std::all_of(requests.begin(), requests.end(), [](const MPI::Request& r) { return r.is_null(); });
}

/// What the functions for several requests are tried on: requests of buffers alone, or with objects among them, large and
/// small, and with null requests; some are sends and some receives.
struct Traffic {
    Traffic(const MPI::Comm& comm, std::size_t n, bool objects) : got(n, -1), sent(n), texts(n), kind(n) {
        const std::string large(30'000, 'x');
        for (std::size_t i = 0; i < n; ++i) {
            const int tag = static_cast<int>(i);
            sent[i] = 100 * comm.rank() + tag;
            kind[i] = i % 5 == 4 ? 'n' : objects && i % 5 == 1 ? 'o' : objects && i % 5 == 2 ? 'l' : 'b';
            switch (kind[i]) {
            case 'b':
                requests.push_back(comm.Irecv(got[i], left_of(comm), tag));
                sends.push_back(comm.Isend(sent[i], right_of(comm), tag));
                break;
            case 'o':
                requests.push_back(comm.irecv_into(got[i], left_of(comm), tag));
                sends.push_back(comm.isend(sent[i], right_of(comm), tag));
                break;
            case 'l':
                requests.push_back(comm.irecv_into(texts[i], left_of(comm), tag));
                sends.push_back(comm.isend(large, right_of(comm), tag));
                break;
            default: requests.emplace_back();
            }
        }
    }
    void check_values(const MPI::Comm& comm) const {
        for (std::size_t i = 0; i < got.size(); ++i) {
            CHECK(got[i] == (kind[i] == 'b' || kind[i] == 'o' ? 100 * left_of(comm) + static_cast<int>(i) : -1));
            CHECK(texts[i].size() == (kind[i] == 'l' ? 30'000 : 0));
        }
    }
    void check_status(const MPI::Comm& comm, std::size_t i, const MPI::Status& status) const {
        if (kind[i] == 'n') {
            CHECK(is_empty(status));
        } else {
            CHECK(status.source() == left_of(comm));
            CHECK(status.tag() == static_cast<int>(i));
        }
    }
    [[nodiscard]] std::size_t active() const {
        return static_cast<std::size_t>(std::count_if(kind.begin(), kind.end(), [](char k) { return k != 'n'; }));
    }

    std::vector<int> got, sent;
    std::vector<std::string> texts;
    std::vector<char> kind;
    std::vector<MPI::Request> requests, sends;
};

template <class F> void for_each_traffic(F f) {
    for_each_comm([&](const MPI::Intracomm& comm) {
        for (const std::size_t n : {5U, 70U, 131U})  // the library treats up to 64 otherwise than more
            for (const bool objects : {false, true}) f(comm, Traffic(comm, n, objects));
    });
}

}  // namespace

TEST_CASE("Request::Waitall and Testall complete all and give each its status", "[request]") {
    for_each_traffic([](const MPI::Comm& comm, Traffic traffic) {
        std::vector<MPI::Status> statuses(traffic.requests.size(), written());
        if (traffic.requests.size() % 2 == 1)
            MPI::Request::Waitall(traffic.requests, statuses);
        else
            while (!MPI::Request::Testall(traffic.requests, statuses)) {}
        for (std::size_t i = 0; i < statuses.size(); ++i) traffic.check_status(comm, i, statuses[i]);
        CHECK(all_null(traffic.requests));
        traffic.check_values(comm);
        MPI::Request::Waitall(traffic.sends);
        CHECK(all_null(traffic.sends));
    });
}

TEST_CASE("Request::Waitany and Testany complete each once", "[request]") {
    for_each_traffic([](const MPI::Comm& comm, Traffic traffic) {
        std::vector<int> seen(traffic.requests.size());
        for (std::size_t i = 0; i < traffic.active(); ++i) {
            MPI::Status status = written();
            std::optional<int> index;
            if (i % 2 == 0)
                index = MPI::Request::Waitany(traffic.requests, &status);
            else
                while (!(index = MPI::Request::Testany(traffic.requests, &status))) {}
            CHECK(*index != MPI::UNDEFINED);
            if (*index == MPI::UNDEFINED)
                break;
            ++seen[static_cast<std::size_t>(*index)];
            traffic.check_status(comm, static_cast<std::size_t>(*index), status);
        }
        for (std::size_t i = 0; i < seen.size(); ++i) CHECK(seen[i] == (traffic.kind[i] == 'n' ? 0 : 1));
        CHECK(all_null(traffic.requests));
        CHECK(MPI::Request::Waitany(traffic.requests) == MPI::UNDEFINED);
        CHECK(MPI::Request::Testany(traffic.requests) == MPI::UNDEFINED);
        traffic.check_values(comm);
        MPI::Request::Waitall(traffic.sends);
    });
}

TEST_CASE("Request::Waitsome and Testsome complete each once", "[request]") {
    for_each_traffic([](const MPI::Comm& comm, Traffic traffic) {
        std::vector<int> seen(traffic.requests.size());
        std::size_t complete = 0;
        for (int round = 0; complete < traffic.active(); ++round) {
            std::vector<MPI::Status> statuses(traffic.requests.size(), written());
            const auto indices =
                round % 2 == 0 ? MPI::Request::Waitsome(traffic.requests, statuses) : MPI::Request::Testsome(traffic.requests, statuses);
            CHECK(indices.has_value());
            if (!indices)
                break;
            CHECK((round % 2 == 1 || !indices->empty()));
            complete += indices->size();
            for (std::size_t i = 0; i < indices->size(); ++i) {
                ++seen[static_cast<std::size_t>((*indices)[i])];
                traffic.check_status(comm, static_cast<std::size_t>((*indices)[i]), statuses[i]);
            }
        }
        for (std::size_t i = 0; i < seen.size(); ++i) CHECK(seen[i] == (traffic.kind[i] == 'n' ? 0 : 1));
        CHECK(all_null(traffic.requests));
        CHECK_FALSE(MPI::Request::Waitsome(traffic.requests).has_value());
        CHECK_FALSE(MPI::Request::Testsome(traffic.requests).has_value());
        traffic.check_values(comm);
        MPI::Request::Waitall(traffic.sends);
    });
}

TEST_CASE("Request::Get_status_all, Get_status_any and Get_status_some leave the requests as they are", "[request]") {
    for_each_traffic([](const MPI::Comm& comm, Traffic traffic) {
        const std::size_t size = traffic.requests.size();
        std::vector<MPI::Status> statuses(size, written());
        while (!MPI::Request::Get_status_all(traffic.requests, statuses)) {}
        for (std::size_t i = 0; i < size; ++i) traffic.check_status(comm, i, statuses[i]);
        MPI::Status status = written();
        const std::optional<int> index = MPI::Request::Get_status_any(traffic.requests, &status);
        CHECK(index == 0);
        traffic.check_status(comm, 0, status);
        statuses.assign(size, written());
        const std::optional<std::vector<int>> indices = MPI::Request::Get_status_some(traffic.requests, statuses);
        CHECK((indices && indices->size() == traffic.active()));
        for (std::size_t i = 0; indices && i < indices->size(); ++i) traffic.check_status(comm, static_cast<std::size_t>((*indices)[i]), statuses[i]);
        MPI::Request::Waitall(traffic.requests);
        traffic.check_values(comm);
        MPI::Request::Waitall(traffic.sends);
    });
}

TEST_CASE("The status of requests that are not complete says so", "[request]") {
    int a = 0, b = 0;
    std::vector<MPI::Request> requests;
    requests.push_back(MPI::COMM_SELF.Irecv(a, 0, 1));
    requests.push_back(MPI::COMM_SELF.irecv_into(b, 0, 2));
    CHECK_FALSE(MPI::Request::Get_status_all(requests));
    CHECK_FALSE(MPI::Request::get_status_any(requests).has_value());
    CHECK(MPI::Request::get_status_some(requests) == std::vector<int>{});
    MPI::COMM_SELF.send(7, 0, 2);
    CHECK(MPI::Request::Get_status_any(requests) == 1);
    CHECK(MPI::Request::Get_status_some(requests) == std::vector<int>{1});
    CHECK_FALSE(MPI::Request::get_status_all(requests));
    MPI::COMM_SELF.Send(6, 0, 1);
    MPI::Request::Waitall(requests);
    CHECK(a == 6);
    CHECK(b == 7);
}

TEST_CASE("Requests that are null or none are complete", "[request]") {
    std::vector<MPI::Request> nulls(3);
    for (const std::span<MPI::Request> requests : {std::span<MPI::Request>(), std::span(nulls)}) {
        std::vector<MPI::Status> statuses(requests.size(), written());
        MPI::Request::Waitall(requests, statuses);
        CHECK(std::all_of(statuses.begin(), statuses.end(), is_empty));
        statuses.assign(requests.size(), written());
        CHECK(MPI::Request::Testall(requests, statuses));
        CHECK(std::all_of(statuses.begin(), statuses.end(), is_empty));
        MPI::Status status = written();
        CHECK(MPI::Request::Waitany(requests, &status) == MPI::UNDEFINED);
        CHECK(is_empty(status));
        status = written();
        CHECK(MPI::Request::Testany(requests, &status) == MPI::UNDEFINED);
        CHECK(is_empty(status));
        CHECK_FALSE(MPI::Request::Waitsome(requests).has_value());
        CHECK_FALSE(MPI::Request::Testsome(requests).has_value());
        statuses.assign(requests.size(), written());
        CHECK(MPI::Request::Get_status_all(requests, statuses));
        CHECK(std::all_of(statuses.begin(), statuses.end(), is_empty));
        status = written();
        CHECK(MPI::Request::Get_status_any(requests, &status) == MPI::UNDEFINED);
        CHECK(is_empty(status));
        CHECK_FALSE(MPI::Request::Get_status_some(requests).has_value());
    }
    MPI::Request none;
    MPI::Status status = written();
    none.Wait(&status);
    CHECK(is_empty(status));
    status = written();
    CHECK(none.Test(&status));
    CHECK(is_empty(status));
    status = written();
    CHECK(none.Get_status(&status));
    CHECK(is_empty(status));
    CHECK_FALSE(none);
    none.wait();
    CHECK(none.test());
}

TEST_CASE("Requests refuse a number of statuses that is not theirs", "[request][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        std::vector<MPI::Status> two(2);
        std::vector<MPI::Request> requests(2);
        requests.push_back(comm.isend(1, comm.rank()));  // alone, and an object
        for (int i = 0; i < 2; ++i) {
            const auto refuses = [](auto f) {
                const std::string text = thrown<std::invalid_argument>(f);
                CHECK(text.find("2 statuses for 3 requests") != std::string::npos);
            };
            refuses([&] { MPI::Request::Waitall(requests, two); });
            refuses([&] { (void)MPI::Request::Testall(requests, two); });
            refuses([&] { (void)MPI::Request::Waitsome(requests, two); });
            refuses([&] { (void)MPI::Request::Testsome(requests, two); });
            CHECK(comm.recv<int>(comm.rank()) == 1);
            requests[2].Wait();
            requests[2] = comm.isend(1, comm.rank());
        }
        CHECK(comm.recv<int>(comm.rank()) == 1);
        requests[2].Wait();
    });
}

TEST_CASE("Request::Test and Get_status tell when a receive is complete", "[request]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        int got = -1;
        MPI::Request receive = comm.Irecv(got, left_of(comm), 5);
        std::string text;
        MPI::Request object = comm.irecv_into(text, left_of(comm), 6);
        CHECK_FALSE(receive.Test());
        CHECK_FALSE(receive.Get_status());
        CHECK_FALSE(object.Test());
        CHECK_FALSE(object.Get_status());
        CHECK_FALSE(receive.is_null());
        comm.Barrier();
        const int mine = comm.rank();
        MPI::Request send = comm.Isend(mine, right_of(comm), 5), second = comm.isend(std::string(20'000, 'x'), right_of(comm), 6);
        MPI::Status status = written();
        while (!receive.Get_status(&status)) {}
        CHECK(status.source() == left_of(comm));
        CHECK(status.tag() == 5);
        CHECK_FALSE(receive.is_null());
        status = written();
        while (!object.Get_status(&status)) {}
        CHECK(status.source() == left_of(comm));
        CHECK(status.tag() == 6);
        CHECK_FALSE(object.is_null());
        status = written();
        CHECK(receive.Test(&status));
        CHECK(status.tag() == 5);
        CHECK(receive.is_null());
        CHECK(got == left_of(comm));
        status = written();
        CHECK(object.Test(&status));
        CHECK(status.tag() == 6);
        CHECK(object.is_null());
        send.Wait();
        second.Wait();
    });
}

TEST_CASE("A cancelled receive leaves its message to the next", "[request]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        int got = -1, later = -1;
        MPI::Request receive = comm.Irecv(got, left_of(comm), 5);
        receive.Cancel();
        MPI::Status status;
        receive.Wait(&status);
        CHECK(status.Is_cancelled());
        comm.Barrier();
        const int mine = comm.rank();
        MPI::Request send = comm.Isend(mine, right_of(comm), 5);
        comm.Recv(later, left_of(comm), 5);
        CHECK(later == left_of(comm));
        CHECK(got == -1);
        send.Wait();
    });
}

TEST_CASE("A dropped receive is cancelled, so that its buffer is left alone", "[request]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int mine = comm.rank();
        int got = -1, later = -1;
        { const MPI::Request dropped = comm.Irecv(got, left_of(comm), 5); }
        MPI::Request overwritten = comm.Irecv(got, left_of(comm), 5);
        overwritten = MPI::Request();
        comm.Barrier();
        MPI::Request send = comm.Isend(mine, right_of(comm), 5);
        comm.Recv(later, left_of(comm), 5);
        CHECK(later == left_of(comm));
        CHECK(got == -1);
        send.Wait();
    });
}

TEST_CASE("A dropped send is complete before its buffer goes", "[request]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        std::vector<int> got(200'000);
        MPI::Request receive = comm.Irecv(got, left_of(comm), 5);
        {
            const std::vector<int> large(got.size(), comm.rank());
            const MPI::Request dropped = comm.Isend(large, right_of(comm), 5);
        }
        receive.Wait();
        CHECK(got == std::vector<int>(got.size(), left_of(comm)));
    });
}

TEST_CASE("Requests move, also onto themselves", "[request]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int mine = comm.rank();
        int got = -1;
        int object = -1;
        std::array<MPI::Request, 2> first{comm.Irecv(got, left_of(comm), 5), comm.irecv_into(object, left_of(comm), 6)};
        std::array<MPI::Request, 2> second = std::move(first);
        for (int i = 0; i < 2; ++i) {
            MPI::Request& request = second[static_cast<std::size_t>(i)];
            MPI::Request& same = request;
            CHECK(first[static_cast<std::size_t>(i)].is_null());
            request = std::move(same);
            CHECK_FALSE(request.is_null());
        }
        MPI::Request sends[]{comm.Isend(mine, right_of(comm), 5), comm.isend(mine, right_of(comm), 6)};
        MPI::Status status;
        second[0].Wait(&status);
        CHECK(status.tag() == 5);
        second[1].Wait(&status);
        CHECK(status.tag() == 6);
        CHECK(object == left_of(comm));
        CHECK(got == left_of(comm));
        MPI::Request::Waitall(sends);
        MPI_Request raw = comm.Irecv(got, left_of(comm), 7).release();
        MPI::Request taken = MPI::Request::take(raw, MPI::Request::Drop::cancel);
        CHECK(taken.handle() == raw);
        const int other = 40 + comm.rank();
        MPI::Request send = comm.Isend(other, right_of(comm), 7);
        taken.Wait();
        CHECK(got == 40 + left_of(comm));
        send.Wait();
    });
}

#ifdef MPICH_VERSION  // Open MPI 4.1: once a Waitall has failed, no later one on what it says is pending comes back
TEST_CASE("Request::Waitall says in the statuses which receive failed, and the others go on", "[request][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const std::array<int, 4> sent{1, 2, 3, comm.rank()};
        std::array<std::array<int, 4>, 3> got{};
        std::vector<MPI::Request> receives;
        receives.push_back(comm.Irecv(got[0], left_of(comm), 0));
        receives.push_back(comm.Irecv({got[1].data(), 2}, left_of(comm), 1));
        receives.push_back(comm.Irecv(got[2], left_of(comm), 2));
        std::vector<MPI::Request> sends;
        for (int tag = 0; tag < 3; ++tag) sends.push_back(comm.Isend(sent, right_of(comm), tag));
        std::vector<MPI::Status> statuses(3);
        int error = MPI::SUCCESS;
        try {
            MPI::Request::Waitall(receives, statuses);
        } catch (const MPI::Exception& e) {
            error = e.Get_error_class();
        }
        CHECK(error == MPI::ERR_IN_STATUS);
        CHECK(MPI::Get_error_class(statuses[1].error()) == MPI::ERR_TRUNCATE);
        CHECK(receives[1].is_null());
        for (const std::size_t i : {0U, 2U}) CHECK((statuses[i].error() == MPI::SUCCESS || statuses[i].error() == MPI::ERR_PENDING));
        MPI::Request::Waitall(receives, statuses);
        CHECK(got[0][3] == left_of(comm));
        CHECK(got[2][3] == left_of(comm));
        CHECK(all_null(receives));
        MPI::Request::Waitall(sends);
    });
}

TEST_CASE("Waitsome and Testsome return what is complete before they throw the error of another request", "[request][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const bool objects : {false, true})
            for (const bool waits : {false, true}) {
                const std::array<int, 4> sent{1, 2, 3, comm.rank()};
                std::array<int, 4> got{};
                std::string text;
                std::vector<MPI::Request> receives, sends;
                receives.push_back(objects ? comm.irecv_into(text, left_of(comm), 0) : comm.Irecv(got, left_of(comm), 0));
                receives.push_back(objects ? comm.irecv_into(got[0], left_of(comm), 1) : comm.Irecv({got.data(), 2}, left_of(comm), 1));
                for (int tag = 0; tag < 2; ++tag)
                    sends.push_back(objects ? comm.isend(std::string("text"), right_of(comm), tag) : comm.Isend(sent, right_of(comm), tag));
                for (const MPI::Request& receive : receives) wait_until_over(receive);
                const auto some = [&](std::span<MPI::Status> statuses) {
                    return waits ? MPI::Request::Waitsome(receives, statuses) : MPI::Request::Testsome(receives, statuses);
                };
                std::vector<MPI::Status> statuses(2);
                statuses[1].Set_tag(77);
                CHECK(some(statuses) == std::vector<int>{0});
                CHECK(statuses[0].source() == left_of(comm));
                CHECK(statuses[1].tag() == 77);  // of no request, so it is left alone
                CHECK(thrown<MPI::Exception>([&] { (void)some(statuses); }) != "");
                CHECK(statuses[0].error() != MPI::SUCCESS);
                CHECK_FALSE(some({}).has_value());
                MPI::Request::Waitall(sends);
            }
    });
}

TEST_CASE("Testall leaves the statuses alone until all requests are complete", "[request]") {
    int got = 0;
    const int sent = 5;
    std::vector<MPI::Request> requests;
    requests.push_back(MPI::COMM_SELF.Irecv(got, 0, 1));
    std::vector<MPI::Status> statuses(1);
    statuses[0].Set_tag(77);
    CHECK_FALSE(MPI::Request::Testall(requests, statuses));
    CHECK(statuses[0].tag() == 77);
    MPI::COMM_SELF.Send(sent, 0, 1);
    MPI::Request::Waitall(requests, statuses);
    CHECK(statuses[0].tag() == 1);
}

TEST_CASE("Waitall names the first request that has failed, also among objects in the statuses", "[request][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const std::array<int, 4> sent{1, 2, 3, comm.rank()};
        std::array<int, 4> first{}, second{};
        std::string text;
        float number = 0;
        std::vector<MPI::Request> receives, sends;
        receives.push_back(comm.Irecv(first, left_of(comm), 0));
        receives.push_back(comm.Irecv({second.data(), 2}, left_of(comm), 1));
        for (int tag = 0; tag < 2; ++tag) sends.push_back(comm.Isend(sent, right_of(comm), tag));
        CHECK(contains(thrown<MPI::Exception>([&] { MPI::Request::Waitall(receives); }), "request 1 of 2: Message truncated"));
        MPI::Request::Waitall(receives);
        receives[0] = comm.irecv_into(text, left_of(comm), 2);
        receives[1] = comm.irecv_into(number, left_of(comm), 3);
        receives.push_back(comm.Irecv({second.data(), 2}, left_of(comm), 4));
        for (int tag = 2; tag < 4; ++tag) sends.push_back(comm.isend(std::string("text"), right_of(comm), tag));
        sends.push_back(comm.Isend(sent, right_of(comm), 4));
        std::vector<MPI::Status> statuses(3);
        CHECK(thrown<MPI::Exception>([&] { MPI::Request::Waitall(receives, statuses); }) != "");
        CHECK(statuses[0].error() == MPI::SUCCESS);
        CHECK(statuses[1].error() != MPI::SUCCESS);
        CHECK(MPI::Get_error_class(statuses[2].error()) == MPI::ERR_TRUNCATE);
        CHECK(text == "text");
        MPI::Request::Waitall(sends);
    });
}
#endif

TEST_CASE("The error of a request that stays pending is thrown, and the request stays active", "[request][error]") {
    const int pending = MPI::ERR_PROC_FAILED_PENDING != MPI::ERR_UNKNOWN ? MPI::ERR_PROC_FAILED_PENDING : MPI::ERR_PENDING;
    std::array<int, 2> got{};
    const int sent = 5;
    std::array<MPI::Prequest, 2> requests{MPI::COMM_SELF.Recv_init(got[0], 0, 1), MPI::COMM_SELF.Recv_init(got[1], 0, 2)};
    MPI::Prequest::Startall(requests);
    const auto check_active = [&] {
        for (MPI::Prequest& request : requests) CHECK(contains(thrown<std::invalid_argument>([&] { request.Start(); }), "under way"));
    };
    found_errors = {pending, pending};
    CHECK(contains(thrown<MPI::Exception>([&] { (void)MPI::Request::Testall(requests); }), "request 0 of 2: "));
    check_active();
    found_errors = {MPI::SUCCESS, pending};
    CHECK(contains(thrown<MPI::Exception>([&] { (void)MPI::Request::Testsome(requests); }), "request 1 of 2: "));
    check_active();
    found_errors = {pending, MPI::ERR_TRUNCATE};
    CHECK(contains(thrown<MPI::Exception>([&] { (void)MPI::Request::Testall(requests); }), "request 1 of 2: "));
    for (const int tag : {1, 2}) MPI::COMM_SELF.Send(sent, 0, tag);
    MPI::Request::Waitall(requests);
    CHECK((got[0] == 5 && got[1] == 5));
}

namespace {

/// A large object that calls a function when it is destroyed.
struct Last {
    std::vector<double> numbers;
    std::function<void()> act;
    Last() = default;
    Last(std::size_t n, std::function<void()> f) : numbers(n), act(std::move(f)) {}
    Last(Last&& other) noexcept : numbers(std::move(other.numbers)), act(std::exchange(other.act, nullptr)) {}
    Last& operator=(Last&& other) noexcept {
        std::swap(numbers, other.numbers);
        std::swap(act, other.act);
        return *this;
    }
    ~Last() {
        if (act)
            act();
    }
    template <class Archive> void serialize(Archive& archive) { archive(numbers); }
};

}  // namespace

TEST_CASE("A Waitall for many requests leaves those alone for which an outer one waits in the same thread", "[request]") {
    const MPI::Intracomm& self = MPI::COMM_SELF;
    std::vector<int> got(100, -1), sent(100);
    std::vector<MPI::Request> outer;
    for (int i = 0; i < 100; ++i) outer.push_back(self.Irecv(got[static_cast<std::size_t>(i)], 0, i));
    bool waits = false, was_within = false;
    (void)self.isend(Last(100'000,
                          [&] {
                              was_within = waits;
                              std::vector<MPI::Request> inner;
                              int number = 0;
                              std::vector<int> numbers(40);
                              for (int& n : numbers) inner.push_back(self.Irecv(n, 0, 200));
                              for (std::size_t i = 0; i < numbers.size(); ++i) inner.push_back(self.Isend(number, 0, 200));
                              MPI::Request::Waitall(inner);
                              for (int i = 0; i < 100; ++i) self.Send(sent[static_cast<std::size_t>(i)] = i, 0, i);
                          }),
                     0, 300);
    auto last = self.irecv<Last>(0, 300);  // the object that is sent ends when the next call drives
    std::vector<MPI::Status> statuses(100);
    waits = true;
    MPI::Request::Waitall(outer, statuses);
    CHECK(was_within);
    CHECK(got == sent);
    for (int i = 0; i < 100; ++i) CHECK(statuses[static_cast<std::size_t>(i)].tag() == i);
    (void)last.wait();
}

TEST_CASE("A request has a Fortran handle", "[request]") {
    int value = 0;
    MPI::Request request = MPI::COMM_SELF.Irecv(value, 0, 77);
    CHECK(MPI::Request::f2c(request.c2f()).handle() == request.handle());
    CHECK(MPI::Request::f2c(MPI::Request().c2f()).is_null());
    MPI::COMM_SELF.Send(5, 0, 77);
    request.Wait();
    CHECK(value == 5);
}
