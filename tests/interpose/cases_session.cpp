#include "case.hpp"

#include <cstddef>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

/// A buffer of `n` bytes for a call that fails before it looks at them.
MPI::memory untouched(MPI::Count n) {
    static std::byte byte{};
    return {&byte, static_cast<std::size_t>(n)};
}

}  // namespace

TEST_CASE("A failing function of sessions is an Exception with name, code and place", "[interposed]") {
    const bool has_sessions = fail_next("MPI_Session_init", MPI_SUCCESS) != 0;
    MPI::Session session = has_sessions ? MPI::Session::Init() : MPI::Session();
    const MPI::Group self = MPI::COMM_SELF.Get_group();
    const std::string pset = "mpi://SELF";

    // clang-format off
    for (const Case& c : std::vector<Case>{
        Case("MPI_Session_init", "a", [&](MPI::Count) { (void)MPI::Session::Init(); }),
        Case("MPI_Session_get_num_psets", "a", [&](MPI::Count) { (void)session.Get_num_psets(); }),
        Case("MPI_Session_get_nth_pset", "a", [&](MPI::Count) { (void)session.Get_nth_pset(0); }),
        Case("MPI_Session_get_info", "a", [&](MPI::Count) { (void)session.Get_info(); }),
        Case("MPI_Session_get_pset_info", "a", [&](MPI::Count) { (void)session.Get_pset_info(pset); }),
        Case("MPI_Session_create_errhandler", "a", [&](MPI::Count) { (void)MPI::Session::Create_errhandler([](const MPI::Session&, int) {}); }),
        Case("MPI_Session_get_errhandler", "a", [&](MPI::Count) { (void)session.Get_errhandler(); }),
        Case("MPI_Session_set_errhandler", "a", [&](MPI::Count) { session.Set_errhandler(MPI::ERRORS_RETURN); }),
        Case("MPI_Session_call_errhandler", "a", [&](MPI::Count) { session.Call_errhandler(MPI::ERR_ARG); }),
        Case("MPI_Session_attach_buffer", "ac", [&](MPI::Count n) { session.Attach_buffer(untouched(n)); }),
        Case("MPI_Session_detach_buffer", "aw", [&](MPI::Count) { (void)session.Detach_buffer(); }),
        Case("MPI_Session_flush_buffer", "a", [&](MPI::Count) { session.Flush_buffer(); }),
        Case("MPI_Session_iflush_buffer", "a", [&](MPI::Count) { (void)session.Iflush_buffer(); }),
        Case("MPI_Session_finalize", "a", [&](MPI::Count) { session.Finalize(); }),
        Case("MPI_Query_thread", "", [&](MPI::Count) { (void)(has_sessions ? session.thread_level() : MPI::Query_thread()); }),
        Case("MPI_Group_from_session_pset", "a", [&](MPI::Count) { (void)session.Create_group(pset); }),
        Case("MPI_Comm_create_from_group", "a", [&](MPI::Count) { (void)MPI::Intracomm::Create_from_group(self); }),
        Case("MPI_Intercomm_create_from_groups", "a", [&](MPI::Count) { (void)MPI::Intercomm::Create_from_groups(self, 0, self, 0); }),
    }) check(c);
    // clang-format on
    CHECK(session.is_null() != has_sessions);  // what could not be ended is still there
}

TEST_CASE("A failing function that came after MPI-4.0 is an Exception with name, code and place", "[interposed]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;

    // clang-format off
    for (const Case& c : std::vector<Case>{
        Case("MPI_Buffer_flush", "a", [&](MPI::Count) { MPI::Flush_buffer(); }),
        Case("MPI_Buffer_iflush", "a", [&](MPI::Count) { (void)MPI::Iflush_buffer(); }),
        Case("MPI_Comm_attach_buffer", "ac", [&](MPI::Count n) { comm.Attach_buffer(untouched(n)); }),
        Case("MPI_Comm_detach_buffer", "aw", [&](MPI::Count) { (void)comm.Detach_buffer(); }),
        Case("MPI_Comm_flush_buffer", "a", [&](MPI::Count) { comm.Flush_buffer(); }),
        Case("MPI_Comm_iflush_buffer", "a", [&](MPI::Count) { (void)comm.Iflush_buffer(); }),
        Case("MPI_Get_hw_resource_info", "a", [&](MPI::Count) { (void)MPI::Get_hw_resource_info(); }),
        Case("MPI_Abi_get_version", "a", [&](MPI::Count) { (void)MPI::Get_abi_version(); }),
        Case("MPI_Abi_get_info", "a", [&](MPI::Count) { (void)MPI::Get_abi_info(); }),
        Case("MPI_Abi_get_fortran_info", "a", [&](MPI::Count) { (void)MPI::Get_abi_fortran_info(); }),
    }) check(c);
    // clang-format on
}
