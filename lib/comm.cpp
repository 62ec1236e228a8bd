#include <mpi4cxx/comm.hpp>

#include "finalize.hpp"

namespace mpi4cxx {

using detail::call;
using detail::get;

MPI_Comm Comm::owned(MPI_Comm raw, At at) {
    if (raw != MPI_COMM_NULL)
        call<MPI_Comm_set_errhandler>(raw, MPI_ERRORS_RETURN, at);
    return raw;
}

Group Comm::Get_group(At at) const { return Group::take(get<MPI_Comm_group>(handle(), on(at))); }
bool Comm::Is_inter(At at) const { return get<MPI_Comm_test_inter>(handle(), on(at)) != 0; }
int Comm::Get_topology(At at) const { return get<MPI_Topo_test>(handle(), on(at)); }
Comparison Comm::Compare(const Comm& a, const Comm& b, At at) {
    return static_cast<Comparison>(get<MPI_Comm_compare>(a.handle(), b.handle(), a.on(at)));
}

void Comm::Abort(int errorcode) const { detail::abort_after_output(handle(), errorcode); }

}  // namespace mpi4cxx
