#include <mpi4cxx/prequest.hpp>

#include <mpi4cxx/error.hpp>

#include "belongings.hpp"

#include <algorithm>
#include <vector>

namespace mpi4cxx {

using detail::call;

Prequest::Prequest(MPI_Request raw, std::unique_ptr<detail::Belongings> belongings, Drop drop)
    : Request(raw, (belongings != nullptr ? std::move(belongings) : std::make_unique<detail::Belongings>()).release(), drop, Kind::inactive) {}

void Prequest::begin(At at) const {
    if (kind() == Kind::active && belongings() != nullptr)
        detail::misuse({at, "Start"}, "the operation is under way");
    if (auto* const partitions = dynamic_cast<detail::Partitions*>(belongings()))
        partitions->ready = 0;
}

void Prequest::add_ready(int partitions) noexcept {
    if (auto* const all = dynamic_cast<detail::Partitions*>(belongings()))
        all->ready += partitions;
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

void Prequest::Pready(int partition, At at) {
    call<MPI_Pready>(partition, handle(), at);
    add_ready(1);
}

void Prequest::Pready_range(int low, int high, At at) {
    call<MPI_Pready_range>(low, high, handle(), at);
    add_ready(high - low + 1);
}

void Prequest::Pready_list(std::span<const int> partitions, At at) {
    const auto size = static_cast<int>(partitions.size());
    call<MPI_Pready_list>(size, const_cast<int*>(partitions.data()), handle(), at);  // MPI-4.1 makes it const
    add_ready(size);
}

bool Prequest::Parrived(int partition, At at) const { return detail::get<MPI_Parrived>(handle(), partition, at) != 0; }

}  // namespace mpi4cxx
