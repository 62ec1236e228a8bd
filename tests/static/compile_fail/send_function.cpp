// error: mpi4cxx: this type cannot be sent as an object: a function has its address in one process only
#include <mpi4cxx/intracomm.hpp>

#ifdef REJECTED
using Choice = double (*)(double);
#else
enum class Choice { sine, cosine };
#endif

void send(const mpi4cxx::Comm& comm, Choice choice) { comm.send(choice, 1); }
