// error: mpi4cxx: a receive buffer must be writable: this one is const
#include <mpi4cxx/file.hpp>

#include <vector>

#ifdef REJECTED
using Numbers = const std::vector<int>;
#else
using Numbers = std::vector<int>;
#endif

void read(const mpi4cxx::File& file, Numbers& numbers) { file.Read_all(numbers); }
