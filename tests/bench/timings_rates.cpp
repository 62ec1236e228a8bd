// The rows of many messages at a time, for timings.cpp.
#include "peers.hpp"
#include "timings.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;
using namespace bench;

namespace {

/// Rank 0 waits until `from` has finished a turn.
void finish_turn(int from) {
    if (own_rank == 0)
        MPI_Recv(nullptr, 0, MPI_BYTE, from, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    else
        MPI_Send(nullptr, 0, MPI_BYTE, 0, 1, MPI_COMM_WORLD);
}

// A window of messages, as in the message rate of the OSU benchmarks ---------------------------------------------------

constexpr int in_flight = 64;

/// Rank 0 starts all sends and rank 1 all receives before they wait for them; then rank 1 says that it has them. `receive` returns whether all are
/// right.
template <class Send, class Receive> Peer window(std::string name, Send send, Receive receive) {
    const auto turn = [=] {
        bool right = true;
        if (own_rank == 0)
            send();
        else
            right = receive();
        finish_turn(1);
        return right;
    };
    return {std::move(name), in_flight,
            [=](int count) {
                for (; count > 0; --count) keep(turn());
            },
            turn};
}

/// The same bytes for C, an object's received in each place, and the requests of all.
template <class T> struct Window {
    T object;
    std::vector<char> sent;
    std::array<std::vector<char>, in_flight> bytes;
    std::array<T, in_flight> objects;
    std::array<MPI_Request, in_flight> raw;
    std::vector<MPI::Request> requests = std::vector<MPI::Request>(in_flight);
    std::vector<MPI::ObjectRequest<T>> receives = std::vector<MPI::ObjectRequest<T>>(in_flight);

    explicit Window(T o) : object(std::move(o)), sent(data_size(object), 'x') { bytes.fill(std::vector<char>(sent.size())); }
    [[nodiscard]] int size() const { return static_cast<int>(sent.size()); }
    [[nodiscard]] bool is_right(const T& first, const T& last) const { return first == object && last == object; }
};

template <class T> Peers windows(T object) {
    const auto shared = std::make_shared<Window<T>>(std::move(object));
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const auto send_raw = [=] {
        for (MPI_Request& request : shared->raw) MPI_Isend(shared->sent.data(), shared->size(), MPI_BYTE, 1, 0, MPI_COMM_WORLD, &request);
        MPI_Waitall(in_flight, shared->raw.data(), MPI_STATUSES_IGNORE);
    };
    const auto receive_raw = [=] {
        for (std::size_t i = 0; i < in_flight; ++i)
            MPI_Irecv(shared->bytes[i].data(), shared->size(), MPI_BYTE, 0, 0, MPI_COMM_WORLD, &shared->raw[i]);
        MPI_Waitall(in_flight, shared->raw.data(), MPI_STATUSES_IGNORE);
        return shared->bytes.back() == shared->sent;
    };
    const auto send = [=, &comm] {
        for (MPI::Request& request : shared->requests) request = comm.isend(shared->object, 1);
        MPI::Request::Waitall(shared->requests);
    };
    return {window("raw", send_raw, receive_raw),
            window("raw again", send_raw, receive_raw),
            window("mpi4cxx", send,
                   [=, &comm] {
                       for (MPI::ObjectRequest<T>& request : shared->receives) request = comm.irecv<T>(0);
                       const std::vector<T> got = MPI::ObjectRequest<T>::waitall(shared->receives);
                       return shared->is_right(got.front(), got.back());
                   }),
            window("mpi4cxx into", send,
                   [=, &comm] {
                       for (std::size_t i = 0; i < in_flight; ++i) shared->requests[i] = comm.irecv_into(shared->objects[i], 0);
                       MPI::Request::Waitall(shared->requests);
                       return shared->is_right(shared->objects.front(), shared->objects.back());
                   }),
            window(
                "mpi4cxx typed",
                [=, &comm] {
                    for (MPI::Request& request : shared->requests) request = comm.Isend(shared->sent, 1);
                    MPI::Request::Waitall(shared->requests);
                },
                [=, &comm] {
                    for (std::size_t i = 0; i < in_flight; ++i) shared->requests[i] = comm.Irecv(shared->bytes[i], 0);
                    MPI::Request::Waitall(shared->requests);
                    return shared->bytes.back() == shared->sent;
                }),
#ifdef BENCH_BOOST
            window(
                "Boost.MPI",
                [=] {
                    std::array<boost::mpi::request, in_flight> requests;
                    for (boost::mpi::request& request : requests) request = boost_world().isend(1, 0, shared->object);
                    boost::mpi::wait_all(requests.begin(), requests.end());
                },
                [=] {
                    std::array<boost::mpi::request, in_flight> requests;
                    for (std::size_t i = 0; i < in_flight; ++i) requests[i] = boost_world().irecv(0, 0, shared->objects[i]);
                    boost::mpi::wait_all(requests.begin(), requests.end());
                    return shared->is_right(shared->objects.front(), shared->objects.back());
                })
#endif
    };
}

// Many senders -------------------------------------------------------------------------------------------------------------

constexpr int to_one = 100'000;

/// All other ranks send together so many messages to rank 0.
template <class Send, class Receive> Peer many_to_one(std::string name, Send send, Receive receive) {
    const int each = to_one / (world_size - 1);
    const auto turn = [=] {
        bool right = true;
        for (int i = 0; i < each * (own_rank == 0 ? world_size - 1 : 1); ++i)
            if (own_rank == 0)
                right = receive() && right;
            else
                send();
        MPI_Barrier(MPI_COMM_WORLD);
        return right;
    };
    return {std::move(name), each * (world_size - 1),
            [=](int count) {
                for (; count > 0; --count) keep(turn());
            },
            turn};
}

Peers strings_to_one() {
    const auto shared = std::make_shared<Window<std::string>>(make_string());
    const auto send_raw = [=] { MPI_Send(shared->sent.data(), shared->size(), MPI_BYTE, 0, 0, MPI_COMM_WORLD); };
    const auto receive_raw = [=] {
        MPI_Recv(shared->bytes[0].data(), shared->size(), MPI_BYTE, MPI_ANY_SOURCE, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        return shared->bytes[0].back() == 'x';
    };
    return {many_to_one("raw", send_raw, receive_raw), many_to_one("raw again", send_raw, receive_raw),
            many_to_one(
                "mpi4cxx", [=] { MPI::COMM_WORLD.send(shared->object, 0); },
                [] { return MPI::COMM_WORLD.recv<std::string>(MPI::ANY_SOURCE).size() == 100; }),
#ifdef BENCH_BOOST
            many_to_one(
                "Boost.MPI", [=] { Boost::send(shared->object, 0); }, [] { return Boost::receive<std::string>(MPI_ANY_SOURCE).size() == 100; })
#endif
    };
}

// Many pending requests ------------------------------------------------------------------------------------------------------

constexpr int pending = 10'000, sweeps = 20;

/// Rank 0 posts all receives and tests each of them so many times, then rank 1 sends.
template <class Post, class Test, class Send, class Wait> Peer tests(std::string name, Post post, Test test, Send send, Wait wait) {
    const auto turn = [=] {
        bool right = true;
        if (own_rank == 0) {
            for (int i = 0; i < pending; ++i) post(static_cast<std::size_t>(i));
            for (int sweep = 0; sweep < sweeps; ++sweep)
                for (int i = 0; i < pending; ++i) right = !test(static_cast<std::size_t>(i)) && right;
            MPI_Send(nullptr, 0, MPI_BYTE, 1, 1, MPI_COMM_WORLD);
            right = wait() && right;
        } else {
            MPI_Recv(nullptr, 0, MPI_BYTE, 0, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            for (int i = 0; i < pending; ++i) send();
        }
        return right;
    };
    return {std::move(name), pending * sweeps,
            [=](int count) {
                for (; count > 0; --count) keep(turn());
            },
            turn};
}

Peers tests_of_pending() {
    struct Pending {
        double sent = 1.5;
        std::vector<double> received = std::vector<double>(pending);
        std::vector<MPI_Request> raw = std::vector<MPI_Request>(pending);
        std::vector<MPI::Request> requests = std::vector<MPI::Request>(pending);
        std::vector<MPI::ObjectRequest<double>> objects = std::vector<MPI::ObjectRequest<double>>(pending);
    };
    const auto shared = std::make_shared<Pending>();
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const auto is_right = [=] { return shared->received.back() == shared->sent; };
    const auto test = [=](std::size_t i) { return shared->requests[i].Test(); };
    const auto wait = [=] {
        MPI::Request::Waitall(shared->requests);
        return is_right();
    };
    const auto raw = [=](const char* name) {
        return tests(
            name, [=](std::size_t i) { MPI_Irecv(&shared->received[i], 1, MPI_DOUBLE, 1, 0, MPI_COMM_WORLD, &shared->raw[i]); },
            [=](std::size_t i) {
                int flag = 0;
                MPI_Test(&shared->raw[i], &flag, MPI_STATUS_IGNORE);
                return flag != 0;
            },
            [=] { MPI_Send(&shared->sent, 1, MPI_DOUBLE, 0, 0, MPI_COMM_WORLD); },
            [=] {
                MPI_Waitall(pending, shared->raw.data(), MPI_STATUSES_IGNORE);
                return is_right();
            });
    };
    return {raw("raw"), raw("raw again"),
            tests(
                "mpi4cxx", [=, &comm](std::size_t i) { shared->objects[i] = comm.irecv<double>(1); },
                [=](std::size_t i) { return shared->objects[i].test().has_value(); }, [=, &comm] { comm.send(shared->sent, 0); },
                [=] { return MPI::ObjectRequest<double>::waitall(shared->objects).back() == shared->sent; }),
            tests(
                "mpi4cxx into", [=, &comm](std::size_t i) { shared->requests[i] = comm.irecv_into(shared->received[i], 1); }, test,
                [=, &comm] { comm.send(shared->sent, 0); }, wait),
            tests(
                "mpi4cxx typed", [=, &comm](std::size_t i) { shared->requests[i] = comm.Irecv(shared->received[i], 1); }, test,
                [=, &comm] { comm.Send(shared->sent, 0); }, wait)};
}

}  // namespace

std::vector<Row> bench::rate_rows() {
    return {
        {"rate", "in flight double", [] { return windows(1.5); }},
        {"rate", "in flight string 100", [] { return windows(make_string()); }},
        {"rate", "in flight map 2", [] { return windows(make_map(2)); }},
        {"rate", "Test 1e4 pending", tests_of_pending},
        {"rate to one", "to one string 100", strings_to_one},
    };
}
