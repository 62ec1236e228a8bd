// Two processes in one: an MPI whose messages go from one function to another of the same process, so that what is left to
// count is the library above it.
#pragma once

#include <functional>

namespace bench {

/// Run both to their ends, in turn, the first as rank 0 of 2, the second as rank 1: each until one of its MPI calls has to
/// wait for the other. What one sends, to whatever rank of a communicator, the other receives.
void run_both(const std::function<void()>& first, const std::function<void()>& second);

/// Whether callgrind and allocations.cpp count. Whatever this says, they do not count what the MPI of run_both() does, but
/// for the copies that it makes of large or expected messages.
void count(bool wanted);

/// Nothing is counted while this lives, then what is wanted.
struct Uncounted {
    Uncounted();
    ~Uncounted();
    Uncounted(const Uncounted&) = delete;
    Uncounted& operator=(const Uncounted&) = delete;
};

/// What is wanted is counted while this lives, outside of run_both(), which sees to it itself.
struct Counted {
    Counted();
    ~Counted();
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
};

}  // namespace bench

/// What is being counted right now.
extern bool bench_counting;
