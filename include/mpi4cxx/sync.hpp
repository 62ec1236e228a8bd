/// Locks, counters and conditions among processes, as mpi4py.util.sync.
#pragma once

#include <mpi4cxx/condition.hpp>
#include <mpi4cxx/counter.hpp>
#include <mpi4cxx/mutex.hpp>
#include <mpi4cxx/semaphore.hpp>
#include <mpi4cxx/sequential.hpp>
