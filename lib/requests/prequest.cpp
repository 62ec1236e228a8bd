#include <mpi4cxx/prequest.hpp>

#include <mpi4cxx/error.hpp>

#include "requests/partitions.hpp"

#include <algorithm>
#include <vector>

namespace MPI4CXX {

using detail::call;

Prequest::Prequest(MPI_Request raw, std::unique_ptr<detail::RequestResources> resources, Drop drop)
    : Request(raw, (resources != nullptr ? std::move(resources) : std::make_unique<detail::RequestResources>()).release(), drop, Kind::inactive) {}

/// Returns the partitions of a partitioned request; null for others.
detail::Partitions* Prequest::partitions() const noexcept { return dynamic_cast<detail::Partitions*>(resources()); }

void Prequest::begin(At at) const {
    if (kind() == Kind::active && resources() != nullptr)
        detail::misuse({at, "Start"}, "the operation is under way");
    if (auto* const all = partitions())
        all->missing = all->all;
}

bool Prequest::is_ready(int number) const noexcept {
    auto* const all = partitions();
    if (all != nullptr)
        all->missing -= number;
    return all != nullptr && all->with_nobody;
}

void Prequest::Start(At at) {
    begin(at);
    call<MPI_Start>(address(), at);
    activate();
}

void Prequest::Startall(std::span<Prequest> requests, At at) {
    for (const Prequest& request : requests) request.begin(at);
    std::vector<MPI_Request> raw(requests.size());
    std::transform(requests.begin(), requests.end(), raw.begin(), [](const Prequest& request) { return request.handle(); });
    call<MPI_Startall>(static_cast<int>(raw.size()), raw.data(), at);
    for (Prequest& request : requests) request.activate();
}

// Partitions are counted before MPI is told, because MPI may complete the request at once.

void Prequest::Pready(int partition, At at) {
    if (!is_ready(1))
        call<MPI_Pready>(partition, handle(), at);
}

void Prequest::Pready_range(int low, int high, At at) {
    if (!is_ready(high - low + 1))
        call<MPI_Pready_range>(low, high, handle(), at);
}

void Prequest::Pready_list(std::span<const int> list, At at) {
    const auto size = static_cast<int>(list.size());
    if (!is_ready(size))
        call<MPI_Pready_list>(size, const_cast<int*>(list.data()), handle(), at);  // MPI-4.1 makes it const
}

bool Prequest::Parrived(int partition, At at) const {
    const auto* const all = partitions();
    return (all != nullptr && all->with_nobody) || detail::get<MPI_Parrived>(handle(), partition, at) != 0;
}

}  // namespace MPI4CXX
