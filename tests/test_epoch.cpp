#include "refused.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

int frees = 0;

}  // namespace

extern "C" int MPI_Win_free(MPI_Win* win) {
    ++frees;
    return PMPI_Win_free(win);
}

TEST_CASE("Start and Complete, Post and Wait synchronize neighbours", "[win]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int right = right_of(comm), left = left_of(comm);
        const MPI::Group all = comm.group(), to = all.Incl({right}), from = all.Incl({left});
        const MPI::Win win = MPI::Win::Allocate<int>(1, comm);
        for (int i = 0; i < 3; ++i) {
            const int sent = 10 * i + comm.rank();
            win.Post(from);
            win.Start(to);
            win.Put(sent, right);
            if (comm.size() > 1)
                refused("no epoch is open", [&] { win.Put(sent, comm.rank()); });
            win.Complete();
            if (i == 0)
                win.Wait();
            else
                while (!win.Test()) {}
            CHECK(win.span<int>()[0] == 10 * i + left);
        }
        const int last = 99;
        {
            auto exposed = win.post(from);
            {
                const auto epoch = win.start(to);
                win.Put(last, right);
            }
            exposed.close();
            CHECK_FALSE(exposed.is_open());
        }
        CHECK(win.span<int>()[0] == 99);
        refused("no epoch of Start is open", [&] { win.Complete(); });
        refused("no epoch of Post is open", [&] { win.Wait(); });
        refused("no epoch of Post is open", [&] { (void)win.Test(); });
    });
}

TEST_CASE("Exclusive locks exclude", "[win]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Win win = MPI::Win::Allocate<int>(1, comm);
        win.span<int>()[0] = 0;
        comm.Barrier();
        for (int i = 0; i < 20; ++i) {  // a read and a write, between which nobody else may write
            const auto epoch = win.lock(0);
            int value = 0;
            win.Get(value, 0);
            epoch.flush();
            ++value;
            win.Put(value, 0);
            epoch.flush();
        }
        comm.Barrier();
        int sum = 0;
        {
            const auto epoch = win.lock(0, MPI::LOCK_SHARED);
            win.Get(sum, 0);
        }
        CHECK(sum == 20 * comm.size());
        comm.Barrier();
    });
}

TEST_CASE("Flushes complete what they name", "[win]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int right = right_of(comm);
        const MPI::Win win = MPI::Win::Allocate<int>(2, comm);
        const int mine = comm.rank();
        int got = -1;
        win.Lock_all();
        win.Put(mine, right);
        win.Flush(right);
        win.Get(got, right);
        win.Flush_local(right);
        CHECK(got == mine);
        got = -1;
        win.Get(got, right);
        win.Flush_local_all();
        CHECK(got == mine);
        win.Flush_all();
        win.Sync();
        win.Unlock_all();
        {
            const auto epoch = win.lock_all();
            got = -1;
            win.Get(got, right);
            epoch.flush_local();
            CHECK(got == mine);
            epoch.flush_local(right);
            epoch.flush(right);
            epoch.flush();
        }
        comm.Barrier();
        const auto epoch = win.lock(right, MPI::LOCK_SHARED);
        epoch.flush();
        epoch.flush_local();
        refused("is not locked by this process", [&] {
            if (comm.size() == 1)
                throw std::invalid_argument("is not locked by this process");
            epoch.flush(left_of(comm) == right ? comm.rank() : left_of(comm));
        });
    });
}

TEST_CASE("There is nothing to flush of nobody, and a rank that the window does not have is refused", "[win][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        std::vector<int> memory(comm.rank() == 0 ? 1U : 0U);
        const MPI::Win win = MPI::Win::Create(memory, comm);
        {
            const auto epoch = win.lock_all();
            win.Put(memory, MPI::PROC_NULL);
            for (const int rank : {0, comm.size() - 1, MPI::PROC_NULL}) {
                win.Flush(rank);
                win.Flush_local(rank);
                epoch.flush(rank);
                epoch.flush_local(rank);
            }
            for (const int rank : {comm.size(), -7}) {
                const std::string words = "rank " + std::to_string(rank) + " in a window";
                refused(words, [&] { win.Flush(rank); });
                refused(words, [&] { win.Flush_local(rank); });
                refused(words, [&] { epoch.flush(rank); });
                refused(words, [&] { epoch.flush_local(rank); });
            }
        }
        const auto nobody = win.lock(MPI::PROC_NULL);
        const auto one = win.lock(comm.rank(), MPI::LOCK_SHARED);
        nobody.flush();
        nobody.flush_local();
    });
}

TEST_CASE("A guard ends its epoch while an exception unwinds", "[win]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Win win = MPI::Win::Allocate<int>(1, comm);
        const int mine = comm.rank(), right = right_of(comm);
        try {
            const auto epoch = win.lock(0);
            throw 1;
        } catch (int) {}
        try {
            const auto epoch = win.lock_all();
            throw 1;
        } catch (int) {}
        try {
            const auto epoch = win.fence();
            win.Put(mine, right);
            throw 1;
        } catch (int) {}
        CHECK(win.span<int>()[0] == left_of(comm));
        { const auto epoch = win.lock(0); }
        comm.Barrier();
    });
}

TEST_CASE("A guard can be moved, and closes once", "[win]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Win win = MPI::Win::Allocate<int>(1, comm);
        MPI::Epoch first = win.lock(0, MPI::LOCK_SHARED);
        MPI::Epoch second = std::move(first);
        CHECK_FALSE(first.is_open());  // NOLINT(bugprone-use-after-move)
        CHECK(second.is_open());
        refused("the epoch is closed", [&] { first.flush(); });
        first = std::move(second);
        first.close();
        first.close();
        first = win.lock(0, MPI::LOCK_SHARED);
        first = MPI::Epoch(win.lock(comm.size() - 1 == 0 ? MPI::PROC_NULL : comm.size() - 1, MPI::LOCK_SHARED));  // after the old one is closed
    });
}

TEST_CASE("Epochs that do not fit together are refused", "[win][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        MPI::Win win = MPI::Win::Allocate<int>(1, comm);
        const MPI::Group all = comm.group();
        {
            const auto epoch = win.lock(0, MPI::LOCK_SHARED);
            refused("rank 0 is locked by this process already", [&] { win.Lock(0, MPI::LOCK_SHARED); });
            refused("a lock is held", [&] { win.Lock_all(); });
            refused("a lock is held", [&] { win.Fence(); });
            refused("a lock is held", [&] { win.Start(all); });
            refused("a lock is held", [&] { win.Free(); });
            refused("is not locked by Lock_all", [&] { win.Unlock_all(); });
        }
        {
            const auto epoch = win.lock_all();
            refused("a lock is held", [&] { win.Lock_all(); });
            refused("is locked by this process already", [&] { win.Lock(0); });
            refused("is not locked by this process", [&] { win.Unlock(0); });
            refused("a lock is held", [&] { win.Free(); });
        }
        refused("is not locked by this process", [&] { win.Unlock(0); });
        refused("rank 99 in a window", [&] { win.Lock(99); });
        refused("rank 99 in a window", [&] { win.Unlock(99); });
        refused("is not locked by this process", [&] { win.Flush(0); });
        refused("is not locked by this process", [&] { win.Flush_local(0); });
        refused("no lock is held", [&] { win.Flush_all(); });
        refused("no lock is held", [&] { win.Flush_local_all(); });
        {
            const auto epoch = win.lock(comm.rank(), MPI::LOCK_SHARED);
            refused("has locked its own memory", [&] { win.Post(all); });
        }
        {
            const auto epoch = win.lock_all();
            refused("has locked its own memory", [&] { win.Post(all); });
        }
        win.Post(all);
        refused("an epoch of Post is open", [&] { win.Lock(comm.rank()); });
        refused("an epoch of Post is open", [&] { win.Lock_all(); });
        win.Start(all);
        refused("open already", [&] { win.Post(all); });
        refused("open already", [&] { win.Start(all); });
        refused("an epoch of Start is open", [&] { win.Fence(); });
        refused("an epoch of Start is open", [&] { win.Lock(0); });
        refused("an epoch of Start is open", [&] { win.Lock_all(); });
        refused("an epoch of Start is open", [&] { win.Free(); });
        win.Complete();
        refused("an epoch of Post is open", [&] { win.Free(); });
        win.Wait();
        if (comm.size() < MPI::COMM_WORLD.size())
            for (const auto call : {&MPI::Win::Start, &MPI::Win::Post})
                refused("processes that the window does not have", [&] { (win.*call)(MPI::COMM_WORLD.group(), 0, {}); });
        win.Free();
        CHECK(win.is_null());
    });
}

TEST_CASE("A window that is locked when it is destroyed is unlocked first", "[win]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Win win = MPI::Win::Allocate<int>(1, comm);
        win.Lock_all();
        const MPI::Win other = MPI::Win::Allocate<int>(1, comm);
        other.Lock(right_of(comm), MPI::LOCK_SHARED);
        other.Lock(comm.rank() == right_of(comm) ? MPI::PROC_NULL : comm.rank(), MPI::LOCK_SHARED);
    });
}

TEST_CASE("Epochs of Start and Post end with their window", "[win]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int last = comm.size() - 1, sent = 7;
        if (last == 0)
            return;
        MPI::Win win = MPI::Win::Allocate<int>(1, comm);
        if (comm.rank() == last)
            win.Post(comm.group().Incl({0}));
        if (comm.rank() == 0) {
            win.Start(comm.group().Incl({last}));
            win.Put(sent, last);
            win = {};
        }
        if (comm.rank() == last) {
            win.Wait();
            CHECK(win.span<int>()[0] == sent);
        }
        win = {};
        const MPI::Win both = MPI::Win::Allocate<int>(1, comm);
        both.Post(comm.group());
        both.Start(comm.group());
    });
}

TEST_CASE("A window whose epoch of Post the other processes do not end is not freed without them", "[win]") {
    const MPI::Intracomm comm = MPI::COMM_WORLD.Dup();
    if (comm.size() == 1)
        return;
    std::optional<MPI::Win> win = MPI::Win::Allocate<int>(1, comm);
    const MPI_Win raw = win->handle();
    const int before = frees;
    if (comm.rank() == 0)
        win->Post(comm.group().Incl({1}));
    else
        (void)std::move(*win).release();
    win.reset();
    CHECK(frees == before);
    comm.Barrier();
    MPI_Win left = raw;  // which is whole
    if (comm.rank() == 0) {
        CHECK(MPI_Win_wait(left) == MPI_SUCCESS);
    } else if (comm.rank() == 1) {
        CHECK(MPI_Win_start(comm.group().Incl({0}).handle(), 0, left) == MPI_SUCCESS);
        CHECK(MPI_Win_complete(left) == MPI_SUCCESS);
    }
    CHECK(MPI_Win_free(&left) == MPI_SUCCESS);
}
