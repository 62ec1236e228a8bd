#include <mpi4cxx/epoch.hpp>

#include <mpi4cxx/error.hpp>

#include "runtime/finalize.hpp"

#include <cstdio>
#include <memory>

namespace MPI4CXX {

namespace {

/// Returns the state of an epoch. Throws std::invalid_argument if the epoch is closed.
const detail::WindowState& open_state(const std::shared_ptr<detail::WindowState>& state, detail::Caller caller) {
    if (state == nullptr)
        detail::misuse(caller, "the epoch is closed");
    return *state;
}

}  // namespace

Epoch::~Epoch() {
    if (state_ == nullptr || state_->win == MPI_WIN_NULL || !detail::is_running())
        return;
    try {
        close(at_);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "mpi4cxx: warning: an epoch could not be ended: %s\n", error.what());
    }
}

void Epoch::flush(At at) const {
    if (kind_ == Kind::lock)
        return flush(target_rank_, at);
    open_state(state_, at).flush_all(at);
}

void Epoch::flush(int rank, At at) const { open_state(state_, at).flush(rank, at); }

void Epoch::flush_local(At at) const {
    if (kind_ == Kind::lock)
        return flush_local(target_rank_, at);
    open_state(state_, at).flush_local_all(at);
}

void Epoch::flush_local(int rank, At at) const { open_state(state_, at).flush_local(rank, at); }

void Epoch::close(At at) {
    if (state_ == nullptr)
        return;
    const std::shared_ptr<detail::WindowState> state = std::move(state_);
    switch (kind_) {
    case Kind::lock: return state->unlock(target_rank_, at);
    case Kind::lock_all: return state->unlock_all(at);
    case Kind::fence: return state->fence(0, at);
    case Kind::start: return state->complete(at);
    case Kind::post: return state->wait(at);
    }
}

}  // namespace MPI4CXX
