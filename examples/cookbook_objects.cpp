// Recipes for objects: structs with strings, classes, containers of containers, maps, messages of unknown type and length
#include <mpi4cxx/mpi4cxx.hpp>
#include <mpi4cxx/polymorphic.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace MPI = mpi4cxx;

static void check(bool is_right) {
    if (!is_right)
        throw std::runtime_error("a recipe is wrong");
}

// How do I send a struct with a string in it?
struct Person {
    std::string name;
    int age;
    std::vector<std::string> tags;
};

static void struct_with_strings(const MPI::Intracomm& comm) {
    if (comm.rank() == 0)
        for (int p = 1; p < comm.size(); ++p) comm.send(Person{"Ann", 41, {"admin", "staff"}}, p);
    else
        check(comm.recv<Person>(0).tags[1] == "staff");
}

// How do I send a class with private members?
class Account {
public:
    Account() = default;
    explicit Account(double balance) : balance_(balance) {}
    double balance() const { return balance_; }
    template <class Archive> void serialize(Archive& archive) { archive(balance_, history_); }

private:
    double balance_ = 0;
    std::vector<double> history_;
};

static void private_members(const MPI::Intracomm& comm) {
    const std::vector<Account> all = comm.allgather(Account(10.0 * comm.rank()));
    check(all.back().balance() == 10.0 * (comm.size() - 1));
}

// How do I send pointers to a base class?
struct Shape {
    virtual ~Shape() = default;
    virtual double area() const = 0;
    template <class Archive> void serialize(Archive&) {}
};
struct Square : Shape {
    double side = 0;
    double area() const override { return side * side; }
    template <class Archive> void serialize(Archive& archive) { archive(cereal::base_class<Shape>(this), side); }
};
CEREAL_REGISTER_TYPE(Square)  // needs #include <mpi4cxx/polymorphic.hpp>

static void class_hierarchy(const MPI::Intracomm& comm) {
    std::shared_ptr<Shape> shape;
    if (comm.rank() == 0) {
        const auto square = std::make_shared<Square>();
        square->side = 3;
        shape = square;
    }
    shape = comm.bcast(shape);
    check(shape->area() == 9);
}

// How do I scatter a vector of vectors whose lengths differ, and gather them again?
static void vectors_of_vectors(const MPI::Intracomm& comm) {
    std::vector<std::vector<double>> parts;
    if (comm.rank() == 0)
        for (int p = 0; p < comm.size(); ++p) parts.emplace_back(static_cast<std::size_t>(p + 1), 1.0);
    std::vector<double> mine = comm.scatter(parts, 0);
    for (double& x : mine) x *= 2;
    parts = comm.gather(mine, 0);  // empty on the others
    check(comm.rank() != 0 || (std::ssize(parts) == comm.size() && parts.back().back() == 2));
}

// How do I send one of several types?
static void variants(const MPI::Intracomm& comm) {
    using Event = std::variant<int, std::string, std::vector<double>>;
    const Event mine = comm.rank() % 2 == 0 ? Event(comm.rank()) : Event(std::string("odd"));
    for (const Event& event : comm.allgather(mine))
        if (const auto* text = std::get_if<std::string>(&event))
            check(*text == "odd");
}

// How do I give a configuration that one rank has read to all?
struct Settings {
    int steps = 0;
    double tolerance = 0;
    std::map<std::string, std::string> files;
};

static Settings parse(std::istream& input) {
    Settings settings;
    input >> settings.steps >> settings.tolerance >> settings.files["output"];
    return settings;
}

static void configuration(const MPI::Intracomm& comm) {
    Settings settings;
    if (comm.rank() == 0) {
        std::istringstream file("100 1e-6 result.npy");  // or a file, by any library for JSON
        settings = parse(file);
    }
    settings = comm.bcast(std::move(settings));
    check(settings.steps == 100 && settings.files["output"] == "result.npy");
}

// How do I count words, or merge maps, over all ranks?
static void merge_maps(const MPI::Intracomm& comm) {
    using Counts = std::map<std::string, int>;
    Counts mine{{"the", 2}, {"rank " + std::to_string(comm.rank()), 1}};
    const auto merge = [](Counts a, const Counts& b) {
        for (const auto& [word, count] : b) a[word] += count;
        return a;
    };
    const Counts all = comm.allreduce(mine, merge);
    check(all.at("the") == 2 * comm.size() && std::ssize(all) == comm.size() + 1);
}

// How do I spread a map over the ranks, by the hash of its keys?
static void hash_table(const MPI::Intracomm& comm) {
    using Table = std::map<std::string, int>;
    const auto owner = [&](const std::string& key) { return std::hash<std::string>()(key) % static_cast<std::size_t>(comm.size()); };
    std::vector<Table> outgoing(static_cast<std::size_t>(comm.size()));
    for (int i = 0; i < 10; ++i) {
        const std::string key = "key " + std::to_string(i);
        outgoing[owner(key)][key] += 1;
    }
    Table mine;  // the keys that this rank owns
    for (const Table& table : comm.alltoall(outgoing))
        for (const auto& [key, value] : table) mine[key] += value;
    check(std::all_of(mine.begin(), mine.end(), [&](const auto& entry) { return entry.second == comm.size(); }));
    check(comm.allreduce(std::ssize(mine), MPI::SUM) == 10);
}

// How do I receive messages of several types, told apart by their tags?
static void types_by_tag(const MPI::Intracomm& comm) {
    enum Tag { number, text };
    MPI::Request first = comm.isend(42, comm.rank(), number), second = comm.isend(std::string("forty-two"), comm.rank(), text);
    for (int i = 0; i < 2; ++i) {
        MPI::Status status;
        MPI::Message message = comm.mprobe(comm.rank(), MPI::ANY_TAG, &status);
        if (status.Get_tag() == number)
            check(message.recv<int>() == 42);
        else
            check(message.recv<std::string>() == "forty-two");
    }
    first.Wait();
    second.Wait();
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    struct_with_strings(comm);
    private_members(comm);
    class_hierarchy(comm);
    vectors_of_vectors(comm);
    variants(comm);
    configuration(comm);
    merge_maps(comm);
    hash_table(comm);
    types_by_tag(comm);
}
