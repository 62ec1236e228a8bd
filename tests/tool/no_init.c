// Preloaded where a program must not initialize MPI: it is aborted when it does.
#include <stdlib.h>

int MPI_Init(int* argc, char*** argv) { abort(); }
int MPI_Init_thread(int* argc, char*** argv, int required, int* provided) { abort(); }
