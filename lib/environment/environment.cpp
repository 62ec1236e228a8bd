// The start and the end of MPI, and what the MPI says about itself.
#include <mpi4cxx/environment.hpp>

#include <mpi4cxx/detail/mpi/call.hpp>
#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/intracomm.hpp>
#include <mpi4cxx/version.hpp>

#include "communicators/dropped_handles.hpp"
#include "communicators/outside.hpp"
#include "environment/process.hpp"
#include "processes/connections.hpp"
#include "requests/channel.hpp"
#include "requests/progress_thread.hpp"
#include "runtime/finalize.hpp"
#include "runtime/mixed_job.hpp"
#include "runtime/settings.hpp"
#include "runtime/text.hpp"
#include "runtime/tracing.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace MPI4CXX {

using detail::call;
using detail::get;

namespace {

/// Warns if the program was started by another MPI's launcher. Each process is then alone in its world (and exits 0).
void check_launcher() {
    if (get<MPI_Comm_size>(MPI_COMM_WORLD) != 1)
        return;
    const Launcher launcher = get_launcher();
    if (launcher.size > 1 && launcher.rank == 0)  // one warning, not one per rank
        std::fprintf(stderr, "mpi4cxx: warning: the launcher started %d ranks, but each is alone in its world. This program was started by %s: %s.\n",
                     launcher.size, launcher.name, launcher.instead);
}

/// Names variables that somebody may have set in vain, once and on one process.
void warn_of_unknown_settings() {
    static const std::string names = get_unknown_settings();
    static bool is_said = names.empty() || get<MPI_Comm_rank>(MPI_COMM_WORLD) != 0;
    if (!std::exchange(is_said, true))
        std::fprintf(stderr, "mpi4cxx: warning: the library has no variable %s; `mpi4cxx-bench --config` lists those that there are\n",
                     names.c_str());
}

/// Prepares an MPI that is initialized for this library.
void prepare(At at) {
    call<MPI_Comm_set_errhandler>(MPI_COMM_WORLD, detail::chosen_errhandler(), at);
    call<MPI_Comm_set_errhandler>(MPI_COMM_SELF, detail::chosen_errhandler(), at);
    detail::disconnect_at_finalize();
    if (detail::is_mixed_job()) {
        detail::mark_outside(MPI_COMM_WORLD, at);
    } else {
        detail::open_channel(at);
        detail::free_dropped_at_finalize();
    }
    detail::prepare_process(at);
    check_launcher();
    warn_of_unknown_settings();
}

/// Prepares the library's own MPI: the program is the library's user, so that the processes that have spawned this one are too, or disconnect as C
/// programs do.
void prepare_own(At at) {
    prepare(at);
    detail::keep_parent(get<PMPI_Comm_get_parent>(at), at);  // tools do not see this call, because the program does not make it
}

/// Initializes MPI with the level of thread support that MPI4CXX_THREAD_LEVEL names, or else with `required`; if there is neither, by MPI_Init.
/// Returns the level that MPI provides.
int initialize(int* argc, char*** argv, std::optional<int> required, At at) {
    if (!detail::is_session_open())  // otherwise the session has done so: now it would lose what the session has begun
        detail::trace_if_asked();
    const std::string level = detail::setting("MPI4CXX_THREAD_LEVEL");
    if (!level.empty())
        required = level == "single"       ? THREAD_SINGLE
                   : level == "funneled"   ? THREAD_FUNNELED
                   : level == "serialized" ? THREAD_SERIALIZED
                                           : THREAD_MULTIPLE;
    const detail::Beginning beginning(required == THREAD_MULTIPLE);
    if (required)
        return get<MPI_Init_thread>(argc, argv, *required, at);
    call<MPI_Init>(argc, argv, at);
    return THREAD_SINGLE;
}

/// Throws if MPI is initialized already, for MPI would end the job, or if a variable of the environment has a value that is not allowed.
void check_first(At at, const char* function) {
    detail::check_mpi(at, function);
    detail::check_not_ended(at, function);
    if (Is_initialized(at))
        detail::misuse({at, function}, "MPI has been initialized already");
    detail::check_settings({at, function});
}

/// Prepares this process for MPI_Finalize. The sessions that stay open need the progress thread.
void end_world() {
    detail::finalize_left_sessions();
    if (!detail::is_session_open())
        detail::end_progress_thread();
}

}  // namespace

Environment::Environment(int& argc, char**& argv, ThreadLevel required, At at) : Environment(&argc, &argv, required, at) {}
Environment::Environment(ThreadLevel required, At at) : Environment(nullptr, nullptr, required, at) {}

/// The settings that an Environment changes, as they were before.
struct Environment::Before {
    explicit Before(At at) : world(COMM_WORLD.Get_errhandler(at)), self(COMM_SELF.Get_errhandler(at)) {}
    void restore() const noexcept try {
        std::set_terminate(terminate);
        COMM_WORLD.Set_errhandler(world);
        COMM_SELF.Set_errhandler(self);
    } catch (...) {  // MPI has refused them, and there is nobody to tell
    }

    Errhandler world, self;
    std::terminate_handler terminate = std::get_terminate();
};

Environment::Environment(int* argc, char*** argv, ThreadLevel required, At at) : exceptions_(std::uncaught_exceptions()) {
    detail::check_settings({at, "Environment"});
    detail::check_mpi(at, "Environment");
    detail::check_not_ended(at, "Environment");
    if (Is_initialized(at)) {
        before_ = std::make_unique<Before>(at);
        prepare(at);
        return;
    }
    initialize(argc, argv, required, at);
    prepare_own(at);
}

Environment::~Environment() {
    if (!detail::has_world())
        return;
    if (before_ != nullptr) {
        before_->restore();
        return;
    }
    if (std::uncaught_exceptions() == exceptions_) {
        end_world();
        MPI_Finalize();
        return;
    }
    // MPI_Finalize would wait for the other processes, which wait for this one. Whoever catches the exception may still
    // report it, so the job ends when this process exits.
    detail::abort_at_exit("an exception left the scope of mpi4cxx::Environment");
}

void Init(At at) {
    check_first(at, "MPI_Init");
    initialize(nullptr, nullptr, {}, at);
    prepare_own(at);
}

ThreadLevel Init_thread(ThreadLevel required, At at) {
    check_first(at, "MPI_Init_thread");
    const int provided = initialize(nullptr, nullptr, required, at);
    prepare_own(at);
    return static_cast<ThreadLevel>(provided);
}

void Finalize(At at) {
    if (!detail::has_world())
        detail::misuse({at, "MPI_Finalize"}, Is_initialized(at) ? "MPI has been finalized already" : "MPI has not been initialized");
    end_world();
    call<MPI_Finalize>(at);
}

void Pcontrol(int level, At at) {
    if (const int code = MPI_Pcontrol(level); code != MPI_SUCCESS)
        detail::raise(code, "MPI_Pcontrol", at.file, at.line, nullptr);
}

bool Is_initialized(At at) { return get<MPI_Initialized>(at) != 0; }
bool Is_finalized(At at) { return get<MPI_Finalized>(at) != 0; }
ThreadLevel Query_thread(At at) { return static_cast<ThreadLevel>(get<MPI_Query_thread>(at)); }
bool Is_thread_main(At at) { return get<MPI_Is_thread_main>(at) != 0; }
std::string Get_processor_name(At at) { return detail::text<MPI_Get_processor_name, MPI_MAX_PROCESSOR_NAME>(at); }
Info Get_hw_resource_info(At at) { return Info::take(get<MPI_Get_hw_resource_info>(at)); }

Version Get_abi_version(At at) {
    Version result{};
    call<MPI_Abi_get_version>(&result.version, &result.subversion, at);
    return result;
}

Info Get_abi_info(At at) { return Info::take(get<MPI_Abi_get_info>(at)); }
Info Get_abi_fortran_info(At at) { return Info::take(get<MPI_Abi_get_fortran_info>(at)); }

// Timers that end after MPI are usual, but there MPI may end the process.
using OwnClock = std::chrono::steady_clock;
double Wtime() noexcept { return detail::is_running() ? MPI_Wtime() : std::chrono::duration<double>(OwnClock::now().time_since_epoch()).count(); }
double Wtick() noexcept { return detail::is_running() ? MPI_Wtick() : std::chrono::duration<double>(OwnClock::duration(1)).count(); }

Version Get_version(At at) {
    Version result{};
    call<MPI_Get_version>(&result.version, &result.subversion, at);
    return result;
}

std::string Get_library_version(At at) { return detail::text<MPI_Get_library_version, MPI_MAX_LIBRARY_VERSION_STRING>(at); }

Vendor get_vendor(At at) { return get_vendor(Get_library_version(at)); }

Vendor get_vendor(std::string_view library_version) {
    // If several of these names are in the text, the first in this list is right: MPICH's derivatives name MPICH too.
    for (const char* name : {"Open MPI", "Intel(R) MPI", "MVAPICH2", "MVAPICH", "CRAY MPICH", "MPICH", "IBM Spectrum MPI", "Microsoft MPI"}) {
        const std::size_t found = library_version.find(name);
        if (found == std::string_view::npos)
            continue;
        Vendor vendor{name, 0, 0, 0};
        const std::size_t number =
            std::min(library_version.find_first_of("0123456789", found + std::string_view(name).size()), library_version.size());
        std::sscanf(std::string(library_version.substr(number)).c_str(), "%d.%d.%d", &vendor.major, &vendor.minor, &vendor.micro);
        return vendor;
    }
    return {"unknown", 0, 0, 0};
}

}  // namespace MPI4CXX
