#include <mpi4cxx/prequest.hpp>

#include "belongings.hpp"
#include "request_array.hpp"

namespace mpi4cxx {

using detail::call;

void Prequest::begin() noexcept {
    if (auto* const partitions = dynamic_cast<detail::Partitions*>(belongings()))
        partitions->ready = 0;
}

void Prequest::add_ready(int partitions) noexcept {
    if (auto* const all = dynamic_cast<detail::Partitions*>(belongings()))
        all->ready += partitions;
}

void Prequest::Start(At at) {
    begin();
    call<MPI_Start>(address(), at);
}

void Prequest::Startall(std::span<Prequest> requests, At at) {
    for (Prequest& request : requests) request.begin();
    RequestArray array(requests);
    call<MPI_Startall>(array.size(), array.handles(), at);
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
