#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
#include <array>
#include <climits>
#include <complex>
#include <numeric>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

/// Sends one element of `type` at `from` to the next process, and what comes from the previous one into `count` elements of
/// `received` at `to`.
void ring(const MPI::Intracomm& comm, const void* from, const MPI::Datatype& type, void* to, int count, const MPI::Datatype& received) {
    const int next = (comm.rank() + 1) % comm.size(), previous = (comm.rank() + comm.size() - 1) % comm.size();
    comm.Sendrecv({from, 1, type}, next, 0, {to, count, received}, previous);
}

/// Which elements of an array of int one element of `type` has, in their order.
std::vector<int> places(MPI::Datatype type) {
    type.Commit();
    std::vector<int> array(64), result(static_cast<std::size_t>(type.Get_size()) / sizeof(int));
    std::iota(array.begin(), array.end(), 0);
    MPI::COMM_SELF.Sendrecv({array.data(), 1, type}, 0, 0, result, 0);
    return result;
}

}  // namespace

TEST_CASE("Predefined datatypes are the MPI's", "[datatype]") {
    struct Row {
        const MPI::Datatype& ours;
        MPI_Datatype theirs;
        std::size_t size;
    };
    // clang-format off
    const Row rows[] = {
        {MPI::CHAR, MPI_CHAR, 1}, {MPI::SIGNED_CHAR, MPI_SIGNED_CHAR, 1}, {MPI::UNSIGNED_CHAR, MPI_UNSIGNED_CHAR, 1},
        {MPI::SHORT, MPI_SHORT, sizeof(short)}, {MPI::UNSIGNED_SHORT, MPI_UNSIGNED_SHORT, sizeof(short)},
        {MPI::INT, MPI_INT, sizeof(int)}, {MPI::UNSIGNED, MPI_UNSIGNED, sizeof(int)},
        {MPI::LONG, MPI_LONG, sizeof(long)}, {MPI::UNSIGNED_LONG, MPI_UNSIGNED_LONG, sizeof(long)},
        {MPI::LONG_LONG, MPI_LONG_LONG, sizeof(long long)}, {MPI::UNSIGNED_LONG_LONG, MPI_UNSIGNED_LONG_LONG, sizeof(long long)},
        {MPI::FLOAT, MPI_FLOAT, sizeof(float)}, {MPI::DOUBLE, MPI_DOUBLE, sizeof(double)}, {MPI::LONG_DOUBLE, MPI_LONG_DOUBLE, sizeof(long double)},
        {MPI::BYTE, MPI_BYTE, 1}, {MPI::PACKED, MPI_PACKED, 1}, {MPI::WCHAR, MPI_WCHAR, sizeof(wchar_t)}, {MPI::C_BOOL, MPI_C_BOOL, sizeof(bool)},
        {MPI::C_FLOAT_COMPLEX, MPI_C_FLOAT_COMPLEX, sizeof(std::complex<float>)}, {MPI::C_DOUBLE_COMPLEX, MPI_C_DOUBLE_COMPLEX, sizeof(std::complex<double>)},
        {MPI::C_LONG_DOUBLE_COMPLEX, MPI_C_LONG_DOUBLE_COMPLEX, sizeof(std::complex<long double>)},
        {MPI::C_COMPLEX, MPI_C_COMPLEX, sizeof(std::complex<float>)},
        {MPI::CXX_BOOL, MPI_CXX_BOOL, sizeof(bool)}, {MPI::CXX_FLOAT_COMPLEX, MPI_CXX_FLOAT_COMPLEX, sizeof(std::complex<float>)},
        {MPI::CXX_DOUBLE_COMPLEX, MPI_CXX_DOUBLE_COMPLEX, sizeof(std::complex<double>)},
        {MPI::CXX_LONG_DOUBLE_COMPLEX, MPI_CXX_LONG_DOUBLE_COMPLEX, sizeof(std::complex<long double>)},
        {MPI::INT8_T, MPI_INT8_T, 1}, {MPI::INT16_T, MPI_INT16_T, 2}, {MPI::INT32_T, MPI_INT32_T, 4}, {MPI::INT64_T, MPI_INT64_T, 8},
        {MPI::UINT8_T, MPI_UINT8_T, 1}, {MPI::UINT16_T, MPI_UINT16_T, 2}, {MPI::UINT32_T, MPI_UINT32_T, 4}, {MPI::UINT64_T, MPI_UINT64_T, 8},
        {MPI::AINT, MPI_AINT, sizeof(MPI_Aint)}, {MPI::OFFSET, MPI_OFFSET, sizeof(MPI_Offset)}, {MPI::COUNT, MPI_COUNT, sizeof(MPI_Count)},
        {MPI::SHORT_INT, MPI_SHORT_INT, sizeof(short) + sizeof(int)}, {MPI::TWOINT, MPI_2INT, 2 * sizeof(int)},
        {MPI::LONG_INT, MPI_LONG_INT, sizeof(long) + sizeof(int)}, {MPI::FLOAT_INT, MPI_FLOAT_INT, sizeof(float) + sizeof(int)},
        {MPI::DOUBLE_INT, MPI_DOUBLE_INT, sizeof(double) + sizeof(int)}, {MPI::LONG_DOUBLE_INT, MPI_LONG_DOUBLE_INT, sizeof(long double) + sizeof(int)},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.ours.Get_name());
        CHECK(row.ours.handle() == row.theirs);
        CHECK(row.ours.Get_size() == static_cast<MPI::Count>(row.size));
    }
    CHECK(MPI::DATATYPE_NULL.is_null());
    CHECK(MPI::DOUBLE.Get_name() == "MPI_DOUBLE");
}

TEST_CASE("Fortran's datatypes are the MPI's, or null where it has none", "[datatype]") {
    struct Row {
        const MPI::Datatype& ours;
        MPI_Datatype theirs;
        MPI::Count size;
    };
    // the sizes are those of a Fortran without options
    // clang-format off
    const Row rows[] = {
        {MPI::CHARACTER, MPI_CHARACTER, 1}, {MPI::LOGICAL, MPI_LOGICAL, 4}, {MPI::INTEGER, MPI_INTEGER, 4}, {MPI::REAL, MPI_REAL, 4},
        {MPI::DOUBLE_PRECISION, MPI_DOUBLE_PRECISION, 8}, {MPI::COMPLEX, MPI_COMPLEX, 8}, {MPI::DOUBLE_COMPLEX, MPI_DOUBLE_COMPLEX, 16},
        {MPI::INTEGER1, MPI_INTEGER1, 1}, {MPI::INTEGER2, MPI_INTEGER2, 2}, {MPI::INTEGER4, MPI_INTEGER4, 4}, {MPI::INTEGER8, MPI_INTEGER8, 8},
        {MPI::REAL4, MPI_REAL4, 4}, {MPI::REAL8, MPI_REAL8, 8}, {MPI::REAL16, MPI_REAL16, 16},
        {MPI::COMPLEX8, MPI_COMPLEX8, 8}, {MPI::COMPLEX16, MPI_COMPLEX16, 16}, {MPI::COMPLEX32, MPI_COMPLEX32, 32},
    };
    // clang-format on
    for (const Row& row : rows) {
        CHECK(row.ours.handle() == row.theirs);
        if (row.ours) {
            CAPTURE(row.ours.Get_name());
            CHECK(row.ours.Get_size() == row.size);
        }
    }
    for (const MPI::Datatype* rare : {&MPI::INTEGER16, &MPI::REAL2, &MPI::COMPLEX4, &MPI::LOGICAL1, &MPI::LOGICAL2, &MPI::LOGICAL4, &MPI::LOGICAL8,
                                      &MPI::LOGICAL16, &MPI::FLOAT16_T, &MPI::BFLOAT16_T})
        if (*rare)
            CHECK(rare->is_named());
}

TEST_CASE("mpi4py's other names are the same datatypes", "[datatype]") {
    CHECK(MPI::INT_INT == MPI::TWOINT);
    CHECK(MPI::UNSIGNED_INT == MPI::UNSIGNED);
    CHECK(MPI::SIGNED_SHORT == MPI::SHORT);
    CHECK(MPI::SIGNED_INT == MPI::INT);
    CHECK(MPI::SIGNED_LONG == MPI::LONG);
    CHECK(MPI::SIGNED_LONG_LONG == MPI::LONG_LONG);
    CHECK(MPI::BOOL == MPI::C_BOOL);
    CHECK(MPI::SINT8_T == MPI::INT8_T);
    CHECK(MPI::SINT16_T == MPI::INT16_T);
    CHECK(MPI::SINT32_T == MPI::INT32_T);
    CHECK(MPI::SINT64_T == MPI::INT64_T);
    CHECK(MPI::FLOAT32_T == MPI::FLOAT);
    CHECK(MPI::FLOAT64_T == MPI::DOUBLE);
    CHECK(MPI::F_BOOL == MPI::LOGICAL);
    CHECK(MPI::F_INT == MPI::INTEGER);
    CHECK(MPI::F_FLOAT == MPI::REAL);
    CHECK(MPI::F_DOUBLE == MPI::DOUBLE_PRECISION);
    CHECK(MPI::F_COMPLEX == MPI::COMPLEX);
    CHECK(MPI::F_FLOAT_COMPLEX == MPI::COMPLEX);
    CHECK(MPI::F_DOUBLE_COMPLEX == MPI::DOUBLE_COMPLEX);
}

TEST_CASE("A datatype has a name", "[datatype]") {
    MPI::Datatype type = MPI::INT.Create_contiguous(2);
    CHECK(type.Get_name().empty());
    type.Set_name("two ints");
    CHECK(type.Get_name() == "two ints");
    MPI::Datatype copy = type.Dup();
    copy.Set_name("copy");
    CHECK(copy.Get_name() == "copy");
    CHECK(type.Get_name() == "two ints");
}

TEST_CASE("Create_contiguous puts elements in a row", "[datatype]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Datatype type = MPI::INT.Create_contiguous(3).Commit();
        CHECK(type.Get_size() == 3 * static_cast<MPI::Count>(sizeof(int)));
        CHECK(type.Get_extent().extent == 3 * static_cast<MPI::Count>(sizeof(int)));
        const std::array<int, 4> sent{1, 2, 3, 4};
        std::array<int, 4> received{};
        ring(comm, sent.data(), type, received.data(), 1, type);
        CHECK(received == std::array{1, 2, 3, 0});
    });
}

TEST_CASE("Create_vector takes a column of a matrix", "[datatype]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        constexpr std::size_t rows = 4, columns = 5;
        std::array<std::array<int, columns>, rows> matrix;
        for (std::size_t i = 0; i < rows; ++i)
            for (std::size_t j = 0; j < columns; ++j) matrix[i][j] = static_cast<int>(10 * i + j);
        const MPI::Datatype column = MPI::INT.Create_vector(rows, 1, columns).Commit();
        CHECK(column.Get_size() == static_cast<MPI::Count>(rows * sizeof(int)));
        CHECK(column.Get_extent().extent == static_cast<MPI::Count>(((rows - 1) * columns + 1) * sizeof(int)));
        std::array<int, rows> received{};
        ring(comm, &matrix[0][2], column, received.data(), rows, MPI::INT);
        CHECK(received == std::array{2, 12, 22, 32});
    });
}

TEST_CASE("Each constructor takes the elements that its arguments name", "[datatype]") {
    using MPI::INT;
    constexpr MPI::Aint size = sizeof(int);
    CHECK(places(INT.Create_hvector(3, 2, 5 * size)) == std::vector{0, 1, 5, 6, 10, 11});
    CHECK(places(INT.Create_indexed({2, 0, 1}, {4, 7, 0})) == std::vector{4, 5, 0});
    CHECK(places(INT.Create_hindexed({2, 1}, {4 * size, 0})) == std::vector{4, 5, 0});
    CHECK(places(INT.Create_indexed_block(2, {6, 1})) == std::vector{6, 7, 1, 2});
    CHECK(places(INT.Create_hindexed_block(2, {6 * size, size})) == std::vector{6, 7, 1, 2});
    CHECK(places(MPI::Datatype::Create_struct({1, 2}, {3 * size, 0}, {INT, INT})) == std::vector{3, 0, 1});
    CHECK(places(INT.Create_subarray({3, 4}, {2, 2}, {1, 2})) == std::vector{6, 7, 10, 11});
    CHECK(places(INT.Create_subarray({3, 4}, {2, 2}, {1, 2}, MPI::ORDER_FORTRAN)) == std::vector{7, 8, 10, 11});
    CHECK(places(INT.Create_subarray({10}, {3}, {4})) == std::vector{4, 5, 6});
    CHECK(places(INT.Create_dup()) == std::vector{0});
    CHECK(places(INT.Create_contiguous(0)).empty());
    CHECK(places(INT.Create_indexed({}, {})).empty());
}

TEST_CASE("Lengths and displacements are of any integer type as wide as int or Count", "[datatype]") {
    const std::vector<int> lengths{2, 1}, displacements{4, 0};
    const std::vector<MPI::Count> wide_lengths{2, 1}, wide_displacements{4, 0};
    const std::array<std::size_t, 2> sizes{2, 1};
    const std::vector expected{4, 5, 0};
    CHECK(places(MPI::INT.Create_indexed(lengths, displacements)) == expected);
    CHECK(places(MPI::INT.Create_indexed(wide_lengths, displacements)) == expected);
    CHECK(places(MPI::INT.Create_indexed(sizes, wide_displacements)) == expected);
    CHECK(places(MPI::INT.Create_indexed(sizes, {4, 0})) == expected);
    const std::vector<MPI_Datatype> raw{MPI_INT, MPI_INT};
    std::vector<MPI::Datatype> ours;
    ours.push_back(MPI::INT.Dup());
    ours.push_back(MPI::INT.Dup());
    CHECK(places(MPI::Datatype::Create_struct(lengths, {16, 0}, raw)) == expected);
    CHECK(places(MPI::Datatype::Create_struct(lengths, {16, 0}, ours)) == expected);
}

TEST_CASE("Unsigned lengths and displacements that are too large to be signed are refused", "[datatype][error]") {
    const std::vector<int> one{1};
    const std::vector<unsigned> near{2147483647u}, far{3000000000u};
    const std::vector<std::size_t> wide{3000000000u}, beyond{SIZE_MAX};
    CHECK(MPI::INT.Create_hindexed(one, near).Get_true_extent().lb == 2147483647);
    CHECK(MPI::INT.Create_hindexed(one, wide).Get_true_extent().lb == 3000000000);
    const std::string what = thrown<std::invalid_argument>([&] { (void)MPI::INT.Create_hindexed(one, far); });
    CHECK(contains(what, "3000000000 is more than an int holds: make them a vector of mpi4cxx::Count"));
    CHECK(contains(what, "test_datatype"));
    CHECK(contains(thrown<std::invalid_argument>([&] { (void)MPI::INT.Create_hindexed(one, beyond); }), "is more than a Count holds"));
    int number = 0;
    CHECK(contains(thrown<std::invalid_argument>([&] { MPI::COMM_SELF.Allgatherv(1, {&number, one, far}); }), "3000000000 is more"));
    CHECK_THROWS_AS(MPI::BufV(&number, one, far), std::invalid_argument);
}

TEST_CASE("A subarray has the extent of the whole array", "[datatype]") {
    const MPI::Datatype block = MPI::INT.Create_subarray({3, 4}, {2, 2}, {1, 2});
    CHECK(block.Get_size() == 4 * static_cast<MPI::Count>(sizeof(int)));
    CHECK(block.Get_extent().lb == 0);
    CHECK(block.Get_extent().extent == 12 * static_cast<MPI::Count>(sizeof(int)));
    CHECK(block.Get_true_extent().lb == 6 * static_cast<MPI::Count>(sizeof(int)));
    CHECK(block.Get_true_extent().extent == 6 * static_cast<MPI::Count>(sizeof(int)));
}

TEST_CASE("Create_darray deals out an array", "[datatype]") {
    using namespace MPI;
    const auto dealt = [](int rank, int distribution, int argument, Order order = ORDER_C) {
        return places(INT.Create_darray(4, rank, {3, 7}, {distribution, DISTRIBUTE_CYCLIC}, {argument, 2}, {2, 2}, order));
    };
    SECTION("row by row over the grid") {
        // rows in blocks of two, columns 0, 1, 4, 5 and 2, 3, 6
        CHECK(dealt(0, DISTRIBUTE_BLOCK, DISTRIBUTE_DFLT_DARG) == std::vector{0, 1, 4, 5, 7, 8, 11, 12});
        CHECK(dealt(1, DISTRIBUTE_BLOCK, DISTRIBUTE_DFLT_DARG) == std::vector{2, 3, 6, 9, 10, 13});
        CHECK(dealt(2, DISTRIBUTE_BLOCK, DISTRIBUTE_DFLT_DARG) == std::vector{14, 15, 18, 19});
        CHECK(dealt(3, DISTRIBUTE_BLOCK, 2) == std::vector{16, 17, 20});
        CHECK(dealt(1, DISTRIBUTE_CYCLIC, DISTRIBUTE_DFLT_DARG) == std::vector{2, 3, 6, 16, 17, 20});
    }
    SECTION("in Fortran's order of elements") { CHECK(dealt(2, DISTRIBUTE_BLOCK, DISTRIBUTE_DFLT_DARG, ORDER_FORTRAN) == std::vector{2, 5, 14, 17}); }
    SECTION("with a dimension that is not dealt out") {
        CHECK(places(INT.Create_darray(2, 1, {2, 4}, {DISTRIBUTE_NONE, DISTRIBUTE_BLOCK}, {DISTRIBUTE_DFLT_DARG, DISTRIBUTE_DFLT_DARG}, {1, 2})) ==
              std::vector{2, 3, 6, 7});
    }
    SECTION("each element to one process, for any size and any number of processes") {
        for (const int processes : {1, 2, 3, 5})
            for (const int elements : {1, 4, 7, 16})
                for (const int argument : {1, 2, 3}) {
                    std::vector<int> all;
                    for (int rank = 0; rank < processes; ++rank)
                        for (const int place : places(INT.Create_darray(processes, rank, {elements}, {DISTRIBUTE_CYCLIC}, {argument}, {processes}))) {
                            CHECK(place / argument % processes == rank);
                            all.push_back(place);
                        }
                    std::sort(all.begin(), all.end());
                    std::vector<int> each(static_cast<std::size_t>(elements));
                    std::iota(each.begin(), each.end(), 0);
                    CHECK(all == each);
                }
    }
}

TEST_CASE("A subarray and a column go through every family of calls", "[datatype][collective]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        constexpr int rows = 3, columns = 4;
        using Grid = std::array<std::array<int, columns>, rows>;
        const auto filled = [](int first) {
            Grid grid;
            for (int i = 0; i < rows; ++i)
                for (int j = 0; j < columns; ++j) grid[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)] = first + 10 * i + j;
            return grid;
        };
        const MPI::Datatype inner = MPI::INT.Create_subarray({rows, columns}, {2, 2}, {1, 1}).Commit();
        const MPI::Datatype column = MPI::INT.Create_vector(rows, 1, columns).Resized(0, sizeof(int)).Commit();
        const Grid mine = filled(100 * comm.rank());
        const int root = comm.size() - 1;

        Grid got{};
        comm.Sendrecv({mine.data(), 1, inner}, right_of(comm), 0, {got.data(), 1, inner}, left_of(comm));
        const int from = 100 * left_of(comm);
        CHECK(got == Grid{{{0, 0, 0, 0}, {0, from + 11, from + 12, 0}, {0, from + 21, from + 22, 0}}});

        std::array<int, 4> packed{};
        MPI::Request receive = comm.Irecv(packed, left_of(comm));
        comm.Send({mine.data(), 1, inner}, right_of(comm));
        receive.Wait();
        CHECK(packed == std::array{from + 11, from + 12, from + 21, from + 22});

        got = comm.rank() == root ? mine : Grid{};
        comm.Bcast({got.data(), 1, inner}, root);
        CHECK(got[1][1] == 100 * root + 11);
        CHECK(got[2][2] == 100 * root + 22);
        CHECK(got[0][0] == (comm.rank() == root ? 100 * root : 0));

        std::vector<int> all(static_cast<std::size_t>(4 * comm.size()));
        comm.Gather({mine.data(), 1, inner}, all, root);
        if (comm.rank() == root)
            for (int i = 0; i < comm.size(); ++i) CHECK(all[static_cast<std::size_t>(4 * i + 3)] == 100 * i + 22);
        std::vector<Grid> grids(static_cast<std::size_t>(comm.size()), Grid{});
        comm.Allgather({mine.data(), 1, inner}, {grids.data(), 1, inner});
        for (int i = 0; i < comm.size(); ++i) {
            CHECK(grids[static_cast<std::size_t>(i)][1][2] == 100 * i + 12);
            CHECK(grids[static_cast<std::size_t>(i)][0][1] == 0);
        }

        // columns 1 and 2 of the root, to all
        const std::vector<int> counts(static_cast<std::size_t>(comm.size()), 1);
        std::vector<int> displs(counts.size());
        for (std::size_t i = 0; i < displs.size(); ++i) displs[i] = 1 + static_cast<int>(i) % 2;
        std::array<int, rows> one{};
        comm.Scatterv({{mine.data(), columns, column}, counts, displs}, one, root);
        const int first = 100 * root + displs[static_cast<std::size_t>(comm.rank())];
        CHECK(one == std::array{first, first + 10, first + 20});
    });
}

TEST_CASE("A buffer of absolute addresses starts at BOTTOM", "[datatype]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        int a = comm.rank() + 1, b = 0;
        double x = 0.5 + comm.rank(), y = 0;
        const auto both = [](int& n, double& d) {
            std::array<MPI::Aint, 2> addresses{};
            MPI_Get_address(&n, addresses.data());
            MPI_Get_address(&d, &addresses[1]);
            return MPI::Datatype::Create_struct({1, 1}, addresses, {MPI::INT, MPI::DOUBLE}).Commit();
        };
        const MPI::Datatype out = both(a, x), in = both(b, y);
        comm.Sendrecv({MPI::BOTTOM, 1, out}, right_of(comm), 0, {MPI::BOTTOM, 1, in}, left_of(comm));
        CHECK(b == left_of(comm) + 1);
        CHECK(y == 0.5 + left_of(comm));
    });
}

TEST_CASE("Types are found by what they can hold", "[datatype]") {
    CHECK(MPI::Datatype::Match_size(MPI::TYPECLASS_REAL, 8).Get_size() == 8);
    CHECK(MPI::Datatype::Match_size(MPI::TYPECLASS_INTEGER, 4).Get_size() == 4);
    CHECK(MPI::Datatype::Match_size(MPI::TYPECLASS_COMPLEX, 16).Get_size() == 16);
    CHECK_THROWS_AS((void)MPI::Datatype::Match_size(MPI::TYPECLASS_REAL, 3), MPI::Exception);
    if (MPI::INTEGER) {
        CHECK(MPI::Datatype::Create_f90_integer(9).Get_size() == 4);
        CHECK(MPI::Datatype::Create_f90_integer(18).Get_size() == 8);
        CHECK(MPI::Datatype::Create_f90_real(6, 30).Get_size() == 4);
        CHECK(MPI::Datatype::Create_f90_real(15, MPI::UNDEFINED).Get_size() == 8);
        CHECK(MPI::Datatype::Create_f90_complex(MPI::UNDEFINED, 300).Get_size() == 16);
        CHECK(MPI::Datatype::Create_f90_real(6, 30) == MPI::Datatype::Create_f90_real(6, 30));
    }
    CHECK_THROWS_AS((void)MPI::Datatype::Create_f90_real(1'000'000, 30), MPI::Exception);
    CHECK_THROWS_AS((void)MPI::Datatype::Create_f90_integer(1'000'000), MPI::Exception);
}

TEST_CASE("The pair of MAXLOC is found, or the MPI is said to have no such function", "[datatype]") {
    const std::string text = thrown<MPI::Exception>([] {
        const MPI::Datatype pair = MPI::Datatype::Get_value_index(MPI::DOUBLE, MPI::INT);
        CHECK(pair.Get_size() == MPI::DOUBLE_INT.Get_size());
    });
    CHECK((text.empty() || contains(text, "not supported by this MPI")));
}

TEST_CASE("Size, extent and bounds have short names", "[datatype]") {
    const MPI::Datatype type = MPI::INT.Create_indexed_block(1, {2, 4}).Resized(-8, 48);
    constexpr MPI::Count size = sizeof(int);
    CHECK(type.size() == 2 * size);
    CHECK(type.lb() == -8);
    CHECK(type.ub() == 40);
    CHECK(type.extent() == 48);
    CHECK(type.true_lb() == 2 * size);
    CHECK(type.true_ub() == 5 * size);
    CHECK(type.true_extent() == 3 * size);
}

TEST_CASE("Create_struct collects members, Create_resized sets the step to the next", "[datatype]") {
    struct Particle {
        char kind;
        double position[3];
        int charge;
    };
    for_each_comm([](const MPI::Intracomm& comm) {
        const std::array lengths{1, 3, 1};
        const std::array<MPI::Aint, 3> offsets{offsetof(Particle, kind), offsetof(Particle, position), offsetof(Particle, charge)};
        const std::array types{MPI_CHAR, MPI_DOUBLE, MPI_INT};
        MPI::Datatype type = MPI::Datatype::Create_struct(lengths, offsets, types).Create_resized(0, sizeof(Particle));
        CHECK(&type.Commit() == &type);
        CHECK(type.Get_size() == static_cast<MPI::Count>(sizeof(char) + 3 * sizeof(double) + sizeof(int)));
        CHECK(type.Get_extent().lb == 0);
        CHECK(type.Get_extent().extent == static_cast<MPI::Count>(sizeof(Particle)));
        CHECK(type.Get_true_extent().extent == static_cast<MPI::Count>(offsetof(Particle, charge) + sizeof(int)));
        const std::array<Particle, 2> sent{{{'a', {1, 2, 3}, comm.rank()}, {'b', {4, 5, 6}, -1}}};
        std::array<Particle, 2> received{};
        const int next = (comm.rank() + 1) % comm.size(), previous = (comm.rank() + comm.size() - 1) % comm.size();
        comm.Sendrecv({sent.data(), 2, type}, next, 0, {received.data(), 2, type}, previous);
        CHECK(received[0].kind == 'a');
        CHECK(received[0].charge == previous);
        CHECK(received[1].kind == 'b');
        CHECK(std::equal(received[1].position, received[1].position + 3, sent[1].position));
        CHECK(received[1].charge == -1);
    });
}

TEST_CASE("Create_resized changes lower bound and extent but not what is moved", "[datatype]") {
    const MPI::Datatype type = MPI::INT.Create_resized(-8, 24).Commit();
    CHECK(type.Get_extent().lb == -8);
    CHECK(type.Get_extent().extent == 24);
    CHECK(type.Get_true_extent().lb == 0);
    CHECK(type.Get_true_extent().extent == static_cast<MPI::Count>(sizeof(int)));
    CHECK(type.Get_size() == static_cast<MPI::Count>(sizeof(int)));
}

TEST_CASE("Dup of a committed type can be used at once, and without the first", "[datatype]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        MPI::Datatype type = MPI::INT.Create_contiguous(2).Commit();
        const MPI::Datatype copy = type.Dup();
        CHECK_FALSE(copy == type);
        type.Free();
        const std::array<int, 2> sent{5, 6};
        std::array<int, 2> received{};
        ring(comm, sent.data(), copy, received.data(), 2, MPI::INT);
        CHECK(received == sent);
    });
}

TEST_CASE("Datatypes count beyond int", "[datatype]") {
    const MPI::Count many = MPI::Count(INT_MAX) + 2;
    CHECK(MPI::DOUBLE.Create_contiguous(many).Get_size() == 8 * many);
    CHECK(MPI::CHAR.Create_vector(many, 1, 2).Get_extent().extent == 2 * many - 1);
    CHECK(MPI::CHAR.Create_vector(2, 1, many).Get_extent().extent == many + 1);
    CHECK(MPI::CHAR.Create_hvector(2, many, 2 * many).Get_extent().extent == 3 * many);
    CHECK(MPI::CHAR.Create_indexed({many, 1}, {0, 3 * many}).Get_extent().extent == 3 * many + 1);
    CHECK(MPI::CHAR.Create_indexed({1, 2}, {0, 3 * many}).Get_size() == 3);
    CHECK(MPI::CHAR.Create_hindexed({many, 1}, {0, 3 * many}).Get_size() == many + 1);
    CHECK(MPI::CHAR.Create_indexed_block(many, {0, 2 * many}).Get_size() == 2 * many);
    CHECK(MPI::CHAR.Create_hindexed_block(many, {0, 2 * many}).Get_extent().extent == 3 * many);
    const MPI::Datatype members = MPI::Datatype::Create_struct({many, 1}, {0, 8 * many}, {MPI::CHAR, MPI::DOUBLE});
    CHECK(members.Get_size() == many + 8);
    CHECK(members.Get_extent().extent == 8 * many + 8);
    const MPI::Datatype block = MPI::DOUBLE.Create_subarray({4, many}, {2, many - 1}, {1, 1});
    CHECK(block.Get_size() == 16 * (many - 1));
    CHECK(block.Get_extent().extent == 32 * many);
    CHECK(block.Get_true_extent().lb == 8 * (many + 1));
    const MPI::Datatype share = MPI::DOUBLE.Create_darray(2, 1, {2 * many}, {MPI::DISTRIBUTE_BLOCK}, {MPI::DISTRIBUTE_DFLT_DARG}, {2});
    CHECK(share.Get_size() == 8 * many);
    CHECK(share.Get_true_extent().lb == 8 * many);
}

TEST_CASE("A datatype that is made wrongly is an Exception", "[datatype][error]") {
    CHECK_THROWS_AS((void)MPI::INT.Create_contiguous(-1), MPI::Exception);
    CHECK_THROWS_AS((void)MPI::DATATYPE_NULL.Create_contiguous(1), MPI::Exception);
    CHECK_THROWS_AS((void)MPI::INT.Create_vector(-1, 1, 1), MPI::Exception);
    CHECK_THROWS_AS((void)MPI::DATATYPE_NULL.Dup(), MPI::Exception);
    CHECK_THROWS_AS((void)MPI::DATATYPE_NULL.Get_size(), MPI::Exception);
    CHECK_THROWS_AS((void)MPI::DATATYPE_NULL.Get_extent(), MPI::Exception);
    CHECK_THROWS_AS((void)MPI::DATATYPE_NULL.Get_true_extent(), MPI::Exception);
    CHECK_THROWS_AS((void)MPI::DATATYPE_NULL.Create_resized(0, 1), MPI::Exception);
    MPI::Datatype null;
    CHECK_THROWS_AS(null.Commit(), MPI::Exception);
    CHECK_THROWS_AS(null.Set_name("x"), MPI::Exception);

    const std::array lengths{1, 2};
    const std::array<MPI::Aint, 1> offsets{0};
    const std::array types{MPI_INT, MPI_INT};
    const auto misuse = [](auto f) { return thrown<std::invalid_argument>(f); };
    CHECK(contains(misuse([&] { (void)MPI::Datatype::Create_struct(lengths, offsets, types); }),
                   "Create_struct: 2 block lengths, 1 displacements and 2 datatypes"));
    CHECK(contains(misuse([] { (void)MPI::INT.Create_indexed({1, 2}, {0}); }), "Create_indexed: 2 block lengths and 1 displacements"));
    CHECK(contains(misuse([] { (void)MPI::INT.Create_hindexed({1}, {0, 4}); }), "Create_hindexed: 1 block lengths and 2 displacements"));
    CHECK(contains(misuse([] { (void)MPI::INT.Create_subarray({4, 4}, {2}, {0, 0}); }), "Create_subarray: 2 sizes, 1 subsizes and 2 starts"));
    CHECK(contains(misuse([] {
                       (void)MPI::INT.Create_darray(1, 0, {4}, {MPI::DISTRIBUTE_BLOCK, MPI::DISTRIBUTE_BLOCK}, {1}, {1});
                   }),
                   "Create_darray: 1 sizes, 2 distributions, 1 arguments and 1 grid sizes"));
    CHECK(contains(misuse([] { (void)MPI::INT.Create_darray(1, 0, {4}, {MPI::DISTRIBUTE_CYCLIC}, {MPI::Count(1) << 40}, {1}); }),
                   "Create_darray: 1099511627776 is more than the 2147483647 that an int holds"));
    const auto deal = [&](int size, int elements, int distribution, int processes) {
        return misuse([=] { (void)MPI::INT.Create_darray(size, 0, {elements}, {distribution}, {MPI::DISTRIBUTE_DFLT_DARG}, {processes}); });
    };
    CHECK(contains(deal(4, 8, 77, 4), "dimension 0 has an unknown distribution, 77"));
    CHECK(contains(deal(4, -8, MPI::DISTRIBUTE_CYCLIC, 4), "dimension 0 has -8 elements"));
    CHECK(contains(deal(4, 8, MPI::DISTRIBUTE_NONE, 4), "dimension 0 has 4 processes, but DISTRIBUTE_NONE means one"));
    CHECK(contains(deal(4, 8, MPI::DISTRIBUTE_BLOCK, 3), "the grid has 3 processes, the call 4"));
    CHECK(contains(deal(0, 8, MPI::DISTRIBUTE_BLOCK, 0), "dimension 0 has 0 processes"));
    CHECK_THROWS_AS((void)MPI::INT.Create_hvector(-1, 1, 1), MPI::Exception);
    CHECK_THROWS_AS((void)MPI::INT.Create_indexed({-1}, {0}), MPI::Exception);
    CHECK_THROWS_AS((void)MPI::INT.Create_hindexed({-1}, {0}), MPI::Exception);
    CHECK_THROWS_AS((void)MPI::INT.Create_indexed_block(-1, {0}), MPI::Exception);
    CHECK_THROWS_AS((void)MPI::INT.Create_hindexed_block(-1, {0}), MPI::Exception);
    CHECK(contains(misuse([] {
                       (void)MPI::INT.Create_subarray({9, 4}, {1, 3}, {0, 2});
                   }),
                   "Create_subarray: dimension 1 has 4 elements, which 3 from number 2 are no part of"));
    CHECK_THROWS_AS((void)MPI::INT.Create_subarray({4}, {1}, {-1}), std::invalid_argument);
    CHECK_THROWS_AS((void)MPI::DATATYPE_NULL.Create_subarray({4}, {2}, {0}), MPI::Exception);
}

TEST_CASE("A datatype that is not committed cannot be sent", "[datatype][error]") {
    const MPI::Datatype type = MPI::INT.Create_vector(2, 1, 2);
    const std::array<int, 4> data{};
    CHECK_THROWS_AS(MPI::COMM_SELF.Send({data.data(), 1, type}, MPI::PROC_NULL), MPI::Exception);
}
