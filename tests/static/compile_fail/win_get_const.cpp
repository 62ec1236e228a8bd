// error: mpi4cxx: a receive buffer must be writable
#include <mpi4cxx/win.hpp>

#include <vector>

void get(const mpi4cxx::Win& win) {
#ifdef REJECTED
    const std::vector<int> numbers(3);
#else
    std::vector<int> numbers(3);
#endif
    win.Get(numbers, 0);
    win.Flush(0);
}
