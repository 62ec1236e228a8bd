#include <mpi4cxx/intracomm.hpp>

#include <mpi4cxx/cartcomm.hpp>
#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/distgraphcomm.hpp>
#include <mpi4cxx/graphcomm.hpp>
#include <mpi4cxx/intercomm.hpp>

#include "communicators/dropped_handles.hpp"
#include "communicators/object_route.hpp"
#include "communicators/outside.hpp"
#include "communicators/repeated_edges.hpp"
#include "communicators/session_members.hpp"
#include "runtime/finalize.hpp"

#include <vector>

namespace MPI4CXX {

using detail::call;
using detail::get;
using detail::keep;
using detail::made;

const Intracomm COMM_NULL;
const Intracomm COMM_SELF = Intracomm::borrow(MPI_COMM_SELF);
const Intracomm COMM_WORLD = Intracomm::borrow(MPI_COMM_WORLD);

namespace {

/// Returns UNDEFINED for a process that is left over. Open MPI 4.1 gives it a rank.
int mapped(int rank, int nodes) { return rank < nodes ? rank : UNDEFINED; }

}  // namespace

Intracomm Intracomm::Create_group(const Group& group, int tag, At at) const {
    if (detail::crashes_without_world() && detail::is_session_open() && !detail::has_world() && group.Get_size(at) == 1)
        return Create_from_group(group, "org.mpi4cxx.create_group", INFO_NULL, ERRORS_RETURN, at);
    return take(made(get<MPI_Comm_create_group>(handle(), group.handle(), tag, on(at)), on(at)), at);
}

Intracomm Intracomm::Create_from_group(const Group& group, const std::string& stringtag, const Info& info, const Errhandler& errhandler, At at) {
    if (detail::check_from_group(group, stringtag, at))
        return {};
    const MPI_Comm raw = get<MPI_Comm_create_from_group>(group.handle(), stringtag.c_str(), info.handle(), MPI_ERRORS_RETURN, at);
    detail::join_session(raw, group.session());
    detail::mark_outside(raw, at);  // whether or not there is a COMM_WORLD here, for the other processes may have none
    Intracomm comm = take(made(raw, at), at);
    comm.Set_errhandler(errhandler, at);
    return comm;
}

Intercomm Intracomm::Create_intercomm(int local_leader, const Intracomm& peer_comm, int remote_leader, int tag, At at) const {
    Intercomm result =
        Intercomm::take(made(get<MPI_Intercomm_create>(handle(), local_leader, peer_comm.handle(), remote_leader, tag, on(at)), on(at)), at);
    if (detail::opened_channel != MPI_COMM_NULL && !detail::reaches_all(result, at))  // the other processes find the same
        detail::mark_outside(result.handle(), on(at));
    return result;
}

Cartcomm Intracomm::Create_cart(detail::IntList dims, const detail::FlagList& periods, bool reorder, At at) const {
    const std::vector<int> wraps = detail::periods_of(dims, periods, at);
    (void)detail::places_of(dims, at);
    if (dims.empty())
        detail::need_world_for_empty_grid("MPI_Cart_create", Get_size(at), on(at));
    return Cartcomm::take(made(get<MPI_Cart_create>(handle(), dims.length(), dims.data(), wraps.data(), reorder ? 1 : 0, on(at)), on(at)), at);
}

Graphcomm Intracomm::Create_graph(detail::IntList index, detail::IntList edges, bool reorder, At at) const {
    detail::check_graph(index, edges, at);
    return Graphcomm::take(made(get<MPI_Graph_create>(handle(), index.length(), index.data(), edges.data(), reorder ? 1 : 0, on(at)), on(at)), at);
}

Distgraphcomm Intracomm::Create_dist_graph_adjacent(detail::IntList sources, detail::IntList destinations, Weights sourceweights, Weights destweights,
                                                    const Info& info, bool reorder, At at) const {
    for (const detail::IntList& neighbors : {sources, destinations})
        for (const int node : neighbors)
            if (node != PROC_NULL)  // MPICH takes it, as that of a grid
                detail::check_node(node, Get_size(at), at);
    detail::check_weights(sourceweights, sources, "sources", at);
    detail::check_weights(destweights, destinations, "destinations", at);
    Distgraphcomm graph = Distgraphcomm::take(
        made(get<MPI_Dist_graph_create_adjacent>(handle(), sources.length(), sources.data(), sourceweights.data(), destinations.length(),
                                                 destinations.data(), destweights.data(), info.handle(), reorder ? 1 : 0, on(at)),
             on(at)),
        at);
    (void)detail::has_repeated_edges(graph, detail::Finding::collective, at);
    return graph;
}

Distgraphcomm Intracomm::Create_dist_graph(detail::IntList sources, detail::IntOrList degrees, detail::IntList destinations, Weights weights,
                                           const Info& info, bool reorder, At at) const {
    std::vector<int> same;
    detail::IntList each = degrees;
    if (degrees.one())
        each = same = std::vector<int>(sources.size(), *degrees.one());
    detail::check_degrees(sources, each, destinations, at);
    for (const detail::IntList& nodes : {sources, destinations}) detail::check_nodes(nodes, Get_size(at), at);
    detail::check_weights(weights, destinations, "destinations", at);
    Distgraphcomm graph =
        Distgraphcomm::take(made(get<MPI_Dist_graph_create>(handle(), sources.length(), sources.data(), each.data(), destinations.data(),
                                                            weights.data(), info.handle(), reorder ? 1 : 0, on(at)),
                                 on(at)),
                            at);
    (void)detail::has_repeated_edges(graph, detail::Finding::collective, at);
    return graph;
}

int Intracomm::Cart_map(detail::IntList dims, const detail::FlagList& periods, At at) const {
    const std::vector<int> wraps = detail::periods_of(dims, periods, at);
    const int nodes = detail::places_of(dims, at);
    return mapped(get<MPI_Cart_map>(handle(), dims.length(), dims.data(), wraps.data(), on(at)), nodes);
}

int Intracomm::Graph_map(detail::IntList index, detail::IntList edges, At at) const {
    detail::check_graph(index, edges, at);
    return mapped(get<MPI_Graph_map>(handle(), index.length(), index.data(), edges.data(), on(at)), index.length());
}

void Intracomm::Scan(const ConstBufArg& sendbuf, const Buf& recvbuf, const Op& op, At at) const {
    const auto [s, r] = detail::allreduce_pair(*this, sendbuf, recvbuf, op, at);
    call<MPI_Scan>(s.data, r.data, r.count, r.type, op.handle_for(r.type), handle(), on(at));
}

Request Intracomm::Iscan(const ConstBuf& sendbuf, const Buf& recvbuf, const Op& op, At at) const {
    const auto [s, r] = detail::allreduce_pair(*this, sendbuf, recvbuf, op, at);
    auto kept = keep(op);
    return Request::take(get<MPI_Iscan>(s.data, r.data, r.count, r.type, op.handle_for(r.type), handle(), on(at)), std::move(kept));
}

Prequest Intracomm::Scan_init(const ConstBuf& sendbuf, const Buf& recvbuf, const Op& op, const Info& info, At at) const {
    const auto [s, r] = detail::allreduce_pair(*this, sendbuf, recvbuf, op, at);
    auto kept = keep(op);
    return Prequest::take(get<MPI_Scan_init>(s.data, r.data, r.count, r.type, op.handle_for(r.type), handle(), info.handle(), on(at)),
                          std::move(kept));
}

void Intracomm::Exscan(const ConstBufArg& sendbuf, const Buf& recvbuf, const Op& op, At at) const {
    const auto [s, r] = detail::allreduce_pair(*this, sendbuf, recvbuf, op, at);
    call<MPI_Exscan>(s.data, r.data, r.count, r.type, op.handle_for(r.type), handle(), on(at));
}

Request Intracomm::Iexscan(const ConstBuf& sendbuf, const Buf& recvbuf, const Op& op, At at) const {
    const auto [s, r] = detail::allreduce_pair(*this, sendbuf, recvbuf, op, at);
    auto kept = keep(op);
    return Request::take(get<MPI_Iexscan>(s.data, r.data, r.count, r.type, op.handle_for(r.type), handle(), on(at)), std::move(kept));
}

Prequest Intracomm::Exscan_init(const ConstBuf& sendbuf, const Buf& recvbuf, const Op& op, const Info& info, At at) const {
    const auto [s, r] = detail::allreduce_pair(*this, sendbuf, recvbuf, op, at);
    auto kept = keep(op);
    return Prequest::take(get<MPI_Exscan_init>(s.data, r.data, r.count, r.type, op.handle_for(r.type), handle(), info.handle(), on(at)),
                          std::move(kept));
}

}  // namespace MPI4CXX
