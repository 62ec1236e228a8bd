// The task pool.
#pragma once

#include <mpi4cxx/futures/async_result.hpp>
#include <mpi4cxx/futures/balanced_view.hpp>
#include <mpi4cxx/futures/direct_view.hpp>
#include <mpi4cxx/futures/errors.hpp>
#include <mpi4cxx/futures/exceptions.hpp>
#include <mpi4cxx/futures/executor.hpp>
#include <mpi4cxx/futures/future.hpp>
#include <mpi4cxx/futures/mpi_comm_executor.hpp>
#include <mpi4cxx/futures/mpi_pool_executor.hpp>
#include <mpi4cxx/futures/options.hpp>
#include <mpi4cxx/futures/pool.hpp>
#include <mpi4cxx/futures/results.hpp>
#include <mpi4cxx/futures/scattered.hpp>
#include <mpi4cxx/futures/timeout.hpp>
#include <mpi4cxx/futures/worker_view.hpp>
