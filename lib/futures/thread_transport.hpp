#pragma once

#include "futures/transport.hpp"
#include "futures/worker.hpp"

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace MPI4CXX::futures::detail {

/// The manager's transport to workers that are threads of this process. Tasks are sent as bytes here too, so that a program behaves the same however
/// it is started.
class ThreadManagerTransport final : public ManagerTransport {
public:
    ThreadManagerTransport(int size, int rank, std::string host);
    ~ThreadManagerTransport() override;

    [[nodiscard]] int size() const override { return static_cast<int>(workers_.size()); }
    [[nodiscard]] std::string host(int) const override { return host_; }
    void send(int worker, Packing&& tasks) override;
    bool poll(ResultMessage& message) override;
    void stop() override;
    /// Returns whether this thread is a worker of that transport.
    [[nodiscard]] static bool is_worker_of(const ManagerTransport& transport) noexcept;

private:
    class WorkerThread;

    int rank_;  // of this process
    std::string host_;
    std::mutex mutex_;
    std::deque<ResultMessage> results_;
    std::atomic<std::size_t> arrived_{0};
    std::vector<std::unique_ptr<WorkerThread>> workers_;
    DeathHandlers death_handlers_;
};

}  // namespace MPI4CXX::futures::detail
