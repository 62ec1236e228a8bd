#include <mpi4cxx/distgraphcomm.hpp>

namespace MPI4CXX {

using detail::call;

Distgraphcomm::Counts Distgraphcomm::Get_dist_neighbors_count(At at) const {
    int indegree = 0, outdegree = 0, weighted = 0;
    call<MPI_Dist_graph_neighbors_count>(handle(), &indegree, &outdegree, &weighted, on(at));
    return {indegree, outdegree, weighted != 0};
}

bool Distgraphcomm::get_dist_neighbors(detail::AnyVector sources, detail::AnyVector destinations, detail::AnyVector source_weights,
                                       detail::AnyVector destination_weights, At at) const {
    const auto [in, out, weighted] = Get_dist_neighbors_count(at);
    const auto from = static_cast<std::size_t>(in), to = static_cast<std::size_t>(out);
    // without weights these addresses are not significant, but Open MPI and MPICH want to be told so
    int* const weights_from = weighted ? source_weights.room<int>(from) : MPI_UNWEIGHTED;
    int* const weights_to = weighted ? destination_weights.room<int>(to) : MPI_UNWEIGHTED;
    call<MPI_Dist_graph_neighbors>(handle(), in, sources.room<int>(from), weights_from, out, destinations.room<int>(to), weights_to, on(at));
    return weighted;
}

}  // namespace MPI4CXX
