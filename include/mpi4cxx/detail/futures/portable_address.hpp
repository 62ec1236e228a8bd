#pragma once

#include <mpi4cxx/detail/futures/packed_value.hpp>

#include <cstddef>
#include <cstdint>

namespace MPI4CXX::futures::detail {

// Every process of a pool runs the same program, but each has it at another address. What is at the same place in the same
// module (the program, or a shared library) is the same function, so its place travels: 24 bits of the module's
// fingerprint (0 for the program itself) and 40 bits of the offset.

/// The place of a function, or of a constant, of this program.
[[nodiscard]] MPI4CXX_API std::uint64_t portable_address(const void* address);
/// What is there in this process; throws where the module is not loaded here, or is another one, or does not reach so far.
[[nodiscard]] MPI4CXX_API const void* local_address(std::uint64_t code);

/// Writes the place of a function, and a hash of that.
MPI4CXX_API void put_function(Packing& to, const void* function);
/// Reads one; throws where these bytes are not what put_function() has written, or there is no code.
[[nodiscard]] MPI4CXX_API const void* get_function(Unpacking& from);
/// A hash of the program's machine code, by which processes see whether they run the same program.
[[nodiscard]] MPI4CXX_API std::uint64_t program_fingerprint();

/// Throws std::invalid_argument where the `size` bytes at `object`, captures that may be pointers, hold an address of this thread's
/// stack or of a module, which leads nowhere in another process. Unless they are `likely` pointers, small numbers are no addresses: those
/// of a program that is not relocated are the same in all processes.
MPI4CXX_API void check_captures(const void* object, std::size_t size, bool likely);

}  // namespace MPI4CXX::futures::detail
