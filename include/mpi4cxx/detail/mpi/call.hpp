// How the library calls MPI functions and checks their return codes.
//   call<MPI_X>(args…, where)   calls MPI_X and throws what it reports
//   get<MPI_X>(args…, where)    does the same if the last parameter is an out-pointer, and returns what it points to
// Counts are MPI_Count here. A count beyond int goes to the function's large-count variant.
#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>
#include <mpi4cxx/detail/mpi/function_variants.hpp>
#include <mpi4cxx/detail/mpi/platform.hpp>

#include <atomic>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace MPI4CXX::detail {

// Throws the error `code` of `function`. The place comes in pieces: as one object it would be written to memory before every call, in case the call
// fails.
[[noreturn, gnu::cold]] MPI4CXX_API void raise(int code, std::string_view function, const char* file, unsigned long line, const MPI_Comm* comm);
[[noreturn, gnu::cold]] MPI4CXX_API void raise_on(int code, std::string_view function, const char* file, unsigned long line, const Subject* subject);

/// How many operations the library has to drive while a blocking call waits; one more while finished operations await destruction.
extern MPI4CXX_API std::atomic<int> driven_operations;
[[gnu::always_inline]] inline bool must_drive() noexcept { return driven_operations.load(std::memory_order_relaxed) != 0; }
/// Waits for `request` and drives pending operations meanwhile.
MPI4CXX_API void complete(MPI_Request request, MPI_Status* status, std::string_view function, Place where);

/// Returns MPI_SUCCESS if MPI is running; `unbind` is then called at the beginning of MPI_Finalize. Otherwise returns outside_mpi().
MPI4CXX_API int enter(void (*unbind)());

/// Whether the code must be found that a call leaves out: the MPI loses it, and the program has set an error handler of its own.
MPI4CXX_API bool loses_codes() noexcept;
/// Returns the code with which this thread has called an error handler of the program last, and keeps `code` instead.
MPI4CXX_API int exchange_handled_code(int code) noexcept;

/// Calls an MPI function through a pointer, which costs no more than the linker's own table. Until MPI is known to run, and again after its end, the
/// pointer leads to `find_out`. So a call outside the lifetime of MPI is an error like any other, where the MPIs themselves would end the process.
template <auto Fn> struct entry;
template <class... P, int (*Fn)(P...)> struct entry<Fn> {
    [[gnu::always_inline]] static int call(P... args) {
        if constexpr (is_always_allowed<Fn>)
            return Fn(args...);
        else
            return bound.load(std::memory_order_relaxed)(args...);
    }

private:
    [[gnu::cold]] static int find_out(P... args) {
        if (const int code = enter([] { bound.store(find_out, std::memory_order_relaxed); }); code != MPI_SUCCESS)
            return code;
        if (loses_errors_after_handler() && !only_calls_handler<Fn> && loses_codes())
            bound.store(find_code, std::memory_order_relaxed);
        else
            bound.store(Fn, std::memory_order_relaxed);
        return bound.load(std::memory_order_relaxed)(args...);
    }
    static int find_code(P... args) {
        exchange_handled_code(MPI_SUCCESS);
        const int code = Fn(args...), handled = exchange_handled_code(MPI_SUCCESS);
        return code != MPI_SUCCESS ? code : handled;
    }
    static inline std::atomic<int (*)(P...)> bound = find_out;
};

template <auto Fn> consteval std::string_view name_of() {  // "MPI_Bcast", or "MPIX_Bcast_init" for an extension
    std::string_view name = __PRETTY_FUNCTION__;
    name.remove_prefix(name.find("MPI"));
    return name.substr(0, name.find_first_of(";]"));
}

/// The counts or displacements of a `v` call: an array of int or of `Wide`, which is MPI_Count or MPI_Aint.
template <class Wide> class Lengths {
public:
    constexpr Lengths(const int* narrow = nullptr) noexcept : narrow_(narrow) {}
    constexpr Lengths(const Wide* wide) noexcept : wide_(wide) {}
    [[nodiscard]] bool is_wide() const noexcept { return wide_ != nullptr; }
    [[nodiscard]] MPI_Count operator[](std::size_t i) const noexcept { return is_wide() ? wide_[i] : narrow_[i]; }
    explicit operator const int*() const noexcept { return narrow_; }
    explicit operator const Wide*() const noexcept { return wide_; }

private:
    const int* narrow_ = nullptr;
    const Wide* wide_ = nullptr;
};

using Counts = Lengths<MPI_Count>;
using Displs = Lengths<MPI_Aint>;

// How `call` and `get` take a parameter that is `Small` in a function and `Large` in its large-count variant. `fits` tells whether the function
// itself can take a value.
template <class Small, class Large> struct parameter {
    using type = Large;
    static constexpr bool fits(Large) { return true; }
};
template <> struct parameter<int, MPI_Count> {
    using type = MPI_Count;
    static constexpr bool fits(MPI_Count count) { return count == static_cast<int>(count); }
};
template <class Wide>
    requires(!std::is_same_v<Wide, int>)
struct parameter<const int*, const Wide*> {
    using type = Lengths<Wide>;
    static constexpr bool fits(const Lengths<Wide>& lengths) { return !lengths.is_wide(); }
};

/// Addresses are MPI_Aint in a function and MPI_Count in its variant. The two are equally wide, but different types since MPICH 4.2.
template <class Small, class Large>
concept Addresses = !std::is_same_v<Small, Large> && std::is_same_v<std::remove_const_t<Small>, MPI_Aint> &&
                    std::is_same_v<std::remove_const_t<Large>, MPI_Count> && sizeof(Small) == sizeof(Large);
template <class Small, class Large>
    requires Addresses<Small, Large>
struct parameter<Small*, Large*> {
    using type = Small*;
    static constexpr bool fits(Small*) { return true; }
};

template <class Q, class T> Q as_large(T argument) { return static_cast<Q>(argument); }
template <class Q, class T>
    requires Addresses<T, std::remove_pointer_t<Q>> Q as_large(T* argument) { return reinterpret_cast<Q>(argument); }

template <auto Fn, class F = decltype(Fn), class L = large_type<Fn>> struct invoke;
template <auto Fn, class... P> struct invoke<Fn, int (*)(P...), void> {
    using parameters = std::tuple<P...>;
    [[gnu::always_inline]] static int now(P... args) { return entry<Fn>::call(args...); }
};
template <auto Fn, class... P, class... Q> struct invoke<Fn, int (*)(P...), int (*)(Q...)> {
    using parameters = std::tuple<typename parameter<P, Q>::type...>;
    [[gnu::always_inline]] static int now(typename parameter<P, Q>::type... args) {
        // The int function is cheaper: MPICH's large-count variants cost some 15 instructions more.
        if constexpr (!((std::is_same_v<P, int*> && !std::is_same_v<P, Q>) || ...))  // a returned count fits only the variant
            if ((parameter<P, Q>::fits(args) && ...)) [[likely]]
                return entry<Fn>::call(static_cast<P>(args)...);
        return entry<variants<Fn>::large>::call(as_large<Q>(args)...);
    }
};
template <auto Fn, class... P, class... Q>
    requires(sizeof...(P) != sizeof...(Q))
struct invoke<Fn, int (*)(P...), int (*)(Q...)> {  // the variant has more parameters
    using parameters = std::tuple<Q...>;
    [[gnu::always_inline]] static int now(Q... args) { return entry<variants<Fn>::large>::call(args...); }
};

/// Throws the error `code` of `Fn`.
template <auto Fn> [[noreturn, gnu::always_inline]] inline void fail(int code, Place where) {
    if (where.subject != nullptr)
        raise_on(code, name_of<Fn>(), where.file, where.line, where.subject);
    raise(code, name_of<Fn>(), where.file, where.line, where.comm);
}

template <auto Fn, class = typename invoke<Fn>::parameters> struct checked;

template <auto Fn, class... P> struct get_last {  // takes P without the last parameter, an out-pointer
    using parameters = std::tuple<P...>;
    static constexpr std::size_t inputs = sizeof...(P) - 1;
    using result = std::remove_pointer_t<std::tuple_element_t<inputs, parameters>>;
    template <class> struct function;
    template <std::size_t... I> struct function<std::index_sequence<I...>> {
        [[gnu::always_inline]] result operator()(std::tuple_element_t<I, parameters>... args, Place where = {}) const {
            result out;  // MPI sets it
            if (const int code = invoke<Fn>::now(args..., &out); code != MPI_SUCCESS) [[unlikely]]
                fail<Fn>(code, where);
            return out;
        }
    };
    using type = function<std::make_index_sequence<inputs>>;
};

template <auto Fn, class> struct got;
template <auto Fn, class... P> struct got<Fn, std::tuple<P...>> : get_last<Fn, P...>::type {};
template <auto Fn> inline constexpr got<Fn, typename invoke<Fn>::parameters> get{};

template <auto Fn, class... P> struct checked<Fn, std::tuple<P...>> {
    [[gnu::always_inline]] void operator()(P... args, Place where = {}) const {
        if constexpr (has_immediate<Fn>)
            if (must_drive()) [[unlikely]]
                return as_immediate(args..., where.file, where.line, where.comm);
        if (const int code = invoke<Fn>::now(args...); code != MPI_SUCCESS) [[unlikely]]
            fail<Fn>(code, where);
    }

private:
    /// Runs as the nonblocking variant, which takes the same arguments and then a request, in place of the status if there is one.
    [[gnu::cold, gnu::noinline]] static void as_immediate(P... arguments, const char* file, unsigned long line, const MPI_Comm* comm) {
        const Place where({file, line}, comm);
        const std::tuple<P...> args(arguments...);
        if constexpr (source_argument<Fn> >= 0)
            if (std::get<source_argument<Fn>>(args) == MPI_PROC_NULL) {  // no wait, and MPI_Irecv of MPICH 4.0 gives a wrong status of it
                if (const int code = invoke<Fn>::now(arguments...); code != MPI_SUCCESS)
                    fail<Fn>(code, where);
                return;
            }
        constexpr bool receives = std::is_same_v<std::tuple_element_t<sizeof...(P) - 1, std::tuple<P...>>, MPI_Status*>;
        auto* status = MPI_STATUS_IGNORE;
        if constexpr (receives)
            status = std::get<sizeof...(P) - 1>(args);
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            complete(get<variants<Fn>::immediate>(std::get<I>(args)..., where), status, name_of<Fn>(), where);
        }
        (std::make_index_sequence<sizeof...(P) - (receives ? 1 : 0)>{});
    }
};
template <auto Fn> inline constexpr checked<Fn> call{};

}  // namespace MPI4CXX::detail
