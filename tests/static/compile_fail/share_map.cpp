// error: mpi4cxx: share\(\) takes data that lies in one piece of memory: a std::vector, .* bcast\(\) copies any other object to every process
#include <mpi4cxx/shared_array.hpp>

#include <map>
#include <vector>

void share(const mpi4cxx::Intracomm& comm, std::map<int, double> table) {
#ifdef REJECTED
    (void)mpi4cxx::share(comm, std::move(table));
#else
    (void)mpi4cxx::share(comm, std::vector<double>{table[0]});
#endif
}
