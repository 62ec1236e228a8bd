#pragma once

#include <mpi4cxx/detail/objects/unpacking.hpp>
#include <mpi4cxx/output_archive.hpp>

#include <cereal/cereal.hpp>

#include <cstdint>
#include <memory>
#include <type_traits>
#include <typeindex>
#include <unordered_map>

namespace MPI4CXX {

class InputArchive;

namespace detail {
template <class T> void load_any(InputArchive& archive, T& object);
/// The type of a temporary number or container, where `T&&` is the type of an argument. Other temporaries may refer to what is read.
template <class T>
concept IsLostValue = !std::is_reference_v<T> && (std::is_arithmetic_v<T> || std::is_enum_v<T> || requires { typename T::allocator_type; });
}  // namespace detail

/// Reads what an OutputArchive has written. Throws an Exception if the bytes cannot be that.
class InputArchive final : public cereal::InputArchive<InputArchive, cereal::AllowEmptyClassElision> {
    using Base = cereal::InputArchive<InputArchive, cereal::AllowEmptyClassElision>;

public:
    explicit InputArchive(detail::Unpacking& from) : Base(this), from_(from), stack_end_(detail::stack_end()) {}
    [[nodiscard]] detail::Unpacking& unpacking() noexcept { return from_; }

    // These operators hide cereal's, for the same reason as in OutputArchive.
    template <class... T> InputArchive& operator()(T&&... objects) {
        static_assert((!detail::IsLostValue<T> && ...),
                      "mpi4cxx: what is read here is lost, because it goes into a temporary: give the archive a member or a variable");
        (detail::load_any(*this, objects), ...);
        return *this;
    }
    template <class T> InputArchive& operator&(T&& object) { return (*this)(object); }
    template <class T> InputArchive& operator>>(T&& object) { return (*this)(object); }

    /// Reads any other object.
    template <class T> void load_by_cereal(T& object) { Base::operator()(object); }

    // These two functions hide cereal's, which would return a pointer as any type that the message asks for.
    template <class T> void registerSharedPointer(std::uint32_t id, const std::shared_ptr<T>& pointer) {
        pointers_.insert_or_assign(id & ~cereal::detail::msb_32bit, Pointer{pointer, typeid(T)});
    }
    [[nodiscard]] std::shared_ptr<void> getSharedPointer(std::uint32_t id) const {
        if (id == 0)
            return nullptr;
        const auto found = pointers_.find(id);
        if (found == pointers_.end() || found->second.type != wanted_)
            detail::Unpacking::corrupt(
                "a pointer is to nothing of its type, or two std::shared_ptr of different types are to one object or to its first "
                "member");
        return found->second.pointer;
    }
    /// Sets the type of the next pointer to an object that has been read before.
    void want(std::type_index type) noexcept { wanted_ = type; }
    /// Throws if objects are nested too deeply for the stack. Called for types that may contain objects of their own type.
    void check_depth() const {
        if (reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) < stack_end_) [[unlikely]]
            detail::Unpacking::corrupt("objects are within objects, too many for the stack");
    }

private:
    struct Pointer {
        std::shared_ptr<void> pointer;
        std::type_index type;
    };

    detail::Unpacking& from_;
    std::uintptr_t stack_end_;
    std::unordered_map<std::uint32_t, Pointer> pointers_;
    std::type_index wanted_ = typeid(void);
};

}  // namespace MPI4CXX

CEREAL_SETUP_ARCHIVE_TRAITS(mpi4cxx::InputArchive, mpi4cxx::OutputArchive)
