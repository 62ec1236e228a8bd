#include "windows/shared_words.hpp"

#include "requests/backoff.hpp"

#include <chrono>

namespace MPI4CXX::detail {

void wait_patiently(Request& request, At at, Status* status) {
    // Atomic operations on the memory of a process that sleeps here may have to wait for the end of its sleep.
    Backoff backoff(std::chrono::microseconds(100));
    while (!request.Test(status, at))
        if (!must_drive())
            backoff.pause();
}

Intracomm named_communicator(const Intracomm& comm, const std::string& name, At at) {
    Intracomm result = comm.Split(0, comm.Get_rank(at), at);
    result.Set_name(name, at);
    return result;
}

SharedWords::SharedWords(const Intracomm& comm, const std::string& name, std::span<const int> initial, const Info& info, At at)
    : comm_(named_communicator(comm, name, at)), win_(open_window(comm_, name, initial, 0, info, at)) {}

int SharedWords::swap(Aint word, int value, At at) const {
    int before = 0;
    win_.Fetch_and_op(value, before, 0, word, REPLACE, at);
    win_.Flush(0, at);
    return before;
}

int SharedWords::add(Aint word, int value, At at) const {
    int before = 0;
    win_.Fetch_and_op(value, before, 0, word, SUM, at);
    win_.Flush(0, at);
    return before;
}

int SharedWords::compare_and_swap(Aint word, int expected, int value, At at) const {
    int before = 0;
    win_.Compare_and_swap(value, expected, before, 0, word, at);
    win_.Flush(0, at);
    return before;
}

std::vector<int> SharedWords::read(Aint first, Count number, At at) const {
    std::vector<int> values(static_cast<std::size_t>(number));
    win_.Get(values, 0, first, at);
    win_.Flush(0, at);
    return values;
}

void SharedWords::write(Aint first, std::span<const int> values, At at) const {
    win_.Put(values, 0, first, at);
    win_.Flush(0, at);
}

void SharedWords::free(At at) {
    win_.Unlock_all(at);
    win_.Free(at);
    comm_.Free(at);
}

}  // namespace MPI4CXX::detail
