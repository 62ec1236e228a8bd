// Decides who owns the memory of a block: the object that is sent, so that the block can be sent from there, or something that may be destroyed
// earlier, so that the block is copied. This is the only place that decides it.
#pragma once

#include <mpi4cxx/detail/objects/encoding.hpp>
#include <mpi4cxx/detail/objects/packing.hpp>
#include <mpi4cxx/output_archive.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace MPI4CXX::detail {

/// Restricts, for its lifetime, the memory that a Packing takes to be stable: memory that stays unchanged until it is sent. Where no memory was
/// stable before, none is.
class StableMemory {
public:
    /// Only these bytes are stable, and what their objects own.
    StableMemory(Packing& packing, const void* begin, std::size_t size) noexcept : stable_(packing.stable_), before_(packing.stable_) {
        if (before_.size != 0)
            stable_ = {reinterpret_cast<std::uintptr_t>(begin), size};
    }
    /// What was stable before is still stable.
    explicit StableMemory(Packing& packing) noexcept : stable_(packing.stable_), before_(packing.stable_) {}
    /// What was stable before is still stable if `part` lies in it; otherwise no memory is.
    StableMemory(Packing& packing, const void* part) noexcept : stable_(packing.stable_), before_(packing.stable_) {
        if (!packing.is_stable(part))
            stable_.size = 0;
    }
    ~StableMemory() { stable_ = before_; }
    StableMemory(const StableMemory&) = delete;
    StableMemory& operator=(const StableMemory&) = delete;

private:
    Packing::Range& stable_;
    const Packing::Range before_;
};

/// A class with a save_minimal, which returns a temporary.
template <class T>
concept HasSaveMinimal =
    cereal::traits::has_member_save_minimal<T, OutputArchive>::value || cereal::traits::has_non_member_save_minimal<T, OutputArchive>::value ||
    cereal::traits::has_member_versioned_save_minimal<T, OutputArchive>::value ||
    cereal::traits::has_non_member_versioned_save_minimal<T, OutputArchive>::value;

/// Returns the memory that is stable while that is saved to which a pointer points, if what owns the pointer is stable.
template <class T> StableMemory stable_memory_behind(Packing& packing, const T& pointer) {
    if constexpr (PolymorphicPointer<T>)
        return StableMemory(packing, dynamic_cast<const void*>(pointer.get()), 1);
    else
        return StableMemory(packing);
}

/// Returns the memory that is stable while `object` is saved by a function of the user's or of cereal's, or through a pointer or a copy.
template <class T> StableMemory stable_memory_of(Packing& packing, const T& object) {
    if constexpr (is_weak<T> || EncodedAs<T, Encoding::atomic> || HasSaveMinimal<T>)
        return StableMemory(packing, nullptr, 0);  // a copy is saved, or an object that only a temporary pointer keeps
    else if constexpr (is_shared<T>)
        return packing.owns_object() ? StableMemory(packing, nullptr, 0) : stable_memory_behind(packing, object);
    else if constexpr (PolymorphicPointer<T>)
        return stable_memory_behind(packing, object);
    else
        return StableMemory(packing, &object, sizeof object);
}
/// Returns the memory that is stable while the bytes of a cereal::BinaryData are saved: these bytes, if they were stable before.
template <class T> StableMemory stable_memory_of(Packing& packing, const cereal::BinaryData<T>& block) {
    return StableMemory(packing, block.data, packing.is_stable(block.data, block.size) ? block.size : 0);
}
/// Returns the memory that is stable while an argument that a user's function passes to the archive is saved: what was stable before, if the argument
/// is part of the object that is being saved; otherwise none.
template <class T> StableMemory stable_memory_of_argument(Packing& packing, const T& argument) { return StableMemory(packing, &argument); }
/// A type whose objects have no blocks, or a type of cereal's, which passes what may have blocks to the archive again.
template <class T>
concept CannotHoldBlocks = CerealType<T> ||(FixedSize<T> && sizeof(T) < block_limit);

}  // namespace MPI4CXX::detail
