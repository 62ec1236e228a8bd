#ifndef BENCH_LOCKS_H
#define BENCH_LOCKS_H
#include <mpi.h>

#ifdef __cplusplus
extern "C" {
#endif

// Both windows are locked for all: MPI_Win_unlock_all before MPI_Win_free.

MPI_Win bench_counter_make(MPI_Comm comm);
int bench_counter_next(MPI_Win win);
MPI_Win bench_mutex_make(MPI_Comm comm);
void bench_mutex_lock(MPI_Win win, int rank);
void bench_mutex_unlock(MPI_Win win, int rank);

#ifdef __cplusplus
}
#endif
#endif
