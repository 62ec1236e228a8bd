#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <cereal/types/array.hpp>
#include <cereal/types/bitset.hpp>
#include <cereal/types/complex.hpp>
#include <cereal/types/deque.hpp>
#include <cereal/types/forward_list.hpp>
#include <cereal/types/list.hpp>
#include <cereal/types/map.hpp>
#include <cereal/types/memory.hpp>
#include <cereal/types/optional.hpp>
#include <cereal/types/set.hpp>
#include <cereal/types/tuple.hpp>
#include <cereal/types/unordered_map.hpp>
#include <cereal/types/utility.hpp>
#include <cereal/types/valarray.hpp>
#include <cereal/types/variant.hpp>

#include <pthread.h>

#include <cmath>
#include <cstring>
#include <limits>

namespace MPI = mpi4cxx;

namespace {

// More than what they derive from: these say nothing of it,
struct Note : std::string {
    int line = 0;
};
struct Index : std::map<int, int> {
    int version = 0;
};
struct Entry : std::pair<int, std::string> {
    int line = 0;
};
struct Triple : std::array<std::string, 3> {
    int line = 0;
};
struct Guess : std::optional<int> {
    int line = 0;
};
struct Handle : std::shared_ptr<int> {
    int line = 0;
};
// these do.
struct Track : std::vector<double> {
    int speed = 0;
    template <class Archive> void serialize(Archive& archive) { archive(cereal::base_class<std::vector<double>>(this), speed); }
};
template <class T> struct Shelf : std::vector<T> { int height = 0; };
template <class Archive, class T> void save(Archive& archive, const Shelf<T>& shelf) {
    archive(static_cast<const std::vector<T>&>(shelf), shelf.height);
}
template <class Archive, class T> void load(Archive& archive, Shelf<T>& shelf) { archive(static_cast<std::vector<T>&>(shelf), shelf.height); }

// Base classes whose functions are inherited, and know nothing of what a derived class adds:
template <class Base> struct Adding : Base { std::string text; };
template <class Base> struct Renamed : Base {};
template <class Base> struct Own : Base {
    std::string text;
    template <class Archive> void save(Archive& archive) const { archive(static_cast<const Base&>(*this), text); }
    template <class Archive> void load(Archive& archive) { archive(static_cast<Base&>(*this), text); }
};
class Padded {  // a derived class has its members in the padding
public:
    template <class Archive> void serialize(Archive& archive) { archive(mass, id_); }
    double mass = 0;

private:
    int id_ = 0;
};
struct Charged : Padded {
    int charge = 0;
};
struct Unit {
    template <class Archive> void serialize(Archive&) {}
};
struct Letter : Unit {
    char letter = 'a';
};
class Friendly {
    friend class cereal::access;
    template <class Archive> void serialize(Archive& archive) { archive(value_); }
    int value_ = 0;
};
struct Minimal {
    template <class Archive> int save_minimal(const Archive&) const { return value; }
    template <class Archive> void load_minimal(const Archive&, const int& saved) { value = saved; }
    int value = 0;
};
struct Overloaded {
    void serialize(MPI::OutputArchive& archive) { archive(value); }
    void serialize(MPI::InputArchive& archive) { archive(value); }
    int value = 0;
};
struct Versioned {
    template <class Archive> void serialize(Archive& archive, std::uint32_t) { archive(value); }
    int value = 0;
};
struct BesideWhole {
    int value = 0;
};
template <class Archive> void serialize(Archive& archive, BesideWhole& object) { archive(object.value); }
struct BesideHalves {
    int value = 0;
};
template <class Archive> void save(Archive& archive, const BesideHalves& object) { archive(object.value); }
template <class Archive> void load(Archive& archive, BesideHalves& object) { archive(object.value); }
struct BesideMinimal {
    int value = 0;
};
template <class Archive> int save_minimal(const Archive&, const BesideMinimal& object) { return object.value; }
template <class Archive> void load_minimal(const Archive&, BesideMinimal& object, const int& saved) { object.value = saved; }
// Functions that know the derived class.
struct BesideBoth : BesideWhole {
    int more = 0;
};
template <class Archive> void serialize(Archive& archive, BesideBoth& object) { archive(object.value, object.more); }
struct Open {
    int value = 0;
};
template <class Archive, std::derived_from<Open> T> void serialize(Archive& archive, T& object) { object.write_to(archive); }
struct Opened : Open {
    int more = 0;
    template <class Archive> void write_to(Archive& archive) { archive(value, more); }
};
struct Chosen : Minimal {
    int more = 0;
    template <class Archive> void serialize(Archive& archive) { archive(value, more); }
};

using Payload = std::vector<std::byte>;

template <class T> Payload payload(const T& object) {
    const MPI::detail::Packing packing = MPI::detail::packed(object);
    return {packing.bytes().begin(), packing.bytes().end()};
}
template <class T> T unpacked(const Payload& bytes) {
    T object{};
    MPI::detail::Unpacking from(bytes);
    MPI::detail::unpack(from, object);
    return object;
}
template <class T> T round_trip(const T& object) { return unpacked<T>(payload(object)); }

struct Size {  // as it stands before what it is the size of
    std::uint64_t size;
};

/// A payload of these bytes.
template <class... Parts> Payload forged(Parts... parts) {
    MPI::detail::Packing packing(MPI::detail::Packing::Blocks::inside);
    const auto append = [&packing](auto part) {
        if constexpr (std::is_same_v<decltype(part), Size>)
            packing.put_size(part.size);
        else
            packing.put(part);
    };
    (append(parts), ...);
    return {packing.bytes().begin(), packing.bytes().end()};
}

/// Whether every beginning of `object`'s bytes, and they with one more, is refused by an Exception.
template <class T> bool refuses_other_lengths(const T& object) {
    const Payload whole = payload(object);
    for (std::size_t size = 0; size <= whole.size() + 1; ++size) {
        Payload part = whole;
        part.resize(size);
        if (size != whole.size() && thrown<MPI::Exception>([&] { (void)unpacked<T>(part); }).empty())
            return false;
    }
    return true;
}

enum class Colour : unsigned char { red, green };

struct Family {  // of its own type within
    std::vector<Family> children;
    template <class Archive> void serialize(Archive& archive) { archive(children); }
};

struct Member {  // a serialize member
    int a = 0;
    std::string b;
    template <class Archive> void serialize(Archive& archive) { archive(a, b); }
    bool operator==(const Member&) const = default;
};
struct Free {  // a function beside it
    std::vector<int> values;
    bool operator==(const Free&) const = default;
};
template <class Archive> void serialize(Archive& archive, Free& free) { archive(free.values); }
struct Split {  // save and load, an aggregate that would have a datatype
    int stored = 0, forgotten = 0;
    template <class Archive> void save(Archive& archive) const { archive(stored); }
    template <class Archive> void load(Archive& archive) { archive(stored); }
};
struct Beside {  // free save and load, an aggregate that would have a datatype
    int stored = 0, forgotten = 0;
};
template <class Archive> void save(Archive& archive, const Beside& object) { archive(object.stored); }
template <class Archive> void load(Archive& archive, Beside& object) { archive(object.stored); }

struct Plain {
    char kind;
    double position[3];
    bool alive;
    bool operator==(const Plain&) const = default;
};
struct Nested {
    Plain plain;
    std::array<int, 2> numbers;
    Colour colour;
    std::pair<int, double> pair;
    bool operator==(const Nested&) const = default;
};
struct Node {
    int value = 0;
    std::unique_ptr<Node> next;
    template <class Archive> void serialize(Archive& archive) { archive(value, next); }
};
struct Nothing {};
struct Silent {  // not empty, but nothing is sent of it
    int cache = 0;
    template <class Archive> void serialize(Archive&) {}
};
struct Two {
    std::shared_ptr<int> number;
    std::shared_ptr<std::string> text;
    template <class Archive> void serialize(Archive& archive) { archive(number, text); }
};

template <class C> std::size_t size_after_round_trip(const C& elements) { return round_trip(elements).size(); }

/// Whether only those classes that derive from `Base` can be sent that add no members or have functions of their own.
template <class Base> constexpr bool keeps_members_of_derived() {
    return MPI::Serializable<Base> && MPI::Serializable<Renamed<Base>> && !MPI::Serializable<Adding<Base>> &&
           !MPI::Serializable<Adding<Renamed<Base>>>;
}

}  // namespace

CEREAL_SPECIALIZE_FOR_ALL_ARCHIVES(Chosen, cereal::specialization::member_serialize)

TEST_CASE("Objects come back from their bytes", "[object][serialize]") {
    CHECK(round_trip(42) == 42);
    CHECK(round_trip(std::numeric_limits<std::uint64_t>::max()) == std::numeric_limits<std::uint64_t>::max());
    CHECK(round_trip('x') == 'x');
    CHECK(round_trip(-2.5L) == -2.5L);
    CHECK(std::isnan(round_trip(std::nan(""))));
    CHECK(round_trip(true));
    CHECK(round_trip(Colour::green) == Colour::green);
    CHECK(round_trip(std::complex<double>(1, 2)) == std::complex<double>(1, 2));
    CHECK(round_trip(std::string()).empty());
    CHECK(round_trip(std::string("a\0b", 3)) == std::string("a\0b", 3));
    CHECK(round_trip(std::vector<double>{1, 2, 3}) == std::vector<double>{1, 2, 3});
    CHECK(round_trip(std::vector<int>()).empty());
    CHECK(round_trip(std::vector<bool>{true, false, true}) == std::vector<bool>{true, false, true});
    CHECK(round_trip(std::vector<std::vector<std::string>>{{"a", "bc"}, {}}) == std::vector<std::vector<std::string>>{{"a", "bc"}, {}});
    using Map = std::map<std::string, std::vector<double>>;
    CHECK(round_trip(Map{{"x", {1, 2}}, {"y", {}}}) == Map{{"x", {1, 2}}, {"y", {}}});
    CHECK(round_trip(std::unordered_map<int, std::string>{{1, "a"}}) == std::unordered_map<int, std::string>{{1, "a"}});
    CHECK(round_trip(std::set<int>{3, 1}) == std::set<int>{1, 3});
    CHECK(round_trip(std::list<short>{3, 1}) == std::list<short>{3, 1});
    CHECK(round_trip(std::deque<bool>{true, false}) == std::deque<bool>{true, false});
    CHECK(round_trip(std::forward_list<std::string>{"a", "b"}) == std::forward_list<std::string>{"a", "b"});
    CHECK((round_trip(std::valarray<double>{1, 2}) == std::valarray<double>{1, 2}).min());
    CHECK((round_trip(std::valarray<std::string>{"a", "b"}) == std::valarray<std::string>{"a", "b"}).min());
    CHECK(round_trip(std::bitset<21>(0x12345)) == std::bitset<21>(0x12345));
    using Multimap = std::multimap<int, std::string>;
    CHECK(round_trip(Multimap{{1, "b"}, {1, "a"}}) == Multimap{{1, "b"}, {1, "a"}});  // in their order
    CHECK(round_trip(std::array<std::string, 2>{"a", "b"}) == std::array<std::string, 2>{"a", "b"});
    CHECK(round_trip(std::optional<int>()) == std::nullopt);
    CHECK(round_trip(std::optional<std::string>("a")) == "a");
    using Variant = std::variant<int, std::string>;
    CHECK(round_trip(Variant("a")) == Variant("a"));
    CHECK(round_trip(std::pair(1, std::string("a"))) == std::pair(1, std::string("a")));
    CHECK(round_trip(std::tuple(1, 2.5, std::string("a"))) == std::tuple(1, 2.5, std::string("a")));
}

TEST_CASE("Elements that take no bytes are counted", "[object][serialize]") {
    CHECK(size_after_round_trip(std::vector<Nothing>(3)) == 3);
    CHECK(size_after_round_trip(std::vector<Silent>(3)) == 3);
    CHECK(size_after_round_trip(std::vector<std::tuple<>>(3)) == 3);
    CHECK(size_after_round_trip(std::vector<std::array<int, 0>>(3)) == 3);
    CHECK(size_after_round_trip(std::vector<std::pair<Nothing, Silent>>(3)) == 3);
    CHECK(size_after_round_trip(std::list<Nothing>(3)) == 3);
    CHECK(size_after_round_trip(std::deque<Silent>(3)) == 3);
}

TEST_CASE("Containers are read over what they hold", "[object][serialize]") {
    const auto over = [](auto held, auto read) {
        const Payload bytes = payload(read);
        MPI::detail::Unpacking from(bytes);
        MPI::detail::unpack(from, held);
        return held == read;
    };
    const std::initializer_list<std::string> many = {"a", "b", "c"}, few = {"d"};
    CHECK(over(std::vector(many), std::vector(few)));
    CHECK(over(std::vector(few), std::vector(many)));
    CHECK(over(std::deque(many), std::deque(few)));
    CHECK(over(std::deque(few), std::deque(many)));
    CHECK(over(std::list(many), std::list(few)));
    CHECK(over(std::list(few), std::list(many)));
    CHECK(over(std::forward_list(many), std::forward_list(few)));
    CHECK(over(std::forward_list(few), std::forward_list(many)));
    CHECK(over(std::multimap<int, int>{{1, 2}}, std::multimap<int, int>{{3, 4}}));
}

TEST_CASE("What spells a string is sent as one", "[object][serialize]") {
    CHECK(unpacked<std::string>(payload("text")) == "text");
    CHECK(unpacked<std::string>(payload(std::string_view("text"))) == "text");
    const char* const text = "text";
    CHECK(unpacked<std::string>(payload(text)) == "text");
}

TEST_CASE("Pointers carry what they point to", "[object][serialize]") {
    const auto empty = unpacked<std::unique_ptr<int>>(payload(std::unique_ptr<int>()));
    CHECK(empty == nullptr);
    const auto full = unpacked<std::unique_ptr<int>>(payload(std::make_unique<int>(5)));
    CHECK((full && *full == 5));
    const auto shared = std::make_shared<int>(6);
    const auto both = round_trip(std::vector{shared, shared});
    CHECK((both.size() == 2 && both[0] == both[1] && *both[0] == 6));
    Node list{1, std::make_unique<Node>(Node{2, nullptr})};
    const Node copy = round_trip(list);
    CHECK((copy.value == 1 && copy.next && copy.next->value == 2 && !copy.next->next));
}

TEST_CASE("A user's type says itself what is sent of it", "[object][serialize]") {
    CHECK(round_trip(Member{1, "a"}) == Member{1, "a"});
    CHECK(round_trip(Free{{1, 2}}) == Free{{1, 2}});
    CHECK(round_trip(Split{1, 2}).stored == 1);
    CHECK(round_trip(Split{1, 2}).forgotten == 0);
    CHECK(round_trip(Beside{1, 2}).stored == 1);
    CHECK(round_trip(Beside{1, 2}).forgotten == 0);
    CHECK(round_trip(std::vector{Member{1, "a"}, Member{2, "b"}})[1] == Member{2, "b"});
    CHECK(round_trip(std::vector{Beside{1, 2}})[0].stored == 1);
}

TEST_CASE("A plain aggregate needs no serialize", "[object][serialize]") {
    const Plain plain{'a', {1, 2, 3}, true};
    CHECK(round_trip(plain) == plain);
    const Nested nested{plain, {4, 5}, Colour::green, {6, 7.5}};
    CHECK(round_trip(nested) == nested);
    SECTION("in containers either") {
        CHECK(round_trip(std::vector{plain, plain}) == std::vector{plain, plain});
        CHECK(round_trip(std::map<std::string, Nested>{{"a", nested}}) == std::map<std::string, Nested>{{"a", nested}});
        CHECK(round_trip(std::optional(nested)) == nested);
        CHECK(round_trip(std::pair(1, plain)) == std::pair(1, plain));
        CHECK(round_trip(std::tuple(plain, std::string("a"))) == std::tuple(plain, std::string("a")));
    }
}

TEST_CASE("Bytes that end early or late are refused", "[object][serialize][error]") {
    CHECK(refuses_other_lengths(42));
    CHECK(refuses_other_lengths(true));
    CHECK(refuses_other_lengths(Colour::red));
    CHECK(refuses_other_lengths(std::string("hello")));
    CHECK(refuses_other_lengths(std::vector<double>{1, 2, 3}));
    CHECK(refuses_other_lengths(std::vector<bool>{true, false}));
    CHECK(refuses_other_lengths(std::vector<std::vector<std::string>>{{"a", "bc"}, {"d"}}));
    CHECK(refuses_other_lengths(std::map<std::string, std::vector<double>>{{"x", {1, 2}}, {"y", {3}}}));
    CHECK(refuses_other_lengths(std::set<int>{1, 2}));
    CHECK(refuses_other_lengths(std::optional<int>(1)));
    CHECK(refuses_other_lengths(std::variant<int, std::string>("abc")));
    CHECK(refuses_other_lengths(std::tuple(1, 2.5, std::string("a"))));
    CHECK(refuses_other_lengths(std::vector{std::make_shared<int>(1)}));
    CHECK(refuses_other_lengths(Member{1, "abc"}));
    CHECK(refuses_other_lengths(Plain{'a', {1, 2, 3}, true}));
    CHECK(refuses_other_lengths(Nested{}));
}

TEST_CASE("Sizes that no message could hold are refused", "[object][serialize][error]") {
    for (const std::uint64_t size : {std::uint64_t(1) << 62, ~std::uint64_t(0), (std::uint64_t(1) << 61) + 1, std::uint64_t(9)}) {
        CAPTURE(size);
        const std::uint64_t rest = 0;  // eight bytes
        CHECK_THROWS_AS(unpacked<std::string>(forged(Size{size}, rest)), MPI::Exception);
        CHECK_THROWS_AS(unpacked<std::vector<char>>(forged(Size{size}, rest)), MPI::Exception);
        CHECK_THROWS_AS(unpacked<std::vector<double>>(forged(Size{size}, rest)), MPI::Exception);
        CHECK_THROWS_AS(unpacked<std::vector<bool>>(forged(Size{size}, rest)), MPI::Exception);
        CHECK_THROWS_AS(unpacked<std::vector<std::string>>(forged(Size{size}, rest)), MPI::Exception);
        CHECK_THROWS_AS(unpacked<std::vector<Plain>>(forged(Size{size}, rest)), MPI::Exception);
        using Map = std::map<std::string, std::string>;
        CHECK_THROWS_AS(unpacked<Map>(forged(Size{size}, rest)), MPI::Exception);
        using Hash = std::unordered_map<int, int>;
        CHECK_THROWS_AS(unpacked<Hash>(forged(Size{size}, rest)), MPI::Exception);
        CHECK_THROWS_AS(unpacked<std::list<int>>(forged(Size{size}, rest)), MPI::Exception);
    }
}

TEST_CASE("Bytes that are no value of their type are refused", "[object][serialize][error]") {
    const char two = 2;
    CHECK(thrown<MPI::Exception>([&] { (void)unpacked<bool>(forged(two)); }).find("bool") != std::string::npos);
    CHECK_THROWS_AS(unpacked<std::vector<bool>>(forged(Size{1}, two)), MPI::Exception);
    CHECK_THROWS_AS(unpacked<std::optional<int>>(forged(two, 1)), MPI::Exception);
    using Variant = std::variant<int, float>;
    CHECK_THROWS_AS(unpacked<Variant>(forged(std::int32_t(2), 1)), MPI::Exception);
    CHECK_THROWS_AS(unpacked<Variant>(forged(std::int32_t(-1), 1)), MPI::Exception);
    using Shared = std::shared_ptr<int>;
    CHECK_THROWS_AS(unpacked<Shared>(forged(std::uint32_t(7))), MPI::Exception);  // refers to one that never came

    Payload plain = payload(Plain{'a', {1, 2, 3}, true});
    const auto alive = std::find(plain.rbegin(), plain.rend(), std::byte{1});
    *alive = std::byte{2};
    CHECK_THROWS_AS(unpacked<Plain>(plain), MPI::Exception);
}

TEST_CASE("A pointer is to an object of its own type", "[object][serialize][error]") {
    const std::uint32_t first = 0x80000001, again = 1;
    CHECK(unpacked<Two>(forged(first, 5, std::uint32_t(0))).text == nullptr);
    CHECK_THROWS_AS(unpacked<Two>(forged(first, 5, again)), MPI::Exception);
}

TEST_CASE("Objects within objects leave some of the stack", "[object][serialize][error]") {
    const auto chain = [](int length) {
        Payload bytes;
        for (int i = 0; i < length; ++i) {
            bytes.resize(bytes.size() + sizeof i);
            bytes.push_back(std::byte{i + 1 < length});
        }
        return bytes;
    };
    int length = 0;
    const Node list = unpacked<Node>(chain(1000));
    for (const Node* node = &list; node != nullptr; node = node->next.get()) ++length;
    CHECK(length == 1000);
    CHECK(thrown<MPI::Exception>([&] { (void)unpacked<Node>(chain(1'000'000)); }).find("stack") != std::string::npos);
}

TEST_CASE("A class is more than the container that it derives from", "[object][serialize]") {
    STATIC_REQUIRE_FALSE(MPI::Serializable<Note>);
    STATIC_REQUIRE_FALSE(MPI::Serializable<Index>);
    STATIC_REQUIRE_FALSE(MPI::Serializable<Entry>);
    STATIC_REQUIRE_FALSE(MPI::Serializable<Triple>);
    STATIC_REQUIRE_FALSE(MPI::Serializable<Guess>);
    STATIC_REQUIRE_FALSE(MPI::Serializable<Handle>);
    STATIC_REQUIRE_FALSE(MPI::Serializable<std::vector<Note>>);
    Track track;
    track.assign(3, 1.5);
    track.speed = 7;
    const Track same = round_trip(track);
    CHECK(same == track);
    CHECK(same.speed == 7);
    Shelf<int> shelf;
    shelf.push_back(1);
    shelf.height = 2;
    CHECK(round_trip(shelf).height == 2);
    CHECK(round_trip(shelf) == shelf);
}

TEST_CASE("Inherited functions do not send what a derived class adds", "[object][serialize]") {
    STATIC_REQUIRE(keeps_members_of_derived<Padded>());
    STATIC_REQUIRE(keeps_members_of_derived<Friendly>());
    STATIC_REQUIRE(keeps_members_of_derived<Minimal>());
    STATIC_REQUIRE(keeps_members_of_derived<Overloaded>());
    STATIC_REQUIRE(keeps_members_of_derived<Versioned>());
    STATIC_REQUIRE(keeps_members_of_derived<BesideWhole>());
    STATIC_REQUIRE(keeps_members_of_derived<BesideHalves>());
    STATIC_REQUIRE(keeps_members_of_derived<BesideMinimal>());
    STATIC_REQUIRE(keeps_members_of_derived<BesideBoth>());
    STATIC_REQUIRE_FALSE(MPI::Serializable<Charged>);
    STATIC_REQUIRE_FALSE(MPI::Serializable<Letter>);
    CHECK(round_trip(Own<Split>{{}, "more"}).text == "more");
    CHECK(round_trip(BesideBoth{{1}, 2}).more == 2);
    CHECK(round_trip(Opened{{1}, 2}).more == 2);
    CHECK(round_trip(Chosen{{1}, 2}).more == 2);
}

TEST_CASE("Concepts tell what can be sent", "[object][serialize]") {
    STATIC_REQUIRE(MPI::Serializable<int>);
    STATIC_REQUIRE(MPI::Serializable<const char*>);
    STATIC_REQUIRE(MPI::Serializable<char[3]>);
    STATIC_REQUIRE(MPI::Serializable<Member>);
    STATIC_REQUIRE(MPI::Serializable<Plain>);
    STATIC_REQUIRE(MPI::Serializable<std::vector<Plain>>);
    STATIC_REQUIRE_FALSE(MPI::Serializable<int*>);
    STATIC_REQUIRE_FALSE(MPI::Serializable<std::string_view*>);
    STATIC_REQUIRE_FALSE(MPI::Serializable<MPI::Intracomm>);
    struct Holds {
        std::unique_ptr<void> nothing;
    };
    STATIC_REQUIRE_FALSE(MPI::Serializable<Holds>);
}

TEST_CASE("Both ends of a message tell their types by name", "[object][serialize]") {
    CHECK(MPI::detail::object_type<int>.hash != MPI::detail::object_type<unsigned>.hash);
    CHECK(MPI::detail::object_type<std::array<int, 1>>.hash != MPI::detail::object_type<std::array<int, 2>>.hash);
    CHECK(MPI::detail::object_type<std::pair<int[1], int>>.hash != MPI::detail::object_type<std::pair<int[1], char>>.hash);
    CHECK(MPI::detail::object_type<int[2][3]>.hash != MPI::detail::object_type<int[2][4]>.hash);
}

TEST_CASE("An object of another type is refused, and both types are named", "[object][serialize][error]") {
    const auto refused = [](auto sent, auto wanted) {
        const MPI::Intracomm& self = MPI::COMM_SELF;
        MPI::Request request = self.isend(sent, 0);
        const std::string text = thrown<MPI::Exception>([&] { (void)self.recv<decltype(wanted)>(0); });
        request.wait();
        return text;
    };
    const std::string text = refused(std::vector<unsigned>{1}, std::vector<int>());
    CHECK(text.find("is a std::vector<unsigned int>, not a std::vector<int>") != std::string::npos);
    CHECK(refused(std::string(100'000, 'x'), Plain()).find("is a std::string, not a ") != std::string::npos);
    CHECK_FALSE(refused(1, 1.0f).empty());
    CHECK_FALSE(refused('x', Colour::red).empty());
    CHECK_FALSE(refused(Plain(), Nested()).empty());
    CHECK_FALSE(refused(std::array<int, 2>(), std::array<int, 3>()).empty());
}

TEST_CASE("Objects within objects are refused where the stack of their thread ends", "[object][serialize][error]") {
    const auto text_in_thread = [](std::size_t depth, std::size_t stack) {
        struct Work {
            Payload bytes;
            std::string text;
        } work{Payload(depth + 1, std::byte{1}), {}};
        work.bytes.back() = std::byte{0};
        pthread_attr_t attributes;
        pthread_t thread{};
        pthread_attr_init(&attributes);
        pthread_attr_setstacksize(&attributes, stack);
        const auto read = [](void* to) -> void* {
            Work& mine = *static_cast<Work*>(to);
            mine.text = type_error([&] { (void)unpacked<Family>(mine.bytes); });
            return nullptr;
        };
        CHECK(pthread_create(&thread, &attributes, read, &work) == 0);
        pthread_join(thread, nullptr);
        pthread_attr_destroy(&attributes);
        return work.text;
    };
    CHECK(text_in_thread(20, 256 << 10).empty());
    CHECK(contains(text_in_thread(100'000, 256 << 10), "too many for the stack"));
    CHECK(contains(text_in_thread(100'000, 1 << 20), "too many for the stack"));
}

TEST_CASE("Objects cross between processes", "[object][serialize]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int next = (comm.rank() + 1) % comm.size(), previous = (comm.rank() + comm.size() - 1) % comm.size();
        const auto received = comm.sendrecv<Member>(Member{comm.rank(), std::string(100, 'x')}, next, 0, previous, 0);
        CHECK(received == Member{previous, std::string(100, 'x')});
        CHECK(comm.allgather(Plain{'a', {1, 2, 3}, true}).size() == static_cast<std::size_t>(comm.size()));
    });
}
