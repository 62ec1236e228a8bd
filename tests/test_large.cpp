#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/win.hpp>

#include <cereal/types/map.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <span>
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

bool is_marked(std::span<const unsigned char> bytes, std::size_t size, unsigned char mark) {
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

namespace {

/// A window of more than 2^31 elements on the last rank, which rank 0 works in.
struct LargeWindow {
    static constexpr std::size_t size = 2 * gibibyte + 5;
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    int last = comm.size() - 1;
    MPI::Win win = MPI::Win::Allocate<unsigned char>(comm.rank() == last ? static_cast<MPI::Count>(size) : 0, comm);

    /// Fills the window with `before`; rank 0 works in it; and there is `after` then.
    template <class Work> void check(unsigned char before, Work work, unsigned char after) {
        if (comm.rank() == last) {
            const auto epoch = win.lock(last);
            const Bytes bytes = marked(size, before);
            std::copy(bytes.begin(), bytes.end(), win.span<unsigned char>().begin());
        }
        comm.Barrier();
        if (comm.rank() == 0) {
            const auto epoch = win.lock(last);
            work();
        }
        comm.Barrier();
        if (comm.rank() == last) {
            const auto epoch = win.lock(last);
            CHECK(is_marked(win.span<unsigned char>(), size, after));
        }
        comm.Barrier();
    }
};

}  // namespace

TEST_CASE("More than 2^31 elements are put into a window and got from it", "[large]") {
    LargeWindow large;
    Bytes bytes = large.comm.rank() == 0 ? marked(LargeWindow::size, 7) : Bytes();
    large.check(
        1, [&] { large.win.Put(bytes, large.last); }, 7);
    large.check(
        2, [&] { large.win.Rput(bytes, large.last).Wait(); }, 7);
    large.check(
        3, [&] { large.win.Get(bytes, large.last); }, 3);
    if (large.comm.rank() == 0)
        CHECK(is_marked(bytes, LargeWindow::size, 3));
    large.check(
        4, [&] { large.win.Rget(bytes, large.last).Wait(); }, 4);
    if (large.comm.rank() == 0)
        CHECK(is_marked(bytes, LargeWindow::size, 4));
}

TEST_CASE("More than 2^31 elements are combined in a window", "[large]") {
    LargeWindow large;
    const Bytes bytes = large.comm.rank() == 0 ? marked(LargeWindow::size, 7) : Bytes();
    Bytes before(bytes.size());
    large.check(
        1, [&] { large.win.Accumulate(bytes, large.last); }, 8);
    large.check(
        2, [&] { large.win.Raccumulate(bytes, large.last, {}, MPI::REPLACE).Wait(); }, 7);
    large.check(
        3, [&] { large.win.Get_accumulate(bytes, before, large.last); }, 10);
    if (large.comm.rank() == 0)
        CHECK(is_marked(before, LargeWindow::size, 3));
    large.check(
        4, [&] { large.win.Rget_accumulate(bytes, before, large.last, {}, MPI::MAX).Wait(); }, 7);
    if (large.comm.rank() == 0)
        CHECK(is_marked(before, LargeWindow::size, 4));
}
