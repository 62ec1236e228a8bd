// Arrays of other libraries, whose elements need not lie in one piece: what is sent is what was written, and nothing else is received into.
#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <Eigen/Core>
#include <boost/multi_array.hpp>
#if __has_include(<xtensor/containers/xtensor.hpp>)  // since 0.26
#include <xtensor/containers/xtensor.hpp>
#include <xtensor/views/xview.hpp>
#else
#include <xtensor/xtensor.hpp>
#include <xtensor/xview.hpp>
#endif

#include <array>
#include <numeric>
#include <string>
#include <valarray>
#include <vector>

namespace MPI = mpi4cxx;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

namespace {

/// What std::mdspan offers, of a layout with any strides.
template <class T, std::size_t N> struct Span {
    using element_type = T;
    using index_type = int;
    using reference = T&;
    using data_handle_type = T*;
    struct mapping_type {
        std::array<int, N> strides;
        int operator()(std::same_as<int> auto... zero) const { return (0 + ... + zero); }
    };
    T* first;
    std::array<int, N> extents;
    mapping_type map;

    static constexpr std::size_t rank() { return N; }
    static constexpr bool is_always_strided() { return true; }
    [[nodiscard]] T* data_handle() const { return first; }
    [[nodiscard]] const mapping_type& mapping() const { return map; }
    [[nodiscard]] int extent(std::size_t i) const { return extents[i]; }
    [[nodiscard]] int stride(std::size_t i) const { return map.strides[i]; }
    [[nodiscard]] bool empty() const { return std::accumulate(extents.begin(), extents.end(), 1, std::multiplies<>()) == 0; }
};

/// What Kokkos::View offers, of two dimensions.
struct View {
    using memory_space = void;
    using array_layout = void;
    static constexpr std::size_t rank = 2;
    int* first;
    std::size_t rows, columns, pitch;

    [[nodiscard]] int* data() const { return first; }
    [[nodiscard]] std::size_t extent(std::size_t i) const { return i == 0 ? rows : columns; }
    [[nodiscard]] std::size_t stride(std::size_t i) const { return i == 0 ? pitch : 1; }
    [[nodiscard]] bool span_is_contiguous() const { return columns == pitch; }
};

/// A picture whose rows are longer in memory than they are.
class Image {
public:
    Image(int height, int width) : height_(height), width_(width), pixels_(static_cast<std::size_t>(height * (width + 3)), -1) {}
    [[nodiscard]] int* pixels() { return pixels_.data(); }
    [[nodiscard]] const int* pixels() const { return pixels_.data(); }
    [[nodiscard]] int height() const { return height_; }
    [[nodiscard]] int width() const { return width_; }
    [[nodiscard]] int pitch() const { return width_ + 3; }
    int& at(int i, int j) { return pixels_[static_cast<std::size_t>(i * pitch() + j)]; }
    [[nodiscard]] long sum() const { return std::accumulate(pixels_.begin(), pixels_.end(), 0L); }

private:
    int height_, width_;
    std::vector<int> pixels_;
};

/// Elements in one piece, but no range.
struct Cube {
    std::vector<float> memory = std::vector<float>(24);
};

// What owns its memory, as what it derives from does.
struct Field : MatrixXd {
    using MatrixXd::MatrixXd;
};
struct Lattice : boost::multi_array<int, 2> {
    using multi_array::multi_array;
};

}  // namespace

template <> struct mpi4cxx::buffer_traits<Image> {
    static auto* data(auto& image) { return image.pixels(); }
    static auto shape(const Image& image) { return std::array{image.height(), image.width()}; }
    static auto strides(const Image& image) { return std::array{image.pitch(), 1}; }
};
template <> struct mpi4cxx::buffer_traits<Cube> {
    static auto* data(auto& cube) { return cube.memory.data(); }
    static std::array<int, 3> shape(const Cube&) { return {2, 3, 4}; }
};

namespace {

/// i, j as the number ij.
MatrixXd numbered(int rows, int columns) {
    return MatrixXd::NullaryExpr(rows, columns, [](Eigen::Index i, Eigen::Index j) { return static_cast<double>(10 * i + j); });
}

/// What the elements of a buffer are when they are sent.
template <class T, class B> std::vector<T> sent(const B& array) {
    const MPI::ConstBuf buf = array;
    std::vector<T> result(static_cast<std::size_t>(buf.elements()), T(-1));
    MPI::COMM_SELF.Sendrecv(array, 0, 0, result, 0, 0);
    return result;
}

std::string misuse_of(auto f) { return thrown<std::invalid_argument>(f); }

}  // namespace

TEST_CASE("A part of an Eigen matrix is sent as that part", "[strided]") {
    const MatrixXd m = numbered(3, 4);
    using V = std::vector<double>;
    CHECK(sent<double>(m.row(1)) == V{10, 11, 12, 13});
    CHECK(sent<double>(m.col(2)) == V{2, 12, 22});
    CHECK(sent<double>(m.block(1, 1, 2, 2)) == V{11, 21, 12, 22});
    CHECK(sent<double>(m.block<1, 1>(2, 3)) == V{23});
    CHECK(sent<double>(m.middleCols(1, 2)) == V{1, 11, 21, 2, 12, 22});
    CHECK(sent<double>(m.diagonal()) == V{0, 11, 22});
    CHECK(sent<double>(m.array().row(0)) == V{0, 1, 2, 3});
    CHECK(sent<double>(m.block(0, 0, 0, 2)).empty());
    const RowMajor r = m;
    CHECK(sent<double>(r.col(1)) == V{1, 11, 21});
    CHECK(sent<double>(r.row(1)) == V{10, 11, 12, 13});
    CHECK(sent<double>(r.block(1, 1, 2, 2)) == V{11, 12, 21, 22});
    V memory(12);
    std::iota(memory.begin(), memory.end(), 0.0);
    CHECK(sent<double>(Eigen::Map<VectorXd, 0, Eigen::InnerStride<3>>(memory.data(), 4)) == V{0, 3, 6, 9});
    CHECK(sent<double>(Eigen::Ref<const MatrixXd, 0, Eigen::OuterStride<>>(m.topRows(2))) == V{0, 10, 1, 11, 2, 12, 3, 13});
    Eigen::VectorXcd c(2);
    c << std::complex<double>(1, 2), std::complex<double>(3, 4);
    CHECK(sent<double>(c.imag()) == V{2, 4});
}

TEST_CASE("A transposed matrix travels as the memory that it views", "[strided]") {
    const MatrixXd m = numbered(2, 3);
    CHECK(sent<double>(m.transpose()) == sent<double>(m));
    CHECK(sent<double>(m.block(0, 0, 2, 2).transpose()) == std::vector<double>{0, 10, 1, 11});
    CHECK(sent<double>(m.leftCols(2).row(1).transpose()) == std::vector<double>{10, 11});
}

TEST_CASE("Memory in one piece needs no datatype", "[strided]") {
    MatrixXd m(3, 4);
    for (const MPI::ConstBuf& buf : {MPI::ConstBuf(m), MPI::ConstBuf(m.col(1)), MPI::ConstBuf(m.middleCols(1, 2)), MPI::ConstBuf(m.transpose()),
                                     MPI::ConstBuf(m.block(1, 1, 2, 1)), MPI::ConstBuf(m.block(1, 2, 1, 1))}) {
        CHECK(buf.type == MPI_DOUBLE);
        CHECK_FALSE(buf.strided);
    }
    CHECK(MPI::ConstBuf(m).count == 12);
    CHECK(MPI::Buf(m.col(1)).data == &m(0, 1));
    const MPI::Buf row = m.row(1);
    CHECK(row.count == 4);
    CHECK(row.elements() == 4);
    CHECK(row.strided.use_count() == 1);
    CHECK(MPI::ConstBuf(m.topRows(2)).count == 4);
    CHECK(MPI::ConstBuf(m.topRows(2)).elements() == 8);
}

TEST_CASE("A part of a matrix is received into, and nothing else", "[strided]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const MatrixXd give = numbered(3, 4);
    const auto check = [&](auto part, const VectorXd& expected, auto move) {
        MatrixXd m = MatrixXd::Constant(3, 4, -1), by_hand = m;
        move(give.row(1), part(m));
        part(by_hand) = expected;
        CHECK(m == by_hand);
    };
    const VectorXd row = give.row(1);
    const auto top = [](MatrixXd & m) -> auto{ return m.row(0); };
    const auto last = [](MatrixXd & m) -> auto{ return m.row(2); };
    const int left = left_of(comm), right = right_of(comm);
    check(top, row, [&](auto from, auto to) { comm.Sendrecv(from, right, 0, to, left, 0); });
    check(last, row, [&](auto from, auto to) {
        MPI::Request received = comm.Irecv(to, left);
        comm.Send(from, right);
        received.Wait();
    });
    check(last, row, [&](auto from, auto to) {
        MPI::Request received = comm.Irecv(to, left), sent = comm.Issend(from, right);
        received.Wait();
        sent.Wait();
    });
    check(top, row, [&](auto from, auto to) { comm.Isendrecv(from, right, 0, to, left, 0).Wait(); });
    check(top, row, [&](auto from, auto to) {
        MPI::Prequest received = comm.Recv_init(to, left), sent = comm.Send_init(from, right);
        for (int i = 0; i < 3; ++i) {
            received.Start();
            sent.Start();
            received.Wait();
            sent.Wait();
        }
    });
    check(last, row, [&](auto from, auto to) {
        MPI::Request sent = comm.Isend(from, right);
        comm.Mprobe(left).Recv(to);
        sent.Wait();
    });
    check(last, row, [&](auto from, auto to) {
        to = from;
        comm.Sendrecv_replace(to, right, 0, left, 0);
    });
    check(top, row, [&](auto from, auto to) {
        to = from;
        comm.Bcast(to);
        comm.Ibcast(to).Wait();
    });
}

TEST_CASE("Collective calls divide memory with gaps by its outermost dimension", "[strided]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int size = comm.size(), rank = comm.rank();
        const MatrixXd mine = MatrixXd::Constant(3, 2, rank);  // its two middle rows are a block of 2 x 2
        MatrixXd all = MatrixXd::Constant(4, 2 * size, -1), expected = all;
        for (int i = 0; i < size; ++i) expected.block(1, 2 * i, 2, 2).setConstant(i);
        const auto block = mine.topRows(2);
        const auto rows = [&] { return all.middleRows(1, 2); };  // two rows of all columns
        const auto check = [&](auto call) {
            all.setConstant(-1);
            call();
            CHECK(all == expected);
        };
        check([&] { comm.Allgather(block, rows()); });
        check([&] { comm.Iallgather(block, rows()).Wait(); });
        check([&] {
            MPI::Prequest call = comm.Allgather_init(block, rows());
            call.Start();
            call.Wait();
        });
        check([&] {
            comm.Gather(block, rows(), size - 1);
            comm.Bcast(rows(), size - 1);
        });
        check([&] {
            comm.Igather(block, rows(), 0).Wait();
            comm.Bcast(all, 0);
        });
        MatrixXd part = MatrixXd::Constant(3, 2, -1), own = part;
        own.topRows(2).setConstant(rank);
        comm.Scatter(rows(), part.topRows(2), 0);
        CHECK(part == own);
        part.setConstant(-1);
        comm.Iscatter(rows(), part.topRows(2), 0).Wait();
        CHECK(part == own);

        MatrixXd out(3, size), in = MatrixXd::Constant(3, size, -1);
        for (int i = 0; i < size; ++i) out.col(i).setConstant(10 * rank + i);
        comm.Alltoall(out.row(1), in.row(2));
        for (int i = 0; i < size; ++i) CHECK(in(2, i) == 10 * i + rank);
        CHECK(in.topRows(2) == MatrixXd::Constant(2, size, -1));
        comm.Ialltoall(out.row(1), in.row(0)).Wait();
        CHECK(in.row(0) == in.row(2));
    });
}

TEST_CASE("Blocks of different sizes lie in a row with gaps, counted in its elements", "[strided]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int size = comm.size(), rank = comm.rank();
        std::vector<int> counts, displs;
        for (int i = 0; i < size; ++i) {
            counts.push_back(i + 1);
            displs.push_back(sum_to(i + 1));
        }
        MatrixXd mine = MatrixXd::Constant(2, rank + 1, rank), all = MatrixXd::Constant(2, sum_to(size + 1), -1), expected = all;
        for (int i = 0; i < size; ++i) expected.row(1).segment(displs[static_cast<std::size_t>(i)], i + 1).setConstant(i);
        comm.Allgatherv(mine.row(0), {all.row(1), counts, displs});
        CHECK(all == expected);
        all.setConstant(-1);
        comm.Iallgatherv(mine.row(0), {all.row(1), counts}).Wait();
        CHECK(all == expected);
        mine.setConstant(-1);
        comm.Scatterv({all.row(1), counts}, mine.row(1), 0);
        CHECK(mine.row(1) == MatrixXd::Constant(1, rank + 1, rank));
        CHECK(mine.row(0) == MatrixXd::Constant(1, rank + 1, -1));
        CHECK(comm.Allgatherv(mine.row(1)) == sent<double>(all.row(1)));
        CHECK(comm.Gatherv(mine.row(1), 0) == (rank == 0 ? sent<double>(all.row(1)) : std::vector<double>()));
        CHECK(comm.Scatterv(all.row(1), counts, 0) == std::vector<double>(static_cast<std::size_t>(rank + 1), rank));
        const std::vector<double> mixed = comm.Alltoallv(all.row(1), counts);  // every process has the same row
        CHECK(mixed == std::vector<double>(static_cast<std::size_t>(size * (rank + 1)), rank));
        CHECK(comm.Allgatherv(all.middleRows(0, 2)).size() == static_cast<std::size_t>(2 * size * sum_to(size + 1)));
        MatrixXd three(3, 2 * size);
        const std::vector<int> ones(static_cast<std::size_t>(size), 1);
        CHECK(contains(misuse_of([&] { comm.Allgatherv(1.0, {three.topRows(2), ones}); }), "recvbuf has gaps in more than one dimension"));
        VectorXd line(2 * size), out(2 * size);
        const Eigen::Map<VectorXd, 0, Eigen::InnerStride<>> back(line.data() + 2 * size - 1, 2 * size, Eigen::InnerStride<>(-1));
        const char* const why = "sendbuf runs backwards in memory, so MPI cannot divide it";
        CHECK(contains(misuse_of([&] { comm.Alltoallv({back, ones}, {out, ones}); }), why));
        if (size > 1)
            CHECK(contains(misuse_of([&] { comm.Alltoall(back, out); }), why));
    });
}

TEST_CASE("The same memory with gaps on both sides is in place, or is refused", "[strided]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int size = comm.size(), rank = comm.rank(), each = 50000;  // more than MPI moves in one step
    MatrixXd matrix(2, size * each), expected = matrix;
    const auto fill = [&] {
        matrix.row(1).setConstant(7);
        expected.row(1).setConstant(7);
        for (int i = 0; i < size; ++i) {
            matrix.row(0).segment(i * each, each).setConstant(10 * rank + i);
            expected.row(0).segment(i * each, each).setConstant(10 * i + rank);
        }
    };
    const auto check = [&](auto call) {
        fill();
        call();
        CHECK(matrix == expected);
    };
    const std::vector<int> counts(static_cast<std::size_t>(size), each);
    check([&] { comm.Alltoall(matrix.row(0), matrix.row(0)); });
    check([&] { comm.Ialltoall(matrix.row(0), matrix.row(0)).Wait(); });
    check([&] { comm.Alltoallv({matrix.row(0), counts}, {matrix.row(0), counts}); });
    fill();
    for (int i = 0; i < size; ++i) expected.row(0).segment(i * each, each).setConstant(11 * i);
    comm.Allgather(matrix.row(0).segment(rank * each, each), matrix.row(0));
    CHECK(matrix == expected);
    const char* const why = "sendbuf and recvbuf are the same memory";
    CHECK(contains(misuse_of([&] { comm.Sendrecv(matrix.row(0), rank, 0, matrix.row(0), rank, 0); }), why));
    CHECK(contains(misuse_of([&] { (void)comm.Isendrecv(matrix.row(0), rank, 0, matrix.row(0), rank, 0); }), why));
    comm.Sendrecv(matrix.row(0), rank, 0, matrix.row(1), rank, 0);
    CHECK(matrix.row(1) == matrix.row(0));
}

TEST_CASE("A reduction says that it takes no memory with gaps", "[strided][error]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    MatrixXd m = MatrixXd::Constant(3, 4, 1.0);
    VectorXd sum(4);
    const std::string why = "has gaps between its elements, which a reduction does not take: copy it to memory in one piece";
    CHECK(contains(misuse_of([&] { comm.Allreduce(m.row(0), sum); }), "Allreduce: sendbuf " + why));
    CHECK(contains(misuse_of([&] { comm.Allreduce(MPI::IN_PLACE, m.row(0)); }), "Allreduce: recvbuf " + why));
    CHECK(contains(misuse_of([&] { (void)comm.Iallreduce(m.row(0), sum); }), why));
    CHECK(contains(misuse_of([&] { comm.Reduce(m.row(0), sum, MPI::SUM, comm.rank()); }), why));
    CHECK(contains(misuse_of([&] { comm.Scan(m.row(0), sum); }), why));
    const auto plus = MPI::Op::Create<double>(std::plus<>(), true);
    CHECK(contains(misuse_of([&] { comm.Allreduce(m.row(0), sum, plus); }), why));
    comm.Allreduce(m.col(0), m.col(1));  // one piece
    CHECK(m.col(1) == VectorXd::Constant(3, comm.size()));
    comm.Allreduce(MPI::IN_PLACE, m);
    CHECK(m(0, 1) == comm.size() * comm.size());
}

TEST_CASE("A boost::multi_array and its views are sent and received into as they are", "[strided]") {
    using Array = boost::multi_array<int, 2>;
    using Range = boost::multi_array_types::index_range;
    const auto fill = [](Array& a) { std::iota(a.data(), a.data() + a.num_elements(), 0); };
    Array a(boost::extents[3][4]);
    fill(a);
    using V = std::vector<int>;
    CHECK(sent<int>(a).size() == 12);
    CHECK(sent<int>(a[1]) == V{4, 5, 6, 7});
    CHECK(sent<int>(a[boost::indices[Range(0, 3)][2]]) == V{2, 6, 10});
    CHECK(sent<int>(a[boost::indices[Range(0, 3, 2)][Range(1, 3)]]) == V{1, 2, 9, 10});
    CHECK(sent<int>(a[boost::indices[1][Range(3, -1, -1)]]) == V{7, 6, 5, 4});
    using Extent = boost::multi_array_types::extent_range;
    Array based(boost::extents[Extent(1, 4)][Extent(-1, 3)]);
    fill(based);
    CHECK(sent<int>(based) == sent<int>(a));
    CHECK(sent<int>(based[2]) == V{4, 5, 6, 7});
    const boost::const_multi_array_ref<int, 2> ref(a.data(), boost::extents[2][6]);
    CHECK(sent<int>(ref).size() == 12);
    const boost::multi_array<int, 2> fortran(boost::extents[2][3], boost::fortran_storage_order());
    CHECK_FALSE(MPI::ConstBuf(fortran).strided);

    Array b(boost::extents[3][4]);
    MPI::COMM_SELF.Sendrecv(a[2], 0, 0, b[boost::indices[1][Range(3, -1, -1)]], 0, 0);
    CHECK(sent<int>(b) == V{0, 0, 0, 0, 11, 10, 9, 8, 0, 0, 0, 0});
    CHECK(contains(misuse_of([&] { MPI::COMM_WORLD.Gather(0, b[boost::indices[Range(2, -1, -1)][0]], MPI::COMM_WORLD.rank()); }), "runs backwards") ==
          (MPI::COMM_WORLD.size() > 1));
}

TEST_CASE("An xtensor and its views are sent and received into as they are", "[strided]") {
    xt::xtensor<double, 2> a = {{0, 1, 2}, {10, 11, 12}};
    using V = std::vector<double>;
    CHECK(sent<double>(a) == V{0, 1, 2, 10, 11, 12});
    CHECK(sent<double>(xt::view(a, xt::all(), 1)) == V{1, 11});
    CHECK(sent<double>(xt::view(a, 1, xt::range(0, 2))) == V{10, 11});
    CHECK(sent<double>(xt::view(a, xt::all(), xt::range(1, 3))) == V{1, 2, 11, 12});
    xt::xtensor<double, 2> b = xt::zeros<double>({2, 3});
    MPI::COMM_SELF.Sendrecv(xt::view(a, xt::all(), 1), 0, 0, xt::view(b, xt::all(), 2), 0, 0);
    CHECK(sent<double>(b) == V{0, 0, 1, 0, 0, 11});
}

TEST_CASE("A multidimensional span travels in the order of its memory", "[strided]") {
    std::array<int, 24> memory{};
    std::iota(memory.begin(), memory.end(), 0);
    using V = std::vector<int>;
    const auto span = [&]<std::size_t N>(int first, std::array<int, N> extents, std::array<int, N> strides) {
        return Span<int, N>{memory.data() + first, extents, {strides}};
    };
    CHECK_FALSE(MPI::ConstBuf(span(0, std::array{2, 3, 4}, std::array{12, 4, 1})).strided);
    CHECK_FALSE(MPI::ConstBuf(span(0, std::array{4, 3, 2}, std::array{1, 4, 12})).strided);  // the same memory, its first index varying fastest
    CHECK(sent<int>(span(1, std::array{2, 2}, std::array{4, 1})) == V{1, 2, 5, 6});
    CHECK(sent<int>(span(1, std::array{2, 2}, std::array{1, 4})) == V{1, 2, 5, 6});
    CHECK(sent<int>(span(0, std::array{2, 2, 2}, std::array{12, 4, 2})) == V{0, 2, 4, 6, 12, 14, 16, 18});
    CHECK(sent<int>(span(0, std::array{2, 3, 2}, std::array{12, 4, 1})) == V{0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21});
    CHECK(sent<int>(span(5, std::array<int, 0>{}, std::array<int, 0>{})) == V{5});
    CHECK(sent<int>(span(0, std::array{2, 3}, std::array{0, 1})) == V{0, 1, 2, 0, 1, 2});  // broadcast
    CHECK(contains(misuse_of([&] { MPI::COMM_SELF.Bcast(span(0, std::array{2, 3}, std::array{0, 1})); }), "share their memory"));
    int one = 0;
    MPI::COMM_SELF.Sendrecv(span(23, std::array{1, 1}, std::array{100, 7}), 0, 0, Span<int, 1>{&one, {1}, {{5}}}, 0, 0);
    CHECK(one == 23);

    const View view{memory.data() + 2, 2, 3, 8};
    CHECK(sent<int>(view) == V{2, 3, 4, 10, 11, 12});
    CHECK_FALSE(MPI::ConstBuf(View{memory.data(), 3, 8, 8}).strided);
}

TEST_CASE("A container of the user's is a buffer by its buffer_traits", "[strided]") {
    Image from(2, 3), to(2, 3);
    for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 3; ++j) from.at(i, j) = 3 * i + j;
    MPI::COMM_SELF.Sendrecv(from, 0, 0, to, 0, 0);
    CHECK(sent<int>(std::as_const(to)) == std::vector<int>{0, 1, 2, 3, 4, 5});
    CHECK(to.sum() == 15 - 6);  // what lies between the rows is as it was
    Cube cube;
    std::iota(cube.memory.begin(), cube.memory.end(), 0.0F);
    CHECK(sent<float>(cube) == cube.memory);
    CHECK_FALSE(MPI::ConstBuf(cube).strided);
}

TEST_CASE("Only what views the memory of something else may be a temporary in a nonblocking call", "[strided]") {
    using MPI::detail::OutlivesCall;
    STATIC_REQUIRE(OutlivesCall<decltype(std::declval<MatrixXd&>().row(1))>);
    STATIC_REQUIRE(OutlivesCall<decltype(std::declval<Field&>().transpose())>);
    STATIC_REQUIRE(OutlivesCall<Eigen::Map<VectorXd>>);
    STATIC_REQUIRE(OutlivesCall<Eigen::Ref<MatrixXd>>);
    STATIC_REQUIRE(OutlivesCall<decltype(std::declval<Lattice&>()[1])>);
    STATIC_REQUIRE(OutlivesCall<boost::multi_array_ref<int, 2>>);
    STATIC_REQUIRE_FALSE(OutlivesCall<MatrixXd>);
    STATIC_REQUIRE_FALSE(OutlivesCall<Field>);
    STATIC_REQUIRE_FALSE(OutlivesCall<Eigen::Ref<const MatrixXd>>);
    STATIC_REQUIRE_FALSE(OutlivesCall<Lattice>);
    STATIC_REQUIRE_FALSE(OutlivesCall<xt::xtensor<double, 2>>);
    const Field field = Field::Constant(2, 3, 1.0);
    CHECK(sent<double>(field) == std::vector<double>(6, 1.0));
}

TEST_CASE("A std::valarray is a range", "[strided]") {
    std::valarray<int> numbers{1, 2, 3};
    CHECK(sent<int>(numbers) == std::vector<int>{1, 2, 3});
}
