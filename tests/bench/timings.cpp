// The same work in C, mpi4cxx and, where there is one for this MPI, Boost.MPI, in one process and in turn:
//
//   timings --list                                  prints the rows and the peers
//   timings REPETITIONS MILLISECONDS PEERS ROW…     times the rows; PEERS are "all" or some of them, with commas between
//
// Prints a line a sample, with tabs between: "sample", row, peer, repetition, the latency of 8 bytes just before in µs,
// and µs for one message or one collective. timings.py does the same; tests/bench/compare runs both.
#include "timings.hpp"

#include "peers.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using namespace bench;

extern "C" double bench_latency(MPI_Comm comm);

int bench::own_rank, bench::world_size;

namespace {

std::vector<Row> all_rows() {
    std::vector<Row> rows;
    for (const auto& some : {message_rows(), rate_rows(), window_rows(), file_rows()}) rows.insert(rows.end(), some.begin(), some.end());
    return rows;
}

void list() {
    for (const Row& row : all_rows()) std::printf("%s\t%s\n", row.kind, row.name.c_str());
    std::printf("peers\traw\traw again\traw datatype\traw fresh\tmpi4cxx\tmpi4cxx typed%s", ReceivedInto<Doubles> ? "\tmpi4cxx into" : "");
#ifdef BENCH_BOOST
    std::printf("\tBoost.MPI\tBoost.MPI datatype\tBoost.MPI into");
#endif
    std::printf("\n");
}

/// Seconds for `turns` turns, those of the slowest rank.
double seconds(const Peer& peer, int turns) {
    MPI_Barrier(MPI_COMM_WORLD);
    const double start = MPI_Wtime();
    peer.turns(turns);
    double elapsed = MPI_Wtime() - start;
    MPI_Allreduce(MPI_IN_PLACE, &elapsed, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    return elapsed;
}

/// How many turns take about so long.
int turns_in(const Peer& peer, double wanted) {
    int turns = 1;
    double elapsed = seconds(peer, 1);  // warms it up, too
    while (elapsed < wanted && (elapsed = seconds(peer, turns)) < wanted / 4) turns *= elapsed < wanted / 40 ? 8 : 2;
    return std::max(1, static_cast<int>(turns * wanted / elapsed));
}

void check(const Row& row, const Peer& peer) {
    int right = peer.works() ? 1 : 0;
    MPI_Allreduce(MPI_IN_PLACE, &right, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
    if (right != 0)
        return;
    if (own_rank == 0)
        std::fprintf(stderr, "timings: %s: %s gets something else than was sent\n", row.name.c_str(), peer.name.c_str());
    MPI_Abort(MPI_COMM_WORLD, 1);
}

/// A round a repetition, each begun by the next peer.
void time_row(const Row& row, int repetitions, double wanted, std::string_view wanted_peers) {
    Peers peers = row.peers();
    if (wanted_peers != "all") {
        const std::string list = "," + std::string(wanted_peers) + ",";
        std::erase_if(peers, [&](const Peer& peer) { return list.find("," + peer.name + ",") == std::string::npos; });
    }
    std::vector<int> turns;
    for (const Peer& peer : peers) {
        check(row, peer);
        turns.push_back(turns_in(peer, wanted));
    }
    for (int repetition = 0; repetition < repetitions; ++repetition) {
        const double latency = bench_latency(MPI_COMM_WORLD);
        for (std::size_t i = 0; i < peers.size(); ++i) {
            const std::size_t k = (i + static_cast<std::size_t>(repetition)) % peers.size();
            const double us = seconds(peers[k], turns[k]) * 1e6 / turns[k] / peers[k].messages;
            if (own_rank == 0)
                std::printf("sample\t%s\t%s\t%d\t%.4f\t%.5g\n", row.name.c_str(), peers[k].name.c_str(), repetition, latency, us);
        }
    }
    for (const Peer& peer : peers) check(row, peer);
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 2 && std::string_view(argv[1]) == "--list") {
        list();
        return 0;
    }
    // As MPI_Init does: the locks of MPI_THREAD_MULTIPLE would slow all down, and make ratios smaller.
    mpi4cxx::Environment env(argc, argv, mpi4cxx::THREAD_SINGLE);
    if (argc < 5)
        return 2;
    MPI_Comm_rank(MPI_COMM_WORLD, &own_rank);
    MPI_Comm_size(MPI_COMM_WORLD, &world_size);
    for (const std::string_view name : std::span(argv, static_cast<std::size_t>(argc)).subspan(4))
        for (const Row& row : all_rows())
            if (row.name == name)
                time_row(row, std::atoi(argv[1]), std::atof(argv[2]) / 1000, argv[3]);
}
