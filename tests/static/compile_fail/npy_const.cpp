// error: mpi4cxx: the memory to load into must be writable: this one is const
#include <mpi4cxx/npy.hpp>

#include <vector>

#ifdef REJECTED
using Numbers = const std::vector<double>;
#else
using Numbers = std::vector<double>;
#endif
void load(const mpi4cxx::Intracomm& comm, Numbers& numbers) { mpi4cxx::npy::load_into(comm, "numbers.npy", numbers); }
