// Runs the Catch2 cases of one executable in a world of processes: refuses a world of the wrong size, shows the output of
// rank 0 and of the ranks that failed, and gives all of them one verdict.
#if __has_include(<catch2/catch_session.hpp>)
#include <catch2/catch_session.hpp>
#include <catch2/catch_test_case_info.hpp>
#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>
using Listener = Catch::EventListenerBase;
#else
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
using Listener = Catch::TestEventListenerBase;
#endif

#include <mpi4cxx/environment.hpp>
#include <mpi4cxx/intracomm.hpp>

#include <unistd.h>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace MPI = mpi4cxx;

namespace {

// The name of the running case.
std::array<char, 512> running{};

// Aborts, because the mpiexec of MPICH 4.2 may exit with 0 after any other death before MPI_Finalize: when it sees one rank
// gone, it notes success for all that it has not waited for yet, also for those that died before.
[[noreturn]] void end_world(const char* fate) {
    dprintf(STDERR_FILENO, "%s: %s\n", fate, running.data());
    alarm(10);  // the abort itself may hang
    MPI::COMM_WORLD.Abort(1);
}

void on_crash(int number) {
    std::signal(number, SIG_DFL);
    end_world("crashes");
}

/// Ends a world that hangs, naming the case.
class Watchdog : public Listener {
public:
    using Listener::Listener;
    void testCaseStarting(const Catch::TestCaseInfo& info) override {
        std::snprintf(running.data(), running.size(), "%s", std::string(info.name).c_str());
        const char* seconds = std::getenv("TEST_SECONDS");
        alarm(seconds != nullptr ? static_cast<unsigned>(std::atoi(seconds)) : 60);
    }
    void testCaseEnded(const Catch::TestCaseStats&) override { alarm(0); }

    // A thread waits for the signal: in a handler, MPI might be called while it is in a call already, which MPICH 4.0 refuses.
    // All threads inherit the mask, those of MPI too if this comes first.
    static void start() {
        sigset_t alarms;
        sigemptyset(&alarms);
        sigaddset(&alarms, SIGALRM);
        pthread_sigmask(SIG_BLOCK, &alarms, nullptr);
        std::thread([alarms] {
            int number = 0;
            sigwait(&alarms, &number);
            pthread_sigmask(SIG_UNBLOCK, &alarms, nullptr);  // the next one kills
            end_world("hangs");
        }).detach();
    }
};

}  // namespace

CATCH_REGISTER_LISTENER(Watchdog)

int main(int argc, char** argv) {
    Watchdog::start();
    MPI::Environment env(argc, argv, std::getenv("TEST_FUNNELED") != nullptr ? MPI::THREAD_FUNNELED : MPI::THREAD_MULTIPLE);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const char* wanted = std::getenv("TEST_RANKS");
    if (wanted != nullptr && std::atoi(wanted) != comm.size()) {
        std::fprintf(stderr, "a world of %d processes instead of %s: is this the launcher of the MPI that the tests are linked to?\n", comm.size(),
                     wanted);
        comm.Abort(2);
    }
    for (const int number : {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV}) std::signal(number, on_crash);  // Catch2 reports and passes on

    std::FILE* log = nullptr;
    const int terminal = dup(STDOUT_FILENO);
    if (comm.rank() != 0 && (log = std::tmpfile()) != nullptr)
        dup2(fileno(log), STDOUT_FILENO);

    const int failed = Catch::Session().run(argc, argv);

    if (log != nullptr && failed != 0) {
        std::fflush(stdout);
        dup2(terminal, STDOUT_FILENO);
        std::printf("\nrank %d of %d:\n", comm.rank(), comm.size());
        std::rewind(log);
        std::array<char, 4096> part;
        for (std::size_t n; (n = std::fread(part.data(), 1, part.size(), log)) > 0;) std::fwrite(part.data(), 1, n, stdout);
        std::fflush(stdout);
    }
    int worst = 0;
    comm.Allreduce(failed, worst, MPI::MAX);
    return worst;
}
