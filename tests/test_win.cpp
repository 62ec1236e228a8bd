#include "refused.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <Eigen/Core>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

TEST_CASE("Win::Allocate gives each process its elements", "[win]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Win win = MPI::Win::Allocate<double>(comm.rank() + 1, comm);
        CHECK(win.span<double>().size() == static_cast<std::size_t>(comm.rank() + 1));
        CHECK(win.tomemory().size() == win.span<double>().size_bytes());
        CHECK(win.memory().data() == win.tomemory().data());
        CHECK(win.flavor() == MPI::WIN_FLAVOR_ALLOCATE);
        CHECK((win.model() == MPI::WIN_UNIFIED || win.model() == MPI::WIN_SEPARATE));
        CHECK(win.group_size() == comm.size());
        CHECK(win.group_rank() == comm.rank());
        CHECK(MPI::Group::Compare(win.group(), comm.group()) == MPI::IDENT);
        CHECK(win.Get_attr(MPI::WIN_SIZE) == static_cast<MPI::Aint>(win.tomemory().size()));
        CHECK(win.Get_attr(MPI::WIN_DISP_UNIT) == static_cast<int>(sizeof(double)));
        CHECK(win.Get_errhandler() == MPI::ERRORS_RETURN);
        CHECK(win.subject()->rank == comm.rank());
        CHECK(win.subject()->size == comm.size());
    });
}

TEST_CASE("Win::Create exposes a range, a C array, a number or bytes", "[win]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        std::vector<int> range(4, comm.rank());
        std::array<long, 3> array{};
        double plane[2][3] = {};
        float number = 0;
        const MPI::Win of_range = MPI::Win::Create(range, comm), of_array = MPI::Win::Create(array, comm), of_number = MPI::Win::Create(number, comm);
        const MPI::Win of_plane = MPI::Win::Create(plane, comm);
        CHECK(of_range.span<int>().data() == range.data());
        CHECK(of_range.span<int>().size() == 4);
        CHECK(of_range.flavor() == MPI::WIN_FLAVOR_CREATE);
        CHECK(of_array.span<long>().size() == 3);
        CHECK(of_number.span<float>().size() == 1);
        CHECK(of_plane.tomemory().size() == sizeof plane);

        const MPI::Win bytes = MPI::Win::Create(range, 2, MPI::INFO_NULL, comm);
        CHECK(bytes.Get_attr(MPI::WIN_DISP_UNIT) == 2);
        CHECK(bytes.span<int>().size() == 4);
        CHECK(bytes.span<short>().size() == 8);
        const MPI::Win raw = MPI::Win::Create({range.data(), 8}, 4, MPI::INFO_NULL, comm);
        CHECK(raw.tomemory().size() == 8);
        const MPI::Win empty = MPI::Win::Create({}, 1, MPI::INFO_NULL, comm);
        CHECK(empty.tomemory().empty());
    });
}

TEST_CASE("Accesses meet memory that begins at any address", "[win]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        std::vector<double> field(8, 0.0);
        const std::span<double> inner = std::span(field).subspan(1, 6);
        const MPI::Win win = MPI::Win::Create(inner, comm);
        CHECK(win.span<double>().data() == inner.data());
        const double one = 1, two = 2;
        double got = 0, fetched = 0, swapped = 0;
        {
            const auto epoch = win.fence();
            win.Put(one, right_of(comm), 0);
            win.Accumulate(two, right_of(comm), 5);
        }
        CHECK(field == std::vector<double>{0, 1, 0, 0, 0, 0, 2, 0});
        {
            auto epoch = win.lock(right_of(comm));
            win.Get(got, right_of(comm), 5);
            win.Fetch_and_op(one, fetched, right_of(comm), 0, MPI::NO_OP);
            win.Rget(swapped, right_of(comm), {0, 1, MPI::DOUBLE}).Wait();
            epoch.flush(right_of(comm));
        }
        CHECK((got == 2 && fetched == 1 && swapped == 1));
        refused("exceed", [&] {
            const auto epoch = win.lock(right_of(comm));
            win.Put(one, right_of(comm), 6);
        });
    });
}

TEST_CASE("Bytes at any address are counted in units of any size", "[win]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (std::size_t begin : {1, 3, 8, 15}) {
            std::array<char, 64> memory{};
            // each process's memory begins elsewhere
            const std::span<char> bytes = std::span(memory).subspan(begin + static_cast<std::size_t>(comm.rank() % 2), 12);
            const MPI::Win win = MPI::Win::Create(bytes, 3, MPI::INFO_NULL, comm);
            CHECK(win.tomemory().data() == reinterpret_cast<std::byte*>(bytes.data()));
            const std::array<char, 3> sent{'a', 'b', 'c'};
            {
                const auto epoch = win.fence();
                win.Put(sent, right_of(comm), 3);
            }
            CHECK(std::string(bytes.data() + 9, 3) == "abc");
            CHECK(std::count(memory.begin(), memory.end(), '\0') == 61);
        }
    });
}

TEST_CASE("A window of bytes counts its displacements in its own unit", "[win]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Win win = MPI::Win::Allocate(64, 4, MPI::INFO_NULL, comm);
        std::vector<double> sent{1.5, 2.5};
        for (std::byte& byte : win.tomemory()) byte = std::byte{0};
        win.Fence();
        win.Put(sent, right_of(comm), 3);
        win.Fence();
        double got[2];
        std::memcpy(got, win.tomemory().data() + 12, sizeof got);
        CHECK((got[0] == 1.5 && got[1] == 2.5));
    });
}

TEST_CASE("A window of bytes keeps those that are fewer than a unit", "[win]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    std::vector<std::byte> memory(10);
    CHECK(MPI::Win::Allocate(10, 4, MPI::INFO_NULL, comm).tomemory().size() == 10);
    CHECK(MPI::Win::Allocate_shared(10, 4, MPI::INFO_NULL, comm.Split_type(MPI::COMM_TYPE_SHARED)).tomemory().size() == 10);
    const MPI::Win win = MPI::Win::Create({memory.data(), 10}, 4, MPI::INFO_NULL, comm);
    CHECK(win.tomemory().size() == 10);
    const std::array two{std::byte{1}, std::byte{2}};
    win.Fence();
    win.Put(two, right_of(comm), {2, 2, MPI::BYTE});
    win.Fence(MPI::MODE_NOSUCCEED);
    CHECK(memory[9] == std::byte{2});
}

TEST_CASE("A shared window is read and written directly", "[win]") {
    for_each_comm([](const MPI::Intracomm& world) {
        const MPI::Intracomm comm = world.Split_type(MPI::COMM_TYPE_SHARED);
        const bool is_first = comm.rank() == 0;
        const MPI::Win win = MPI::Win::Allocate_shared<long>(is_first ? 10 : 0, comm);
        CHECK(win.flavor() == MPI::WIN_FLAVOR_SHARED);
        if (is_first)
            for (long& x : win.span<long>()) x = 7;
        win.Fence();
        CHECK(win.shared<long>(0).size() == 10);
        CHECK(win.shared<long>(0)[9] == 7);
        CHECK(win.shared<long>(MPI::PROC_NULL).size() == 10);
        CHECK(win.Shared_query(0).disp_unit == sizeof(long));
        win.Fence();
        const MPI::Win bytes = MPI::Win::Allocate_shared(16, 8, MPI::INFO_NULL, comm);
        CHECK(bytes.Shared_query(comm.size() - 1).memory.size() == 16);
    });
}

TEST_CASE("Memory can be attached to a dynamic window and detached", "[win]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Win win = MPI::Win::Create_dynamic(comm);
        CHECK(win.flavor() == MPI::WIN_FLAVOR_DYNAMIC);
        std::vector<int> memory(3, comm.rank());
        win.Attach(memory);
        const std::vector<MPI::Aint> addresses = comm.allgather(MPI::Get_address(memory.data()));
        const int right = right_of(comm);
        int got = -1;
        {
            const auto epoch = win.lock(right, MPI::LOCK_SHARED);
            win.Get(got, right, MPI::Aint_add(addresses[static_cast<std::size_t>(right)], sizeof(int)));
        }
        CHECK(got == right);
        comm.Barrier();
        win.Detach(memory);
    });
}

TEST_CASE("Memory is attached once, and detached as a whole", "[win][error]") {
    const MPI::Win win = MPI::Win::Create_dynamic(MPI::COMM_SELF);
    std::vector<int> memory(100), none;
    const std::span<int> all(memory), half = all.subspan(50), middle = all.subspan(25, 50), before = all.first(25);
    win.Attach(middle);
    refused("Attach: a part of this memory is attached to the window already", [&] { win.Attach(memory); });
    CHECK_THROWS_AS(win.Attach(half), std::invalid_argument);
    CHECK_THROWS_AS(win.Attach(middle), std::invalid_argument);
    refused("Detach: the memory that was attached begins 100 bytes before this", [&] { win.Detach(half); });
    refused("Detach: no memory that begins here has been attached", [&] { win.Detach(memory); });
    win.Attach(before);
    win.Detach(middle);
    CHECK_THROWS_AS(win.Detach(middle), std::invalid_argument);
    win.Attach(middle);
    win.Attach(none);
    win.Attach(none);
    win.Detach(none);
    win.Detach({before.data(), 0});
    CHECK_THROWS_AS(win.Detach(before), std::invalid_argument);
    win.Detach(middle);  // Open MPI 4.1 crashes where memory that was attached twice is attached at the end
}

TEST_CASE("A window has a name, attributes, hints, an error handler and a Fortran handle", "[win]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Win win = MPI::Win::Allocate<int>(1, comm);
        win.Set_name("halo");
        CHECK(win.Get_name() == "halo");
        CHECK(win.name() == "halo");
        auto key = MPI::Win::Create_keyval<std::string>();
        win.Set_attr(key, "mark");
        REQUIRE(win.Get_attr(key) != nullptr);
        CHECK(*win.Get_attr(key) == "mark");
        win.Delete_attr(key);
        CHECK(win.Get_attr(key) == nullptr);
        const MPI::Info hints = MPI::Info::Create();
        win.Set_info(hints);
        CHECK_FALSE(win.Get_info().is_null());
        CHECK(MPI::Win::f2c(win.c2f()) == win);

        int seen = MPI::SUCCESS;
        MPI::Errhandler handler = MPI::Win::Create_errhandler([&](const MPI::Win& owner, int code) {
            CHECK(owner == win);
            seen = code;
        });
        win.Set_errhandler(handler);
        CHECK(win.Get_errhandler() == handler);
        win.Call_errhandler(MPI::ERR_WIN);
        CHECK(seen == MPI::ERR_WIN);
        win.Set_errhandler(MPI::ERRORS_RETURN);
    });
}

TEST_CASE("An error of MPI names the window and the rank", "[win][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Win win = MPI::Win::Allocate<int>(1, comm);
        win.Set_name("halo");
        try {
            win.Lock(0, static_cast<MPI::LockType>(99));
            FAIL_CHECK("nothing was thrown");
        } catch (const MPI::Exception& e) {
            CHECK((e.Get_error_class() == MPI::ERR_LOCKTYPE || e.Get_error_class() == MPI::ERR_ARG));  // MPICH
            CHECK(e.communicator() == "window \"halo\"");
            CHECK(e.rank() == comm.rank());
            CHECK(contains(e.what(), "MPI_Win_lock on window \"halo\", rank " + std::to_string(comm.rank()) + " of " + std::to_string(comm.size())));
        }
    });
}

TEST_CASE("The types and the sizes of a window are checked when it is made", "[win][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        refused("a window of -1 elements of 4 bytes", [&] { (void)MPI::Win::Allocate<int>(-1, comm); });
        refused("of 8 bytes", [&] { (void)MPI::Win::Allocate<double>(MPI::Count{1} << 61, comm); });
        refused("displacements of 0 bytes", [&] { (void)MPI::Win::Allocate(8, 0, MPI::INFO_NULL, comm); });
        Eigen::MatrixXd matrix(4, 4);
        auto block = matrix.block(0, 0, 2, 2);
        refused("this has gaps", [&] { (void)MPI::Win::Create(block, comm); });
        const MPI::Win whole = MPI::Win::Create(matrix, comm);
        refused("elements of int in a window of MPI_DOUBLE", [&] { (void)whole.span<int>(); });
        if (comm.size() > 1) {
            std::vector<int> narrow(2);
            std::vector<double> wide(2);
            refused("a typed window has one type", [&] { (void)(comm.rank() == 0 ? MPI::Win::Create(narrow, comm) : MPI::Win::Create(wide, comm)); });
            refused("ranks 0 and 1 give elements of different types",
                    [&] { (void)(comm.rank() == 1 ? MPI::Win::Allocate<float>(1, comm) : MPI::Win::Allocate<int>(1, comm)); });
            refused("elements of 4 and of 1 bytes",
                    [&] { (void)(comm.rank() == 1 ? MPI::Win::Allocate(8, 1, MPI::INFO_NULL, comm) : MPI::Win::Allocate<int>(2, comm)); });
            const MPI::Win mixed = comm.rank() == 0 ? MPI::Win::Allocate<int>(2, comm) : MPI::Win::Allocate(8, 4, MPI::INFO_NULL, comm);
            CHECK_FALSE(mixed.is_null());
        }
    });
}

TEST_CASE("A null operation is an Exception of its class in one-sided calls, too", "[win][error]") {
    const MPI::Win win = MPI::Win::Allocate<int>(1, MPI::COMM_SELF);
    const auto epoch = win.lock_all();
    const int x = 1;
    int y = 0;
    const auto is_null = [](const std::string& method, auto call) {
        CHECK(error_of_class(MPI::ERR_OP, call).find(method + ": the operation is null") == 0);
    };
    is_null("Accumulate", [&] { win.Accumulate(x, 0, {}, MPI::OP_NULL); });
    is_null("Raccumulate", [&] { (void)win.Raccumulate(x, 0, {}, MPI::OP_NULL); });
    is_null("Get_accumulate", [&] { win.Get_accumulate(x, y, 0, {}, MPI::OP_NULL); });
    is_null("Rget_accumulate", [&] { (void)win.Rget_accumulate(x, y, 0, {}, MPI::OP_NULL); });
    is_null("Fetch_and_op", [&] { win.Fetch_and_op(x, y, 0, 0, MPI::OP_NULL); });
}

TEST_CASE("A null window is refused by a sentence", "[win][error]") {
    MPI::Win win;
    int x = 0;
    const MPI::Group group = MPI::COMM_SELF.group();
    const auto is_null = [](const auto& f) {
        const std::string text = error_of_class(MPI::ERR_WIN, f);
        CHECK(contains(text, "the window is null"));
    };
    is_null([&] { win.Put(x, 0); });
    is_null([&] { win.Get(x, 0); });
    is_null([&] { win.Accumulate(x, 0); });
    is_null([&] { win.Fetch_and_op(x, x, 0); });
    is_null([&] { win.Fence(); });
    is_null([&] { win.Start(group); });
    is_null([&] { win.Complete(); });
    is_null([&] { win.Post(group); });
    is_null([&] { win.Wait(); });
    is_null([&] { (void)win.Test(); });
    is_null([&] { win.Lock(0); });
    is_null([&] { win.Unlock(0); });
    is_null([&] { win.Lock_all(); });
    is_null([&] { win.Unlock_all(); });
    is_null([&] { win.Flush(0); });
    is_null([&] { win.Flush_all(); });
    is_null([&] { win.Flush_local(0); });
    is_null([&] { win.Flush_local_all(); });
    is_null([&] { win.Sync(); });
    is_null([&] { (void)win.tomemory(); });
    is_null([&] { (void)win.span<int>(); });
    is_null([&] { (void)win.Rput(x, 0); });
    CHECK(MPI::WIN_NULL.is_null());
    CHECK(win == MPI::WIN_NULL);
}

TEST_CASE("A raw window can be taken and borrowed, and is checked by MPI alone", "[win]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        std::vector<int> memory(2, comm.rank());
        MPI_Win raw = MPI_WIN_NULL;
        REQUIRE(MPI_Win_create(memory.data(), 8, 4, MPI_INFO_NULL, comm.handle(), &raw) == MPI_SUCCESS);
        const int right = right_of(comm);
        {
            const MPI::Win win = MPI::Win::take(raw);
            CHECK(win.span<int>().size() == 2);
            int got = -1;
            {
                const auto epoch = win.lock(right, MPI::LOCK_SHARED);
                MPI::Win::borrow(raw).Get(got, right, 1);
                epoch.flush();
                CHECK(got == right);
                win.Flush_all();
                win.Flush_local_all();
                win.Flush(MPI::PROC_NULL);
            }
            REQUIRE(MPI_Win_lock(MPI_LOCK_SHARED, right, 0, raw) == MPI_SUCCESS);
            win.Flush_all();
            win.Unlock(right);
            comm.Barrier();
        }
    });
}

namespace {

/// Marks windows by an attribute, whose value is gone when they are freed.
class Witness {
public:
    MPI::Win mark(MPI::Win win) {
        auto mark = std::make_shared<int>(0);
        win.Set_attr(key_, mark);
        marks_.push_back(mark);
        return win;
    }
    [[nodiscard]] std::size_t left() const {
        std::size_t result = 0;
        for (const auto& mark : marks_) result += mark.expired() ? 0 : 1;
        return result;
    }

private:
    MPI::Keyval<MPI::Win, std::shared_ptr<int>> key_ = MPI::Win::Create_keyval<std::shared_ptr<int>>();
    std::vector<std::weak_ptr<int>> marks_;
};

}  // namespace

TEST_CASE("A window that an exception drops is freed when the next is made of the same processes", "[win]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        Witness witness;
        std::vector<int> memory(1);
        for (int i = 0; i < 3; ++i) try {
                const MPI::Win by_mpi = witness.mark(MPI::Win::Allocate<int>(2, comm)), own = witness.mark(MPI::Win::Create(memory, comm));
                const auto epoch = own.lock_all();
                throw 1;
            } catch (int) {}
        const MPI::Win next = MPI::Win::Allocate<int>(1, comm);
        CHECK(witness.left() == 0);
    });
}

TEST_CASE("What one process drops lasts as long as another has the window", "[win]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    Witness witness;
    std::optional<MPI::Win> held;
    const bool drops = world.rank() == world.size() - 1;
    try {
        MPI::Win win = witness.mark(MPI::Win::Allocate<int>(2, world));
        if (drops)
            throw 1;
        held = std::move(win);
    } catch (int) {}
    (void)world.Dup();
    CHECK(witness.left() == (world.size() == 1 ? 0 : 1));
    held.reset();  // does not wait for the process that has dropped the window
    (void)world.Dup();
    CHECK(witness.left() == 0);
}

TEST_CASE("A window that the program leaves is freed when MPI ends", "[win]") {  // or MPI crashes in MPI_Finalize
    static MPI::Win left, attached, locked;
    static std::array<int, 3> memory{};
    left = MPI::Win::Allocate<int>(1, MPI::COMM_WORLD);
    attached = MPI::Win::Create(memory, MPI::COMM_WORLD);
    locked = MPI::Win::Allocate<int>(1, MPI::COMM_WORLD);
    locked.Lock_all();
    CHECK(left.span<int>().size() == 1);
}
