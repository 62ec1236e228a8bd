// Breadth-first search in a graph: each step sends the vertices that it reaches to the processes that own them.
// With mpi4py this needs comm.Alltoallv, with counts and displacements by hand.
#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace MPI = mpi4cxx;

using Vertex = long;

// A torus of width * width vertices. Each process owns the same number of consecutive vertices.
struct Graph {
    Vertex width, share, first;
    Graph(Vertex n, const MPI::Comm& comm) : width(n), share((n * n + comm.size() - 1) / comm.size()), first(share * comm.rank()) {}
    [[nodiscard]] int owner(Vertex v) const { return static_cast<int>(v / share); }
    [[nodiscard]] std::vector<Vertex> neighbours(Vertex v) const {
        const Vertex row = v / width * width, all = width * width;
        return {row + (v + 1) % width, row + (v + width - 1) % width, (v + width) % all, (v + all - width) % all};
    }
};

//> START
std::vector<int> distances(const MPI::Comm& comm, const Graph& graph, Vertex source) {
    std::vector<int> result(static_cast<std::size_t>(graph.share), -1);
    std::vector<Vertex> frontier(graph.owner(source) == comm.rank() ? 1 : 0, source);
    for (int distance = 0; comm.allreduce(frontier.size()) > 0; ++distance) {
        std::vector<Vertex> next;
        for (const Vertex v : frontier)
            if (int& known = result[static_cast<std::size_t>(v - graph.first)]; known < 0) {
                known = distance;
                for (const Vertex w : graph.neighbours(v)) next.push_back(w);
            }
        std::sort(next.begin(), next.end());  // by owner
        next.erase(std::unique(next.begin(), next.end()), next.end());
        std::vector<int> counts(static_cast<std::size_t>(comm.size()));
        for (const Vertex v : next) ++counts[static_cast<std::size_t>(graph.owner(v))];
        frontier = comm.Alltoallv(next, counts);
    }
    return result;
}
//> END

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Graph graph(argc > 1 ? std::strtol(argv[1], nullptr, 10) : 60, comm);

    const std::vector<int> found = distances(comm, graph, 0);

    const auto around = [&](Vertex steps) { return std::min(steps, graph.width - steps); };
    bool right = true;
    for (Vertex v = graph.first; v < std::min(graph.first + graph.share, graph.width * graph.width); ++v)
        right &= found[static_cast<std::size_t>(v - graph.first)] == around(v / graph.width) + around(v % graph.width);
    const int farthest = comm.allreduce(*std::max_element(found.begin(), found.end()), MPI::MAX);
    if (comm.rank() == 0)
        std::printf("the farthest vertex is %d steps away\n", farthest);
    return right ? EXIT_SUCCESS : EXIT_FAILURE;
}
