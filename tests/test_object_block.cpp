// Objects with blocks, contiguous data that is sent from where it lies and received into its place: nothing may be sent from
// memory that has gone or changed, and memory that is there is used again.
#include "catch.hpp"
#include "refused_memory.hpp"
#include "support.hpp"

#include <mpi4cxx/environment.hpp>
#include <mpi4cxx/pickle.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <initializer_list>
#include <list>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace MPI = mpi4cxx;

namespace MPI4CXX::detail {
MPI4CXX_API void mark_outside(MPI_Comm comm, Place where);
}

namespace {

using MPI::detail::block_limit;
using MPI::detail::inline_limit;

using Numbers = std::vector<double>;
using Table = std::map<std::string, Numbers>;

constexpr std::size_t block = block_limit / sizeof(double);  // the shortest vector that is one
constexpr std::size_t mebibyte = (1U << 20) / sizeof(double);

struct Padded {
    char kind;
    double value;
    int id;
    bool operator==(const Padded&) const = default;
};
struct Flagged {
    bool flag;
    double value;
    bool operator==(const Flagged&) const = default;
};
struct Whole {  // without padding
    double x;
    int a, b;
    bool operator==(const Whole&) const = default;
};
struct alignas(64) Wide {
    std::array<double, 8> values;
    bool operator==(const Wide&) const = default;
};
struct Record {
    std::string name;
    Numbers numbers;
    int id;
    std::vector<int> marks;
    bool operator==(const Record&) const = default;
    template <class Archive> void serialize(Archive& archive) { archive(name, numbers, id, marks); }
};

/// Sends what it makes for the purpose, which is gone when its `save` returns.
struct Computed {
    int first = 0;
    std::size_t size = 0;
    bool operator==(const Computed&) const = default;
    template <class Archive> void save(Archive& archive) const {
        Numbers made(size);
        std::iota(made.begin(), made.end(), first);
        archive(made);
    }
    template <class Archive> void load(Archive& archive) {
        Numbers got;
        archive(got);
        size = got.size();
        first = got.empty() ? 0 : static_cast<int>(got.front());
        for (std::size_t i = 0; i < size; ++i)
            if (got[i] != first + static_cast<double>(i))
                first = -1;
    }
};
/// The same by functions beside it.
struct ComputedBeside {
    std::size_t size = 0;
    bool operator==(const ComputedBeside&) const = default;
};
template <class Archive> void save(Archive& archive, const ComputedBeside& object) { archive(std::string(object.size, 'c')); }
template <class Archive> void load(Archive& archive, ComputedBeside& object) {
    std::string got;
    archive(got);
    object.size = static_cast<std::size_t>(std::count(got.begin(), got.end(), 'c'));
}
/// The same by the shortest way that cereal knows.
struct Minimal {
    std::string text;
    bool operator==(const Minimal&) const = default;
    template <class Archive> std::string save_minimal(const Archive&) const { return text + text; }
    template <class Archive> void load_minimal(const Archive&, const std::string& twice) { text = twice.substr(0, twice.size() / 2); }
};
/// Cannot be read where it says so.
struct Refused {
    std::string text;
    template <class Archive> void save(Archive& archive) const { archive(text); }
    template <class Archive> void load(Archive& archive) {
        archive(text);
        if (text == "stop")
            throw std::runtime_error("it cannot be read");
    }
};
/// What is sent of it is its own.
struct Owner {
    Owner() = default;
    explicit Owner(std::size_t n) : numbers(n, 0.5) {}
    explicit Owner(Numbers own) : numbers(std::move(own)) {}
    Owner(const Owner& other) : numbers(other.numbers) { ++copies; }
    Owner(Owner&&) = default;
    Owner& operator=(const Owner& other) {
        numbers = other.numbers;
        ++copies;
        return *this;
    }
    Owner& operator=(Owner&&) = default;
    ~Owner() = default;
    bool operator==(const Owner& other) const { return numbers == other.numbers; }
    template <class Archive> void serialize(Archive& archive) { archive(numbers); }

    Numbers numbers;
    static inline int copies = 0;
};

/// Keeps a list, and is sent as a vector that its `serialize` makes for the purpose.
struct Sparse {
    std::list<double> cells;
    bool operator==(const Sparse&) const = default;
    template <class Archive> void serialize(Archive& archive) {
        Numbers flat(cells.begin(), cells.end());
        archive(flat);
        cells.assign(flat.begin(), flat.end());
    }
};
/// The same within a member, an element, what a pointer owns, and a function beside the class.
struct SparseWithin {
    std::string name;
    Sparse one;
    std::vector<Sparse> more;
    std::unique_ptr<Sparse> owned;
    std::shared_ptr<Sparse> shared;
    bool operator==(const SparseWithin& other) const {
        return name == other.name && one == other.one && more == other.more && *owned == *other.owned && *shared == *other.shared;
    }
    template <class Archive> void serialize(Archive& archive) { archive(cereal::make_nvp("name", name), one, more, owned, shared); }
};
struct SparseBeside {
    std::list<double> cells;
    bool operator==(const SparseBeside&) const = default;
};
template <class Archive> void serialize(Archive& archive, SparseBeside& sparse) {
    Numbers flat(sparse.cells.begin(), sparse.cells.end());
    archive(flat);
    sparse.cells.assign(flat.begin(), flat.end());
}
struct SparseDerived : Sparse {
    std::map<int, Numbers> kept;
    bool operator==(const SparseDerived&) const = default;
    template <class Archive> void serialize(Archive& archive) { archive(cereal::base_class<Sparse>(this), kept); }
};
/// Temporaries of all shapes: containers of containers, in pairs and pointers, of a class, and the bytes of an array.
struct Copies {
    Numbers values;
    bool operator==(const Copies&) const = default;
    template <class Archive> void save(Archive& archive) const {
        archive(std::vector<Numbers>{values, values}, std::pair(1, values), std::map<std::string, Numbers>{{"a", values}});
        archive(std::make_unique<Numbers>(values), std::make_shared<Record>(Record{"r", values, 1, {}}), Owner(values));
        const auto bytes = std::make_unique<Numbers>(values);
        archive(bytes->size(), cereal::binary_data(bytes->data(), bytes->size() * sizeof(double)));
    }
    template <class Archive> void load(Archive& archive) {
        std::vector<Numbers> two;
        std::pair<int, Numbers> pair;
        std::map<std::string, Numbers> table;
        std::unique_ptr<Numbers> owned;
        std::shared_ptr<Record> shared;
        Owner owner;
        std::size_t size = 0;
        archive(two, pair, table, owned, shared, owner, size);
        values.resize(size);
        archive(cereal::binary_data(values.data(), size * sizeof(double)));
        for (const Numbers& other : {two.at(0), two.at(1), pair.second, table.at("a"), *owned, shared->numbers, owner.numbers})
            if (other != values)
                values.clear();
    }
};

struct Loose {  // what it hands over lies elsewhere
    const Numbers& named;
    std::weak_ptr<Numbers> seen;
    const Numbers* pointer;
    template <class Archive> void save(Archive& archive) const { archive(named, seen, *pointer, cereal::binary_data(pointer->data(), block * 8)); }
    template <class Archive> void load(Archive&) {}
};

struct Array {
    double values[block];
    template <class Archive> void serialize(Archive& archive) { archive(cereal::binary_data(values, sizeof values)); }
};

Numbers numbers(std::size_t n, int first) {
    Numbers result(n);
    std::iota(result.begin(), result.end(), first);
    return result;
}

/// A string whose message takes `size` bytes, at least 296, its envelope included.
std::string message_of(std::size_t size) { return std::string(size - sizeof(MPI::detail::Envelope) - 9, 'm'); }

/// Passes `object` to the right in every way that differs in whose its memory is, or in how it is received.
template <class T> void pass(const MPI::Comm& comm, const T& object) {
    const int right = right_of(comm), left = left_of(comm);
    {  // the library's copy; moved in, from its own memory
        T into{};
        MPI::Request first = comm.isend(object, right, 1), second = comm.isend(T(object), right, 1);
        comm.recv_into(into, left, 1);
        CHECK((into == object));
        comm.recv_into(into, left, 1);
        CHECK((into == object));
        first.wait();
        second.wait();
    }
    {  // the caller's memory
        MPI::ObjectRequest<T> receive = comm.irecv<T>(left, 2);
        comm.send(object, right, 2);
        CHECK((receive.wait() == object));
        CHECK((comm.sendrecv<T>(object, right, 3, left, 3) == object));
    }
    {  // found by a probe
        MPI::Request first = comm.isend(T(object), right, 4), second = comm.isend(T(object), right, 4);
        CHECK((comm.Mprobe(left, 4).template recv<T>() == object));
        CHECK((comm.Mprobe(left, 4).template irecv<T>().wait() == object));
        first.wait();
        second.wait();
    }
}

/// Receives `object` into `into`, by a blocking receive.
template <class T> void pass_into(const MPI::Comm& comm, const T& object, T& into) {
    MPI::Request send = comm.isend(T(object), right_of(comm), 5);
    comm.recv_into(into, left_of(comm), 5);
    send.wait();
    CHECK((into == object));
}

}  // namespace

TEST_CASE("Objects pass at all sizes around the limits", "[object][block]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const int more : {-16, -9, -8, -1, 0, 1, 8, 16}) {
            const auto around = [more](std::size_t limit) { return static_cast<std::size_t>(static_cast<std::ptrdiff_t>(limit) + more); };
            pass(comm, message_of(around(inline_limit)));
            pass(comm, std::string(around(block_limit), 's'));
            pass(comm, std::vector<char>(around(block_limit), 'c'));
            pass(comm, numbers(around(block), comm.size()));
            pass(comm, std::vector<Whole>(around(block_limit / sizeof(Whole)), Whole{1, 2, 3}));
            pass(comm, Table{{"x", numbers(around(block), 1)}, {"y", {1, 2}}});
        }
    });
}

TEST_CASE("Bytes that travel in pieces are read wherever these are cut", "[object][block]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        using Texts = std::vector<std::string>;
        std::vector<Numbers> rows;
        Texts texts;
        std::map<std::string, Texts> table;
        for (std::size_t i = 0; i < 400; ++i) {
            rows.push_back(numbers(i * 7 % 101, 1));
            texts.emplace_back(i * 11 % 301, static_cast<char>('a' + i % 26));
            table[texts.back()].push_back(texts[i / 2]);
        }
        const std::vector<bool> flags(100'000, true);
        for (std::size_t shift = 0; shift < 17; ++shift) {
            const std::string before(shift, 's');
            pass(comm, std::pair(before, texts));
            pass(comm, std::tuple(before, rows, std::vector<Minimal>(100, {before + "text"})));
            pass(comm, std::pair(before, std::vector<Padded>(2'000, {'p', 0.5, 3})));
        }
        pass(comm, table);
        pass(comm, flags);
        pass(comm, std::list<std::list<int>>(3'000, {1, 2, 3}));
        for (const std::size_t size : {4'000U, 8'000U, 16'000U, 60'000U})
            for (const std::size_t more : {31U, 32U, 33U, 39U, 40U, 41U, 42U}) pass(comm, message_of(size + more));
        for (const std::size_t n : {10'484U, 10'485U, 10'486U, 10'487U, 30'000U}) pass(comm, Texts(n, std::string(99, 't')));  // 1 MiB and more
    });
}

TEST_CASE("An object that cannot be read to its end leaves the next one alone", "[object][block][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int right = right_of(comm), left = left_of(comm);
        std::vector<Refused> refused(5'000, {"go on with a text of some length"});
        refused[10].text = "stop";
        for (const auto& receive : std::initializer_list<std::function<void()>>{[&] { (void)comm.recv<std::vector<Refused>>(left, 1); },
                                                                                [&] { (void)comm.irecv<std::vector<Refused>>(left, 1).wait(); },
                                                                                [&] { (void)comm.Mprobe(left, 1).recv<std::vector<Refused>>(); }}) {
            MPI::Request first = comm.isend(refused, right, 1), second = comm.isend(Table{{"next", {1, 2}}}, right, 1);
            CHECK_THROWS_AS(receive(), std::runtime_error);
            CHECK((comm.recv<Table>(left, 1) == Table{{"next", {1, 2}}}));
            first.wait();
            second.wait();
        }
    });
}

TEST_CASE("What a serialize makes for the purpose is copied, whatever its size", "[object][block]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto sparse = [&](std::size_t n) {
            Sparse result;
            for (std::size_t i = 0; i < n; ++i) result.cells.push_back(comm.size() + static_cast<double>(i));
            return result;
        };
        for (const std::size_t n : {std::size_t{3}, block - 1, block, 3 * block}) {
            pass(comm, sparse(n));
            pass(comm, std::vector<Sparse>(2, sparse(n)));
            pass(comm, SparseBeside{sparse(n).cells});
            pass(comm, std::map<int, Sparse>{{1, sparse(n)}});
            pass(comm, std::optional(sparse(n)));
            pass(comm, std::variant<int, Sparse>(sparse(n)));
            SparseDerived derived;
            derived.cells = sparse(n).cells;
            derived.kept = {{1, numbers(n, 1)}};
            pass(comm, derived);
            pass(comm, Copies{numbers(n, 1)});
            pass(comm, std::vector<Copies>(2, Copies{numbers(n, 1)}));
            const auto within = [&] {
                return SparseWithin{
                    "name", sparse(n), {sparse(n), sparse(1)}, std::make_unique<Sparse>(sparse(n)), std::make_shared<Sparse>(sparse(n))};
            };
            const int right = right_of(comm), left = left_of(comm);
            MPI::Request sent = comm.isend(within(), right, 1);
            CHECK(comm.recv<SparseWithin>(left, 1) == within());
            sent.wait();
            auto receive = comm.irecv<SparseWithin>(left, 2);
            comm.send(within(), right, 2);
            CHECK(receive.wait() == within());
            CHECK(comm.bcast(within(), 0) == within());
            for (const SparseWithin& one : comm.allgather(within())) CHECK(one == within());
        }
    });
}

TEST_CASE("What is part of an object travels from where it lies", "[object][block]") {
    const auto where = [](const auto& object) {
        MPI::detail::Packing packing(MPI::detail::Packing::Blocks::beside);
        MPI::detail::pack(object, packing);
        std::vector<const void*> blocks;
        for (const MPI::detail::Block& one : packing.blocks()) blocks.push_back(one.data);
        return blocks;
    };
    const auto is_at = [&](const auto& object, std::initializer_list<const void*> places) {
        return where(object) == std::vector<const void*>(places);
    };
    const Numbers long_one(block);
    CHECK(is_at(long_one, {long_one.data()}));
    const Table table{{"a", long_one}, {"b", {1}}, {"c", long_one}};
    CHECK(is_at(table, {table.at("a").data(), table.at("c").data()}));
    const Record record{"r", long_one, 1, std::vector<int>(2 * block)};
    CHECK(is_at(record, {record.numbers.data(), record.marks.data()}));
    const std::vector<Record> records{record, record};
    CHECK(is_at(records, {records[0].numbers.data(), records[0].marks.data(), records[1].numbers.data(), records[1].marks.data()}));
    SparseDerived derived;
    derived.cells.assign(block, 1);
    derived.kept = {{1, long_one}};
    CHECK(is_at(derived, {derived.kept.at(1).data()}));
    const auto owned = std::make_unique<Record>(record);
    CHECK(is_at(owned, {owned->numbers.data(), owned->marks.data()}));
    const std::optional<Record> maybe = record;
    CHECK(is_at(maybe, {maybe->numbers.data(), maybe->marks.data()}));
    struct Plain {
        std::string name;
        Numbers values;
        std::unique_ptr<Numbers> more;
    };
    const Plain plain{"p", long_one, std::make_unique<Numbers>(long_one)};
    CHECK(is_at(plain, {plain.values.data(), plain.more->data()}));
    const auto seen = std::make_shared<Numbers>(long_one);
    CHECK(where(Loose{long_one, seen, &long_one}).empty());
    const auto array = std::make_unique<Array>();
    CHECK(is_at(*array, {array->values}));
    CHECK(MPI::pickle.dumps(record).size() > 2 * MPI::detail::block_limit);
}

TEST_CASE("Objects of nothing pass", "[object][block]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        pass(comm, std::string());
        pass(comm, Numbers());
        pass(comm, std::vector<Padded>());
        pass(comm, std::vector<std::string>());
        pass(comm, std::vector<std::string>(3));
        pass(comm, std::vector<bool>());
        pass(comm, Table());
        pass(comm, Table{{"", {}}});
        pass(comm, std::optional<Numbers>());
        pass(comm, Record{});
        pass(comm, Computed{});
        const auto got = comm.sendrecv<Numbers>(std::span<const double>(), right_of(comm), 0, left_of(comm), 0);
        CHECK(got.empty());
        Numbers into(100'000);
        const double* const memory = into.data();
        pass_into(comm, Numbers(), into);
        into.resize(100'000);
        CHECK(into.data() == memory);
    });
}

TEST_CASE("Vectors of structs pass, with padding and without", "[object][block]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const std::size_t n : {3U, 400U, 5'000U, 50'000U}) {
            std::vector<Padded> padded(n, Padded{'p', 1.5, 3});
            padded.back().id = comm.size();
            pass(comm, padded);
            pass(comm, std::vector<Flagged>(n, Flagged{true, 2.5}));
            pass(comm, std::vector<Whole>(n, Whole{1, 2, 3}));
            pass(comm, std::vector<std::pair<char, double>>(n, {'a', 1.5}));
            pass(comm, std::vector<std::array<int, 3>>(n, {1, 2, 3}));
            pass(comm, std::vector<bool>(n, true));
        }
        for (const std::size_t n : {1U, 100U, 2'000U}) {
            pass(comm, std::vector<Wide>(n, Wide{{1, 2, 3}}));
            pass(comm, std::pair(std::string("x"), std::vector<Wide>(n, Wide{{1, 2, 3}})));
        }
    });
}

TEST_CASE("Blocks inside of other things pass", "[object][block]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const std::string text(block_limit + 5, 't');
        pass(comm, Table{{"a", numbers(block, 1)}, {"b", numbers(3, 2)}, {"c", numbers(3 * block + 1, 3)}, {"d", {}}, {"e", numbers(9 * block, 4)}});
        pass(comm, std::vector<std::string>{"short", text, "", text + text, "end"});
        pass(comm, std::vector<Numbers>{numbers(2 * block, 1), {}, numbers(block, 2), numbers(1, 3)});
        pass(comm, Record{"name", numbers(5 * block, 1), 7, std::vector<int>(4 * block, 1)});
        pass(comm, std::vector<Record>(3, Record{text, numbers(block, 1), 7, std::vector<int>(10, 1)}));
        pass(comm, std::tuple(1, numbers(block, 2), text, std::optional(numbers(block + 1, 3))));
        pass(comm, std::list<Numbers>{numbers(block, 1), numbers(2 * block, 2)});
        pass(comm, std::variant<int, Numbers>(numbers(block, 1)));
        pass(comm, std::map<int, std::map<std::string, Numbers>>{{1, {{"x", numbers(block, 1)}}}, {2, {{"y", numbers(block, 2)}, {"z", {}}}}});
        // more bytes than an envelope has room for, beside blocks
        std::map<std::string, int> small;
        for (int i = 0; i < 2000; ++i) small["key " + std::to_string(i)] = i;
        pass(comm, std::tuple(small, numbers(2 * block, 1), small, text));
    });
}

TEST_CASE("An object may have more blocks than an envelope has room for their sizes", "[object][block]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    if (comm.size() > 2)
        return;  // of time and memory, not of meaning
    std::vector<Numbers> many(inline_limit / sizeof(std::uint64_t) + 50, Numbers(block, 1));
    many[700] = numbers(block + 1, comm.rank());
    const auto is_left = [&](const std::vector<Numbers>& got) { return got.size() > 1000 && got[700] == numbers(block + 1, left_of(comm)); };
    auto receive = comm.irecv<std::vector<Numbers>>(left_of(comm));
    comm.send(many, right_of(comm));
    CHECK(is_left(receive.wait()));
    MPI::Request send = comm.isend(std::move(many), right_of(comm));
    CHECK(comm.recv<std::vector<Numbers>>(left_of(comm))[700] == numbers(block + 1, left_of(comm)));
    send.wait();
}

TEST_CASE("An array is a block from its own memory into the receiver's", "[object][block]") {
    using Array = std::array<double, 100'000>;
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto sent = std::make_unique<Array>(), got = std::make_unique<Array>();
        std::iota(sent->begin(), sent->end(), comm.rank());
        const auto came = [&] { return got->front() == left_of(comm) && got->back() == left_of(comm) + 99'999.0; };
        MPI::Request send = comm.isend(*sent, right_of(comm));
        comm.recv_into(*got, left_of(comm));
        CHECK(came());
        send.wait();
        got->fill(0);
        auto receive = comm.irecv<Array>(left_of(comm));
        comm.send(*sent, right_of(comm));
        *got = receive.wait();
        CHECK(came());
        got->fill(0);
        *got = comm.sendrecv<Array>(*sent, right_of(comm), 0, left_of(comm), 0);
        CHECK(came());
        if (comm.rank() != 0)
            sent->fill(-1);
        *got = comm.bcast(*sent);
        CHECK(got->back() == 99'999.0);
    });
}

TEST_CASE("Comm::recv_into uses the memory of its object again", "[object][block]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const std::size_t n : {std::size_t{3}, std::size_t{2000}, block, 4 * mebibyte}) {
            Numbers into(n);
            const double* const memory = into.data();
            for (int i = 0; i < 3; ++i) pass_into(comm, numbers(n, i), into);
            pass_into(comm, numbers(n / 2, 9), into);
            pass_into(comm, numbers(n, 5), into);
            CHECK(into.data() == memory);

            std::string text(8 * n, ' ');
            const char* const characters = text.data();
            pass_into(comm, std::string(8 * n, 'x'), text);
            CHECK(text.data() == characters);

            std::vector<Padded> structs(n);
            const Padded* const first = structs.data();
            pass_into(comm, std::vector<Padded>(n, Padded{'a', 1, 2}), structs);
            CHECK(structs.data() == first);

            std::vector<Numbers> nested{Numbers(n), Numbers(2 * n), Numbers(1)};
            const std::array inner{nested[0].data(), nested[1].data()};
            pass_into(comm, std::vector<Numbers>{numbers(n, 1), numbers(2 * n, 2)}, nested);
            CHECK(std::array{nested[0].data(), nested[1].data()} == inner);
            pass_into(comm, std::vector<Numbers>(5, numbers(n, 1)), nested);

            Record record{std::string(8 * n, 'n'), Numbers(n), 1, {}};
            const double* const member = record.numbers.data();
            pass_into(comm, Record{std::string(8 * n, 'm'), numbers(n, 3), 2, {1}}, record);
            CHECK(record.numbers.data() == member);

            Table table{{"old", Numbers(n)}};
            pass_into(comm, Table{{"new", numbers(n, 1)}, {"other", numbers(2 * n, 2)}}, table);
        }
        Numbers untouched = numbers(3, 1);
        MPI::Status status;
        comm.recv_into(untouched, MPI::PROC_NULL, 0, &status);
        CHECK(untouched == numbers(3, 1));
        CHECK(status.source() == MPI::PROC_NULL);
    });
}

TEST_CASE("Comm::recv_into fills the status, whatever the size", "[object][block]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        Numbers into;
        for (const std::size_t n : {std::size_t{0}, std::size_t{10}, std::size_t{2000}, block, mebibyte}) {
            MPI::Request send = comm.isend(numbers(n, 1), right_of(comm), 40);
            MPI::Status status;
            comm.recv_into(into, MPI::ANY_SOURCE, MPI::ANY_TAG, &status);
            send.wait();
            CHECK(status.source() == left_of(comm));
            CHECK(status.tag() == 40);
            CHECK(status.count() >= static_cast<MPI::Count>(n * sizeof(double)));
            CHECK(status.count() < static_cast<MPI::Count>(n * sizeof(double)) + 32);
            CHECK(into.size() == n);
        }
    });
}

TEST_CASE("A span is sent as a vector", "[object][block]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int right = right_of(comm), left = left_of(comm), size = comm.size();
        for (const std::size_t n : {std::size_t{0}, std::size_t{3}, std::size_t{2000}, block + 1, mebibyte}) {
            Numbers mine = numbers(n, comm.rank());
            const Numbers theirs = numbers(n, left);
            const std::span<double> view(mine);
            auto receive = comm.irecv<Numbers>(left);
            comm.send(view, right);
            CHECK((receive.wait() == theirs));
            CHECK((comm.sendrecv<Numbers>(std::span<const double>(mine), right, 0, left, 0) == theirs));
            CHECK((comm.bcast(view, size - 1) == numbers(n, size - 1)));
            CHECK((comm.allgather(view).at(static_cast<std::size_t>(left)) == theirs));
            const auto all = comm.gather(std::span<const double>(mine), size - 1);
            CHECK(all.size() == (comm.rank() == size - 1 ? static_cast<std::size_t>(size) : 0));
            if (!all.empty())
                CHECK((all[static_cast<std::size_t>(left)] == theirs));
        }
        // of what is no number: the strings stay until they are sent
        const std::vector<std::string> strings{"a", std::string(mebibyte, 'b'), std::string(block_limit, 'c')};
        const std::span<const std::string> texts(strings);
        auto receive = comm.irecv<std::vector<std::string>>(left);
        comm.send(texts, right);
        CHECK((receive.wait() == strings));
        MPI::Request send = comm.isend(texts, right);
        CHECK((comm.recv<std::vector<std::string>>(left) == strings));
        send.wait();
        CHECK((comm.sendrecv<std::vector<std::string>>(texts, right, 0, left, 0) == strings));
        CHECK((comm.bcast(texts) == strings));
    });
}

TEST_CASE("What isend has been given may change at once, unless it is moved in", "[object][block]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int right = right_of(comm), left = left_of(comm);
        for (const std::size_t n : {std::size_t{3}, std::size_t{2000}, block, 2 * mebibyte}) {
            const Numbers expected = numbers(n, 1);
            const auto passes = [&](auto start, auto change) {
                Numbers mine = expected;
                MPI::Request send = start(mine);
                change(mine);
                const bool same = comm.recv<Numbers>(left) == expected;
                send.wait();
                return same;
            };
            const auto overwrite = [](Numbers& mine) { std::fill(mine.begin(), mine.end(), -1); };
            const auto refill = [n](Numbers& mine) { mine.assign(n, -1); };
            CHECK(passes([&](Numbers& mine) { return comm.isend(mine, right); }, overwrite));
            CHECK(passes([&](Numbers& mine) { return comm.isend(std::as_const(mine), right); }, overwrite));
            CHECK(passes([&](Numbers& mine) { return comm.isend(std::move(std::as_const(mine)), right); }, overwrite));
            CHECK(passes([&](Numbers& mine) { return comm.isend(std::span(mine), right); }, overwrite));
            CHECK(passes([&](Numbers& mine) { return comm.isend(std::span<const double>(mine), right); }, overwrite));
            CHECK(passes([&](Numbers& mine) { return comm.issend(mine, right); }, overwrite));
            CHECK(passes([&](Numbers& mine) { return comm.isend(std::move(mine), right); }, refill));
            CHECK(passes([&](Numbers& mine) { return comm.issend(std::move(mine), right); }, refill));
        }
        std::string text(mebibyte, 'x');
        MPI::Request send = comm.isend(std::string_view(text), right);
        text.assign(mebibyte, 'y');
        CHECK((comm.recv<std::string>(left) == std::string(mebibyte, 'x')));
        send.wait();
        using Array = std::array<char, 200'000>;
        const auto array = std::make_unique<Array>();
        array->fill('a');
        send = comm.isend(std::move(*array), right);
        array->fill('b');
        comm.recv_into(*array, left);
        CHECK((array->front() == 'a' && array->back() == 'a'));
        send.wait();
    });
}

TEST_CASE("An object that is moved in is moved once and never copied", "[object][block]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int right = right_of(comm), left = left_of(comm);
        for (const std::size_t n : {std::size_t{3}, std::size_t{2000}, mebibyte}) {
            Owner::copies = 0;
            MPI::Request send = comm.isend(Owner(n), right);
            CHECK(comm.recv<Owner>(left) == Owner(n));
            send.wait();
            Owner object(n);
            auto receive = comm.irecv<Owner>(left);
            comm.send(object, right);
            object = receive.wait();
            CHECK(Owner(n) == comm.sendrecv<Owner>(object, right, 0, left, 0));
            object = comm.bcast(std::move(object), comm.size() - 1);
            CHECK(object == Owner(n));
            CHECK(Owner::copies == 0);

            send = comm.isend(std::make_unique<Numbers>(n, 2.5), right);  // which cannot be copied
            const auto pointer = comm.recv<std::unique_ptr<Numbers>>(left);
            CHECK((pointer != nullptr && *pointer == Numbers(n, 2.5)));
            send.wait();
        }
    });
}

TEST_CASE("What a save function has made for the purpose is copied", "[object][block]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const std::size_t n : {std::size_t{10}, block, mebibyte / 8, mebibyte}) {
            pass(comm, Computed{1, n});
            pass(comm, std::vector{Computed{1, n}, Computed{2, n}, Computed{3, n + 1}});
            pass(comm, std::map<std::string, Computed>{{"one", Computed{1, n}}, {"two", Computed{2, 2 * n}}});
            pass(comm, ComputedBeside{8 * n});
            pass(comm, std::pair(ComputedBeside{8 * n}, numbers(n, 1)));
            pass(comm, Minimal{std::string(8 * n, 'm')});
            pass(comm, std::vector{Minimal{std::string(8 * n, 'm')}, Minimal{std::string(9 * n, 'n')}});
            CHECK(comm.bcast(Computed{4, n}) == Computed{4, n});
            CHECK(comm.allgather(Computed{4, n}).back() == Computed{4, n});
            CHECK(comm.bcast(Minimal{std::string(8 * n, 'm')}) == Minimal{std::string(8 * n, 'm')});
        }
    });
}

TEST_CASE("Comm::bsend and ibsend take large objects from the attached buffer", "[object][block]") {
    std::vector<char> memory(32 << 20);
    MPI_Buffer_attach(memory.data(), static_cast<int>(memory.size()));
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const std::size_t n : {std::size_t{3}, std::size_t{2000}, block, mebibyte}) {
            Table table{{"x", numbers(n, comm.rank())}};
            MPI::Request send = comm.ibsend(table, right_of(comm));
            table["x"].assign(n, -1);
            CHECK((comm.recv<Table>(left_of(comm)) == Table{{"x", numbers(n, left_of(comm))}}));
            send.wait();
            comm.bsend(numbers(n, comm.rank()), right_of(comm));
            CHECK((comm.recv<Numbers>(left_of(comm)) == numbers(n, left_of(comm))));
        }
        comm.Barrier();
    });
    void* address = nullptr;
    int size = 0;
    MPI_Buffer_detach(&address, &size);
}

TEST_CASE("Large objects pass both ways round a ring at once", "[object][block]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int right = right_of(comm), left = left_of(comm);
        const auto table = [](int rank) { return Table{{"a", numbers(mebibyte, rank)}, {"b", numbers(block, rank)}, {"c", {1.0 * rank}}}; };
        CHECK((comm.sendrecv<Table>(table(comm.rank()), right, 1, left, 1) == table(left)));
        CHECK((comm.sendrecv<Table>(table(comm.rank()), left, 2, right, 2) == table(right)));
        auto from_left = comm.irecv<Table>(left, 3), from_right = comm.irecv<Table>(right, 4);
        MPI::Request to_right = comm.isend(table(comm.rank()), right, 3);
        comm.send(table(comm.rank()), left, 4);
        CHECK((from_right.wait() == table(right)));
        CHECK((from_left.wait() == table(left)));
        to_right.wait();
    });
}

TEST_CASE("A process sends to itself what it has posted a receive for", "[object][block]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const std::size_t n : {std::size_t{1}, std::size_t{12'500}, 10 * mebibyte}) {
            const Numbers object = numbers(n, comm.rank());
            for (int i = 0; i < 2; ++i) {
                auto receive = comm.irecv<Numbers>(comm.rank(), 1);
                if (i == 0)
                    comm.send(object, comm.rank(), 1);
                else
                    comm.ssend(object, comm.rank(), 1);
                CHECK((receive.wait() == object));
            }
            CHECK((comm.sendrecv<Numbers>(object, comm.rank(), 1, comm.rank(), 1) == object));
        }
    });
}

TEST_CASE("A send whose receiver comes late leaves a copy, and the object may change", "[object][block]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int right = right_of(comm), left = left_of(comm);
        if (right == comm.rank())
            return;  // MPICH completes no message to oneself before it is received
        const auto late = [&](auto make, auto change) {
            auto object = make(comm.rank());
            comm.send(object, right, 1);  // on all processes before any receives
            change(object);
            comm.send(object, right, 2);
            change(object);
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            const bool first = comm.recv<decltype(object)>(left, 1) == make(left);
            auto expected = make(left);
            change(expected);
            return first && comm.recv<decltype(object)>(left, 2) == expected;
        };
        CHECK(late([](int rank) { return numbers(mebibyte, rank); }, [](Numbers& n) { std::fill(n.begin(), n.end(), n[1] - 7); }));
        CHECK(late([](int rank) { return std::string(30'000, static_cast<char>('a' + rank)); },
                   [](std::string& s) { s.assign(30'000, s[0] == 'x' ? 'y' : 'x'); }));
        CHECK(late(
            [](int rank) {
                return Table{{"a", numbers(block, rank)}, {"b", numbers(2 * mebibyte, rank)}, {"c", {1}}};
            },
            [](Table& table) {
                for (auto& [name, values] : table) std::fill(values.begin(), values.end(), values[0] - 7);
            }));
        CHECK(late([](int rank) { return Computed{rank, mebibyte}; }, [](Computed& c) { c.first += 3; }));
    });
}

TEST_CASE("Partners that both send large objects before they receive do not wait for each other", "[object][block]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int rank = comm.rank(), other = rank % 2 == 1 ? rank - 1 : rank + 1 < comm.size() ? rank + 1 : MPI::PROC_NULL;
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 5; ++i) comm.send(numbers(mebibyte, rank + i), other, i);
        for (int i = 4; i >= 0; --i) CHECK((comm.recv<Numbers>(other, i) == (other == MPI::PROC_NULL ? Numbers() : numbers(mebibyte, other + i))));
    }
}

namespace {

/// Whether no more than `number` operations are left within some seconds: a send that has returned may go on in the background.
bool ends_with(int number) {
    int none = 0;
    MPI::Request pending = MPI::COMM_SELF.Irecv(none, 0, 3);
    for (int i = 0; i < 10'000 && MPI::detail::operations > number; ++i) {
        CHECK_FALSE(pending.Test());  // drives all operations
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    pending.Cancel();
    pending.Wait();
    return MPI::detail::operations <= number;
}

}  // namespace

TEST_CASE("A receiver without memory for an object throws, and the sender and the next object go on", "[object][block][error]") {
    const MPI::Intracomm outside = MPI::COMM_WORLD.Dup();
    MPI::detail::mark_outside(outside.handle(), {});  // there an object is one message
    const int other = outside.rank() ^ 1;
    const bool sends = outside.rank() < other;
    const int before = MPI::detail::operations;
    const auto pass = [&](const MPI::Intracomm& comm, const auto& object) {
        using T = std::remove_cvref_t<decltype(object)>;
        const auto with = [&](auto receive) {
            if (sends) {
                comm.send(object, other, 1);
                comm.send(object, other, 1);
                CHECK(ends_with(before));
                return;
            }
            {
                const RefusedMemory refused(17'000'000);  // more than the library keeps for the next objects
                CHECK(contains(type_error(receive), "no memory"));
            }
            CHECK(comm.recv<T>(other, 1) == object);
        };
        with([&] { (void)comm.recv<T>(other, 1); });
        with([&] { (void)comm.irecv<T>(other, 1).wait(); });
        with([&] { (void)comm.mprobe(other, 1).recv<T>(); });
    };
    if (other >= outside.size())
        return;
    const Numbers numbers(2'200'000, 1.5);
    const std::vector<std::string> texts(300, std::string(60'000, 't'));  // in one message
    for (const MPI::Intracomm* comm : {&MPI::COMM_WORLD, &outside}) {
        pass(*comm, numbers);
        pass(*comm, texts);
        pass(*comm, std::vector<Numbers>{Numbers(block, 2.5), numbers, Numbers(block, 3.5)});
        pass(*comm, std::pair(texts, numbers));
    }
}

TEST_CASE("Threads send and receive large blocks at once", "[object][block][threads]") {
    if (MPI::Query_thread() < MPI::THREAD_MULTIPLE)
        return;
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    std::atomic<int> wrong{0};
    const auto work = [&](int thread) {
        const int right = right_of(comm), left = left_of(comm);
        try {
            Numbers into;
            for (int i = 0; i < 12; ++i) {
                const std::size_t n = std::array{block - 1, block, mebibyte}[static_cast<std::size_t>((i + thread) % 3)];
                const auto table = [&](int rank) { return Table{{"a", numbers(n, rank)}, {"b", numbers(n + 1, rank)}}; };
                switch (i % 4) {
                case 0: {
                    auto receive = comm.irecv<Table>(left, thread);
                    comm.send(table(comm.rank()), right, thread);
                    wrong += receive.wait() != table(left);
                    break;
                }
                case 1: wrong += comm.sendrecv<Table>(table(comm.rank()), right, thread, left, thread) != table(left); break;
                case 2: {
                    MPI::Request send = comm.isend(numbers(n, comm.rank()), right, thread);
                    comm.recv_into(into, left, thread);
                    wrong += into != numbers(n, left);
                    send.wait();
                    break;
                }
                default:  // gives way
                    if (right == comm.rank())
                        break;
                    comm.send(numbers(n, comm.rank()), right, thread);
                    wrong += comm.Mprobe(left, thread).recv<Numbers>() != numbers(n, left);
                }
            }
        } catch (...) {
            ++wrong;
        }
    };
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < 3; ++thread) threads.emplace_back(work, thread);
    }
    CHECK(wrong == 0);
}
