// A collective call on a .npy file, which fails on all processes or on none.
#pragma once

#include <mpi4cxx/detail/communicators/agreement.hpp>
#include <mpi4cxx/error.hpp>
#include <mpi4cxx/file.hpp>
#include <mpi4cxx/intracomm.hpp>

#include "files/open_file.hpp"
#include "runtime/failure.hpp"

#include <exception>
#include <filesystem>
#include <string>

namespace MPI4CXX::detail {

class NpyCall {
public:
    NpyCall(const Intracomm& processes, const std::filesystem::path& path, const char* name, At place)
        : comm(processes), at(place), function_(name), subject_(path) {
        subject_.rank = comm.Get_rank(at);
        subject_.size = comm.Get_size(at);
    }

    [[noreturn]] void fail(int error_class, const std::string& text) const { throw Exception(error_class, function_, text, {at, &subject_}); }

    /// Runs `f`, and throws on all processes if it throws on one.
    template <class F> void together(F f) const { agree(comm, failure_of(f), function_, {at, &subject_}); }

    /// Runs `f(file)` with the open file. `f` throws on all processes or on none, so the file can always be closed.
    template <class F> void with_file(AccessMode mode, F f) const {
        File file = File::Open(comm, subject_.path, mode, INFO_NULL, at);
        const std::exception_ptr failure = failure_of([&] { f(file); }), closing = failure_of([&] { file.Close(at); });
        agree(comm, failure ? failure : closing, function_, {at, &subject_});
    }

    [[nodiscard]] int rank() const noexcept { return subject_.rank; }
    [[nodiscard]] int size() const noexcept { return subject_.size; }

    const Intracomm& comm;
    const At at;

private:
    const char* function_;
    FileSubject subject_;
};

}  // namespace MPI4CXX::detail
