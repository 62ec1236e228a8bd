// One operation many times in the world of one process: `instructions CASE c|cxx COUNT`, for tests/bench/instructions.
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdlib>
#include <string_view>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

double x = 1, y = 0;

void irecv_c() {
    MPI_Request request;
    MPI_Irecv(&y, 1, MPI_DOUBLE, 0, 0, MPI_COMM_SELF, &request);
    MPI_Send(&x, 1, MPI_DOUBLE, 0, 0, MPI_COMM_SELF);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
}

void irecv_cxx() {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    auto request = comm.Irecv(y, 0, 0);
    comm.Send(x, 0, 0);
    request.Wait();
}

void sendrecv_c() { MPI_Sendrecv(&x, 1, MPI_DOUBLE, 0, 0, &y, 1, MPI_DOUBLE, 0, 0, MPI_COMM_SELF, MPI_STATUS_IGNORE); }
void sendrecv_cxx() { MPI::COMM_SELF.Sendrecv(x, 0, 0, y, 0, 0); }
void allreduce_c() { MPI_Allreduce(&x, &y, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_SELF); }
void allreduce_cxx() { MPI::COMM_SELF.Allreduce(x, y, MPI::SUM); }

/// A window of this process's own: ones to read, and zeros to write.
struct Window {
    static constexpr int many = 131072;  // elements of 1 MiB

    std::vector<double> exposed = std::vector<double>(2 * many, 0);
    std::vector<double> ones = std::vector<double>(many, 1);
    MPI::Win win = MPI::Win::Create(exposed, MPI::COMM_SELF);
    MPI_Win raw = win.handle();
};
Window* window = nullptr;

void flush_c() { MPI_Win_flush(0, window->raw); }
void flush_cxx() { window->win.Flush(0); }
void fence_c() { MPI_Win_fence(0, window->raw); }
void fence_cxx() { window->win.Fence(); }

void put_c() { MPI_Put(&x, 1, MPI_DOUBLE, 0, 1, 1, MPI_DOUBLE, window->raw); }
void put_cxx() { window->win.Put(x, 0, 1); }
void get_c() { MPI_Get(&y, 1, MPI_DOUBLE, 0, 0, 1, MPI_DOUBLE, window->raw); }
void get_cxx() { window->win.Get(y, 0); }
void fetch_c() { MPI_Fetch_and_op(&x, &y, MPI_DOUBLE, 0, 0, MPI_REPLACE, window->raw); }
void fetch_cxx() { window->win.Fetch_and_op(x, y, 0, 0, MPI::REPLACE); }

void put_many_c() { MPI_Put(window->ones.data(), Window::many, MPI_DOUBLE, 0, Window::many, Window::many, MPI_DOUBLE, window->raw); }
void put_many_cxx() { window->win.Put(window->ones, 0, Window::many); }
void get_many_c() { MPI_Get(window->ones.data(), Window::many, MPI_DOUBLE, 0, 0, Window::many, MPI_DOUBLE, window->raw); }
void get_many_cxx() { window->win.Get(window->ones, 0); }

template <void (*Access)(), void (*Flush)()> void flushed() {
    Access();
    Flush();
}

struct Case {
    std::string_view name;
    void (*c)();
    void (*cxx)();
};
constexpr Case cases[] = {
    {"Irecv+Send+Wait", irecv_c, irecv_cxx},
    {"Sendrecv", sendrecv_c, sendrecv_cxx},
    {"Allreduce", allreduce_c, allreduce_cxx},
    {"Fence", fence_c, fence_cxx},
    {"Put+Flush", flushed<put_c, flush_c>, flushed<put_cxx, flush_cxx>},
    {"Get+Flush", flushed<get_c, flush_c>, flushed<get_cxx, flush_cxx>},
    {"Fetch_and_op+Flush", flushed<fetch_c, flush_c>, flushed<fetch_cxx, flush_cxx>},
    {"Put+Flush 1 MiB", flushed<put_many_c, flush_c>, flushed<put_many_cxx, flush_cxx>},
    {"Get+Flush 1 MiB", flushed<get_many_c, flush_c>, flushed<get_many_cxx, flush_cxx>},
};

}  // namespace

/// What callgrind counts: nothing else of the process, whose MPI has a thread of its own.
extern "C" [[gnu::noinline]] void counted(void (*run)(), int count) {
    for (; count > 0; --count) run();
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    Window made;
    window = &made;
    made.exposed.front() = 1;
    for (const Case& test : cases)
        if (argc == 4 && test.name == argv[1]) {
            const MPI::Epoch epoch = test.name == "Fence" ? made.win.fence() : made.win.lock_all();
            void (*const run)() = std::string_view(argv[2]) == "c" ? test.c : test.cxx;
            counted(run, std::atoi(argv[3]));
            return y + made.exposed[1] + made.exposed.back() + made.ones.front() > 0 ? 0 : 1;
        }
    return 2;
}
