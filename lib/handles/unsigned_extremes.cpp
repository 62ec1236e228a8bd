#include "handles/unsigned_extremes.hpp"

#include <mpi4cxx/detail/mpi/call.hpp>
#include <mpi4cxx/op.hpp>

#include "runtime/finalize.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <mutex>

namespace MPI4CXX::detail {

namespace {

template <class T> const T& greater(const T& a, const T& b) { return std::max(a, b); }
template <class T> const T& lesser(const T& a, const T& b) { return std::min(a, b); }

/// What MPI calls back.
template <class T, const T& (*choose)(const T&, const T&)> void combine(void* in, void* inout, int* count, MPI_Datatype*) {
    const T* const a = static_cast<const T*>(in);
    T* const b = static_cast<T*>(inout);
    std::transform(a, a + *count, b, b, choose);
}

/// Returns whether MPI's own operation is right for elements of `type`, which is a `T`.
template <class T> bool is_right(MPI_Op op, MPI_Datatype type, T expected) {
    constexpr std::size_t some = 67;  // an MPI may combine most of them by other instructions than the last
    constexpr T least = 1, greatest = std::numeric_limits<T>::max();
    std::array<T, some> in, inout;
    for (std::size_t i = 0; i < some; ++i) {
        in[i] = i % 2 == 0 ? greatest : least;
        inout[i] = i % 2 == 0 ? least : greatest;
    }
    call<PMPI_Reduce_local>(in.data(), inout.data(), int{some}, type, op);
    return std::all_of(inout.begin(), inout.end(), [expected](T got) { return got == expected; });
}

/// The operations on one of MPI's unsigned types.
class Extremes {
public:
    template <class T> Extremes(MPI_Datatype type, T /*element*/) noexcept : type_(type), find_out_([](Extremes& own) { own.find_out<T>(); }) {}
    Extremes(const Extremes&) = delete;
    Extremes& operator=(const Extremes&) = delete;

    [[nodiscard]] MPI_Datatype type() const noexcept { return type_; }
    MPI_Op operation(MPI_Op op) {
        if (!is_known_.load(std::memory_order_acquire)) {
            const std::lock_guard lock(mutex_);
            if (!is_known_.load(std::memory_order_relaxed))
                find_out_(*this);
            is_known_.store(true, std::memory_order_release);
        }
        const Op& own = op == MPI_MAX ? max_ : min_;
        return own.is_null() ? op : own.handle();
    }
    /// Frees the operations of this library. The next call finds out again.
    void free() {
        const std::lock_guard lock(mutex_);
        is_known_.store(false, std::memory_order_relaxed);
        max_ = Op();
        min_ = Op();
    }

private:
    template <class T> void find_out() {
        constexpr int commutes = 1;
        if (!is_right(MPI_MAX, type_, std::numeric_limits<T>::max()))
            max_ = Op::take(get<MPI_Op_create>(combine<T, greater<T>>, commutes));
        if (!is_right(MPI_MIN, type_, T{1}))
            min_ = Op::take(get<MPI_Op_create>(combine<T, lesser<T>>, commutes));
    }

    MPI_Datatype type_;
    void (*find_out_)(Extremes&);
    std::mutex mutex_;
    std::atomic<bool> is_known_ = false;
    Op max_, min_;  // of this library; null where MPI's own is right
};

auto& all_types() {
    // Never destroyed: a static object of the program may reduce until MPI ends.
    static auto& all = *new std::array<Extremes, 9>{{{MPI_UNSIGNED_CHAR, static_cast<unsigned char>(0)},
                                                     {MPI_UNSIGNED_SHORT, static_cast<unsigned short>(0)},
                                                     {MPI_UNSIGNED, 0U},
                                                     {MPI_UNSIGNED_LONG, 0UL},
                                                     {MPI_UNSIGNED_LONG_LONG, 0ULL},
                                                     {MPI_UINT8_T, std::uint8_t{}},
                                                     {MPI_UINT16_T, std::uint16_t{}},
                                                     {MPI_UINT32_T, std::uint32_t{}},
                                                     {MPI_UINT64_T, std::uint64_t{}}}};
    return all;
}

void free_all() {
    for (Extremes& extremes : all_types()) extremes.free();
}

}  // namespace

MPI_Op right_operation(MPI_Op op, MPI_Datatype type) {
    if (op != MPI_MAX && op != MPI_MIN)
        return op;
    for (Extremes& extremes : all_types())
        if (extremes.type() == type) {
            static const bool once = (at_end(free_all), true);
            (void)once;
            return extremes.operation(op);
        }
    return op;
}

}  // namespace MPI4CXX::detail
