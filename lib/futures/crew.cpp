#include "futures/crew.hpp"

#include <mpi4cxx/error.hpp>
#include <mpi4cxx/futures/errors.hpp>

#include "futures/client.hpp"
#include "futures/crews.hpp"
#include "futures/exceptions.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace MPI4CXX::futures::detail {

namespace {

constexpr double serves = 4e-6;                 // what the manager takes to serve a worker once, with room to spare
constexpr double ahead = 300e-6;                // a worker has tasks for so long, in seconds: longer than the manager is away
constexpr int most_tasks = 512;                 // of these, so that not too many wait behind a long one
constexpr double long_task = 50e-3;             // of such a worker has one alone: a message more takes no time beside it
constexpr std::size_t message_size = 64 << 10;  // a message is sent when it has so many bytes
constexpr std::size_t most_bytes = 1 << 20;     // that a worker has waiting, unless one task has more
constexpr std::size_t trace_size = 1 << 17;

std::string message_of(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& e) {
        return e.what();
    } catch (...) {
        return "unknown";
    }
}

/// Ends all in the same way, then runs what is to run then.
template <class F> void end_all(const std::vector<Ref<Work>>& works, F end) {
    std::vector<Notice> notices;
    notices.reserve(works.size());
    for (const Ref<Work>& work : works) notices.push_back(end(*work));
    for (Notice& notice : notices) announce(std::move(notice));
}

/// MPI has failed: nothing more can be done.
template <class F> void try_to(F f, std::exception_ptr& failure) {
    try {
        f();
    } catch (...) {
        failure = std::make_exception_ptr(BrokenExecutor("the pool is broken: " + message_of(std::current_exception())));
    }
}

}  // namespace

Crew::Crew(std::unique_ptr<Link> link, bool is_private)
    : link_(std::move(link)), is_private_(is_private), workers_(static_cast<std::size_t>(link_->size())) {
    for (int worker = size(); worker > 0; --worker) hungry_.push_back(worker - 1);  // worker 0 first
    idle_ = size();
}

Crew::~Crew() = default;

void Crew::join(std::shared_ptr<Client> client) {
    std::vector<std::shared_ptr<Client>> gone;  // those that nobody waited for
    std::vector<Ref<Work>> late;
    {
        const std::lock_guard lock(queue_mutex_);
        std::erase_if(clients_, [&gone](auto& one) { return one->closed && one->is_quiet() && (gone.push_back(std::move(one)), true); });
        if (is_broken_)
            take_queues(*client, late);
        queued_.fetch_add(client->left(), std::memory_order_relaxed);
        clients_.push_back(std::move(client));
    }
    end_all(late, [this](Work& work) { return work.abandon(broken_); });
    offer();
    wake_driver();
}

void Crew::count_initialized(Client& client) {
    std::size_t left = 0;
    {
        const std::lock_guard lock(queue_mutex_);
        left = --client.uninitialized == 0 ? client.left() : 0;
    }
    if (left != 0)
        refill(left);
}

void Crew::add(Ref<Work> work, int worker) {
    Client& client = *work->client;
    {
        const std::lock_guard lock(queue_mutex_);
        if (!client.is_broken && !is_broken_ && !ended_) {
            client.pinned_left += worker >= 0 ? 1 : 0;
            client.queue(*work, worker).push_back(std::move(work));
        }
    }
    if (work) {  // NOLINT(bugprone-use-after-move): null where it was moved
        return announce(work->abandon(client.is_broken ? client.broken
                                      : is_broken_     ? broken_
                                                       : std::make_exception_ptr(BrokenExecutor("the workers are gone"))));
    }
    queued_.fetch_add(1, std::memory_order_relaxed);
    offer();
    wake_driver();
}

void Crew::refill(std::size_t more) {
    queued_.fetch_add(more, std::memory_order_relaxed);
    offer();
    wake_driver();
}

void Crew::offer() {
    if (idle_.load(std::memory_order_relaxed) == 0 || !drive_mutex_.try_lock())
        return;
    std::exception_ptr failure;
    std::vector<Ref<Work>> taken;  // let go outside the locks
    {
        const std::lock_guard lock(drive_mutex_, std::adopt_lock);
        if (!is_broken_ && !ended_)
            try_to([&] { dispatch(taken); }, failure);
    }
    if (failure != nullptr)
        fail(failure);
}

bool Crew::drive() {
    if (!drive_mutex_.try_lock())
        return false;
    bool moved = false;
    std::exception_ptr failure;
    std::vector<Arrival> arrivals;
    std::vector<Landing> landings;
    std::vector<Ref<Work>> taken;  // let go outside the locks
    {
        const std::lock_guard lock(drive_mutex_, std::adopt_lock);
        if (is_broken_ || ended_)
            return false;
        try_to(
            [&] {
                for (Arrival arrival; arrivals.size() < 16 && link_->poll(arrival);) {
                    arrivals.push_back(std::move(arrival));
                    land(arrivals.back(), landings);
                }
                moved = !arrivals.empty();
                if (queued_.load(std::memory_order_relaxed) != 0)
                    moved |= dispatch(taken);
                moved |= link_->tidy();
            },
            failure);
    }
    if (!landings.empty())
        record(landings);
    std::vector<Notice> notices;
    for (Landing& landing : landings)
        if (Notice notice = deliver(landing); !notice.is_empty())
            notices.push_back(std::move(notice));
    post(std::move(notices));
    flying_.fetch_sub(landings.size(), std::memory_order_release);
    if (failure != nullptr)
        fail(failure);
    return moved;
}

// Results ------------------------------------------------------------------------------------------------------------------

void Crew::land(const Arrival& arrival, std::vector<Landing>& landings) {
    Unpacking from(arrival.bytes);
    Worker& worker = workers_[static_cast<std::size_t>(arrival.worker)];
    while (from.remaining() != 0) {
        const auto* const header = reinterpret_cast<const ResultHeader*>(from.take(sizeof(ResultHeader)));
        const std::byte* const values = from.take(header->values);
        const std::byte* const error = from.take(header->error);
        from.take(std::min(-(header->values + header->error) & 15, from.remaining()));
        Flight& flight = flights_.at(header->id);
        if (!flight.work)
            throw Exception(MPI_ERR_OTHER, "futures", "a worker has sent the result of a task that it does not have");
        const double seconds = 1e-9 * static_cast<double>(header->duration);
        // A short time counts more: the first calls take longer than those that follow.
        worker.seconds = worker.seconds < 0         ? seconds
                         : seconds < worker.seconds ? (worker.seconds + seconds) / 2
                                                    : worker.seconds + (seconds - worker.seconds) / 8;
        worker.bytes -= flight.bytes;
        if (--worker.tasks == 0)
            idle_.fetch_add(1, std::memory_order_relaxed);
        landings.push_back({std::move(flight), header, {values, header->values}, {error, header->error}});
        free_.push_back(header->id);
    }
    make_hungry(arrival.worker);
}

void Crew::record(const std::vector<Landing>& landings) {
    const std::lock_guard lock(queue_mutex_);
    for (const auto& [flight, header, values, error] : landings) {
        const Span span{flight.work->client.get(),
                        flight.work->function,
                        flight.taken.number,
                        flight.taken.count,
                        static_cast<std::int64_t>(header->begin) + link_->clock_offset(flight.worker),
                        static_cast<std::int64_t>(header->duration),
                        flight.worker};
        if (trace_.size() < trace_size)
            trace_.push_back(span);
        else
            trace_[oldest_++ % trace_size] = span;
    }
}

Notice Crew::deliver(Landing& landing) {
    const ResultHeader& header = *landing.header;
    Flight& flight = landing.flight;
    std::exception_ptr error;
    if (!landing.error.empty()) {
        try {
            Unpacking told(landing.error);
            error = unpack_exception(told);
        } catch (...) {
            error = std::current_exception();
        }
    }
    Unpacking values(landing.values);
    return flight.work->deliver(flight.taken, header.done, values, std::move(error), 1e-9 * static_cast<double>(header.duration));
}

void Crew::make_hungry(int worker) {
    if (!std::exchange(workers_[static_cast<std::size_t>(worker)].hungry, true))
        hungry_.push_back(worker);
}

std::vector<Span> Crew::take_trace(const Client& client) {
    const std::lock_guard lock(queue_mutex_);
    std::vector<Span> spans;
    std::erase_if(trace_, [&](const Span& span) { return span.client == &client && (spans.push_back(span), true); });
    oldest_ = 0;
    return spans;
}

// Tasks --------------------------------------------------------------------------------------------------------------------

int Crew::room(const Worker& worker, const Client& client) const noexcept {
    if (worker.tasks > 0 && worker.bytes >= most_bytes)
        return 0;
    if (client.options.prefetch > 0)
        return client.options.prefetch - worker.tasks;
    if (worker.seconds < 0 || worker.seconds > long_task)
        return 1 - worker.tasks;
    return std::clamp(static_cast<int>(std::max(ahead, serves * size()) / std::max(worker.seconds, 1e-9)), 2, most_tasks) - worker.tasks;
}

bool Crew::dispatch(std::vector<Ref<Work>>& taken) {
    const std::lock_guard lock(queue_mutex_);
    bool moved = false;
    for (std::size_t i = hungry_.size(); i > 0; --i) {
        std::size_t left = 0;
        for (const auto& client : clients_) left += client->left();
        queued_.store(left, std::memory_order_relaxed);
        if (left == 0)
            break;
        const int worker = hungry_[i - 1];
        moved |= fill(worker, std::max<std::size_t>(1, (left + i - 1) / i), taken);
        Worker& state = workers_[static_cast<std::size_t>(worker)];
        if (std::none_of(clients_.begin(), clients_.end(), [&](const auto& client) { return room(state, *client) > 0; })) {
            state.hungry = false;
            hungry_.erase(hungry_.begin() + static_cast<std::ptrdiff_t>(i - 1));
        }
    }
    return moved;
}

bool Crew::fill(int worker, std::size_t share, std::vector<Ref<Work>>& taken) {
    bool moved = false;
    while (share > 0) {
        Packing to(Packing::Blocks::inside);
        std::size_t tasks = 0;
        while (tasks < share && to.bytes().size() < message_size && take_next(worker, to, taken)) ++tasks;
        if (tasks == 0)
            break;
        link_->send(worker, std::move(to));
        share -= tasks;
        moved = true;
    }
    return moved;
}

bool Crew::take_next(int worker, Packing& to, std::vector<Ref<Work>>& taken_works) {
    Worker& state = workers_[static_cast<std::size_t>(worker)];
    const std::size_t before = to.size();
    for (std::size_t i = 0; i < clients_.size(); ++i) {
        Client& client = *clients_[(turn_ + i) % clients_.size()];
        if (worker >= client.workers || room(state, client) <= 0)
            continue;
        if (free_.empty()) {
            free_.push_back(flights_.size());
            flights_.emplace_back();
        }
        const std::uint64_t id = free_.back();
        for (Client::Queue* const queue : client.queues(worker)) {
            if (queue == nullptr)
                break;
            for (auto work = queue->begin(); work != queue->end();) {
                const Work::Taken taken = (*work)->take(worker, client.workers, id, to);
                Ref<Work> current = *work;
                if (!current->is_taken()) {
                    ++work;
                } else {
                    client.count_taken(queue);
                    taken_works.push_back(std::move(*work));
                    work = queue->erase(work);
                }
                if (taken.count == 0)
                    continue;
                free_.pop_back();
                flights_[id] = {std::move(current), taken, worker, to.size() - before};
                if (state.tasks++ == 0)
                    idle_.fetch_sub(1, std::memory_order_relaxed);
                state.bytes += to.size() - before;
                flying_.fetch_add(1, std::memory_order_relaxed);
                turn_ = (turn_ + i + 1) % clients_.size();
                return true;
            }
        }
    }
    return false;
}

// The end ------------------------------------------------------------------------------------------------------------------

void Crew::take_queues(Client& client, std::vector<Ref<Work>>& to) {
    const auto take = [&to](Client::Queue& queue) {
        std::move(queue.begin(), queue.end(), std::back_inserter(to));
        queue.clear();
    };
    take(client.tasks);
    take(client.jobs);
    std::for_each(client.initializers.begin(), client.initializers.end(), take);
    std::for_each(client.pinned.begin(), client.pinned.end(), take);
    client.initializers_left = client.pinned_left = 0;
}

void Crew::cancel(Client& client) {
    std::vector<Ref<Work>> all;
    {
        const std::lock_guard lock(queue_mutex_);
        take_queues(client, all);
    }
    end_all(all, [](Work& work) { return work.cancel_rest(); });
}

void Crew::fail(Client& client, const std::exception_ptr& error) {
    std::vector<Ref<Work>> all;
    {
        const std::lock_guard lock(queue_mutex_);
        if (client.is_broken)
            return;
        client.broken = std::make_exception_ptr(BrokenExecutor("the initializer failed: " + message_of(error)));
        client.is_broken = true;
        take_queues(client, all);
    }
    end_all(all, [&client](Work& work) { return work.abandon(client.failure()); });
}

void Crew::fail(const std::exception_ptr& error) noexcept {
    std::vector<Ref<Work>> all;
    {
        const std::lock_guard drive_lock(drive_mutex_);
        const std::lock_guard lock(queue_mutex_);
        if (is_broken_)
            return;
        broken_ = error;
        is_broken_ = true;
        for (Flight& flight : flights_)
            if (flight.work)
                all.push_back(std::move(flight.work));
        flying_.fetch_sub(all.size(), std::memory_order_relaxed);
        for (const auto& client : clients_) take_queues(*client, all);
        queued_ = 0;
    }
    end_all(all, [&error](Work& work) { return work.abandon(error); });
}

bool Crew::has_callbacks() {
    const std::lock_guard lock(queue_mutex_);
    return std::any_of(clients_.begin(), clients_.end(), [](const auto& client) { return client->notices.load(std::memory_order_acquire) != 0; });
}

void Crew::end() {
    std::vector<std::shared_ptr<Client>> clients;  // which have this crew
    wait_until([this] { return (is_idle() || is_broken_) && (in_callback() || !has_callbacks()); }, Timeout::Clock::time_point::max());
    discharge(*this);
    const std::lock_guard drive_lock(drive_mutex_);
    {
        const std::lock_guard lock(queue_mutex_);
        if (std::exchange(ended_, true))
            return;
        clients_.swap(clients);
    }
    link_->stop();
}

}  // namespace MPI4CXX::futures::detail
