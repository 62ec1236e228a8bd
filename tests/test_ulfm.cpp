#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <string>

namespace MPI = mpi4cxx;

namespace {

/// Whether this MPI has what `f` calls; if not, whether all is said that should be.
template <class F> bool has(const std::string& function, F f) {
    try {
        f();
        return true;
    } catch (const MPI::Exception& e) {
        INFO(e.what());
        CHECK(e.Get_error_class() == MPI::ERR_UNSUPPORTED_OPERATION);
        CHECK(e.function() == function);
        CHECK(contains(e.what(), "not supported by this MPI"));
        return false;
    }
}

}  // namespace

TEST_CASE("Comm::Agree gives the bits that all have, where the MPI has it", "[ulfm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        int flag = 0;
        const int own = 6 | (comm.rank() == comm.size() - 1 ? 1 : 8);
        const int both = comm.size() == 1 ? own : 6;
        if (has("MPIX_Comm_agree", [&] { flag = comm.Agree(own); }))
            CHECK(flag == both);
        flag = own;
        if (has("MPIX_Comm_iagree", [&] { comm.Iagree(flag).Wait(); }))
            CHECK(flag == both);
        else
            CHECK(flag == own);
    });
}

TEST_CASE("A communicator of which nobody has failed shrinks to one of all, where the MPI has it", "[ulfm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        MPI::Intracomm now, later;
        if (has("MPIX_Comm_shrink", [&] { now = comm.Shrink(); }))
            CHECK(MPI::Comm::Compare(comm, now) == MPI::CONGRUENT);
        else
            CHECK(now.is_null());
        if (has("MPIX_Comm_ishrink", [&] { later = comm.Ishrink().wait(); }))
            CHECK(MPI::Comm::Compare(comm, later) == MPI::CONGRUENT);
        const MPI::Comm& any = comm;
        int size = comm.size();
        (void)has("MPIX_Comm_shrink", [&] { size = any.Shrink().size(); });
        CHECK(size == comm.size());
    });
}

TEST_CASE("Nobody is known to have failed, where the MPI can tell", "[ulfm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        int failed = 0, noted = 0, none = 0;
        bool revoked = false;
        (void)has("MPIX_Comm_get_failed", [&] { failed = comm.Get_failed().size(); });
        (void)has("MPIX_Comm_ack_failed", [&] { noted = comm.Ack_failed(); });
        (void)has("MPIX_Comm_ack_failed", [&] { none = comm.Ack_failed(0); });
        (void)has("MPIX_Comm_is_revoked", [&] { revoked = comm.Is_revoked(); });
        CHECK(failed == 0);
        CHECK(noted == 0);
        CHECK(none == 0);
        CHECK_FALSE(revoked);
    });
}

TEST_CASE("Calls on a revoked communicator fail, where the MPI can revoke one", "[ulfm]") {
    const MPI::Intracomm comm = MPI::COMM_WORLD.Dup();
    const bool revoked = has("MPIX_Comm_revoke", [&] { comm.Revoke(); });
    if (!revoked)
        return;
    MPI::COMM_WORLD.Barrier();
    CHECK(comm.Is_revoked());
    int error = MPI::SUCCESS;
    try {
        comm.Send(1, MPI::PROC_NULL);
        comm.Barrier();
    } catch (const MPI::Exception& e) {
        error = e.Get_error_class();
    }
    {
        using namespace mpi4cxx;
        CHECK(error == MPI_ERR_REVOKED);
    }
    CHECK(comm.Shrink().size() == comm.size());
}

TEST_CASE("Calls of fault tolerance on a null communicator are misuse or not supported", "[ulfm]") {
    const MPI::Comm none;
    for (const std::string& text : {thrown<std::exception>([&] { none.Revoke(); }), thrown<std::exception>([&] { (void)none.Agree(1); }),
                                    thrown<std::exception>([&] { (void)none.Get_failed(); }), thrown<std::exception>([&] { (void)none.Shrink(); }),
                                    thrown<std::exception>([&] { none.Ack_failed(); })})
        CHECK(contains(text, "the communicator is null"));
}
