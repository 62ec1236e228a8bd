#include "case.hpp"

#include <optional>
#include <vector>

namespace MPI = mpi4cxx;

TEST_CASE("A failing function that makes communicators is an Exception with name, code and place", "[interposed]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    const MPI::Group group = comm.Get_group();
    const MPI::Intercomm inter = MPI::Intercomm::borrow(comm.handle());  // what fails does not look
    const MPI::Cartcomm grid = comm.Create_cart({1});
    const MPI::Graphcomm graph = comm.Create_graph({1}, {0});
    const MPI::Distgraphcomm edges = comm.Create_dist_graph_adjacent({0}, {0});
    int flag = 1;
    // Open MPI 5 is not asked for it in a job without fault tolerance.
    const bool revokes = !contains(thrown<MPI::Exception>([&] { comm.Dup().Revoke(); }), "--with-ft ulfm");

    // clang-format off
    for (const Case& c : std::vector<Case>{
        Case("MPI_Comm_dup_with_info", "", [&](MPI::Count) { (void)comm.Dup_with_info(MPI::INFO_NULL); }),
        Case("MPI_Comm_idup", "", [&](MPI::Count) { (void)comm.Idup(); }),
        Case("MPI_Comm_idup_with_info", "a", [&](MPI::Count) { (void)comm.Idup_with_info(MPI::INFO_NULL); }),
        Case("MPI_Comm_create", "", [&](MPI::Count) { (void)comm.Create(group); }),
        Case("MPI_Comm_create_group", "", [&](MPI::Count) { (void)comm.Create_group(group); }),
        Case("MPI_Comm_split_type", "", [&](MPI::Count) { (void)comm.Split_type(MPI::COMM_TYPE_SHARED); }),
        Case("MPI_Intercomm_create", "", [&](MPI::Count) { (void)comm.Create_intercomm(0, comm, 0); }),
        Case("MPI_Intercomm_merge", "", [&](MPI::Count) { (void)inter.Merge(); }),
        Case("MPI_Comm_remote_size", "", [&](MPI::Count) { (void)inter.Get_remote_size(); }),
        Case("MPI_Comm_remote_group", "", [&](MPI::Count) { (void)inter.Get_remote_group(); }),

        Case("MPI_Cart_sub", "", [&](MPI::Count) { (void)grid.Sub({true}); }),
        Case("MPI_Cart_map", "", [&](MPI::Count) { (void)comm.Cart_map({1}); }),
        Case("MPI_Graph_create", "", [&](MPI::Count) { (void)comm.Create_graph({1}, {0}); }),
        Case("MPI_Graph_map", "", [&](MPI::Count) { (void)comm.Graph_map({1}, {0}); }),
        Case("MPI_Graphdims_get", "", [&](MPI::Count) { (void)graph.Get_dims(); }),
        Case("MPI_Graph_get", "", [&](MPI::Count) { (void)graph.Get_topo(); }),
        Case("MPI_Graph_neighbors_count", "", [&](MPI::Count) { (void)graph.Get_neighbors_count(0); }),
        Case("MPI_Graph_neighbors", "", [&](MPI::Count) { (void)graph.Get_neighbors(0); }),
        Case("MPI_Dist_graph_create", "", [&](MPI::Count) { (void)comm.Create_dist_graph({0}, {1}, {0}); }),
        Case("MPI_Dist_graph_create_adjacent", "", [&](MPI::Count) { (void)comm.Create_dist_graph_adjacent({0}, {0}); }),
        Case("MPI_Dist_graph_neighbors_count", "", [&](MPI::Count) { (void)edges.Get_dist_neighbors_count(); }),
        Case("MPI_Dist_graph_neighbors", "", [&](MPI::Count) { (void)edges.Get_dist_neighbors(); }),

        Case("MPIX_Comm_revoke", "a", [&](MPI::Count) { comm.Revoke(); }),
        Case("MPIX_Comm_is_revoked", "a", [&](MPI::Count) { (void)comm.Is_revoked(); }),
        Case("MPIX_Comm_get_failed", "a", [&](MPI::Count) { (void)comm.Get_failed(); }),
        Case("MPIX_Comm_ack_failed", "a", [&](MPI::Count) { (void)comm.Ack_failed(); }),
        Case("MPIX_Comm_agree", "a", [&](MPI::Count) { (void)comm.Agree(1); }),
        Case("MPIX_Comm_iagree", "a", [&](MPI::Count) { (void)comm.Iagree(flag); }),
        Case("MPIX_Comm_shrink", "a", [&](MPI::Count) { (void)comm.Shrink(); }),
        Case("MPIX_Comm_ishrink", "a", [&](MPI::Count) { (void)comm.Ishrink(); }),
    })
        if (c.function == "MPIX_Comm_revoke" && !revokes)
            covered.insert(c.function);
        else
            check(c);
    // clang-format on
}

TEST_CASE("A communicator that cannot be completed is an Exception of the call that started it", "[interposed]") {
    auto request = MPI::COMM_SELF.Idup();
    const Case wait("MPI_Comm_idup", "", [&](MPI::Count) { (void)request.wait(); });
    check_failure(wait, {"MPI_Test"}, [&] { wait.call(1); });
    CHECK(request.is_null());
}
