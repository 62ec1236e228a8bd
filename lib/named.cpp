#include <mpi4cxx/named.hpp>

#include <mpi4cxx/comm.hpp>

#include "text.hpp"

namespace mpi4cxx {

using detail::handle_traits;
using detail::place_of;

template <class Class> std::string Named<Class>::Get_name(At at) const {
    const auto& self = static_cast<const Class&>(*this);
    return detail::text<handle_traits<Class>::get_name, MPI_MAX_OBJECT_NAME>(place_of(self, at), self.handle());
}

template <class Class> void Named<Class>::Set_name(const std::string& name, At at) const {
    const auto& self = static_cast<const Class&>(*this);
    detail::call<handle_traits<Class>::set_name>(self.handle(), name.c_str(), place_of(self, at));
}

template class Named<Comm>;
template class Named<Datatype>;

}  // namespace mpi4cxx
