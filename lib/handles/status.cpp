#include <mpi4cxx/status.hpp>

namespace MPI4CXX {

using detail::call;
using detail::get;

Status Status::f2c(const std::array<Fint, F_STATUS_SIZE>& fortran, At at) { return Status(get<MPI_Status_f2c>(fortran.data(), at)); }

std::array<Fint, F_STATUS_SIZE> Status::c2f(At at) const {
    std::array<Fint, F_STATUS_SIZE> result{};
    call<MPI_Status_c2f>(&raw_, result.data(), at);
    return result;
}

Count Status::Get_count(const Datatype& datatype, At at) const { return get<MPI_Get_count>(&raw_, datatype.handle(), at); }
Count Status::Get_elements(const Datatype& datatype, At at) const { return get<MPI_Get_elements_x>(&raw_, datatype.handle(), at); }
void Status::Set_elements(const Datatype& datatype, Count count, At at) { call<MPI_Status_set_elements_x>(&raw_, datatype.handle(), count, at); }
bool Status::Is_cancelled(At at) const { return get<MPI_Test_cancelled>(&raw_, at) != 0; }
void Status::Set_cancelled(bool flag, At at) { call<MPI_Status_set_cancelled>(&raw_, flag ? 1 : 0, at); }

}  // namespace MPI4CXX
