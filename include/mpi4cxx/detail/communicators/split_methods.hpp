// The methods that make a communicator of some of the processes, written once. An intracommunicator, whatever its topology, makes intracommunicators;
// an intercommunicator makes intercommunicators.
#pragma once

#include <mpi4cxx/detail/communicators/dup_methods.hpp>
#include <mpi4cxx/group.hpp>

namespace MPI4CXX::detail {

// These make a communicator from that of `where`.
MPI4CXX_API MPI_Comm create(const Group& group, Place where);
MPI4CXX_API MPI_Comm split(int color, int key, Place where);
MPI4CXX_API MPI_Comm shrink(Place where);
MPI4CXX_API MPI_Comm split_type(int split_type, int key, const Info& info, Place where);

template <class Class, class Base> class SplitMethods : public DupMethods<Class, Base> {
public:
    SplitMethods() noexcept = default;

    /// Return a communicator of the processes of `group`, which all of them pass alike; null on the other processes.
    /// Calls MPI_Comm_create (MPI-4.0, 7.4.2). Collective.
    [[nodiscard]] Class Create(const Group& group, At at = {}) const { return Class::take(create(group, {at, this->address()}), at); }
    /// Return a communicator of the processes that give the same `color`, in the order of `key`; null where `color` is UNDEFINED.
    /// Calls MPI_Comm_split (MPI-4.0, 7.4.2). Collective.
    [[nodiscard]] Class Split(int color = 0, int key = 0, At at = {}) const { return Class::take(split(color, key, {at, this->address()}), at); }
    /// Return a communicator of the processes that share what `split_type`, a COMM_TYPE_ constant, names: memory, or a part of the machine; null
    /// where `split_type` is UNDEFINED. Calls MPI_Comm_split_type (MPI-4.0, 7.4.2). Collective.
    [[nodiscard]] Class Split_type(int split_type, int key = 0, const Info& info = INFO_NULL, At at = {}) const {
        return Class::take(detail::split_type(split_type, key, info, {at, this->address()}), at);
    }
    /// Return a communicator of the processes that have not failed. Calls MPIX_Comm_shrink, see Comm::Revoke. Collective.
    [[nodiscard]] Class Shrink(At at = {}) const { return Class::take(shrink({at, this->address()}), at); }
    /// Start a Shrink: `wait` and `test` return the communicator. Calls MPIX_Comm_ishrink. Collective.
    [[nodiscard]] ObjectRequest<Class> Ishrink(At at = {}) const { return pending<Class>(PendingComm::By::shrink, Place(at, this->address())); }

protected:
    using DupMethods<Class, Base>::DupMethods;
};

}  // namespace MPI4CXX::detail
