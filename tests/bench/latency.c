// Linked into timings.cpp; loaded by timings.py as a library, so that both ask in the same way.
#include <mpi.h>

enum { round_trips = 1000 };

/// Microseconds that 8 bytes take from rank 0 to rank 1 or back.
double bench_latency(MPI_Comm comm) {
    double value = 0;
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    MPI_Barrier(comm);
    const double start = MPI_Wtime();
    for (int i = 0; rank < 2 && i < round_trips; ++i) {
        if (rank == 0) MPI_Send(&value, 1, MPI_DOUBLE, 1, 0, comm);
        MPI_Recv(&value, 1, MPI_DOUBLE, 1 - rank, 0, comm, MPI_STATUS_IGNORE);
        if (rank == 1) MPI_Send(&value, 1, MPI_DOUBLE, 0, 0, comm);
    }
    return (MPI_Wtime() - start) * 1e6 / (2 * round_trips);
}
