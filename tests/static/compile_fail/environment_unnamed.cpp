// error: give it a name
// flags: -Werror
#include <mpi4cxx/environment.hpp>

int main(int argc, char** argv) {
#ifdef REJECTED
    mpi4cxx::Environment(argc, argv);
#else
    const mpi4cxx::Environment env(argc, argv);
#endif
}
