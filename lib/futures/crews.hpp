#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <memory>

namespace MPI4CXX::futures::detail {

class Crew;

/// All crews of this process are driven by whoever waits, and by a thread where nobody does.
void enrol(const std::shared_ptr<Crew>& crew);
void discharge(const Crew& crew);
/// There is something to drive.
void wake_driver();

}  // namespace MPI4CXX::futures::detail
