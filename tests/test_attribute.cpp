#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/mpi4cxx.hpp>

#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

/// Counts those alive.
struct Counted {
    explicit Counted(int v = 0) : value(v) { ++alive; }
    Counted(const Counted& other) : value(other.value) { ++alive; }
    Counted& operator=(const Counted&) = default;
    ~Counted() { --alive; }
    int value;
    static inline int alive = 0;
};

/// Calls `f` with something to set attributes on and something that makes a duplicate of it, for each class that has them.
template <class F> void for_each_owner(F f) {
    f(MPI::INT.Create_contiguous(2));
    for_each_comm([&](const MPI::Intracomm& comm) { f(comm.Dup()); });
}

template <class Class> struct keys_of { using type = MPI::Comm; };
template <> struct keys_of<MPI::Datatype> { using type = MPI::Datatype; };

}  // namespace

TEST_CASE("An attribute is kept by its owner, of any type", "[attribute]") {
    for_each_owner([]<class Class>(const Class& owner) {
        using Owner = typename keys_of<Class>::type;
        auto numbers = Owner::template Create_keyval<int>();
        auto texts = Owner::template Create_keyval<std::string>();
        auto maps = Owner::template Create_keyval<std::map<std::string, std::vector<int>>>();
        CHECK(owner.Get_attr(numbers) == nullptr);
        CHECK(owner.Get_attr(texts) == nullptr);
        owner.Set_attr(numbers, 42);
        owner.Set_attr(texts, "text");
        owner.Set_attr(maps, {{"a", {1, 2}}});
        CHECK(*owner.Get_attr(numbers) == 42);
        CHECK(*owner.Get_attr(texts) == "text");
        *owner.Get_attr(texts) += " and more";
        CHECK(*owner.Get_attr(texts) == "text and more");
        CHECK(owner.Get_attr(maps)->at("a") == std::vector{1, 2});
        owner.Set_attr(numbers, 43);
        CHECK(*owner.Get_attr(numbers) == 43);
        owner.Delete_attr(numbers);
        CHECK(owner.Get_attr(numbers) == nullptr);
        CHECK(owner.Get_attr(texts) != nullptr);
    });
}

TEST_CASE("An attribute is destroyed once: by Delete_attr, by another, or with its owner", "[attribute]") {
    for_each_owner([]<class Class>(const Class& owner) {
        using Owner = typename keys_of<Class>::type;
        const int before = Counted::alive;
        auto key = Owner::template Create_keyval<Counted>();
        owner.Set_attr(key, Counted(1));
        CHECK(Counted::alive == before + 1);
        owner.Set_attr(key, Counted(2));
        CHECK(Counted::alive == before + 1);
        CHECK(owner.Get_attr(key)->value == 2);
        owner.Delete_attr(key);
        CHECK(Counted::alive == before);
        {
            const auto copy = owner.Dup();
            copy.Set_attr(key, Counted(3));
            CHECK(Counted::alive == before + 1);
        }
        CHECK(Counted::alive == before);
    });
}

TEST_CASE("A duplicate has no attributes unless they are copied", "[attribute]") {
    for_each_owner([]<class Class>(const Class& owner) {
        using Owner = typename keys_of<Class>::type;
        auto plain = Owner::template Create_keyval<Counted>();
        auto never = Owner::template Create_keyval<std::unique_ptr<int>>(MPI::NULL_COPY_FN);  // which could not be copied
        auto copied = Owner::template Create_keyval<Counted>(MPI::DUP_FN);
        const int before = Counted::alive;
        owner.Set_attr(plain, Counted(1));
        owner.Set_attr(never, std::make_unique<int>(2));
        owner.Set_attr(copied, Counted(3));
        {
            const auto duplicate = owner.Dup();
            CHECK(duplicate.Get_attr(plain) == nullptr);
            CHECK(duplicate.Get_attr(never) == nullptr);
            CHECK(duplicate.Get_attr(copied)->value == 3);
            CHECK(duplicate.Get_attr(copied) != owner.Get_attr(copied));
            duplicate.Get_attr(copied)->value = 4;
            CHECK(owner.Get_attr(copied)->value == 3);
            CHECK(duplicate.Dup().Get_attr(copied)->value == 4);
        }
        CHECK(Counted::alive == before + 2);
        owner.Delete_attr(plain);
        owner.Delete_attr(copied);
        CHECK(Counted::alive == before);
    });
}

TEST_CASE("Copy and delete functions capture, and see owner and value", "[attribute]") {
    for_each_owner([]<class Class>(const Class& owner) {
        using Owner = typename keys_of<Class>::type;
        int copies = 0;
        std::vector<int> deleted;
        auto key = Owner::template Create_keyval<int>(
            [&](const Owner& from, const int& value) -> std::optional<int> {
                CHECK(from.handle() == owner.handle());
                ++copies;
                return value < 10 ? std::optional(value + 1) : std::nullopt;
            },
            [&](const Owner& from, int& value) {
                CHECK_FALSE(from.is_null());
                deleted.push_back(value);
            });
        owner.Set_attr(key, 5);
        {
            const auto duplicate = owner.Dup();
            CHECK(copies == 1);
            CHECK(*duplicate.Get_attr(key) == 6);
            CHECK(deleted.empty());
        }
        CHECK(deleted == std::vector{6});
        owner.Set_attr(key, 11);
        CHECK(deleted == std::vector{6, 5});
        CHECK(owner.Dup().Get_attr(key) == nullptr);
        CHECK(copies == 2);
        owner.Delete_attr(key);
        CHECK(deleted == std::vector{6, 5, 11});
    });
}

TEST_CASE("A copy function may return the value itself", "[attribute]") {
    const auto key = MPI::Datatype::Create_keyval<int>([](const MPI::Datatype&, int value) { return 2 * value; });
    const MPI::Datatype type = MPI::INT.Dup();
    type.Set_attr(key, 21);
    CHECK(*type.Dup().Get_attr(key) == 42);
}

TEST_CASE("Attributes outlive the key they are set under", "[attribute]") {
    for_each_owner([]<class Class>(const Class& owner) {
        using Owner = typename keys_of<Class>::type;
        const int before = Counted::alive;
        std::vector<int> deleted;
        {
            const auto duplicate = owner.Dup();
            {
                auto key = Owner::template Create_keyval<Counted>(MPI::DUP_FN, [&](const Owner&, Counted& value) { deleted.push_back(value.value); });
                duplicate.Set_attr(key, Counted(1));
                Owner::Free_keyval(key);
                CHECK(key.is_null());
                CHECK_THROWS_AS(Owner::Free_keyval(key), MPI::Exception);
                auto dropped = Owner::template Create_keyval<Counted>();
                duplicate.Set_attr(dropped, Counted(2));
            }
            CHECK(Counted::alive == before + 2);
            CHECK(deleted.empty());
            { const auto another = duplicate.Dup(); }  // copies and deletes it
            CHECK(deleted == std::vector{1});
        }
        CHECK(deleted == std::vector{1, 1});
        CHECK(Counted::alive == before);
    });
}

TEST_CASE("An exception in a copy function is the error of what duplicates", "[attribute][error]") {
    for_each_owner([]<class Class>(const Class& owner) {
        using Owner = typename keys_of<Class>::type;
        int thrower = 0;
        auto key = Owner::template Create_keyval<int>([&](const Owner&, int) -> std::optional<int> {
            switch (thrower) {
            case 1: throw MPI::Exception(MPI::ERR_NO_SPACE);
            case 2: throw std::runtime_error("no");
            case 3: throw 3;
            default: return {};
            }
        });
        owner.Set_attr(key, 1);
        const auto code = [&](int how) {
            thrower = how;
            return error_class([&] { (void)owner.Dup(); });
        };
        const bool hides = std::is_same_v<Class, MPI::Datatype> && MPI::detail::is_open_mpi_before(50000000);  // of a datatype it is always the same
        CHECK(code(1) == (hides ? MPI::ERR_INTERN : MPI::ERR_NO_SPACE));
        CHECK(code(2) == (hides ? MPI::ERR_INTERN : MPI::ERR_OTHER));
        CHECK(code(3) == (hides ? MPI::ERR_INTERN : MPI::ERR_OTHER));
        CHECK(code(0) == MPI::SUCCESS);
        owner.Delete_attr(key);
    });
}

TEST_CASE("An exception in a delete function keeps the attribute, and is the error of what deletes", "[attribute][error]") {
    for_each_owner([]<class Class>(const Class& owner) {
        using Owner = typename keys_of<Class>::type;
        const int before = Counted::alive;
        bool throws = true;
        auto key = Owner::template Create_keyval<Counted>(MPI::NULL_COPY_FN, [&](const Owner&, Counted&) {
            if (throws)
                throw std::runtime_error("no");
        });
        owner.Set_attr(key, Counted(1));
        CHECK_THROWS_AS(owner.Delete_attr(key), MPI::Exception);
        CHECK_THROWS_AS(owner.Set_attr(key, Counted(2)), MPI::Exception);
        CHECK(Counted::alive == before + 1);
        throws = false;
        owner.Delete_attr(key);
        CHECK(owner.Get_attr(key) == nullptr);
        CHECK(Counted::alive == before);
    });
}

TEST_CASE("An exception in a delete function is the error of Free", "[attribute][error]") {
    for (const bool is_last : {false, true}) {
        MPI::Intracomm comm = MPI::COMM_SELF.Dup();
        bool throws = true;
        auto thrower = MPI::Comm::Create_keyval<int>(MPI::NULL_COPY_FN, [&](const MPI::Comm&, int&) {
            if (throws)
                throw MPI::Exception(MPI::ERR_NO_SPACE);
        });
        auto other = MPI::Comm::Create_keyval<int>(MPI::NULL_COPY_FN, [](const MPI::Comm&, int&) {});
        comm.Set_attr(is_last ? other : thrower, 1);
        comm.Set_attr(is_last ? thrower : other, 2);
        const int class_of_deletion = MPI::detail::is_open_mpi() ? MPI::ERR_OTHER : MPI::ERR_NO_SPACE;  // which forgets the class here
        CHECK(error_class([&] { comm.Delete_attr(thrower); }) == class_of_deletion);
        throws = false;
        comm.Delete_attr(thrower);
        comm.Set_attr(thrower, 3);
        throws = true;
        CHECK(error_class([&] { comm.Free(); }) == MPI::ERR_NO_SPACE);
        throws = false;
        MPI::Intracomm healthy = MPI::COMM_SELF.Dup();
        healthy.Set_attr(thrower, 4);
        CHECK_NOTHROW(healthy.Free());
    }
}

TEST_CASE("Keys that were not made here have addresses for values", "[attribute]") {
    const MPI::Intracomm comm = MPI::COMM_SELF.Dup();
    int raw = MPI::KEYVAL_INVALID, value = 7;
    MPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, MPI_COMM_NULL_DELETE_FN, &raw, nullptr);
    CHECK_FALSE(comm.Get_attr(raw).has_value());
    comm.Set_attr(raw, &value);
    CHECK(comm.Get_attr(raw) == &value);
    comm.Set_attr(raw, nullptr);
    CHECK(comm.Get_attr(raw) == nullptr);  // set, to null
    CHECK(comm.Get_attr(raw).has_value());
    comm.Delete_attr(raw);
    CHECK_FALSE(comm.Get_attr(raw).has_value());
    MPI_Comm_free_keyval(&raw);
}

TEST_CASE("Attributes of the MPI are numbers, or not set", "[attribute]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const std::optional<int> tag_ub = world.Get_attr(MPI::TAG_UB), io = world.Get_attr(MPI::IO);
    CHECK(tag_ub.value_or(0) >= 32767);
    if (io) {
        const bool is_rank = *io >= 0 && *io < world.size(), is_special = *io == MPI::ANY_SOURCE || *io == MPI::PROC_NULL;
        CHECK((is_rank || is_special));
    }
    const std::optional<int> global = world.Get_attr(MPI::WTIME_IS_GLOBAL);
    CHECK((global.value_or(0) == 0 || *global == 1));
    CHECK(world.Get_attr(MPI::UNIVERSE_SIZE).value_or(world.size()) >= 1);
    CHECK(world.Get_attr(MPI::APPNUM).value_or(0) == 0);
    CHECK(world.Get_attr(MPI::LASTUSEDCODE).value_or(MPI::ERR_LASTCODE) >= MPI::ERR_OTHER);
}

TEST_CASE("A key that is null, or freed, or of something predefined is refused", "[attribute][error]") {
    const MPI::Intracomm comm = MPI::COMM_SELF.Dup();
    const MPI::Keyval<MPI::Comm, int> null;
    CHECK(null.is_null());
    CHECK(null.handle() == MPI::KEYVAL_INVALID);
    CHECK_THROWS_AS((void)comm.Get_attr(null), MPI::Exception);
    CHECK_THROWS_AS(comm.Set_attr(null, 1), MPI::Exception);
    CHECK_THROWS_AS(comm.Delete_attr(null), MPI::Exception);
    const auto key = MPI::Comm::Create_keyval<int>();
    CHECK(error_class([&] { MPI::COMM_NULL.Set_attr(key, 1); }) == MPI::ERR_COMM);
    CHECK(error_class([&] { (void)MPI::COMM_NULL.Get_attr(key); }) == MPI::ERR_COMM);
    CHECK_THROWS_AS(MPI::COMM_SELF.Set_attr(MPI_TAG_UB, nullptr), MPI::Exception);
}

TEST_CASE("COMM_WORLD and COMM_SELF have attributes that go when MPI ends", "[attribute]") {
    // the first one is deleted while MPI finalizes, which must not fail
    static const auto& key = *new auto(MPI::Comm::Create_keyval<std::string>());
    MPI::COMM_SELF.Set_attr(key, "self");
    MPI::COMM_WORLD.Set_attr(key, "world");
    CHECK(*MPI::COMM_SELF.Get_attr(key) == "self");
    CHECK(*MPI::COMM_WORLD.Get_attr(key) == "world");
    CHECK(MPI::COMM_WORLD.Dup().Get_attr(key) == nullptr);
}
