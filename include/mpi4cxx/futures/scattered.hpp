#pragma once

#include <mpi4cxx/detail/futures/submit.hpp>

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace MPI4CXX::futures {

namespace detail {

/// Returns a new identity for data on the workers.
[[nodiscard]] MPI4CXX_API std::uint64_t new_part_id();

template <class T> void store_vector(std::uint64_t id, std::vector<T> part) {
    store_part(id, typeid(T), std::make_shared<std::vector<T>>(std::move(part)));
}
inline void erase_vector(std::uint64_t id) { erase_part(id); }

}  // namespace detail

/// Data that is spread over the workers, one part on each: the result of scatter(). A task that gets this as an argument sees a
/// `std::vector<T>&`, the part of the worker that runs the task. The parts are freed when the last copy of this object is destroyed.
template <class T> class Scattered {
public:
    /// Cuts `range` into one part for each worker, of nearly the same length.
    template <class R> Scattered(const detail::ExecutorStatePtr& executor, const R& range) : owner_(std::make_shared<Owner>(executor)) {
        const auto workers = static_cast<std::size_t>(owner_->workers), size = static_cast<std::size_t>(std::ranges::distance(range));
        auto at = std::ranges::begin(range);
        std::vector<Future<void>> kept;
        for (std::size_t w = 0; w < workers; ++w) {
            const std::size_t n = size * (w + 1) / workers - size * w / workers;
            const auto end = std::ranges::next(at, static_cast<std::ptrdiff_t>(n));
            kept.push_back(detail::submit_to(executor, static_cast<int>(w), {}, detail::store_vector<T>, owner_->id, std::vector<T>(at, end)));
            at = end;
        }
        detail::results_of(kept);
    }
    /// Return all parts, joined in the order of the workers. First wait for the tasks that use them.
    [[nodiscard]] std::vector<T> gather() const {
        std::vector<T> all;
        for (std::vector<T>& part : detail::results_of(detail::submit_to_all(
                 owner().executor, [](const std::vector<T>& mine) { return mine; }, *this)))
            std::move(part.begin(), part.end(), std::back_inserter(all));
        return all;
    }
    /// The identity of the data on the workers.
    [[nodiscard]] std::uint64_t id() const { return owner().id; }

private:
    struct Owner {
        explicit Owner(detail::ExecutorStatePtr of) : executor(std::move(of)), workers(detail::count_workers(executor)) {}
        Owner(const Owner&) = delete;
        Owner& operator=(const Owner&) = delete;
        ~Owner() {
            for (int w = 0; w < workers; ++w)
                detail::submit_unchecked(executor, detail::make_task<decltype(&detail::erase_vector), std::uint64_t>(&detail::erase_vector, id), w);
        }
        detail::ExecutorStatePtr executor;
        int workers;
        std::uint64_t id = detail::new_part_id();
    };
    [[nodiscard]] const Owner& owner() const {
        if (owner_ == nullptr)
            detail::throw_empty("scattered data");
        return *owner_;
    }
    std::shared_ptr<Owner> owner_;
};

}  // namespace MPI4CXX::futures
