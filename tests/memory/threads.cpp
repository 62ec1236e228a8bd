// Several threads of each rank send and receive objects at once, each with a communicator of its own, and all with one: threads ROUNDS
#include <mpi4cxx/mpi4cxx.hpp>

#include <cereal/types/map.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/vector.hpp>

#include <unistd.h>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace MPI = mpi4cxx;

namespace MPI4CXX::detail {
MPI4CXX_API void limit_side_tags(int used_once, int reused);
}

namespace {

using Words = std::map<std::string, std::vector<double>>;

// Some fit an envelope, some do not, some have blocks.
Words words(int round, int thread) {
    const std::size_t lengths[] = {3, 2000, 20000};
    return {{"round", {static_cast<double>(round), static_cast<double>(thread)}},
            {"data", std::vector<double>(lengths[static_cast<std::size_t>(round) % 3], static_cast<double>(thread))}};
}

void expect(bool condition, const char* what) {
    if (!condition)
        throw std::runtime_error(what);
}

void talk(const MPI::Intracomm& shared, const MPI::Intracomm& own, int thread, int rounds) {
    const int right = (shared.rank() + 1) % shared.size(), left = (shared.rank() + shared.size() - 1) % shared.size();
    for (int round = 0; round < rounds; ++round) {
        const Words sent = words(round, thread);
        auto received = shared.irecv<Words>(left, thread);
        MPI::Request first = shared.isend(sent, right, thread);
        auto all = own.iallgather(round);
        expect(own.sendrecv<Words>(sent, right, 1, left, 1) == sent, "sendrecv");
        if (round % 2 == 0)
            expect(received.wait() == sent, "wait");
        else
            for (std::optional<Words> got; !got;)
                if ((got = received.test()))
                    expect(*got == sent, "test");
        first.Wait();
        expect(all.wait() == std::vector<int>(static_cast<std::size_t>(own.size()), round), "iallgather");
        expect(own.bcast(sent, 0) == sent, "bcast");
        expect(own.allreduce(std::string(1, 'a'), [](const std::string& a, const std::string& b) { return a + b; }).size() ==
                   static_cast<std::size_t>(own.size()),
               "allreduce");
    }
}

}  // namespace

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    alarm(300);
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 20;
    MPI::detail::limit_side_tags(20, 60);  // as after billions of messages
    const MPI::Intracomm shared = MPI::COMM_WORLD.Dup();
    std::vector<MPI::Intracomm> own;
    for (int thread = 0; thread < 3; ++thread) own.push_back(shared.Dup());
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 3; ++thread)
        threads.emplace_back([&, thread] { talk(shared, own[static_cast<std::size_t>(thread)], thread, rounds); });
    for (std::thread& thread : threads) thread.join();
    if (shared.rank() == 0)
        std::puts("ok");
}
