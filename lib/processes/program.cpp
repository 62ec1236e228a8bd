#include "processes/program.hpp"

#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/error.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <system_error>
#include <vector>

namespace MPI4CXX::detail {

namespace {

namespace fs = std::filesystem;

bool can_be_run(const fs::path& file) {
    std::error_code none;
    return fs::is_regular_file(file, none) && access(file.c_str(), X_OK) == 0;
}

bool goes_elsewhere(const Info& info, At at) {
    constexpr std::array keys{"host", "hostfile", "add-host", "add-hostfile"};
    return std::any_of(keys.begin(), keys.end(), [&](const char* key) { return info.contains(key, at); });
}

void add_paths(std::vector<fs::path>& folders, const std::string& list) {
    std::istringstream words(list);
    for (std::string folder; std::getline(words, folder, ':');) folders.emplace_back(folder.empty() ? "." : folder);
}

/// Returns the folders in which the MPI looks for `command`.
std::vector<fs::path> folders_of(const std::string& command, const Info& info, At at) {
    const fs::path working = fs::absolute(info.get("wdir", ".", at));
    if (command.find('/') != std::string::npos)
        return {working};
    std::vector<fs::path> folders;
    if (spawns_from_working_folder())
        folders.push_back(working);
    else
        add_paths(folders, info.get("path", "", at));
    if (const char* const path = std::getenv("PATH"); path != nullptr)
        add_paths(folders, path);
    return folders;
}

}  // namespace

void check_program(const std::string& command, const Info& info, At at) {
    if (goes_elsewhere(info, at))
        return;
    const std::vector<fs::path> folders = folders_of(command, info, at);
    if (std::any_of(folders.begin(), folders.end(), [&](const fs::path& folder) { return can_be_run(folder / command); }))
        return;
    std::string where;
    for (const fs::path& folder : folders) where += (where.empty() ? "" : ":") + folder.string();
    throw Exception(MPI_ERR_SPAWN, "MPI_Comm_spawn", "there is no program \"" + command + "\" to run in " + where, at);
}

std::vector<std::string> launcher_arguments(std::span<const std::string> arguments, At at) {
    std::vector<std::string> result(arguments.begin(), arguments.end());
    if (!reads_backslashes_of_arguments())
        return result;
    for (std::string& argument : result) {
        if (argument.empty() || argument.find('\n') != std::string::npos)
            throw Exception(MPI_ERR_SPAWN, "MPI_Comm_spawn", "MPICH's mpiexec takes no argument that is empty or has an end of line", at);
        for (std::size_t i = argument.find('\\'); i != std::string::npos; i = argument.find('\\', i + 2)) argument.insert(i, 1, '\\');
    }
    return result;
}

}  // namespace MPI4CXX::detail
