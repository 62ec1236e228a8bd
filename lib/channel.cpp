#include "channel.hpp"

#include "ending.hpp"
#include "finalize.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

namespace mpi4cxx::detail {

MPI_Comm opened_channel = MPI_COMM_NULL;

namespace {

int own_rank = 0;
std::uint64_t tags = 0;
std::atomic<std::uint64_t> used_tags{0};  // never wraps, so that a tag comes again only when all others have been used

}  // namespace

void open_channel(At at) {
    if (opened_channel != MPI_COMM_NULL)
        return;
    opened_channel = get<MPI_Comm_dup>(MPI_COMM_WORLD, at);
    call<MPI_Comm_set_errhandler>(opened_channel, MPI_ERRORS_RETURN, at);
    own_rank = get<MPI_Comm_rank>(opened_channel, at);
    int* largest = nullptr;
    int found = 0;
    call<MPI_Comm_get_attr>(MPI_COMM_WORLD, MPI_TAG_UB, &largest, &found, at);
    tags = (found != 0 ? static_cast<std::uint64_t>(*largest) : 32767) / 2;  // the upper half is the answers'
    at_finalize([] {
        end_operations();
        MPI_Comm_free(&opened_channel);
    });
}

MPI_Comm channel(At at) {
    if (opened_channel == MPI_COMM_NULL && !is_running())
        raise(outside(), "objects", at.file, at.line, nullptr);
    if (opened_channel == MPI_COMM_NULL)
        misuse({at, "objects"}, "make an mpi4cxx::Environment on every process first: objects travel on its channel");
    return opened_channel;
}

int channel_rank() noexcept { return own_rank; }

namespace {

/// Translates ranks of `comm`, or of its remote group, to those of COMM_WORLD.
void to_world(const Comm& comm, std::span<int> ranks, At at) {
    const Place where{at, comm.address()};
    MPI_Group group = comm.Is_inter(at) ? get<MPI_Comm_remote_group>(comm.handle(), where) : get<MPI_Comm_group>(comm.handle(), where);
    MPI_Group world = get<MPI_Comm_group>(MPI_COMM_WORLD, where);
    const std::vector<int> from(ranks.begin(), ranks.end());
    const int code = MPI_Group_translate_ranks(group, static_cast<int>(ranks.size()), from.data(), world, ranks.data());
    MPI_Group_free(&group);
    MPI_Group_free(&world);
    if (code != MPI_SUCCESS)
        raise(code, "MPI_Group_translate_ranks", at.file, at.line, comm.address());
}

}  // namespace

int channel_rank(const Comm& comm, int rank, At at) {
    if (comm.handle() == MPI_COMM_WORLD)
        return rank;
    to_world(comm, {&rank, 1}, at);
    if (rank == MPI_UNDEFINED)
        misuse({at, "objects"}, "an object of this size cannot be sent to a process outside COMM_WORLD");
    return rank;
}

bool reaches_all(const Comm& comm, At at) {
    if (opened_channel == MPI_COMM_NULL || comm.handle() == MPI_COMM_WORLD)
        return opened_channel != MPI_COMM_NULL;
    std::vector<int> ranks(static_cast<std::size_t>(comm.Get_size(at)));
    std::iota(ranks.begin(), ranks.end(), 0);
    to_world(comm, ranks, at);
    return std::find(ranks.begin(), ranks.end(), MPI_UNDEFINED) == ranks.end();
}

int next_channel_tag() noexcept { return static_cast<int>(used_tags.fetch_add(1, std::memory_order_relaxed) % tags); }

void skip_channel_tags(std::uint64_t number) noexcept { used_tags.fetch_add(number, std::memory_order_relaxed); }

int answer_tag(int side_tag) noexcept { return side_tag + static_cast<int>(tags); }

}  // namespace mpi4cxx::detail
