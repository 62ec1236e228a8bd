// Exception types that a program has registered: how a worker writes them and the manager makes them again.
#pragma once

#include <mpi4cxx/detail/futures/packed_value.hpp>
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

template <class E, class Base>
concept DownFrom = requires(Base* base) {
    static_cast<E*>(base);
};
template <class E, class... Base> inline constexpr bool has_virtual_base = ((std::is_convertible_v<E*, Base*> && !DownFrom<E, Base>) || ...);
/// Whether no class can be derived from E that merely copies an E. A class makes its virtual bases itself, and these have no default constructor.
template <class E> inline constexpr bool is_underivable = std::is_final_v<E> || has_virtual_base<E, std::runtime_error, std::logic_error>;

/// An exception that was received from a worker.
struct ReceivedException {
    virtual ~ReceivedException() = default;
    /// Returns the exception. `is_outer`: with the exception that is being handled nested in it.
    [[nodiscard]] virtual std::exception_ptr make(bool is_outer) const = 0;
};
template <class E> struct ReceivedExceptionOf final : ReceivedException {
    explicit ReceivedExceptionOf(E e) : exception(std::move(e)) {}
    [[nodiscard]] std::exception_ptr make(bool is_outer) const override {
        if constexpr (!is_underivable<E>) {
            if (is_outer) {
                try {
                    std::throw_with_nested(exception);
                } catch (...) {
                    return std::current_exception();
                }
            }
        }
        return std::make_exception_ptr(exception);
    }
    E exception;
};
template <class E> std::unique_ptr<ReceivedException> make_received(E exception) {
    return std::make_unique<ReceivedExceptionOf<E>>(std::move(exception));
}

/// An exception of type E that also tells where it comes from. If E has what(), it returns `text` and the place.
template <class E> class RemoteException : public E, public TaskError {
public:
    RemoteException(E thrown, const TaskError& origin, const std::string&) : E(std::move(thrown)), TaskError(origin) {}
};
template <class E>
    requires std::is_base_of_v<std::exception, E>
class RemoteException<E> : public E, public TaskError {
public:
    RemoteException(E thrown, const TaskError& origin, const std::string& text)
        : E(std::move(thrown)), TaskError(origin), what_(text + " (in a task on " + where() + ")") {}
    [[nodiscard]] const char* what() const noexcept override { return what_.c_str(); }

private:
    std::string what_;
};
template <class E> std::unique_ptr<ReceivedException> make_remote(E exception, const TaskError& origin, const std::string& text) {
    if constexpr (is_underivable<E>)
        return make_received(std::move(exception));
    else
        return make_received(RemoteException<E>(std::move(exception), origin, text));
}
/// The same with the message of `origin`, which is what() of the exception that was thrown. That of one made again need not be the same.
template <class E> std::unique_ptr<ReceivedException> make_remote(E exception, const TaskError& origin) {
    return make_remote(std::move(exception), origin, origin.message());
}

/// Returns the text from which the exception was made, as far as that is known.
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

/// Whether E adds no members to the standard exception that it is derived from.
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
    const auto make = [&]() -> E {
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

/// An exception type that arrives with its own type and members.
class MPI4CXX_API RegisteredException {
public:
    using Save = bool(Packing&);  ///< writes the exception that is being handled; returns false if it has another type
    using Make = std::unique_ptr<ReceivedException>(Unpacking&, const TaskError&);
    RegisteredException(const std::type_info& of, Save* to_save, Make* to_make);
    RegisteredException(const RegisteredException&) = delete;
    RegisteredException& operator=(const RegisteredException&) = delete;
    ~RegisteredException();

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

/// Returns true. A program that names an object here has that object, which registers itself when the program starts.
inline bool is_registered(const RegisteredException&) noexcept { return true; }

template <class E> inline const RegisteredException registered_exception{
    typeid(E),
    [](Packing& to) { return save_as<E>([&to](const E& exception) { put_exception(to, exception); }); },
    [](Unpacking& from, const TaskError& origin) { return make_remote(get_exception<E>(from), origin); },
};

template <class E, class Take, class Make> inline const RegisteredException registered_exception_by{
    typeid(E),
    [](Packing& to) { return save_as<E>([&to](const E& exception) { put_item(to, Take()(exception)); }); },
    [](Unpacking& from, const TaskError& origin) {
        using Parts = std::decay_t<std::invoke_result_t<Take, const E&>>;
        return with_item<Parts>(from, [&origin](Unpacking& item) { return make_remote(E(std::apply(Make(), get_value<Parts>(item))), origin); });
    },
};

}  // namespace MPI4CXX::futures::detail
