#include "communicators/ordered_probe.hpp"

#include <mutex>
#include <vector>

namespace MPI4CXX::detail {

namespace {

std::mutex mutex;
std::vector<const OrderedProbe*>& all = *new std::vector<const OrderedProbe*>;  // never destroyed: threads may receive while the process exits

}  // namespace

OrderedProbe::OrderedProbe(MPI_Comm comm, int source, int tag) : comm_(comm), source_(source), tag_(tag) {
    const std::lock_guard lock(mutex);
    all.push_back(this);
}

OrderedProbe::~OrderedProbe() {
    const std::lock_guard lock(mutex);
    std::erase(all, this);
}

bool OrderedProbe::may_find_that_of(const OrderedProbe& other) const noexcept {
    const auto meet = [](int a, int b, int any) { return a == b || a == any || b == any; };
    return comm_ == other.comm_ && meet(source_, other.source_, MPI_ANY_SOURCE) && meet(tag_, other.tag_, MPI_ANY_TAG);
}

bool OrderedProbe::take(MPI_Message& message, MPI_Status& status, Place where) {
    const std::lock_guard lock(mutex);
    for (const OrderedProbe* other : all) {
        if (other == this)
            break;
        if (may_find_that_of(*other))
            return false;
    }
    int flag = 0;
    call<MPI_Improbe>(source_, tag_, comm_, &flag, &message, &status, where);
    return flag != 0;
}

}  // namespace MPI4CXX::detail
