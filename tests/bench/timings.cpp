// The same work in C, mpi4cxx and, where there is one for this MPI, Boost.MPI, in one process and in turn:
//
//   timings --list                                  prints the rows and the peers
//   timings REPETITIONS MILLISECONDS PEERS ROW…     times the rows; PEERS are "all" or some of them, with commas between
//
// Prints a line a sample, with tabs between: "sample", row, peer, repetition, the latency of 8 bytes just before in µs,
// and µs for one message or one collective. timings.py does the same; tests/bench/compare runs both.
#include "locks.h"
#include "objects.hpp"
#include "peers.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;
using namespace bench;

extern "C" double bench_latency(MPI_Comm comm);

namespace {

int own_rank, world_size;

/// One library's way to do a row's work.
struct Peer {
    std::string name;
    int messages;                    // how many follow one another in one turn
    std::function<void(int)> turns;  // does the work so many times
    std::function<bool()> works;     // does it once and looks at the result
};
using Peers = std::vector<Peer>;

/// Rank 0 sends, rank 1 answers. `receive` returns the object that it received, or the buffer that it received into.
template <class T, class Send, class Receive> Peer ping_pong(std::string name, const T& expected, Send send, Receive receive) {
    const int other = 1 - own_rank;
    return {std::move(name), 2,
            [=](int count) {
                for (; count > 0; --count) {
                    if (own_rank == 0)
                        send(other);
                    keep(receive(other));
                    if (own_rank == 1)
                        send(other);
                }
            },
            [=, &expected] {
                if (own_rank == 0)
                    send(other);
                const bool right = receive(other) == expected;
                if (own_rank == 1)
                    send(other);
                return right;
            }};
}

/// `work` returns the result of a collective; what `expected` is compared with on `root`, or everywhere where that is -1.
template <class T, class Work> Peer collective(std::string name, T expected, Work work, int root = -1) {
    return {std::move(name), 1,
            [=](int count) {
                for (; count > 0; --count) keep(work());
            },
            [=] {
                const auto& result = work();
                return (root >= 0 && root != own_rank) || result == expected;
            }};
}

// Typed buffers ------------------------------------------------------------------------------------------------------

struct Buffers {
    Doubles in, out;
};

Peers typed(std::size_t count) {
    const auto buffers = std::make_shared<Buffers>(Buffers{make_doubles(count), Doubles(count)});
    const int n = static_cast<int>(count);
    const auto send = [=](int to) { MPI_Send(buffers->in.data(), n, MPI_DOUBLE, to, 0, MPI_COMM_WORLD); };
    const auto receive = [=](int from) -> const Doubles& {
        MPI_Recv(buffers->out.data(), n, MPI_DOUBLE, from, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        return buffers->out;
    };
    return {ping_pong("raw", buffers->in, send, receive), ping_pong("raw again", buffers->in, send, receive),
            ping_pong(
                "mpi4cxx", buffers->in, [=](int to) { MPI::COMM_WORLD.Send(buffers->in, to); },
                [=](int from) -> const Doubles& {
                    MPI::COMM_WORLD.Recv(buffers->out, from, 0);
                    return buffers->out;
                }),
#ifdef BENCH_BOOST
            ping_pong(
                "Boost.MPI", buffers->in, [=](int to) { boost_world().send(to, 0, buffers->in.data(), n); },
                [=](int from) -> const Doubles& {
                    boost_world().recv(from, 0, buffers->out.data(), n);
                    return buffers->out;
                })
#endif
    };
}

Peers allreduce(std::size_t count) {
    const auto buffers = std::make_shared<Buffers>(Buffers{make_doubles(count), Doubles(count)});
    Doubles expected = buffers->in;
    for (double& x : expected) x *= world_size;
    const int n = static_cast<int>(count);
    const auto raw = [=]() -> const Doubles& {
        MPI_Allreduce(buffers->in.data(), buffers->out.data(), n, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
        return buffers->out;
    };
    return {collective("raw", expected, raw), collective("raw again", expected, raw),
            collective("mpi4cxx", expected,
                       [=]() -> const Doubles& {
                           MPI::COMM_WORLD.Allreduce(buffers->in, buffers->out);
                           return buffers->out;
                       }),
#ifdef BENCH_BOOST
            collective("Boost.MPI", expected,
                       [=]() -> const Doubles& {
                           boost::mpi::all_reduce(boost_world(), buffers->in.data(), n, buffers->out.data(), std::plus<double>());
                           return buffers->out;
                       })
#endif
    };
}

/// Nobody knows beforehand how many elements the others have. C does, of how many there may be: its buffers are there.
Peers allgatherv(std::size_t count) {
    struct Gathered {
        Doubles in, out;
        std::vector<int> counts, starts;
    };
    const std::size_t all = count * static_cast<std::size_t>(world_size);
    const std::vector<int> zeros(static_cast<std::size_t>(world_size));
    const auto state = std::make_shared<Gathered>(Gathered{make_doubles(count), Doubles(all), zeros, zeros});
    Doubles expected;
    for (int i = 0; i < world_size; ++i) expected.insert(expected.end(), state->in.begin(), state->in.end());
    const auto raw = [=]() -> const Doubles& {
        const int n = static_cast<int>(state->in.size());
        MPI_Allgather(&n, 1, MPI_INT, state->counts.data(), 1, MPI_INT, MPI_COMM_WORLD);
        std::exclusive_scan(state->counts.begin(), state->counts.end(), state->starts.begin(), 0);
        MPI_Allgatherv(state->in.data(), n, MPI_DOUBLE, state->out.data(), state->counts.data(), state->starts.data(), MPI_DOUBLE, MPI_COMM_WORLD);
        return state->out;
    };
    return {collective("raw", expected, raw), collective("raw again", expected, raw),
            collective("mpi4cxx", expected, [=] { return MPI::COMM_WORLD.Allgatherv(state->in); }),
#ifdef BENCH_BOOST
            collective("Boost.MPI", expected,
                       [=] {
                           std::vector<int> counts;
                           boost::mpi::all_gather(boost_world(), static_cast<int>(state->in.size()), counts);
                           Doubles out(static_cast<std::size_t>(std::accumulate(counts.begin(), counts.end(), 0)));
                           boost::mpi::all_gatherv(boost_world(), state->in, out, counts);
                           return out;
                       })
#endif
    };
}

Peers bcast(std::size_t count) {
    const auto data = std::make_shared<Doubles>(own_rank == 0 ? make_doubles(count) : Doubles(count));
    const Doubles expected = make_doubles(count);
    const int n = static_cast<int>(count);
    const auto raw = [=]() -> const Doubles& {
        MPI_Bcast(data->data(), n, MPI_DOUBLE, 0, MPI_COMM_WORLD);
        return *data;
    };
    return {collective("raw", expected, raw), collective("raw again", expected, raw),
            collective("mpi4cxx", expected,
                       [=]() -> const Doubles& {
                           MPI::COMM_WORLD.Bcast(*data, 0);
                           return *data;
                       }),
#ifdef BENCH_BOOST
            collective("Boost.MPI", expected,
                       [=]() -> const Doubles& {
                           boost::mpi::broadcast(boost_world(), data->data(), n, 0);
                           return *data;
                       })
#endif
    };
}

// Locks --------------------------------------------------------------------------------------------------------------

/// A window of locks.c.
std::shared_ptr<MPI_Win> owned(MPI_Win win) {
    return {new MPI_Win(win), [](MPI_Win* raw) {
                MPI_Win_unlock_all(*raw);
                MPI_Win_free(raw);
                delete raw;
            }};
}

Peers count() {
    const auto win = owned(bench_counter_make(MPI_COMM_WORLD));
    const auto counter = std::make_shared<MPI::sync::Counter>(MPI::COMM_WORLD);
    const auto raw = [=] { return bench_counter_next(*win) >= 0; };
    return {collective("raw", true, raw), collective("raw again", true, raw), collective("mpi4cxx", true, [=] { return counter->next() >= 0; })};
}

Peers lock_mutex() {
    const auto win = owned(bench_mutex_make(MPI_COMM_WORLD));
    const auto mutex = std::make_shared<MPI::sync::Mutex>(MPI::COMM_WORLD);
    const auto raw = [=] {
        bench_mutex_lock(*win, own_rank);
        bench_mutex_unlock(*win, own_rank);
        return true;
    };
    return {collective("raw", true, raw), collective("raw again", true, raw), collective("mpi4cxx", true, [=] {
                const std::lock_guard guard(*mutex);
                return true;
            })};
}

// Objects ------------------------------------------------------------------------------------------------------------

using Bytes = std::vector<char>;

/// What all peers of one row share.
template <class T> struct Object {
    T object;
    Bytes sent, received;  // as many bytes, for C
    T reused{};            // received into, again and again

    explicit Object(T o) : object(std::move(o)), sent(data_size(object), 'x'), received(sent.size()) {}
    [[nodiscard]] int size() const { return static_cast<int>(sent.size()); }
};

void join_in_c(void* in, void* inout, int* count, MPI_Datatype* /*type*/) {
    const auto* a = static_cast<const Particle*>(in);
    auto* b = static_cast<Particle*>(inout);
    for (int i = 0; i < *count; ++i) b[i] = Join()(a[i], b[i]);
}

/// What C needs for a struct.
struct InC {
    MPI_Datatype particle = MPI_DATATYPE_NULL;
    MPI_Op join = MPI_OP_NULL;

    void make() {
        const int lengths[] = {1, 4};
        const MPI_Aint starts[] = {offsetof(Particle, id), offsetof(Particle, x)};
        const MPI_Datatype types[] = {MPI_INT, MPI_DOUBLE};
        MPI_Type_create_struct(2, lengths, starts, types, &particle);
        MPI_Type_commit(&particle);
        MPI_Op_create(join_in_c, 0, &join);
    }
    void free() {
        MPI_Type_free(&particle);
        MPI_Op_free(&join);
    }
} in_c;

void add_special(Peers& peers, const std::shared_ptr<Object<Particle>>& shared) {
    peers.push_back(ping_pong(
        "raw datatype", shared->object, [=](int to) { MPI_Send(&shared->object, 1, in_c.particle, to, 0, MPI_COMM_WORLD); },
        [](int from) {
            Particle got;
            MPI_Recv(&got, 1, in_c.particle, from, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            return got;
        }));
    peers.push_back(ping_pong(
        "mpi4cxx typed", shared->object, [=](int to) { MPI::COMM_WORLD.Send(shared->object, to); },
        [](int from) {
            Particle got;
            MPI::COMM_WORLD.Recv(got, from, 0);
            return got;
        }));
#ifdef BENCH_BOOST
    peers.push_back(ping_pong(
        "Boost.MPI datatype", shared->object, [=](int to) { Boost::send(DatatypeParticle{shared->object}, to); },
        [](int from) -> Particle { return Boost::receive<DatatypeParticle>(from); }));
#endif
}

void add_special(Peers& peers, const std::shared_ptr<Object<Doubles>>& shared) {
    const int n = static_cast<int>(shared->object.size());
    peers.push_back(ping_pong(
        "raw fresh", shared->object, [=](int to) { MPI_Send(shared->object.data(), n, MPI_DOUBLE, to, 0, MPI_COMM_WORLD); },
        [=](int from) {
            Doubles got(static_cast<std::size_t>(n));
            MPI_Recv(got.data(), n, MPI_DOUBLE, from, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            return got;
        }));
#ifdef BENCH_BOOST
    peers.push_back(ping_pong(
        "Boost.MPI into", shared->object, [=](int to) { Boost::send(shared->object, to); },
        [=](int from) -> const Doubles& {
            boost_world().recv(from, 0, shared->reused);
            return shared->reused;
        }));
#endif
}

template <class T> void add_special(Peers& /*peers*/, const std::shared_ptr<Object<T>>& /*shared*/) {}

template <class Library, class T> Peer object_peer(const std::shared_ptr<Object<T>>& shared) {
    return ping_pong(
        Library::name, shared->object, [=](int to) { Library::send(shared->object, to); },
        [](int from) { return Library::template receive<T>(from); });
}

template <class T> Peers objects(T object) {
    const auto shared = std::make_shared<Object<T>>(std::move(object));
    const auto send = [=](int to) { MPI_Send(shared->sent.data(), shared->size(), MPI_BYTE, to, 0, MPI_COMM_WORLD); };
    const auto receive = [=](int from) -> const Bytes& {
        MPI_Recv(shared->received.data(), shared->size(), MPI_BYTE, from, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        return shared->received;
    };
    Peers peers{ping_pong("raw", shared->sent, send, receive), ping_pong("raw again", shared->sent, send, receive), object_peer<Mpi4cxx>(shared)};
    if constexpr (ReceivedInto<T>)
        peers.push_back(ping_pong(
            "mpi4cxx into", shared->object, [=](int to) { Mpi4cxx::send(shared->object, to); },
            [=](int from) -> const T& {
                receive_into(MPI::COMM_WORLD, shared->reused, from);
                return shared->reused;
            }));
#ifdef BENCH_BOOST
    peers.push_back(object_peer<Boost>(shared));
#endif
    add_special(peers, shared);
    return peers;
}

// Collectives of objects ---------------------------------------------------------------------------------------------

/// Rank 0 has the object, and gets back what it gave away; the others make a new one each time.
template <class T> Peers bcast_object(const T& object) {
    const auto shared = std::make_shared<Object<T>>(object);
    const auto held = std::make_shared<T>(own_rank == 0 ? object : T());
    const auto raw = [=]() -> const Bytes& {
        MPI_Bcast(own_rank == 0 ? shared->sent.data() : shared->received.data(), shared->size(), MPI_BYTE, 0, MPI_COMM_WORLD);
        return own_rank == 0 ? shared->sent : shared->received;
    };
    const auto ours = [=] { return MPI::COMM_WORLD.bcast(own_rank == 0 ? std::move(*held) : T(), 0); };
    return {collective("raw", shared->sent, raw), collective("raw again", shared->sent, raw),
            Peer{"mpi4cxx", 1,
                 [=](int count) {
                     for (; count > 0; --count) {
                         T got = ours();
                         keep(got);
                         if (own_rank == 0)
                             *held = std::move(got);
                     }
                 },
                 [=] {
                     T got = ours();
                     const bool right = got == object;
                     if (own_rank == 0)
                         *held = std::move(got);
                     return right;
                 }},
#ifdef BENCH_BOOST
            Peer{"Boost.MPI", 1,
                 [=](int count) {
                     for (; count > 0; --count) {
                         T fresh;
                         boost::mpi::broadcast(boost_world(), own_rank == 0 ? *held : fresh, 0);
                         keep(fresh);
                     }
                 },
                 [=] {
                     T fresh;
                     T& got = own_rank == 0 ? *held : fresh;
                     boost::mpi::broadcast(boost_world(), got, 0);
                     return got == object;
                 }}
#endif
    };
}

/// With a barrier after each, or the others would be far ahead of rank 0.
Peers gather_map() {
    const auto shared = std::make_shared<Object<Map>>(make_map(1000));
    const auto all = std::make_shared<Bytes>(shared->sent.size() * static_cast<std::size_t>(world_size));
    const std::vector<Map> expected(static_cast<std::size_t>(world_size), shared->object);
    const auto raw = [=]() -> const Bytes& {
        MPI_Gather(shared->sent.data(), shared->size(), MPI_BYTE, all->data(), shared->size(), MPI_BYTE, 0, MPI_COMM_WORLD);
        MPI_Barrier(MPI_COMM_WORLD);
        return *all;
    };
    return {collective("raw", Bytes(all->size(), 'x'), raw, 0), collective("raw again", Bytes(all->size(), 'x'), raw, 0),
            collective(
                "mpi4cxx", expected,
                [=] {
                    std::vector<Map> maps = MPI::COMM_WORLD.gather(shared->object, 0);
                    MPI_Barrier(MPI_COMM_WORLD);
                    return maps;
                },
                0),
#ifdef BENCH_BOOST
            collective(
                "Boost.MPI", expected,
                [=] {
                    std::vector<Map> maps;
                    boost::mpi::gather(boost_world(), shared->object, maps, 0);
                    MPI_Barrier(MPI_COMM_WORLD);
                    return maps;
                },
                0)
#endif
    };
}

/// Neighbours have half of their keys in common. C gathers everybody's bytes and merges nothing.
Peers merge_maps() {
    const auto shared = std::make_shared<Object<Map>>(make_map(1000, 500 * own_rank));
    Map expected;
    for (int i = 0; i < world_size; ++i) expected = Merge()(std::move(expected), make_map(1000, 500 * i));
    const auto size = static_cast<int>(data_size(make_map(1000)));
    const auto sent = std::make_shared<Bytes>(static_cast<std::size_t>(size), 'x');
    const auto all = std::make_shared<Bytes>(sent->size() * static_cast<std::size_t>(world_size));
    const auto raw = [=]() -> const Bytes& {
        MPI_Allgather(sent->data(), size, MPI_BYTE, all->data(), size, MPI_BYTE, MPI_COMM_WORLD);
        return *all;
    };
    const auto merge = [](Map a, const Map& b) { return Merge()(std::move(a), b); };
    return {collective("raw", Bytes(all->size(), 'x'), raw), collective("raw again", Bytes(all->size(), 'x'), raw),
            collective("mpi4cxx", expected, [=] { return MPI::COMM_WORLD.allreduce(shared->object, merge); }),
#ifdef BENCH_BOOST
            collective("Boost.MPI", expected, [=] { return boost::mpi::all_reduce(boost_world(), shared->object, Merge()); })
#endif
    };
}

Peers join_particles() {
    const Particle particle = make_particle();
    Particle expected = particle;
    for (int i = 1; i < world_size; ++i) expected = Join()(expected, particle);
    const auto op = std::make_shared<MPI::Op>(MPI::Op::Create<Particle>(Join()));
    const auto join = [](const Particle& a, const Particle& b) { return Join()(a, b); };
    const auto raw = [=] {
        Particle result;
        MPI_Allreduce(&particle, &result, 1, in_c.particle, in_c.join, MPI_COMM_WORLD);
        return result;
    };
    return {collective("raw", expected, raw),
            collective("raw again", expected, raw),
            collective("mpi4cxx", expected, [=] { return MPI::COMM_WORLD.allreduce(particle, join); }),
            collective("mpi4cxx typed", expected, [=] { return MPI::COMM_WORLD.allreduce(particle, *op); }),
#ifdef BENCH_BOOST
            collective("Boost.MPI", expected, [=] { return boost::mpi::all_reduce(boost_world(), particle, Join()); }),
            collective("Boost.MPI datatype", expected,
                       [=]() -> Particle { return boost::mpi::all_reduce(boost_world(), DatatypeParticle{particle}, DatatypeJoin()); })
#endif
    };
}

// Rows ---------------------------------------------------------------------------------------------------------------

struct Row {
    const char* kind;
    const char* name;
    Peers (*peers)();
};

// Those that are "alone" have a process for each peer: what a fresh vector of megabytes costs depends on what others have
// left of the heap.
const Row rows[] = {
    {"typed", "Send 8 B", [] { return typed(1); }},
    {"typed", "Send 1 KiB", [] { return typed(128); }},
    {"typed", "Send 64 KiB", [] { return typed(8192); }},
    {"typed", "Send 1 MiB", [] { return typed(131072); }},
    {"typed", "Send 16 MiB", [] { return typed(2097152); }},
    {"collective", "Allreduce 1", [] { return allreduce(1); }},
    {"collective", "Allreduce 1e5", [] { return allreduce(100000); }},
    {"collective", "Allgatherv 4", [] { return allgatherv(4); }},
    {"collective", "Allgatherv 1e4", [] { return allgatherv(10000); }},
    {"collective", "Bcast 1 MiB", [] { return bcast(131072); }},
    {"collective", "Counter next", count},
    {"collective", "Mutex lock", lock_mutex},
    {"object", "send struct", [] { return objects(make_particle()); }},
    {"object", "send string 100", [] { return objects(make_string()); }},
    {"object", "send map 2", [] { return objects(make_map(2)); }},
    {"object", "send map 1000", [] { return objects(make_map(1000)); }},
    {"object", "send strings 1e4", [] { return objects(make_strings(10000)); }},
    {"object", "send vector 1e3", [] { return objects(make_doubles(1000)); }},
    {"object alone", "send vector 1e6", [] { return objects(make_doubles(1000000)); }},
    {"object alone", "send vector 4e6", [] { return objects(make_doubles(4000000)); }},
    {"object", "send vectors 1000x100", [] { return objects(make_rows()); }},
    {"object collective", "bcast map 1000", [] { return bcast_object(make_map(1000)); }},
    {"object collective alone", "bcast vector 1e6", [] { return bcast_object(make_doubles(1000000)); }},
    {"object collective", "gather map 1000", gather_map},
    {"object collective", "allreduce map merge", merge_maps},
    {"object collective", "allreduce struct", join_particles},
};

void list() {
    for (const Row& row : rows) std::printf("%s\t%s\n", row.kind, row.name);
    std::printf("peers\traw\traw again\traw datatype\traw fresh\tmpi4cxx\tmpi4cxx typed%s", ReceivedInto<Doubles> ? "\tmpi4cxx into" : "");
#ifdef BENCH_BOOST
    std::printf("\tBoost.MPI\tBoost.MPI datatype\tBoost.MPI into");
#endif
    std::printf("\n");
}

// Timing -------------------------------------------------------------------------------------------------------------

/// Seconds for `turns` turns, those of the slowest rank.
double seconds(const Peer& peer, int turns) {
    MPI_Barrier(MPI_COMM_WORLD);
    const double start = MPI_Wtime();
    peer.turns(turns);
    double elapsed = MPI_Wtime() - start;
    MPI_Allreduce(MPI_IN_PLACE, &elapsed, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    return elapsed;
}

/// How many turns take about so long.
int turns_in(const Peer& peer, double wanted) {
    int turns = 1;
    double elapsed = seconds(peer, 1);  // warm it up
    while ((elapsed = seconds(peer, turns)) < wanted / 4) turns *= elapsed < wanted / 40 ? 8 : 2;
    return std::max(1, static_cast<int>(turns * wanted / elapsed));
}

void check(const Row& row, const Peer& peer) {
    int right = peer.works() ? 1 : 0;
    MPI_Allreduce(MPI_IN_PLACE, &right, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
    if (right != 0)
        return;
    if (own_rank == 0)
        std::fprintf(stderr, "timings: %s: %s gets something else than was sent\n", row.name, peer.name.c_str());
    MPI_Abort(MPI_COMM_WORLD, 1);
}

/// A round a repetition, each begun by the next peer.
void time_row(const Row& row, int repetitions, double wanted, std::string_view wanted_peers) {
    Peers peers = row.peers();
    if (wanted_peers != "all") {
        const std::string list = "," + std::string(wanted_peers) + ",";
        std::erase_if(peers, [&](const Peer& peer) { return list.find("," + peer.name + ",") == std::string::npos; });
    }
    std::vector<int> turns;
    for (const Peer& peer : peers) {
        check(row, peer);
        turns.push_back(turns_in(peer, wanted));
    }
    for (int repetition = 0; repetition < repetitions; ++repetition) {
        const double latency = bench_latency(MPI_COMM_WORLD);
        for (std::size_t i = 0; i < peers.size(); ++i) {
            const std::size_t k = (i + static_cast<std::size_t>(repetition)) % peers.size();
            const double us = seconds(peers[k], turns[k]) * 1e6 / turns[k] / peers[k].messages;
            if (own_rank == 0)
                std::printf("sample\t%s\t%s\t%d\t%.4f\t%.5g\n", row.name, peers[k].name.c_str(), repetition, latency, us);
        }
    }
    for (const Peer& peer : peers) check(row, peer);
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 2 && std::string_view(argv[1]) == "--list") {
        list();
        return 0;
    }
    // As MPI_Init does: the locks of MPI_THREAD_MULTIPLE would slow all down, and make ratios smaller.
    MPI::Environment env(argc, argv, MPI::THREAD_SINGLE);
    if (argc < 5)
        return 2;
    MPI_Comm_rank(MPI_COMM_WORLD, &own_rank);
    MPI_Comm_size(MPI_COMM_WORLD, &world_size);
    in_c.make();
    for (const std::string_view name : std::span(argv, static_cast<std::size_t>(argc)).subspan(4))
        for (const Row& row : rows)
            if (row.name == name)
                time_row(row, std::atoi(argv[1]), std::atof(argv[2]) / 1000, argv[3]);
    in_c.free();
}
