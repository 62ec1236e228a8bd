// error: (assignment of read-only location|cannot assign to return value)
#include <mpi4cxx/shared_array.hpp>

#include <vector>

void change(const mpi4cxx::Intracomm& comm, std::vector<double> data) {
    const auto table = mpi4cxx::share(comm, std::move(data));
#ifdef REJECTED
    table[0] = 1;
#else
    const mpi4cxx::SharedArray<double> own(comm, 1);
    own[0] = table[0];
#endif
}
