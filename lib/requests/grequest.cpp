#include <mpi4cxx/grequest.hpp>

#include <mpi4cxx/error.hpp>

#include "runtime/callback.hpp"
#include "runtime/finalize.hpp"

#include <atomic>
#include <memory>
#include <utility>

namespace MPI4CXX {

using detail::call;
using detail::code_of;
using detail::GeneralOperation;
using detail::GeneralState;

/// What a Grequest and MPI's callbacks share. It lives until the request has been freed and the operation is complete, in either order: a dropped
/// request may be freed first, and its Grequest goes on to cancel and complete it. Other threads may do either. There is no lock, because MPICH calls
/// the callbacks under a lock of its own.
struct detail::GeneralState {
    enum class Cancelled : char { no, asked, dropped };

    explicit GeneralState(std::unique_ptr<GeneralOperation> its_operation) noexcept : operation(std::move(its_operation)) {}

    std::unique_ptr<GeneralOperation> operation;  // null once it has been freed
    MPI_Request request = MPI_REQUEST_NULL;
    std::atomic<int> owners = 2;  // MPI and the Grequest
    std::atomic<int> uses = 1;    // of the operation: MPI's until it frees the request, and each call of `cancel`
    std::atomic<Cancelled> cancelled = Cancelled::no;
};

namespace {

using Cancelled = GeneralState::Cancelled;

void leave(GeneralState* state) noexcept {
    if (--state->owners == 0)
        delete state;
}

/// Frees the operation if this was its last use.
int end_use(GeneralState& state) {
    if (--state.uses != 0)
        return MPI_SUCCESS;
    const std::unique_ptr<GeneralOperation> operation = std::move(state.operation);
    return code_of([&] { operation->free(); });
}

/// Calls the user's function, unless the operation has been freed. The function may complete the operation, and so may another thread free the
/// request meanwhile: both stay until it returns.
int cancel_operation(GeneralState& state, bool complete) {
    int uses = state.uses;
    while (uses != 0 && !state.uses.compare_exchange_weak(uses, uses + 1)) {}
    if (uses == 0)
        return MPI_SUCCESS;
    ++state.owners;
    const int code = code_of([&] { state.operation->cancel(complete); });
    const int freed = end_use(state);
    leave(&state);
    return code != MPI_SUCCESS ? code : freed;
}

int on_query(void* state, MPI_Status* status) {
    Status result;
    const int code = code_of([&] { static_cast<GeneralState*>(state)->operation->query(result); });
    *status = result.handle();
    return code;
}

int on_free(void* state) {
    const int code = end_use(*static_cast<GeneralState*>(state));
    leave(static_cast<GeneralState*>(state));
    return code;
}

int on_cancel(void* state, int complete) {
    auto& self = *static_cast<GeneralState*>(state);
    Cancelled before = Cancelled::no;
    self.cancelled.compare_exchange_strong(before, Cancelled::asked);
    return before != Cancelled::dropped ? cancel_operation(self, complete != 0) : MPI_SUCCESS;  // a dropped Grequest has cancelled it
}

}  // namespace

Grequest Grequest::start(std::unique_ptr<GeneralOperation> operation, At at) {
    auto state = std::make_unique<GeneralState>(std::move(operation));
    state->request = detail::get<MPI_Grequest_start>(on_query, on_free, on_cancel, state.get(), at);
    const MPI_Request raw = state->request;
    return Grequest(raw, state.release());
}

void Grequest::Complete(At at) {
    if (incomplete_ == nullptr)
        detail::refuse_null(MPI_ERR_REQUEST, "MPI_Grequest_complete", "it is complete already, or null", at);
    GeneralState* const state = std::exchange(incomplete_, nullptr);  // a thread that waits may destroy this Grequest once MPI knows
    try {
        call<MPI_Grequest_complete>(state->request, at);
    } catch (...) {
        incomplete_ = state;
        throw;
    }
    leave(state);
}

Grequest::~Grequest() {
    if (incomplete_ == nullptr || !detail::is_running())
        return;
    // Not by MPI_Cancel, under whose lock the user's function would run on MPICH. Open MPI keeps a request that is freed until it is complete, so it
    // may have been cancelled when it was dropped.
    Cancelled before = Cancelled::no;
    if (incomplete_->cancelled.compare_exchange_strong(before, Cancelled::dropped))
        (void)cancel_operation(*incomplete_, false);
    if (GeneralState* const state = std::exchange(incomplete_, nullptr); state != nullptr) {  // null if `cancel` has completed it
        MPI_Grequest_complete(state->request);
        leave(state);
    }
}

}  // namespace MPI4CXX
