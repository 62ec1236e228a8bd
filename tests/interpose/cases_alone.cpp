#include "case.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

// It takes variable arguments, so it is not among those that interpose.h makes fail.
static int profiling_code = MPI_SUCCESS;
extern "C" int MPI_Pcontrol(const int, ...) { return profiling_code; }

TEST_CASE("A failing function of groups, infos, attributes, error handlers or memory is an Exception with name, code and place", "[interposed]") {
    const MPI::Intracomm comm = MPI::COMM_SELF.Dup();
    const MPI::Datatype type = MPI::INT.Dup();
    MPI::Group group = comm.Get_group();
    const std::vector<MPI::Group::Range> ranges{{0, 0}};
    MPI::Info info = MPI::Info::Create({{"a", "1"}});
    MPI::Errhandler handler = MPI::Comm::Create_errhandler([](const MPI::Comm&, int) {});
    auto key = MPI::Comm::Create_keyval<int>();
    auto type_key = MPI::Datatype::Create_keyval<int>();
    comm.Set_attr(key, 1);
    type.Set_attr(type_key, 1);
    MPI::Memory memory = MPI::Alloc_mem(8);
    std::array<MPI::Fint, MPI::F_STATUS_SIZE> fortran{};
    int value = 1, sum = 2;

    // clang-format off
    for (const Case& c : std::vector<Case>{
        Case("MPI_Comm_group", "", [&](MPI::Count) { (void)comm.Get_group(); }),
        Case("MPI_Comm_group", "", [&](MPI::Count) { (void)group.Translate_ranks({0}); }),
        Case("MPI_Group_size", "", [&](MPI::Count) { (void)group.Get_size(); }),
        Case("MPI_Group_rank", "", [&](MPI::Count) { (void)group.Get_rank(); }),
        Case("MPI_Group_translate_ranks", "", [&](MPI::Count) { (void)group.Translate_ranks(group); }),
        Case("MPI_Group_compare", "", [&](MPI::Count) { (void)MPI::Group::Compare(group, group); }),
        Case("MPI_Group_union", "", [&](MPI::Count) { (void)group.Dup(); }),
        Case("MPI_Group_intersection", "", [&](MPI::Count) { (void)MPI::Group::Intersection(group, group); }),
        Case("MPI_Group_difference", "", [&](MPI::Count) { (void)MPI::Group::Difference(group, group); }),
        Case("MPI_Group_incl", "", [&](MPI::Count) { (void)group.Incl({0}); }),
        Case("MPI_Group_excl", "", [&](MPI::Count) { (void)group.Excl({0}); }),
        Case("MPI_Group_range_incl", "", [&](MPI::Count) { (void)group.Range_incl(ranges); }),
        Case("MPI_Group_range_excl", "", [&](MPI::Count) { (void)group.Range_excl(ranges); }),
        Case("MPI_Group_free", "", [&](MPI::Count) { group.Free(); }),

        Case("MPI_Info_create", "", [&](MPI::Count) { (void)MPI::Info::Create(); }),
        Case("MPI_Info_create_env", "a", [&](MPI::Count) { (void)MPI::Info::Create_env(); }),
        Case("MPI_Info_dup", "", [&](MPI::Count) { (void)info.Dup(); }),
        Case("MPI_Info_set", "", [&](MPI::Count) { info.Set("b", "2"); }),
        Case("MPI_Info_delete", "", [&](MPI::Count) { info.Delete("a"); }),
        Case("MPI_Info_get_nkeys", "", [&](MPI::Count) { (void)info.items(); }),
        Case("MPI_Info_get_nthkey", "", [&](MPI::Count) { (void)info.keys(); }),
        Case("MPI_Info_free", "", [&](MPI::Count) { info.Free(); }),
        Case("MPI_Comm_get_info", "", [&](MPI::Count) { (void)comm.Get_info(); }),
        Case("MPI_Comm_set_info", "", [&](MPI::Count) { comm.Set_info(info); }),

        Case("MPI_Comm_create_keyval", "", [&](MPI::Count) { (void)MPI::Comm::Create_keyval<int>(); }),
        Case("MPI_Comm_get_attr", "", [&](MPI::Count) { (void)comm.Get_attr(key); }),
        Case("MPI_Comm_set_attr", "", [&](MPI::Count) { comm.Set_attr(key, 2); }),
        Case("MPI_Comm_delete_attr", "", [&](MPI::Count) { comm.Delete_attr(key); }),
        Case("MPI_Comm_free_keyval", "", [&](MPI::Count) { key.Free(); }),
        Case("MPI_Type_create_keyval", "", [&](MPI::Count) { (void)MPI::Datatype::Create_keyval<int>(); }),
        Case("MPI_Type_get_attr", "", [&](MPI::Count) { (void)type.Get_attr(type_key); }),
        Case("MPI_Type_set_attr", "", [&](MPI::Count) { type.Set_attr(type_key, 2); }),
        Case("MPI_Type_delete_attr", "", [&](MPI::Count) { type.Delete_attr(type_key); }),
        Case("MPI_Type_free_keyval", "", [&](MPI::Count) { MPI::Datatype::Free_keyval(type_key); }),

        Case("MPI_Comm_create_errhandler", "", [&](MPI::Count) { (void)MPI::Comm::Create_errhandler([](const MPI::Comm&, int) {}); }),
        Case("MPI_Comm_get_errhandler", "", [&](MPI::Count) { (void)comm.Get_errhandler(); }),
        Case("MPI_Comm_set_errhandler", "", [&](MPI::Count) { comm.Set_errhandler(handler); }),
        Case("MPI_Comm_call_errhandler", "", [&](MPI::Count) { comm.Call_errhandler(MPI::ERR_TAG); }),
        Case("MPI_Errhandler_free", "", [&](MPI::Count) { handler.Free(); }),
        Case("MPI_Add_error_class", "", [&](MPI::Count) { (void)MPI::Add_error_class(); }),
        Case("MPI_Add_error_code", "", [&](MPI::Count) { (void)MPI::Add_error_code(MPI::ERR_OTHER); }),
        Case("MPI_Add_error_string", "", [&](MPI::Count) { MPI::Add_error_string(MPI::ERR_OTHER, "text"); }),

        Case("MPI_Alloc_mem", "", [&](MPI::Count) { (void)MPI::Alloc_mem(8); }),
        Case("MPI_Free_mem", "", [&](MPI::Count) { memory.Free(); }),
        Case("MPI_Get_address", "", [&](MPI::Count) { (void)MPI::Get_address(&value); }),
        Case("MPI_Buffer_attach", "", [&](MPI::Count) { MPI::Attach_buffer(1000); }),
        Case("MPI_Buffer_detach", "w", [&](MPI::Count) { (void)MPI::Detach_buffer(); }),
        Case("MPI_Reduce_local", "", [&](MPI::Count) { MPI::SUM.Reduce_local(value, sum); }),
    }) check(c);
    if (!MPI::detail::is_standard_abi)  // which leaves these to the library
        for (const Case& c : std::vector<Case>{
            Case("MPI_Status_c2f", "", [&](MPI::Count) { (void)MPI::Status().c2f(); }),
            Case("MPI_Status_f2c", "", [&](MPI::Count) { (void)MPI::Status::f2c(fortran); }),
        }) check(c);
    // clang-format on

    CHECK(*comm.Get_attr(key) == 1);  // what could not be changed is as it was
    CHECK(*type.Get_attr(type_key) == 1);
    CHECK(group.size() == 1);
    CHECK(info.size() == 1);
    CHECK(memory.size() == 8);
}

TEST_CASE("A failing function under another name, or of a large count, is an Exception too", "[interposed]") {
    const MPI::At here;
    const MPI::Info info = MPI::Info::Create({{"a", "1"}});
    if (fail_next("MPI_Info_get_string", MPI_SUCCESS) == 0) {  // by what MPI-3 has
        check_failure(Case(
                          "MPI_Info_get_string", "", [](MPI::Count) {}, here),
                      {"MPI_Info_get_valuelen"}, [&] { (void)info.Get("a", here); });
        check_failure(Case(
                          "MPI_Info_get_string", "", [](MPI::Count) {}, here),
                      {"MPI_Info_get"}, [&] { (void)info.Get("a", here); });
    } else {
        check_failure(Case(
                          "MPI_Info_get_string", "", [](MPI::Count) {}, here),
                      {"MPI_Info_get_string"}, [&] { (void)info.Get("a", here); });
    }
    std::byte byte{}, other{};
    const MPI::memory huge(&byte, static_cast<std::size_t>(large));  // not touched: the call fails before
    const auto attach = [&](MPI::At at) { MPI::Attach_buffer(huge, at); };
    const auto reduce = [&](MPI::At at) { MPI::SUM.Reduce_local({&byte, large, MPI::INT}, {&other, large, MPI::INT}, at); };
    check_failure(Case(
                      "MPI_Reduce_local", "", [](MPI::Count) {}, here),
                  {large_twin("MPI_Reduce_local")}, [&] { reduce(here); });
    if (large_twin("MPI_Send") == "MPI_Send")
        CHECK(contains(thrown<MPI::Exception>([&] { attach(here); }), "not supported by this MPI"));
    else
        check_failure(Case(
                          "MPI_Buffer_attach", "", [](MPI::Count) {}, here),
                      {"MPI_Buffer_attach_c"}, [&] { attach(here); });

    const auto removal = [&](const std::string& what, auto remove) {
        if (fail_next(("MPI_Remove_" + what).c_str(), MPI_SUCCESS) != 0)
            return check_failure(Case(("MPI_Remove_" + what).c_str(), "", [](MPI::Count) {}, here), {"MPI_Remove_" + what}, [&] { remove(here); });
        if (fail_next(("MPIX_Delete_" + what).c_str(), MPI_SUCCESS) != 0)
            return check_failure(Case(("MPI_Remove_" + what).c_str(), "", [](MPI::Count) {}, here), {"MPIX_Delete_" + what}, [&] { remove(here); });
        CHECK(contains(thrown<MPI::Exception>([&] { remove(here); }), "not supported by this MPI"));
    };
    removal("error_class", [](MPI::At at) { MPI::Remove_error_class(1, at); });
    removal("error_code", [](MPI::At at) { MPI::Remove_error_code(1, at); });
    removal("error_string", [](MPI::At at) { MPI::Remove_error_string(1, at); });

    MPI::Pcontrol(1);
    profiling_code = code;
    CHECK(contains(thrown<MPI::Exception>([] { MPI::Pcontrol(0); }), "MPI_Pcontrol: "));
    profiling_code = MPI_SUCCESS;
}
