// The parts of Packing that are not inline: growing, out-of-band blocks, errors.
#include <mpi4cxx/detail/objects/packing.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace MPI4CXX::detail {

namespace {

/// Returns a number that is most likely another one after a change of the block: it is made of some of its words, the first and the last among them.
std::uint64_t fingerprint(const Block& block) noexcept {
    constexpr std::size_t words = 64;
    const std::size_t last = block.size - sizeof(std::uint64_t);
    std::uint64_t result = 0;
    for (std::size_t i = 0; i < words; ++i) {
        std::uint64_t word = 0;
        std::memcpy(&word, static_cast<const std::byte*>(block.data) + last / (words - 1) * i + (i == words - 1 ? last % (words - 1) : 0),
                    sizeof word);
        result = (result ^ word) * 0x9e3779b97f4a7c15u;
        result ^= result >> 32;
    }
    return result;
}

/// A container whose elements are a block.
struct Watched {
    const void* container;
    const void* (*elements_of)(const void*);
    Block block;
    std::uint64_t print;
    [[nodiscard]] bool has_changed() const { return elements_of(container) != block.data || fingerprint(block) != print; }
};

}  // namespace

struct Packing::OutOfBand {
    std::vector<Block> blocks;
    std::vector<Bytes> copies;
    std::vector<Watched> watched;
};

void Packing::Delete::operator()(OutOfBand* out_of_band) const noexcept { delete out_of_band; }

std::span<const Block> Packing::blocks() const noexcept { return out_of_band_ == nullptr ? std::span<const Block>() : out_of_band_->blocks; }

void Packing::grow(std::size_t more) {
    const std::size_t used = begin_ == nullptr ? sizeof(Envelope) : size();
    constexpr std::size_t padding = 16;  // what follows large data may have to be aligned, which must not take as much memory again
    Bytes memory = Bytes::at_least(std::max(used + more + padding, 2 * used));
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

void Packing::watch(const void* container, const void* (*elements_of)(const void*)) {
    const Block& block = out_of_band_->blocks.back();
    out_of_band_->watched.push_back({container, elements_of, block, fingerprint(block)});
}

std::size_t Packing::count_watched() const noexcept { return out_of_band_->watched.size(); }

void Packing::check_blocks(std::size_t number) {
    std::vector<Watched>& watched = out_of_band_->watched;
    if (std::any_of(watched.begin() + static_cast<std::ptrdiff_t>(number), watched.end(), [](const Watched& block) { return block.has_changed(); }))
        refuse(
            "a serialize has changed a container of 64 KiB or more that it had given to the archive: that is sent from where it lies, so give the "
            "archive a local copy, and change that");
    watched.resize(number);
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
    const std::string text =
        std::string(why) +
        "\nThe file that registers the type includes <mpi4cxx/polymorphic.hpp>, before it says so. A class with save and load "
        "whose base has serialize also needs CEREAL_SPECIALIZE_FOR_ALL_ARCHIVES(Class, cereal::specialization::member_load_save).";
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
