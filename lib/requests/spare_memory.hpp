// Memory for objects of one class that come and go in large numbers.
#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <cstddef>
#include <new>

namespace MPI4CXX::detail {

/// Memory for objects of class T, of which each thread keeps at most `most` pieces for the next ones. glibc's malloc keeps seven of a size, and takes
/// ten times as long for the eighth.
template <class T, std::size_t most> class SpareMemory {
public:
    static void* take() {
        if (Pieces& pieces = own(); pieces.first != nullptr) {
            Piece* const piece = pieces.first;
            pieces.first = piece->next;
            --pieces.number;
            return piece;
        }
        return ::operator new(sizeof(T));
    }
    static void give_back(void* memory) noexcept {
        Pieces& pieces = own();
        if (pieces.number == most)
            return ::operator delete(memory);
        pieces.first = new (memory) Piece{pieces.first};
        ++pieces.number;
    }

private:
    struct Piece {
        Piece* next;
    };
    struct Pieces {
        ~Pieces() {
            for (number = most; first != nullptr;) {  // objects that die later find the list full
                Piece* const piece = first;
                first = piece->next;
                ::operator delete(piece);
            }
        }
        Piece* first = nullptr;
        std::size_t number = 0;
    };
    static Pieces& own() noexcept {
        static thread_local Pieces pieces;
        return pieces;
    }
    static_assert(sizeof(T) >= sizeof(Piece) && alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);
};

/// Memory of at most `limit` bytes, for objects whose sizes differ.
struct SmallMemory {
    static constexpr std::size_t limit = 256;
    static void* take(std::size_t size) { return size <= limit ? SpareMemory<SmallMemory, 128>::take() : ::operator new(size); }
    static void give_back(void* memory, std::size_t size) noexcept {
        if (size <= limit)
            SpareMemory<SmallMemory, 128>::give_back(memory);
        else
            ::operator delete(memory);
    }

    std::byte bytes[limit];
};

}  // namespace MPI4CXX::detail
