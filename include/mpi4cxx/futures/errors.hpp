// The errors of the task pool, and where a task ran.
#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <stdexcept>
#include <string>

namespace MPI4CXX::futures {

/// The time limit passed before the result came.
class MPI4CXX_API TimeoutError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The future was cancelled before a worker took the task.
class MPI4CXX_API CancelledError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The object has no answer: the result is not there yet, or a future, view or map is empty because it was default-constructed or moved from.
class MPI4CXX_API InvalidStateError : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

/// The pool cannot run any more tasks because an initializer or MPI failed.
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
    int rank = -1;         ///< the rank of the worker's process in COMM_WORLD; for a spawned process, its rank among the spawned ones
    std::string name;      ///< "rank 3", "spawned rank 0", "thread 2 of rank 0"
    std::string host;      ///< the name of its machine
    std::string function;  ///< the function that was called, as far as the symbols name it
};

/// The base class of every exception that comes from a task, in addition to the exception's own type. `catch (const std::out_of_range& e)` and
/// `catch (const TaskError& e)` both catch it.
class MPI4CXX_API TaskError {
public:
    TaskError(std::string type, std::string message, TaskPlace place);
    virtual ~TaskError();

    /// The type that was thrown: "std::out_of_range".
    [[nodiscard]] const std::string& type() const noexcept { return type_; }
    /// The exception's own message; what() appends the place.
    [[nodiscard]] const std::string& message() const noexcept { return message_; }
    /// The number of the worker on which the exception was thrown.
    [[nodiscard]] int worker() const noexcept { return place_.worker; }
    /// The rank of the worker's process in COMM_WORLD; for a spawned process, its rank among the spawned ones.
    [[nodiscard]] int rank() const noexcept { return place_.rank; }
    /// The name of the worker's machine.
    [[nodiscard]] const std::string& host() const noexcept { return place_.host; }
    /// The function that was called.
    [[nodiscard]] const std::string& function() const noexcept { return place_.function; }
    /// The place: "rank 3, n1: search(int)".
    [[nodiscard]] std::string where() const;

protected:
    TaskError(const TaskError&) = default;
    TaskError& operator=(const TaskError&) = default;

private:
    std::string type_, message_;
    TaskPlace place_;
};

}  // namespace MPI4CXX::futures
