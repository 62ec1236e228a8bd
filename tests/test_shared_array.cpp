#include "support.hpp"

#include <mpi4cxx/cartcomm.hpp>
#include <mpi4cxx/shared_array.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

int freed = 0, bcasts = 0;
bool has_room = true;

/// Not mapped: it has a private member, and no datatype.
class Odd {
public:
    Odd() = default;
    explicit Odd(int i) : bytes_{static_cast<unsigned char>(i), static_cast<unsigned char>(i >> 8), 7} {}
    bool operator==(const Odd&) const = default;

private:
    std::array<unsigned char, 3> bytes_;
};
static_assert(!MPI::Mapped<Odd> && sizeof(Odd) == 3);

struct alignas(64) Line {
    int number;
    bool operator==(const Line&) const = default;
};
struct alignas(4096) Page {
    int number;
    bool operator==(const Page&) const = default;
};

template <class T> bool is_aligned(const MPI::SharedArray<T>& array) { return reinterpret_cast<std::uintptr_t>(array.data()) % alignof(T) == 0; }

/// Returns how many processes share memory with this one. With MPICH 5 over UCX, none does but itself.
int node_size(const MPI::Intracomm& comm) { return comm.Split_type(MPI::COMM_TYPE_SHARED).size(); }

/// Nodes of so many processes each, as far as `comm` has them.
MPI::Intracomm nodes_of(const MPI::Intracomm& comm, int processes) { return comm.Split(comm.rank() / processes, 0); }

template <class T, class Make> void fill_and_read(const MPI::Intracomm& comm, const MPI::SharedArray<T>& array, std::size_t size, Make make) {
    CHECK(array.size() == size);
    CHECK(array.empty() == (size == 0));
    CHECK(is_aligned(array));
    if (array.is_leader())
        for (std::size_t i = 0; i < size; ++i) array[i] = make(static_cast<int>(i));
    array.sync();
    bool same = true;
    for (std::size_t i = 0; i < size; ++i) same = same && array.span()[i] == make(static_cast<int>(i));
    CHECK(same);
    int leaders = 0;
    comm.Allreduce(array.is_leader() ? 1 : 0, leaders);
    CHECK(leaders >= 1);
    CHECK(array.is_leader() == (array.node().rank() == 0));
    CHECK(array.leaders().is_null() != array.is_leader());
}

template <class F> void drop(F make) {
    try {
        const auto dropped = make();
        throw 1;
    } catch (int) {}
}

}  // namespace

// These count, and pass on, or fail.
extern "C" int MPI_Win_free(MPI_Win* win) {
    ++freed;
    return PMPI_Win_free(win);
}
extern "C" int MPI_Bcast(void* buffer, int count, MPI_Datatype datatype, int root, MPI_Comm comm) {
    ++bcasts;
    return PMPI_Bcast(buffer, count, datatype, root, comm);
}

extern "C" int MPI_Win_allocate_shared(MPI_Aint size, int disp_unit, MPI_Info info, MPI_Comm comm, void* base, MPI_Win* win) {
    return has_room ? PMPI_Win_allocate_shared(size, disp_unit, info, comm, base, win) : MPI_ERR_NO_MEM;
}

TEST_CASE("A shared array has the same elements on all processes of a node", "[shared]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        fill_and_read(comm, MPI::SharedArray<double>(comm, 100), 100, [](int i) { return i + 0.5; });
        fill_and_read(comm, MPI::SharedArray<int>(comm, 0), 0, [](int i) { return i; });
        fill_and_read(comm, MPI::SharedArray<Odd>(comm, 1001), 1001, [](int i) { return Odd(i); });
        fill_and_read(comm, MPI::SharedArray<Line>(comm, 3), 3, [](int i) { return Line{i}; });
        fill_and_read(comm, MPI::SharedArray<Page>(comm, 2), 2, [](int i) { return Page{i}; });
        fill_and_read(comm, MPI::SharedArray<bool>(comm, 5), 5, [](int i) { return i % 2 == 0; });
    });
}

TEST_CASE("Every process of a node can write, and all see that after sync", "[shared]") {
    const MPI::Intracomm world = MPI::COMM_WORLD.Split_type(MPI::COMM_TYPE_SHARED);
    const MPI::SharedArray<int> array(world, world.size());
    for (int round = 0; round < 50; ++round) {
        const int right = right_of(world);
        array[static_cast<std::size_t>(right)] = 100 * round + right;
        array.sync();
        bool all = true;
        for (int i = 0; i < world.size(); ++i) all = all && array(i) == 100 * round + i;
        CHECK(all);
        array.sync();
    }
    array[0] = 0;
    array.sync();
    for (int i = 0; i < 1000; ++i) ++std::atomic_ref(array[0]);
    array.sync();
    CHECK(array[0] == 1000 * world.size());
}

TEST_CASE("The last index of a shared array runs fastest", "[shared]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const std::size_t planes = 2;
    const int rows = 3;
    const MPI::SharedArray<int> array(world, {planes, rows, 4L});
    CHECK(array.size() == 24);
    CHECK(array.rank() == 3);
    CHECK(array.extent(2) == 4);
    CHECK(std::vector<MPI::Count>(array.shape().begin(), array.shape().end()) == std::vector<MPI::Count>{2, 3, 4});
    if (array.is_leader())
        std::iota(array.begin(), array.end(), 0);
    array.sync();
    for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 3; ++j)
            for (int k = 0; k < 4; ++k) CHECK(array(i, j, k) == (i * 3 + j) * 4 + k);
    const MPI::SharedArray<int> same(world, array.shape());
    CHECK(same.size() == 24);
    CHECK(MPI::SharedArray<char>(world, std::vector<int>{2, 0, 5}).empty());
    CHECK(MPI::SharedArray<char>(world, std::array{7U}).extent(0) == 7);
    array.sync();
}

TEST_CASE("An index that a shared array does not have is refused", "[shared]") {
    const MPI::SharedArray<int> array(MPI::COMM_WORLD, {2, 3});
    const auto refusal = [&](auto... indices) { return thrown<std::invalid_argument>([&] { array(indices...) = 1; }); };
    CHECK(contains(refusal(2, 0), "no element (2, 0) in an array of the shape (2, 3)"));
    CHECK(contains(refusal(0, 3), "(0, 3)"));
    CHECK(contains(refusal(0, -1), "(0, -1)"));
    CHECK(contains(refusal(5), "no element (5)"));
    CHECK(contains(refusal(0, 0, 0), "(0, 0, 0)"));
    CHECK(contains(refusal(5), "test_shared_array.cpp"));
}

TEST_CASE("A shape that no array can have is refused on all processes", "[shared]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const auto refusal = [&](const MPI::detail::ArrayShape& shape) {
        return thrown<std::invalid_argument>([&] { (void)MPI::SharedArray<double>(world, shape); });
    };
    CHECK(contains(refusal(-1), "elements of 8 bytes in the shape (-1)"));
    CHECK(contains(refusal({1L << 31, 1L << 30}), "(2147483648, 1073741824)"));
    CHECK(contains(refusal({1L << 31, 1L << 31, 1L << 31}), "elements of 8 bytes"));
    CHECK(contains(refusal({0, 1L << 62, 4}), "elements of 8 bytes"));
    CHECK(contains(refusal(std::numeric_limits<std::size_t>::max()), "elements of 8 bytes"));
    CHECK(contains(refusal((std::numeric_limits<long>::max() - 100) / 8), "elements of 8 bytes"));
    CHECK(contains(refusal(std::vector<int>()), "a shape of 0 dimensions"));
    CHECK(contains(refusal(std::vector<int>(40, 1)), "a shape of 40 dimensions, not of 1 to 32"));
    if (world.size() == 1)
        return;
    CHECK(contains(refusal(world.rank() == 0 ? 4 : 5), "one process gives a shape of 4, another 5 elements in dimension 0"));
    CHECK(contains(refusal(world.rank() == 0 ? MPI::detail::ArrayShape(4) : MPI::detail::ArrayShape(2, 2)),
                   "one process gives a shape of 1, another 2 dim"));
    const int last = world.size() - 1;
    const auto one_wrong = [&] { (void)MPI::SharedArray<double>(world, world.rank() == last ? -7 : 7); };
    if (world.rank() == last)
        CHECK(contains(thrown<std::invalid_argument>(one_wrong), "(-7)"));
    else
        CHECK(contains(error_of_class(MPI::ERR_OTHER, one_wrong),
                       "rank " + std::to_string(last) + " threw: SharedArray: elements of 8 bytes in the shape (-7)"));
    const std::string other = type_error([&] {
        if (world.rank() == 0)
            (void)MPI::SharedArray<float>(world, 3);
        else
            (void)MPI::SharedArray<double>(world, 3);
    });
    CHECK(contains(other, "SharedArray on MPI_COMM_WORLD"));
    CHECK(contains(other, world.rank() == 0 ? "a double, not a float" : "a float, not a double"));
}

TEST_CASE("An array can be shared by parts of a communicator", "[shared]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    for (int processes = 1; processes <= node_size(world); ++processes) {
        const MPI::Intracomm node = nodes_of(world, processes);
        const MPI::SharedArray<int> array(world, 10, node);
        CHECK(array.node().size() == node.size());
        CHECK(array.is_leader() == (node.rank() == 0));
        if (array.is_leader()) {
            CHECK(array.leaders().size() == (world.size() + processes - 1) / processes);
            array[3] = world.rank();
        }
        array.sync();
        CHECK(array[3] == world.rank() / processes * processes);
    }
    if (world.size() < 2)
        return;
    const MPI::Intracomm half = world.Split(world.rank() % 2);
    CHECK(
        contains(thrown<std::exception>([&] { (void)MPI::SharedArray<int>(half, 10, world); }), "processes of the node are not in the communicator"));
    const auto mixed = [&] { (void)MPI::SharedArray<int>(world, 10, world.rank() == 0 ? half : MPI::COMM_NULL); };
    CHECK(contains(thrown<std::invalid_argument>(mixed), "one process gives the communicator of its node, another gives none"));
}

TEST_CASE("share gives the data of the root to all, once on each node", "[shared]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (int root = 0; root < comm.size(); ++root)
            for (int processes = 1; processes <= node_size(comm); ++processes) {
                const MPI::Intracomm node = nodes_of(comm, processes);
                std::vector<double> data;
                if (comm.rank() == root) {
                    data.resize(1000);
                    std::iota(data.begin(), data.end(), root);
                }
                bcasts = 0;
                const auto sky = MPI::share(comm, std::move(data), root, node);
                static_assert(std::is_same_v<decltype(sky), const MPI::SharedArray<const double>>);
                CHECK(data.empty());
                CHECK(sky.is_leader() == (sky.node().rank() == 0));
                CHECK(bcasts == (sky.is_leader() ? 1 : 0));
                if (comm.rank() == root)
                    CHECK(sky.leaders().rank() == 0);
                CHECK(sky.size() == 1000);
                CHECK(sky[0] == root);
                CHECK(sky.span()[999] == root + 999);
            }
        CHECK(MPI::share(comm, std::vector<int>()).empty());
    });
}

TEST_CASE("share takes everything that is contiguous", "[shared]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const int root = world.size() - 1;
    const bool is_root = world.rank() == root;
    std::vector<int> numbers = is_root ? std::vector<int>{1, 2, 3} : std::vector<int>{4, 5, 6, 7};  // only the root's count
    const auto check = [](const auto& shared) {
        CHECK(shared.size() == 3);
        CHECK(shared[2] == 3);
    };
    check(MPI::share(world, numbers, root));
    check(MPI::share(world, std::as_const(numbers), root));
    check(MPI::share(world, std::span(numbers), root));
    check(MPI::share(world, std::span<const int>(numbers), root));
    CHECK(numbers.size() == (is_root ? 3 : 4));
    check(MPI::share(world, std::array{1, 2, is_root ? 3 : 0}, root));
    const int c_array[] = {1, 2, 3};
    check(MPI::share(world, c_array, root));
    const MPI::SharedArray<const int> first = MPI::share(world, numbers, root);
    check(MPI::share(world, first, root));
    const auto text = MPI::share(world, std::string(is_root ? "abc" : ""), root);
    CHECK(std::string(text.begin(), text.end()) == "abc");
    const auto odd = MPI::share(world, std::vector<Odd>(is_root ? 3 : 0, Odd(1000)), root);
    CHECK(odd.size() == 3);
    CHECK(odd[2] == Odd(1000));
    const MPI::Cartcomm grid = world.Create_cart({world.size()});
    check(MPI::share(grid, numbers, root));
}

namespace {

/// Two dimensions, with a pitch.
struct Image {
    std::vector<short> pixels;
    long height = 0, width = 0, pitch = 0;
};

}  // namespace

template <> struct mpi4cxx::buffer_traits<Image> {
    static auto* data(auto& image) { return image.pixels.data(); }
    static auto shape(const Image& image) { return std::array{image.height, image.width}; }
    static auto strides(const Image& image) { return std::array{image.pitch, 1L}; }
};

TEST_CASE("share keeps the shape of an array", "[shared]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const bool is_root = world.rank() == 0;
    Image image;
    if (is_root)
        image = {{1, 2, 3, 4, 5, 6}, 2, 3, 3};
    const auto shared = MPI::share(world, image);
    CHECK(shared.rank() == 2);
    CHECK(shared(1, 0) == 4);
    CHECK(shared(1, 2) == 6);
    const auto again = MPI::share(world, std::move(image));
    CHECK(again(0, 1) == 2);
    if (is_root)
        image = {{1, 2, 3, 4, 5, 6}, 2, 2, 3};
    const auto with_gaps = [&] { (void)MPI::share(world, image); };
    if (is_root)
        CHECK(contains(thrown<std::invalid_argument>(with_gaps), "dimension 0 has a stride of 3 elements, not of 2"));
    else
        CHECK(contains(error_of_class(MPI::ERR_OTHER, with_gaps), "rank 0 threw: share: the elements do not lie in one piece"));
}

TEST_CASE("What processes do not share alike is an error on all of them", "[shared]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    for (const int root : {-1, world.size()})
        CHECK(contains(thrown<std::invalid_argument>([&] { (void)MPI::share(world, std::vector{1}, root); }),
                       "rank " + std::to_string(root) + " as the root of " + std::to_string(world.size()) + " processes"));
    CHECK(error_class([&] { (void)MPI::share(MPI::COMM_NULL, std::vector{1}); }) == MPI::ERR_COMM);
    CHECK(error_class([&] { (void)MPI::SharedArray<int>(MPI::COMM_NULL, 1); }) == MPI::ERR_COMM);
    if (world.size() == 1)
        return;
    CHECK(contains(thrown<std::invalid_argument>([&] { (void)MPI::share(world, std::vector{1}, world.rank() == 0 ? 0 : 1); }),
                   "one process gives rank 0, another 1 as the root"));
    const std::string other = type_error([&] {
        if (world.rank() == 0)
            (void)MPI::share(world, std::vector<int>{1});
        else
            (void)MPI::share(world, std::vector<unsigned>());
    });
    CHECK(contains(other, world.rank() == 0 ? "a unsigned int, not a int" : "a int, not a unsigned int"));
    CHECK(contains(other, "test_shared_array.cpp"));
    CHECK(MPI::share(world, std::vector{1})[0] == 1);  // and all is well afterwards
}

TEST_CASE("A node that has no room for an array is an error on all processes", "[shared]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const MPI::Intracomm node = nodes_of(world, 1);
    const int last = world.size() - 1;
    has_room = world.rank() != last;
    const auto make = [&] { (void)MPI::SharedArray<int>(world, 1000, node); };
    const auto share = [&] { (void)MPI::share(world, std::vector(1000, 1), 0, node); };
    for (const std::string& text : {error_of_class(MPI::ERR_NO_MEM, make), error_of_class(MPI::ERR_NO_MEM, share)}) {
        CHECK(contains(text, "MPI_Win_allocate_shared"));
        CHECK(contains(text, "rank " + std::to_string(last) + " threw") == (world.rank() != last));
    }
    has_room = true;
    const auto make_huge = [&] { (void)MPI::SharedArray<std::byte>(world, 1L << 50); };  // more than an address has bits for
    CHECK(contains(error_of_class(MPI::ERR_NO_MEM, make_huge), "bytes of memory left"));
    CHECK(MPI::share(world, std::vector(1000, 1), 0, node)[999] == 1);
}

TEST_CASE("A shared array moves, and is a buffer", "[shared]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const MPI::Intracomm node = nodes_of(world, 1);  // each has its own
    MPI::SharedArray<double> a(world, 3, node);
    for (double& x : a) x = world.rank();
    a.sync();
    MPI::SharedArray<double> b = std::move(a);
    CHECK(a.empty());
    CHECK(a.data() == nullptr);
    CHECK(!a.is_leader());
    CHECK(a.rank() == 0);
    CHECK(error_class([&] { a.sync(); }) == MPI::ERR_WIN);
    CHECK(thrown<std::invalid_argument>([&] { a(1) = 1; }) == "SharedArray: no element (1): the array was never made, or moved from");
    world.Bcast(b, world.size() - 1);
    CHECK(b[2] == world.size() - 1);
    const int before = freed;
    b = MPI::SharedArray<double>(world, 1, node);
    CHECK(freed == before + 1);
    const MPI::SharedArray<const double> read_only = std::move(b);
    CHECK(read_only.size() == 1);
    const std::span<const double> span = read_only;
    CHECK(span.data() == read_only.data());
    b = {};
    CHECK(freed == before + 1);
}

TEST_CASE("An array that an exception drops is freed when all its processes come together", "[shared]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    (void)world.Dup();
    for (int processes = 1; processes <= node_size(world); ++processes) {
        const MPI::Intracomm node = nodes_of(world, processes);
        const int before = freed;
        drop([&] { return MPI::SharedArray<int>(world, 10, node); });
        CHECK(freed == before);
        (void)world.Dup();
        CHECK(freed == before + 1);
        drop([&] { return MPI::share(world, std::vector{1, 2}, 0, node); });
        (void)world.Dup();
        CHECK(freed == before + 2);
    }
}

TEST_CASE("An array that an exception drops on one process lasts as long as another has it", "[shared]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const bool is_alone = node_size(world) == 1;
    for (int thrower = 0; thrower < world.size(); ++thrower) {
        const int before = freed;
        std::optional<MPI::SharedArray<int>> held;
        if (world.rank() == thrower)
            drop([&] {
                MPI::SharedArray<int> array(world, 10);
                if (array.is_leader())
                    array[5] = 55;
                array.sync();
                return array;
            });
        else {
            held.emplace(world, 10);
            if (held->is_leader())
                (*held)[5] = 55;
            held->sync();
        }
        (void)world.Dup();
        CHECK(freed == before + (is_alone && world.rank() == thrower ? 1 : 0));
        if (held)
            CHECK((*held)[5] == 55);
        try {
            const std::optional<MPI::SharedArray<int>> last = std::move(held);
            throw 1;
        } catch (int) {}
        held.reset();
        (void)world.Dup();
        CHECK(freed == before + 1);
    }
}

TEST_CASE("Arrays beyond 2^31 bytes are shared", "[.][long]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const MPI::Intracomm node = nodes_of(world, 1);
    const std::size_t size = (std::size_t{1} << 31) + 12345;
    std::vector<char> data;
    if (world.rank() == 0) {
        data.resize(size, 'x');
        data[0] = 'a';
        data[size / 2] = 'b';
        data[size - 1] = 'c';
    }
    const auto shared = MPI::share(world, std::move(data), 0, node);
    CHECK(shared.size() == size);
    CHECK(shared[0] == 'a');
    CHECK(shared[size / 2] == 'b');
    CHECK(shared[size - 1] == 'c');
    CHECK(shared[size - 2] == 'x');
}
