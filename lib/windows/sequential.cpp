#include <mpi4cxx/sequential.hpp>

#include "runtime/finalize.hpp"
#include "windows/shared_words.hpp"
#include "windows/sync_errors.hpp"

namespace MPI4CXX::sync {

using detail::Caller;

/// The turn is a message that goes round. Rank 0 has it at first.
class Sequential::State {
public:
    State(const Intracomm& comm, At at)
        : comm_(detail::named_communicator(comm, "sync::Sequential", at)), rank_(comm_.Get_rank(at)), size_(comm_.Get_size(at)), made_at_(at) {}
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        if (is_inside_ && detail::is_running())
            detail::end_with_warning("a sync::Sequential was destroyed between begin and end", made_at_, [this] { pass(made_at_); });
        if (rank_ == 0 && has_begun_ && detail::may_free(true)) {
            try {
                await(made_at_);  // so that no message is left when the communicator is freed
            } catch (...) {       // a destructor has nobody to tell
            }
        }
    }

    void begin(Caller caller) {
        if (is_inside_)
            detail::refuse(std::errc::resource_deadlock_would_occur, caller, "this process has its turn already: call end first");
        if (rank_ != 0 || has_begun_)
            await(caller.at);
        is_inside_ = has_begun_ = true;
    }
    void end(Caller caller) {
        if (!is_inside_)
            detail::refuse(std::errc::operation_not_permitted, caller, "it is not this process's turn: call begin first");
        is_inside_ = false;
        pass(caller.at);
    }
    [[nodiscard]] At made_at() const noexcept { return made_at_; }

private:
    static constexpr int tag = 0;

    void await(At at) {
        if (size_ == 1)
            return;
        Request turn = comm_.Irecv({}, (rank_ + size_ - 1) % size_, tag, at);
        detail::wait_patiently(turn, at);
    }
    void pass(At at) const {
        if (size_ > 1)
            comm_.Send({}, (rank_ + 1) % size_, tag, at);
    }

    Intracomm comm_;
    int rank_, size_;
    At made_at_;
    bool is_inside_ = false, has_begun_ = false;
};

Sequential::Sequential(const Intracomm& comm, At at) : state_(std::make_unique<State>(comm, at)) {}
Sequential::Sequential(Sequential&&) noexcept = default;
Sequential& Sequential::operator=(Sequential&&) noexcept = default;
Sequential::~Sequential() = default;

void Sequential::begin(At at) {
    const Caller caller(at, "sync::Sequential::begin");
    state(caller).begin(caller);
}

void Sequential::end(At at) {
    const Caller caller(at, "sync::Sequential::end");
    state(caller).end(caller);
}

void Sequential::lock() {
    const Caller caller = guard_calls("sync::Sequential::lock");
    state(caller).begin(caller);
}

void Sequential::unlock() {
    const Caller caller = guard_calls("sync::Sequential::unlock");
    state(caller).end(caller);
}

Sequential::State& Sequential::state(Caller caller) const { return detail::existing(state_, caller); }

Caller Sequential::guard_calls(const char* method) const noexcept { return {state_ != nullptr ? state_->made_at() : At("unknown", 0), method}; }

}  // namespace MPI4CXX::sync
