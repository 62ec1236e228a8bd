#include "bench/command.hpp"
#include "bench/measure.hpp"
#include "bench/units.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>

namespace bench {

namespace {

struct Parameters {
    bool is_quiet = false;
    MPI::Count largest = 1 << 20;
    Rounds rounds;
};

double seconds_of_sum(const MPI::Intracomm& comm, MPI::Count bytes, Rounds rounds) {
    const std::vector<double> numbers(std::max<std::size_t>(static_cast<std::size_t>(bytes) / sizeof(double), 1), comm.rank() + 1);
    std::vector<double> sums(numbers.size());
    const double seconds = time_of(comm, rounds, [&] { comm.Allreduce(numbers, sums, MPI::SUM); }).seconds;
    const double expected = 0.5 * comm.size() * (comm.size() + 1);
    if (!std::all_of(sums.begin(), sums.end(), [expected](double sum) { return sum == expected; }))
        throw std::runtime_error("allreduce: a sum of " + std::to_string(bytes) + " bytes is wrong");
    return seconds;
}

std::string run(const MPI::Intracomm& comm, const Parameters& given) {
    const bool prints = comm.rank() == 0 && !given.is_quiet;
    std::vector<MPI::Count> sizes = {8, 64, 512, 4 << 10, 32 << 10, 256 << 10, 1 << 20};
    std::erase_if(sizes, [&](MPI::Count bytes) { return bytes >= given.largest; });
    sizes.push_back(given.largest);

    std::string verdict;
    if (prints)
        std::printf("allreduce: the sum of numbers of %s\n%10s        time\n", count_text(comm.size(), "process", "processes").c_str(), "bytes");
    for (const MPI::Count bytes : sizes) {
        const double seconds = seconds_of_sum(comm, bytes, given.rounds);
        if (prints)
            std::printf("%10lld  %10s\n", static_cast<long long>(bytes), time_text(seconds).c_str());
        if (bytes == sizes.front() || bytes == sizes.back())
            verdict += (verdict.empty() ? "allreduce of " : ", of ") + bytes_text(bytes) + " in " + time_text(seconds);
    }
    return verdict;
}

}  // namespace

Command allreduce() {
    const auto given = std::make_shared<Parameters>();
    return {"allreduce",
            "times sums of numbers of all processes",
            {quiet(given->is_quiet), amount("-n, --size", "BYTES", "of the largest sum", given->largest, 1), loop(given->rounds.loop),
             skip(given->rounds.skip)},
            [given](const MPI::Intracomm& comm) { return run(comm, *given); }};
}

}  // namespace bench
