#pragma once

#include <mpi4cxx/futures/errors.hpp>

#include <cstdint>
#include <string>

namespace MPI4CXX::futures::detail {

/// What a worker writes where its task is to be read after its death: a shell beside the process says which tasks were running when the
/// process ended without a word, because it was killed or by _exit().
class ExitReporter {
public:
    /// Takes a place in this process's list; none where it is full, or no shell can be started.
    explicit ExitReporter(const TaskPlace& place) noexcept;
    ~ExitReporter();
    ExitReporter(const ExitReporter&) = delete;
    ExitReporter& operator=(const ExitReporter&) = delete;

    void set_function(const std::string& name) noexcept;
    void begin(std::uint64_t number) noexcept;
    void end() noexcept;

private:
    char* slot_;
};

}  // namespace MPI4CXX::futures::detail
