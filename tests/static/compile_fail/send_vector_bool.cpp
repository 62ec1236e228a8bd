// error: mpi4cxx: the elements of this range do not lie in one piece of memory: .* lowercase method
#include <mpi4cxx/intracomm.hpp>

#include <array>
#include <vector>

#ifdef REJECTED
using Flags = std::vector<bool>;
#else
using Flags = std::array<bool, 2>;
#endif

void send(const mpi4cxx::Comm& comm, const Flags& flags) { comm.Send(flags, 1); }
