#include <mpi4cxx/grequest.hpp>

#include <mpi4cxx/error.hpp>

#include "runtime/callback.hpp"
#include "runtime/finalize.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace MPI4CXX {

using detail::call;
using detail::code_of;
using detail::GeneralOperation;

namespace {

/// What MPI's callbacks get. It lives until the request has been freed and the operation is complete, in either order: a dropped request may be freed
/// first, and its Grequest goes on to cancel and complete it.
struct State {
    std::unique_ptr<GeneralOperation> operation;  // null once MPI has freed the request
    std::atomic<int> uses = 2;
    std::atomic<bool> was_cancelled = false;
};

void leave(State* state) noexcept {
    if (--state->uses == 0)
        delete state;
}

std::mutex incomplete_mutex;
std::unordered_map<MPI_Request, State*> incomplete;

/// Returns whether the operation has been told to end, as by a request that was dropped. Open MPI keeps a request that is freed until it is complete.
bool was_cancelled(MPI_Request request) noexcept {
    const std::lock_guard lock(incomplete_mutex);
    const auto found = incomplete.find(request);
    return found != incomplete.end() && found->second->was_cancelled;
}

/// Called before the operation is complete: after that, MPI may give the handle to another.
void forget(MPI_Request request) noexcept {
    const std::lock_guard lock(incomplete_mutex);
    const auto found = incomplete.find(request);
    if (found == incomplete.end())
        return;
    leave(found->second);
    incomplete.erase(found);
}

int on_query(void* state, MPI_Status* status) {
    Status result;
    const int code = code_of([&] { static_cast<State*>(state)->operation->query(result); });
    *status = result.handle();
    return code;
}

int on_free(void* state) {
    const std::unique_ptr<GeneralOperation> operation = std::move(static_cast<State*>(state)->operation);
    leave(static_cast<State*>(state));
    return code_of([&] { operation->free(); });
}

int on_cancel(void* state, int complete) {
    static_cast<State*>(state)->was_cancelled = true;
    const auto& operation = static_cast<State*>(state)->operation;
    return operation != nullptr ? code_of([&] { operation->cancel(complete != 0); }) : MPI_SUCCESS;
}

}  // namespace

Grequest Grequest::start(std::unique_ptr<GeneralOperation> operation, At at) {
    auto state = std::make_unique<State>();
    state->operation = std::move(operation);
    const std::lock_guard lock(incomplete_mutex);
    incomplete.reserve(incomplete.size() + 1);
    const MPI_Request raw = detail::get<MPI_Grequest_start>(on_query, on_free, on_cancel, state.get(), at);
    incomplete[raw] = state.release();
    return Grequest(raw);
}

void Grequest::Complete(At at) {
    if (incomplete_ == MPI_REQUEST_NULL)
        detail::refuse_null(MPI_ERR_REQUEST, "MPI_Grequest_complete", "it is complete already, or null", at);
    forget(incomplete_);
    call<MPI_Grequest_complete>(incomplete_, at);
    incomplete_ = MPI_REQUEST_NULL;
}

Grequest::~Grequest() {
    if (incomplete_ == MPI_REQUEST_NULL || !detail::is_running())
        return;
    if (!was_cancelled(incomplete_))
        MPI_Cancel(&incomplete_);
    forget(incomplete_);
    MPI_Grequest_complete(incomplete_);
}

}  // namespace MPI4CXX
