// Memory for objects of one class that come and go in large numbers.
#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include "runtime/heap.hpp"

#include <cstddef>
#include <new>

namespace MPI4CXX::detail {

/// Memory for objects of class T, of which each thread keeps at most `most` pieces for the next ones. glibc's malloc keeps seven of a size, and takes
/// ten times as long for the eighth.
template <class T, std::size_t most> class SpareMemory {
public:
    static void* take() {
        if (Piece* const piece = own.first; piece != nullptr) {
            own.first = piece->next;
            --own.number;
            return piece;
        }
        return make();
    }
    static void give_back(void* memory) noexcept {
        if (!own.are_freed) [[unlikely]]
            free_at_end();
        if (own.number == most) {
            --own.made;
            return ::operator delete(memory);
        }
        own.first = new (memory) Piece{own.first};
        ++own.number;
    }

private:
    struct Piece {
        Piece* next;
    };
    struct Pieces {
        Piece* first = nullptr;
        std::size_t number = 0;
        bool are_freed = false;  // when the thread ends
        std::ptrdiff_t made = 0, many = most;
    };
    /// Makes one more piece. Where there are more than ever before, they are likely to come again.
    [[gnu::noinline]] static void* make() {
        if (own.made >= own.many) {
            own.many = 2 * own.made;
            keep_freed_memory(static_cast<std::size_t>(own.many) * sizeof(T));
        }
        void* const memory = ::operator new(sizeof(T));
        ++own.made;
        return memory;
    }
    static void free_at_end() noexcept {
        struct End {
            ~End() {
                for (own.number = most; own.first != nullptr;) {  // objects that die later find the list full
                    Piece* const piece = own.first;
                    own.first = piece->next;
                    ::operator delete(piece);
                }
            }
        };
        static thread_local End end;
        own.are_freed = true;
    }

    static inline constinit thread_local Pieces own{};
    static_assert(sizeof(T) >= sizeof(Piece) && alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);
};

/// Memory of at most `limit` bytes, for objects whose sizes differ. Longer ones get memory of their own.
template <std::size_t limit, std::size_t most> struct MemoryUpTo {
    static void* take(std::size_t size) { return size <= limit ? SpareMemory<MemoryUpTo, most>::take() : ::operator new(size); }
    static void give_back(void* memory, std::size_t size) noexcept {
        if (size <= limit)
            SpareMemory<MemoryUpTo, most>::give_back(memory);
        else
            ::operator delete(memory);
    }

    std::byte bytes[limit];
};

}  // namespace MPI4CXX::detail
