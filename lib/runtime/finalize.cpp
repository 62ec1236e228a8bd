#include "runtime/finalize.hpp"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace MPI4CXX::detail {

namespace {

std::mutex mutex;
std::vector<void (*)()> actions;
// The functions that unbind each bound `entry`. Never destroyed, because MPI itself may end the process.
std::vector<void (*)()>& bound = *new std::vector<void (*)()>;

void unbind_all() {
    const std::lock_guard lock(mutex);
    for (void (*const unbind)() : bound) unbind();
    bound.clear();  // if later actions bind again, this is called again
}

// MPI_Finalize begins by deleting the attributes of COMM_SELF, which calls this function (MPI-4.0, 11.2.4).
int run_actions(MPI_Comm, int, void*, void*) {
    while (true) {
        void (*action)() = nullptr;
        {
            const std::lock_guard lock(mutex);
            if (actions.empty())
                return MPI_SUCCESS;
            action = actions.back();
            actions.pop_back();
        }
        action();
    }
}

}  // namespace

bool is_running() noexcept {
    int initialized = 0, finalized = 0;
    MPI_Initialized(&initialized);
    MPI_Finalized(&finalized);
    return initialized != 0 && finalized == 0;
}

void at_finalize(void (*action)()) {
    {
        const std::lock_guard lock(mutex);
        actions.push_back(action);
    }
    static std::atomic<bool> hooked = false;
    if (hooked.exchange(true))  // not the initializer of a static: the calls below call this function themselves
        return;
    int key = MPI_KEYVAL_INVALID;
    call<MPI_Comm_create_keyval>(MPI_COMM_NULL_COPY_FN, run_actions, &key, nullptr);
    call<MPI_Comm_set_attr>(MPI_COMM_SELF, key, nullptr);
    call<MPI_Comm_free_keyval>(&key);  // the key lasts as long as its attribute
}

int enter(void (*unbind)()) {
    if (!is_running())
        return outside_mpi();
    bool is_first = false;
    {
        const std::lock_guard lock(mutex);
        is_first = bound.empty();
        bound.push_back(unbind);
    }
    if (is_first)
        at_finalize(unbind_all);
    return MPI_SUCCESS;
}

void abort_after_output(MPI_Comm comm, int code) noexcept {
    std::fflush(stdout);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    MPI_Abort(comm, code);
    std::_Exit(code);
}

void abort_job(const char* message) noexcept {
    int rank = 0, size = 1;
    if (is_running()) {
        MPI_Comm_rank(MPI_COMM_WORLD, &rank);
        MPI_Comm_size(MPI_COMM_WORLD, &size);
    }
    std::fflush(stdout);
    std::fprintf(stderr, "rank %d of %d: %s\n", rank, size, message);
    std::fflush(stderr);
    if (is_running())
        abort_after_output(MPI_COMM_WORLD, EXIT_FAILURE);
    std::_Exit(EXIT_FAILURE);
}

}  // namespace MPI4CXX::detail
