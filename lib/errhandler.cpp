#include <mpi4cxx/errhandler.hpp>

#include <mpi4cxx/comm.hpp>

#include "finalize.hpp"

#include <exception>
#include <string>

// The MPI calls an error handler with nothing that says which it is, so all are one C function. Which one is meant is an attribute of
// the communicator, which duplicates of it get as they get its error handler.

namespace mpi4cxx {

using detail::call;
using detail::get;
using detail::handle_traits;
using detail::place_of;

const Errhandler ERRHANDLER_NULL;
const Errhandler ERRORS_RETURN = Errhandler::borrow(MPI_ERRORS_RETURN);
const Errhandler ERRORS_ABORT = Errhandler::borrow(MPI_ERRORS_ABORT);
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

template <class Class> void on_error(typename handle_traits<Class>::raw_type* raw, int* code, ...) noexcept {
    try {
        const Installed* installed = Class::borrow(*raw).Get_attr(installed_key<Class>());
        if (installed == nullptr)
            detail::abort_job(("an error handler of mpi4cxx on what it was not set on by mpi4cxx: " + Get_error_string(*code)).c_str());
        const auto function = installed->function;  // it may set another
        function->call(raw, *code);
    } catch (const std::exception& e) {
        detail::abort_job((std::string("exception in an error handler: ") + e.what()).c_str());
    } catch (...) {
        detail::abort_job("exception in an error handler");
    }
}

}  // namespace

template <class Class> Errhandler ErrorHandling<Class>::create(std::shared_ptr<detail::ErrorFunction> function, At at) {
    Errhandler result = Errhandler::take(get<handle_traits<Class>::create_errhandler>(on_error<Class>, at));
    result.function_ = std::move(function);
    return result;
}

template <class Class> Errhandler ErrorHandling<Class>::Get_errhandler(At at) const {
    const auto& self = static_cast<const Class&>(*this);
    const MPI_Errhandler raw = get<handle_traits<Class>::get_errhandler>(self.handle(), place_of(self, at));
    Errhandler result = handle_traits<Errhandler>::is_predefined(raw) ? Errhandler::borrow(raw) : Errhandler::take(raw);
    if (const Installed* installed = self.Get_attr(installed_key<Class>(), at); installed != nullptr && installed->raw == raw)
        result.function_ = installed->function;
    return result;
}

template <class Class> void ErrorHandling<Class>::Set_errhandler(const Errhandler& errhandler, At at) const {
    const auto& self = static_cast<const Class&>(*this);
    if (errhandler.function_)
        self.Set_attr(installed_key<Class>(), {errhandler.handle(), errhandler.function_}, at);
    call<handle_traits<Class>::set_errhandler>(self.handle(), errhandler.handle(), place_of(self, at));
}

template <class Class> void ErrorHandling<Class>::Call_errhandler(int errorcode, At at) const {
    const auto& self = static_cast<const Class&>(*this);
    call<handle_traits<Class>::call_errhandler>(self.handle(), errorcode, place_of(self, at));
}

template class ErrorHandling<Comm>;

}  // namespace mpi4cxx
