// Where threads are in the program.
#pragma once

#include <pthread.h>
#include <span>
#include <string>

namespace mpi4cxx::trace {

/// Prepares for place_of(); call it once before.
void prepare_stacks();

/// Returns where a thread of this process is in the user's program: "solver.cpp:12 in exchange()"; without debugging information only the function.
/// Interrupts the thread for a moment.
std::string place_of(pthread_t thread);

/// The same of a stack that the thread took itself by backtrace().
std::string place_of(std::span<void* const> frames);

/// Returns whether a thread is running, by its kernel thread id. A sleeping thread must not be interrupted, because its sleep would end.
bool is_computing(int task);

}  // namespace mpi4cxx::trace
