/// Values of Python's: pickles, and messages from and to mpi4py.
#pragma once

#include <mpi4cxx/python/conversion.hpp>
#include <mpi4cxx/python/pickle.hpp>
#include <mpi4cxx/python/pickle_comm.hpp>
#include <mpi4cxx/python/read.hpp>
#include <mpi4cxx/python/value.hpp>
#include <mpi4cxx/python/write.hpp>
