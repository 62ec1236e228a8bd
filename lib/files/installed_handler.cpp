#include "files/installed_handler.hpp"

#include <map>
#include <mutex>

namespace MPI4CXX::detail {

namespace {

std::mutex mutex;
std::map<MPI_File, Installed>& table = *new std::map<MPI_File, Installed>;  // never destroyed, because files may be closed later

}  // namespace

void InstalledHandler<File>::keep(const File& file, const Installed& handler, At) {
    const std::lock_guard lock(mutex);
    table[file.handle()] = handler;
}

const Installed* InstalledHandler<File>::find(const File& file, At) {
    static thread_local Installed found;
    const std::lock_guard lock(mutex);
    const auto entry = table.find(file.handle());
    if (entry == table.end())
        return nullptr;
    found = entry->second;
    return &found;
}

void InstalledHandler<File>::forget(const File& file, At) noexcept {
    std::map<MPI_File, Installed>::node_type gone;  // destroyed outside the lock, because the function is the user's
    const std::lock_guard lock(mutex);
    gone = table.extract(file.handle());
}

}  // namespace MPI4CXX::detail
