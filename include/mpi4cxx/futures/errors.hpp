#pragma once

#include <mpi4cxx/detail/mpi.hpp>

#include <stdexcept>
#include <string>

namespace mpi4cxx::futures {

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

/// What every exception that comes from a task is besides its own type:
/// `catch (const std::out_of_range& e)` and `catch (const TaskError& e)` both catch it.
class MPI4CXX_API TaskError {
public:
    TaskError(std::string type, std::string message, int worker, std::string host)
        : type_(std::move(type)), message_(std::move(message)), host_(std::move(host)), worker_(worker) {}
    virtual ~TaskError();

    /// The type that was thrown, "std::out_of_range".
    [[nodiscard]] const std::string& type() const noexcept { return type_; }
    /// Its own message; what() has worker and host behind it.
    [[nodiscard]] const std::string& message() const noexcept { return message_; }
    /// Which worker it was thrown on.
    [[nodiscard]] int worker() const noexcept { return worker_; }
    /// The name of that worker's machine.
    [[nodiscard]] const std::string& host() const noexcept { return host_; }

protected:
    TaskError(const TaskError&) = default;
    TaskError& operator=(const TaskError&) = default;

private:
    std::string type_, message_, host_;
    int worker_;
};

}  // namespace mpi4cxx::futures
