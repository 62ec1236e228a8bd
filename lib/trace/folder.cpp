// The folder of the results: its name, its marker and lock, and what it is cleared of.
#include "trace/folder.hpp"

#include "runtime/settings.hpp"
#include "trace/call.hpp"
#include "trace/results.hpp"
#include "trace/watchdog.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <string_view>

namespace mpi4cxx::trace {

namespace {

namespace fs = std::filesystem;

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

}  // namespace

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

void remove_unused_folder(const std::string& folder) {
    std::error_code ignored;
    unmark(folder);
    if (is_new_folder)
        fs::remove(folder, ignored);
}

}  // namespace mpi4cxx::trace
