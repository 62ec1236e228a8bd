#include "case.hpp"

#include <array>
#include <vector>

namespace MPI = mpi4cxx;

TEST_CASE("A failing function of handles and inquiry is an Exception with name, code and place", "[interposed]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    MPI::Intracomm other = comm.Dup();
    const MPI::Cartcomm grid = comm.Create_cart({1});
    MPI::Status status;
    MPI::Datatype type = MPI::INT.Dup();
    MPI::Op op = MPI::Op::Create<int>([](int p, int q) { return p + q; });
    const std::array<int, 1> lengths{1};
    const std::array<MPI::Aint, 1> displacements{0};
    const std::array<MPI_Datatype, 1> types{MPI_INT};

    // clang-format off
    for (const Case& c : std::vector<Case>{
        Case("MPI_Comm_rank", "", [&](MPI::Count) { (void)comm.Get_rank(); }),
        Case("MPI_Comm_size", "", [&](MPI::Count) { (void)comm.Get_size(); }),
        Case("MPI_Comm_get_name", "", [&](MPI::Count) { (void)comm.Get_name(); }),
        Case("MPI_Comm_set_name", "", [&](MPI::Count) { other.Set_name("name"); }),
        Case("MPI_Comm_test_inter", "", [&](MPI::Count) { (void)comm.Is_inter(); }),
        Case("MPI_Topo_test", "", [&](MPI::Count) { (void)comm.Get_topology(); }),
        Case("MPI_Comm_compare", "", [&](MPI::Count) { (void)MPI::Comm::Compare(comm, other); }),
        Case("MPI_Comm_dup", "", [&](MPI::Count) { (void)comm.Dup(); }),
        Case("MPI_Comm_set_errhandler", "", [&](MPI::Count) { (void)MPI::Intracomm::take(MPI_COMM_SELF); }),
        Case("MPI_Comm_split", "", [&](MPI::Count) { (void)comm.Split(); }),
        Case("MPI_Comm_free", "", [&](MPI::Count) { other.Free(); }),
        Case("MPI_Comm_disconnect", "", [&](MPI::Count) { other.Disconnect(); }),
        Case("MPI_Cart_create", "", [&](MPI::Count) { (void)comm.Create_cart({1}); }),
        Case("MPI_Cartdim_get", "", [&](MPI::Count) { (void)grid.Get_dim(); }),
        Case("MPI_Cart_get", "", [&](MPI::Count) { (void)grid.Get_topo(); }),
        Case("MPI_Cart_rank", "", [&](MPI::Count) { (void)grid.Get_cart_rank(lengths); }),
        Case("MPI_Cart_coords", "", [&](MPI::Count) { (void)grid.Get_coords(0); }),
        Case("MPI_Cart_shift", "", [&](MPI::Count) { (void)grid.Shift(0, 1); }),
        Case("MPI_Dims_create", "", [&](MPI::Count) { (void)MPI::Compute_dims(1, {0}); }),

        Case("MPI_Get_count", "w", [&](MPI::Count) { (void)status.Get_count(MPI::INT); }),
        Case("MPI_Get_elements_x", "", [&](MPI::Count) { (void)status.Get_elements(MPI::INT); }),
        Case("MPI_Status_set_elements_x", "", [&](MPI::Count) { status.Set_elements(MPI::INT, 1); }),
        Case("MPI_Test_cancelled", "", [&](MPI::Count) { (void)status.Is_cancelled(); }),
        Case("MPI_Status_set_cancelled", "", [&](MPI::Count) { status.Set_cancelled(true); }),

        Case("MPI_Type_size_x", "", [&](MPI::Count) { (void)type.Get_size(); }),
        Case("MPI_Type_get_extent_x", "", [&](MPI::Count) { (void)type.Get_extent(); }),
        Case("MPI_Type_get_true_extent_x", "", [&](MPI::Count) { (void)type.Get_true_extent(); }),
        Case("MPI_Type_get_name", "", [&](MPI::Count) { (void)type.Get_name(); }),
        Case("MPI_Type_set_name", "", [&](MPI::Count) { type.Set_name("name"); }),
        Case("MPI_Type_dup", "", [&](MPI::Count) { (void)type.Dup(); }),
        Case("MPI_Type_contiguous", "c", [&](MPI::Count n) { (void)type.Create_contiguous(n); }),
        Case("MPI_Type_vector", "c", [&](MPI::Count n) { (void)type.Create_vector(n, 1, 1); }),
        Case("MPI_Type_create_struct", "", [&](MPI::Count) { (void)MPI::Datatype::Create_struct(lengths, displacements, types); }),
        Case("MPI_Type_create_resized", "", [&](MPI::Count) { (void)type.Create_resized(0, 8); }),
        Case("MPI_Type_commit", "", [&](MPI::Count) { type.Commit(); }),
        Case("MPI_Type_free", "", [&](MPI::Count) { type.Free(); }),

        Case("MPI_Op_create", "", [&](MPI::Count) { (void)MPI::Op::Create<int>([](int p, int q) { return p + q; }); }),
        Case("MPI_Op_commutative", "", [&](MPI::Count) { (void)op.Is_commutative(); }),
        Case("MPI_Op_free", "", [&](MPI::Count) { op.Free(); }),

        Case("MPI_Initialized", "", [&](MPI::Count) { (void)MPI::Is_initialized(); }),
        Case("MPI_Finalized", "", [&](MPI::Count) { (void)MPI::Is_finalized(); }),
        Case("MPI_Query_thread", "", [&](MPI::Count) { (void)MPI::Query_thread(); }),
        Case("MPI_Is_thread_main", "", [&](MPI::Count) { (void)MPI::Is_thread_main(); }),
        Case("MPI_Get_processor_name", "", [&](MPI::Count) { (void)MPI::Get_processor_name(); }),
        Case("MPI_Get_version", "", [&](MPI::Count) { (void)MPI::Get_version(); }),
        Case("MPI_Get_library_version", "", [&](MPI::Count) { (void)MPI::Get_library_version(); }),
        Case("MPI_Error_class", "", [&](MPI::Count) { (void)MPI::Get_error_class(MPI::ERR_TAG); }),
        Case("MPI_Error_string", "", [&](MPI::Count) { (void)MPI::Get_error_string(MPI::ERR_TAG); }),
    }) check(c);

    // clang-format on
    CHECK_FALSE(other.Iprobe());
    CHECK(other.handle() != MPI_COMM_NULL);  // what could not be freed is still there
    CHECK(op.handle() != MPI_OP_NULL);
    CHECK(type.handle() != MPI_DATATYPE_NULL);
}
