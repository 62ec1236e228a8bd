#include "belongings.hpp"

namespace mpi4cxx::detail {

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
    return has_int_neighbor_alltoallw;
}

void keep_in(Copies& copies, Blocks& blocks, bool narrow) {
    if (blocks.ranks == 0)
        return lie_somewhere(blocks.counts, blocks.displs, narrow);
    copies.keep(blocks.counts, blocks.ranks, narrow);
    if (is_set(blocks.displs))
        copies.keep(blocks.displs, blocks.ranks, narrow);
}

void keep_in(Copies& copies, SendV& blocks, bool narrow) {
    keep_in(copies, static_cast<Blocks&>(blocks), narrow);
    copies.keep(blocks.strided);
}

void keep_in(Copies& copies, RecvV& blocks, bool narrow) {
    keep_in(copies, static_cast<Blocks&>(blocks), narrow);
    copies.keep(blocks.strided);
}

void keep_in(Copies& copies, SendW& blocks, bool narrow) {
    keep_in(copies, static_cast<Blocks&>(blocks), narrow);
    copies.keep(blocks.type, blocks.ranks);
}

void keep_in(Copies& copies, RecvW& blocks, bool narrow) {
    keep_in(copies, static_cast<Blocks&>(blocks), narrow);
    copies.keep(blocks.type, blocks.ranks);
}

void keep_in(Copies& copies, NeighborW& blocks, bool narrow) {
    if (blocks.ranks == 0) {
        Displs displs;  // which are wide already
        return lie_somewhere(blocks.counts, displs, narrow);
    }
    copies.keep(blocks.counts, blocks.ranks, narrow);
    copies.keep(blocks.displs, blocks.ranks);
    copies.keep(blocks.type, blocks.ranks);
}

}  // namespace mpi4cxx::detail
