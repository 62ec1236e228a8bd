// Objects as bytes: the compiled protocol behind the lowercase methods, whose templates only pack and unpack.
#pragma once

#include <mpi4cxx/detail/bytes.hpp>
#include <mpi4cxx/request.hpp>
#include <mpi4cxx/serialize.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace mpi4cxx::detail {

enum class SendMode : char { standard, synchronous, buffered };

/// A posted receive of an object.
class Receive : public Operation {
public:
    /// The bytes without envelope; nothing came where the source was PROC_NULL.
    [[nodiscard]] virtual std::optional<Bytes> take() = 0;
};

/// Several objects' bytes in a row.
struct Parts {
    Bytes bytes;
    std::vector<MPI_Count> sizes;
    std::vector<MPI_Aint> displs;
    [[nodiscard]] std::size_t size() const noexcept { return sizes.size(); }
    [[nodiscard]] std::span<const std::byte> operator[](std::size_t i) const noexcept {
        return {bytes.data() + displs[i], static_cast<std::size_t>(sizes[i])};
    }
};

// Point to point. `object` is what pack() returned.
MPI4CXX_API void send_object(const Comm& comm, SendMode mode, Bytes object, int dest, int tag, At at);
MPI4CXX_API std::unique_ptr<Operation> isend_object(const Comm& comm, SendMode mode, Bytes object, int dest, int tag, At at);
MPI4CXX_API std::optional<Bytes> recv_object(const Comm& comm, int source, int tag, Status* status, At at);
MPI4CXX_API std::unique_ptr<Receive> irecv_object(const Comm& comm, int source, int tag, At at);

// Collectives. What is returned has no envelopes. Where the number of objects is not the number of ranks, every rank throws.
MPI4CXX_API Bytes bcast_object(const Comm& comm, Bytes object, int root, At at);
MPI4CXX_API Bytes scatter_objects(const Comm& comm, const std::vector<Bytes>& objects, int root, At at);
MPI4CXX_API Parts gather_objects(const Comm& comm, const Bytes& object, int root, At at);
MPI4CXX_API Parts allgather_objects(const Comm& comm, const Bytes& object, At at);
MPI4CXX_API Parts alltoall_objects(const Comm& comm, const std::vector<Bytes>& objects, At at);

template <class T> std::vector<T> unpack_each(const Parts& parts) {
    std::vector<T> objects;
    objects.reserve(parts.size());
    for (std::size_t i = 0; i < parts.size(); ++i) objects.push_back(unpack<T>(parts[i]));
    return objects;
}

}  // namespace mpi4cxx::detail
