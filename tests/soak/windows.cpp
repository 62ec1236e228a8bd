// Random one-sided calls that are compared with a serial model: windows SECONDS [SEED]
//
// All ranks draw the same plan of each round from the seed: some windows, and epochs in which each process puts, gets and combines. Each rank carries
// out its own part, and plays all parts in its model of all memory. The plan has defined programs only: what one epoch puts or gets overlaps nothing
// else of that epoch, and what it combines is combined by one commutative operation.
#include "running.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <unistd.h>
#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

struct Random {
    std::uint64_t state;
    std::uint64_t next() {  // splitmix64
        std::uint64_t z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
    int below(int n) { return static_cast<int>(next() % static_cast<std::uint64_t>(n)); }
    bool one_in(int n) { return below(n) == 0; }
};

enum class Sync { fence, lock, lock_exclusive, lock_all, post_start };
enum class Kind { put, get, accumulate, get_accumulate, fetch_and_op, compare_and_swap };
/// The shapes of an origin or a target: consecutive elements, or every second one.
enum class Shape { plain, strided };

/// One access of a rank to the memory of another: the elements first, first + stride, …
struct Access {
    Kind kind;
    int origin, target;
    int first, count;
    Shape here, there;
    bool has_request;
    int operation;       // of operations()
    std::int64_t value;  // the elements of the origin are value, value + 1, …
    [[nodiscard]] int stride() const { return there == Shape::strided ? 2 : 1; }
};

/// A commutative operation, and what it does.
struct Operation {
    const MPI::Op* op;
    std::int64_t (*apply)(std::int64_t before, std::int64_t origin);
};
const Operation& operation(int i) {
    static const Operation all[] = {
        {&MPI::SUM, [](std::int64_t a, std::int64_t b) { return a + b; }},
        {&MPI::MAX, [](std::int64_t a, std::int64_t b) { return std::max(a, b); }},
        {&MPI::MIN, [](std::int64_t a, std::int64_t b) { return std::min(a, b); }},
    };
    return all[i];
}
constexpr int operations = 3;

/// All ranks run on one node, but to MPICH 5 over UCX each is a node of its own.
bool shares_memory(const MPI::Intracomm& comm) { return comm.Split_type(MPI::COMM_TYPE_SHARED).Get_size() == comm.Get_size(); }

/// A window of elements of T, with a model of the memory of all processes.
template <class T> class Tried {
public:
    Tried(const MPI::Intracomm& comm, Random& plan)
        : comm_(comm), size_(plan.one_in(4) ? 1 + plan.below(3) : 20 + plan.below(3000)), own_(static_cast<std::size_t>(size_)),
          model_(static_cast<std::size_t>(comm.size()), std::vector<T>(own_.size())) {
        switch (plan.below(4)) {
        case 0: win_ = MPI::Win::Create(own_, comm); break;
        case 1: win_ = MPI::Win::Allocate<T>(size_, comm); break;
        case 2: win_ = shares_memory(comm) ? MPI::Win::Allocate_shared<T>(size_, comm) : MPI::Win::Allocate<T>(size_, comm); break;
        default:
            is_dynamic_ = true;
            win_ = MPI::Win::Create_dynamic(comm);
            win_.Attach(own_);
            addresses_ = comm.allgather(static_cast<std::int64_t>(MPI::Get_address(own_.data())));
        }
        const auto mine = memory();
        for (int rank = 0; rank < comm.size(); ++rank)
            for (std::size_t i = 0; i < own_.size(); ++i)
                model_[static_cast<std::size_t>(rank)][i] = static_cast<T>(rank * 7 + static_cast<int>(i) % 50);
        {
            const auto epoch = win_.lock(comm.rank());
            std::copy(mine_model().begin(), mine_model().end(), mine.begin());
        }
        comm.Barrier();
    }

    /// An epoch of random accesses on all ranks.
    void epoch(Random& plan) {
        const auto sync = static_cast<Sync>(plan.below(5));
        const std::vector<Access> accesses = draw(plan, sync);
        sync_ = sync;
        last_ = accesses;
        carry_out(sync, accesses);
        for (const Access& access : accesses) apply(access);
        if (sync == Sync::lock || sync == Sync::lock_exclusive || sync == Sync::lock_all)
            comm_.Barrier();
        check_memory();
        comm_.Barrier();  // before others change it again
    }

    /// What the accesses of the last epoch did with an element of a rank, for the report of a failure.
    [[nodiscard]] std::string history(int rank, int element) const {
        static constexpr const char* kinds[] = {"Put", "Get", "Accumulate", "Get_accumulate", "Fetch_and_op", "Compare_and_swap"};
        static constexpr const char* syncs[] = {"Fence", "Lock, shared", "Lock, exclusive", "Lock_all", "Post and Start"};
        std::string result =
            "; the last epoch, in a window of flavor " + std::to_string(win_.flavor()) + ", of " + syncs[static_cast<int>(sync_)] + ':';
        for (const Access& a : last_)
            if (a.target == rank && element >= a.first && element < a.first + a.count * a.stride() && (element - a.first) % a.stride() == 0)
                result += std::string(" ") + (a.has_request ? "R" : "") + kinds[static_cast<int>(a.kind)] + " by rank " + std::to_string(a.origin) +
                          " of " + std::to_string(a.count) + " elements from " + std::to_string(a.first) + ", shapes " +
                          std::to_string(static_cast<int>(a.here)) + std::to_string(static_cast<int>(a.there)) + ", operation " +
                          std::to_string(a.operation) + ", value " + std::to_string(a.value) + ';';
        return result;
    }

    /// Leaves an epoch by an exception: nobody is left waiting for the lock, and what was put before is there.
    void leave_by_exception(Random& plan) {
        const int origin = plan.below(comm_.size()), target = plan.below(comm_.size());
        const T value = static_cast<T>(plan.below(100));
        if (comm_.rank() == origin) {
            try {
                const auto epoch = win_.lock(target);
                win_.Put(value, target, {place(target, 0), 1, type()});
                throw std::runtime_error("left");
            } catch (const std::runtime_error&) {}
        }
        model_[static_cast<std::size_t>(target)][0] = value;
        last_.clear();
        last_.push_back({Kind::put, origin, target, 0, 1, Shape::plain, Shape::plain, false, 0, static_cast<std::int64_t>(value)});
        sync_ = Sync::lock_exclusive;
        comm_.Barrier();
        check_memory();
        comm_.Barrier();
    }

    void end() {
        if (is_dynamic_) {
            comm_.Barrier();
            win_.Detach(own_);
        }
        win_.Free();
    }

private:
    static const MPI::Datatype& type() {
        static const MPI::Datatype made = MPI::Datatype::borrow(MPI::datatype_traits<T>::get());
        return made;
    }

    std::span<T> memory() { return is_dynamic_ ? std::span<T>(own_) : win_.template span<T>(); }
    [[nodiscard]] std::vector<T>& mine_model() { return model_[static_cast<std::size_t>(comm_.rank())]; }
    [[nodiscard]] MPI::Aint place(int rank, int element) const {
        return is_dynamic_ ? addresses_[static_cast<std::size_t>(rank)] + element * static_cast<MPI::Aint>(sizeof(T)) : element;
    }

    /// Draws accesses that do not conflict: each element of a target is put or read by one access only, or combined by one operation.
    std::vector<Access> draw(Random& plan, Sync sync) {
        std::vector<Access> result;
        const int common = plan.below(operations);
        enum class Use : char { none, alone, read, combined };
        std::vector<std::vector<Use>> uses(model_.size(), std::vector<Use>(own_.size(), Use::none));
        for (int tries = plan.below(12 * comm_.size()); tries > 0; --tries) {
            Access access{};
            access.kind = static_cast<Kind>(plan.below(std::is_integral_v<T> && sizeof(T) >= 4 ? 6 : 5));  // MPIs swap no others
            access.origin = plan.below(comm_.size());
            access.target = plan.below(comm_.size());
            access.there = static_cast<Shape>(plan.below(2));
            access.here = static_cast<Shape>(plan.below(2));
            access.has_request = plan.one_in(3) && sync != Sync::fence && sync != Sync::post_start;
            access.operation = common;
            access.value = plan.below(1000);
            access.first = plan.below(size_);
            const bool is_single = access.kind == Kind::fetch_and_op || access.kind == Kind::compare_and_swap;
            access.count = is_single ? 1 : plan.one_in(5) ? 1 + plan.below(size_) : 1 + plan.below(20);
            access.count = std::min(access.count, (size_ - access.first + access.stride() - 1) / access.stride());
            // Only the last result of several is known, if all combine.
            const Use use = access.kind == Kind::get ? Use::read : access.kind == Kind::accumulate ? Use::combined : Use::alone;
            std::vector<Use>& used = uses[static_cast<std::size_t>(access.target)];
            bool is_free = true;
            for (int i = 0; i < access.count; ++i) {
                const Use before = used[static_cast<std::size_t>(access.first + i * access.stride())];
                is_free = is_free && (before == Use::none || (before == use && use != Use::alone));
            }
            if (!is_free)
                continue;
            for (int i = 0; i < access.count; ++i) used[static_cast<std::size_t>(access.first + i * access.stride())] = use;
            result.push_back(access);
        }
        return result;
    }

    /// The buffers of an access, until the end of the epoch, and what has to arrive.
    struct Buffers {
        std::vector<T> origin, compare, result;
        std::vector<T> expected;
        bool is_strided;
        int target, first, stride;
    };

    void carry_out(Sync sync, const std::vector<Access>& accesses) {
        buffers_.clear();
        const auto access_all = [&](int target) {
            for (const Access& access : accesses)
                if (access.origin == comm_.rank() && (target < 0 || access.target == target))
                    begin(access);
        };
        switch (sync) {
        case Sync::fence: {
            const auto epoch = win_.fence();
            access_all(-1);
            break;
        }
        case Sync::lock:
        case Sync::lock_exclusive:
            for (int target = 0; target < comm_.size(); ++target) {
                const auto epoch = win_.lock(target, sync == Sync::lock ? MPI::LOCK_SHARED : MPI::LOCK_EXCLUSIVE);
                access_all(target);
            }
            break;
        case Sync::lock_all: {
            const auto epoch = win_.lock_all();
            access_all(-1);
            epoch.flush();
            check_results();
            break;
        }
        case Sync::post_start: {
            const MPI::Group group = win_.Get_group();
            const auto exposed = win_.post(group);
            const auto started = win_.start(group);
            access_all(-1);
            break;
        }
        }
        check_results();
    }

    void begin(const Access& access) {
        const auto n = static_cast<std::size_t>(access.count);
        const std::size_t apart = access.here == Shape::strided ? 3 : 1;
        Buffers& b = buffers_.emplace_back(Buffers{std::vector<T>(n * apart),
                                                   std::vector<T>(1),
                                                   std::vector<T>(n * apart),
                                                   {},
                                                   access.here == Shape::strided,
                                                   access.target,
                                                   access.first,
                                                   access.stride()});
        for (std::size_t i = 0; i < n; ++i) b.origin[i * apart] = static_cast<T>(access.value + static_cast<int>(i));
        const std::vector<T>& there = model_[static_cast<std::size_t>(access.target)];
        for (int i = 0; i < access.count && access.kind != Kind::put && access.kind != Kind::accumulate; ++i)
            b.expected.push_back(there[static_cast<std::size_t>(access.first + i * access.stride())]);
        b.compare[0] = access.value % 2 == 0 && !b.expected.empty() ? b.expected[0] : static_cast<T>(-1);

        const MPI::Datatype strided = type().Create_vector(access.count, 1, 2).Commit();
        const MPI::Datatype mine = type().Create_vector(access.count, 1, 3).Commit();
        const MPI::Aint at = place(access.target, access.first);
        MPI::Target target(at, access.count, type());
        if (access.there == Shape::strided)
            target = MPI::Target(at, 1, strided);
        else if (access.here == Shape::plain && access.first % 2 == 0)
            target = MPI::Target(at);
        const MPI::ConstBuf origin = apart == 1 ? MPI::ConstBuf(b.origin) : MPI::ConstBuf(b.origin.data(), 1, mine);
        const MPI::Buf result = apart == 1 ? MPI::Buf(b.result) : MPI::Buf(b.result.data(), 1, mine);
        const MPI::Op& op = *operation(access.operation).op;
        const bool r = access.has_request;
        switch (access.kind) {
        case Kind::put: r ? win_.Rput(origin, access.target, target).Wait() : win_.Put(origin, access.target, target); break;
        case Kind::get: r ? win_.Rget(result, access.target, target).Wait() : win_.Get(result, access.target, target); break;
        case Kind::accumulate:
            r ? win_.Raccumulate(origin, access.target, target, op).Wait() : win_.Accumulate(origin, access.target, target, op);
            break;
        case Kind::get_accumulate:
            r ? win_.Rget_accumulate(origin, result, access.target, target, op).Wait()
              : win_.Get_accumulate(origin, result, access.target, target, op);
            break;
        case Kind::fetch_and_op: win_.Fetch_and_op(b.origin[0], b.result[0], access.target, at, op); break;
        case Kind::compare_and_swap: win_.Compare_and_swap(b.origin[0], b.compare[0], b.result[0], access.target, at); break;
        }
    }

    void check_results() {
        for (const Buffers& b : buffers_)
            for (std::size_t i = 0; i < b.expected.size(); ++i)
                if (b.result[i * (b.is_strided ? 3 : 1)] != b.expected[i])
                    fail("element " + std::to_string(i) + " of " + std::to_string(b.expected.size()) + " was read as " +
                         std::to_string(b.result[i * (b.is_strided ? 3 : 1)]) + " instead of " + std::to_string(b.expected[i]) +
                         history(b.target, b.first + static_cast<int>(i) * b.stride));
    }

    void apply(const Access& access) {
        std::vector<T>& there = model_[static_cast<std::size_t>(access.target)];
        for (int i = 0; i < access.count; ++i) {
            T& element = there[static_cast<std::size_t>(access.first + i * access.stride())];
            const T origin = static_cast<T>(access.value + i);
            if (access.kind == Kind::put || (access.kind == Kind::compare_and_swap && access.value % 2 == 0))
                element = origin;
            else if (access.kind != Kind::get && access.kind != Kind::compare_and_swap)
                element = static_cast<T>(operation(access.operation).apply(static_cast<std::int64_t>(element), static_cast<std::int64_t>(origin)));
        }
    }

    void check_memory() {
        const auto epoch = win_.lock(comm_.rank());
        const std::span<T> mine = memory();
        for (std::size_t i = 0; i < mine.size(); ++i)
            if (mine[i] != mine_model()[i])
                fail("element " + std::to_string(i) + " of " + std::to_string(mine.size()) + " is " + std::to_string(mine[i]) + " instead of " +
                     std::to_string(mine_model()[i]) + history(comm_.rank(), static_cast<int>(i)));
    }

    const MPI::Intracomm& comm_;
    int size_;
    std::vector<T> own_;
    std::vector<std::vector<T>> model_;  // the memory of all ranks
    std::deque<Buffers> buffers_;
    std::vector<std::int64_t> addresses_;
    Sync sync_ = Sync::fence;
    std::vector<Access> last_;
    bool is_dynamic_ = false;
    MPI::Win win_;
};

/// Two windows at once, of different types.
template <class A, class B> void try_windows(const MPI::Intracomm& comm, Random& plan) {
    Tried<A> a(comm, plan);
    Tried<B> b(comm, plan);
    for (int i = 2 + plan.below(6); i > 0; --i) {
        plan.one_in(2) ? a.epoch(plan) : b.epoch(plan);
        if (plan.one_in(6))
            a.leave_by_exception(plan);
    }
    a.end();
    b.end();
}

void round(const MPI::Intracomm& comm, std::uint64_t seed) {
    Random plan{seed};
    switch (plan.below(4)) {
    case 0: return try_windows<std::int64_t, std::int32_t>(comm, plan);
    case 1: return try_windows<double, std::int64_t>(comm, plan);
    case 2: return try_windows<std::int16_t, long double>(comm, plan);
    default: return try_windows<std::int32_t, float>(comm, plan);
    }
}

}  // namespace

int main(int argc, char** argv) {
    const auto limit = std::chrono::seconds(argc > 1 ? std::atoi(argv[1]) : 10);
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const std::uint64_t seed = world.bcast(argc > 2 ? std::strtoull(argv[2], nullptr, 10) : std::uint64_t{std::random_device()()});
    if (world.rank() == 0) {
        std::printf("windows %lld %llu\n", static_cast<long long>(limit.count()), static_cast<unsigned long long>(seed));
        std::fflush(stdout);
    }
    std::signal(SIGALRM, hangs);
    const MPI::Intracomm copy = world.Dup(), half = world.Split(world.rank() % 2, -world.rank());
    const auto start = std::chrono::steady_clock::now();
    long rounds = 0;
    for (bool more = true; more; ++rounds) {
        alarm(60);
        std::snprintf(running.data(), running.size(), "seed %llu, round %ld, rank %d of %d", static_cast<unsigned long long>(seed), rounds,
                      world.rank(), world.size());
        const MPI::Intracomm* const comms[] = {&world, &copy, &half, &MPI::COMM_SELF};
        Random choice{seed * 0xD1342543DE82EF95 + static_cast<std::uint64_t>(rounds)};
        const MPI::Intracomm& comm = *comms[choice.below(4)];
        round(comm, choice.next() + static_cast<std::uint64_t>(comm.size()));
        more = world.bcast(std::chrono::steady_clock::now() - start < limit);
    }
    alarm(0);
    if (world.rank() == 0)
        std::printf("%ld rounds\n", rounds);
}
