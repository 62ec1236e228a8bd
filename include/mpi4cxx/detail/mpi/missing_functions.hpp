// The functions that an MPI lacks altogether. Each is declared here with MPI's own parameters, so that every program compiles with every MPI. A call
// for which there is no substitute throws an Exception that says so.
#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <cstring>
#include <utility>

namespace MPI4CXX {

namespace detail {

/// Sets the text of `code` and returns whether the MPI keeps it.
[[gnu::cold]] inline bool has_text(int code, const char* text) noexcept {
    char kept[MPI_MAX_ERROR_STRING] = "";
    int length = 0;
    return MPI_Add_error_string(code, text) == MPI_SUCCESS && MPI_Error_string(code, kept, &length) == MPI_SUCCESS && std::strcmp(kept, text) == 0;
}

/// Returns a new error code of `error_class` with a text of its own. In MPICH, which forgets the texts of codes that are added to its own classes,
/// the code is of a new class. Returns `error_class` itself if the MPI adds no code.
[[gnu::cold]] inline int added_code(int error_class, const char* text) noexcept {
    int code = error_class, other = error_class;
    if (MPI_Add_error_code(error_class, &code) == MPI_SUCCESS && has_text(code, text))
        return code;
    return MPI_Add_error_class(&other) == MPI_SUCCESS && MPI_Add_error_code(other, &code) == MPI_SUCCESS && has_text(code, text) ? code : error_class;
}

/// The error code of a function that this MPI lacks. It is not one of MPI's codes, because MPICH forgets the text of a code that is added to one of
/// its own classes.
constexpr int missing_function() noexcept { return -1; }
/// The error code of a call before MPI is initialized or after it is finalized.
constexpr int outside_mpi() noexcept { return -2; }

}  // namespace detail

// Predefined Fortran datatypes that some MPIs do not name.
#ifndef MPI_INTEGER16
inline const MPI_Datatype MPI_INTEGER16 = MPI_DATATYPE_NULL;
#endif
#ifndef MPI_REAL2
inline const MPI_Datatype MPI_REAL2 = MPI_DATATYPE_NULL;
#endif
#ifndef MPI_COMPLEX4
inline const MPI_Datatype MPI_COMPLEX4 = MPI_DATATYPE_NULL;
#endif

#ifndef MPI_LOGICAL1
inline const MPI_Datatype MPI_LOGICAL1 = MPI_DATATYPE_NULL;
#endif
#ifndef MPI_LOGICAL2
inline const MPI_Datatype MPI_LOGICAL2 = MPI_DATATYPE_NULL;
#endif
#ifndef MPI_LOGICAL4
inline const MPI_Datatype MPI_LOGICAL4 = MPI_DATATYPE_NULL;
#endif
#ifndef MPI_LOGICAL8
inline const MPI_Datatype MPI_LOGICAL8 = MPI_DATATYPE_NULL;
#endif
#ifndef MPI_LOGICAL16
inline const MPI_Datatype MPI_LOGICAL16 = MPI_DATATYPE_NULL;
#endif
// Extensions: floating-point numbers of 16 bits.
#ifndef MPI_FLOAT16_T
#ifdef MPIX_C_FLOAT16
inline const MPI_Datatype MPI_FLOAT16_T = MPIX_C_FLOAT16;
#else
inline const MPI_Datatype MPI_FLOAT16_T = MPI_DATATYPE_NULL;
#endif
#endif
#ifndef MPI_BFLOAT16_T
inline const MPI_Datatype MPI_BFLOAT16_T = MPI_DATATYPE_NULL;
#endif

#if MPI_VERSION < 4 || (MPI_VERSION == 4 && MPI_SUBVERSION < 1)
inline constexpr int MPI_COMBINER_VALUE_INDEX = MPI_UNDEFINED;
inline int MPI_Type_get_value_index(MPI_Datatype, MPI_Datatype, MPI_Datatype* pair) {
    *pair = MPI_DATATYPE_NULL;
    return detail::missing_function();
}
#endif

// MPI-4. Open MPI 5 has all but large counts, though it says that it follows MPI-3.1.
#ifndef MPI_SESSION_NULL
/// Does what MPI-4 says: `*size` is the room in `value` and becomes the room that is needed, both including the terminator.
inline int MPI_Info_get_string(MPI_Info info, const char* key, int* size, char* value, int* flag) {
    int length = 0;
    if (const int code = MPI_Info_get_valuelen(info, key, &length, flag); code != MPI_SUCCESS || *flag == 0)
        return code;
    const int room = std::exchange(*size, length + 1);
    return room > 0 ? MPI_Info_get(info, key, room - 1, value, flag) : MPI_SUCCESS;
}
inline int MPI_Info_create_env(int, char**, MPI_Info* info) {
    *info = MPI_INFO_NULL;
    return detail::missing_function();
}

inline int MPI_Isendrecv(const void*, int, MPI_Datatype, int, int, void*, int, MPI_Datatype, int, int, MPI_Comm, MPI_Request* request) {
    return *request = MPI_REQUEST_NULL, detail::missing_function();
}
inline int MPI_Isendrecv_replace(void*, int, MPI_Datatype, int, int, int, int, MPI_Comm, MPI_Request* request) {
    return *request = MPI_REQUEST_NULL, detail::missing_function();
}

inline int MPI_Psend_init(const void*, int, MPI_Count, MPI_Datatype, int, int, MPI_Comm, MPI_Info, MPI_Request* request) {
    return *request = MPI_REQUEST_NULL, detail::missing_function();
}
inline int MPI_Precv_init(void*, int, MPI_Count, MPI_Datatype, int, int, MPI_Comm, MPI_Info, MPI_Request* request) {
    return *request = MPI_REQUEST_NULL, detail::missing_function();
}
inline int MPI_Pready(int, MPI_Request) { return detail::missing_function(); }
inline int MPI_Pready_range(int, int, MPI_Request) { return detail::missing_function(); }
inline int MPI_Pready_list(int, const int*, MPI_Request) { return detail::missing_function(); }
inline int MPI_Parrived(MPI_Request, int, int* flag) { return *flag = 0, detail::missing_function(); }

#ifndef OMPI_HAVE_MPI_EXT_PCOLLREQ
#error "mpi4cxx: of Open MPI 4, only builds with its extension pcollreq are supported"
#endif
inline constexpr auto MPI_Allgather_init = ::MPIX_Allgather_init;
inline constexpr auto MPI_Allgatherv_init = ::MPIX_Allgatherv_init;
inline constexpr auto MPI_Allreduce_init = ::MPIX_Allreduce_init;
inline constexpr auto MPI_Alltoall_init = ::MPIX_Alltoall_init;
inline constexpr auto MPI_Alltoallv_init = ::MPIX_Alltoallv_init;
inline constexpr auto MPI_Alltoallw_init = ::MPIX_Alltoallw_init;
inline constexpr auto MPI_Barrier_init = ::MPIX_Barrier_init;
inline constexpr auto MPI_Bcast_init = ::MPIX_Bcast_init;
inline constexpr auto MPI_Exscan_init = ::MPIX_Exscan_init;
inline constexpr auto MPI_Gather_init = ::MPIX_Gather_init;
inline constexpr auto MPI_Gatherv_init = ::MPIX_Gatherv_init;
inline constexpr auto MPI_Reduce_init = ::MPIX_Reduce_init;
inline constexpr auto MPI_Reduce_scatter_init = ::MPIX_Reduce_scatter_init;
inline constexpr auto MPI_Reduce_scatter_block_init = ::MPIX_Reduce_scatter_block_init;
inline constexpr auto MPI_Scan_init = ::MPIX_Scan_init;
inline constexpr auto MPI_Scatter_init = ::MPIX_Scatter_init;
inline constexpr auto MPI_Scatterv_init = ::MPIX_Scatterv_init;
inline constexpr auto MPI_Neighbor_allgather_init = ::MPIX_Neighbor_allgather_init;
inline constexpr auto MPI_Neighbor_allgatherv_init = ::MPIX_Neighbor_allgatherv_init;
inline constexpr auto MPI_Neighbor_alltoall_init = ::MPIX_Neighbor_alltoall_init;
inline constexpr auto MPI_Neighbor_alltoallv_init = ::MPIX_Neighbor_alltoallv_init;
inline constexpr auto MPI_Neighbor_alltoallw_init = ::MPIX_Neighbor_alltoallw_init;
inline int MPI_Comm_idup_with_info(MPI_Comm, MPI_Info, MPI_Comm*, MPI_Request*) { return detail::missing_function(); }

using MPI_Session = struct NoSession*;
inline constexpr MPI_Session MPI_SESSION_NULL = nullptr;
using MPI_Session_errhandler_function = void(MPI_Session*, int*, ...);
inline int MPI_Session_init(MPI_Info, MPI_Errhandler, MPI_Session* session) { return *session = MPI_SESSION_NULL, detail::missing_function(); }
inline int MPI_Session_finalize(MPI_Session*) { return detail::missing_function(); }
inline int MPI_Session_get_num_psets(MPI_Session, MPI_Info, int* number) { return *number = 0, detail::missing_function(); }
inline int MPI_Session_get_nth_pset(MPI_Session, MPI_Info, int, int*, char*) { return detail::missing_function(); }
inline int MPI_Session_get_info(MPI_Session, MPI_Info* info) { return *info = MPI_INFO_NULL, detail::missing_function(); }
inline int MPI_Session_get_pset_info(MPI_Session, const char*, MPI_Info* info) { return *info = MPI_INFO_NULL, detail::missing_function(); }
inline int MPI_Session_create_errhandler(MPI_Session_errhandler_function*, MPI_Errhandler* errhandler) {
    return *errhandler = MPI_ERRHANDLER_NULL, detail::missing_function();
}
inline int MPI_Session_get_errhandler(MPI_Session, MPI_Errhandler* errhandler) {
    return *errhandler = MPI_ERRHANDLER_NULL, detail::missing_function();
}
inline int MPI_Session_set_errhandler(MPI_Session, MPI_Errhandler) { return detail::missing_function(); }
inline int MPI_Session_call_errhandler(MPI_Session, int) { return detail::missing_function(); }
inline MPI_Fint MPI_Session_c2f(MPI_Session) { return 0; }
inline MPI_Session MPI_Session_f2c(MPI_Fint) { return MPI_SESSION_NULL; }
inline int MPI_Group_from_session_pset(MPI_Session, const char*, MPI_Group* group) { return *group = MPI_GROUP_NULL, detail::missing_function(); }
inline int MPI_Comm_create_from_group(MPI_Group, const char*, MPI_Info, MPI_Errhandler, MPI_Comm* comm) {
    return *comm = MPI_COMM_NULL, detail::missing_function();
}
inline int MPI_Intercomm_create_from_groups(MPI_Group, int, MPI_Group, int, const char*, MPI_Info, MPI_Errhandler, MPI_Comm* comm) {
    return *comm = MPI_COMM_NULL, detail::missing_function();
}
#endif

// MPI-4.1
#if MPI_VERSION < 4 || (MPI_VERSION == 4 && MPI_SUBVERSION < 1)
/// Refuses the split types that this MPI does not know.
inline int MPI_Comm_split_type(MPI_Comm comm, int split_type, int key, MPI_Info info, MPI_Comm* newcomm) {
    if (-1003 <= split_type && split_type <= -1001)  // a constant that the MPI does not have
        return *newcomm = MPI_COMM_NULL, detail::missing_function();
    return ::MPI_Comm_split_type(comm, split_type, key, info, newcomm);
}
inline int MPI_Get_hw_resource_info(MPI_Info* info) { return *info = MPI_INFO_NULL, detail::missing_function(); }
inline int MPI_Buffer_flush() { return detail::missing_function(); }
inline int MPI_Buffer_iflush(MPI_Request* request) { return *request = MPI_REQUEST_NULL, detail::missing_function(); }
inline int MPI_Comm_attach_buffer(MPI_Comm, void*, int) { return detail::missing_function(); }
inline int MPI_Comm_attach_buffer_c(MPI_Comm, void*, MPI_Count) { return detail::missing_function(); }
inline int MPI_Comm_detach_buffer(MPI_Comm, void*, int*) { return detail::missing_function(); }
inline int MPI_Comm_detach_buffer_c(MPI_Comm, void*, MPI_Count*) { return detail::missing_function(); }
inline int MPI_Comm_flush_buffer(MPI_Comm) { return detail::missing_function(); }
inline int MPI_Comm_iflush_buffer(MPI_Comm, MPI_Request* request) { return *request = MPI_REQUEST_NULL, detail::missing_function(); }
inline int MPI_Session_attach_buffer(MPI_Session, void*, int) { return detail::missing_function(); }
inline int MPI_Session_attach_buffer_c(MPI_Session, void*, MPI_Count) { return detail::missing_function(); }
inline int MPI_Session_detach_buffer(MPI_Session, void*, int*) { return detail::missing_function(); }
inline int MPI_Session_detach_buffer_c(MPI_Session, void*, MPI_Count*) { return detail::missing_function(); }
inline int MPI_Session_flush_buffer(MPI_Session) { return detail::missing_function(); }
inline int MPI_Session_iflush_buffer(MPI_Session, MPI_Request* request) { return *request = MPI_REQUEST_NULL, detail::missing_function(); }
#if defined(MPICH_NUMVERSION) && MPICH_NUMVERSION >= 40000000  // has them under its own names
inline int MPI_Remove_error_class(int errorclass) { return MPIX_Delete_error_class(errorclass); }
inline int MPI_Remove_error_code(int code) { return MPIX_Delete_error_code(code); }
inline int MPI_Remove_error_string(int code) { return MPIX_Delete_error_string(code); }
#else
inline int MPI_Remove_error_class(int) { return detail::missing_function(); }
inline int MPI_Remove_error_code(int) { return detail::missing_function(); }
inline int MPI_Remove_error_string(int) { return detail::missing_function(); }
#endif
#endif

#if MPI_VERSION < 5
inline int MPI_Abi_get_version(int* major, int* minor) { return *major = *minor = 0, detail::missing_function(); }
inline int MPI_Abi_get_info(MPI_Info* info) { return *info = MPI_INFO_NULL, detail::missing_function(); }
inline int MPI_Abi_get_fortran_info(MPI_Info* info) { return *info = MPI_INFO_NULL, detail::missing_function(); }
#endif

// The library of the ABI leaves what Fortran needs to another library. A handle is the same number in Fortran as in MPI_Comm_toint and its like, and
// a status holds the same numbers in both languages. Some headers of the ABI declare functions of these names all the same. Macros hide them, as do
// those of MPICH's own header.
#ifdef MPI4CXX_STANDARD_ABI
#define MPI_Comm_c2f MPI_Comm_toint
#define MPI_Comm_f2c MPI_Comm_fromint
#define MPI_Type_c2f MPI_Type_toint
#define MPI_Type_f2c MPI_Type_fromint
#define MPI_Errhandler_c2f MPI_Errhandler_toint
#define MPI_Errhandler_f2c MPI_Errhandler_fromint
#define MPI_File_c2f MPI_File_toint
#define MPI_File_f2c MPI_File_fromint
#define MPI_Group_c2f MPI_Group_toint
#define MPI_Group_f2c MPI_Group_fromint
#define MPI_Info_c2f MPI_Info_toint
#define MPI_Info_f2c MPI_Info_fromint
#define MPI_Message_c2f MPI_Message_toint
#define MPI_Message_f2c MPI_Message_fromint
#define MPI_Op_c2f MPI_Op_toint
#define MPI_Op_f2c MPI_Op_fromint
#define MPI_Request_c2f MPI_Request_toint
#define MPI_Request_f2c MPI_Request_fromint
#define MPI_Session_c2f MPI_Session_toint
#define MPI_Session_f2c MPI_Session_fromint
#define MPI_Win_c2f MPI_Win_toint
#define MPI_Win_f2c MPI_Win_fromint
static_assert(sizeof(MPI_Status) == MPI_F_STATUS_SIZE * sizeof(MPI_Fint));
inline int MPI_Status_c2f(const MPI_Status* status, MPI_Fint* fortran) { return std::memcpy(fortran, status, sizeof *status), MPI_SUCCESS; }
inline int MPI_Status_f2c(const MPI_Fint* fortran, MPI_Status* status) { return std::memcpy(status, fortran, sizeof *status), MPI_SUCCESS; }
#endif

// Fault tolerance, which is in no standard yet. MPICH declares some of these functions, but its device ch4 ends the job in every one of them.
#ifndef OMPI_HAVE_MPI_EXT_FTMPI
inline constexpr int MPIX_FT = MPI_KEYVAL_INVALID;
inline int MPIX_Comm_revoke(MPI_Comm) { return detail::missing_function(); }
inline int MPIX_Comm_is_revoked(MPI_Comm, int* flag) { return *flag = 0, detail::missing_function(); }
inline int MPIX_Comm_get_failed(MPI_Comm, MPI_Group* failed) { return *failed = MPI_GROUP_NULL, detail::missing_function(); }
inline int MPIX_Comm_ack_failed(MPI_Comm, int, int* acked) { return *acked = 0, detail::missing_function(); }
inline int MPIX_Comm_agree(MPI_Comm, int*) { return detail::missing_function(); }
inline int MPIX_Comm_iagree(MPI_Comm, int*, MPI_Request* request) { return *request = MPI_REQUEST_NULL, detail::missing_function(); }
inline int MPIX_Comm_shrink(MPI_Comm, MPI_Comm* newcomm) { return *newcomm = MPI_COMM_NULL, detail::missing_function(); }
#endif
#ifndef OMPI_HAVE_MPIX_COMM_ISHRINK
inline int MPIX_Comm_ishrink(MPI_Comm, MPI_Comm*, MPI_Request*) { return detail::missing_function(); }
#endif

}  // namespace MPI4CXX
