// Tables that exist once on each node, for all its ranks: one that a rank has, and one that the ranks of a node fill together
//     MPI.Win.Allocate_shared(size if node.rank == 0 else 0, itemsize, comm=node), Shared_query(0), Sync, Barrier, Sync
#include <mpi4cxx/mpi4cxx.hpp>

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <stdexcept>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    constexpr std::size_t size = 100;

    std::vector<double> roots;
    if (comm.rank() == 0)
        for (std::size_t i = 0; i < size; ++i) roots.push_back(std::sqrt(static_cast<double>(i)));
    const auto table = MPI::share(comm, std::move(roots));  // read-only; the other ranks pass an empty vector

    MPI::SharedArray<double> products(comm, {size, size});
    const auto first = static_cast<std::size_t>(products.node().rank()), step = static_cast<std::size_t>(products.node().size());
    for (std::size_t i = first; i < size; i += step)  // each rank of the node has rows of its own
        for (std::size_t j = 0; j < size; ++j) products(i, j) = table[i] * table[j];
    products.sync();  // now all ranks of the node see all rows

    for (std::size_t i = 0; i < size; ++i)
        if (std::abs(products(i, i) - static_cast<double>(i)) > 1e-9)
            throw std::runtime_error("a row is missing");
    if (comm.rank() == 0)
        std::printf("%zu products for %zu ranks of this node\n", products.size(), step);
}
