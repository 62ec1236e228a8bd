// Raw pointers that own, in classes that are older than std::unique_ptr. mpi4cxx.hpp does not include this header.
#pragma once

#include <mpi4cxx/serialize.hpp>

#include <memory>
#include <utility>

namespace MPI4CXX {

/// What `owned` returns.
template <class T> class Owned {
public:
    explicit Owned(T*& pointer) noexcept : pointer_(pointer) {}

    template <class Archive> void save(Archive& archive) const {
        std::unique_ptr<T> lent(pointer_);
        const Back back(lent);
        archive(lent);
    }
    template <class Archive> void load(Archive& archive) {
        std::unique_ptr<T> made(std::exchange(pointer_, nullptr));
        archive(made);
        pointer_ = made.release();
    }

private:
    /// Takes the object from the std::unique_ptr again, even if an exception is thrown.
    struct Back {
        std::unique_ptr<T>& lent;
        explicit Back(std::unique_ptr<T>& from) : lent(from) {}
        Back(const Back&) = delete;
        Back& operator=(const Back&) = delete;
        ~Back() { (void)lent.release(); }
    };

    T*& pointer_;
};

/// Send a raw pointer with its object, in a `serialize`: `archive & owned(next);`.
/// The class owns the object, as if by a std::unique_ptr: a receive deletes the object that the pointer had, and makes another with `new`, or sets
/// the pointer to null. An object that two pointers point to would arrive twice: make these std::shared_ptr. A pointer to a base class needs
/// <mpi4cxx/polymorphic.hpp> too.
/// A class with a destructor that deletes the pointer must not be copied, or the object is deleted twice. Give it a move constructor that takes the
/// pointer, `Tree(Tree&& other) noexcept : child(std::exchange(other.child, nullptr)) {}`: then C++ makes no copies. Or receive it by recv_into or
/// irecv_into only, which fill an object in place.
template <class T> [[nodiscard]] Owned<T> owned(T*& pointer) noexcept { return Owned<T>(pointer); }

}  // namespace MPI4CXX
