#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <stdexcept>
#include <string>

namespace MPI4CXX::futures {

/// The time was over before the result came.
class MPI4CXX_API TimeoutError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The future was cancelled before a worker took the task.
class MPI4CXX_API CancelledError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// There is nothing to be asked: no result yet, or a future, view or map that is empty because it was default-constructed or moved from.
class MPI4CXX_API InvalidStateError : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

/// The pool cannot run tasks any more: an initializer failed, or MPI did.
class MPI4CXX_API BrokenExecutor : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

namespace detail {
[[noreturn]] MPI4CXX_API void throw_empty(const char* what);
}

/// Where a task ran.
struct TaskPlace {
    int worker = -1;       ///< the number of the worker
    int rank = -1;         ///< of its process in COMM_WORLD; of a spawned one, among those
    std::string name;      ///< "rank 3", "spawned rank 0", "thread 2 of rank 0"
    std::string host;      ///< the name of its machine
    std::string function;  ///< what was called, as far as symbols tell
};

/// What every exception that comes from a task is besides its own type:
/// `catch (const std::out_of_range& e)` and `catch (const TaskError& e)` both catch it.
class MPI4CXX_API TaskError {
public:
    TaskError(std::string type, std::string message, TaskPlace place);
    virtual ~TaskError();

    /// The type that was thrown, "std::out_of_range".
    [[nodiscard]] const std::string& type() const noexcept { return type_; }
    /// Its own message; what() has the place behind it.
    [[nodiscard]] const std::string& message() const noexcept { return message_; }
    /// Which worker it was thrown on.
    [[nodiscard]] int worker() const noexcept { return place_.worker; }
    /// The rank of that worker's process in COMM_WORLD; of a spawned one, among those.
    [[nodiscard]] int rank() const noexcept { return place_.rank; }
    /// The name of that worker's machine.
    [[nodiscard]] const std::string& host() const noexcept { return place_.host; }
    /// The function that was called.
    [[nodiscard]] const std::string& function() const noexcept { return place_.function; }
    /// "rank 3, n1: search(int)".
    [[nodiscard]] std::string where() const;

protected:
    TaskError(const TaskError&) = default;
    TaskError& operator=(const TaskError&) = default;

private:
    std::string type_, message_;
    TaskPlace place_;
};

}  // namespace MPI4CXX::futures
