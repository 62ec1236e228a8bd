// error: mpi4cxx: this memory is to be written, but it is const
#include <mpi4cxx/intracomm.hpp>

#include <vector>

#ifdef REJECTED
using Elements = const std::vector<int>;
#else
using Elements = std::vector<int>;
#endif
void unpack(const std::vector<std::byte>& packed, Elements& elements) { (void)mpi4cxx::INT.Unpack(packed, 0, elements, mpi4cxx::COMM_SELF); }
