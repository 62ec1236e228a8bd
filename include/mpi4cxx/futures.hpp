// The task pool.
#pragma once

#include <mpi4cxx/futures/errors.hpp>
#include <mpi4cxx/futures/executor.hpp>
#include <mpi4cxx/futures/future.hpp>
#include <mpi4cxx/futures/mpi_comm_executor.hpp>
#include <mpi4cxx/futures/mpi_pool_executor.hpp>
#include <mpi4cxx/futures/options.hpp>
#include <mpi4cxx/futures/results.hpp>
#include <mpi4cxx/futures/timeout.hpp>
