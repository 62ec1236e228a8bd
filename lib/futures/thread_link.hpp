#pragma once

#include "futures/link.hpp"
#include "futures/worker.hpp"

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace MPI4CXX::futures::detail {

/// Workers that are threads of this process. Their tasks travel as bytes all the same, so that a program does the same in every way
/// in which it is started.
class ThreadLink final : public Link {
public:
    ThreadLink(int size, int rank, std::string host);
    ~ThreadLink() override;

    [[nodiscard]] int size() const override { return static_cast<int>(workers_.size()); }
    [[nodiscard]] std::string host(int) const override { return host_; }
    void send(int worker, Packing&& tasks) override;
    bool poll(Arrival& arrival) override;
    void stop() override;

private:
    class Desk;

    int rank_;  // of the process
    std::string host_;
    std::mutex mutex_;
    std::deque<Arrival> results_;
    std::atomic<std::size_t> arrived_{0};
    std::vector<std::unique_ptr<Desk>> workers_;
    Watch watch_;
};

}  // namespace MPI4CXX::futures::detail
