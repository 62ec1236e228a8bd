#include "communicators/dropped_handles.hpp"

#include <mpi4cxx/error.hpp>
#include <mpi4cxx/group.hpp>
#include <mpi4cxx/handle.hpp>

#include "communicators/outside.hpp"
#include "communicators/session_members.hpp"
#include "handles/attribute.hpp"
#include "requests/ending.hpp"
#include "runtime/finalize.hpp"
#include "runtime/mixed_job.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <utility>
#include <vector>

namespace MPI4CXX::detail {

namespace {

using Name = HandleName;
constexpr Name none = std::numeric_limits<Name>::max();

std::mutex mutex;
/// How to free a dropped handle, and its processes. Both are null while this process uses the handle.
struct Dropped {
    std::function<void()> free = nullptr;
    std::shared_ptr<const Group> members = nullptr;
};
// MPI is not called under this lock: it has locks of its own, which it may hold when it calls `forget`.
std::map<Name, Dropped>& known = *new std::map<Name, Dropped>;  // never destroyed, because MPI may end later
int unnamed = 0;                                                // handles of this process whose names it does not know yet

std::map<Name, Dropped>::node_type& spare = *new std::map<Name, Dropped>::node_type;  // so that making and freeing a handle allocates nothing

void note(Name name) {
    const std::lock_guard lock(mutex);
    if (!spare) {
        known.emplace(name, Dropped());
        return;
    }
    spare.key() = name;
    known.insert(std::move(spare));
}

Dropped take_out(Name name) {
    const std::lock_guard lock(mutex);
    auto entry = known.extract(name);
    if (!entry)
        return {};
    Dropped found = std::exchange(entry.mapped(), Dropped());
    spare = std::move(entry);
    return found;
}

/// MPI keeps the name of a communicator as an attribute.
int forget_comm(MPI_Comm comm, int, void* name, void*) {
    forget(reinterpret_cast<Name>(name));
    const FailedDeletion failed = std::exchange(failed_deletion, {});
    return failed.comm == comm ? failed.code : MPI_SUCCESS;
}

int key() {
    static int made = MPI_KEYVAL_INVALID;
    static const bool once = [] {
        call<MPI_Comm_create_keyval>(MPI_COMM_NULL_COPY_FN, forget_comm, &made, nullptr);
        at_end([] { MPI_Comm_free_keyval(&made); });
        return true;
    }();
    (void)once;
    return made;
}

/// While one exists, this process has a handle whose name it does not know yet. It may be any.
class Unnamed {
public:
    Unnamed() { add(1); }
    Unnamed(const Unnamed&) = delete;
    Unnamed& operator=(const Unnamed&) = delete;
    ~Unnamed() { add(-1); }

private:
    static void add(int number) {
        const std::lock_guard lock(mutex);
        unnamed += number;
    }
};

bool may_have(Name name) {
    const std::lock_guard lock(mutex);
    const auto found = known.find(name);
    return unnamed > 0 || (found != known.end() && found->second.members == nullptr);
}

/// Returns the processes of a communicator, of both groups if it has two.
Group members(MPI_Comm comm, Place where) {
    Group local = Group::take(get<MPI_Comm_group>(comm, where));
    if (get<MPI_Comm_test_inter>(comm, where) == 0)
        return local;
    return Group::Union(local, Group::take(get<MPI_Comm_remote_group>(comm, where)), where.at());
}

/// Returns whether all processes of `part` are in `whole`. MPICH 5 ends the process in MPI_Group_difference of groups of different sessions.
bool is_within(const Group& part, const Group& whole, At at) {
    const std::vector<int> ranks = part.Translate_ranks(whole, at);
    return std::find(ranks.begin(), ranks.end(), MPI_UNDEFINED) == ranks.end();
}

/// Returns, in order, the names of the handles that this process has dropped and whose processes are all in `comm`.
std::vector<Name> dropped_within(MPI_Comm comm, Place where) {
    std::vector<std::pair<Name, std::shared_ptr<const Group>>> dropped;
    {
        const std::lock_guard lock(mutex);
        for (const auto& [name, entry] : known)
            if (entry.members != nullptr)
                dropped.emplace_back(name, entry.members);
    }
    std::vector<Name> names;
    if (dropped.empty())
        return names;
    const Group all = members(comm, where);
    for (const auto& [name, processes] : dropped)
        if (is_within(*processes, all, where.at()))
            names.push_back(name);
    return names;
}

using Names = std::array<Name, 2>;

/// Returns the minima over the processes of `comm`, over both groups if it has two. Tools do not see these PMPI_ calls, because the program does not
/// make them.
Names least(Names own, MPI_Comm comm, Place where) {
    constexpr int count = 2;
    Names result{};
    call<PMPI_Allreduce>(own.data(), result.data(), count, MPI_INT64_T, MPI_MIN, comm, where);
    if (get<MPI_Comm_test_inter>(comm, where) == 0)
        return result;
    for (std::size_t i = 0; i < count; ++i) own[i] = std::min(own[i], result[i]);  // with the other group's minima
    call<PMPI_Allreduce>(own.data(), result.data(), count, MPI_INT64_T, MPI_MIN, comm, where);
    return result;
}

/// Returns the name that this process proposes for a new handle. Only the first process of a group proposes one.
Name proposal(MPI_Comm comm, Place where) {
    if (get<MPI_Comm_rank>(comm, where) != 0)
        return none;
    std::random_device random;
    return static_cast<Name>((std::uint64_t{random()} << 32 | random()) >> 2);
}

/// Returns the first of the sorted `names` after `name`.
Name next_after(Name name, const std::vector<Name>& names) {
    const auto next = std::upper_bound(names.begin(), names.end(), name);
    return next == names.end() ? none : *next;
}

/// Frees what every process of `comm` has dropped, from `next` on, the lowest name on any process. `dropped` are the names on this process.
void free_dropped(Name next, const std::vector<Name>& dropped, MPI_Comm comm, Place where) {
    while (next != none) {
        const auto [is_free, following] = least({may_have(next) ? 0 : 1, next_after(next, dropped)}, comm, where);
        if (is_free != 0)
            if (const Dropped taken = take_out(next); taken.free)  // no other thread has freed it
                try {
                    taken.free();
                } catch (const Exception&) {  // the handle stays: this call is not about it
                }
        next = following;
    }
}

}  // namespace

HandleName name_handle(MPI_Comm comm, Place where) {
    const std::vector<Name> dropped = dropped_within(comm, where);
    Name name = none, next = none;
    {
        const Unnamed unnamed_yet;
        const Names agreed = least({proposal(comm, where), next_after(-1, dropped)}, comm, where);
        name = agreed[0];
        next = agreed[1];
        note(name);
    }
    free_dropped(next, dropped, comm, where);
    return name;
}

namespace {

std::atomic<void (*)() noexcept> left = nullptr;

}  // namespace

void free_left_at_finalize(void (*free_left)() noexcept) noexcept { left = free_left; }

void free_dropped_at_finalize() {
    static const bool once = [] {
        at_finalize([] {
            // These are collective, and all processes have to do them in the same order.
            end_operations();
            if (const auto free_left = left.load(); free_left != nullptr && !is_session_open())  // otherwise the program may use some longer
                free_left();
            const std::vector<Name> dropped = dropped_within(MPI_COMM_WORLD, {});
            free_dropped(least({none, next_after(-1, dropped)}, MPI_COMM_WORLD, {})[1], dropped, MPI_COMM_WORLD, {});
        });
        return true;
    }();
    (void)once;
}

MPI_Comm made(MPI_Comm comm, Place where) {
    if (comm == MPI_COMM_NULL)
        return comm;
    if (where.comm != nullptr) {
        join_session_of(*where.comm, comm);
        if (is_outside(*where.comm))
            mark_outside(comm, where);
    }
    if (!is_mixed_job())  // other programs would take no part in the agreement on a name
        call<MPI_Comm_set_attr>(comm, key(), reinterpret_cast<void*>(name_handle(comm, where)), where);
    return comm;
}

void forget(HandleName name) noexcept { (void)take_out(name); }

void set_aside(HandleName name, std::function<void()> free, Group processes) {
    auto members = std::make_shared<const Group>(std::move(processes));
    const std::lock_guard lock(mutex);
    if (const auto entry = known.find(name); entry != known.end())
        entry->second = {std::move(free), std::move(members)};
}

void set_aside(MPI_Comm comm) noexcept try {
    void* name = nullptr;
    int found = 0;
    if (!is_running())
        return;
    leave_session(comm);
    if (MPI_Comm_get_attr(comm, key(), &name, &found) != MPI_SUCCESS || found == 0)
        return;
    set_aside(
        reinterpret_cast<Name>(name), [comm]() mutable { call<MPI_Comm_free>(&comm); }, members(comm, {}));
} catch (...) {  // the communicator stays until MPI ends
}

}  // namespace MPI4CXX::detail
