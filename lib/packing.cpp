#include <mpi4cxx/detail/packing.hpp>

#include <algorithm>
#include <utility>

namespace mpi4cxx::detail {

void Packing::grow(std::size_t more) {
    const std::size_t used = begin_ == nullptr ? sizeof(Envelope) : size();
    Bytes memory = Bytes::at_least(std::max(used + more, 2 * used));
    if (begin_ != nullptr)
        std::memcpy(memory.data(), begin_, used);
    memory_ = std::move(memory);
    begin_ = memory_.data();
    cursor_ = begin_ + used;
    end_ = begin_ + memory_.size();
}

bool Packing::leave_beside(const void* from, std::size_t size) {
    const bool beside = distrusted_ == 0;
    put(beside);
    if (beside)
        blocks_.push_back({from, size});
    return beside;
}

void Packing::seal(std::uint64_t type) {
    for (const Block& block : blocks_) put(static_cast<std::uint64_t>(block.size));
    envelope() = {.blocks = static_cast<std::uint32_t>(blocks_.size()) & 0x7fffffff, .type = type, .length = size() - sizeof(Envelope)};
}

void Packing::own() {
    if (memory_.data() != nullptr)
        return;
    const std::size_t used = size();
    memory_ = Bytes(used);
    std::memcpy(memory_.data(), begin_, used);
    begin_ = memory_.data();
    cursor_ = end_ = begin_ + used;
}

void Packing::own_blocks() {
    for (Block& block : blocks_) {
        Bytes& copy = copies_.emplace_back(block.size);
        std::memcpy(copy.data(), block.data, block.size);
        block.data = copy.data();
    }
}

}  // namespace mpi4cxx::detail
