// How the arguments of a task are sent, and what the function gets from them on the worker.
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
/// The type in which the result of a task arrives.
template <class R> using stored_result = typename result<R>::type;

/// What is sent in place of data that stays on the workers.
template <class T> struct Part { std::uint64_t id; };

/// Returns the data of this type that this worker has under `id`; throws if there is none.
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

/// The type that a function on the worker gets for an argument sent as A.
template <class A> using local = typename argument<A>::local;
template <class A> local<A> get_argument(Unpacking& from) { return argument<A>::get(from); }

template <class A> struct sent_argument { using type = sent_as<A>; };
template <class T> struct sent_argument<Scattered<T>> { using type = Part<T>; };
/// The type as which an argument is sent.
template <class A> using sent = typename sent_argument<std::remove_cvref_t<A>>::type;

template <class A> const A& to_send(const A& argument) { return argument; }
template <class T> Part<T> to_send(const Scattered<T>& data) { return {data.id()}; }

}  // namespace detail
}  // namespace MPI4CXX::futures
