#include "futures/spawn.hpp"

#include <mpi4cxx/error.hpp>
#include <mpi4cxx/intracomm.hpp>

#include "processes/launcher.hpp"
#include "runtime/settings.hpp"

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <unistd.h>

namespace MPI4CXX::futures::detail {

namespace {

constexpr const char* mark = "MPI4CXX_FUTURES_SPAWNED";  // in the environment of spawned workers

/// Returns the arguments of the program.
std::vector<std::string> arguments() {
    std::ifstream file("/proc/self/cmdline", std::ios::binary);
    const std::string line{std::istreambuf_iterator<char>(file), {}};
    std::vector<std::string> words;
    for (std::size_t begin = line.find('\0') + 1; begin != 0 && begin < line.size(); begin = line.find('\0', begin) + 1) {
        words.emplace_back(line.c_str() + begin);
        if (line.find('\0', begin) == std::string::npos)
            break;
    }
    return words;
}

std::string program_path() {
    char path[PATH_MAX] = "";
    const ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    return {path, static_cast<std::size_t>(length > 0 ? length : 0)};
}

}  // namespace

Intercomm get_manager(At at) { return std::getenv(mark) == nullptr ? Intercomm() : Comm::Get_parent(at); }

Intercomm spawn_workers(int wanted, At at) {
    if (!mpi4cxx::detail::can_ask_launcher())
        return {};
    const int room = COMM_WORLD.Get_attr(UNIVERSE_SIZE, at).value_or(1) - 1;
    if (room < 1 || mpi4cxx::detail::setting("MPI4CXX_FUTURES_WORKERS") == "threads")
        return {};
    const int n = wanted > 0 ? wanted : room;
    std::vector<std::string> words{std::string(mark) + "=1", program_path()};  // so that `env` starts the program
    std::ranges::copy(arguments(), std::back_inserter(words));
    try {
        return COMM_SELF.Spawn("env", words, n, INFO_NULL, 0, nullptr, at);
    } catch (const Exception& e) {
        const std::string total = std::to_string(n + 1);
        throw Exception(e.Get_error_code(), "MPI_Comm_spawn",
                        "this MPI cannot spawn the " + std::to_string(n) +
                            " workers that it was asked for: start them with the program, by `mpiexec -n " + total + "` or `srun -n " + total +
                            "` (" + e.Get_error_string() + ")",
                        at);
    }
}

}  // namespace MPI4CXX::futures::detail
