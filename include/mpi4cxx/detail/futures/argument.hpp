#pragma once

#include <mpi4cxx/detail/futures/packed_value.hpp>

#include <cstdint>
#include <memory>
#include <typeinfo>
#include <vector>

namespace MPI4CXX::futures {

template <class T> class Scattered;

namespace detail {

template <class R> struct result { using type = sent_as<R>; };
template <> struct result<void> { using type = void; };
/// What a task's result arrives as.
template <class R> using stored_result = typename result<R>::type;

/// What travels for data that stays on the workers.
template <class T> struct Part { std::uint64_t id; };

/// Data that this worker keeps, of this type; throws where it has none.
[[nodiscard]] MPI4CXX_API void* stored_part(std::uint64_t id, const std::type_info& type);
MPI4CXX_API void store_part(std::uint64_t id, const std::type_info& type, std::shared_ptr<void> part);
MPI4CXX_API void erase_part(std::uint64_t id) noexcept;

template <class A> struct argument {
    using local = A;
    static A get(Unpacking& from) { return get_value<A>(from); }
};
template <class T> struct argument<Part<T>> {
    using local = std::vector<T>&;
    static local get(Unpacking& from) { return *static_cast<std::vector<T>*>(stored_part(get_value<Part<T>>(from).id, typeid(T))); }
};

/// What a function in the worker is given for what was sent as A.
template <class A> using local = typename argument<A>::local;
template <class A> local<A> get_argument(Unpacking& from) { return argument<A>::get(from); }

template <class A> struct sent_argument { using type = sent_as<A>; };
template <class T> struct sent_argument<Scattered<T>> { using type = Part<T>; };
/// What an argument is sent as.
template <class A> using sent = typename sent_argument<std::remove_cvref_t<A>>::type;

template <class A> const A& to_send(const A& argument) { return argument; }
template <class T> Part<T> to_send(const Scattered<T>& data) { return {data.id()}; }

}  // namespace detail
}  // namespace MPI4CXX::futures
