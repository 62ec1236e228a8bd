#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>
#include <mpi4cxx/polymorphic.hpp>

#include <memory>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

struct Shape {
    Shape() = default;
    Shape(const Shape&) = delete;
    Shape& operator=(const Shape&) = delete;
    virtual ~Shape() = default;
    [[nodiscard]] virtual std::string name() const = 0;
};
struct Circle final : Shape {
    double radius = 0;
    [[nodiscard]] std::string name() const override { return "circle of " + std::to_string(static_cast<int>(radius)); }
    template <class Archive> void serialize(Archive& archive) { archive(radius); }
};
struct Group final : Shape {
    std::vector<std::unique_ptr<Shape>> parts;
    [[nodiscard]] std::string name() const override {
        std::string all = "group";
        for (const auto& part : parts) all += " " + part->name();
        return all;
    }
    template <class Archive> void serialize(Archive& archive) { archive(parts); }
};

std::unique_ptr<Shape> circle(int radius) {
    auto shape = std::make_unique<Circle>();
    shape->radius = radius;
    return shape;
}
std::unique_ptr<Shape> group(int rank) {
    auto shape = std::make_unique<Group>();
    for (int i = 0; i < 2; ++i) shape->parts.push_back(circle(rank + i));
    return shape;
}
std::string name_of_group(int rank) { return "group circle of " + std::to_string(rank) + " circle of " + std::to_string(rank + 1); }

}  // namespace

CEREAL_REGISTER_TYPE(Circle)
CEREAL_REGISTER_TYPE(Group)
CEREAL_REGISTER_POLYMORPHIC_RELATION(Shape, Circle)
CEREAL_REGISTER_POLYMORPHIC_RELATION(Shape, Group)

TEST_CASE("A pointer to a base class arrives as what it points to", "[polymorphic]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        auto receive = comm.irecv<std::unique_ptr<Shape>>(left_of(comm), 1);
        auto sent = comm.isend(group(comm.rank()), right_of(comm), 1);
        const std::unique_ptr<Shape> one = receive.wait();
        sent.wait();
        CHECK((one != nullptr && one->name() == name_of_group(left_of(comm))));
        const auto other = comm.sendrecv<std::shared_ptr<Shape>>(std::shared_ptr<Shape>(circle(comm.rank())), right_of(comm), 2, left_of(comm), 2);
        CHECK((other != nullptr && other->name() == "circle of " + std::to_string(left_of(comm))));
        CHECK(comm.sendrecv<std::unique_ptr<Shape>>(std::unique_ptr<Shape>(), right_of(comm), 3, left_of(comm), 3) == nullptr);
    });
}

TEST_CASE("Pointers to a base class go through collectives", "[polymorphic]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto all = comm.allgather(group(comm.rank()));
        for (std::size_t rank = 0; rank < all.size(); ++rank) CHECK(all[rank]->name() == name_of_group(static_cast<int>(rank)));
    });
}
