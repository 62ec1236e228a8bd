// What the library knows of a file that it has opened.
#pragma once

#include <mpi4cxx/detail/mpi/subject.hpp>
#include <mpi4cxx/file.hpp>
#include <mpi4cxx/intracomm.hpp>

#include "communicators/collective_handle.hpp"
#include "runtime/failure.hpp"

#include <atomic>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace MPI4CXX::detail {

/// The name of a file in error messages, and the meaning of its errors.
class FileSubject final : public Subject {
public:
    explicit FileSubject(std::filesystem::path name_of_file) : path(std::move(name_of_file)) {}
    [[nodiscard]] std::string name() const override;
    /// Finds what has gone wrong where the MPI does not say: in errno and in the file system.
    [[nodiscard]] int better(int code) const override;

    std::filesystem::path path;
    bool is_open = false;
};

/// Throws std::invalid_argument if the name of a file has a null character, behind which the system sees nothing of it.
void check_name(const std::filesystem::path& path, Caller caller);

bool is_folder(const std::filesystem::path& path);

/// Returns the name by which the MPI finds a file.
std::string name_for_mpi(const std::filesystem::path& path);

/// A file that its processes have opened.
struct OpenFile {
    OpenFile(const Intracomm& processes, const std::filesystem::path& path, Place where);

    /// Throws an Exception if the disk has no room for `more` bytes. Some systems write until it is full before they say so.
    void check_room(MPI_Offset more, Place where) const;
    /// Makes room on the disk for the first `bytes` bytes of the file.
    void allocate(MPI_Offset bytes, Place where) const;

    FileSubject subject;
    std::filesystem::path absolute;  ///< the program may change its folder
    Intracomm comm;                  ///< of the library's own, on which the processes agree on failures
    CollectiveHandle handle;
    AccessMode amode{};
    Count etype_size = 1;
    Count etype_reach = 1;         ///< how many bytes of the file an etype takes from its first byte to its last: more than its size if it has holes
    bool shows_nothing = false;    ///< whether the view is empty on this process
    bool has_shared_view = true;   ///< whether all processes have the same view, as far as that is known
    std::atomic<int> pending = 0;  ///< how many nonblocking calls of this process have not been completed
    bool is_left = false;          ///< whether the processes have left the file to be closed later
    std::string_view split_end;    ///< the function that ends the split collective call under way; empty if there is none
    void* split_data = nullptr;    ///< the address of its buffer
    std::optional<Count> begun;    ///< how many bytes a split collective read will find
    /// What a split collective read has done, if its first half has done all.
    std::optional<MPI_Status> read;
};

/// Throws std::invalid_argument on all processes if they give different values. Without an OpenFile, MPI alone compares. Collective.
void check_same(const OpenFile* file, std::int64_t value, const char* what, Caller caller);

/// Throws std::invalid_argument if the processes have different views, so that they cannot share a file pointer.
void check_shared_view(const OpenFile* file, Caller caller);

// Throw std::invalid_argument if a split collective call is under way on this process, or any call that has to be completed first.
void check_no_split(const OpenFile* file, Caller caller);
void check_idle(const OpenFile* file, Caller caller);

/// Throws on every process if `failure` is set on one of them. Without an OpenFile, throws where it is set.
void conclude(const OpenFile* file, std::string_view function, const std::exception_ptr& failure, Place where);

/// Runs a collective call, and throws on every process if it fails on one.
template <class F> void together(const OpenFile* file, std::string_view function, Place where, F call) {
    conclude(file, function, failure_of(call), where);
}

}  // namespace MPI4CXX::detail
