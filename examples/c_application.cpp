// Move an application in C to mpi4cxx function by function: it keeps MPI_Init, its communicators, requests and datatypes, and both sides share them.
// mpi4py: comm = MPI.Comm.fromhandle(raw); raw = comm.handle
#include <mpi.h>
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <map>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;

static void check(bool good, const char* what) {
    if (!good)
        throw std::runtime_error(what);
}

/// The first function that was moved. Its caller is still C: MPI runs already, and the Environment leaves it running.
static int distribute(MPI_Comm raw) {
    MPI::Environment env;
    const MPI::Intracomm comm = MPI::Intracomm::borrow(raw);
    const std::map<std::string, int> settings = comm.bcast(std::map<std::string, int>{{"rows", 4}, {"steps", 3}});
    return settings.at("rows");
}

/// A column of a matrix goes to the next rank, with a datatype and requests of both sides.
static void exchange(MPI_Comm raw, MPI_Datatype column, double* matrix) {
    MPI::Environment env;
    const MPI::Intracomm comm = MPI::Intracomm::borrow(raw);
    const int size = comm.Get_size(), next = (comm.Get_rank() + 1) % size, last = (comm.Get_rank() + size - 1) % size;

    MPI_Request receiving;  // C starts, C++ waits
    MPI_Irecv(matrix, 1, column, last, 7, raw, &receiving);
    MPI::Request received = MPI::Request::take(receiving);

    const MPI::Datatype type = MPI::Datatype::borrow(column);  // the application frees it
    MPI_Request sending = comm.Isend({matrix + 1, 1, type}, next, 7).release();
    MPI_Wait(&sending, MPI_STATUS_IGNORE);  // C++ starts, C waits
    received.Wait();
}

struct Particle {
    double position[3];
    int charge;
};

int main(int argc, char** argv) {
    MPI_Init(&argc, &argv);
    MPI_Comm work;
    MPI_Comm_dup(MPI_COMM_WORLD, &work);
    int rank = 0, size = 0;
    MPI_Comm_rank(work, &rank);
    MPI_Comm_size(work, &size);

    const int rows = distribute(work), columns = 2;
    std::vector<double> matrix(static_cast<std::size_t>(rows * columns), rank);
    MPI_Datatype column;
    MPI_Type_vector(rows, 1, columns, MPI_DOUBLE, &column);
    MPI_Type_commit(&column);
    exchange(work, column, matrix.data());
    MPI_Type_free(&column);
    check(matrix[0] == (rank + size - 1) % size && matrix[1] == rank, "not the column");

    // A datatype of mpi4cxx in a call of C: it lives until MPI_Finalize.
    const Particle own{{1, 2, 3}, rank};
    std::vector<Particle> all(static_cast<std::size_t>(size));
    const MPI_Datatype particle = MPI::datatype_of<Particle>().handle();
    MPI_Allgather(&own, 1, particle, all.data(), 1, particle, work);
    check(all.back().charge == size - 1 && all.back().position[2] == 3, "not the particles");

    MPI::Intracomm half = MPI::Intracomm::borrow(work).Split(rank % 2);
    MPI_Comm owned = std::move(half).release();  // now the application's
    MPI_Comm_free(&owned);
    if (rank == 0)
        std::printf("%d rows on %d ranks, in two languages\n", rows, size);
    MPI_Comm_free(&work);
    MPI_Finalize();
}
