// error: mpi4cxx: this type cannot be sent as an object: a view or a std::initializer_list does not own its elements
#include <mpi4cxx/intracomm.hpp>

#include <ranges>
#include <vector>

void send(const mpi4cxx::Comm& comm) {
#ifdef REJECTED
    comm.send(std::views::iota(0, 3), 1);
#else
    comm.send(std::vector{0, 1, 2}, 1);
#endif
}
