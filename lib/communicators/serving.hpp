// Processes that serve a pool until MPI ends. They come to no collective call before, so what others own together with them is left until then.
#pragma once

#include <mpi4cxx/group.hpp>
#include <mpi4cxx/intracomm.hpp>

#include <atomic>

namespace MPI4CXX::detail {

/// Whether the other processes of COMM_WORLD serve a pool of this one until it finalizes MPI.
inline std::atomic<bool> others_serve = false;

/// Returns whether others of the processes of `object` do so, and come to free it only when MPI ends, if at all.
template <class T> bool is_left_to_finalize(const T& object) {
    return others_serve && Group::Intersection(object.Get_group({}), COMM_WORLD.Get_group({}), {}).Get_size({}) > 1;
}

}  // namespace MPI4CXX::detail
