// Messages between the manager and workers that are MPI processes.
#include "futures/mpi_transport.hpp"

#include <mpi4cxx/detail/futures/portable_address.hpp>
#include <mpi4cxx/detail/mpi/call.hpp>
#include <mpi4cxx/environment.hpp>
#include <mpi4cxx/error.hpp>

#include "futures/backoff.hpp"
#include "futures/worker.hpp"

#include <chrono>
#include <cstring>
#include <utility>

namespace MPI4CXX::futures::detail {

using mpi4cxx::detail::call;
using mpi4cxx::detail::get;
using mpi4cxx::detail::Place;

namespace {

constexpr int tasks_tag = 1, stop_tag = 2, results_tag = 3;

/// The communicator of the workers of the pool that this process works for.
const Intracomm* current_workers = nullptr;

/// Returns the next message; MPI_MESSAGE_NULL if there is none.
MPI_Message next_message(const Comm& comm, int source, MPI_Status& status, Place where) {
    int found = 0;
    MPI_Message message = MPI_MESSAGE_NULL;
    call<MPI_Improbe>(source, MPI_ANY_TAG, comm.handle(), &found, &message, &status, where);
    return found != 0 ? message : MPI_MESSAGE_NULL;
}

/// Begins to receive `message` into `bytes`.
MPI_Request start_receive(MPI_Message message, const MPI_Status& status, Bytes& bytes, Place where) {
    bytes = Bytes(static_cast<std::size_t>(get<MPI_Get_count>(&status, MPI_BYTE, where)));
    return get<MPI_Imrecv>(bytes.data(), static_cast<MPI_Count>(bytes.size()), MPI_BYTE, &message, where);
}

MPI_Request start(const Comm& comm, const Packing& what, int dest, int tag, Place where) {
    return get<MPI_Isend>(what.bytes().data(), static_cast<MPI_Count>(what.bytes().size()), MPI_BYTE, dest, tag, comm.handle(), where);
}

bool is_sent(MPI_Request& request, Place where) {
    int done = 0;
    call<MPI_Test>(&request, &done, MPI_STATUS_IGNORE, where);
    return done != 0;
}

class MpiWorkerTransport final : public WorkerTransport {
public:
    MpiWorkerTransport(const Comm& comm, int root, Place where) : comm_(comm), root_(root), where_(where) {}
    ~MpiWorkerTransport() override = default;

    Received poll(Bytes& tasks) override {
        MPI_Status status;
        const MPI_Message message = next_message(comm_, root_, status, where_);
        if (message == MPI_MESSAGE_NULL) {
            std::erase_if(pending_sends_, [this](PendingSend& one) { return is_sent(one.request, where_); });
            return Received::nothing;
        }
        MPI_Request request = start_receive(message, status, tasks, where_);
        call<MPI_Wait>(&request, MPI_STATUS_IGNORE, where_);  // there is nothing else to do
        return status.MPI_TAG == stop_tag ? Received::stop : Received::tasks;
    }
    void send(Packing&& results) override {
        std::erase_if(pending_sends_, [this](PendingSend& one) { return is_sent(one.request, where_); });
        PendingSend& one = pending_sends_.emplace_back(PendingSend{MPI_REQUEST_NULL, std::move(results)});
        long_transfer_.begin(one.message.size());
        one.request = start(comm_, one.message, root_, results_tag, where_);
    }
    void wait(Backoff& backoff) override {
        if (!pending_sends_.empty() && long_transfer_.is_in_progress())
            sched_yield();
        else
            backoff.pause();
    }
    /// Sends the last message, which is empty: nothing follows.
    void finish() {
        for (PendingSend& one : pending_sends_) call<MPI_Wait>(&one.request, MPI_STATUS_IGNORE, where_);
        call<MPI_Send>(nullptr, 0, MPI_BYTE, root_, stop_tag, comm_.handle(), where_);
    }

private:
    const Comm& comm_;
    int root_;
    Place where_;
    std::vector<PendingSend> pending_sends_;
    LongTransfer long_transfer_;
};

void run_worker_of(const Comm& comm, int root, TaskPlace place, const Intracomm& group, At at) {
    MpiWorkerTransport transport(comm, root, Place(at, comm.address()));
    const Intracomm* const outer = std::exchange(current_workers, &group);
    {
        const DeathHandlers death_handlers;
        run_worker(transport, std::move(place), true);
    }
    transport.finish();
    current_workers = outer;
}

}  // namespace

Handshake Handshake::own(At at) {
    Handshake handshake;
    const auto now = [](auto clock) {
        return std::chrono::duration_cast<std::chrono::nanoseconds>(decltype(clock)::now().time_since_epoch()).count();
    };
    handshake.program = program_fingerprint();
    handshake.clock_offset = now(std::chrono::system_clock()) - now(std::chrono::steady_clock());
    const std::string name = Get_processor_name(at);
    std::memcpy(handshake.host, name.data(), std::min(name.size(), sizeof handshake.host - 1));
    return handshake;
}

MpiManagerTransport::MpiManagerTransport(Intracomm comm, int root, At at)
    : own_(Handshake::own(at)), needs_program_thread_(Query_thread(at) != THREAD_MULTIPLE) {
    const int size = comm.Get_size(at);
    (void)comm.Split(UNDEFINED, 0, at);  // the workers' communicator
    std::vector<Handshake> all(static_cast<std::size_t>(size));
    comm.Gather({&own_, sizeof own_, BYTE}, {all.data(), sizeof own_, BYTE}, root, at);
    for (int rank = 0; rank < size; ++rank) {
        workers_.push_back(static_cast<int>(ranks_.size()));
        if (rank == root)
            continue;
        ranks_.push_back(rank);
        handshakes_.push_back(all[static_cast<std::size_t>(rank)]);
    }
    comm_ = std::move(comm);
}

MpiManagerTransport::MpiManagerTransport(Comm spawned, At at)
    : comm_(std::move(spawned)), own_(Handshake::own(at)), needs_program_thread_(Query_thread(at) != THREAD_MULTIPLE) {
    const int size = get<MPI_Comm_remote_size>(comm_.handle(), Place(at, comm_.address()));
    handshakes_.resize(static_cast<std::size_t>(size));
    for (int rank = 0; rank < size; ++rank) {
        comm_.Recv({&handshakes_[static_cast<std::size_t>(rank)], sizeof own_, BYTE}, rank, 0, nullptr, at);
        ranks_.push_back(rank);
        workers_.push_back(rank);
    }
}

void MpiManagerTransport::check_programs(At at) const {
    for (std::size_t worker = 0; worker < handshakes_.size(); ++worker)
        if (handshakes_[worker].program != own_.program)
            throw Exception(MPI_ERR_OTHER, "futures",
                            (comm_.Is_inter() ? "spawned rank " : "rank ") + std::to_string(ranks_[worker]) + " on " + handshakes_[worker].host +
                                " runs another program: all processes of a pool must run the same executable file",
                            at);
}

std::int64_t MpiManagerTransport::clock_offset(int worker) const {
    const Handshake& other = handshakes_[static_cast<std::size_t>(worker)];
    return std::strcmp(other.host, own_.host) == 0 ? 0 : other.clock_offset - own_.clock_offset;
}

void MpiManagerTransport::send(int worker, Packing&& tasks) {
    PendingSend& one = pending_sends_.emplace_back(PendingSend{MPI_REQUEST_NULL, std::move(tasks)});
    long_transfer_.begin(one.message.size());
    one.request = start(comm_, one.message, ranks_[static_cast<std::size_t>(worker)], tasks_tag, Place({}, comm_.address()));
}

bool MpiManagerTransport::poll(ResultMessage& message) {
    const Place where({}, comm_.address());
    MPI_Status status;
    if (const MPI_Message next = next_message(comm_, MPI_ANY_SOURCE, status, where); next != MPI_MESSAGE_NULL) {
        ResultMessage& one = incoming_.emplace_back(ResultMessage{workers_[static_cast<std::size_t>(status.MPI_SOURCE)], {}});
        MPI_Request& request = incoming_requests_.emplace_back(MPI_REQUEST_NULL);
        request = start_receive(next, status, one.bytes, where);
        long_transfer_.begin(one.bytes.size());
    }
    if (incoming_.empty())
        return false;
    // A wait would last as long as the next task of the worker, if MPI needs the worker for the rest of a long message.
    int done = 0, which = MPI_UNDEFINED;
    call<MPI_Testany>(static_cast<int>(incoming_requests_.size()), incoming_requests_.data(), &which, &done, MPI_STATUS_IGNORE, where);
    if (which == MPI_UNDEFINED)
        return false;
    const auto i = static_cast<std::size_t>(which);
    message = std::move(incoming_[i]);
    incoming_[i] = std::move(incoming_.back());
    incoming_.pop_back();
    incoming_requests_[i] = incoming_requests_.back();
    incoming_requests_.pop_back();
    return true;
}

bool MpiManagerTransport::complete_sends() {
    for (int looks = 0; looks < 4 && !pending_sends_.empty(); ++looks) {
        next_ = next_ < pending_sends_.size() ? next_ : 0;
        if (!is_sent(pending_sends_[next_].request, Place({}, comm_.address()))) {
            ++next_;
            continue;
        }
        std::swap(pending_sends_[next_], pending_sends_.back());
        pending_sends_.pop_back();
    }
    if (pending_sends_.empty() && incoming_.empty())
        long_transfer_.end();
    if (!long_transfer_.is_in_progress())
        return false;
    sched_yield();
    return true;
}

void MpiManagerTransport::stop() {
    const Place where({}, comm_.address());
    std::vector<MPI_Request> stops;
    for (const int rank : ranks_) stops.push_back(get<MPI_Isend>(nullptr, 0, MPI_BYTE, rank, stop_tag, comm_.handle(), where));
    // Unwanted results must be received too: MPICH hands left-over messages to the next communicator that it makes.
    Backoff backoff;
    for (std::size_t serving = ranks_.size(); serving > 0;) {
        ResultMessage results;
        if (!poll(results)) {
            backoff.pause();
            continue;
        }
        backoff.reset();
        serving -= results.bytes.size() == 0 ? 1 : 0;  // a worker's last message
    }
    for (MPI_Request& request : incoming_requests_) call<MPI_Wait>(&request, MPI_STATUS_IGNORE, where);
    incoming_requests_.clear();
    incoming_.clear();
    for (MPI_Request& request : stops) call<MPI_Wait>(&request, MPI_STATUS_IGNORE, where);
    for (PendingSend& one : pending_sends_) call<MPI_Wait>(&one.request, MPI_STATUS_IGNORE, where);
    pending_sends_.clear();
    comm_ = Comm();
}

void run_mpi_worker(Intracomm comm, int root, At at) {
    const int rank = comm.Get_rank(at);
    const Intracomm group = comm.Split(0, rank, at);
    const Handshake own = Handshake::own(at);
    comm.Gather({&own, sizeof own, BYTE}, {}, root, at);
    const int world_rank = COMM_WORLD.Get_rank(at);
    run_worker_of(comm, root, {rank < root ? rank : rank - 1, world_rank, "rank " + std::to_string(world_rank), own.host, ""}, group, at);
}

void run_spawned_worker(Comm parent, At at) {
    const Handshake own = Handshake::own(at);
    parent.Send({&own, sizeof own, BYTE}, 0, 0, at);
    const int rank = parent.Get_rank(at);
    run_worker_of(parent, 0, {rank, rank, "spawned rank " + std::to_string(rank), own.host, ""}, COMM_WORLD, at);
}

const Intracomm& workers_comm(At at) {
    if (current_workers == nullptr)
        mpi4cxx::detail::misuse({at, "get_comm_workers"}, "only a task in a pool of processes has fellow workers");
    return *current_workers;
}

}  // namespace MPI4CXX::futures::detail
