// Reads objects from bytes that anybody may have made, for libFuzzer. The first byte says what object, the second how many
// blocks it has; its bytes follow, with the blocks' sizes at their end. All that may come of them is an object, which then
// has to come back from its own bytes, or an mpi4cxx::Exception, and no more memory may be taken than such bytes deserve.
//
//   reader --seeds FOLDER    writes an object of each kind there, for the corpus

#include "kinds.hpp"

#include <mpi4cxx/error.hpp>

#include <sanitizer/allocator_interface.h>

#include <algorithm>
#include <bitset>
#include <chrono>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <forward_list>
#include <fstream>
#include <list>
#include <map>
#include <optional>
#include <queue>
#include <span>
#include <stack>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <valarray>

namespace {

[[noreturn]] void fail(std::string_view kind, std::string_view what) {
    std::fprintf(stderr, "%.*s: %.*s\n", static_cast<int>(kind.size()), kind.data(), static_cast<int>(what.size()), what.data());
    std::abort();
}

// Memory -----------------------------------------------------------------------------------------------------------------

/// What may be allocated for a message, freed again or not. An element takes a byte of it at least and, in these kinds, at
/// most 64 bytes of memory; a container that grows allocates up to four times what it ends with.
constexpr std::size_t per_byte = 4 * 64, in_any_case = 4096;

std::size_t allowance = SIZE_MAX;  // SIZE_MAX: nobody counts
std::string_view reading;          // of what kind

class Limit {
public:
    explicit Limit(std::size_t bytes_given) { allowance = bytes_given * per_byte + in_any_case; }
    Limit(const Limit&) = delete;
    Limit& operator=(const Limit&) = delete;
    ~Limit() { allowance = SIZE_MAX; }
};

void count(const volatile void*, std::size_t size) {
    if (allowance == SIZE_MAX)
        return;
    if (size > allowance) {
        allowance = SIZE_MAX;
        fail(reading, "takes more memory than its bytes deserve");
    }
    allowance -= size;
}

using mpi4cxx::detail::Packing;
using mpi4cxx::detail::Unpacking;
using Payload = std::vector<std::byte>;

// Messages ---------------------------------------------------------------------------------------------------------------

struct Message {
    Payload bytes;
    std::size_t blocks = 0;

    /// The size in the table at the end of the bytes.
    [[nodiscard]] std::uint64_t block_size(std::size_t i) const {
        std::uint64_t size = 0;
        std::memcpy(&size, bytes.data() + bytes.size() - (blocks - i) * sizeof size, sizeof size);
        return size;
    }
    [[nodiscard]] std::size_t size() const {
        std::size_t sum = bytes.size();
        for (std::size_t i = 0; i < blocks; ++i) sum += block_size(i);
        return sum;
    }
};

/// In place of a channel. A block holds the message's bytes over and over, so that it takes no file of 64 KiB to have one.
class Channel final : public Unpacking {
public:
    explicit Channel(const Message& message) : Unpacking(message.bytes, message.blocks), pattern_(message.bytes) {}

private:
    void receive(void* to, std::size_t size) override {
        auto* const bytes = static_cast<std::byte*>(to);
        std::size_t filled = std::min(size, pattern_.size());
        std::memcpy(bytes, pattern_.data(), filled);
        for (; filled < size; filled *= 2) std::memcpy(bytes + filled, bytes, std::min(filled, size - filled));
    }
    std::span<const std::byte> pattern_;
};

/// Sends blocks from where they lie.
class Loopback final : public Unpacking {
public:
    explicit Loopback(const Packing& packing) : Unpacking(packing.bytes(), packing.blocks().size()), next_(packing.blocks().begin()) {}

private:
    void receive(void* to, std::size_t) override {
        std::memcpy(to, next_->data, next_->size);
        ++next_;
    }
    std::span<const mpi4cxx::detail::Block>::iterator next_;
};

template <class T> Packing packed(const T& object) {
    Packing packing(Packing::Blocks::beside);
    mpi4cxx::detail::pack(object, packing);
    return packing;
}

std::size_t size_of(const Packing& packing) {
    std::size_t sum = packing.bytes().size();
    for (const auto& block : packing.blocks()) sum += block.size;
    return sum;
}

bool are_same(const Packing& a, const Packing& b) {
    const auto same_block = [](const auto& x, const auto& y) { return x.size == y.size && std::memcmp(x.data, y.data, x.size) == 0; };
    return std::ranges::equal(a.bytes(), b.bytes()) && std::ranges::equal(a.blocks(), b.blocks(), same_block);
}

/// Those whose elements come in any order can be told by == only, all others by their bytes, which works for NaN too.
template <class T> bool are_same(const T& a, const T& b) {
    if constexpr (mpi4cxx::detail::type_name<T>().find("unordered") != std::string_view::npos)
        return a == b;
    else
        return are_same(packed(a), packed(b));
}

template <class T> void read_back(const Packing& packing, T& object) {
    try {
        const Limit limit(size_of(packing));
        Loopback from(packing);
        mpi4cxx::detail::unpack(from, object);
    } catch (const std::exception& e) {
        fail(reading, std::string("its own bytes are refused: ") + e.what());
    }
}

template <class T> void read(const Message& message) {
    auto object = std::make_unique<T>(), copy = std::make_unique<T>();
    try {
        const Limit limit(message.size());
        Channel from(message);
        mpi4cxx::detail::unpack(from, *object);
    } catch (const mpi4cxx::Exception&) {
        return;
    } catch (const std::exception& e) {
        fail(reading, std::string("another exception: ") + e.what());
    }
    read_back(packed(*object), *copy);
    if (!are_same(*object, *copy))
        fail(reading, "another object comes back");
    read_back(packed(*object), *copy);  // into what is no longer fresh
    if (!are_same(*object, *copy))
        fail(reading, "another object comes back over an old one");
}

template <class T> Message written(const T& object) {
    const Packing packing = packed(object);
    return {{packing.bytes().begin(), packing.bytes().end()}, packing.blocks().size()};
}

// The kinds --------------------------------------------------------------------------------------------------------------

struct Kind {
    std::string_view name;
    void (*read)(const Message&);
    Message (*seed)();
};

/// `fill` makes of a fresh object one that has something of everything.
template <class T, class Fill> constexpr Kind kind(Fill) {
    return {mpi4cxx::detail::type_name<T>(), read<T>, [] {
                auto object = std::make_unique<T>();
                Fill()(*object);
                return written(*object);
            }};
}

constexpr std::size_t block = 70'000;

std::shared_ptr<kinds::Linked> ring() {
    auto first = std::make_shared<kinds::Linked>(), second = std::make_shared<kinds::Linked>();
    first->next = second;
    second->next = second->next = first;
    second->back = second;
    return first;
}
std::shared_ptr<kinds::Polygon> polygon() {
    auto polygon = std::make_shared<kinds::Polygon>();
    polygon->points = {{1, 2}, {3, 4}};
    polygon->holes.push_back(std::make_unique<kinds::Circle>());
    polygon->holes.push_back(nullptr);
    polygon->holes.push_back(std::make_unique<kinds::Polygon>());
    return polygon;
}

using namespace kinds;
// New ones at the end: the corpus knows them by their place.
const Kind all[] = {
    kind<int>([](auto& x) { x = 42; }),
    kind<bool>([](auto& x) { x = true; }),
    kind<Colour>([](auto& x) { x = Colour::green; }),
    kind<std::string>([](auto& x) { x = "text"; }),
    kind<std::string>([](auto& x) { x = std::string(block, 'x'); }),
    kind<std::wstring>([](auto& x) { x = L"text"; }),
    kind<std::u32string>([](auto& x) { x = std::u32string(block / 4, 'x'); }),
    kind<std::vector<char>>([](auto& x) {
        x = {'a', 'b'};
    }),
    kind<std::vector<double>>([](auto& x) { x = std::vector<double>(block / 8, 1.5); }),
    kind<std::vector<bool>>([](auto& x) {
        x = {true, false};
    }),
    kind<std::vector<Colour>>([](auto& x) { x = {Colour::red}; }),
    kind<std::vector<Padded>>([](auto& x) {
        x = {{'a', 1, 2}, {'b', 3, 4}};
    }),
    kind<std::vector<Flagged>>([](auto& x) {
        x = {{1, true, {true, false}, {'a', 1, 2}}};
    }),
    kind<std::vector<std::string>>([](auto& x) {
        x = {"a", "", std::string(300, 'b')};
    }),
    kind<std::vector<std::vector<std::string>>>([](auto& x) {
        x = {{"a"}, {}, {"b", "c"}};
    }),
    kind<std::vector<std::vector<float>>>([](auto& x) {
        x = {{1}, std::vector<float>(block / 4), {}, std::vector<float>(block / 4)};
    }),
    kind<std::vector<std::unique_ptr<int>>>([](auto& x) {
        x.push_back(std::make_unique<int>(1));
        x.push_back(nullptr);
    }),
    kind<std::vector<Empty>>([](auto& x) { x.resize(3); }),
    kind<std::vector<Silent>>([](auto& x) { x.resize(3); }),
    kind<std::vector<std::tuple<>>>([](auto& x) { x.resize(3); }),
    kind<std::vector<std::array<int, 0>>>([](auto& x) { x.resize(3); }),
    kind<std::vector<std::pair<Empty, Silent>>>([](auto& x) { x.resize(3); }),
    kind<std::array<int, 3>>([](auto& x) {
        x = {1, 2, 3};
    }),
    kind<std::array<std::string, 2>>([](auto& x) {
        x = {"a", "b"};
    }),
    kind<std::pair<int, std::string>>([](auto& x) {
        x = {1, "a"};
    }),
    kind<std::tuple<char, Padded, std::string>>([](auto& x) {
        x = {'a', {'b', 1, 2}, "c"};
    }),
    kind<std::complex<double>>([](auto& x) {
        x = {1, 2};
    }),
    kind<std::map<std::string, std::vector<double>>>([](auto& x) {
        x = {{"a", {1, 2}}, {"b", {}}};
    }),
    kind<std::map<int, Flagged>>([](auto& x) {
        x[1] = {1, true, {true, false}, {'a', 1, 2}};
    }),
    kind<std::map<char, std::map<char, std::string>>>([](auto& x) {
        x = {{'a', {{'b', "c"}, {'d', "e"}}}};
    }),
    kind<std::multimap<char, char>>([](auto& x) {
        x = {{'a', 'b'}, {'a', 'c'}, {'d', 'e'}};
    }),
    kind<std::unordered_map<int, std::string>>([](auto& x) {
        x = {{1, "a"}, {2, "b"}};
    }),
    kind<std::unordered_map<std::string, std::unordered_set<char>>>([](auto& x) {
        x = {{"a", {'b', 'c'}}, {"d", {}}};
    }),
    kind<std::unordered_multimap<int, char>>([](auto& x) {
        x = {{1, 'a'}, {1, 'b'}};
    }),
    kind<std::unordered_set<std::string>>([](auto& x) {
        x = {"a", "b"};
    }),
    kind<std::unordered_multiset<char>>([](auto& x) {
        x = {'a', 'a'};
    }),
    kind<std::set<std::string>>([](auto& x) {
        x = {"a", "b"};
    }),
    kind<std::multiset<std::pair<char, char>, Before>>([](auto& x) {
        x = {{'a', 'b'}, {'a', 'c'}, {'d', 'e'}};
    }),
    kind<std::list<std::string>>([](auto& x) {
        x = {"a", "b"};
    }),
    kind<std::list<int>>([](auto& x) {
        x = {1, 2};
    }),
    kind<std::list<Empty>>([](auto& x) { x.resize(3); }),
    kind<std::deque<std::string>>([](auto& x) {
        x = {"a", "b"};
    }),
    kind<std::deque<bool>>([](auto& x) {
        x = {true, false};
    }),
    kind<std::deque<Large>>([](auto& x) { x.resize(1); }),
    kind<std::deque<Silent>>([](auto& x) { x.resize(3); }),
    kind<std::forward_list<std::string>>([](auto& x) {
        x = {"a", "b"};
    }),
    kind<std::forward_list<Large>>([](auto& x) { x.resize(1); }),
    kind<std::queue<std::string>>([](auto& x) { x.push("a"); }),
    kind<std::stack<int, std::vector<int>>>([](auto& x) { x.push(1); }),
    kind<std::priority_queue<int>>([](auto& x) {
        x.push(1);
        x.push(2);
    }),
    kind<std::optional<std::string>>([](auto& x) { x = "a"; }),
    kind<std::vector<std::optional<Colour>>>([](auto& x) {
        x = {std::nullopt, Colour::green};
    }),
    kind<std::variant<int, std::string, std::vector<char>>>([](auto& x) { x = "a"; }),
    kind<std::bitset<21>>([](auto& x) { x = 0x12345; }),
    kind<std::vector<std::bitset<64>>>([](auto& x) {
        x = {1, 2};
    }),
    kind<std::valarray<double>>([](auto& x) { x = std::valarray<double>(1, block / 8); }),
    kind<std::valarray<std::string>>([](auto& x) {
        x = {"a", "b"};
    }),
    kind<std::valarray<Large>>([](auto& x) { x.resize(1); }),
    kind<std::valarray<bool>>([](auto& x) {
        x = {true, false};
    }),
    kind<std::vector<std::valarray<float>>>([](auto& x) {
        x = {{1, 2}, {}};
    }),
    kind<std::atomic<int>>([](auto& x) { x = 1; }),
    kind<std::atomic<bool>>([](auto& x) { x = true; }),
    kind<std::pair<std::chrono::nanoseconds, std::chrono::system_clock::time_point>>([](auto& x) { x.first = std::chrono::seconds(1); }),
    kind<Padded>([](auto& x) {
        x = {'a', 1, 2};
    }),
    kind<Flagged>([](auto& x) {
        x = {1, true, {true, false}, {'a', 1, 2}};
    }),
    kind<Huge>([](auto& x) { x.values.fill(7); }),
    kind<Member>([](auto& x) {
        x = {1, "a"};
    }),
    kind<std::vector<Member>>([](auto& x) {
        x = {{1, "a"}, {2, "b"}};
    }),
    kind<Split>([](auto& x) {
        x = {{1, 2}};
    }),
    kind<std::vector<Minimal>>([](auto& x) {
        x = {{"a"}, {"b"}};
    }),
    kind<std::vector<Versioned>>([](auto& x) {
        x = {{"a", true}, {"b", false}};
    }),
    kind<Raw>([](auto& x) { x.flags[1] = true; }),
    kind<Derived>([](auto& x) { x.b = "a"; }),
    kind<Chain>([](auto& x) { x.next = std::make_unique<Chain>(); }),
    kind<Tree>([](auto& x) {
        x.children = {{{{}, {}}}, {}};
    }),
    kind<Wood>([](auto& x) {
        x.children = {{1, {{2, {}}}}, {3, {}}};
    }),
    kind<Json>([](auto& x) {
        x.value = std::map<std::string, Json>{{"a", {1.5}}, {"b", {std::vector<Json>{{true}, {"c"}, {}}}}};
    }),
    kind<std::shared_ptr<Linked>>([](auto& x) { x = ring(); }),
    kind<std::vector<Two>>([](auto& x) {
        x.resize(2);
        x[0].small = std::make_shared<char>('a');
        x[1].small = x[0].small;
        x[1].large = std::make_shared<std::array<std::string, 9>>();
    }),
    kind<std::vector<std::shared_ptr<Constructed>>>([](auto& x) {
        x = {std::make_shared<Constructed>("a"), nullptr};
    }),
    kind<std::unique_ptr<Matryoshka>>([](auto& x) { x = std::make_unique<Matryoshka>(std::make_unique<Matryoshka>(nullptr)); }),
    kind<std::vector<std::shared_ptr<Shape>>>([](auto& x) {
        x = {polygon(), nullptr, std::make_shared<Circle>()};
    }),
    kind<std::vector<std::unique_ptr<Shape>>>([](auto& x) { x.push_back(std::make_unique<Circle>()); }),
    kind<std::vector<std::shared_ptr<Polygon>>>([](auto& x) {
        x = {std::make_shared<Star>(), polygon()};
    }),
};

void write_seeds(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    for (std::size_t i = 0; i < std::size(all); ++i) {
        const Message seed = all[i].seed();
        std::ofstream file(folder / std::to_string(i), std::ios::binary);
        file.put(static_cast<char>(i)).put(static_cast<char>(seed.blocks));
        file.write(reinterpret_cast<const char*>(seed.bytes.data()), static_cast<std::streamsize>(seed.bytes.size()));
    }
    Linked::take_apart();
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
    if (*argc == 3 && std::string_view((*argv)[1]) == "--seeds") {
        write_seeds((*argv)[2]);
        std::exit(0);
    }
    __sanitizer_install_malloc_and_free_hooks(count, [](const volatile void*) {});
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2)
        return -1;
    const Kind& kind = all[data[0] % std::size(all)];
    const auto* const begin = reinterpret_cast<const std::byte*>(data);
    const Message message{{begin + 2, begin + size}, data[1] % 4u};
    // A channel gives what its sender has; this one has little.
    if (message.bytes.size() < message.blocks * sizeof(std::uint64_t))
        return -1;
    for (std::size_t i = 0; i < message.blocks; ++i)
        if (message.block_size(i) > 4 * mpi4cxx::detail::block_limit)
            return -1;
    reading = kind.name;
    kind.read(message);
    Linked::take_apart();
    return 0;
}
