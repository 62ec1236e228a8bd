// Memory for the bytes of objects, of which each thread keeps a few pieces for the next object.
#include <mpi4cxx/detail/objects/bytes.hpp>

#include <mpi4cxx/detail/mpi/huge_pages.hpp>
#include <mpi4cxx/detail/objects/unpacking.hpp>

#include "runtime/heap.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <new>

namespace MPI4CXX::detail {

namespace {

struct Piece {
    std::byte* data = nullptr;
    std::size_t capacity = 0;
};

/// The pieces that a thread keeps: at most eight, none so large that the rest of the program would miss it.
class SparePieces {
public:
    static constexpr std::size_t smallest = 256, first_doubled = 16 << 10, largest = 16 << 20;

    ~SparePieces() {
        gone = true;
        for (const Piece& piece : pieces_) ::operator delete(piece.data);
    }

    Piece take(std::size_t size) noexcept {
        for (Piece& piece : pieces_)
            if (piece.capacity >= size && piece.capacity / 4 <= size)
                return std::exchange(piece, Piece());
        return {};
    }
    [[nodiscard]] std::size_t largest_piece() const noexcept {
        return std::max_element(pieces_.begin(), pieces_.end(), [](Piece a, Piece b) { return a.capacity < b.capacity; })->capacity;
    }
    bool keep(Piece piece) noexcept {
        const auto place = std::min_element(pieces_.begin(), pieces_.end(), [](Piece a, Piece b) { return a.capacity < b.capacity; });
        if (place->capacity >= piece.capacity)
            return false;
        ::operator delete(place->data);
        *place = piece;
        return true;
    }

    static thread_local bool gone;  // static objects may free their bytes after the end of this object

private:
    std::array<Piece, 8> pieces_;
};

thread_local bool SparePieces::gone = false;
thread_local SparePieces spare;

/// Returns the capacity of a piece for `size` bytes. Many objects that come at once have a piece each, so small ones get little more than they need.
std::size_t rounded_up(std::size_t size) {
    return size < SparePieces::first_doubled ? (size + SparePieces::smallest - 1) / SparePieces::smallest * SparePieces::smallest
                                             : std::bit_ceil(size);
}

/// Returns new memory that will be kept.
std::byte* fresh(std::size_t size) {
    keep_freed_memory(size);
    return static_cast<std::byte*>(::operator new(size));
}

}  // namespace

Bytes Bytes::at_least(std::size_t size) { return Bytes(SparePieces::gone ? size : std::max(size, spare.largest_piece())); }

Bytes Bytes::claimed(std::size_t size) try { return Bytes(size); } catch (const std::bad_alloc&) {
    Unpacking::too_large(size);
}

Bytes::Bytes(std::size_t size) : size_(size) {
    if (size == 0)
        return;
    Piece piece;
    if (size <= SparePieces::largest && !SparePieces::gone)
        piece = spare.take(std::max(size, SparePieces::smallest));
    if (piece.data == nullptr) {
        const bool is_kept = size <= SparePieces::largest;
        piece.capacity = is_kept ? rounded_up(size) : size;
        piece.data = is_kept ? fresh(piece.capacity) : static_cast<std::byte*>(::operator new(piece.capacity));
        prefer_huge_pages(piece.data, piece.capacity);
    }
    data_ = piece.data;
    capacity_ = piece.capacity;
}

void Bytes::give_back() noexcept {
    if (capacity_ > SparePieces::largest || SparePieces::gone || !spare.keep({data_, capacity_}))
        ::operator delete(data_);
}

}  // namespace MPI4CXX::detail
