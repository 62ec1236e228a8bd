#pragma once

#include <mpi4cxx/detail/futures/value.hpp>
#include <mpi4cxx/futures/errors.hpp>

#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace MPI4CXX::futures::detail {

/// An exception that has been read.
struct ReadException {
    virtual ~ReadException() = default;
    /// It; `is_outer`: with the exception that is being handled nested in it.
    [[nodiscard]] virtual std::exception_ptr make(bool is_outer) const = 0;
};
template <class E> struct ReadExceptionOf final : ReadException {
    explicit ReadExceptionOf(E e) : exception(std::move(e)) {}
    [[nodiscard]] std::exception_ptr make(bool is_outer) const override {
        if (!is_outer)
            return std::make_exception_ptr(exception);
        try {
            std::throw_with_nested(exception);
        } catch (...) {
            return std::current_exception();
        }
    }
    E exception;
};
template <class E> std::unique_ptr<ReadException> hold(E exception) { return std::make_unique<ReadExceptionOf<E>>(std::move(exception)); }

/// An E that also tells where it comes from; what(), where E has one, is `text` and that.
template <class E> class Remote : public E, public TaskError {
public:
    Remote(E thrown, const TaskError& told, const std::string&) : E(std::move(thrown)), TaskError(told) {}
};
template <class E>
    requires std::is_base_of_v<std::exception, E>
class Remote<E> : public E, public TaskError {
public:
    Remote(E thrown, const TaskError& told, const std::string& text)
        : E(std::move(thrown)), TaskError(told), what_(text + " (in a task on " + where() + ")") {}
    [[nodiscard]] const char* what() const noexcept override { return what_.c_str(); }

private:
    std::string what_;
};
template <class E> std::unique_ptr<ReadException> remote(E exception, const TaskError& told, const std::string& text) {
    if constexpr (std::is_final_v<E>)
        return hold(std::move(exception));
    else
        return hold(Remote<E>(std::move(exception), told, text));
}
/// The same with what it says itself, where it says one thing.
template <class E> std::unique_ptr<ReadException> remote(E exception, const TaskError& told) {
    if constexpr (requires { exception.what(); }) {
        const std::string text = exception.what();
        return remote(std::move(exception), told, text);
    } else {
        return remote(std::move(exception), told, told.message());
    }
}

/// The text that an exception was made with, as far as it can be told.
template <class E> std::string text_of(const E& exception) {
    if constexpr (std::is_convertible_v<const E&, const std::runtime_error&>)
        return static_cast<const std::runtime_error&>(exception).std::runtime_error::what();
    else if constexpr (std::is_convertible_v<const E&, const std::logic_error&>)
        return static_cast<const std::logic_error&>(exception).std::logic_error::what();
    else if constexpr (std::is_convertible_v<const E&, const std::exception&>)
        return static_cast<const std::exception&>(exception).what();
    else
        return {};
}

/// Whether the standard exception that E is derived from holds all there is of it.
template <class E, class... Base> inline constexpr bool is_no_more_than = ((std::is_base_of_v<Base, E> && sizeof(E) == sizeof(Base)) || ...);

template <class E> void put_exception(Packing& to, const E& exception) {
    constexpr bool is_bare = is_no_more_than<E, std::runtime_error, std::logic_error, std::exception>;
    static_assert(Serializable<E> || is_bare,
                  "mpi4cxx: an exception with members needs a `template <class Archive> void serialize(Archive&)`, or is registered with two "
                  "functions that take it apart and make it");
    static_assert(std::is_constructible_v<E, std::string> || std::is_default_constructible_v<E>,
                  "mpi4cxx: an exception is made by its default constructor or from the message, or is registered with two functions");
    put_value(to, text_of(exception));
    if constexpr (Serializable<E>) {
        OutputArchive archive(to);
        mpi4cxx::detail::save_any(archive, exception);
    }
}
template <class E> E get_exception(Unpacking& from) {
    const auto text = get_value<std::string>(from);
    const auto make = [&text]() -> E {
        if constexpr (std::is_constructible_v<E, std::string>)
            return E(text);
        else
            return E();
    };
    E exception = make();
    if constexpr (Serializable<E>) {
        InputArchive archive(from);
        mpi4cxx::detail::load_any(archive, exception);
    }
    return exception;
}

/// A type of exceptions that travel as themselves.
class MPI4CXX_API Carried {
public:
    using Save = bool(Packing&);  ///< writes the exception that is being handled, if it is one
    using Make = std::unique_ptr<ReadException>(Unpacking&, const TaskError&);
    Carried(const std::type_info& of, Save* to_save, Make* to_make);
    Carried(const Carried&) = delete;
    Carried& operator=(const Carried&) = delete;
    ~Carried();

    const std::type_info& type;
    Save* const save;
    Make* const make;
};

template <class E, class F> bool save_as(F put) {
    try {
        throw;
    } catch (const E& exception) {
        put(exception);
        return true;
    } catch (...) {
        return false;
    }
}

template <class E> inline const Carried carried{
    typeid(E),
    [](Packing& to) { return save_as<E>([&to](const E& exception) { put_exception(to, exception); }); },
    [](Unpacking& from, const TaskError& told) { return remote(get_exception<E>(from), told); },
};

template <class E, class Take, class Make> inline const Carried carried_by{
    typeid(E),
    [](Packing& to) { return save_as<E>([&to](const E& exception) { put_item(to, Take()(exception)); }); },
    [](Unpacking& from, const TaskError& told) {
        using Parts = std::decay_t<std::invoke_result_t<Take, const E&>>;
        return with_item<Parts>(from, [&told](Unpacking& item) { return remote(E(std::apply(Make(), get_value<Parts>(item))), told); });
    },
};

}  // namespace MPI4CXX::futures::detail
