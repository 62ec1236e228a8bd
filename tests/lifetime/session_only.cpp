// A program that uses MPI by sessions only, without an Environment and without MPI_Init. With an argument, it also goes wrong in the way that the
// argument names.
#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/mpi4cxx.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <map>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

int failures = 0;

void check(bool is_right, unsigned long line, const std::string& text = "wrong") {
    if (is_right)
        return;
    ++failures;
    std::printf("line %lu: %s\n", line, text.c_str());
}

/// Whether `f` throws an `E` with these words and the line of its call.
template <class E, class F> void refused(unsigned long line, const std::string& words, F f) {
    std::string text = "nothing thrown";
    try {
        f();
    } catch (const E& e) {
        text = e.what();
    } catch (const std::exception& e) {
        text = std::string("of another type: ") + e.what();
    }
    check(text.find(words) != std::string::npos && text.find("session_only.cpp:" + std::to_string(line) + ")") != std::string::npos, line, text);
}

using misuse = std::invalid_argument;

/// Calls `f`, which may be refused because MPICH would crash or fail.
template <class F> void unless_it_would_crash(F f) {
    try {
        f();
    } catch (const MPI::Exception& e) {
        const std::string words = "not supported by this MPI in a program that has only sessions";
        check(std::string(e.what()).find(words) != std::string::npos, __LINE__, e.what());
    }
}

/// What MPICH 4.0 would end the process for.
void refuses(const MPI::Session& session) {
    const MPI::Session none;
    // clang-format off
    refused<misuse>(__LINE__, "process set 99 of ", [&] { (void)session.Get_nth_pset(99); });
    refused<misuse>(__LINE__, "process set -1 of ", [&] { (void)session.Get_nth_pset(-1); });
    refused<misuse>(__LINE__, "no process set \"mpi://nowhere\"; there are \"mpi://WORLD\"", [&] { (void)session.Create_group("mpi://nowhere"); });
    refused<misuse>(__LINE__, "no process set \"\"", [&] { (void)session.Get_pset_info(""); });
    refused<MPI::Exception>(__LINE__, "the session is null", [&] { (void)none.Get_num_psets(); });
    refused<MPI::Exception>(__LINE__, "the session is null", [&] { (void)none.Create_group("mpi://WORLD"); });
    refused<MPI::Exception>(__LINE__, "the session is null", [&] { MPI::Session().Finalize(); });
    refused<MPI::Exception>(__LINE__, "the session is null", [&] { (void)none.Get_errhandler(); });
    refused<MPI::Exception>(__LINE__, "the session is null", [&] { none.Flush_buffer(); });
    refused<MPI::Exception>(__LINE__, "the group is null", [&] { (void)MPI::Intracomm::Create_from_group(MPI::GROUP_NULL); });
    refused<misuse>(__LINE__, "a stringtag of 5000 characters", [&] { (void)MPI::Intracomm::Create_from_group(session.Create_group("mpi://SELF"), std::string(5000, 'x')); });
    refused<misuse>(__LINE__, "a null character", [&] { (void)MPI::Intracomm::Create_from_group(session.Create_group("mpi://SELF"), std::string(2, '\0')); });
    const MPI::Group self = session.Create_group("mpi://SELF");
    refused<misuse>(__LINE__, "remote_leader is 7 in a group of 1", [&] { (void)MPI::Intercomm::Create_from_groups(self, 0, self, 7); });
    refused<misuse>(__LINE__, "there is no COMM_WORLD", [&] { (void)session.Create_group("mpi://SELF").Translate_ranks(); });
    // clang-format on
    const MPI::Group world = session.Create_group("mpi://WORLD");
    const int other = world.rank() == 0 ? world.size() - 1 : 0;
    if (world.size() > 1)
        refused<misuse>(__LINE__, "this process is not in the group of 1", [&] { (void)MPI::Intracomm::Create_from_group(world.Incl({other})); });
    check(MPI::Intracomm::Create_from_group(MPI::GROUP_EMPTY).is_null(), __LINE__);
}

void exchanges_objects(const MPI::Intracomm& comm) {
    const int rank = comm.rank(), size = comm.size(), right = (rank + 1) % size, left = (rank + size - 1) % size;
    using Table = std::map<std::string, std::vector<double>>;
    const Table table{{"rank", std::vector<double>(50'000, rank)}, {"size", {1.0 * size}}};
    MPI::Request object_sent = comm.isend(table, right, 5);
    check(comm.recv<Table>(left, 5).at("rank").back() == left, __LINE__);
    object_sent.Wait();
    check(comm.bcast(rank == 0 ? table : Table()).at("rank").back() == 0, __LINE__);
    auto pending = comm.iallgather(table);
    check(comm.allgather(std::string(3, 'x')).size() == static_cast<std::size_t>(size), __LINE__);
    check(pending.wait().back().at("rank").back() == size - 1, __LINE__);
    check(comm.allreduce(table, [](const Table& a, const Table& b) { return a.at("rank").back() < b.at("rank").back() ? b : a; }).at("rank").back() ==
              size - 1,
          __LINE__);
}

void communicates(const MPI::Intracomm& comm) {
    const int rank = comm.rank(), size = comm.size(), right = (rank + 1) % size, left = (rank + size - 1) % size;
    int sum = 0, from = -1;
    comm.Allreduce(rank, sum);
    check(sum == size * (size - 1) / 2, __LINE__);
    comm.Sendrecv(rank, right, 0, from, left, 0);
    check(from == left, __LINE__);
    std::vector<double> big(100'000, rank);
    std::vector<double> came(big.size());
    MPI::Request sent = comm.Isend(big, right);
    comm.Recv(came, left);
    sent.Wait();
    check(came.back() == left, __LINE__);

    struct Particle {
        double mass;
        int id;
    };
    std::vector<Particle> particles(3, {0.5, rank}), others(3);
    comm.Sendrecv(particles, right, 1, others, left, 1);
    check(others[2].id == left, __LINE__);
    std::vector<int> product(2);
    comm.Allreduce(std::vector<int>{1, 2}, product, MPI::Op::Create<int>([](int a, int b) { return a * b; }));
    check(product == std::vector<int>{1, 1 << size}, __LINE__);

    if (size > 1)  // in a job of one process MPICH 4.0 would crash
        exchanges_objects(comm);

    refused<MPI::Exception>(__LINE__, "rank", [&] { comm.Send(rank, size + 7); });  // on communicators, errors are Exceptions
    refused<MPI::Exception>(__LINE__, "tag", [&] { comm.Send(rank, 0, -5); });
}

void makes_others(const MPI::Intracomm& comm) {
    const int rank = comm.rank(), size = comm.size();
    const MPI::Intracomm twin = comm.Dup();
    const MPI::Intracomm half = comm.Split(rank % 2);
    check(half.size() == (size + 1 - rank % 2) / 2, __LINE__);
    communicates(half);
    MPI::Cartcomm ring = comm.Create_cart({size}, true);
    check(ring.Sub({true}).size() == size, __LINE__);
    unless_it_would_crash([&] { check(ring.Sub({false}).size() == 1, __LINE__); });
    check(comm.Create_group(comm.Get_group().Incl({rank})).size() == 1, __LINE__);
    const auto key = MPI::Comm::Create_keyval<std::string>(MPI::DUP_FN);
    twin.Set_attr(key, "kept");
    check(*twin.Dup().Get_attr(key) == "kept", __LINE__);
    if (size > 1) {
        const MPI::Intercomm inter = half.Create_intercomm(0, comm, 1 - rank % 2);
        int both = 0;
        inter.Allreduce(1, both);
        check(both == size - half.size(), __LINE__);
        check(inter.Merge().size() == size, __LINE__);
    }
    int errors = 0;
    const MPI::Errhandler counting = MPI::Comm::Create_errhandler([&](const MPI::Comm&, int) { ++errors; });
    twin.Set_errhandler(counting);
    refused<MPI::Exception>(__LINE__, "rank", [&] { twin.Send(rank, size + 7); });
    check(errors == 1, __LINE__);
    std::vector<long> memory(1);
    unless_it_would_crash([&] {
        const MPI::Win win = MPI::Win::Create(memory, comm);
        win.Fence();
        const long one = 1;
        win.Accumulate(one, 0);
        win.Fence();
        check(memory[0] == (rank == 0 ? size : 0), __LINE__);
    });
    unless_it_would_crash([&] {
        const std::string name = "mpi4cxx-session-only-" + std::to_string(comm.bcast(getpid()));
        const auto modes = MPI::MODE_CREATE | MPI::MODE_RDWR | MPI::MODE_DELETE_ON_CLOSE;
        MPI::File file = MPI::File::Open(comm, std::filesystem::temp_directory_path() / name, modes);
        file.Write_ordered(rank);
        file.Sync();
        comm.Barrier();
        check(file.Get_size() == MPI::Offset{sizeof rank} * size, __LINE__);
        file.Close();
    });
}

void makes_groups(const MPI::Session& session) {
    const MPI::Group world = session.Create_group("mpi://WORLD");
    const int rank = world.rank(), size = world.size();
    const MPI::Group even = world.Range_incl({{0, size - 1, 2}});
    const MPI::Group odd = MPI::Group::Difference(world, even);
    const MPI::Group& own = rank % 2 == 0 ? even : odd;
    const MPI::Group& other = rank % 2 == 0 ? odd : even;
    check(MPI::Intracomm::Create_from_group(own, rank % 2 == 0 ? "even" : "odd").size() == own.size(), __LINE__);
    if (size > 1) {
        const MPI::Intercomm inter = MPI::Intercomm::Create_from_groups(own, 0, other, 0, "inter");
        check(inter.remote_size() == other.size(), __LINE__);
        check(MPI::Group::Compare(inter.remote_group(), other) == MPI::IDENT, __LINE__);
    }
    std::vector<int> backwards(static_cast<std::size_t>(size));
    std::iota(backwards.rbegin(), backwards.rend(), 0);
    check(MPI::Intracomm::Create_from_group(world.Incl(backwards)).rank() == size - 1 - rank, __LINE__);
    const MPI::Intracomm alone = MPI::Intracomm::Create_from_group(session.Create_group("mpi://SELF"), "self");
    check(alone.size() == 1, __LINE__);
}

/// A session does not end while it has communicators, and says which.
void refuses_to_end(MPI::Session& session) {
    const MPI::Group world = MPI::Group::Create_from_session_pset(session, "mpi://world");
    {
        MPI::Intracomm solver = MPI::Intracomm::Create_from_group(world);
        solver.Set_name("solver");
        refused<misuse>(__LINE__, "files of this session first: \"solver\"", [&] { session.Finalize(); });
        MPI::Intracomm part = solver.Split();
        solver.Free();
        refused<misuse>(__LINE__, "first: one without a name", [&] { session.Finalize(); });
        if (world.size() == 1)  // MPICH 4.0 would crash
            return;
        const MPI::Intracomm copy = part.Idup().wait();
        part.Free();
        refused<misuse>(__LINE__, "first: a duplicate", [&] { session.Finalize(); });
    }
    MPI::Win win;
    unless_it_would_crash([&] {
        win = MPI::Win::Allocate(8, 1, MPI::INFO_NULL, MPI::Intracomm::Create_from_group(world));
        refused<misuse>(__LINE__, "first: a duplicate", [&] { session.Finalize(); });
    });
}

void use() {
    MPI::Session session = MPI::Session::Init();
    check(session.thread_level() == MPI::Query_thread(), __LINE__);
    check(session.Get_errhandler() == MPI::ERRORS_RETURN, __LINE__);
    const std::vector<std::string> psets = session.psets();
    check(std::count(psets.begin(), psets.end(), "mpi://WORLD") == 1 && std::count(psets.begin(), psets.end(), "mpi://SELF") == 1, __LINE__);
    check(session.Get_pset_info("mpi://WORLD").Get("mpi_size") == std::to_string(session.Create_group("mpi://WORLD").size()), __LINE__);
    refuses(session);
    {
        const MPI::Intracomm comm = MPI::Intracomm::Create_from_group(session.Create_group("mpi://WORLD"));
        communicates(comm);
        makes_others(comm);
    }
    makes_groups(session);
    refuses_to_end(session);

    MPI::Session second = MPI::Session::Init();
    const MPI::Group of_second = second.Create_group("mpi://WORLD");
    session.Finalize();
    check(session.is_null(), __LINE__);
    {
        const MPI::Intracomm comm = MPI::Intracomm::Create_from_group(of_second);
        communicates(comm);
        refused<misuse>(__LINE__, "first: one without a name", [&] { second.Finalize(); });
    }
    second = MPI::Session();  // ends with what it was
    refused<misuse>(__LINE__, "cannot begin again", [] { (void)MPI::Session::Init(); });
    refused<misuse>(__LINE__, "cannot begin again", [] { MPI::Init(); });
    refused<misuse>(__LINE__, "cannot begin again", [] { const MPI::Environment env; });
    refused<MPI::Exception>(__LINE__, "MPI is finalized", [] { (void)MPI::INT.Create_contiguous(2); });
}

MPI::Intracomm whole_world(const MPI::Session& session) { return MPI::Intracomm::Create_from_group(session.Create_group("mpi://WORLD")); }

/// The ways in which sessions and an Environment follow one another.
void mix(const std::string& way) {
    if (way == "inside") {
        const MPI::Environment env;
        const MPI::Session session = MPI::Session::Init();
        communicates(whole_world(session));
        communicates(MPI::COMM_WORLD);
    } else if (way == "around") {
        const MPI::Session session = MPI::Session::Init();
        const MPI::Intracomm comm = whole_world(session);
        {
            const MPI::Environment env;
            communicates(MPI::COMM_WORLD);
            communicates(comm);
            check(MPI::COMM_WORLD.allgather(std::string("text")).size() == static_cast<std::size_t>(comm.size()), __LINE__);
        }
        communicates(comm);
        makes_others(comm);
    } else if (way == "before") {
        std::optional<MPI::Session> session = MPI::Session::Init();
        communicates(whole_world(*session));
        MPI_Init(nullptr, nullptr);
        session.reset();
        check(MPI::COMM_WORLD.rank() >= 0, __LINE__);
        MPI_Finalize();
    } else if (way == "traced") {
        communicates(whole_world(MPI::Session::Init()));
    } else if (way == "longer") {
        MPI::Session session;
        {
            const MPI::Environment env;
            session = MPI::Session::Init();
            communicates(whole_world(session));
        }
        communicates(whole_world(session));
    }
}

/// What ends the job. The other processes wait.
void fail(const std::string& way) {
    if (way == "uncaught") {
        const MPI::Session session = MPI::Session::Init();
        const MPI::Intracomm comm = whole_world(session);
        if (comm.rank() == 0)
            throw std::runtime_error("nobody catches this");
        comm.Barrier();
    } else if (way == "caught") {
        try {
            const MPI::Session session = MPI::Session::Init();
            const MPI::Intracomm comm = whole_world(session);
            if (comm.rank() == 0)
                throw std::runtime_error("caught");
            comm.Barrier();
        } catch (const std::exception& e) {
            std::printf("reported: %s\n", e.what());
        }
    } else if (way == "outlived") {
        MPI::Intracomm comm;
        const MPI::Session session = MPI::Session::Init();
        comm = whole_world(session);
        comm.Set_name("outliving");
        comm.Barrier();
    }
}

}  // namespace

int main(int argc, char** argv) {
    const std::string way = argc > 1 ? argv[1] : "";
    if (!MPI::detail::has_sessions && !way.empty()) {
        std::puts("this MPI has no sessions to mix with an Environment");
        return 77;  // skipped
    }
    try {
        if (way.empty())
            use();
        mix(way);
        fail(way);
    } catch (const MPI::Exception& e) {
        if (std::string(e.what()).find("sessions came with MPICH 4.0") == std::string::npos)
            throw;
        std::printf("%s\n", e.what());
        return 77;  // skipped
    }
    return failures == 0 ? 0 : 1;
}
