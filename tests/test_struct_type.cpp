#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <array>
#include <cstring>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

struct Body {
    double mass = 0;
    explicit Body(double m = 0) : mass(m) {}
};

class Particle : public Body {  // a base, a constructor, private members, one of them not to be sent
public:
    Particle() : Particle(0, 0) {}
    Particle(int id, double m) : Body(m), id_(id), place_{1.0 * id, 2.0 * id, 3.0 * id} {}
    [[nodiscard]] int id() const { return id_; }
    [[nodiscard]] double z() const { return place_[2]; }
    const char* here = "here";

private:
    friend struct mpi4cxx::datatype_traits<Particle>;
    char kind_ = 'p';
    int id_;
    double place_[3];
};

struct Flags {
    unsigned visible : 1, level : 5;
    int : 3;
    bool operator==(const Flags& other) const { return visible == other.visible && level == other.level; }  // clang++ 14's own compares the gap too
};
union Value {
    int i;
    float f;
};
struct Tagged {  // a plain aggregate of what is described by hand
    char tag;
    Flags flags;
    Particle particles[2];
};
struct Long {
    int m01, m02, m03, m04, m05, m06, m07, m08, m09, m10, m11, m12, m13, m14, m15, m16, m17;
    int m18, m19, m20, m21, m22, m23, m24, m25, m26, m27, m28, m29, m30, m31, m32, m33;
    double last;
};
struct Shape {
    virtual ~Shape() = default;
    [[nodiscard]] virtual int corners() const { return 0; }
    double area = 0;
};
struct Square : Shape {
    [[nodiscard]] int corners() const override { return 4; }
    float side = 0;
};
template <class T> class Point {
public:
    Point(T x, T y) : x_(x), y_(y) {}
    [[nodiscard]] T y() const { return y_; }

private:
    friend struct mpi4cxx::datatype_traits<Point>;
    T x_, y_;
};

}  // namespace

template <> struct mpi4cxx::datatype_traits<Body> : mpi4cxx::struct_type<Body, &Body::mass> {};
template <> struct mpi4cxx::datatype_traits<Particle>
    : mpi4cxx::struct_type<Particle, mpi4cxx::base_class<Body>, &Particle::kind_, &Particle::id_, &Particle::place_> {};
template <> struct mpi4cxx::datatype_traits<Flags> : mpi4cxx::bytes_type<Flags> {};
template <> struct mpi4cxx::datatype_traits<Value> : mpi4cxx::bytes_type<Value> {};
template <> struct mpi4cxx::datatype_traits<Long> : mpi4cxx::struct_type<Long, &Long::last, &Long::m33, &Long::m01, &Long::m02> {};
template <> struct mpi4cxx::datatype_traits<Square> : mpi4cxx::struct_type<Square, &Square::area, &Square::side> {};
template <class T> struct mpi4cxx::datatype_traits<Point<T>> : mpi4cxx::struct_type<Point<T>, &Point<T>::x_, &Point<T>::y_> {};

TEST_CASE("A class is described by its members, private ones and a base's too", "[datatype][struct]") {
    const MPI::Datatype type = MPI::datatype_of<Particle>();
    CHECK(type.size() == static_cast<MPI::Count>(4 * sizeof(double) + sizeof(int) + sizeof(char)));
    CHECK(type.lb() == 0);
    CHECK(type.extent() == static_cast<MPI::Count>(sizeof(Particle)));
    CHECK(contains(type.Get_name(), "Particle"));
    CHECK(MPI::datatype_of<const Particle>() == type);  // made once
    for_each_comm([](const MPI::Intracomm& comm) {
        std::vector<Particle> sent, received(3);
        for (int i = 0; i < 3; ++i) sent.emplace_back(10 * comm.rank() + i, 0.5);
        const char* const there = "there";
        for (Particle& p : sent) p.here = there;
        comm.Sendrecv(sent, right_of(comm), 0, received, left_of(comm));
        for (int i = 0; i < 3; ++i) {
            const Particle& p = received[static_cast<std::size_t>(i)];
            CHECK(p.id() == 10 * left_of(comm) + i);
            CHECK(p.z() == 3.0 * p.id());
            CHECK(p.mass == 0.5);
            CHECK(p.here == std::string("here"));  // was not named, so it is not sent
        }
    });
}

TEST_CASE("What a description leaves out is not sent with an object either", "[datatype][struct]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const char* const there = "there";
        Particle mine(comm.rank(), 0.5), other;
        mine.here = there;
        auto sent = comm.isend(mine, right_of(comm));
        comm.recv_into(other, left_of(comm));
        sent.wait();
        CHECK(other.id() == left_of(comm));
        CHECK(other.mass == 0.5);
        CHECK(other.here == std::string("here"));
        // Nor may an operation see it where MPI has made the element.
        const Particle first = comm.allreduce(mine, [](const Particle& a, const Particle& b) {
            CHECK((a.here != nullptr && b.here != nullptr));
            return a.id() < b.id() ? a : b;
        });
        CHECK(first.id() == 0);
    });
}

TEST_CASE("A class described by hand is a member, an element and a part like any other", "[datatype][struct]") {
    STATIC_REQUIRE(MPI::Mapped<Tagged>);
    STATIC_REQUIRE(MPI::Mapped<std::array<std::pair<Particle, Flags>, 2>>);
    const MPI::Datatype type = MPI::datatype_of<Tagged>();
    CHECK(type.size() == 1 + static_cast<MPI::Count>(sizeof(Flags)) + 2 * MPI::datatype_of<Particle>().size());
    CHECK(type.extent() == static_cast<MPI::Count>(sizeof(Tagged)));
    for_each_comm([](const MPI::Intracomm& comm) {
        Tagged mine{'a', {1, 17}, {Particle(comm.rank(), 1), Particle(2, 2)}};
        std::vector<Tagged> all(static_cast<std::size_t>(comm.size()));
        comm.Allgather(mine, all);
        for (int i = 0; i < comm.size(); ++i) {
            const Tagged& t = all[static_cast<std::size_t>(i)];
            CHECK(t.tag == 'a');
            CHECK(t.flags == Flags{1, 17});
            CHECK(t.particles[0].id() == i);
            CHECK(t.particles[1].mass == 2);
        }
    });
}

TEST_CASE("Bit-fields and unions go as the bytes that they are", "[datatype][struct]") {
    CHECK(MPI::datatype_of<Flags>().size() == static_cast<MPI::Count>(sizeof(Flags)));
    const std::vector<Flags> sent{{1, 3}, {0, 31}};
    std::vector<Flags> received(2);
    MPI::COMM_SELF.Sendrecv(sent, 0, 0, received, 0);
    CHECK(received == sent);
    Value in{}, out{};
    in.f = 2.5F;
    MPI::COMM_SELF.Sendrecv(in, 0, 0, out, 0);
    CHECK(out.f == 2.5F);
}

TEST_CASE("Of a class of many members only those that are named are sent, in any order", "[datatype][struct]") {
    Long sent{}, received{};
    sent.m01 = 1;
    sent.m02 = 2;
    sent.m03 = 3;
    sent.m33 = 33;
    sent.last = 0.5;
    MPI::COMM_SELF.Sendrecv(sent, 0, 0, received, 0);
    CHECK(received.m01 == 1);
    CHECK(received.m02 == 2);
    CHECK(received.m03 == 0);
    CHECK(received.m33 == 33);
    CHECK(received.last == 0.5);
    CHECK(MPI::datatype_of<Long>().extent() == static_cast<MPI::Count>(sizeof(Long)));
}

TEST_CASE("A class with virtual functions stays what it is", "[datatype][struct]") {
    Square sent, received;
    sent.area = 4;
    sent.side = 2;
    MPI::COMM_SELF.Sendrecv(sent, 0, 0, received, 0);
    CHECK(received.area == 4);
    CHECK(received.side == 2);
    const Shape& shape = received;
    CHECK(shape.corners() == 4);
}

TEST_CASE("A class template is described once for all", "[datatype][struct]") {
    const Point<short> sent(3, 4);
    Point<short> received(0, 0);
    MPI::COMM_SELF.Sendrecv(sent, 0, 0, received, 0);
    CHECK(received.y() == 4);
    CHECK(MPI::datatype_of<Point<double>>().size() == 16);
}

TEST_CASE("Derived types are made of a class described by hand", "[datatype][struct]") {
    const MPI::Datatype every_second = MPI::datatype_of<Particle>().Create_vector(3, 1, 2).Commit();
    std::vector<Particle> sent, received(3);
    for (int i = 0; i < 5; ++i) sent.emplace_back(i, 0.25 * i);
    MPI::COMM_SELF.Sendrecv({sent.data(), 1, every_second}, 0, 0, received, 0);
    for (int i = 0; i < 3; ++i) {
        CHECK(received[static_cast<std::size_t>(i)].id() == 2 * i);
        CHECK(received[static_cast<std::size_t>(i)].mass == 0.5 * i);
    }
}
