// The transport of tasks and results between the manager and its workers.
#pragma once

#include <mpi4cxx/detail/objects/bytes.hpp>
#include <mpi4cxx/detail/objects/packing.hpp>
#include <mpi4cxx/futures/errors.hpp>

#include "futures/backoff.hpp"

#include <cstdint>
#include <string>

namespace MPI4CXX::futures::detail {

using mpi4cxx::detail::Bytes;
using mpi4cxx::detail::Packing;

/// A message of results from a worker.
struct ResultMessage {
    int worker = 0;
    Bytes bytes;
};

/// The manager's end of the transport to all workers. One thread at a time uses it.
class ManagerTransport {
public:
    ManagerTransport() = default;
    virtual ~ManagerTransport() = default;
    ManagerTransport(const ManagerTransport&) = delete;
    ManagerTransport& operator=(const ManagerTransport&) = delete;

    [[nodiscard]] virtual int size() const = 0;
    [[nodiscard]] virtual std::string host(int worker) const = 0;
    /// Returns what to add to a worker's times to get times of this process's clock, ns.
    [[nodiscard]] virtual std::int64_t clock_offset(int) const { return 0; }
    virtual void send(int worker, Packing&& tasks) = 0;
    /// Returns whether a message has arrived whole. Does not wait for the rest of one.
    virtual bool poll(ResultMessage& message) = 0;
    /// Frees completed sends. Returns whether a long message is under way, which makes progress only while the transport is polled.
    virtual bool complete_sends() { return false; }
    /// Stops the workers.
    virtual void stop() = 0;
    /// Returns whether only a thread of the program may use the transport.
    [[nodiscard]] virtual bool needs_program_thread() const { return false; }
};

/// A worker's end of the transport to the manager.
class WorkerTransport {
public:
    WorkerTransport() = default;
    virtual ~WorkerTransport() = default;
    WorkerTransport(const WorkerTransport&) = delete;
    WorkerTransport& operator=(const WorkerTransport&) = delete;

    enum class Received : char { nothing, tasks, stop };
    virtual Received poll(Bytes& tasks) = 0;
    virtual void send(Packing&& results) = 0;
    /// Waits after a poll that found nothing.
    virtual void wait(Backoff& backoff) { backoff.pause(); }
};

/// Runs tasks until the manager stops the worker. `is_process`: all threads of the process belong to this worker.
void run_worker(WorkerTransport& transport, TaskPlace place, bool is_process);

}  // namespace MPI4CXX::futures::detail
