#pragma once

#include <mpi4cxx/futures/detail/code.hpp>
#include <mpi4cxx/futures/detail/value.hpp>

#include <array>
#include <cstring>
#include <type_traits>

namespace mpi4cxx::futures::detail {

template <class F>
concept FunctionPointer = std::is_pointer_v<F> && std::is_function_v<std::remove_pointer_t<F>>;
/// A captureless lambda, or a function object without members: its type says all.
template <class F>
concept Stateless = std::is_class_v<F> && std::is_empty_v<F> && std::is_default_constructible_v<F>;
/// Captures that can be copied byte by byte.
template <class F>
concept Copied = std::is_class_v<F> && !Stateless<F> && !Serializable<F> && std::is_trivially_copyable_v<F>;
/// A function that can be called in another process of the same program.
template <class F>
concept Portable = FunctionPointer<F> || Stateless<F> || Copied<F> ||(std::is_class_v<F>&& Serializable<F>);

template <class F> void put_callable(Packing& to, const F& f) {
    static_assert(Portable<F>,
                  "mpi4cxx: this function cannot be called in another process. What can: a function, a lambda without captures, a lambda that "
                  "captures trivially copyable values (numbers, not strings, containers or std::function), or a class with operator() "
                  "and `template <class Archive> void serialize(Archive&)`. Pass the rest as arguments");
    if constexpr (FunctionPointer<F>) {
        to.put(code_of(reinterpret_cast<const void*>(f)));
        align(to);
    } else if constexpr (Copied<F>) {
        check_captures(&f, sizeof f);
        to.append(&f, sizeof f);
        align(to);
    } else if constexpr (!Stateless<F>) {
        const std::size_t frame = open_frame(to);
        put_value(to, f);
        close_frame(to, frame);
    }
}

/// The function of a task in the worker.
template <class F> class Callee {
public:
    explicit Callee(Unpacking& from) : function(read(from)) {}
    F function;

private:
    static F read(Unpacking& from) {
        Unpacking frame(take_frame(from));
        return get_value<F>(frame);
    }
};
template <FunctionPointer F> class Callee<F> {
public:
    explicit Callee(Unpacking& from) : function(reinterpret_cast<F>(const_cast<void*>(address_of(from.get<std::uint64_t>())))) { from.take(8); }
    F function;
};
template <Stateless F> class Callee<F> {
public:
    explicit Callee(Unpacking&) {}
    F function{};
};
template <Copied F> class Callee<F> {
public:
    explicit Callee(Unpacking& from) {  // lambdas have no default constructor
        std::memcpy(static_cast<void*>(&function), from.take(sizeof(F)), sizeof(F));
        from.take(-sizeof(F) & 15);
    }
    ~Callee() {}
    Callee(const Callee&) = delete;
    Callee& operator=(const Callee&) = delete;
    union {
        F function;
    };
};

}  // namespace mpi4cxx::futures::detail
