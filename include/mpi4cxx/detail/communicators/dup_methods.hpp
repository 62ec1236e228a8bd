// The methods that each class of communicators has in a form of its own, written once: those that wrap a handle, and those that make duplicates of
// its class.
#pragma once

#include <mpi4cxx/detail/requests/operation.hpp>
#include <mpi4cxx/handle.hpp>
#include <mpi4cxx/info.hpp>
#include <mpi4cxx/object_request.hpp>

#include <concepts>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

namespace MPI4CXX::detail {

/// The compiler's first error names this where a communicator is copied. For clang++ to name it too, the constructor that `C c = comm` calls is
/// unavailable there. The constructor that `C c(comm)` calls must be deleted: otherwise a class with a communicator as a member would count as one
/// that can be copied.
struct take_a_const_reference_or_make_a_duplicate_with_Dup {};
#ifdef __clang__
#define MPI4CXX_NO_COPY __attribute__((unavailable("take a const reference, or make a duplicate with Dup()")))
#else
#define MPI4CXX_NO_COPY = delete
#endif
/// A communicator of class `Class` or of one derived from it.
template <class C, class Class>
concept IsA = std::derived_from<std::remove_const_t<C>, Class>;

/// Makes the errors of a new communicator exceptions, and returns it.
MPI4CXX_API MPI_Comm owned(MPI_Comm raw, At at);
/// Returns a duplicate of the communicator of `where`.
MPI4CXX_API MPI_Comm duplicate(Place where);
MPI4CXX_API MPI_Comm duplicate(const Info& info, Place where);

/// The classes of communicators, as MPI tells them apart.
enum class CommClass : char { intracomm, intercomm, topocomm, cartcomm, graphcomm, distgraphcomm };

/// A new communicator that is being made. If nobody takes it, it is freed when it is complete.
class MPI4CXX_API PendingComm : public Operation {
public:
    enum class By : char { dup, shrink };
    PendingComm(By by, Place where);
    PendingComm(const Info& info, Place where);
    ~PendingComm() override;
    void advance() override;
    void finish(const Place& where) override;

protected:
    MPI_Comm comm_ = MPI_COMM_NULL;

private:
    MPI_Request request_ = MPI_REQUEST_NULL;
    int code_ = MPI_SUCCESS;
    bool from_outside_;  // whether the parent reaches outside COMM_WORLD
    std::string_view function_;
};

template <class Class> class PendingOf final : public PendingComm {
public:
    using PendingComm::PendingComm;
    void deliver(void* to) override { *static_cast<Class*>(to) = Class::take(std::exchange(comm_, MPI_COMM_NULL)); }
};

template <class Class, class... Args> ObjectRequest<Class> pending(const Args&... args) {
    return ObjectRequest<Class>(std::make_unique<PendingOf<Class>>(args...));
}

/// The methods of `Class` in its own form. They hide those of `Base`.
template <class Class, class Base> class DupMethods : public Base {
public:
    DupMethods() noexcept = default;
    /// Take over a communicator of this class or of one derived from it, topologies included. Another one is misuse, and stays where it is.
    explicit DupMethods(Comm&& comm, At at = {}) requires(!std::is_same_v<Class, Comm>) { this->take_over(comm, Class::comm_class, at); }
    /// Own `raw` and make its errors exceptions.
    static Class take(MPI_Comm raw, At at = {}) { return Class(owned(raw, at), Ownership::own); }
    /// Use `raw` and leave its error handler as it is.
    static Class borrow(MPI_Comm raw) noexcept { return Class(raw, Ownership::borrow); }
    static Class f2c(MPI_Fint handle) noexcept { return borrow(MPI_Comm_f2c(handle)); }

    /// Return a communicator of the same processes and topology, whose messages are its own. Calls MPI_Comm_dup (MPI-4.0, 7.4.2). Collective.
    [[nodiscard]] Class Dup(At at = {}) const { return Class::take(duplicate({at, this->address()}), at); }
    /// Return a duplicate with these hints in place of this communicator's. Calls MPI_Comm_dup_with_info (MPI-4.0, 7.4.2). Collective.
    [[nodiscard]] Class Dup(const Info& info, At at = {}) const { return Dup_with_info(info, at); }
    [[nodiscard]] Class Dup_with_info(const Info& info, At at = {}) const { return Class::take(duplicate(info, {at, this->address()}), at); }
    /// The same as Dup. Collective.
    [[nodiscard]] Class Clone(At at = {}) const { return Dup(at); }
    /// Start a Dup: `wait` and `test` return the duplicate. A duplicate that is dropped is freed when it is complete, on all processes.
    /// Calls MPI_Comm_idup (MPI-4.0, 7.4.2). Collective.
    [[nodiscard]] ObjectRequest<Class> Idup(At at = {}) const { return pending<Class>(PendingComm::By::dup, Place(at, this->address())); }
    /// Start a Dup with these hints. Calls MPI_Comm_idup_with_info (MPI-4.0, 7.4.2), which came with MPI-4. Collective.
    [[nodiscard]] ObjectRequest<Class> Idup(const Info& info, At at = {}) const { return Idup_with_info(info, at); }
    [[nodiscard]] ObjectRequest<Class> Idup_with_info(const Info& info, At at = {}) const { return pending<Class>(info, Place(at, this->address())); }

protected:
    using Base::Base;
};

}  // namespace MPI4CXX::detail
