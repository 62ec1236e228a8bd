// Sessions beside an Environment. tests/lifetime/session_only.cpp has those of a program without one.
#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/mpi4cxx.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

/// A session, or nothing if the MPI has none. What the Exception then says is checked.
std::optional<MPI::Session> begun() {
    try {
        return MPI::Session::Init();
    } catch (const MPI::Exception& e) {
        CHECK(e.Get_error_class() == MPI::ERR_UNSUPPORTED_OPERATION);
        CHECK(std::string(e.what()).find("MPI_Session_init: not supported by this MPI: it has no such function; sessions came with MPICH 4.0 and "
                                         "Open MPI 5.0") == 0);
        return {};
    }
}

std::string refused_end(MPI::Session& session) {
    return thrown<std::invalid_argument>([&] { session.Finalize(); });
}

}  // namespace

TEST_CASE("A session has process sets, a group of each, and a communicator of each group", "[session]") {
    const std::optional<MPI::Session> session = begun();
    if (!session)
        return;
    const std::vector<std::string> names = session->psets();
    CHECK(std::ssize(names) == session->Get_num_psets());
    const MPI::Group world = session->Create_group("mpi://WORLD");
    CHECK(MPI::Group::Compare(world, MPI::COMM_WORLD.Get_group()) == MPI::IDENT);
    CHECK(session->Get_pset_info("mpi://WORLD").Get("mpi_size") == std::to_string(MPI::COMM_WORLD.size()));
    CHECK(session->Get_pset_info("mpi://SELF").Get("mpi_size") == "1");
    CHECK_FALSE(session->Get_info().is_null());
    CHECK(session->thread_level() == MPI::Query_thread());

    const MPI::Intracomm comm = MPI::Intracomm::Create_from_group(world, "test", MPI::INFO_NULL, MPI::ERRORS_RETURN);
    CHECK(comm.size() == MPI::COMM_WORLD.size());
    CHECK(comm.Get_errhandler() == MPI::ERRORS_RETURN);
    CHECK(comm.allgather(std::string(100'000, 'x')).back().size() == 100'000);
    CHECK(MPI::Intracomm::Create_from_group(MPI::Group::Create_from_session_pset(*session, "mpi://SELF")).size() == 1);
    CHECK_THROWS_AS(comm.Send(1, comm.size() + 3), MPI::Exception);
}

TEST_CASE("A session that is no session, and a process set that does not exist, are refused", "[session]") {
    std::optional<MPI::Session> session = begun();
    if (!session)
        return;
    CHECK(thrown<std::invalid_argument>([&] { (void)session->Get_nth_pset(99); }).find("process set 99 of ") != std::string::npos);
    CHECK(thrown<std::invalid_argument>([&] { (void)session->Create_group("here"); }).find("no process set \"here\"; there are \"") !=
          std::string::npos);
    MPI::Session moved = std::move(*session);
    CHECK(session->is_null());
    CHECK(error_class([&] { (void)session->Get_num_psets(); }) == MPI::ERR_SESSION);
    CHECK(error_class([&] { (void)session->Get_errhandler(); }) == MPI::ERR_SESSION);
    moved.Finalize();
    CHECK(moved.is_null());
    CHECK(moved == MPI::SESSION_NULL);
    CHECK(error_class([&] { moved.Finalize(); }) == MPI::ERR_SESSION);
}

TEST_CASE("A session with communicators, windows or files does not end, and names them", "[session]") {
    std::optional<MPI::Session> session = begun();
    if (!session)
        return;
    const MPI::Group group = session->Create_group("mpi://WORLD");
    const std::string words = "Finalize: free the communicators, windows and files of this session first: ";
    {
        MPI::Intracomm comm = MPI::Intracomm::Create_from_group(group);
        CHECK(refused_end(*session).find(words + "one without a name") == 0);
        comm.Set_name("first");
        MPI::Intracomm second = comm.Split(0, -comm.rank());
        second.Set_name("second");
        CHECK(refused_end(*session).find(words + "\"first\", \"second\"") == 0);
        comm.Free();
        MPI::Intracomm third = second.Idup().wait();
        second.Free();
        CHECK(refused_end(*session).find(words + "a duplicate") == 0);
        const MPI::Intracomm fourth = MPI::Intracomm::Create_from_group(third.Get_group());  // of the same session
        third.Free();
        CHECK(refused_end(*session).find(words + "one without a name") == 0);
    }
    {
        const MPI::Win win = MPI::Win::Allocate(8, 1, MPI::INFO_NULL, MPI::Intracomm::Create_from_group(group));
        CHECK(refused_end(*session).find(words + "a duplicate") == 0);
    }
    MPI::Session other = MPI::Session::Init();
    const MPI::Intracomm of_other = MPI::Intracomm::Create_from_group(other.Create_group("mpi://SELF"));
    session->Finalize();
    CHECK(refused_end(other).find(words) == 0);
}

TEST_CASE("Two groups of a session become an intercommunicator", "[session]") {
    const std::optional<MPI::Session> session = begun();
    if (!session || MPI::COMM_WORLD.size() == 1)
        return;
    const MPI::Group world = session->Create_group("mpi://WORLD");
    const MPI::Group even = world.Range_incl({{0, world.size() - 1, 2}}), odd = MPI::Group::Difference(world, even);
    const bool is_even = world.rank() % 2 == 0;
    const MPI::Group &own = is_even ? even : odd, &other = is_even ? odd : even;
    CHECK(thrown<std::invalid_argument>([&] { (void)MPI::Intercomm::Create_from_groups(own, own.size(), other, 0); }).find("local_leader is ") !=
          std::string::npos);
    const MPI::Intercomm inter = MPI::Intercomm::Create_from_groups(own, 0, other, 0);
    CHECK(inter.remote_size() == other.size());
    CHECK(inter.allgather(world.rank()).size() == static_cast<std::size_t>(other.size()));
    CHECK(inter.Merge().size() == world.size());
}

TEST_CASE("A group that lacks this process makes no communicator", "[session]") {
    const std::optional<MPI::Session> session = begun();
    if (!session)
        return;
    const MPI::Group world = session->Create_group("mpi://WORLD");
    CHECK(error_class([] { (void)MPI::Intracomm::Create_from_group(MPI::GROUP_NULL); }) == MPI::ERR_GROUP);
    CHECK(MPI::Intracomm::Create_from_group(MPI::GROUP_EMPTY).is_null());
    CHECK(MPI::Intracomm::Create_from_group(world.Incl({})).is_null());
    const MPI::Group others = world.Excl({world.rank()});
    if (others.size() > 0)
        CHECK(thrown<std::invalid_argument>([&] { (void)MPI::Intracomm::Create_from_group(others); }).find("this process is not in the group of ") !=
              std::string::npos);
}

TEST_CASE("A receive of an object keeps what came before its session's communicator was freed, and says so if nothing came", "[session][object]") {
    const std::optional<MPI::Session> session = begun();
    if (!session)
        return;
    MPI::Intracomm comm = MPI::Intracomm::Create_from_group(session->Create_group("mpi://WORLD"));
    const int left = left_of(comm);
    const bool is_alone = comm.size() == 1;  // MPI itself receives for one process
    const bool keeps = is_alone || MPI::detail::probes_in_delete_functions();
    MPI::Request sent_small = comm.isend(std::string("small"), right_of(comm), 1), sent;
    comm.Probe(left, 1);
    if (keeps) {
        sent = comm.isend(std::string(100'000, 'x'), right_of(comm), 2);
        comm.Probe(left, 2);
    }
    auto small = comm.irecv<std::string>(left, 1), large = comm.irecv<std::string>(left, 2), none = comm.irecv<std::string>(left, 3);
    comm.Free();
    const auto is_lost = [](auto& receive) {
        return contains(error_of_class(MPI::ERR_COMM, [&] { (void)receive.wait(); }), "the communicator has been freed before the object came");
    };
    if (keeps) {
        CHECK(small.wait() == "small");
        CHECK(large.wait().size() == 100'000);
    } else {
        CHECK(is_lost(small));
        CHECK(is_lost(large));
    }
    if (!is_alone)
        CHECK(is_lost(none));
    sent_small.wait();
    sent.wait();
}

TEST_CASE("A session has an error handler", "[session]") {
    std::vector<int> codes;
    const std::optional<MPI::Session> session = begun();
    if (!session)
        return;
    CHECK(session->Get_errhandler() == MPI::ERRORS_RETURN);
    const MPI::Errhandler handler = MPI::Session::Create_errhandler([&](const MPI::Session& owner, int code) {
        CHECK(owner == *session);
        codes.push_back(code);
    });
    session->Set_errhandler(handler);
    CHECK(session->Get_errhandler() == handler);
    session->Call_errhandler(MPI::ERR_ARG);
    CHECK(codes == std::vector<int>{MPI::ERR_ARG});
    const MPI::Session other = MPI::Session::Init(MPI::INFO_NULL, handler);
    CHECK(other.Get_errhandler() == handler);
}

TEST_CASE("What an exception drops of a session is left until MPI ends", "[session]") {
    if (!begun())
        return;
    for (int i = 0; i < 2; ++i)
        CHECK_THROWS_AS(
            [] {
                const MPI::Session session = MPI::Session::Init();
                const MPI::Intracomm comm = MPI::Intracomm::Create_from_group(session.Create_group("mpi://WORLD"));
                throw std::runtime_error("dropped");
            }(),
            std::runtime_error);
}

TEST_CASE("A raw session is taken, borrowed and released", "[session]") {
    std::optional<MPI::Session> session = begun();
    if (!session)
        return;
    const MPI::Session borrowed = MPI::Session::borrow(session->handle());
    CHECK(borrowed.Get_num_psets() == session->Get_num_psets());
    CHECK(MPI::Session::f2c(session->c2f()) == *session);
    CHECK(MPI::Session::fromint(session->toint()) == *session);
    MPI::Session taken = MPI::Session::take(std::move(*session).release());
    CHECK(session->is_null());
    CHECK(taken == borrowed);
    taken.Finalize();
}
