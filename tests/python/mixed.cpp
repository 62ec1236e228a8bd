// The C++ ranks of a mixed job. Each step here has its twin in mixed.py.
//
// usage: mixed PYTHON_RANKS, where these are the ranks with Python, with commas between them

#include <mpi4cxx/mpi4cxx.hpp>
#include <mpi4cxx/python.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace MPI = mpi4cxx;
namespace python = mpi4cxx::python;

namespace {

constexpr int length = 100'000;
std::vector<int> python_ranks;

struct Mail {
    int rank = 0;
    std::vector<double> numbers;
    std::string name;
    std::optional<std::string> nothing;
    friend bool operator==(const Mail&, const Mail&) = default;
};

Mail mail(int rank, int more = 0) {
    Mail result{rank, std::vector<double>(static_cast<std::size_t>(3 + more)), "ü" + std::to_string(rank), std::nullopt};
    for (std::size_t i = 0; i < result.numbers.size(); ++i) result.numbers[i] = rank + static_cast<double>(i) / 2;
    return result;
}

std::vector<Mail> mails(int size) {
    std::vector<Mail> all;
    for (int i = 0; i < size; ++i) all.push_back(mail(i));
    return all;
}

void check(bool good, const char* what, MPI::At at = {}) {
    if (!good)
        throw std::runtime_error("rank " + std::to_string(MPI::COMM_WORLD.Get_rank()) + ": " + what + " at line " + std::to_string(at.line));
}

void point_to_point(const MPI::PickleComm& comm) {
    const int rank = comm.rank(), size = comm.size(), left = (rank + size - 1) % size, right = (rank + 1) % size;
    MPI::Status status;
    for (const int more : {0, length}) {  // send, recv
        Mail received;
        if (rank % 2 == 0) {
            comm.send(mail(rank, more), right, 1);
            received = comm.recv<Mail>(left, 1, &status);
        } else {
            received = comm.recv<Mail>(left, 1, &status);
            comm.send(mail(rank, more), right, 1);
        }
        check(received == mail(left, more), "recv");
        check(status.source() == left && status.tag() == 1 && status.count() > 50, "status");
    }
    std::vector<MPI::Request> requests;  // isend, irecv
    for (int tag = 0; tag < 3; ++tag) requests.push_back(comm.isend(mail(rank, tag), right, tag));
    std::vector<MPI::ObjectRequest<Mail>> receives;
    for (const int tag : {2, 0, 1}) receives.push_back(comm.irecv<Mail>(left, tag));
    check(MPI::ObjectRequest<Mail>::waitall(receives) == std::vector{mail(left, 2), mail(left, 0), mail(left, 1)}, "irecv");
    MPI::Request::Waitall(requests);
    check(comm.sendrecv<Mail>(mail(rank), right, 3, left, 3) == mail(left), "sendrecv");
    if (rank % 2 == 0)  // ssend, issend, bsend
        comm.ssend(mail(rank, length), right, 7);
    check(comm.recv<Mail>(left, 7) == mail(left, length), "ssend");
    if (rank % 2 == 1)
        comm.ssend(mail(rank, length), right, 7);
    MPI::Request request = comm.issend(mail(rank), right, 8);
    check(comm.recv<Mail>(left, 8) == mail(left), "issend");
    request.Wait();
    std::vector<std::byte> room(4096);
    MPI::Attach_buffer(room);
    comm.bsend(mail(rank), right, 9);
    check(comm.recv<Mail>(left, 9) == mail(left), "bsend");
    MPI::Detach_buffer();
    request = comm.isend(mail(rank), right, 4);  // probe, iprobe
    check(comm.probe(left, 4, &status), "probe");
    while (!comm.iprobe(left, 4)) {}
    check(comm.recv<Mail>(status.source(), status.tag()) == mail(left), "probe");
    request.Wait();
    request = comm.isend(mail(rank, length), right, 5);  // mprobe, improbe
    check(comm.mprobe(left, 5, &status).recv<Mail>() == mail(left, length), "mprobe");
    check(status.count() > length, "mprobe");
    request.Wait();
    request = comm.isend(mail(rank), right, 6);
    std::optional<MPI::PickleMessage> message;
    while (!message) message = comm.improbe(left, 6);
    check(message->recv<Mail>() == mail(left), "improbe");
    request.Wait();
    check(comm.recv<Mail>(MPI::PROC_NULL) == Mail(), "PROC_NULL");
    comm.send(mail(rank), MPI::PROC_NULL);
    comm.barrier();
    if (rank == 0) {  // any source, any tag
        std::set<int> seen;
        for (int i = 1; i < size; ++i) {
            const Mail received = comm.recv<Mail>(MPI::ANY_SOURCE, MPI::ANY_TAG, &status);
            check(received == mail(status.source()) && status.tag() == 10 + status.source(), "any source");
            seen.insert(status.source());
        }
        check(seen.size() == static_cast<std::size_t>(size - 1), "any source");
    } else {
        comm.send(mail(rank), 0, 10 + rank);
    }
    comm.barrier();
}

std::vector<double> numbers(double first) {
    std::vector<double> result(length);
    std::iota(result.begin(), result.end(), first);
    return result;
}

void arrays(const MPI::PickleComm& comm) {
    const int rank = comm.rank(), size = comm.size(), left = (rank + size - 1) % size, right = (rank + 1) % size;
    const std::vector<double> own = numbers(rank / 4.0);
    MPI::ObjectRequest<std::vector<double>> receive = comm.irecv<std::vector<double>>(left);
    comm.send(python::as_array(own), right);
    check(receive.wait() == numbers(left / 4.0), "array");

    python::Array<float> matrix{std::vector<float>(60'000), {200, 300}, python::Order::F};
    for (std::size_t i = 0; i < 200; ++i)
        for (std::size_t j = 0; j < 300; ++j) matrix.elements[i + 200 * j] = static_cast<float>(300 * i + j);
    MPI::Request request = comm.isend(matrix, right);
    check(comm.recv<python::Array<float>>(left) == matrix, "matrix");
    request.Wait();
    comm.barrier();
}

const auto concatenate = [](const std::string& a, const std::string& b) { return a + b; };

void collectives(const MPI::PickleComm& comm) {
    const int rank = comm.rank(), size = comm.size();
    std::string all_names;
    for (int i = 0; i < size; ++i) all_names += "<" + std::to_string(i) + ">";
    const std::string name = "<" + std::to_string(rank) + ">";
    for (int root = 0; root < size; ++root) {
        for (const int more : {0, length}) check(comm.bcast(rank == root ? mail(rank, more) : Mail(), root) == mail(root, more), "bcast");
        const python::Array<double> array{numbers(root), {length}};
        check(comm.bcast(rank == root ? array : python::Array<double>(), root).elements == numbers(root), "bcast of an array");
        check(comm.scatter(rank == root ? mails(size) : std::vector<Mail>(), root) == mail(rank), "scatter");
        check(comm.gather(mail(rank), root) == (rank == root ? mails(size) : std::vector<Mail>()), "gather");
        check(comm.reduce(rank + 1, MPI::SUM, root) == (rank == root ? std::optional(size * (size + 1) / 2) : std::nullopt), "reduce");
        check(comm.reduce(name, concatenate, root) == (rank == root ? std::optional(all_names) : std::nullopt), "reduce of strings");
    }
    check(comm.allgather(mail(rank)) == mails(size), "allgather");
    using Either = std::variant<std::map<std::string, int>, std::vector<int>>;
    const std::vector<Either> either = comm.allgather<Either>(std::vector<int>{rank});
    check(either.size() == static_cast<std::size_t>(size) && std::get<std::vector<int>>(either[static_cast<std::size_t>(rank)])[0] == rank,
          "allgather of several types");
    std::vector<int> to(static_cast<std::size_t>(size)), from(static_cast<std::size_t>(size));
    for (int i = 0; i < size; ++i) {
        to[static_cast<std::size_t>(i)] = 100 * rank + i;
        from[static_cast<std::size_t>(i)] = 100 * i + rank;
    }
    check(comm.alltoall(to) == from, "alltoall");
    check(comm.allreduce(rank + 1) == size * (size + 1) / 2, "allreduce");
    check(comm.allreduce(name, concatenate) == all_names, "allreduce of strings");
    const auto below = static_cast<std::size_t>(rank) * name.size();  // the ranks have one digit
    check(comm.scan(name, concatenate) == all_names.substr(0, below + name.size()), "scan");
    check(comm.exscan(name, concatenate) == (rank == 0 ? std::nullopt : std::optional(all_names.substr(0, below))), "exscan");
}

void echo(const MPI::PickleComm& comm) {
    const python::Value end = "end of echo";
    for (const int other : python_ranks)
        for (python::Value value = comm.recv<python::Value>(other); value != end; value = comm.recv<python::Value>(other)) comm.send(value, other);
    comm.barrier();
}

template <class T> void refuse(const MPI::PickleComm& comm, const std::string& part) {
    std::string text;
    try {
        (void)comm.recv<T>(python_ranks[0]);
    } catch (const MPI::Exception& error) {
        text = error.what();
        check(error.Get_error_class() == MPI::ERR_TYPE, "the class of the error");
    }
    check(text.find(part) != text.npos, text.c_str());
}

void errors(const MPI::PickleComm& comm) {
    refuse<std::map<std::string, std::vector<int>>>(comm, "value['x'][1] is the str 'two', but the program asks for the C++ type int");
    refuse<python::Value>(comm, "the value is the class or function builtins.print");
    check(comm.recv<int>(python_ranks[0]) == 5, "the message behind");
    refuse<int>(comm, "the int 1099511627776, which does not fit the C++ type int");
    check(comm.recv<std::string>(python_ranks[0]) == "end", "the message behind");
    comm.barrier();
}

}  // namespace

int main(int argc, char** argv) {
    const MPI::Environment environment(argc, argv);
    std::istringstream list(argv[1]);
    for (std::string rank; std::getline(list, rank, ',');) python_ranks.push_back(std::stoi(rank));
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    for (const bool is_pkl5 : {false, true}) {
        const auto speaking = [&](const MPI::Comm& comm) { return is_pkl5 ? MPI::PickleComm::pkl5(comm) : MPI::PickleComm(comm); };
        const MPI::PickleComm comm = speaking(world);
        point_to_point(comm);
        arrays(comm);
        collectives(comm);
        echo(comm);
        errors(comm);
        const MPI::Intracomm half = world.Split(world.rank() % 2, world.rank());
        collectives(speaking(half));
    }
}
