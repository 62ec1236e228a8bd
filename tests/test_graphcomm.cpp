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

/// A ring: each process is a neighbour of those on both sides, and of itself where there are no two others.
struct Ring {
    explicit Ring(int size) {
        for (int i = 0; i < size; ++i) {
            edges.push_back((i + size - 1) % size);
            edges.push_back((i + 1) % size);
            index.push_back(static_cast<int>(edges.size()));
        }
    }
    vector<int> index, edges;
};

}  // namespace

TEST_CASE("Intracomm::Create_graph makes a graph that can be read again", "[graphcomm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int size = comm.size(), rank = comm.rank();
        const Ring ring(size);
        const MPI::Graphcomm graph = comm.Create_graph(ring.index, ring.edges);
        CHECK(graph.Get_topology() == MPI::GRAPH);
        CHECK(graph.is_topo());
        CHECK(graph.Get_dims().nnodes == size);
        CHECK(graph.Get_dims().nedges == 2 * size);
        CHECK(graph.dims().nnodes == graph.nnodes());
        CHECK(graph.dims().nedges == graph.nedges());
        CHECK(graph.nnodes() == size);
        CHECK(graph.Get_topo().index == ring.index);
        CHECK(graph.Get_topo().edges == ring.edges);
        CHECK(graph.topo().edges == ring.edges);
        CHECK(graph.index() == ring.index);
        CHECK(graph.edges() == ring.edges);
        for (int other = 0; other < size; ++other) {
            CHECK(graph.Get_neighbors_count(other) == 2);
            CHECK(graph.Get_neighbors(other) == vector<int>{(other + size - 1) % size, (other + 1) % size});
        }
        CHECK(graph.nneighbors() == 2);
        CHECK(graph.neighbors() == graph.Get_neighbors(rank));
        CHECK(MPI::Comm::Compare(comm, graph) == MPI::CONGRUENT);
    });
}

TEST_CASE("A graph may have fewer nodes than there are processes, and nodes without edges", "[graphcomm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Graphcomm one = comm.Create_graph({0}, {}, true);
        CHECK(one.is_null() == (comm.rank() != 0));
        if (one) {
            CHECK(one.size() == 1);
            CHECK(one.nnodes() == 1);
            CHECK(one.nedges() == 0);
            CHECK(one.nneighbors() == 0);
            CHECK(one.neighbors().empty());
            CHECK(one.edges().empty());
        }
        if (comm.size() < 2)
            return;
        const MPI::Graphcomm two = comm.Create_graph({0, 2}, {0, 1});  // the first has no neighbour, the second two
        CHECK(two.is_null() == (comm.rank() > 1));
        if (two) {
            CHECK(two.neighbors() == (two.rank() == 0 ? vector<int>{} : vector<int>{0, 1}));
            CHECK(two.index() == vector<int>{0, 2});
        }
    });
}

TEST_CASE("A duplicate of a graph is a graph, its part is not", "[graphcomm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const Ring ring(comm.size());
        const MPI::Graphcomm graph = comm.Create_graph(ring.index, ring.edges), copy = graph.Dup(), clone = graph.Clone(),
                             later = graph.Idup().wait();
        for (const MPI::Graphcomm* other : {&copy, &clone, &later}) {
            CHECK(other->edges() == ring.edges);
            CHECK(MPI::Comm::Compare(graph, *other) == MPI::CONGRUENT);
        }
        const MPI::Intracomm part = graph.Split();
        CHECK(part.Get_topology() == MPI::UNDEFINED);
    });
}

TEST_CASE("Intracomm::Graph_map tells the ranks that a graph would give", "[graphcomm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const Ring ring(comm.size());
        vector<int> ranks(static_cast<std::size_t>(comm.size()));
        comm.Allgather(comm.Graph_map(ring.index, ring.edges), ranks);
        for (int rank = 0; rank < comm.size(); ++rank) CHECK(std::count(ranks.begin(), ranks.end(), rank) == 1);
        comm.Allgather(comm.Graph_map({0}, {}), ranks);
        CHECK(std::count(ranks.begin(), ranks.end(), 0) == 1);
        CHECK(std::count(ranks.begin(), ranks.end(), MPI::UNDEFINED) == comm.size() - 1);
    });
}

TEST_CASE("An index that does not end with the number of edges is misuse", "[graphcomm][error]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    CHECK(thrown<std::invalid_argument>([&] { (void)comm.Create_graph({2}, {0}); }).find("Create_graph: index ends with 2, there are 1 edges (") ==
          0);
    CHECK(thrown<std::invalid_argument>([&] { (void)comm.Graph_map({0}, {0, 0}); }).find("Graph_map: index ends with 0, there are 2 edges (") == 0);
}

TEST_CASE("A rank or a neighbour that a graph does not have is an error", "[graphcomm][error]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    const MPI::Graphcomm graph = comm.Create_graph({1}, {0});
    const auto misused = [](auto f, const std::string& text) { return thrown<std::invalid_argument>(f).find(text) == 0; };
    CHECK(misused([&] { (void)graph.Get_neighbors_count(1); }, "Get_neighbors_count: node 1 in a graph of 1 ("));
    CHECK(misused([&] { (void)graph.Get_neighbors(-5); }, "Get_neighbors_count: node -5 in a graph of 1 ("));
    CHECK(misused([&] { (void)comm.Create_graph({1}, {7}); }, "Create_graph: node 7 in a graph of 1 ("));
    CHECK(misused([&] { (void)comm.Graph_map({1}, {-1}); }, "Graph_map: node -1 in a graph of 1 ("));
    CHECK(misused([&] { (void)comm.Create_graph({1, 0}, {}); }, "Create_graph: index goes from 1 back to 0 ("));
    CHECK_FALSE(thrown<MPI::Exception>([&] { (void)MPI::Graphcomm::borrow(comm.handle()).Get_dims(); }).empty());
    CHECK(contains(error_of_class(MPI::ERR_COMM, [] { (void)MPI::Graphcomm().Get_topo(); }), "the communicator is null"));
}

TEST_CASE("A communicator can be taken over as a graph only if it is one", "[graphcomm]") {
    MPI::Comm any = MPI::COMM_SELF.Create_graph({1}, {0});
    CHECK(contains(thrown<std::invalid_argument>([&] { MPI::Cartcomm wrong(std::move(any)); }), "Cartcomm: the communicator is of class Graphcomm"));
    MPI::Topocomm topo(std::move(any));
    CHECK(topo.Get_topology() == MPI::GRAPH);
    CHECK(MPI::Graphcomm(std::move(topo)).edges() == vector<int>{0});
    MPI::Comm plain = MPI::COMM_SELF.Dup();
    CHECK(
        contains(thrown<std::invalid_argument>([&] { MPI::Topocomm wrong(std::move(plain)); }), "Topocomm: the communicator is of class Intracomm"));
    CHECK(contains(thrown<std::invalid_argument>([&] { MPI::Graphcomm wrong(std::move(plain)); }),
                   "Graphcomm: the communicator is of class Intracomm"));
}
