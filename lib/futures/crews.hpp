#pragma once

#include <memory>

namespace mpi4cxx::futures::detail {

class Crew;

/// All crews of this process are driven by whoever waits, and by a thread where nobody does.
void enrol(const std::shared_ptr<Crew>& crew);
void discharge(const Crew& crew);
/// There is something to drive.
void wake_driver();

}  // namespace mpi4cxx::futures::detail
