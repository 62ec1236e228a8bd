#include "worker.hpp"

#include <mpi4cxx/error.hpp>
#include <mpi4cxx/futures/detail/argument.hpp>
#include <mpi4cxx/futures/detail/code.hpp>
#include <mpi4cxx/futures/detail/work.hpp>

#include "../finalize.hpp"
#include "exceptions.hpp"
#include "link.hpp"

#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <utility>

// NOLINTNEXTLINE(bugprone-reserved-identifier): its name
extern "C" [[gnu::weak]] void __sanitizer_print_stack_trace();  // where a sanitizer is linked in

namespace mpi4cxx::futures::detail {

namespace {

struct Kept {
    const std::type_info* type;
    std::shared_ptr<void> part;
};

/// A worker at work: a process, or a thread.
struct Context {
    int worker = -1;
    std::string host;
    std::map<std::uint64_t, Kept> parts;
    const TaskType* type = nullptr;  // of the task that runs
    std::uint64_t number = 0;
};

thread_local Context* context = nullptr;

std::uint64_t nanoseconds(std::chrono::steady_clock::time_point time) {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count());
}

// A worker that dies in a task ---------------------------------------------------------------------------------------------

constexpr std::array signals{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
std::array<struct sigaction, signals.size()> old_actions;
std::terminate_handler old_terminate = nullptr;
int watches = 0;

/// "worker 2 on n1 … in task 17, main::{lambda(int)#1}". What it calls may fail in a process that is broken: the alarm ends it then.
void tell(const char* fate) {
    alarm(10);
    const Context& here = *context;
    dprintf(STDERR_FILENO, "worker %d on %s %s in task %llu, ", here.worker, here.host.c_str(), fate, static_cast<unsigned long long>(here.number));
    dprintf(STDERR_FILENO, "%s\n", here.type == nullptr ? "?" : readable(here.type->function->name()).c_str());
}

void on_signal(int number) {
    for (std::size_t i = 0; i < signals.size(); ++i)
        if (signals[i] == number)
            sigaction(number, &old_actions[i], nullptr);
    if (in_task()) {
        tell(number == SIGSEGV   ? "crashed (segmentation fault)"
             : number == SIGABRT ? "aborted"
             : number == SIGFPE  ? "crashed (arithmetic)"
                                 : "crashed");
        context = nullptr;
        if (__sanitizer_print_stack_trace != nullptr)
            __sanitizer_print_stack_trace();
        mpi4cxx::detail::abort_after_output(MPI_COMM_WORLD, 128 + number);
    }
    raise(number);
}

void on_exit() {
    if (!in_task())
        return;
    tell("called exit()");
    context = nullptr;
    mpi4cxx::detail::abort_after_output(MPI_COMM_WORLD, EXIT_FAILURE);
}

void on_terminate() {
    if (in_task())
        tell("cannot go on after an exception");
    old_terminate();
}

// Running ------------------------------------------------------------------------------------------------------------------

/// Runs the tasks of messages, and answers before the manager waits for long.
class Runner {
public:
    Runner(Line& line, Context& here) : line_(line), context_(here) {}

    void run(std::span<const std::byte> message) {
        sent_ = Clock::now();
        Unpacking tasks(message);
        while (tasks.remaining() != 0) {
            const auto header = tasks.get<TaskHeader>();
            const std::byte* const payload = tasks.take(header.size);
            tasks.take(std::min(-header.size & 15, tasks.remaining()));
            run_task(header, {payload, header.size});
        }
        flush();
    }

private:
    using Clock = std::chrono::steady_clock;
    static constexpr std::size_t enough = 32 << 10;
    static constexpr auto soon = std::chrono::microseconds(50);

    void run_task(const TaskHeader& task, std::span<const std::byte> payload) {
        align(results_);
        const std::size_t header = results_.size();
        results_.claim(sizeof(ResultHeader));
        const std::size_t begin = results_.size();
        ResultHeader answer{.id = task.id, .done = 0, .values = 0, .error = 0, .begin = 0, .duration = 0};
        const auto start = Clock::now();
        Unpacking in(payload);
        Chunk chunk{in, results_, task.count};
        bool failed = false;
        try {
            context_.number = task.number;
            context_.type = &task_type_of(task.code);
            context_.type->run(chunk);
        } catch (...) {
            failed = true;
            results_.append("", 0);
            align(results_);
            answer.values = results_.size() - begin;
            pack_exception(results_, context_.worker, context_.host);
            answer.error = results_.size() - begin - answer.values;
        }
        context_.type = nullptr;
        const auto end = Clock::now();
        if (!failed)
            answer.values = results_.size() - begin;
        answer.done = chunk.done;
        answer.begin = nanoseconds(start);
        answer.duration = nanoseconds(end) - answer.begin;
        std::memcpy(results_.data() + header, &answer, sizeof answer);
        align(results_);
        if (results_.size() > enough || end - sent_ > soon)
            flush();
    }

    void flush() {
        if (results_.bytes().empty())
            return;
        line_.send(std::exchange(results_, Packing(Packing::Blocks::inside)));
        sent_ = Clock::now();
    }

    Line& line_;
    Context& context_;
    Packing results_{Packing::Blocks::inside};
    Clock::time_point sent_;
};

}  // namespace

bool in_task() noexcept { return context != nullptr && context->type != nullptr; }
int this_worker() noexcept { return context == nullptr ? -1 : context->worker; }

Watch::Watch() {
    static const bool once = (std::atexit(on_exit), true);
    (void)once;
    if (watches++ != 0)
        return;
    struct sigaction action {};
    action.sa_handler = on_signal;
    for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], &action, &old_actions[i]);  // UCX has handlers of its own
    old_terminate = std::set_terminate(on_terminate);
}

Watch::~Watch() {
    if (--watches != 0)
        return;
    for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], &old_actions[i], nullptr);
    std::set_terminate(old_terminate);
}

void serve(Line& line, int worker, const std::string& host) {
    Context here;
    here.worker = worker;
    here.host = host;
    Context* const outer = std::exchange(context, &here);
    Runner runner(line, here);
    Backoff backoff;
    bool has_printed = false;
    Bytes tasks;
    for (Line::Got got; (got = line.poll(tasks)) != Line::Got::stop;) {
        if (got == Line::Got::tasks) {
            runner.run(tasks);
            backoff.reset();
            has_printed = true;
            continue;
        }
        if (has_printed && backoff.is_asleep()) {  // perhaps: nobody else would show it before the end
            std::fflush(stdout);
            has_printed = false;
        }
        line.rest(backoff);
    }
    context = outer;
}

void* kept_part(std::uint64_t id, const std::type_info& type) {
    const auto found = context == nullptr ? std::map<std::uint64_t, Kept>::iterator() : context->parts.find(id);
    if (context == nullptr || found == context->parts.end() || *found->second.type != type)
        throw Exception(MPI_ERR_OTHER, "futures", "this worker has no part of that data");
    return found->second.part.get();
}

void keep_part(std::uint64_t id, const std::type_info& type, std::shared_ptr<void> part) {
    context->parts.insert_or_assign(id, Kept{&type, std::move(part)});
}

void forget_part(std::uint64_t id) noexcept { context->parts.erase(id); }

std::size_t open_frame(Packing& to) {
    const std::size_t frame = to.size();
    to.put(std::uint64_t{0});
    to.put(std::uint64_t{0});
    return frame;
}

void close_frame(Packing& to, std::size_t frame) {
    const std::uint64_t size = to.size() - frame - 16;
    std::memcpy(to.data() + frame, &size, sizeof size);
    align(to);
}

std::span<const std::byte> take_frame(Unpacking& from) {
    const auto size = from.get<std::uint64_t>();
    from.take(8);
    const std::byte* const bytes = from.take(size);
    from.take(-size & 15);
    return {bytes, size};
}

void align(Packing& to) {
    const std::size_t gap = (sizeof(mpi4cxx::detail::Envelope) - to.size()) & 15;
    std::memset(to.claim(gap), 0, gap);
}

}  // namespace mpi4cxx::futures::detail
