#include <mpi4cxx/prequest.hpp>

#include <mpi4cxx/error.hpp>

#include "requests/partitions.hpp"
#include "requests/persistent_resources.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace MPI4CXX {

using detail::call;

namespace {

/// Returns what a new request holds: something always, so that each wait looks whether it is active. What the maker of a message has not marked
/// belongs to a collective.
std::unique_ptr<detail::RequestResources> held(MPI_Request raw, std::unique_ptr<detail::RequestResources> own) {
    if (dynamic_cast<detail::PersistentResources*>(own.get()) != nullptr || dynamic_cast<detail::Partitions*>(own.get()) != nullptr)
        return own;
    int is_inactive = 0;
    call<MPI_Request_get_status>(raw, &is_inactive, MPI_STATUS_IGNORE, At());
    return std::make_unique<detail::PersistentResources>(std::move(own), true, is_inactive != 0);
}

}  // namespace

Prequest::Prequest(MPI_Request raw, std::unique_ptr<detail::RequestResources> resources, Drop drop)
    : Request(raw, held(raw, std::move(resources)).release(), drop, Kind::inactive) {}

/// Returns the partitions of a partitioned request; null for others.
detail::Partitions* Prequest::partitions() const noexcept { return dynamic_cast<detail::Partitions*>(resources()); }

namespace {

void check_not_null(const Prequest& request, detail::Caller caller) {
    if (request.is_null())
        detail::refuse_null(MPI_ERR_REQUEST, caller.method, "the request is null: it was never made, moved from or freed", caller.at);
}

/// The ith partition of a list, or if that is null, of those from `first` on.
int nth(const int* list, int first, std::size_t i) { return list != nullptr ? list[i] : first + static_cast<int>(i); }

void unmark(detail::Partitions& all, std::size_t number, const int* list, int first) {
    for (std::size_t i = 0; i < number; ++i) all.is_ready[static_cast<std::size_t>(nth(list, first, i))] = false;
}

/// Calls `tell`, which tells MPI that partitions are ready that are marked so. If MPI refuses that, they are not.
template <class F> void tell_or_unmark(detail::Partitions* all, std::size_t number, const int* list, int first, F tell) try { tell(); } catch (...) {
    if (all != nullptr) {
        unmark(*all, number, list, first);
        all->missing += static_cast<int>(number);
    }
    throw;
}

}  // namespace

void Prequest::check_start(At at) {
    const detail::Caller caller{at, "Start"};
    check_not_null(*this, caller);
    const bool seems_active = kind() == Kind::active && resources() != nullptr;  // unless C has waited for it
    if (kind() == Kind::operation || (seems_active && !detail::mpi_knows_whether_active(resources())))
        detail::misuse(caller, "the operation is under way");
    if (!seems_active)
        return;
    const std::optional<int> complete = Testany(std::span(this, 1), nullptr, at);  // MPICH 4.2 would start a complete one again
    if (complete != UNDEFINED)
        detail::misuse(caller, complete ? "the operation is complete, but was not waited for" : "the operation is under way");
}

// The partitions are counted anew only after MPI has started the request: until then, it may still be complete and not yet waited for.
void Prequest::note_start() noexcept {
    if (auto* const all = partitions())
        all->start();
    activate();
}

// MPI counts the partitions without looking which they are, and may complete the request at once. So they are checked and counted before it is told.
bool Prequest::mark(std::size_t number, const int* list, int first, detail::Caller caller) const {
    check_not_null(*this, caller);
    auto* const all = partitions();
    if (all == nullptr)  // MPI knows
        return true;
    if (all->all == 0)
        detail::misuse(caller, "this is a receive: its sender says which partitions are ready");
    if (kind() != Kind::active)
        detail::misuse(caller, "the send has not been started");
    for (std::size_t i = 0; i < number; ++i) {
        const int partition = nth(list, first, i);
        const bool is_one = partition >= 0 && partition < all->all;
        if (is_one && !all->is_ready[static_cast<std::size_t>(partition)].exchange(true))
            continue;
        unmark(*all, i, list, first);
        detail::misuse(caller, is_one ? "partition " + std::to_string(partition) + " is ready already"
                                      : "partition " + std::to_string(partition) + " of a send with " + std::to_string(all->all));
    }
    all->missing -= static_cast<int>(number);
    return !all->with_nobody;
}

void Prequest::Start(At at) {
    check_start(at);
    call<MPI_Start>(address(), at);
    note_start();
}

void Prequest::Startall(std::span<Prequest> requests, At at) {
    for (Prequest& request : requests) request.check_start(at);
    std::vector<MPI_Request> raw(requests.size());
    std::transform(requests.begin(), requests.end(), raw.begin(), [](const Prequest& request) { return request.handle(); });
    const auto write_back = [&] {  // Open MPI may put a new request in the place of one
        for (std::size_t i = 0; i < raw.size(); ++i) *requests[i].address() = raw[i];
    };
    try {
        call<MPI_Startall>(static_cast<int>(raw.size()), raw.data(), at);
    } catch (...) {
        write_back();
        throw;
    }
    write_back();
    for (Prequest& request : requests) request.note_start();
}

void Prequest::Pready(int partition, At at) {
    if (mark(1, nullptr, partition, at))
        tell_or_unmark(partitions(), 1, nullptr, partition, [&] { call<MPI_Pready>(partition, handle(), at); });
}

void Prequest::Pready_range(int low, int high, At at) {
    if (low > high)
        detail::misuse(at, "there are no partitions from " + std::to_string(low) + " to " + std::to_string(high));
    const auto number = static_cast<std::size_t>(std::int64_t{high} - low + 1);
    if (mark(number, nullptr, low, at))
        tell_or_unmark(partitions(), number, nullptr, low, [&] { call<MPI_Pready_range>(low, high, handle(), at); });
}

void Prequest::Pready_list(std::span<const int> list, At at) {
    int* const data = const_cast<int*>(list.data());  // MPI-4.1 makes it const
    if (mark(list.size(), data, 0, at))
        tell_or_unmark(partitions(), list.size(), data, 0, [&] { call<MPI_Pready_list>(static_cast<int>(list.size()), data, handle(), at); });
}

bool Prequest::Parrived(int partition, At at) const {
    check_not_null(*this, at);
    const auto* const all = partitions();
    const bool is_receive = all != nullptr && all->all == 0;
    // In a receive that is not active all has arrived (MPI-4.1, 5.2.2), of which MPICH says that it has failed. C may have started it.
    if ((all != nullptr && all->with_nobody) || (is_receive && kind() != Kind::active && Get_status(nullptr, at)))
        return true;
    return detail::get<MPI_Parrived>(handle(), partition, at) != 0;
}

}  // namespace MPI4CXX
