// The start and the end of the trace: MPI_Init, MPI_Finalize and MPI_Abort.
#include "runtime/settings.hpp"
#include "trace/call.hpp"
#include "trace/results.hpp"
#include "trace/watchdog.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

/// Tells Environment that the library is loaded.
extern "C" MPI4CXX_TRACED const int mpi4cxx_trace_is_loaded = 1;

namespace mpi4cxx::trace {

namespace {

namespace fs = std::filesystem;

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

/// A folder of the trace holds a file of this name. In other folders the trace deletes and replaces nothing.
constexpr const char* marker = ".mpi4cxx-trace";

bool has_marker(const fs::path& folder) { return fs::is_regular_file(fs::symlink_status(folder / marker)); }

/// Makes a folder one of the trace's and locks it until the result is closed. Returns -1 if another job has locked it; throws if nothing can be
/// written there. A file system without locks grants them to all.
int lock(const fs::path& folder) {
    const int file = open((folder / marker).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (file < 0)
        throw fs::filesystem_error("", folder, std::error_code(errno, std::generic_category()));
    if (flock(file, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
        return file;
    close(file);
    return -1;
}

/// Creates the first of STEM, STEM.2 and so on that is not there yet, and locks it.
fs::path create_next(const fs::path& stem) {
    fs::path folder = stem;
    for (int i = 2; fs::exists(fs::symlink_status(folder)) || !fs::create_directory(folder) || lock(folder) < 0; ++i)
        folder = stem.string() + "." + std::to_string(i);
    return folder;
}

/// Returns whether the trace writes files of this name.
bool is_written(std::string_view name) {
    constexpr std::string_view results[] = {"summary.txt", "matrix.csv", "matrix.svg", "timeline.json", "timeline.svg", "watchdog.txt", "end"};
    if (name.ends_with(".part"))
        name.remove_suffix(5);
    for (const std::string_view start : {"log.", "still."})
        if (name.starts_with(start) && name.find_first_not_of("0123456789", start.size()) == name.npos)
            return true;
    return std::find(std::begin(results), std::end(results), name) != std::end(results);
}

/// Deletes what an earlier run has left in a folder of the trace.
void clear(const fs::path& folder) {
    std::error_code ignored;  // of folders that hold something
    for (const fs::directory_entry& old : fs::directory_iterator(folder))
        if (is_written(old.path().filename().string()))
            fs::remove(old.path(), ignored);
}

/// Removes the marker from a folder that holds nothing else.
void unmark(const fs::path& folder) {
    std::error_code ignored;
    if (std::distance(fs::directory_iterator(folder, ignored), fs::directory_iterator()) == 1)
        fs::remove(folder / marker, ignored);
}

/// Deletes the results of the processes that an earlier run has spawned, where none runs any more.
void clear_spawned(const fs::path& folder) {
    for (const fs::directory_entry& old : fs::directory_iterator(folder)) {
        const fs::path& path = old.path();
        if (path.stem() != "spawned" || old.is_symlink() || !old.is_directory() || !has_marker(path))
            continue;
        const int file = lock(path);
        if (file < 0)
            continue;
        clear(path);
        unmark(path);
        std::error_code ignored;
        fs::remove(path, ignored);  // succeeds only if nobody has put something there
        close(file);
    }
}

bool is_spawned() {
    MPI_Comm parent = MPI_COMM_NULL;
    return PMPI_Comm_get_parent(&parent) == MPI_SUCCESS && parent != MPI_COMM_NULL;
}

bool is_new_folder = true;

/// Creates the folder MPI4CXX_TRACE_DIR, or one beside the program's output: PROGRAM.trace, PROGRAM.trace.2 and so on. If another job writes into the
/// given folder, or it holds files but none of a trace, the folder PROGRAM.trace is made in it. Processes that have been spawned are a world of their
/// own, with a folder of its own: in MPI4CXX_TRACE_DIR it is `spawned`, `spawned.2` and so on.
fs::path make_folder(const fs::path& usual_name) {
    const char* const given = mpi4cxx::detail::find_setting("MPI4CXX_TRACE_DIR").value();
    if (given == nullptr || *given == '\0')
        return create_next(fs::current_path() / usual_name);
    fs::path folder = fs::absolute(given);
    const bool was_created = fs::create_directories(folder);
    const bool is_own = fs::is_empty(folder) || has_marker(folder);
    if (is_own && is_spawned())
        return create_next(folder / "spawned");
    if (!is_own || lock(folder) < 0)
        return create_next(folder / usual_name);
    is_new_folder = was_created;
    clear(folder);
    clear_spawned(folder);
    return folder;
}

/// Returns the folder for the results: one for temporary files if no other can be written, or an empty path if that cannot either.
std::string folder_for_results() {
    const fs::path usual_name = program_name() + ".trace";
    std::string problem;
    try {
        return make_folder(usual_name).string();
    } catch (const fs::filesystem_error& e) {
        problem = "trace: cannot write to " + e.path1().string() + ": " + e.code().message();
    }
    try {
        std::string result = create_next(fs::temp_directory_path() / usual_name).string();
        print_message(problem + "; the results go to " + result + "\n");
        return result;
    } catch (const fs::filesystem_error&) {
        print_message(problem + ", nor to a folder for temporary files; nothing is recorded or watched\n");
        return "";
    }
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

/// Removes the folder, or the marker of one that was there before, if there was nothing to write.
void remove_unused_folder() {
    std::error_code ignored;
    unmark(folder);
    if (is_new_folder)
        fs::remove(folder, ignored);
}

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
        remove_unused_folder();
    return MPI_SUCCESS;
}

void start() {
    PMPI_Comm_rank(MPI_COMM_WORLD, &rank);
    PMPI_Comm_size(MPI_COMM_WORLD, &size);
    const Settings wanted = settings(rank);
    has_trace = wanted.trace;
    if (!has_trace && wanted.timeout == 0)
        return;
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
