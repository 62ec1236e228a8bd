// What timings.cpp times. The rows lie in sources of their own, because what else a source has changes what the compiler makes of a call.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "objects.hpp"

namespace bench {

extern int own_rank, world_size;

/// One library's way to do a row's work.
struct Peer {
    std::string name;
    int messages;                    // how many follow one another in one turn
    std::function<void(int)> turns;  // does the work so many times
    std::function<bool()> works;     // does it once and looks at the result
};
using Peers = std::vector<Peer>;

/// `work` returns what a collective call gives, and `right` looks at that.
template <class Work, class Right> Peer checked(std::string name, Work work, Right right) {
    return {std::move(name), 1,
            [=](int count) {
                for (; count > 0; --count) keep(work());
            },
            [=] { return right(work()); }};
}

/// `work` returns the result of a collective; what `expected` is compared with on `root`, or everywhere where that is -1.
template <class T, class Work> Peer collective(std::string name, T expected, Work work, int root = -1) {
    return checked(std::move(name), work, [=](const auto& result) { return (root >= 0 && root != own_rank) || result == expected; });
}

struct Row {
    const char* kind;
    std::string name;
    std::function<Peers()> peers;
};

std::vector<Row> message_rows();
std::vector<Row> rate_rows();
std::vector<Row> window_rows();
std::vector<Row> file_rows();

}  // namespace bench
