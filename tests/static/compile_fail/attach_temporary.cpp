// error: mpi4cxx: Bsend writes bytes to the attached buffer until Detach_buffer: this one is a temporary, is const, or holds more than bytes
#include <mpi4cxx/memory.hpp>

#include <vector>

void attach(std::vector<char>& buffer) {
#ifdef REJECTED
    mpi4cxx::Attach_buffer(std::vector<char>(buffer.size()));
#else
    mpi4cxx::Attach_buffer(buffer);
#endif
}
