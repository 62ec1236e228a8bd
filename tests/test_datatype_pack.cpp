#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;
using MPI::Count;
using MPI::Datatype;

namespace {

struct Particle {
    char kind;
    double x;
    int id;
    bool operator==(const Particle&) const = default;
};

}  // namespace

TEST_CASE("Pack and Unpack move elements one buffer after the other", "[datatype][pack]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const std::vector<int> ints{1, 2, 3};
        const std::array<double, 2> doubles{0.5, 1.5};
        std::vector<std::byte> packed(static_cast<std::size_t>(MPI::INT.Pack_size(3, comm) + MPI::DOUBLE.Pack_size(2, comm)));
        const Count middle = MPI::INT.Pack(ints, packed, 0, comm);
        const Count end = MPI::DOUBLE.Pack(doubles, packed, middle, comm);
        CHECK(middle > 0);
        CHECK(end <= static_cast<Count>(packed.size()));

        std::vector<std::byte> received(packed.size());
        MPI::Status status;
        comm.Sendrecv({packed.data(), end, MPI::PACKED}, right_of(comm), 0, {received.data(), received.size(), MPI::PACKED}, left_of(comm), 0,
                      &status);
        CHECK(status.Get_count(MPI::PACKED) == end);
        std::vector<int> some(3);
        std::array<double, 2> others{};
        CHECK(MPI::INT.Unpack(received, 0, some, comm) == middle);
        CHECK(MPI::DOUBLE.Unpack(received, middle, others, comm) == end);
        CHECK(some == ints);
        CHECK(others == doubles);
    });
}

TEST_CASE("Pack returns the bytes of what it is given", "[datatype][pack]") {
    const MPI::Comm& comm = MPI::COMM_SELF;
    const std::vector<int> ints{1, 2, 3};
    const std::vector<std::byte> packed = MPI::INT.Pack(ints, comm);
    CHECK(static_cast<Count>(packed.size()) == MPI::INT.Pack_size(3, comm));
    std::vector<int> again(3);
    CHECK(MPI::INT.Unpack(packed, 0, again, comm) == static_cast<Count>(packed.size()));
    CHECK(again == ints);
    CHECK(MPI::INT.Pack(std::vector<int>(), comm).empty());
    CHECK(MPI::INT.Unpack(packed, 4, std::span<int>(), comm) == 4);
}

TEST_CASE("Memory to pack is a range, one object, or an address and bytes", "[datatype][pack]") {
    const MPI::Comm& comm = MPI::COMM_SELF;
    const Datatype type = Datatype::borrow(MPI::datatype_traits<Particle>::get());
    const Particle one{'a', 2.5, 7};
    Particle got{};
    const std::vector<std::byte> packed = type.Pack(one, comm);
    CHECK(packed.size() == sizeof(char) + sizeof(double) + sizeof(int));
    (void)type.Unpack(packed, 0, got, comm);
    CHECK(got == one);
    const int array[] = {4, 5, 6};
    CHECK(MPI::INT.Pack(array, comm).size() == sizeof array);
    CHECK(MPI::INT.Pack({array, 2 * sizeof(int)}, comm).size() == 2 * sizeof(int));
    int two[2] = {};
    (void)MPI::INT.Unpack(MPI::INT.Pack(array, comm), 4, {two, sizeof two}, comm);
    CHECK(two[0] == 5);
    CHECK(two[1] == 6);
}

TEST_CASE("As many elements are packed as lie in the memory", "[datatype][pack]") {
    const MPI::Comm& comm = MPI::COMM_SELF;
    std::array<std::array<int, 5>, 4> matrix;
    for (std::size_t i = 0; i < 4; ++i)
        for (std::size_t j = 0; j < 5; ++j) matrix[i][j] = static_cast<int>(10 * i + j);
    const auto packed_ints = [&](const Datatype& type, MPI::Count bytes) {
        const std::vector<std::byte> packed = type.Pack({matrix.data(), bytes}, comm);
        std::vector<int> ints(packed.size() / sizeof(int));
        (void)MPI::INT.Unpack(packed, 0, ints, comm);
        return ints;
    };
    const Datatype column = MPI::INT.Create_vector(4, 1, 5).Commit();
    CHECK(packed_ints(column, sizeof matrix) == std::vector{0, 10, 20, 30});
    CHECK(packed_ints(column, 16 * sizeof(int)) == std::vector{0, 10, 20, 30});
    CHECK(packed_ints(column, 15 * sizeof(int)).empty());
    const Datatype columns = column.Resized(0, sizeof(int)).Commit();  // the next one begins beside it
    CHECK(packed_ints(columns, sizeof matrix).size() == 20);
    CHECK(packed_ints(columns, 17 * sizeof(int)) == std::vector{0, 10, 20, 30, 1, 11, 21, 31});
    const Datatype wide = MPI::INT.Resized(0, 3 * sizeof(int)).Commit();
    CHECK(packed_ints(wide, 7 * sizeof(int)) == std::vector{0, 3, 11});
    CHECK(packed_ints(wide, 6 * sizeof(int)) == std::vector{0, 3});
    CHECK(packed_ints(MPI::INT.Create_contiguous(0).Commit(), sizeof matrix).empty());
}

TEST_CASE("External packing is the same on all machines", "[datatype][pack]") {
    const std::vector<int> ints{1, -2, 0x01020304};
    const std::vector<std::byte> packed = MPI::INT.Pack_external("external32", ints);
    CHECK(MPI::INT.Pack_external_size("external32", 3) == 12);
    const std::vector<unsigned char> expected{0, 0, 0, 1, 0xff, 0xff, 0xff, 0xfe, 1, 2, 3, 4};  // big-endian (MPI-4.0, 14.5.2)
    CHECK(packed.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) CHECK(std::to_integer<unsigned>(packed.at(i)) == expected[i]);
    std::vector<int> again(3);
    CHECK(MPI::INT.Unpack_external("external32", packed, 0, again) == 12);
    CHECK(again == ints);

    std::vector<std::byte> both(20);
    const double x = 2.5;
    double y = 0;
    const Count middle = MPI::INT.Pack_external("external32", ints, both, 0);
    CHECK(MPI::DOUBLE.Pack_external("external32", x, both, middle) == 20);
    CHECK(MPI::DOUBLE.Unpack_external("external32", both, middle, y) == 20);
    CHECK(y == 2.5);
}

TEST_CASE("External packing keeps integers whole, or is refused", "[datatype][pack][error]") {
    const std::vector<std::int64_t> numbers{std::int64_t{1} << 40, -1};
    std::vector<std::int64_t> again(2);
    MPI::INT64_T.Unpack_external("external32", MPI::INT64_T.Pack_external("external32", numbers), 0, again);
    CHECK(again == numbers);
    if (MPI::LONG.Pack_external_size("external32", 1) < MPI::LONG.Get_size()) {
        const std::string why = "Pack_external: elements of MPI_LONG have 8 bytes, of which external32 keeps 4";
        std::vector<std::byte> room(16);
        CHECK(contains(thrown<std::invalid_argument>([&] { (void)MPI::LONG.Pack_external("external32", numbers); }), why));
        CHECK(contains(thrown<std::invalid_argument>([&] { (void)MPI::LONG.Pack_external("external32", numbers, room, 0); }), why));
    }
    const auto says = [](auto call, const char* method) {
        CHECK(contains(thrown<std::invalid_argument>(call), method + std::string(": datarep is \"native\", the only one is \"external32\"")));
    };
    std::vector<std::byte> packed(16);
    says([&] { (void)MPI::INT.Pack_external("native", 1); }, "Pack_external");
    says([&] { (void)MPI::INT64_T.Unpack_external("native", packed, 0, again); }, "Unpack_external");
    says([&] { (void)MPI::INT.Pack_external_size("native", 1); }, "Pack_external_size");
}

TEST_CASE("What has no room is not packed", "[datatype][pack][error]") {
    const MPI::Comm& comm = MPI::COMM_SELF;
    const std::vector<int> ints{1, 2, 3};
    std::vector<int> out(3);
    std::vector<std::byte> small(10, std::byte{7}), room(12);
    const auto misuse = [](auto f) { return thrown<std::invalid_argument>(f); };
    CHECK(contains(misuse([&] { (void)MPI::INT.Pack(ints, small, 0, comm); }), "Pack: outbuf has 10 bytes, which has no room for 12 from byte 0"));
    CHECK(small == std::vector<std::byte>(10, std::byte{7}));
    CHECK(contains(misuse([&] { (void)MPI::INT.Pack(ints, room, 4, comm); }), "Pack: outbuf has 12 bytes, which has no room for 12 from byte 4"));
    CHECK(contains(misuse([&] { (void)MPI::INT.Pack(ints, room, -1, comm); }), "from byte -1"));
    CHECK(contains(misuse([&] { (void)MPI::INT.Unpack(small, 0, out, comm); }), "Unpack: inbuf has 10 bytes, which has no room for 12 from byte 0"));
    CHECK(contains(misuse([&] { (void)MPI::INT.Unpack(room, 13, std::span<int>(), comm); }), "inbuf has 12 bytes"));
    CHECK(contains(misuse([&] { (void)MPI::INT.Pack_external("external32", ints, small, 0); }), "Pack_external: outbuf has 10 bytes"));
    CHECK(contains(misuse([&] { (void)MPI::INT.Unpack_external("external32", small, 0, out); }), "Unpack_external: inbuf has 10 bytes"));
    const Datatype before = MPI::INT.Create_hindexed({1}, {-8}).Commit();
    CHECK(contains(misuse([&] { (void)before.Pack(ints, comm); }), "Pack: an element begins 8 bytes before inbuf"));
    const Datatype nowhere = MPI::INT.Resized(0, 0).Commit();
    CHECK(contains(misuse([&] { (void)nowhere.Pack(ints, comm); }), "an extent of 0 bytes cannot be counted in the 12 bytes of inbuf"));
}

TEST_CASE("Packing on what is null is an Exception", "[datatype][pack][error]") {
    const std::vector<int> ints{1, 2, 3};
    std::vector<std::byte> room(12);
    CHECK_THROWS_AS((void)MPI::DATATYPE_NULL.Pack(ints, room, 0, MPI::COMM_SELF), MPI::Exception);
    CHECK_THROWS_AS((void)MPI::DATATYPE_NULL.Pack_size(1, MPI::COMM_SELF), MPI::Exception);
    CHECK_THROWS_AS((void)MPI::INT.Pack_size(-1, MPI::COMM_SELF), MPI::Exception);
    CHECK(contains(error_of_class(MPI::ERR_COMM, [&] { (void)MPI::INT.Pack_size(1, MPI::Comm()); }), "the communicator is null"));
}
