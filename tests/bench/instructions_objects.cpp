// The case of many small objects in flight, for instructions.cpp.
#include "instructions.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <array>

namespace MPI = mpi4cxx;

namespace {

constexpr int in_flight = 64;

void window_c() {
    std::array<MPI_Request, in_flight> sends, receives;
    std::array<double, in_flight> received;
    for (MPI_Request& send : sends) MPI_Isend(&x, 1, MPI_DOUBLE, 0, 0, MPI_COMM_SELF, &send);
    for (int i = 0; i < in_flight; ++i) MPI_Irecv(&received[i], 1, MPI_DOUBLE, 0, 0, MPI_COMM_SELF, &receives[i]);
    MPI_Waitall(in_flight, receives.data(), MPI_STATUSES_IGNORE);
    MPI_Waitall(in_flight, sends.data(), MPI_STATUSES_IGNORE);
    y = received.back();
}

void window_cxx() {
    std::array<MPI::Request, in_flight> sends;
    std::array<MPI::ObjectRequest<double>, in_flight> receives;
    for (MPI::Request& send : sends) send = MPI::COMM_SELF.isend(x, 0);
    for (MPI::ObjectRequest<double>& receive : receives) receive = MPI::COMM_SELF.irecv<double>(0);
    y = MPI::ObjectRequest<double>::waitall(receives).back();
    MPI::Request::Waitall(sends);
}

constexpr Case cases[] = {{"64 isend+irecv", window_c, window_cxx}};

}  // namespace

const std::span<const Case> object_cases = cases;
