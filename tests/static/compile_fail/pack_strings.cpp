// error: mpi4cxx: the elements of this cannot be seen as bytes
#include <mpi4cxx/intracomm.hpp>

#include <string>
#include <vector>

#ifdef REJECTED
using Elements = std::vector<std::string>;
#else
using Elements = std::vector<char>;
#endif
void pack(const Elements& elements) { (void)mpi4cxx::BYTE.Pack(elements, mpi4cxx::COMM_SELF); }
