// The functions of the template Named, for the sources of the classes that have names.
#pragma once

#include <mpi4cxx/named.hpp>

#include "runtime/text.hpp"

#include <string>

namespace MPI4CXX {

template <class Class> std::string Named<Class>::Get_name(At at) const {
    const auto& self = static_cast<const Class&>(*this);
    return detail::text<detail::handle_traits<Class>::get_name, MPI_MAX_OBJECT_NAME>(detail::place_of(self, at), self.handle());
}

template <class Class> void Named<Class>::Set_name(const std::string& name, At at) const {
    const auto& self = static_cast<const Class&>(*this);
    detail::call<detail::handle_traits<Class>::set_name>(self.handle(), detail::whole(name, "the name", at), detail::place_of(self, at));
}

}  // namespace MPI4CXX
