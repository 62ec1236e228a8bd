// What would be lost or wrong if objects were sent as they are written: it is refused, or it is right.
#include "catch.hpp"
#include "refused.hpp"

#include <mpi4cxx/owned.hpp>
#include <mpi4cxx/polymorphic.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

constexpr std::size_t small = 1'000, large = 20'000;  // numbers: above 64 KiB they are sent from where they lie

/// A class that does something to its numbers when it is written.
struct Changing {
    enum class Change : char { none, scaled, freed, given_twice };

    Change change = Change::none;
    std::vector<double> numbers;
    template <class Archive> void serialize(Archive& archive) {
        archive(change);
        if (change == Change::scaled)
            scale(1000);
        archive(numbers);
        if (change == Change::scaled)
            scale(0.001);
        if (change == Change::freed)
            numbers = std::vector<double>();
        if (change == Change::given_twice) {
            scale(2);
            archive(numbers);
        }
    }
    void scale(double factor) {
        for (double& number : numbers) number *= factor;
    }
};

struct Shape {
    double area = 1;
    virtual ~Shape() = default;
    template <class Archive> void serialize(Archive& archive) { archive(area); }
};
struct Circle : Shape {
    double radius = 2;
    template <class Archive> void serialize(Archive& archive) { archive(cereal::base_class<Shape>(this), radius); }
};

struct Link {
    int number = 0;
    std::unique_ptr<Link> next;
    template <class Archive> void serialize(Archive& archive) { archive(number, next); }
};

/// A class that owns what a copy of it would own as well.
class Tree {
public:
    Tree() = default;
    explicit Tree(int number) : child_(new int(number)) {}
    Tree(const Tree& other) : child_(other.child_) { ++copies; }
    Tree& operator=(const Tree&) = delete;
    ~Tree() { delete child_; }
    template <class Archive> void serialize(Archive& archive) { archive(MPI::owned(child_)); }
    [[nodiscard]] int number() const { return *child_; }

    static inline int copies = 0;

private:
    int* child_ = nullptr;
};

/// A class whose objects do not tell where they are.
struct Coy {
    int number;
    const Coy* operator&() const { return nullptr; }  // NOLINT(google-runtime-operator)
    Coy* operator&() { return nullptr; }              // NOLINT(google-runtime-operator)
};

/// Returns what the process to the left has sent.
template <class T> T passed_on(const MPI::Intracomm& comm, const T& object) { return comm.sendrecv<T>(object, right_of(comm), 0, left_of(comm), 0); }

}  // namespace

CEREAL_REGISTER_TYPE(Circle)
CEREAL_REGISTER_POLYMORPHIC_RELATION(Shape, Circle)

TEST_CASE("A serialize may change what it has sent only if that is copied", "[object][error]") {
    using Change = Changing::Change;
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const Change change : {Change::none, Change::scaled, Change::freed, Change::given_twice}) {
            Changing less{change, std::vector<double>(small, 1)}, more{change, std::vector<double>(large, 1)};
            CHECK(passed_on(comm, less).numbers.size() == (change == Change::freed ? 0 : small));
            const auto exchange = [&] { (void)passed_on(comm, more); };
            if (change == Change::none)
                exchange();
            else
                refused("a serialize has changed a container", exchange);
        }
    });
}

TEST_CASE("A part of an object is no object", "[object][error]") {
    const MPI::Intracomm& self = MPI::COMM_SELF;
    const Circle circle;
    const Shape plain, &shape = circle;
    refused("this reference to a base class", [&] { self.send(shape, 0); });
    CHECK(passed_on(self, plain).area == 1);
    CHECK(passed_on(self, circle).radius == 2);
    const std::shared_ptr<Shape> whole = passed_on(self, std::shared_ptr<Shape>(std::make_shared<Circle>()));
    CHECK(dynamic_cast<const Circle&>(*whole).radius == 2);
}

TEST_CASE("What a moved-in object shares may change at once", "[object]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto numbers = std::make_shared<std::vector<double>>(large, 1);
        auto sent = comm.isend(std::shared_ptr(numbers), right_of(comm));
        auto sent_within = comm.isend(std::pair(1, std::vector{numbers}), right_of(comm), 1);
        numbers->assign(large, 2);
        CHECK(*comm.recv<std::shared_ptr<std::vector<double>>>(left_of(comm)) == std::vector<double>(large, 1));
        CHECK(*comm.recv<std::pair<int, std::vector<std::shared_ptr<std::vector<double>>>>>(left_of(comm), 1).second.front() ==
              std::vector<double>(large, 1));
        sent.wait();
        sent_within.wait();
    });
}

TEST_CASE("A chain that the stack cannot hold is refused where it is sent", "[object][error]") {
    Link chain;
    Link* last = &chain;
    for (int i = 0; i < 1'000'000; ++i) {
        last->next = std::make_unique<Link>();
        last = last->next.get();
    }
    refused("too many for the stack", [&] { MPI::COMM_SELF.send(chain, 0); });
    while (chain.next != nullptr) chain.next = std::move(chain.next->next);  // its destructor needs the stack, too
}

TEST_CASE("A receive makes an object and copies none", "[object]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        Tree::copies = 0;
        const Tree mine(comm.rank());
        auto sent = comm.isend(mine, right_of(comm));
        const Tree other = comm.recv<Tree>(left_of(comm));
        sent.wait();
        CHECK(other.number() == left_of(comm));
        const std::vector<Tree> all = comm.allgather(mine);
        for (int i = 0; i < comm.size(); ++i) CHECK(all[static_cast<std::size_t>(i)].number() == i);
        CHECK(Tree::copies == 0);
    });
}

TEST_CASE("An object is sent from where it is, whatever its & says", "[object]") {
    const Coy coy{7};
    CHECK(passed_on(MPI::COMM_SELF, coy).number == 7);
}
