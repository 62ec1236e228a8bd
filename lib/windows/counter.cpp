#include <mpi4cxx/counter.hpp>

#include <mpi4cxx/error.hpp>

#include "communicators/comparison.hpp"
#include "windows/shared_words.hpp"

#include <string>

namespace MPI4CXX::sync {

namespace {

Win make_window(const Intracomm& comm, Counter::value_type start, const Info& info, int root, At at) {
    const int size = comm.Get_size(at);
    detail::check_same(comm, root, "roots", {at, "sync::Counter"});
    if (root < 0 || root >= size)
        detail::misuse({at, "sync::Counter"}, "root " + std::to_string(root) + " of " + std::to_string(size) + " processes");
    return detail::open_window(comm, "sync::Counter", std::span<const Counter::value_type>(&start, 1), root, info, at);
}

}  // namespace

Counter::Counter(const Intracomm& comm, value_type start, value_type step, const Info& info, int root, At at)
    : root_(root), step_(step), win_(make_window(comm, start, info, root, at)) {}

void Counter::free(At at) {
    check_exists({at, "sync::Counter::free"});
    win_.Unlock_all(at);
    win_.Free(at);
}

}  // namespace MPI4CXX::sync
