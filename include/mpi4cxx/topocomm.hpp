#pragma once

#include <mpi4cxx/intracomm.hpp>

namespace mpi4cxx {

/// An intracommunicator whose processes have neighbours (MPI-4.0, 8). Base of the topologies.
class MPI4CXX_API Topocomm : public detail::Duplicable<Topocomm, Intracomm> {
public:
    static constexpr auto comm_class = detail::CommClass::topocomm;

    Topocomm() noexcept = default;
    using Duplicable::Duplicable;
};

}  // namespace mpi4cxx
