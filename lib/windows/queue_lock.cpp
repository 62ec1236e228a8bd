#include "windows/queue_lock.hpp"

#include <mpi4cxx/status.hpp>

#include <cstddef>
#include <utility>

namespace MPI4CXX::detail {

namespace {

enum Tag : int { turn_tag, link_tag, wake_tag };

}  // namespace

void QueueLock::lock(At at) {
    turns_.wait();
    Turn turn{&turns_};
    const Intracomm& comm = words_.comm();
    if (const int before = words_.swap(tail_, own_, at); before != nobody) {
        Request mine = comm.Irecv({}, before - 1, turn_tag, at);
        comm.Send({}, before - 1, link_tag, at);
        wait_patiently(mine, at);
    }
    turn.turns = nullptr;
}

bool QueueLock::try_lock(At at) {
    if (!turns_.try_take())
        return false;
    Turn turn{&turns_};
    if (words_.compare_and_swap(tail_, nobody, own_, at) != nobody)
        return false;
    turn.turns = nullptr;
    return true;
}

void QueueLock::unlock(At at) {
    if (words_.compare_and_swap(tail_, own_, nobody, at) != own_) {
        const Intracomm& comm = words_.comm();
        Status next;
        Request link = comm.Irecv({}, ANY_SOURCE, link_tag, at);
        wait_patiently(link, at, &next);
        comm.Send({}, next.Get_source(), turn_tag, at);
    }
    turns_.pass();
}

Request WaitingList::enter(At at) const {
    const Intracomm& comm = words_.comm();
    words_.add(first_ + 1 + comm.Get_rank(at), 1, at);
    return comm.Irecv({}, ANY_SOURCE, wake_tag, at);
}

int WaitingList::wake(int n, At at) const {
    const Intracomm& comm = words_.comm();
    const int size = comm.Get_size(at);
    std::vector<int> words = words_.read(first_, size + 1, at);
    int& next = words[0];  // the rank that is looked at first, so that every process gets its turn
    std::vector<int> woken;
    for (int i = 0; i < size && static_cast<int>(woken.size()) < n; ++i) {
        const int rank = (words[0] + i) % size;
        int& waiting = words[static_cast<std::size_t>(rank) + 1];
        for (; waiting > 0 && static_cast<int>(woken.size()) < n; --waiting) woken.push_back(rank);
    }
    if (woken.empty())
        return 0;
    next = (woken.back() + 1) % size;
    words_.write(first_, words, at);
    for (const int rank : woken) comm.Send({}, rank, wake_tag, at);
    return static_cast<int>(woken.size());
}

}  // namespace MPI4CXX::detail
