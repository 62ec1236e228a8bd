// MPI's functions for each handle class, one specialisation per class. A class has its names, attributes, error handlers and hints from base
// templates that read this table.
// The key is the wrapper class, because in MPICH all raw handles are int.
#pragma once

#include <mpi4cxx/detail/mpi/missing_functions.hpp>
#include <mpi4cxx/detail/mpi/mpi.hpp>
#include <mpi4cxx/fwd.hpp>

namespace MPI4CXX::detail {

template <class Class> struct handle_traits;

/// Returns whether the library keeps this datatype for all who use it.
MPI4CXX_API bool is_kept(MPI_Datatype type) noexcept;

template <> struct handle_traits<Datatype> {
    using raw_type = MPI_Datatype;
    static raw_type null() noexcept { return MPI_DATATYPE_NULL; }
    static bool is_predefined(raw_type raw) noexcept { return is_kept(raw); }
    static constexpr auto free = MPI_Type_free;
    static constexpr bool collective = false;
    static constexpr auto get_name = MPI_Type_get_name;
    static constexpr auto set_name = MPI_Type_set_name;
    static constexpr auto create_keyval = MPI_Type_create_keyval;
    static constexpr auto free_keyval = MPI_Type_free_keyval;
    static constexpr auto get_attr = MPI_Type_get_attr;
    static constexpr auto set_attr = MPI_Type_set_attr;
    static constexpr auto delete_attr = MPI_Type_delete_attr;
    static MPI_Fint c2f(raw_type raw) noexcept { return MPI_Type_c2f(raw); }
    static raw_type f2c(MPI_Fint handle) noexcept { return MPI_Type_f2c(handle); }
};

template <> struct handle_traits<Op> {
    using raw_type = MPI_Op;
    static raw_type null() noexcept { return MPI_OP_NULL; }
    static constexpr auto free = MPI_Op_free;
    static constexpr bool collective = false;
    static MPI_Fint c2f(raw_type raw) noexcept { return MPI_Op_c2f(raw); }
    static raw_type f2c(MPI_Fint handle) noexcept { return MPI_Op_f2c(handle); }
};

template <> struct handle_traits<Group> {
    using raw_type = MPI_Group;
    static raw_type null() noexcept { return MPI_GROUP_NULL; }
    static constexpr auto free = MPI_Group_free;
    static constexpr bool collective = false;
    static bool is_predefined(raw_type raw) noexcept { return raw == MPI_GROUP_EMPTY; }
    static MPI_Fint c2f(raw_type raw) noexcept { return MPI_Group_c2f(raw); }
    static raw_type f2c(MPI_Fint handle) noexcept { return MPI_Group_f2c(handle); }
};

template <> struct handle_traits<Info> {
    using raw_type = MPI_Info;
    static raw_type null() noexcept { return MPI_INFO_NULL; }
    static constexpr auto free = MPI_Info_free;
    static constexpr bool collective = false;
    static bool is_predefined(raw_type raw) noexcept { return raw == MPI_INFO_ENV; }
    static MPI_Fint c2f(raw_type raw) noexcept { return MPI_Info_c2f(raw); }
    static raw_type f2c(MPI_Fint handle) noexcept { return MPI_Info_f2c(handle); }
};

template <> struct handle_traits<Errhandler> {
    using raw_type = MPI_Errhandler;
    static raw_type null() noexcept { return MPI_ERRHANDLER_NULL; }
    static constexpr auto free = MPI_Errhandler_free;
    static constexpr bool collective = false;
    static bool is_predefined(raw_type raw) noexcept { return raw == MPI_ERRORS_RETURN || raw == MPI_ERRORS_ARE_FATAL || raw == errors_abort; }
    static MPI_Fint c2f(raw_type raw) noexcept { return MPI_Errhandler_c2f(raw); }
    static raw_type f2c(MPI_Fint handle) noexcept { return MPI_Errhandler_f2c(handle); }
};

template <> struct handle_traits<Session> {
    using raw_type = MPI_Session;
    static raw_type null() noexcept { return MPI_SESSION_NULL; }
    static constexpr auto free = MPI_Session_finalize;
    static constexpr bool collective = true;
    static constexpr auto create_errhandler = MPI_Session_create_errhandler;
    static constexpr auto get_errhandler = MPI_Session_get_errhandler;
    static constexpr auto set_errhandler = MPI_Session_set_errhandler;
    static constexpr auto call_errhandler = MPI_Session_call_errhandler;
    static constexpr auto attach_buffer = MPI_Session_attach_buffer;
    static constexpr auto detach_buffer = MPI_Session_detach_buffer;
    static constexpr auto flush_buffer = MPI_Session_flush_buffer;
    static constexpr auto iflush_buffer = MPI_Session_iflush_buffer;
    static MPI_Fint c2f(raw_type raw) noexcept { return MPI_Session_c2f(raw); }
    static raw_type f2c(MPI_Fint handle) noexcept { return MPI_Session_f2c(handle); }
};

template <> struct handle_traits<Comm> {
    using raw_type = MPI_Comm;
    static raw_type null() noexcept { return MPI_COMM_NULL; }
    static constexpr auto free = MPI_Comm_free;
    static constexpr bool collective = true;
    static constexpr auto get_name = MPI_Comm_get_name;
    static constexpr auto set_name = MPI_Comm_set_name;
    static constexpr auto create_keyval = MPI_Comm_create_keyval;
    static constexpr auto free_keyval = MPI_Comm_free_keyval;
    static constexpr auto get_attr = MPI_Comm_get_attr;
    static constexpr auto set_attr = MPI_Comm_set_attr;
    static constexpr auto delete_attr = MPI_Comm_delete_attr;
    static constexpr auto create_errhandler = MPI_Comm_create_errhandler;
    static constexpr auto get_errhandler = MPI_Comm_get_errhandler;
    static constexpr auto set_errhandler = MPI_Comm_set_errhandler;
    static constexpr auto call_errhandler = MPI_Comm_call_errhandler;
    static constexpr auto get_info = MPI_Comm_get_info;
    static constexpr auto set_info = MPI_Comm_set_info;
    static constexpr auto attach_buffer = MPI_Comm_attach_buffer;
    static constexpr auto detach_buffer = MPI_Comm_detach_buffer;
    static constexpr auto flush_buffer = MPI_Comm_flush_buffer;
    static constexpr auto iflush_buffer = MPI_Comm_iflush_buffer;
    static MPI_Fint c2f(raw_type raw) noexcept { return MPI_Comm_c2f(raw); }
    static raw_type f2c(MPI_Fint handle) noexcept { return MPI_Comm_f2c(handle); }
};

template <> struct handle_traits<Win> {
    using raw_type = MPI_Win;
    static raw_type null() noexcept { return MPI_WIN_NULL; }
    static constexpr auto free = MPI_Win_free;
    static constexpr bool collective = true;
    static constexpr auto get_name = MPI_Win_get_name;
    static constexpr auto set_name = MPI_Win_set_name;
    static constexpr auto create_keyval = MPI_Win_create_keyval;
    static constexpr auto free_keyval = MPI_Win_free_keyval;
    static constexpr auto get_attr = MPI_Win_get_attr;
    static constexpr auto set_attr = MPI_Win_set_attr;
    static constexpr auto delete_attr = MPI_Win_delete_attr;
    static constexpr auto create_errhandler = MPI_Win_create_errhandler;
    static constexpr auto get_errhandler = MPI_Win_get_errhandler;
    static constexpr auto set_errhandler = MPI_Win_set_errhandler;
    static constexpr auto call_errhandler = MPI_Win_call_errhandler;
    static constexpr auto get_info = MPI_Win_get_info;
    static constexpr auto set_info = MPI_Win_set_info;
    static MPI_Fint c2f(raw_type raw) noexcept { return MPI_Win_c2f(raw); }
    static raw_type f2c(MPI_Fint handle) noexcept { return MPI_Win_f2c(handle); }
};

template <> struct handle_traits<File> {
    using raw_type = MPI_File;
    static raw_type null() noexcept { return MPI_FILE_NULL; }
    static constexpr auto free = MPI_File_close;
    static constexpr bool collective = true;
    static constexpr auto create_errhandler = MPI_File_create_errhandler;
    static constexpr auto get_errhandler = MPI_File_get_errhandler;
    static constexpr auto set_errhandler = MPI_File_set_errhandler;
    static constexpr auto call_errhandler = MPI_File_call_errhandler;
    static constexpr auto get_info = MPI_File_get_info;
    static constexpr auto set_info = MPI_File_set_info;
    static MPI_Fint c2f(raw_type raw) noexcept { return MPI_File_c2f(raw); }
    static raw_type f2c(MPI_Fint handle) noexcept { return MPI_File_f2c(handle); }
};

// The next two are not Handles: they are completed, not freed.
template <> struct handle_traits<Request> {
    using raw_type = MPI_Request;
    static MPI_Fint c2f(raw_type raw) noexcept { return MPI_Request_c2f(raw); }
    static raw_type f2c(MPI_Fint handle) noexcept { return MPI_Request_f2c(handle); }
};

template <> struct handle_traits<Message> {
    using raw_type = MPI_Message;
    static MPI_Fint c2f(raw_type raw) noexcept { return MPI_Message_c2f(raw); }
    static raw_type f2c(MPI_Fint handle) noexcept { return MPI_Message_f2c(handle); }
};

}  // namespace MPI4CXX::detail
