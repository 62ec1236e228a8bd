#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

/// How a message ends.
std::string place(unsigned long line) { return " (" __FILE__ ":" + std::to_string(line) + ")"; }

/// What `f` must throw: an Exception of this class, from this function on this communicator, at this line of this file.
template <class F> void check_exception(const MPI::Comm& comm, int error, const std::string& function, unsigned long line, F f) {
    INFO(function);
    try {
        f();
        FAIL_CHECK("nothing was thrown");
    } catch (const MPI::Exception& e) {
        const std::string name = comm.name().empty() ? "a communicator" : comm.name();
        const std::string who = name + ", rank " + std::to_string(comm.rank()) + " of " + std::to_string(comm.size());
        CHECK(e.Get_error_class() == error);
        CHECK(MPI::Get_error_class(e.Get_error_code()) == error);
        CHECK(e.Get_error_string() == MPI::Get_error_string(e.Get_error_code()));
        CHECK(e.function() == function);
        CHECK(e.communicator() == name);
        CHECK(e.rank() == comm.rank());
        CHECK(std::string(e.where().file) == __FILE__);
        CHECK(e.where().line == line);
        const std::string what = e.what();
        CHECK(what.starts_with(function + " on " + who + ": " + e.Get_error_string()));  // and what it leaves out
        CHECK(what.ends_with(place(line)));
    }
}

/// What `f` must throw: std::invalid_argument that begins with the method, has both numbers and ends with the place.
template <class F> void check_misuse(const std::string& method, const std::string& one, const std::string& other, unsigned long line, F f) {
    const std::string text = thrown<std::invalid_argument>(f);
    const std::string end = place(line);
    INFO(method + " said: " + text);
    CHECK(contains(text, method + ": "));
    CHECK(contains(text, one));
    CHECK(contains(text, other));
    CHECK(text.size() > end.size());
    CHECK(text.substr(text.size() < end.size() ? 0 : text.size() - end.size()) == end);
}

void nothing_is_sent(const MPI::Comm& comm) { CHECK_FALSE(comm.Iprobe()); }

}  // namespace

TEST_CASE("An Exception names function, communicator, rank and the user's line", "[error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int nobody = comm.size() + 5;
        int value = 1, got = 0;
        std::string text = "object";
        // clang-format off
        check_exception(comm, MPI::ERR_RANK, "MPI_Send", __LINE__, [&] { comm.Send(value, nobody); });
        check_exception(comm, MPI::ERR_RANK, "MPI_Isend", __LINE__, [&] { (void)comm.Isend(value, nobody); });
        check_exception(comm, MPI::ERR_RANK, "MPI_Recv", __LINE__, [&] { comm.Recv(value, nobody); });
        check_exception(comm, MPI::ERR_RANK, "MPI_Sendrecv", __LINE__, [&] { comm.Sendrecv(value, nobody, 0, got); });
        check_exception(comm, MPI::ERR_RANK, "MPI_Probe", __LINE__, [&] { comm.Probe(nobody); });
        check_exception(comm, MPI::ERR_RANK, "MPI_Mprobe", __LINE__, [&] { (void)comm.Mprobe(nobody); });
        check_exception(comm, MPI::ERR_RANK, "MPI_Mprobe", __LINE__, [&] { (void)comm.Recv<int>(nobody); });
        check_exception(comm, MPI::ERR_TAG, "MPI_Ssend", __LINE__, [&] { comm.Ssend(value, 0, -7); });
        check_exception(comm, MPI::ERR_TAG, "MPI_Irecv", __LINE__, [&] { (void)comm.Irecv(value, 0, -7); });
        check_exception(comm, MPI::ERR_COUNT, "MPI_Send", __LINE__, [&] { comm.Send({&value, -1, MPI::INT}, 0); });
        check_exception(comm, MPI::ERR_COUNT, "MPI_Recv", __LINE__, [&] { comm.Recv({&value, -1}, 0); });
        check_exception(comm, MPI::ERR_ROOT, "MPI_Bcast", __LINE__, [&] { comm.Bcast(value, nobody); });
        check_exception(comm, MPI::ERR_ROOT, "MPI_Gather", __LINE__, [&] { comm.Gather(value, {}, nobody); });
        check_exception(comm, MPI::ERR_ROOT, "MPI_Scatterv", __LINE__, [&] { comm.Scatterv({}, value, nobody); });
        check_exception(comm, MPI::ERR_ROOT, "MPI_Reduce", __LINE__, [&] { comm.Reduce(value, {}, MPI::SUM, nobody); });
        check_exception(comm, MPI::ERR_OP, "MPI_Allreduce", __LINE__, [&] { double x = 1, y = 0; comm.Allreduce(x, y, MPI::BAND); });
        check_exception(comm, MPI::ERR_RANK, "MPI_Send", __LINE__, [&] { comm.send(text, nobody); });
        check_exception(comm, MPI::ERR_TAG, "MPI_Isend", __LINE__, [&] { (void)comm.isend(text, 0, -7); });
        check_exception(comm, MPI::ERR_RANK, "MPI_Recv", __LINE__, [&] { (void)comm.recv<int>(nobody); });
        check_exception(comm, MPI::ERR_RANK, "MPI_Irecv", __LINE__, [&] { (void)comm.irecv<int>(nobody); });
        check_exception(comm, MPI::ERR_RANK, "MPI_Isend", __LINE__, [&] { (void)comm.sendrecv<int>(value, nobody); });
        check_exception(comm, MPI::ERR_ROOT, "MPI_Bcast", __LINE__, [&] { (void)comm.bcast(text, nobody); });
        check_exception(comm, MPI::ERR_ROOT, "MPI_Scatter", __LINE__, [&] { (void)comm.scatter(std::vector<int>{}, nobody); });
        // clang-format on
        nothing_is_sent(comm);
        CHECK(comm.allreduce(1) == comm.size());  // the communicator is as it was
    });
}

TEST_CASE("An Exception says which communicator by its name", "[error]") {
    MPI::Intracomm comm = MPI::COMM_WORLD.Dup();
    comm.Set_name("solver");
    const std::string text = thrown<MPI::Exception>([&] { comm.Send({}, comm.size()); });
    CHECK(text.find("MPI_Send on solver, rank " + std::to_string(comm.rank()) + " of " + std::to_string(comm.size()) + ": ") == 0);
    comm.Set_name("");
    CHECK(contains(thrown<MPI::Exception>([&] { comm.Send({}, comm.size()); }), "MPI_Send on a communicator, rank "));
}

TEST_CASE("A message that is too long is an Exception at the line of its receive", "[error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const std::vector<int> sent(4);
        std::vector<int> got(2);
        MPI::Request send = comm.Isend(sent, (comm.rank() + 1) % comm.size());
        check_exception(comm, MPI::ERR_TRUNCATE, "MPI_Recv", __LINE__, [&] { comm.Recv(got); });
        send.Wait();
        MPI::Request again = comm.Isend(sent, (comm.rank() + 1) % comm.size());
        CHECK(contains(error_of_class(MPI::ERR_TRUNCATE, [&] { comm.Recv(got); }), "`Recv<T>(source, tag)` takes any length ("));
        again.Wait();
    });
}

TEST_CASE("A tag that there is not is an Exception that says which there are", "[error]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const std::string text = error_of_class(MPI::ERR_TAG, [&] { world.Send(1, world.rank(), -5); });
    CHECK(contains(text, "tags of messages go from 0 to " + std::to_string(world.Get_attr(MPI::TAG_UB).value_or(-1)) + " (TAG_UB)"));
}

TEST_CASE("A buffered send without room is an Exception that says what to attach", "[error]") {
    const MPI::Intracomm comm = MPI::COMM_SELF.Dup();  // on which nobody receives: the failure of Open MPI blocks that
    const std::string text = error_of_class(MPI::ERR_BUFFER, [&] { comm.Bsend(std::vector<int>(100'000), 0); });
    CHECK(contains(text, "BSEND_OVERHEAD: `Attach_buffer(bytes)`"));
}

TEST_CASE("The text of an exception in a callback is in the Exception of the call", "[error]") {
    const auto key = MPI::Comm::Create_keyval<int>([](const MPI::Comm&, int) -> std::optional<int> { throw std::runtime_error("no copies"); });
    const MPI::Intracomm comm = MPI::COMM_SELF.Dup();
    comm.Set_attr(key, 3);
    CHECK(contains(thrown<MPI::Exception>([&] { (void)comm.Dup(); }), "; a callback has thrown: no copies"));
}

TEST_CASE("What a callback says in a destructor is not the cause of a later error", "[error]") {
    const auto key =
        MPI::Datatype::Create_keyval<int>(MPI::NULL_COPY_FN, [](const MPI::Datatype&, int&) { throw std::runtime_error("not deleted"); });
    const auto drop = [&key] {
        const MPI::Datatype type = MPI::INT.Dup();
        type.Set_attr(key, 1);
    };
    const auto says_so = [](const char* function, const std::string& text = {}) {
        return contains(MPI::Exception(MPI::ERR_OTHER, function, text).what(), "not deleted");
    };
    drop();
    CHECK_FALSE(says_so("MPI_Send"));
    drop();
    CHECK_FALSE(says_so("MPI_Type_dup", "no MPI has said this"));
    CHECK_FALSE(says_so("MPI_Type_dup"));
    const auto thrower = MPI::Comm::Create_keyval<int>([](const MPI::Comm&, int) -> std::optional<int> { throw 1; });
    const MPI::Intracomm comm = MPI::COMM_SELF.Dup();
    comm.Set_attr(thrower, 3);
    drop();
    CHECK(contains(thrown<MPI::Exception>([&] { (void)comm.Dup(); }), "; a callback has thrown: an object that is no std::exception"));
}

TEST_CASE("A message that is too long has a hint for receives, and another for collective calls", "[error]") {
    for (const char* function : {"MPI_Recv", "MPI_Recv_c", "MPI_Sendrecv", "MPI_Sendrecv_replace", "MPI_Mrecv", "MPI_Waitall", "MPI_Test"})
        CHECK(contains(MPI::Exception(MPI::ERR_TRUNCATE, function).what(), "`Recv<T>(source, tag)` takes any length"));
    for (const char* function : {"MPI_Bcast", "MPI_Gatherv"})
        CHECK(contains(MPI::Exception(MPI::ERR_TRUNCATE, function).what(), "the processes do not give the same length"));
}

TEST_CASE("A message that is too long for its Recv has been received", "[error]") {
    const std::vector<int> numbers(10);
    MPI::Request sent = MPI::COMM_SELF.Isend(numbers, 0, 5);
    MPI::Message message = MPI::COMM_SELF.Mprobe(0, 5);
    int one = 0;
    CHECK(error_class([&] { message.Recv(one); }) == MPI::ERR_TRUNCATE);
    CHECK(message.is_null());
    sent.Wait();
}

TEST_CASE("A null communicator is refused at the user's line", "[error]") {
    const MPI::Intracomm& null = MPI::COMM_NULL;
    int value = 0;
    const auto refused = [](const std::string& function, unsigned long line, auto f) {
        const std::string text = error_of_class(MPI::ERR_COMM, f);
        CHECK(text.find(function + ": the communicator is null") == 0);
        CHECK(contains(text, "test_error.cpp:" + std::to_string(line)));
    };
    // clang-format off
    refused("MPI_Send", __LINE__, [&] { null.Send(value, 0); });
    refused("MPI_Irecv", __LINE__, [&] { (void)null.Irecv(value, 0); });
    refused("MPI_Barrier", __LINE__, [&] { null.Barrier(); });
    refused("MPI_Comm_rank", __LINE__, [&] { (void)null.Get_rank(); });
    refused("MPI_Comm_dup", __LINE__, [&] { (void)null.Dup(); });
    refused("MPI_Send", __LINE__, [&] { null.send(value, 0); });
    refused("MPI_Comm_test_inter", __LINE__, [&] { (void)null.bcast(value); });
    // clang-format on
}

TEST_CASE("Misuse is refused before MPI is called, with both numbers and the user's line", "[error]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const std::string size = std::to_string(world.size());
    const std::vector<int> three(3), four(4);
    std::vector<int> room(7), two(2);
    const std::vector<int> counts(static_cast<std::size_t>(world.size()) + 1, 1), one{1}, nine{9};
    // clang-format off
    check_misuse("Gather", "3", "7", __LINE__, [&] { comm.Gather(three, room); });
    check_misuse("Scatter", "3", "7", __LINE__, [&] { comm.Scatter(three, room); });
    check_misuse("Allgather", "3", "7", __LINE__, [&] { comm.Allgather(three, room); });
    check_misuse("Alltoall", "3", "7", __LINE__, [&] { comm.Alltoall(three, room); });
    check_misuse("Reduce", "3", "7", __LINE__, [&] { comm.Reduce(three, room); });
    check_misuse("Allreduce", "3", "7", __LINE__, [&] { comm.Allreduce(three, room); });
    check_misuse("Scan", "3", "7", __LINE__, [&] { comm.Scan(three, room); });
    check_misuse("Exscan", "3", "7", __LINE__, [&] { comm.Exscan(three, room); });
    check_misuse("Reduce_scatter_block", "3", "7", __LINE__, [&] { comm.Reduce_scatter_block(three, room); });
    check_misuse("Gatherv", "7", "9", __LINE__, [&] { comm.Gatherv(three, {room, nine}); });
    check_misuse("Scatterv", "3", "9", __LINE__, [&] { comm.Scatterv({three, nine}, room); });
    check_misuse("Allgatherv", std::to_string(world.size() + 1), size, __LINE__, [&] { world.Allgatherv(three, {room, counts}); });
    check_misuse("Alltoallv", std::to_string(world.size() + 1), size, __LINE__, [&] { world.Alltoallv({three, counts}, {room, counts}); });
    check_misuse("Alltoallv", "3", "9", __LINE__, [&] { comm.Alltoallv({three, nine}, {room, one}); });
    check_misuse("scatter", "2", "1", __LINE__, [&] { (void)comm.scatter(two); });
    check_misuse("alltoall", "2", "1", __LINE__, [&] { (void)comm.alltoall(two); });
    check_misuse("Create_cart", "1", "2", __LINE__, [&] { (void)comm.Create_cart({1}, {true, false}); });
    // clang-format on
    if (world.size() > 1) {
        std::vector<int> odd(static_cast<std::size_t>(2 * world.size() + 1));
        check_misuse("Allgather", std::to_string(odd.size()), size, __LINE__, [&] { world.Allgather(two, odd); });
        check_misuse("Alltoall", std::to_string(odd.size()), size, __LINE__, [&] { world.Alltoall(odd, odd); });
    }
}

TEST_CASE("An Exception of the user's carries the code and text of MPI", "[error]") {
    const MPI::Exception e(MPI::ERR_TAG);
    CHECK(e.Get_error_code() == MPI::ERR_TAG);
    CHECK(e.Get_error_class() == MPI::ERR_TAG);
    CHECK(e.Get_error_string() == MPI::Get_error_string(MPI::ERR_TAG));
    CHECK(e.rank() == -1);
    CHECK(e.communicator().empty());
    CHECK(e.function().empty());
    const MPI::Exception copy = e;
    CHECK(std::string(copy.what()) == e.what());
}

TEST_CASE("The user adds error classes, codes and texts", "[error]") {
    const int error_class = MPI::Add_error_class();
    const int code = MPI::Add_error_code(error_class), other = MPI::Add_error_code(MPI::ERR_OTHER);
    CHECK(error_class > MPI::ERR_LASTCODE);
    CHECK(code != error_class);
    MPI::Add_error_string(error_class, "a class of ours");
    MPI::Add_error_string(code, "a code of ours");
    MPI::Add_error_string(other, "another");
    CHECK(MPI::Get_error_class(code) == error_class);
    CHECK(MPI::Get_error_class(other) == MPI::ERR_OTHER);
    CHECK(MPI::Get_error_string(error_class) == "a class of ours");
    CHECK(MPI::Get_error_string(code) == "a code of ours");
    CHECK(MPI::COMM_WORLD.Get_attr(MPI::LASTUSEDCODE).value_or(0) >= error_class);
    try {
        throw MPI::Exception(code, "solve", {}, MPI::At());
    } catch (const MPI::Exception& e) {
        CHECK(e.error_code() == code);
        CHECK(e.error_class() == error_class);
        CHECK(e.error_string() == "a code of ours");
        CHECK(e.Get_error_code() == code);
        CHECK(contains(e.what(), "solve: a code of ours (" __FILE__));
    }
}

TEST_CASE("The user removes error codes and classes, where the MPI can", "[error]") {
    const int error_class = MPI::Add_error_class(), code = MPI::Add_error_code(error_class);
    MPI::Add_error_string(code, "soon gone");
    try {
        MPI::Remove_error_string(code);
        CHECK(MPI::Get_error_string(code) != "soon gone");
        MPI::Remove_error_code(code);
        MPI::Remove_error_class(error_class);
        CHECK((MPI::get_vendor().name != "Open MPI" || MPI::get_vendor().major >= 6));
    } catch (const MPI::Exception& e) {
        CHECK(contains(e.what(), "not supported by this MPI"));
        CHECK(MPI::get_vendor().name == "Open MPI");
    }
}
