#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <climits>
#include <complex>
#include <cstring>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <variant>

namespace MPI = mpi4cxx;

namespace {

template <class T> MPI_Datatype raw() { return MPI::datatype_traits<T>::get(); }
template <class T> MPI::Datatype type_of() { return MPI::Datatype::borrow(raw<T>()); }

/// How many blocks of elements the datatype of `T` has: the arguments of the struct under the last resize.
template <class T> int blocks() {
    const auto arguments = [](MPI_Datatype type, auto use) {
        int integers = 0, addresses = 0, types = 0, combiner = 0;
        MPI_Type_get_envelope(type, &integers, &addresses, &types, &combiner);
        std::vector<int> i(static_cast<std::size_t>(integers));
        std::vector<MPI_Aint> a(static_cast<std::size_t>(addresses));
        std::vector<MPI_Datatype> t(static_cast<std::size_t>(types));
        MPI_Type_get_contents(type, integers, addresses, types, i.data(), a.data(), t.data());
        use(combiner, i, t);
    };
    int result = -1;
    arguments(raw<T>(), [&](int resized, auto&, auto& types) {
        MPI::Datatype inner = MPI::Datatype::take(types.at(0));
        if (resized == MPI_COMBINER_RESIZED)
            arguments(inner.handle(), [&](int combiner, auto& integers, auto&) { result = combiner == MPI_COMBINER_STRUCT ? integers.at(0) : -2; });
    });
    return result;
}

/// What arrives when `sent` goes round a ring into memory filled with 0xa5.
template <class T> T moved(const T& sent) {
    T received;
    std::memset(static_cast<void*>(&received), 0xa5, sizeof received);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int next = (comm.rank() + 1) % comm.size(), previous = (comm.rank() + comm.size() - 1) % comm.size();
    comm.Sendrecv({&sent, 1}, next, 0, {&received, 1}, previous);
    return received;
}

/// The bytes of `T` that the transfer of one leaves as they were.
template <class T> std::size_t untouched(const T& sent) {
    unsigned char received[sizeof(T)];
    std::memset(received, 0xa5, sizeof received);
    unsigned char image[sizeof(T)];
    std::memset(image, 0x5a, sizeof image);  // the sender's padding
    const MPI::Datatype type = type_of<T>();
    std::vector<char> packed(sizeof(T));
    int position = 0;
    MPI_Pack(&sent, 1, type.handle(), packed.data(), static_cast<int>(packed.size()), &position, MPI_COMM_SELF);
    int from = 0;
    MPI_Unpack(packed.data(), position, &from, image, 1, type.handle(), MPI_COMM_SELF);
    MPI::COMM_SELF.Sendrecv({image, 1, type}, 0, 0, {received, 1, type}, 0);
    std::size_t result = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
        CHECK((received[i] == 0xa5 || received[i] == image[i]));
        result += received[i] == 0xa5 && image[i] == 0x5a ? 1 : 0;
    }
    return result;
}

enum Plain : unsigned short { one, two };
enum class Scoped : signed char { a, b };

struct Particle {
    char kind;
    double position[3];
    short charge;
    bool alive;
};
struct Nested {
    Particle particles[2];
    std::array<float, 2> field;
    std::pair<int, char> label;
    Scoped state;
};
struct Single {
    double x;
};
struct Flags {
    bool a, b;
    bool more[3];
};
struct Constants {
    const int id;
    std::array<const short, 2> pair;
};
struct Wide32 {
    int m01, m02, m03, m04, m05, m06, m07, m08, m09, m10, m11, m12, m13, m14, m15, m16;
    char m17, m18, m19, m20, m21, m22, m23, m24, m25, m26, m27, m28, m29, m30, m31;
    double m32;
};
struct Neighbours {  // members of one type in a row, across nested aggregates
    double a;
    Single b;
    double c[2];
    std::array<Single, 3> d;
    int e;
};

// What is not a plain aggregate of mapped members.
struct Wide33 : Wide32 {};  // NOLINT: a base
struct TooWide {
    int m01, m02, m03, m04, m05, m06, m07, m08, m09, m10, m11, m12, m13, m14, m15, m16, m17;
    int m18, m19, m20, m21, m22, m23, m24, m25, m26, m27, m28, m29, m30, m31, m32, m33;
};
struct Derived : Single {
    int y;
};
struct Text {
    int a;
    std::string b;
};
struct Pointing {
    int a;
    double* b;
};
struct Empty {};
struct Virtual {
    virtual ~Virtual() = default;
    int a;
};
class Private {
public:
    int a = 0;
    [[nodiscard]] int get() const { return b_; }

private:
    int b_ = 0;
};
union Union {
    int a;
    float b;
};

// What a user specialises.
class Opaque {
public:
    Opaque() = default;
    explicit Opaque(int value) : value_(value) {}
    bool operator==(const Opaque&) const = default;
    int hidden = 7;  // not sent

private:
    int value_ = 0;
};
struct Halved {  // an aggregate, of which only the first member is to be sent
    int sent, kept;
};
struct WithHalved {
    char a;
    Halved b[2];
    Opaque c;
};
template <class T> struct Vec { T x, y, z; };

}  // namespace

template <> struct mpi4cxx::datatype_traits<Opaque> {
    static MPI_Datatype get() {
        static const MPI_Datatype type = [] {
            return MPI::Datatype::Create_struct({1}, {sizeof(int)}, {MPI::INT}).Create_resized(0, sizeof(Opaque)).Commit().release();
        }();
        return type;
    }
};
template <> struct mpi4cxx::datatype_traits<Halved> {
    static MPI_Datatype get() {
        static const MPI_Datatype type = MPI::INT.Create_resized(0, sizeof(Halved)).Commit().release();
        return type;
    }
};
template <class T> struct mpi4cxx::datatype_traits<Vec<T>> {
    static MPI_Datatype get() {
        static const MPI_Datatype type = type_of<T>().Create_contiguous(3).Commit().release();
        return type;
    }
};

TEST_CASE("Every builtin type has the MPI's own datatype", "[datatype][traits]") {
    CHECK(raw<char>() == MPI_CHAR);
    CHECK(raw<signed char>() == MPI_SIGNED_CHAR);
    CHECK(raw<unsigned char>() == MPI_UNSIGNED_CHAR);
    CHECK(raw<wchar_t>() == MPI_WCHAR);
    CHECK(raw<char8_t>() == MPI_UINT8_T);
    CHECK(raw<char16_t>() == MPI_UINT16_T);
    CHECK(raw<char32_t>() == MPI_UINT32_T);
    CHECK(raw<bool>() == MPI_C_BOOL);
    CHECK(raw<std::byte>() == MPI_BYTE);
    CHECK(raw<short>() == MPI_SHORT);
    CHECK(raw<unsigned short>() == MPI_UNSIGNED_SHORT);
    CHECK(raw<int>() == MPI_INT);
    CHECK(raw<unsigned>() == MPI_UNSIGNED);
    CHECK(raw<long>() == MPI_LONG);
    CHECK(raw<unsigned long>() == MPI_UNSIGNED_LONG);
    CHECK(raw<long long>() == MPI_LONG_LONG);
    CHECK(raw<unsigned long long>() == MPI_UNSIGNED_LONG_LONG);
    CHECK(raw<float>() == MPI_FLOAT);
    CHECK(raw<double>() == MPI_DOUBLE);
    CHECK(raw<long double>() == MPI_LONG_DOUBLE);
    CHECK(raw<std::complex<float>>() == MPI_C_FLOAT_COMPLEX);
    CHECK(raw<std::complex<double>>() == MPI_C_DOUBLE_COMPLEX);
    CHECK(raw<std::complex<long double>>() == MPI_C_LONG_DOUBLE_COMPLEX);
    CHECK(raw<Plain>() == MPI_UNSIGNED_SHORT);
    CHECK(raw<Scoped>() == MPI_SIGNED_CHAR);
    using std::pair;
    CHECK(raw<pair<float, int>>() == MPI_FLOAT_INT);
    CHECK(raw<pair<double, int>>() == MPI_DOUBLE_INT);
    CHECK(raw<pair<long, int>>() == MPI_LONG_INT);
    CHECK(raw<pair<int, int>>() == MPI_2INT);
    CHECK(raw<pair<short, int>>() == MPI_SHORT_INT);
    CHECK(raw<pair<long double, int>>() == MPI_LONG_DOUBLE_INT);
}

TEST_CASE("Each element type arrives as it was sent", "[datatype][traits]") {
    CHECK(moved(std::numeric_limits<unsigned long long>::max()) == std::numeric_limits<unsigned long long>::max());
    CHECK(moved(-1.5L) == -1.5L);
    CHECK(moved(std::complex<double>(1, -2)) == std::complex<double>(1, -2));
    CHECK(moved(std::byte{0xfe}) == std::byte{0xfe});
    CHECK(moved(U'\x1F600') == U'\x1F600');
    CHECK(moved(Scoped::b) == Scoped::b);
    CHECK(moved(std::array<std::array<int, 2>, 2>{{{1, 2}, {3, 4}}}) == std::array<std::array<int, 2>, 2>{{{1, 2}, {3, 4}}});
    CHECK(moved(std::pair<char, double>('x', 2.5)) == std::pair<char, double>('x', 2.5));
    CHECK(moved(std::pair<const int, double>(3, 2.5)) == std::pair<const int, double>(3, 2.5));  // of a map
    CHECK(moved(std::tuple<char, double, short>('x', 2.5, 3)) == std::tuple<char, double, short>('x', 2.5, 3));
    CHECK(moved(std::pair<long double, int>(1, 2)) == std::pair<long double, int>(1, 2));
}

TEST_CASE("A plain aggregate arrives member by member", "[datatype][traits]") {
    const Particle p = moved(Particle{'e', {1, 2, 3}, -1, true});
    CHECK(p.kind == 'e');
    CHECK(p.position[2] == 3);
    CHECK(p.charge == -1);
    CHECK(p.alive);

    const Nested n = moved(Nested{{{'a', {1, 2, 3}, 4, false}, {'b', {5, 6, 7}, 8, true}}, {0.5F, 1.5F}, {-9, 'z'}, Scoped::b});
    CHECK(n.particles[1].kind == 'b');
    CHECK(n.particles[1].position[0] == 5);
    CHECK_FALSE(n.particles[0].alive);
    CHECK(n.field[1] == 1.5F);
    CHECK(n.label == std::pair(-9, 'z'));
    CHECK(n.state == Scoped::b);

    CHECK(moved(Single{3.5}).x == 3.5);
    const Flags f = moved(Flags{true, false, {false, true, true}});
    CHECK(f.a);
    CHECK_FALSE(f.b);
    CHECK(f.more[2]);
    Wide32 wide{};
    wide.m01 = 1;
    wide.m16 = 16;
    wide.m17 = 'a';
    wide.m31 = 'z';
    wide.m32 = 3.25;
    const Wide32 w = moved(wide);
    CHECK(w.m01 == 1);
    CHECK(w.m16 == 16);
    CHECK(w.m17 == 'a');
    CHECK(w.m31 == 'z');
    CHECK(w.m32 == 3.25);
}

TEST_CASE("Padding is not sent and the receiver's is not touched", "[datatype][traits]") {
    CHECK(type_of<Particle>().Get_size() == static_cast<MPI::Count>(sizeof(char) + 3 * sizeof(double) + sizeof(short) + sizeof(bool)));
    CHECK(type_of<Particle>().Get_extent().extent == static_cast<MPI::Count>(sizeof(Particle)));
    CHECK(untouched(Particle{'e', {1, 2, 3}, -1, true}) == sizeof(Particle) - static_cast<std::size_t>(type_of<Particle>().Get_size()));
    CHECK(untouched(Nested{}) == sizeof(Nested) - static_cast<std::size_t>(type_of<Nested>().Get_size()));
    CHECK(untouched(std::tuple<char, double, short>('x', 2.5, 3)) == sizeof(std::tuple<char, double, short>) - 11);
    CHECK(untouched(std::pair<char, double>('x', 2.5)) == 7);
    CHECK(untouched(Single{1}) == 0);
}

TEST_CASE("A vector of aggregates steps from one to the next", "[datatype][traits]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const std::vector<Particle> sent(5, Particle{'e', {1, 2, 3}, static_cast<short>(comm.rank()), true});
        std::vector<Particle> all(5 * static_cast<std::size_t>(comm.size()));
        comm.Allgather(sent, all);
        for (std::size_t i = 0; i < all.size(); ++i) {
            CHECK(all[i].charge == static_cast<short>(i / 5));
            CHECK(all[i].position[1] == 2);
        }
    });
}

TEST_CASE("Members of one type in a row become one block", "[datatype][traits]") {
    CHECK(blocks<Neighbours>() == 3);  // a to c; the array of aggregates; e
    CHECK(blocks<Single>() == 1);
    CHECK(blocks<Flags>() == 1);
    CHECK(blocks<Wide32>() == 3);
    CHECK(blocks<int[2][3]>() == 1);
    CHECK(blocks<std::array<std::array<int, 2>, 3>>() == 1);
    CHECK(blocks<Particle>() == 4);
}

TEST_CASE("The datatype of a type is made once", "[datatype][traits]") {
    CHECK(MPI::datatype_traits<Particle>::get() == MPI::datatype_traits<Particle>::get());
    CHECK(MPI::datatype_traits<int[3]>::get() == MPI::datatype_traits<int[3]>::get());
}

TEST_CASE("The datatype of a type cannot be freed by who borrows it", "[datatype][traits][error]") {
    struct Pair {
        int a, b;
    };
    CHECK(error_class([] { MPI::datatype_of<Pair>().Free(); }) == MPI::ERR_ARG);
    CHECK(moved(Pair{1, 2}).b == 2);
    MPI::datatype_of<Pair>().Dup().Free();  // a copy is its owner's
}

TEST_CASE("Arrays longer than int have a datatype", "[datatype][traits]") {
    using Long = std::array<char, (std::size_t(1) << 32) + 5>;
    CHECK(type_of<Long>().Get_size() == (MPI::Count(1) << 32) + 5);
    CHECK(type_of<Long>().Get_extent().extent == (MPI::Count(1) << 32) + 5);
    struct Merged {
        std::array<char, INT_MAX> a;
        std::array<char, 2> b;
    };
    CHECK(type_of<Merged>().Get_size() == MPI::Count(INT_MAX) + 2);
}

TEST_CASE("Constant members are members", "[datatype][traits]") {
    STATIC_REQUIRE(MPI::Mapped<Constants>);
    STATIC_REQUIRE(MPI::Mapped<const Particle>);
    CHECK(type_of<Constants>().Get_size() == 8);
    CHECK(blocks<Constants>() == 2);
}

TEST_CASE("A user's datatype_traits win", "[datatype][traits]") {
    CHECK(moved(Opaque(42)).hidden == static_cast<int>(0xa5a5a5a5));
    Opaque opaque(0);
    MPI::COMM_SELF.Sendrecv(Opaque(42), 0, 0, opaque, 0);
    CHECK(opaque == Opaque(42));

    const Halved h = moved(Halved{1, 2});
    CHECK(h.sent == 1);
    CHECK(h.kept == static_cast<int>(0xa5a5a5a5));
    CHECK(type_of<Vec<double>>().Get_size() == 3 * static_cast<MPI::Count>(sizeof(double)));
    int integers = 0, addresses = 0, types = 0, combiner = 0;
    MPI_Type_get_envelope(MPI::datatype_traits<Vec<double>>::get(), &integers, &addresses, &types, &combiner);
    CHECK(combiner == MPI_COMBINER_CONTIGUOUS);

    SECTION("also of a member of an aggregate") {
        CHECK(type_of<WithHalved>().Get_size() == 1 + 3 * static_cast<MPI::Count>(sizeof(int)));
        const WithHalved w = moved(WithHalved{'a', {{1, 2}, {3, 4}}, Opaque(5)});
        CHECK(w.a == 'a');
        CHECK(w.b[0].sent == 1);
        CHECK(w.b[1].sent == 3);
        CHECK(w.b[1].kept == static_cast<int>(0xa5a5a5a5));
        CHECK(w.c.hidden == static_cast<int>(0xa5a5a5a5));
    }
    SECTION("also in arrays, pairs and tuples") {
        CHECK(type_of<Halved[2]>().Get_size() == 2 * static_cast<MPI::Count>(sizeof(int)));
        CHECK(type_of<std::pair<Halved, char>>().Get_size() == 1 + static_cast<MPI::Count>(sizeof(int)));
        CHECK(type_of<std::tuple<char, Halved>>().Get_size() == 1 + static_cast<MPI::Count>(sizeof(int)));
    }
}

TEST_CASE("What has no fixed layout has no datatype", "[datatype][traits]") {
    STATIC_REQUIRE_FALSE(MPI::Mapped<void>);
    STATIC_REQUIRE_FALSE(MPI::Mapped<int&>);
    STATIC_REQUIRE_FALSE(MPI::Mapped<int*>);
    STATIC_REQUIRE_FALSE(MPI::Mapped<const char*>);
    STATIC_REQUIRE_FALSE(MPI::Mapped<std::nullptr_t>);
    STATIC_REQUIRE_FALSE(MPI::Mapped<int[]>);
    STATIC_REQUIRE_FALSE(MPI::Mapped<std::string>);
    STATIC_REQUIRE_FALSE(MPI::Mapped<std::string_view>);
    STATIC_REQUIRE_FALSE(MPI::Mapped<std::vector<int>>);
    STATIC_REQUIRE_FALSE(MPI::Mapped<std::vector<bool>>);
    STATIC_REQUIRE_FALSE(MPI::ElementRange<std::vector<bool>>);
    STATIC_REQUIRE_FALSE(MPI::Mapped<std::map<int, int>>);
    STATIC_REQUIRE_FALSE(MPI::Mapped<std::optional<int>>);
    STATIC_REQUIRE_FALSE(MPI::Mapped<std::variant<int, double>>);
    STATIC_REQUIRE_FALSE(MPI::Mapped<std::unique_ptr<int>>);
    STATIC_REQUIRE_FALSE(MPI::Mapped<std::pair<int, std::string>>);
    STATIC_REQUIRE_FALSE(MPI::Mapped<std::tuple<>>);
    STATIC_REQUIRE_FALSE(MPI::Mapped<std::tuple<int, std::string>>);
    STATIC_REQUIRE_FALSE(MPI::Mapped<std::array<std::string, 2>>);
    STATIC_REQUIRE_FALSE(MPI::Mapped<Wide33>);
    STATIC_REQUIRE_FALSE(MPI::Mapped<TooWide>);
    STATIC_REQUIRE_FALSE(MPI::Mapped<Derived>);
    STATIC_REQUIRE_FALSE(MPI::Mapped<Text>);
    STATIC_REQUIRE_FALSE(MPI::Mapped<Pointing>);
    STATIC_REQUIRE_FALSE(MPI::Mapped<Empty>);
    STATIC_REQUIRE_FALSE(MPI::Mapped<Virtual>);
    STATIC_REQUIRE_FALSE(MPI::Mapped<Private>);
    STATIC_REQUIRE_FALSE(MPI::Mapped<Union>);
    STATIC_REQUIRE_FALSE(MPI::Mapped<MPI::Datatype>);
}
