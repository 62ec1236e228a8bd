#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <memory>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

/// Makes an error on `comm`, whose Exception must come in any case.
void fail_on(const MPI::Comm& comm) { CHECK_THROWS_AS(comm.Send(1, comm.size() + 100), MPI::Exception); }

}  // namespace

TEST_CASE("Communicators return errors unless another handler is set", "[errhandler]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        CHECK(comm.Get_errhandler() == MPI::ERRORS_RETURN);
        const MPI::Intracomm copy = comm.Dup();
        CHECK(copy.Get_errhandler() == MPI::ERRORS_RETURN);
        copy.Set_errhandler(MPI::ERRORS_ARE_FATAL);
        CHECK(copy.Get_errhandler() == MPI::ERRORS_ARE_FATAL);
        copy.Set_errhandler(MPI::ERRORS_ABORT);
        CHECK(copy.Get_errhandler() == MPI::ERRORS_ABORT);
        CHECK(copy.Dup().Get_errhandler() == MPI::ERRORS_RETURN);  // made here, so its errors are Exceptions
        copy.Set_errhandler(MPI::ERRORS_RETURN);
        fail_on(copy);
    });
}

TEST_CASE("A user's error handler is called with owner and code, then the call throws", "[errhandler]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Intracomm copy = comm.Dup();
        std::vector<int> classes;
        MPI::Errhandler handler = MPI::Comm::Create_errhandler([&](const MPI::Comm& owner, int code) {
            CHECK(owner.handle() == copy.handle());
            CHECK(owner.rank() == copy.rank());
            classes.push_back(MPI::Get_error_class(code));
        });
        CHECK_FALSE(handler.is_null());
        copy.Set_errhandler(handler);
        CHECK(copy.Get_errhandler() == handler);
        fail_on(copy);
        CHECK(classes == std::vector{MPI::ERR_RANK});
        handler.Free();  // it stays where it is set
        CHECK(handler.is_null());
        fail_on(copy);
        CHECK(classes.size() == 2);
        copy.Call_errhandler(MPI::ERR_TAG);
        CHECK(classes == std::vector{MPI::ERR_RANK, MPI::ERR_RANK, MPI::ERR_TAG});
        copy.Set_errhandler(MPI::ERRORS_RETURN);
        fail_on(copy);
        copy.Call_errhandler(MPI::ERR_TAG);
        CHECK(classes.size() == 3);
    });
}

TEST_CASE("Any number of error handlers live at once, each with what it captures", "[errhandler]") {
    constexpr int many = 100;
    std::vector<MPI::Intracomm> comms;
    std::vector<MPI::Errhandler> handlers;
    std::vector<int> calls(many, 0);
    for (int i = 0; i < many; ++i) {
        comms.push_back(MPI::COMM_SELF.Dup());
        handlers.push_back(MPI::Comm::Create_errhandler([&calls, i](const MPI::Comm&, int) { ++calls[static_cast<std::size_t>(i)]; }));
        comms.back().Set_errhandler(handlers.back());
    }
    for (int i = 0; i < many; i += 2) fail_on(comms[static_cast<std::size_t>(i)]);
    for (int i = 0; i < many; ++i) CHECK(calls[static_cast<std::size_t>(i)] == (i + 1) % 2);
}

TEST_CASE("One error handler serves several communicators, also by way of Get_errhandler", "[errhandler]") {
    const MPI::Intracomm first = MPI::COMM_SELF.Dup(), second = MPI::COMM_SELF.Dup(), third = MPI::COMM_SELF.Dup();
    int calls = 0;
    {
        const auto handler = MPI::Comm::Create_errhandler([&](const MPI::Comm&, int) { ++calls; });
        first.Set_errhandler(handler);
        second.Set_errhandler(handler);
    }
    third.Set_errhandler(second.Get_errhandler());
    for (const MPI::Intracomm* comm : {&first, &second, &third}) fail_on(*comm);
    CHECK(calls == 3);
    CHECK(first.Get_errhandler() == third.Get_errhandler());
}

TEST_CASE("An error handler goes when nothing has it any more", "[errhandler]") {
    const auto token = std::make_shared<int>(0);
    {
        const MPI::Intracomm comm = MPI::COMM_SELF.Dup();
        {
            const auto handler = MPI::Comm::Create_errhandler([token](const MPI::Comm&, int) {});
            CHECK(token.use_count() == 2);
            comm.Set_errhandler(handler);
        }
        CHECK(token.use_count() == 2);
        comm.Set_errhandler(MPI::Comm::Create_errhandler([](const MPI::Comm&, int) {}));
        CHECK(token.use_count() == 1);
        comm.Set_errhandler(MPI::Comm::Create_errhandler([token](const MPI::Comm&, int) {}));
    }
    CHECK(token.use_count() == 1);
}

TEST_CASE("An error handler may set another", "[errhandler]") {
    const MPI::Intracomm comm = MPI::COMM_SELF.Dup();
    int first = 0, second = 0;
    comm.Set_errhandler(MPI::Comm::Create_errhandler([&](const MPI::Comm& owner, int) {
        ++first;
        owner.Set_errhandler(MPI::Comm::Create_errhandler([&](const MPI::Comm&, int) { ++second; }));
    }));
    fail_on(comm);
    fail_on(comm);
    CHECK(first == 1);
    CHECK(second == 1);
}

TEST_CASE("A duplicate that C makes has the error handler of its original", "[errhandler]") {
    const MPI::Intracomm comm = MPI::COMM_SELF.Dup();
    int calls = 0;
    comm.Set_errhandler(MPI::Comm::Create_errhandler([&](const MPI::Comm&, int) { ++calls; }));
    MPI_Comm raw = MPI_COMM_NULL;
    MPI_Comm_dup(comm.handle(), &raw);
    fail_on(MPI::Comm::borrow(raw));
    CHECK(calls == 1);
    CHECK(MPI::Comm::borrow(raw).Get_errhandler() == comm.Get_errhandler());
    MPI_Comm_free(&raw);
}

TEST_CASE("COMM_WORLD takes an error handler, and gives it back", "[errhandler]") {
    for (const MPI::Intracomm* comm : {&MPI::COMM_WORLD, &MPI::COMM_SELF}) {
        int calls = 0;
        comm->Set_errhandler(MPI::Comm::Create_errhandler([&](const MPI::Comm&, int) { ++calls; }));
        fail_on(*comm);
        comm->Set_errhandler(MPI::ERRORS_RETURN);
        fail_on(*comm);
        CHECK(calls == 1);
    }
}

TEST_CASE("What the MPI asks the user's error handler is answered in the same call", "[errhandler]") {
    // the handler calls the library, on the communicator that failed
    const MPI::Intracomm comm = MPI::COMM_SELF.Dup();
    std::string name;
    comm.Set_name("broken");
    comm.Set_errhandler(MPI::Comm::Create_errhandler([&](const MPI::Comm& owner, int) { name = owner.Get_name(); }));
    fail_on(comm);
    CHECK(name == "broken");
}

TEST_CASE("Null error handlers and null communicators are refused", "[errhandler][error]") {
    CHECK(MPI::ERRHANDLER_NULL.is_null());
    const MPI::Intracomm comm = MPI::COMM_SELF.Dup();
    CHECK_THROWS_AS(comm.Set_errhandler(MPI::ERRHANDLER_NULL), MPI::Exception);
    CHECK(comm.Get_errhandler() == MPI::ERRORS_RETURN);
    CHECK_THROWS_AS(MPI::COMM_NULL.Set_errhandler(MPI::ERRORS_RETURN), std::invalid_argument);
    CHECK_THROWS_AS((void)MPI::COMM_NULL.Get_errhandler(), std::invalid_argument);
    CHECK_THROWS_AS(MPI::COMM_NULL.Call_errhandler(MPI::ERR_TAG), std::invalid_argument);
}
