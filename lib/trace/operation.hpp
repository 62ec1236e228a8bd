// Communication operations, from their call to their completion, and the messages that a process has sent and received.
#pragma once

#include "trace/log.hpp"
#include "trace/window.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace mpi4cxx::trace {

/// An operation that a process can wait for.
struct WaitTarget {
    enum class Kind { none, send, receive, probe, collective, window, post, complete, lock };  // the last three only in states of processes
    Kind kind = Kind::none;
    int function = -1;  // that began the operation
    int peer = no_rank, tag = 0;
    Communicator* comm = nullptr;
    std::int64_t number = 0;  // of a collective on its communicator, of a send among the sends to its peer there; from 1
    std::int64_t order = 0;   // among the operations of this process; 0 for a blocking call, and while a persistent operation is inactive
    std::int64_t count = 0;   // elements and bytes of a send
    std::int64_t bytes = 0;
    int unready = 0;                 // partitions of a send that the program has not marked as ready
    const Window* window = nullptr;  // of a synchronization; `peer` is the rank that is locked, any_rank for all
    bool is_exclusive = false;       // of a lock
    int root = no_rank;              // of a collective that has one
};

/// A communication, from its call or start to its completion.
struct Operation : WaitTarget {
    bool is_persistent = false;
    int partitions = 0;                                    // of a partitioned send
    std::vector<std::pair<int, std::int64_t>> sent_bytes;  // receivers, and how many bytes each gets
    std::int64_t begin = 0, record = -1;
    CollectivePattern pattern = CollectivePattern::all;
    bool is_root = false;
    const MPI_Comm* made = nullptr;  // where MPI writes the communicator that the operation makes, whose number has been taken
    int made_number = next_number;
};

/// The messages sent in one direction between this process and another on one communicator: their number, and the latest ones.
struct MessageHistory {
    struct Message {
        std::int64_t number;  // from 1
        int tag;
        std::int64_t count, bytes;
    };
    std::int64_t total = 0;
    std::deque<Message> latest;
};
/// The histories of messages to and from other processes. Protected by the lock of the log.
struct MessageHistories {
    using Key = std::pair<const Communicator*, int>;  // communicator and other process
    std::map<Key, MessageHistory> sent, received;
};
inline MessageHistories& message_histories = *new MessageHistories;

/// Record that the operation begins, and that it was completed by the call of `event`. The log is locked.
void begin(Operation& operation, std::int64_t at, std::int64_t event);
void complete(Operation& operation, const MPI_Status* status, std::int64_t event);

/// Stores the operation of a request.
void set_operation(MPI_Request request, Operation operation);
/// Returns the operation of a request; null if the request is unknown.
std::shared_ptr<Operation> find_operation(MPI_Request request);
/// Forgets an operation, unless the request stands for another one by now: MPI may give the request of a completed operation to the next one, perhaps
/// in another thread, before this thread is told of the completion.
void erase_operation(MPI_Request request, const std::shared_ptr<Operation>& operation);
/// Stores the operation of a message that a matched probe has found.
void set_message_operation(MPI_Message message, Operation operation);
/// Returns the operation of a message and forgets it; null if the message is unknown.
std::shared_ptr<Operation> take_message_operation(MPI_Message message);
/// Returns the receives that have begun and are not known to be complete, in the order in which they began. The log is locked.
std::vector<WaitTarget> posted_receives();
/// Returns the partitioned sends that have begun and lack a partition. The log is locked.
std::vector<WaitTarget> unready_sends();

/// Returns the index of a communicator in the log, which is locked; adds the communicator if it is new.
std::int32_t comm_index(const Communicator* comm);

}  // namespace mpi4cxx::trace
