#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <array>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;

static const MPI::Aint before_mpi = MPI::Aint_diff(MPI::Aint_add(3, 4), 5);

TEST_CASE("Alloc_mem returns memory that frees itself", "[memory]") {
    MPI::Memory memory = MPI::Alloc_mem(1000);
    CHECK(memory.size() == 1000);
    CHECK_FALSE(memory.is_null());
    for (std::byte& byte : memory) byte = std::byte{1};
    CHECK(memory[999] == std::byte{1});
    std::byte* const data = memory.data();
    MPI::Memory moved = std::move(memory);
    CHECK(memory.is_null());  // NOLINT(bugprone-use-after-move)
    CHECK(memory.size() == 0);
    CHECK(moved.data() == data);
    memory = std::move(moved);
    CHECK(memory.data() == data);
    memory.Free();
    CHECK_FALSE(memory);
    CHECK(memory.size() == 0);
}

TEST_CASE("Alloc_mem takes hints, and a size of nothing", "[memory]") {
    CHECK(MPI::Alloc_mem(10, MPI::INFO_NULL).size() == 10);
    CHECK(MPI::Alloc_mem(10, MPI::Info::Create({{"mpi_minimum_memory_alignment", "64"}})).size() == 10);
    const MPI::Memory nothing = MPI::Alloc_mem(0);
    CHECK(nothing.size() == 0);
    CHECK(nothing);
    CHECK_THROWS_AS((void)MPI::Alloc_mem(-1), std::invalid_argument);
}

TEST_CASE("Memory is given up and taken", "[memory]") {
    MPI::Memory memory = MPI::Alloc_mem(16);
    void* const raw = std::move(memory).release();
    CHECK(memory.is_null());  // NOLINT(bugprone-use-after-move)
    MPI::Memory again = MPI::Memory::take(raw, 16);
    CHECK(again.size() == 16);
    MPI::Free_mem(again);
    CHECK(again.is_null());
    void* const other = std::move(MPI::Alloc_mem(16)).release();
    MPI::Free_mem(other);
}

TEST_CASE("Memory is sent and received, as bytes or as elements", "[memory]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        MPI::Memory sent = MPI::Alloc_mem(10 * sizeof(double)), received = MPI::Alloc_mem(10 * sizeof(double));
        const auto numbers = sent.as<double>();
        CHECK(numbers.size() == 10);
        std::iota(numbers.begin(), numbers.end(), comm.rank());
        MPI::Status status;
        comm.Sendrecv(sent, right_of(comm), 1, received, left_of(comm), 1, &status);
        CHECK(status.Get_count(MPI::BYTE) == 80);
        CHECK(received.as<double>()[9] == left_of(comm) + 9);
        comm.Allreduce(numbers, received.as<double>(), MPI::MAX);
        CHECK(received.as<double>()[0] == comm.size() - 1);
    });
}

TEST_CASE("Addresses are counted in bytes", "[memory]") {
    std::array<double, 4> numbers{};
    const MPI::Aint first = MPI::Get_address(numbers.data()), third = MPI::Get_address(&numbers[2]);
    CHECK(MPI::Aint_diff(third, first) == 16);
    CHECK(MPI::Aint_diff(first, third) == -16);
    CHECK(MPI::Aint_add(first, 16) == third);
    CHECK(MPI::Aint_add(third, -16) == first);
    CHECK(before_mpi == 2);
    CHECK(MPI::Get_address(MPI::BOTTOM) == 0);
    CHECK(first == static_cast<MPI::Aint>(reinterpret_cast<std::intptr_t>(numbers.data())));
    int value = 5, got = 0;
    MPI::Datatype there = MPI::Datatype::Create_struct(std::vector{1}, std::vector{MPI::Get_address(&value)}, std::vector<MPI_Datatype>{MPI_INT});
    there.Commit();
    MPI::COMM_SELF.Sendrecv({MPI::BOTTOM, 1, there}, 0, 0, got);
    CHECK(got == 5);
}

TEST_CASE("Bsend copies to the library's buffer", "[memory][p2p]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        MPI::Attach_buffer(3 * (MPI::BSEND_OVERHEAD + 1000 * static_cast<MPI::Count>(sizeof(int))));
        std::vector<int> sent(1000, comm.rank()), received(1000);
        for (int i = 0; i < 3; ++i) {
            comm.Bsend(sent, right_of(comm), i);
            for (int& number : sent) ++number;  // which is copied already
        }
        for (int i = 2; i >= 0; --i) {
            comm.Recv(received, left_of(comm), i);
            CHECK(received == std::vector<int>(1000, left_of(comm) + i));
        }
        CHECK(MPI::Detach_buffer().empty());  // the library's has gone
    });
}

TEST_CASE("Bsend copies to a buffer of the user's, which Detach_buffer returns", "[memory][p2p]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        std::vector<std::byte> room(static_cast<std::size_t>(MPI::BSEND_OVERHEAD) + 1000);
        MPI::Attach_buffer(room);
        comm.Bsend(comm.rank(), right_of(comm));
        int received = -1;
        comm.Recv(received, left_of(comm));
        CHECK(received == left_of(comm));
        const MPI::memory returned = MPI::Detach_buffer();
        CHECK(returned.data() == room.data());
        CHECK(returned.size() == room.size());
    });
}

TEST_CASE("The attached buffer may be a range of any elements without constructors", "[memory]") {
    std::vector<char> chars(1000);  // the overhead of a message is 512 bytes in the standard ABI
    std::array<double, 100> numbers{};
    int whole[200];
    const auto returns = [](const void* address, std::size_t size) {
        const MPI::memory returned = MPI::Detach_buffer();
        return static_cast<const void*>(returned.data()) == address && returned.size() == size;
    };
    MPI::Attach_buffer(chars);
    CHECK(returns(chars.data(), 1000));
    MPI::Attach_buffer(std::span(numbers));
    CHECK(returns(numbers.data(), 800));
    MPI::Attach_buffer(whole);
    CHECK(returns(whole, sizeof whole));
    MPI::Memory own = MPI::Alloc_mem(1000);
    MPI::Attach_buffer(own);
    CHECK(returns(own.data(), 1000));
}

TEST_CASE("Detach_buffer waits until what is in it is sent", "[memory][p2p]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const std::vector<int> sent(100'000, comm.rank());
        std::vector<int> received(sent.size());
        MPI::Attach_buffer(MPI::BSEND_OVERHEAD + 100'000 * static_cast<MPI::Count>(sizeof(int)));
        const MPI::Request receive = [&] { return comm.Irecv(received, left_of(comm)); }();
        comm.Bsend(sent, right_of(comm));
        CHECK(MPI::Detach_buffer().empty());
        comm.Barrier();
        CHECK(receive.Get_status());
    });
}

TEST_CASE("Communicators have buffers of their own, and MPI allocates some, where the MPI follows MPI-4.1", "[memory][p2p]") {
    constexpr bool is_new = MPI::VERSION > 4 || (MPI::VERSION == 4 && MPI::SUBVERSION >= 1);
    const MPI::Intracomm comm = MPI::COMM_WORLD.Dup();
    std::vector<std::byte> room(static_cast<std::size_t>(MPI::BSEND_OVERHEAD) + 1000);
    int received = -1;
    if (!is_new) {
        const std::string words = "not supported by this MPI";
        CHECK(thrown<MPI::Exception>([&] { comm.Attach_buffer(room); }).find(words) != std::string::npos);
        CHECK(thrown<MPI::Exception>([&] { (void)comm.Detach_buffer(); }).find(words) != std::string::npos);
        CHECK(thrown<MPI::Exception>([&] { comm.Attach_buffer(MPI::BUFFER_AUTOMATIC); }).find(words) != std::string::npos);
        CHECK(thrown<MPI::Exception>([&] { MPI::Attach_buffer(MPI::BUFFER_AUTOMATIC); }).find(words) != std::string::npos);
        CHECK(thrown<MPI::Exception>([&] { MPI::Flush_buffer(); }).find(words) != std::string::npos);
        CHECK(thrown<MPI::Exception>([&] { (void)MPI::Iflush_buffer(); }).find(words) != std::string::npos);
        CHECK(thrown<MPI::Exception>([&] { (void)comm.Split_type(MPI::COMM_TYPE_RESOURCE_GUIDED); }).find(words) != std::string::npos);
        CHECK(thrown<MPI::Exception>([&] { (void)MPI::Get_hw_resource_info(); }).find(words) != std::string::npos);
        return;
    }
    comm.Attach_buffer(room);
    comm.Bsend(comm.rank(), right_of(comm));
    comm.Recv(received, left_of(comm));
    CHECK(received == left_of(comm));
    comm.Flush_buffer();
    comm.Iflush_buffer().Wait();
    const MPI::memory returned = comm.Detach_buffer();
    CHECK(returned.data() == room.data());
    CHECK(returned.size() == room.size());
    comm.Attach_buffer(MPI::BUFFER_AUTOMATIC);
    comm.Bsend(std::vector<int>(1000, comm.rank()), right_of(comm));
    CHECK(comm.Recv<int>(left_of(comm)).at(999) == left_of(comm));
    CHECK(comm.Detach_buffer().empty());
    MPI::Attach_buffer(MPI::BUFFER_AUTOMATIC);
    comm.Bsend(std::vector<int>(1000, comm.rank()), right_of(comm));
    CHECK(comm.Recv<int>(left_of(comm)).at(999) == left_of(comm));
    MPI::Flush_buffer();
    CHECK(MPI::Detach_buffer().empty());
    CHECK_FALSE(MPI::Get_hw_resource_info().is_null());
}

TEST_CASE("A second buffer, and one of less than nothing, are refused", "[memory][error]") {
    MPI::Attach_buffer(10'000);
    CHECK_THROWS_AS(MPI::Attach_buffer(10'000), MPI::Exception);
    std::vector<std::byte> room(10'000);
    CHECK_THROWS_AS(MPI::Attach_buffer(room), MPI::Exception);
    MPI::COMM_SELF.Bsend(1, 0);  // the first is still there
    int received = 0;
    MPI::COMM_SELF.Recv(received, 0);
    CHECK(received == 1);
    CHECK(MPI::Detach_buffer().empty());
    CHECK_THROWS_AS(MPI::Attach_buffer(MPI::Count(-1)), std::invalid_argument);
}
