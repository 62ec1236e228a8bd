#include "communicators/outside.hpp"

#include <mpi4cxx/detail/mpi/call.hpp>
#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/handle.hpp>

#include "requests/ending.hpp"
#include "requests/progress.hpp"
#include "runtime/failure.hpp"
#include "runtime/finalize.hpp"
#include "runtime/mixed_job.hpp"

#include <memory>
#include <mutex>

namespace MPI4CXX::detail {

std::atomic<bool> any_outside = false;

namespace {

/// What is cached on a communicator that reaches outside.
struct Outside {
    MPI_Comm channel = MPI_COMM_NULL;
};

std::mutex mutex;
int keyval = MPI_KEYVAL_INVALID;

int forget_outside(MPI_Comm, int, void* value, void*) {
    const std::unique_ptr<Outside> outside(static_cast<Outside*>(value));
    return outside->channel == MPI_COMM_NULL ? MPI_SUCCESS : MPI_Comm_free(&outside->channel);
}

int key(At at) {
    const std::lock_guard lock(mutex);
    if (keyval == MPI_KEYVAL_INVALID) {
        call<MPI_Comm_create_keyval>(MPI_COMM_NULL_COPY_FN, forget_outside, &keyval, nullptr, at);
        at_end([] {
            any_outside = false;
            MPI_Comm_free_keyval(&keyval);
        });
    }
    return keyval;
}

Outside* found_on(MPI_Comm comm) noexcept {
    void* value = nullptr;
    int found = 0;
    const bool is_known = MPI_Comm_get_attr(comm, keyval, static_cast<void*>(&value), &found) == MPI_SUCCESS && found != 0;
    return is_known ? static_cast<Outside*>(value) : nullptr;
}

}  // namespace

bool is_marked_outside(MPI_Comm comm) noexcept { return comm != MPI_COMM_NULL && (is_mixed_job() || found_on(comm) != nullptr); }

void mark_outside(MPI_Comm comm, Place where) {
    if (comm == MPI_COMM_NULL)
        return;
    const int name = key(where.at());
    any_outside = true;
    if (found_on(comm) != nullptr)
        return;
    auto outside = std::make_unique<Outside>();
    call<MPI_Comm_set_attr>(comm, name, outside.get(), where);
    (void)outside.release();  // forget_outside has it now
}

MPI_Comm own_channel(MPI_Comm comm, Place where) {
    mark_outside(comm, where);  // in a mixed job nobody may have done so
    Outside& outside = *found_on(comm);
    if (outside.channel == MPI_COMM_NULL) {
        open_tags(comm, where.at());
        outside.channel = get<PMPI_Comm_dup>(comm, where);  // tools do not see it, because the program does not make it
        call<PMPI_Comm_set_errhandler>(outside.channel, MPI_ERRORS_RETURN, where);
    }
    return outside.channel;
}

void prepare_disconnect(MPI_Comm comm, Place where) {
    if (disconnects_after_freed_requests())
        settle_left();
    Outside* const outside = is_outside(comm) ? found_on(comm) : nullptr;
    if (outside != nullptr && outside->channel != MPI_COMM_NULL)
        call<MPI_Comm_disconnect>(&outside->channel, where);
}

void end_connection(MPI_Comm comm) noexcept {
    (void)failure_of([&] {
        prepare_disconnect(comm, {});
        call<MPI_Comm_disconnect>(&comm);
    });
}

}  // namespace MPI4CXX::detail
