// Another file of the same program, in which <mpi.h> comes first, as it does behind <hdf5.h>.
#include <mpi.h>
#include <mpi4cxx/mpi4cxx.hpp>

namespace MPI = mpi4cxx;

int ranks_of(MPI_Comm raw) { return MPI::Intracomm::borrow(raw).Get_size(); }
