// The collective methods of Comm, one family after the other: blocking, nonblocking, persistent.
#include <mpi4cxx/comm.hpp>

#include <mpi4cxx/detail/mpi/platform.hpp>

#include "communicators/argument_copies.hpp"
#include "communicators/call_alltoallw.hpp"
#include "communicators/plan.hpp"

#include <cstddef>
#include <vector>

namespace MPI4CXX {

using detail::call;
using detail::get;
using detail::keep;

Request Comm::Ibarrier(At at) const { return Request::take(get<MPI_Ibarrier>(handle(), on(at))); }

Prequest Comm::Barrier_init(const Info& info, At at) const { return Prequest::take(get<MPI_Barrier_init>(handle(), info.handle(), on(at)), nullptr); }

Request Comm::Ibcast(const Buf& buf, int root, At at) const {
    detail::check_bcast(*this, buf.data, root, at);
    auto kept = keep(buf);
    return Request::take(get<MPI_Ibcast>(buf.data, buf.count, buf.type, root, handle(), on(at)), std::move(kept));
}

Prequest Comm::Bcast_init(const Buf& buf, int root, const Info& info, At at) const {
    detail::check_bcast(*this, buf.data, root, at);
    auto kept = keep(buf);
    return Prequest::take(get<MPI_Bcast_init>(buf.data, buf.count, buf.type, root, handle(), info.handle(), on(at)), std::move(kept));
}

void Comm::Gather(const ConstBufArg& sendbuf, const Buf& recvbuf, int root, At at) const {
    const auto [s, r] = detail::gather_blocks(*this, sendbuf, recvbuf, root, at);
    call<MPI_Gather>(s.data, s.count, s.type, r.data, r.count, r.type, root, handle(), on(at));
}

Request Comm::Igather(const ConstBuf& sendbuf, const Buf& recvbuf, int root, At at) const {
    const auto [s, r] = detail::gather_blocks(*this, sendbuf, recvbuf, root, at);
    auto kept = keep(s, r);
    return Request::take(get<MPI_Igather>(s.data, s.count, s.type, r.data, r.count, r.type, root, handle(), on(at)), std::move(kept));
}

Prequest Comm::Gather_init(const ConstBuf& sendbuf, const Buf& recvbuf, int root, const Info& info, At at) const {
    const auto [s, r] = detail::gather_blocks(*this, sendbuf, recvbuf, root, at);
    if (!detail::has_equal_init())
        return Gatherv_init(s, {detail::repeated(r), detail::equal_counts(*this, r.count, at)}, root, info, at);
    auto kept = keep(s, r);
    return Prequest::take(get<MPI_Gather_init>(s.data, s.count, s.type, r.data, r.count, r.type, root, handle(), info.handle(), on(at)),
                          std::move(kept));
}

void Comm::Gatherv(const ConstBufArg& sendbuf, const BufVArg& recvbuf, int root, At at) const {
    const auto [s, r] = detail::gatherv_blocks(*this, sendbuf, recvbuf, root, at);
    call<MPI_Gatherv>(s.data, s.count, s.type, r.data, r.counts, r.displs, r.type, root, handle(), on(at));
}

Request Comm::Igatherv(const ConstBuf& sendbuf, const BufVArg& recvbuf, int root, At at) const {
    auto [s, r] = detail::gatherv_blocks(*this, sendbuf, recvbuf, root, at);
    auto kept = keep(s, r);
    return Request::take(get<MPI_Igatherv>(s.data, s.count, s.type, r.data, r.counts, r.displs, r.type, root, handle(), on(at)), std::move(kept));
}

Prequest Comm::Gatherv_init(const ConstBuf& sendbuf, const BufVArg& recvbuf, int root, const Info& info, At at) const {
    auto [s, r] = detail::gatherv_blocks(*this, sendbuf, recvbuf, root, at);
    auto kept = keep(s, r);
    return Prequest::take(get<MPI_Gatherv_init>(s.data, s.count, s.type, r.data, r.counts, r.displs, r.type, root, handle(), info.handle(), on(at)),
                          std::move(kept));
}

void Comm::return_gatherv(const ConstBuf& sendbuf, int root, detail::AnyVector result, std::optional<detail::AnyVector> counts, At at) const {
    const auto [r, total] = detail::counts_at_root(*this, sendbuf.elements(), root, at);
    void* const data = detail::grow(result, counts, r, total);
    call<MPI_Gatherv>(sendbuf.data, sendbuf.count, sendbuf.type, data, r.counts, r.displs, sendbuf.datatype_of_elements(), root, handle(), on(at));
}

void Comm::Scatter(const ConstBufArg& sendbuf, const Buf& recvbuf, int root, At at) const {
    const auto [s, r] = detail::scatter_blocks(*this, sendbuf, recvbuf, root, at);
    call<MPI_Scatter>(s.data, s.count, s.type, r.data, r.count, r.type, root, handle(), on(at));
}

Request Comm::Iscatter(const ConstBuf& sendbuf, const Buf& recvbuf, int root, At at) const {
    const auto [s, r] = detail::scatter_blocks(*this, sendbuf, recvbuf, root, at);
    auto kept = keep(s, r);
    return Request::take(get<MPI_Iscatter>(s.data, s.count, s.type, r.data, r.count, r.type, root, handle(), on(at)), std::move(kept));
}

Prequest Comm::Scatter_init(const ConstBuf& sendbuf, const Buf& recvbuf, int root, const Info& info, At at) const {
    const auto [s, r] = detail::scatter_blocks(*this, sendbuf, recvbuf, root, at);
    if (!detail::has_equal_init())
        return Scatterv_init({detail::repeated(s), detail::equal_counts(*this, s.count, at)}, r, root, info, at);
    auto kept = keep(s, r);
    return Prequest::take(get<MPI_Scatter_init>(s.data, s.count, s.type, r.data, r.count, r.type, root, handle(), info.handle(), on(at)),
                          std::move(kept));
}

void Comm::Scatterv(const ConstBufVArg& sendbuf, const Buf& recvbuf, int root, At at) const {
    const auto [s, r] = detail::scatterv_blocks(*this, sendbuf, recvbuf, root, at);
    call<MPI_Scatterv>(s.data, s.counts, s.displs, s.type, r.data, r.count, r.type, root, handle(), on(at));
}

Request Comm::Iscatterv(const StoredConstBufVArg& sendbuf, const Buf& recvbuf, int root, At at) const {
    auto [s, r] = detail::scatterv_blocks(*this, sendbuf, recvbuf, root, at);
    auto kept = keep(s, r);
    return Request::take(get<MPI_Iscatterv>(s.data, s.counts, s.displs, s.type, r.data, r.count, r.type, root, handle(), on(at)), std::move(kept));
}

Prequest Comm::Scatterv_init(const StoredConstBufVArg& sendbuf, const Buf& recvbuf, int root, const Info& info, At at) const {
    auto [s, r] = detail::scatterv_blocks(*this, sendbuf, recvbuf, root, at);
    auto kept = keep(s, r);
    return Prequest::take(get<MPI_Scatterv_init>(s.data, s.counts, s.displs, s.type, r.data, r.count, r.type, root, handle(), info.handle(), on(at)),
                          std::move(kept));
}

void Comm::return_scatterv(const ConstBufVArg& sendbuf, int root, detail::AnyVector result, At at) const {
    const Count count = detail::count_from_root(*this, sendbuf, root, {at, "Scatterv"});
    void* const data = result(static_cast<std::size_t>(count));
    Scatterv(sendbuf, {data, count, Datatype::borrow(sendbuf.datatype_of_elements())}, root, at);
}

void Comm::Allgather(const ConstBufArg& sendbuf, const Buf& recvbuf, At at) const {
    const auto [s, r] = detail::allgather_blocks(*this, sendbuf, recvbuf, at);
    call<MPI_Allgather>(s.data, s.count, s.type, r.data, r.count, r.type, handle(), on(at));
}

Request Comm::Iallgather(const ConstBuf& sendbuf, const Buf& recvbuf, At at) const {
    const auto [s, r] = detail::allgather_blocks(*this, sendbuf, recvbuf, at);
    auto kept = keep(s, r);
    return Request::take(get<MPI_Iallgather>(s.data, s.count, s.type, r.data, r.count, r.type, handle(), on(at)), std::move(kept));
}

Prequest Comm::Allgather_init(const ConstBuf& sendbuf, const Buf& recvbuf, const Info& info, At at) const {
    const auto [s, r] = detail::allgather_blocks(*this, sendbuf, recvbuf, at);
    if (!detail::has_equal_init())
        return Allgatherv_init(s, {detail::repeated(r), detail::equal_counts(*this, r.count, at)}, info, at);
    auto kept = keep(s, r);
    return Prequest::take(get<MPI_Allgather_init>(s.data, s.count, s.type, r.data, r.count, r.type, handle(), info.handle(), on(at)),
                          std::move(kept));
}

void Comm::Allgatherv(const ConstBufArg& sendbuf, const BufVArg& recvbuf, At at) const {
    const auto [s, r] = detail::allgatherv_blocks(*this, sendbuf, recvbuf, at);
    if (detail::is_alone(*this, r, at))
        return call<MPI_Gatherv>(s.data, s.count, s.type, r.data, r.counts, r.displs, r.type, 0, handle(), on(at));
    call<MPI_Allgatherv>(s.data, s.count, s.type, r.data, r.counts, r.displs, r.type, handle(), on(at));
}

Request Comm::Iallgatherv(const ConstBuf& sendbuf, const BufVArg& recvbuf, At at) const {
    auto [s, r] = detail::allgatherv_blocks(*this, sendbuf, recvbuf, at);
    auto kept = keep(s, r);
    if (detail::is_alone(*this, r, at))
        return Request::take(get<MPI_Igatherv>(s.data, s.count, s.type, r.data, r.counts, r.displs, r.type, 0, handle(), on(at)), std::move(kept));
    return Request::take(get<MPI_Iallgatherv>(s.data, s.count, s.type, r.data, r.counts, r.displs, r.type, handle(), on(at)), std::move(kept));
}

Prequest Comm::Allgatherv_init(const ConstBuf& sendbuf, const BufVArg& recvbuf, const Info& info, At at) const {
    auto [s, r] = detail::allgatherv_blocks(*this, sendbuf, recvbuf, at);
    auto kept = keep(s, r);
    if (detail::is_alone(*this, r, at))
        return Prequest::take(get<MPI_Gatherv_init>(s.data, s.count, s.type, r.data, r.counts, r.displs, r.type, 0, handle(), info.handle(), on(at)),
                              std::move(kept));
    return Prequest::take(get<MPI_Allgatherv_init>(s.data, s.count, s.type, r.data, r.counts, r.displs, r.type, handle(), info.handle(), on(at)),
                          std::move(kept));
}

void Comm::return_allgatherv(const ConstBuf& sendbuf, detail::AnyVector result, std::optional<detail::AnyVector> counts, At at) const {
    const auto [r, total] = detail::counts_of_all(*this, sendbuf.elements(), at);
    void* const data = detail::grow(result, counts, r, total);
    call<MPI_Allgatherv>(sendbuf.data, sendbuf.count, sendbuf.type, data, r.counts, r.displs, sendbuf.datatype_of_elements(), handle(), on(at));
}

void Comm::Alltoall(const ConstBufArg& sendbuf, const Buf& recvbuf, At at) const {
    const auto [s, r] = detail::alltoall_blocks(*this, sendbuf, recvbuf, at);
    call<MPI_Alltoall>(s.data, s.count, s.type, r.data, r.count, r.type, handle(), on(at));
}

Request Comm::Ialltoall(const ConstBuf& sendbuf, const Buf& recvbuf, At at) const {
    const auto [s, r] = detail::alltoall_blocks(*this, sendbuf, recvbuf, at);
    auto kept = keep(s, r);
    return Request::take(get<MPI_Ialltoall>(s.data, s.count, s.type, r.data, r.count, r.type, handle(), on(at)), std::move(kept));
}

Prequest Comm::Alltoall_init(const ConstBuf& sendbuf, const Buf& recvbuf, const Info& info, At at) const {
    const auto [s, r] = detail::alltoall_blocks(*this, sendbuf, recvbuf, at);
    auto kept = keep(s, r);
    return Prequest::take(get<MPI_Alltoall_init>(s.data, s.count, s.type, r.data, r.count, r.type, handle(), info.handle(), on(at)), std::move(kept));
}

void Comm::Alltoallv(const ConstBufVArg& sendbuf, const BufVArg& recvbuf, At at) const {
    const auto [s, r] = detail::alltoallv_blocks(*this, sendbuf, recvbuf, at);
    call<MPI_Alltoallv>(s.data, s.counts, s.displs, s.type, r.data, r.counts, r.displs, r.type, handle(), on(at));
}

/// Does an Ialltoallv in place by an Ialltoallw.
static Request ialltoallw_in_place(const Comm& comm, const detail::RecvV& blocks, At at) {
    const auto extent = static_cast<Aint>(Datatype::borrow(blocks.type).Get_extent(at).extent);
    std::vector<Count> counts;
    std::vector<Aint> addresses;
    std::vector<Datatype> types;
    for (std::size_t i = 0; i < blocks.ranks; ++i) {
        counts.push_back(blocks.counts[i]);
        addresses.push_back(reinterpret_cast<Aint>(blocks.data) + static_cast<Aint>(blocks.displs[i]) * extent);
        types.push_back(Datatype::borrow(blocks.type));
    }
    return comm.Ialltoallw(IN_PLACE, {BOTTOM, counts, addresses, types}, at);
}

Request Comm::Ialltoallv(const StoredConstBufVArg& sendbuf, const BufVArg& recvbuf, At at) const {
    auto [s, r] = detail::alltoallv_blocks(*this, sendbuf, recvbuf, at);
    if (detail::waits_in_ialltoallw_in_place() && s.data == MPI_IN_PLACE)
        return ialltoallw_in_place(*this, r, at);
    auto kept = keep(s, r);
    return Request::take(get<MPI_Ialltoallv>(s.data, s.counts, s.displs, s.type, r.data, r.counts, r.displs, r.type, handle(), on(at)),
                         std::move(kept));
}

Prequest Comm::Alltoallv_init(const StoredConstBufVArg& sendbuf, const BufVArg& recvbuf, const Info& info, At at) const {
    auto [s, r] = detail::alltoallv_blocks(*this, sendbuf, recvbuf, at);
    auto kept = keep(s, r);
    return Prequest::take(
        get<MPI_Alltoallv_init>(s.data, s.counts, s.displs, s.type, r.data, r.counts, r.displs, r.type, handle(), info.handle(), on(at)),
        std::move(kept));
}

void Comm::return_alltoallv(const ConstBufVArg& sendbuf, detail::AnyVector result, std::optional<detail::AnyVector> counts, At at) const {
    const auto [s, r, total] = detail::counts_from_all(*this, sendbuf, {at, "Alltoallv"});
    void* const data = detail::grow(result, counts, r, total);
    call<MPI_Alltoallv>(s.data, s.counts, s.displs, s.type, data, r.counts, r.displs, sendbuf.datatype_of_elements(), handle(), on(at));
}

void Comm::Alltoallw(const ConstBufWArg& sendbuf, const BufWArg& recvbuf, At at) const {
    const auto [s, r] = detail::alltoallw_blocks(*this, sendbuf, recvbuf, at);
    detail::call_alltoallw(detail::is_alone(*this, r, at), on(at), s.data, s.counts, s.displs, s.type, r.data, r.counts, r.displs, r.type, handle());
}

Request Comm::Ialltoallw(const StoredConstBufWArg& sendbuf, const BufWArg& recvbuf, At at) const {
    auto [s, r] = detail::alltoallw_blocks(*this, sendbuf, recvbuf, at);
    const bool works_in_place = detail::has_ialltoallw_in_place() && !detail::waits_in_ialltoallw_in_place();
    auto kept = works_in_place || s.data != MPI_IN_PLACE ? keep(s, r) : detail::keep_packed(*this, s, r, at);
    return Request::take(get<MPI_Ialltoallw>(s.data, s.counts, s.displs, s.type, r.data, r.counts, r.displs, r.type, handle(), on(at)),
                         std::move(kept));
}

Prequest Comm::Alltoallw_init(const StoredConstBufWArg& sendbuf, const BufWArg& recvbuf, const Info& info, At at) const {
    auto [s, r] = detail::alltoallw_blocks(*this, sendbuf, recvbuf, at);
    if (!detail::has_ialltoallw_in_place() && s.data == MPI_IN_PLACE)
        detail::check_equal_sizes(r, at);
    auto kept = keep(s, r);
    return Prequest::take(
        get<MPI_Alltoallw_init>(s.data, s.counts, s.displs, s.type, r.data, r.counts, r.displs, r.type, handle(), info.handle(), on(at)),
        std::move(kept));
}

void Comm::Reduce(const ConstBufArg& sendbuf, const Buf& recvbuf, const Op& op, int root, At at) const {
    const auto [s, r] = detail::reduce_pair(*this, sendbuf, recvbuf, op, root, at);
    call<MPI_Reduce>(s.data, r.data, r.count, r.type, op.handle_for(r.type), root, handle(), on(at));
}

Request Comm::Ireduce(const ConstBuf& sendbuf, const Buf& recvbuf, const Op& op, int root, At at) const {
    const auto [s, r] = detail::reduce_pair(*this, sendbuf, recvbuf, op, root, at);
    auto kept = keep(op);
    return Request::take(get<MPI_Ireduce>(s.data, r.data, r.count, r.type, op.handle_for(r.type), root, handle(), on(at)), std::move(kept));
}

Prequest Comm::Reduce_init(const ConstBuf& sendbuf, const Buf& recvbuf, const Op& op, int root, const Info& info, At at) const {
    const auto [s, r] = detail::reduce_pair(*this, sendbuf, recvbuf, op, root, at);
    auto kept = keep(op);
    return Prequest::take(get<MPI_Reduce_init>(s.data, r.data, r.count, r.type, op.handle_for(r.type), root, handle(), info.handle(), on(at)),
                          std::move(kept));
}

void Comm::allreduce_with_care(const ConstBuf& sendbuf, const Buf& recvbuf, const Op& op, At at) const {
    if (op.is_left_to_mpi(recvbuf.type) && detail::is_plain_pair(sendbuf, recvbuf))
        return call<MPI_Allreduce>(sendbuf.data, recvbuf.data, recvbuf.count, recvbuf.type, op.handle(), handle(), on(at));
    const auto [s, r] = detail::allreduce_pair(*this, sendbuf, recvbuf, op, {at, "Allreduce"});
    call<MPI_Allreduce>(s.data, r.data, r.count, r.type, op.handle_for(r.type), handle(), on(at));
}

Request Comm::Iallreduce(const ConstBuf& sendbuf, const Buf& recvbuf, const Op& op, At at) const {
    const auto [s, r] = detail::allreduce_pair(*this, sendbuf, recvbuf, op, at);
    auto kept = keep(op);
    return Request::take(get<MPI_Iallreduce>(s.data, r.data, r.count, r.type, op.handle_for(r.type), handle(), on(at)), std::move(kept));
}

Prequest Comm::Allreduce_init(const ConstBuf& sendbuf, const Buf& recvbuf, const Op& op, const Info& info, At at) const {
    const auto [s, r] = detail::allreduce_pair(*this, sendbuf, recvbuf, op, at);
    auto kept = keep(op);
    return Prequest::take(get<MPI_Allreduce_init>(s.data, r.data, r.count, r.type, op.handle_for(r.type), handle(), info.handle(), on(at)),
                          std::move(kept));
}

void Comm::Reduce_scatter_block(const ConstBufArg& sendbuf, const Buf& recvbuf, const Op& op, At at) const {
    const auto [s, r] = detail::reduce_blocks(*this, sendbuf, recvbuf, op, at);
    call<MPI_Reduce_scatter_block>(s.data, r.data, r.count, r.type, op.handle_for(r.type), handle(), on(at));
}

Request Comm::Ireduce_scatter_block(const ConstBuf& sendbuf, const Buf& recvbuf, const Op& op, At at) const {
    const auto [s, r] = detail::reduce_blocks(*this, sendbuf, recvbuf, op, at);
    auto kept = keep(op);
    return Request::take(get<MPI_Ireduce_scatter_block>(s.data, r.data, r.count, r.type, op.handle_for(r.type), handle(), on(at)), std::move(kept));
}

Prequest Comm::Reduce_scatter_block_init(const ConstBuf& sendbuf, const Buf& recvbuf, const Op& op, const Info& info, At at) const {
    const auto [s, r] = detail::reduce_blocks(*this, sendbuf, recvbuf, op, at);
    auto kept = keep(op);
    return Prequest::take(get<MPI_Reduce_scatter_block_init>(s.data, r.data, r.count, r.type, op.handle_for(r.type), handle(), info.handle(), on(at)),
                          std::move(kept));
}

void Comm::Reduce_scatter(const ConstBufArg& sendbuf, const Buf& recvbuf, detail::CountList recvcounts, const Op& op, At at) const {
    const auto [s, r, blocks] = detail::reduce_scatter_blocks(*this, sendbuf, recvbuf, recvcounts, op, at);
    call<MPI_Reduce_scatter>(s.data, r.data, blocks.counts, r.type, op.handle_for(r.type), handle(), on(at));
}

Request Comm::Ireduce_scatter(const ConstBuf& sendbuf, const Buf& recvbuf, detail::CountList recvcounts, const Op& op, At at) const {
    auto [s, r, blocks] = detail::reduce_scatter_blocks(*this, sendbuf, recvbuf, recvcounts, op, at);
    auto kept = keep(blocks, op);
    return Request::take(get<MPI_Ireduce_scatter>(s.data, r.data, blocks.counts, r.type, op.handle_for(r.type), handle(), on(at)), std::move(kept));
}

Prequest Comm::Reduce_scatter_init(const ConstBuf& sendbuf, const Buf& recvbuf, detail::CountList recvcounts, const Op& op, const Info& info,
                                   At at) const {
    auto [s, r, blocks] = detail::reduce_scatter_blocks(*this, sendbuf, recvbuf, recvcounts, op, at);
    auto kept = keep(blocks, op);
    return Prequest::take(get<MPI_Reduce_scatter_init>(s.data, r.data, blocks.counts, r.type, op.handle_for(r.type), handle(), info.handle(), on(at)),
                          std::move(kept));
}

}  // namespace MPI4CXX
