#include "files/open_file.hpp"

#include <mpi4cxx/detail/communicators/agreement.hpp>
#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/error.hpp>

#include "communicators/comparison.hpp"
#include "runtime/text.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <system_error>
#include <utility>

namespace MPI4CXX::detail {

namespace {

/// Returns the error class of what C reports as `error`, or MPI_SUCCESS if it has none of its own.
int class_of_errno(int error) {
    switch (error) {
    case ENOENT: return MPI_ERR_NO_SUCH_FILE;
    case EEXIST: return MPI_ERR_FILE_EXISTS;
    case EACCES:
    case EPERM: return MPI_ERR_ACCESS;
    case EROFS: return MPI_ERR_READ_ONLY;
    case ENOSPC: return MPI_ERR_NO_SPACE;
    case EDQUOT: return MPI_ERR_QUOTA;
    case EISDIR:
    case ENOTDIR:
    case ELOOP:
    case ENAMETOOLONG: return MPI_ERR_BAD_FILE;
    case ETXTBSY: return MPI_ERR_FILE_IN_USE;
    case EFBIG:
    case EIO: return MPI_ERR_IO;
    default: return MPI_SUCCESS;
    }
}

/// Returns what is wrong with a path, whatever is done with the file, or MPI_SUCCESS.
int class_of_path(const std::filesystem::path& path) {
    std::error_code error;
    const std::filesystem::file_type type = std::filesystem::status(path, error).type();
    if (type == std::filesystem::file_type::directory)
        return MPI_ERR_BAD_FILE;
    return type == std::filesystem::file_type::not_found ? class_of_errno(error.value() == 0 ? ENOENT : error.value())
                                                         : class_of_errno(error.value());
}

std::filesystem::path absolute_path(const std::filesystem::path& path) {
    std::error_code error;
    std::filesystem::path result = std::filesystem::absolute(path, error);
    return error ? path : result;  // the MPI will find what is wrong with it
}

bool says_nothing(int error_class) {
    return error_class == MPI_ERR_OTHER || error_class == MPI_ERR_UNKNOWN || error_class == MPI_ERR_FILE || error_class == MPI_ERR_IO ||
           error_class == MPI_ERR_INTERN;
}

}  // namespace

std::string FileSubject::name() const { return "file \"" + path.string() + '"'; }

int FileSubject::better(int code) const {
    const int error = errno, error_class = get<MPI_Error_class>(code);
    if (error_class > MPI_ERR_LASTCODE)  // a class of the user's
        return code;
    // MPICH hands codes of collective calls from process to process, but knows the text of a code only on the process that has made it.
    if (!is_open && is_folder(path) && (says_nothing(error_class) || error_class == MPI_ERR_ACCESS))
        return MPI_ERR_BAD_FILE;
    if (!says_nothing(error_class))
        return error_class;
    const int of_path = is_open ? MPI_SUCCESS : class_of_path(path);  // Open MPI's errno after opening is that of a later call
    const int found = of_path != MPI_SUCCESS ? of_path : class_of_errno(error);
    return found == MPI_SUCCESS ? error_class : found;
}

bool is_folder(const std::filesystem::path& path) {
    std::error_code error;
    return std::filesystem::is_directory(path, error);
}

void check_name(const std::filesystem::path& path, Caller caller) { (void)whole(path.native(), "the name of the file", caller); }

std::string name_for_mpi(const std::filesystem::path& path) {
    if (fails_for_names_of_one_character() && path.native().size() == 1 && path.is_relative())
        return "./" + path.native();
    if (!reads_prefixes_of_file_names() || path.native().find(':') == std::string::npos)
        return path.native();
    // A prefix that is named takes the place of MPICH's own look at the file system, where NFS is what matters: it needs locks.
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
    struct statfs system {};
    const bool is_nfs = statfs(folder.c_str(), &system) == 0 && system.f_type == NFS_SUPER_MAGIC;
    return (is_nfs ? "nfs:" : "ufs:") + path.native();
}

OpenFile::OpenFile(const Intracomm& processes, const std::filesystem::path& path, Place where)
    : subject(path), absolute(absolute_path(path)), comm(Intracomm::take(get<MPI_Comm_split>(processes.handle(), 0, 0, where))) {
    subject.rank = comm.Get_rank(where.at());
    subject.size = comm.Get_size(where.at());
}

void OpenFile::check_room(MPI_Offset more, Place where) const {
    std::error_code error;
    const std::uintmax_t free = std::filesystem::space(absolute, error).free;
    if (!error && more > 0 && static_cast<std::uintmax_t>(more) > free)
        throw Exception(MPI_ERR_NO_SPACE, "MPI_File_preallocate",
                        "the file would become " + std::to_string(more) + " bytes longer, but the disk has only " + std::to_string(free) + " left",
                        where);
}

void OpenFile::allocate(MPI_Offset bytes, Place where) const {
    const int file = ::open(absolute.c_str(), O_WRONLY | O_CLOEXEC);
    const int error = file < 0 ? errno : bytes > 0 ? posix_fallocate(file, 0, bytes) : 0;
    if (file >= 0)
        ::close(file);
    if (error != 0)
        throw Exception(class_of_errno(error) != MPI_SUCCESS ? class_of_errno(error) : MPI_ERR_IO, "MPI_File_preallocate",
                        std::generic_category().message(error), where);
}

void check_same(const OpenFile* file, std::int64_t value, const char* what, Caller caller) {
    if (file != nullptr)
        check_same(file->comm, value, what, caller);
}

void check_shared_view(const OpenFile* file, Caller caller) {
    if (file != nullptr && !file->has_shared_view)
        misuse(caller,
               "the processes have different views, so they cannot share a file pointer: set the same view on all, or use Write_at_all and its kin");
}

void check_no_split(const OpenFile* file, Caller caller) {
    if (file != nullptr && !file->split_end.empty())
        misuse(caller, std::string(file->split_end) + " has to end an earlier call first");
}

void check_idle(const OpenFile* file, Caller caller) {
    check_no_split(file, caller);
    if (file != nullptr && file->pending != 0)
        misuse(caller, "a nonblocking call on the file is under way: wait for its request first");
}

void conclude(const OpenFile* file, std::string_view function, const std::exception_ptr& failure, Place where) {
    if (file != nullptr)
        agree(file->comm, failure, function, where);
    else if (failure)
        std::rethrow_exception(failure);
}

}  // namespace MPI4CXX::detail
