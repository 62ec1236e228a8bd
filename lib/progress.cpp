#include "progress.hpp"

#include "finalize.hpp"

#include <algorithm>
#include <mutex>
#include <vector>

namespace mpi4cxx::detail {

std::atomic<int> driven{0};
std::atomic<int> operations{0};
std::uint64_t steps = 0;

namespace {

std::mutex mutex;  // of every Operation as well as of these lists
std::vector<Operation*> watched;
std::vector<std::unique_ptr<Operation>> adopted;

void count() { driven.store(static_cast<int>(watched.size() + adopted.size()), std::memory_order_relaxed); }

template <class Pointer> void drive_list(std::vector<Pointer>& operations) {
    for (std::size_t i = 0; i < operations.size(); ++i) operations[i]->advance();  // which may lengthen the list
    std::erase_if(operations, [](const auto& operation) { return operation->is_complete(); });
}

/// Drives all until nothing moves: what one has sent another may wait for.
void drive_locked() {
    std::uint64_t before = 0;
    do {
        before = steps;
        drive_list(watched);
        drive_list(adopted);
    } while (steps != before);
    count();
}

/// Sends that nobody waits for have to leave before MPI_Finalize, as the standard asks of every send.
void drain() {
    while (true) {
        const std::lock_guard lock(mutex);
        drive_locked();
        if (adopted.empty())
            return;
    }
}

}  // namespace

void watch(Operation& operation) {
    const std::lock_guard lock(mutex);
    watched.push_back(&operation);
    count();
}

void unwatch(Operation& operation) {
    const std::lock_guard lock(mutex);
    std::erase(watched, &operation);
    count();
}

void drive() {
    const std::lock_guard lock(mutex);
    drive_locked();
}

bool look(Operation& operation) {
    const std::lock_guard lock(mutex);
    operation.advance();
    if (!operation.is_complete())
        return operation.may_leave();
    std::erase(watched, &operation);
    count();
    return true;
}

bool drive_receive(Operation& operation) {
    const std::lock_guard lock(mutex);
    if (operation.is_complete() || !operation.is_receive())
        return false;
    drive_locked();
    return true;
}

bool complete_or_drive(Operation& operation) {
    if (look(operation))
        return true;
    drive();
    return look(operation);
}

void cancel(Operation& operation) {
    const std::lock_guard lock(mutex);
    operation.cancel();
}

void keep(std::unique_ptr<Operation> operation) {
    static const bool once = (at_finalize(drain), true);
    (void)once;
    adopted.push_back(std::move(operation));
    count();
}

void leave(std::unique_ptr<Operation> operation) { (void)leave_incomplete(operation); }

bool leave_incomplete(std::unique_ptr<Operation>& operation) {
    const std::lock_guard lock(mutex);
    if (operation->is_complete())
        return false;
    std::erase(watched, operation.get());
    keep(std::move(operation));
    drive_locked();
    return true;
}

void adopt(std::unique_ptr<Operation> operation) {
    cancel(*operation);
    while (operation->needs_caller() && !complete_or_drive(*operation)) {}
    leave(std::move(operation));
}

void complete(MPI_Request request, MPI_Status* status, std::string_view function, Place where) {
    int flag = 0;
    while (true) {
        if (const int code = MPI_Test(&request, &flag, status); code != MPI_SUCCESS)
            raise(code, function, where.file, where.line, where.comm);
        if (flag != 0)
            return;
        drive();
    }
}

}  // namespace mpi4cxx::detail
