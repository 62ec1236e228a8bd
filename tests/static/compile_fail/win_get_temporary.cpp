// error: mpi4cxx: a receive buffer must outlive the call: this one is a temporary
#include <mpi4cxx/win.hpp>

#include <vector>

void get(const mpi4cxx::Win& win) {
#ifdef REJECTED
    win.Get(std::vector<int>(3), 0);
#else
    std::vector<int> numbers(3);
    win.Get(numbers, 0);
    win.Flush(0);
#endif
}
