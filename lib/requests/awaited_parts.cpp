#include <mpi4cxx/detail/requests/awaited_parts.hpp>
#include <mpi4cxx/error.hpp>

#include <algorithm>
#include <cstddef>

namespace MPI4CXX::detail {

bool AwaitedAll::poll() {
    Awaited** const left = std::remove_if(parts_.begin(), parts_.end(), [](Awaited* part) {
        const bool complete = part->look();
        part->rethrow();
        return complete;
    });
    parts_.shrink(static_cast<std::size_t>(left - parts_.begin()));
    return parts_.empty();
}

void AwaitedAll::wait() {
    while (!poll())
        if (parts_.size() == 1)
            parts_[0]->complete();
        else
            drive();
}

bool AwaitedAny::poll() {
    bool active = false;
    for (std::size_t i = 0; i < parts_.size() && !index_; ++i)
        if (parts_[i]->is_active()) {
            active = true;
            if (parts_[i]->look())
                index_ = i;
        }
    if (!active && must_be_)
        misuse({at(), "when_any"}, "all of these are null or inactive: there is nothing to wait for");
    return index_ || !active;
}

void AwaitedAny::wait() {
    while (!poll()) drive();
}

}  // namespace MPI4CXX::detail
