#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <memory>
#include <string>
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
        std::vector<int> codes;
        MPI::Errhandler handler = MPI::Comm::Create_errhandler([&](const MPI::Comm& owner, int code) {
            CHECK(owner.handle() == copy.handle());
            codes.push_back(code);
        });
        CHECK_FALSE(handler.is_null());
        copy.Set_errhandler(handler);
        CHECK(copy.Get_errhandler() == handler);
        fail_on(copy);
        CHECK(codes.size() == 1);
        handler.Free();  // it stays where it is set
        CHECK(handler.is_null());
        fail_on(copy);
        CHECK(codes.size() == 2);
        copy.Call_errhandler(MPI::ERR_TAG);
        CHECK(codes.size() == 3);
        for (std::size_t i = 0; i < codes.size(); ++i) CHECK(MPI::Get_error_class(codes[i]) == (i < 2 ? MPI::ERR_RANK : MPI::ERR_TAG));
        copy.Set_errhandler(MPI::ERRORS_RETURN);
        fail_on(copy);
        copy.Call_errhandler(MPI::ERR_TAG);
        CHECK(codes.size() == 3);
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
        CHECK(token.use_count() == 2);
        comm.Set_errhandler(MPI::ERRORS_RETURN);
        CHECK(token.use_count() == 1);
        comm.Set_errhandler(MPI::Comm::Create_errhandler([token](const MPI::Comm&, int) {}));
    }
    CHECK(token.use_count() == 1);
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

TEST_CASE("Error handlers that have gone make room for others, and too many at once are refused", "[errhandler]") {
    const auto make = [] { return MPI::Comm::Create_errhandler([](const MPI::Comm&, int) {}); };
    for (int i = 0; i < 1000; ++i) CHECK_FALSE(make().is_null());
    std::vector<MPI::Errhandler> handlers;
    const std::string text = thrown<MPI::Exception>([&] {
        for (int i = 0; i < 1000; ++i) handlers.push_back(make());
    });
    CHECK(contains(text, "more than 256 error handlers at once"));
    CHECK(handlers.size() == 256);
    handlers.clear();
    CHECK_FALSE(make().is_null());
}

TEST_CASE("What Get_errhandler returns can be freed, predefined or not, as often as it is asked for", "[errhandler]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (int i = 0; i < 100; ++i) {
            MPI::Errhandler handler = comm.Get_errhandler();
            handler.Free();
            CHECK(handler.is_null());
            CHECK(comm.Get_errhandler() == MPI::ERRORS_RETURN);  // which is dropped
        }
        CHECK(error_class([&] { comm.Send({}, comm.size()); }) == MPI::ERR_RANK);
    });
    const MPI::Intracomm comm = MPI::COMM_SELF.Dup();
    int calls = 0;
    comm.Set_errhandler(MPI::Comm::Create_errhandler([&](const MPI::Comm&, int) { ++calls; }));
    comm.Get_errhandler().Free();
    CHECK(error_class([&] { comm.Send({}, 1); }) == MPI::ERR_RANK);
    CHECK(calls == 1);
}

TEST_CASE("Null error handlers and null communicators are refused", "[errhandler][error]") {
    CHECK(MPI::ERRHANDLER_NULL.is_null());
    const MPI::Intracomm comm = MPI::COMM_SELF.Dup();
    CHECK_THROWS_AS(comm.Set_errhandler(MPI::ERRHANDLER_NULL), MPI::Exception);
    CHECK(comm.Get_errhandler() == MPI::ERRORS_RETURN);
    CHECK(error_class([&] { MPI::COMM_NULL.Set_errhandler(MPI::ERRORS_RETURN); }) == MPI::ERR_COMM);
    CHECK(error_class([&] { (void)MPI::COMM_NULL.Get_errhandler(); }) == MPI::ERR_COMM);
    CHECK(error_class([&] { MPI::COMM_NULL.Call_errhandler(MPI::ERR_TAG); }) == MPI::ERR_COMM);
}
