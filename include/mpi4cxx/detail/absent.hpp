// What an MPI lacks altogether. Each such function is declared here with MPI's own parameters, so that every program
// compiles with every MPI; a call of it is an Exception that says so.
#pragma once

#include <mpi4cxx/detail/mpi.hpp>

#include <cstring>
#include <utility>

namespace mpi4cxx {

namespace detail {

/// Whether the MPI takes `text` as that of `code`.
[[gnu::cold]] inline bool has_text(int code, const char* text) noexcept {
    char kept[MPI_MAX_ERROR_STRING] = "";
    int length = 0;
    return MPI_Add_error_string(code, text) == MPI_SUCCESS && MPI_Error_string(code, kept, &length) == MPI_SUCCESS && std::strcmp(kept, text) == 0;
}

/// A new error code of `error_class` with a text of its own. It is of a new class in MPICH, which forgets the texts of codes that are added to its
/// own classes, and the class itself where the MPI adds none.
[[gnu::cold]] inline int added_code(int error_class, const char* text) noexcept {
    int code = error_class, other = error_class;
    if (MPI_Add_error_code(error_class, &code) == MPI_SUCCESS && has_text(code, text))
        return code;
    return MPI_Add_error_class(&other) == MPI_SUCCESS && MPI_Add_error_code(other, &code) == MPI_SUCCESS && has_text(code, text) ? code : error_class;
}

/// The code of the error that this MPI has no such function.
[[gnu::cold]] inline int absent() noexcept {
    static const int added = added_code(MPI_ERR_UNSUPPORTED_OPERATION, "not supported by this MPI: it has no such function");
    return added;
}

}  // namespace detail

// Predefined datatypes of Fortran that not every MPI names.
#ifndef MPI_INTEGER16
inline const MPI_Datatype MPI_INTEGER16 = MPI_DATATYPE_NULL;
#endif
#ifndef MPI_REAL2
inline const MPI_Datatype MPI_REAL2 = MPI_DATATYPE_NULL;
#endif
#ifndef MPI_COMPLEX4
inline const MPI_Datatype MPI_COMPLEX4 = MPI_DATATYPE_NULL;
#endif

#if MPI_VERSION < 4 || (MPI_VERSION == 4 && MPI_SUBVERSION < 1)
inline constexpr int MPI_COMBINER_VALUE_INDEX = MPI_UNDEFINED;
inline int MPI_Type_get_value_index(MPI_Datatype, MPI_Datatype, MPI_Datatype* pair) {
    *pair = MPI_DATATYPE_NULL;
    return detail::absent();
}
#endif

#if MPI_VERSION < 4
/// With MPI-4's contract: `*size` is the room in `value` and becomes what is needed, both with the terminator.
inline int MPI_Info_get_string(MPI_Info info, const char* key, int* size, char* value, int* flag) {
    int length = 0;
    if (const int code = MPI_Info_get_valuelen(info, key, &length, flag); code != MPI_SUCCESS || *flag == 0)
        return code;
    const int room = std::exchange(*size, length + 1);
    return room > 0 ? MPI_Info_get(info, key, room - 1, value, flag) : MPI_SUCCESS;
}
inline int MPI_Info_create_env(int, char**, MPI_Info* info) {
    *info = MPI_INFO_NULL;
    return detail::absent();
}
#endif

}  // namespace mpi4cxx
