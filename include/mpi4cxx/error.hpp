// The exception that MPI errors become, and the error classes and codes of MPI.
#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>
#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <stdexcept>
#include <string>
#include <string_view>

namespace MPI4CXX {

/// An error that MPI reported, with everything needed to find its cause.
/// `what()` reads "MPI_Bcast on MPI_COMM_WORLD, rank 3 of 8: MPI's own text (solver.cpp:120)".
class MPI4CXX_API Exception : public std::runtime_error {
public:
    /// An error of class or code `code`; the library fills in the rest.
    explicit Exception(int code, std::string_view function = {}, const std::string& text = {}, detail::Place where = {});

    /// The MPI library's own code, which says more than the class (MPI-4.0, 9.4).
    [[nodiscard]] int Get_error_code() const noexcept { return code_; }
    /// One of the ERR_ constants.
    [[nodiscard]] int Get_error_class() const noexcept { return class_; }
    /// The text of the error, without function and place.
    [[nodiscard]] const std::string& Get_error_string() const noexcept { return text_; }
    // mpi4py's properties
    [[nodiscard]] int error_code() const noexcept { return code_; }
    [[nodiscard]] int error_class() const noexcept { return class_; }
    [[nodiscard]] const std::string& error_string() const noexcept { return text_; }
    /// The MPI function that failed, "MPI_Bcast".
    [[nodiscard]] const std::string& function() const noexcept { return function_; }
    /// The name of the communicator, the window or the file; empty if there is none.
    [[nodiscard]] const std::string& communicator() const noexcept { return object_; }
    /// The rank of the calling process in that communicator, window or file, or -1.
    [[nodiscard]] int rank() const noexcept { return rank_; }
    /// The place in the user's program; without a file where no line of it has made the error, as in a task.
    [[nodiscard]] At where() const noexcept { return at_; }

private:
    struct Parts;
    explicit Exception(Parts&& parts);

    int code_;
    int class_;
    int rank_;
    At at_;
    std::string text_;
    std::string function_;
    std::string object_;
};

/// Returns the class of an error code. Calls MPI_Error_class (MPI-4.0, 9.4).
MPI4CXX_API int Get_error_class(int code, At at = {});
/// Returns the text of an error code. Calls MPI_Error_string (MPI-4.0, 9.4).
MPI4CXX_API std::string Get_error_string(int code, At at = {});

/// Add a user-defined error class on this process. Calls MPI_Add_error_class (MPI-4.0, 9.5).
[[nodiscard]] MPI4CXX_API int Add_error_class(At at = {});
/// Add an error code to a user-defined class. Calls MPI_Add_error_code (MPI-4.0, 9.5).
[[nodiscard]] MPI4CXX_API int Add_error_code(int errorclass, At at = {});
/// Set the text of a user-defined class or code. Calls MPI_Add_error_string (MPI-4.0, 9.5).
MPI4CXX_API void Add_error_string(int errorcode, const std::string& text, At at = {});
/// Remove a user-defined class that has no codes left. Calls MPI_Remove_error_class (MPI-4.1, 9.5).
MPI4CXX_API void Remove_error_class(int errorclass, At at = {});
/// Remove a user-defined code that has no text left. Calls MPI_Remove_error_code (MPI-4.1, 9.5).
MPI4CXX_API void Remove_error_code(int errorcode, At at = {});
/// Remove the text of a user-defined class or code. Calls MPI_Remove_error_string (MPI-4.1, 9.5).
MPI4CXX_API void Remove_error_string(int errorcode, At at = {});

namespace detail {

/// Throws std::invalid_argument: "Comm::Scatter: text (solver.cpp:120)". For misuse that is found before MPI is called.
[[noreturn, gnu::cold]] MPI4CXX_API void misuse(Caller caller, const std::string& text);
/// Throws an Exception of class `error_class` for a null handle. Some MPI libraries end the job if they are called with one.
[[noreturn, gnu::cold]] MPI4CXX_API void refuse_null(int error_class, std::string_view function, const char* text, At at);
/// Throws an Exception for a null communicator. The text says where a null communicator can come from.
[[noreturn, gnu::cold]] MPI4CXX_API void refuse_null_comm(std::string_view function, At at);

}  // namespace detail

// Error classes (MPI-4.0, 9.4).
inline constexpr int SUCCESS = MPI_SUCCESS;
inline constexpr int ERR_BUFFER = MPI_ERR_BUFFER;
inline constexpr int ERR_COUNT = MPI_ERR_COUNT;
inline constexpr int ERR_TYPE = MPI_ERR_TYPE;
inline constexpr int ERR_TAG = MPI_ERR_TAG;
inline constexpr int ERR_COMM = MPI_ERR_COMM;
inline constexpr int ERR_RANK = MPI_ERR_RANK;
inline constexpr int ERR_ROOT = MPI_ERR_ROOT;
inline constexpr int ERR_TRUNCATE = MPI_ERR_TRUNCATE;
inline constexpr int ERR_GROUP = MPI_ERR_GROUP;
inline constexpr int ERR_OP = MPI_ERR_OP;
inline constexpr int ERR_REQUEST = MPI_ERR_REQUEST;
inline constexpr int ERR_TOPOLOGY = MPI_ERR_TOPOLOGY;
inline constexpr int ERR_DIMS = MPI_ERR_DIMS;
inline constexpr int ERR_ARG = MPI_ERR_ARG;
inline constexpr int ERR_OTHER = MPI_ERR_OTHER;
inline constexpr int ERR_UNKNOWN = MPI_ERR_UNKNOWN;
inline constexpr int ERR_INTERN = MPI_ERR_INTERN;
inline constexpr int ERR_IN_STATUS = MPI_ERR_IN_STATUS;
inline constexpr int ERR_PENDING = MPI_ERR_PENDING;
inline constexpr int ERR_ACCESS = MPI_ERR_ACCESS;
inline constexpr int ERR_AMODE = MPI_ERR_AMODE;
inline constexpr int ERR_BAD_FILE = MPI_ERR_BAD_FILE;
inline constexpr int ERR_CONVERSION = MPI_ERR_CONVERSION;
inline constexpr int ERR_DUP_DATAREP = MPI_ERR_DUP_DATAREP;
inline constexpr int ERR_FILE_EXISTS = MPI_ERR_FILE_EXISTS;
inline constexpr int ERR_FILE_IN_USE = MPI_ERR_FILE_IN_USE;
inline constexpr int ERR_FILE = MPI_ERR_FILE;
inline constexpr int ERR_IO = MPI_ERR_IO;
inline constexpr int ERR_NO_SPACE = MPI_ERR_NO_SPACE;
inline constexpr int ERR_NO_SUCH_FILE = MPI_ERR_NO_SUCH_FILE;
inline constexpr int ERR_READ_ONLY = MPI_ERR_READ_ONLY;
inline constexpr int ERR_UNSUPPORTED_DATAREP = MPI_ERR_UNSUPPORTED_DATAREP;
inline constexpr int ERR_INFO = MPI_ERR_INFO;
inline constexpr int ERR_INFO_KEY = MPI_ERR_INFO_KEY;
inline constexpr int ERR_INFO_VALUE = MPI_ERR_INFO_VALUE;
inline constexpr int ERR_INFO_NOKEY = MPI_ERR_INFO_NOKEY;
inline constexpr int ERR_NAME = MPI_ERR_NAME;
inline constexpr int ERR_NO_MEM = MPI_ERR_NO_MEM;
inline constexpr int ERR_NOT_SAME = MPI_ERR_NOT_SAME;
inline constexpr int ERR_PORT = MPI_ERR_PORT;
inline constexpr int ERR_QUOTA = MPI_ERR_QUOTA;
inline constexpr int ERR_SERVICE = MPI_ERR_SERVICE;
inline constexpr int ERR_SPAWN = MPI_ERR_SPAWN;
inline constexpr int ERR_UNSUPPORTED_OPERATION = MPI_ERR_UNSUPPORTED_OPERATION;
inline constexpr int ERR_WIN = MPI_ERR_WIN;
inline constexpr int ERR_BASE = MPI_ERR_BASE;
inline constexpr int ERR_LOCKTYPE = MPI_ERR_LOCKTYPE;
inline constexpr int ERR_KEYVAL = MPI_ERR_KEYVAL;
inline constexpr int ERR_RMA_CONFLICT = MPI_ERR_RMA_CONFLICT;
inline constexpr int ERR_RMA_SYNC = MPI_ERR_RMA_SYNC;
inline constexpr int ERR_SIZE = MPI_ERR_SIZE;
inline constexpr int ERR_DISP = MPI_ERR_DISP;
inline constexpr int ERR_ASSERT = MPI_ERR_ASSERT;
inline constexpr int ERR_RMA_RANGE = MPI_ERR_RMA_RANGE;
inline constexpr int ERR_RMA_ATTACH = MPI_ERR_RMA_ATTACH;
inline constexpr int ERR_RMA_SHARED = MPI_ERR_RMA_SHARED;
inline constexpr int ERR_RMA_FLAVOR = MPI_ERR_RMA_FLAVOR;
inline constexpr int ERR_SESSION = MPI_ERR_SESSION;
inline constexpr int ERR_ERRHANDLER = MPI_ERR_ERRHANDLER;
inline constexpr int ERR_ABI = MPI_ERR_ABI;
inline constexpr int ERR_PROC_ABORTED = MPI_ERR_PROC_ABORTED;
inline constexpr int ERR_VALUE_TOO_LARGE = MPI_ERR_VALUE_TOO_LARGE;
inline constexpr int ERR_REVOKED = MPI_ERR_REVOKED;
inline constexpr int ERR_PROC_FAILED = MPI_ERR_PROC_FAILED;
inline constexpr int ERR_PROC_FAILED_PENDING = MPI_ERR_PROC_FAILED_PENDING;
inline constexpr int ERR_LASTCODE = MPI_ERR_LASTCODE;

}  // namespace MPI4CXX
