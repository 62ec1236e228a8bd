#pragma once

#include <mpi4cxx/detail/objects/packing.hpp>
#include <mpi4cxx/detail/objects/unpacking.hpp>

#include <cereal/cereal.hpp>

#include <cstdint>

namespace MPI4CXX {

class OutputArchive;

namespace detail {
template <class T> void save_any(OutputArchive& archive, const T& object);
template <class T> void save_user_argument(OutputArchive& archive, const T& object);
}  // namespace detail

/// Writes an object's bytes in the machine's own format.
class OutputArchive final : public cereal::OutputArchive<OutputArchive, cereal::AllowEmptyClassElision> {
    using Base = cereal::OutputArchive<OutputArchive, cereal::AllowEmptyClassElision>;

public:
    explicit OutputArchive(detail::Packing& to) : Base(this), to_(to), stack_end_(detail::stack_end()) {}
    [[nodiscard]] detail::Packing& packing() noexcept { return to_; }

    // These operators hide cereal's, so that types that the library writes in its own way are written in that way within a user's class too.
    template <class... T> OutputArchive& operator()(const T&... objects) {
        (detail::save_user_argument(*this, objects), ...);
        return *this;
    }
    template <class T> OutputArchive& operator&(const T& object) { return (*this)(object); }
    template <class T> OutputArchive& operator<<(const T& object) { return (*this)(object); }

    /// Writes any other object.
    template <class T> void save_by_cereal(const T& object) { Base::operator()(object); }

    /// Throws if objects are nested too deeply for the stack. Called for types that may contain objects of their own type.
    void check_depth() const {
        if (reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) < stack_end_) [[unlikely]]
            detail::Packing::refuse("objects are within objects, too many for the stack");
    }

private:
    detail::Packing& to_;
    std::uintptr_t stack_end_;
};

}  // namespace MPI4CXX
