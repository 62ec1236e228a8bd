// The object of a call that is not a communicator: a window or a file.
#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <string>

namespace MPI4CXX::detail {

/// How error messages name a window or a file, and the calling process among those that share the object.
class MPI4CXX_API Subject {
public:
    /// Returns what stands after "on": `window "halo"`. Called when an error is reported, so it checks no return codes itself.
    [[nodiscard]] virtual std::string name() const = 0;

    /// Returns the code of an error that says more than `code`, or `code`. Called first when an error is reported, so errno is still that of the MPI
    /// function.
    [[nodiscard]] virtual int better(int code) const { return code; }

    int rank = -1, size = 0;

protected:
    Subject() = default;
    Subject(const Subject&) = default;
    Subject& operator=(const Subject&) = default;
    ~Subject() = default;
};

}  // namespace MPI4CXX::detail
