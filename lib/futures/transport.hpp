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

/// A message of results.
struct ResultMessage {
    int worker = 0;
    Bytes bytes;
};

/// The manager's end of the way to the workers. One thread at a time uses it.
class ManagerTransport {
public:
    ManagerTransport() = default;
    virtual ~ManagerTransport() = default;
    ManagerTransport(const ManagerTransport&) = delete;
    ManagerTransport& operator=(const ManagerTransport&) = delete;

    [[nodiscard]] virtual int size() const = 0;
    [[nodiscard]] virtual std::string host(int worker) const = 0;
    /// What to add to a worker's times to have them on this process's clock, ns.
    [[nodiscard]] virtual std::int64_t clock_offset(int) const { return 0; }
    virtual void send(int worker, Packing&& tasks) = 0;
    virtual bool poll(ResultMessage& message) = 0;
    /// Frees what has been sent; whether something long is on its way, which moves only while this is called.
    virtual bool complete_sends() { return false; }
    /// Ends the workers' service.
    virtual void stop() = 0;
    /// Whether only a thread of the program may use it.
    [[nodiscard]] virtual bool needs_program_thread() const { return false; }
};

/// The worker's end.
class WorkerTransport {
public:
    WorkerTransport() = default;
    virtual ~WorkerTransport() = default;
    WorkerTransport(const WorkerTransport&) = delete;
    WorkerTransport& operator=(const WorkerTransport&) = delete;

    enum class Received : char { nothing, tasks, stop };
    virtual Received poll(Bytes& tasks) = 0;
    virtual void send(Packing&& results) = 0;
    /// Nothing has come.
    virtual void wait(Backoff& backoff) { backoff.pause(); }
};

/// Runs tasks until the manager stops it. `is_process`: all of the process's threads are this worker's.
void run_worker(WorkerTransport& transport, TaskPlace place, bool is_process);

}  // namespace MPI4CXX::futures::detail
