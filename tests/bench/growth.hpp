// What a call costs one process, as growth_counts.cpp counts it.
#pragma once

namespace bench {

struct Cost {
    long calls = 0;   // of MPI functions, without those that only look whether something has come
    long bytes = 0;   // in the buffers that they send from and receive into
    long memory = 0;  // in bytes, the most that the calling thread has at a time, without MPI's own
};

/// Counts from now on: the MPI functions that all threads call, and the memory of this thread.
void begin_counting();
/// Returns what has been counted since.
Cost end_counting();

}  // namespace bench
