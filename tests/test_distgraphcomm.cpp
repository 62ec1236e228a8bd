#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;
using std::vector;

namespace {

vector<int> sorted(vector<int> values) {
    std::sort(values.begin(), values.end());
    return values;
}

/// What a process of a ring knows: it receives from the left and sends to the right.
void check_ring(const MPI::Comm& comm, const MPI::Distgraphcomm& graph, bool weighted) {
    const int rank = comm.rank(), left = left_of(comm), right = right_of(comm);
    CHECK(graph.Get_topology() == MPI::DIST_GRAPH);
    CHECK(graph.is_topo());
    const auto counts = graph.Get_dist_neighbors_count();
    CHECK(counts.indegree == 1);
    CHECK(counts.outdegree == 1);
    CHECK(counts.weighted == weighted);
    const auto neighbors = graph.Get_dist_neighbors();
    CHECK(neighbors.sources == vector<int>{left});
    CHECK(neighbors.destinations == vector<int>{right});
    CHECK(neighbors.weights.has_value() == weighted);
    if (neighbors.weights) {
        CHECK(neighbors.weights->sources == vector<int>{10 + left});  // an edge weighs what its source says
        CHECK(neighbors.weights->destinations == vector<int>{10 + rank});
    }
}

}  // namespace

TEST_CASE("Intracomm::Create_dist_graph_adjacent takes each process's own edges", "[distgraphcomm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int rank = comm.rank(), left = left_of(comm), right = right_of(comm);
        check_ring(comm, comm.Create_dist_graph_adjacent({left}, {right}), false);
        check_ring(comm, comm.Create_dist_graph_adjacent({left}, {right}, {10 + left}, {10 + rank}), true);
        const vector<int> weights_in = {10 + left}, weights_out = {10 + rank}, source = {left};
        check_ring(comm, comm.Create_dist_graph_adjacent(source, {right}, weights_in, weights_out, MPI::INFO_NULL, false), true);
        check_ring(comm, comm.Create_dist_graph_adjacent({left}, {right}, MPI::UNWEIGHTED, MPI::UNWEIGHTED), false);
    });
}

TEST_CASE("Intracomm::Create_dist_graph takes any edges from any process", "[distgraphcomm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int size = comm.size(), rank = comm.rank(), left = left_of(comm), right = right_of(comm);
        check_ring(comm, comm.Create_dist_graph({rank}, {1}, {right}), false);
        check_ring(comm, comm.Create_dist_graph({left}, {1}, {rank}, {10 + left}), true);  // the edges of its neighbour
        check_ring(comm, comm.Create_dist_graph({rank}, 1, {right}), false);
        vector<int> sources, degrees, destinations, weights;  // all of them from the last process
        for (int i = 0; rank == size - 1 && i < size; ++i) {
            sources.push_back(i);
            degrees.push_back(1);
            destinations.push_back((i + 1) % size);
            weights.push_back(10 + i);
        }
        check_ring(comm, comm.Create_dist_graph(sources, degrees, destinations), false);
        check_ring(comm, comm.Create_dist_graph(sources, degrees, destinations, weights), true);
        check_ring(comm, comm.Create_dist_graph(sources, degrees, destinations, rank == size - 1 ? MPI::Weights(weights) : MPI::WEIGHTS_EMPTY), true);
    });
}

TEST_CASE("A process of a distributed graph may have no edges, or many", "[distgraphcomm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int size = comm.size();
        const bool first = comm.rank() == 0;
        vector<int> all;
        for (int i = 0; i < size; ++i) all.push_back(i);
        const vector<int> one = {0}, none;
        // the first sends to all, itself included
        const MPI::Distgraphcomm star = comm.Create_dist_graph_adjacent(one, first ? all : none);
        const auto neighbors = star.Get_dist_neighbors();
        CHECK(neighbors.sources == one);
        CHECK(sorted(neighbors.destinations) == (first ? all : none));
        const int self = comm.rank(), right = right_of(comm), left = left_of(comm);
        const auto twice = comm.Create_dist_graph({self}, 2, {right, left}).Get_dist_neighbors();  // two edges from each source
        CHECK(sorted(twice.destinations) == sorted({right, left}));
        CHECK(sorted(twice.sources) == sorted({right, left}));
        CHECK(comm.Create_dist_graph({}, 5, {}).Get_dist_neighbors().sources.empty());
        const MPI::Distgraphcomm same = comm.Create_dist_graph(first ? one : none, first ? vector<int>{size} : none, first ? all : none);
        CHECK(same.Get_dist_neighbors().sources == one);
        CHECK(sorted(same.Get_dist_neighbors().destinations) == (first ? all : none));
        // a weighted graph without any edge
        const MPI::Distgraphcomm empty = comm.Create_dist_graph_adjacent({}, {}, MPI::WEIGHTS_EMPTY, MPI::WEIGHTS_EMPTY);
        CHECK(empty.Get_dist_neighbors_count().indegree == 0);
        CHECK(empty.Get_dist_neighbors_count().outdegree == 0);
        CHECK(empty.Get_dist_neighbors_count().weighted);
        CHECK(empty.Get_dist_neighbors().sources.empty());
        CHECK(empty.Get_dist_neighbors().weights.has_value());
        const MPI::Distgraphcomm plain = comm.Create_dist_graph({}, {}, {});
        CHECK_FALSE(plain.Get_dist_neighbors_count().weighted);
        CHECK_FALSE(plain.Get_dist_neighbors().weights.has_value());
    });
}

TEST_CASE("A duplicate of a distributed graph is one, its part is not", "[distgraphcomm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int rank = comm.rank();
        const MPI::Distgraphcomm graph = comm.Create_dist_graph({rank}, {1}, {right_of(comm)}, {10 + rank});
        check_ring(comm, graph.Dup(), true);
        check_ring(comm, graph.Clone(), true);
        check_ring(comm, graph.Idup().wait(), true);
        CHECK_FALSE(graph.Split().is_topo());
    });
}

TEST_CASE("Numbers of sources, degrees, edges and weights that do not match are misuse", "[distgraphcomm][error]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    const auto misused = [](auto f, const std::string& text) { return thrown<std::invalid_argument>(f).find(text) == 0; };
    CHECK(misused([&] { (void)comm.Create_dist_graph({0, 0}, {1}, {0}); }, "Create_dist_graph: 2 sources, 1 degrees ("));
    CHECK(misused([&] { (void)comm.Create_dist_graph({0}, {2}, {0}); }, "Create_dist_graph: the degrees are 2 in all, there are 1 destinations ("));
    CHECK(misused([&] { (void)comm.Create_dist_graph({0, 0}, 2, {0}); }, "Create_dist_graph: the degrees are 4 in all, there are 1 destinations ("));
    CHECK(misused([&] { (void)comm.Create_dist_graph({0}, {1}, {0}, {1, 2}); }, "Create_dist_graph: 1 destinations, 2 weights ("));
    CHECK(misused([&] { (void)comm.Create_dist_graph({0}, {1}, {0}, MPI::WEIGHTS_EMPTY); }, "Create_dist_graph: 1 destinations, 0 weights ("));
    CHECK(misused([&] { (void)comm.Create_dist_graph_adjacent({0}, {0}, {1, 2}); }, "Create_dist_graph_adjacent: 1 sources, 2 weights ("));
    CHECK(misused([&] { (void)comm.Create_dist_graph_adjacent({0}, {0}, {1}, MPI::WEIGHTS_EMPTY); },
                  "Create_dist_graph_adjacent: 1 destinations, 0 weights ("));
    CHECK(misused([&] { (void)comm.Create_dist_graph({0, 0}, {2, -1}, {0}); }, "Create_dist_graph: a degree of -1 is no number of edges ("));
}

TEST_CASE("Edges of a distributed graph go from and to processes that exist", "[distgraphcomm][error]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    const auto misused = [](auto f) { return contains(thrown<std::invalid_argument>(f), ": node 99 in a graph of 1 ("); };
    CHECK(misused([&] { (void)comm.Create_dist_graph({99}, {1}, {0}); }));
    CHECK(misused([&] { (void)comm.Create_dist_graph({0}, {1}, {99}); }));
    CHECK(misused([&] { (void)comm.Create_dist_graph_adjacent({99}, {0}); }));
    CHECK(misused([&] { (void)comm.Create_dist_graph_adjacent({0}, {99}); }));
}

TEST_CASE("A communicator can be taken over as a distributed graph only if it is one", "[distgraphcomm]") {
    MPI::Comm any = MPI::COMM_SELF.Create_dist_graph({0}, {1}, {0});
    CHECK(contains(thrown<std::invalid_argument>([&] { MPI::Graphcomm wrong(std::move(any)); }),
                   "Graphcomm: the communicator is of class Distgraphcomm"));
    CHECK(MPI::Distgraphcomm(std::move(any)).Get_dist_neighbors().sources == vector<int>{0});
    CHECK_FALSE(thrown<MPI::Exception>([] { (void)MPI::Distgraphcomm::borrow(MPI_COMM_SELF).Get_dist_neighbors_count(); }).empty());
    CHECK(contains(error_of_class(MPI::ERR_COMM, [] { (void)MPI::Distgraphcomm().Get_dist_neighbors(); }), "the communicator is null"));
}
