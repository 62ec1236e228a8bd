#include "communicators/ordered_probe.hpp"

#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/error.hpp>

#include "requests/progress.hpp"
#include "runtime/end_of_comm.hpp"
#include "runtime/failure.hpp"
#include "runtime/finalize.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

namespace MPI4CXX::detail {

namespace {

// Nothing of MPI is called under this lock: MPI has locks of its own, which it may hold when it calls `end`.
std::mutex mutex;
// Never destroyed: threads may receive while the process exits.
std::condition_variable& unused = *new std::condition_variable;
std::vector<OrderedProbe*>& all = *new std::vector<OrderedProbe*>;
std::set<MPI_Comm>& noted = *new std::set<MPI_Comm>;  // the communicators whose end MPI will tell
bool forgets_at_end = false;                          // whether MPI's end will forget them

}  // namespace

std::atomic<std::size_t> OrderedProbe::number = 0;

template <class Find> void OrderedProbe::InUse::wait_for(Find find) {
    const std::thread::id nobody, self = std::this_thread::get_id();
    std::unique_lock lock(mutex);
    unused.wait(lock, [&] {
        probe_ = find();
        return probe_ == nullptr || probe_->user_ == nobody || probe_->user_ == self;  // MPI may call `end` within a call of this thread
    });
    if (probe_ != nullptr)
        probe_->user_ = self;
}

OrderedProbe::InUse::InUse(OrderedProbe& probe) {
    wait_for([&] { return &probe; });
}

OrderedProbe::InUse::InUse(MPI_Comm comm) {
    wait_for([&] {
        const auto found = std::find_if(all.begin(), all.end(), [&](const OrderedProbe* probe) { return probe->comm_ == comm; });
        return found == all.end() ? nullptr : *found;
    });
}

OrderedProbe::InUse::~InUse() {
    if (probe_ == nullptr)
        return;
    {
        const std::lock_guard lock(mutex);
        probe_->user_ = {};
    }
    unused.notify_all();
}

OrderedProbe::OrderedProbe(MPI_Comm comm, int source, int tag, const char* method, Place where)
    : comm_(comm), source_(source), tag_(tag), method_(method) {
    note_end_of(comm, where);
    const std::lock_guard lock(mutex);
    all.push_back(this);
    number = all.size();
}

OrderedProbe::~OrderedProbe() {
    const InUse use(*this);
    const std::lock_guard lock(mutex);
    std::erase(all, this);
    number = all.size();
}

bool OrderedProbe::may_take(MPI_Comm comm, int source, int tag) const noexcept {
    const auto meet = [](int a, int b, int any) { return a == b || a == any || b == any; };
    return comm == comm_ && source != MPI_PROC_NULL && meet(source, source_, MPI_ANY_SOURCE) && meet(tag, tag_, MPI_ANY_TAG);
}

bool OrderedProbe::is_looked_for(MPI_Comm comm, int source, int tag, const OrderedProbe* end) noexcept {
    if (!any())
        return false;
    const std::lock_guard lock(mutex);
    return std::any_of(all.begin(), std::find(all.begin(), all.end(), end),
                       [&](const OrderedProbe* probe) { return probe->may_take(comm, source, tag); });
}

bool OrderedProbe::see_behind(const OrderedProbe* end, MPI_Comm comm, int source, int tag, MPI_Status& status, Place where) {
    int flag = 0;
    call<MPI_Iprobe>(source, tag, comm, &flag, &status, where);
    return flag != 0 && !is_looked_for(comm, status.MPI_SOURCE, status.MPI_TAG, end);  // an earlier probe takes such a message at its next look
}

bool OrderedProbe::take_behind(const OrderedProbe* end, MPI_Comm comm, int source, int tag, MPI_Message& message, MPI_Status& status, Place where) {
    if (is_looked_for(comm, source, tag, end)) {
        if (!see_behind(end, comm, source, tag, status, where))
            return false;
        source = status.MPI_SOURCE;
        tag = status.MPI_TAG;
    }
    int flag = 0;
    call<MPI_Improbe>(source, tag, comm, &flag, &message, &status, where);
    return flag != 0;
}

bool OrderedProbe::sees_other(MPI_Comm comm, int source, int tag, MPI_Status& status, Place where) {
    if (any())
        (void)drive();  // pending receives take what has come for them
    return see_behind(nullptr, comm, source, tag, status, where);
}

bool OrderedProbe::take_other(MPI_Comm comm, int source, int tag, MPI_Message& message, MPI_Status& status, Place where) {
    if (any())
        (void)drive();
    return take_behind(nullptr, comm, source, tag, message, status, where);
}

MPI_Comm OrderedProbe::living_comm(Place where) const {
    if (comm_ == MPI_COMM_NULL)
        throw Exception(MPI_ERR_COMM, method_, "the communicator has been freed before the object came: free it when the receives on it are complete",
                        where.at());
    return comm_;
}

bool OrderedProbe::take(MPI_Message& message, MPI_Status& status, Place where) {
    const InUse use(*this);
    if (last_ != MPI_MESSAGE_NULL) {
        message = std::exchange(last_, MPI_MESSAGE_NULL);
        status = last_status_;
        return true;
    }
    if (!take_behind(this, living_comm(where), source_, tag_, message, status, where))
        return false;
    const std::lock_guard lock(mutex);
    source_ = status.MPI_SOURCE;
    tag_ = status.MPI_TAG;
    return true;
}

void OrderedProbe::note_end_of(MPI_Comm comm, Place where) {
    if (comm == MPI_COMM_WORLD || comm == MPI_COMM_SELF)  // the end of MPI deletes their attributes, but cancels receives itself
        return;
    bool is_first = false;
    {
        const std::lock_guard lock(mutex);
        if (!noted.insert(comm).second)
            return;
        is_first = !std::exchange(forgets_at_end, true);
    }
    try {
        if (is_first)
            at_end([] {
                const std::lock_guard lock(mutex);
                noted.clear();
                forgets_at_end = false;
            });
        at_end_of(comm, end, where);
    } catch (...) {
        const std::lock_guard lock(mutex);
        noted.erase(comm);
        throw;
    }
}

/// MPI calls this before it frees a communicator, whoever frees it.
int OrderedProbe::end(MPI_Comm comm, int, void*, void*) noexcept {
    {
        const std::lock_guard lock(mutex);
        noted.erase(comm);
    }
    while (true) {
        const InUse use(comm);
        OrderedProbe* const probe = use.probe();
        if (probe == nullptr)
            return MPI_SUCCESS;
        int flag = 0;
        if (probes_in_delete_functions())
            (void)failure_of([&] { call<MPI_Improbe>(probe->source_, probe->tag_, comm, &flag, &probe->last_, &probe->last_status_); });
        const std::lock_guard lock(mutex);
        probe->comm_ = MPI_COMM_NULL;
    }
}

}  // namespace MPI4CXX::detail
