#pragma once

#include <mpi4cxx/detail/futures/work.hpp>

#include "futures/client.hpp"
#include "futures/link.hpp"
#include "futures/notices.hpp"
#include "futures/trace.hpp"

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace MPI4CXX::futures::detail {

/// The workers of one or more executors, and what they have to do. Whoever waits drives it; where nobody waits, a thread does.
class Crew {
public:
    /// `is_private`: of one executor, which ends it.
    Crew(std::unique_ptr<Link> link, bool is_private);
    ~Crew();
    Crew(const Crew&) = delete;
    Crew& operator=(const Crew&) = delete;

    [[nodiscard]] int size() const noexcept { return static_cast<int>(workers_.size()); }
    [[nodiscard]] Link& link() noexcept { return *link_; }
    [[nodiscard]] bool is_private() const noexcept { return is_private_; }

    void join(std::shared_ptr<Client> client);
    /// One initializer more has succeeded: after the last, tasks may run.
    void count_initialized(Client& client);
    /// Queues it: for `worker`, or for any of its client's.
    void add(Ref<Work> work, int worker);
    /// Something that is queued has more to take.
    void refill(std::size_t more);

    /// Takes results, posts what is to run then, and sends tasks; whether there was anything to do. Nothing where another thread is at it.
    bool drive();
    /// Sends tasks if a worker has nothing to do.
    void offer();
    /// Cancels what no worker has yet.
    void cancel(Client& client);
    /// Ends all that is pending of a client whose initializer has failed: no more can be done.
    void fail(Client& client, const std::exception_ptr& error);
    /// Waits until nothing is pending and lets the workers go.
    void end();

    [[nodiscard]] bool is_idle() const noexcept {
        return queued_.load(std::memory_order_relaxed) == 0 && flying_.load(std::memory_order_relaxed) == 0;
    }

    /// What the workers have done since this was last called.
    std::vector<Span> take_trace(const Client& client);

private:
    struct Worker {
        int tasks = 0;          // messages' tasks that it has
        std::size_t bytes = 0;  // of these
        double seconds = -1;    // that a task takes, about
        bool hungry = true;     // on the list
    };
    struct Flight {
        Ref<Work> work;
        Work::Taken taken;
        int worker = 0;
        std::size_t bytes = 0;
    };
    struct Landing {
        Flight flight;
        const ResultHeader* header;
        std::span<const std::byte> values, error;
    };

    void land(const Arrival& arrival, std::vector<Landing>& landings);
    void record(const std::vector<Landing>& landings);
    [[nodiscard]] Notice deliver(Landing& landing);
    bool dispatch(std::vector<Ref<Work>>& taken);
    bool fill(int worker, std::size_t share, std::vector<Ref<Work>>& taken);
    bool take_next(int worker, Packing& to, std::vector<Ref<Work>>& taken);
    [[nodiscard]] int room(const Worker& worker, const Client& client) const noexcept;
    void make_hungry(int worker);
    void fail(const std::exception_ptr& error) noexcept;
    [[nodiscard]] bool has_callbacks();
    static void take_queues(Client& client, std::vector<Ref<Work>>& to);

    std::unique_ptr<Link> link_;
    bool is_private_;
    bool ended_ = false;

    std::mutex drive_mutex_;  // of the link and of what is under way
    std::vector<Worker> workers_;
    std::vector<int> hungry_;  // who has room; the last one has been at work last
    std::vector<Flight> flights_;
    std::vector<std::uint64_t> free_;
    std::exception_ptr broken_;  // written once, before is_broken_
    std::atomic<bool> is_broken_{false};

    std::mutex queue_mutex_;
    std::vector<std::shared_ptr<Client>> clients_;
    std::size_t turn_ = 0;
    std::vector<Span> trace_;
    std::size_t oldest_ = 0;

    std::atomic<std::size_t> queued_{0};  // about how many messages wait
    std::atomic<std::size_t> flying_{0};
    std::atomic<int> idle_{0};  // workers that have nothing to do
};

}  // namespace MPI4CXX::futures::detail
