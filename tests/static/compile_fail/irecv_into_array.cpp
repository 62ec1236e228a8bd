// error: mpi4cxx: irecv_into takes no C array: make it a std::array, or receive its elements by Irecv
#include <mpi4cxx/intracomm.hpp>

#include <array>

mpi4cxx::Request receive(const mpi4cxx::Comm& comm, std::array<int, 4>& object, int (&array)[4]) {
#ifdef REJECTED
    return comm.irecv_into(array, 1);
#else
    (void)comm.Irecv(array, 1);
    return comm.irecv_into(object, 1);
#endif
}
