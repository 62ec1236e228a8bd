// error: mpi4cxx: the memory of a window must outlive the window: this one is a temporary
#include <mpi4cxx/win.hpp>

#include <vector>

mpi4cxx::Win create(const mpi4cxx::Intracomm& comm) {
#ifdef REJECTED
    return mpi4cxx::Win::Create(std::vector<int>(10), comm);
#else
    static std::vector<int> memory(10);
    return mpi4cxx::Win::Create(memory, comm);
#endif
}
