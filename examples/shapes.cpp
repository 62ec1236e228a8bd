// Pointers to a base class: the objects arrive, of whatever derived class they are
//     comm.send(shape, dest=1); shape = comm.recv(source=0)
#include <mpi4cxx/mpi4cxx.hpp>
#include <mpi4cxx/polymorphic.hpp>

#include <cstdio>
#include <memory>
#include <numbers>
#include <stdexcept>
#include <vector>

namespace MPI = mpi4cxx;

struct Shape {
    virtual ~Shape() = default;
    virtual double area() const = 0;
};
struct Circle : Shape {
    double radius = 1;
    double area() const override { return std::numbers::pi * radius * radius; }
    template <class Archive> void serialize(Archive& archive) { archive(radius); }
};
struct Square : Shape {
    double side = 2;
    double area() const override { return side * side; }
    template <class Archive> void serialize(Archive& archive) { archive(side); }
};
CEREAL_REGISTER_TYPE(Circle)
CEREAL_REGISTER_TYPE(Square)
CEREAL_REGISTER_POLYMORPHIC_RELATION(Shape, Circle)
CEREAL_REGISTER_POLYMORPHIC_RELATION(Shape, Square)

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int rank = comm.Get_rank(), size = comm.Get_size();

    std::unique_ptr<Shape> shape = std::make_unique<Circle>();
    if (rank % 2 == 1)
        shape = std::make_unique<Square>();
    const std::vector<std::unique_ptr<Shape>> all = comm.gather(shape, 0);

    for (const auto& one : all) std::printf("%.3f\n", one->area());
    if (rank == 0 && (all.size() != static_cast<std::size_t>(size) || (size > 1 && all[1]->area() != 4)))
        throw std::runtime_error("these are other shapes");
}
