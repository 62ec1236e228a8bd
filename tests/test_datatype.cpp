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
    const std::string text = thrown<std::invalid_argument>([&] { (void)MPI::Datatype::Create_struct(lengths, offsets, types); });
    CHECK(text.find("Create_struct: 2 block lengths, 1 displacements and 2 datatypes") == 0);
}

TEST_CASE("A datatype that is not committed cannot be sent", "[datatype][error]") {
    const MPI::Datatype type = MPI::INT.Create_vector(2, 1, 2);
    const std::array<int, 4> data{};
    CHECK_THROWS_AS(MPI::COMM_SELF.Send({data.data(), 1, type}, MPI::PROC_NULL), MPI::Exception);
}
