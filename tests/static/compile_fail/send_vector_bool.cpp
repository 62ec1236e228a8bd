// error: mpi4cxx: this type cannot be a buffer, because it has no MPI datatype: .* lowercase method
#include <mpi4cxx/intracomm.hpp>

#include <array>
#include <vector>

#ifdef REJECTED
using Flags = std::vector<bool>;
#else
using Flags = std::array<bool, 2>;
#endif

void send(const mpi4cxx::Comm& comm, const Flags& flags) { comm.Send(flags, 1); }
