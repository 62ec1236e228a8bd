#pragma once

#include <mpi4cxx/error.hpp>
#include <mpi4cxx/win.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>

namespace MPI4CXX::sync {

/// A counter that all processes of a communicator share: each value is handed out once. As mpi4py.util.sync.Counter; values have 64 bits. Free it
/// collectively, as a window.
/// `for (const auto item : counter)` takes values until the loop is left. Several threads may use a counter if the level is THREAD_MULTIPLE.
class MPI4CXX_API Counter {
public:
    using value_type = std::int64_t;

    /// Takes a value for each step of a loop.
    class Iterator {
    public:
        using value_type = Counter::value_type;
        using difference_type = std::ptrdiff_t;
        value_type operator*() const noexcept { return value_; }
        Iterator& operator++() {
            value_ = counter_->next(at_);
            return *this;
        }
        void operator++(int) { ++*this; }

    private:
        friend class Counter;
        Iterator(Counter& counter, At at) : counter_(&counter), value_(counter.next(at)), at_(at) {}
        Counter* counter_;
        value_type value_;
        At at_;
    };

    /// Make a counter that lies on `root` and begins at `start`, which counts there alone. Calls MPI_Win_allocate_shared or MPI_Win_allocate
    /// (MPI-4.0, 12.2). Collective.
    explicit Counter(const Intracomm& comm, value_type start = 0, value_type step = 1, const Info& info = INFO_NULL, int root = 0, At at = {});

    /// Return the value of the counter, and add `step` to it. Calls MPI_Fetch_and_op (MPI-4.0, 12.3.4).
    value_type next(At at = {}) { return next(step_, at); }
    /// Return the value of the counter, and add `increment` to it. Calls MPI_Fetch_and_op (MPI-4.0, 12.3.4).
    value_type next(value_type increment, At at = {}) {
        check_exists({at, "sync::Counter::next"});
        value_type value = 0;
        win_.Fetch_and_op(increment, value, root_, 0, SUM, at);
        win_.Flush(root_, at);
        return value;
    }
    [[nodiscard]] Iterator begin(At at = {}) { return {*this, at}; }
    [[nodiscard]] static std::unreachable_sentinel_t end() noexcept { return std::unreachable_sentinel; }
    /// Free the counter. Calls MPI_Win_free (MPI-4.0, 12.2.5). Collective.
    void free(At at = {});

private:
    /// Throws std::invalid_argument if the counter was freed or moved from.
    void check_exists(detail::Caller caller) const {
        if (win_.is_null()) [[unlikely]]
            detail::misuse(caller, "the object was freed or moved from");
    }

    int root_;
    value_type step_;
    Win win_;
};

}  // namespace MPI4CXX::sync
