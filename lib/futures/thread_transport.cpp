#include "futures/thread_transport.hpp"

#include <atomic>
#include <utility>

namespace MPI4CXX::futures::detail {

namespace {

thread_local const ManagerTransport* own_manager = nullptr;

Bytes bytes_of(const Packing& packing) {
    Bytes bytes(packing.bytes().size());
    std::memcpy(bytes.data(), packing.bytes().data(), bytes.size());
    return bytes;
}

}  // namespace

/// The thread of one worker, and the tasks that wait for it.
class ThreadManagerTransport::WorkerThread final : public WorkerTransport {
public:
    WorkerThread(ThreadManagerTransport& transport, int worker)
        : transport_(transport), worker_(worker), thread_([this] {
              own_manager = &transport_;
              run_worker(*this,
                         {worker_, transport_.rank_, "thread " + std::to_string(worker_) + " of rank " + std::to_string(transport_.rank_),
                          transport_.host_, ""},
                         false);
          }) {}
    ~WorkerThread() override {
        stop();  // is still needed if a later thread could not be started
        thread_.join();
    }

    void add_tasks(Bytes tasks) {
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

    Received poll(Bytes& tasks) override {
        if (waiting_.load(std::memory_order_acquire) == 0 && !stopped_.load(std::memory_order_acquire))
            return Received::nothing;
        const std::lock_guard lock(mutex_);
        if (tasks_.empty())
            return stopped_ ? Received::stop : Received::nothing;
        tasks = std::move(tasks_.front());
        tasks_.pop_front();
        waiting_.store(tasks_.size(), std::memory_order_release);
        return Received::tasks;
    }
    void send(Packing&& results) override {
        Bytes bytes = bytes_of(results);
        const std::lock_guard lock(transport_.mutex_);
        transport_.results_.push_back({worker_, std::move(bytes)});
        transport_.arrived_.fetch_add(1, std::memory_order_release);
    }
    void wait(Backoff& backoff) override {
        if (!backoff.is_asleep())
            return backoff.pause();
        std::unique_lock lock(mutex_);
        wakes_.wait(lock, [this] { return stopped_ || !tasks_.empty(); });
    }

private:
    ThreadManagerTransport& transport_;
    int worker_;
    std::mutex mutex_;
    std::condition_variable wakes_;
    std::deque<Bytes> tasks_;
    std::atomic<std::size_t> waiting_{0};
    std::atomic<bool> stopped_{false};
    std::thread thread_;  // last: it uses the members above
};

ThreadManagerTransport::ThreadManagerTransport(int size, int rank, std::string host) : rank_(rank), host_(std::move(host)) {
    for (int worker = 0; worker < size; ++worker) workers_.push_back(std::make_unique<WorkerThread>(*this, worker));
}

ThreadManagerTransport::~ThreadManagerTransport() { ThreadManagerTransport::stop(); }

void ThreadManagerTransport::send(int worker, Packing&& tasks) { workers_[static_cast<std::size_t>(worker)]->add_tasks(bytes_of(tasks)); }

bool ThreadManagerTransport::poll(ResultMessage& message) {
    if (arrived_.load(std::memory_order_acquire) == 0)
        return false;
    const std::lock_guard lock(mutex_);
    message = std::move(results_.front());
    results_.pop_front();
    arrived_.fetch_sub(1, std::memory_order_release);
    return true;
}

bool ThreadManagerTransport::is_worker_of(const ManagerTransport& transport) noexcept { return own_manager == &transport; }

void ThreadManagerTransport::stop() {
    for (const auto& worker : workers_) worker->stop();
    workers_.clear();
}

}  // namespace MPI4CXX::futures::detail
