// What the large-count variants share: datatypes that are made for one call, calls of MPI functions in order, and parts of buffers.
#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <cstdint>

namespace MPI4CXX::detail {

/// Calls the steps in order until one fails, and returns the code of the last step called.
template <class... Step> int in_order(Step... steps) {
    int code = MPI_SUCCESS;
    (void)(((code = steps()) == MPI_SUCCESS) && ...);
    return code;
}

/// A datatype that is freed at the end of a call. Communication that has begun goes on when its datatype is freed (MPI-3.1, 4.1.9).
class Temporary {
public:
    Temporary() noexcept = default;
    Temporary(const Temporary&) = delete;
    Temporary& operator=(const Temporary&) = delete;
    ~Temporary() {
        if (type_ != MPI_DATATYPE_NULL)
            MPI_Type_free(&type_);
    }
    MPI_Datatype* operator&() noexcept { return &type_; }
    operator MPI_Datatype() const noexcept { return type_; }

private:
    MPI_Datatype type_ = MPI_DATATYPE_NULL;
};

/// Returns `address` advanced by `bytes`. The address may be null: it may be insignificant, or the bottom of memory.
template <class Pointer> Pointer advanced(Pointer address, MPI_Aint bytes) {
    return address == MPI_IN_PLACE ? address : reinterpret_cast<Pointer>(reinterpret_cast<std::intptr_t>(address) + bytes);
}

}  // namespace MPI4CXX::detail
