#include "catch.hpp"
#include "refused.hpp"
#include "request_states.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <array>
#include <numeric>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;
using std::vector;

namespace {

/// Whether the MPI has partitioned communication; where it has none, that must be said.
bool is_supported() {
    int x = 0, y = 0;
    const std::string error =
        thrown<MPI::Exception>([&] { MPI::Prequest send = MPI::COMM_SELF.Psend_init(x, 1, 0), receive = MPI::COMM_SELF.Precv_init(y, 1, 0, 0); });
    CHECK((error.empty() || contains(error, "not supported by this MPI")));
    CHECK(error.empty() == MPI::detail::has_partitions);
    return error.empty();
}

}  // namespace

TEST_CASE("Partitions go one by one, in ranges and in lists", "[partitioned]") {
    if (!is_supported())
        return;
    for_each_comm([](const MPI::Intracomm& comm) {
        constexpr int parts = 6;
        vector<int> sent(3 * parts), got(3 * parts);
        MPI::Prequest send = comm.Psend_init(sent, parts, right_of(comm), 4), receive = comm.Precv_init(got, parts / 2, left_of(comm), 4);
        for (int round = 0; round < 3; ++round) {
            std::iota(sent.begin(), sent.end(), 100 * comm.rank() + round);
            std::fill(got.begin(), got.end(), -1);
            receive.Start();
            send.Start();
            if (round == 0) {
                for (int i = parts; i-- > 0;) send.Pready(i);
            } else if (round == 1) {
                send.Pready_range(3, 5);
                send.Pready_range(0, 2);
            } else {
                send.Pready_list({5, 1});
                send.Pready_list(vector<int>{0, 2, 3, 4});
            }
            for (int i = 0; i < parts / 2; ++i)
                while (!receive.Parrived(i)) {}
            receive.Wait();
            send.Wait();
            vector<int> expected(sent.size());
            std::iota(expected.begin(), expected.end(), 100 * left_of(comm) + round);
            CHECK(got == expected);
        }
    });
}

TEST_CASE("A partitioned send and receive complete when dropped", "[partitioned]") {
    if (!is_supported())
        return;
    for_each_comm([](const MPI::Intracomm& comm) {
        vector<int> sent(4, comm.rank()), got(4, -1);
        {
            MPI::Prequest receive = comm.Precv_init(got, 2, left_of(comm), 4), send = comm.Psend_init(sent, 2, right_of(comm), 4);
            receive.Start();
            send.Start();
            send.Pready_range(0, 1);
        }
        CHECK(got == vector<int>(4, left_of(comm)));
        const MPI::Prequest never_started = comm.Psend_init(sent, 2, right_of(comm), 5);
        const MPI::Prequest its_other_side = comm.Precv_init(got, 2, left_of(comm), 5);
    });
}

TEST_CASE("Partitioned operations that were never started do not disturb the next with their tag", "[partitioned]") {
    if (!is_supported())
        return;
    for_each_comm([](const MPI::Intracomm& comm) {
        vector<int> sent(4, comm.rank()), got(4, -1);
        for (const bool frees : {true, false}) {
            MPI::Prequest send = comm.Psend_init(sent, 4, right_of(comm), 6), receive = comm.Precv_init(got, 4, left_of(comm), 6);
            if (frees) {
                send.Free();
                receive.Free();
                CHECK((send.is_null() && receive.is_null()));
            }
        }
        MPI::Prequest send = comm.Psend_init(sent, 2, right_of(comm), 6), receive = comm.Precv_init(got, 2, left_of(comm), 6);
        receive.Start();
        send.Start();
        send.Pready_range(0, 1);
        send.Wait();
        receive.Wait();
        CHECK(got == vector<int>(4, left_of(comm)));
    });
}

TEST_CASE("A partitioned receive names its source and its tag", "[partitioned][error]") {
    int got = 0;
    refused("Precv_init: a partitioned receive names its source", [&] { (void)MPI::COMM_SELF.Precv_init(got, 1); });
    refused("Precv_init: a partitioned receive names its source", [&] { (void)MPI::COMM_SELF.Precv_init(got, 1, 0); });
}

TEST_CASE("Partitions are equal", "[partitioned]") {
    vector<int> five(5);
    CHECK(contains(thrown<std::invalid_argument>([&] { (void)MPI::COMM_SELF.Psend_init(five, 2, 0); }),
                   "Psend_init: buf has 5 elements, which is not a multiple of 2 partitions"));
    CHECK(contains(thrown<std::invalid_argument>([&] { (void)MPI::COMM_SELF.Precv_init(five, 3, 0); }),
                   "Precv_init: buf has 5 elements, which is not a multiple of 3 partitions"));
}

TEST_CASE("Partitioned calls with PROC_NULL are complete at once", "[partitioned]") {
    if (!is_supported())
        return;
    vector<int> x(2, 7);
    MPI::Prequest send = MPI::COMM_SELF.Psend_init(x, 2, MPI::PROC_NULL), receive = MPI::COMM_SELF.Precv_init(x, 2, MPI::PROC_NULL);
    for (int round = 0; round < 2; ++round) {
        send.Start();
        receive.Start();
        send.Pready(0);
        send.Pready_list({1});
        CHECK(receive.Parrived(1));
        send.Wait();
        receive.Wait();
    }
    send.Start();
    send.Pready_range(0, 1);
    CHECK(x == vector<int>(2, 7));
}

TEST_CASE("A partitioned send that could not be started can be dropped", "[partitioned][error]") {
    if (!is_supported())
        return;
    for_each_comm([](const MPI::Intracomm& comm) {
        vector<int> sent(4, comm.rank()), got(4, -1);
        std::array<MPI::Prequest, 2> two{comm.Psend_init(sent, 4, right_of(comm), 4), MPI::Prequest()};
        const MPI::Prequest its_other_side = comm.Precv_init(got, 4, left_of(comm), 4);
        CHECK(contains(thrown<MPI::Exception>([&] { MPI::Prequest::Startall(two); }), "the request is null"));
        refused("the send has not been started", [&] { two[0].Pready(0); });
    });
}

TEST_CASE("A partitioned operation that is complete and not waited for is not started", "[partitioned][error]") {
    if (!is_supported())
        return;
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const bool waits : {true, false}) {
            vector<int> sent(2, comm.rank()), got(2, -1);
            MPI::Prequest send = comm.Psend_init(sent, 2, right_of(comm), 4), receive = comm.Precv_init(got, 2, left_of(comm), 4);
            receive.Start();
            send.Start();
            send.Pready_range(0, 1);
            wait_until_over(receive);
            wait_until_over(send);
            for (MPI::Prequest* const request : {&send, &receive}) {
                refused("the operation is complete, but was not waited for", [&] { request->Start(); });
                request->Start();
            }
            send.Pready_range(0, 1);
            if (waits) {
                send.Wait();
                receive.Wait();
                CHECK(got == vector<int>(2, left_of(comm)));
            }
        }
    });
}

TEST_CASE("A partitioned send whose partitions are made ready through the raw handle can be dropped", "[partitioned]") {
    if (!is_supported())
        return;
    for_each_comm([](const MPI::Intracomm& comm) {
        vector<int> sent(2, comm.rank()), got(2, -1);
        MPI::Prequest send = comm.Psend_init(sent, 2, right_of(comm), 4), receive = comm.Precv_init(got, 2, left_of(comm), 4);
        receive.Start();
        send.Start();
        MPI::Prequest::borrow(send.handle()).Pready_range(0, 1);
        send.Wait();
        receive.Wait();
        CHECK(got == vector<int>(2, left_of(comm)));
    });
}

TEST_CASE("A partitioned request that is not active is complete, with an empty status", "[partitioned]") {
    if (!is_supported())
        return;
    for_each_comm([](const MPI::Intracomm& comm) {
        vector<int> sent(2, comm.rank()), got(2, -1);
        MPI::Prequest send = comm.Psend_init(sent, 2, right_of(comm), 4), receive = comm.Precv_init(got, 2, left_of(comm), 4);
        for (int round = 0; round < 2; ++round) {
            receive.Start();
            send.Start();
            send.Pready_range(0, 1);
            MPI::Status status = written();
            receive.Wait(&status);
            send.Wait();
            CHECK(status.source() == left_of(comm));
            for (MPI::Prequest* const request : {&send, &receive}) {
                status = written();
                request->Wait(&status);
                CHECK(is_empty(status));
                status = written();
                CHECK(request->Test(&status));
                CHECK(is_empty(status));
                status = written();
                CHECK(request->Get_status(&status));
                CHECK(is_empty(status));
            }
        }
    });
}

TEST_CASE("In a partitioned receive that is not active all has arrived", "[partitioned]") {
    if (!is_supported())
        return;
    for_each_comm([](const MPI::Intracomm& comm) {
        vector<int> sent(2, comm.rank()), got(2, -1);
        MPI::Prequest send = comm.Psend_init(sent, 2, right_of(comm), 4), receive = comm.Precv_init(got, 2, left_of(comm), 4);
        for (int round = 0; round < 2; ++round) {
            CHECK(receive.Parrived(1));
            receive.Start();
            comm.Barrier();  // no neighbour has sent anything yet
            CHECK_FALSE(receive.Parrived(0));
            comm.Barrier();
            send.Start();
            send.Pready_range(0, 1);
            while (!receive.Parrived(0) || !receive.Parrived(1)) {}
            receive.Wait();
            send.Wait();
            CHECK(got == vector<int>(2, left_of(comm)));
            CHECK(receive.Parrived(0));
        }
    });
}

TEST_CASE("A partition is one of the send, and is ready once", "[partitioned][error]") {
    if (!is_supported())
        return;
    for_each_comm([](const MPI::Intracomm& comm) {
        vector<int> sent(4, comm.rank()), got(4, -1);
        MPI::Prequest send = comm.Psend_init(sent, 4, right_of(comm), 4), receive = comm.Precv_init(got, 4, left_of(comm), 4);
        for (int round = 0; round < 2; ++round) {
            refused("the send has not been started", [&] { send.Pready(0); });
            receive.Start();
            send.Start();
            refused("partition 4 of a send with 4", [&] { send.Pready(4); });
            refused("partition -1 of a send with 4", [&] { send.Pready_list({0, -1}); });
            send.Pready(1);
            refused("partition 1 is ready already", [&] { send.Pready(1); });
            refused("partition 1 is ready already", [&] { send.Pready_range(0, 3); });
            refused("partition 0 is ready already", [&] { send.Pready_list({0, 0}); });
            refused("no partitions from 3 to 2", [&] { send.Pready_range(3, 2); });
            refused("this is a receive", [&] { receive.Pready(0); });
            send.Pready_list({0, 2, 3});  // what was refused is not ready
            receive.Wait();
            send.Wait();
            CHECK(got == vector<int>(4, left_of(comm)));
        }
    });
}

TEST_CASE("A partitioned request is freed when it is complete", "[partitioned][error]") {
    if (!is_supported())
        return;
    for_each_comm([](const MPI::Intracomm& comm) {
        vector<int> sent(2, comm.rank()), got(2, -1);
        MPI::Prequest send = comm.Psend_init(sent, 2, right_of(comm), 4), receive = comm.Precv_init(got, 2, left_of(comm), 4);
        receive.Start();
        send.Start();
        send.Pready(0);
        refused("the operation is under way", [&] { send.Free(); });
        send.Pready(1);
        while (!receive.Get_status() || !send.Get_status()) {}
        receive.Free();
        send.Free();
        CHECK((send.is_null() && receive.is_null()));
        CHECK(got == vector<int>(2, left_of(comm)));
    });
}

TEST_CASE("A null persistent request is refused by a sentence", "[partitioned][error]") {
    const auto is_refused = [](auto call) {
        MPI::Prequest null;
        CHECK(contains(error_of_class(MPI::ERR_REQUEST, [&] { call(null); }), "the request is null"));
    };
    is_refused([](MPI::Prequest& null) { null.Start(); });
    is_refused([](MPI::Prequest& null) { MPI::Prequest::Startall({&null, 1}); });
    is_refused([](MPI::Prequest& null) { null.Pready(0); });
    is_refused([](MPI::Prequest& null) { null.Pready_range(0, 1); });
    is_refused([](MPI::Prequest& null) { null.Pready_list({0}); });
    is_refused([](MPI::Prequest& null) { (void)null.Parrived(0); });
}
