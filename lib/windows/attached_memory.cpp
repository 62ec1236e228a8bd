#include "windows/attached_memory.hpp"

#include <iterator>
#include <string>

namespace MPI4CXX::detail {

void AttachedMemory::add(const void* data, std::size_t bytes, Caller caller) {
    const auto* const begin = static_cast<const std::byte*>(data);
    const std::lock_guard lock(mutex_);
    const auto next = regions_.lower_bound(begin);
    const bool reaches_next = next != regions_.end() && next->first < begin + bytes;
    const bool is_in_previous = next != regions_.begin() && std::prev(next)->first + std::prev(next)->second > begin;
    if (reaches_next || is_in_previous)
        misuse(caller, "a part of this memory is attached to the window already: detach that first");
    regions_.emplace_hint(next, begin, bytes);
}

void AttachedMemory::check(const void* data, Caller caller) const {
    const auto* const begin = static_cast<const std::byte*>(data);
    const std::lock_guard lock(mutex_);
    const auto next = regions_.upper_bound(begin);
    if (next != regions_.begin()) {
        const auto& [first, bytes] = *std::prev(next);
        if (first == begin)
            return;
        if (first + bytes > begin)
            misuse(caller, "the memory that was attached begins " + std::to_string(begin - first) + " bytes before this: detach it as a whole");
    }
    misuse(caller, "no memory that begins here has been attached to the window");
}

bool AttachedMemory::has(const void* data) const {
    const std::lock_guard lock(mutex_);
    return regions_.contains(static_cast<const std::byte*>(data));
}

void AttachedMemory::remove(const void* data) noexcept {
    const std::lock_guard lock(mutex_);
    regions_.erase(static_cast<const std::byte*>(data));
}

}  // namespace MPI4CXX::detail
