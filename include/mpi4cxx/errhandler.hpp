#pragma once

#include <mpi4cxx/fortran.hpp>
#include <mpi4cxx/handle.hpp>

#include <concepts>
#include <memory>
#include <utility>

namespace MPI4CXX {

namespace detail {

/// A user's error handler, called with the address of the raw handle that the error is on.
class ErrorFunction {
public:
    ErrorFunction() = default;
    virtual ~ErrorFunction() = default;
    ErrorFunction(const ErrorFunction&) = delete;
    ErrorFunction& operator=(const ErrorFunction&) = delete;
    virtual void call(const void* raw, int code) = 0;
};

template <class Owner, class F> class ErrorFunctionOf final : public ErrorFunction {
public:
    explicit ErrorFunctionOf(F f) : f_(std::move(f)) {}
    void call(const void* raw, int code) override { f_(Owner::borrow(*static_cast<const typename Owner::raw_type*>(raw)), code); }

private:
    F f_;
};

}  // namespace detail

/// What the MPI does when a call fails (MPI-4.0, 9.3). Made by `Comm::Create_errhandler`. Freeing is local; where it is set it stays.
class MPI4CXX_API Errhandler : public Handle<Errhandler>, public Fortran<Errhandler> {
public:
    Errhandler() noexcept = default;
    static Errhandler take(MPI_Errhandler raw) noexcept { return Errhandler(raw, detail::Ownership::own); }
    static Errhandler borrow(MPI_Errhandler raw) noexcept { return Errhandler(raw, detail::Ownership::borrow); }

    /// Free the error handler. Calls MPI_Errhandler_free (MPI-4.0, 9.3.5). Local.
    void Free(At at = {}) { free(at); }

private:
    using Handle::Handle;
    template <class> friend class ErrorHandling;

    std::shared_ptr<detail::ErrorFunction> function_;
};

/// What a handle class with error handlers has (MPI-4.0, 9.3): Comm.
/// Whatever the handler, a call of this library whose MPI function returns an error throws an Exception, unless the handler has ended
/// the job.
template <class Class> class MPI4CXX_API ErrorHandling {
public:
    /// Make an error handler of `f(owner, code)`, which may capture and is called for each error of every `owner` it is set on. It may not
    /// call MPI, which is in a call already, nor throw: that ends the job. Of these handlers 256 can live at once.
    /// Calls MPI_Comm_create_errhandler (MPI-4.0, 9.3.1). Local.
    template <std::invocable<const Class&, int> F> [[nodiscard]] static Errhandler Create_errhandler(F f, At at = {}) {
        return create(std::make_shared<detail::ErrorFunctionOf<Class, F>>(std::move(f)), at);
    }
    /// Return the error handler: ERRORS_RETURN unless another is set. Calls MPI_Comm_get_errhandler (MPI-4.0, 9.3.1).
    [[nodiscard]] Errhandler Get_errhandler(At at = {}) const;
    /// Set the error handler. Calls MPI_Comm_set_errhandler (MPI-4.0, 9.3.1).
    void Set_errhandler(const Errhandler& errhandler, At at = {}) const;
    /// Call the error handler, which may end the job. Calls MPI_Comm_call_errhandler (MPI-4.0, 9.5).
    void Call_errhandler(int errorcode, At at = {}) const;

private:
    static Errhandler create(std::shared_ptr<detail::ErrorFunction> function, At at);
};

// Predefined error handlers (MPI-4.0, 9.3): they return the code, end the processes of the communicator, and end all that are
// connected. Where the MPI follows MPI-3, and in MPICH 4.0, ERRORS_ABORT is ERRORS_ARE_FATAL.
extern MPI4CXX_API const Errhandler ERRHANDLER_NULL;
extern MPI4CXX_API const Errhandler ERRORS_RETURN;
extern MPI4CXX_API const Errhandler ERRORS_ABORT;
extern MPI4CXX_API const Errhandler ERRORS_ARE_FATAL;

}  // namespace MPI4CXX
