#include "futures/thread_link.hpp"

#include <atomic>
#include <utility>

namespace MPI4CXX::futures::detail {

namespace {

Bytes bytes_of(const Packing& packing) {
    Bytes bytes(packing.bytes().size());
    std::memcpy(bytes.data(), packing.bytes().data(), bytes.size());
    return bytes;
}

}  // namespace

/// One worker: its tasks, and its thread.
class ThreadLink::Desk final : public Line {
public:
    Desk(ThreadLink& link, int worker)
        : link_(link), worker_(worker), thread_([this] {
              serve(*this, {worker_, link_.rank_, "thread " + std::to_string(worker_) + " of rank " + std::to_string(link_.rank_), link_.host_, ""},
                    false);
          }) {}
    ~Desk() override { thread_.join(); }

    void give(Bytes tasks) {
        const std::lock_guard lock(mutex_);
        tasks_.push_back(std::move(tasks));
        waiting_.store(tasks_.size(), std::memory_order_release);
        wakes_.notify_one();
    }
    void stop() {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        wakes_.notify_one();
    }

    Got poll(Bytes& tasks) override {
        if (waiting_.load(std::memory_order_acquire) == 0 && !stopped_.load(std::memory_order_acquire))
            return Got::nothing;
        const std::lock_guard lock(mutex_);
        if (tasks_.empty())
            return stopped_ ? Got::stop : Got::nothing;
        tasks = std::move(tasks_.front());
        tasks_.pop_front();
        waiting_.store(tasks_.size(), std::memory_order_release);
        return Got::tasks;
    }
    void send(Packing&& results) override {
        Bytes bytes = bytes_of(results);
        const std::lock_guard lock(link_.mutex_);
        link_.results_.push_back({worker_, std::move(bytes)});
        link_.arrived_.fetch_add(1, std::memory_order_release);
    }
    void rest(Backoff& backoff) override {
        if (!backoff.is_asleep())
            return backoff.pause();
        std::unique_lock lock(mutex_);
        wakes_.wait(lock, [this] { return stopped_ || !tasks_.empty(); });
    }

private:
    ThreadLink& link_;
    int worker_;
    std::mutex mutex_;
    std::condition_variable wakes_;
    std::deque<Bytes> tasks_;
    std::atomic<std::size_t> waiting_{0};
    std::atomic<bool> stopped_{false};
    std::thread thread_;  // last: it uses the rest
};

ThreadLink::ThreadLink(int size, int rank, std::string host) : rank_(rank), host_(std::move(host)) {
    for (int worker = 0; worker < size; ++worker) workers_.push_back(std::make_unique<Desk>(*this, worker));
}

ThreadLink::~ThreadLink() { ThreadLink::stop(); }

void ThreadLink::send(int worker, Packing&& tasks) { workers_[static_cast<std::size_t>(worker)]->give(bytes_of(tasks)); }

bool ThreadLink::poll(Arrival& arrival) {
    if (arrived_.load(std::memory_order_acquire) == 0)
        return false;
    const std::lock_guard lock(mutex_);
    arrival = std::move(results_.front());
    results_.pop_front();
    arrived_.fetch_sub(1, std::memory_order_release);
    return true;
}

void ThreadLink::stop() {
    for (const auto& worker : workers_) worker->stop();
    workers_.clear();
}

}  // namespace MPI4CXX::futures::detail
