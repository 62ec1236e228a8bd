/* The floor: a manager that has one message of CHUNK pairs in flight with each worker, written in C. Prints tasks a second. */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

enum { pairs = 20000, repetitions = 9 };

static void work(int chunk) {
    int *in = malloc(sizeof(int) * 2 * (size_t)chunk), *out = malloc(sizeof(int) * (size_t)chunk);
    for (;;) {
        MPI_Status status;
        int n = 0;
        MPI_Recv(in, 2 * chunk, MPI_INT, 0, MPI_ANY_TAG, MPI_COMM_WORLD, &status);
        if (status.MPI_TAG == 0) break;
        MPI_Get_count(&status, MPI_INT, &n);
        for (int i = 0; i < n / 2; ++i) out[i] = in[2 * i] * in[2 * i + 1];
        MPI_Send(out, n / 2, MPI_INT, 0, 1, MPI_COMM_WORLD);
    }
    free(in);
    free(out);
}

static double manage(int chunk, int workers, const int* input, int* results) {
    int next = 0, done = 0;
    int* first = malloc(sizeof(int) * (size_t)(workers + 1));
    const double start = MPI_Wtime();
    for (int w = 1; w <= workers; ++w) {
        const int n = pairs - next < chunk ? pairs - next : chunk;
        first[w] = next;
        MPI_Send(input + 2 * next, 2 * n, MPI_INT, w, 1, MPI_COMM_WORLD);
        next += n;
    }
    while (done < pairs) {
        MPI_Status status;
        int n = 0;
        MPI_Probe(MPI_ANY_SOURCE, 1, MPI_COMM_WORLD, &status);
        const int w = status.MPI_SOURCE;
        MPI_Get_count(&status, MPI_INT, &n);
        MPI_Recv(results + first[w], n, MPI_INT, w, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        done += n;
        if (next == pairs) continue;
        n = pairs - next < chunk ? pairs - next : chunk;
        first[w] = next;
        MPI_Send(input + 2 * next, 2 * n, MPI_INT, w, 1, MPI_COMM_WORLD);
        next += n;
    }
    const double time = MPI_Wtime() - start;
    for (int w = 1; w <= workers; ++w) MPI_Send(NULL, 0, MPI_INT, w, 0, MPI_COMM_WORLD);
    free(first);
    return pairs / time;
}

static int less(const void* a, const void* b) { return (*(const double*)a > *(const double*)b) - (*(const double*)a < *(const double*)b); }

int main(int argc, char** argv) {
    int rank, size;
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    static int input[2 * pairs], results[pairs];
    for (int i = 0; i < pairs; ++i) {
        input[2 * i] = i;
        input[2 * i + 1] = i + 7;
    }
    for (int chunk = 1; chunk <= 100; chunk *= 100) {
        double rates[repetitions];
        for (int i = 0; i < repetitions; ++i)
            if (rank == 0)
                rates[i] = manage(chunk, size - 1, input, results);
            else
                work(chunk);
        qsort(rates, repetitions, sizeof(double), less);
        if (rank == 0) printf("map, chunksize %-29d %12.4g tasks/s (%.4g to %.4g)\n", chunk, rates[repetitions / 2], rates[0], rates[repetitions - 1]);
    }
    MPI_Finalize();
}
