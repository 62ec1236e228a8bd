#pragma once

#include <mpi4cxx/futures/detail/work.hpp>
#include <mpi4cxx/futures/options.hpp>

#include <atomic>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

namespace mpi4cxx::futures::detail {

class Crew;

/// An executor's side of a crew: what it has queued, and how much of that is not done.
class Client {
public:
    Client(std::shared_ptr<Crew> the_crew, PoolOptions the_options, int the_workers)
        : crew(std::move(the_crew)), options(std::move(the_options)), workers(the_workers), pinned(static_cast<std::size_t>(the_workers)) {}

    std::deque<Ref<Work>>& queue(const Work& work, int worker) {
        return worker >= 0 ? pinned[static_cast<std::size_t>(worker)] : work.is_single() ? tasks : jobs;
    }

    const std::shared_ptr<Crew> crew;
    const PoolOptions options;
    const int workers;

    /// Why it is broken; null where it is not.
    [[nodiscard]] std::exception_ptr failure() const { return is_broken ? broken : nullptr; }

    // under the lock of the crew's queues
    std::deque<Ref<Work>> tasks;
    std::deque<Ref<Work>> jobs;
    std::vector<std::deque<Ref<Work>>> pinned;  // of each worker
    std::size_t pinned_left = 0;
    std::exception_ptr broken;  // written once, before is_broken
    std::atomic<bool> is_broken{false};

    /// Whether all that it was given is done, and the callbacks of that have run.
    [[nodiscard]] bool is_quiet() const noexcept {
        const auto has_pending = [this] { return pending.load(std::memory_order_acquire) != 0; };
        return !has_pending() && notices.load(std::memory_order_acquire) == 0 && !has_pending();  // a callback may have submitted more
    }

    std::atomic<std::size_t> pending{0};  // works that are not done
    std::atomic<std::size_t> notices{0};  // those that are, and have callbacks that have not run
    std::atomic<std::uint64_t> number{0};
    std::atomic<bool> closed{false};
};

}  // namespace mpi4cxx::futures::detail
