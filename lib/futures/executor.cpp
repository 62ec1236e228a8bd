#include <mpi4cxx/futures/executor.hpp>

#include <mpi4cxx/futures/errors.hpp>

#include "futures/client.hpp"
#include "futures/crew.hpp"
#include "futures/crews.hpp"
#include "futures/notices.hpp"
#include "futures/trace.hpp"
#include "futures/worker.hpp"

#include <exception>
#include <stdexcept>

namespace MPI4CXX::futures {

namespace detail {

void check_open(const Clients& client, int worker) {
    if (client == nullptr)
        throw_empty("view of an executor");
    if (client->closed)
        throw std::runtime_error("futures: the executor is shut down: it takes no more tasks");
    if (worker >= client->workers)
        throw std::invalid_argument("futures: there is no worker " + std::to_string(worker) + ", the executor has " +
                                    std::to_string(client->workers));
}

void submit(const Clients& client, Ref<Task> task, int worker) {
    check_open(client, worker);
    submit_last(client, std::move(task), worker);
}

void accept(const Clients& client, Task& task) {
    task.client = client;
    task.number = client->number.fetch_add(1, std::memory_order_relaxed);
    client->pending.fetch_add(1, std::memory_order_relaxed);
}

void enqueue(Ref<Task> task, int worker) noexcept {
    Crew& crew = *task->client->crew;
    crew.add(std::move(task), worker);
}

void submit_last(const Clients& client, Ref<Task> task, int worker) noexcept {
    accept(client, *task);
    enqueue(std::move(task), worker);
}

std::uint64_t new_part() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

void submit(const Clients& client, const Ref<Job>& job) {
    check_open(client, any_worker);
    job->client = client;
    client->pending.fetch_add(1, std::memory_order_relaxed);
    client->crew->add(job, any_worker);
    job->notice_end();
}

void publish(Job& job, bool is_last) {
    job.publish(is_last);
    job.client->crew->refill(1);
    job.notice_end();
}

int count_workers(const Clients& client) {
    if (client == nullptr)
        throw_empty("view of an executor");
    return client->workers;
}

void check_retries(int retries) {
    if (retries < -1)
        throw std::invalid_argument("futures: retries is " + std::to_string(retries) + ", it must be positive");
}

void check_map(const MapOptions& options, Split split) {
    const auto check = [](int value, const char* name) {
        if (value < 0)
            throw std::invalid_argument("futures: " + std::string(name) + " is " + std::to_string(value) + ", it must be positive");
    };
    check(options.chunksize, "chunksize");
    check(options.buffersize, "buffersize");
    check_retries(options.retries);
    if (options.buffersize > 0 && split == Split::fixed)
        throw std::invalid_argument("futures: a fixed split needs all inputs at once, so there can be no buffersize");
}

}  // namespace detail

using detail::Client;

void Executor::open(detail::Clients client) {
    client_ = std::move(client);
    exceptions_ = std::uncaught_exceptions();
    const Initializer& initializer = client_->options.initializer;
    for (int worker = 0; initializer && worker < client_->workers; ++worker) {
        const auto& task = initializers_.emplace_back(initializer.task());
        task->when_done([task = task.get(), client = client_] {
            if (task->error() != nullptr)
                client->crew->fail(*client, task->error());
            else
                client->crew->count_initialized(*client);
        });
        detail::accept(client_, *task);
        client_->initializers[static_cast<std::size_t>(worker)].push_back(task);
    }
    client_->initializers_left = client_->uninitialized = initializers_.size();
    client_->crew->join(client_);
}

const detail::Clients& Executor::client() const {
    if (client_ == nullptr)
        throw std::runtime_error("futures: there is an executor on the root only");
    return client_;
}

Executor::~Executor() = default;

Executor& Executor::bootup(bool wait) {
    if (client()->closed)
        throw std::runtime_error("futures: the executor is shut down");
    for (const auto& task : initializers_) {
        if (wait)
            task->wait({});
        if (task->is_done() && task->error() != nullptr)
            std::rethrow_exception(client_->failure());
    }
    return *this;
}

int Executor::num_workers() const { return client()->closed || client()->failure() != nullptr ? 0 : client_->workers; }

void Executor::shutdown(bool wait, bool cancel_futures) {
    Client& client = *this->client();
    client.closed = true;
    if (cancel_futures)
        client.crew->cancel(client);
    if (wait)
        detail::wait_until([&client] { return detail::in_callback() ? client.pending.load(std::memory_order_acquire) == 0 : client.is_quiet(); },
                           Timeout::Clock::time_point::max());
}

void Executor::close() noexcept {
    if (client_ == nullptr)
        return;
    try {
        const bool unwinds = std::uncaught_exceptions() > exceptions_;
        shutdown(!unwinds || client_->crew->is_private(), unwinds);
        if (client_->crew->is_private())
            client_->crew->end();
    } catch (...) {
        // the crew is broken: its futures say so
    }
}

void Executor::trace(const std::string& path) {
    std::vector<std::string> hosts;
    hosts.reserve(static_cast<std::size_t>(client()->workers));
    for (int worker = 0; worker < client()->workers; ++worker) hosts.push_back(client_->crew->link().host(worker));
    detail::write_trace(path, client_->crew->take_trace(*client_), hosts);
}

}  // namespace MPI4CXX::futures
