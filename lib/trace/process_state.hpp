#pragma once

#include "trace/call.hpp"

#include <map>
#include <string>
#include <vector>

namespace mpi4cxx::trace {

/// What a process that has made no progress for a while tells the others.
struct ProcessState {
    struct CollectiveCall {
        std::uint64_t comm = 0;
        std::int64_t number = 0;
        int root = no_rank;
        std::string function, label;
        std::vector<int> members;
    };

    /// One end of a message, a call of a collective, or what a synchronization of a window waits for.
    struct MessageEnd {
        WaitTarget::Kind kind = WaitTarget::Kind::none;  // not `window`
        std::uint64_t comm = 0;                          // or window
        int peer = no_rank;                              // of a lock: the rank that is locked, any_rank for all
        int tag = 0;                                     // of a lock: 1 if it is exclusive
        std::int64_t number = 0;  // of a send among the sends to its peer, of a receive in the order of posting; 0 for a call that has not returned.
                                  // Of a collective on its communicator, of a Post or Complete among those of the peer for this process
        std::int64_t count = 0, bytes = 0;
        std::string label;  // of the communicator or window
    };
    /// What a thread waits for.
    struct ThreadWait {
        bool any = false;     // one of the ends is enough
        bool others = false;  // the thread also waits for something that does not come by itself
        bool open = false;    // or for something that may come whatever the others do: from a file, from a process outside this world
        bool loops = false;   // the thread looks in turn for each of the ends, and may go on when it finds one
        std::vector<MessageEnd> ends;
    };
    /// The messages to or from a process on one communicator: their number, and the latest ones.
    struct PeerMessages {
        bool is_sent = false;
        std::uint64_t comm = 0;
        int peer = no_rank;
        std::int64_t total = 0;
        std::vector<MessageEnd> latest;
    };

    /// A lock of a window that this process holds or has asked for.
    struct Lock {
        std::uint64_t window = 0;
        int target = no_rank;  // any_rank: all
        bool is_exclusive = false;
        std::string label;  // where the lock was taken
    };

    /// How often this process has called Post and Complete of a window for another.
    struct Epochs {
        std::uint64_t window = 0;
        int peer = no_rank;
        std::int64_t posts = 0, completes = 0;
    };

    std::int64_t activities = -1;             // how often the process had moved by then
    bool waits = false;                       // all its threads wait in MPI
    bool polls = false;                       // one of them in a loop, which it may leave without a call
    std::int64_t version = 0;                 // how often the process has written its state
    std::vector<std::string> lines;           // text for people, one line a thread
    std::vector<ThreadWait> threads;          // the threads that wait
    std::vector<MessageEnd> posted;           // receives that are not known to be complete
    std::vector<PeerMessages> peer_messages;  // the messages that it has sent and received
    std::vector<Lock> held;
    std::vector<Epochs> epochs;
    std::vector<CollectiveCall> collectives;                  // collectives in which it waits
    std::map<std::uint64_t, std::int64_t> collective_counts;  // number of collectives that it has entered, by communicator

    /// Returns whether the file could be written.
    [[nodiscard]] bool save(const std::string& path) const;
    [[nodiscard]] bool load(const std::string& path);
};

/// Looks, several times a second, whether threads only poll in a loop. Returns whether one has begun or ceased to.
bool observe_loops();

/// Returns the state of this process, from what its threads do.
ProcessState current_process_state();

}  // namespace mpi4cxx::trace
