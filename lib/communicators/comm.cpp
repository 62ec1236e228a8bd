// The methods of Comm that are neither point-to-point nor collective communication.
#include <mpi4cxx/comm.hpp>

#include "communicators/outside.hpp"
#include "communicators/session_members.hpp"
#include "handles/attribute.hpp"
#include "handles/error_handling.hpp"
#include "handles/hinted.hpp"
#include "handles/named.hpp"
#include "requests/buffered.hpp"
#include "runtime/finalize.hpp"

#include <optional>
#include <string>
#include <utility>

namespace MPI4CXX {

using detail::call;
using detail::get;

namespace {

using detail::CommClass;

CommClass class_of(const Comm& comm, At at) {
    if (comm.Is_inter(at))
        return CommClass::intercomm;
    switch (comm.Get_topology(at)) {
    case CART: return CommClass::cartcomm;
    case GRAPH: return CommClass::graphcomm;
    case DIST_GRAPH: return CommClass::distgraphcomm;
    default: return CommClass::intracomm;
    }
}

/// Throws if the launcher has not been asked for fault tolerance. Open MPI 5 revokes a communicator then too, but Shrink waits for ever.
void need_fault_tolerance(detail::Place where) {
    const int* value = nullptr;
    int found = 0;
    if (MPIX_FT != MPI_KEYVAL_INVALID && detail::has_world())
        call<MPI_Comm_get_attr>(MPI_COMM_WORLD, MPIX_FT, &value, &found, where);
    if (found != 0 && *value == 0)
        throw Exception(MPI_ERR_UNSUPPORTED_OPERATION, "MPIX_Comm_revoke",
                        "not supported by this MPI in this job: start it with `mpiexec --with-ft ulfm`", where);
}

bool fits(CommClass actual, CommClass expected) {
    if (expected == CommClass::intracomm)
        return actual != CommClass::intercomm;
    if (expected == CommClass::topocomm)
        return actual >= CommClass::cartcomm;
    return actual == expected;
}

const char* name_of(CommClass comm_class) {
    static constexpr const char* names[] = {"Intracomm", "Intercomm", "Topocomm", "Cartcomm", "Graphcomm", "Distgraphcomm"};
    return names[static_cast<int>(comm_class)];
}

}  // namespace

void Comm::take_over(Comm& comm, CommClass expected, At at) {
    if (const CommClass actual = comm.is_null() ? expected : class_of(comm, at); !fits(actual, expected))
        detail::misuse({at, name_of(expected)}, std::string("the communicator is of class ") + name_of(actual));
    Handle::operator=(std::move(comm));
}

Group Comm::Get_group(At at) const { return Group::take(get<MPI_Comm_group>(handle(), on(at)), detail::session_of(handle())); }
bool Comm::is_topo(At at) const { return !Is_inter(at) && Get_topology(at) != UNDEFINED; }
bool Comm::Is_inter(At at) const { return get<MPI_Comm_test_inter>(handle(), on(at)) != 0; }
int Comm::Get_topology(At at) const { return get<MPI_Topo_test>(handle(), on(at)); }
Comparison Comm::Compare(const Comm& a, const Comm& b, At at) {
    return static_cast<Comparison>(get<MPI_Comm_compare>(a.handle(), b.handle(), a.on(at)));
}

void Comm::Disconnect(At at) {
    if (handle() == MPI_COMM_WORLD || handle() == MPI_COMM_SELF)  // MPICH 4.0 frees these, and MPI_Finalize ends the job
        detail::refuse_free("MPI_Comm_disconnect", at);
    detail::prepare_disconnect(handle(), on(at));
    free<MPI_Comm_disconnect>(at);
}

void Comm::Revoke(At at) const {
    const detail::Place where = on(at);
    if (!is_null())  // of which the call itself speaks
        need_fault_tolerance(where);
    call<MPIX_Comm_revoke>(handle(), where);
}
bool Comm::Is_revoked(At at) const { return get<MPIX_Comm_is_revoked>(handle(), on(at)) != 0; }
Group Comm::Get_failed(At at) const { return Group::take(get<MPIX_Comm_get_failed>(handle(), on(at))); }
int Comm::Ack_failed(std::optional<int> num_to_ack, At at) const {
    const int number = num_to_ack ? *num_to_ack : Get_size(at);  // Open MPI 5 takes no larger one
    return get<MPIX_Comm_ack_failed>(handle(), number, on(at));
}
int Comm::Agree(int flag, At at) const {
    call<MPIX_Comm_agree>(handle(), &flag, on(at));
    return flag;
}
Request Comm::Iagree(int& flag, At at) const { return Request::take(get<MPIX_Comm_iagree>(handle(), &flag, on(at))); }

void Comm::Abort(int errorcode) const { detail::abort_after_output(handle(), errorcode); }

template class Attributes<Comm>;
template class Buffered<Comm>;
template class ErrorHandling<Comm>;
template class Handle<detail::AnyKeyval<Comm>>;
template class Hinted<Comm>;
template class Named<Comm>;

}  // namespace MPI4CXX
