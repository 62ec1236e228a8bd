#include "catch.hpp"

#include <mpi4cxx/mpi4cxx.hpp>
#include <mpi4cxx/owned.hpp>
#include <mpi4cxx/polymorphic.hpp>

#include <stdexcept>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

int alive = 0;  // nodes

/// A list as it was written before std::unique_ptr.
class Node {
public:
    Node() { ++alive; }
    explicit Node(std::string name, Node* next = nullptr) : name_(std::move(name)), next_(next) { ++alive; }
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;
    ~Node() {
        delete next_;
        --alive;
    }
    [[nodiscard]] std::string names() const { return next_ != nullptr ? name_ + " " + next_->names() : name_; }

private:
    friend class cereal::access;
    template <class Archive> void serialize(Archive& archive, const unsigned) {
        archive& name_;
        archive& MPI::owned(next_);
    }

    std::string name_;
    Node* next_ = nullptr;
};

struct Base {
    Base() = default;
    Base(const Base&) = delete;
    Base& operator=(const Base&) = delete;
    virtual ~Base() = default;
    [[nodiscard]] virtual int value() const = 0;
};
struct Derived final : Base {
    int number = 0;
    [[nodiscard]] int value() const override { return number; }
    template <class Archive> void serialize(Archive& archive) { archive(number); }
};
struct Owner {
    Base* base = nullptr;
    Owner() = default;
    Owner(const Owner&) = delete;
    Owner& operator=(const Owner&) = delete;
    ~Owner() { delete base; }
    template <class Archive> void serialize(Archive& archive) { archive(MPI::owned(base)); }
};

template <class T> void send_to_self(const T& object, T& received) {
    MPI::Request sent = MPI::COMM_SELF.isend(object, 0);
    MPI::COMM_SELF.recv_into(received, 0);
    sent.Wait();
}

/// An object that cannot be written.
struct Stubborn {
    Node* node = nullptr;
    template <class Archive> void save(Archive& archive) const {
        Node* pointer = node;
        archive(MPI::owned(pointer));
        throw std::runtime_error("no");
    }
    template <class Archive> void load(Archive& archive) { archive(MPI::owned(node)); }
};

}  // namespace

CEREAL_REGISTER_TYPE(Derived)
CEREAL_REGISTER_POLYMORPHIC_RELATION(Base, Derived)

TEST_CASE("A raw pointer that owns is sent with its object", "[owned]") {
    {
        const Node list("a", new Node("b", new Node("c")));
        CHECK(list.names() == "a b c");
        Node received("x", new Node("y", new Node("z", new Node("w"))));
        send_to_self(list, received);
        CHECK(received.names() == "a b c");
        CHECK(alive == 6);
        send_to_self(Node("alone"), received);
        CHECK(received.names() == "alone");
    }
    CHECK(alive == 0);
}

TEST_CASE("A raw pointer to a base class is sent with what it points to", "[owned]") {
    Owner owner, received;
    auto* const derived = new Derived;
    derived->number = 42;
    owner.base = derived;
    send_to_self(owner, received);
    REQUIRE(received.base != nullptr);
    CHECK(received.base->value() == 42);
}

TEST_CASE("An object that cannot be written keeps what it owns", "[owned]") {
    {
        Node node("kept");
        CHECK_THROWS_AS(MPI::pickle.dumps(Stubborn{&node}), std::runtime_error);
        CHECK(alive == 1);
    }
    CHECK(alive == 0);
}

TEST_CASE("A list of raw pointers goes around a ring", "[owned]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int rank = comm.rank(), size = comm.size();
    {
        const Node list(std::to_string(rank), new Node(std::string(100000, 'x')));
        Node received;
        MPI::Request request = comm.irecv_into(received, (rank + size - 1) % size);
        comm.send(list, (rank + 1) % size);
        request.Wait();
        CHECK(received.names() == std::to_string((rank + size - 1) % size) + " " + std::string(100000, 'x'));
    }
    CHECK(alive == 0);
}
