// A worker: runs tasks, and reports the task in which its process dies.
#include "futures/worker.hpp"

#include <mpi4cxx/detail/futures/argument.hpp>
#include <mpi4cxx/detail/futures/portable_address.hpp>
#include <mpi4cxx/detail/futures/work_item.hpp>
#include <mpi4cxx/error.hpp>
#include <mpi4cxx/futures/options.hpp>

#include "futures/exceptions.hpp"
#include "futures/exit_reporter.hpp"
#include "futures/function_name.hpp"
#include "futures/transport.hpp"
#include "runtime/finalize.hpp"

#include <dlfcn.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

// NOLINTNEXTLINE(bugprone-reserved-identifier): its name
extern "C" [[gnu::weak]] void __sanitizer_print_stack_trace();  // defined if a sanitizer is linked in

namespace MPI4CXX::futures {

namespace detail {

namespace {

struct StoredPart {
    const std::type_info* type;
    std::shared_ptr<void> part;
};

/// The state of a running worker, which is a process or a thread.
struct WorkerContext {
    explicit WorkerContext(TaskPlace where) : place(std::move(where)), exit_reporter(place) {}

    TaskPlace place;
    ExitReporter exit_reporter;
    std::map<std::uint64_t, StoredPart> parts;
    const TaskType* type = nullptr;  // of the running task; null if none runs
    std::uint64_t number = 0;
    std::span<const std::byte> payload;
    int threads = 0;
};

thread_local WorkerContext* context = nullptr;
std::atomic<WorkerContext*> process_context{nullptr};  // set if the process is one worker: threads that a task starts belong to it

std::uint64_t nanoseconds(std::chrono::steady_clock::time_point time) {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count());
}

/// Returns the name of the function that the running task calls, as far as it is known.
std::string function_of(const WorkerContext& here) {
    if (here.type == nullptr)
        return {};
    try {
        Unpacking from(here.payload);
        if (std::string name = here.type->is_pointer ? function_name(get_function(from)) : ""; !name.empty())
            return name;
    } catch (const Exception&) {}  // the task itself reports this
    return readable(here.type->function->name());
}

// A worker that dies in a task ---------------------------------------------------------------------------------------------

constexpr std::array signals{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
std::array<struct sigaction, signals.size()> old_actions;
std::terminate_handler old_terminate = nullptr;
int death_handlers_alive = 0;
std::mutex death_handlers_mutex;  // threads may make and destroy pools at the same time

/// A stack for signal handlers in this thread, since the task's own stack may be full.
class SignalStack {
public:
    SignalStack() {
        own_.ss_sp = memory_.get();
        own_.ss_size = size;
        sigaltstack(&own_, &old_);
        pthread_attr_t attributes;
        if (pthread_getattr_np(pthread_self(), &attributes) != 0)
            return;
        void* begin = nullptr;
        std::size_t length = 0;
        pthread_attr_getstack(&attributes, &begin, &length);
        pthread_attr_destroy(&attributes);
        end_ = reinterpret_cast<std::uintptr_t>(begin);
    }
    SignalStack(const SignalStack&) = delete;
    SignalStack& operator=(const SignalStack&) = delete;
    ~SignalStack() { sigaltstack(&old_, nullptr); }

    /// Returns whether `address` is near the end of this thread's stack.
    static bool ends_near(const void* address) noexcept {
        constexpr std::uintptr_t near = 1 << 20;
        const auto place = reinterpret_cast<std::uintptr_t>(address);
        return end_ != 0 && place < end_ + near && place + near > end_;
    }

private:
    static constexpr std::size_t size = 512 << 10;  // large enough for MPI_Abort
    static thread_local std::uintptr_t end_;

    std::unique_ptr<std::byte[]> memory_{new std::byte[size]};
    stack_t own_{}, old_{};
};
thread_local std::uintptr_t SignalStack::end_ = 0;

/// Returns the state of the worker to which this thread belongs, if a task is running. A child that the task has forked belongs to none.
WorkerContext* current_context() noexcept {
    if (mpi4cxx::detail::is_forked())
        return nullptr;
    WorkerContext* const here = context != nullptr ? context : process_context.load();
    return here != nullptr && here->type != nullptr ? here : nullptr;
}

/// Prints "rank 2 on n1 … in task 17, search(int)" once. The functions it calls may fail in a broken process; then the alarm ends the process.
void report_death(WorkerContext& here, const char* fate) {
    alarm(10);
    dprintf(STDERR_FILENO, "%s on %s %s in task %llu, ", here.place.name.c_str(), here.place.host.c_str(), fate,
            static_cast<unsigned long long>(here.number));
    dprintf(STDERR_FILENO, "%s\n", function_of(here).c_str());
    here.exit_reporter.end();
    here.type = nullptr;
}

void on_signal(int number, siginfo_t* info, void*) {
    for (std::size_t i = 0; i < signals.size(); ++i)
        if (signals[i] == number)
            sigaction(number, &old_actions[i], nullptr);
    if (WorkerContext* const here = current_context(); here != nullptr) {
        report_death(*here, number == SIGSEGV && SignalStack::ends_near(info->si_addr) ? "overflowed its stack"
                            : number == SIGSEGV                                        ? "crashed (segmentation fault)"
                            : number == SIGABRT                                        ? "aborted"
                            : number == SIGFPE                                         ? "crashed (arithmetic)"
                                                                                       : "crashed");
        if (__sanitizer_print_stack_trace != nullptr)
            __sanitizer_print_stack_trace();
        mpi4cxx::detail::abort_after_output(MPI_COMM_WORLD, 128 + number);
    }
    raise(number);
}

void on_exit() {
    if (mpi4cxx::detail::is_forked())
        return;
    WorkerContext* const here = current_context();
    if (here == nullptr)
        return ExitReporter::end_all();
    report_death(*here, "called exit()");
    mpi4cxx::detail::abort_after_output(MPI_COMM_WORLD, EXIT_FAILURE);
}

void on_terminate() {
    if (WorkerContext* const here = current_context(); here != nullptr)
        report_death(*here, "cannot go on after an exception");
    old_terminate();
}

// Running ------------------------------------------------------------------------------------------------------------------

/// Runs the tasks of messages. Sends results early enough that the manager does not wait long.
class TaskRunner {
public:
    TaskRunner(WorkerTransport& transport, WorkerContext& here) : transport_(transport), context_(here) {}
    TaskRunner(const TaskRunner&) = delete;
    TaskRunner& operator=(const TaskRunner&) = delete;
    ~TaskRunner() { set_threads(0); }

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
        context_.number = task.number;
        context_.payload = payload;
        set_threads(static_cast<int>(task.threads));
        Unpacking in(payload);
        Chunk chunk{payload, in, results_, task.count};
        std::uint64_t tried = 0;  // failed attempts of the next call
        for (bool goes_on = true; goes_on;) {
            const std::uint64_t before = chunk.done;
            try {
                in.open(payload, 0);
                context_.type = &task_type_of(task.code);
                update_exit_reporter(task.number);
                context_.type->run(chunk);
                answer.values = results_.size() - begin;
                goes_on = false;
            } catch (...) {
                tried = chunk.done == before ? tried + 1 : 1;
                goes_on = tried <= task.retries && chunk.result == results_.size();  // a result that cannot be written cannot be written later either
                if (!goes_on) {
                    cut(std::max(chunk.result, begin));
                    pack_failure(answer, begin);
                }
            }
        }
        context_.type = nullptr;
        context_.exit_reporter.end();
        const auto end = Clock::now();
        answer.done = chunk.done;
        answer.begin = nanoseconds(start);
        answer.duration = nanoseconds(end) - answer.begin;
        std::memcpy(results_.data() + header, &answer, sizeof answer);
        align(results_);
        if (results_.size() > enough || end - sent_ > soon)
            flush();
    }

    /// Drops a result that could not be written whole. There may be no memory to write anything behind it.
    void cut(std::size_t size) {
        if (size >= results_.size())
            return;
        Packing kept(Packing::Blocks::inside);
        kept.append(results_.bytes().data(), size - kept.size());
        results_ = std::move(kept);
    }

    /// Writes the exception that is being handled.
    void pack_failure(ResultHeader& answer, std::size_t begin) {
        align(results_);
        answer.values = results_.size() - begin;
        TaskPlace place = context_.place;
        place.function = function_of(context_);
        pack_exception(results_, place);
        answer.error = results_.size() - begin - answer.values;
    }

    void update_exit_reporter(std::uint64_t number) {
        std::uint64_t code = 0;
        if (context_.type->is_pointer)
            std::memcpy(&code, context_.payload.data(), std::min(context_.payload.size(), sizeof code));
        if (const auto function = std::pair(context_.type, code); function != reported_) {
            auto& name = names_[function];
            if (name.empty())
                name = function_of(context_);
            context_.exit_reporter.set_function(name);
            reported_ = function;
        }
        context_.exit_reporter.begin(number);
    }

    /// Sets how many threads OpenMP uses; 0: as many as before it was set.
    void set_threads(int threads) {
        const int before = std::exchange(context_.threads, threads);
        if (threads == before)
            return;
        static auto* const get = reinterpret_cast<int (*)()>(dlsym(RTLD_DEFAULT, "omp_get_max_threads"));
        static auto* const set = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "omp_set_num_threads"));
        if (get == nullptr || set == nullptr)
            return;
        if (before == 0)
            own_threads_ = get();
        set(threads != 0 ? threads : own_threads_);
    }

    void flush() {
        if (results_.bytes().empty())
            return;
        transport_.send(std::exchange(results_, Packing(Packing::Blocks::inside)));
        sent_ = Clock::now();
    }

    WorkerTransport& transport_;
    WorkerContext& context_;
    Packing results_{Packing::Blocks::inside};
    Clock::time_point sent_;
    int own_threads_ = 0;  // OpenMP's, without the option
    using Function = std::pair<const TaskType*, std::uint64_t>;
    Function reported_{};  // to the exit reporter
    std::map<Function, std::string> names_;
};

}  // namespace

bool in_task() noexcept { return context != nullptr && context->type != nullptr; }

DeathHandlers::DeathHandlers() {
    static const bool once = (std::atexit(on_exit), std::at_quick_exit(on_exit), true);
    (void)once;
    const std::lock_guard lock(death_handlers_mutex);
    if (death_handlers_alive++ != 0)
        return;
    struct sigaction action {};
    action.sa_sigaction = on_signal;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], &action, &old_actions[i]);  // UCX has its own handlers
    old_terminate = std::set_terminate(on_terminate);
}

DeathHandlers::~DeathHandlers() {
    const std::lock_guard lock(death_handlers_mutex);
    if (--death_handlers_alive != 0)
        return;
    for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], &old_actions[i], nullptr);
    std::set_terminate(old_terminate);
}

void run_worker(WorkerTransport& transport, TaskPlace place, bool is_process) {
    WorkerContext here(std::move(place));
    const SignalStack signal_stack;
    WorkerContext* const outer = std::exchange(context, &here);
    if (is_process)
        process_context = &here;
    TaskRunner runner(transport, here);
    Backoff backoff;
    bool has_printed = false;
    Bytes tasks;
    for (WorkerTransport::Received received; (received = transport.poll(tasks)) != WorkerTransport::Received::stop;) {
        if (received == WorkerTransport::Received::tasks) {
            runner.run(tasks);
            backoff.reset();
            has_printed = true;
            continue;
        }
        if (has_printed && backoff.is_asleep()) {  // perhaps; otherwise the output would not appear before the end
            std::fflush(stdout);
            has_printed = false;
        }
        transport.wait(backoff);
    }
    context = outer;
    if (is_process)
        process_context = outer;
}

void* stored_part(std::uint64_t id, const std::type_info& type) {
    const auto found = context == nullptr ? std::map<std::uint64_t, StoredPart>::iterator() : context->parts.find(id);
    if (context == nullptr || found == context->parts.end() || *found->second.type != type)
        throw Exception(MPI_ERR_OTHER, "futures", "this worker has no part of that data: the workers of another executor have it, or it is freed",
                        mpi4cxx::detail::nowhere);
    return found->second.part.get();
}

void store_part(std::uint64_t id, const std::type_info& type, std::shared_ptr<void> part) {
    context->parts.insert_or_assign(id, StoredPart{&type, std::move(part)});
}

void erase_part(std::uint64_t id) noexcept { context->parts.erase(id); }

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

}  // namespace detail

int worker_threads() noexcept { return detail::context == nullptr ? 0 : detail::context->threads; }

}  // namespace MPI4CXX::futures
