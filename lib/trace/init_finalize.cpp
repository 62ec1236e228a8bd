// The start and the end of the trace: MPI_Init, MPI_Finalize and MPI_Abort.
#include "runtime/mixed_job.hpp"
#include "runtime/settings.hpp"
#include "trace/call.hpp"
#include "trace/folder.hpp"
#include "trace/results.hpp"
#include "trace/watchdog.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <string_view>

/// Tells Environment that the library is loaded.
extern "C" MPI4CXX_TRACED const int mpi4cxx_trace_is_loaded = 1;

namespace mpi4cxx::trace {

namespace {

struct Settings {
    bool trace = false;
    double timeout = 0;   // of the watchdog, in seconds; 0: no watchdog
    bool aborts = false;  // the watchdog ends the job; there is one then
};

constexpr double default_timeout = 60;

/// Reads MPI4CXX_TRACE: 1, or a list of trace, watchdog[:SECONDS] and abort.
Settings settings(int rank) {
    const mpi4cxx::Setting& variable = mpi4cxx::detail::find_setting("MPI4CXX_TRACE");
    if (const std::string problem = variable.problem(); rank == 0 && !problem.empty())
        print_message("trace: " + problem + '\n');
    std::string_view rest = variable.value() == nullptr ? "1" : variable.value();
    Settings result;
    while (!rest.empty()) {
        const std::string word(rest.substr(0, rest.find(',')));
        rest.remove_prefix(std::min(word.size() + 1, rest.size()));
        const double seconds = word.starts_with("watchdog:") ? std::atof(word.c_str() + 9) : default_timeout;
        if (word == "trace" || word == "1")
            result.trace = true;
        if (word == "abort")
            result.aborts = true;
        if (word == "1" || word == "watchdog" || (word.starts_with("watchdog:") && seconds > 0))
            result.timeout = seconds;
    }
    if (result.aborts && result.timeout == 0)
        result.timeout = default_timeout;
    return result;
}

/// The processes of this world, separate from the program's messages.
MPI_Comm own_comm = MPI_COMM_NULL;
std::string folder;
int rank = 0, size = 1;
bool has_trace = false;

/// Returns what to add to this process's times to get times of rank 0; 0 on the same machine.
std::int64_t clock_offset() {
    constexpr int rounds = 5;
    std::int64_t result = 0, shortest = INT64_MAX;
    for (int other = 1; other < size; ++other) {
        for (int i = 0; i < rounds; ++i) {
            std::int64_t remote = 0, begin = now();
            if (rank == 0) {
                PMPI_Recv(&remote, 1, MPI_INT64_T, other, 0, own_comm, MPI_STATUS_IGNORE);
                const std::int64_t here = now();
                PMPI_Send(&here, 1, MPI_INT64_T, other, 0, own_comm);
            } else if (rank == other) {
                PMPI_Send(&begin, 1, MPI_INT64_T, 0, 0, own_comm);
                PMPI_Recv(&remote, 1, MPI_INT64_T, 0, 0, own_comm, MPI_STATUS_IGNORE);
                const std::int64_t trip = now() - begin;
                if (trip < shortest) {
                    shortest = trip;
                    result = remote - (begin + trip / 2);
                }
            }
        }
    }
    return std::abs(result) > shortest ? result : 0;  // smaller values are measurement errors
}

Call* finalizing = nullptr;

/// Callback of an attribute of COMM_SELF. It was set first, so MPI_Finalize deletes it last: the program's own callbacks have communicated by then,
/// and MPI still works.
int finish(MPI_Comm, int, void*, void*) {
    if (finalizing != nullptr)
        finalizing->resumes();
    PMPI_Barrier(own_comm);
    if (finalizing != nullptr)
        finalizing->done(MPI_SUCCESS);
    own_log.end = now();
    is_running = false;
    stop_watching();
    if (has_trace) {
        own_log.offset = clock_offset();
        own_log.save(log_file(folder, rank));
    }
    PMPI_Barrier(own_comm);
    PMPI_Comm_free(&own_comm);
    if (rank == 0 && has_trace)
        write_results(folder, size);
    else if (rank == 0)
        remove_unused_folder(folder);
    return MPI_SUCCESS;
}

void start() {
    PMPI_Comm_rank(MPI_COMM_WORLD, &rank);
    PMPI_Comm_size(MPI_COMM_WORLD, &size);
    const Settings wanted = settings(rank);
    has_trace = wanted.trace;
    if (!has_trace && wanted.timeout == 0)
        return;
    if (mpi4cxx::detail::is_mixed_job()) {  // processes without the trace would not take part
        print_message("trace: the ranks of a mixed job are neither recorded nor watched\n");
        return;
    }
    PMPI_Comm_dup(MPI_COMM_WORLD, &own_comm);
    std::array<char, 4096> path{};
    if (rank == 0)
        folder_for_results().copy(path.data(), path.size() - 1);
    PMPI_Bcast(path.data(), static_cast<int>(path.size()), MPI_CHAR, 0, own_comm);
    folder = path.data();
    if (folder.empty()) {
        PMPI_Comm_free(&own_comm);
        return;
    }
    int keyval = MPI_KEYVAL_INVALID;
    PMPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, finish, &keyval, nullptr);
    PMPI_Comm_set_attr(MPI_COMM_SELF, keyval, nullptr);
    communicator_info(MPI_COMM_WORLD);

    most_events = std::clamp(std::size_t{4'000'000} / static_cast<std::size_t>(size), std::size_t{10'000}, std::size_t{1'000'000});
    own_log.rank = rank;
    own_log.begin = last_activity = now();
    is_logging = has_trace;
    is_running = true;
    this_thread();
    start_watching(folder, rank, size, wanted.timeout, wanted.aborts);
}

}  // namespace

}  // namespace mpi4cxx::trace

using namespace mpi4cxx::trace;

/// For the library's own threads, which also test the program's requests: the watchdog looks only at the program's threads.
extern "C" MPI4CXX_TRACED void mpi4cxx_trace_hide_this_thread() {
    Thread& thread = this_thread();
    const std::lock_guard lock(threads_mutex);
    std::erase(threads, &thread);
    thread.is_hidden = true;
}

extern "C" {

MPI4CXX_TRACED int MPI_Init(int* argc, char*** argv) {
    const int code = PMPI_Init(argc, argv);
    if (code == MPI_SUCCESS)
        start();
    return code;
}

MPI4CXX_TRACED int MPI_Init_thread(int* argc, char*** argv, int required, int* provided) {
    const int code = PMPI_Init_thread(argc, argv, required, provided);
    if (code == MPI_SUCCESS)
        start();
    return code;
}

MPI4CXX_TRACED int MPI_Finalize() {
    Call call(id("MPI_Finalize"));
    call.collective(MPI_COMM_WORLD, CollectivePattern::all, 0, nothing());
    finalizing = &call;
    return PMPI_Finalize();
}

MPI4CXX_TRACED int MPI_Abort(MPI_Comm comm, int code) {
    save_all_logs();
    return PMPI_Abort(comm, code);
}

}  // extern "C"
