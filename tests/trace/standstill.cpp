// Programs that stand still: standstill WAY. What the watchdog must say of each stands beside its last call, after "here:".
#include <mpi4cxx/mpi4cxx.hpp>

#include <dlfcn.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csetjmp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

using namespace std::chrono_literals;

void cycle(const MPI::Intracomm& comm) {
    int value = 0;
    comm.Recv(value, (comm.rank() + 1) % comm.size(), 7);  // here: cycle
}

/// One that has looked before it waits.
void looked(const MPI::Intracomm& comm) {
    int value = 0;
    MPI::Request request = comm.Irecv(value, (comm.rank() + 1) % comm.size(), 7);
    if (!request.Test())
        request.Wait();  // here: looked
}

void objects(const MPI::Intracomm& comm) {
    (void)comm.recv<std::vector<std::string>>((comm.rank() + 1) % comm.size(), 8);  // here: objects
}

/// The receive of an object is looked at again and again.
void object_wait(const MPI::Intracomm& comm) {
    auto request = comm.irecv<std::string>((comm.rank() + 1) % comm.size(), 9);
    (void)request.wait();  // here: object_wait
}

MPI::Coroutine<> receive(const MPI::Comm& comm, int tag) {
    int value = 0;
    co_await comm.Irecv(value, (comm.rank() + 1) % comm.size(), tag);
}

void coroutine(const MPI::Intracomm& comm) {
    receive(comm, 12).wait();  // here: coroutine
}

/// Two that wait together.
void coroutines(const MPI::Intracomm& comm) {
    (void)MPI::when_all(receive(comm, 13), receive(comm, 14)).get();  // here: coroutines
}

void sends(const MPI::Intracomm& comm) {
    const int value = 0;
    comm.Ssend(value, (comm.rank() + 1) % comm.size(), 10);  // here: sends
}

/// One partition is never ready.
void partitions(const MPI::Intracomm& comm) {
    std::vector<int> four(4);
    MPI::Prequest request = comm.rank() == 0 ? comm.Psend_init(four, 4, 1, 16) : comm.Precv_init(four, 4, 0, 16);
    request.Start();
    if (comm.rank() == 0) {
        request.Pready_range(0, 1);
        request.Pready(3);
    }
    request.Wait();  // here: partitions
}

void collective(const MPI::Intracomm& comm) {
    int value = 0;
    comm.Barrier();
    if (comm.rank() == 0)
        comm.Barrier();  // here: collective 0
    else
        comm.Allreduce(comm.rank(), value, MPI::SUM);  // here: collective 1
}

void roots(const MPI::Intracomm& comm) {
    int value = 0;
    comm.Bcast(value, 1 - comm.rank());
}

void nobody_sends(const MPI::Intracomm& comm) {
    int value = 0;
    if (comm.rank() != 0)
        return;
    MPI::Request request = comm.Irecv(value, 1, 11);
    request.Wait();  // here: nobody_sends
}

/// A tag that the other rank does not ask for.
void other_tag(const MPI::Intracomm& comm) {
    std::vector<double> values(10);
    if (comm.rank() == 0)
        comm.Send(values, 1, 5);
    if (comm.rank() == 1)
        comm.Recv(values, 0, 6);  // here: other_tag
}

void other_tag_of_object(const MPI::Intracomm& comm) {
    if (comm.rank() == 0)
        comm.send(std::string("text"), 1, 5);
    if (comm.rank() == 1)
        (void)comm.recv<std::string>(0, 6);  // here: other_tag_of_object
}

/// Messages that are too long are taken, too.
void too_long(const MPI::Intracomm& comm) {
    std::vector<double> ten(10);
    int value = 0;
    if (comm.rank() == 0) {
        comm.Send(ten, 1, 5);
        comm.Send(ten, 1, 5);
        comm.Recv(value, 1, 6);
    }
    if (comm.rank() != 1)
        return;
    const auto is_refused = [](const auto& call) {
        try {
            call();
        } catch (const MPI::Exception&) {
            return true;
        }
        return false;
    };
    if (is_refused([&] { comm.Recv(value, 0, 5); }) && is_refused([&] { comm.Irecv(value, 0, 5).Wait(); }))
        comm.Recv(ten, 0, 5);  // here: too_long
}

/// A cycle that a thread ends which does not call MPI.
void left_alone(const MPI::Intracomm& comm) {
    std::thread([] {
        std::this_thread::sleep_for(10s);
        std::puts("left alone");
        std::fflush(stdout);
        std::_Exit(0);
    }).detach();
    cycle(comm);
}

void block_signals(int how) {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(how, &all, nullptr);
}

/// Two threads that compute while signals cannot interrupt them, the first only until the watchdog asks for the second.
void late_sample(const MPI::Intracomm& comm) {
    const auto begin = std::chrono::steady_clock::now();
    const auto compute = [&](std::chrono::milliseconds until) {
        while (std::chrono::steady_clock::now() < begin + until) {}
    };
    (void)MPI::Is_thread_main();
    std::thread first([&] {
        (void)MPI::Is_thread_main();
        block_signals(SIG_BLOCK);
        compute(4600ms);
        block_signals(SIG_UNBLOCK);
        compute(7s);
    });
    std::this_thread::sleep_for(100ms);
    std::thread second([&] {
        (void)MPI::Is_thread_main();
        block_signals(SIG_BLOCK);
        compute(7s);
    });
    first.join();
    second.join();
    comm.Barrier();
}

/// On a communicator whose ranks are those of the world, reversed.
void reversed(const MPI::Intracomm& comm) {
    const MPI::Intracomm other = comm.Split(0, -comm.rank());
    int value = 0;
    if (comm.rank() == 0)
        other.Recv(value, 0, 12);  // here: reversed
    other.Barrier();
}

/// Rank 0 waits for the rank that waits for its lock.
void mutex(const MPI::Intracomm& comm) {
    MPI::sync::Mutex mutex(comm);
    int value = 0;
    if (comm.rank() == 0)
        mutex.lock();
    comm.Barrier();
    if (comm.rank() == 0)
        comm.Recv(value, 1, 15);         // here: mutex 0
    const std::lock_guard guard(mutex);  // here: mutex 1
}

void nobody_notifies(const MPI::Intracomm& comm) {
    MPI::sync::Condition condition(comm);
    condition.acquire();
    condition.wait();  // here: nobody_notifies
}

/// The last rank does not take its turn.
void sequential(const MPI::Intracomm& comm) {
    MPI::sync::Sequential sequential(comm);
    if (comm.rank() == comm.size() - 1)
        return comm.Barrier();
    for (int i = 0; i < 2; ++i) {
        sequential.begin();  // here: sequential
        sequential.end();
    }
}

MPI::Win halo(const MPI::Intracomm& comm) {
    MPI::Win win = MPI::Win::Allocate<double>(4, comm);
    win.Set_name("halo");
    return win;
}

/// Rank 1 does not give back the lock that rank 0 needs, to send what rank 1 waits for.
void lock(const MPI::Intracomm& comm) {
    const MPI::Win win = halo(comm);
    double value = 1;
    if (comm.rank() == 1) {
        win.Lock(0);  // here: lock holder
        win.Put(value, 0);
        win.Flush(0);
    }
    comm.Barrier();
    if (comm.rank() == 1)
        comm.Recv(value, 0, 15);
    const MPI::Epoch epoch = win.lock(0);
    win.Put(value, 0);
    win.Flush(0);
    comm.Send(value, 1, 15);
}

/// Each starts before it lets the other in.
void posts(const MPI::Intracomm& comm) {
    const MPI::Win win = halo(comm);
    const int other = 1 - comm.rank();
    const MPI::Group group = win.Get_group().Incl(std::vector<int>{other});
    const double value = 1;
    win.Start(group);
    win.Put(value, other);
    win.Complete();
    win.Post(group);
    win.Wait();
}

void fences(const MPI::Intracomm& comm) {
    const MPI::Win win = halo(comm);
    double value = 1;
    win.Fence();
    if (comm.rank() == 0)
        comm.Recv(value, 1, 16);
    win.Fence();  // here: fences
}

/// Rank 0 comes late: all wait for it, but none for ever.
void late(const MPI::Intracomm& comm) {
    const auto end = std::chrono::steady_clock::now() + 6s;
    while (comm.rank() == 0 && std::chrono::steady_clock::now() < end) {}  // here: late 0
    comm.Barrier();                                                        // here: late 1
}

/// Rank 0 computes in a loop of one instruction, until an alarm.
void tight(const MPI::Intracomm& comm) {
    static sigjmp_buf behind;
    std::signal(SIGALRM, [](int) { siglongjmp(behind, 1); });
    if (comm.rank() == 0 && sigsetjmp(behind, 1) == 0) {
        alarm(6);
        while (true) asm volatile("");  // here: tight
    }
    comm.Barrier();
}

/// Rank 0 has polled before it computes.
void polled(const MPI::Intracomm& comm) {
    const auto begin = std::chrono::steady_clock::now();
    int value = 0;
    MPI::Request request = comm.rank() == 0 ? comm.Irecv(value, 1, 17) : MPI::Request();
    while (comm.rank() == 0 && std::chrono::steady_clock::now() < begin + 2500ms && !request.Test()) {}
    while (comm.rank() == 0 && std::chrono::steady_clock::now() < begin + 9s) {}  // here: polled
    comm.Barrier();
    if (comm.rank() == 1)
        comm.Send(value, 0, 17);
    request.Wait();
}

/// All ranks are in a call that takes its time.
void slow_sum(const MPI::Intracomm& comm) {
    const auto add = [](void* in, void* out, int*, MPI_Datatype*) {
        std::this_thread::sleep_for(6s);
        *static_cast<int*>(out) += *static_cast<int*>(in);
    };
    MPI_Op op = MPI_OP_NULL;
    MPI_Op_create(add, 1, &op);
    int one = 1, sum = 0;
    MPI_Allreduce(&one, &sum, 1, MPI_INT, op, comm.handle());
    MPI_Op_free(&op);
}

/// For how long the MPI's functions below take their time, as if what they move were large.
std::atomic<std::chrono::seconds> delay = 0s;

template <class F> F late(const char* name) {
    std::this_thread::sleep_for(delay.exchange(0s));
    return reinterpret_cast<F>(dlsym(RTLD_NEXT, name));
}

/// More messages than the report lists, some of them alike, and one to nobody.
void under_way(const MPI::Intracomm& comm) {
    constexpr int count = 12;
    std::vector<int> in(count), out(count);
    std::vector<MPI::Request> requests;
    const int other = 1 - comm.rank();
    for (int i = 0; i < count; ++i) {
        requests.push_back(comm.Irecv(in[static_cast<std::size_t>(i)], other, i / 2));
        requests.push_back(comm.Isend(out[static_cast<std::size_t>(i)], other, i / 2));
    }
    requests.push_back(comm.Irecv(in[0], MPI::PROC_NULL, 0));
    delay = 6s;
    MPI::Request::Waitall(requests);
}

/// Both have locked all ranks, which excludes nobody.
void long_flush(const MPI::Intracomm& comm) {
    const MPI::Win win = halo(comm);
    const double value = 1;
    const MPI::Epoch epoch = win.lock_all();
    win.Put(value, 1 - comm.rank());
    delay = comm.rank() == 0 ? 6s : 0s;
    if (comm.rank() == 0)
        win.Flush(1);
    comm.Barrier();
}

/// Both ask for one lock, which one of them gets.
void long_unlock(const MPI::Intracomm& comm) {
    const MPI::Win win = halo(comm);
    const double value = 1;
    win.Lock(0, MPI::LOCK_EXCLUSIVE);
    win.Put(value, 0);
    delay = 6s;
    win.Unlock(0);
}

/// Both have let each other in.
void long_complete(const MPI::Intracomm& comm) {
    const MPI::Win win = halo(comm);
    const int other = 1 - comm.rank();
    const MPI::Group group = win.Get_group().Incl(std::vector<int>{other});
    const double value = 1;
    for (int i = 0; i < 2; ++i) {
        win.Post(group);
        win.Start(group);
        win.Put(value, other);
        if (i == 1)
            delay = 6s;
        win.Complete();
        win.Wait();
    }
}

/// Two groups leave each other.
void disconnects(const MPI::Intracomm& comm) {
    MPI::Intercomm others = MPI::COMM_SELF.Create_intercomm(0, comm, 1 - comm.rank());
    delay = 6s;
    others.Disconnect();
}

/// Waits for a process that the job has started.
void leaves_started(const MPI::Intracomm& comm) {
    MPI::Intercomm children = comm.Spawn(program_invocation_name, {"none"}, 1);
    delay = 6s;
    children.Disconnect();
}

/// Between two groups.
void barrier_between(const MPI::Intracomm& comm) {
    const MPI::Intercomm others = MPI::COMM_SELF.Create_intercomm(0, comm, 1 - comm.rank());
    int value = 0;
    if (comm.rank() == 0)
        others.Barrier();  // here: barrier_between
    else
        others.Recv(value, 0, 18);
}

/// Waits for all of a window while the other waits for a message. In C, for this library's Free waits for a request of which the trace knows nothing.
void window_free(const MPI::Intracomm& comm) {
    int value = 0;
    MPI_Win win = MPI_WIN_NULL;
    MPI_Win_create(&value, sizeof value, sizeof value, MPI_INFO_NULL, comm.handle(), &win);
    MPI_Win_set_name(win, "halo");
    if (comm.rank() == 0)
        comm.Recv(value, 1, 18);
    MPI_Win_free(&win);
}

/// A message that is sent on one of two communicators and expected on the other. The ranks use these in another order than they have made them.
void duplicates(const MPI::Intracomm& comm) {
    auto first = comm.Idup(), second = comm.Idup();
    const MPI::Intracomm a = first.wait(), b = second.wait();
    int value = 0;
    if (comm.rank() == 0)
        b.Ssend(value, 1, 19);
    else
        a.Recv(value, 0, 19);  // here: duplicates
}

/// What rank 0 still does when main() is over.
struct AfterMain {
    ~AfterMain() { late(MPI::COMM_WORLD); }
};

/// The folder of the trace is deleted.
void removed(const MPI::Intracomm& comm) {
    comm.Barrier();
    if (comm.rank() == 0)
        std::filesystem::remove_all(std::getenv("MPI4CXX_TRACE_DIR"));
    left_alone(comm);
}

/// The same, asleep: which the watchdog must not disturb.
void asleep(const MPI::Intracomm& comm) {
    const auto begin = std::chrono::steady_clock::now();
    if (comm.rank() == 0)
        std::this_thread::sleep_for(6s);
    if (comm.rank() == 0 && std::chrono::steady_clock::now() < begin + 6s)
        MPI_Abort(comm.handle(), 4);
    comm.Barrier();
}

}  // namespace

// What the trace calls, and these call the MPI's.
extern "C" [[gnu::visibility("default")]] int PMPI_Waitall(int count, MPI_Request requests[], MPI_Status statuses[]) {
    return late<decltype(&MPI_Waitall)>("PMPI_Waitall")(count, requests, statuses);
}
extern "C" [[gnu::visibility("default")]] int PMPI_Win_flush(int rank, MPI_Win win) {
    return late<decltype(&MPI_Win_flush)>("PMPI_Win_flush")(rank, win);
}
extern "C" [[gnu::visibility("default")]] int PMPI_Win_unlock(int rank, MPI_Win win) {
    return late<decltype(&MPI_Win_unlock)>("PMPI_Win_unlock")(rank, win);
}
extern "C" [[gnu::visibility("default")]] int PMPI_Win_complete(MPI_Win win) { return late<decltype(&MPI_Win_complete)>("PMPI_Win_complete")(win); }
extern "C" [[gnu::visibility("default")]] int PMPI_Comm_disconnect(MPI_Comm* comm) {
    return late<decltype(&MPI_Comm_disconnect)>("PMPI_Comm_disconnect")(comm);
}

int main(int argc, char** argv) {
    const std::string_view way = argv[1];
    if (way == "after_main") {
        static const MPI::Environment env(argc, argv);
        static const AfterMain last{};
        return 0;
    }
    const MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const std::pair<std::string_view, void (*)(const MPI::Intracomm&)> ways[] = {{"cycle", cycle},
                                                                                 {"looked", looked},
                                                                                 {"too_long", too_long},
                                                                                 {"polled", polled},
                                                                                 {"tight", tight},
                                                                                 {"slow_sum", slow_sum},
                                                                                 {"removed", removed},
                                                                                 {"objects", objects},
                                                                                 {"object_wait", object_wait},
                                                                                 {"coroutine", coroutine},
                                                                                 {"coroutines", coroutines},
                                                                                 {"sends", sends},
                                                                                 {"partitions", partitions},
                                                                                 {"collective", collective},
                                                                                 {"roots", roots},
                                                                                 {"reversed", reversed},
                                                                                 {"lock", lock},
                                                                                 {"posts", posts},
                                                                                 {"fences", fences},
                                                                                 {"nobody_sends", nobody_sends},
                                                                                 {"late", late},
                                                                                 {"asleep", asleep},
                                                                                 {"mutex", mutex},
                                                                                 {"nobody_notifies", nobody_notifies},
                                                                                 {"sequential", sequential},
                                                                                 {"other_tag", other_tag},
                                                                                 {"other_tag_of_object", other_tag_of_object},
                                                                                 {"left_alone", left_alone},
                                                                                 {"under_way", under_way},
                                                                                 {"long_flush", long_flush},
                                                                                 {"long_unlock", long_unlock},
                                                                                 {"long_complete", long_complete},
                                                                                 {"disconnects", disconnects},
                                                                                 {"leaves_started", leaves_started},
                                                                                 {"barrier_between", barrier_between},
                                                                                 {"window_free", window_free},
                                                                                 {"duplicates", duplicates},
                                                                                 {"late_sample", late_sample}};
    for (const auto& [name, function] : ways)
        if (name == way)
            function(comm);
}
