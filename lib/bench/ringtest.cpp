#include "bench/command.hpp"
#include "bench/measure.hpp"
#include "bench/units.hpp"

#include <cstddef>
#include <cstdio>
#include <memory>

namespace bench {

namespace {

struct Parameters {
    bool is_quiet = false;
    MPI::Count size = 1;
    Rounds rounds;
};

/// Sends `message` once around the ring of processes. Rank 0 gets it back in `back`.
void pass_around(const MPI::Intracomm& comm, std::vector<std::byte>& message, std::vector<std::byte>& back) {
    const int size = comm.size(), source = (comm.rank() + size - 1) % size, dest = (comm.rank() + 1) % size;
    if (size == 1) {
        comm.Sendrecv(message, dest, 0, back, source, 0);
    } else if (comm.rank() == 0) {
        comm.Send(message, dest);
        comm.Recv(back, source);
    } else {
        comm.Recv(message, source);
        comm.Send(message, dest);
    }
}

std::string run(const MPI::Intracomm& comm, const Parameters& given) {
    const bool is_first = comm.rank() == 0;
    std::vector<std::byte> message(static_cast<std::size_t>(given.size), is_first ? std::byte{42} : std::byte{0}), back(message.size());
    const auto [loop, seconds] = time_of(comm, given.rounds, [&] { pass_around(comm, message, back); });
    if (is_first && message != back)
        throw std::runtime_error("ringtest: the message that comes back is not the one that was sent");
    if (is_first && !given.is_quiet)
        std::printf("time for %lld loops = %g seconds (%d processes, %lld bytes)\n", static_cast<long long>(loop),
                    seconds * static_cast<double>(loop), comm.size(), static_cast<long long>(given.size));
    return bytes_text(given.size) + " around " + count_text(comm.size(), "process", "processes") + " in " + time_text(seconds);
}

}  // namespace

Command ringtest() {
    const auto given = std::make_shared<Parameters>();
    return {
        "ringtest",
        "times a message that goes around the ring of processes",
        {quiet(given->is_quiet), amount("-n, --size", "BYTES", "of the message", given->size, 0), loop(given->rounds.loop), skip(given->rounds.skip)},
        [given](const MPI::Intracomm& comm) { return run(comm, *given); }};
}

}  // namespace bench
