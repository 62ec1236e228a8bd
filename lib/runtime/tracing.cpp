#include "runtime/tracing.hpp"

#include "runtime/settings.hpp"

#include <dlfcn.h>
#include <unistd.h>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace MPI4CXX::detail {

namespace {

/// Returns the path of the trace's library beside this library; if there is none, its name, which leaves the search to the loader.
std::string trace_library() {
    std::string name = MPI4CXX_TRACE_LIBRARY;
    Dl_info info{};
    if (dladdr(reinterpret_cast<const void*>(&trace_if_asked), &info) == 0 || info.dli_fname == nullptr)
        return name;
    const std::string path = info.dli_fname;
    const std::string beside = path.substr(0, path.rfind('/') + 1) + name;
    return access(beside.c_str(), R_OK) == 0 ? beside : name;
}

/// Returns the path of this program. Started as "/proc/self/exe", it would be called exe.
std::string program() {
    std::string path(4096, '\0');
    const ssize_t length = readlink("/proc/self/exe", path.data(), path.size());
    return path.substr(0, length < 0 ? 0 : static_cast<std::size_t>(length));
}

std::vector<std::string> command_line() {
    std::ifstream file("/proc/self/cmdline");
    std::vector<std::string> words;
    for (std::string word; std::getline(file, word, '\0');) words.push_back(word);
    return words;
}

}  // namespace

void hide_this_thread() {
    if (void* const hide = dlsym(RTLD_DEFAULT, "mpi4cxx_trace_hide_this_thread"); hide != nullptr)
        reinterpret_cast<void (*)()>(hide)();
}

bool is_trace_asked() {
    const std::string wanted = setting("MPI4CXX_TRACE");
    return !wanted.empty() && wanted != "0";
}

void trace_if_asked() {
    if (!is_trace_asked() || dlsym(RTLD_DEFAULT, "mpi4cxx_trace_is_loaded") != nullptr)
        return;
    const std::string library = trace_library();
    const char* const preloaded = std::getenv("LD_PRELOAD");
    const std::string before = preloaded == nullptr ? "" : preloaded;
    if (before.find(library) == std::string::npos) {
        setenv("LD_PRELOAD", (before + (before.empty() ? "" : ":") + library).c_str(), 1);
        std::vector<std::string> words = command_line();
        std::vector<char*> arguments;
        arguments.reserve(words.size() + 1);
        for (std::string& word : words) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        std::fflush(nullptr);
        execv(program().c_str(), arguments.data());
    }
    std::fprintf(stderr, "mpi4cxx: warning: MPI4CXX_TRACE is set, but %s cannot be loaded\n", library.c_str());
}

}  // namespace MPI4CXX::detail
