// Point-to-point calls, requests, probes and objects: the examples of the reference, one after another
#include <mpi4cxx/mpi4cxx.hpp>

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

static void check(bool is_right) {
    if (!is_right)
        throw std::runtime_error("an example of the reference is wrong");
}

static void buffers(const MPI::Intracomm& comm) {
    const int rank = comm.Get_rank(), size = comm.Get_size();
    const int left = rank > 0 ? rank - 1 : MPI::PROC_NULL, right = rank + 1 < size ? rank + 1 : MPI::PROC_NULL;

    // [Comm::Send Comm::Ssend Comm::Recv]
    std::vector<double> mine{1, 2, 3}, theirs(3);
    comm.Send(mine, right, 7);   // to nobody if `right` is PROC_NULL
    comm.Recv(theirs, left, 7);  // has room for what comes
    check(left == MPI::PROC_NULL || theirs == mine);

    comm.Send(mine, right);
    if (left != MPI::PROC_NULL)
        check(comm.Recv<double>(left).size() == 3);

    // [Comm::Bsend Comm::Ibsend Buffered::Attach_buffer Buffered::Detach_buffer Attach_buffer Detach_buffer]
    MPI::Attach_buffer(10'000);
    comm.Bsend(mine, right);  // returns at once, whoever receives
    comm.Recv(theirs, left);
    MPI::Detach_buffer();

    // [Comm::Irecv Comm::Isend Comm::Issend Comm::Irsend Comm::Rsend Request::Waitall]
    std::array<MPI::Request, 2> requests{comm.Irecv(theirs, left), comm.Isend(mine, right)};
    const double work = mine[0] + mine[1];  // while both are under way
    MPI::Request::Waitall(requests);        // now `theirs` may be read, and `mine` changed

    check(work == 3);

    // [Comm::Sendrecv Comm::Isendrecv]
    comm.Sendrecv(mine, right, 0, theirs, left, 0);
    const std::vector<int> any_length = comm.Sendrecv<int>(std::vector<int>(static_cast<std::size_t>(rank)), rank, 0, rank, 0);

    check(std::ssize(any_length) == rank);

    // [Comm::Sendrecv_replace Comm::Isendrecv_replace]
    std::vector<double> shifted = mine;
    comm.Sendrecv_replace(shifted, right, 0, left, 0);

    // [Comm::Send_init Comm::Ssend_init Comm::Bsend_init Comm::Rsend_init Comm::Recv_init Prequest::Start Prequest::Startall]
    std::array<MPI::Prequest, 2> both{comm.Recv_init(theirs, left), comm.Send_init(mine, right)};
    for (int step = 0; step < 3; ++step) {
        MPI::Prequest::Startall(both);  // the same transfer once more
        MPI::Request::Waitall(both);
    }

    // [Comm::Probe Comm::Iprobe Status::Get_count Status::Get_source Status::Get_tag]
    MPI::Request sent = comm.Isend(mine, rank, 5);
    MPI::Status status;
    comm.Probe(rank, MPI::ANY_TAG, &status);  // or ANY_SOURCE
    std::vector<double> room(static_cast<std::size_t>(status.Get_count(MPI::DOUBLE)));
    comm.Recv(room, status.Get_source(), status.Get_tag());
    sent.Wait();

    check(room == mine);

    // [Comm::Mprobe Comm::Improbe Message::Recv]
    sent = comm.Isend(mine, rank);
    MPI::Message message = comm.Mprobe(rank);  // no other thread can receive it now
    message.Recv(room);
    sent.Wait();
}

static void requests(const MPI::Intracomm& comm) {
    const int rank = comm.Get_rank(), size = comm.Get_size();
    const auto all = static_cast<std::size_t>(size);

    // [Request::Wait Request::Test]
    double number = 0, sent = 1.5;
    MPI::Request receive = comm.Irecv(number, rank), send = comm.Isend(sent, rank);
    while (!receive.Test()) {
        // something else
    }
    send.Wait();

    check(number == sent);

    std::vector<int> from(all, -1);
    std::vector<MPI::Request> receives, sends;
    for (int p = 0; p < size; ++p) receives.push_back(comm.Irecv(from[static_cast<std::size_t>(p)], p));
    for (int p = 0; p < size; ++p) sends.push_back(comm.Isend(rank, p));

    // [Request::Waitany Request::Testany]
    int done = 0;
    while (MPI::Request::Waitany(receives) != MPI::UNDEFINED) ++done;  // in the order in which they come
    check(done == size);

    // [Request::Waitsome Request::Testsome]
    while (const auto some = MPI::Request::Waitsome(sends))  // nothing once all are complete
        for (const int index : *some) check(index < size);

    // [Request::Cancel]
    MPI::Request nobody_sends = comm.Irecv(number, rank, 99);
    MPI::Status status;
    nobody_sends.Cancel();
    nobody_sends.Wait(&status);
    check(status.Is_cancelled());

    // [Request::Testall Request::Get_status]
    MPI::Request barrier = comm.Ibarrier();
    while (!barrier.Get_status()) {
        // the request stays as it is
    }
    barrier.Wait();
}

struct Person {
    std::string name;
    int age;
    std::vector<std::string> tags;
    bool operator==(const Person&) const = default;
};

static void objects(const MPI::Intracomm& comm) {
    const int rank = comm.Get_rank(), size = comm.Get_size();
    const int left = rank > 0 ? rank - 1 : MPI::PROC_NULL, right = rank + 1 < size ? rank + 1 : MPI::PROC_NULL;
    const Person ann{"Ann", 41, {"admin"}};

    // [Comm::send Comm::ssend Comm::recv]
    comm.send(ann, right);  // struct Person { std::string name; int age; std::vector<std::string> tags; };
    const Person who = comm.recv<Person>(left);
    check(left == MPI::PROC_NULL || who == ann);

    // [Comm::isend Comm::issend Comm::irecv ObjectRequest::wait ObjectRequest::test]
    MPI::ObjectRequest<Person> coming = comm.irecv<Person>(left);
    MPI::Request going = comm.isend(ann, right);  // `ann` may change at once
    const Person came = coming.wait();
    going.Wait();

    check(came == who);

    // [Comm::recv_into Comm::irecv_into]
    std::vector<double> values(1000);
    comm.send(std::vector<double>(1000, 2.5), right);
    comm.recv_into(values, left);  // no new memory

    // [Comm::sendrecv]
    const std::string name = comm.sendrecv<std::string>("from " + std::to_string(rank), right, 0, left, 0);
    check(left == MPI::PROC_NULL || name == "from " + std::to_string(left));

    // [Comm::bsend Comm::ibsend]
    MPI::Attach_buffer(10'000);
    comm.bsend(ann, right);
    (void)comm.recv<Person>(left);
    MPI::Detach_buffer();

    // [Comm::mprobe Comm::improbe Comm::probe Comm::iprobe Message::recv]
    MPI::Request sent = comm.isend(ann, rank);
    MPI::Message message = comm.mprobe(rank);
    check(message.recv<Person>() == ann);
    sent.Wait();

    // [Exception::Get_error_class]
    try {
        comm.send(ann, size);  // no process has this rank
    } catch (const MPI::Exception& error) {
        check(error.Get_error_class() == MPI::ERR_RANK);  // error.what() names call, communicator, rank and line
    }
}

int main(int argc, char** argv) {
    // [Environment::Environment]
    MPI::Environment env(argc, argv);  // MPI begins here, and ends with the scope
    const MPI::Intracomm& comm = MPI::COMM_WORLD;

    // [Comm::Get_rank Comm::Get_size Comm::rank Comm::size]
    const int rank = comm.Get_rank(), size = comm.Get_size();
    check(0 <= rank && rank < size);

    buffers(comm);
    requests(comm);
    objects(comm);
}
