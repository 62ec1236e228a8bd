// Datatype's packing, for the processes of a communicator or in an external representation.
#include <mpi4cxx/datatype.hpp>

#include <mpi4cxx/comm.hpp>

#include "handles/datatype_name.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace MPI4CXX {

using detail::call;
using detail::ConstMemoryRegion;
using detail::get;
using detail::MemoryRegion;

namespace {

/// Throws if the buffer `name` of `size` bytes has no room for `needed` bytes from `position`.
void check_room(Count size, const char* name, Count position, Count needed, detail::Caller caller) {
    if (position < 0 || position > size || needed > size - position)
        detail::misuse(caller, std::string(name) + " has " + std::to_string(size) + " bytes, which has no room for " + std::to_string(needed) +
                                   " from byte " + std::to_string(position));
}

/// Returns the size of `count` elements in external32, the one representation that there is. MPI takes other names for it.
Count external_size(const Datatype& type, const std::string& datarep, Count count, detail::Caller caller) {
    if (datarep != "external32")
        detail::misuse(caller, "datarep is \"" + datarep + "\", the only one is \"external32\" (MPI-4.0, 5.3)");
    return get<MPI_Pack_external_size>(datarep.c_str(), count, type.handle(), caller.at);
}

}  // namespace

// Without elements, the address may be null, which Open MPI refuses. So MPI is called only if there are elements.

Count Datatype::Pack(ConstMemoryRegion inbuf, MemoryRegion outbuf, Count position, const Comm& comm, At at) const {
    const Count count = elements_within(inbuf.bytes, "inbuf", at);
    check_room(outbuf.bytes, "outbuf", position, Pack_size(count, comm, at), at);
    if (count > 0)
        call<MPI_Pack>(inbuf.data, count, handle(), outbuf.data, outbuf.bytes, &position, comm.handle(), {at, comm.address()});
    return position;
}

void Datatype::pack(ConstMemoryRegion inbuf, const Comm& comm, detail::AnyVector packed, At at) const {
    const Count size = Pack_size(elements_within(inbuf.bytes, "inbuf", {at, "Pack"}), comm, at);
    auto* const to = packed.room<std::byte>(static_cast<std::size_t>(size));
    (void)packed(static_cast<std::size_t>(Pack(inbuf, {to, size}, 0, comm, at)));
}

Count Datatype::Unpack(ConstMemoryRegion inbuf, Count position, MemoryRegion outbuf, const Comm& comm, At at) const {
    const Count count = elements_within(outbuf.bytes, "outbuf", at);
    check_room(inbuf.bytes, "inbuf", position, Pack_size(count, comm, at), at);
    if (count > 0)
        call<MPI_Unpack>(inbuf.data, inbuf.bytes, &position, outbuf.data, count, handle(), comm.handle(), {at, comm.address()});
    return position;
}

Count Datatype::Pack_size(Count count, const Comm& comm, At at) const {
    if (count < 0)  // Open MPI 6 returns a negative size
        throw Exception(MPI_ERR_COUNT, "MPI_Pack_size", "the count is " + std::to_string(count), at);
    return get<MPI_Pack_size>(count, handle(), comm.handle(), {at, comm.address()});
}

Count Datatype::Pack_external(const std::string& datarep, ConstMemoryRegion inbuf, MemoryRegion outbuf, Count position, At at) const {
    const Count count = elements_within(inbuf.bytes, "inbuf", at);
    const Count size = external_size(*this, datarep, count, at);
    if (size < count * Get_size(at))
        detail::misuse(at, "elements of " + detail::datatype_name(handle()) + " have " + std::to_string(Get_size(at)) + " bytes, of which " +
                               datarep + " keeps " + std::to_string(size / count) + ": pack integers as the type of their width, such as INT64_T");
    check_room(outbuf.bytes, "outbuf", position, size, at);
    Aint end = position;
    if (count > 0)
        call<MPI_Pack_external>(datarep.c_str(), inbuf.data, count, handle(), outbuf.data, outbuf.bytes, &end, at);
    return end;
}

void Datatype::pack_external(const std::string& datarep, ConstMemoryRegion inbuf, detail::AnyVector packed, At at) const {
    const detail::Caller caller{at, "Pack_external"};
    const Count size = external_size(*this, datarep, elements_within(inbuf.bytes, "inbuf", caller), caller);
    auto* const to = packed.room<std::byte>(static_cast<std::size_t>(size));
    (void)packed(static_cast<std::size_t>(Pack_external(datarep, inbuf, {to, size}, 0, at)));
}

Count Datatype::Unpack_external(const std::string& datarep, ConstMemoryRegion inbuf, Count position, MemoryRegion outbuf, At at) const {
    const Count count = elements_within(outbuf.bytes, "outbuf", at);
    check_room(inbuf.bytes, "inbuf", position, external_size(*this, datarep, count, at), at);
    Aint end = position;
    if (count > 0)
        call<MPI_Unpack_external>(datarep.c_str(), inbuf.data, inbuf.bytes, &end, outbuf.data, count, handle(), at);
    return end;
}

Count Datatype::Pack_external_size(const std::string& datarep, Count count, At at) const { return external_size(*this, datarep, count, at); }

}  // namespace MPI4CXX
