// What the reader reads: a type of each kind that cereal or the library treats in its own way.
#pragma once

#include <mpi4cxx/polymorphic.hpp>

#include <cereal/types/array.hpp>
#include <cereal/types/atomic.hpp>
#include <cereal/types/base_class.hpp>
#include <cereal/types/bitset.hpp>
#include <cereal/types/chrono.hpp>
#include <cereal/types/complex.hpp>
#include <cereal/types/deque.hpp>
#include <cereal/types/forward_list.hpp>
#include <cereal/types/list.hpp>
#include <cereal/types/map.hpp>
#include <cereal/types/memory.hpp>
#include <cereal/types/optional.hpp>
#include <cereal/types/queue.hpp>
#include <cereal/types/set.hpp>
#include <cereal/types/stack.hpp>
#include <cereal/types/tuple.hpp>
#include <cereal/types/unordered_map.hpp>
#include <cereal/types/unordered_set.hpp>
#include <cereal/types/utility.hpp>
#include <cereal/types/valarray.hpp>
#include <cereal/types/variant.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace kinds {

enum class Colour : unsigned char { red, green };

// Plain aggregates -------------------------------------------------------------------------------------------------------

struct Padded {
    char kind;
    double x;
    short y;
};
struct Flagged {
    int number;
    bool flag;
    std::array<bool, 2> flags;
    Padded padded;
};
struct Empty {};
struct Large {
    std::array<double, 200> values;
};
struct Huge {  // a block by itself
    std::array<std::uint16_t, 40'000> values;
};

// Classes that say what is sent of them ----------------------------------------------------------------------------------

struct Member {
    int a = 0;
    std::string b;
    template <class Archive> void serialize(Archive& archive) { archive(a, b); }
};
struct Split {
    std::vector<int> stored;
    template <class Archive> void save(Archive& archive) const { archive(stored); }
    template <class Archive> void load(Archive& archive) { archive(stored); }
};
struct Minimal {
    std::string name;
    template <class Archive> [[nodiscard]] std::string save_minimal(const Archive&) const { return name; }
    template <class Archive> void load_minimal(const Archive&, const std::string& value) { name = value; }
};
struct Versioned {
    std::string name;
    bool later = false;
    template <class Archive> void serialize(Archive& archive, std::uint32_t version) {
        archive(name);
        if (version > 1)
            archive(later);
    }
};
struct Before {  // by which different elements are equivalent
    bool operator()(const std::pair<char, char>& a, const std::pair<char, char>& b) const { return a.first < b.first; }
};
struct Silent {  // not empty, but nothing is sent of it
    int cache = 0;
    template <class Archive> void serialize(Archive&) {}
};
struct Raw {
    std::array<unsigned char, 16> bytes{};
    bool flags[3]{};
    template <class Archive> void serialize(Archive& archive) {
        archive(cereal::binary_data(bytes.data(), bytes.size()), cereal::binary_data(flags, sizeof flags));
    }
};
struct Derived : Member {
    double c = 0;
    template <class Archive> void serialize(Archive& archive) { archive(cereal::base_class<Member>(this), c); }
};

// Objects within objects of their type -----------------------------------------------------------------------------------

struct Chain {
    char value = 0;
    std::unique_ptr<Chain> next;
    template <class Archive> void serialize(Archive& archive) { archive(value, next); }
};
struct Tree {
    std::vector<Tree> children;
    template <class Archive> void serialize(Archive& archive) { archive(children); }
};
struct Wood {
    int value = 0;
    std::deque<Wood> children;
    template <class Archive> void serialize(Archive& archive) { archive(value, children); }
};
struct Json {
    std::variant<std::monostate, bool, double, std::string, std::vector<Json>, std::map<std::string, Json>> value;
    template <class Archive> void serialize(Archive& archive) { archive(value); }
};

// Pointers ---------------------------------------------------------------------------------------------------------------

/// May point to itself, so what is still there after a run is taken apart.
struct Linked {
    Linked() { alive().insert(this); }
    Linked(const Linked&) = delete;
    Linked& operator=(const Linked&) = delete;
    ~Linked() { alive().erase(this); }
    template <class Archive> void serialize(Archive& archive) { archive(value, next, back); }

    static std::set<Linked*>& alive() {
        static std::set<Linked*> all;
        return all;
    }
    static void take_apart() {
        std::vector<std::shared_ptr<Linked>> links;
        for (Linked* linked : alive()) links.push_back(std::move(linked->next));
    }

    char value = 0;
    std::shared_ptr<Linked> next;
    std::weak_ptr<Linked> back;
};
struct Two {  // a message may say that both are one
    std::shared_ptr<char> small;
    std::shared_ptr<const std::array<std::string, 9>> large;
    std::size_t looked_at = 0;
    template <class Archive> void serialize(Archive& archive) {
        archive(small, large);
        if (large)
            looked_at = large->back().size();
    }
};
// Not of std::enable_shared_from_this: cereal 1.3 leaks 64 bytes where the message ends before such an object is constructed.
class Constructed {
public:
    explicit Constructed(std::string name) : name_(std::move(name)) {}
    template <class Archive> void save(Archive& archive) const { archive(name_); }
    template <class Archive> static void load_and_construct(Archive& archive, cereal::construct<Constructed>& construct) {
        std::string name;
        archive(name);
        construct(name);
    }

private:
    std::string name_;
};
class Matryoshka {  // within itself, without a default constructor
public:
    explicit Matryoshka(std::unique_ptr<Matryoshka> inner) : inner_(std::move(inner)) {}
    template <class Archive> void save(Archive& archive) const { archive(inner_); }
    template <class Archive> static void load_and_construct(Archive& archive, cereal::construct<Matryoshka>& construct) {
        std::unique_ptr<Matryoshka> inner;
        archive(inner);
        construct(std::move(inner));
    }

private:
    std::unique_ptr<Matryoshka> inner_;
};

// All that is registered is a Shape: cereal 1.3 leaks what a std::unique_ptr to another base would have taken.
struct Shape {
    virtual ~Shape() = default;
    virtual double area() const = 0;
};
struct Circle : Shape {
    double radius = 0;
    double area() const override { return 3 * radius * radius; }
    template <class Archive> void serialize(Archive& archive) { archive(radius); }
};
struct Polygon : Shape {
    std::vector<std::pair<float, float>> points;
    std::vector<std::unique_ptr<Shape>> holes;
    double area() const override { return static_cast<double>(points.size()); }
    template <class Archive> void serialize(Archive& archive) { archive(points, holes); }
};
struct Star : Polygon {
    std::string name;
    template <class Archive> void serialize(Archive& archive) { archive(cereal::base_class<Polygon>(this), name); }
};

}  // namespace kinds

CEREAL_CLASS_VERSION(kinds::Versioned, 2)
CEREAL_REGISTER_TYPE(kinds::Circle)
CEREAL_REGISTER_TYPE(kinds::Polygon)
CEREAL_REGISTER_TYPE(kinds::Star)
CEREAL_REGISTER_POLYMORPHIC_RELATION(kinds::Shape, kinds::Circle)
CEREAL_REGISTER_POLYMORPHIC_RELATION(kinds::Shape, kinds::Polygon)
