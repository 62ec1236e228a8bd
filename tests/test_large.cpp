#include "catch.hpp"
#include "support.hpp"

#include <cereal/types/map.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

// Lengths that no int and no unsigned can hold, with as much memory as that takes.

namespace {

constexpr std::size_t gibibyte = std::size_t{1} << 30;

using Bytes = std::vector<unsigned char>;

/// Bytes of which some are set, where a wrong length or place would show.
Bytes marked(std::size_t size, unsigned char mark) {
    Bytes bytes(size, 0);
    for (std::size_t i = 0; i < size; i += 100'000'007) bytes[i] = mark;
    bytes.back() = mark;
    return bytes;
}

bool is_marked(const Bytes& bytes, std::size_t size, unsigned char mark) {
    if (bytes.size() != size || bytes.back() != mark)
        return false;
    for (std::size_t i = 0; i < size; i += 100'000'007)
        if (bytes[i] != mark)
            return false;
    return true;
}

/// From rank 0 to the last one, which may be the same.
template <class Send, class Receive> void pass(Send send, Receive receive) {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int last = comm.size() - 1;
    if (comm.rank() == 0)
        send(last);
    if (comm.rank() == last)
        receive();
    comm.Barrier();
}

}  // namespace

TEST_CASE("Objects of more than 4 GiB are received whole", "[large]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const std::size_t size = 4 * gibibyte + 5;
    MPI::Request request;
    pass([&](int to) { request = comm.isend(marked(size, 7), to); },
         [&] {
             MPI::Status status;
             CHECK(is_marked(comm.recv<Bytes>(0, 0, &status), size, 7));
             CHECK(status.count() > static_cast<MPI::Count>(size));
         });
    request.wait();
}

TEST_CASE("Objects of more than 2 GiB are copied and received whole", "[large]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const std::size_t size = 2 * gibibyte + 5;
    MPI::Request request;
    using Named = std::map<std::string, Bytes>;
    pass(
        [&](int to) {
            const Named named{{"x", marked(size, 3)}};
            request = comm.isend(named, to);
        },
        [&] { CHECK(is_marked(comm.irecv<Named>(0).wait().at("x"), size, 3)); });
    request.wait();
}

TEST_CASE("An object of 3 GB arrives while both sides sit in a barrier", "[large]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const std::size_t size = 3'000'000'000;
    MPI::ObjectRequest<Bytes> request;
    if (comm.rank() == comm.size() - 1)
        request = comm.irecv<Bytes>(0);
    if (comm.rank() == 0)
        comm.send(marked(size, 5), comm.size() - 1);
    comm.Barrier();
    if (comm.rank() == comm.size() - 1)
        CHECK(is_marked(request.wait(), size, 5));
}

TEST_CASE("Buffers of more than 2 GiB are received whole", "[large]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const std::size_t size = 2 * gibibyte + 5;
    if (comm.size() == 1)
        return;
    pass([&](int to) { comm.Send(marked(size, 5), to); },
         [&] {
             Bytes received(size);
             comm.Recv(received, 0);
             CHECK(is_marked(received, size, 5));
         });
}
