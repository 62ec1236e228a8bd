#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <complex>
#include <string_view>

namespace MPI = mpi4cxx;

namespace {

struct Point {
    double x;
    int y;
};

/// A range of all its elements, whose size() is its number of rows.
struct Sheet {
    std::vector<double> elements = std::vector<double>(6);

    double* data() { return elements.data(); }
    double* begin() { return data(); }
    double* end() { return data() + elements.size(); }
    [[nodiscard]] const double* data() const { return elements.data(); }
    [[nodiscard]] const double* begin() const { return data(); }
    [[nodiscard]] const double* end() const { return data() + elements.size(); }
    [[nodiscard]] static std::size_t size() { return 2; }
};

struct Seen {
    const void* data;
    MPI::Count count;
    MPI_Datatype type;
    bool operator==(const Seen&) const = default;
};

// What a method sees of the argument that it is called with.
Seen sends(MPI::ConstBufArg buf) { return {buf.data, buf.count, buf.type}; }
Seen receives(MPI::Buf buf) { return {buf.data, buf.count, buf.type}; }
Seen sends_later(MPI::ConstBuf buf) { return {buf.data, buf.count, buf.type}; }

/// All three kinds.
template <class T> void check_all(T& object, const Seen& expected) {
    CHECK(sends(object) == expected);
    CHECK(receives(object) == expected);
    CHECK(sends_later(object) == expected);
    CHECK(sends(std::as_const(object)) == expected);
    CHECK(sends_later(std::as_const(object)) == expected);
}

struct SeenV {
    Seen buf;
    std::vector<MPI::Count> counts, displs;
    bool packed;
    bool operator==(const SeenV&) const = default;
};

template <class V> SeenV seen(const V& buf) {
    SeenV result{{buf.data, buf.count, buf.type}, {}, {}, buf.packed};
    for (std::size_t i = 0; i < buf.ranks; ++i) result.counts.push_back(buf.counts[i]);
    for (std::size_t i = 0; i < buf.displacements; ++i) result.displs.push_back(buf.displs[i]);
    return result;
}
SeenV sends_blocks(MPI::ConstBufVArg buf) { return seen(buf); }
SeenV receives_blocks(MPI::BufVArg buf) { return seen(buf); }

}  // namespace

TEST_CASE("Any contiguous range of mapped elements is a buffer", "[buffer]") {
    std::vector<double> vector(3);
    check_all(vector, {vector.data(), 3, MPI_DOUBLE});
    std::array<float, 4> array{};
    check_all(array, {array.data(), 4, MPI_FLOAT});
    int plain[5] = {};
    check_all(plain, {plain, 5, MPI_INT});
    std::string text = "hello";
    check_all(text, {text.data(), 5, MPI_CHAR});
    std::vector<std::byte> bytes(2);
    check_all(bytes, {bytes.data(), 2, MPI_BYTE});
    std::vector<Point> points(2);
    check_all(points, {points.data(), 2, MPI::datatype_traits<Point>::get()});
    int matrix[2][3] = {};
    check_all(matrix, {matrix, 2, MPI::datatype_traits<int[3]>::get()});
    std::vector<std::array<int, 3>> rows(4);
    check_all(rows, {rows.data(), 4, MPI::datatype_traits<std::array<int, 3>>::get()});
    std::vector<int> empty;
    check_all(empty, {empty.data(), 0, MPI_INT});
    std::vector<MPI::Count> counts(2);
    check_all(counts, {counts.data(), 2, MPI::datatype_traits<MPI::Count>::get()});
    Sheet sheet;
    check_all(sheet, {sheet.data(), 6, MPI_DOUBLE});
}

TEST_CASE("One element is a buffer", "[buffer]") {
    int number = 1;
    check_all(number, {&number, 1, MPI_INT});
    bool flag = false;
    check_all(flag, {&flag, 1, MPI_C_BOOL});
    std::complex<double> complex;
    check_all(complex, {&complex, 1, MPI_C_DOUBLE_COMPLEX});
    Point point{};
    check_all(point, {&point, 1, MPI::datatype_traits<Point>::get()});
    std::pair<double, int> pair;
    check_all(pair, {&pair, 1, MPI_DOUBLE_INT});
    std::tuple<char, int> tuple;
    check_all(tuple, {&tuple, 1, MPI::datatype_traits<std::tuple<char, int>>::get()});
}

TEST_CASE("Views may be temporary, what they look at lasts", "[buffer]") {
    std::vector<int> vector(6);
    const Seen middle{vector.data() + 1, 4, MPI_INT};
    CHECK(sends(std::span(vector).subspan(1, 4)) == middle);
    CHECK(receives(std::span(vector).subspan(1, 4)) == middle);
    CHECK(sends_later(std::span(vector).subspan(1, 4)) == middle);
    CHECK(sends_later(std::span<const int>(vector).subspan(1, 4)) == middle);
    const std::span<int> view(vector);  // a const view of elements that are not
    CHECK(receives(view) == Seen{vector.data(), 6, MPI_INT});
    using namespace std::string_view_literals;
    constexpr auto text = "text"sv;
    CHECK(sends(text) == Seen{text.data(), 4, MPI_CHAR});
    CHECK(sends_later("text"sv.substr(1)).count == 3);
}

TEST_CASE("Blocking sends take temporaries", "[buffer]") {
    CHECK(sends(std::vector{1, 2, 3}).count == 3);
    CHECK(sends(3.5).type == MPI_DOUBLE);
    CHECK(sends("text").count == 5);  // an array of char, with its end
}

TEST_CASE("A buffer can be spelled out", "[buffer]") {
    std::vector<double> v(6);
    const std::vector<double>& c = v;
    const Seen expected{v.data(), 4, MPI_DOUBLE};
    CHECK(sends({v.data(), 4, MPI::DOUBLE}) == expected);
    CHECK(sends({c.data(), 4, MPI::DOUBLE}) == expected);
    CHECK(receives({v.data(), 4, MPI::DOUBLE}) == expected);
    CHECK(sends_later({v.data(), 4, MPI::DOUBLE}) == expected);
    CHECK(sends_later({c.data(), 4, MPI::DOUBLE}) == expected);
    CHECK(sends({v.data(), 4}) == expected);
    CHECK(sends({c.data(), 4}) == expected);
    CHECK(receives({v.data(), 4}) == expected);
    CHECK(sends_later({c.data(), 4}) == expected);
    // counts of any integer, not narrowed
    const MPI::Count large = MPI::Count(1) << 40;
    CHECK(sends({v.data(), v.size()}).count == 6);
    CHECK(sends({v.data(), large}).count == large);
    CHECK(receives({v.data(), std::size_t(1) << 33, MPI::BYTE}).count == MPI::Count(1) << 33);
    CHECK(sends({v.data(), short(2), MPI::DOUBLE}).count == 2);
    const MPI::Datatype pair = MPI::DOUBLE.Create_contiguous(2).Commit();
    CHECK(receives({v.data(), 3, pair}) == Seen{v.data(), 3, pair.handle()});
    CHECK(sends({nullptr, 0, MPI::INT}) == Seen{nullptr, 0, MPI_INT});
}

TEST_CASE("A buffer whose datatype is null is refused", "[buffer][error]") {
    int data = 0;
    CHECK(error_of_class(MPI::ERR_TYPE, [&] { (void)sends({&data, 1, MPI::DATATYPE_NULL}); }).find("the datatype is null") != std::string::npos);
    CHECK(error_class([&] { (void)receives({&data, 1, MPI::DATATYPE_NULL}); }) == MPI::ERR_TYPE);
    CHECK(error_class([&] { (void)sends_later({&data, 1, MPI::DATATYPE_NULL}); }) == MPI::ERR_TYPE);
}

TEST_CASE("Braces stand for no buffer, IN_PLACE and BOTTOM for themselves", "[buffer]") {
    const Seen none{nullptr, 0, MPI_BYTE};
    CHECK(sends({}) == none);
    CHECK(receives({}) == none);
    CHECK(sends_later({}) == none);
    CHECK(sends(MPI::IN_PLACE).data == MPI_IN_PLACE);
    CHECK(receives(MPI::IN_PLACE).data == MPI_IN_PLACE);
    CHECK(sends_later(MPI::IN_PLACE).data == MPI_IN_PLACE);
    CHECK(MPI::ConstBuf(MPI::IN_PLACE).is_in_place());
    CHECK(MPI::Buf(MPI::IN_PLACE).is_in_place());
    CHECK_FALSE(MPI::Buf().is_in_place());
    CHECK(sends({MPI::BOTTOM, 2, MPI::INT}) == Seen{MPI_BOTTOM, 2, MPI_INT});
    CHECK(receives({MPI::BOTTOM, 2, MPI::INT}) == Seen{MPI_BOTTOM, 2, MPI_INT});
    CHECK(sends_later({MPI::BOTTOM, 2, MPI::INT}) == Seen{MPI_BOTTOM, 2, MPI_INT});
}

TEST_CASE("BOTTOM goes with absolute addresses", "[buffer]") {
    const int sent = 7;
    int received = 0;
    const auto absolute = [](const int& number) { return MPI::Datatype::Create_struct({1}, {MPI::Get_address(&number)}, {MPI::INT}).Commit(); };
    MPI::COMM_SELF.Sendrecv({MPI::BOTTOM, 1, absolute(sent)}, 0, 0, {MPI::BOTTOM, 1, absolute(received)}, 0);
    CHECK(received == 7);
}

TEST_CASE("A buffer can be kept and passed on", "[buffer]") {
    std::vector<int> v(3);
    const Seen expected{v.data(), 3, MPI_INT};
    const MPI::Buf writable = v;
    const MPI::ConstBuf readable = v;
    CHECK(receives(writable) == expected);
    CHECK(sends(writable) == expected);
    CHECK(sends_later(writable) == expected);
    CHECK(sends_later(MPI::Buf(v)) == expected);  // a view: what it looks at lasts
    CHECK(sends(readable) == expected);
    CHECK(sends_later(readable) == expected);
}

TEST_CASE("A buffer of blocks has a count and a displacement a rank", "[buffer]") {
    std::vector<double> whole(6);
    const std::vector<double>& constant = whole;
    const std::vector<int> counts{1, 2, 3}, displs{5, 3, 0};
    const SeenV spread{{whole.data(), 6, MPI_DOUBLE}, {1, 2, 3}, {5, 3, 0}, false};
    CHECK(receives_blocks({whole, counts, displs}) == spread);
    CHECK(sends_blocks({whole, counts, displs}) == spread);
    CHECK(sends_blocks({constant, counts, displs}) == spread);
    CHECK(sends_blocks(MPI::BufV(whole, counts, displs)) == spread);
    CHECK(receives_blocks({{whole.data(), 6, MPI::DOUBLE}, counts, displs}) == spread);
    CHECK(sends_blocks({{constant.data(), 6, MPI::DOUBLE}, counts, displs}) == spread);

    const SeenV packed{{whole.data(), 6, MPI_DOUBLE}, {1, 2, 3}, {}, true};
    CHECK(receives_blocks({whole, counts}) == packed);
    CHECK(sends_blocks({constant, counts}) == packed);
    CHECK(receives_blocks({std::span(whole), std::array{1, 2, 3}}) == packed);
    double array[6]{};
    const double* pointer = array;
    CHECK(receives_blocks({array, counts}) == SeenV{{array, 6, MPI_DOUBLE}, {1, 2, 3}, {}, true});  // whose length is known
    CHECK(sends_blocks({std::as_const(array), counts}) == SeenV{{array, 6, MPI_DOUBLE}, {1, 2, 3}, {}, true});
    CHECK(sends_blocks({pointer, counts}).buf.count > 6);  // whose length is not
    CHECK(receives_blocks({array + 0, counts}).buf.count > 6);

    SECTION("also wider than int") {
        const MPI::Count far = MPI::Count(1) << 40;
        const std::vector<MPI::Count> wide{1, 2, far};
        const std::vector<MPI::Aint> away{far, 3, 0};
        const SeenV expected{{whole.data(), 6, MPI_DOUBLE}, {1, 2, far}, {far, 3, 0}, false};
        CHECK(receives_blocks({whole, wide, away}) == expected);
        CHECK(sends_blocks({constant, wide, away}) == expected);
        CHECK(receives_blocks({whole, wide}).packed);
        CHECK(MPI::BufV(whole, wide).counts.is_wide());
        CHECK_FALSE(MPI::BufV(whole, counts).counts.is_wide());
    }
    SECTION("or is none, or in place") {
        CHECK(receives_blocks({}) == SeenV{{nullptr, 0, MPI_BYTE}, {}, {}, true});
        CHECK(sends_blocks({}) == SeenV{{nullptr, 0, MPI_BYTE}, {}, {}, true});
        CHECK(MPI::BufV(MPI::IN_PLACE).is_in_place());
        CHECK(MPI::ConstBufV(MPI::IN_PLACE).is_in_place());
    }
}

TEST_CASE("Concepts tell what a buffer can be made from", "[buffer]") {
    STATIC_REQUIRE(MPI::ElementRange<std::vector<int>>);
    STATIC_REQUIRE(MPI::ElementRange<const std::string>);
    STATIC_REQUIRE(MPI::ElementRange<int[3]>);
    STATIC_REQUIRE(MPI::ElementRange<std::span<const Point>>);
    STATIC_REQUIRE_FALSE(MPI::ElementRange<int>);
    STATIC_REQUIRE_FALSE(MPI::ElementRange<std::vector<std::string>>);
    STATIC_REQUIRE(MPI::Bufferable<int>);
    STATIC_REQUIRE(MPI::Bufferable<Point>);
    STATIC_REQUIRE(MPI::Bufferable<std::array<int, 2>>);
    STATIC_REQUIRE_FALSE(MPI::Bufferable<std::vector<bool>>);
    STATIC_REQUIRE_FALSE(MPI::Bufferable<int*>);
}
