// The shared memory of running tasks, and the shell that reads it after the end of the process.
#include "futures/exit_reporter.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <mutex>

namespace MPI4CXX::futures::detail {

namespace {

// A slot is three lines, padded with spaces: the number of the task ("-" if none runs), the worker, the function.
constexpr std::size_t number_size = 24, place_size = 200, function_size = 288, slot_size = number_size + place_size + function_size, slots = 256;

// This process holds the other end of the pipe, which closes when the process ends. The shell that waits for this is no child of the process, because
// a task may wait for its own children.
constexpr const char* script = R"sh((
    read -r _ <&8
    while read -r number && read -r place && read -r function; do
        [ "$number" = - ] || [ -z "$number" ] || echo "$place ended without a word in task $number, $function: it was killed, or called _exit()" >&2
    done <&9
) &)sh";

void write_line(char* to, std::size_t size, const std::string& text) noexcept {
    const std::size_t length = std::min(text.size(), size - 1);
    std::memset(to, ' ', size - 1);
    std::replace_copy(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(length), to, '\n', ' ');
    to[size - 1] = '\n';
}

/// The slots of all workers of this process; null if no shell can be started to read them.
struct SharedSlots {
    char* memory = nullptr;
    int file = -1;  // as long as the slots in use: the shell reads all of it
};

void start_shell(int pipe_end, SharedSlots& shared_slots) noexcept {
    const int moved_pipe = fcntl(pipe_end, F_DUPFD_CLOEXEC, 20), moved_file = fcntl(shared_slots.file, F_DUPFD_CLOEXEC, 20);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, moved_pipe, 8);
    posix_spawn_file_actions_adddup2(&actions, moved_file, 9);
    posix_spawn_file_actions_addclosefrom_np(&actions, 10);  // the MPI's own files
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);  // so that a kill of the process group does not reach the shell
    std::array<char*, 4> words{const_cast<char*>("sh"), const_cast<char*>("-c"), const_cast<char*>(script), nullptr};
    pid_t shell = 0;
    if (posix_spawn(&shell, "/bin/sh", &actions, &attributes, words.data(), environ) == 0)
        waitpid(shell, nullptr, 0);
    else
        shared_slots.memory = nullptr;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    close(moved_pipe);
    close(moved_file);
}

SharedSlots make_shared_slots() noexcept {
    SharedSlots shared_slots;
    std::array<int, 2> ends{};  // the write end stays open until the process ends
    shared_slots.file = memfd_create("mpi4cxx tasks", MFD_CLOEXEC);
    if (shared_slots.file < 0 || pipe2(ends.data(), O_CLOEXEC) != 0)
        return {};
    void* const memory = mmap(nullptr, slots * slot_size, PROT_READ | PROT_WRITE, MAP_SHARED, shared_slots.file, 0);
    shared_slots.memory = memory == MAP_FAILED ? nullptr : static_cast<char*>(memory);
    if (shared_slots.memory != nullptr)
        start_shell(ends[0], shared_slots);
    close(ends[0]);
    return shared_slots;
}

constinit std::mutex mutex;
std::array<bool, slots> is_taken{};

const SharedSlots& shared_slots() noexcept {
    static const SharedSlots only = make_shared_slots();
    return only;
}

char* take_slot() noexcept {
    const std::lock_guard lock(mutex);
    const auto free = std::find(is_taken.begin(), is_taken.end(), false);
    const auto i = static_cast<std::size_t>(free - is_taken.begin());
    struct stat status {};
    if (shared_slots().memory == nullptr || i == slots || fstat(shared_slots().file, &status) != 0)
        return nullptr;
    const auto size = static_cast<off_t>((i + 1) * slot_size);
    if (status.st_size < size && ftruncate(shared_slots().file, size) != 0)
        return nullptr;
    *free = true;
    return shared_slots().memory + i * slot_size;
}

}  // namespace

ExitReporter::ExitReporter(const TaskPlace& place) noexcept : slot_(take_slot()) {
    if (slot_ == nullptr)
        return;
    end();
    write_line(slot_ + number_size, place_size, place.name + " on " + place.host);
    set_function("");
}

ExitReporter::~ExitReporter() {
    if (slot_ == nullptr)
        return;
    end();
    write_line(slot_ + number_size, place_size, "");
    const std::lock_guard lock(mutex);
    is_taken[static_cast<std::size_t>(slot_ - shared_slots().memory) / slot_size] = false;
}

void ExitReporter::set_function(const std::string& name) noexcept {
    if (slot_ != nullptr)
        write_line(slot_ + number_size + place_size, function_size, name);
}

void ExitReporter::begin(std::uint64_t number) noexcept {
    if (slot_ == nullptr)
        return;
    char* const end = std::to_chars(slot_, slot_ + number_size - 1, number).ptr;
    std::fill(end, slot_ + number_size - 1, ' ');
}

void ExitReporter::end() noexcept {
    if (slot_ != nullptr)
        write_line(slot_, number_size, "-");
}

void ExitReporter::end_all() noexcept {
    const std::unique_lock lock(mutex, std::try_to_lock);  // a thread that has crashed may hold it
    for (std::size_t i = 0; lock.owns_lock() && i < slots; ++i)
        if (is_taken[i])
            write_line(shared_slots().memory + i * slot_size, number_size, "-");
}

}  // namespace MPI4CXX::futures::detail
