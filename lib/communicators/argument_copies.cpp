#include "communicators/argument_copies.hpp"

#include <mpi4cxx/detail/mpi/platform.hpp>

namespace MPI4CXX::detail {

namespace {

bool is_set(const Displs& displs) { return displs.is_wide() || static_cast<const int*>(displs) != nullptr; }
bool is_int(MPI_Count value) { return value == static_cast<int>(value); }

}  // namespace

bool is_narrow(const Blocks& blocks) {
    for (std::size_t i = 0; i < blocks.ranks; ++i)
        if (!is_int(blocks.counts[i]) || (is_set(blocks.displs) && !is_int(blocks.displs[i])))
            return false;
    return true;
}

bool is_narrow(const NeighborW& blocks) {
    for (std::size_t i = 0; i < blocks.ranks; ++i)
        if (!is_int(blocks.counts[i]))
            return false;
    return has_int_neighbor_alltoallw();
}

void keep_in(ArgumentCopies& copies, Blocks& blocks, bool narrow) {
    if (blocks.ranks == 0)
        return lie_somewhere(blocks.counts, blocks.displs, narrow);
    copies.keep(blocks.counts, blocks.ranks, narrow);
    if (is_set(blocks.displs))
        copies.keep(blocks.displs, blocks.ranks, narrow);
}

void keep_in(ArgumentCopies& copies, SendV& blocks, bool narrow) {
    keep_in(copies, static_cast<Blocks&>(blocks), narrow);
    copies.keep(blocks.strided);
}

void keep_in(ArgumentCopies& copies, RecvV& blocks, bool narrow) {
    keep_in(copies, static_cast<Blocks&>(blocks), narrow);
    copies.keep(blocks.strided);
}

void keep_in(ArgumentCopies& copies, SendW& blocks, bool narrow) {
    keep_in(copies, static_cast<Blocks&>(blocks), narrow);
    copies.keep(blocks.type, blocks.ranks);
}

void keep_in(ArgumentCopies& copies, RecvW& blocks, bool narrow) {
    keep_in(copies, static_cast<Blocks&>(blocks), narrow);
    copies.keep(blocks.type, blocks.ranks);
}

void keep_in(ArgumentCopies& copies, NeighborW& blocks, bool narrow) {
    if (blocks.ranks == 0) {
        Displs displs;  // not used: the displacements are wide already
        return lie_somewhere(blocks.counts, displs, narrow);
    }
    copies.keep(blocks.counts, blocks.ranks, narrow);
    copies.keep(blocks.displs, blocks.ranks);
    copies.keep(blocks.type, blocks.ranks);
}

std::unique_ptr<ArgumentCopies> keep_packed(const Comm& comm, SendW& send, RecvW& recv, At at) {
    const Place place{at, comm.address()};
    std::vector<Count> sizes(recv.ranks);
    std::vector<Aint> places(recv.ranks);
    Count room = 0, end = 0;
    for (std::size_t i = 0; i < recv.ranks; ++i) room += get<MPI_Pack_size>(recv.counts[i], recv.type[i], comm.handle(), place);
    std::unique_ptr<std::byte[]> bytes(new std::byte[static_cast<std::size_t>(room)]);
    for (std::size_t i = 0; i < recv.ranks; ++i) {
        places[i] = static_cast<Aint>(end);
        const auto block = reinterpret_cast<Aint>(recv.data) + static_cast<Aint>(recv.displs[i]);  // the data may be BOTTOM
        call<MPI_Pack>(reinterpret_cast<const void*>(block), recv.counts[i], recv.type[i], bytes.get(), room, &end, comm.handle(), place);
        sizes[i] = end - places[i];
    }
    const std::vector<MPI_Datatype> packed(recv.ranks, MPI_PACKED);
    send.ranks = recv.ranks;
    send.counts = sizes.data();
    send.displs = places.data();
    send.type = packed.data();
    auto copies = keep(send, recv);
    send.data = copies->keep(std::move(bytes));
    return copies;
}

}  // namespace MPI4CXX::detail
