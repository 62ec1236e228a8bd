// error: no matching function for call to .*Start
#include <mpi4cxx/grequest.hpp>

mpi4cxx::Grequest start() {
#ifdef REJECTED
    return mpi4cxx::Grequest::Start([](int) {});
#else
    return mpi4cxx::Grequest::Start([](mpi4cxx::Status&) {});
#endif
}
