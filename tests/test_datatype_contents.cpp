#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <array>
#include <climits>
#include <cstring>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;
using MPI::Aint;
using MPI::Count;
using MPI::Datatype;

namespace {

const std::array<std::byte, 4096>& memory() {
    static const std::array<std::byte, 4096> bytes = [] {
        std::array<std::byte, 4096> result;
        for (std::size_t i = 0; i < result.size(); ++i) result[i] = static_cast<std::byte>(i * 2654435761U >> 11);
        return result;
    }();
    return bytes;
}

/// What one element of `type`, whose origin lies in the middle of some bytes, consists of.
std::vector<std::byte> image(Datatype& type) {
    type.Commit();
    std::vector<std::byte> packed(static_cast<std::size_t>(type.size()));
    const void* origin = memory().data() + 2048;
    int position = 0;
    CHECK(MPI_Pack(origin, 1, type.handle(), packed.data(), static_cast<int>(packed.size()), &position, MPI_COMM_SELF) == MPI_SUCCESS);
    return packed;
}

struct Made {
    std::string name;
    Datatype type;
};

/// A type of each constructor.
std::vector<Made> all() {
    std::vector<Made> made;
    const auto add = [&](const char* name, Datatype type) { made.push_back({name, std::move(type)}); };
    add("DUP", MPI::INT.Dup());
    add("CONTIGUOUS", MPI::INT.Create_contiguous(3));
    add("VECTOR", MPI::INT.Create_vector(3, 2, 5));
    add("HVECTOR", MPI::INT.Create_hvector(3, 2, 28));
    add("INDEXED", MPI::INT.Create_indexed({2, 1, 0}, {4, 0, 9}));
    add("HINDEXED", MPI::INT.Create_hindexed({2, 1}, {16, 0}));
    add("INDEXED_BLOCK", MPI::INT.Create_indexed_block(2, {4, 0, 8}));
    add("HINDEXED_BLOCK", MPI::INT.Create_hindexed_block(2, {16, 0}));
    add("STRUCT", Datatype::Create_struct({1, 2}, {0, 8}, {MPI::CHAR, MPI::DOUBLE}));
    add("SUBARRAY", MPI::INT.Create_subarray({3, 4, 5}, {2, 2, 3}, {1, 2, 0}, MPI::ORDER_FORTRAN));
    add("DARRAY", MPI::INT.Create_darray(6, 4, {7, 6}, {MPI::DISTRIBUTE_CYCLIC, MPI::DISTRIBUTE_BLOCK}, {2, MPI::DISTRIBUTE_DFLT_DARG}, {3, 2}));
    add("RESIZED", MPI::INT.Create_resized(-8, 24));
    return made;
}

}  // namespace

TEST_CASE("decode tells each constructor and its arguments, make uses them again", "[datatype]") {
    for (Made& made : all()) {
        CAPTURE(made.name);
        CHECK_FALSE(made.type.is_named());
        CHECK_FALSE(made.type.is_predefined());
        CHECK(made.type.envelope().combiner == made.type.combiner());
        const Datatype::Decoded decoded = made.type.decode();
        CHECK(decoded.name == made.name);
        CHECK(decoded.combiner == made.type.combiner());
        CHECK((decoded.basetype == MPI::INT) == (made.name != "STRUCT"));
        Datatype again = decoded.make();
        CHECK_FALSE(again == made.type);
        CHECK(again.combiner() == made.type.combiner());
        CHECK(again.lb() == made.type.lb());
        CHECK(again.extent() == made.type.extent());
        CHECK(image(again) == image(made.type));
    }
}

TEST_CASE("decode gives the arguments by their names", "[datatype]") {
    std::map<std::string, Datatype::Decoded> d;
    for (const Made& made : all()) d.emplace(made.name, made.type.decode());
    using Counts = std::vector<Count>;
    CHECK(d["CONTIGUOUS"].count == 3);
    CHECK(d["VECTOR"].count == 3);
    CHECK(d["VECTOR"].blocklength == 2);
    CHECK(d["VECTOR"].stride == 5);
    CHECK(d["HVECTOR"].blocklength == 2);
    CHECK(d["HVECTOR"].stride == 28);
    CHECK(d["INDEXED"].blocklengths == Counts{2, 1, 0});
    CHECK(d["INDEXED"].displacements == Counts{4, 0, 9});
    CHECK(d["HINDEXED"].blocklengths == Counts{2, 1});
    CHECK(d["HINDEXED"].displacements == Counts{16, 0});
    CHECK(d["INDEXED_BLOCK"].blocklength == 2);
    CHECK(d["INDEXED_BLOCK"].displacements == Counts{4, 0, 8});
    CHECK(d["HINDEXED_BLOCK"].displacements == Counts{16, 0});
    CHECK(d["STRUCT"].blocklengths == Counts{1, 2});
    CHECK(d["STRUCT"].displacements == Counts{0, 8});
    CHECK(d["STRUCT"].datatypes.size() == 2);
    CHECK(d["STRUCT"].datatypes.at(0) == MPI::CHAR);
    CHECK(d["STRUCT"].datatypes.at(1) == MPI::DOUBLE);
    CHECK(d["STRUCT"].basetype.is_null());
    CHECK(d["SUBARRAY"].sizes == Counts{3, 4, 5});
    CHECK(d["SUBARRAY"].subsizes == Counts{2, 2, 3});
    CHECK(d["SUBARRAY"].starts == Counts{1, 2, 0});
    CHECK(d["SUBARRAY"].order == MPI::ORDER_FORTRAN);
    CHECK(d["DARRAY"].size == 6);
    CHECK(d["DARRAY"].rank == 4);
    CHECK(d["DARRAY"].gsizes == Counts{7, 6});
    CHECK(d["DARRAY"].distribs == Counts{MPI::DISTRIBUTE_CYCLIC, MPI::DISTRIBUTE_BLOCK});
    CHECK(d["DARRAY"].dargs == Counts{2, MPI::DISTRIBUTE_DFLT_DARG});
    CHECK(d["DARRAY"].psizes == Counts{3, 2});
    CHECK(d["DARRAY"].order == MPI::ORDER_C);
    CHECK(d["RESIZED"].lb == -8);
    CHECK(d["RESIZED"].extent == 24);
}

TEST_CASE("A predefined type is named and has no contents", "[datatype]") {
    CHECK(MPI::DOUBLE.is_named());
    CHECK(MPI::DOUBLE.is_predefined());
    CHECK(MPI::DOUBLE.combiner() == MPI::COMBINER_NAMED);
    CHECK(MPI::DOUBLE.contents().datatypes.empty());
    const Datatype::Decoded decoded = MPI::DOUBLE.decode();
    CHECK(decoded.name == "NAMED");
    CHECK(decoded.basetype == MPI::DOUBLE);
    CHECK(decoded.make() == MPI::DOUBLE);
    CHECK(MPI::DATATYPE_NULL.is_predefined());
    CHECK_THROWS_AS((void)MPI::DATATYPE_NULL.Get_envelope(), MPI::Exception);
    CHECK_THROWS_AS((void)MPI::DATATYPE_NULL.decode(), MPI::Exception);
}

TEST_CASE("A type of Fortran is predefined, and tells what was asked for", "[datatype]") {
    if (MPI::INTEGER.is_null())
        return;
    const Datatype real = Datatype::Create_f90_real(6, 30), complex = Datatype::Create_f90_complex(15, 300),
                   integer = Datatype::Create_f90_integer(9);
    CHECK(real.is_predefined());
    CHECK_FALSE(real.is_named());
    CHECK(real.decode().name == "F90_REAL");
    CHECK(real.decode().p == 6);
    CHECK(real.decode().r == 30);
    CHECK(real.decode().make() == real);
    CHECK(complex.decode().name == "F90_COMPLEX");
    CHECK(complex.decode().p == 15);
    CHECK(complex.decode().make() == complex);
    CHECK(integer.decode().name == "F90_INTEGER");
    CHECK(integer.decode().r == 9);
    CHECK(integer.decode().make() == integer);
    const Datatype::Decoded within = real.Create_contiguous(2).decode();  // what contents borrow is not freed
    CHECK(within.basetype.is_predefined());
}

TEST_CASE("Types within types are decoded one after the other, and freed", "[datatype]") {
    const auto nested = [] {
        const Datatype column = MPI::DOUBLE.Create_vector(3, 1, 4).Resized(0, 8);
        return Datatype::Create_struct({1, 2}, {0, 8}, {MPI::INT, column});
    };
    for (int i = 0; i < 1000; ++i) {  // none of the handles is kept
        const Datatype::Decoded all = nested().decode();
        const Datatype::Decoded resized = all.datatypes.at(1).decode(), vector = resized.basetype.decode();
        if (i > 0)
            continue;
        CHECK(all.datatypes.at(0).is_named());
        CHECK(resized.name == "RESIZED");
        CHECK(vector.name == "VECTOR");
        CHECK(vector.stride == 4);
        CHECK(vector.basetype == MPI::DOUBLE);
    }
}

TEST_CASE("Contents are what MPI keeps", "[datatype]") {
    const Datatype type = MPI::INT.Create_hvector(3, 2, 28);
    const Datatype::Envelope envelope = type.Get_envelope();
    CHECK(envelope.integers == 2);
    CHECK(envelope.addresses == 1);
    CHECK(envelope.large_counts == 0);
    CHECK(envelope.datatypes == 1);
    CHECK(envelope.combiner == MPI::COMBINER_HVECTOR);
    const Datatype::Contents contents = type.Get_contents();
    CHECK(contents.integers == std::vector{3, 2});
    CHECK(contents.addresses == std::vector<Aint>{28});
    CHECK(contents.large_counts.empty());
    CHECK(contents.datatypes.at(0) == MPI::INT);
}

TEST_CASE("Arguments beyond int are decoded where the MPI has large counts", "[datatype]") {
    const Count many = Count(INT_MAX) + 2;
    const auto is_large = [](const Datatype& type) { return type.envelope().large_counts > 0; };
    if (!is_large(MPI::CHAR.Create_contiguous(many)))
        return;  // it is made of other types
    CHECK(MPI::CHAR.Create_contiguous(many).decode().count == many);
    CHECK(MPI::CHAR.Create_vector(2, 3, many).decode().stride == many);
    CHECK(MPI::CHAR.Create_hvector(2, many, 2 * many).decode().stride == 2 * many);
    const Datatype::Decoded indexed = MPI::CHAR.Create_indexed({many, 1}, {0, 2 * many}).decode();
    CHECK(indexed.blocklengths == std::vector<Count>{many, 1});
    CHECK(indexed.displacements == std::vector<Count>{0, 2 * many});
    const Datatype::Decoded hindexed = MPI::CHAR.Create_hindexed({many, 1}, {0, 2 * many}).decode();
    CHECK(hindexed.blocklengths == std::vector<Count>{many, 1});
    CHECK(hindexed.displacements == std::vector<Count>{0, 2 * many});
    CHECK(MPI::CHAR.Create_hindexed_block(many, {0, 2 * many}).decode().displacements == std::vector<Count>{0, 2 * many});
    CHECK(MPI::CHAR.Create_indexed_block(many, {0, 2 * many}).decode().blocklength == many);
    const Datatype::Decoded members = Datatype::Create_struct({many, 1}, {0, 8 * many}, {MPI::CHAR, MPI::DOUBLE}).decode();
    CHECK(members.displacements == std::vector<Count>{0, 8 * many});
    CHECK(members.datatypes.at(1) == MPI::DOUBLE);
    const Datatype::Decoded block = MPI::CHAR.Create_subarray({4, many}, {2, many - 1}, {1, 1}).decode();
    CHECK(block.sizes == std::vector<Count>{4, many});
    CHECK(block.starts == std::vector<Count>{1, 1});
    CHECK(block.order == MPI::ORDER_C);
    const Datatype::Decoded share = MPI::CHAR.Create_darray(2, 1, {2 * many}, {MPI::DISTRIBUTE_BLOCK}, {MPI::DISTRIBUTE_DFLT_DARG}, {2}).decode();
    CHECK(share.gsizes == std::vector<Count>{2 * many});
    CHECK(share.psizes == std::vector<Count>{2});
}
