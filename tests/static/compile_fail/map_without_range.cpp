// error: mpi4cxx: map takes a range for each argument of the function
#include <mpi4cxx/futures.hpp>

static int answer() { return 42; }

#ifdef REJECTED
void run(mpi4cxx::futures::Executor& executor) { (void)executor.map({.chunksize = 2}, answer); }
#else
void run(mpi4cxx::futures::Executor& executor) { (void)executor.submit(answer); }
#endif
