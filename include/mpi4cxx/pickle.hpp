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

/// The bytes of the object of this type that `dump` is; throws where it is none. `room` takes them if they do not lie as an object's do.
MPI4CXX_API std::span<const std::byte> object_bytes(std::span<const std::byte> dump, const ObjectType& type, Bytes& room, At at);

}  // namespace detail

/// Objects as bytes, as the lowercase methods send them: for files, or for uppercase methods. The bytes are this program's, on machines of
/// one kind: they tell the type, but no version of it.
class Pickle {
public:
    /// Return the bytes of an object.
    template <class T> [[nodiscard]] std::vector<std::byte> dumps(const T& object) const {
        detail::Packing packing(detail::Packing::Blocks::inside);
        detail::pack(object, packing);
        return {packing.data(), packing.data() + packing.size()};
    }
    /// Return the object that was written. Bytes that are no `T`, whatever they are, are an Exception of class ERR_TYPE.
    template <class T> [[nodiscard]] T loads(std::span<const std::byte> dump, At at = {}) const {
        detail::Bytes room;
        detail::Unpacking from(detail::object_bytes(dump, detail::object_type<T>, room, at));
        return detail::unpacked<T>(from);
    }
};

inline constexpr Pickle pickle{};  ///< The one that there is, by mpi4py's name.

}  // namespace MPI4CXX
