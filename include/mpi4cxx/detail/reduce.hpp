// Reductions of objects: by the MPI where type and operation have one, else by folding in the order of ranks.
#pragma once

#include <mpi4cxx/comm.hpp>

#include <optional>
#include <type_traits>
#include <utility>

namespace mpi4cxx::detail {

template <class T>
concept Number = std::is_arithmetic_v<T> && !std::is_same_v<T, bool> && !std::is_same_v<T, char> && !std::is_same_v<T, wchar_t> &&
                 !std::is_same_v<T, char8_t> && !std::is_same_v<T, char16_t> && !std::is_same_v<T, char32_t>;

template <class F, class... Function>
concept PredefinedAs = (std::is_same_v<std::remove_cvref_t<F>, PredefinedOp<Function>> || ...);

/// Whether the MPI reduces this itself, with the same result as `F` (MPI-4.0, 6.9.2). An Op of the user's is always the MPI's.
template <class T, class F>
concept Native = (std::is_same_v<std::remove_cvref_t<F>, Op> && Mapped<T>) || (Number<T> && PredefinedAs<F, Max, Min, Sum, Prod>) ||
                 (Number<T> && std::is_integral_v<T> && PredefinedAs<F, Land, Lor, Lxor, Band, Bor, Bxor>);

/// The objects up to `end`, combined from the left.
template <class T, class F> T fold(const Parts& parts, std::size_t end, F& op) {
    T result = unpack<T>(parts[0]);
    for (std::size_t i = 1; i < end; ++i) {
        const T next = unpack<T>(parts[i]);
        T combined = op(std::move(result), next);  // which may be a reference to one of its arguments
        result = std::move(combined);
    }
    return result;
}

}  // namespace mpi4cxx::detail

namespace mpi4cxx {

template <Serializable T, class F> std::optional<T> Comm::reduce(const T& object, F&& op, int root, At at) const {
    const bool here = Get_rank(at) == root;
    if constexpr (detail::Native<T, F>) {
        T result{};
        Reduce(object, result, op, root, at);
        return here ? std::optional<T>(result) : std::nullopt;
    } else {
        const detail::Parts parts = detail::gather_objects(*this, detail::pack(object), root, at);
        return here ? std::optional<T>(detail::fold<T>(parts, parts.size(), op)) : std::nullopt;
    }
}

template <Serializable T, class F> T Comm::allreduce(const T& object, F&& op, At at) const {
    if constexpr (detail::Native<T, F>) {
        T result{};
        Allreduce(object, result, op, at);
        return result;
    } else {
        const std::optional<T> result = reduce<T>(object, op, 0, at);
        return detail::unpack<T>(detail::bcast_object(*this, result ? detail::pack(*result) : detail::Bytes(), 0, at));
    }
}

}  // namespace mpi4cxx
