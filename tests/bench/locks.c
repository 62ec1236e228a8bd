// A counter and a mutex as mpi4py.util.sync has them, in C: an atomic addition under a lock of all; a queue of those that wait, each of which looks
// at its own memory with growing pauses. Linked into timings.cpp.
#include <mpi.h>
#include <time.h>

#include "locks.h"

static MPI_Win allocate(MPI_Comm comm, int count, int** memory) {
    MPI_Win win = MPI_WIN_NULL;
    MPI_Info info = MPI_INFO_NULL;
    MPI_Info_create(&info);
    MPI_Info_set(info, "alloc_shared_noncontig", "true");  // else MPICH 4.0 confuses the memory of the ranks (its issue 6110)
    MPI_Win_allocate((MPI_Aint)(count * sizeof(int)), sizeof(int), info, comm, memory, &win);
    MPI_Info_free(&info);
    return win;
}

MPI_Win bench_counter_make(MPI_Comm comm) {
    int rank = 0, *memory = NULL;
    MPI_Comm_rank(comm, &rank);
    MPI_Win win = allocate(comm, rank == 0 ? 1 : 0, &memory);
    if (rank == 0) *memory = 0;
    MPI_Barrier(comm);
    MPI_Win_lock_all(0, win);
    MPI_Barrier(comm);
    return win;
}

int bench_counter_next(MPI_Win win) {
    const int one = 1;
    int value = 0;
    MPI_Fetch_and_op(&one, &value, MPI_INT, 0, 0, MPI_SUM, win);
    MPI_Win_flush(0, win);
    return value;
}

enum { last, next, blocked, words };  // who asked last, on rank 0; who comes after this rank; whether this rank waits
enum { nobody = -1 };

static int swap(MPI_Win win, int rank, int word, int value) {
    int before = 0;
    MPI_Fetch_and_op(&value, &before, MPI_INT, rank, word, MPI_REPLACE, win);
    MPI_Win_flush(rank, win);
    return before;
}

static int load(MPI_Win win, int rank, int word) {
    int value = 0;
    MPI_Fetch_and_op(NULL, &value, MPI_INT, rank, word, MPI_NO_OP, win);
    MPI_Win_flush(rank, win);
    return value;
}

static void wait_while(MPI_Win win, int rank, int word, int value) {
    const long longest = 1000000000L / 1024;
    for (long pause = 0; load(win, rank, word) == value;) {
        const struct timespec time = {0, pause};
        nanosleep(&time, NULL);
        MPI_Win_sync(win);
        pause = pause == 0 ? longest / 1024 : pause * 2 < longest ? pause * 2 : longest;
    }
}

MPI_Win bench_mutex_make(MPI_Comm comm) {
    int* memory = NULL;
    MPI_Win win = allocate(comm, words, &memory);
    memory[last] = memory[next] = nobody;
    memory[blocked] = 0;
    MPI_Barrier(comm);
    MPI_Win_lock_all(0, win);
    MPI_Barrier(comm);
    return win;
}

void bench_mutex_lock(MPI_Win win, int rank) {
    swap(win, rank, next, nobody);
    swap(win, rank, blocked, 1);
    const int before = swap(win, 0, last, rank);
    if (before == nobody) return;
    swap(win, before, next, rank);
    wait_while(win, rank, blocked, 1);
}

void bench_mutex_unlock(MPI_Win win, int rank) {
    const int none = nobody;
    int found = 0;
    if (load(win, rank, next) == nobody) {
        MPI_Compare_and_swap(&none, &rank, &found, MPI_INT, 0, last, win);
        MPI_Win_flush(0, win);
        if (found == rank) return;
        wait_while(win, rank, next, nobody);
    }
    swap(win, load(win, rank, next), blocked, 0);
}
