// error: mpi4cxx: what a nonblocking call, or a buffer with a name, sends is read later: this one is a temporary
#include <mpi4cxx/file.hpp>

#include <vector>

mpi4cxx::Request write(const mpi4cxx::File& file) {
#ifdef REJECTED
    return file.Iwrite(std::vector<int>{1, 2, 3});
#else
    static const std::vector<int> numbers{1, 2, 3};
    return file.Iwrite(numbers);
#endif
}
