// What kind of elements a datatype describes.
#pragma once

#include <mpi4cxx/op.hpp>

namespace MPI4CXX::detail {

/// Returns whether elements of `type` are floating-point numbers, real or complex.
bool is_floating(MPI_Datatype type);
/// Returns whether elements of `type` are the pairs of MINLOC and MAXLOC.
bool is_minloc_pair(MPI_Datatype type);
/// Throws std::invalid_argument if a predefined operation does not work on such elements. On MPICH 4.0 the target of a one-sided call would wait for
/// ever, or crash, and a collective call may end the job.
void check_operation(const Op& op, MPI_Datatype type, Caller caller);
/// Returns whether elements of one datatype make sense as those of the other. Bytes can be anything, and what MPI puts together is left to it.
bool are_exchangeable(MPI_Datatype one, MPI_Datatype other, At at);
/// Returns whether elements of both datatypes occupy the same bytes: they are one datatype, or made by the same constructors with the same arguments.
/// A buffer with gaps has a datatype of its own, so two buffers of the same memory have two.
bool have_same_layout(MPI_Datatype one, MPI_Datatype other, At at);

}  // namespace MPI4CXX::detail
