// What tests ask of requests and of their statuses.
#pragma once

#include "support.hpp"

/// Waits until the request is complete or has failed, and leaves it as it is.
inline void wait_until_over(const mpi4cxx::Request& request) {
    bool is_over = false;
    while (!is_over) is_over = !thrown<mpi4cxx::Exception>([&] { is_over = request.Get_status(); }).empty() || is_over;
}

inline bool is_empty(const mpi4cxx::Status& status) {
    return status.source() == mpi4cxx::ANY_SOURCE && status.tag() == mpi4cxx::ANY_TAG && status.count() == 0 && !status.Is_cancelled();
}
