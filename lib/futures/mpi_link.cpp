#include "futures/mpi_link.hpp"

#include <mpi4cxx/detail/futures/code.hpp>
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

/// The communicator of this process's fellow workers.
const Intracomm* fellows = nullptr;

/// The next message, if there is one, into `bytes`.
bool receive(const Comm& comm, int source, Bytes& bytes, MPI_Status& status, Place where) {
    int found = 0;
    MPI_Message message = MPI_MESSAGE_NULL;
    call<MPI_Improbe>(source, MPI_ANY_TAG, comm.handle(), &found, &message, &status, where);
    if (found == 0)
        return false;
    bytes = Bytes(static_cast<std::size_t>(get<MPI_Get_count>(&status, MPI_BYTE, where)));
    MPI_Request request = get<MPI_Imrecv>(bytes.data(), static_cast<MPI_Count>(bytes.size()), MPI_BYTE, &message, where);
    call<MPI_Wait>(&request, MPI_STATUS_IGNORE, where);
    return true;
}

MPI_Request start(const Comm& comm, const Packing& what, int dest, int tag, Place where) {
    return get<MPI_Isend>(what.bytes().data(), static_cast<MPI_Count>(what.bytes().size()), MPI_BYTE, dest, tag, comm.handle(), where);
}

bool is_sent(MPI_Request& request, Place where) {
    int done = 0;
    call<MPI_Test>(&request, &done, MPI_STATUS_IGNORE, where);
    return done != 0;
}

class MpiLine final : public Line {
public:
    MpiLine(const Comm& comm, int root, Place where) : comm_(comm), root_(root), where_(where) {}
    ~MpiLine() override = default;

    Got poll(Bytes& tasks) override {
        MPI_Status status;
        if (!receive(comm_, root_, tasks, status, where_)) {
            std::erase_if(sendings_, [this](Sending& one) { return is_sent(one.request, where_); });
            return Got::nothing;
        }
        return status.MPI_TAG == stop_tag ? Got::stop : Got::tasks;
    }
    void send(Packing&& results) override {
        std::erase_if(sendings_, [this](Sending& one) { return is_sent(one.request, where_); });
        Sending& one = sendings_.emplace_back(Sending{MPI_REQUEST_NULL, std::move(results)});
        movement_.begin(one.message.size());
        one.request = start(comm_, one.message, root_, results_tag, where_);
    }
    void rest(Backoff& backoff) override {
        if (!sendings_.empty() && movement_.is_on())
            sched_yield();
        else
            backoff.pause();
    }
    /// Nothing comes after.
    void finish() {
        for (Sending& one : sendings_) call<MPI_Wait>(&one.request, MPI_STATUS_IGNORE, where_);
        call<MPI_Send>(nullptr, 0, MPI_BYTE, root_, stop_tag, comm_.handle(), where_);
    }

private:
    const Comm& comm_;
    int root_;
    Place where_;
    std::vector<Sending> sendings_;
    Movement movement_;
};

void serve_line(const Comm& comm, int root, TaskPlace place, const Intracomm& group, At at) {
    MpiLine line(comm, root, Place(at, comm.address()));
    const Intracomm* const outer = std::exchange(fellows, &group);
    {
        const Watch watch;
        serve(line, std::move(place), true);
    }
    line.finish();
    fellows = outer;
}

}  // namespace

Greeting Greeting::own(At at) {
    Greeting greeting;
    const auto now = [](auto clock) {
        return std::chrono::duration_cast<std::chrono::nanoseconds>(decltype(clock)::now().time_since_epoch()).count();
    };
    greeting.program = program_fingerprint();
    greeting.clock_offset = now(std::chrono::system_clock()) - now(std::chrono::steady_clock());
    const std::string name = Get_processor_name(at);
    std::memcpy(greeting.host, name.data(), std::min(name.size(), sizeof greeting.host - 1));
    return greeting;
}

MpiLink::MpiLink(Intracomm comm, int root, At at) : own_(Greeting::own(at)), is_callers_(Query_thread(at) != THREAD_MULTIPLE) {
    const int size = comm.Get_size(at);
    (void)comm.Split(UNDEFINED, 0, at);  // the workers' own
    std::vector<Greeting> all(static_cast<std::size_t>(size));
    comm.Gather({&own_, sizeof own_, BYTE}, {all.data(), sizeof own_, BYTE}, root, at);
    for (int rank = 0; rank < size; ++rank) {
        workers_.push_back(static_cast<int>(ranks_.size()));
        if (rank == root)
            continue;
        ranks_.push_back(rank);
        greetings_.push_back(all[static_cast<std::size_t>(rank)]);
    }
    comm_ = std::move(comm);
}

MpiLink::MpiLink(Comm spawned, At at) : comm_(std::move(spawned)), own_(Greeting::own(at)), is_callers_(Query_thread(at) != THREAD_MULTIPLE) {
    const int size = get<MPI_Comm_remote_size>(comm_.handle(), Place(at, comm_.address()));
    greetings_.resize(static_cast<std::size_t>(size));
    for (int rank = 0; rank < size; ++rank) {
        comm_.Recv({&greetings_[static_cast<std::size_t>(rank)], sizeof own_, BYTE}, rank, 0, nullptr, at);
        ranks_.push_back(rank);
        workers_.push_back(rank);
    }
}

void MpiLink::check_programs(At at) const {
    for (std::size_t worker = 0; worker < greetings_.size(); ++worker)
        if (greetings_[worker].program != own_.program)
            throw Exception(MPI_ERR_OTHER, "futures",
                            (comm_.Is_inter() ? "spawned rank " : "rank ") + std::to_string(ranks_[worker]) + " on " + greetings_[worker].host +
                                " runs another program: all processes of a pool must run the same executable file",
                            at);
}

std::int64_t MpiLink::clock_offset(int worker) const {
    const Greeting& other = greetings_[static_cast<std::size_t>(worker)];
    return std::strcmp(other.host, own_.host) == 0 ? 0 : other.clock_offset - own_.clock_offset;
}

void MpiLink::send(int worker, Packing&& tasks) {
    Sending& one = sendings_.emplace_back(Sending{MPI_REQUEST_NULL, std::move(tasks)});
    movement_.begin(one.message.size());
    one.request = start(comm_, one.message, ranks_[static_cast<std::size_t>(worker)], tasks_tag, Place({}, comm_.address()));
}

bool MpiLink::poll(Arrival& arrival) {
    MPI_Status status;
    if (!receive(comm_, MPI_ANY_SOURCE, arrival.bytes, status, Place({}, comm_.address())))
        return false;
    arrival.worker = workers_[static_cast<std::size_t>(status.MPI_SOURCE)];
    return true;
}

bool MpiLink::tidy() {
    for (int looks = 0; looks < 4 && !sendings_.empty(); ++looks) {
        next_ = next_ < sendings_.size() ? next_ : 0;
        if (!is_sent(sendings_[next_].request, Place({}, comm_.address()))) {
            ++next_;
            continue;
        }
        std::swap(sendings_[next_], sendings_.back());
        sendings_.pop_back();
    }
    if (sendings_.empty())
        movement_.end();
    if (!movement_.is_on())
        return false;
    sched_yield();
    return true;
}

void MpiLink::stop() {
    const Place where({}, comm_.address());
    std::vector<MPI_Request> stops;
    for (const int rank : ranks_) stops.push_back(get<MPI_Isend>(nullptr, 0, MPI_BYTE, rank, stop_tag, comm_.handle(), where));
    // Results that nobody waits for have to be received: MPICH gives what is left to the next communicator that it makes.
    Backoff backoff;
    for (std::size_t serving = ranks_.size(); serving > 0;) {
        Bytes results;
        MPI_Status status;
        if (!receive(comm_, MPI_ANY_SOURCE, results, status, where)) {
            backoff.pause();
            continue;
        }
        backoff.reset();
        serving -= status.MPI_TAG == stop_tag ? 1 : 0;
    }
    for (MPI_Request& request : stops) call<MPI_Wait>(&request, MPI_STATUS_IGNORE, where);
    for (Sending& one : sendings_) call<MPI_Wait>(&one.request, MPI_STATUS_IGNORE, where);
    sendings_.clear();
    if (comm_.Is_inter())
        (void)std::move(comm_).release();  // Open MPI 4.1 has an error when it is disconnected now; MPI_Finalize comes next
    comm_ = Comm();
}

void serve_on(Intracomm comm, int root, At at) {
    const int rank = comm.Get_rank(at);
    const Intracomm group = comm.Split(0, rank, at);
    const Greeting own = Greeting::own(at);
    comm.Gather({&own, sizeof own, BYTE}, {}, root, at);
    const int world_rank = COMM_WORLD.Get_rank(at);
    serve_line(comm, root, {rank < root ? rank : rank - 1, world_rank, "rank " + std::to_string(world_rank), own.host, ""}, group, at);
}

void serve_parent(Comm parent, At at) {
    const Greeting own = Greeting::own(at);
    parent.Send({&own, sizeof own, BYTE}, 0, 0, at);
    const int rank = parent.Get_rank(at);
    serve_line(parent, 0, {rank, rank, "spawned rank " + std::to_string(rank), own.host, ""}, COMM_WORLD, at);
}

const Intracomm& workers_comm(At at) {
    if (fellows == nullptr)
        mpi4cxx::detail::misuse({at, "get_comm_workers"}, "only a task in a pool of processes has fellow workers");
    return *fellows;
}

}  // namespace MPI4CXX::futures::detail
