#include <mpi4cxx/comm.hpp>

#include "belongings.hpp"
#include "plan.hpp"

// One family after the other: blocking, nonblocking, persistent.

namespace mpi4cxx {

using detail::call;
using detail::get;
using detail::keep;

Request Comm::Ibarrier(At at) const { return Request::take(get<MPI_Ibarrier>(handle(), on(at))); }

Prequest Comm::Barrier_init(const Info& info, At at) const { return Prequest::take(get<MPI_Barrier_init>(handle(), info.handle(), on(at))); }

Request Comm::Ibcast(Buf buf, int root, At at) const { return Request::take(get<MPI_Ibcast>(buf.data, buf.count, buf.type, root, handle(), on(at))); }

Prequest Comm::Bcast_init(Buf buf, int root, const Info& info, At at) const {
    return Prequest::take(get<MPI_Bcast_init>(buf.data, buf.count, buf.type, root, handle(), info.handle(), on(at)));
}

void Comm::Gather(ConstBuf sendbuf, Buf recvbuf, int root, At at) const {
    const auto [s, r] = detail::gather_blocks(*this, sendbuf, recvbuf, root, at);
    call<MPI_Gather>(s.data, s.count, s.type, r.data, r.count, r.type, root, handle(), on(at));
}

Request Comm::Igather(LastingConstBuf sendbuf, Buf recvbuf, int root, At at) const {
    const auto [s, r] = detail::gather_blocks(*this, sendbuf, recvbuf, root, at);
    return Request::take(get<MPI_Igather>(s.data, s.count, s.type, r.data, r.count, r.type, root, handle(), on(at)));
}

Prequest Comm::Gather_init(LastingConstBuf sendbuf, Buf recvbuf, int root, const Info& info, At at) const {
    const auto [s, r] = detail::gather_blocks(*this, sendbuf, recvbuf, root, at);
    if (!detail::has_equal_init)
        return Gatherv_init(sendbuf, {recvbuf, detail::equal_counts(*this, r.count, at)}, root, info, at);
    return Prequest::take(get<MPI_Gather_init>(s.data, s.count, s.type, r.data, r.count, r.type, root, handle(), info.handle(), on(at)));
}

void Comm::Gatherv(ConstBuf sendbuf, BufV recvbuf, int root, At at) const {
    const auto [s, r] = detail::gatherv_blocks(*this, sendbuf, recvbuf, root, at);
    call<MPI_Gatherv>(s.data, s.count, s.type, r.data, r.counts, r.displs, r.type, root, handle(), on(at));
}

Request Comm::Igatherv(LastingConstBuf sendbuf, BufV recvbuf, int root, At at) const {
    auto [s, r] = detail::gatherv_blocks(*this, sendbuf, recvbuf, root, at);
    auto kept = keep(s, r);
    return Request::take(get<MPI_Igatherv>(s.data, s.count, s.type, r.data, r.counts, r.displs, r.type, root, handle(), on(at)), std::move(kept));
}

Prequest Comm::Gatherv_init(LastingConstBuf sendbuf, BufV recvbuf, int root, const Info& info, At at) const {
    auto [s, r] = detail::gatherv_blocks(*this, sendbuf, recvbuf, root, at);
    auto kept = keep(s, r);
    return Prequest::take(get<MPI_Gatherv_init>(s.data, s.count, s.type, r.data, r.counts, r.displs, r.type, root, handle(), info.handle(), on(at)),
                          std::move(kept));
}

void Comm::return_gatherv(const ConstBuf& sendbuf, int root, detail::Growing result, std::vector<Count>* counts, At at) const {
    const auto [r, total] = detail::counts_at_root(*this, sendbuf.count, root, at);
    void* const data = detail::grow(result, counts, r, total);
    call<MPI_Gatherv>(sendbuf.data, sendbuf.count, sendbuf.type, data, r.counts, r.displs, sendbuf.type, root, handle(), on(at));
}

void Comm::Scatter(ConstBuf sendbuf, Buf recvbuf, int root, At at) const {
    const auto [s, r] = detail::scatter_blocks(*this, sendbuf, recvbuf, root, at);
    call<MPI_Scatter>(s.data, s.count, s.type, r.data, r.count, r.type, root, handle(), on(at));
}

Request Comm::Iscatter(LastingConstBuf sendbuf, Buf recvbuf, int root, At at) const {
    const auto [s, r] = detail::scatter_blocks(*this, sendbuf, recvbuf, root, at);
    return Request::take(get<MPI_Iscatter>(s.data, s.count, s.type, r.data, r.count, r.type, root, handle(), on(at)));
}

Prequest Comm::Scatter_init(LastingConstBuf sendbuf, Buf recvbuf, int root, const Info& info, At at) const {
    const auto [s, r] = detail::scatter_blocks(*this, sendbuf, recvbuf, root, at);
    if (!detail::has_equal_init)
        return Scatterv_init({sendbuf, detail::equal_counts(*this, s.count, at)}, recvbuf, root, info, at);
    return Prequest::take(get<MPI_Scatter_init>(s.data, s.count, s.type, r.data, r.count, r.type, root, handle(), info.handle(), on(at)));
}

void Comm::Scatterv(ConstBufV sendbuf, Buf recvbuf, int root, At at) const {
    const auto [s, r] = detail::scatterv_blocks(*this, sendbuf, recvbuf, root, at);
    call<MPI_Scatterv>(s.data, s.counts, s.displs, s.type, r.data, r.count, r.type, root, handle(), on(at));
}

Request Comm::Iscatterv(LastingConstBufV sendbuf, Buf recvbuf, int root, At at) const {
    auto [s, r] = detail::scatterv_blocks(*this, sendbuf, recvbuf, root, at);
    auto kept = keep(s, r);
    return Request::take(get<MPI_Iscatterv>(s.data, s.counts, s.displs, s.type, r.data, r.count, r.type, root, handle(), on(at)), std::move(kept));
}

Prequest Comm::Scatterv_init(LastingConstBufV sendbuf, Buf recvbuf, int root, const Info& info, At at) const {
    auto [s, r] = detail::scatterv_blocks(*this, sendbuf, recvbuf, root, at);
    auto kept = keep(s, r);
    return Prequest::take(get<MPI_Scatterv_init>(s.data, s.counts, s.displs, s.type, r.data, r.count, r.type, root, handle(), info.handle(), on(at)),
                          std::move(kept));
}

void Comm::return_scatterv(const ConstBufV& sendbuf, int root, detail::Growing result, At at) const {
    const Count count = detail::count_from_root(*this, sendbuf, root, {at, "Scatterv"});
    void* const data = result(static_cast<std::size_t>(count));
    Scatterv(sendbuf, {data, count, Datatype::borrow(sendbuf.type)}, root, at);
}

void Comm::Allgather(ConstBuf sendbuf, Buf recvbuf, At at) const {
    const auto [s, r] = detail::allgather_blocks(*this, sendbuf, recvbuf, at);
    call<MPI_Allgather>(s.data, s.count, s.type, r.data, r.count, r.type, handle(), on(at));
}

Request Comm::Iallgather(LastingConstBuf sendbuf, Buf recvbuf, At at) const {
    const auto [s, r] = detail::allgather_blocks(*this, sendbuf, recvbuf, at);
    return Request::take(get<MPI_Iallgather>(s.data, s.count, s.type, r.data, r.count, r.type, handle(), on(at)));
}

Prequest Comm::Allgather_init(LastingConstBuf sendbuf, Buf recvbuf, const Info& info, At at) const {
    const auto [s, r] = detail::allgather_blocks(*this, sendbuf, recvbuf, at);
    if (!detail::has_equal_init)
        return Allgatherv_init(sendbuf, {recvbuf, detail::equal_counts(*this, r.count, at)}, info, at);
    return Prequest::take(get<MPI_Allgather_init>(s.data, s.count, s.type, r.data, r.count, r.type, handle(), info.handle(), on(at)));
}

void Comm::Allgatherv(ConstBuf sendbuf, BufV recvbuf, At at) const {
    const auto [s, r] = detail::allgatherv_blocks(*this, sendbuf, recvbuf, at);
    if (detail::is_alone(*this, r, at))
        return call<MPI_Gatherv>(s.data, s.count, s.type, r.data, r.counts, r.displs, r.type, 0, handle(), on(at));
    call<MPI_Allgatherv>(s.data, s.count, s.type, r.data, r.counts, r.displs, r.type, handle(), on(at));
}

Request Comm::Iallgatherv(LastingConstBuf sendbuf, BufV recvbuf, At at) const {
    auto [s, r] = detail::allgatherv_blocks(*this, sendbuf, recvbuf, at);
    auto kept = keep(s, r);
    if (detail::is_alone(*this, r, at))
        return Request::take(get<MPI_Igatherv>(s.data, s.count, s.type, r.data, r.counts, r.displs, r.type, 0, handle(), on(at)), std::move(kept));
    return Request::take(get<MPI_Iallgatherv>(s.data, s.count, s.type, r.data, r.counts, r.displs, r.type, handle(), on(at)), std::move(kept));
}

Prequest Comm::Allgatherv_init(LastingConstBuf sendbuf, BufV recvbuf, const Info& info, At at) const {
    auto [s, r] = detail::allgatherv_blocks(*this, sendbuf, recvbuf, at);
    auto kept = keep(s, r);
    if (detail::is_alone(*this, r, at))
        return Prequest::take(get<MPI_Gatherv_init>(s.data, s.count, s.type, r.data, r.counts, r.displs, r.type, 0, handle(), info.handle(), on(at)),
                              std::move(kept));
    return Prequest::take(get<MPI_Allgatherv_init>(s.data, s.count, s.type, r.data, r.counts, r.displs, r.type, handle(), info.handle(), on(at)),
                          std::move(kept));
}

void Comm::return_allgatherv(const ConstBuf& sendbuf, detail::Growing result, std::vector<Count>* counts, At at) const {
    const auto [r, total] = detail::counts_of_all(*this, sendbuf.count, at);
    void* const data = detail::grow(result, counts, r, total);
    call<MPI_Allgatherv>(sendbuf.data, sendbuf.count, sendbuf.type, data, r.counts, r.displs, sendbuf.type, handle(), on(at));
}

void Comm::Alltoall(ConstBuf sendbuf, Buf recvbuf, At at) const {
    const auto [s, r] = detail::alltoall_blocks(*this, sendbuf, recvbuf, at);
    call<MPI_Alltoall>(s.data, s.count, s.type, r.data, r.count, r.type, handle(), on(at));
}

Request Comm::Ialltoall(LastingConstBuf sendbuf, Buf recvbuf, At at) const {
    const auto [s, r] = detail::alltoall_blocks(*this, sendbuf, recvbuf, at);
    return Request::take(get<MPI_Ialltoall>(s.data, s.count, s.type, r.data, r.count, r.type, handle(), on(at)));
}

Prequest Comm::Alltoall_init(LastingConstBuf sendbuf, Buf recvbuf, const Info& info, At at) const {
    const auto [s, r] = detail::alltoall_blocks(*this, sendbuf, recvbuf, at);
    return Prequest::take(get<MPI_Alltoall_init>(s.data, s.count, s.type, r.data, r.count, r.type, handle(), info.handle(), on(at)));
}

void Comm::Alltoallv(ConstBufV sendbuf, BufV recvbuf, At at) const {
    const auto [s, r] = detail::alltoallv_blocks(*this, sendbuf, recvbuf, at);
    call<MPI_Alltoallv>(s.data, s.counts, s.displs, s.type, r.data, r.counts, r.displs, r.type, handle(), on(at));
}

Request Comm::Ialltoallv(LastingConstBufV sendbuf, BufV recvbuf, At at) const {
    auto [s, r] = detail::alltoallv_blocks(*this, sendbuf, recvbuf, at);
    auto kept = keep(s, r);
    return Request::take(get<MPI_Ialltoallv>(s.data, s.counts, s.displs, s.type, r.data, r.counts, r.displs, r.type, handle(), on(at)),
                         std::move(kept));
}

Prequest Comm::Alltoallv_init(LastingConstBufV sendbuf, BufV recvbuf, const Info& info, At at) const {
    auto [s, r] = detail::alltoallv_blocks(*this, sendbuf, recvbuf, at);
    auto kept = keep(s, r);
    return Prequest::take(
        get<MPI_Alltoallv_init>(s.data, s.counts, s.displs, s.type, r.data, r.counts, r.displs, r.type, handle(), info.handle(), on(at)),
        std::move(kept));
}

void Comm::return_alltoallv(const ConstBufV& sendbuf, detail::Growing result, std::vector<Count>* counts, At at) const {
    const auto [s, r, total] = detail::counts_from_all(*this, sendbuf, {at, "Alltoallv"});
    void* const data = detail::grow(result, counts, r, total);
    call<MPI_Alltoallv>(s.data, s.counts, s.displs, s.type, data, r.counts, r.displs, s.type, handle(), on(at));
}

void Comm::Alltoallw(const ConstBufW& sendbuf, const BufW& recvbuf, At at) const {
    const auto [s, r] = detail::alltoallw_blocks(*this, sendbuf, recvbuf, at);
    call<MPI_Alltoallw>(s.data, s.counts, s.displs, s.type, r.data, r.counts, r.displs, r.type, handle(), on(at));
}

Request Comm::Ialltoallw(const LastingConstBufW& sendbuf, const BufW& recvbuf, At at) const {
    auto [s, r] = detail::alltoallw_blocks(*this, sendbuf, recvbuf, at);
    auto kept = keep(s, r);
    return Request::take(get<MPI_Ialltoallw>(s.data, s.counts, s.displs, s.type, r.data, r.counts, r.displs, r.type, handle(), on(at)),
                         std::move(kept));
}

Prequest Comm::Alltoallw_init(const LastingConstBufW& sendbuf, const BufW& recvbuf, const Info& info, At at) const {
    auto [s, r] = detail::alltoallw_blocks(*this, sendbuf, recvbuf, at);
    auto kept = keep(s, r);
    return Prequest::take(
        get<MPI_Alltoallw_init>(s.data, s.counts, s.displs, s.type, r.data, r.counts, r.displs, r.type, handle(), info.handle(), on(at)),
        std::move(kept));
}

void Comm::Reduce(ConstBuf sendbuf, Buf recvbuf, const Op& op, int root, At at) const {
    const auto [s, r] = detail::reduce_pair(*this, sendbuf, recvbuf, root, at);
    call<MPI_Reduce>(s.data, r.data, r.count, op.accept(r.type, at), op.handle(), root, handle(), on(at));
}

Request Comm::Ireduce(LastingConstBuf sendbuf, Buf recvbuf, const Op& op, int root, At at) const {
    const auto [s, r] = detail::reduce_pair(*this, sendbuf, recvbuf, root, at);
    auto kept = keep(op);
    return Request::take(get<MPI_Ireduce>(s.data, r.data, r.count, op.accept(r.type, at), op.handle(), root, handle(), on(at)), std::move(kept));
}

Prequest Comm::Reduce_init(LastingConstBuf sendbuf, Buf recvbuf, const Op& op, int root, const Info& info, At at) const {
    const auto [s, r] = detail::reduce_pair(*this, sendbuf, recvbuf, root, at);
    auto kept = keep(op);
    return Prequest::take(get<MPI_Reduce_init>(s.data, r.data, r.count, op.accept(r.type, at), op.handle(), root, handle(), info.handle(), on(at)),
                          std::move(kept));
}

void Comm::allreduce_by_user(const void* sendbuf, void* recvbuf, Count count, MPI_Datatype type, const Op& op, At at) const {
    call<MPI_Allreduce>(sendbuf, recvbuf, count, op.accept(type, {at, "Allreduce"}), op.handle(), handle(), on(at));
}

Request Comm::Iallreduce(LastingConstBuf sendbuf, Buf recvbuf, const Op& op, At at) const {
    const auto [s, r] = detail::allreduce_pair(sendbuf, recvbuf, at);
    auto kept = keep(op);
    return Request::take(get<MPI_Iallreduce>(s.data, r.data, r.count, op.accept(r.type, at), op.handle(), handle(), on(at)), std::move(kept));
}

Prequest Comm::Allreduce_init(LastingConstBuf sendbuf, Buf recvbuf, const Op& op, const Info& info, At at) const {
    const auto [s, r] = detail::allreduce_pair(sendbuf, recvbuf, at);
    auto kept = keep(op);
    return Prequest::take(get<MPI_Allreduce_init>(s.data, r.data, r.count, op.accept(r.type, at), op.handle(), handle(), info.handle(), on(at)),
                          std::move(kept));
}

void Comm::Reduce_scatter_block(ConstBuf sendbuf, Buf recvbuf, const Op& op, At at) const {
    const auto [s, r] = detail::reduce_blocks(*this, sendbuf, recvbuf, at);
    call<MPI_Reduce_scatter_block>(s.data, r.data, r.count, op.accept(r.type, at), op.handle(), handle(), on(at));
}

Request Comm::Ireduce_scatter_block(LastingConstBuf sendbuf, Buf recvbuf, const Op& op, At at) const {
    const auto [s, r] = detail::reduce_blocks(*this, sendbuf, recvbuf, at);
    auto kept = keep(op);
    return Request::take(get<MPI_Ireduce_scatter_block>(s.data, r.data, r.count, op.accept(r.type, at), op.handle(), handle(), on(at)),
                         std::move(kept));
}

Prequest Comm::Reduce_scatter_block_init(LastingConstBuf sendbuf, Buf recvbuf, const Op& op, const Info& info, At at) const {
    const auto [s, r] = detail::reduce_blocks(*this, sendbuf, recvbuf, at);
    auto kept = keep(op);
    return Prequest::take(
        get<MPI_Reduce_scatter_block_init>(s.data, r.data, r.count, op.accept(r.type, at), op.handle(), handle(), info.handle(), on(at)),
        std::move(kept));
}

void Comm::Reduce_scatter(ConstBuf sendbuf, Buf recvbuf, detail::Integers recvcounts, const Op& op, At at) const {
    const auto [s, r, blocks] = detail::reduce_scatter_blocks(*this, sendbuf, recvbuf, recvcounts, at);
    call<MPI_Reduce_scatter>(s.data, r.data, blocks.counts, op.accept(r.type, at), op.handle(), handle(), on(at));
}

Request Comm::Ireduce_scatter(LastingConstBuf sendbuf, Buf recvbuf, detail::Integers recvcounts, const Op& op, At at) const {
    auto [s, r, blocks] = detail::reduce_scatter_blocks(*this, sendbuf, recvbuf, recvcounts, at);
    auto kept = keep(blocks, op);
    return Request::take(get<MPI_Ireduce_scatter>(s.data, r.data, blocks.counts, op.accept(r.type, at), op.handle(), handle(), on(at)),
                         std::move(kept));
}

Prequest Comm::Reduce_scatter_init(LastingConstBuf sendbuf, Buf recvbuf, detail::Integers recvcounts, const Op& op, const Info& info, At at) const {
    auto [s, r, blocks] = detail::reduce_scatter_blocks(*this, sendbuf, recvbuf, recvcounts, at);
    auto kept = keep(blocks, op);
    return Prequest::take(
        get<MPI_Reduce_scatter_init>(s.data, r.data, blocks.counts, op.accept(r.type, at), op.handle(), handle(), info.handle(), on(at)),
        std::move(kept));
}

}  // namespace mpi4cxx
