#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <dlfcn.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <type_traits>

namespace MPI = mpi4cxx;

// The functions that free, counted: this program's definitions are called instead of the MPI's, also from inside the library.
namespace {
int datatypes_freed = 0, ops_freed = 0, comms_freed = 0, groups_freed = 0, infos_freed = 0, errhandlers_freed = 0, keyvals_freed = 0, wins_freed = 0,
    files_closed = 0;
}
extern "C" int MPI_Type_free(MPI_Datatype* raw) {
    ++datatypes_freed;
    return PMPI_Type_free(raw);
}
extern "C" int MPI_Op_free(MPI_Op* raw) {
    ++ops_freed;
    return PMPI_Op_free(raw);
}
extern "C" int MPI_Group_free(MPI_Group* raw) {
    ++groups_freed;
    return PMPI_Group_free(raw);
}
extern "C" int MPI_Info_free(MPI_Info* raw) {
    ++infos_freed;
    return PMPI_Info_free(raw);
}
extern "C" int MPI_Errhandler_free(MPI_Errhandler* raw) {
    ++errhandlers_freed;
    return PMPI_Errhandler_free(raw);
}
extern "C" int MPI_Comm_free_keyval(int* raw) {
    ++keyvals_freed;
    return PMPI_Comm_free_keyval(raw);
}
extern "C" int MPI_Win_free(MPI_Win* raw) {
    ++wins_freed;
    return PMPI_Win_free(raw);
}
extern "C" int MPI_File_close(MPI_File* raw) {
    ++files_closed;
    // MPICH 5.0's library of the standard ABI lacks PMPI_File_close.
    static const auto close = reinterpret_cast<int (*)(MPI_File*)>(dlsym(RTLD_NEXT, "MPI_File_close"));
    return close(raw);
}
extern "C" int MPI_Comm_free(MPI_Comm* raw) {
    ++comms_freed;
    return PMPI_Comm_free(raw);
}

namespace {

template <class Class> struct Sample;  // how to make one, which count its free goes to, and a predefined one
template <> struct Sample<MPI::Datatype> {
    static MPI::Datatype make() { return MPI::INT.Create_contiguous(3); }
    static constexpr int& freed = datatypes_freed;
    static MPI_Datatype predefined() { return MPI_INT; }
};
template <> struct Sample<MPI::Op> {
    static MPI::Op make() {
        return MPI::Op::Create<int>([](int a, int b) { return a + b; });
    }
    static constexpr int& freed = ops_freed;
    static MPI_Op predefined() { return MPI_SUM; }
};
template <> struct Sample<MPI::Group> {
    static MPI::Group make() {
        MPI_Group world = MPI_GROUP_NULL;
        MPI_Comm_group(MPI_COMM_WORLD, &world);
        MPI::Group made = MPI::Group::borrow(world).Incl({0});
        PMPI_Group_free(&world);  // not counted
        return made;
    }
    static constexpr int& freed = groups_freed;
    static MPI_Group predefined() { return MPI_GROUP_EMPTY; }
};
template <> struct Sample<MPI::Win> {
    static MPI::Win make() { return MPI::Win::Allocate<int>(1, MPI::COMM_WORLD); }
    static constexpr int& freed = wins_freed;
};
template <> struct Sample<MPI::Info> {
    static MPI::Info make() { return MPI::Info::Create(); }
    static constexpr int& freed = infos_freed;
    static MPI_Info predefined() { return MPI_INFO_ENV; }
};
template <> struct Sample<MPI::Errhandler> {
    static MPI::Errhandler make() {
        return MPI::Comm::Create_errhandler([](const MPI::Comm&, int) {});
    }
    static constexpr int& freed = errhandlers_freed;
    static MPI_Errhandler predefined() { return MPI_ERRORS_RETURN; }
};
template <> struct Sample<MPI::File> {
    static MPI::File make() {
        const std::string name = "mpi4cxx-handle-" + std::to_string(getpid());
        return MPI::File::Open(MPI::COMM_SELF, std::filesystem::temp_directory_path() / name,
                               MPI::MODE_CREATE | MPI::MODE_RDWR | MPI::MODE_DELETE_ON_CLOSE);
    }
    static constexpr int& freed = files_closed;
    static MPI_File predefined() { return MPI_FILE_NULL; }
};
struct CommSample {
    static constexpr int& freed = comms_freed;
    static MPI_Comm predefined() { return MPI_COMM_WORLD; }
};
template <> struct Sample<MPI::Comm> : CommSample {
    static MPI::Comm make() { return MPI::Comm::take(MPI::COMM_WORLD.Dup().release()); }
};
template <> struct Sample<MPI::Intracomm> : CommSample {
    static MPI::Intracomm make() { return MPI::COMM_WORLD.Dup(); }
};
template <> struct Sample<MPI::Cartcomm> : CommSample {
    static MPI::Cartcomm make() { return MPI::COMM_WORLD.Create_cart({MPI::COMM_WORLD.size()}); }
};

/// Calls `f` with a Sample of every handle class. `freed()` in it is how often its handles have been freed since.
template <class F> void for_each_class(F f) {
    const auto run = [&]<class Class>(Sample<Class> sample) {
        const int before = sample.freed;
        f(sample, [before] { return Sample<Class>::freed - before; });
    };
    run(Sample<MPI::Datatype>());
    run(Sample<MPI::Op>());
    run(Sample<MPI::Group>());
    run(Sample<MPI::Info>());
    run(Sample<MPI::Errhandler>());
    run(Sample<MPI::File>());
    run(Sample<MPI::Comm>());
    run(Sample<MPI::Intracomm>());
    run(Sample<MPI::Cartcomm>());
    run(Sample<MPI::Win>());
}

/// Frees a handle at once.
template <class Class> void free_now(Class& handle) {
    if constexpr (requires { handle.Free(); })
        handle.Free();
    else
        handle.Close();
}

template <class T> T& same(T& object) { return object; }  // so that compilers do not see a self-move

}  // namespace

TEST_CASE("A handle is moved, never copied, and converts to nothing", "[handle]") {
    for_each_class([](auto sample, auto) {
        using Class = decltype(sample.make());
        using Raw = typename Class::raw_type;
        STATIC_REQUIRE(std::is_nothrow_move_constructible_v<Class>);
        STATIC_REQUIRE(std::is_nothrow_move_assignable_v<Class>);
        STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<Class>);
        STATIC_REQUIRE_FALSE(std::is_copy_assignable_v<Class>);
        STATIC_REQUIRE_FALSE(std::is_convertible_v<Class, Raw>);
        STATIC_REQUIRE_FALSE(std::is_convertible_v<Raw, Class>);
        STATIC_REQUIRE_FALSE(std::is_constructible_v<Class, Raw>);
        STATIC_REQUIRE_FALSE(std::is_convertible_v<Class, bool>);
    });
}

TEST_CASE("A handle made without arguments is null and frees nothing", "[handle]") {
    for_each_class([](auto sample, auto freed) {
        {
            const decltype(sample.make()) handle;
            CHECK(handle.is_null());
            CHECK_FALSE(handle);
        }
        CHECK(freed() == 0);
    });
}

TEST_CASE("A handle frees what it owns once, however it is moved", "[handle]") {
    for_each_class([](auto sample, auto freed) {
        {
            auto first = sample.make();
            const auto raw = first.handle();
            auto second = std::move(first);
            CHECK(first.is_null());  // NOLINT(bugprone-use-after-move)
            CHECK(second.handle() == raw);
            CHECK(*second.address() == raw);
            decltype(second) third;
            third = std::move(second);
            CHECK(second.is_null());  // NOLINT(bugprone-use-after-move)
            CHECK(third.handle() == raw);
            third = std::move(same(third));
            CHECK(third.handle() == raw);
            CHECK(freed() == 0);
            first = sample.make();  // one that was moved from takes another
            CHECK(first);
            CHECK_FALSE(first == third);
            CHECK(freed() == 0);
            first = std::move(third);  // and frees it when assigned to
            CHECK(freed() == 1);
            CHECK(first.handle() == raw);
        }
        CHECK(freed() == 2);
    });
}

TEST_CASE("Free frees at once, and what is null cannot be freed", "[handle][error]") {
    for_each_class([](auto sample, auto freed) {
        {
            auto handle = sample.make();
            free_now(handle);
            CHECK(handle.is_null());
            CHECK(freed() == 1);
            CHECK_THROWS_AS(free_now(handle), MPI::Exception);
            CHECK(handle.is_null());
            auto from = sample.make();
            const auto to = std::move(from);
            CHECK_THROWS_AS(free_now(from), MPI::Exception);  // NOLINT(bugprone-use-after-move)
            CHECK(to);
        }
        constexpr bool is_file = std::is_same_v<decltype(sample.make()), MPI::File>;
        CHECK(freed() == (is_file ? 2 : 4));  // two of them refused, by the MPI or, for files, before the call
    });
}

TEST_CASE("release gives a raw handle up, take owns one, borrow does not", "[handle]") {
    for_each_class([](auto sample, auto freed) {
        using Class = decltype(sample.make());
        if constexpr (std::is_same_v<Class, MPI::Op>)
            return;  // a raw operation must not be one that captures: below
        else {
            auto made = sample.make();
            const auto raw = std::move(made).release();
            CHECK(made.is_null());  // NOLINT(bugprone-use-after-move)
            {
                const auto borrowed = Class::borrow(raw);
                CHECK(borrowed.handle() == raw);
                const auto again = Class::borrow(raw);
                CHECK(borrowed == again);
            }
            CHECK(freed() == 0);
            { const auto owner = Class::take(raw); }
            CHECK(freed() == 1);
        }
    });
    MPI_Op raw = MPI_OP_NULL;
    MPI_Op_create([](void*, void*, int*, MPI_Datatype*) {}, 1, &raw);
    const int before = ops_freed;
    { const MPI::Op borrowed = MPI::Op::borrow(raw); }
    CHECK(ops_freed == before);
    MPI::Op taken = MPI::Op::take(raw);
    CHECK(std::move(taken).release() == raw);
    CHECK(ops_freed == before);
    { const MPI::Op owner = MPI::Op::take(raw); }
    CHECK(ops_freed == before + 1);
}

TEST_CASE("Predefined handles are never freed", "[handle][error]") {
    for_each_class([](auto sample, auto freed) {
        using Class = decltype(sample.make());
        if constexpr (requires { sample.predefined(); }) {  // there is no predefined window
            {
                auto handle = Class::borrow(sample.predefined());
                const auto moved = std::move(handle);
                CHECK(moved.handle() == sample.predefined());
            }
            CHECK(freed() == 0);
            auto handle = Class::borrow(sample.predefined());
            CHECK_THROWS_AS(free_now(handle), MPI::Exception);  // the MPI refuses
            CHECK(handle.handle() == sample.predefined());
        }
    });
    CHECK(MPI::INT.Get_size() == sizeof(int));
    CHECK(MPI::COMM_WORLD.size() > 0);
}

TEST_CASE("A key is freed once, and has no raw form to make one of", "[handle]") {
    using Key = MPI::Keyval<MPI::Comm, int>;
    STATIC_REQUIRE(std::is_nothrow_move_constructible_v<Key>);
    STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<Key>);
    STATIC_REQUIRE_FALSE(std::is_constructible_v<Key, int>);
    STATIC_REQUIRE_FALSE(std::is_convertible_v<Key, int>);
    const int before = keyvals_freed;
    {
        Key first = MPI::Comm::Create_keyval<int>();
        const int raw = first.handle();
        Key second = std::move(first);
        CHECK(first.is_null());  // NOLINT(bugprone-use-after-move)
        first = std::move(second);
        CHECK(first.handle() == raw);
        CHECK(keyvals_freed == before);
        second = MPI::Comm::Create_keyval<int>();
        first.Free();
        CHECK(first.is_null());
        CHECK(keyvals_freed == before + 1);
        CHECK_THROWS_AS(first.Free(), MPI::Exception);
    }
    CHECK(keyvals_freed == before + 3);  // one of them refused
}

TEST_CASE("Handles go to Fortran and come back, borrowed", "[handle]") {
    for_each_class([](auto sample, auto freed) {
        using Class = decltype(sample.make());
        {
            const auto made = sample.make();
            const MPI::Fint fortran = made.c2f();
            const Class back = Class::f2c(fortran);
            CHECK(back == made);
            CHECK(Class::f2c(Class().c2f()).is_null());
            if constexpr (requires { sample.predefined(); })
                CHECK(Class::f2c(Class::borrow(sample.predefined()).c2f()).handle() == sample.predefined());
        }
        CHECK(freed() == 1);
    });
}

TEST_CASE("A handle class is as large as its handle and who owns it", "[handle]") {
    STATIC_REQUIRE(sizeof(MPI::Comm) == sizeof(MPI::Handle<MPI::Comm>));
    STATIC_REQUIRE(sizeof(MPI::Datatype) == sizeof(MPI::Handle<MPI::Datatype>));
    struct SizedMessage {
        MPI_Message message;
        std::size_t size;
    };
    STATIC_REQUIRE(sizeof(MPI::Group) <= sizeof(MPI::Handle<MPI::Group>) + sizeof(void*));  // a session
    STATIC_REQUIRE(sizeof(MPI::Message) == sizeof(SizedMessage));
    STATIC_REQUIRE(std::is_same_v<decltype(MPI::Cartcomm::f2c(0)), MPI::Cartcomm>);
}

TEST_CASE("A name is set and read, of whatever has one", "[handle]") {
    const auto check = [](const auto& object, const char* given) {
        CHECK(object.name() == given);
        object.Set_name("a name");
        CHECK(object.Get_name() == "a name");
        object.Set_name("");
        CHECK(object.name().empty());
        const std::string longest(static_cast<std::size_t>(MPI::MAX_OBJECT_NAME) - 1, 'n');
        object.Set_name(longest);
        CHECK(object.name() == longest);
    };
    check(MPI::INT.Create_contiguous(2), "");
    check(MPI::COMM_SELF.Split(), "");
    CHECK(MPI::COMM_WORLD.name() == "MPI_COMM_WORLD");
    CHECK(MPI::INT.name() == "MPI_INT");
}

TEST_CASE("A communicator is not freed while an exception unwinds this process alone", "[handle][comm]") {
    MPI_Comm raw = MPI_COMM_NULL;
    const int types = datatypes_freed, comms = comms_freed;
    try {
        const MPI::Intracomm comm = MPI::COMM_WORLD.Dup();
        const MPI::Datatype type = MPI::INT.Create_contiguous(2);
        raw = comm.handle();
        throw 1;
    } catch (int) {}
    CHECK(datatypes_freed == types + 1);  // local
    CHECK(comms_freed == comms);          // collective
    const MPI::Comm owner = MPI::Comm::take(raw);
}
