#include "case.hpp"

#include <optional>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

TEST_CASE("A failing function of objects is an Exception with name, code and place", "[interposed]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    const std::string small = "object", huge(100'000, 'x');
    const MPI::Intracomm other = comm.Dup();
    MPI::Status status;
    const auto vector = std::vector<int>{1};
    const auto sent_first = [&](auto receive) {
        const MPI::Request sent = comm.isend(small, 0, 6);
        receive();
    };

    const auto wait_cancelled = [](MPI::ObjectRequest<std::string> receive) {
        receive.Cancel();
        (void)receive.wait();
    };

    // clang-format off
    for (const Case& c : std::vector<Case>{
        Case("MPI_Send", "i", [&](MPI::Count) { comm.send(small, 0); }),
        Case("MPI_Ssend", "i", [&](MPI::Count) { comm.ssend(small, 0); }),
        Case("MPI_Ibsend", "", [&](MPI::Count) { comm.bsend(small, 0); }),
        Case("MPI_Ibsend", "", [&](MPI::Count) { (void)comm.ibsend(small, 0); }),
        Case("MPI_Recv", "i", [&](MPI::Count) { (void)comm.recv<int>(); }),
        Case("MPI_Isend", "", [&](MPI::Count) { (void)comm.isend(small, 0); }),
        Case("MPI_Issend", "", [&](MPI::Count) { (void)comm.issend(small, 0); }),
        Case("MPI_Irecv", "", [&](MPI::Count) { (void)comm.irecv<int>(); }),
        Case("MPI_Isend", "", [&](MPI::Count) { (void)comm.sendrecv<int>(small, 0); }),
        Case("MPI_Isend", "", [&](MPI::Count) { comm.send(huge, 0); }),
        Case("MPI_Issend", "", [&](MPI::Count) { comm.ssend(huge, 0); }),
        Case("MPI_Irecv", "", [&](MPI::Count) { comm.send(huge, 0); }),  // of the answer that its block can come
        Case("MPI_Get_count", "w", [&](MPI::Count) { sent_first([&] { (void)comm.recv<std::string>(0, 6); }); }),
        Case("MPI_Get_count", "w", [&](MPI::Count) { sent_first([&] { (void)comm.irecv<std::string>(0, 6).wait(); }); }),
        Case("MPI_Status_set_elements_x", "", [&](MPI::Count) { sent_first([&] { (void)comm.recv<std::string>(0, 6, &status); }); }),
        Case("MPI_Status_set_elements_x", "", [&](MPI::Count) { sent_first([&] { (void)comm.irecv<std::string>(0, 6).wait(&status); }); }),
        Case("MPI_Test_cancelled", "", [&](MPI::Count) { sent_first([&] { wait_cancelled(comm.irecv<std::string>(0, 6)); }); }),
        Case("MPI_Bcast", "", [&](MPI::Count) { (void)comm.bcast(small); }),
        Case("MPI_Gather", "", [&](MPI::Count) { (void)comm.gather(small); }),
        Case("MPI_Scatter", "", [&](MPI::Count) { (void)comm.scatter(vector); }),
        Case("MPI_Allgather", "", [&](MPI::Count) { (void)comm.allgather(small); }),
        Case("MPI_Allgather", "", [&](MPI::Count) { (void)comm.Allgatherv(vector); }),
        Case("MPI_Alltoall", "", [&](MPI::Count) { (void)comm.alltoall(vector); }),
        Case("MPI_Allgather", "", [&](MPI::Count) { (void)comm.scan(small); }),
        Case("MPI_Gather", "", [&](MPI::Count) { (void)comm.reduce(small); }),
        Case("MPI_Ibarrier", "", [&](MPI::Count) { (void)comm.ibarrier(); }),
        Case("MPI_Ibcast", "", [&](MPI::Count) { (void)comm.ibcast(small); }),
        Case("MPI_Igather", "", [&](MPI::Count) { (void)comm.igather(small); }),
        Case("MPI_Iscatter", "", [&](MPI::Count) { (void)comm.iscatter(vector); }),
        Case("MPI_Iallgather", "", [&](MPI::Count) { (void)comm.iallgather(small); }),
        Case("MPI_Ireduce", "", [&](MPI::Count) { (void)comm.ireduce(1); }),
        Case("MPI_Iallreduce", "", [&](MPI::Count) { (void)comm.iallreduce(1); }),
        Case("MPI_Ialltoall", "", [&](MPI::Count) { (void)comm.ialltoall(vector); }),
        Case("MPI_Test", "", [&](MPI::Count) { (void)comm.iallgather(small).wait(); }),
        Case("MPI_Reduce", "", [&](MPI::Count) { (void)comm.reduce(1); }),
        Case("MPI_Allreduce", "", [&](MPI::Count) { (void)comm.allreduce(1); }),

        // who gets a large object is found out before anything is sent
        Case("MPI_Comm_group", "", [&](MPI::Count) { other.send(huge, 0); }),
        Case("MPI_Group_translate_ranks", "", [&](MPI::Count) { (void)other.isend(huge, 0); }),
    }) check(c);
    // clang-format on
}

TEST_CASE("A failure while an object is received belongs to whoever waits for it", "[interposed]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    auto receive = comm.irecv<int>(0, 4);
    MPI::Request send = comm.isend(7, 0, 4);
    (void)failures();
    fail_next("MPI_Test", code);
    while (!receive.Get_status()) {}
    CHECK(failures() == 1);
    CHECK(thrown<MPI::Exception>([&] { (void)receive.wait(); }).find("MPI_Test") == 0);
    CHECK(receive.is_null());
    auto dropped = comm.irecv<int>(0, 5);  // what failed is still posted, and takes the next
    dropped = {};
}

TEST_CASE("Receives go on where MPI fails to test several at once", "[interposed]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    std::vector<MPI::ObjectRequest<int>> receives;
    for (int tag = 0; tag < 5; ++tag) receives.push_back(comm.irecv<int>(0, tag));
    (void)failures();
    fail_next("MPI_Testsome", code);
    for (int tag = 0; tag < 5; ++tag) comm.send(tag, 0, tag);
    std::optional<std::vector<int>> objects;
    while (!objects) objects = MPI::ObjectRequest<int>::testall(receives);
    CHECK((*objects == std::vector{0, 1, 2, 3, 4}));
    CHECK(failures() == 1);
}
