#include "communicators/collective_handle.hpp"

#include <mpi4cxx/group.hpp>

#include "communicators/session_members.hpp"

#include <array>
#include <list>
#include <mutex>
#include <utility>

namespace MPI4CXX::detail {

namespace {

/// The vote of a process that does not wait for the result.
struct Vote {
    std::array<int, 2> own{}, all{};  // frees, is idle
    MPI_Request request = MPI_REQUEST_NULL;
};

std::mutex mutex;
auto& votes_under_way = *new std::list<Vote>;  // never destroyed, because MPI may end later

/// Destroys the votes that are complete. MPI is not called under the lock, because it may call an error handler or wait for one.
void sweep() {
    std::list<Vote> votes;
    {
        const std::lock_guard lock(mutex);
        votes.swap(votes_under_way);
    }
    votes.remove_if([](Vote& vote) {
        int done = 0;
        return MPI_Test(&vote.request, &done, MPI_STATUS_IGNORE) == MPI_SUCCESS && done != 0;
    });
    const std::lock_guard lock(mutex);
    votes_under_way.splice(votes_under_way.end(), votes);
}

}  // namespace

// Tools do not see the PMPI_ calls, because the program does not make them.

CollectiveHandle::CollectiveHandle(MPI_Comm comm, Place where) : name_(name_handle(comm, where)) {
    sweep();
    votes_ = get<PMPI_Comm_dup>(comm, where);
}

void CollectiveHandle::end(std::function<void(bool)> free, bool drops, bool is_idle, Place where) {
    MPI_Comm comm = std::exchange(votes_, MPI_COMM_NULL);
    std::list<Vote> votes(1);  // a list, because nothing may fail between the call and keeping the vote
    Vote& vote = votes.front();
    vote.own = {drops ? 0 : 1, is_idle ? 1 : 0};
    constexpr int two = 2;
    call<PMPI_Iallreduce>(vote.own.data(), vote.all.data(), two, MPI_INT, MPI_MIN, comm, &vote.request, where);
    if (drops) {
        const std::lock_guard lock(mutex);
        votes_under_way.splice(votes_under_way.end(), votes);
    } else {
        if (must_drive())
            complete(vote.request, MPI_STATUS_IGNORE, "MPI_Iallreduce", where);
        else
            call<MPI_Wait>(&vote.request, MPI_STATUS_IGNORE, where);
        if (vote.all[0] != 0) {
            forget(name_);
            call<PMPI_Comm_free>(&comm, where);
            return free(vote.all[1] != 0);
        }
    }
    leave_session(comm);
    set_aside(
        name_,
        [free = std::move(free), comm]() mutable {
            call<PMPI_Comm_free>(&comm);
            free(false);
        },
        Group::take(get<MPI_Comm_group>(comm, where)));
}

void CollectiveHandle::leave() noexcept {
    if (MPI_Comm comm = std::exchange(votes_, MPI_COMM_NULL); comm != MPI_COMM_NULL) {
        forget(name_);
        PMPI_Comm_free(&comm);
    }
}

}  // namespace MPI4CXX::detail
