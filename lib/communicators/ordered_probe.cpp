#include "communicators/ordered_probe.hpp"

#include <mpi4cxx/error.hpp>

#include "runtime/failure.hpp"

#include <exception>
#include <mutex>
#include <utility>
#include <vector>

namespace MPI4CXX::detail {

namespace {

// No thread calls MPI under this lock but in `end`: MPI has locks of its own, which it holds when it calls that.
std::mutex mutex;
std::vector<OrderedProbe*>& all = *new std::vector<OrderedProbe*>;  // never destroyed: threads may receive while the process exits

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
    {
        const std::lock_guard lock(mutex);
        if (take_last(message, status, where))
            return true;
        for (const OrderedProbe* other : all) {
            if (other == this)
                break;
            if (may_find_that_of(*other))
                return false;
        }
        looks_ = true;
    }
    int flag = 0;
    const std::exception_ptr failure = failure_of([&] { call<MPI_Improbe>(source_, tag_, comm_, &flag, &message, &status, where); });
    const std::lock_guard lock(mutex);
    looks_ = false;
    if (failure && !take_last(message, status, where))
        std::rethrow_exception(failure);
    return failure || flag != 0;
}

bool OrderedProbe::take_last(MPI_Message& message, MPI_Status& status, Place where) {
    if (comm_ != MPI_COMM_NULL)
        return false;
    if (last_ == MPI_MESSAGE_NULL)
        throw Exception(MPI_ERR_COMM, "irecv", "the communicator has been freed before the object came: free it when the receives on it are complete",
                        where.at());
    message = std::exchange(last_, MPI_MESSAGE_NULL);
    status = last_status_;
    return true;
}

void OrderedProbe::end(MPI_Comm comm) noexcept {
    const std::lock_guard lock(mutex);
    for (OrderedProbe* probe : all)
        if (probe->comm_ == comm) {
            int flag = 0;
            if (!probe->looks_)
                (void)failure_of([&] { call<MPI_Improbe>(probe->source_, probe->tag_, comm, &flag, &probe->last_, &probe->last_status_); });
            probe->comm_ = MPI_COMM_NULL;
        }
}

}  // namespace MPI4CXX::detail
