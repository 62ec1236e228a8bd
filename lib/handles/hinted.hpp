// The functions of the template Hinted, for the sources of the classes that take infos.
#pragma once

#include <mpi4cxx/info.hpp>

namespace MPI4CXX {

template <class Class> void Hinted<Class>::Set_info(const Info& info, At at) const {
    const auto& self = static_cast<const Class&>(*this);
    detail::call<detail::handle_traits<Class>::set_info>(self.handle(), info.handle(), detail::place_of(self, at));
}

template <class Class> Info Hinted<Class>::Get_info(At at) const {
    const auto& self = static_cast<const Class&>(*this);
    return Info::take(detail::get<detail::handle_traits<Class>::get_info>(self.handle(), detail::place_of(self, at)));
}

}  // namespace MPI4CXX
