#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <vector>

namespace MPI = mpi4cxx;

TEST_CASE("A new Status matches any message", "[status]") {
    const MPI::Status status;
    CHECK(status.Get_source() == MPI::ANY_SOURCE);
    CHECK(status.Get_tag() == MPI::ANY_TAG);
    CHECK(status.Get_error() == MPI::SUCCESS);
    CHECK(status.count() == 0);
    CHECK_FALSE(status.Is_cancelled());
}

TEST_CASE("Status keeps what is set", "[status]") {
    MPI::Status status;
    status.Set_source(2);
    status.Set_tag(7);
    status.Set_error(MPI::ERR_TAG);
    status.Set_elements(MPI::INT, 5);
    status.Set_cancelled(true);
    CHECK(status.source() == 2);
    CHECK(status.tag() == 7);
    CHECK(status.error() == MPI::ERR_TAG);
    CHECK(status.Get_elements(MPI::INT) == 5);
    CHECK(status.Get_count(MPI::INT) == 5);
    CHECK(status.count() == 5 * static_cast<MPI::Count>(sizeof(int)));
    CHECK(status.Is_cancelled());
    status.Set_cancelled(false);
    CHECK_FALSE(status.Is_cancelled());
    const MPI::Status copy(status.handle());
    CHECK(copy.tag() == 7);
    CHECK(copy.Get_count(MPI::INT) == 5);
}

TEST_CASE("Status::Get_count without a datatype counts bytes", "[status]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const std::vector<double> sent(3);
        std::vector<double> received(5);
        MPI::Status status;
        comm.Sendrecv(sent, right_of(comm), 0, received, left_of(comm), 0, &status);
        CHECK(status.Get_count() == static_cast<MPI::Count>(3 * sizeof(double)));
        CHECK(status.Get_count() == status.Get_count(MPI::BYTE));
        CHECK(status.Get_count(MPI::DOUBLE) == 3);
    });
}

TEST_CASE("Status counts beyond int", "[status]") {
    const MPI::Count many = MPI::Count(3) << 31;
    MPI::Status status;
    status.Set_elements(MPI::DOUBLE, many);
    CHECK(status.Get_elements(MPI::DOUBLE) == many);
    CHECK(status.Get_count(MPI::DOUBLE) == many);
    CHECK(status.count() == 8 * many);
}

TEST_CASE("A receive fills the Status it is given", "[status]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int next = (comm.rank() + 1) % comm.size(), previous = (comm.rank() + comm.size() - 1) % comm.size();
        const std::vector<int> sent(3, comm.rank());
        std::vector<int> received(10, -1);
        MPI::Request request = comm.Isend(sent, next, 40 + comm.rank());
        MPI::Status status;
        comm.Recv(received, MPI::ANY_SOURCE, MPI::ANY_TAG, &status);
        request.Wait();
        CHECK(status.source() == previous);
        CHECK(status.tag() == 40 + previous);
        CHECK(status.count() == 3 * static_cast<MPI::Count>(sizeof(int)));
        CHECK(status.Get_count(MPI::INT) == 3);
        const MPI::Datatype pair = MPI::INT.Create_contiguous(2).Commit();
        CHECK(status.Get_count(pair) == MPI::UNDEFINED);  // a pair and a half
        CHECK(status.Get_elements(pair) == 3);
    });
}

TEST_CASE("Receiving from PROC_NULL gives the empty status", "[status]") {
    int nothing = 5;
    MPI::Status status;
    MPI::COMM_WORLD.Recv(nothing, MPI::PROC_NULL, 3, &status);
    CHECK(status.source() == MPI::PROC_NULL);
    CHECK(status.tag() == MPI::ANY_TAG);
    CHECK(status.count() == 0);
    CHECK(nothing == 5);
}

TEST_CASE("A status that nobody wants is ignored", "[status]") {
    CHECK(MPI::Status::to(nullptr) == MPI_STATUS_IGNORE);
    MPI::Status status;
    CHECK(MPI::Status::to(&status) == &status.handle());
}

TEST_CASE("Status reports what it is asked wrongly", "[status][error]") {
    MPI::Status status;
    CHECK_THROWS_AS((void)status.Get_count(MPI::DATATYPE_NULL), MPI::Exception);
    CHECK_THROWS_AS((void)status.Get_elements(MPI::DATATYPE_NULL), MPI::Exception);
    CHECK_THROWS_AS(status.Set_elements(MPI::DATATYPE_NULL, 1), MPI::Exception);
}

TEST_CASE("A status has Fortran's form, with its fields where Fortran has them", "[status]") {
    MPI::Status status;
    status.Set_source(2);
    status.Set_tag(7);
    status.Set_error(MPI::ERR_TAG);
    status.Set_elements(MPI::INT, 5);
    const auto fortran = status.c2f();
    CHECK(fortran.size() == static_cast<std::size_t>(MPI::F_STATUS_SIZE));
    CHECK(fortran[static_cast<std::size_t>(MPI::F_SOURCE)] == 2);
    CHECK(fortran[static_cast<std::size_t>(MPI::F_TAG)] == 7);
    CHECK(fortran[static_cast<std::size_t>(MPI::F_ERROR)] == MPI::ERR_TAG);
    const MPI::Status back = MPI::Status::f2c(fortran);
    CHECK(back.source() == 2);
    CHECK(back.tag() == 7);
    CHECK(back.error() == MPI::ERR_TAG);
    CHECK(back.Get_count(MPI::INT) == 5);
    CHECK_FALSE(back.cancelled());
    status.Set_cancelled(true);
    CHECK(status.cancelled());
}
