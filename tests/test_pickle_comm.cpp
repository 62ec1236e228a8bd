#include "catch.hpp"
#include "refused.hpp"
#include "support.hpp"

#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/mpi4cxx.hpp>
#include <mpi4cxx/python.hpp>

#include <atomic>
#include <chrono>
#include <complex>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;
namespace python = mpi4cxx::python;

// The ranks of Python are in tests/python. Here C++ speaks with C++, as each version of mpi4py does.

namespace {

constexpr std::size_t large = 40'000;  // doubles: an array of them lies beside its pickle

std::vector<double> numbers(int first, std::size_t size = large) {
    std::vector<double> result(size);
    std::iota(result.begin(), result.end(), first);
    return result;
}

/// Sends a value to the process itself.
template <class T, class S> T received_as(const MPI::PickleComm& comm, const S& value) {
    MPI::ObjectRequest<T> receive = comm.irecv<T>(0);
    comm.send(value, 0);
    return receive.wait();
}

/// Sends numbers that it makes on the spot, and changes their memory afterwards.
struct Mesh {
    std::vector<double> heights;
};

template <class F> void for_each_kind(const MPI::Comm& comm, F f) {
    for (const int mpi4py : {3, 4}) {
        INFO("mpi4py " << mpi4py);
        f(MPI::PickleComm(comm, mpi4py));
        INFO("pkl5");
        f(MPI::PickleComm::pkl5(comm, mpi4py));
    }
}

/// A place in a call of MPI where threads stop while a test wants that.
class Stop {
public:
    void close() {
        arrived_ = 0;
        is_closed_ = true;
    }
    void open() { is_closed_ = false; }
    [[nodiscard]] int arrived() const { return arrived_; }
    /// Waits until the test opens the place. The thread that comes as the `last` one goes on at once.
    void pass(int last) {
        if (is_closed_ && ++arrived_ < last)
            while (is_closed_) std::this_thread::yield();
    }

private:
    std::atomic<bool> is_closed_ = false;
    std::atomic<int> arrived_ = 0;
};
Stop after_look, after_send, before_attribute, before_dup;
std::atomic<int> incomplete_tests = 0;  // so many tests are told that their requests are incomplete

template <class F> bool comes_true(F condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);  // only without the library's mend is it not true at last
    while (!condition() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    return condition();
}

bool has_threads() { return MPI::Query_thread() == MPI::THREAD_MULTIPLE; }

}  // namespace

template <> struct mpi4cxx::python::conversion<Mesh> {
    static void write(Output& to, const Mesh& mesh) {
        static std::vector<double> made;
        made = mesh.heights;
        python::write(to, as_array(made));
        made.assign(made.size(), -1);
    }
    static void read(const Input& from, Mesh& mesh) { python::read(from, mesh.heights); }
};

// In place of MPI's, for the library too.
extern "C" int MPI_Send(const void* data, int count, MPI_Datatype type, int dest, int tag, MPI_Comm comm) {
    const int code = PMPI_Send(data, count, type, dest, tag, comm);
    after_send.pass(2);
    return code;
}
extern "C" int MPI_Isend(const void* data, int count, MPI_Datatype type, int dest, int tag, MPI_Comm comm, MPI_Request* request) {
    const int code = PMPI_Isend(data, count, type, dest, tag, comm, request);
    after_send.pass(2);
    return code;
}
extern "C" int MPI_Mprobe(int source, int tag, MPI_Comm comm, MPI_Message* message, MPI_Status* status) {
    const int code = PMPI_Mprobe(source, tag, comm, message, status);
    after_look.pass(2);
    return code;
}
extern "C" int MPI_Improbe(int source, int tag, MPI_Comm comm, int* flag, MPI_Message* message, MPI_Status* status) {
    const int code = PMPI_Improbe(source, tag, comm, flag, message, status);
    after_look.pass(2);
    return code;
}
extern "C" int MPI_Test(MPI_Request* request, int* flag, MPI_Status* status) {
    if (incomplete_tests > 0) {
        --incomplete_tests;
        *flag = 0;
        return MPI_SUCCESS;
    }
    return PMPI_Test(request, flag, status);
}
extern "C" int MPI_Comm_set_attr(MPI_Comm comm, int key, void* value) {
    before_attribute.pass(2);
    return PMPI_Comm_set_attr(comm, key, value);
}
extern "C" int MPI_Comm_dup(MPI_Comm comm, MPI_Comm* copy) {
    before_dup.pass(3);
    return PMPI_Comm_dup(comm, copy);
}

TEST_CASE("Processes of C++ exchange values by each of mpi4py's protocols", "[python]") {
    for_each_kind(MPI::COMM_WORLD, [](const MPI::PickleComm& comm) {
        const int rank = comm.rank(), size = comm.size(), left = (rank + size - 1) % size, right = (rank + 1) % size;
        const std::vector<double> own = numbers(rank);
        MPI::ObjectRequest<std::vector<double>> receive = comm.irecv<std::vector<double>>(left, 1);
        MPI::Request request = comm.isend(python::as_array(own), right, 1);
        CHECK(receive.wait() == numbers(left));
        request.Wait();
        if (rank % 2 == 1)
            CHECK(comm.recv<std::vector<double>>(left, 3) == numbers(left));
        if (size != 1)
            comm.send(python::as_array(own), right, 3);
        if (rank % 2 == 0 && size != 1)
            CHECK(comm.mprobe(left, 3).recv<std::vector<double>>() == numbers(left));
        CHECK(comm.sendrecv<std::string>(std::to_string(rank), right, 2, left, 2) == std::to_string(left));

        using Vectors = std::vector<std::vector<double>>;
        Vectors all;
        for (int i = 0; i < size; ++i) all.push_back(numbers(i));
        std::vector<python::ArrayView<double>> parts;
        for (const std::vector<double>& part : all) parts.push_back(python::as_array(part));
        const int root = size - 1;
        CHECK(comm.bcast(rank == root ? own : std::vector<double>(), root) == numbers(root));
        CHECK(comm.scatter<std::vector<double>>(parts, root) == own);
        CHECK(comm.gather<std::vector<double>>(python::as_array(own), root) == (rank == root ? all : Vectors()));
        CHECK(comm.allgather<std::vector<double>>(python::as_array(own)) == all);
        CHECK(comm.alltoall<std::vector<double>>(parts) == Vectors(static_cast<std::size_t>(size), own));
        CHECK(comm.allreduce(rank) == size * (size - 1) / 2);
        const auto join = [](const std::string& a, const std::string& b) { return a + b; };
        CHECK(comm.allreduce("a", join) == std::string(static_cast<std::size_t>(size), 'a'));
        CHECK(comm.reduce("a", join, root).has_value() == (rank == root));
        const python::Array<double> array{own, {own.size()}};
        CHECK(comm.bcast(std::span(own)) == all[0]);
        CHECK(comm.bcast(python::as_array(all[0])).elements == all[0]);
        CHECK(comm.allgather(python::as_array(own)).at(static_cast<std::size_t>(rank)) == array);
        CHECK(comm.gather(rank, 0).size() == static_cast<std::size_t>(rank == 0 ? size : 0));
    });
}

TEST_CASE("Values are combined with those of lower ranks, in the order of ranks", "[python]") {
    for_each_kind(MPI::COMM_WORLD, [](const MPI::PickleComm& comm) {
        const int rank = comm.rank();
        std::string below;
        for (int i = 0; i < rank; ++i) below += std::to_string(i);
        const auto join = [](const std::string& a, const std::string& b) { return a + b; };
        CHECK(comm.scan(std::to_string(rank), join) == below + std::to_string(rank));
        CHECK(comm.exscan(std::to_string(rank), join) == (rank == 0 ? std::nullopt : std::optional(below)));
        CHECK(comm.scan(rank) == rank * (rank + 1) / 2);
        CHECK(comm.exscan(rank, MPI::MAX) == (rank == 0 ? std::nullopt : std::optional(rank - 1)));
    });
}

TEST_CASE("Values are sent in each mode", "[python]") {
    for_each_kind(MPI::COMM_WORLD, [](const MPI::PickleComm& comm) {
        const int rank = comm.rank(), size = comm.size(), left = (rank + size - 1) % size, right = (rank + 1) % size;
        MPI::Request request = comm.issend(numbers(rank), right, 1);
        if (size == 1)
            CHECK_FALSE(request.Test());
        CHECK(comm.recv<std::vector<double>>(left, 1) == numbers(left));
        request.Wait();

        MPI::ObjectRequest<std::string> receive = comm.irecv<std::string>(left, 2);
        comm.ssend(std::to_string(rank), right, 2);
        CHECK(receive.wait() == std::to_string(left));

        std::vector<std::byte> room(200 + MPI::BSEND_OVERHEAD);
        MPI::Attach_buffer(room);
        comm.bsend(std::to_string(rank), right, 3);
        CHECK(comm.recv<std::string>(left, 3) == std::to_string(left));
        request = comm.ibsend(std::to_string(rank), right, 4);
        CHECK(comm.recv<std::string>(left, 4) == std::to_string(left));
        request.Wait();
        MPI::Detach_buffer();
    });
}

TEST_CASE("A buffered send of a value that does not fit sends nothing, or with pkl5 all of it", "[python][error]") {
    const MPI::Comm& self = MPI::COMM_SELF;
    std::vector<std::byte> room(200 + MPI::BSEND_OVERHEAD);
    MPI::Attach_buffer(room);
    CHECK(thrown<MPI::Exception>([&] { MPI::PickleComm(self).bsend(numbers(0), 0); }) != "");
    CHECK_FALSE(self.Iprobe());
    const MPI::PickleComm pkl5 = MPI::PickleComm::pkl5(self);
    pkl5.bsend(numbers(0), 0);
    CHECK(pkl5.recv<std::vector<double>>() == numbers(0));
    MPI::Detach_buffer();
}

TEST_CASE("An array beside its pickle is received as any type that holds its numbers", "[python]") {
    const auto comm = MPI::PickleComm::pkl5(MPI::COMM_SELF);
    const std::vector<double> doubles = numbers(1);
    const std::vector<std::int64_t> integers(large, 5);
    const std::vector<float> floats(2 * large, 0.5F);
    CHECK(received_as<std::vector<double>>(comm, python::as_array(doubles)) == doubles);
    CHECK(received_as<std::vector<double>>(comm, python::as_array(integers)) == std::vector<double>(large, 5));
    CHECK(received_as<std::vector<std::int64_t>>(comm, python::as_array(integers)) == integers);
    CHECK(received_as<std::vector<double>>(comm, python::as_array(floats)) == std::vector<double>(2 * large, 0.5));
    CHECK(received_as<std::vector<std::complex<double>>>(comm, python::as_array(doubles)).size() == large);
    CHECK(received_as<python::Value>(comm, python::as_array(doubles)).is<python::AnyArray>());
    const python::Array<double> matrix{doubles, {200, 200}, python::Order::F};
    CHECK(received_as<python::Array<double>>(comm, matrix) == matrix);
    CHECK(contains(type_error([&] { (void)received_as<std::vector<double>>(comm, matrix); }), "of shape (200, 200)"));
    CHECK(contains(type_error([&] { (void)received_as<std::vector<std::int64_t>>(comm, python::as_array(doubles)); }), "of float64"));
    CHECK(received_as<std::vector<double>>(comm, python::as_array(doubles)) == doubles);  // the next message comes all the same
}

TEST_CASE("Collectives of mpi4py's messages are refused where this side has none", "[python][error]") {
    const auto comm = MPI::PickleComm::pkl5(MPI::COMM_SELF, 4);
    const std::vector<int> two{1, 2};
    CHECK(contains(thrown<std::invalid_argument>([&] { (void)comm.alltoall(two); }), "there are 2 values for 1 processes"));
    CHECK(contains(thrown<std::invalid_argument>([&] { (void)comm.scatter(two); }), "there are 2 values for 1 processes"));
    CHECK(thrown<MPI::Exception>([&] { (void)comm.gather(1, 5); }).find("none of the 1 ranks") != std::string::npos);
    if (MPI::COMM_WORLD.size() == 1)
        return;
    const MPI::Intracomm half = MPI::COMM_WORLD.Split(MPI::COMM_WORLD.rank() % 2);
    const MPI::Intercomm both = half.Create_intercomm(0, MPI::COMM_WORLD, 1 - MPI::COMM_WORLD.rank() % 2);
    const auto across = MPI::PickleComm::pkl5(both, 4);
    const std::string refused = "on an intracommunicator, but not on an intercommunicator";
    CHECK(contains(thrown<std::invalid_argument>([&] { (void)across.bcast(1, 0); }), refused));
    CHECK(contains(thrown<std::invalid_argument>([&] { (void)across.allgather(1); }), refused));
    CHECK(contains(thrown<std::invalid_argument>([&] { (void)across.alltoall(two); }), refused));
    CHECK(contains(thrown<std::invalid_argument>([&] { (void)across.reduce(1); }), refused));
    CHECK(MPI::PickleComm(both, 4).allgather(MPI::COMM_WORLD.rank()).size() == static_cast<std::size_t>(both.Get_remote_size()));
}

TEST_CASE("A message of several parts that are all too long to be sent ahead is received part by part", "[python]") {
    using Parts = std::tuple<std::vector<double>, std::vector<double>>;
    for_each_kind(MPI::COMM_WORLD, [](const MPI::PickleComm& comm) {
        const int rank = comm.rank(), size = comm.size(), left = (rank + size - 1) % size, right = (rank + 1) % size;
        const Parts own{numbers(rank), numbers(rank + 1)}, of_left{numbers(left), numbers(left + 1)};
        const std::tuple arrays(python::as_array(std::get<0>(own)), python::as_array(std::get<1>(own)));
        const std::tuple list_and_array(std::get<0>(own), python::as_array(std::get<1>(own)));
        const auto check_received = [&] {
            MPI::Status status;
            CHECK(comm.recv<Parts>(left, 1, &status) == of_left);
            CHECK(status.source() == left);
            CHECK(status.Get_count(MPI::BYTE) > static_cast<MPI::Count>(2 * large * sizeof(double)));
            CHECK(comm.recv<Parts>(left, 2) == of_left);
        };
        if (rank % 2 == 1)
            check_received();
        if (size != 1) {
            comm.send(arrays, right, 1);
            comm.send(list_and_array, right, 2);
        }
        if (rank % 2 == 0 && size != 1)
            check_received();

        std::vector<Parts> all;
        for (int i = 0; i < size; ++i) all.emplace_back(numbers(i), numbers(i + 1));
        std::vector<std::tuple<python::ArrayView<double>, python::ArrayView<double>>> each;
        for (const auto& [first, second] : all) each.emplace_back(python::as_array(first), python::as_array(second));
        const int root = size - 1;
        CHECK(comm.scatter<Parts>(each, root) == own);
        CHECK(comm.gather<Parts>(arrays, root) == (rank == root ? all : std::vector<Parts>()));
        CHECK(comm.allgather<Parts>(list_and_array) == all);
        CHECK(comm.alltoall<Parts>(each) == std::vector<Parts>(static_cast<std::size_t>(size), own));
    });
}

TEST_CASE("A plain communicator that receives a message of pkl5 names pkl5", "[python][error]") {
    const MPI::PickleComm plain(MPI::COMM_SELF);
    MPI::Request request = MPI::PickleComm::pkl5(MPI::COMM_SELF).isend(5, 0);
    CHECK(contains(type_error([&] { (void)plain.recv<int>(0); }), "needs PickleComm::pkl5(comm)"));
    CHECK(plain.recv<int>(0) == 5);  // what came after the sizes
    request.Wait();
}

TEST_CASE("A receive whose communicator was freed takes no message of another communicator", "[python][error]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    for (const bool is_pkl5 : {false, true})
        for (const bool is_freed_by_c : {false, true}) {
            const auto on = [&](const MPI::Comm& comm) { return is_pkl5 ? MPI::PickleComm::pkl5(comm) : MPI::PickleComm(comm); };
            MPI::Intracomm first = world.Dup();
            MPI::ObjectRequest<int> none = on(first).irecv<int>(left_of(world));
            if (is_freed_by_c) {
                MPI_Comm raw = std::move(first).release();
                MPI_Comm_free(&raw);
            } else {
                first.Free();
            }
            const MPI::Intracomm second = world.Dup();  // MPICH gives it the same handle
            MPI::ObjectRequest<int> received = on(second).irecv<int>(left_of(world));
            MPI::Request sent = on(second).isend(7, right_of(world));
            const bool has_come = comes_true([&] { return received.Test(); });
            CHECK(has_come);
            if (has_come)
                CHECK(received.wait() == 7);
            CHECK(
                contains(error_of_class(MPI::ERR_COMM, [&] { (void)none.wait(); }), "irecv: the communicator has been freed before the object came"));
            sent.Wait();
        }
}

TEST_CASE("A receive keeps what came before its communicator was freed, in their order", "[python]") {
    if (MPI::COMM_WORLD.size() > 1 && !MPI::detail::probes_in_delete_functions())
        return;
    MPI::Intracomm comm = MPI::COMM_WORLD.Dup();
    const MPI::PickleComm messages(comm);
    MPI::Request sent[] = {messages.isend(1, right_of(comm), 2), messages.isend(2, right_of(comm), 2), messages.isend(3, right_of(comm), 3)};
    comm.Probe(left_of(comm), 3);
    MPI::ObjectRequest<int> first = messages.irecv<int>(left_of(comm)), second = messages.irecv<int>(left_of(comm), 2),
                            third = messages.irecv<int>(left_of(comm));
    comm.Free();
    CHECK(third.wait() == 3);
    CHECK(second.wait() == 2);
    CHECK(first.wait() == 1);
    MPI::Request::Waitall(sent);
}

TEST_CASE("A receive whose first message takes long does not take the next one for the first", "[python]") {
    const auto comm = MPI::PickleComm::pkl5(MPI::COMM_SELF);
    MPI::Request sent = comm.isend(5, 0);
    incomplete_tests = 5;
    CHECK(comm.irecv<int>(0).wait() == 5);
    incomplete_tests = 0;
    sent.Wait();
}

TEST_CASE("A later receive with wildcards takes what no earlier one looks for, and one from nobody waits for none", "[python]") {
    const MPI::Intracomm world = MPI::COMM_WORLD.Dup();
    for_each_kind(world, [&](const MPI::PickleComm& comm) {
        const int left = left_of(world), right = right_of(world);
        MPI::ObjectRequest<int> stop = comm.irecv<int>(left, 9);
        MPI::Request sent = comm.isend(5, right, 5);
        MPI::Status status;
        CHECK(comm.recv<int>(MPI::ANY_SOURCE, MPI::ANY_TAG, &status) == 5);
        CHECK(status.tag() == 5);
        sent.Wait();
        MPI::ObjectRequest<int> any = comm.irecv<int>();
        CHECK(comm.recv<int>(MPI::PROC_NULL) == 0);
        CHECK(comm.sendrecv<int>(4, right, 4, MPI::PROC_NULL) == 0);
        CHECK(any.wait() == 4);
        sent = comm.isend(9, right, 9);
        CHECK(stop.wait() == 9);
        sent.Wait();
    });
}

TEST_CASE("Probes leave a message to the receive that was started earlier", "[python]") {
    const MPI::Intracomm world = MPI::COMM_WORLD.Dup();
    for_each_kind(world, [&](const MPI::PickleComm& comm) {
        const int left = left_of(world), right = right_of(world);
        MPI::Request sent[] = {comm.isend(1, right, 5), comm.isend(2, right, 5), comm.isend(3, right, 5),
                               comm.isend(9, right, 9), comm.isend(0, right, 1), comm.isend(6, right, 6)};
        PMPI_Probe(left, 6, world.handle(), MPI_STATUS_IGNORE);  // all others have come, and nothing has been driven
        MPI::ObjectRequest<int> stop = comm.irecv<int>(left, 9);
        CHECK_FALSE(comm.improbe(left, 9));
        CHECK_FALSE(comm.iprobe(left, 9));
        MPI::ObjectRequest<int> first = comm.irecv<int>(left, 5);
        CHECK(comm.mprobe(left, 5).recv<int>() == 2);
        std::optional<MPI::PickleMessage> third = comm.improbe(left, 5);
        REQUIRE(third);
        CHECK(third->recv<int>() == 3);
        CHECK(first.wait() == 1);
        MPI::Status status;
        comm.probe(left, MPI::ANY_TAG, &status);
        CHECK(status.tag() == 1);
        CHECK(comm.recv<int>(left, status.tag()) == 0);
        CHECK(stop.wait() == 9);
        CHECK(comm.recv<int>(left) == 6);
        MPI::Request::Waitall(sent);
        world.Barrier();  // so that no message of the next kind is among these
    });
}

TEST_CASE("A receive that has failed takes no more messages", "[python][error]") {
    const MPI::Comm& self = MPI::COMM_SELF;
    const auto comm = MPI::PickleComm::pkl5(self);
    MPI::ObjectRequest<int> failed = comm.irecv<int>(0);
    const std::vector<char> no_sizes(3);
    MPI::Request sent[] = {self.Isend(no_sizes, 0, 1), comm.isend(5, 0, 2)};
    CHECK(comm.recv<int>(0, 2) == 5);
    CHECK(contains(type_error([&] { (void)failed.wait(); }), "it does not begin with sizes"));
    MPI::Request::Waitall(sent);
}

TEST_CASE("A message is received once, and not from what it was moved from", "[python][error]") {
    for_each_kind(MPI::COMM_SELF, [](const MPI::PickleComm& comm) {
        MPI::Request sent = comm.isend(5, 0);
        MPI::PickleMessage message = comm.mprobe(0);
        MPI::PickleMessage other = std::move(message);
        CHECK(contains(thrown<std::invalid_argument>([&] { (void)message.recv<int>(); }), "has been moved to another PickleMessage"));
        CHECK(other.recv<int>() == 5);
        sent.Wait();
    });
}

TEST_CASE("A conversion may write an array that it makes on the spot", "[python]") {
    for_each_kind(MPI::COMM_SELF, [](const MPI::PickleComm& comm) {
        CHECK(received_as<Mesh>(comm, Mesh{numbers(1)}).heights == numbers(1));
        const std::vector<double> beside = numbers(2);
        const auto [mesh, array] = received_as<std::tuple<Mesh, std::vector<double>>>(comm, std::tuple(Mesh{numbers(1)}, python::as_array(beside)));
        CHECK(mesh.heights == numbers(1));
        CHECK(array == beside);
    });
}

TEST_CASE("Two threads send and receive with the same tag", "[python]") {
    if (!has_threads())
        return;
    const auto comm = MPI::PickleComm::pkl5(MPI::COMM_SELF);
    const auto in_two_threads = [](Stop& stop, const auto& call) {
        std::string errors[2];
        const auto run = [&](int i) { errors[i] = thrown<std::exception>([&] { call(i); }); };
        stop.close();
        std::thread first([&] { run(0); });
        CHECK(comes_true([&] { return stop.arrived() == 1; }));
        std::thread second([&] { run(1); });
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        CHECK(stop.arrived() == 1);  // the second one waits for the first
        stop.open();
        first.join();
        second.join();
        for (const std::string& error : errors) CHECK(error == "");
    };
    MPI::ObjectRequest<int> coming[] = {comm.irecv<int>(0, 1), comm.irecv<int>(0, 1)};
    in_two_threads(after_send, [&](int i) { comm.send(i + 1, 0, 1); });
    CHECK(coming[0].wait() + coming[1].wait() == 3);

    const std::vector<std::byte> seven = python::dumps(7);
    const auto size = static_cast<std::int64_t>(seven.size());
    const MPI::Comm& self = MPI::COMM_SELF;
    MPI::Request sent[] = {self.Isend(size, 0, 1), self.Isend(seven, 0, 1), self.Isend(size, 0, 1), self.Isend(seven, 0, 1)};  // nothing to drive
    int received[] = {0, 0};
    in_two_threads(after_look, [&](int i) { received[i] = comm.recv<int>(0, 1); });
    CHECK(received[0] == 7);
    CHECK(received[1] == 7);
    MPI::Request::Waitall(sent);
}

TEST_CASE("A communicator is not freed while another thread looks for a message on it", "[python]") {
    if (!has_threads() || !MPI::detail::probes_in_delete_functions())  // where such a look may end the job
        return;
    MPI::Intracomm comm = MPI::COMM_WORLD.Dup();
    const MPI::PickleComm messages(comm);
    const int left = left_of(comm), right = right_of(comm);
    MPI::ObjectRequest<int> received = messages.irecv<int>(left, 1);
    after_look.close();
    std::thread looker([&] { (void)received.Test(); });  // unless the progress thread looks
    CHECK(comes_true([&] { return after_look.arrived() == 1; }));
    PMPI_Barrier(MPI_COMM_WORLD);  // the library would wait for the look
    MPI::Request sent = messages.isend(7, right, 1);
    PMPI_Probe(left, 1, comm.handle(), MPI_STATUS_IGNORE);
    std::atomic<bool> is_freed = false;
    std::thread freer([&] {
        comm.Free();
        is_freed = true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    if (MPI::COMM_WORLD.size() > 1)  // MPICH itself frees no communicator on which a process has yet to receive its own message
        CHECK_FALSE(is_freed);
    after_look.open();
    looker.join();
    freer.join();
    CHECK(received.wait() == 7);  // it came after that look
    sent.Wait();
}

TEST_CASE("Two threads begin the first receives on a communicator", "[python]") {
    if (!has_threads())
        return;
    MPI::Intracomm comm = MPI::COMM_WORLD.Dup();
    const MPI::PickleComm messages(comm);
    std::optional<MPI::ObjectRequest<int>> first;
    std::atomic<bool> is_posted = false;
    before_attribute.close();
    std::thread other([&] {
        first = messages.irecv<int>(left_of(comm), 1);
        is_posted = true;
    });
    CHECK(comes_true([&] { return is_posted || before_attribute.arrived() == 1; }));
    MPI::ObjectRequest<int> second = messages.irecv<int>(left_of(comm), 2);
    before_attribute.open();
    other.join();
    MPI::Request sent[] = {messages.isend(1, right_of(comm), 1), messages.isend(2, right_of(comm), 2)};
    CHECK(first->wait() == 1);
    CHECK(second.wait() == 2);
    MPI::Request::Waitall(sent);
    MPI::ObjectRequest<int> none = messages.irecv<int>(left_of(comm), 3);
    comm.Free();
    CHECK(contains(error_of_class(MPI::ERR_COMM, [&] { (void)none.wait(); }), "has been freed"));
}

TEST_CASE("First reductions on two communicators do not wait for one another", "[python]") {
    if (!has_threads())
        return;
    const MPI::Intracomm comms[] = {MPI::COMM_SELF.Dup(), MPI::COMM_SELF.Dup()};
    int results[] = {0, 0};
    before_dup.close();
    std::thread threads[] = {std::thread([&] { results[0] = MPI::PickleComm(comms[0]).allreduce(1); }),
                             std::thread([&] { results[1] = MPI::PickleComm(comms[1]).allreduce(2); })};
    CHECK(comes_true([] { return before_dup.arrived() == 2; }));
    before_dup.open();
    for (std::thread& thread : threads) thread.join();
    CHECK(results[0] == 1);
    CHECK(results[1] == 2);
}
