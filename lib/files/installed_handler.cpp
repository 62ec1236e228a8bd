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

std::shared_ptr<ErrorFunction> InstalledHandler<File>::find(const File& file, MPI_Errhandler raw, At) {
    const std::lock_guard lock(mutex);
    const auto entry = table.find(file.handle());
    return entry != table.end() && entry->second.raw == raw ? entry->second.function : nullptr;
}

void InstalledHandler<File>::forget(const File& file, At) noexcept {
    std::map<MPI_File, Installed>::node_type gone;  // destroyed outside the lock, because the function is the user's
    const std::lock_guard lock(mutex);
    gone = table.extract(file.handle());
}

}  // namespace MPI4CXX::detail
