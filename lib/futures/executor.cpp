// Executor, and the functions that submit tasks and maps.
#include <mpi4cxx/futures/executor.hpp>

#include <mpi4cxx/futures/errors.hpp>

#include "futures/done_callbacks.hpp"
#include "futures/executor_state.hpp"
#include "futures/pool_progress.hpp"
#include "futures/trace.hpp"
#include "futures/worker.hpp"
#include "futures/worker_pool.hpp"
#include "runtime/finalize.hpp"

#include <exception>
#include <new>
#include <stdexcept>

namespace MPI4CXX::futures {

namespace detail {

void check_open(const ExecutorStatePtr& executor, int worker) {
    if (executor == nullptr)
        throw_empty("view of an executor");
    if (executor->closed)
        throw std::runtime_error("futures: the executor is shut down: it takes no more tasks");
    if (worker != any_worker && (worker < 0 || worker >= executor->workers))
        throw std::invalid_argument("futures: there is no worker " + std::to_string(worker) + ", the executor has " +
                                    std::to_string(executor->workers));
}

void submit(const ExecutorStatePtr& executor, Ref<FutureState> task, int worker) {
    check_open(executor, worker);
    submit_unchecked(executor, std::move(task), worker);
}

void count_as_pending(const ExecutorStatePtr& executor, FutureState& task) {
    task.executor = executor;
    task.number = executor->number.fetch_add(1, std::memory_order_relaxed);
    executor->pending.fetch_add(1, std::memory_order_relaxed);
}

void enqueue(Ref<FutureState> task, int worker) noexcept {
    WorkerPool& pool = *task->executor->pool;
    pool.add(std::move(task), worker);
}

void submit_unchecked(const ExecutorStatePtr& executor, Ref<FutureState> task, int worker) noexcept {
    count_as_pending(executor, *task);
    enqueue(std::move(task), worker);
}

std::uint64_t new_part_id() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

void submit(const ExecutorStatePtr& executor, const Ref<MapState>& map_state) {
    check_open(executor, any_worker);
    map_state->executor = executor;
    executor->pending.fetch_add(1, std::memory_order_relaxed);
    executor->pool->add(map_state, any_worker);
    map_state->finish_if_done();
}

void publish(MapState& map_state, bool is_last) {
    map_state.publish(is_last);
    map_state.executor->pool->add_queued(1);
    map_state.finish_if_done();
}

int count_workers(const ExecutorStatePtr& executor) {
    if (executor == nullptr)
        throw_empty("view of an executor");
    return executor->workers;
}

void check_retries(int retries) {
    if (retries < -1)
        throw std::invalid_argument("futures: retries is " + std::to_string(retries) + ", it must not be negative, but for -1: as the executor says");
}

void check_map(const MapOptions& options, Split split) {
    const auto check = [](int value, const char* name) {
        if (value < 0)
            throw std::invalid_argument("futures: " + std::string(name) + " is " + std::to_string(value) + ", it must not be negative");
    };
    check(options.chunksize, "chunksize");
    check(options.buffersize, "buffersize");
    check_retries(options.retries);
    if (options.buffersize > 0 && split == Split::fixed)
        throw std::invalid_argument("futures: a fixed split needs all inputs at once, so there can be no buffersize");
}

}  // namespace detail

using detail::ExecutorState;

void Executor::open(detail::ExecutorStatePtr state) {
    state_ = std::move(state);
    exceptions_ = std::uncaught_exceptions();
    const Initializer& initializer = state_->options.initializer;
    initializers_ = mpi4cxx::detail::Array<detail::Ref<detail::FutureState>>(initializer ? static_cast<std::size_t>(state_->workers) : 0);
    for (std::size_t worker = 0; worker < initializers_.size(); ++worker) {
        const auto& task = initializers_[worker] = initializer.task();
        task->when_done([task = task.get(), state = state_] {
            if (task->error() != nullptr)
                state->pool->fail(*state, task->error());
            else
                state->pool->count_initialized(*state);
        });
        detail::count_as_pending(state_, *task);
        state_->initializers[worker].push_back(task);
    }
    state_->initializers_left = state_->uninitialized = initializers_.size();
    state_->pool->add_executor(state_);
}

const detail::ExecutorStatePtr& Executor::state() const {
    if (state_ == nullptr)
        throw std::runtime_error("futures: there is an executor on the root only");
    return state_;
}

Executor::~Executor() = default;

Executor& Executor::bootup(bool wait) {
    if (state()->closed)
        throw std::runtime_error("futures: the executor is shut down");
    for (const auto& task : initializers_) {
        if (wait)
            task->wait({});
        if (task->is_done() && task->error() != nullptr)
            std::rethrow_exception(state_->failure());
    }
    return *this;
}

int Executor::num_workers() const { return state()->closed || state()->failure() != nullptr ? 0 : state_->workers; }

void Executor::shutdown(bool wait, bool cancel_futures) {
    ExecutorState& state = *this->state();
    state.closed = true;
    if (cancel_futures)
        state.pool->cancel(state);
    if (!wait)
        return;
    state.pool->cut_inputs_off(state);
    detail::wait_until([&state] { return detail::in_callback() ? state.pending.load(std::memory_order_acquire) == 0 : state.is_finished(); },
                       Timeout::Clock::time_point::max());
}

void Executor::close() noexcept {
    if (mpi4cxx::detail::is_forked())
        static_cast<void>(new (std::nothrow) detail::ExecutorStatePtr(std::move(state_)));  // never ends: the workers are not this process's
    if (state_ == nullptr)
        return;
    try {
        const bool unwinds = std::uncaught_exceptions() > exceptions_;
        shutdown(!unwinds || state_->pool->is_private(), unwinds);
        if (state_->pool->is_private())
            state_->pool->end();
    } catch (...) {
        // the pool is broken: its futures say so
    }
}

void Executor::trace(const std::string& path) {
    std::vector<std::string> hosts;
    hosts.reserve(static_cast<std::size_t>(state()->workers));
    for (int worker = 0; worker < state()->workers; ++worker) hosts.push_back(state_->pool->transport().host(worker));
    detail::write_trace(path, state_->pool->take_trace(*state_), hosts);
}

}  // namespace MPI4CXX::futures
