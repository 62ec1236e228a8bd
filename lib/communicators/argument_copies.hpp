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

/// What MPI reads beside the buffers until a nonblocking call is complete, or as long as a persistent one lives: copies.
class ArgumentCopies final : public RequestResources {
public:
    /// Copies what an array holds, and lets it point there.
    template <class T> void keep(const T*& array, std::size_t size) {
        array = copied(array, size, [](T value) { return value; });
    }
    /// The same of counts or displacements, narrow if that is enough.
    template <class Wide> void keep(Lengths<Wide>& lengths, std::size_t size, bool narrow) {
        if (narrow)
            lengths = copied(lengths, size, [](MPI_Count value) { return static_cast<int>(value); });
        else
            lengths = copied(lengths, size, [](MPI_Count value) { return static_cast<Wide>(value); });
    }
    const std::byte* keep(std::unique_ptr<std::byte[]> bytes) { return memory_.emplace_back(std::move(bytes)).get(); }
    /// What owns the datatype of a buffer, or a user's operation.
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

// What an argument of a call gives to be copies, and whether it could be told to the int function.

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

/// Lets the arguments of a call point to copies; null where there is nothing to copy.
template <class... Arguments> std::unique_ptr<ArgumentCopies> keep(Arguments&... arguments) {
    if ((is_empty(arguments) && ...))
        return nullptr;
    auto copies = std::make_unique<ArgumentCopies>();
    const bool narrow = (is_narrow(arguments) && ...);
    (keep_in(*copies, arguments, narrow), ...);
    return copies;
}

/// The same of a call in place that is to send the blocks of `recv` from memory of its own.
std::unique_ptr<ArgumentCopies> keep_packed(const Comm& comm, SendW& send, RecvW& recv, At at);

}  // namespace MPI4CXX::detail
