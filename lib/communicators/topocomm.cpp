// The calls among neighbours: of buffers, and of objects.
#include <mpi4cxx/topocomm.hpp>

#include "communicators/repeated_edges.hpp"
#include "runtime/failure.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <exception>

namespace MPI4CXX {

using detail::BlocksByProcess;
using detail::call;
using detail::Finding;
using detail::get;
using detail::keep;

Topocomm::Degrees Topocomm::degrees(At at) const {
    switch (Get_topology(at)) {
    case CART: {
        const int both = 2 * get<MPI_Cartdim_get>(handle(), on(at));
        return {both, both};
    }
    case GRAPH: {
        const int all = get<MPI_Graph_neighbors_count>(handle(), Get_rank(at), on(at));
        return {all, all};
    }
    default: {
        Degrees result{};
        int is_weighted = 0;
        call<MPI_Dist_graph_neighbors_count>(handle(), &result.in, &result.out, &is_weighted, on(at));
        return result;
    }
    }
}

void Topocomm::get_edges(detail::AnyVector in, detail::AnyVector out, At at) const {
    const Degrees number = degrees(at);
    const auto sources = static_cast<std::size_t>(number.in), destinations = static_cast<std::size_t>(number.out);
    int *const from = in.room<int>(sources), *const to = out.room<int>(destinations);
    switch (Get_topology(at)) {
    case CART:
        for (int i = 0; i < number.in / 2; ++i) {
            const auto before = 2 * static_cast<std::size_t>(i);
            call<MPI_Cart_shift>(handle(), i, 1, &from[before], &from[before + 1], on(at));
        }
        std::copy_n(from, sources, to);
        break;
    case GRAPH:
        call<MPI_Graph_neighbors>(handle(), Get_rank(at), number.in, from, on(at));
        std::copy_n(from, sources, to);
        break;
    default: {
        std::vector<int> weights_from(sources), weights_to(destinations);
        call<MPI_Dist_graph_neighbors>(handle(), number.in, from, weights_from.data(), number.out, to, weights_to.data(), on(at));
    }
    }
}

void Topocomm::Neighbor_allgather(const ConstBufArg& sendbuf, const Buf& recvbuf, At at) const {
    const auto [s, r] = detail::neighbor_allgather_blocks(detail::sources(*this, at), sendbuf, recvbuf, at);
    call<MPI_Neighbor_allgather>(s.data, s.count, s.type, r.data, r.count, r.type, handle(), on(at));
}

Request Topocomm::Ineighbor_allgather(const ConstBuf& sendbuf, const Buf& recvbuf, At at) const {
    const auto [s, r] = detail::neighbor_allgather_blocks(detail::sources(*this, at), sendbuf, recvbuf, at);
    auto kept = keep(s, r);
    return Request::take(get<MPI_Ineighbor_allgather>(s.data, s.count, s.type, r.data, r.count, r.type, handle(), on(at)), std::move(kept));
}

Prequest Topocomm::Neighbor_allgather_init(const ConstBuf& sendbuf, const Buf& recvbuf, const Info& info, At at) const {
    const auto [s, r] = detail::neighbor_allgather_blocks(detail::sources(*this, at), sendbuf, recvbuf, at);
    auto kept = keep(s, r);
    return Prequest::take(get<MPI_Neighbor_allgather_init>(s.data, s.count, s.type, r.data, r.count, r.type, handle(), info.handle(), on(at)),
                          std::move(kept));
}

void Topocomm::Neighbor_allgatherv(const ConstBufArg& sendbuf, const BufVArg& recvbuf, At at) const {
    const auto [s, r] = detail::allgatherv_blocks(detail::sources(*this, at), sendbuf, recvbuf, at);
    call<MPI_Neighbor_allgatherv>(s.data, s.count, s.type, r.data, r.counts, r.displs, r.type, handle(), on(at));
}

Request Topocomm::Ineighbor_allgatherv(const ConstBuf& sendbuf, const BufVArg& recvbuf, At at) const {
    auto [s, r] = detail::allgatherv_blocks(detail::sources(*this, at), sendbuf, recvbuf, at);
    auto kept = keep(s, r);
    return Request::take(get<MPI_Ineighbor_allgatherv>(s.data, s.count, s.type, r.data, r.counts, r.displs, r.type, handle(), on(at)),
                         std::move(kept));
}

Prequest Topocomm::Neighbor_allgatherv_init(const ConstBuf& sendbuf, const BufVArg& recvbuf, const Info& info, At at) const {
    auto [s, r] = detail::allgatherv_blocks(detail::sources(*this, at), sendbuf, recvbuf, at);
    auto kept = keep(s, r);
    return Prequest::take(
        get<MPI_Neighbor_allgatherv_init>(s.data, s.count, s.type, r.data, r.counts, r.displs, r.type, handle(), info.handle(), on(at)),
        std::move(kept));
}

void Topocomm::Neighbor_alltoall(const ConstBufArg& sendbuf, const Buf& recvbuf, At at) const {
    const auto plan = detail::neighbor_alltoall_blocks(detail::neighbors(*this, at), sendbuf, recvbuf, at);
    if (auto all = BlocksByProcess::make(*this, plan, Finding::collective, at))
        return all->run(*this, at);
    const auto& [s, r] = plan;
    call<MPI_Neighbor_alltoall>(s.data, s.count, s.type, r.data, r.count, r.type, handle(), on(at));
}

Request Topocomm::Ineighbor_alltoall(const ConstBuf& sendbuf, const Buf& recvbuf, At at) const {
    const auto plan = detail::neighbor_alltoall_blocks(detail::neighbors(*this, at), sendbuf, recvbuf, at);
    if (auto all = BlocksByProcess::make(*this, plan, Finding::local, at))
        return BlocksByProcess::start(std::move(all), *this, at);
    const auto& [s, r] = plan;
    auto kept = keep(s, r);
    return Request::take(get<MPI_Ineighbor_alltoall>(s.data, s.count, s.type, r.data, r.count, r.type, handle(), on(at)), std::move(kept));
}

Prequest Topocomm::Neighbor_alltoall_init(const ConstBuf& sendbuf, const Buf& recvbuf, const Info& info, At at) const {
    const auto plan = detail::neighbor_alltoall_blocks(detail::neighbors(*this, at), sendbuf, recvbuf, at);
    if (auto all = BlocksByProcess::make(*this, plan, Finding::collective, at))
        return BlocksByProcess::init(std::move(all), *this, info, at);
    const auto& [s, r] = plan;
    auto kept = keep(s, r);
    return Prequest::take(get<MPI_Neighbor_alltoall_init>(s.data, s.count, s.type, r.data, r.count, r.type, handle(), info.handle(), on(at)),
                          std::move(kept));
}

void Topocomm::Neighbor_alltoallv(const ConstBufVArg& sendbuf, const BufVArg& recvbuf, At at) const {
    const auto plan = detail::alltoallv_blocks(detail::neighbors(*this, at), sendbuf, recvbuf, at);
    if (auto all = BlocksByProcess::make(*this, plan, Finding::collective, at))
        return all->run(*this, at);
    const auto& [s, r] = plan;
    call<MPI_Neighbor_alltoallv>(s.data, s.counts, s.displs, s.type, r.data, r.counts, r.displs, r.type, handle(), on(at));
}

Request Topocomm::Ineighbor_alltoallv(const StoredConstBufVArg& sendbuf, const BufVArg& recvbuf, At at) const {
    auto plan = detail::alltoallv_blocks(detail::neighbors(*this, at), sendbuf, recvbuf, at);
    if (auto all = BlocksByProcess::make(*this, plan, Finding::local, at))
        return BlocksByProcess::start(std::move(all), *this, at);
    auto& [s, r] = plan;
    auto kept = keep(s, r);
    return Request::take(get<MPI_Ineighbor_alltoallv>(s.data, s.counts, s.displs, s.type, r.data, r.counts, r.displs, r.type, handle(), on(at)),
                         std::move(kept));
}

Prequest Topocomm::Neighbor_alltoallv_init(const StoredConstBufVArg& sendbuf, const BufVArg& recvbuf, const Info& info, At at) const {
    auto plan = detail::alltoallv_blocks(detail::neighbors(*this, at), sendbuf, recvbuf, at);
    if (auto all = BlocksByProcess::make(*this, plan, Finding::collective, at))
        return BlocksByProcess::init(std::move(all), *this, info, at);
    auto& [s, r] = plan;
    auto kept = keep(s, r);
    return Prequest::take(
        get<MPI_Neighbor_alltoallv_init>(s.data, s.counts, s.displs, s.type, r.data, r.counts, r.displs, r.type, handle(), info.handle(), on(at)),
        std::move(kept));
}

void Topocomm::Neighbor_alltoallw(const ConstBufWArg& sendbuf, const BufWArg& recvbuf, At at) const {
    const auto plan = detail::neighbor_alltoallw_blocks(detail::neighbors(*this, at), sendbuf, recvbuf, at);
    if (auto all = BlocksByProcess::make(*this, plan, sendbuf.data, recvbuf.data, Finding::collective, at))
        return all->run(*this, at);
    const auto& [s, r] = plan;
    call<MPI_Neighbor_alltoallw>(sendbuf.data, s.counts, s.displs, s.type, recvbuf.data, r.counts, r.displs, r.type, handle(), on(at));
}

Request Topocomm::Ineighbor_alltoallw(const StoredConstBufWArg& sendbuf, const BufWArg& recvbuf, At at) const {
    auto plan = detail::neighbor_alltoallw_blocks(detail::neighbors(*this, at), sendbuf, recvbuf, at);
    if (auto all = BlocksByProcess::make(*this, plan, sendbuf.data, recvbuf.data, Finding::local, at))
        return BlocksByProcess::start(std::move(all), *this, at);
    auto& [s, r] = plan;
    auto kept = keep(s, r);
    return Request::take(
        get<MPI_Ineighbor_alltoallw>(sendbuf.data, s.counts, s.displs, s.type, recvbuf.data, r.counts, r.displs, r.type, handle(), on(at)),
        std::move(kept));
}

Prequest Topocomm::Neighbor_alltoallw_init(const StoredConstBufWArg& sendbuf, const BufWArg& recvbuf, const Info& info, At at) const {
    auto plan = detail::neighbor_alltoallw_blocks(detail::neighbors(*this, at), sendbuf, recvbuf, at);
    if (auto all = BlocksByProcess::make(*this, plan, sendbuf.data, recvbuf.data, Finding::collective, at))
        return BlocksByProcess::init(std::move(all), *this, info, at);
    auto& [s, r] = plan;
    auto kept = keep(s, r);
    return Prequest::take(get<MPI_Neighbor_alltoallw_init>(sendbuf.data, s.counts, s.displs, s.type, recvbuf.data, r.counts, r.displs, r.type,
                                                           handle(), info.handle(), on(at)),
                          std::move(kept));
}

namespace detail {

namespace {

/// What each neighbour is told about the object that is sent to it.
struct Announced {
    static constexpr std::uint64_t wrong_number = ~std::uint64_t{0};
    std::uint64_t size, type;
};

constexpr std::size_t aligned(std::size_t size) { return (size + 15) / 16 * 16; }  // the alignment of an object's bytes

}  // namespace

FromNeighbors::FromNeighbors(const Topocomm& comm, const GivenObjects& given, bool one_to_each, const ObjectType& type, At at) {
    const std::span<const Packing> objects = given.objects;
    const auto [in, out] = comm.degrees(at);
    const auto from = static_cast<std::size_t>(in), to = one_to_each ? static_cast<std::size_t>(out) : 1;
    std::size_t size_of_all = 0;
    for (const Packing& object : objects) size_of_all += object.bytes().size();
    std::vector<std::byte> bytes;
    const std::exception_ptr own_failure = given.failure ? given.failure : failure_of([&] { bytes.reserve(size_of_all); });
    const bool is_wrong = own_failure || objects.size() != to;

    std::vector<Announced> sent(to, {Announced::wrong_number, type.hash}), came(from, {0, type.hash});
    std::vector<Count> counts(to), received(from);
    std::vector<Aint> places(to), offsets(from);
    for (std::size_t i = 0; i < to && !is_wrong; ++i) {
        const std::span<const std::byte> object = objects[i].bytes();
        sent[i].size = object.size();
        counts[i] = static_cast<Count>(object.size());
        places[i] = static_cast<Aint>(bytes.size());
        bytes.insert(bytes.end(), object.begin(), object.end());
    }
    if (one_to_each)
        comm.Neighbor_alltoall(sent, came, at);
    else
        comm.Neighbor_allgather(sent, came, at);

    std::size_t end = 0;
    std::exception_ptr failure;
    bool any_wrong = is_wrong;
    parts_ = Array<Part>(from);
    for (std::size_t i = 0; i < from; ++i) {
        any_wrong = any_wrong || came[i].size == Announced::wrong_number;
        if (came[i].type != type.hash && !failure)
            failure =
                std::make_exception_ptr(type.mismatch(one_to_each ? "neighbor_alltoall" : "neighbor_allgather", came[i].type, {at, comm.address()}));
        const std::size_t size = came[i].size == Announced::wrong_number ? 0 : came[i].size;
        parts_[i] = {end, size};
        received[i] = static_cast<Count>(size);
        offsets[i] = static_cast<Aint>(end);
        end += aligned(size);
    }
    // All processes go on, because neighbours of neighbours know nothing of an error.
    bytes_ = Bytes::claimed(end);
    const BufVArg into({bytes_.data(), static_cast<Count>(end)}, received, offsets);
    if (one_to_each)
        comm.Neighbor_alltoallv({bytes, counts, places}, into, at);
    else
        comm.Neighbor_allgatherv(bytes, into, at);
    if (own_failure)
        std::rethrow_exception(own_failure);
    if (any_wrong)
        misuse({at, one_to_each ? "neighbor_alltoall" : "neighbor_allgather"},
               is_wrong ? std::to_string(objects.size()) + " objects for " + std::to_string(to) + " neighbors"
                        : "a neighbor has not one object for each of its neighbors, or could not write it");
    if (failure)
        std::rethrow_exception(failure);
}

}  // namespace detail

}  // namespace MPI4CXX
