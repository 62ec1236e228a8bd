#pragma once

#include "trace/call.hpp"

#include <map>
#include <string>
#include <vector>

namespace mpi4cxx::trace {

/// A process of which nothing has moved for a while, as it tells the others.
struct ProcessState {
    struct CollectiveCall {
        std::uint64_t comm = 0;
        std::int64_t number = 0;
        std::string function, label;
        std::vector<int> members;
    };

    /// One end of a message.
    struct MessageEnd {
        WaitTarget::Kind kind = WaitTarget::Kind::none;  // send, receive or probe
        std::uint64_t comm = 0;
        int peer = nobody, tag = 0;
        std::int64_t number = 0;  // of a send to its peer; of a receive, in the order of posting; 0 of a call that has not returned
        std::int64_t count = 0, bytes = 0;
        std::string label;  // of the communicator
    };
    /// What a thread waits for.
    struct ThreadWait {
        bool any = false;     // one of them is enough
        bool others = false;  // not only these ends
        std::vector<MessageEnd> ends;
    };
    /// The messages to or from a process on one communicator: how many, and the latest.
    struct PeerMessages {
        bool is_sent = false;
        std::uint64_t comm = 0;
        int peer = nobody;
        std::int64_t total = 0;
        std::vector<MessageEnd> latest;
    };

    std::int64_t activities = -1;                             // how often it had moved by then
    bool waits = false;                                       // all its threads wait in MPI
    std::vector<std::string> lines;                           // for people, one a thread
    std::vector<ThreadWait> threads;                          // those that wait
    std::vector<MessageEnd> posted;                           // receives that nobody has seen to be complete
    std::vector<PeerMessages> peer_messages;                  // what it has sent and received
    std::vector<CollectiveCall> collectives;                  // collectives that it is in
    std::map<std::uint64_t, std::int64_t> collective_counts;  // how many it has come to, by communicator

    void save(const std::string& path) const;
    [[nodiscard]] bool load(const std::string& path);
};

/// This process's, from what its threads do.
ProcessState current_process_state();

}  // namespace mpi4cxx::trace
