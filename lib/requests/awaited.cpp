#include <mpi4cxx/detail/requests/awaited.hpp>
#include <mpi4cxx/error.hpp>

#include "runtime/finalize.hpp"

#include <cstdint>

namespace MPI4CXX::detail {

namespace {

thread_local std::uint64_t resumed = 0;  // how many times a coroutine of this thread has been resumed

}  // namespace

// Keeps a stack from being used twice at a time: a coroutine that waits for itself would be resumed while it runs.
class CallStack::Use {
public:
    Use(CallStack& stack, At at) : stack_(stack) {
        if (stack.used_)
            misuse({at, "Coroutine::wait"}, "the coroutine waits for itself");
        stack.used_ = true;
    }
    ~Use() { stack_.used_ = false; }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

private:
    CallStack& stack_;
};

void CallStack::refuse_end() noexcept { abort_job("a coroutine has destroyed itself, by an assignment to its own Coroutine or its end"); }

std::optional<bool> Awaited::look_if_active() noexcept {
    if (complete_)
        return true;
    try {
        const std::optional<bool> complete = poll();
        complete_ = complete == true;
        return complete;
    } catch (...) {
        error_ = std::current_exception();
        return complete_ = true;
    }
}

bool Awaited::look() noexcept {
    if (!look_if_active())
        this->complete();
    return complete_;
}

void Awaited::complete() noexcept {
    try {
        if (!complete_)
            wait();
    } catch (...) {
        error_ = std::current_exception();
    }
    complete_ = true;
}

void CallStack::resume() {
    for (started_ = true; innermost_ && awaited_ == nullptr; ++resumed) innermost_.resume();
}

bool CallStack::poll(At at) {
    const Use use(*this, at);
    if (awaited_ != nullptr && !awaited_->look())
        return false;
    awaited_ = nullptr;
    resume();
    return !innermost_;
}

bool CallStack::test(At at) {
    for (std::uint64_t before = resumed - 1; resumed != before;) {
        before = resumed;
        Awaited::drive();
        if (poll(at))
            return true;
    }
    return false;
}

void CallStack::wait(At at) {
    const Use use(*this, at);
    if (awaited_ == nullptr)
        resume();
    while (innermost_) {
        awaited_->complete();
        awaited_ = nullptr;
        resume();
    }
}

}  // namespace MPI4CXX::detail
