#include "environment/process.hpp"

#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/environment.hpp>
#include <mpi4cxx/error.hpp>

#include "environment/crash_limit.hpp"
#include "mpi/implementation.hpp"
#include "requests/progress_thread.hpp"
#include "runtime/finalize.hpp"

#include <execinfo.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>

namespace MPI4CXX::detail {

namespace {

std::terminate_handler old_terminate = nullptr;

/// Aborts the job before this process dies of an exception that nobody catches. The other processes would wait for it forever. They wait for no
/// child.
[[noreturn]] void on_terminate() {
    if (is_forked()) {
        old_terminate();
        std::abort();
    }
    std::string message = "terminated";
    if (const std::exception_ptr exception = std::current_exception()) {
        try {
            std::rethrow_exception(exception);
        } catch (const std::exception& e) {
            message = std::string("uncaught exception: ") + (e.what() != nullptr ? e.what() : "");
        } catch (...) {
            message = "uncaught exception of a type that is no std::exception";
        }
    }
    abort_job(message.c_str());
}

/// Why the exit of this process has to end the job; null if it has not.
const char* reason_at_exit = nullptr;

/// Whether MPI is being initialized.
bool is_beginning = false;

/// Says which launcher is right, once for all processes, if that of another MPI has started this process.
void name_launcher() {
    const Launcher launcher = get_launcher();
    const std::string_view name = launcher.name;
    if (is_beginning && launcher.rank == 0 && name.ends_with("mpiexec") && name.starts_with("Open MPI") != is_open_mpi())
        std::fprintf(stderr, "mpi4cxx: the MPI has ended this program where it begins. The program was started by %s: %s.\n", launcher.name,
                     launcher.instead);
}

}  // namespace

void check_not_ended(At at, const char* function) {
    if (has_ended())
        misuse({at, function}, "MPI has ended in this process and cannot begin again: keep an Environment or a Session as long as MPI is used");
}

void check_mpi(At at, const char* function) {
    if (const std::string problem = misfit(); !problem.empty())
        misuse({at, function}, problem);
    if (const std::string other = other_mpi(); !other.empty())
        std::fprintf(stderr,
                     "mpi4cxx: warning: this process has loaded %s besides libmpi_abi.so, which mpi4cxx uses: their handles differ, so only one of "
                     "them can be used. Link all libraries of the program to the same one.\n",
                     other.c_str());
}

Beginning::Beginning(bool has_threads) : parameters_(has_threads) {
    static const bool is_told = std::atexit(name_launcher) == 0;
    is_beginning = is_told;
}

Beginning::~Beginning() { is_beginning = false; }

void prepare_process(At at) {
    allow_progress_thread(at);
    note_forks();
    const std::terminate_handler before = std::set_terminate(on_terminate);
    if (old_terminate == nullptr)  // a later one may be another of the library's, which calls this one
        old_terminate = before;
    limit_crash_handlers();
    if (prints_stack_of_crash()) {
        void* frame = nullptr;
        backtrace(&frame, 1);
    }
}

void abort_at_exit(const char* reason) {
    if (reason_at_exit == nullptr)
        std::atexit([] {
            if (is_running() && !is_aborting())
                abort_job(reason_at_exit);
        });
    reason_at_exit = reason;
}

}  // namespace MPI4CXX::detail
