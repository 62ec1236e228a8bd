// error: const.reference.*Dup
#include <mpi4cxx/cartcomm.hpp>

auto later(mpi4cxx::Cartcomm& grid) {
#ifdef REJECTED
    return [grid] { return grid.Get_rank(); };
#else
    return [grid = grid.Dup()] { return grid.Get_rank(); };
#endif
}
