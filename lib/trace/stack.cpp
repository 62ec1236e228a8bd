// Where threads are in the program: their stacks, read in a signal handler.
#include "trace/stack.hpp"

#include <cxxabi.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <semaphore.h>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#ifdef MPI4CXX_TRACE_BACKTRACE
#include <backtrace.h>
#endif

namespace mpi4cxx::trace {

namespace {

/// The stack of one thread: addresses behind its calls. The signal carries a pointer to it, so a thread that answers late writes into its own sample,
/// not into a later one.
struct Sample {
    void* frames[128];
    int count = 0;
    sem_t taken;
    Sample() { sem_init(&taken, 0, 0); }
};

int signal_number() { return SIGRTMAX - 3; }

void take(int, siginfo_t* info, void*) {
    if (info->si_code != SI_QUEUE)
        return;
    const int error = errno;
    auto& sample = *static_cast<Sample*>(info->si_value.sival_ptr);
    sample.count = backtrace(sample.frames, static_cast<int>(std::size(sample.frames)));
    constexpr int interrupted = 2;  // behind this function and the kernel's
    if (sample.count > interrupted)
        sample.frames[interrupted] = static_cast<char*>(sample.frames[interrupted]) + 1;  // as if that instruction were a call
    sem_post(&sample.taken);
    errno = error;
}

/// Returns null if the thread does not answer in time.
std::unique_ptr<Sample> sample_of(pthread_t thread) {
    auto sample = std::make_unique<Sample>();
    sigval value{};
    value.sival_ptr = sample.get();
    timespec limit{};
    clock_gettime(CLOCK_REALTIME, &limit);
    ++limit.tv_sec;
    if (pthread_sigqueue(thread, signal_number(), value) != 0)
        return nullptr;
    if (sem_timedwait(&sample->taken, &limit) == 0)
        return sample;
    (void)sample.release();  // the thread may still answer
    return nullptr;
}

struct Place {
    std::string file, function;
    int line = 0;
};

std::string demangled(const char* name) {
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> text(abi::__cxa_demangle(name, nullptr, nullptr, &status), std::free);
    return status == 0 ? text.get() : name;
}

/// Returns the source places of one frame, beginning with the innermost inlined function.
std::vector<Place> places(void* frame) {
    std::vector<Place> result;
    [[maybe_unused]] const auto address = reinterpret_cast<std::uintptr_t>(frame) - 1;  // in the call instruction, not after it
#ifdef MPI4CXX_TRACE_BACKTRACE
    const auto ignore = [](void*, const char*, int) {};
    static backtrace_state* const state = backtrace_create_state(nullptr, 1, ignore, nullptr);
    const auto add_line = [](void* data, std::uintptr_t, const char* file, int line, const char* function) {
        if (file != nullptr)
            static_cast<std::vector<Place>*>(data)->push_back({file, function == nullptr ? "" : demangled(function), line});
        return 0;
    };
    const auto add_symbol = [](void* data, std::uintptr_t, const char* name, std::uintptr_t, std::uintptr_t) {
        if (name != nullptr)
            static_cast<std::vector<Place>*>(data)->push_back({"", demangled(name), 0});
    };
    backtrace_pcinfo(state, address, add_line, ignore, &result);
    if (result.empty())
        backtrace_syminfo(state, address, add_symbol, ignore, &result);
#endif
    Dl_info info{};
    if (result.empty() && dladdr(frame, &info) != 0 && info.dli_sname != nullptr)
        result.push_back({"", demangled(info.dli_sname), 0});
    return result;
}

std::string_view object_of(void* frame) {
    Dl_info info{};
    if (dladdr(frame, &info) == 0 || info.dli_fname == nullptr)
        return {};
    const std::string_view path = info.dli_fname;
    return path.substr(path.rfind('/') + 1);
}

/// Returns whether a place belongs to this library or the standard library, whose inline functions are part of the user's program.
bool is_foreign(const Place& place) {
    const auto has = [&](std::string_view text) { return place.file.find(text) != std::string::npos; };
    return place.function.starts_with("mpi4cxx::") || place.function.starts_with("std::") || has("/mpi4cxx/") || has("/include/c++/");
}

bool is_foreign(std::string_view object) {
    for (const std::string_view start : {"libmpi", "libopen-", "libuc", "libfabric", "libpmi", "libc.so", "libc-", "libm.so", "libpthread",
                                         "libstdc++", "libgcc_s", "ld-linux", "linux-vdso", "libmunge", "mca_", "libevent"})
        if (object.starts_with(start))
            return true;
    return false;
}

std::string text(const Place& place) {
    if (place.file.empty())
        return "in " + place.function + " (compile with -g for the line)";
    return "at " + place.file + ":" + std::to_string(place.line) + (place.function.empty() ? "" : " in " + place.function);
}

}  // namespace

void prepare_stacks() {
    void* frame = nullptr;
    backtrace(&frame, 1);  // the first call loads a library, which a signal handler must not do
    struct sigaction action {};
    action.sa_sigaction = take;
    action.sa_flags = SA_RESTART | SA_SIGINFO;
    sigaction(signal_number(), &action, nullptr);
}

std::string place_of(pthread_t thread) {
    const std::unique_ptr<Sample> sample = sample_of(thread);
    if (sample == nullptr)
        return "in an unknown place";
    return place_of(std::span<void* const>(sample->frames, static_cast<std::size_t>(sample->count)));
}

std::string place_of(std::span<void* const> frames) {
    // Start at the wrapper of an MPI function if there is one: the frames inside it can belong to anything.
    std::size_t first = 1;
    for (std::size_t i = first; i < frames.size() && first == 1; ++i) first = object_of(frames[i]) == object_of(frames[0]) ? i : 1;
    for (std::size_t i = first; i < frames.size(); ++i) {
        if (is_foreign(object_of(frames[i])))
            continue;
        for (const Place& place : places(frames[i]))
            if (!is_foreign(place))
                return text(place);
    }
    return "in an unknown place";
}

bool is_computing(int task) {
    std::ifstream file("/proc/self/task/" + std::to_string(task) + "/stat");
    std::string line;
    std::getline(file, line);
    const std::size_t name_end = line.rfind(") ");
    return name_end != std::string::npos && line[name_end + 2] == 'R';
}

}  // namespace mpi4cxx::trace
