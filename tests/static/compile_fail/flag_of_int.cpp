// error: convert|no (matching|viable)|could not bind
#include <mpi4cxx/cartcomm.hpp>

mpi4cxx::Cartcomm grid(const std::vector<int>& dims) {
#ifdef REJECTED
    return mpi4cxx::COMM_WORLD.Create_cart(dims, 1);
#else
    return mpi4cxx::COMM_WORLD.Create_cart(dims, true);
#endif
}
