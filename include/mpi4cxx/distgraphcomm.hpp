#pragma once

#include <mpi4cxx/topocomm.hpp>

#include <optional>
#include <utility>
#include <vector>

namespace MPI4CXX {

/// A communicator whose processes form a directed graph (MPI-4.0, 8.5.4). Each process knows its own edges only.
class MPI4CXX_API Distgraphcomm final : public detail::DupMethods<Distgraphcomm, Topocomm> {
public:
    /// The numbers of edges to and from this process.
    struct Counts {
        int indegree, outdegree;
        bool weighted;
    };
    /// The weights of the edges to and from this process.
    struct EdgeWeights {
        std::vector<int> sources, destinations;
    };
    /// The neighbours at the other ends of the edges, and the weights if the graph has any.
    struct Neighbors {
        std::vector<int> sources, destinations;
        std::optional<EdgeWeights> weights;
    };
    static constexpr auto comm_class = detail::CommClass::distgraphcomm;

    Distgraphcomm() noexcept = default;
    Distgraphcomm(Distgraphcomm&&) noexcept = default;
    Distgraphcomm& operator=(Distgraphcomm&&) noexcept = default;
    explicit Distgraphcomm(const Distgraphcomm&, detail::take_a_const_reference_or_make_a_duplicate_with_Dup = {}) = delete;
    template <detail::IsA<Distgraphcomm> C> Distgraphcomm(C&, detail::take_a_const_reference_or_make_a_duplicate_with_Dup = {}) MPI4CXX_NO_COPY;
    detail::take_a_const_reference_or_make_a_duplicate_with_Dup operator=(const Distgraphcomm&) = delete;
    using DupMethods::DupMethods;

    /// Return how many neighbours this process has. Calls MPI_Dist_graph_neighbors_count (MPI-4.0, 8.5.5).
    [[nodiscard]] Counts Get_dist_neighbors_count(At at = {}) const;
    /// Return the neighbours of this process. Calls MPI_Dist_graph_neighbors (MPI-4.0, 8.5.5).
    [[nodiscard]] Neighbors Get_dist_neighbors(At at = {}) const {
        Neighbors result;
        EdgeWeights weights;
        if (get_dist_neighbors(result.sources, result.destinations, weights.sources, weights.destinations, at))
            result.weights = std::move(weights);
        return result;
    }

private:
    /// Tells whether the graph has weights.
    bool get_dist_neighbors(detail::AnyVector sources, detail::AnyVector destinations, detail::AnyVector source_weights,
                            detail::AnyVector destination_weights, At at) const;
};

}  // namespace MPI4CXX
