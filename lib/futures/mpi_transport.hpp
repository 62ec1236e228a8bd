// Transport between the manager and workers that are MPI processes.
#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>
#include <mpi4cxx/intracomm.hpp>

#include "futures/transport.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

namespace MPI4CXX::futures::detail {

/// What manager and worker tell each other first.
struct Handshake {
    std::uint64_t program = 0;      // fingerprint of the program
    std::int64_t clock_offset = 0;  // of the system clock from the steady clock, ns
    char host[112] = {};

    static Handshake own(At at);
};

/// A message that is being sent.
struct PendingSend {
    MPI_Request request;
    Packing message;
};

/// Tells whether a long message may be moving. MPI moves a long message in pieces, some at each poll, so the poller must not sleep while the
/// message may take that long. If the receiver has not begun by then, it is busy with something else.
class LongTransfer {
public:
    void begin(std::size_t size) {
        if (size > is_long)
            end_ = std::max(end_, Clock::now() + std::chrono::milliseconds(size / bytes_a_millisecond));
    }
    void end() noexcept { end_ = {}; }
    [[nodiscard]] bool is_in_progress() const { return end_ != Clock::time_point() && Clock::now() < end_; }

private:
    using Clock = Backoff::Clock;
    static constexpr std::size_t is_long = 64 << 10, bytes_a_millisecond = 64 << 10;
    Clock::time_point end_{};
};

/// The manager's transport to the processes of a communicator. The communicator is the pool's own, so other messages cannot interfere.
class MpiManagerTransport final : public ManagerTransport {
public:
    /// Connects to all processes of `comm` except this one, `root`. Collective with run_mpi_worker().
    MpiManagerTransport(Intracomm comm, int root, At at);
    /// Connects to the processes that this one has spawned.
    MpiManagerTransport(Comm spawned, At at);

    [[nodiscard]] int size() const override { return static_cast<int>(ranks_.size()); }
    [[nodiscard]] std::string host(int worker) const override { return handshakes_[static_cast<std::size_t>(worker)].host; }
    [[nodiscard]] std::int64_t clock_offset(int worker) const override;
    void send(int worker, Packing&& tasks) override;
    bool poll(ResultMessage& message) override;
    bool complete_sends() override;
    void stop() override;
    [[nodiscard]] bool needs_program_thread() const override { return needs_program_thread_; }

    /// Throws if a worker runs another program.
    void check_programs(At at) const;

private:
    Comm comm_;
    std::vector<int> ranks_;    // the rank of each worker
    std::vector<int> workers_;  // the worker of each rank
    std::vector<Handshake> handshakes_;
    Handshake own_;
    std::vector<PendingSend> pending_sends_;
    std::vector<ResultMessage> incoming_;  // messages that are being received
    std::vector<MPI_Request> incoming_requests_;
    LongTransfer long_transfer_;
    std::size_t next_ = 0;
    bool needs_program_thread_;
};

/// Runs tasks until the root stops its transport.
void run_mpi_worker(Intracomm comm, int root, At at);
/// Runs tasks for the process that has spawned this one, until that process stops its transport.
void run_spawned_worker(Comm parent, At at);

/// Returns the communicator of the workers to which this process belongs.
[[nodiscard]] const Intracomm& workers_comm(At at);

}  // namespace MPI4CXX::futures::detail
