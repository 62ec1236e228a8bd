// One operation many times in the world of one process: `instructions CASE c|cxx COUNT`, for tests/bench/instructions.
#include "instructions.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdlib>
#include <string_view>

namespace MPI = mpi4cxx;

double x = 1, y = 0;

namespace {

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

constexpr Case cases[] = {
    {"Irecv+Send+Wait", irecv_c, irecv_cxx},
    {"Sendrecv", sendrecv_c, sendrecv_cxx},
    {"Allreduce", allreduce_c, allreduce_cxx},
};

}  // namespace

/// What callgrind counts: nothing else of the process, whose MPI has a thread of its own.
extern "C" [[gnu::noinline]] void counted(void (*run)(), int count) {
    for (; count > 0; --count) run();
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv, MPI::THREAD_SINGLE);
    if (argc != 4)
        return 2;
    const auto run = [&](const Case& test) {
        const auto call = std::string_view(argv[2]) == "c" ? test.c : test.cxx;
        call();  // the first time finds the functions
        counted(call, std::atoi(argv[3]));
    };
    for (const std::span<const Case> plain_cases : {std::span<const Case>(cases), object_cases})
        for (const Case& test : plain_cases)
            if (test.name == argv[1]) {
                run(test);
                return y == 1 ? 0 : 1;
            }
    for (const Case& test : window_cases)
        if (test.name == argv[1]) {
            {
                const MPI::Epoch epoch = open_window(test);
                run(test);
            }
            return close_window() + y > 0 ? 0 : 1;
        }
    return 2;
}
