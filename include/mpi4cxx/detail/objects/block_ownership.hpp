// Who owns a block that could be sent out of band: the object that is sent, or something that may be gone by then. Decided here, and only here.
#pragma once

#include <mpi4cxx/detail/objects/encoding.hpp>
#include <mpi4cxx/detail/objects/packing.hpp>
#include <mpi4cxx/output_archive.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace MPI4CXX::detail {

/// For its lifetime only this memory is known to stay where it is until it is sent, and what is owned by what lies there; nothing, where
/// nothing was known before.
class StableMemory {
public:
    StableMemory(Packing& packing, const void* begin, std::size_t size) noexcept : stable_(packing.stable_), before_(packing.stable_) {
        if (before_.size != 0)
            stable_ = {reinterpret_cast<std::uintptr_t>(begin), size};
    }
    /// All that was known before, if `part` belongs to it; else nothing.
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

/// What is saved of these is made for the purpose.
template <class T>
concept HasSaveMinimal =
    cereal::traits::has_member_save_minimal<T, OutputArchive>::value || cereal::traits::has_non_member_save_minimal<T, OutputArchive>::value ||
    cereal::traits::has_member_versioned_save_minimal<T, OutputArchive>::value ||
    cereal::traits::has_non_member_versioned_save_minimal<T, OutputArchive>::value;

/// What is known to stay while this object is saved by something else than the library's own walk through its parts.
template <class T> StableMemory stable_memory_of(Packing& packing, const T& object) {
    if constexpr (is_weak<T> || EncodedAs<T, Encoding::atomic> || HasSaveMinimal<T>)
        return StableMemory(packing, nullptr, 0);  // the last pointer to it may go, or what is saved is a copy
    else if constexpr (PolymorphicPointer<T>)
        return StableMemory(packing, dynamic_cast<const void*>(object.get()), 1);
    else
        return StableMemory(packing, &object, sizeof object);
}
/// A block of cereal's is not more than its own bytes.
template <class T> StableMemory stable_memory_of(Packing& packing, const cereal::BinaryData<T>& block) {
    return StableMemory(packing, block.data, packing.is_stable(block.data, block.size) ? block.size : 0);
}
/// What a function of the user's hands over is known to stay where it is part of the object that is being saved.
template <class T> StableMemory stable_memory_of_argument(Packing& packing, const T& argument) { return StableMemory(packing, &argument); }
/// Whether an object of this type cannot have blocks, or cereal comes back with what may have.
template <class T>
concept CannotHoldBlocks = CerealType<T> ||(FixedSize<T> && sizeof(T) < block_limit);

}  // namespace MPI4CXX::detail
