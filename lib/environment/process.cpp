#include "environment/process.hpp"

#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/error.hpp>

#include "requests/progress_thread.hpp"
#include "runtime/finalize.hpp"

#include <execinfo.h>

#include <cstdlib>
#include <exception>
#include <string>

namespace MPI4CXX::detail {

namespace {

/// Aborts the job before this process dies of an exception that nobody catches. The other processes would wait for it forever.
[[noreturn]] void on_terminate() {
    std::string message = "terminated";
    if (const std::exception_ptr exception = std::current_exception()) {
        try {
            std::rethrow_exception(exception);
        } catch (const std::exception& e) {
            message = std::string("uncaught exception: ") + e.what();
        } catch (...) {
            message = "uncaught exception of a type that is no std::exception";
        }
    }
    abort_job(message.c_str());
}

/// Why the exit of this process has to end the job; null if it has not.
const char* reason_at_exit = nullptr;

}  // namespace

void check_not_ended(At at, const char* function) {
    if (has_ended())
        misuse({at, function}, "MPI has ended in this process and cannot begin again: keep an Environment or a Session as long as MPI is used");
}

void prepare_process(At at) {
    allow_progress_thread(at);
    std::set_terminate(on_terminate);
    if constexpr (prints_stack_of_crash) {
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
