#include "environment/crash_limit.hpp"

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <dlfcn.h>
#include <unistd.h>
#include <array>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <string_view>

namespace MPI4CXX::detail {

namespace {

constexpr std::array signals{SIGSEGV, SIGBUS, SIGFPE, SIGILL};
std::array<struct sigaction, signals.size()> handlers_of_mpi;
volatile std::sig_atomic_t crash = 0;  // its signal

void on_alarm(int) {
    constexpr std::string_view text = "mpi4cxx: a process has crashed, and the MPI's handler of that signal has not ended within ten seconds\n";
    (void)!write(STDERR_FILENO, text.data(), text.size());  // not dprintf, which allocates
    _exit(128 + crash);
}

void on_crash(int number, siginfo_t* info, void* context) {
    crash = number;
    struct sigaction action {};
    action.sa_handler = on_alarm;
    sigaction(SIGALRM, &action, nullptr);
    sigset_t alarms;
    sigemptyset(&alarms);
    sigaddset(&alarms, SIGALRM);
    pthread_sigmask(SIG_UNBLOCK, &alarms, nullptr);
    alarm(10);
    for (std::size_t i = 0; i < signals.size(); ++i)
        if (signals[i] == number)
            handlers_of_mpi[i].sa_sigaction(number, info, context);
}

bool is_of_ucx(const struct sigaction& action) noexcept {
    if ((action.sa_flags & SA_SIGINFO) == 0)
        return false;
    Dl_info info{};
    return dladdr(reinterpret_cast<const void*>(action.sa_sigaction), &info) != 0 && info.dli_fname != nullptr &&
           std::string_view(info.dli_fname).find("libucs.so") != std::string_view::npos;
}

}  // namespace

void limit_crash_handlers() noexcept {
    if (std::getenv("UCX_HANDLE_ERRORS") != nullptr)  // it may wait for a debugger
        return;
    for (std::size_t i = 0; i < signals.size(); ++i) {
        struct sigaction action {};
        if (sigaction(signals[i], nullptr, &action) != 0 || !is_of_ucx(action))
            continue;
        handlers_of_mpi[i] = action;
        action.sa_sigaction = on_crash;
        sigaction(signals[i], &action, nullptr);
    }
}

}  // namespace MPI4CXX::detail
