// The functions of the template Attributes, for the sources of the classes that have attributes.
#pragma once

#include <mpi4cxx/attribute.hpp>

#include "runtime/callback.hpp"

#include <memory>
#include <optional>

namespace MPI4CXX {

namespace detail {

template <class Class> int copy_attribute(typename handle_traits<Class>::raw_type owner, int, void*, void* value, void* copy, int* flag) {
    return code_of([&] {
        auto copied = static_cast<const Attribute<Class>*>(value)->copy(Class::borrow(owner));
        *flag = copied != nullptr ? 1 : 0;
        *static_cast<void**>(copy) = copied.release();
    });
}

// If `remove` throws, the attribute stays set, so it stays in memory.
template <class Class> int delete_attribute(typename handle_traits<Class>::raw_type owner, int, void* value, void*) {
    return code_of([&] {
        auto* const attribute = static_cast<Attribute<Class>*>(value);
        attribute->remove(Class::borrow(owner));
        delete attribute;
    });
}

}  // namespace detail

template <class Class> int Attributes<Class>::create_keyval(At at) {
    int keyval = MPI_KEYVAL_INVALID;
    detail::call<detail::handle_traits<Class>::create_keyval>(detail::copy_attribute<Class>, detail::delete_attribute<Class>, &keyval, nullptr, at);
    return keyval;
}

template <class Class> std::optional<void*> Attributes<Class>::Get_attr(int keyval, At at) const {
    const auto& self = static_cast<const Class&>(*this);
    void* value = nullptr;
    int flag = 0;
    detail::call<detail::handle_traits<Class>::get_attr>(self.handle(), keyval, &value, &flag, detail::place_of(self, at));
    return flag != 0 ? std::optional(value) : std::nullopt;
}

template <class Class> void Attributes<Class>::Set_attr(int keyval, void* value, At at) const {
    const auto& self = static_cast<const Class&>(*this);
    detail::call<detail::handle_traits<Class>::set_attr>(self.handle(), keyval, value, detail::place_of(self, at));
}

template <class Class> void Attributes<Class>::set_attr(int keyval, std::unique_ptr<detail::Attribute<Class>> attribute, At at) const {
    Set_attr(keyval, attribute.get(), at);
    (void)attribute.release();  // MPI owns it until it is deleted
}

template <class Class> void Attributes<Class>::Delete_attr(int keyval, At at) const {
    const auto& self = static_cast<const Class&>(*this);
    detail::call<detail::handle_traits<Class>::delete_attr>(self.handle(), keyval, detail::place_of(self, at));
}

}  // namespace MPI4CXX
