// The state behind a future.
#include <mpi4cxx/detail/futures/work_item.hpp>

#include <mpi4cxx/detail/futures/portable_address.hpp>
#include <mpi4cxx/futures/errors.hpp>
#include <mpi4cxx/futures/future.hpp>

#include "futures/done_callbacks.hpp"
#include "futures/executor_state.hpp"
#include "futures/thread_transport.hpp"
#include "futures/worker.hpp"
#include "futures/worker_pool.hpp"

#include <cstring>
#include <stdexcept>
#include <string>

namespace MPI4CXX::futures::detail {

namespace {

/// Marks a list of callbacks as closed: they have been run.
struct Closed final : Callback {
    void run() override {}
} closed;

}  // namespace

WorkItem::~WorkItem() = default;

void WorkItem::set_options(TaskHeader& header) const noexcept {
    header.retries = static_cast<std::uint32_t>(retries >= 0 ? retries : executor->options.retries);
    header.threads = static_cast<std::uint32_t>(executor->options.threads);
}

FutureState::~FutureState() {
    Callback* callback = callbacks_.load(std::memory_order_relaxed);
    while (callback != nullptr && callback != &closed) delete std::exchange(callback, callback->next);
}

bool FutureState::begin() noexcept {
    State expected = State::pending;
    return state_.compare_exchange_strong(expected, State::running, std::memory_order_acq_rel);
}

bool FutureState::cancel() {
    run_callbacks(cancel_rest());
    return is_cancelled();
}

DoneCallbacks FutureState::cancel_rest() {
    if (!begin())
        return {};
    cancelled_ = true;
    return end(std::make_exception_ptr(CancelledError("the future was cancelled")));
}

void FutureState::finish(std::exception_ptr error) { run_callbacks(end(std::move(error))); }

DoneCallbacks FutureState::end(std::exception_ptr error) {
    error_ = std::move(error);
    state_.store(State::done, std::memory_order_release);
    Callback* list = callbacks_.exchange(&closed, std::memory_order_acq_rel);
    Callback* in_order = nullptr;
    while (list != nullptr) {
        Callback* const next = list->next;
        list->next = in_order;
        in_order = std::exchange(list, next);
    }
    DoneCallbacks callbacks(in_order, executor);
    if (executor != nullptr)
        executor->pending.fetch_sub(1, std::memory_order_release);
    return callbacks;
}

void FutureState::when_done(std::unique_ptr<Callback> callback) {
    Callback* head = callbacks_.load(std::memory_order_acquire);
    do {
        if (head == &closed)
            return run_safely(*callback);
        callback->next = head;
    } while (!callbacks_.compare_exchange_weak(head, callback.get(), std::memory_order_acq_rel));
    (void)callback.release();
}

void throw_empty(const char* what) { throw InvalidStateError("this " + std::string(what) + " is empty: it was default-constructed or moved from"); }

void FutureState::wait(Timeout timeout) const {
    if (!is_done() && in_task() && !in_callback() && executor != nullptr && executor->workers == 1 &&
        ThreadManagerTransport::is_worker_of(executor->pool->transport()))
        throw std::invalid_argument("futures: a task cannot wait for another of the executor that runs it, which has one worker");
    if (!is_done() && !wait_until([this] { return is_done(); }, timeout.deadline()))
        throw TimeoutError("the result did not come in time");
}

void FutureState::load(const TaskType& type, Packing& packed, std::byte* room) {
    function = type.function;
    size_ = static_cast<std::uint32_t>(packed.bytes().size());
    const TaskHeader header{.id = 0,
                            .code = portable_address(&type),
                            .size = packed.bytes().size() - sizeof(TaskHeader),
                            .number = 0,
                            .count = 1,
                            .retries = 0,
                            .threads = 0};
    std::memcpy(packed.data() + sizeof(mpi4cxx::detail::Envelope), &header, sizeof header);
    if (packed.data() != room) {
        long_ = std::make_unique<Packing>(std::move(packed));
        return;
    }
    std::byte* to = short_.data();
    if (size_ > inside) {
        medium_.reset(new std::byte[size_]);
        to = medium_.get();
    }
    std::memcpy(to, packed.bytes().data(), size_);
}

WorkItem::Portion FutureState::take(int, int, std::uint64_t id, Packing& to) {
    taken_ = true;
    if (!begin())
        return {};
    align(to);
    std::byte* place = nullptr;
    if (long_ && to.bytes().empty()) {
        to = std::move(*long_);  // becomes the message itself
        place = to.data() + sizeof(mpi4cxx::detail::Envelope);
    } else {
        const std::span<const std::byte> bytes = long_ ? long_->bytes() : std::span<const std::byte>(medium_ ? medium_.get() : short_.data(), size_);
        place = to.claim(bytes.size());
        std::memcpy(place, bytes.data(), bytes.size());
    }
    TaskHeader header{};
    std::memcpy(&header, place, sizeof header);
    header.id = id;
    header.number = number;
    set_options(header);
    std::memcpy(place, &header, sizeof header);
    align(to);
    long_.reset();
    medium_.reset();
    return {0, 1, number};
}

DoneCallbacks FutureState::deliver(const Portion&, std::uint64_t, Unpacking& from, std::exception_ptr error, double) {
    if (error == nullptr) {
        try {
            store(from);
        } catch (...) {
            error = std::current_exception();
        }
    }
    return end(std::move(error));
}

DoneCallbacks FutureState::abandon(std::exception_ptr error) { return begin() || (taken_ && !is_done()) ? end(std::move(error)) : DoneCallbacks(); }

void FutureState::store(Unpacking&) {}

void wait_for(std::span<FutureState* const> tasks, ReturnWhen when, Timeout timeout) {
    std::size_t first = 0;  // all before it are done
    const auto is_enough = [&] {
        if (when == ReturnWhen::ALL_COMPLETED) {
            while (first < tasks.size() && tasks[first]->is_done()) ++first;
            return first == tasks.size();
        }
        std::size_t done = 0;
        for (const FutureState* task : tasks)
            if (task->is_done() && (++done, when == ReturnWhen::FIRST_COMPLETED || (task->error() != nullptr && !task->is_cancelled())))
                return true;
        return done == tasks.size();
    };
    wait_until(is_enough, timeout.deadline());
}

}  // namespace MPI4CXX::futures::detail
