#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>
#include <mpi4cxx/intracomm.hpp>

#include "futures/link.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

namespace MPI4CXX::futures::detail {

/// What the two ends tell each other before they begin.
struct Greeting {
    std::uint64_t program = 0;      // its fingerprint
    std::int64_t clock_offset = 0;  // of the clock that times are told by, from the time of day
    char host[112] = {};

    static Greeting own(At at);
};

/// A message on its way.
struct Sending {
    MPI_Request request;
    Packing message;
};

/// Whether a long message may be moving. MPI moves it in pieces, some a look, so nobody sleeps between looks for the time that it may take; a
/// receiver that has not begun by then has something else to do.
class Movement {
public:
    void begin(std::size_t size) {
        if (size > is_long)
            end_ = std::max(end_, Clock::now() + std::chrono::milliseconds(size / bytes_a_millisecond));
    }
    void end() noexcept { end_ = {}; }
    [[nodiscard]] bool is_on() const { return end_ != Clock::time_point() && Clock::now() < end_; }

private:
    using Clock = Backoff::Clock;
    static constexpr std::size_t is_long = 64 << 10, bytes_a_millisecond = 64 << 10;
    Clock::time_point end_{};
};

/// The way to the processes of a communicator. It is the group's own, so nothing else can be mixed up with its messages.
class MpiLink final : public Link {
public:
    /// To all processes of `comm` but `root`, this one. Collective with serve_on().
    MpiLink(Intracomm comm, int root, At at);
    /// To the processes that this one has spawned.
    MpiLink(Comm spawned, At at);

    [[nodiscard]] int size() const override { return static_cast<int>(ranks_.size()); }
    [[nodiscard]] std::string host(int worker) const override { return greetings_[static_cast<std::size_t>(worker)].host; }
    [[nodiscard]] std::int64_t clock_offset(int worker) const override;
    void send(int worker, Packing&& tasks) override;
    bool poll(Arrival& arrival) override;
    bool tidy() override;
    void stop() override;
    [[nodiscard]] bool is_callers() const override { return is_callers_; }

    /// Throws where a worker runs another program.
    void check_programs(At at) const;

private:
    Comm comm_;
    std::vector<int> ranks_;    // of each worker
    std::vector<int> workers_;  // of each rank
    std::vector<Greeting> greetings_;
    Greeting own_;
    std::vector<Sending> sendings_;
    Movement movement_;
    std::size_t next_ = 0;
    bool is_callers_;
};

/// Serves until the root's link stops.
void serve_on(Intracomm comm, int root, At at);
/// The same for the process that has spawned this one.
void serve_parent(Comm parent, At at);

/// The communicator of the workers that this process is one of.
[[nodiscard]] const Intracomm& workers_comm(At at);

}  // namespace MPI4CXX::futures::detail
