#pragma once

#include <mpi4cxx/request.hpp>

#include <initializer_list>
#include <memory>
#include <span>
#include <utility>

namespace MPI4CXX {

namespace detail {
struct Partitions;
}

/// A persistent operation, which can be started again whenever it is complete (MPI-4.0, 3.9 and 4).
/// A Prequest stays until it is freed. One that is dropped while active completes first, like any request.
class MPI4CXX_API Prequest : public Request {
public:
    constexpr Prequest() noexcept = default;
    /// Own a raw handle, whose operation C may have started. On MPICH before 4.3, a collective must have been started by C.
    static Prequest take(MPI_Request raw, Drop drop = Drop::wait) noexcept { return Prequest(raw, drop); }
    /// Own the raw handle of a new request, with resources that must live as long as the request.
    static Prequest take(MPI_Request raw, std::unique_ptr<detail::RequestResources> resources, Drop drop = Drop::wait) {
        return Prequest(raw, std::move(resources), drop);
    }
    static Prequest borrow(MPI_Request raw) noexcept { return Prequest(raw, Drop::nothing); }

    /// Start the operation. Calls MPI_Start (MPI-4.0, 3.9).
    void Start(At at = {});
    /// Start all requests. Calls MPI_Startall (MPI-4.0, 3.9).
    static void Startall(std::span<Prequest> requests, At at = {});

    /// Mark partition `partition` of a Psend_init as ready. Calls MPI_Pready (MPI-4.0, 4.2.2).
    void Pready(int partition, At at = {});
    /// Mark partitions `low` to `high` as ready, both included. Calls MPI_Pready_range (MPI-4.0, 4.2.2).
    void Pready_range(int low, int high, At at = {});
    /// Mark these partitions as ready. Calls MPI_Pready_list (MPI-4.0, 4.2.2).
    void Pready_list(std::span<const int> partitions, At at = {});
    void Pready_list(std::initializer_list<int> partitions, At at = {}) { Pready_list(std::span(partitions.begin(), partitions.size()), at); }
    /// Tell whether partition `partition` of a Precv_init has arrived: true too if the request is not active. Calls MPI_Parrived (MPI-4.0, 4.2.2).
    [[nodiscard]] bool Parrived(int partition, At at = {}) const;

private:
    Prequest(MPI_Request raw, std::unique_ptr<detail::RequestResources> resources, Drop drop);
    Prequest(MPI_Request raw, Drop drop) noexcept : Request(raw, nullptr, drop, Kind::active) {}  // perhaps; MPI knows
    /// Throws if the request is null, under way, or complete and not waited for; then it can be started the next time.
    void check_start(At at);
    /// Notes that MPI has started the request.
    void note_start() noexcept;
    [[nodiscard]] detail::Partitions* partitions() const noexcept;
    /// Notes that `number` more partitions are ready: those in `list`, or if that is null, those from `first` on. Returns whether MPI has to be told:
    /// not if the peer is PROC_NULL. Throws if the request is null, or if one of them cannot become ready now.
    [[nodiscard]] bool mark(std::size_t number, const int* list, int first, detail::Caller caller) const;
};

}  // namespace MPI4CXX
