#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>
#include <mpi4cxx/intracomm.hpp>

#include "futures/transport.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

namespace MPI4CXX::futures::detail {

/// What the two ends tell each other before they begin.
struct Handshake {
    std::uint64_t program = 0;      // its fingerprint
    std::int64_t clock_offset = 0;  // of the clock that times are told by, from the time of day
    char host[112] = {};

    static Handshake own(At at);
};

/// A message on its way.
struct PendingSend {
    MPI_Request request;
    Packing message;
};

/// Whether a long message may be moving. MPI moves it in pieces, some a look, so nobody sleeps between looks for the time that it may take; a
/// receiver that has not begun by then has something else to do.
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

/// The way to the processes of a communicator. It is the group's own, so nothing else can be mixed up with its messages.
class MpiManagerTransport final : public ManagerTransport {
public:
    /// To all processes of `comm` but `root`, this one. Collective with serve_on().
    MpiManagerTransport(Intracomm comm, int root, At at);
    /// To the processes that this one has spawned.
    MpiManagerTransport(Comm spawned, At at);

    [[nodiscard]] int size() const override { return static_cast<int>(ranks_.size()); }
    [[nodiscard]] std::string host(int worker) const override { return handshakes_[static_cast<std::size_t>(worker)].host; }
    [[nodiscard]] std::int64_t clock_offset(int worker) const override;
    void send(int worker, Packing&& tasks) override;
    bool poll(ResultMessage& message) override;
    bool complete_sends() override;
    void stop() override;
    [[nodiscard]] bool needs_program_thread() const override { return needs_program_thread_; }

    /// Throws where a worker runs another program.
    void check_programs(At at) const;

private:
    Comm comm_;
    std::vector<int> ranks_;    // of each worker
    std::vector<int> workers_;  // of each rank
    std::vector<Handshake> handshakes_;
    Handshake own_;
    std::vector<PendingSend> pending_sends_;
    LongTransfer long_transfer_;
    std::size_t next_ = 0;
    bool needs_program_thread_;
};

/// Serves until the root's link stops.
void run_mpi_worker(Intracomm comm, int root, At at);
/// The same for the process that has spawned this one.
void run_spawned_worker(Comm parent, At at);

/// The communicator of the workers that this process is one of.
[[nodiscard]] const Intracomm& workers_comm(At at);

}  // namespace MPI4CXX::futures::detail
