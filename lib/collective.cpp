#include <mpi4cxx/comm.hpp>

#include "plan.hpp"

namespace mpi4cxx {

using detail::call;
using detail::Side;

void Comm::Gather(ConstBuf sendbuf, Buf recvbuf, int root, At at) const {
    const auto [s, r] = detail::gather_blocks(*this, sendbuf, recvbuf, root, at);
    call<MPI_Gather>(s.data, s.count, s.type, r.data, r.count, r.type, root, handle(), on(at));
}

void Comm::Gatherv(ConstBuf sendbuf, BufV recvbuf, int root, At at) const {
    const ConstBuf& s = sendbuf;
    const BufV& r = recvbuf;
    detail::Blocks blocks;
    if (detail::is_root(*this, root, at))
        blocks = detail::checked_blocks(*this, r, r.count, s.count, Side::recv, at);
    call<MPI_Gatherv>(s.data, s.count, s.type, r.data, blocks.counts, blocks.displs, r.type, root, handle(), on(at));
}

void Comm::Scatter(ConstBuf sendbuf, Buf recvbuf, int root, At at) const {
    const auto [s, r] = detail::scatter_blocks(*this, sendbuf, recvbuf, root, at);
    call<MPI_Scatter>(s.data, s.count, s.type, r.data, r.count, r.type, root, handle(), on(at));
}

void Comm::Scatterv(ConstBufV sendbuf, Buf recvbuf, int root, At at) const {
    const ConstBufV& s = sendbuf;
    const Buf& r = recvbuf;
    detail::Blocks blocks;
    if (detail::is_root(*this, root, at))
        blocks = detail::checked_blocks(*this, s, s.count, r.count, Side::send, at);
    call<MPI_Scatterv>(s.data, blocks.counts, blocks.displs, s.type, r.data, r.count, r.type, root, handle(), on(at));
}

void Comm::Allgather(ConstBuf sendbuf, Buf recvbuf, At at) const {
    const auto [s, r] = detail::allgather_blocks(*this, sendbuf, recvbuf, at);
    call<MPI_Allgather>(s.data, s.count, s.type, r.data, r.count, r.type, handle(), on(at));
}

void Comm::Allgatherv(ConstBuf sendbuf, BufV recvbuf, At at) const {
    const ConstBuf& s = sendbuf;
    const BufV& r = recvbuf;
    const detail::Blocks blocks = detail::checked_blocks(*this, r, r.count, s.count, Side::recv, at);
    if (blocks.ranks == 1 && !Is_inter(at))  // MPICH before 4.1 ignores the displacement here (its pull request 6374)
        return call<MPI_Gatherv>(s.data, s.count, s.type, r.data, blocks.counts, blocks.displs, r.type, 0, handle(), on(at));
    call<MPI_Allgatherv>(s.data, s.count, s.type, r.data, blocks.counts, blocks.displs, r.type, handle(), on(at));
}

std::vector<Count> Comm::all_counts(Count count, At at) const {
    std::vector<Count> counts(static_cast<std::size_t>(detail::peers(*this, at)));
    Allgather(count, counts, at);
    return counts;
}

void Comm::Alltoall(ConstBuf sendbuf, Buf recvbuf, At at) const {
    const auto [s, r] = detail::alltoall_blocks(*this, sendbuf, recvbuf, at);
    call<MPI_Alltoall>(s.data, s.count, s.type, r.data, r.count, r.type, handle(), on(at));
}

void Comm::Alltoallv(ConstBufV sendbuf, BufV recvbuf, At at) const {
    const ConstBufV& s = sendbuf;
    const BufV& r = recvbuf;
    detail::Blocks recv = detail::checked_blocks(*this, r, r.count, 0, Side::recv, at);
    detail::Blocks send;
    if (!s.is_in_place()) {
        send = detail::checked_blocks(*this, s, s.count, 0, Side::send, at);
        detail::same_width(send, recv);
    }
    call<MPI_Alltoallv>(s.data, send.counts, send.displs, s.type, r.data, recv.counts, recv.displs, r.type, handle(), on(at));
}

void Comm::Reduce(ConstBuf sendbuf, Buf recvbuf, const Op& op, int root, At at) const {
    const auto [s, r] = detail::reduce_pair(*this, sendbuf, recvbuf, root, at);
    call<MPI_Reduce>(s.data, r.data, r.count, op.accept(r.type, at), op.handle(), root, handle(), on(at));
}

void Comm::allreduce_by_user(const void* sendbuf, void* recvbuf, Count count, MPI_Datatype type, const Op& op, At at) const {
    call<MPI_Allreduce>(sendbuf, recvbuf, count, op.accept(type, {at, "Allreduce"}), op.handle(), handle(), on(at));
}

void Comm::Reduce_scatter_block(ConstBuf sendbuf, Buf recvbuf, const Op& op, At at) const {
    const auto [s, r] = detail::reduce_blocks(*this, sendbuf, recvbuf, at);
    call<MPI_Reduce_scatter_block>(s.data, r.data, r.count, op.accept(r.type, at), op.handle(), handle(), on(at));
}

}  // namespace mpi4cxx
