#include <mpi4cxx/detail/object.hpp>

#include <mpi4cxx/comm.hpp>

#include "plan.hpp"

#include <string>

// Collectives of objects move sizes, then bytes. A size of -1 says that its process has the wrong number of objects: so
// all learn of it where they would otherwise wait for bytes that never come.

namespace mpi4cxx::detail {

namespace {

constexpr Count wrong = -1;

/// The objects of a list without their envelopes, one after the other.
Bytes join(const std::vector<Bytes>& objects) {
    std::size_t size = 0;
    for (const Bytes& object : objects) size += object.size() - sizeof(Envelope);
    Bytes joined(size);
    std::byte* to = joined.data();
    for (const Bytes& object : objects) {
        std::memcpy(to, object.data() + sizeof(Envelope), object.size() - sizeof(Envelope));
        to += object.size() - sizeof(Envelope);
    }
    return joined;
}

Count payload_size(const Bytes& object) { return static_cast<Count>(object.size() - sizeof(Envelope)); }

std::vector<Count> payload_sizes(const std::vector<Bytes>& objects, std::size_t processes) {
    if (objects.size() != processes)
        return std::vector<Count>(processes, wrong);
    std::vector<Count> sizes;
    for (const Bytes& object : objects) sizes.push_back(payload_size(object));
    return sizes;
}

std::vector<Aint> packed(const std::vector<Count>& sizes) {
    std::vector<Aint> displs(sizes.size());
    Aint end = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        displs[i] = end;
        end += sizes[i];
    }
    return displs;
}

Parts room_for(std::vector<Count> sizes) {
    Parts parts;
    parts.displs = packed(sizes);
    parts.bytes = Bytes(total(sizes));
    parts.sizes = std::move(sizes);
    return parts;
}

[[noreturn]] void wrong_number(Caller caller, std::size_t objects, std::size_t processes, bool here) {
    misuse(caller, here ? std::to_string(objects) + " objects for " + std::to_string(processes) + " processes"
                        : "another process gave a number of objects that is not the number of processes");
}

}  // namespace

Bytes bcast_object(const Comm& comm, Bytes object, int root, At at) {
    const bool here = is_root(comm, root, at);
    Count size = here ? payload_size(object) : 0;
    comm.Bcast(size, root, at);
    Bytes payload = here ? Bytes() : Bytes(static_cast<std::size_t>(size));
    comm.Bcast({here ? object.data() + sizeof(Envelope) : payload.data(), size}, root, at);
    if (here) {
        payload = Bytes(static_cast<std::size_t>(size));
        std::memcpy(payload.data(), object.data() + sizeof(Envelope), payload.size());
    }
    return payload;
}

Bytes scatter_objects(const Comm& comm, const std::vector<Bytes>& objects, int root, At at) {
    const bool here = is_root(comm, root, at);
    const auto processes = static_cast<std::size_t>(peers(comm, at));
    std::vector<Count> sizes;
    if (here)
        sizes = payload_sizes(objects, processes);
    Count size = 0;
    comm.Scatter(sizes, size, root, at);
    if (size == wrong)
        wrong_number({at, "scatter"}, objects.size(), processes, here);
    const Bytes joined = here ? join(objects) : Bytes();
    Bytes payload(static_cast<std::size_t>(size));
    comm.Scatterv({{joined.data(), static_cast<Count>(joined.size())}, sizes, packed(sizes)}, {payload.data(), size}, root, at);
    return payload;
}

Parts gather_objects(const Comm& comm, const Bytes& object, int root, At at) {
    const Count size = payload_size(object);
    std::vector<Count> sizes(is_root(comm, root, at) ? static_cast<std::size_t>(peers(comm, at)) : 0);
    comm.Gather(size, sizes, root, at);
    Parts parts = room_for(std::move(sizes));
    comm.Gatherv({object.data() + sizeof(Envelope), size}, {{parts.bytes.data(), static_cast<Count>(parts.bytes.size())}, parts.sizes, parts.displs},
                 root, at);
    return parts;
}

Parts allgather_objects(const Comm& comm, const Bytes& object, At at) {
    const Count size = payload_size(object);
    std::vector<Count> sizes(static_cast<std::size_t>(peers(comm, at)));
    comm.Allgather(size, sizes, at);
    Parts parts = room_for(std::move(sizes));
    comm.Allgatherv({object.data() + sizeof(Envelope), size},
                    {{parts.bytes.data(), static_cast<Count>(parts.bytes.size())}, parts.sizes, parts.displs}, at);
    return parts;
}

Parts alltoall_objects(const Comm& comm, const std::vector<Bytes>& objects, At at) {
    const auto processes = static_cast<std::size_t>(peers(comm, at));
    const std::vector<Count> sent = payload_sizes(objects, processes);
    std::vector<Count> sizes(processes);
    comm.Alltoall(sent, sizes, at);
    for (const Count size : sizes)
        if (size == wrong)
            wrong_number({at, "alltoall"}, objects.size(), processes, objects.size() != processes);
    Parts parts = room_for(std::move(sizes));
    const Bytes joined = join(objects);
    comm.Alltoallv({{joined.data(), static_cast<Count>(joined.size())}, sent, packed(sent)},
                   {{parts.bytes.data(), static_cast<Count>(parts.bytes.size())}, parts.sizes, parts.displs}, at);
    return parts;
}

}  // namespace mpi4cxx::detail
