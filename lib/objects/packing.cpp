// The parts of Packing that are not inline: growing, out-of-band blocks, errors.
#include <mpi4cxx/detail/objects/packing.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace MPI4CXX::detail {

struct Packing::OutOfBand {
    std::vector<Block> blocks;
    std::vector<Bytes> copies;
};

void Packing::Delete::operator()(OutOfBand* out_of_band) const noexcept { delete out_of_band; }

std::span<const Block> Packing::blocks() const noexcept { return out_of_band_ == nullptr ? std::span<const Block>() : out_of_band_->blocks; }

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

bool Packing::leave_out_of_band(const void* from, std::size_t size) {
    const bool out_of_band = stable_.size != 0;
    put(out_of_band);
    if (out_of_band && out_of_band_ == nullptr)
        out_of_band_.reset(new OutOfBand);
    if (out_of_band)
        out_of_band_->blocks.push_back({from, size});
    return out_of_band;
}

void Packing::put_many_elements(const void* from, std::size_t n, std::size_t length, std::size_t alignment) {
    put_size(n);
    put_block(from, length, alignment);
}

std::uint32_t Packing::put_block_sizes() {
    for (const Block& block : out_of_band_->blocks) put(static_cast<std::uint64_t>(block.size));
    return static_cast<std::uint32_t>(out_of_band_->blocks.size());
}

void Packing::refuse(const char* why) { throw std::invalid_argument(std::string("mpi4cxx: ") + why); }
void Packing::refuse_hierarchy(const char* why) {
    const std::string text = std::string(why) + "\nThe file that registers the type includes <mpi4cxx/polymorphic.hpp>, before it says so.";
    refuse(text.c_str());
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

void Packing::copy_blocks() {
    if (out_of_band_ == nullptr)
        return;
    for (Block& block : out_of_band_->blocks) {
        Bytes& copy = out_of_band_->copies.emplace_back(block.size);
        std::memcpy(copy.data(), block.data, block.size);
        block.data = copy.data();
    }
}

}  // namespace MPI4CXX::detail
