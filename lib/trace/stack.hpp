#pragma once

#include <pthread.h>
#include <string>

namespace mpi4cxx::trace {

/// Once, before stacks are asked for.
void prepare_stacks();

/// Where a thread of this process is in the user's program: "solver.cpp:12 in exchange()"; without debugging information
/// the function alone. It interrupts the thread for a moment.
std::string place_of(pthread_t thread);

/// Whether a thread, by the kernel's number, computes: one that sleeps must not be interrupted, for its sleep would end.
bool is_computing(int task);

}  // namespace mpi4cxx::trace
