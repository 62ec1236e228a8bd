// Reductions of objects: by MPI if the type has a datatype, otherwise combined in the order of ranks. comm.hpp includes this file at its end, because
// it defines members of Comm.
#pragma once

#include <mpi4cxx/detail/communicators/reduction_tree.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace MPI4CXX::detail {

template <class T>
concept Number = std::is_arithmetic_v<T> && !std::is_same_v<T, bool> && !std::is_same_v<T, char> && !std::is_same_v<T, wchar_t> &&
                 !std::is_same_v<T, char8_t> && !std::is_same_v<T, char16_t> && !std::is_same_v<T, char32_t>;

template <class F, class... Function>
concept PredefinedAs = (std::is_same_v<std::remove_cvref_t<F>, PredefinedOp<Function>> || ...);

/// An `F` that is a predefined operation of MPI for `T`, with the same result (MPI-4.0, 6.9.2), or an Op that the user has created.
template <class T, class F>
concept NativeOp = (std::is_same_v<std::remove_cvref_t<F>, Op> && Mapped<T>) || (Number<T> && PredefinedAs<F, Max, Min, Sum, Prod>) ||
                   (Number<T> && std::is_integral_v<T> && PredefinedAs<F, Land, Lor, Lxor, Band, Bor, Bxor>);

template <class T> consteval bool is_all_in_datatype();
struct AllInDatatype {
    template <class... M> constexpr auto operator()(M&...) const { return std::bool_constant<(is_all_in_datatype<std::remove_cv_t<M>>() && ...)>(); }
};
/// Returns whether the datatype of a `T` leaves nothing out, so that there are whole objects in MPI's memory.
template <class T> consteval bool is_all_in_datatype() {
    if constexpr (std::is_array_v<T>)
        return is_all_in_datatype<std::remove_all_extents_t<T>>();
    else if constexpr (Builtin<T> || Enumeration<T>)
        return true;
    else if constexpr (TupleLike<T> && requires { typename T::value_type; })
        return is_all_in_datatype<typename T::value_type>();
    else if constexpr (is_sequence_of_values<T>)
        return []<std::size_t... I>(std::index_sequence<I...>) { return (is_all_in_datatype<std::tuple_element_t<I, T>>() && ...); }
    (std::make_index_sequence<std::tuple_size_v<T>>());
    else if constexpr (requires { datatype_traits<T>::is_reflected; }) return decltype(with_members(std::declval<T&>(), AllInDatatype()))::value;
    else return std::is_base_of_v<bytes_type<T>, datatype_traits<T>>;
}

/// An `F` that MPI can call on elements of type `T`.
template <class T, class F>
concept CallableByMpi = !NativeOp<T, F> && Mapped<T> && ReductionOf<std::remove_reference_t<F>, T> && is_all_in_datatype<T>();

// Whether a type has the operators that the predefined operations use within their bodies.
template <class T>
concept CanAdd = requires(const T& a) {
    { a + a } -> std::convertible_to<T>;
};
template <class T>
concept CanMultiply = requires(const T& a) {
    { a* a } -> std::convertible_to<T>;
};
template <class T>
concept CanCompare = requires(const T& a) {
    { a < a } -> std::convertible_to<bool>;
};
template <class T>
concept CanBeTrue = requires(const T& a) {
    { !a } -> std::convertible_to<bool>;
};
template <class T>
concept CanMask = requires(const T& a) {
    { a& a } -> std::convertible_to<T>;
};

/// Returns whether `F` combines two objects of type `T`.
template <class T, class F> consteval bool combines() {
    if constexpr (PredefinedAs<F, Sum>)
        return CanAdd<T>;
    else if constexpr (PredefinedAs<F, Prod>)
        return CanMultiply<T>;
    else if constexpr (PredefinedAs<F, Max, Min>)
        return CanCompare<T>;
    else if constexpr (PredefinedAs<F, Land, Lor, Lxor>)
        return CanBeTrue<T>;
    else if constexpr (PredefinedAs<F, Band, Bor, Bxor>)
        return CanMask<T>;
    else
        return std::is_invocable_r_v<T, F&, T, const T&>;
}

/// Fails to compile if `F` does not combine two objects of type `T`.
template <class T, class F> struct check_combines {
    static_assert(
        combines<T, F>(),
        "mpi4cxx: this operation does not combine two objects of this type: a lowercase reduction combines whole objects. The elements of "
        "vectors and arrays are combined by the uppercase one, Allreduce for allreduce; else give a function of two objects that returns one");
    static constexpr bool checks_result = [] {
        if constexpr (std::is_invocable_v<F&, const T&, const T&>)
            return sizeof(check_result<T, F>) != 0;
        return true;
    }();
    static_assert(checks_result);
};

/// Returns the objects up to `end`, combined from the left.
template <class T, class F> T fold(const Exchange& objects, std::size_t end, F& op) {
    T result = objects.object<T>(0);
    for (std::size_t i = 1; i < end; ++i) {
        const T next = objects.object<T>(i);
        T combined = op(std::move(result), next);  // op may return a reference to one of its arguments
        result = std::move(combined);
    }
    return result;
}

/// Combines all objects of an exchange; std::nullopt if there are none.
template <class T, class F> struct FoldAll {
    std::optional<T> operator()(const Exchange& objects) {
        return objects.size() == 0 ? std::nullopt : std::optional<T>(fold<T>(objects, objects.size(), op));
    }
    F op;
};

/// The type by which a nonblocking reduction keeps its operation: an Op by reference, anything else by value. Predefined operations live as long as
/// the program.
template <class F> using KeptOp = std::conditional_t<std::is_base_of_v<Op, std::remove_cvref_t<F>>, const std::remove_cvref_t<F>&, std::decay_t<F>>;

/// Returns what `reduce(result, mpi_op)` makes of a copy of `object`. `mpi_op` is an MPI operation that does on elements of type `T` what `op` does.
template <class T, class F, class Reduce> T reduced_by_mpi(const T& object, F& op, Reduce reduce, At at) {
    T result = object;
    if constexpr (NativeOp<T, F>)
        reduce(result, static_cast<const Op&>(op));
    else
        reduce(result, Op::Create<T>(std::ref(op), false, at));
    return result;
}

/// A pending MPI reduction of one value.
template <class T, class Result> class PendingReduction final : public PendingCall {
public:
    PendingReduction(const T& object, bool gives_result, At at) : PendingCall(at), in_(object), gives_result_(gives_result) {}
    void start_reduce(const Comm& comm, const Op& op, int root, At at) {
        begin(get<MPI_Ireduce>(&in_, &out_, 1, type(op, at), op.handle_for(element()), root, comm.handle(), {at, comm.address()}));
    }
    void start_allreduce(const Comm& comm, const Op& op, At at) {
        begin(get<MPI_Iallreduce>(&in_, &out_, 1, type(op, at), op.handle_for(element()), comm.handle(), {at, comm.address()}));
    }
    void deliver(void* to) override {
        if (gives_result_)
            *static_cast<Result*>(to) = out_;
    }

private:
    /// Returns the type of the elements, and keeps the captures of the operation.
    MPI_Datatype type(const Op& op, At at) {
        op_ = op.user();
        return op.accept(element(), at);
    }
    static MPI_Datatype element() { return datatype_traits<T>::get(); }

    T in_, out_{};
    std::shared_ptr<UserOp> op_;
    bool gives_result_;
};

}  // namespace MPI4CXX::detail

namespace MPI4CXX {

template <class T, class F> std::optional<T> Comm::reduce(const T& object, F&& op, int root, At at) const {
    (void)sizeof(detail::check_combines<T, F>);
    if constexpr (!detail::combines<T, F>()) {
        return std::nullopt;
    } else if constexpr (detail::NativeOp<T, F> || detail::CallableByMpi<T, F>) {
        std::optional<T> result = detail::reduced_by_mpi(
            object, op, [&](T& to, const Op& mpi_op) { Reduce(object, to, mpi_op, root, at); }, at);
        return detail::is_root(*this, root, at) ? result : std::nullopt;
    } else {
        detail::check_root(*this, root, at);
        if (detail::is_tree_better(*this, at))
            if (detail::ReductionTree tree(*this, root, at); tree.is_usable())
                return tree.combine(object, op);
        auto packed = detail::one_packed(object, true, detail::Packing::Blocks::beside);
        return detail::combine_packed<T>(*this, detail::Pattern::gather, std::move(packed), root, detail::FoldAll<T, F&>{op}, at);
    }
}

template <class T, class F> T Comm::allreduce(const T& object, F&& op, At at) const {
    (void)sizeof(detail::check_combines<T, F>);
    if constexpr (!detail::combines<T, F>()) {
        return object;
    } else if constexpr (detail::NativeOp<T, F> || detail::CallableByMpi<T, F>) {
        return detail::reduced_by_mpi(
            object, op, [&](T& to, const Op& mpi_op) { Allreduce(object, to, mpi_op, at); }, at);
    } else if (Is_inter(at)) {
        auto packed = detail::one_packed(object, true, detail::Packing::Blocks::beside);
        return *detail::combine_packed<T>(*this, detail::Pattern::allgather, std::move(packed), 0, detail::FoldAll<T, F&>{op}, at);
    } else {
        std::optional<T> result = reduce<T>(object, op, 0, at);
        return result ? bcast(std::move(*result), 0, at) : detail::received_bcast<T>(*this, 0, at);
    }
}

template <class T, class F> ObjectRequest<std::optional<T>> Comm::ireduce(const T& object, F&& op, int root, At at) const {
    (void)sizeof(detail::check_combines<T, F>);
    if constexpr (!detail::combines<T, F>()) {
        return {};
    } else if constexpr (detail::NativeOp<T, F>) {
        auto operation = std::make_unique<detail::PendingReduction<T, std::optional<T>>>(object, detail::is_root(*this, root, at), at);
        operation->start_reduce(*this, op, root, at);
        return ObjectRequest<std::optional<T>>(std::move(operation));
    } else {
        using Fold = detail::FoldAll<T, detail::KeptOp<F>>;
        return detail::iexchange<T, std::optional<T>>(*this, detail::Pattern::gather, detail::one_packed(object), root, Fold{op}, at);
    }
}

template <class T, class F> ObjectRequest<T> Comm::iallreduce(const T& object, F&& op, At at) const {
    (void)sizeof(detail::check_combines<T, F>);
    if constexpr (!detail::combines<T, F>()) {
        return {};
    } else if constexpr (detail::NativeOp<T, F>) {
        auto operation = std::make_unique<detail::PendingReduction<T, T>>(object, true, at);
        operation->start_allreduce(*this, op, at);
        return ObjectRequest<T>(std::move(operation));
    } else {
        detail::FoldAll<T, detail::KeptOp<F>> fold{op};
        const auto combine = [fold](const detail::Exchange& objects) mutable { return *fold(objects); };
        return detail::iexchange<T, T>(*this, detail::Pattern::allgather, detail::one_packed(object), 0, combine, at);
    }
}

}  // namespace MPI4CXX
