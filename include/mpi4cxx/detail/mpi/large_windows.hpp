// Large counts of one-sided calls, for every MPI: the int function is called for one piece after the other. MPICH 4.0's own large-count functions put
// and get wrong bytes, and Open MPI 4.1 crashes when it combines elements of a datatype that holds many.
#pragma once

#include <mpi4cxx/detail/mpi/large_count.hpp>

namespace MPI4CXX::detail {

/// The stand-in of a one-sided function for large counts. What has a request is complete but for the last piece when the call returns.
template <auto Fn, class F = decltype(Fn)> struct OneSided;
template <auto Fn, class Address, class... P> struct OneSided<Fn, int (*)(Address, int, MPI_Datatype, int, MPI_Aint, int, MPI_Datatype, P...)> {
    [[gnu::used]] MPI4CXX_API static int call(Address origin, MPI_Count count, MPI_Datatype type, int target_rank, MPI_Aint target_disp,
                                              MPI_Count target_count, MPI_Datatype target_type, P... rest);
};
template <auto Fn, class... P>
struct OneSided<Fn, int (*)(const void*, int, MPI_Datatype, void*, int, MPI_Datatype, int, MPI_Aint, int, MPI_Datatype, MPI_Op, P...)> {
    [[gnu::used]] MPI4CXX_API static int call(const void* origin, MPI_Count count, MPI_Datatype type, void* result, MPI_Count result_count,
                                              MPI_Datatype result_type, int target_rank, MPI_Aint target_disp, MPI_Count target_count,
                                              MPI_Datatype target_type, MPI_Op op, P... rest);
};
template <auto Fn> inline constexpr auto one_sided = &OneSided<Fn>::call;

inline constexpr auto put_in_pieces = one_sided<MPI_Put>;
inline constexpr auto get_in_pieces = one_sided<MPI_Get>;
inline constexpr auto accumulate_in_pieces = one_sided<MPI_Accumulate>;
inline constexpr auto get_accumulate_in_pieces = one_sided<MPI_Get_accumulate>;
inline constexpr auto rput_in_pieces = one_sided<MPI_Rput>;
inline constexpr auto rget_in_pieces = one_sided<MPI_Rget>;
inline constexpr auto raccumulate_in_pieces = one_sided<MPI_Raccumulate>;
inline constexpr auto rget_accumulate_in_pieces = one_sided<MPI_Rget_accumulate>;

}  // namespace MPI4CXX::detail
