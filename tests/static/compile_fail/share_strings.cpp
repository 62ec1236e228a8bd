// error: mpi4cxx: processes can share trivially copyable elements only: .* share all the data in one array
#include <mpi4cxx/shared_array.hpp>

#include <string>
#include <vector>

void share(const mpi4cxx::Intracomm& comm, const std::vector<std::string>& words) {
#ifdef REJECTED
    (void)mpi4cxx::share(comm, words);
#else
    (void)mpi4cxx::share(comm, words[0]);
#endif
}
