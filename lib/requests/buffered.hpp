// The functions of the template Buffered, for the sources of the classes that have attached buffers.
#pragma once

#include <mpi4cxx/buffered.hpp>
#include <mpi4cxx/handle.hpp>

#include "handles/attached_buffer.hpp"

namespace MPI4CXX {

template <class Class> void Buffered<Class>::Attach_buffer(memory buf, At at) const {
    const auto& self = static_cast<const Class&>(*this);
    detail::call<detail::handle_traits<Class>::attach_buffer>(self.handle(), buf.data(), static_cast<Count>(buf.size()), detail::place_of(self, at));
}

template <class Class> void Buffered<Class>::Attach_buffer(BufferAutomatic, At at) const {
    constexpr auto attach = detail::handle_traits<Class>::attach_buffer;
    const auto& self = static_cast<const Class&>(*this);
    const detail::Place where = detail::place_of(self, at);
    detail::call<attach>(self.handle(), detail::automatic_buffer(detail::name_of<attach>(), where), Count{0}, where);
}

template <class Class> memory Buffered<Class>::Detach_buffer(At at) const {
    const auto& self = static_cast<const Class&>(*this);
    void* address = nullptr;
    Count size = 0;
    detail::call<detail::handle_traits<Class>::detach_buffer>(self.handle(), &address, &size, detail::place_of(self, at));
    return detail::detached(address, size);
}

template <class Class> void Buffered<Class>::Flush_buffer(At at) const {
    const auto& self = static_cast<const Class&>(*this);
    detail::call<detail::handle_traits<Class>::flush_buffer>(self.handle(), detail::place_of(self, at));
}

template <class Class> Request Buffered<Class>::Iflush_buffer(At at) const {
    const auto& self = static_cast<const Class&>(*this);
    return Request::take(detail::get<detail::handle_traits<Class>::iflush_buffer>(self.handle(), detail::place_of(self, at)));
}

}  // namespace MPI4CXX
