// The rows of messages and collectives, for timings.cpp.
#include "peers.hpp"
#include "timings.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;
using namespace bench;

namespace {

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

    InC() {
        const int lengths[] = {1, 4};
        const MPI_Aint starts[] = {offsetof(Particle, id), offsetof(Particle, x)};
        const MPI_Datatype types[] = {MPI_INT, MPI_DOUBLE};
        MPI_Type_create_struct(2, lengths, starts, types, &particle);
        MPI_Type_commit(&particle);
        MPI_Op_create(join_in_c, 0, &join);
    }
    InC(const InC&) = delete;
    InC& operator=(const InC&) = delete;
    ~InC() {
        MPI_Type_free(&particle);
        MPI_Op_free(&join);
    }
};

void add_special(Peers& peers, const std::shared_ptr<Object<Particle>>& shared) {
    const auto in_c = std::make_shared<InC>();
    peers.push_back(ping_pong(
        "raw datatype", shared->object, [=](int to) { MPI_Send(&shared->object, 1, in_c->particle, to, 0, MPI_COMM_WORLD); },
        [=](int from) {
            Particle got;
            MPI_Recv(&got, 1, in_c->particle, from, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
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
    const auto in_c = std::make_shared<InC>();
    const Particle particle = make_particle();
    Particle expected = particle;
    for (int i = 1; i < world_size; ++i) expected = Join()(expected, particle);
    const auto op = std::make_shared<MPI::Op>(MPI::Op::Create<Particle>(Join()));
    const auto join = [](const Particle& a, const Particle& b) { return Join()(a, b); };
    const auto raw = [=] {
        Particle result;
        MPI_Allreduce(&particle, &result, 1, in_c->particle, in_c->join, MPI_COMM_WORLD);
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

}  // namespace

// Those that are "alone" have a process for each peer: what a fresh vector of megabytes costs depends on what others have
// left of the heap.
std::vector<Row> bench::message_rows() {
    return {
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
}
