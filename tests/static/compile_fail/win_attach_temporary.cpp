// error: mpi4cxx: the memory of a window must outlive the window: this one is a temporary
#include <mpi4cxx/win.hpp>

#include <vector>

void attach(const mpi4cxx::Win& win) {
#ifdef REJECTED
    win.Attach(std::vector<int>(10));
#else
    static std::vector<int> memory(10);
    win.Attach(memory);
#endif
}
