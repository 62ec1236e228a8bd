// error: mpi4cxx: NumPy has no type for these elements, because the members of their class are not known
#include <mpi4cxx/npy.hpp>

#include <vector>

class Cell {
    double value_ = 0;
    friend struct mpi4cxx::datatype_traits<Cell>;
};
#ifdef REJECTED
template <> struct mpi4cxx::datatype_traits<Cell> : mpi4cxx::datatype_traits<double> {};
#else
template <> struct mpi4cxx::datatype_traits<Cell> : mpi4cxx::struct_type<Cell, &Cell::value_> {};
#endif
void save(const mpi4cxx::Intracomm& comm, const std::vector<Cell>& cells) { mpi4cxx::npy::save(comm, "cells.npy", cells); }
