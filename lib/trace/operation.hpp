#pragma once

#include "trace/log.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace mpi4cxx::trace {

/// Something that a process can wait for.
struct WaitTarget {
    enum class Kind { none, send, receive, probe, collective, other };
    Kind kind = Kind::none;
    int function = -1;  // that began it
    int peer = nobody, tag = 0;
    Communicator* comm = nullptr;
    std::int64_t number = 0;  // of a collective on its communicator, of a send among those to its peer there; from 1
    std::int64_t order = 0;   // of what has begun in this process; 0 for a blocking call, and while a persistent operation is idle
    std::int64_t count = 0;   // of a send: elements and bytes
    std::int64_t bytes = 0;
};

/// A communication from its call, or from its start, to its completion.
struct Operation : WaitTarget {
    bool is_persistent = false;
    std::vector<std::pair<int, std::int64_t>> sent_bytes;  // whom, how many bytes
    std::int64_t begin = 0, record = -1;
    CollectivePattern pattern = CollectivePattern::all;
    bool is_root = false;
};

/// The messages that have gone one way between this process and another on one communicator: how many, and the latest of them.
struct MessageHistory {
    struct Message {
        std::int64_t number;  // from 1
        int tag;
        std::int64_t count, bytes;
    };
    std::int64_t total = 0;
    std::deque<Message> latest;
};
/// All of them, to others and from others. To be looked at with the lock of the log.
struct MessageHistories {
    using Key = std::pair<const Communicator*, int>;  // and the other process
    std::map<Key, MessageHistory> sent, received;
};
inline MessageHistories& message_histories = *new MessageHistories;

/// Records that it begins, and that it completed in the call of an event. The log is locked.
void begin(Operation& operation, std::int64_t at, std::int64_t event);
void complete(Operation& operation, const MPI_Status* status, std::int64_t event);

/// Those that requests stand for.
void set_operation(MPI_Request request, Operation operation);
/// Null if the request is unknown.
std::shared_ptr<Operation> find_operation(MPI_Request request);
/// Forgets an operation, unless the request stands for another by now: MPI gives the request of a complete one to the next that begins, in
/// another thread perhaps before this one is told of the completion.
void erase_operation(MPI_Request request, const std::shared_ptr<Operation>& operation);
/// The same for the message that a matched probe has found.
void set_message_operation(MPI_Message message, Operation operation);
/// Returns the operation of a message and forgets it; null if the message is unknown.
std::shared_ptr<Operation> take_message_operation(MPI_Message message);
/// The receives that have begun and not been seen to be complete, in the order of their beginning. The log is locked.
std::vector<WaitTarget> posted_receives();

/// The index of a communicator in the log, which is locked; adds the communicator where it is new.
std::int32_t comm_index(const Communicator* comm);

}  // namespace mpi4cxx::trace
