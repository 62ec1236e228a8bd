// Built with -D_GLIBCXX_DEBUG against a library that is not: each container is another class on either side, so none may cross the boundary.
#include <mpi4cxx/futures.hpp>
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <numeric>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#ifndef _GLIBCXX_DEBUG
#error "this program is about -D_GLIBCXX_DEBUG"
#endif

namespace MPI = mpi4cxx;

namespace {

void check(bool condition, const char* what) {
    if (condition)
        return;
    std::fprintf(stderr, "wrong: %s\n", what);
    MPI::COMM_WORLD.Abort(1);
}

struct Particle {
    double mass;
    int id;
};

MPI::Coroutine<int> sum_of_two(const MPI::Intracomm& comm, int peer) {
    std::vector<MPI::ObjectRequest<int>> receives;
    receives.push_back(comm.irecv<int>(peer, 1));
    receives.push_back(comm.irecv<int>(peer, 2));
    const std::vector<int> both = co_await MPI::when_all(receives);
    co_return both[0] + both[1];
}

void handles() {
    MPI::Info info = MPI::Info::Create({{"a", "1"}, {"b", "2"}});
    check(info.keys() == std::vector<std::string>{"a", "b"}, "keys of an info");
    check(info.values() == std::vector<std::string>{"1", "2"}, "values of an info");
    check(info.items().size() == 2, "items of an info");

    const MPI::Datatype vector = MPI::INT.Create_vector(2, 1, 3);
    check(vector.Get_contents().integers == std::vector<int>{2, 1, 3}, "contents of a datatype");
    const std::vector<int> lengths{1, 2}, displacements{0, 4};
    const MPI::Datatype indexed = MPI::INT.Create_indexed(lengths, displacements).Commit();
    const MPI::Datatype::Decoded decoded = indexed.decode();
    check(decoded.blocklengths == std::vector<MPI::Count>{1, 2} && decoded.displacements == std::vector<MPI::Count>{0, 4}, "decoded datatype");
    check(decoded.make().Commit().Get_size() == indexed.Get_size(), "datatype made again");
    const std::vector<MPI::Datatype> none;
    const std::vector<int> numbers{1, 2, 3};
    const std::vector<std::byte> packed = MPI::INT.Pack(numbers, MPI::COMM_SELF), external = MPI::INT.Pack_external("external32", numbers);
    check(packed.size() >= 12 && external.size() == 12, "packed numbers");
    const MPI::Datatype structure = MPI::Datatype::Create_struct({1, 1}, {0, 8}, {MPI::DOUBLE, MPI::INT});
    check(structure.Get_size() == 12, "a struct");
}

void communicators(const MPI::Intracomm& world) {
    const int rank = world.rank(), size = world.size();
    std::vector<int> all(static_cast<std::size_t>(size));
    std::iota(all.begin(), all.end(), 0);
    check(world.Get_group().Translate_ranks() == all && world.Get_group().Translate_ranks(std::vector<int>{0}) == std::vector<int>{0}, "ranks");

    const MPI::Cartcomm grid = world.Create_cart(MPI::Compute_dims(size, 1), std::vector<bool>{true});
    check(grid.Get_coords(grid.rank()) == std::vector<int>{grid.rank()} && grid.dims() == std::vector<int>{size}, "a grid");
    check(grid.inedges() == std::vector<int>{(rank + size - 1) % size, (rank + 1) % size}, "neighbours in a grid");
    check(grid.neighbor_allgather(rank).size() == 2, "objects of neighbours");

    std::vector<int> index(all), edges(all);
    for (int& end : index) ++end;  // each process has one edge, to itself
    const MPI::Graphcomm graph = world.Create_graph(index, edges);
    check(graph.index() == index && graph.neighbors() == std::vector<int>{rank}, "a graph");
    const std::vector<int> self{rank};
    check(world.Create_dist_graph_adjacent(self, self).Get_dist_neighbors().sources == self, "a distributed graph");

    const std::vector<Particle> particles(static_cast<std::size_t>(rank) + 1, Particle{1.5, rank});
    const auto gathered = world.Allgatherv_counted(particles);
    check(gathered.counts.size() == static_cast<std::size_t>(size) && gathered.data.back().id == size - 1, "Allgatherv");
    check(world.Gatherv(particles, 0).size() == (rank == 0 ? gathered.data.size() : 0), "Gatherv");
}

void objects(const MPI::Intracomm& world) {
    const int rank = world.rank(), size = world.size(), next = (rank + 1) % size, before = (rank + size - 1) % size;
    using Table = std::map<std::string, std::vector<double>>;
    const Table table{{"rank", {1.0 * rank}}, {"long", std::vector<double>(20000, rank)}};
    MPI::ObjectRequest<Table> receive = world.irecv<Table>(before);
    world.send(table, next);
    check(receive.wait().at("long").at(7) == before, "a map");
    const std::vector<Table> tables = world.allgather(table);
    check(tables.size() == static_cast<std::size_t>(size) && tables.back().at("rank").at(0) == size - 1, "allgather of maps");
    check(world.alltoall(tables).size() == tables.size(), "alltoall of maps");
    check(world.bcast(table, 0).at("rank").at(0) == 0, "bcast of a map");
    const std::string text =
        world.allreduce(std::string(1, static_cast<char>('a' + rank)), [](std::string a, const std::string& b) { return a + b; });
    check(text.size() == static_cast<std::size_t>(size) && text.back() == 'a' + size - 1, "allreduce of strings");

    std::vector<MPI::Request> requests;
    int came = 0, more = 0;
    requests.push_back(world.irecv_into(came, before, 3));
    requests.push_back(world.irecv_into(more, before, 4));
    world.send(rank, next, 3);
    world.send(rank, next, 4);
    std::size_t complete = 0;
    while (const auto some = MPI::Request::Waitsome(requests)) complete += some->size();
    check(complete == 2 && came == before && more == before, "Waitsome");

    std::vector<MPI::Request> sends;
    sends.push_back(world.isend(10, next, 1));
    sends.push_back(world.isend(20, next, 2));
    check(sum_of_two(world, before).wait() == 30, "when_all");
    MPI::Request::Waitall(sends);
}

int square(int x) { return x * x; }

void pool(const MPI::Intracomm& world) {
    if (MPI::futures::MPICommExecutor executor(world, 0); executor) {
        const std::vector<int> numbers{1, 2, 3};
        std::vector<int> squares;
        for (const int result : executor.map(square, numbers)) squares.push_back(result);
        check(squares == std::vector<int>{1, 4, 9}, "a map of the pool");
        std::vector<MPI::futures::Future<int>> futures;
        for (const int number : numbers) futures.push_back(executor.submit(square, number));
        check(MPI::futures::wait(futures).done.size() == 3, "tasks of the pool");
    }
}

}  // namespace

int main(int argc, char** argv) {
    const MPI::Environment environment(argc, argv);
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    handles();
    communicators(world);
    objects(world);
    if (world.size() > 1)
        pool(world);
    std::puts("ok");
}
