#include <mpi4cxx/distgraphcomm.hpp>

namespace MPI4CXX {

using detail::call;

Distgraphcomm::Counts Distgraphcomm::Get_dist_neighbors_count(At at) const {
    int indegree = 0, outdegree = 0, weighted = 0;
    call<MPI_Dist_graph_neighbors_count>(handle(), &indegree, &outdegree, &weighted, on(at));
    return {indegree, outdegree, weighted != 0};
}

Distgraphcomm::Neighbors Distgraphcomm::Get_dist_neighbors(At at) const {
    const auto [in, out, weighted] = Get_dist_neighbors_count(at);
    const auto sources = static_cast<std::size_t>(in), destinations = static_cast<std::size_t>(out);
    Neighbors n{std::vector<int>(sources), std::vector<int>(destinations), {}};
    if (weighted)
        n.weights = EdgeWeights{std::vector<int>(sources), std::vector<int>(destinations)};
    // where there are none, these addresses are not significant, but Open MPI and MPICH want to be told so
    int* const source_weights = weighted ? n.weights->sources.data() : MPI_UNWEIGHTED;
    int* const destination_weights = weighted ? n.weights->destinations.data() : MPI_UNWEIGHTED;
    call<MPI_Dist_graph_neighbors>(handle(), in, n.sources.data(), source_weights, out, n.destinations.data(), destination_weights, on(at));
    return n;
}

}  // namespace MPI4CXX
