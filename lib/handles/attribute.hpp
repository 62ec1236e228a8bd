// The functions of the template Attributes, for the sources of the classes that have attributes.
#pragma once

#include <mpi4cxx/attribute.hpp>

#include "runtime/callback.hpp"

#include <memory>
#include <optional>
#include <type_traits>

namespace MPI4CXX {

namespace detail {

template <class Class> int copy_attribute(typename handle_traits<Class>::raw_type owner, int, void*, void* value, void* copy, int* flag) {
    return code_of([&] {
        auto copied = static_cast<const Attribute<Class>*>(value)->copy(Class::borrow(owner));
        *flag = copied != nullptr ? 1 : 0;
        *static_cast<void**>(copy) = copied.release();
    });
}

/// The last attribute of a communicator that this thread could not delete. MPI_Comm_free deletes the library's own attribute last, and MPICH forgets
/// the errors of those before, so the deletion of that one reports them.
struct FailedDeletion {
    MPI_Comm comm = MPI_COMM_NULL;
    int code = MPI_SUCCESS;
};
inline thread_local FailedDeletion failed_deletion;

/// Forgets the failed deletion at the end of a call that deletes one attribute, and reports it itself.
struct OneDeletion {
    ~OneDeletion() { failed_deletion = {}; }
};

// If `remove` throws, the attribute stays set, so it stays in memory.
template <class Class> int delete_attribute(typename handle_traits<Class>::raw_type owner, int, void* value, void*) {
    const int code = code_of([&] {
        auto* const attribute = static_cast<Attribute<Class>*>(value);
        attribute->remove(Class::borrow(owner));
        delete attribute;
    });
    if constexpr (std::is_same_v<Class, Comm>)
        if (code != MPI_SUCCESS)
            failed_deletion = {owner, code};
    return code;
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
    const detail::OneDeletion of_the_value_before;
    detail::call<detail::handle_traits<Class>::set_attr>(self.handle(), keyval, value, detail::place_of(self, at));
}

template <class Class> void Attributes<Class>::set_attr(int keyval, std::unique_ptr<detail::Attribute<Class>> attribute, At at) const {
    Set_attr(keyval, attribute.get(), at);
    (void)attribute.release();  // MPI owns it until it is deleted
}

template <class Class> void Attributes<Class>::Delete_attr(int keyval, At at) const {
    const auto& self = static_cast<const Class&>(*this);
    const detail::OneDeletion deletion;
    detail::call<detail::handle_traits<Class>::delete_attr>(self.handle(), keyval, detail::place_of(self, at));
}

}  // namespace MPI4CXX
