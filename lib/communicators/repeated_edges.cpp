#include "communicators/repeated_edges.hpp"

#include <mpi4cxx/cartcomm.hpp>
#include <mpi4cxx/graphcomm.hpp>

#include "communicators/call_alltoallw.hpp"

#include <algorithm>
#include <numeric>

namespace MPI4CXX::detail {

namespace {

// Never freed: it is in use as long as MPI.
const Keyval<Comm, bool>& key() {
    static const auto& key = *new Keyval<Comm, bool>(Comm::Create_keyval<bool>(DUP_FN));
    return key;
}

bool has_repeats(std::vector<int> neighbors) {
    std::sort(neighbors.begin(), neighbors.end());
    return std::adjacent_find(neighbors.begin(), neighbors.end(), [](int a, int b) { return a == b && a != PROC_NULL; }) != neighbors.end();
}

bool has_repeats(const Cartcomm::Topo& grid) {
    for (std::size_t i = 0; i < grid.dims.size(); ++i)
        if (grid.periods[i] != 0 && grid.dims[i] <= 2)
            return true;
    return false;
}

bool has_repeats(const Graphcomm::Topo& graph) {
    auto first = graph.edges.begin();
    for (const int end : graph.index) {
        const auto last = graph.edges.begin() + end;
        if (has_repeats(std::vector<int>(first, last)))
            return true;
        first = last;
    }
    return false;
}

bool has_repeats(const Topocomm::Edges& edges) { return has_repeats(edges.in) || has_repeats(edges.out); }

bool any_has_repeats(const Topocomm& comm, Caller caller) {
    int any = has_repeats(comm.inoutedges(caller.at)) ? 1 : 0;
    call<MPI_Allreduce>(MPI_IN_PLACE, &any, 1, MPI_INT, MPI_MAX, comm.handle(), Place{caller.at, comm.address()});
    return any != 0;
}

bool find(const Topocomm& comm, int topology, Caller caller) {
    switch (topology) {
    case CART: return has_repeats(Cartcomm::borrow(comm.handle()).Get_topo(caller.at));
    case GRAPH: return has_repeats(Graphcomm::borrow(comm.handle()).Get_topo(caller.at));
    default: return any_has_repeats(comm, caller);
    }
}

}  // namespace

bool has_repeated_edges(const Topocomm& comm, Finding finding, Caller caller) {
    if (const bool* known = comm.Get_attr(key(), caller.at))
        return *known;
    const int topology = comm.Get_topology(caller.at);
    if (topology == DIST_GRAPH && finding == Finding::local) {
        if (has_repeats(comm.inoutedges(caller.at)))
            misuse(caller, "this process has several edges to one neighbor in a graph that C has made: call Neighbor_alltoall once before");
        return false;
    }
    const bool any = find(comm, topology, caller);
    comm.Set_attr(key(), any, caller.at);
    return any;
}

template <class F> BlocksByProcess::Processes BlocksByProcess::by_process(int size, const std::vector<int>& neighbors,
                                                                          const std::vector<std::size_t>& order, F block, At at) {
    const auto all = static_cast<std::size_t>(size);
    std::vector<std::vector<Count>> lengths(all);
    std::vector<std::vector<Aint>> offsets(all);
    std::vector<std::vector<MPI_Datatype>> types(all);
    for (const std::size_t i : order) {
        if (neighbors[i] == PROC_NULL)
            continue;
        const auto process = static_cast<std::size_t>(neighbors[i]);
        const Block b = block(i);
        lengths[process].push_back(b.count);
        offsets[process].push_back(b.offset);
        types[process].push_back(b.type);
    }
    // In nonblocking calls on a topology, Open MPI reads as many datatypes as there are neighbours.
    const std::vector<MPI_Datatype> none(std::max(all, neighbors.size()), MPI_BYTE);
    Processes result{std::vector<int>(all), std::vector<int>(all), none, {}};
    for (std::size_t process = 0; process < all; ++process) {
        if (lengths[process].empty())
            continue;
        result.made.push_back(Datatype::Create_struct(lengths[process], offsets[process], types[process], at));
        result.types[process] = result.made.back().Commit(at).handle();
        result.counts[process] = 1;
    }
    return result;
}

template <class Send, class Recv>
std::unique_ptr<BlocksByProcess> BlocksByProcess::make(const Topocomm& comm, const void* sendbuf, Send send, void* recvbuf, Recv recv, At at) {
    const auto [in, out] = comm.inoutedges(at);
    std::vector<std::size_t> sent(out.size()), received(in.size());
    std::iota(sent.begin(), sent.end(), 0);
    std::iota(received.begin(), received.end(), 0);
    // Along each dimension of a grid, what a neighbour sends downwards arrives from above.
    if (comm.Get_topology(at) == CART)
        for (std::size_t i = 0; i < received.size(); i += 2) std::swap(received[i], received[i + 1]);
    auto result = std::make_unique<BlocksByProcess>();
    result->sendbuf_ = sendbuf;
    result->recvbuf_ = recvbuf;
    result->send_ = by_process(comm.Get_size(at), out, sent, send, at);
    result->recv_ = by_process(comm.Get_size(at), in, received, recv, at);
    return result;
}

std::unique_ptr<BlocksByProcess> BlocksByProcess::make(const Topocomm& comm, const Pair& blocks, Finding finding, Caller caller) {
    if (!has_repeated_edges(comm, finding, caller))
        return nullptr;
    const auto side = [at = caller.at](const auto& buf) {
        const Aint extent = static_cast<Aint>(Datatype::borrow(buf.type).Get_extent(at).extent * buf.count);
        return [=, &buf](std::size_t i) { return Block{buf.count, extent * static_cast<Aint>(i), buf.type}; };
    };
    return make(comm, blocks.send.data, side(blocks.send), blocks.recv.data, side(blocks.recv), caller.at);
}

std::unique_ptr<BlocksByProcess> BlocksByProcess::make(const Topocomm& comm, const AlltoallvPlan& blocks, Finding finding, Caller caller) {
    if (!has_repeated_edges(comm, finding, caller))
        return nullptr;
    const auto side = [at = caller.at](const auto& buf) {
        const Aint extent = static_cast<Aint>(Datatype::borrow(buf.type).Get_extent(at).extent);
        return [=, &buf](std::size_t i) { return Block{buf.counts[i], extent * static_cast<Aint>(buf.displs[i]), buf.type}; };
    };
    return make(comm, blocks.send.data, side(blocks.send), blocks.recv.data, side(blocks.recv), caller.at);
}

std::unique_ptr<BlocksByProcess> BlocksByProcess::make(const Topocomm& comm, const NeighborwPlan& blocks, const void* sendbuf, void* recvbuf,
                                                       Finding finding, Caller caller) {
    if (!has_repeated_edges(comm, finding, caller))
        return nullptr;
    const auto side = [](const NeighborW& all) { return [&all](std::size_t i) { return Block{all.counts[i], all.displs[i], all.type[i]}; }; };
    return make(comm, sendbuf, side(blocks.send), recvbuf, side(blocks.recv), caller.at);
}

template <class F> auto BlocksByProcess::call_mpi(F f) const {
    return f(sendbuf_, Counts(send_.counts.data()), Displs(send_.displs.data()), send_.types.data(), recvbuf_, Counts(recv_.counts.data()),
             Displs(recv_.displs.data()), recv_.types.data());
}

void BlocksByProcess::run(const Topocomm& comm, At at) const {
    call_mpi([&](auto... blocks) { call_alltoallw(send_.counts.size() == 1, Place{at, comm.address()}, blocks..., comm.handle()); });
}

Request BlocksByProcess::start(std::unique_ptr<BlocksByProcess> blocks, const Topocomm& comm, At at) {
    const MPI_Request request = blocks->call_mpi([&](auto... arguments) {
        return get<MPI_Ialltoallw>(arguments..., comm.handle(), Place{at, comm.address()});
    });
    return Request::take(request, std::move(blocks));
}

Prequest BlocksByProcess::init(std::unique_ptr<BlocksByProcess> blocks, const Topocomm& comm, const Info& info, At at) {
    const MPI_Request request = blocks->call_mpi([&](auto... arguments) {
        return get<MPI_Alltoallw_init>(arguments..., comm.handle(), info.handle(), Place{at, comm.address()});
    });
    return Prequest::take(request, std::move(blocks));
}

}  // namespace MPI4CXX::detail
