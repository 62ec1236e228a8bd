// How long something takes that all processes of a communicator do together.
#pragma once

#include "bench/command_line.hpp"

#include <algorithm>

namespace bench {

/// How often something is done.
struct Rounds {
    MPI::Count skip = 1;  // times before that is measured
    MPI::Count loop = 0;  // times that are measured; 0: several times as many as take some 20 ms on rank 0, of which the fastest count
};

struct Timing {
    MPI::Count loop = 0;
    double seconds = 0;  // of one round
};

/// Calls `round` on all processes of `comm` and measures how long that takes.
template <class F> Timing time_of(const MPI::Intracomm& comm, Rounds rounds, F round) {
    const auto repeat = [&](MPI::Count loop) {
        comm.Barrier();
        const double begin = MPI::Wtime();
        for (MPI::Count i = 0; i < loop; ++i) round();
        return (MPI::Wtime() - begin) / static_cast<double>(loop);
    };
    for (MPI::Count i = 0; i < rounds.skip; ++i) round();
    if (rounds.loop > 0)
        return {rounds.loop, repeat(rounds.loop)};
    constexpr double enough = 0.01;
    MPI::Count loop = 1;
    double seconds = repeat(loop);
    for (; !comm.bcast(seconds * static_cast<double>(loop) >= enough, 0); seconds = repeat(loop)) loop *= 4;
    for (int i = 0; i < 3; ++i) seconds = std::min(seconds, repeat(loop));
    return {loop, seconds};
}

/// Waits for all processes of `comm`, and leaves the core to others meanwhile. MPI's own barrier takes all of it.
void wait_idly(const MPI::Intracomm& comm);

}  // namespace bench
