// A traced call of an MPI function, and the threads that make calls.
#pragma once

#include "trace/operation.hpp"

#include "functions.hpp"

#include <pthread.h>
#include <atomic>
#include <mutex>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

/// Marks the functions that replace those of the MPI.
#define MPI4CXX_TRACED __attribute__((visibility("default")))

namespace mpi4cxx::trace {

/// Returns the index of a function by its name.
consteval int id(std::string_view name) {
    int i = 0;
    while (functions[i].name != name) ++i;
    return i;
}

/// What one thread is doing, for the watchdog.
struct Thread {
    std::mutex mutex;
    pthread_t handle{};
    int task = 0;  // thread id of the kernel
    int number = 0;
    bool is_hidden = false;           // belongs to the library and only polls now and then
    int function = -1;                // of the current call
    std::int64_t since = 0;           // when the thread entered or left MPI
    std::vector<WaitTarget> targets;  // what the call waits for
    bool waits_for_any = false;
    std::int64_t polls = 0;  // calls that found nothing since something last moved
    std::vector<WaitTarget> polled;
    bool polls_others = false;   // more than `polled` holds
    bool polls_for_all = false;  // a call that finds nothing until all that it asks for is complete
    /// What the watchdog has seen of the polls.
    struct Polls {
        std::int64_t number = 0, computed = 0, at = 0;  // `polls`, the CPU time of the thread, and when that was
    };
    Polls before, latest;  // seconds ago
    bool is_looping = false;
};

/// Threads that have called MPI and still exist. Protected by threads_mutex.
inline std::mutex threads_mutex;
inline std::vector<Thread*>& threads = *new std::vector<Thread*>;  // never destroyed: threads may outlive it
Thread& this_thread();

/// Whether calls are recorded, and whether they go into the log too: the watchdog needs no log.
inline std::atomic<bool> is_running = false, is_logging = false;
/// When a call of this process last began or completed something, and how often.
inline std::atomic<std::int64_t> last_activity = 0, activities = 0;
/// The largest number of events that a process keeps.
inline std::size_t most_events = 0;

/// The bytes that a collective sends to the ith receiver.
class SentSizes {
public:
    SentSizes() = default;
    SentSizes(MPI_Count count, MPI_Datatype type) : count_(count), type_(type) {}
    SentSizes(const int* counts, MPI_Datatype type, const MPI_Datatype* types, bool own)
        : narrow_(counts), type_(type), types_(types), is_own_(own) {}
    SentSizes(const MPI_Count* counts, MPI_Datatype type, const MPI_Datatype* types, bool own)
        : wide_(counts), type_(type), types_(types), is_own_(own) {}
    [[nodiscard]] std::int64_t operator()(int i, int own) const;

private:
    MPI_Count count_ = 0;
    const int* narrow_ = nullptr;
    const MPI_Count* wide_ = nullptr;
    MPI_Datatype type_ = MPI_DATATYPE_NULL;
    const MPI_Datatype* types_ = nullptr;
    bool is_own_ = false;  // this process's entry counts for all receivers
};
inline SentSizes nothing() { return {}; }
inline SentSizes same(MPI_Count count, MPI_Datatype type) { return {count, type}; }
template <class Count> SentSizes each(const Count* counts, MPI_Datatype type) { return {counts, type, nullptr, false}; }
template <class Count> SentSizes each(const Count* counts, const MPI_Datatype* types) { return {counts, MPI_DATATYPE_NULL, types, false}; }
template <class Count> SentSizes own(const Count* counts, MPI_Datatype type) { return {counts, type, nullptr, true}; }

/// One call of an MPI function. The wrapper first tells what is known before the call, then what the call returned.
/// Calls that MPI itself makes, and calls before MPI_Init or after MPI_Finalize, are ignored.
class Call {
public:
    explicit Call(int function);
    virtual ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    void sends_to(MPI_Count count, MPI_Datatype type, int dest, int tag, MPI_Comm comm);
    void has_partitions(int number) { send_.partitions = number; }
    void readies(MPI_Request request, int partitions) const;
    void receives_from(int source, int tag, MPI_Comm comm);
    void probes_from(int source, int tag, MPI_Comm comm);
    void finds_message(MPI_Message* message) { found_ = message; }
    void receives_message(const MPI_Message* message);
    void collective(MPI_Comm comm, CollectivePattern pattern, int root, const SentSizes& sizes);
    /// Returns what a call that scatters the results of a reduction sends. Between two groups `counts` are those of the own group, and each of the
    /// others is given as much on the average.
    template <class Count> [[nodiscard]] SentSizes scattered(const Count* counts, MPI_Datatype type, MPI_Comm comm) const {
        const Communicator* const where = is_on() ? communicator_info(comm) : nullptr;
        if (where == nullptr || !where->is_inter)
            return each(counts, type);
        const MPI_Count total = std::accumulate(counts, counts + where->members.size(), MPI_Count{0});
        return same(total / static_cast<MPI_Count>(where->peers.size()), type);
    }
    /// Returns where the call writes its status: the trace needs one even if the caller does not.
    MPI_Status* fills_status(MPI_Status* status);
    void sets_flag(const int* flag) { flag_ = flag; }
    void starts_request(const MPI_Request* request) { request_ = request; }
    void makes_comm(const MPI_Comm* comm, int number = next_number) { made_.push_back({comm, number}); }
    /// The same when the request is complete. The others may complete theirs in another order, so the number is taken now.
    void will_make_comm(const MPI_Comm* comm);
    void names_comm(MPI_Comm comm, const char* name);
    void makes_window(const MPI_Win* win) { made_window_ = win; }
    void names_window(MPI_Win win, const char* name);
    /// A one-sided access, which writes to the target's memory (as many bytes as `count` elements of `type`), reads the memory, or both.
    void accesses(MPI_Count count, MPI_Datatype type, int target_rank, MPI_Win win, bool writes, bool reads);
    /// The synchronization of a window with one rank, or with any_rank.
    void synchronizes(MPI_Win win, int target_rank);
    void locks(MPI_Win win, int target_rank, bool is_exclusive);
    /// The synchronization of a window with all its processes.
    void meets(MPI_Win win);
    void posts(MPI_Win win, MPI_Group group, bool starts);
    void completes_epoch(MPI_Win win);
    /// Marks the call as waiting again, after calls that were made within it.
    void resumes();
    int done(int code);

protected:
    /// Tells the watchdog what the call waits for.
    void waits_for(const WaitTarget& target);
    void waits_for_any();
    /// Completes the operations that the call found complete. `event` is the event of the call, -1 if it has none; `error` is the class of the error
    /// that the call has returned; the log is locked.
    virtual void completes(std::int64_t /*event*/, int /*error*/) {}
    /// Returns whether a call that has failed leaves all as it was. One that has received a message that is too long has taken the message.
    [[nodiscard]] virtual bool made_nothing(int error) const noexcept { return error != MPI_ERR_TRUNCATE || request_ != nullptr; }
    [[nodiscard]] bool is_on() const noexcept { return thread_ != nullptr; }
    [[nodiscard]] bool found_nothing() const noexcept { return flag_ != nullptr && *flag_ == 0; }

    int function_;
    Thread* thread_ = nullptr;
    std::int64_t begin_ = 0;
    const int* flag_ = nullptr;

private:
    void leave(std::int64_t end);
    void forget_polls();
    /// Adds the call to the log, which is locked. Returns the index of its event, -1 if it has none.
    std::int64_t record(std::int64_t end);

    Operation send_, other_;
    MPI_Status own_status_{};
    MPI_Status* status_ = nullptr;
    MPI_Message* found_ = nullptr;
    const MPI_Request* request_ = nullptr;
    struct Made {
        const MPI_Comm* comm;
        int number;
    };
    std::vector<Made> made_;
    const MPI_Win* made_window_ = nullptr;
    Window* window_ = nullptr;
    std::int64_t written_ = 0, read_ = 0;
};

}  // namespace mpi4cxx::trace
