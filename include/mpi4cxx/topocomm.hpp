#pragma once

#include <mpi4cxx/intracomm.hpp>

namespace mpi4cxx {

/// An intracommunicator whose processes have neighbours (MPI-4.0, 8). Base of the topologies.
class MPI4CXX_API Topocomm : public Intracomm {
public:
    Topocomm() noexcept = default;

protected:
    using Intracomm::Intracomm;
};

}  // namespace mpi4cxx
