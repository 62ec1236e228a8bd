// error: mpi4cxx: this class would be sent without its own members
#include <mpi4cxx/intracomm.hpp>

#include <cereal/types/base_class.hpp>

struct Particle {
    double mass = 0;
    template <class Archive> void serialize(Archive& archive) { archive(mass); }
};
struct Ion : Particle {
    double charge = 0;
#ifndef REJECTED
    template <class Archive> void serialize(Archive& archive) { archive(cereal::base_class<Particle>(this), charge); }
#endif
};
// These inherit it, too, but lose nothing.
struct Neutral : Particle {};
template <class Derived> struct Serialized {
    template <class Archive> void serialize(Archive& archive) { static_cast<Derived*>(this)->members(archive); }
};
struct Spin : Serialized<Spin> {
    int value = 0;
    template <class Archive> void members(Archive& archive) { archive(value); }
};
struct Shape {
    double area = 0;
    template <class Archive> void serialize(Archive& archive) { archive(area, *part()); }
    virtual double* part() { return &area; }
    virtual ~Shape() = default;
};
struct Square : Shape {
    double side = 0;
    double* part() override { return &side; }
};
template <> inline constexpr bool mpi4cxx::inherits_serialize<Square> = true;

void send(const mpi4cxx::Comm& comm) {
    comm.send(Ion(), 1);
    comm.send(Neutral(), 1);
    comm.send(Spin(), 1);
    comm.send(Square(), 1);
}
