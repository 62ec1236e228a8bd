#include "futures/spawn.hpp"

#include <mpi4cxx/detail/mpi/call.hpp>
#include <mpi4cxx/error.hpp>

#include <climits>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <unistd.h>

namespace MPI4CXX::futures::detail {

using mpi4cxx::detail::call;
using mpi4cxx::detail::get;
using mpi4cxx::detail::Place;

namespace {

/// Returns whether a launcher has started this process. Without a launcher MPICH 4.0 would start mpiexec itself and wait for it.
bool is_launched() {
    for (const char* name : {"PMI_RANK", "PMI_FD", "PMIX_RANK", "OMPI_COMM_WORLD_SIZE"})
        if (std::getenv(name) != nullptr)
            return true;
    return false;
}

int universe_size(At at) {
    int* size = nullptr;
    int found = 0;
    call<MPI_Comm_get_attr>(MPI_COMM_WORLD, MPI_UNIVERSE_SIZE, &size, &found, at);
    return found != 0 ? *size : 1;
}

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

Comm get_parent(At at) { return Comm::borrow(get<MPI_Comm_get_parent>(at)); }

Comm spawn_workers(int wanted, At at) {
    if (!is_launched())
        return {};
    const int room = universe_size(at) - 1;
    const char* const choice = std::getenv("MPI4CXX_FUTURES_WORKERS");
    if (room < 1 || (choice != nullptr && std::string(choice) == "threads"))
        return {};
    const int n = wanted > 0 ? wanted : room;
    std::vector<std::string> words = arguments();
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    const std::string program = program_path();
    MPI_Comm raw = MPI_COMM_NULL;
    try {
        call<MPI_Comm_spawn>(program.c_str(), argv.data(), n, MPI_INFO_NULL, 0, MPI_COMM_SELF, &raw, MPI_ERRCODES_IGNORE, at);
    } catch (const Exception& e) {
        const std::string total = std::to_string(n + 1);
        throw Exception(e.Get_error_code(), "MPI_Comm_spawn",
                        "this MPI cannot spawn the " + std::to_string(n) +
                            " workers that it was asked for: start them with the program, by `mpiexec -n " + total + "` or `srun -n " + total +
                            "` (" + e.Get_error_string() + ")",
                        at);
    }
    return Comm::take(raw, at);
}

}  // namespace MPI4CXX::futures::detail
