// error: mpi4cxx: what a nonblocking call, or a buffer with a name, sends is read later: this one is a temporary
#include <mpi4cxx/win.hpp>

#include <vector>

void put(const mpi4cxx::Win& win) {
#ifdef REJECTED
    win.Put(std::vector<int>{1, 2, 3}, 0);
#else
    const std::vector<int> numbers{1, 2, 3};
    win.Put(numbers, 0);
    win.Flush(0);
#endif
}
