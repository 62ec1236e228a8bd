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

/// What MPI does when a call fails (MPI-4.0, 9.3). Made by `Comm::Create_errhandler` and the like. Freeing is local. An object keeps a handler that
/// is set on it.
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

/// The error handler of a handle class (MPI-4.0, 9.3): Comm, Win, File, Session.
/// A call of this library throws an Exception if its MPI function returns an error, whatever the handler is, unless the handler has ended the job.
template <class Class> class MPI4CXX_API ErrorHandling {
public:
    /// Make an error handler from `f(owner, code)`, which may capture and is called for each error on every `owner` that it is set on. `f` may not
    /// call MPI, which is in a call already. `f` may not throw: that ends the job. At most 256 of these handlers can exist at once.
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

// Predefined error handlers (MPI-4.0, 9.3). ERRORS_RETURN returns the code, ERRORS_ABORT ends the processes of the communicator, ERRORS_ARE_FATAL
// ends all connected processes. In MPI-3 libraries and in MPICH 4.0, ERRORS_ABORT is ERRORS_ARE_FATAL.
extern MPI4CXX_API const Errhandler ERRHANDLER_NULL;
extern MPI4CXX_API const Errhandler ERRORS_RETURN;
extern MPI4CXX_API const Errhandler ERRORS_ABORT;
extern MPI4CXX_API const Errhandler ERRORS_ARE_FATAL;

}  // namespace MPI4CXX
