// Checks the bytes that pickle.loads reads.
#include <mpi4cxx/pickle.hpp>

#include <mpi4cxx/detail/objects/envelope.hpp>
#include <mpi4cxx/error.hpp>

#include <cstdint>
#include <cstring>
#include <string>

namespace MPI4CXX::detail {

std::span<const std::byte> object_bytes(std::span<const std::byte> dump, const ObjectType& type, Bytes& room, At at) {
    Envelope envelope;
    const bool is_long = dump.size() >= sizeof envelope;
    if (is_long)
        std::memcpy(&envelope, dump.data(), sizeof envelope);
    if (!is_long || envelope.magic != Envelope::mark || envelope.blocks != 0 || envelope.length != dump.size() - sizeof envelope)
        throw Exception(MPI_ERR_TYPE, "loads", "these " + std::to_string(dump.size()) + " bytes are no object", at);
    if (envelope.type != type.hash)
        throw type.mismatch("loads", envelope.type, at);
    dump = dump.subspan(sizeof envelope);
    if (reinterpret_cast<std::uintptr_t>(dump.data()) % 16 == 0)
        return dump;
    room = Bytes(dump.size());
    copy_bytes(room.data(), dump.data(), dump.size());
    return room;
}

}  // namespace MPI4CXX::detail
