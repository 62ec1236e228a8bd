// Neighbourhood calls in their three forms, on every kind of topology.
#include "catch.hpp"
#include "forms.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;
using std::vector;

namespace {
thread_local std::size_t first_refused = SIZE_MAX;  // the next allocation of so many bytes or more fails
}  // namespace
[[gnu::noinline]] void* operator new(std::size_t size) {
    if (size >= first_refused)
        first_refused = SIZE_MAX;
    else if (void* memory = std::malloc(size == 0 ? 1 : size))
        return memory;
    throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

/// Calls `f(comm)` for grids with and without edges, graphs and distributed graphs; in some a process has no neighbours, in others several times
/// the same, or itself.
template <class F> void for_each_topology(F f) {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const int size = world.size(), rank = world.rank();
    f(world.Create_cart({size}, {true}));
    f(world.Create_cart({size}, {false}));
    f(world.Create_cart(MPI::Compute_dims(size, {0, 0}), {true, false}));
    vector<int> index, edges;  // a star around process 0
    for (int i = 0; i < size; ++i) {
        if (i == 0)
            for (int j = 1; j < size; ++j) edges.push_back(j);
        else
            edges.push_back(0);
        index.push_back(static_cast<int>(edges.size()));
    }
    f(world.Create_graph(index, edges));
    f(world.Create_dist_graph_adjacent({left_of(world)}, {right_of(world)}));
    vector<int> below, above;  // from each process to all that come after it
    for (int i = 0; i < size; ++i) (i < rank ? below : above).push_back(i);
    above.erase(above.begin());
    f(world.Create_dist_graph_adjacent(below, above));
    const int last = size - 1;  // one edge; the others have none
    f(rank == 0 ? world.Create_dist_graph({0}, {1}, {last}) : world.Create_dist_graph({}, {}, {}));
    index.assign(static_cast<std::size_t>(size), 1);  // the same as a graph, there and back
    index.back() = 2;
    f(world.Create_graph(index, {last, 0}));
}

template <class F> void for_each_topology_and_form(F f) {
    for_each_topology([&](const MPI::Topocomm& comm) { for_each_form([&](auto form) { f(comm, form); }); });
}

/// What a neighbour sends to this process, alone or among the blocks for all; from PROC_NULL nothing comes.
int value(int from, int to) { return from == MPI::PROC_NULL || to == MPI::PROC_NULL ? -1 : 100 * from + to; }

/// One block a neighbour: i % 3 elements, with one between that nobody touches.
struct Blocks {
    vector<int> counts, displs;
    std::size_t length = 0;
    explicit Blocks(const vector<int>& sizes) {
        for (const int size : sizes) {
            counts.push_back(size);
            displs.push_back(static_cast<int>(length));
            length += static_cast<std::size_t>(size) + 1;
        }
    }
    template <class F> [[nodiscard]] vector<int> fill(F of) const {
        vector<int> all(length, -1);
        for (std::size_t i = 0; i < counts.size(); ++i) std::fill_n(all.begin() + displs[i], counts[i], of(i));
        return all;
    }
};
template <class Wide> vector<Wide> as(const vector<int>& values) { return {values.begin(), values.end()}; }
template <class F> void for_both_widths(F f) {
    f([](const vector<int>& counts) { return counts; }, [](const vector<int>& displs) { return displs; });
    f(as<MPI::Count>, as<MPI::Aint>);
}

/// Calls `f(comm)` for grids and graphs in which some process has several edges to one neighbour.
template <class F> void for_each_topology_with_repeats(F f) {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const int size = world.size(), rank = world.rank(), left = left_of(world), right = right_of(world);
    f(world.Create_cart({size}, {true}));
    f(world.Create_cart({size, 1}, {true, true}));
    f(world.Create_cart({1, size}, {true, false}));
    f(world.Create_cart({1, 1, size}, {true, true, true}));
    f(world.Create_cart(MPI::Compute_dims(size, {0, 0}), {true, true}));
    vector<int> index, edges;
    for (int i = 0; i < size; ++i) {
        const int after = (i + 1) % size, before = (i + size - 1) % size;
        for (const int edge : {after, after, before, before, i}) edges.push_back(edge);
        index.push_back(static_cast<int>(edges.size()));
    }
    f(world.Create_graph(index, edges));
    f(world.Create_dist_graph_adjacent({left, left}, {right, right}));
    f(world.Create_dist_graph_adjacent({left, right}, {left, right}));
    const MPI::Distgraphcomm mixed = world.Create_dist_graph_adjacent({left, rank, left, left}, {right, right, rank, right});
    f(mixed);
    f(mixed.Dup());
    // three edges between two processes only, the others have none
    const int last = size - 1;
    f(rank == 0 ? world.Create_dist_graph({0}, {3}, {last, last, last}) : world.Create_dist_graph({}, {}, {}));
}

/// Which of the edges between the same processes each is: in a grid by direction, in a graph the first, second, ….
vector<int> numbers_of_edges(const MPI::Topocomm& comm, const vector<int>& neighbours, bool incoming) {
    vector<int> numbers;
    for (std::size_t i = 0; i < neighbours.size(); ++i) {
        const auto before = neighbours.begin() + static_cast<std::ptrdiff_t>(i);
        const auto direction = static_cast<int>(incoming ? i ^ 1 : i);
        numbers.push_back(comm.Get_topology() == MPI::CART ? direction : static_cast<int>(std::count(neighbours.begin(), before, neighbours[i])));
    }
    return numbers;
}

/// The block of an edge: 1 to 3 times its sender and number.
int length_of(int number) { return 1 + number % 3; }
int value_of(int from, int number) { return 100 * from + number; }

}  // namespace

TEST_CASE("Topocomm knows the neighbours of this process", "[topocomm]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const int size = world.size(), rank = world.rank();
    const MPI::Cartcomm line = world.Create_cart({size}, {false}), ring = world.Create_cart({size}, {true});
    const int before = rank == 0 ? MPI::PROC_NULL : rank - 1, after = rank == size - 1 ? MPI::PROC_NULL : rank + 1;
    CHECK(line.inedges() == vector<int>{before, after});
    CHECK(line.outedges() == vector<int>{before, after});
    CHECK(line.indegree() == 2);
    CHECK(line.degrees().out == 2);
    CHECK(ring.inoutedges().in == vector<int>{left_of(world), right_of(world)});
    const MPI::Cartcomm grid = world.Create_cart({size, 1}, {true, false});
    CHECK(grid.outedges() == vector<int>{left_of(world), right_of(world), MPI::PROC_NULL, MPI::PROC_NULL});
    const MPI::Distgraphcomm one_way = world.Create_dist_graph_adjacent({left_of(world)}, {right_of(world), rank});
    CHECK(one_way.indegree() == 1);
    CHECK(one_way.outdegree() == 2);
    CHECK(one_way.inedges() == vector<int>{left_of(world)});
    CHECK(one_way.outedges() == vector<int>{right_of(world), rank});
    for_each_topology([](const MPI::Topocomm& comm) {
        CHECK(comm.inedges().size() == static_cast<std::size_t>(comm.indegree()));
        CHECK(comm.outedges().size() == static_cast<std::size_t>(comm.outdegree()));
    });
}

TEST_CASE("A communicator without a topology has no neighbours", "[topocomm]") {
    const MPI::Topocomm none = MPI::Topocomm::borrow(MPI::COMM_WORLD.handle());
    int error = MPI::SUCCESS;
    try {
        (void)none.degrees();
    } catch (const MPI::Exception& e) {
        error = e.Get_error_class();
    }
    CHECK((error == MPI::ERR_TOPOLOGY || error == MPI::ERR_COMM));
}

TEST_CASE("Neighbor_allgather takes a block from each neighbour", "[topocomm]") {
    for_each_topology_and_form([](const MPI::Topocomm& comm, auto form) {
        const vector<int> from = comm.inedges(), mine{comm.rank(), -comm.rank()};
        vector<int> all(2 * from.size(), -1), expected;
        for (const int i : from) {
            expected.push_back(i == MPI::PROC_NULL ? -1 : i);
            expected.push_back(i == MPI::PROC_NULL ? -1 : -i);
        }
        finish(
            form([&] { comm.Neighbor_allgather(mine, all); }, [&] { return comm.Ineighbor_allgather(mine, all); },
                 [&] { return comm.Neighbor_allgather_init(mine, all); }),
            [&] { std::fill(all.begin(), all.end(), -1); }, [&] { CHECK(all == expected); });
        form([&] { comm.Neighbor_allgather({}, {}); }, [&] { return comm.Ineighbor_allgather({}, {}); },
             [&] { return comm.Neighbor_allgather_init({}, {}); })
            .finish();
    });
}

TEST_CASE("Neighbor_allgatherv puts each block in its place", "[topocomm]") {
    for_each_topology_and_form([](const MPI::Topocomm& comm, auto form) {
        const vector<int> from = comm.inedges(), mine(static_cast<std::size_t>(comm.rank() % 3), comm.rank());
        vector<int> sizes;
        for (const int i : from) sizes.push_back(i == MPI::PROC_NULL ? 0 : i % 3);
        const Blocks blocks(sizes);
        for_both_widths([&](auto as_counts, auto as_displs) {
            auto counts = as_counts(blocks.counts);
            auto displs = as_displs(blocks.displs);
            vector<int> all(blocks.length, -1);
            auto call = form(
                [&] {
                    comm.Neighbor_allgatherv(mine, {all, counts, displs});
                },
                [&] {
                    return comm.Ineighbor_allgatherv(mine, {all, counts, displs});
                },
                [&] {
                    return comm.Neighbor_allgatherv_init(mine, {all, counts, displs});
                });
            spoil(counts, displs);
            finish(
                std::move(call), [&] { std::fill(all.begin(), all.end(), -1); },
                [&] { CHECK(all == blocks.fill([&](std::size_t i) { return from[i]; })); });
        });
    });
}

TEST_CASE("Neighbor_alltoall sends each neighbour its block", "[topocomm]") {
    for_each_topology_and_form([](const MPI::Topocomm& comm, auto form) {
        vector<int> out, expected;
        for (const int to : comm.outedges()) out.push_back(value(comm.rank(), to));
        for (const int from : comm.inedges()) expected.push_back(value(from, comm.rank()));
        vector<int> in(expected.size(), -1);
        finish(
            form([&] { comm.Neighbor_alltoall(out, in); }, [&] { return comm.Ineighbor_alltoall(out, in); },
                 [&] { return comm.Neighbor_alltoall_init(out, in); }),
            [&] { std::fill(in.begin(), in.end(), -1); }, [&] { CHECK(in == expected); });
    });
}

TEST_CASE("Neighbor_alltoallv sends each neighbour as much as it says", "[topocomm]") {
    for_each_topology_and_form([](const MPI::Topocomm& comm, auto form) {
        const vector<int> from = comm.inedges(), to = comm.outedges();
        const auto length = [](int a, int b) { return a == MPI::PROC_NULL || b == MPI::PROC_NULL ? 0 : (a + b) % 3; };
        vector<int> sends, receives;
        for (const int i : to) sends.push_back(length(comm.rank(), i));
        for (const int i : from) receives.push_back(length(i, comm.rank()));
        const Blocks send(sends), recv(receives);
        const vector<int> out = send.fill([&](std::size_t i) { return value(comm.rank(), to[i]); });
        for_both_widths([&](auto as_counts, auto as_displs) {
            auto counts = as_counts(send.counts), counts2 = as_counts(recv.counts);
            auto displs = as_displs(send.displs), displs2 = as_displs(recv.displs);
            vector<int> in(recv.length, -1);
            auto call = form(
                [&] {
                    comm.Neighbor_alltoallv({out, counts, displs}, {in, counts2, displs2});
                },
                [&] {
                    return comm.Ineighbor_alltoallv({out, counts, displs}, {in, counts2, displs2});
                },
                [&] {
                    return comm.Neighbor_alltoallv_init({out, counts, displs}, {in, counts2, displs2});
                });
            spoil(counts, displs, counts2, displs2);
            finish(
                std::move(call), [&] { std::fill(in.begin(), in.end(), -1); },
                [&] { CHECK(in == recv.fill([&](std::size_t i) { return value(from[i], comm.rank()); })); });
        });
    });
}

TEST_CASE("Neighbor_alltoallw sends each neighbour a block of a datatype of its own", "[topocomm]") {
    for_each_topology_and_form([](const MPI::Topocomm& comm, auto form) {
        // ints to even ranks, doubles to odd ones, at multiples of 8 bytes
        const vector<int> from = comm.inedges(), to = comm.outedges();
        const bool odd = comm.rank() % 2 == 1;
        vector<double> out(to.size()), in(from.size(), -1);
        vector<int> displs, displs2;
        vector<MPI::Datatype> types, types2;
        for (std::size_t i = 0; i < to.size(); ++i) {
            displs.push_back(static_cast<int>(8 * i));
            types.push_back(MPI::Datatype::borrow(to[i] % 2 == 1 ? MPI_DOUBLE : MPI_INT));
            const int whole = value(comm.rank(), to[i]);
            if (to[i] % 2 == 1)
                out[i] = whole;
            else
                std::memcpy(&out[i], &whole, sizeof whole);
        }
        for (std::size_t i = 0; i < from.size(); ++i) {
            displs2.push_back(static_cast<int>(8 * i));
            types2.push_back(MPI::Datatype::borrow(odd ? MPI_DOUBLE : MPI_INT));
        }
        const auto check = [&] {
            for (std::size_t i = 0; i < from.size(); ++i) {
                int whole = 0;
                std::memcpy(&whole, &in[i], sizeof whole);
                if (from[i] == MPI::PROC_NULL)
                    CHECK(in[i] == -1);
                else
                    CHECK((odd ? in[i] : whole) == value(from[i], comm.rank()));
            }
        };
        for_both_widths([&](auto as_counts, auto as_displs) {
            auto counts = as_counts(vector<int>(to.size(), 1)), counts2 = as_counts(vector<int>(from.size(), 1));
            auto d = as_displs(displs), d2 = as_displs(displs2);
            auto call = form(
                [&] {
                    comm.Neighbor_alltoallw({out, counts, d, types}, {in, counts2, d2, types2});
                },
                [&] {
                    return comm.Ineighbor_alltoallw({out, counts, d, types}, {in, counts2, d2, types2});
                },
                [&] {
                    return comm.Neighbor_alltoallw_init({out, counts, d, types}, {in, counts2, d2, types2});
                });
            spoil(counts, d, counts2, d2);
            finish(
                std::move(call), [&] { std::fill(in.begin(), in.end(), -1); }, check);
        });
    });
}

TEST_CASE("neighbor_allgather and neighbor_alltoall move objects of any size", "[topocomm]") {
    for_each_topology([](const MPI::Topocomm& comm) {
        const auto text = [](int from, int to) {
            return std::string(from == to ? 0 : static_cast<std::size_t>(3000 * from + to), 'x') + letter(from);
        };
        vector<std::string> sent, each, all;
        for (const int to : comm.outedges()) sent.push_back(to == MPI::PROC_NULL ? "" : text(comm.rank(), to));
        for (const int from : comm.inedges()) {
            each.push_back(from == MPI::PROC_NULL ? "" : text(from, comm.rank()));
            all.push_back(from == MPI::PROC_NULL ? "" : text(from, 7));
        }
        CHECK(comm.neighbor_allgather(text(comm.rank(), 7)) == all);
        CHECK(comm.neighbor_alltoall(sent) == each);
        // runs of values lie as they have to
        const vector<double> numbers(static_cast<std::size_t>(comm.rank()), 0.5);
        const auto came = comm.neighbor_allgather(numbers);
        for (std::size_t i = 0; i < came.size(); ++i) CHECK(came[i].size() == static_cast<std::size_t>(std::max(0, comm.inedges()[i])));
    });
}

TEST_CASE("Of several edges to one neighbour each block comes by its own", "[topocomm]") {
    for_each_topology_with_repeats([](const MPI::Topocomm& comm) {
        for_each_form([&](auto form) {
            const auto [from, to] = comm.inoutedges();
            const vector<int> in_numbers = numbers_of_edges(comm, from, true), out_numbers = numbers_of_edges(comm, to, false);
            vector<int> out, expected;
            for (const int number : out_numbers) out.push_back(value_of(comm.rank(), number));
            for (std::size_t i = 0; i < from.size(); ++i) expected.push_back(from[i] == MPI::PROC_NULL ? -1 : value_of(from[i], in_numbers[i]));
            vector<int> in(expected.size(), -1);
            finish(
                form([&] { comm.Neighbor_alltoall(out, in); }, [&] { return comm.Ineighbor_alltoall(out, in); },
                     [&] { return comm.Neighbor_alltoall_init(out, in); }),
                [&] { std::fill(in.begin(), in.end(), -1); }, [&] { CHECK(in == expected); });
        });
    });
}

TEST_CASE("Of several edges to one neighbour each block has its own length and datatype", "[topocomm]") {
    for_each_topology_with_repeats([](const MPI::Topocomm& comm) {
        for_each_form([&](auto form) {
            const auto [from, to] = comm.inoutedges();
            const vector<int> in_numbers = numbers_of_edges(comm, from, true), out_numbers = numbers_of_edges(comm, to, false);
            const auto sizes = [](const vector<int>& neighbours, const vector<int>& numbers) {
                vector<int> result;
                for (std::size_t i = 0; i < numbers.size(); ++i) result.push_back(neighbours[i] == MPI::PROC_NULL ? 0 : length_of(numbers[i]));
                return result;
            };
            const Blocks send(sizes(to, out_numbers)), recv(sizes(from, in_numbers));
            const vector<int> out = send.fill([&](std::size_t i) { return value_of(comm.rank(), out_numbers[i]); });
            const vector<int> expected = recv.fill([&in_numbers, &from = from](std::size_t i) { return value_of(from[i], in_numbers[i]); });
            vector<int> in(recv.length, -1);
            const auto reset = [&] { std::fill(in.begin(), in.end(), -1); };
            const auto check = [&] { CHECK(in == expected); };
            finish(form(
                       [&] {
                           comm.Neighbor_alltoallv({out, send.counts, send.displs}, {in, recv.counts, recv.displs});
                       },
                       [&] {
                           return comm.Ineighbor_alltoallv({out, send.counts, send.displs}, {in, recv.counts, recv.displs});
                       },
                       [&] {
                           return comm.Neighbor_alltoallv_init({out, send.counts, send.displs}, {in, recv.counts, recv.displs});
                       }),
                   reset, check);
            reset();
            const auto typed = [](const Blocks& blocks) {  // one element of a type that holds the block
                struct {
                    vector<int> ones, bytes;
                    vector<MPI::Datatype> types;
                } result;
                for (std::size_t i = 0; i < blocks.counts.size(); ++i) {
                    result.ones.push_back(1);
                    result.bytes.push_back(4 * blocks.displs[i]);
                    result.types.push_back(MPI::INT.Create_contiguous(blocks.counts[i]).Commit());
                }
                return result;
            };
            auto s = typed(send), r = typed(recv);
            auto call = form(
                [&] {
                    comm.Neighbor_alltoallw({out, s.ones, s.bytes, s.types}, {in, r.ones, r.bytes, r.types});
                },
                [&] {
                    return comm.Ineighbor_alltoallw({out, s.ones, s.bytes, s.types}, {in, r.ones, r.bytes, r.types});
                },
                [&] {
                    return comm.Neighbor_alltoallw_init({out, s.ones, s.bytes, s.types}, {in, r.ones, r.bytes, r.types});
                });
            s.types.clear();  // a call that is under way keeps its datatypes
            r.types.clear();
            finish(std::move(call), reset, check);
        });
    });
}

TEST_CASE("Of several edges to one neighbour each object comes by its own", "[topocomm]") {
    for_each_topology_with_repeats([](const MPI::Topocomm& comm) {
        const auto [from, to] = comm.inoutedges();
        const vector<int> in_numbers = numbers_of_edges(comm, from, true), out_numbers = numbers_of_edges(comm, to, false);
        const auto text = [](int sender, int number) { return std::string(static_cast<std::size_t>(2000 * number), 'x') + letter(sender); };
        vector<std::string> out, expected;
        for (const int number : out_numbers) out.push_back(text(comm.rank(), number));
        for (std::size_t i = 0; i < from.size(); ++i) expected.push_back(from[i] == MPI::PROC_NULL ? "" : text(from[i], in_numbers[i]));
        CHECK(comm.neighbor_alltoall(out) == expected);
    });
}

TEST_CASE("Of a graph that C has made, a nonblocking call refuses several edges to one neighbour until a blocking one has seen them", "[topocomm]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const int sources[] = {left_of(world), left_of(world)}, destinations[] = {right_of(world), right_of(world)}, weights[] = {1, 1};
    MPI_Comm raw = MPI_COMM_NULL;
    MPI_Dist_graph_create_adjacent(MPI_COMM_WORLD, 2, sources, weights, 2, destinations, weights, MPI_INFO_NULL, 0, &raw);
    const auto graph = MPI::Distgraphcomm::take(raw);
    const vector<int> out{1, 2};
    vector<int> in(2);
    const std::string error = thrown<std::invalid_argument>([&] { (void)graph.Ineighbor_alltoall(out, in); });
    CHECK(contains(error, "Ineighbor_alltoall: this process has several edges to one neighbor"));
    graph.Neighbor_alltoall(out, in);
    CHECK(in == out);
    in = {0, 0};
    graph.Ineighbor_alltoall(out, in).Wait();
    CHECK(in == out);
}

TEST_CASE("neighbor_alltoall of a wrong number of objects is an error where it is seen", "[topocomm]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const MPI::Cartcomm ring = world.Create_cart({world.size()}, {true});
    const bool is_wrong = ring.rank() == 0;
    const vector<int> objects(is_wrong ? 3 : 2, ring.rank());
    const bool sees = is_wrong || left_of(ring) == 0 || right_of(ring) == 0;
    const std::string error = thrown<std::invalid_argument>([&] { (void)ring.neighbor_alltoall(objects); });
    CHECK(error.empty() != sees);
    if (is_wrong)
        CHECK(contains(error, "neighbor_alltoall: 3 objects for 2 neighbors"));
    CHECK(ring.neighbor_alltoall(vector<int>(2, 1)) == vector<int>(2, 1));  // and can be used further
}

TEST_CASE("A process without memory for what it sends to its neighbours tells them", "[topocomm][error]") {
    const int rank = MPI::COMM_WORLD.rank(), size = MPI::COMM_WORLD.size();
    const MPI::Cartcomm ring = MPI::COMM_WORLD.Create_cart({size}, true);
    const vector<std::string> objects(2, std::string(200'000, 'x'));
    const bool is_neighbor = rank == 1 || rank == size - 1;
    if (rank == 0)
        first_refused = 300'000;  // both objects in one piece
    if (rank == 0)
        CHECK_THROWS_AS(ring.neighbor_alltoall(objects), std::bad_alloc);
    else if (is_neighbor)
        CHECK_THROWS_AS(ring.neighbor_alltoall(objects), std::invalid_argument);
    else
        CHECK(ring.neighbor_alltoall(objects) == objects);
    CHECK(first_refused == SIZE_MAX);
    CHECK(ring.neighbor_alltoall(objects) == objects);
}

TEST_CASE("Objects of another type from a neighbour are an Exception", "[topocomm]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    if (world.size() != 2)
        return;
    const MPI::Distgraphcomm both = world.Create_dist_graph_adjacent({1 - world.rank()}, {1 - world.rank()});
    const std::string error = world.rank() == 0 ? type_error([&] { (void)both.neighbor_allgather(1); })
                                                : type_error([&] { (void)both.neighbor_allgather(std::string("text")); });
    CHECK(contains(error, "neighbor_allgather"));
}

TEST_CASE("Neighbourhood calls reject blocks that are not the neighbours'", "[topocomm]") {
    const MPI::Cartcomm alone = MPI::COMM_SELF.Create_cart({1}, {true});
    vector<int> one(1), three(3), two(2), counts{1, 1, 1};
    const auto says = [](auto f, const char* method, const char* text) {
        const std::string error = thrown<std::invalid_argument>(f);
        INFO(error);
        CHECK(contains(error, method));
        CHECK(contains(error, text));
    };
    says([&] { alone.Neighbor_allgather(one, three); }, "Neighbor_allgather:", "recvbuf has 3 elements, which is not a multiple of 2 neighbors");
    says([&] { (void)alone.Ineighbor_alltoall(three, two); },
         "Ineighbor_alltoall:", "sendbuf has 3 elements, which is not a multiple of 2 neighbors");
    says([&] { (void)alone.Neighbor_allgatherv_init(one, {three, counts}); }, "Neighbor_allgatherv_init:", "recvbuf has 3 counts");
    says([&] { alone.Neighbor_alltoallw({two, {MPI::INT}}, {two, {MPI::INT, MPI::INT}}); }, "Neighbor_alltoallw:", "1 datatypes for 2 neighbors");
}
