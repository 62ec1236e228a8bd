// How the function of a task is sent: by its address, its type, its bytes or its `serialize`.
#pragma once

#include <mpi4cxx/detail/futures/packed_value.hpp>
#include <mpi4cxx/detail/futures/portable_address.hpp>

#include <array>
#include <bit>
#include <cstring>
#include <type_traits>
#include <utility>

namespace MPI4CXX::futures {

/// The result of by_bytes().
template <class F> struct ByBytes : F { using F::operator(); };

/// Returns a function whose captures are sent byte by byte, because the caller promises that this works. For captures of which the compiler cannot
/// tell that they are no pointers, such as std::optional.
template <class F> ByBytes<F> by_bytes(F f) {
    static_assert(std::is_trivially_copyable_v<F>, "mpi4cxx: only trivially copyable captures can travel byte by byte");
    return {std::move(f)};
}

namespace detail {

template <class F> inline constexpr bool is_trusted = false;
template <class F> inline constexpr bool is_trusted<ByBytes<F>> = true;

template <class F>
concept FunctionPointer = std::is_pointer_v<F> && std::is_function_v<std::remove_pointer_t<F>>;
/// A captureless lambda, or a function object without members. The type alone identifies the function.
template <class F>
concept Stateless = std::is_class_v<F> && std::is_empty_v<F> && std::is_default_constructible_v<F>;
/// A function whose captures can be copied byte by byte.
template <class F>
concept ByteCopied = std::is_class_v<F> && !Stateless<F> && !Serializable<F> && std::is_trivially_copyable_v<F>;
/// A function that can be called in another process of the same program.
template <class F>
concept Portable = FunctionPointer<F> || Stateless<F> || ByteCopied<F> ||(std::is_class_v<F>&& Serializable<F>);

template <class F> constexpr bool is_made_of_bytes() {
    (void)std::bit_cast<F>(std::array<unsigned char, sizeof(F)>{});
    return true;
}
/// A type that provably contains no pointers and no references: those cannot be made from bytes in a constant expression. Unions cannot either, so
/// std::optional does not satisfy this.
template <class F>
concept PointerFree = requires {
    typename std::bool_constant<is_made_of_bytes<F>()>;
};
/// A literal type. PointerFree is meaningful only for these.
template <class F>
concept Literal = __is_literal_type(F);

template <class F> void put_callable(Packing& to, const F& f) {
    static_assert(Portable<F>,
                  "mpi4cxx: this function cannot be called in another process. What can: a function, a lambda without captures, a lambda that "
                  "captures trivially copyable values (numbers, not strings, containers or std::function), or a class with operator() "
                  "and `template <class Archive> void serialize(Archive&)`. Pass the rest as arguments");
    if constexpr (FunctionPointer<F>) {
        put_function(to, reinterpret_cast<const void*>(f));
    } else if constexpr (ByteCopied<F>) {
        if constexpr (!PointerFree<F> && !is_trusted<F>)
            check_captures(&f, sizeof f, Literal<F>);
        to.append(&f, sizeof f);
        align(to);
    } else if constexpr (!Stateless<F>) {
        const std::size_t frame = open_frame(to);
        put_value(to, f);
        close_frame(to, frame);
    }
}

/// The function of a task, read on the worker.
template <class F> class ReceivedFunction {
public:
    explicit ReceivedFunction(Unpacking& from) : function(read(from)) {}
    F function;

private:
    static F read(Unpacking& from) {
        Unpacking frame(take_frame(from));
        return get_value<F>(frame);
    }
};
template <FunctionPointer F> class ReceivedFunction<F> {
public:
    explicit ReceivedFunction(Unpacking& from) : function(reinterpret_cast<F>(const_cast<void*>(get_function(from)))) {}
    F function;
};
template <Stateless F> class ReceivedFunction<F> {
public:
    explicit ReceivedFunction(Unpacking&) {}
    F function{};
};
template <ByteCopied F> class ReceivedFunction<F> {
public:
    explicit ReceivedFunction(Unpacking& from) {  // lambdas with captures have no default constructor
        std::memcpy(static_cast<void*>(&function), from.take(sizeof(F)), sizeof(F));
        from.take(-sizeof(F) & 15);
    }
    ~ReceivedFunction() {}
    ReceivedFunction(const ReceivedFunction&) = delete;
    ReceivedFunction& operator=(const ReceivedFunction&) = delete;
    union {
        F function;
    };
};

}  // namespace detail
}  // namespace MPI4CXX::futures
