#include <mpi4cxx/comm.hpp>

#include "finalize.hpp"
#include "text.hpp"

namespace mpi4cxx {

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

std::string Comm::Get_name(At at) const { return detail::text<MPI_Comm_get_name, MPI_MAX_OBJECT_NAME>(on(at), handle()); }
void Comm::Set_name(const std::string& name, At at) { call<MPI_Comm_set_name>(handle(), name.c_str(), on(at)); }
bool Comm::is_topo(At at) const { return !Is_inter(at) && Get_topology(at) != UNDEFINED; }
bool Comm::Is_inter(At at) const { return get<MPI_Comm_test_inter>(handle(), on(at)) != 0; }
int Comm::Get_topology(At at) const { return get<MPI_Topo_test>(handle(), on(at)); }
Comparison Comm::Compare(const Comm& a, const Comm& b, At at) {
    return static_cast<Comparison>(get<MPI_Comm_compare>(a.handle(), b.handle(), a.on(at)));
}

void Comm::Abort(int errorcode) const { detail::abort_after_output(handle(), errorcode); }

}  // namespace mpi4cxx
