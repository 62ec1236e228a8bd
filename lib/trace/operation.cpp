// Operations by request, and their records in the log.
#include "trace/operation.hpp"

#include "trace/call.hpp"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <unordered_map>

namespace mpi4cxx::trace {

namespace {

constexpr std::size_t most_messages = 256;
std::int64_t orders = 0;

/// Handles are ints in some MPIs and pointers in others.
template <class Handle> std::uint64_t key(Handle handle) {
    std::uint64_t result = 0;
    std::memcpy(&result, &handle, sizeof handle);
    return result;
}

/// Operations by handle.
class OperationTable {
public:
    void set(std::uint64_t handle, Operation operation) {
        auto shared = std::make_shared<Operation>(std::move(operation));
        const std::lock_guard lock(mutex_);
        operations_[handle] = std::move(shared);
    }
    std::shared_ptr<Operation> get(std::uint64_t handle) {
        const std::lock_guard lock(mutex_);
        const auto found = operations_.find(handle);
        return found == operations_.end() ? nullptr : found->second;
    }
    void erase(std::uint64_t handle, const std::shared_ptr<Operation>& operation) {
        const std::lock_guard lock(mutex_);
        const auto found = operations_.find(handle);
        if (found != operations_.end() && found->second == operation)
            operations_.erase(found);
    }
    template <class F> void for_each(F f) {
        const std::lock_guard lock(mutex_);
        for (const auto& [handle, operation] : operations_) f(*operation);
    }

private:
    std::mutex mutex_;
    std::unordered_map<std::uint64_t, std::shared_ptr<Operation>> operations_;
};

// Never destroyed: MPI may be finalized from a destructor.
OperationTable& requests = *new OperationTable;
OperationTable& messages = *new OperationTable;

std::int64_t add(MessageHistory& history, int tag, std::int64_t count, std::int64_t bytes) {
    history.latest.push_back({++history.total, tag, count, bytes});
    if (history.latest.size() > most_messages)
        history.latest.pop_front();
    return history.total;
}

}  // namespace

std::int32_t comm_index(const Communicator* comm) {
    static std::unordered_map<std::uint64_t, std::int32_t> indices;
    if (comm == nullptr)
        return -1;
    const auto [found, is_new] = indices.try_emplace(comm->id, static_cast<std::int32_t>(own_log.comm_ids.size()));
    if (is_new) {
        own_log.comm_ids.push_back(comm->id);
        own_log.comm_labels.push_back(comm->label());
    }
    return found->second;
}

void begin(Operation& operation, std::int64_t at, std::int64_t event) {
    operation.begin = at;
    operation.order = ++orders;
    operation.unready = operation.partitions;
    const bool is_send = operation.kind == WaitTarget::Kind::send;
    if (is_send && operation.comm != nullptr && operation.peer >= 0)
        operation.number = add(message_histories.sent[{operation.comm, operation.peer}], operation.tag, operation.count, operation.bytes);
    if (!is_logging || operation.comm == nullptr)
        return;
    for (const auto& [peer, size] : operation.sent_bytes) {
        if (peer == no_rank)
            continue;
        own_log.totals[operation.function].sent += size;
        Traffic& traffic = own_log.traffic[peer];
        (is_send ? traffic.bytes : traffic.collective_bytes) += size;
        traffic.messages += is_send ? 1 : 0;
    }
    const bool has_room = own_log.messages.size() + own_log.collectives.size() < 2 * most_events;
    operation.record = -1;
    if (is_send && has_room && operation.peer != no_rank) {
        operation.record = static_cast<std::int64_t>(own_log.messages.size());
        own_log.messages.push_back({operation.comm->id, operation.order, at, event, operation.peer, operation.tag, 1, this_thread().number});
    } else if (operation.kind == WaitTarget::Kind::collective && has_room) {
        operation.record = static_cast<std::int64_t>(own_log.collectives.size());
        own_log.collectives.push_back(
            {operation.comm->id, operation.number, at, event, operation.pattern, operation.is_root ? 1 : 0, operation.comm->rank});
    }
}

void complete(Operation& operation, const MPI_Status* status, std::int64_t event) {
    if (operation.comm == nullptr)
        return;
    int is_cancelled = 0;
    const bool is_received = operation.kind == WaitTarget::Kind::receive && operation.peer != no_rank && status != nullptr;
    if (is_received)
        PMPI_Test_cancelled(status, &is_cancelled);
    if (is_received && is_cancelled == 0)
        add(message_histories.received[{operation.comm, operation.comm->world_rank(status->MPI_SOURCE)}], status->MPI_TAG, 0, 0);
    if (!is_logging)
        return;
    const auto record = static_cast<std::size_t>(operation.record);
    if (operation.kind == WaitTarget::Kind::send && operation.record >= 0)
        own_log.messages[record].event = event;
    if (operation.kind == WaitTarget::Kind::collective && operation.record >= 0)
        own_log.collectives[record].event = event;
    if (!is_received || is_cancelled != 0)
        return;
    MPI_Count size = 0;
    PMPI_Get_elements_x(status, MPI_BYTE, &size);
    size = std::max(size, MPI_Count{0});
    own_log.totals[operation.function].received += size;
    const int source = operation.comm->world_rank(status->MPI_SOURCE);
    if (event >= 0) {
        Event& where = own_log.events[static_cast<std::size_t>(event)];
        where.bytes += size;
        where.peer = where.peer == any_rank || where.comm < 0 ? source : where.peer;
        where.tag = where.tag == MPI_ANY_TAG || where.comm < 0 ? status->MPI_TAG : where.tag;
        where.comm = where.comm < 0 ? comm_index(operation.comm) : where.comm;
    }
    if (own_log.messages.size() + own_log.collectives.size() < 2 * most_events)
        own_log.messages.push_back({operation.comm->id, operation.order, operation.begin, event, source, status->MPI_TAG, 0, this_thread().number});
}

void set_operation(MPI_Request request, Operation operation) {
    if (request != MPI_REQUEST_NULL)
        requests.set(key(request), std::move(operation));
}
std::shared_ptr<Operation> find_operation(MPI_Request request) { return request == MPI_REQUEST_NULL ? nullptr : requests.get(key(request)); }
void erase_operation(MPI_Request request, const std::shared_ptr<Operation>& operation) { requests.erase(key(request), operation); }

void set_message_operation(MPI_Message message, Operation operation) { messages.set(key(message), std::move(operation)); }
std::shared_ptr<Operation> take_message_operation(MPI_Message message) {
    std::shared_ptr<Operation> found = messages.get(key(message));
    if (found != nullptr)
        messages.erase(key(message), found);
    return found;
}

std::vector<WaitTarget> unready_sends() {
    std::vector<WaitTarget> result;
    requests.for_each([&](const Operation& operation) {
        if (operation.order != 0 && operation.unready > 0)
            result.push_back(operation);
    });
    return result;
}

std::vector<WaitTarget> posted_receives() {
    std::vector<WaitTarget> result;
    requests.for_each([&](const Operation& operation) {
        if (operation.kind == WaitTarget::Kind::receive && operation.order != 0)
            result.push_back(operation);
    });
    std::sort(result.begin(), result.end(), [](const WaitTarget& a, const WaitTarget& b) { return a.order < b.order; });
    return result;
}

}  // namespace mpi4cxx::trace
