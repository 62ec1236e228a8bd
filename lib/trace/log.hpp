// The log of one process: its calls, messages and collectives.
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

/// Returns nanoseconds, by default of a clock that all processes of a machine share.
std::int64_t now(clockid_t clock = CLOCK_MONOTONIC);

/// Which processes send data to which in a collective.
enum class CollectivePattern : std::int32_t { all, from_root, to_root, upwards, neighbours };

/// One call, or a series of calls that test for something and find nothing.
struct Event {
    std::int64_t begin = 0, end = 0, waiting = 0;
    std::int32_t function = 0, thread = 0;
    std::int32_t peer = no_rank, tag = 0;
    std::int64_t bytes = 0;
    std::int32_t comm = -1;  // an index in `comm_ids` and `comm_labels`
    std::int32_t polls = 0;  // calls that found nothing
};

/// One end of a message. The nth message sent with a communicator, sender, receiver and tag matches the nth receive posted, among the receives that
/// take such messages.
struct Message {
    std::uint64_t comm = 0;
    std::int64_t order = 0;   // of the send or the receive among those of this process
    std::int64_t begin = 0;   // when it was sent or posted
    std::int64_t event = -1;  // the event that completed it
    std::int32_t peer = 0, tag = 0;
    std::int32_t is_send = 0, thread = 0;
};

/// The part of one process in a collective.
struct CollectiveCall {
    std::uint64_t comm = 0;
    std::int64_t number = 0;  // among the collectives of the communicator
    std::int64_t begin = 0, event = -1;
    CollectivePattern pattern = CollectivePattern::all;
    std::int32_t is_root = 0, rank = 0;
};

struct CallTotals {
    std::int64_t calls = 0, sent = 0, received = 0, time = 0, waiting = 0;
};

struct Traffic {
    std::int64_t messages = 0, bytes = 0, collective_bytes = 0, window_bytes = 0;
};

/// All that one process records. Messages and collectives refer to events by index.
struct Log {
    int rank = -1;
    std::int64_t offset = 0;  // what to add to the times to get times of rank 0
    std::int64_t begin = 0, end = 0;
    std::int64_t dropped = 0;          // events beyond the limit
    std::map<int, CallTotals> totals;  // by function
    std::map<int, Traffic> traffic;    // by receiver
    std::map<int, Traffic> fetched;    // what one-sided calls have read, by the process that it was read from
    std::deque<Event> events;
    std::deque<Message> messages;
    std::deque<CollectiveCall> collectives;
    std::vector<std::uint64_t> comm_ids;
    std::vector<std::string> comm_labels;

    void save(const std::string& path) const;
    [[nodiscard]] bool load(const std::string& path);
};

/// The log of this process, and its lock.
inline std::mutex log_mutex;
inline Log& own_log = *new Log;  // never destroyed: MPI may be finalized from a destructor

}  // namespace mpi4cxx::trace
