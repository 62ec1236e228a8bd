#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
#include <array>
#include <climits>
#include <functional>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;
using std::vector;

namespace {

int product(const vector<int>& dims) { return std::accumulate(dims.begin(), dims.end(), 1, std::multiplies<>()); }
bool fails(auto f) { return !thrown<MPI::Exception>(f).empty(); }

}  // namespace

TEST_CASE("Intracomm::Create_cart takes extents and periods as lists and as ranges", "[cartcomm]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const int size = world.size();
    const vector<int> dims = {size, 1};
    const std::array<bool, 2> periods = {true, false};
    const MPI::Cartcomm open = world.Create_cart({size, 1}), listed = world.Create_cart({size, 1}, {true, false});
    const MPI::Cartcomm ranged = world.Create_cart(dims, periods), mixed = world.Create_cart(dims, {true, false}, true);
    CHECK(open.Get_topo().periods == vector<int>{0, 0});
    for (const MPI::Cartcomm* grid : {&listed, &ranged, &mixed}) {
        const MPI::Cartcomm::Topo topo = grid->Get_topo();
        CHECK(grid->Get_dim() == 2);
        CHECK(topo.dims == dims);
        CHECK(topo.periods == vector<int>{1, 0});
        CHECK(topo.coords == vector<int>{grid->rank(), 0});
        CHECK(grid->Get_topology() == MPI::CART);
        CHECK(grid->size() == size);
    }
}

TEST_CASE("Processes that are left over from a grid get no communicator", "[cartcomm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int used = (comm.size() + 1) / 2;
        const MPI::Cartcomm grid = comm.Create_cart({used});
        CHECK(grid.is_null() == (comm.rank() >= used));
        if (grid)
            CHECK(grid.size() == used);
    });
}

TEST_CASE("A grid without dimensions is one process", "[cartcomm]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const MPI::Cartcomm grid = world.Create_cart(vector<int>{});
    CHECK(grid.is_null() == (world.rank() != 0));
    if (!grid)
        return;
    CHECK(grid.size() == 1);
    CHECK(grid.Get_dim() == 0);
    CHECK(grid.Get_topo().coords.empty());
    CHECK(grid.Get_coords(0).empty());
    CHECK(grid.Get_cart_rank(vector<int>{}) == 0);
}

TEST_CASE("Ranks and coordinates of a grid belong together, in row-major order", "[cartcomm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const vector<int> dims = MPI::Compute_dims(comm.size(), {0, 0});
        const MPI::Cartcomm grid = comm.Create_cart(dims, {true, false});
        for (int rank = 0; rank < comm.size(); ++rank) {
            const vector<int> coords = grid.Get_coords(rank);
            CHECK(coords == vector<int>{rank / dims[1], rank % dims[1]});
            CHECK(grid.Get_cart_rank(coords) == rank);
        }
        CHECK(grid.Get_coords(grid.rank()) == grid.Get_topo().coords);
        // around the edge that wraps
        CHECK(grid.Get_cart_rank({dims[0], 0}) == 0);
        CHECK(grid.Get_cart_rank({-1, 0}) == (dims[0] - 1) * dims[1]);
    });
}

TEST_CASE("Cartcomm::Shift wraps around where the grid is periodic and ends where it is open", "[cartcomm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int size = comm.size();
        const MPI::Cartcomm ring = comm.Create_cart({size}, {true}), line = comm.Create_cart({1, size}, {true, false});
        for (const int disp : {1, -1, 2, 0}) {
            const int rank = ring.rank(), to = rank + disp, from = rank - disp;
            const auto wrapped = [&](int i) { return ((i % size) + size) % size; };
            const auto ended = [&](int i) { return i >= 0 && i < size ? i : MPI::PROC_NULL; };
            const MPI::Cartcomm::Neighbors around = ring.Shift(0, disp), along = line.Shift(1, disp);
            CHECK(around.dest == wrapped(to));
            CHECK(around.source == wrapped(from));
            CHECK(along.dest == ended(to));
            CHECK(along.source == ended(from));
        }

        // what the neighbours are for: nothing comes from beyond an edge
        const auto [source, dest] = line.Shift(1, 1);
        int from_left = -1;
        line.Sendrecv(line.rank(), dest, 0, from_left, source, 0);
        CHECK(from_left == line.rank() - 1);
    });
}

TEST_CASE("Cartcomm::Dup keeps the grid and has messages of its own", "[cartcomm]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const MPI::Cartcomm grid = world.Create_cart({world.size()}, {true}), copy = grid.Dup();
    CHECK(MPI::Comm::Compare(grid, copy) == MPI::CONGRUENT);
    CHECK(copy.Get_topology() == MPI::CART);
    CHECK(copy.Get_topo().dims == grid.Get_topo().dims);
    CHECK(copy.Get_topo().periods == vector<int>{1});
    CHECK(copy.Get_topo().coords == grid.Get_topo().coords);
}

TEST_CASE("Cartcomm rejects what is no place in its grid", "[cartcomm]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    const auto misuse = [](auto f) { return thrown<std::invalid_argument>(f); };
    CHECK(misuse([&] { (void)comm.Create_cart({1, 1}, {true}); }).find("Create_cart: 2 dimensions, 1 periods (") == 0);
    CHECK(misuse([&] { (void)comm.Create_cart(vector{1}, std::array{true, true}); }).find("Create_cart: 1 dimensions, 2 periods (") == 0);
    const MPI::Cartcomm grid = comm.Create_cart({1, 1});
    CHECK(misuse([&] { (void)grid.Get_cart_rank({0}); }).find("Get_cart_rank: 1 coordinates for 2 dimensions (") == 0);
    CHECK(misuse([&] { (void)grid.Get_cart_rank(vector{0, 0, 0}); }).find("Get_cart_rank: 3 coordinates for 2 dimensions (") == 0);
    CHECK(fails([&] { (void)grid.Get_cart_rank({0, 1}); }));
    for (const int rank : {-1, 1, 2})
        CHECK(misuse([&] { (void)grid.Get_coords(rank); }).find("Get_coords: process " + std::to_string(rank) + " in a grid of 1 (") == 0);
    for (const int direction : {-1, 2, 3})
        CHECK(misuse([&] {
                  (void)grid.Shift(direction, 1);
              }).find("Shift: direction " + std::to_string(direction) + " in a grid of 2 dimensions (") == 0);
    CHECK(fails([&] { (void)comm.Create_cart({2}); }));                           // more than there are
    CHECK(fails([&] { (void)MPI::Cartcomm::borrow(comm.handle()).Get_dim(); }));  // no grid
}

TEST_CASE("Compute_dims divides evenly and keeps what is given", "[cartcomm]") {
    CHECK(MPI::Compute_dims(12, {0, 0}) == vector<int>{4, 3});
    CHECK(MPI::Compute_dims(12, {0, 2, 0}) == vector<int>{3, 2, 2});
    CHECK(MPI::Compute_dims(7, {0, 0}) == vector<int>{7, 1});
    CHECK(MPI::Compute_dims(6, {2, 3}) == vector<int>{2, 3});
    CHECK(MPI::Compute_dims(1, {}).empty());
    for (int n = 1; n < 40; ++n) {
        const vector<int> dims = MPI::Compute_dims(n, {0, 0, 0});
        CHECK(product(dims) == n);
        CHECK(std::is_sorted(dims.rbegin(), dims.rend()));
    }
    CHECK(fails([] { (void)MPI::Compute_dims(7, {2, 0}); }));
    CHECK(fails([] { (void)MPI::Compute_dims(4, {-1, 0}); }));
}

TEST_CASE("Cartcomm::Sub cuts a grid into grids of the dimensions that remain", "[cartcomm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const vector<int> dims = MPI::Compute_dims(comm.size(), 2);
        const MPI::Cartcomm grid = comm.Create_cart(dims, {true, false});
        const vector<int> place = grid.coords();
        const MPI::Cartcomm row = grid.Sub({false, true}), column = grid.Sub({true, false}), same = grid.Sub({true, true});
        CHECK(row.dims() == vector<int>{dims[1]});
        CHECK(row.coords() == vector<int>{place[1]});
        CHECK(row.periods() == vector<int>{0});
        CHECK(column.dims() == vector<int>{dims[0]});
        CHECK(column.coords() == vector<int>{place[0]});
        CHECK(column.periods() == vector<int>{1});
        CHECK(same.dims() == dims);
        CHECK(MPI::Comm::Compare(grid, same) == MPI::CONGRUENT);
        vector<int> members(static_cast<std::size_t>(row.size()));
        row.Allgather(grid.rank(), members);
        for (int i = 0; i < dims[1]; ++i) CHECK(members[static_cast<std::size_t>(i)] == grid.Get_cart_rank({place[0], i}));
        const vector<int> remain = {0, 1};  // as MPI writes flags
        CHECK(grid.Sub(remain).dims() == row.dims());
    });
}

TEST_CASE("A grid whose dimensions are all cut is one process each", "[cartcomm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Cartcomm point = comm.Create_cart({comm.size()}).Sub({false});
        CHECK(point.size() == 1);
        CHECK(point.dim() == 0);
        CHECK(point.Sub({}).dim() == 0);
    });
}

TEST_CASE("The properties of a grid are what Get_topo tells", "[cartcomm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Cartcomm grid = comm.Create_cart({1, comm.size()}, {false, true});
        const MPI::Cartcomm::Topo topo = grid.Get_topo();
        CHECK(grid.dim() == 2);
        CHECK(grid.ndim() == 2);
        CHECK(grid.dims() == topo.dims);
        CHECK(grid.periods() == topo.periods);
        CHECK(grid.coords() == topo.coords);
        CHECK(grid.topo().coords == topo.coords);
        CHECK(grid.topology() == MPI::CART);
        CHECK(grid.is_topo());
        CHECK(comm.Create_cart(topo.dims, topo.periods).periods() == topo.periods);
    });
}

TEST_CASE("A duplicate of a grid is a grid, its part is not", "[cartcomm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Cartcomm grid = comm.Create_cart({comm.size()}, {true}), copy = grid.Dup(), clone = grid.Clone(), later = grid.Idup().wait();
        for (const MPI::Cartcomm* other : {&copy, &clone, &later}) {
            CHECK(other->dims() == grid.dims());
            CHECK(other->periods() == vector<int>{1});
            CHECK(MPI::Comm::Compare(grid, *other) == MPI::CONGRUENT);
        }
        CHECK_FALSE(grid.Split().is_topo());
    });
}

TEST_CASE("Intracomm::Cart_map tells the ranks that a grid would give", "[cartcomm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        vector<int> ranks(static_cast<std::size_t>(comm.size()));
        comm.Allgather(comm.Cart_map({comm.size()}, {true}), ranks);
        for (int rank = 0; rank < comm.size(); ++rank) CHECK(std::count(ranks.begin(), ranks.end(), rank) == 1);
        comm.Allgather(comm.Cart_map({1}), ranks);
        CHECK(std::count(ranks.begin(), ranks.end(), 0) == 1);
        CHECK(std::count(ranks.begin(), ranks.end(), MPI::UNDEFINED) == comm.size() - 1);
    });
}

TEST_CASE("Compute_dims takes extents, some of them given, or a number of them", "[cartcomm]") {
    CHECK(MPI::Compute_dims(12, 2) == vector<int>{4, 3});
    CHECK(MPI::Compute_dims(12, {0, 6}) == vector<int>{2, 6});
    CHECK(MPI::Compute_dims(12, {0}) == vector<int>{12});
    CHECK(MPI::Compute_dims(1, 0).empty());
    CHECK(MPI::Compute_dims(8, vector<int>(3)) == vector<int>{2, 2, 2});
    CHECK(thrown<std::invalid_argument>([] { (void)MPI::Compute_dims(4, -1); }).find("Compute_dims: -1 dimensions (") == 0);
}

TEST_CASE("Flags that are not one a dimension are misuse", "[cartcomm][error]") {
    const MPI::Cartcomm grid = MPI::COMM_SELF.Create_cart({1, 1});
    CHECK(thrown<std::invalid_argument>([&] { (void)grid.Sub({true}); }).find("Sub: 1 flags for 2 dimensions (") == 0);
    CHECK(thrown<std::invalid_argument>([] { (void)MPI::COMM_SELF.Cart_map({1}, {true, true}); }).find("Cart_map: 1 dimensions, 2 periods (") == 0);
    const vector<bool> three(3);
    CHECK(thrown<std::invalid_argument>([&] { (void)grid.Sub(three); }).find("Sub: 3 flags for 2 dimensions (") == 0);
    CHECK(thrown<std::invalid_argument>([&] { (void)MPI::COMM_SELF.Create_cart({1}, three); }).find("Create_cart: 1 dimensions, 3 periods (") == 0);
}

TEST_CASE("Extents that make no grid are misuse", "[cartcomm][error]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const auto misused = [](auto f, const char* text) { return contains(thrown<std::invalid_argument>(f), text); };
    CHECK(misused([&] { (void)world.Create_cart({-1}); }, "Create_cart: an extent of -1"));
    CHECK(misused([&] { (void)world.Create_cart({65536, 65536}); }, "Create_cart: the grid has more places than an int can count"));
    CHECK(misused([&] { (void)world.Cart_map({-2}); }, "Cart_map: an extent of -2"));
    CHECK(misused([&] { (void)world.Cart_map({65536, 65536}); }, "Cart_map: the grid has more places than an int can count"));
    if (!MPI::detail::is_open_mpi()) {  // which refuses these
        CHECK(world.Create_cart({0}).is_null());
        CHECK(world.Cart_map({0}) == MPI::UNDEFINED);
    }
}

TEST_CASE("Cartcomm::Shift wraps around however large the step is", "[cartcomm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Cartcomm ring = comm.Create_cart({comm.size()}, true);
        const long size = comm.size();
        for (const int disp : {INT_MAX, INT_MIN, INT_MAX - 1}) {
            const auto place = [&](long at) { return static_cast<int>((at % size + size) % size); };
            const auto [source, dest] = ring.Shift(0, disp);
            CHECK(source == place(long{ring.rank()} - disp));
            CHECK(dest == place(long{ring.rank()} + disp));
        }
    });
}

TEST_CASE("Flags of a grid come from any list of bool, or one is for all dimensions", "[cartcomm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const vector<int> dims = {comm.size(), 1};
        const auto periods = [&](const auto&... flags) { return comm.Create_cart(dims, flags...).periods(); };
        vector<bool> bits = {true, false};
        const vector<bool> const_bits = {false, true};
        const std::array<bool, 2> array = {true, false};
        const bool c_array[] = {false, true};
        CHECK(periods() == vector<int>{0, 0});
        CHECK(periods(true) == vector<int>{1, 1});
        CHECK(periods(false) == vector<int>{0, 0});
        CHECK(periods(bits) == vector<int>{1, 0});
        CHECK(periods(const_bits) == vector<int>{0, 1});
        CHECK(periods(vector<bool>{true, true}) == vector<int>{1, 1});
        CHECK(periods(array) == vector<int>{1, 0});
        CHECK(periods(c_array) == vector<int>{0, 1});
        CHECK(periods(std::span(array)) == vector<int>{1, 0});
        CHECK(periods(vector<int>{0, 1}) == vector<int>{0, 1});
        CHECK(comm.Create_cart(dims, bits[0]).periods() == vector<int>{1, 1});
        CHECK(comm.Create_cart(dims, const_bits[0]).periods() == vector<int>{0, 0});
        CHECK(comm.Create_cart(dims, {bits[1], bits[0]}).periods() == vector<int>{0, 1});

        CHECK(comm.Cart_map(dims, bits) == comm.Cart_map(dims, {true, false}));
        CHECK(comm.Cart_map(dims, true) == comm.Cart_map(dims, {true, true}));
        const MPI::Cartcomm grid = comm.Create_cart(dims, true);
        CHECK(grid.Sub(bits).dims() == vector<int>{comm.size()});
        CHECK(grid.Sub(const_bits).dims() == vector<int>{1});
        CHECK(grid.Sub(true).dims() == dims);
        CHECK(grid.Sub(false).dims().empty());
    });
}

TEST_CASE("A communicator can be taken over as a grid only if it is one", "[cartcomm]") {
    MPI::Comm any = MPI::COMM_SELF.Create_cart({1});
    CHECK(MPI::Cartcomm(std::move(any)).dims() == vector<int>{1});
    MPI::Comm plain = MPI::COMM_SELF.Dup();
    CHECK(
        contains(thrown<std::invalid_argument>([&] { MPI::Cartcomm wrong(std::move(plain)); }), "Cartcomm: the communicator is of class Intracomm"));
    CHECK(MPI::Intracomm(std::move(plain)).size() == 1);
}
