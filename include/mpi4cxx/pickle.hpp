#pragma once

#include <mpi4cxx/detail/objects/bytes.hpp>
#include <mpi4cxx/detail/objects/packing.hpp>
#include <mpi4cxx/detail/objects/unpacking.hpp>
#include <mpi4cxx/detail/runtime/type_name.hpp>
#include <mpi4cxx/serialize.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace MPI4CXX {

namespace detail {

/// Returns the bytes of the object of type `type` in `dump`. Throws an Exception if `dump` is not such an object. The bytes are copied to `room` if
/// they are not aligned as an object's bytes are.
MPI4CXX_API std::span<const std::byte> object_bytes(std::span<const std::byte> dump, const ObjectType& type, Bytes& room, At at);

}  // namespace detail

/// Objects as the bytes that the lowercase methods send, for files or for uppercase methods. The bytes are for the same program on machines of one
/// kind: they name the type, but not a version of the type.
class Pickle {
public:
    /// Return the bytes of an object.
    template <class T> [[nodiscard]] std::vector<std::byte> dumps(const T& object) const {
        detail::Packing packing(detail::Packing::Blocks::inside);
        detail::pack(object, packing);
        return {packing.data(), packing.data() + packing.size()};
    }
    /// Return the object that was written. Throws an Exception of class ERR_TYPE if the bytes are not a `T`, whatever they are.
    template <class T> [[nodiscard]] T loads(std::span<const std::byte> dump, At at = {}) const {
        detail::Bytes room;
        detail::Unpacking from(detail::object_bytes(dump, detail::object_type<T>, room, at));
        return detail::unpacked<T>(from);
    }
};

inline constexpr Pickle pickle{};  ///< The only Pickle, by mpi4py's name.

}  // namespace MPI4CXX
