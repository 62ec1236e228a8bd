#pragma once

#include <mpi4cxx/datatype_traits.hpp>
#include <mpi4cxx/detail/handles/aggregate_members.hpp>
#include <mpi4cxx/detail/handles/element_type.hpp>
#include <mpi4cxx/fortran.hpp>
#include <mpi4cxx/fwd.hpp>
#include <mpi4cxx/handle.hpp>

#include <concepts>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

namespace MPI4CXX {

namespace detail {

/// A user's operation, which MPI calls back, on elements of `type`, or of any type if `type` is null.
class Reduction {
public:
    explicit Reduction(MPI_Datatype element) noexcept : type(element) {}
    virtual ~Reduction() = default;
    Reduction(const Reduction&) = delete;
    Reduction& operator=(const Reduction&) = delete;
    /// Replaces each of `count` elements of `inout` by f(element of `in`, element of `inout`): `in` comes from lower ranks.
    virtual void apply(const void* in, void* inout, std::size_t count, MPI_Datatype elements) = 0;

    MPI_Datatype type;
};

template <class T, class F> class ElementReduction final : public Reduction {
public:
    explicit ElementReduction(F f) : Reduction(datatype_traits<T>::get()), f_(std::move(f)) {}
    void apply(const void* in, void* inout, std::size_t count, MPI_Datatype) override {
        const T* a = static_cast<const T*>(in);
        T* b = static_cast<T*>(inout);
        for (std::size_t i = 0; i < count; ++i) b[i] = f_(a[i], b[i]);
    }

private:
    F f_;
};

template <class F> class AnyReduction final : public Reduction {
public:
    explicit AnyReduction(F f) : Reduction(MPI_DATATYPE_NULL), f_(std::move(f)) {}
    void apply(const void* in, void* inout, std::size_t count, MPI_Datatype elements) override {
        f_(in, inout, static_cast<Count>(count), Datatype::borrow(elements));
    }

private:
    F f_;
};

struct UserOp;

}  // namespace detail

/// A function that combines two elements into one.
template <class F, class T>
concept ReductionOf = requires(F& f, const T& a, const T& b) {
    { f(a, b) } -> std::convertible_to<T>;
};

namespace detail {

/// Returns whether an `R` is a number of a narrower type than a `T`, as the result of a std::plus<int> is for a double.
template <class R, class T> consteval bool is_narrower() {
    if constexpr (!std::is_arithmetic_v<R> || !std::is_arithmetic_v<T> || std::is_same_v<R, bool>)
        return false;
    else if constexpr (std::is_floating_point_v<T> != std::is_floating_point_v<R>)
        return std::is_floating_point_v<T>;
    else
        return sizeof(R) < sizeof(T);
}

/// Fails to compile if a function of two objects of type `T` returns less than a `T`.
template <class T, class F> struct check_result {
    static_assert(!is_narrower<std::remove_cvref_t<std::invoke_result_t<F&, const T&, const T&>>, T>(),
                  "mpi4cxx: this operation returns a narrower type of numbers than those that it combines: make it a function of their type, as "
                  "std::plus<double> is for double");
};

}  // namespace detail

/// A reduction operation (MPI-4.0, 6.9). Freeing is local.
/// Predefined operations are function objects as well: `SUM(a, b)` is `a + b` on any type that has a `+`.
class MPI4CXX_API Op : public Handle<Op>, public Fortran<Op> {
public:
    Op() noexcept;
    Op(Op&&) noexcept;
    Op& operator=(Op&&) noexcept;
    ~Op();
    /// Own a raw operation, which must not be one that this library made from a function that captures.
    static Op take(MPI_Op raw) noexcept { return Op(raw, detail::Ownership::own); }
    static Op borrow(MPI_Op raw) noexcept { return Op(raw, detail::Ownership::borrow); }

    /// Make an operation from an associative function of two elements, which may capture. Any number of these operations can exist. `f(a, b)` gets
    /// `a` from lower ranks than `b`; members that the datatype leaves out are undefined in both. Set `commute` only if f(a, b) = f(b, a). An
    /// exception in `f` aborts the job. A nonblocking or persistent call keeps the captures of `f` as long as needed. Calls MPI_Op_create
    /// (MPI-4.0, 6.9.5).
    template <Mapped T, ReductionOf<T> F> [[nodiscard]] static Op Create(F f, bool commute = false, At at = {}) {
        static_assert(std::is_trivially_copy_constructible_v<T> && std::is_trivially_destructible_v<T>,
                      "mpi4cxx: an operation combines elements in memory of MPI's, in which no object of this class has been constructed: combine "
                      "objects by a lowercase reduction, such as allreduce");
        (void)sizeof(detail::check_result<T, F>);
        return create(std::make_unique<detail::ElementReduction<T, F>>(std::move(f)), commute, at);
    }
    /// Make an operation from a function of arrays, for elements whose type is known only at run time. `f(in, inout, count, datatype)` combines
    /// `count` elements of `in`, which come from lower ranks, with those of `inout`, into `inout`. The operation works on any datatype. At most 64 of
    /// these operations can exist at once. Calls MPI_Op_create (MPI-4.0, 6.9.5).
    template <std::invocable<const void*, void*, Count, const Datatype&> F> [[nodiscard]] static Op Create(F f, bool commute = false, At at = {}) {
        return create(std::make_unique<detail::AnyReduction<F>>(std::move(f)), commute, at);
    }
    /// Tell whether the operands may be swapped. Calls MPI_Op_commutative (MPI-4.0, 6.9.5).
    [[nodiscard]] bool Is_commutative(At at = {}) const;
    /// Combine `inbuf` and `inoutbuf`, element by element, into `inoutbuf`. Calls MPI_Reduce_local (MPI-4.0, 6.9.7). Local.
    void Reduce_local(ConstBufArg inbuf, Buf inoutbuf, At at = {}) const;
    /// Combine two values. A predefined operation calls its C++ function.
    template <Mapped T> [[nodiscard]] T operator()(const T& a, const T& b) const {
        T result = b;
        combine(&a, &result, datatype_traits<T>::get());
        return result;
    }
    /// Free the operation. Calls MPI_Op_free (MPI-4.0, 6.9.5). Local.
    void Free(At at = {});

    [[nodiscard]] bool is_commutative(At at = {}) const { return Is_commutative(at); }
    /// Tell whether this is one of the constants below.
    [[nodiscard]] bool is_predefined() const noexcept;

    /// Tell whether this is MPI's own operation: neither null nor made by Create.
    [[nodiscard]] bool is_plain() const noexcept { return plain_ != Plain::no; }
    /// Tell whether this is MPI's own operation, and can be left to MPI whatever the elements are. MPICH ends the job over a logical operation on
    /// floating-point numbers, and some MPIs compare unsigned integers as if they were signed.
    [[nodiscard]] bool is_left_to_mpi() const noexcept { return plain_ == Plain::as_is; }
    /// Tell whether this is MPI's own operation, and can be left to MPI for elements of `type`.
    [[nodiscard]] bool is_left_to_mpi(MPI_Datatype type) const noexcept {
        return is_left_to_mpi() || (plain_ == Plain::on_signed && (type == MPI_DOUBLE || type == MPI_FLOAT || type == MPI_INT || type == MPI_LONG));
    }
    /// Return the datatype to call MPI with for elements of `type`. Throws if the operation is null, or is a user's operation on another type.
    [[nodiscard]] MPI_Datatype accept(MPI_Datatype type, detail::Caller caller) const;
    /// Return the operation to call MPI with for elements of `type`: this one, or one of the library's that does what MAX or MIN should.
    [[nodiscard]] MPI_Op handle_for(MPI_Datatype type) const;
    /// Tell whether this is a user's operation on elements of `type`.
    [[nodiscard]] bool works_on(MPI_Datatype type) const noexcept;
    /// The captures of a user's operation, which a call keeps as long as it uses them; null for MPI's own operations.
    [[nodiscard]] const std::shared_ptr<detail::UserOp>& user() const noexcept { return user_; }

protected:
    Op(MPI_Op raw, detail::Ownership ownership) noexcept;

private:
    void combine(const void* in, void* inout, MPI_Datatype type) const;
    static Op create(std::unique_ptr<detail::Reduction> reduction, bool commute, At at);

    std::shared_ptr<detail::UserOp> user_;
    enum class Plain : char { no, as_is, on_signed, needs_care } plain_ = Plain::no;
};

namespace detail {

template <class T>
concept LaidOutAsPair = is_laid_out_as_pair<T>;
template <class T>
concept ValueAndLocation = LaidOutAsPair<T> || requires(const T& t) {
    t.first < t.first, t.second < t.second;
};

/// The two members of a pair, or of a struct that is laid out as one.
template <class T> auto value_and_location(const T& object) {
    if constexpr (requires { object.first, object.second; })
        return std::tie(object.first, object.second);
    else
        return with_members(object, [](const auto& value, const auto& location) { return std::tie(value, location); });
}

/// Returns whether `a` is kept: its value comes before that of `b`, or the values are equal and its location is lower.
template <class T, class Before> bool is_kept(const T& a, const T& b, Before before) {
    const auto [value, location] = value_and_location(a);
    const auto [other_value, other_location] = value_and_location(b);
    return before(value, other_value) || (value == other_value && location < other_location);
}

/// A predefined operation, and its function of two values.
template <class Function> struct PredefinedOp : Op, Function {
    explicit PredefinedOp(MPI_Op raw) noexcept : Op(raw, Ownership::borrow) {}
    using Function::operator();
};

// clang-format off
struct Max  { template <class T> T operator()(const T& a, const T& b) const { return a < b ? b : a; } };
struct Min  { template <class T> T operator()(const T& a, const T& b) const { return b < a ? b : a; } };
struct Sum {
    template <class T> T operator()(const T& a, const T& b) const {
        static_assert(!std::is_same_v<T, bool>, "mpi4cxx: a SUM of bool is no count: reduce with LOR, or count with int");
        return static_cast<T>(a + b);
    }
};
struct Prod { template <class T> T operator()(const T& a, const T& b) const { return static_cast<T>(a * b); } };
struct Land { template <class T> T operator()(const T& a, const T& b) const { return static_cast<T>(a && b); } };
struct Band { template <class T> T operator()(const T& a, const T& b) const { return static_cast<T>(a & b); } };
struct Lor  { template <class T> T operator()(const T& a, const T& b) const { return static_cast<T>(a || b); } };
struct Bor  { template <class T> T operator()(const T& a, const T& b) const { return static_cast<T>(a | b); } };
struct Lxor { template <class T> T operator()(const T& a, const T& b) const { return static_cast<T>(!a != !b); } };
struct Bxor { template <class T> T operator()(const T& a, const T& b) const { return static_cast<T>(a ^ b); } };
// on (value, location) pairs; the lower location wins a tie
struct Maxloc { template <ValueAndLocation T> T operator()(const T& a, const T& b) const { return is_kept(a, b, [](const auto& x, const auto& y) { return y < x; }) ? a : b; } };
struct Minloc { template <ValueAndLocation T> T operator()(const T& a, const T& b) const { return is_kept(a, b, [](const auto& x, const auto& y) { return x < y; }) ? a : b; } };
struct Replace { template <class T> T operator()(const T&, const T& b) const { return b; } };
struct NoOp { template <class T> T operator()(const T& a, const T&) const { return a; } };
// clang-format on

}  // namespace detail

extern MPI4CXX_API const Op OP_NULL;

// Predefined operations (MPI-4.0, 6.9.2).
extern MPI4CXX_API const detail::PredefinedOp<detail::Max> MAX;
extern MPI4CXX_API const detail::PredefinedOp<detail::Min> MIN;
extern MPI4CXX_API const detail::PredefinedOp<detail::Sum> SUM;
extern MPI4CXX_API const detail::PredefinedOp<detail::Prod> PROD;
extern MPI4CXX_API const detail::PredefinedOp<detail::Land> LAND;
extern MPI4CXX_API const detail::PredefinedOp<detail::Band> BAND;
extern MPI4CXX_API const detail::PredefinedOp<detail::Lor> LOR;
extern MPI4CXX_API const detail::PredefinedOp<detail::Bor> BOR;
extern MPI4CXX_API const detail::PredefinedOp<detail::Lxor> LXOR;
extern MPI4CXX_API const detail::PredefinedOp<detail::Bxor> BXOR;
extern MPI4CXX_API const detail::PredefinedOp<detail::Maxloc> MAXLOC;
extern MPI4CXX_API const detail::PredefinedOp<detail::Minloc> MINLOC;
extern MPI4CXX_API const detail::PredefinedOp<detail::Replace> REPLACE;
extern MPI4CXX_API const detail::PredefinedOp<detail::NoOp> NO_OP;

}  // namespace MPI4CXX
