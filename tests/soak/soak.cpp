// Random traffic that is compared with what it should be: soak SECONDS [SEED]
//
// All ranks draw the same plan of each round from the seed: a communicator, and messages or collective calls on it with their sizes, tags and
// ways to send. What an object holds follows from who sent it and when, so each rank knows what has to arrive.
#include "running.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <cereal/types/map.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/vector.hpp>

#include <unistd.h>
#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

namespace MPI4CXX::detail {
MPI4CXX_API void limit_side_tags(int used_once, int reused);
}

namespace {

using Key = std::uint64_t;  // names a message: two keys, two contents

void expect(bool condition, const char* what) {
    if (!condition)
        fail(what);
}

Key mix(Key a, Key b) {
    Key z = a * 0x9E3779B97F4A7C15 + b + 0x7F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}

struct Random {
    Key state;
    Key next() { return state = mix(state, 1); }
    int below(int n) { return static_cast<int>(next() % static_cast<Key>(n)); }
    bool one_in(int n) { return below(n) == 0; }
    // Bytes: nothing, few, about the limits of the protocol, many.
    std::size_t size() {
        const auto around = [&](int limit) { return static_cast<std::size_t>(limit - 100 + below(200)); };
        switch (below(12)) {
        case 0: return 0;
        case 1: return around(512);
        case 2: return around(1024);
        case 3: return around(8 << 10);
        case 4: return around(64 << 10);
        case 5: return static_cast<std::size_t>(below(1 << 20));
        default: return static_cast<std::size_t>(below(300));
        }
    }
};

struct Plain {
    Key key;
    int numbers[5];
    bool operator==(const Plain&) const = default;
};
using Numbers = std::vector<double>;
using Words = std::map<int, std::string>;
using Nested = std::vector<std::vector<int>>;

template <class T> T make(Key key, std::size_t bytes);
template <> Plain make(Key key, std::size_t) { return {key, {static_cast<int>(key % 1000), 1, 2, 3, 4}}; }
template <> Numbers make(Key key, std::size_t bytes) {
    Numbers numbers(bytes / sizeof(double));
    for (double& number : numbers) number = static_cast<double>((key = mix(key, 2)) % 100000);
    return numbers;
}
template <> std::string make(Key key, std::size_t bytes) {
    std::string text(bytes, ' ');
    for (char& c : text) c = static_cast<char>('a' + (key = mix(key, 3)) % 26);
    return text;
}
template <> Words make(Key key, std::size_t bytes) {
    Words words;
    for (std::size_t made = 0; made < std::min<std::size_t>(bytes, 100000); made += 40)
        words[static_cast<int>(made)] = make<std::string>(mix(key, made), 1 + made % 37);
    return words;
}
template <> Nested make(Key key, std::size_t bytes) {
    Nested nested(1 + key % 3);
    for (auto& inner : nested) inner.assign(bytes / sizeof(int) / nested.size(), static_cast<int>(key = mix(key, 4)));
    return nested;
}
constexpr int kinds = 5;
/// Calls `f` with a value of the kind.
template <class F> void with_kind(int kind, F f) {
    switch (kind) {
    case 0: return f(Plain{});
    case 1: return f(Numbers{});
    case 2: return f(std::string{});
    case 3: return f(Words{});
    default: return f(Nested{});
    }
}

struct Envelope {  // what a receive from anybody gets
    int source = 0, tag = 0, number = 0;
    std::string text;
    template <class Archive> void serialize(Archive& archive) { archive(source, tag, number, text); }
};

struct Planned {
    int source, dest, tag, kind, way;
    std::size_t bytes;
    Key key;
};

class Soak {
public:
    Soak(const MPI::Intracomm& world, Key seed)
        : copy_(world.Dup()), half_(world.Split(world.rank() % 2, world.rank())),
          reverse_(world.Split(0, -world.rank())), shared_{mix(seed, 0)}, own_{mix(seed, static_cast<Key>(world.rank()) + 1)},
          seed_(seed), comms_{&MPI::COMM_SELF, &world, &copy_, &half_, &reverse_} {}

    void round(long number) {
        const int which = shared_.below(static_cast<int>(comms_.size())), what = shared_.below(7);
        const MPI::Intracomm& comm = *comms_[static_cast<std::size_t>(which)];
        std::snprintf(running.data(), running.size(), "seed %llu, round %ld, communicator %d, part %d, rank %d of %d",
                      static_cast<unsigned long long>(seed_), number, which, what, MPI::COMM_WORLD.rank(), MPI::COMM_WORLD.size());
        key_ = mix(seed_, static_cast<Key>(number));
        // The halves of the world differ in size: numbers that depend on it are drawn apart.
        const Random before{shared_.next()};
        Random plan{mix(before.state, static_cast<Key>(comm.size()))};
        switch (what) {
        case 0: return messages(comm, plan);
        case 1: return messages_from_anybody(comm, plan);
        case 2: return typed_messages(comm, plan);
        case 3: return collectives(comm, plan);
        case 4: return collectives_at_once(comm, plan);
        case 5: return mishaps(comm, plan);
        default: return typed_collectives(comm, plan);
        }
    }

private:
    Key key(int rank, int number = 0) const { return mix(mix(key_, static_cast<Key>(rank)), static_cast<Key>(number)); }

    std::vector<Planned> draw(const MPI::Intracomm& comm, Random& plan) {
        std::vector<Planned> planned(static_cast<std::size_t>(1 + plan.below(3 * comm.size())));
        int number = 0;
        for (Planned& message : planned)
            message = {plan.below(comm.size()),
                       plan.below(comm.size()),
                       plan.below(3),
                       plan.below(kinds),
                       plan.below(6),
                       plan.size(),
                       mix(key_, static_cast<Key>(++number))};
        return planned;
    }

    template <class T> void send(const MPI::Intracomm& comm, const Planned& message, std::vector<MPI::Request>& sent) {
        T object = make<T>(message.key, message.bytes);
        switch (message.way) {
        case 0: return comm.send(object, message.dest, message.tag);
        case 1: return comm.ssend(object, message.dest, message.tag);
        case 2: sent.push_back(comm.issend(object, message.dest, message.tag)); break;
        case 3: sent.push_back(comm.isend(std::move(object), message.dest, message.tag)); break;
        default: sent.push_back(comm.isend(object, message.dest, message.tag));
        }
        object = T{};  // it is no longer needed
    }

    void finish(std::vector<std::function<void()>>& pending) {
        while (!pending.empty()) {
            const auto next = pending.begin() + own_.below(static_cast<int>(pending.size()));
            (*next)();
            pending.erase(next);
        }
    }

    // Receives are posted first, or the messages wait for them; either way those of one source and tag keep their order.
    void messages(const MPI::Intracomm& comm, Random& plan) {
        const std::vector<Planned> planned = draw(comm, plan);
        const bool posted = !plan.one_in(3), barrier = plan.one_in(3);
        std::vector<std::function<void()>> pending;
        std::vector<MPI::Request> sent;
        const auto receive = [&](const Planned& message, auto kind) {
            using T = decltype(kind);
            const auto check = [message](const T& object) { expect(object == make<T>(message.key, message.bytes), "not what was sent"); };
            if (!posted)
                return check(comm.recv<T>(message.source, message.tag));
            auto request = std::make_shared<MPI::ObjectRequest<T>>(comm.irecv<T>(message.source, message.tag));
            pending.push_back([request, check, polls = own_.one_in(2)] {
                if (!polls)
                    return check(request->wait());
                for (std::optional<T> object; !object;)
                    if ((object = request->test()))
                        check(*object);
            });
        };
        const auto receive_all = [&] {
            for (const Planned& message : planned)
                if (message.dest == comm.rank())
                    with_kind(message.kind, [&](auto kind) { receive(message, kind); });
        };
        if (posted)
            receive_all();
        for (Planned message : planned) {
            if (!posted)
                message.way = 4 + message.way % 2;  // nobody waits for a receive
            if (message.source == comm.rank())
                with_kind(message.kind, [&](auto kind) { send<decltype(kind)>(comm, message, sent); });
        }
        if (barrier)
            comm.Barrier();
        if (!posted)
            receive_all();
        finish(pending);
        for (MPI::Request& request : sent) request.Wait();
    }

    void messages_from_anybody(const MPI::Intracomm& comm, Random& plan) {
        const std::vector<Planned> planned = draw(comm, plan);
        const int way = plan.below(3);
        std::vector<MPI::Request> sent;
        int number = 0, expected = 0;
        for (const Planned& message : planned) {
            ++number;
            if (message.source == comm.rank())
                sent.push_back(comm.isend(Envelope{message.source, message.tag, number, make<std::string>(message.key, message.bytes)}, message.dest,
                                          message.tag));
            expected += message.dest == comm.rank();
        }
        std::vector<int> last(static_cast<std::size_t>(comm.size()));
        for (; expected > 0; --expected) {
            MPI::Status status;
            Envelope got;
            if (way == 0)
                got = comm.recv<Envelope>(MPI::ANY_SOURCE, MPI::ANY_TAG, &status);
            else if (way == 1)
                got = comm.mprobe(MPI::ANY_SOURCE, MPI::ANY_TAG, &status).recv<Envelope>(&status);
            else
                comm.recv_into(got, MPI::ANY_SOURCE, MPI::ANY_TAG, &status);
            expect(status.source() == got.source && status.tag() == got.tag, "the status is of another message");
            const Planned& message = planned.at(static_cast<std::size_t>(got.number - 1));
            expect(message.source == got.source && message.dest == comm.rank() && message.tag == got.tag, "the message is for somebody else");
            expect(got.text == make<std::string>(message.key, message.bytes), "not what was sent");
            int& before = last[static_cast<std::size_t>(got.source)];
            expect(before < got.number, "messages of one source have changed their order");
            before = got.number;
        }
        for (MPI::Request& request : sent) request.Wait();
        comm.Barrier();  // else a message of the next round could come to a receive of this one
    }

    /// Whether `f` throws.
    template <class F> static bool throws(F f) {
        try {
            f();
        } catch (const std::exception&) {
            return true;
        }
        return false;
    }

    // Requests that nobody waits for, a receive of nothing, receives of a wrong type and an operation that throws leave all else alone.
    void mishaps(const MPI::Intracomm& comm, Random& plan) {
        const std::vector<Planned> planned = draw(comm, plan);
        (void)comm.irecv<Numbers>(MPI::ANY_SOURCE, 99);
        for (const Planned& message : planned)
            if (message.source == comm.rank())
                with_kind(message.kind, [&](auto kind) {
                    auto object = make<decltype(kind)>(message.key, message.bytes);
                    if (message.way % 3 == 0)
                        (void)comm.issend(object, message.dest, message.tag);
                    else if (message.way % 3 == 1)
                        (void)comm.isend(object, message.dest, message.tag);
                    else
                        (void)comm.isend(std::move(object), message.dest, message.tag);
                });
        for (const Planned& message : planned)
            if (message.dest == comm.rank())
                with_kind(message.kind, [&](auto kind) {
                    using T = decltype(kind);
                    const int source = message.source, tag = message.tag;
                    if (message.key % 4 == 0)
                        expect(throws([&] { (void)comm.recv<std::array<short, 3>>(source, tag); }), "an object of a wrong type was received");
                    else if (message.key % 4 == 1)
                        expect(throws([&] { (void)comm.irecv<std::array<short, 3>>(source, tag).wait(); }),
                               "an object of a wrong type was received later");
                    else
                        expect(comm.recv<T>(source, tag) == make<T>(message.key, message.bytes), "not what was sent");
                });
        const auto refuse = [](const std::string&, const std::string&) -> std::string { throw std::runtime_error("refused"); };
        expect(throws([&] { (void)comm.allreduce(make<std::string>(key(comm.rank()), 20), refuse); }) == (comm.size() > 1), "who throws");
    }

    void typed_messages(const MPI::Intracomm& comm, Random& plan) {
        const std::vector<Planned> planned = draw(comm, plan);
        std::vector<Numbers> buffers;
        buffers.reserve(2 * planned.size());
        std::vector<MPI::Request> requests;
        std::vector<std::pair<const Numbers*, const Planned*>> received;
        for (const Planned& message : planned)
            if (message.dest == comm.rank()) {
                buffers.emplace_back(message.bytes / sizeof(double) + 1);
                received.emplace_back(&buffers.back(), &message);
                requests.push_back(comm.Irecv(buffers.back(), message.source, message.tag));
            }
        for (const Planned& message : planned)
            if (message.source == comm.rank()) {
                buffers.push_back(make<Numbers>(message.key, message.bytes));
                buffers.back().push_back(static_cast<double>(message.tag));
                switch (message.way) {
                case 0: comm.Send(buffers.back(), message.dest, message.tag); break;
                case 1: comm.Ssend(buffers.back(), message.dest, message.tag); break;
                case 2: requests.push_back(comm.Issend(buffers.back(), message.dest, message.tag)); break;
                default: requests.push_back(comm.Isend(buffers.back(), message.dest, message.tag));
                }
            }
        MPI::Request::Waitall(requests);
        for (const auto& [buffer, message] : received) {
            Numbers wanted = make<Numbers>(message->key, message->bytes);
            wanted.push_back(static_cast<double>(message->tag));
            expect(*buffer == wanted, "not what was sent");
        }
    }

    /// The objects of all ranks of `comm`, or of one rank for all.
    template <class T> std::vector<T> all_of(const MPI::Intracomm& comm, std::size_t bytes, int salt) const {
        std::vector<T> objects;
        for (int i = 0; i < comm.size(); ++i) objects.push_back(make<T>(key(i, salt), bytes * static_cast<std::size_t>(i % 3) / 2));
        return objects;
    }

    template <class T> void collective(const MPI::Intracomm& comm, int what, int root, std::size_t bytes, int salt) {
        const auto here = static_cast<std::size_t>(comm.rank());
        const std::vector<T> objects = all_of<T>(comm, bytes, salt), none;
        const bool is_root = comm.rank() == root;
        if (what == 0)
            expect(comm.bcast(is_root ? objects[here] : T{}, root) == objects[static_cast<std::size_t>(root)], "bcast");
        else if (what == 1)
            expect(comm.scatter(is_root ? objects : none, root) == objects[here], "scatter");
        else if (what == 2)
            expect(comm.gather(objects[here], root) == (is_root ? objects : none), "gather");
        else if (what == 3)
            expect(comm.allgather(objects[here]) == objects, "allgather");
        else
            expect(comm.alltoall(all_of<T>(comm, bytes, salt + comm.rank())) == from_everybody<T>(comm, bytes, salt), "alltoall");
    }
    template <class T> std::vector<T> from_everybody(const MPI::Intracomm& comm, std::size_t bytes, int salt) const {
        std::vector<T> objects;
        for (int i = 0; i < comm.size(); ++i) objects.push_back(all_of<T>(comm, bytes, salt + i)[static_cast<std::size_t>(comm.rank())]);
        return objects;
    }

    static std::string join(const std::string& a, const std::string& b) { return a + b; }  // does not commute
    std::string joined(int first, int end) const {
        std::string all;
        for (int i = first; i < end; ++i) all += make<std::string>(key(i), 20);
        return all;
    }

    void collectives(const MPI::Intracomm& comm, Random& plan) {
        const int what = plan.below(9), root = plan.below(comm.size());
        const std::size_t bytes = plan.size();
        if (what < 5)
            return with_kind(plan.below(kinds), [&](auto kind) { collective<decltype(kind)>(comm, what, root, bytes, 0); });
        const std::string mine = make<std::string>(key(comm.rank()), 20);
        if (what == 5)
            expect(comm.reduce(mine, join, root) == (comm.rank() == root ? std::optional(joined(0, comm.size())) : std::nullopt), "reduce");
        else if (what == 6)
            expect(comm.allreduce(mine, join) == joined(0, comm.size()), "allreduce");
        else if (what == 7)
            expect(comm.scan(mine, join) == joined(0, comm.rank() + 1), "scan");
        else
            expect(comm.exscan(mine, join) == (comm.rank() > 0 ? std::optional(joined(0, comm.rank())) : std::nullopt), "exscan");
    }

    template <class T, class Check> static std::function<void()> later(MPI::ObjectRequest<T> request, Check check) {
        return [request = std::make_shared<MPI::ObjectRequest<T>>(std::move(request)), check] { check(request->wait()); };
    }

    void collectives_at_once(const MPI::Intracomm& comm, Random& plan) {
        std::vector<std::function<void()>> pending;
        const auto here = static_cast<std::size_t>(comm.rank());
        for (int salt = 0, end = 1 + plan.below(4); salt < end; ++salt) {
            const int what = plan.below(6), root = plan.below(comm.size());
            const std::size_t bytes = plan.size();
            with_kind(plan.below(kinds), [&](auto kind) {
                using T = decltype(kind);
                const std::vector<T> objects = all_of<T>(comm, bytes, salt), none;
                const std::vector<T> wanted = what == 4 ? from_everybody<T>(comm, bytes, salt) : objects;
                const bool is_root = comm.rank() == root;
                const auto all = [wanted](const std::vector<T>& got) { expect(got == wanted, "of every rank"); };
                if (what == 0)
                    pending.push_back(later(comm.ibcast(is_root ? objects[here] : T{}, root),
                                            [want = objects[static_cast<std::size_t>(root)]](const T& got) { expect(got == want, "ibcast"); }));
                else if (what == 1)
                    pending.push_back(later(comm.iscatter(is_root ? objects : none, root),
                                            [want = objects[here]](const T& got) { expect(got == want, "iscatter"); }));
                else if (what == 2)
                    pending.push_back(later(comm.igather(objects[here], root),
                                            [want = is_root ? objects : none](const std::vector<T>& got) { expect(got == want, "igather"); }));
                else if (what == 3)
                    pending.push_back(later(comm.iallgather(objects[here]), all));
                else if (what == 4)
                    pending.push_back(later(comm.ialltoall(all_of<T>(comm, bytes, salt + comm.rank())), all));
                else
                    pending.push_back(later(comm.iallreduce(make<std::string>(key(comm.rank()), 20), join),
                                            [want = joined(0, comm.size())](const std::string& got) { expect(got == want, "iallreduce"); }));
            });
        }
        finish(pending);
    }

    void typed_collectives(const MPI::Intracomm& comm, Random& plan) {
        const int what = plan.below(7), root = plan.below(comm.size()), size = comm.size(), rank = comm.rank();
        const auto length = plan.size() / sizeof(long);
        const auto value = [&](int of, std::size_t i) { return static_cast<long>(key(of) % 1000 + i % 7); };
        const auto data = [&](int of, std::size_t n) {
            std::vector<long> made(n);
            for (std::size_t i = 0; i < n; ++i) made[i] = value(of, i);
            return made;
        };
        const auto sum = [&](int end) {
            std::vector<long> made(length);
            for (int of = 0; of < end; ++of)
                for (std::size_t i = 0; i < length; ++i) made[i] += value(of, i);
            return made;
        };
        // One block a rank, of different lengths.
        std::vector<int> counts;
        std::vector<long> blocks;
        for (int of = 0; of < size; ++of) {
            const std::vector<long> block = data(of, length / static_cast<std::size_t>(of + 1));
            counts.push_back(static_cast<int>(block.size()));
            blocks.insert(blocks.end(), block.begin(), block.end());
        }
        const std::vector<long> own = data(rank, static_cast<std::size_t>(counts[static_cast<std::size_t>(rank)]));
        std::vector<long> got(length);
        if (what == 0) {
            if (rank == root)
                got = data(root, length);
            comm.Bcast(got, root);
            expect(got == data(root, length), "Bcast");
        } else if (what == 1) {
            got.assign(blocks.size(), -1);
            comm.Gatherv(own, {got, counts}, root);
            expect(got == (rank == root ? blocks : std::vector<long>(blocks.size(), -1)), "Gatherv");
        } else if (what == 2) {
            got.resize(own.size());
            comm.Scatterv({blocks, counts}, got, root);
            expect(got == own, "Scatterv");
        } else if (what == 3) {
            expect(comm.Allgatherv(own) == blocks, "Allgatherv");
        } else if (what == 4) {
            comm.Allreduce(data(rank, length), got, MPI::SUM);
            expect(got == sum(size), "Allreduce");
        } else if (what == 5) {
            comm.Reduce(data(rank, length), got, MPI::SUM, root);
            expect(rank != root || got == sum(size), "Reduce");
        } else {
            comm.Scan(data(rank, length), got, MPI::SUM);
            expect(got == sum(rank + 1), "Scan");
        }
    }

    MPI::Intracomm copy_, half_, reverse_;
    Random shared_, own_;
    Key seed_, key_ = 0;
    std::array<const MPI::Intracomm*, 5> comms_;
};

/// Bytes that this process has in memory.
long resident() {
    long pages = 0;
    if (std::FILE* const file = std::fopen("/proc/self/statm", "r")) {
        if (std::fscanf(file, "%*s %ld", &pages) != 1)
            pages = 0;
        std::fclose(file);
    }
    return pages * sysconf(_SC_PAGESIZE);
}

}  // namespace

int main(int argc, char** argv) {
    const auto limit = std::chrono::seconds(argc > 1 ? std::atoi(argv[1]) : 10);
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const Key seed = world.bcast(argc > 2 ? std::strtoull(argv[2], nullptr, 10) : static_cast<Key>(std::random_device()()));
    if (world.rank() == 0) {
        std::printf("soak %lld %llu\n", static_cast<long long>(limit.count()), static_cast<unsigned long long>(seed));
        std::fflush(stdout);
    }
    MPI::detail::limit_side_tags(200, 200);  // soon it is as after billions of messages
    std::signal(SIGALRM, hangs);
    Soak soak(world, seed);
    const auto start = std::chrono::steady_clock::now();
    long rounds = 0, memory = 0;
    for (bool more = true; more; ++rounds) {
        alarm(60);
        soak.round(rounds);
        if (rounds % 20 != 19)
            continue;
        const auto passed = std::chrono::steady_clock::now() - start;
        more = world.bcast(passed < limit);
        if (memory == 0 && passed > limit / 4)
            memory = resident();
    }
    alarm(0);
    if (limit > std::chrono::minutes(1) && resident() > memory + (64L << 20))
        fail("memory has grown from " + std::to_string(memory) + " to " + std::to_string(resident()) + " bytes");
    if (world.rank() == 0)
        std::printf("%ld rounds\n", rounds);
}
