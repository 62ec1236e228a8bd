// The checksum of the bytes of a checkpoint.
#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace MPI4CXX::detail {

/// Returns the XXH64 of bytes, a public hash that is faster than memory. Numbers are read in the machine's own byte order.
inline std::uint64_t xxh64(std::span<const std::byte> bytes, std::uint64_t seed) noexcept {
    constexpr std::uint64_t prime1 = 0x9E3779B185EBCA87, prime2 = 0xC2B2AE3D27D4EB4F, prime3 = 0x165667B19E3779F9, prime4 = 0x85EBCA77C2B2AE63,
                            prime5 = 0x27D4EB2F165667C5;
    const std::byte* next = bytes.data();
    std::size_t left = bytes.size();
    const auto read = [&]<class Number>(Number number) {
        std::memcpy(&number, next, sizeof number);
        next += sizeof number;
        left -= sizeof number;
        return std::uint64_t{number};
    };
    const auto round = [](std::uint64_t sum, std::uint64_t input) { return std::rotl(sum + input * prime2, 31) * prime1; };

    std::uint64_t hash = seed + prime5;
    if (left >= 32) {
        std::uint64_t a = seed + prime1 + prime2, b = seed + prime2, c = seed, d = seed - prime1;
        while (left >= 32) {
            a = round(a, read(std::uint64_t{}));
            b = round(b, read(std::uint64_t{}));
            c = round(c, read(std::uint64_t{}));
            d = round(d, read(std::uint64_t{}));
        }
        hash = std::rotl(a, 1) + std::rotl(b, 7) + std::rotl(c, 12) + std::rotl(d, 18);
        for (const std::uint64_t sum : {a, b, c, d}) hash = (hash ^ round(0, sum)) * prime1 + prime4;
    }
    hash += bytes.size();
    while (left >= 8) hash = std::rotl(hash ^ round(0, read(std::uint64_t{})), 27) * prime1 + prime4;
    if (left >= 4)
        hash = std::rotl(hash ^ (read(std::uint32_t{}) * prime1), 23) * prime2 + prime3;
    while (left > 0) hash = std::rotl(hash ^ (read(std::uint8_t{}) * prime5), 11) * prime1;
    hash = (hash ^ (hash >> 33)) * prime2;
    hash = (hash ^ (hash >> 29)) * prime3;
    return hash ^ (hash >> 32);
}

}  // namespace MPI4CXX::detail
