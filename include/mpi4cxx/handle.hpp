#pragma once

#include <mpi4cxx/detail/handles/handle_traits.hpp>
#include <mpi4cxx/detail/mpi/call.hpp>

#include <string_view>
#include <type_traits>
#include <utility>

namespace MPI4CXX {

namespace detail {

/// Who ends a handle. A `connection`, a communicator with processes of another COMM_WORLD, is owned too, and disconnected instead of freed: otherwise
/// their MPI_Finalize would wait for this process's.
enum class Ownership : char { borrow, own, connection };

/// Returns whether a destructor may free a handle: not before MPI starts and not after it ends. If freeing is collective, not while an exception
/// unwinds this process either, because the other processes are elsewhere.
MPI4CXX_API bool may_free(bool collective) noexcept;

/// Keeps a communicator that may not be freed now until all of its processes can agree to free it.
MPI4CXX_API void set_aside(MPI_Comm comm) noexcept;

/// Disconnects a communicator as Comm::Disconnect does. If the other side does not, MPI_Finalize does what it can.
MPI4CXX_API void end_connection(MPI_Comm comm) noexcept;

/// Throws an Exception because a handle is predefined: an MPI library might free the handle and break.
[[noreturn, gnu::cold]] MPI4CXX_API void refuse_free(std::string_view function, At at);

/// Returns the place of a call on `object`. Error messages name a communicator, a window or a file.
template <class Class> [[nodiscard]] Place place_of(const Class& object, At at) noexcept {
    if constexpr (std::is_base_of_v<Comm, Class>)
        return {at, object.address()};
    else if constexpr (requires { object.subject(); })
        return {at, object.subject()};
    else
        return {at};
}

}  // namespace detail

/// A move-only owner of one MPI handle, the base of every handle class.
/// `handle()` returns the raw handle, `take()` and `borrow()` of each class wrap a raw handle, `release()` gives it up. A taken handle is freed by
/// `Free()` or, at the latest, by the destructor. Borrowed and predefined handles are never freed.
template <class Class> class Handle {
    using traits = detail::handle_traits<Class>;

public:
    using raw_type = typename traits::raw_type;

    Handle(Handle&& other) noexcept
        : raw_(std::exchange(other.raw_, traits::null())), ownership_(std::exchange(other.ownership_, detail::Ownership::borrow)) {}
    Handle& operator=(Handle&& other) noexcept {
        if (this != &other) {
            discard();
            raw_ = std::exchange(other.raw_, traits::null());
            ownership_ = std::exchange(other.ownership_, detail::Ownership::borrow);
        }
        return *this;
    }

    /// The raw MPI handle, for calls that this library does not have.
    [[nodiscard]] raw_type handle() const noexcept { return raw_; }
    /// The address of the raw handle, valid as long as this object.
    [[nodiscard]] const raw_type* address() const noexcept { return &raw_; }
    /// Gives the raw handle to the caller, who frees it.
    [[nodiscard]] raw_type release() && noexcept {
        ownership_ = detail::Ownership::borrow;
        return std::exchange(raw_, traits::null());
    }
    [[nodiscard]] bool is_null() const noexcept { return raw_ == traits::null(); }
    explicit operator bool() const noexcept { return !is_null(); }
    /// Two handles are equal when they name the same MPI object.
    friend bool operator==(const Handle& a, const Handle& b) noexcept { return a.raw_ == b.raw_; }

protected:
    Handle() noexcept : raw_(traits::null()), ownership_(detail::Ownership::borrow) {}
    Handle(raw_type raw, detail::Ownership ownership) noexcept : raw_(raw), ownership_(ownership) {}
    ~Handle() { discard(); }

    /// Frees the handle by `Fn`, the class's own function or one like it.
    template <auto Fn = traits::free> void free(detail::Place where) {
        if constexpr (requires { traits::is_predefined(raw_); })
            if (ownership_ == detail::Ownership::borrow && traits::is_predefined(raw_))
                detail::refuse_free(detail::name_of<Fn>(), where.at());
        detail::call<Fn>(&raw_, where);
        raw_ = traits::null();  // MPI may leave a predefined handle as it was
        ownership_ = detail::Ownership::borrow;
    }

private:
    void discard() noexcept {
        if (ownership_ == detail::Ownership::borrow || raw_ == traits::null())
            return;
        if constexpr (std::is_same_v<Class, Comm>) {
            if (!detail::may_free(traits::collective))
                return detail::set_aside(raw_);
            if (ownership_ == detail::Ownership::connection)
                return detail::end_connection(raw_);
            traits::free(&raw_);
        } else if (detail::may_free(traits::collective)) {
            traits::free(&raw_);
        }
    }

    raw_type raw_;
    detail::Ownership ownership_;
};

}  // namespace MPI4CXX
