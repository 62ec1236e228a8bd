// What pending objects cost beside MPI's own calls, on two ranks: pending
//
// Prints the CPU time and the memory of a pending isend of an int with 100 000 of them pending, the CPU time of an issend that is dropped, with
// 500 and with 8000 of them, and the time in which large objects come to a receiver that sits in a barrier, as medians of turns that alternate.
#include <mpi4cxx/mpi4cxx.hpp>

#include <malloc.h>
#include <array>
#include <cstdio>
#include <ctime>
#include <vector>

#include "median.hpp"

namespace MPI = mpi4cxx;
using bench::median;

namespace {

const MPI::Intracomm& comm = MPI::COMM_WORLD;

/// Microseconds of CPU time that `f` takes, by one of `n`.
template <class F> double cpu_time(int n, F f) {
    const std::clock_t start = std::clock();
    f();
    return 1e6 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC / n;
}

double bytes_in_use() {
    const struct mallinfo2 info = mallinfo2();
    return static_cast<double>(info.uordblks + info.hblkhd);
}

void isends() {
    constexpr int n = 100'000, turns = 11;
    std::array<std::vector<double>, 2> times, bytes;  // of MPI, of objects
    std::vector<MPI_Request> plain(n);
    std::vector<MPI::Request> objects(n);
    const int value = 7;
    int received = 0;
    for (int turn = 0; turn < 2 * turns; ++turn) {
        const auto which = static_cast<std::size_t>(turn % 2);
        comm.Barrier();
        if (comm.rank() == 0) {
            const double before = bytes_in_use();
            const double started = cpu_time(n, [&] {
                for (int i = 0; i < n; ++i)
                    if (which == 0)
                        MPI_Isend(&value, 1, MPI_INT, 1, 0, comm.handle(), &plain[static_cast<std::size_t>(i)]);
                    else
                        objects[static_cast<std::size_t>(i)] = comm.isend(value, 1);
            });
            bytes[which].push_back((bytes_in_use() - before) / n);
            comm.Barrier();
            const double completed = cpu_time(n, [&] {
                if (which == 0)
                    MPI_Waitall(n, plain.data(), MPI_STATUSES_IGNORE);
                else
                    MPI::Request::Waitall(objects);
            });
            times[which].push_back(started + completed);
        } else {
            comm.Barrier();
            for (int i = 0; i < n; ++i)
                if (which == 0)
                    comm.Recv(received, 0);
                else
                    (void)comm.recv<int>(0);
        }
    }
    if (comm.rank() == 0)
        std::printf("isend of an int, %d pending: %.3f us, MPI_Isend %.3f, ratio %.2f; %.0f bytes more\n", n, median(times[1]), median(times[0]),
                    median(times[1]) / median(times[0]), median(bytes[1]) - median(bytes[0]));
}

void dropped(int n) {
    std::vector<double> times;
    for (int turn = 0; turn < 5; ++turn) {
        comm.Barrier();
        if (comm.rank() == 0)
            times.push_back(cpu_time(n, [&] {
                for (int i = 0; i < n; ++i) (void)comm.issend(i, 1);
            }));
        comm.Barrier();
        for (int i = 0; i < n && comm.rank() == 1; ++i) (void)comm.recv<int>(0);
    }
    if (comm.rank() == 0)
        std::printf("issend of an int, dropped, %d of them: %.3f us\n", n, median(times));
}

/// Receives posted before the barrier, complete after it, with all memory that they need.
void receive_by_mpi(std::size_t size, int number) {
    std::vector<std::vector<char>> buffers(static_cast<std::size_t>(number));
    std::vector<MPI::Request> requests;
    for (std::vector<char>& buffer : buffers) {
        buffer.resize(size);
        requests.push_back(comm.Irecv(buffer, 0));
    }
    comm.Barrier();
    MPI::Request::Waitall(requests);
}

void receive_objects(int number) {
    std::vector<MPI::ObjectRequest<std::vector<char>>> requests;
    for (int i = 0; i < number; ++i) requests.push_back(comm.irecv<std::vector<char>>(0));
    comm.Barrier();
    (void)MPI::ObjectRequest<std::vector<char>>::waitall(requests);
}

void in_a_barrier(std::size_t size, int number) {
    std::array<std::vector<double>, 2> times;
    const std::vector<char> sent(size, 'x');
    for (int turn = 0; turn < 10; ++turn) {
        const auto which = static_cast<std::size_t>(turn % 2);
        comm.Barrier();
        const double start = MPI::Wtime();
        if (comm.rank() == 0) {
            for (int i = 0; i < number; ++i)
                if (which == 0)
                    comm.Send(sent, 1);
                else
                    comm.send(sent, 1);
            comm.Barrier();
        } else if (which == 0) {
            receive_by_mpi(size, number);
        } else {
            receive_objects(number);
        }
        comm.Barrier();
        times[which].push_back(MPI::Wtime() - start);
    }
    if (comm.rank() == 0)
        std::printf("%d of %zu bytes in a barrier: objects %.4f s, MPI %.4f s, ratio %.2f\n", number, size, median(times[1]), median(times[0]),
                    median(times[1]) / median(times[0]));
}

}  // namespace

int main(int argc, char** argv) {
    const MPI::Environment env(argc, argv);
    if (comm.size() != 2)
        return 2;
    isends();
    dropped(500);
    dropped(8000);
    in_a_barrier(1'000'000, 100);
    in_a_barrier(1'000'000, 1000);
    in_a_barrier(300'000'000, 1);
}
