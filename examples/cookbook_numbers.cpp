// Recipes for reductions: argmin, sums in place, statistics, histograms, prefix sums, random numbers, operations of your own
#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <random>
#include <stdexcept>
#include <vector>

namespace MPI = mpi4cxx;

static void check(bool is_right) {
    if (!is_right)
        throw std::runtime_error("a recipe is wrong");
}

// How do I find the smallest value and the rank that has it?
struct Located {
    double value;
    int rank;
};

static void argmin(const MPI::Intracomm& comm) {
    const double mine = std::abs(comm.rank() - 1.0);
    const auto [value, rank] = comm.allreduce(Located{mine, comm.rank()}, MPI::MINLOC);  // a number and an int
    check(value == (comm.size() > 1 ? 0 : 1) && rank == (comm.size() > 1 ? 1 : 0));
}

// How do I add up vectors element by element?
static void sum_of_vectors(const MPI::Intracomm& comm) {
    std::vector<double> values{1.0 * comm.rank(), 1}, sums(2);
    comm.Allreduce(values, sums, MPI::SUM);
    comm.Allreduce(MPI::IN_PLACE, values, MPI::SUM);  // the same, without a second vector
    check(sums == values && sums[1] == comm.size());
}

// How do I reduce by an operation of my own?
struct Interval {
    double low, high;
};

static void own_operation(const MPI::Intracomm& comm) {
    const auto join = [](const Interval& a, const Interval& b) { return Interval{std::min(a.low, b.low), std::max(a.high, b.high)}; };
    const Interval mine{-1.0 * comm.rank(), 2.0 * comm.rank()};
    const Interval all = comm.allreduce(mine, join);  // any function, also of objects
    check(all.low == 1.0 - comm.size() && all.high == 2.0 * (comm.size() - 1));

    std::vector<Interval> many(5, mine), joined(5);  // element by element: an operation of MPI's, made once
    comm.Allreduce(many, joined, MPI::Op::Create<Interval>(join, true));
    check(joined[4].high == all.high);
}

// How do I compute mean and standard deviation of data that is spread over the ranks?
static void statistics(const MPI::Intracomm& comm) {
    std::vector<double> mine(100);
    std::iota(mine.begin(), mine.end(), 100.0 * comm.rank());
    std::vector<double> sums{static_cast<double>(mine.size()), std::reduce(mine.begin(), mine.end()), 0};
    comm.Allreduce(MPI::IN_PLACE, sums);
    const double mean = sums[1] / sums[0];
    for (const double x : mine) sums[2] += (x - mean) * (x - mean);
    const double deviation = std::sqrt(comm.allreduce(sums[2]) / sums[0]);
    check(mean == (100 * comm.size() - 1) / 2.0 && deviation > 0);
}

// How do I make a histogram?
static void histogram(const MPI::Intracomm& comm) {
    std::vector<long> bins(10);
    for (std::size_t i = 0; i < 1000; ++i) ++bins[(i * 7 + static_cast<std::size_t>(comm.rank())) % bins.size()];
    std::vector<long> all(bins.size());
    comm.Reduce(bins, all, MPI::SUM, 0);
    check(comm.rank() != 0 || std::reduce(all.begin(), all.end()) == 1000L * comm.size());
}

// How do I compute prefix sums, or the place of my part in the whole?
static void prefix_sums(const MPI::Intracomm& comm) {
    std::vector<long> mine(static_cast<std::size_t>(comm.rank() + 1), 1);
    std::inclusive_scan(mine.begin(), mine.end(), mine.begin());
    const long before = comm.exscan(mine.back()).value_or(0);  // nothing on rank 0
    for (long& x : mine) x += before;
    check(mine.back() == (comm.rank() + 1) * (comm.rank() + 2) / 2);
}

// How do I give each rank random numbers of its own, the same in every run?
static void seeds(const MPI::Intracomm& comm) {
    std::seed_seq seed{2026, comm.rank()};  // the seed of the run, and the rank
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> unit(0, 1);
    long inside = 0;
    for (int i = 0; i < 10'000; ++i) inside += std::hypot(unit(random), unit(random)) < 1 ? 1 : 0;
    const double pi = 4.0 * static_cast<double>(comm.allreduce(inside)) / (10'000.0 * comm.size());
    check(std::abs(pi - 3.14159) < 0.1);
}

// How do I measure how long a part of the program takes?
static void timing(const MPI::Intracomm& comm) {
    comm.Barrier();  // begin together
    const double begin = MPI::Wtime();
    double sum = 0;
    for (int i = 1; i < 1000; ++i) sum += 1.0 / i;
    const double mine = MPI::Wtime() - begin, longest = comm.allreduce(mine, MPI::MAX);
    check(sum > 7 && mine <= longest);
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    argmin(comm);
    sum_of_vectors(comm);
    own_operation(comm);
    statistics(comm);
    histogram(comm);
    prefix_sums(comm);
    seeds(comm);
    timing(comm);
}
