#include "case.hpp"

#include <vector>

namespace MPI = mpi4cxx;
using MPI::Datatype;

TEST_CASE("A failing function of datatypes is an Exception with name, code and place", "[interposed]") {
    const MPI::Comm& comm = MPI::COMM_SELF;
    const Datatype type = MPI::INT.Create_contiguous(2);
    const std::vector<int> ints(2);
    std::vector<int> out(2);
    std::vector<std::byte> bytes(8);
    const char* rep = "external32";

    // clang-format off
    for (const Case& c : std::vector<Case>{
        Case("MPI_Type_create_hvector", "", [&](MPI::Count) { (void)type.Create_hvector(1, 1, 8); }),
        Case("MPI_Type_indexed", "", [&](MPI::Count) { (void)type.Create_indexed({1}, {0}); }),
        Case("MPI_Type_create_hindexed", "", [&](MPI::Count) { (void)type.Create_hindexed({1}, {0}); }),
        Case("MPI_Type_create_indexed_block", "", [&](MPI::Count) { (void)type.Create_indexed_block(1, {0}); }),
        Case("MPI_Type_create_hindexed_block", "", [&](MPI::Count) { (void)type.Create_hindexed_block(1, {0}); }),
        Case("MPI_Type_create_subarray", "", [&](MPI::Count) { (void)type.Create_subarray({2}, {1}, {0}); }),
        Case("MPI_Type_create_darray", "", [&](MPI::Count) { (void)type.Create_darray(1, 0, {2}, {MPI::DISTRIBUTE_BLOCK}, {2}, {1}); }),
        Case("MPI_Type_create_f90_integer", "", [&](MPI::Count) { (void)Datatype::Create_f90_integer(9); }),
        Case("MPI_Type_create_f90_real", "", [&](MPI::Count) { (void)Datatype::Create_f90_real(6, 30); }),
        Case("MPI_Type_create_f90_complex", "", [&](MPI::Count) { (void)Datatype::Create_f90_complex(6, 30); }),
        Case("MPI_Type_match_size", "", [&](MPI::Count) { (void)Datatype::Match_size(MPI::TYPECLASS_REAL, 8); }),
        Case("MPI_Type_get_value_index", "a", [&](MPI::Count) { (void)Datatype::Get_value_index(MPI::DOUBLE, MPI::INT); }),
        Case("MPI_Type_get_envelope", "w", [&](MPI::Count) { (void)type.Get_envelope(); }),
        Case("MPI_Type_get_contents", "w", [&](MPI::Count) { (void)type.Get_contents(); }),
        Case("MPI_Type_get_contents", "w", [&](MPI::Count) { (void)type.decode(); }),
        Case("MPI_Pack", "w", [&](MPI::Count) { (void)MPI::INT.Pack(ints, bytes, 0, comm); }),
        Case("MPI_Unpack", "w", [&](MPI::Count) { (void)MPI::INT.Unpack(bytes, 0, out, comm); }),
        Case("MPI_Pack_size", "w", [&](MPI::Count) { (void)MPI::INT.Pack_size(2, comm); }),
        Case("MPI_Pack_size", "w", [&](MPI::Count) { (void)MPI::INT.Pack(ints, comm); }),
        Case("MPI_Pack_external", "c", [&](MPI::Count n) { (void)MPI::INT.Pack_external(rep, {ints.data(), 4 * n}, {bytes.data(), 4 * n}, 0); }),
        Case("MPI_Unpack_external", "c", [&](MPI::Count n) { (void)MPI::INT.Unpack_external(rep, {bytes.data(), 4 * n}, 0, {out.data(), 4 * n}); }),
        Case("MPI_Pack_external_size", "c", [&](MPI::Count n) { (void)MPI::INT.Pack_external_size(rep, n); }),
        Case("MPI_Pack_external_size", "", [&](MPI::Count) { (void)MPI::INT.Pack_external(rep, ints); }),
    }) check(c);

    const std::vector<Case> large_ones{
        Case("MPI_Type_create_hvector", "w", [&](MPI::Count) { (void)type.Create_hvector(large, 1, 8); }),
        Case("MPI_Type_indexed", "w", [&](MPI::Count) { (void)type.Create_indexed({large}, {0}); }),
        Case("MPI_Type_create_hindexed", "w", [&](MPI::Count) { (void)type.Create_hindexed({large}, {0}); }),
        Case("MPI_Type_create_indexed_block", "w", [&](MPI::Count) { (void)type.Create_indexed_block(large, {0}); }),
        Case("MPI_Type_create_hindexed_block", "w", [&](MPI::Count) { (void)type.Create_hindexed_block(large, {0}); }),
        Case("MPI_Type_create_struct", "w", [&](MPI::Count) { (void)Datatype::Create_struct({large}, {0}, {type}); }),
        Case("MPI_Type_create_subarray", "w", [&](MPI::Count) { (void)type.Create_subarray({large}, {1}, {0}); }),
        Case("MPI_Type_create_darray", "w", [&](MPI::Count) { (void)type.Create_darray(1, 0, {large}, {MPI::DISTRIBUTE_NONE}, {1}, {1}); }),
    };
    // clang-format on
    if (large_twin("MPI_Send") != "MPI_Send") {
        for (const Case& c : large_ones) check(c);
        return;
    }
    // made of other types, each of which may fail
    for (const Case& c : large_ones)
        for (const char* function : {"MPI_Type_get_extent", "MPI_Type_create_struct", "MPI_Type_create_resized"})
            check_failure(c, {function}, [&] { c.call(1); });
}
