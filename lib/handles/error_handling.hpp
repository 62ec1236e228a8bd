// The functions of the template ErrorHandling, for the sources of the classes that have error handlers.
// MPI does not say which error handler it calls, and MPICH 4.0 cannot be asked anything meanwhile. So each error handler takes one of a fixed number
// of callbacks for itself while it lives. It lives until its last Errhandler is gone and the last object on which it is set. A communicator or a
// window keeps it as an attribute, a file or a session in a table.
#pragma once

#include <mpi4cxx/attribute.hpp>
#include <mpi4cxx/errhandler.hpp>

#include "runtime/finalize.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <utility>

namespace MPI4CXX {

namespace detail {

struct Installed {
    MPI_Errhandler raw;
    std::shared_ptr<ErrorFunction> function;
};

/// Where an object keeps the function of the error handler that is set on it: in an attribute.
template <class Class> struct InstalledHandler {
    static void keep(const Class& self, const Installed& handler, At at) { self.Set_attr(key(), handler, at); }
    /// Returns the function if the handler is `raw`, or null.
    static std::shared_ptr<ErrorFunction> find(const Class& self, MPI_Errhandler raw, At at) {
        const Installed* const installed = self.Get_attr(key(), at);
        return installed != nullptr && installed->raw == raw ? installed->function : nullptr;
    }
    static void forget(const Class& self, At at) {
        if (self.Get_attr(key(), at) != nullptr)
            self.Delete_attr(key(), at);
    }

private:
    // Never freed: it is in use as long as MPI.
    static const Keyval<Class, Installed>& key() {
        static const auto& made = *new Keyval<Class, Installed>(Class::template Create_keyval<Installed>(DUP_FN));
        return made;
    }
};

inline constexpr std::size_t error_callbacks = 256;
/// Takes a callback that calls `function` while `function` lives, and returns its number.
std::size_t take_slot(const std::shared_ptr<ErrorFunction>& function, At at);
/// Calls the function of callback `slot` for the object whose handle `raw` points to.
void handle_error(std::size_t slot, const void* raw, int code) noexcept;

template <class Class, std::size_t Slot> void on_error(typename handle_traits<Class>::raw_type* raw, int* code, ...) {
    handle_error(Slot, raw, *code);
}

template <class Class, std::size_t... Slot> constexpr auto error_callback_table(std::index_sequence<Slot...>) {
    return std::array{&on_error<Class, Slot>...};
}
template <class Class> inline constexpr auto error_callback_of = error_callback_table<Class>(std::make_index_sequence<error_callbacks>{});

}  // namespace detail

template <class Class> Errhandler ErrorHandling<Class>::create(std::shared_ptr<detail::ErrorFunction> function, At at) {
    const auto callback = detail::error_callback_of<Class>[detail::take_slot(function, at)];
    Errhandler result = Errhandler::take(detail::get<detail::handle_traits<Class>::create_errhandler>(callback, at));
    result.function_ = std::move(function);
    return result;
}

template <class Class> Errhandler ErrorHandling<Class>::Get_errhandler(At at) const {
    const auto& self = static_cast<const Class&>(*this);
    const MPI_Errhandler raw = detail::get<detail::handle_traits<Class>::get_errhandler>(self.handle(), detail::place_of(self, at));
    Errhandler result = Errhandler::take(raw);  // also a predefined one: MPI counts its users
    result.function_ = detail::InstalledHandler<Class>::find(self, raw, at);
    return result;
}

template <class Class> void ErrorHandling<Class>::Set_errhandler(const Errhandler& errhandler, At at) const {
    const auto& self = static_cast<const Class&>(*this);
    if (errhandler.function_) {
        detail::find_lost_codes();
        detail::InstalledHandler<Class>::keep(self, {errhandler.handle(), errhandler.function_}, at);
    }
    detail::call<detail::handle_traits<Class>::set_errhandler>(self.handle(), errhandler.handle(), detail::place_of(self, at));
    if (!errhandler.function_)
        detail::InstalledHandler<Class>::forget(self, at);
}

template <class Class> void ErrorHandling<Class>::Call_errhandler(int errorcode, At at) const {
    const auto& self = static_cast<const Class&>(*this);
    detail::call<detail::handle_traits<Class>::call_errhandler>(self.handle(), errorcode, detail::place_of(self, at));
}

}  // namespace MPI4CXX
