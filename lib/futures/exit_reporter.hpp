#pragma once

#include <mpi4cxx/futures/errors.hpp>

#include <cstdint>
#include <string>

namespace MPI4CXX::futures::detail {

/// Reports a task whose process was killed or called _exit(). Each worker writes its running task into shared memory. A shell beside the process
/// reads that memory when the process has ended, and prints the tasks that were running.
class ExitReporter {
public:
    /// Takes a slot of this process; none if all are taken or no shell can be started.
    explicit ExitReporter(const TaskPlace& place) noexcept;
    ~ExitReporter();
    ExitReporter(const ExitReporter&) = delete;
    ExitReporter& operator=(const ExitReporter&) = delete;

    void set_function(const std::string& name) noexcept;
    void begin(std::uint64_t number) noexcept;
    void end() noexcept;
    /// Reports no task of this process, because the program ends it.
    static void end_all() noexcept;

private:
    char* slot_;
};

}  // namespace MPI4CXX::futures::detail
