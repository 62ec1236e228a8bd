#include <mpi4cxx/detail/requests/awaited_parts.hpp>
#include <mpi4cxx/error.hpp>

#include <algorithm>
#include <cstddef>

namespace MPI4CXX::detail {

std::optional<bool> AwaitedAll::poll() {
    Awaited** const left = std::remove_if(parts_.begin(), parts_.end(), [](Awaited* part) {
        const bool complete = part->look();
        part->rethrow();
        if (complete)
            part->prepare();  // while nothing has been taken from the others
        return complete;
    });
    parts_.shrink(static_cast<std::size_t>(left - parts_.begin()));
    return parts_.empty();
}

void AwaitedAll::wait() {
    while (poll() != true)
        if (parts_.size() == 1)
            parts_[0]->complete();
        else
            drive();
}

std::optional<bool> AwaitedAny::poll() {
    bool active = false;
    for (std::size_t i = 0; i < parts_.size() && !index_; ++i)
        if (const std::optional<bool> complete = parts_[i]->look_if_active()) {
            active = true;
            if (*complete)
                index_ = i;
        }
    if (!active && must_be_)
        misuse({at(), "when_any"}, "all of these are null or inactive: there is nothing to wait for");
    return index_ || !active;
}

void AwaitedAny::wait() {
    while (poll() != true) drive();
}

}  // namespace MPI4CXX::detail
