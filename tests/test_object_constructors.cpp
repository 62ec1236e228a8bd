// Objects of classes without a public default constructor, through every lowercase method.
#include "catch.hpp"
#include "object_ways.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <cereal/access.hpp>

#include <array>
#include <cstddef>
#include <forward_list>
#include <list>
#include <map>
#include <memory>
#include <memory_resource>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

class Hidden {
public:
    explicit Hidden(int value) : value_(value) {}
    bool operator==(const Hidden&) const = default;
    friend Hidden operator+(Hidden a, Hidden b) { return Hidden(a.value_ + b.value_); }

private:
    Hidden() = default;
    friend class cereal::access;
    template <class Archive> void serialize(Archive& archive) { archive(value_); }
    int value_ = 0;
};
struct Id {
    explicit Id(int number) : value(number) {}
    auto operator<=>(const Id&) const = default;
    friend Id operator+(Id a, Id b) { return Id(a.value + b.value); }
    template <class Archive> void serialize(Archive& archive) { archive(value); }
    template <class Archive> static void load_and_construct(Archive& archive, cereal::construct<Id>& construct) {
        int value = 0;
        archive(value);
        construct(value);
    }
    int value;
};
struct Fixture {  // can only be made
    explicit Fixture(std::string text) : name(std::move(text)) {}
    bool operator==(const Fixture&) const = default;
    template <class Archive> void save(Archive& archive) const { archive(name); }
    template <class Archive> static void load_and_construct(Archive& archive, cereal::construct<Fixture>& construct) {
        std::string name;
        archive(name);
        if (name == "none")
            throw std::runtime_error("there is none");
        construct(name);
        if (name == "late")
            throw std::runtime_error("it is late");
    }
    std::string name;
};
struct Knowing : std::enable_shared_from_this<Knowing> {
    explicit Knowing(int number) : value(number) {}
    template <class Archive> void save(Archive& archive) const { archive(value); }
    template <class Archive> static void load_and_construct(Archive& archive, cereal::construct<Knowing>& construct) {
        int value = 0;
        archive(value);
        construct(value);
        CHECK(construct->shared_from_this() != nullptr);
    }
    int value;
};
struct Greedy {  // made of anything that can be printed
    Greedy() = default;
    template <class T> Greedy(const T& value) {
        std::ostringstream out;
        out << value;
        text = out.str();
    }
    auto operator<=>(const Greedy&) const = default;
    template <class Archive> void serialize(Archive& archive) { archive(text); }
    std::string text;
};
struct Holder {  // made of anything, if that is said
    Holder() = default;
    template <class T> explicit Holder(const T&) : kind(99) {}
    auto operator<=>(const Holder&) const = default;
    template <class Archive> void serialize(Archive& archive) { archive(kind); }
    int kind = 0;
};
Holder holder(int kind) {
    Holder made;
    made.kind = kind;
    return made;
}

}  // namespace

TEST_CASE("A class without a public default constructor goes wherever cereal can make its objects", "[object][types]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        everywhere(comm, [](int rank) { return Hidden(rank); });
        everywhere(comm, [](int rank) { return Id(rank); });
        everywhere(comm, [](int rank) { return Fixture(std::string(static_cast<std::size_t>(rank) * 1000, 'x')); });
        everywhere(comm, [](int rank) { return std::vector<Hidden>(static_cast<std::size_t>(rank), Hidden(rank)); });
        everywhere(comm, [](int rank) { return std::vector<Fixture>(static_cast<std::size_t>(rank), Fixture("a")); });
        everywhere(comm, [](int rank) { return std::map<int, Hidden>{{1, Hidden(rank)}}; });
        everywhere(comm, [](int rank) { return std::set<Id>{Id(rank), Id(rank + 1)}; });
        everywhere(comm, [](int rank) { return std::pair(Id(rank), Hidden(1)); });
        everywhere(comm, [](int rank) { return std::tuple(Id(rank), std::string("a")); });
        everywhere(comm, [](int rank) { return std::array{Hidden(rank), Hidden(2)}; });
        everywhere(comm, [](int rank) { return std::optional(Hidden(rank)); });
        everywhere(comm, [](int rank) { return std::variant<Hidden, Id>(Id(rank)); });
        everywhere(comm, [](int rank) { return std::forward_list<Id>{Id(rank)}; });
        everywhere(comm, [](int rank) { return std::list<Fixture>{Fixture(letter(rank))}; });
        const auto equal = [](const auto& a, const auto& b) { return a && b && *a == *b; };
        everywhere(
            comm, [](int rank) { return std::make_unique<Hidden>(rank); }, equal);
        everywhere(
            comm, [](int rank) { return std::make_unique<Fixture>(letter(rank)); }, equal);
        everywhere(
            comm, [](int rank) { return std::make_shared<Hidden>(rank); }, equal);
        everywhere(
            comm, [](int rank) { return std::make_shared<Id>(rank); }, equal);
        CHECK(comm.allreduce(Hidden(comm.rank())) == Hidden(sum_to(comm.size())));
        CHECK(comm.allreduce(Id(comm.rank())) == Id(sum_to(comm.size())));
        CHECK(comm.scan(Id(comm.rank())) == Id(sum_to(comm.rank() + 1)));
        const auto fewer = [&](auto into, const auto& sent) {
            MPI::Request request = comm.isend(sent, right_of(comm));
            comm.recv_into(into, left_of(comm));
            request.wait();
            return into == sent;
        };
        CHECK(fewer(std::vector<Hidden>(5, Hidden(1)), std::vector<Hidden>(2, Hidden(2))));
        CHECK(fewer(std::list<Id>(5, Id(1)), std::list<Id>(2, Id(2))));
    });
    CHECK(again(std::make_shared<Knowing>(5))->shared_from_this()->value == 5);
    CHECK_THROWS_AS(again(Fixture("none")), std::runtime_error);
    CHECK_THROWS_AS(again(std::make_shared<Fixture>("late")), std::runtime_error);
}

TEST_CASE("Where nothing comes, there is no object of a class without a default constructor", "[object][types][error]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    CHECK(comm.recv<std::string>(MPI::PROC_NULL).empty());
    CHECK_THROWS_AS(comm.recv<Hidden>(MPI::PROC_NULL), std::invalid_argument);
    CHECK_THROWS_AS(comm.irecv<Id>(MPI::PROC_NULL).wait(), std::invalid_argument);
    Id into(3);
    comm.recv_into(into, MPI::PROC_NULL);
    CHECK(into == Id(3));
}

TEST_CASE("A constructor for objects of any class is not called by a receive", "[object][types]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        everywhere(comm, [](int rank) { return std::vector{Greedy(rank), Greedy("b")}; });
        everywhere(comm, [](int rank) { return std::list{Greedy(rank), Greedy("b")}; });
        everywhere(comm, [](int rank) { return std::forward_list{Greedy(rank), Greedy("b")}; });
        everywhere(comm, [](int rank) { return std::set{Greedy(rank), Greedy("b")}; });
        everywhere(comm, [](int rank) { return std::map<Greedy, int>{{Greedy("a"), rank}, {Greedy("b"), 2}}; });
        everywhere(comm, [](int rank) { return std::map<std::string, Greedy>{{"a", rank}, {"b", Greedy("c")}}; });
        everywhere(comm, [](int rank) { return std::optional<Greedy>(std::in_place, rank); });
        everywhere(comm, [](int rank) { return std::vector{holder(rank), holder(2)}; });
        everywhere(comm, [](int rank) { return std::map<int, Holder>{{1, holder(rank)}}; });
        everywhere(comm, [](int rank) { return std::optional(holder(rank)); });
        everywhere(comm, [](int rank) { return std::vector<std::tuple<Holder, std::string>>{{holder(1), letter(rank)}}; });
    });
}

TEST_CASE("Pairs arrive in containers that hand their allocator on", "[object][types]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        everywhere(comm, [](int rank) { return std::pmr::vector<std::pair<int, std::string>>{{rank, "a"}, {2, "b"}}; });
        everywhere(comm, [](int rank) { return std::pmr::list<std::pair<std::pmr::string, int>>{{"a", rank}}; });
        everywhere(comm, [](int rank) { return std::pmr::map<int, std::pair<std::string, std::string>>{{rank, {"a", "b"}}}; });
    });
}
