// Persistent point-to-point calls, and persistent requests among others.
#include "catch.hpp"
#include "request_states.hpp"
#include "support.hpp"

#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
#include <array>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;
using std::vector;

namespace {

/// Attached memory for buffered sends, while this lives.
struct Attached {
    vector<char> memory;
    explicit Attached(std::size_t size) : memory(size + MPI_BSEND_OVERHEAD) { MPI_Buffer_attach(memory.data(), static_cast<int>(memory.size())); }
    ~Attached() {
        void* address = nullptr;
        int size = 0;
        MPI_Buffer_detach(&address, &size);
    }
    Attached(const Attached&) = delete;
    Attached& operator=(const Attached&) = delete;
};

/// What MPI_Startall does before it starts the requests: Open MPI may put a new request in the place of one.
void (*change_in_startall)(MPI_Request* first) = nullptr;
bool startall_fails = false;

}  // namespace

extern "C" int MPI_Startall(int count, MPI_Request* requests) {
    if (change_in_startall != nullptr)
        change_in_startall(requests);
    return startall_fails ? MPI_ERR_OTHER : PMPI_Startall(count, requests);
}

TEST_CASE("Startall keeps a request that MPI puts in the place of another, even if it fails", "[persistent]") {
    static int first = 0, second = 0;
    const int sent = 5;
    for (const bool fails : {false, true}) {
        first = second = 0;
        std::array<MPI::Prequest, 1> one{MPI::COMM_SELF.Recv_init(first, 0, 1)};
        change_in_startall = [](MPI_Request* request) {
            MPI_Request other = *request;
            MPI_Recv_init(&second, 1, MPI_INT, 0, 1, MPI_COMM_SELF, request);
            MPI_Request_free(&other);
        };
        startall_fails = fails;
        CHECK((error_class([&] { MPI::Prequest::Startall(one); }) == MPI::SUCCESS) == !fails);
        change_in_startall = nullptr;
        startall_fails = false;
        if (fails)
            one[0].Start();
        MPI::COMM_SELF.Send(sent, 0, 1);
        one[0].Wait();
        CHECK(first == 0);
        CHECK(second == 5);
    }
}

TEST_CASE("Persistent sends of each mode carry what the buffer holds when they are started", "[persistent]") {
    const Attached attached(1 << 16);
    for_each_comm([](const MPI::Intracomm& comm) {
        vector<int> sent(4), got(4);
        vector<double> none;
        vector<MPI::Prequest> sends;
        sends.push_back(comm.Send_init(sent, right_of(comm), 3));
        sends.push_back(comm.Ssend_init(sent, right_of(comm), 3));
        sends.push_back(comm.Bsend_init(sent, right_of(comm), 3));
        sends.push_back(comm.Rsend_init(sent, right_of(comm), 3));
        MPI::Prequest receive = comm.Recv_init(got, left_of(comm), 3);
        for (int round = 0; round < 3; ++round)
            for (MPI::Prequest& send : sends) {
                std::iota(sent.begin(), sent.end(), 100 * comm.rank() + round);
                std::fill(got.begin(), got.end(), -1);
                receive.Start();
                comm.Barrier();  // a ready send needs its receive
                send.Start();
                MPI::Status status = written();
                receive.Wait(&status);
                send.Wait();
                vector<int> expected(4);
                std::iota(expected.begin(), expected.end(), 100 * left_of(comm) + round);
                CHECK(got == expected);
                CHECK(status.source() == left_of(comm));
                CHECK(status.Get_count(MPI::INT) == 4);
                CHECK_FALSE(receive.is_null());
            }
        MPI::Prequest send_nothing = comm.Send_init(none, right_of(comm), 4), receive_nothing = comm.Recv_init(none, left_of(comm), 4);
        receive_nothing.Start();
        send_nothing.Start();
        receive_nothing.Wait();
        send_nothing.Wait();
    });
}

TEST_CASE("Persistent calls with PROC_NULL are complete at once", "[persistent]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        int x = 7;
        for (auto& request : {comm.Send_init(x, MPI::PROC_NULL), comm.Recv_init(x, MPI::PROC_NULL)}) CHECK_FALSE(request.is_null());
        MPI::Prequest send = comm.Ssend_init(x, MPI::PROC_NULL), receive = comm.Recv_init(x, MPI::PROC_NULL);
        MPI::Status status = written();
        send.Start();
        receive.Start();
        send.Wait();
        receive.Wait(&status);
        CHECK(x == 7);
        CHECK(status.source() == (MPI::detail::is_open_mpi() ? MPI::PROC_NULL : MPI::ANY_SOURCE));  // MPICH leaves the status empty
        CHECK(status.tag() == MPI::ANY_TAG);
        CHECK(status.count() == 0);
    });
}

TEST_CASE("Startall starts all, and the functions for several requests complete them", "[persistent]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const std::size_t n : {3U, 70U}) {
            vector<int> sent(n), got(n);
            vector<MPI::Prequest> requests;
            for (std::size_t i = 0; i < n; ++i) {
                requests.push_back(comm.Recv_init(got[i], left_of(comm), static_cast<int>(i)));
                requests.push_back(comm.Send_init(sent[i], right_of(comm), static_cast<int>(i)));
            }
            for (int round = 0; round < 4; ++round) {
                std::iota(sent.begin(), sent.end(), 1000 * comm.rank() + round);
                std::fill(got.begin(), got.end(), -1);
                MPI::Prequest::Startall(requests);
                vector<MPI::Status> statuses(requests.size());
                if (round == 0)
                    MPI::Request::Waitall(requests, statuses);
                else if (round == 1)
                    while (!MPI::Request::Testall(requests, statuses)) {}
                else if (round == 2)
                    for (std::size_t i = 0; i < requests.size(); ++i) CHECK(MPI::Prequest::Waitany(requests) != MPI::UNDEFINED);
                else
                    for (std::size_t complete = 0; complete < requests.size();) complete += MPI::Request::Waitsome(requests).value().size();
                vector<int> expected(n);
                std::iota(expected.begin(), expected.end(), 1000 * left_of(comm) + round);
                CHECK(got == expected);
                if (round < 2)
                    CHECK(statuses[0].source() == left_of(comm));
                // now none is active
                CHECK(MPI::Request::Waitany(requests) == MPI::UNDEFINED);
                CHECK(MPI::Request::Testany(requests) == MPI::UNDEFINED);
                CHECK_FALSE(MPI::Request::Waitsome(requests).has_value());
                CHECK_FALSE(MPI::Request::Testsome(requests).has_value());
                CHECK(MPI::Request::Testall(requests));
            }
        }
    });
}

TEST_CASE("A persistent request that is not active is complete, with an empty status", "[persistent]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        int x = 0, y = 0;
        vector<int> all(static_cast<std::size_t>(comm.size()));
        std::array<MPI::Prequest, 4> requests{comm.Send_init(x, right_of(comm)), comm.Recv_init(y), comm.Allgather_init(x, all),
                                              comm.Allreduce_init(x, y)};
        for (MPI::Prequest& request : requests) {
            MPI::Status status = written();
            request.Wait(&status);
            CHECK(is_empty(status));
            status = written();
            CHECK(request.Test(&status));
            CHECK(is_empty(status));
            status = written();
            CHECK(request.Get_status(&status));
            CHECK(is_empty(status));
            CHECK(request.get_status());
        }
        vector<MPI::Status> statuses(4, written());
        MPI::Request::Waitall(requests, statuses);
        CHECK(std::all_of(statuses.begin(), statuses.end(), is_empty));
        CHECK(MPI::Request::Waitany(requests) == MPI::UNDEFINED);
        CHECK(MPI::Request::Testany(requests) == MPI::UNDEFINED);
    });
}

TEST_CASE("What Get_status has said of a persistent request, the wait says again", "[persistent]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const std::array<int, 3> sent{1, 2, 3};
        for (const std::size_t room : {3, 2})
            for (const bool waits_for_all : {false, true}) {
                if (room == 2 && MPI::detail::truncation_overwrites())
                    continue;
                vector<int> got(room);
                MPI::Prequest receive = comm.Recv_init(got, left_of(comm), 8);
                receive.Start();
                comm.Send(sent, right_of(comm), 8);
                MPI::Status told, said;
                const auto asked = [&] {
                    return error_class([&] {
                        while (!receive.Get_status(&told)) {}
                    });
                };
                const auto waited = [&] {
                    return error_class(
                        [&] { waits_for_all ? MPI::Request::Waitall(std::span(&receive, 1), std::span(&said, 1)) : receive.Wait(&said); });
                };
                const int expected = room == 3 ? MPI::SUCCESS : MPI::ERR_TRUNCATE;
                CHECK(asked() == expected);
                CHECK(asked() == expected);
                const int error = waited();
                CHECK((error == expected || (waits_for_all && error == MPI::ERR_IN_STATUS)));
                if (room == 3) {
                    CHECK(said.source() == left_of(comm));
                    CHECK(said.Get_count(MPI::INT) == 3);
                }
                CHECK(waited() == MPI::SUCCESS);
                CHECK(is_empty(said));
            }
    });
}

TEST_CASE("Inactive persistent requests stand among objects and others without a part", "[persistent]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int next = right_of(comm), previous = left_of(comm);
        int idle = 0, number = -1;
        const int mine = comm.rank();
        vector<int> all(static_cast<std::size_t>(comm.size()));
        vector<MPI::Request> requests;
        requests.push_back(comm.Recv_init(idle, previous, 9));
        requests.push_back(comm.Allgather_init(mine, all));
        std::string got;
        requests.push_back(comm.irecv_into(got, previous, 1));
        requests.push_back(comm.Irecv(number, previous, 2));
        MPI::Request text = comm.isend(std::string("text"), next, 1), sent = comm.Isend(mine, next, 2);
        vector<int> seen;
        for (int i = 0; i < 2; ++i) seen.push_back(MPI::Request::Waitany(requests));
        std::sort(seen.begin(), seen.end());
        CHECK(seen == vector<int>{2, 3});
        CHECK(MPI::Request::Waitany(requests) == MPI::UNDEFINED);
        CHECK(number == previous);
        CHECK(got == "text");
        CHECK_FALSE(requests[0].is_null());
        text.wait();
        sent.Wait();
        CHECK(MPI::Request::Testall(requests));
    });
}

TEST_CASE("A persistent request works among pending objects", "[persistent]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        int got = -1;
        const int mine = comm.rank();
        auto pending = comm.irecv<int>(left_of(comm), 77);  // so that a wait has something to drive
        MPI::Prequest receive = comm.Recv_init(got, left_of(comm), 1), send = comm.Send_init(mine, right_of(comm), 1);
        for (int i = 0; i < 3; ++i) {
            got = -1;
            receive.Start();
            send.Start();
            if (i == 0) {
                receive.Wait();
                send.Wait();
            } else {
                std::array<MPI::Prequest, 2> both{std::move(receive), std::move(send)};
                if (i == 1)
                    MPI::Request::Waitall(both);
                else
                    for (int n = 0; n < 2; ++n) CHECK(MPI::Request::Waitany(both) != MPI::UNDEFINED);
                receive = std::move(both[0]);
                send = std::move(both[1]);
            }
            CHECK(got == left_of(comm));
        }
        pending.cancel();
        (void)pending.wait();
        comm.Barrier();
    });
}

TEST_CASE("An active persistent request that is dropped completes first", "[persistent]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        int never = 3, got = -1;
        {
            MPI::Prequest receive = comm.Recv_init(never, left_of(comm), 99);
            receive.Start();  // nothing comes: it is cancelled
        }
        CHECK(never == 3);
        {
            MPI::Request receive = comm.Irecv(got, left_of(comm), 5);
            {
                MPI::Prequest send = comm.Ssend_init(never, right_of(comm), 5);
                send.Start();
            }
            receive.Wait();
        }
        CHECK(got == 3);
        MPI::Prequest a = comm.Recv_init(never, left_of(comm), 99), b = comm.Recv_init(got, left_of(comm), 98);
        a.Start();
        a = std::move(b);  // the old one is cancelled, the new one is not active
        a.Wait();
        CHECK(b.is_null());
        comm.Barrier();
    });
}

TEST_CASE("A persistent receive can be cancelled, and started again", "[persistent]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        int got = -1;
        const int mine = comm.rank();
        MPI::Prequest receive = comm.Recv_init(got, left_of(comm), 8);
        receive.Start();
        receive.Cancel();
        MPI::Status status;
        receive.Wait(&status);
        CHECK(status.Is_cancelled());
        comm.Barrier();
        receive.Start();
        comm.Send(mine, right_of(comm), 8);
        receive.Wait(&status);
        CHECK_FALSE(status.Is_cancelled());
        CHECK(got == left_of(comm));
    });
}

TEST_CASE("A persistent collective refuses to be cancelled", "[persistent][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        MPI::Prequest barrier = comm.Barrier_init();
        for (int i = 0; i < 2; ++i) {
            CHECK(contains(thrown<std::invalid_argument>([&] { barrier.Cancel(); }), "Cancel: a collective or partitioned operation cannot be"));
            barrier.Start();
            CHECK_THROWS_AS(barrier.Cancel(), std::invalid_argument);
            barrier.Wait();
        }
    });
}

TEST_CASE("Prequest::Start refuses what is under way", "[persistent]") {
    int x = 0;
    const int sent = 5;
    MPI::Prequest receive = MPI::COMM_SELF.Recv_init(x, 0, 1);
    receive.Start();
    CHECK(contains(thrown<std::invalid_argument>([&] { receive.Start(); }), "Start: the operation is under way"));
    std::array<MPI::Prequest, 1> one{std::move(receive)};
    CHECK(contains(thrown<std::invalid_argument>([&] { MPI::Prequest::Startall(one); }), "Start: the operation is under way"));
    MPI::COMM_SELF.Send(sent, 0, 1);
    one[0].Wait();
    one[0].Start();
    one[0].Cancel();
    one[0].Wait();
}

#ifdef MPICH_VERSION  // Open MPI 4.1: once a Waitall has failed, no later one on what it says is pending comes back
TEST_CASE("A persistent request that fails leaves the others their completion, and all can be started again", "[persistent][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const std::array<int, 4> sent{1, 2, 3, comm.rank()};
        MPI::ObjectRequest<int> pending;
        for (int way = 0; way < 8; ++way) {
            if (way == 4)
                pending = comm.irecv<int>(left_of(comm), 77);  // so that the calls have something to drive
            std::array<int, 4> whole{};
            std::array<int, 2> part{};
            vector<MPI::Prequest> requests;
            requests.push_back(comm.Recv_init(part, left_of(comm), 1));
            requests.push_back(comm.Recv_init(whole, left_of(comm), 2));
            requests.push_back(comm.Barrier_init());
            for (int round = 0; round < 2; ++round) {
                MPI::Prequest::Startall(requests);
                for (const int tag : {1, 2}) comm.Send(sent, right_of(comm), tag);
                for (const MPI::Prequest& request : requests) wait_until_over(request);
                int errors = 0, complete = 0;
                for (int i = 0; i < 4 && complete < 2; ++i)
                    errors += !thrown<MPI::Exception>([&] {
                                   if (way % 4 == 0) {
                                       MPI::Request::Waitall(requests);
                                       complete = 2;
                                   } else if (way % 4 == 1) {
                                       complete = MPI::Request::Testall(requests) ? 2 : 0;
                                   } else if (way % 4 == 2) {
                                       complete += MPI::Request::Waitany(requests) != MPI::UNDEFINED ? 1 : 0;
                                   } else {
                                       const auto some = MPI::Request::Waitsome(requests);
                                       complete += some ? static_cast<int>(some->size()) : 0;
                                   }
                               }).empty();
                CHECK(complete == 2);
                if (errors == 0) {  // the failure has not been told yet
                    const auto start = [&] { requests[0].Start(); };
                    if (thrown<MPI::Exception>([&] { CHECK(thrown<std::invalid_argument>(start) != ""); }).empty())
                        errors += !thrown<MPI::Exception>([&] { (void)MPI::Request::Waitsome(requests); }).empty();
                    else
                        ++errors;
                }
                CHECK(errors == 1);
                CHECK(whole[3] == left_of(comm));
            }
        }
    });
}
#endif

TEST_CASE("Free frees a persistent request, and lets an active one go on", "[persistent]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        int got = -1;
        const int mine = comm.rank();
        MPI::Prequest send = comm.Send_init(mine, right_of(comm), 6), idle = comm.Send_init(mine, right_of(comm), 7);
        idle.Free();
        CHECK(idle.is_null());
        MPI::Request receive = comm.Irecv(got, left_of(comm), 6);
        send.Start();
        send.Free();
        CHECK(send.is_null());
        receive.Wait();
        CHECK(got == left_of(comm));
        comm.Barrier();
        CHECK(thrown<MPI::Exception>([&] { MPI::Prequest().Free(); }) != "");
    });
}

TEST_CASE("A persistent request that C starts or waits for is active as long as MPI says so", "[persistent]") {
    int got = 0, sent = 0;
    MPI::ObjectRequest<int> pending;
    for (const bool has_pending : {false, true}) {
        if (has_pending)
            pending = MPI::COMM_SELF.irecv<int>(0, 77);  // so that the waits have something to drive
        MPI::Prequest own = MPI::COMM_SELF.Recv_init(got, 0, 2);
        MPI_Request raw = own.handle();
        MPI::Prequest borrowed = MPI::Prequest::borrow(raw);
        for (MPI::Prequest* const request : {&own, &own, &borrowed, &borrowed}) {
            MPI_Start(&raw);
            CHECK_FALSE(request->Test());
            ++sent;
            MPI::COMM_SELF.Send(sent, 0, 2);
            request->Wait();
            CHECK(got == sent);
        }
        own.Start();
        MPI::COMM_SELF.Send(sent, 0, 2);
        MPI_Wait(&raw, MPI_STATUS_IGNORE);
        own.Start();
        MPI::COMM_SELF.Send(sent, 0, 2);
        own.Wait();
        MPI_Start(&raw);
        {
            MPI::Prequest dropped = std::move(own);  // which is cancelled
        }
        MPI_Recv_init(&got, 1, MPI_INT, 0, 3, MPI_COMM_SELF, &raw);
        MPI_Start(&raw);
        MPI::Prequest taken = MPI::Prequest::take(raw);
        CHECK_FALSE(taken.Test());
        ++sent;
        MPI::COMM_SELF.Send(sent, 0, 3);
        taken.Wait();
        CHECK(got == sent);
    }
}

TEST_CASE("A persistent request that C has started completes once among others", "[persistent]") {
    int got = 0, object = 0;
    const int sent = 5;
    MPI_Request raw = MPI_REQUEST_NULL;
    MPI_Recv_init(&got, 1, MPI_INT, 0, 2, MPI_COMM_SELF, &raw);
    MPI_Start(&raw);
    vector<MPI::Request> requests;
    requests.push_back(MPI::Request::take(raw));
    requests.push_back(MPI::COMM_SELF.irecv_into(object, 0, 3));
    MPI::COMM_SELF.Send(sent, 0, 2);
    CHECK(MPI::Request::Waitany(requests) == 0);
    CHECK(got == 5);
    MPI::COMM_SELF.send(6, 0, 3);
    CHECK(MPI::Request::Waitsome(requests) == vector<int>{1});
    CHECK(MPI::Request::Waitany(requests) == MPI::UNDEFINED);
    MPI_Request_free(&raw);
    (void)std::move(requests[0]).release();
}

TEST_CASE("A borrowed persistent request stays its owner's", "[persistent]") {
    int got = -1;
    const int sent = 5;
    MPI::Prequest owner = MPI::COMM_SELF.Recv_init(got, 0, 2);
    {
        MPI::Prequest borrowed = MPI::Prequest::borrow(owner.handle());
        borrowed.Start();
        MPI::COMM_SELF.Send(sent, 0, 2);
        borrowed.Wait();
        CHECK(got == 5);
        CHECK_FALSE(borrowed.is_null());
    }
    owner.Start();
    owner.Cancel();
    owner.Wait();
}
