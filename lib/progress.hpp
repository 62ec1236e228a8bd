#pragma once

#include <mpi4cxx/request.hpp>

#include <memory>

namespace mpi4cxx::detail {

// Operations on objects take several messages. A pending one goes on whenever this process is in the library: every
// blocking call looks whether there are any, and if so runs as its nonblocking twin and drives them while it waits.

/// Drives `operation` from now on until it is complete. It stays its owner's.
void watch(Operation& operation);
/// Takes it from the list, where it is no longer once complete.
void unwatch(Operation& operation);
/// Drives all one step.
void drive();
/// Tells whether `operation` is complete; if not, drives it and all others one step.
bool complete_or_drive(Operation& operation);
/// Tries to cancel it; it must still be completed.
void cancel(Operation& operation);
/// Keeps an operation that nobody waits for, until it is complete or MPI is finalized.
void adopt(std::unique_ptr<Operation> operation);
/// The same from within an Operation's `advance`, where the lock is held.
void keep(std::unique_ptr<Operation> operation);

}  // namespace mpi4cxx::detail
