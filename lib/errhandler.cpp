#include <mpi4cxx/errhandler.hpp>

#include <mpi4cxx/comm.hpp>

#include "finalize.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <exception>
#include <mutex>
#include <string>
#include <utility>

// The MPI calls an error handler with nothing that says which it is, and MPICH 4.0 can be asked nothing meanwhile. So each takes one of a
// fixed number of callbacks for itself, as long as it lives: until its last Errhandler goes, and the last communicator that it is set on,
// which has it as an attribute.

namespace mpi4cxx {

using detail::call;
using detail::get;
using detail::handle_traits;
using detail::place_of;

const Errhandler ERRHANDLER_NULL;
const Errhandler ERRORS_RETURN = Errhandler::borrow(MPI_ERRORS_RETURN);
const Errhandler ERRORS_ABORT = Errhandler::borrow(detail::errors_abort);
const Errhandler ERRORS_ARE_FATAL = Errhandler::borrow(MPI_ERRORS_ARE_FATAL);

namespace {

struct Installed {
    MPI_Errhandler raw;
    std::shared_ptr<detail::ErrorFunction> function;
};

// Never freed: it is of use as long as the MPI.
template <class Class> const Keyval<Class, Installed>& installed_key() {
    static const auto& key = *new Keyval<Class, Installed>(Class::template Create_keyval<Installed>(DUP_FN));
    return key;
}

constexpr std::size_t callbacks = 256;
std::array<std::weak_ptr<detail::ErrorFunction>, callbacks> taken;
std::mutex mutex;

std::shared_ptr<detail::ErrorFunction> function_of(std::size_t slot) {
    const std::lock_guard lock(mutex);
    return taken[slot].lock();
}

std::size_t take_slot(const std::shared_ptr<detail::ErrorFunction>& function, At at) {
    const std::lock_guard lock(mutex);
    const auto slot = std::find_if(taken.begin(), taken.end(), [](const auto& other) { return other.expired(); });
    if (slot == taken.end())
        throw Exception(MPI_ERR_OTHER, "MPI_Comm_create_errhandler", "more than " + std::to_string(callbacks) + " error handlers at once", at);
    *slot = function;
    return static_cast<std::size_t>(slot - taken.begin());
}

void handle_error(std::size_t slot, const void* raw, int code) noexcept {
    try {
        const auto function = function_of(slot);
        if (function == nullptr)
            detail::abort_job("an error handler is on a communicator that C has made, and gone everywhere else");
        function->call(raw, code);
    } catch (const std::exception& e) {
        detail::abort_job((std::string("exception in an error handler: ") + e.what()).c_str());
    } catch (...) {
        detail::abort_job("exception in an error handler");
    }
}

template <class Class, std::size_t Slot> void on_error(typename handle_traits<Class>::raw_type* raw, int* code, ...) {
    handle_error(Slot, raw, *code);
}

template <class Class, std::size_t... Slot> constexpr auto callback_table(std::index_sequence<Slot...>) {
    return std::array{&on_error<Class, Slot>...};
}
template <class Class> constexpr auto table = callback_table<Class>(std::make_index_sequence<callbacks>{});

}  // namespace

template <class Class> Errhandler ErrorHandling<Class>::create(std::shared_ptr<detail::ErrorFunction> function, At at) {
    const auto callback = table<Class>[take_slot(function, at)];
    Errhandler result = Errhandler::take(get<handle_traits<Class>::create_errhandler>(callback, at));
    result.function_ = std::move(function);
    return result;
}

template <class Class> Errhandler ErrorHandling<Class>::Get_errhandler(At at) const {
    const auto& self = static_cast<const Class&>(*this);
    const MPI_Errhandler raw = get<handle_traits<Class>::get_errhandler>(self.handle(), place_of(self, at));
    Errhandler result = Errhandler::take(raw);  // also of a predefined one, of which the MPI counts its users
    if (const Installed* installed = self.Get_attr(installed_key<Class>(), at); installed != nullptr && installed->raw == raw)
        result.function_ = installed->function;
    return result;
}

template <class Class> void ErrorHandling<Class>::Set_errhandler(const Errhandler& errhandler, At at) const {
    const auto& self = static_cast<const Class&>(*this);
    if (errhandler.function_)
        self.Set_attr(installed_key<Class>(), {errhandler.handle(), errhandler.function_}, at);
    call<handle_traits<Class>::set_errhandler>(self.handle(), errhandler.handle(), place_of(self, at));
    if (!errhandler.function_ && self.Get_attr(installed_key<Class>(), at) != nullptr)
        self.Delete_attr(installed_key<Class>(), at);
}

template <class Class> void ErrorHandling<Class>::Call_errhandler(int errorcode, At at) const {
    const auto& self = static_cast<const Class&>(*this);
    call<handle_traits<Class>::call_errhandler>(self.handle(), errorcode, place_of(self, at));
}

template class ErrorHandling<Comm>;

}  // namespace mpi4cxx
