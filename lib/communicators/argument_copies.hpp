// Copies of the arguments that MPI reads after a nonblocking or persistent call has returned.
#pragma once

#include <mpi4cxx/detail/requests/operation.hpp>
#include <mpi4cxx/op.hpp>

#include "communicators/plan.hpp"

#include <array>
#include <climits>
#include <cstddef>
#include <memory>
#include <vector>

namespace MPI4CXX::detail {

/// Copies of what MPI reads besides the buffers until a nonblocking call is complete, or as long as a persistent request lives.
class ArgumentCopies final : public RequestResources {
public:
    /// Copies `array` and points it to the copy.
    template <class T> void keep(const T*& array, std::size_t size) {
        array = copied(array, size, [](T value) { return value; });
    }
    /// Copies counts or displacements, as int if `narrow`, and points `lengths` to the copy.
    template <class Wide> void keep(Lengths<Wide>& lengths, std::size_t size, bool narrow) {
        if (narrow)
            lengths = copied(lengths, size, [](MPI_Count value) { return static_cast<int>(value); });
        else
            lengths = copied(lengths, size, [](MPI_Count value) { return static_cast<Wide>(value); });
    }
    const std::byte* keep(std::unique_ptr<std::byte[]> bytes) { return memory_.emplace_back(std::move(bytes)).get(); }
    /// Keeps the owner of a buffer's datatype or of a user's operation.
    void keep(std::shared_ptr<const void> owner) { owners_[number_of_owners_++] = std::move(owner); }
    [[nodiscard]] bool is_needed() const override { return true; }

private:
    template <class From, class F> auto copied(const From& from, std::size_t size, F convert) {
        using T = decltype(convert(from[0]));
        auto& memory = memory_.emplace_back(new std::byte[size * sizeof(T)]);
        T* const to = reinterpret_cast<T*>(memory.get());
        for (std::size_t i = 0; i < size; ++i) to[i] = convert(from[i]);
        return static_cast<const T*>(to);
    }

    std::vector<std::unique_ptr<std::byte[]>> memory_;
    std::array<std::shared_ptr<const void>, 3> owners_;  // two buffers and an operation
    std::size_t number_of_owners_ = 0;
};

// For each kind of argument: whether there is nothing to copy, whether the int function could take it, and how it is copied.

template <class Address> bool is_empty(const BufferParts<Address>& buf) { return buf.strided == nullptr; }
inline bool is_empty(const Op& op) { return op.is_plain(); }
inline bool is_empty(const Blocks& blocks) { return blocks.ranks == 0; }
inline bool is_empty(const NeighborW& blocks) { return blocks.ranks == 0; }

template <class Address> bool is_narrow(const BufferParts<Address>& buf) { return buf.count <= INT_MAX; }
inline bool is_narrow(const Op&) { return true; }
bool is_narrow(const Blocks& blocks);
bool is_narrow(const NeighborW& blocks);

template <class Address> void keep_in(ArgumentCopies& copies, const BufferParts<Address>& buf, bool) { copies.keep(buf.strided); }
inline void keep_in(ArgumentCopies& copies, const Op& op, bool) { copies.keep(op.user()); }
void keep_in(ArgumentCopies& copies, Blocks& blocks, bool narrow);
void keep_in(ArgumentCopies& copies, SendV& blocks, bool narrow);
void keep_in(ArgumentCopies& copies, RecvV& blocks, bool narrow);
void keep_in(ArgumentCopies& copies, SendW& blocks, bool narrow);
void keep_in(ArgumentCopies& copies, RecvW& blocks, bool narrow);
void keep_in(ArgumentCopies& copies, NeighborW& blocks, bool narrow);

/// Points the arguments of a call to copies, and returns these; null if there is nothing to copy.
template <class... Arguments> std::unique_ptr<ArgumentCopies> keep(Arguments&... arguments) {
    if ((is_empty(arguments) && ...))
        return nullptr;
    auto copies = std::make_unique<ArgumentCopies>();
    const bool narrow = (is_narrow(arguments) && ...);
    (keep_in(*copies, arguments, narrow), ...);
    return copies;
}

/// For a call in place: packs the blocks of `recv` into memory from which `send` is to send them, and copies the arguments as `keep` does.
std::unique_ptr<ArgumentCopies> keep_packed(const Comm& comm, SendW& send, RecvW& recv, At at);

}  // namespace MPI4CXX::detail
