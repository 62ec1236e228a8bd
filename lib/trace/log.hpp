#pragma once

#include "trace/communicator.hpp"

#include <cstdint>
#include <ctime>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace mpi4cxx::trace {

/// Nanoseconds, by default of a clock that all processes of a machine share.
std::int64_t now(clockid_t clock = CLOCK_MONOTONIC);

/// Who gives what to whom in a collective.
enum class CollectivePattern : std::int32_t { all, from_root, to_root, upwards, neighbours };

/// One call, or a row of calls that look whether something is there and find nothing.
struct Event {
    std::int64_t begin = 0, end = 0, waiting = 0;
    std::int32_t function = 0, thread = 0;
    std::int32_t peer = nobody, tag = 0;
    std::int64_t bytes = 0;
    std::int32_t comm = -1;  // an index in `communicators`
    std::int32_t polls = 0;  // calls that found nothing
};

/// One end of a message. The nth that is sent with a communicator, sender, receiver and tag meets the nth receive that is
/// posted, of those that take such messages.
struct Message {
    std::uint64_t comm = 0;
    std::int64_t order = 0;   // of the send or of the post among this process's
    std::int64_t begin = 0;   // when it was sent or posted
    std::int64_t event = -1;  // that completed it
    std::int32_t peer = 0, tag = 0;
    std::int32_t is_send = 0, thread = 0;
};

/// One process's part in a collective.
struct CollectiveCall {
    std::uint64_t comm = 0;
    std::int64_t number = 0;  // among the collectives of this communicator
    std::int64_t begin = 0, event = -1;
    CollectivePattern pattern = CollectivePattern::all;
    std::int32_t is_root = 0, rank = 0;
};

struct CallTotals {
    std::int64_t calls = 0, sent = 0, received = 0, time = 0, waiting = 0;
};

struct Traffic {
    std::int64_t messages = 0, bytes = 0, collective_bytes = 0;
};

/// All that one process has to tell. Events, messages and meetings are indices to each other.
struct Log {
    int rank = -1;
    std::int64_t offset = 0;  // what to add to its times for rank 0's
    std::int64_t begin = 0, end = 0;
    std::int64_t dropped = 0;          // events that were too many
    std::map<int, CallTotals> totals;  // by function
    std::map<int, Traffic> traffic;    // by receiver
    std::deque<Event> events;
    std::deque<Message> messages;
    std::deque<CollectiveCall> collectives;
    std::vector<std::uint64_t> comm_ids;
    std::vector<std::string> comm_labels;

    void save(const std::string& path) const;
    [[nodiscard]] bool load(const std::string& path);
};

/// This process's, and its lock.
inline std::mutex log_mutex;
inline Log& own_log = *new Log;  // never destroyed: MPI may be finalized from a destructor

}  // namespace mpi4cxx::trace
