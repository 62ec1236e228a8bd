// error: mpi4cxx: the function cannot be called with these arguments
#include <mpi4cxx/futures.hpp>

#include <vector>

#ifdef REJECTED
static void use(std::vector<int>& numbers) { numbers.clear(); }
#else
static void use(const std::vector<int>& numbers) { (void)numbers; }
#endif

void submit(mpi4cxx::futures::Executor& executor) { (void)executor.submit(use, std::vector<int>{1, 2}); }
