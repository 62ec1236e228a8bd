// Translates ranks to those of the channel.
#include "communicators/object_route.hpp"

#include <mpi4cxx/comm.hpp>

#include "requests/channel.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

namespace MPI4CXX::detail {

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
        misuse({at, "objects"}, "an object of this size cannot be sent to a process outside COMM_WORLD on a communicator that mpi4cxx has not made");
    return rank;
}

bool to_channel_ranks(const Comm& comm, std::span<int> ranks, At at) {
    if (opened_channel == MPI_COMM_NULL)
        return false;
    if (comm.handle() != MPI_COMM_WORLD)
        to_world(comm, ranks, at);
    return std::find(ranks.begin(), ranks.end(), MPI_UNDEFINED) == ranks.end();
}

bool reaches_all(const Comm& comm, At at) {
    if (opened_channel == MPI_COMM_NULL || comm.handle() == MPI_COMM_WORLD)
        return opened_channel != MPI_COMM_NULL;
    const Place where{at, comm.address()};
    const int peers = comm.Is_inter(at) ? get<MPI_Comm_remote_size>(comm.handle(), where) : comm.Get_size(at);
    std::array<int, 1024> part;  // of their ranks
    for (int next = 0; next < peers;) {
        const std::span ranks(part.data(), std::min(part.size(), static_cast<std::size_t>(peers - next)));
        for (int& rank : ranks) rank = next++;
        if (!to_channel_ranks(comm, ranks, at))
            return false;
    }
    return true;
}

}  // namespace MPI4CXX::detail
