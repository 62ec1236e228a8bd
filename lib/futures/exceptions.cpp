#include "exceptions.hpp"

#include <mpi4cxx/error.hpp>
#include <mpi4cxx/futures/errors.hpp>

#include <cxxabi.h>

#include <any>
#include <array>
#include <cstdlib>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <system_error>
#include <typeinfo>
#include <variant>

namespace mpi4cxx::futures {

TaskError::~TaskError() = default;

namespace detail {

namespace {

struct Told {  // what travels
    std::string type, message, host;
    int worker = -1, code = 0;
    bool is_standard = false;  // derived from std::exception
    bool is_generic = false;   // the category of a std::system_error
};

std::string with_place(const Told& told) {
    return (told.is_standard ? told.message : "exception of type " + told.type + (told.message.empty() ? "" : ": " + told.message)) +
           " (in a task on worker " + std::to_string(told.worker) + ", " + told.host + ")";
}

TaskError task_error(const Told& told) { return TaskError(told.type, told.message, told.worker, told.host); }

/// An exception of type E that also tells where it comes from.
template <class E> class Remote final : public E, public TaskError {
public:
    template <class... A> explicit Remote(const Told& told, const A&... arguments) : E(arguments...), TaskError(task_error(told)) {}
};
/// Of a type that has no text of its own.
template <class E> class RemoteSilent final : public E, public TaskError {
public:
    explicit RemoteSilent(const Told& told) : TaskError(task_error(told)), what_(with_place(told)) {}
    [[nodiscard]] const char* what() const noexcept override { return what_.c_str(); }

private:
    std::string what_;
};

template <class E> std::exception_ptr with_text(const Told& told) { return std::make_exception_ptr(Remote<E>(told, with_place(told))); }
template <class E> std::exception_ptr silent(const Told& told) { return std::make_exception_ptr(RemoteSilent<E>(told)); }

std::exception_ptr system_error(const Told& told) {
    const std::error_category& category = told.is_generic ? std::generic_category() : std::system_category();
    return std::make_exception_ptr(Remote<std::system_error>(told, std::error_code(told.code, category), with_place(told)));
}
std::exception_ptr mpi_exception(const Told& told) { return std::make_exception_ptr(Remote<Exception>(told, told.code, "", with_place(told))); }

/// Whether the exception that is being handled is an E, or derived from it.
template <class E> bool is_a() {
    try {
        throw;
    } catch (const E&) {
        return true;
    } catch (...) {
        return false;
    }
}

struct Known {
    const std::type_info* type;
    std::exception_ptr (*make)(const Told&);
    bool (*is)();
};

const Known known[] = {
    // what is derived from others first
    {&typeid(std::invalid_argument), with_text<std::invalid_argument>, is_a<std::invalid_argument>},
    {&typeid(std::domain_error), with_text<std::domain_error>, is_a<std::domain_error>},
    {&typeid(std::length_error), with_text<std::length_error>, is_a<std::length_error>},
    {&typeid(std::out_of_range), with_text<std::out_of_range>, is_a<std::out_of_range>},
    {&typeid(std::logic_error), with_text<std::logic_error>, is_a<std::logic_error>},
    {&typeid(std::range_error), with_text<std::range_error>, is_a<std::range_error>},
    {&typeid(std::overflow_error), with_text<std::overflow_error>, is_a<std::overflow_error>},
    {&typeid(std::underflow_error), with_text<std::underflow_error>, is_a<std::underflow_error>},
    {&typeid(std::system_error), system_error, is_a<std::system_error>},
    {&typeid(Exception), mpi_exception, is_a<Exception>},
    {&typeid(std::runtime_error), with_text<std::runtime_error>, is_a<std::runtime_error>},
    {&typeid(std::bad_array_new_length), silent<std::bad_array_new_length>, is_a<std::bad_array_new_length>},
    {&typeid(std::bad_alloc), silent<std::bad_alloc>, is_a<std::bad_alloc>},
    {&typeid(std::bad_any_cast), silent<std::bad_any_cast>, is_a<std::bad_any_cast>},
    {&typeid(std::bad_cast), silent<std::bad_cast>, is_a<std::bad_cast>},
    {&typeid(std::bad_typeid), silent<std::bad_typeid>, is_a<std::bad_typeid>},
    {&typeid(std::bad_exception), silent<std::bad_exception>, is_a<std::bad_exception>},
    {&typeid(std::bad_function_call), silent<std::bad_function_call>, is_a<std::bad_function_call>},
    {&typeid(std::bad_weak_ptr), silent<std::bad_weak_ptr>, is_a<std::bad_weak_ptr>},
    {&typeid(std::bad_optional_access), silent<std::bad_optional_access>, is_a<std::bad_optional_access>},
    {&typeid(std::bad_variant_access), silent<std::bad_variant_access>, is_a<std::bad_variant_access>},
    {&typeid(std::exception), silent<std::exception>, is_a<std::exception>},
};

Told tell(const std::type_info& type) {
    Told told;
    told.type = readable(type.name());
    try {
        throw;
    } catch (const std::system_error& e) {
        told.message = e.what();
        told.code = e.code().value();
        told.is_generic = e.code().category() == std::generic_category();
        told.is_standard = true;
    } catch (const Exception& e) {
        told.message = e.what();
        told.code = e.Get_error_code();
        told.is_standard = true;
    } catch (const std::exception& e) {
        told.message = e.what();
        told.is_standard = true;
    } catch (const std::string& text) {
        told.message = text;
    } catch (const char* text) {
        told.message = text;
    } catch (...) {}
    return told;
}

}  // namespace

std::string readable(const char* mangled) {
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> demangled(abi::__cxa_demangle(mangled, nullptr, nullptr, &status), &std::free);
    return demangled ? demangled.get() : mangled;
}

std::string describe_current() {
    const std::type_info* const type = abi::__cxa_current_exception_type();
    if (type == nullptr)
        return "an exception of another language";
    const Told told = tell(*type);
    return told.type + (told.message.empty() ? "" : ": " + told.message);
}

void pack_exception(Packing& to, int worker, const std::string& host) {
    const std::type_info& type = *abi::__cxa_current_exception_type();
    const Told told = tell(type);
    std::size_t kind = 0;
    while (kind < std::size(known) && *known[kind].type != type) ++kind;
    if (kind == std::size(known))  // a type of the user's: the nearest that it is derived from
        for (kind = 0; kind < std::size(known) && !known[kind].is();) ++kind;
    to.put(static_cast<std::uint64_t>(kind));
    to.put(told.code);
    to.put(worker);
    to.put(static_cast<std::uint8_t>(told.is_standard));
    to.put(static_cast<std::uint8_t>(told.is_generic));
    put_value(to, told.type);
    put_value(to, told.message);
    put_value(to, host);
}

std::exception_ptr unpack_exception(Unpacking& from) {
    Told told;
    const auto kind = from.get<std::uint64_t>();
    told.code = from.get<int>();
    told.worker = from.get<int>();
    told.is_standard = from.get<std::uint8_t>() != 0;
    told.is_generic = from.get<std::uint8_t>() != 0;
    told.type = get_value<std::string>(from);
    told.message = get_value<std::string>(from);
    told.host = get_value<std::string>(from);
    if (kind < std::size(known))
        return known[kind].make(told);
    return with_text<std::runtime_error>(told);  // no std::exception
}

}  // namespace detail
}  // namespace mpi4cxx::futures
