// What the trace records of a call, and what the watchdog is told of it.
#include "trace/call.hpp"

#include <unistd.h>
#include <algorithm>
#include <utility>

namespace mpi4cxx::trace {

namespace {

thread_local int depth = 0;

// Without destructors: destructors of other objects of a thread may still call MPI.
thread_local Thread* own_thread = nullptr;
thread_local bool is_ending = false;

/// Forgets a thread when it ends.
struct ThreadEnd {
    ThreadEnd() = default;
    ~ThreadEnd() {
        is_ending = true;
        const std::lock_guard lock(threads_mutex);
        std::erase(threads, own_thread);
        delete std::exchange(own_thread, nullptr);
    }
    ThreadEnd(const ThreadEnd&) = delete;
    ThreadEnd& operator=(const ThreadEnd&) = delete;
};

/// Registers the current thread, unless it is about to end.
Thread* new_thread() {
    static int count = 0;
    auto* const made = new Thread;
    made->handle = pthread_self();
    made->task = gettid();
    made->since = now();
    const std::lock_guard lock(threads_mutex);
    made->number = count++;
    made->is_hidden = is_ending;
    if (!is_ending)
        threads.push_back(made);
    return made;
}

/// Has the current thread forgotten when it ends.
void forget_at_end() { [[maybe_unused]] thread_local const ThreadEnd end; }

void count_activity(std::int64_t at) {
    last_activity = at;
    ++activities;
}

constexpr std::int64_t millisecond = 1'000'000, second = 1'000 * millisecond;

/// Adds what a poll has looked for. A loop looks for the same again and again.
void add_polled(const WaitTarget& target, Thread& thread) {
    constexpr std::size_t most_polled = 32;
    const auto is_same = [&](const WaitTarget& t) {
        return t.function == target.function && t.peer == target.peer && t.tag == target.tag && t.comm == target.comm && t.order == target.order;
    };
    if (thread.polls_others || std::any_of(thread.polled.begin(), thread.polled.end(), is_same))
        return;
    thread.polls_others = thread.polled.size() == most_polled;
    if (!thread.polls_others)
        thread.polled.push_back(target);
}

std::int64_t bytes(MPI_Count count, MPI_Datatype type) {
    MPI_Count size = 0;
    if (count > 0 && type != MPI_DATATYPE_NULL)
        PMPI_Type_size_x(type, &size);
    return count > 0 && size > 0 ? std::int64_t{count} * size : 0;
}

void set_name(std::string& name, const char* text) {
    const std::lock_guard lock(details_mutex);
    name = text;
}

}  // namespace

Thread& this_thread() {
    if (own_thread == nullptr) {
        own_thread = new_thread();
        if (own_thread->task != getpid() && !is_ending)  // the main thread lives on in the destructors of static objects
            forget_at_end();
    }
    return *own_thread;
}

std::int64_t SentSizes::operator()(int i, int own) const {
    const int at = is_own_ ? own : i;
    const MPI_Count count = narrow_ != nullptr ? narrow_[at] : wide_ != nullptr ? wide_[at] : count_;
    return bytes(count, types_ != nullptr ? types_[at] : type_);
}

Call::Call(int function) : function_(function) {
    // MPI_Finalize runs attribute callbacks, whose calls belong to the program.
    if (depth++ != 0 || !is_running)
        return;
    if (function == id("MPI_Finalize"))
        depth = 0;
    thread_ = &this_thread();
    begin_ = now();
    if (functions[function].family == Family::local)
        return;
    const std::lock_guard lock(thread_->mutex);
    const bool blocks = functions[function].name.find("ait") != std::string_view::npos || function == id("MPI_Probe") || function == id("MPI_Mprobe");
    const bool looks = functions[function].family == Family::wait && !blocks;
    if (!looks || (begin_ - thread_->since > second && !thread_->is_hidden))  // the thread has computed in between
        count_activity(begin_);
    if (!looks)
        forget_polls();
    thread_->function = function;
    thread_->since = begin_;
    thread_->targets.clear();
    thread_->waits_for_any = false;
}

Call::~Call() { depth = std::max(depth - 1, 0); }

void Call::waits_for(const WaitTarget& target) {
    const std::lock_guard lock(thread_->mutex);
    thread_->targets.push_back(target);
}

void Call::waits_for_any() {
    const std::lock_guard lock(thread_->mutex);
    thread_->waits_for_any = true;
}

void Call::sends_to(MPI_Count count, MPI_Datatype type, int dest, int tag, MPI_Comm comm) {
    if (!is_on())
        return;
    Communicator* const where = communicator_info(comm);
    const int peer = where == nullptr ? no_rank : where->world_rank(dest);
    const std::int64_t size = bytes(count, type);
    static_cast<WaitTarget&>(send_) = {WaitTarget::Kind::send, function_, peer, tag, where, 0, 0, count, size};
    send_.sent_bytes = {{peer, size}};
    waits_for(send_);
}

void Call::readies(MPI_Request request, int partitions) const {
    const std::shared_ptr<Operation> send = is_on() ? find_operation(request) : nullptr;
    if (send == nullptr)
        return;
    const std::lock_guard lock(log_mutex);
    send->unready -= partitions;
}

void Call::receives_from(int source, int tag, MPI_Comm comm) {
    probes_from(source, tag, comm);
    other_.kind = other_.kind == WaitTarget::Kind::none ? WaitTarget::Kind::none : WaitTarget::Kind::receive;
}

void Call::probes_from(int source, int tag, MPI_Comm comm) {
    if (!is_on())
        return;
    Communicator* const where = communicator_info(comm);
    static_cast<WaitTarget&>(other_) = {WaitTarget::Kind::probe, function_, where == nullptr ? no_rank : where->world_rank(source), tag, where};
    waits_for(other_);
}

void Call::receives_message(const MPI_Message* message) {
    if (!is_on())
        return;
    const std::shared_ptr<Operation> found = take_message_operation(*message);
    if (found == nullptr)
        return;
    other_ = *found;
    other_.kind = WaitTarget::Kind::receive;
    other_.function = function_;
    waits_for(other_);
}

void Call::collective(MPI_Comm comm, CollectivePattern pattern, int root, const SentSizes& sizes) {
    if (!is_on())
        return;
    Communicator* const where = communicator_info(comm);
    if (where == nullptr)
        return;
    const bool is_root = where->is_inter ? root == MPI_ROOT : root == where->rank;
    static_cast<WaitTarget&>(other_) = {WaitTarget::Kind::collective, function_, no_rank, 0, where, ++where->collectives};
    if (pattern == CollectivePattern::from_root || pattern == CollectivePattern::to_root)
        other_.root = root;
    other_.pattern = pattern;
    other_.is_root = is_root;
    const auto give = [&](std::size_t peer, std::size_t i) {
        if (const std::int64_t size = sizes(static_cast<int>(i), where->rank); size > 0)
            other_.sent_bytes.emplace_back(where->peers[peer], size);
    };
    const std::size_t own = where->is_inter ? where->peers.size() : static_cast<std::size_t>(where->rank);  // this process is given nothing
    if (pattern == CollectivePattern::to_root) {
        if (!is_root && root >= 0 && static_cast<std::size_t>(root) < where->peers.size())
            give(static_cast<std::size_t>(root), 0);
    } else if (pattern == CollectivePattern::neighbours) {
        for (std::size_t i = 0; i < where->neighbours.size(); ++i)
            if (where->neighbours[i] >= 0)
                give(static_cast<std::size_t>(where->neighbours[i]), i);
    } else if (pattern != CollectivePattern::from_root || is_root) {
        for (std::size_t i = pattern == CollectivePattern::upwards ? own + 1 : 0; i < where->peers.size(); ++i)
            if (i != own)
                give(i, i);
    }
    waits_for(other_);
}

void Call::will_make_comm(const MPI_Comm* comm) {
    if (!is_on() || other_.comm == nullptr)
        return;
    other_.made = comm;
    other_.made_number = take_number(*other_.comm);
}

MPI_Status* Call::fills_status(MPI_Status* status) {
    status_ = status == MPI_STATUS_IGNORE ? &own_status_ : status;
    return is_on() ? status_ : status;
}

void Call::names_comm(MPI_Comm comm, const char* name) {
    if (!is_on())
        return;
    if (Communicator* const named = communicator_info(comm); named != nullptr)
        set_name(named->name, name);
}

void Call::names_window(MPI_Win win, const char* name) {
    if (!is_on())
        return;
    if (Window* const named = window_info(win); named != nullptr)
        set_name(named->name, name);
}

void Call::accesses(MPI_Count count, MPI_Datatype type, int target_rank, MPI_Win win, bool writes, bool reads) {
    if (!is_on())
        return;
    window_ = window_info(win);
    other_.peer = window_ == nullptr ? no_rank : window_->world_rank(target_rank);
    const std::int64_t size = bytes(count, type);
    written_ = writes ? size : 0;
    read_ = reads ? size : 0;
}

void Call::synchronizes(MPI_Win win, int target_rank) {
    if (!is_on())
        return;
    window_ = window_info(win);
    if (window_ == nullptr)
        return;
    other_.function = function_;
    other_.peer = window_->world_rank(target_rank);
    other_.window = window_;
    other_.is_exclusive = other_.is_exclusive || has_exclusive_lock(window_, other_.peer);
    WaitTarget target = other_;
    target.kind = WaitTarget::Kind::window;
    waits_for(target);
}

void Call::locks(MPI_Win win, int target_rank, bool is_exclusive) {
    other_.is_exclusive = is_exclusive;
    synchronizes(win, target_rank);
}

void Call::meets(MPI_Win win) {
    if (!is_on())
        return;
    if (Window* const window = window_info(win); window != nullptr)
        other_.number = ++window->collectives;
    synchronizes(win, any_rank);
}

void Call::posts(MPI_Win win, MPI_Group group, bool starts) {
    if (!is_on())
        return;
    if (Window* const window = window_info(win); window != nullptr) {
        std::vector<int> ranks = world_ranks_of(group);
        const std::lock_guard lock(details_mutex);
        for (const int other : ranks) ++(starts ? window->epochs[other].starts : window->epochs[other].posts);
        (starts ? window->started : window->posted) = std::move(ranks);
    }
    synchronizes(win, any_rank);
}

void Call::completes_epoch(MPI_Win win) {
    if (!is_on())
        return;
    if (Window* const window = window_info(win); window != nullptr) {
        const std::lock_guard lock(details_mutex);
        for (const int other : window->started) ++window->epochs[other].completes;
    }
    synchronizes(win, any_rank);
}

void Call::resumes() {
    if (!is_on())
        return;
    const std::lock_guard lock(thread_->mutex);
    thread_->function = function_;
    thread_->since = now();
    thread_->targets = {other_};
    forget_polls();
    count_activity(thread_->since);
}

void Call::forget_polls() {
    thread_->polls = 0;
    thread_->polled.clear();
    thread_->polls_others = thread_->polls_for_all = false;
}

void Call::leave(std::int64_t end) {
    const std::lock_guard lock(thread_->mutex);
    thread_->function = -1;
    thread_->since = end;
    if (found_nothing()) {
        ++thread_->polls;
        for (const WaitTarget& target : thread_->targets) add_polled(target, *thread_);
        thread_->polls_for_all = thread_->polls_for_all || function_ == id("MPI_Testall");
        return;
    }
    forget_polls();
    count_activity(end);
}

std::int64_t Call::record(std::int64_t end) {
    CallTotals& total = own_log.totals[function_];
    ++total.calls;
    total.time += end - begin_;
    total.waiting += found_nothing() ? end - begin_ : 0;
    if (functions[function_].family == Family::local)
        return -1;
    if (found_nothing() && !own_log.events.empty()) {
        Event& last = own_log.events.back();
        if (last.polls > 0 && last.thread == thread_->number && begin_ - last.end < millisecond) {
            last.end = end;
            ++last.polls;
            return -1;
        }
    }
    if (own_log.events.size() >= most_events) {
        ++own_log.dropped;
        return -1;
    }
    const Operation& shown = send_.kind != WaitTarget::Kind::none ? send_ : other_;
    Event event{begin_, end, 0, function_, thread_->number, shown.peer, shown.tag, 0, comm_index(shown.comm), found_nothing() ? 1 : 0};
    for (const Operation* operation : {&send_, &other_})
        for (const auto& [peer, size] : operation->sent_bytes) event.bytes += peer == no_rank ? 0 : size;
    event.bytes += written_ + read_;
    own_log.events.push_back(event);
    return static_cast<std::int64_t>(own_log.events.size()) - 1;
}

int Call::done(int code) {
    if (!is_on())
        return code;
    const std::int64_t end = now();
    const bool good = code == MPI_SUCCESS;
    if (functions[function_].family != Family::local)
        leave(end);
    if (good && made_window_ != nullptr)
        window_info(*made_window_);
    const std::string_view name = functions[function_].name;
    if (good && window_ != nullptr && (name == "MPI_Win_lock" || name == "MPI_Win_lock_all"))
        take_lock(window_, other_.peer, other_.is_exclusive);
    if (good && window_ != nullptr && (name == "MPI_Win_unlock" || name == "MPI_Win_unlock_all"))
        give_lock_back(window_, other_.peer);
    std::unique_lock lock(log_mutex);
    const std::int64_t event = is_logging ? record(end) : -1;
    int error = MPI_SUCCESS;
    if (!good)
        PMPI_Error_class(code, &error);
    if (found_nothing() || (!good && made_nothing(error)))
        return code;
    const bool is_persistent = request_ != nullptr && functions[function_].name.find("_init") != std::string_view::npos;
    for (Operation* operation : {&send_, &other_}) {
        if (operation->kind == WaitTarget::Kind::none || operation->kind == WaitTarget::Kind::probe)
            continue;
        operation->is_persistent = is_persistent;
        if (!is_persistent)
            begin(*operation, begin_, request_ == nullptr ? event : -1);
        if (request_ == nullptr)
            complete(*operation, status_, event);
    }
    if (is_logging && other_.peer >= 0 && written_ + read_ > 0) {
        own_log.totals[function_].sent += written_;
        own_log.totals[function_].received += read_;
        own_log.traffic[other_.peer].window_bytes += written_;
        if (read_ > 0)
            own_log.fetched[other_.peer].window_bytes += read_;
    }
    completes(event, error);
    lock.unlock();
    if (!good)
        return code;
    for (const auto& [comm, number] : made_) communicator_info(*comm, number);
    if (request_ != nullptr)
        set_operation(*request_, other_.kind != WaitTarget::Kind::none ? other_ : send_);
    if (found_ != nullptr) {
        other_.peer = other_.peer == any_rank && status_ != nullptr ? other_.comm->world_rank(status_->MPI_SOURCE) : other_.peer;
        set_message_operation(*found_, other_);
    }
    return code;
}

}  // namespace mpi4cxx::trace
