// Addresses of functions and constants in a form that is the same in every process of a pool.
#pragma once

#include <mpi4cxx/detail/futures/packed_value.hpp>

#include <cstddef>
#include <cstdint>

namespace MPI4CXX::futures::detail {

// Portable addresses of functions and constants. Every process of a pool runs the same program, but maps it at a different address. The same
// offset in the same module (the program or a shared library) is the same function. So the position is sent: 24 bits of the module's fingerprint (0
// for the program itself) and 40 bits of the offset.

/// Returns the portable address of a function or a constant of this program.
[[nodiscard]] MPI4CXX_API std::uint64_t portable_address(const void* address);
/// Returns the address in this process. Throws if the module is not loaded here, has a different version, or is too small.
[[nodiscard]] MPI4CXX_API const void* local_address(std::uint64_t code);

/// Writes the portable address of a function, and a hash of that address.
MPI4CXX_API void put_function(Packing& to, const void* function);
/// Reads a function. Throws if the bytes were not written by put_function(), or if there is no code at the address.
[[nodiscard]] MPI4CXX_API const void* get_function(Unpacking& from);
/// Returns a hash of the program's machine code, by which processes check that they run the same program.
[[nodiscard]] MPI4CXX_API std::uint64_t program_fingerprint();

/// Throws std::invalid_argument if the `size` bytes at `object`, captures that may be pointers, hold an address in this thread's stack or in a
/// module, which means nothing in another process. Unless the captures are `likely` pointers, small numbers are not taken for addresses: addresses in
/// a program that is not relocated are the same in all processes.
MPI4CXX_API void check_captures(const void* object, std::size_t size, bool likely);

}  // namespace MPI4CXX::futures::detail
