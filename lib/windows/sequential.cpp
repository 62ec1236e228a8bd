#include <mpi4cxx/sequential.hpp>

#include "communicators/collective_handle.hpp"
#include "communicators/serving.hpp"
#include "runtime/finalize.hpp"
#include "windows/shared_words.hpp"
#include "windows/sync_errors.hpp"

#include <memory>

namespace MPI4CXX::sync {

using detail::Caller;

namespace {

/// The turn is a message that goes round. Rank 0 has it at first.
class Turn {
public:
    Turn(const Intracomm& comm, At at)
        : comm_(detail::named_communicator(comm, "sync::Sequential", at)), rank_(comm_.Get_rank(at)), size_(comm_.Get_size(at)) {}

    [[nodiscard]] const Intracomm& comm() const noexcept { return comm_; }
    void await(At at) {
        if (rank_ == 0 && passed_ == 0)
            return;
        receive(at);
    }
    void pass(At at) {
        if (size_ > 1)
            comm_.Send({}, (rank_ + 1) % size_, tag, at);
        ++passed_;
    }
    /// Receives what is left of the turn, and frees the communicator. Collective.
    void free(At at) {
        Count sent = 0;
        comm_.Sendrecv(passed_, (rank_ + 1) % size_, tag_of_number, sent, left(), tag_of_number, nullptr, at);
        while (received_ < sent) receive(at);
        comm_.Free(at);
    }

private:
    static constexpr int tag = 0, tag_of_number = 1;

    [[nodiscard]] int left() const noexcept { return (rank_ + size_ - 1) % size_; }
    void receive(At at) {
        if (size_ > 1) {
            Request turn = comm_.Irecv({}, left(), tag, at);
            detail::wait_patiently(turn, at);
        }
        ++received_;
    }

    Intracomm comm_;
    int rank_, size_;
    Count passed_ = 0, received_ = 0;
};

}  // namespace

class Sequential::State {
public:
    State(const Intracomm& comm, At at)
        : turn_(std::make_shared<Turn>(comm, at)), handle_(turn_->comm().handle(), {at, turn_->comm().address()}), made_at_(at) {}
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    // A process that has thrown before its turn never passes the turn on, so nobody may wait for the turn before all processes have come here.
    ~State() {
        if (!detail::is_running())
            return;
        if (is_inside_)
            detail::end_with_warning("a sync::Sequential was destroyed between begin and end", made_at_, [this] { turn_->pass(made_at_); });
        try {
            if (detail::is_left_to_finalize(turn_->comm()))
                return;
            const auto free = [turn = turn_, at = made_at_](bool /*all_idle*/) { turn->free(at); };
            handle_.end(free, !detail::may_free(true), true, {made_at_, turn_->comm().address()});
        } catch (...) {  // a destructor has nobody to tell
        }
    }

    void begin(Caller caller) {
        if (is_inside_)
            detail::refuse(std::errc::resource_deadlock_would_occur, caller, "this process has its turn already: call end first");
        turn_->await(caller.at);
        is_inside_ = true;
    }
    void end(Caller caller) {
        if (!is_inside_)
            detail::refuse(std::errc::operation_not_permitted, caller, "it is not this process's turn: call begin first");
        is_inside_ = false;
        turn_->pass(caller.at);
    }
    [[nodiscard]] At made_at() const noexcept { return made_at_; }

private:
    std::shared_ptr<Turn> turn_;
    detail::CollectiveHandle handle_;
    At made_at_;
    bool is_inside_ = false;
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

Caller Sequential::guard_calls(const char* method) const noexcept { return {state_ != nullptr ? state_->made_at() : detail::nowhere, method}; }

}  // namespace MPI4CXX::sync
