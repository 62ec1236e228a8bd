#include <mpi4cxx/attribute.hpp>

#include <mpi4cxx/comm.hpp>

#include "callback.hpp"

namespace mpi4cxx {

using detail::call;
using detail::place_of;

namespace {

template <class Class> using raw = typename detail::handle_traits<Class>::raw_type;

template <class Class> int copy_attribute(raw<Class> owner, int, void*, void* value, void* copy, int* flag) {
    return detail::code_of([&] {
        auto copied = static_cast<const detail::Attribute<Class>*>(value)->copy(Class::borrow(owner));
        *flag = copied != nullptr ? 1 : 0;
        *static_cast<void**>(copy) = copied.release();
    });
}

// An attribute that cannot be deleted stays set, so it stays in memory.
template <class Class> int delete_attribute(raw<Class> owner, int, void* value, void*) {
    return detail::code_of([&] {
        auto* const attribute = static_cast<detail::Attribute<Class>*>(value);
        attribute->remove(Class::borrow(owner));
        delete attribute;
    });
}

}  // namespace

template <class Class> int Attributes<Class>::create_keyval(At at) {
    int keyval = MPI_KEYVAL_INVALID;
    call<detail::handle_traits<Class>::create_keyval>(copy_attribute<Class>, delete_attribute<Class>, &keyval, nullptr, at);
    return keyval;
}

template <class Class> std::optional<void*> Attributes<Class>::Get_attr(int keyval, At at) const {
    const auto& self = static_cast<const Class&>(*this);
    void* value = nullptr;
    int flag = 0;
    call<detail::handle_traits<Class>::get_attr>(self.handle(), keyval, &value, &flag, place_of(self, at));
    return flag != 0 ? std::optional(value) : std::nullopt;
}

template <class Class> void Attributes<Class>::Set_attr(int keyval, void* value, At at) const {
    const auto& self = static_cast<const Class&>(*this);
    call<detail::handle_traits<Class>::set_attr>(self.handle(), keyval, value, place_of(self, at));
}

template <class Class> void Attributes<Class>::set_attr(int keyval, std::unique_ptr<detail::Attribute<Class>> attribute, At at) const {
    Set_attr(keyval, attribute.get(), at);
    (void)attribute.release();  // now the MPI's, until it is deleted
}

template <class Class> void Attributes<Class>::Delete_attr(int keyval, At at) const {
    const auto& self = static_cast<const Class&>(*this);
    call<detail::handle_traits<Class>::delete_attr>(self.handle(), keyval, place_of(self, at));
}

template class Attributes<Comm>;
template class Attributes<Datatype>;
template class Handle<detail::AnyKeyval<Comm>>;
template class Handle<detail::AnyKeyval<Datatype>>;

}  // namespace mpi4cxx
