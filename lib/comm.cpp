#include <mpi4cxx/comm.hpp>

#include "finalize.hpp"
#include "text.hpp"

namespace mpi4cxx {

using detail::call;
using detail::get;

MPI_Comm Comm::owned(MPI_Comm raw, At at) {
    if (raw != MPI_COMM_NULL)
        call<MPI_Comm_set_errhandler>(raw, MPI_ERRORS_RETURN, at);
    return raw;
}

std::string Comm::Get_name(At at) const { return detail::text<MPI_Comm_get_name, MPI_MAX_OBJECT_NAME>(on(at), handle()); }
void Comm::Set_name(const std::string& name, At at) { call<MPI_Comm_set_name>(handle(), name.c_str(), on(at)); }
bool Comm::Is_inter(At at) const { return get<MPI_Comm_test_inter>(handle(), on(at)) != 0; }
int Comm::Get_topology(At at) const { return get<MPI_Topo_test>(handle(), on(at)); }
Comparison Comm::Compare(const Comm& a, const Comm& b, At at) {
    return static_cast<Comparison>(get<MPI_Comm_compare>(a.handle(), b.handle(), a.on(at)));
}

void Comm::Abort(int errorcode) const { detail::abort_after_output(handle(), errorcode); }

}  // namespace mpi4cxx
