#include "requests/progress.hpp"

#include <mpi4cxx/detail/mpi/call.hpp>

#include "requests/ending.hpp"
#include "requests/progress_thread.hpp"
#include "runtime/finalize.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace MPI4CXX::detail {

std::atomic<int> driven_operations{0};
std::atomic<int> operations{0};
std::atomic<bool> has_left = false;
std::uint64_t steps = 0;

/// Adopted operations that are complete. The destructor destroys them. It runs after the lock is released and in a thread of the program, because an
/// object's destructor may call this library.
class Finished {
public:
    Finished() noexcept = default;
    Finished(const Finished&) = delete;
    Finished& operator=(const Finished&) = delete;
    ~Finished() {
        while (first_ != nullptr) delete std::exchange(first_, first_->next_finished_);
    }
    void add(Operation& operation) noexcept { operation.next_finished_ = std::exchange(first_, &operation); }
    void swap(Finished& other) noexcept { std::swap(first_, other.first_); }
    [[nodiscard]] bool is_empty() const noexcept { return first_ == nullptr; }

private:
    Operation* first_ = nullptr;
};

/// The table of driven operations. Each operation knows its place in it.
class OperationTable {
public:
    /// Reserves memory for `size` operations, so that nothing needs any later.
    void reserve(std::size_t size) {
        operations_.reserve(size);
        ready_.reserve(size);
        requests_.resize(size);
        indices_.resize(size);
        statuses_.resize(size);
    }
    void add(Operation& operation) noexcept {
        operation.place_ = operations_.size();
        operations_.push_back(&operation);
        count();
    }
    void adopt(std::unique_ptr<Operation> operation) noexcept {
        if (operation->place_ == Operation::nowhere)
            add(*operation);
        operation.release()->is_adopted_ = true;
    }
    void remove(Operation& operation) noexcept {
        if (operation.place_ == Operation::nowhere)
            return;
        operations_[operation.place_] = operations_.back();
        operations_.back()->place_ = operation.place_;
        operations_.pop_back();
        operation.place_ = Operation::nowhere;
        count();
    }
    /// Takes a complete operation out of the table, and leaves it to its owner.
    void retire(Operation& operation) noexcept {
        remove(operation);
        operation.is_done_.store(true, std::memory_order_release);
    }
    [[nodiscard]] std::size_t size() const noexcept { return operations_.size(); }
    [[nodiscard]] bool has_adopted() const noexcept {
        return std::any_of(operations_.begin(), operations_.end(), [](const Operation* operation) { return operation->is_adopted_; });
    }
    /// Cancels the operations that still have an owner, because MPI ends.
    void cancel() {
        is_ending_.store(true, std::memory_order_relaxed);
        for (Operation* const operation : operations_)
            if (!operation->is_adopted_)
                operation->cancel();
    }
    /// Whether any operation may be among those that the end of MPI has cancelled. Needs no lock.
    [[nodiscard]] bool is_ending() const noexcept { return is_ending_.load(std::memory_order_relaxed); }
    /// Takes an operation from among them. Returns whether it was there.
    bool take_ended(const Operation& operation) noexcept { return std::erase(ended_, &operation) != 0; }

    /// Drives all operations until nothing moves, because one may wait for what another has sent. Moves those to destroy to `finished`.
    void drive(Finished& finished) {
        drive_on(false);
        finished.swap(finished_);
        count();
    }
    /// Does the same, and then rests for up to four times as long if the operations are many. So a program that tests them one after the other, or
    /// waits for something else, does not spend its time on asking for all. Returns false, and does nothing, during a rest.
    bool drive_unless_resting(Finished& finished) {
        if (operations_.size() <= some) {
            drive(finished);
            return true;
        }
        const auto start = Clock::now();
        if (start < end_of_rest_)
            return false;
        const auto most = std::chrono::nanoseconds(100) * operations_.size();  // in case that the thread was stopped meanwhile
        drive(finished);
        const auto end = Clock::now();
        end_of_rest_ = end + std::min<Clock::duration>(4 * (end - start), most);
        return true;
    }
    /// Drives all operations in the progress thread, which destroys nothing.
    void drive_aside() { drive_on(true); }
    /// Returns whether this process has not been told yet that the operation is complete. Calling this tells it.
    static bool is_unseen(Operation& operation) noexcept { return std::exchange(operation.is_complete_unseen_, false); }

private:
    // Finished operations count too, so that somebody comes to drive and destroys them.
    void count() const noexcept {
        driven_operations.store(static_cast<int>(operations_.size()) + (finished_.is_empty() ? 0 : 1), std::memory_order_relaxed);
    }
    void drive_on(bool aside) {
        std::uint64_t before = 0;
        do {
            before = steps;
            find_ready();
            for (Operation* const operation : ready_) {
                operation->advance();
                if (operation->is_complete())
                    end(*operation, aside);
            }
        } while (steps != before);
    }
    /// Finds the operations that may go on, by one MPI call for all that wait for a request.
    void find_ready() {
        ready_.clear();
        if (operations_.size() <= few || !test_awaited())
            ready_.assign(operations_.begin(), operations_.end());  // each looks for itself, and finds its own error
    }
    bool test_awaited() {
        for (std::size_t i = 0; i < operations_.size(); ++i) {
            const MPI_Request* const awaited = operations_[i]->awaited();
            requests_[i] = awaited != nullptr ? *awaited : MPI_REQUEST_NULL;
            if (requests_[i] == MPI_REQUEST_NULL)
                ready_.push_back(operations_[i]);
        }
        int number = 0;
        const int code = MPI_Testsome(static_cast<int>(operations_.size()), requests_.data(), &number, indices_.data(), statuses_.data());
        if (code != MPI_SUCCESS && class_of(code) != MPI_ERR_IN_STATUS)
            return false;
        for (int i = 0; i < number; ++i) {  // `number` is MPI_UNDEFINED, which is negative, if nothing is awaited
            const MPI_Status& status = statuses_[static_cast<std::size_t>(i)];
            Operation* const operation = operations_[static_cast<std::size_t>(indices_[static_cast<std::size_t>(i)])];
            operation->hear(code != MPI_SUCCESS ? status.MPI_ERROR : MPI_SUCCESS, status);
            ready_.push_back(operation);
        }
        return true;
    }
    static int class_of(int code) {
        int result = MPI_ERR_OTHER;
        MPI_Error_class(code, &result);
        return result;
    }
    static bool is_cancelled(const Operation& operation) noexcept { return get<PMPI_Test_cancelled>(&operation.status_) != 0; }
    void end(Operation& operation, bool aside) noexcept {
        operation.is_complete_unseen_ = aside;
        if (!operation.is_adopted_) {
            if (is_ending() && is_cancelled(operation))
                ended_.push_back(&operation);
            return retire(operation);
        }
        finished_.add(operation);
        remove(operation);  // counts those that are finished
    }

    using Clock = std::chrono::steady_clock;
    static constexpr std::size_t few = 2, some = 16;
    std::vector<Operation*> operations_, ready_;
    std::vector<MPI_Request> requests_;
    std::vector<int> indices_;
    std::vector<MPI_Status> statuses_;
    Finished finished_;
    std::vector<const Operation*> ended_;  // those that their owners will find cancelled by the end of MPI
    std::atomic<bool> is_ending_ = false;
    Clock::time_point end_of_rest_;
};

namespace {

// Never destroyed: the progress thread may outlive them if a process exits without MPI_Finalize.
std::mutex& mutex = *new std::mutex;  // guards every Operation as well as the table
OperationTable& all = *new OperationTable;

std::atomic<int> room = 0;  // how many operations there is memory for

std::atomic<std::uint32_t> moves = 0;
void note_activity() noexcept { moves.store(moves.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed); }

/// A request that nobody waits for any more, which MPI completes by itself.
struct DroppedRequest {
    MPI_Request request;
    std::unique_ptr<RequestResources> resources;
};
constexpr std::size_t looked_at = 4;  // how many each call looks at, so that its cost does not depend on their number
std::mutex& left_mutex = *new std::mutex;
std::vector<DroppedRequest>& dropped_requests = *new std::vector<DroppedRequest>;
std::size_t next_dropped = 0;

/// Looks at the next `number` dropped requests and frees those that are complete.
void free_dropped(std::size_t number) {
    for (; number != 0 && !dropped_requests.empty(); --number) {
        next_dropped = next_dropped < dropped_requests.size() ? next_dropped : 0;
        int flag = 0;
        if (MPI_Test(&dropped_requests[next_dropped].request, &flag, MPI_STATUS_IGNORE) == MPI_SUCCESS && flag == 0) {
            ++next_dropped;
            continue;
        }
        std::swap(dropped_requests[next_dropped], dropped_requests.back());
        dropped_requests.pop_back();
    }
    has_left.store(!dropped_requests.empty(), std::memory_order_relaxed);
}

void end_at_finalize() {
    static const bool once = (at_finalize(end_operations), true);
    (void)once;
}

}  // namespace

Operation::Operation() {
    const int number = operations.load(std::memory_order_relaxed);
    if (number <= room.load(std::memory_order_relaxed))
        return;
    const std::lock_guard lock(mutex);
    const int wanted = std::max(2 * number, room.load(std::memory_order_relaxed));
    all.reserve(static_cast<std::size_t>(wanted));
    room.store(wanted, std::memory_order_relaxed);
}

std::uint32_t activity() noexcept { return moves.load(std::memory_order_relaxed); }

void watch(Operation& operation) {
    {
        const std::lock_guard lock(mutex);
        all.add(operation);
        note_activity();
    }
    wake_progress_thread();
}

void unwatch(Operation& operation) {
    const std::lock_guard lock(mutex);
    all.remove(operation);
}

bool drive() {
    Finished finished;
    const std::lock_guard lock(mutex);
    note_activity();
    return all.drive_unless_resting(finished);
}

bool drive_aside() {
    const std::lock_guard lock(mutex);
    const std::uint64_t before = steps;
    all.drive_aside();
    return steps != before;
}

std::size_t drive_all() {
    Finished finished;
    const std::scoped_lock lock(mutex, left_mutex);
    all.drive(finished);
    free_dropped(dropped_requests.size());
    return all.size() + dropped_requests.size();
}

void settle_left() {
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    const auto is_something_left = [] {
        const std::scoped_lock lock(mutex, left_mutex);
        return all.has_adopted() || !dropped_requests.empty();
    };
    while (is_something_left() && std::chrono::steady_clock::now() < patience) {
        static_cast<void>(drive_all());
        std::this_thread::yield();
    }
}

void cancel_all() {
    const std::lock_guard lock(mutex);
    all.cancel();
}

bool was_ended(const Operation& operation) noexcept {
    if (!all.is_ending())
        return false;
    const std::lock_guard lock(mutex);
    return all.take_ended(operation) && !is_running();
}

bool look(Operation& operation) {
    if (!operation.is_done()) {
        const std::lock_guard lock(mutex);
        note_activity();
        operation.advance();
        if (!operation.is_complete())
            return operation.may_leave();
        all.retire(operation);
    }
    (void)OperationTable::is_unseen(operation);
    return true;
}

bool drive_receive(Operation& operation) {
    Finished finished;
    const std::lock_guard lock(mutex);
    if (!operation.is_receive())
        return false;
    if (operation.is_complete())
        return OperationTable::is_unseen(operation);
    note_activity();
    operation.advance();
    if (operation.is_complete())
        all.retire(operation);
    (void)all.drive_unless_resting(finished);
    return true;
}

bool complete_or_drive(Operation& operation) { return look(operation) || (drive() && look(operation)); }

bool needs_caller(Operation& operation) {
    const std::lock_guard lock(mutex);
    return operation.needs_caller();
}

void cancel(Operation& operation) {
    const std::lock_guard lock(mutex);
    operation.cancel();
}

void keep(std::unique_ptr<Operation> operation) {
    end_at_finalize();
    all.adopt(std::move(operation));
    wake_progress_thread();  // MPICH 5's MPI_Comm_disconnect waits until requests are freed, and nobody else would look at this one
}

bool leave_incomplete(std::unique_ptr<Operation>& operation) {
    const std::lock_guard lock(mutex);
    note_activity();
    operation->advance();
    if (operation->is_complete()) {
        all.remove(*operation);
        return false;
    }
    keep(std::move(operation));
    return true;
}

void adopt(std::unique_ptr<Operation> operation) {
    cancel(*operation);
    while (needs_caller(*operation) && !complete_or_drive(*operation)) {}
    if (leave_incomplete(operation))
        (void)drive();  // frees those that are complete, for a program that only sends and drops
}

void leave(MPI_Request request, std::unique_ptr<RequestResources> resources) noexcept {
    end_at_finalize();
    const std::lock_guard lock(left_mutex);
    free_dropped(looked_at);
    try {
        dropped_requests.emplace_back();
    } catch (...) {  // no memory to note the request, so what MPI uses is never freed
        (void)resources.release();
        return;
    }
    dropped_requests.back() = {request, std::move(resources)};
    has_left.store(true, std::memory_order_relaxed);
}

void tidy_some_left() noexcept {
    const std::lock_guard lock(left_mutex);
    free_dropped(looked_at);
}

void complete(MPI_Request request, MPI_Status* status, std::string_view function, Place where) {
    int flag = 0;
    while (true) {
        if (const int code = MPI_Test(&request, &flag, status); code != MPI_SUCCESS)
            raise(code, function, where.file, where.line, where.comm);
        if (flag != 0)
            return;
        (void)drive();
    }
}

}  // namespace MPI4CXX::detail
