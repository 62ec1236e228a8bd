// Programs that go wrong: abort WAY. The script beside this runs them and looks how they end.
#include <mpi4cxx/mpi4cxx.hpp>

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

[[noreturn]] void fail() { throw std::runtime_error("the test's own failure"); }

/// Rank 1 throws; the others wait for it.
void barrier(const MPI::Intracomm& comm) {
    if (comm.rank() == 1)
        fail();
    comm.Barrier();
}

void receive(const MPI::Intracomm& comm) {
    int value = 0;
    if (comm.rank() == 1)
        fail();
    comm.Recv(value, 1);
}

/// An error that MPI finds.
void mpi_error(const MPI::Intracomm& comm) {
    if (comm.rank() == 1)
        comm.Send(1, comm.size());
    comm.Barrier();
}

/// Rank 1 drops, while it throws, a send that nobody receives and a receive that nobody sends to.
void pending(const MPI::Intracomm& comm) {
    if (comm.rank() == 1) {
        const std::vector<double> large(1'000'000);
        MPI::Request send = comm.Isend(large, 0);
        auto receive = comm.irecv<std::string>(0);
        auto object = comm.isend(large, 2);
        fail();
    }
    comm.Barrier();
}

/// Rank 1 throws while it owns communicators, whose freeing is collective.
void communicators(const MPI::Intracomm& comm) {
    const MPI::Intracomm copy = comm.Dup(), half = copy.Split(comm.rank() % 2);
    barrier(copy);
}

/// Rank 1 writes outside its memory: malloc ends it, or crashes if `faults`, and holds its lock then.
void heap(const MPI::Intracomm& comm, bool faults) {
    if (comm.rank() == 1) {
        // volatile: the compiler knows what malloc and free are
        void* volatile freed = std::malloc(3000);
        void* volatile next = std::malloc(3000);  // else the freed memory would be one with the rest of the heap
        std::free(freed);
        if (faults) {  // where malloc keeps a pointer
            static_cast<void* volatile*>(freed)[1] = reinterpret_cast<void*>(std::uintptr_t{16});
        } else {
            volatile char* const size = static_cast<volatile char*>(freed) - sizeof(std::size_t);
            for (std::size_t i = 0; i < sizeof(std::size_t); ++i) size[i] = 1;
        }
        freed = std::malloc(100'000);
        std::free(next);
    }
    comm.Barrier();
}

void reduction(const MPI::Intracomm& comm) {
    const MPI::Op op = MPI::Op::Create<int>([](int, int) -> int { fail(); });
    int sum = 0;
    comm.Allreduce(comm.rank(), sum, op);
}

/// An error handler cannot throw through MPI.
void handler(const MPI::Intracomm& comm) {
    const MPI::Intracomm copy = comm.Dup();
    copy.Set_errhandler(MPI::Comm::Create_errhandler([](const MPI::Comm&, int) { fail(); }));
    mpi_error(copy);
}

/// Whether calls outside MPI's time throw.
template <class F> bool is_refused(F call) {
    try {
        call();
    } catch (const std::invalid_argument&) {
        return true;
    }
    return false;
}

/// No Environment: all is done by functions, and handles of every class go when MPI is gone.
int by_hand(bool threads) {
    bool right = !MPI::Is_initialized() && is_refused([] { MPI::Finalize(); });
    MPI::Datatype type;
    MPI::Op op;
    MPI::Group group;
    MPI::Info info;
    MPI::Errhandler errhandler;
    MPI::Keyval<MPI::Comm, std::string> key;
    MPI::Memory memory;
    MPI::Intracomm comm;
    if (threads)
        right = right && MPI::Init_thread(MPI::THREAD_SERIALIZED) >= MPI::THREAD_SERIALIZED;
    else
        MPI::Init();
    right = right && MPI::Is_initialized() && is_refused([] { MPI::Init(); });
    { const MPI::Environment nested; }  // leaves MPI running
    type = MPI::INT.Create_contiguous(2);
    op = MPI::Op::Create<int>([](int a, int b) { return a + b; });
    group = MPI::COMM_WORLD.Get_group();
    info = MPI::Info::Create({{"a", "1"}});
    errhandler = MPI::Comm::Create_errhandler([](const MPI::Comm&, int) {});
    key = MPI::Comm::Create_keyval<std::string>();
    memory = MPI::Alloc_mem(8);
    comm = MPI::COMM_WORLD.Dup();
    comm.Set_attr(key, "value");
    MPI::COMM_SELF.Set_attr(key, "value");
    MPI::Attach_buffer(10'000);
    const std::vector<double> long_object(100'000, 1.5);  // on the channel
    const int size = comm.size(), rank = comm.rank();
    right = right && comm.sendrecv<std::vector<double>>(long_object, (rank + 1) % size) == long_object;
    MPI::Detach_buffer();
    MPI::Attach_buffer(10'000);  // which MPI detaches
    MPI::Finalize();
    right = right && MPI::Is_finalized() && is_refused([] { MPI::Finalize(); }) && is_refused([] { MPI::Init(); });
    std::fprintf(stderr, "by hand: %s\n", right ? "right" : "wrong");
    return right ? 0 : 1;
}

const std::vector<double> large(100'000);

/// What a program may still have when MPI ends, and loses only then.
struct Left {
    std::optional<MPI::ObjectRequest<std::string>> receive;
    std::optional<MPI::ObjectRequest<std::vector<int>>> collective;
    std::optional<MPI::Request> send;
} left;

void leave(std::string_view what, const MPI::Intracomm& comm) {
    const int next = (comm.rank() + 1) % comm.size();
    if (what == "left_receive" || what == "left_received")
        left.receive = comm.irecv<std::string>(MPI::ANY_SOURCE, 1);
    if (what == "left_received")
        comm.send(std::string("a"), next, 1);
    if (what == "left_send" || what == "left_large") {
        left.send = comm.isend(std::string(what == "left_send" ? 1 : 200'000, 'a'), next, 1);
        (void)comm.recv<std::string>();
    }
    if (what == "left_incomplete" && comm.rank() == 0)
        left.collective = comm.iallgather(0);  // nobody else joins in
    if (what == "left_collective")
        left.collective = comm.iallgather(comm.rank());
    if (what == "unmatched")
        left.send = comm.issend(std::string("abc"), 0, 7);
    if (what == "unmatched_large")
        left.send = comm.isend(std::string(200'000, 'a'), 0, 7);
    if (what == "unmatched_buffer")
        left.send = comm.Isend(large, 0, 7);
}

/// Ends a forked child in one of the ways; the parent goes on.
void fork_child(std::string_view way, const MPI::Intracomm& comm) {
    comm.Barrier();
    const MPI::Intracomm copy = comm.Dup();
    if (const pid_t child = fork(); child != 0) {
        int status = 0;
        waitpid(child, &status, 0);
        comm.Barrier();
        std::fprintf(stderr, "child: %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    } else if (way == "fork_throw") {
        fail();
    } else {
        throw child;  // to main, which returns
    }
}

/// A C application that calls one function of C++: its own errors stay fatal.
int nested() {
    MPI_Init(nullptr, nullptr);
    const std::terminate_handler before = std::get_terminate();
    { const MPI::Environment env; }
    bool right = std::get_terminate() == before;
    for (MPI_Comm comm : {MPI_COMM_WORLD, MPI_COMM_SELF}) {
        MPI_Errhandler handler = MPI_ERRHANDLER_NULL;
        MPI_Comm_get_errhandler(comm, &handler);
        right = right && handler == MPI_ERRORS_ARE_FATAL;
    }
    MPI_Finalize();
    return right ? 0 : 1;
}

void in_environment(int& argc, char**& argv) {
    const MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const std::string_view way = argv[1];
    if (way == "barrier" || way == "caught")
        barrier(comm);
    if (way == "receive")
        receive(comm);
    if (way == "mpi_error")
        mpi_error(comm);
    if (way == "pending" || way == "caught_pending")
        pending(comm);
    if (way == "communicators")
        communicators(comm);
    if (way == "heap" || way == "heap_fault")
        heap(comm, way == "heap_fault");
    leave(way, comm);
    if (way.starts_with("fork_"))
        fork_child(way, comm);
    if (way == "reduction")
        reduction(comm);
    if (way == "handler")
        handler(comm);
    if (way == "inside") {
        try {
            fail();
        } catch (const std::exception& e) {
            std::fprintf(stderr, "handled: %s\n", e.what());
        }
        comm.Barrier();
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (const std::string_view way = argv[1]; way == "functions" || way == "threads")
        return by_hand(way == "threads");
    else if (way == "nested")
        return nested();
    if (!std::string_view(argv[1]).starts_with("caught")) {
        try {
            in_environment(argc, argv);
        } catch (pid_t) {
            return 6;
        }
        return 0;
    }
    try {
        in_environment(argc, argv);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "caught: %s\n", e.what());
    }
    return 0;
}
