// Large counts for an MPI-3, which knows only int. Under the names of MPI-4's large-count functions, this header declares stand-ins that call the int
// functions, or that report that the count is not supported.
#pragma once

#include <mpi4cxx/detail/mpi/missing_functions.hpp>
#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <climits>

#if MPI_VERSION < 4
#include <cstddef>
#include <type_traits>
#include <utility>
#endif

namespace MPI4CXX::detail {

/// The largest count that a stand-in passes to an int function. Tests of the stand-ins lower it. It has no effect if the MPI has large counts itself.
inline MPI4CXX_API MPI_Count most_elements = INT_MAX;

#if MPI_VERSION < 4

static_assert(!std::is_same_v<MPI_Datatype, int>, "mpi4cxx: of MPI-3 libraries, only those whose datatypes are pointers are supported");

// The stand-ins are only declared here and compiled in lib/mpi/large_count.cpp. Otherwise every program would compile them all.

/// Finds the number of blocks on each side of a v call.
MPI4CXX_API int block_count(MPI_Comm comm, bool, std::size_t& result);
/// Finds the number of blocks on the sending or the receiving side of a call among neighbours.
MPI4CXX_API int neighbor_count(MPI_Comm comm, bool sends, std::size_t& result);

/// What the parameters of an int function mean to its stand-in, found from their types: `int, MPI_Datatype` is a count,
/// `const int*, const int*, MPI_Datatype` are counts and displacements, `const int*, MPI_Datatype` are counts alone.
/// Counts and displacements may be followed by one datatype or by one per block.
template <class... P> struct Roles {
    enum Kind : char { other, integer, integers, addresses, datatype, datatypes };
    template <class T> static consteval Kind kind() {
        return std::is_same_v<T, int>                   ? integer
               : std::is_same_v<T, const int*>          ? integers
               : std::is_same_v<T, const MPI_Aint*>     ? addresses
               : std::is_same_v<T, MPI_Datatype>        ? datatype
               : std::is_same_v<T, const MPI_Datatype*> ? datatypes
                                                        : other;
    }
    static constexpr Kind kinds[sizeof...(P) + 2] = {kind<P>()..., other, other};

    static constexpr bool counts_and_displs(std::size_t i) {
        return kinds[i] == integers && kinds[i + 1] == integers && (kinds[i + 2] == datatype || kinds[i + 2] == datatypes);
    }
    static constexpr bool displs(std::size_t i) { return i > 0 && counts_and_displs(i - 1); }
    static constexpr bool counts(std::size_t i) {
        return counts_and_displs(i) || (!displs(i) && kinds[i] == integers && (kinds[i + 1] == datatype || kinds[i + 1] == addresses));
    }
    static constexpr bool count(std::size_t i) { return kinds[i] == integer && kinds[i + 1] == datatype; }
    /// Returns how many parameters before datatype `i` its counts stand; 0 if parameter `i` is not the datatype of counts.
    static constexpr std::size_t type_of(std::size_t i) {
        return i == 0 || kinds[i] != datatype ? 0 : count(i - 1) || counts(i - 1) ? 1 : displs(i - 1) ? 2 : 0;
    }
    /// The type of parameter `I` in the stand-in, where the int function has a `T`.
    template <std::size_t I, class T> using wide =
        std::conditional_t<count(I), MPI_Count, std::conditional_t<counts(I), const MPI_Count*, std::conditional_t<displs(I), const MPI_Aint*, T>>>;
};

template <class F> struct indices_of;
template <class... P> struct indices_of<int (*)(P...)> { using type = std::index_sequence_for<P...>; };

// Each function says that it is exported, because clang++ hides the members of a class template with hidden arguments.

/// The stand-in that counts larger elements, or passes one element of a datatype that holds many.
template <auto Fn, auto BlockCount = &block_count, class F = decltype(Fn), class = typename indices_of<F>::type> struct Narrowed;
template <auto Fn, auto BlockCount, class... P, std::size_t... I> struct Narrowed<Fn, BlockCount, int (*)(P...), std::index_sequence<I...>> {
    [[gnu::used]] MPI4CXX_API static int call(typename Roles<P...>::template wide<I, P>... args);
};
template <auto Fn> inline constexpr auto narrowed = &Narrowed<Fn>::call;
template <auto Fn> inline constexpr auto narrowed_among_neighbors = &Narrowed<Fn, &neighbor_count>::call;

/// The stand-in that reports that a large count is not supported.
template <auto Fn, class F = decltype(Fn), class = typename indices_of<F>::type> struct Refused;
template <auto Fn, class... P, std::size_t... I> struct Refused<Fn, int (*)(P...), std::index_sequence<I...>> {
    [[gnu::used]] MPI4CXX_API static int call(typename Roles<P...>::template wide<I, P>...);
};
template <auto Fn> inline constexpr auto refused = &Refused<Fn>::call;

/// The stand-in that sends the same larger elements as it receives. Open MPI chooses the algorithm from the size of the sent elements and the counts
/// of the received ones, and all processes have to choose the same one.
template <auto Fn, class F = decltype(Fn)> struct Alike;
template <auto Fn, class... P>
struct Alike<Fn, int (*)(const void*, int, MPI_Datatype, void*, const int*, const int*, MPI_Datatype, MPI_Comm, P...)> {
    [[gnu::used]] MPI4CXX_API static int call(const void* send, MPI_Count count, MPI_Datatype type, void* recv, const MPI_Count* counts,
                                              const MPI_Aint* displs, MPI_Datatype recvtype, MPI_Comm comm, P... rest);
};
template <auto Fn> inline constexpr auto alike = &Alike<Fn>::call;

/// The stand-in for calls whose blocks have a datatype each: a large block becomes one element of a datatype that holds all of it, at its place.
/// `Displ` is the type of the int function's displacements.
template <auto Fn, class F = decltype(Fn)> struct Typed;
template <auto Fn, class Displ, class... P> struct Typed<Fn, int (*)(const void*, const int*, const Displ*, const MPI_Datatype*, void*, const int*,
                                                                     const Displ*, const MPI_Datatype*, MPI_Comm, P...)> {
    [[gnu::used]] MPI4CXX_API static int call(const void* send, const MPI_Count* sends, const MPI_Aint* from, const MPI_Datatype* sent, void* recv,
                                              const MPI_Count* receives, const MPI_Aint* to, const MPI_Datatype* received, MPI_Comm comm, P... rest);
    [[gnu::used]] MPI4CXX_API static int refused(const void*, const MPI_Count*, const MPI_Aint*, const MPI_Datatype*, void*, const MPI_Count*,
                                                 const MPI_Aint*, const MPI_Datatype*, MPI_Comm, P...);
};
template <auto Fn> inline constexpr auto typed = &Typed<Fn>::call;
template <auto Fn> inline constexpr auto typed_refused = &Typed<Fn>::refused;

/// The stand-in for reductions, which go element by element but do not take a datatype that holds many elements. It calls the int function for one
/// piece after the other, which only a blocking reduction allows.
template <auto Fn, class F = decltype(Fn)> struct Pieces;
template <auto Fn, class... P> struct Pieces<Fn, int (*)(const void*, void*, int, MPI_Datatype, MPI_Op, P...)> {
    [[gnu::used]] MPI4CXX_API static int call(const void* send, void* recv, MPI_Count count, MPI_Datatype type, MPI_Op op, P... rest);
};
template <auto Fn> inline constexpr auto in_pieces = &Pieces<Fn>::call;

MPI4CXX_API int contiguous(MPI_Count count, MPI_Datatype element, MPI_Datatype* result);
MPI4CXX_API int strided(MPI_Count count, MPI_Count blocklength, MPI_Count stride, MPI_Datatype element, MPI_Datatype* result);
MPI4CXX_API int get_count(const MPI_Status* status, MPI_Datatype type, MPI_Count* count);
MPI4CXX_API int attach(void*, MPI_Count);
MPI4CXX_API int detach(void* address, MPI_Count* size);

inline constexpr auto MPI_Send_c = narrowed<MPI_Send>;
inline constexpr auto MPI_Ssend_c = narrowed<MPI_Ssend>;
inline constexpr auto MPI_Bsend_c = narrowed<MPI_Bsend>;
inline constexpr auto MPI_Rsend_c = narrowed<MPI_Rsend>;
inline constexpr auto MPI_Recv_c = narrowed<MPI_Recv>;
inline constexpr auto MPI_Mrecv_c = narrowed<MPI_Mrecv>;
inline constexpr auto MPI_Sendrecv_c = narrowed<MPI_Sendrecv>;
inline constexpr auto MPI_Sendrecv_replace_c = narrowed<MPI_Sendrecv_replace>;
inline constexpr auto MPI_Isend_c = narrowed<MPI_Isend>;
inline constexpr auto MPI_Issend_c = narrowed<MPI_Issend>;
inline constexpr auto MPI_Ibsend_c = narrowed<MPI_Ibsend>;
inline constexpr auto MPI_Irsend_c = narrowed<MPI_Irsend>;
inline constexpr auto MPI_Irecv_c = narrowed<MPI_Irecv>;
inline constexpr auto MPI_Imrecv_c = narrowed<MPI_Imrecv>;
inline constexpr auto MPI_Send_init_c = narrowed<MPI_Send_init>;
inline constexpr auto MPI_Ssend_init_c = narrowed<MPI_Ssend_init>;
inline constexpr auto MPI_Bsend_init_c = narrowed<MPI_Bsend_init>;
inline constexpr auto MPI_Rsend_init_c = narrowed<MPI_Rsend_init>;
inline constexpr auto MPI_Recv_init_c = narrowed<MPI_Recv_init>;
inline constexpr auto MPI_Isendrecv_c = narrowed<MPI_Isendrecv>;
inline constexpr auto MPI_Isendrecv_replace_c = narrowed<MPI_Isendrecv_replace>;

inline constexpr auto MPI_Bcast_c = narrowed<MPI_Bcast>;
inline constexpr auto MPI_Gather_c = narrowed<MPI_Gather>;
inline constexpr auto MPI_Gatherv_c = narrowed<MPI_Gatherv>;
inline constexpr auto MPI_Scatter_c = narrowed<MPI_Scatter>;
inline constexpr auto MPI_Scatterv_c = narrowed<MPI_Scatterv>;
inline constexpr auto MPI_Allgather_c = narrowed<MPI_Allgather>;
inline constexpr auto MPI_Allgatherv_c = alike<MPI_Allgatherv>;
inline constexpr auto MPI_Alltoall_c = narrowed<MPI_Alltoall>;
inline constexpr auto MPI_Alltoallv_c = narrowed<MPI_Alltoallv>;
inline constexpr auto MPI_Alltoallw_c = typed<MPI_Alltoallw>;
inline constexpr auto MPI_Reduce_c = in_pieces<MPI_Reduce>;
inline constexpr auto MPI_Allreduce_c = in_pieces<MPI_Allreduce>;
inline constexpr auto MPI_Scan_c = in_pieces<MPI_Scan>;
inline constexpr auto MPI_Exscan_c = in_pieces<MPI_Exscan>;
inline constexpr auto MPI_Reduce_scatter_c = narrowed<MPI_Reduce_scatter>;
inline constexpr auto MPI_Reduce_scatter_block_c = refused<MPI_Reduce_scatter_block>;
inline constexpr auto MPI_Ibcast_c = narrowed<MPI_Ibcast>;
inline constexpr auto MPI_Igather_c = narrowed<MPI_Igather>;
inline constexpr auto MPI_Igatherv_c = narrowed<MPI_Igatherv>;
inline constexpr auto MPI_Iscatter_c = narrowed<MPI_Iscatter>;
inline constexpr auto MPI_Iscatterv_c = narrowed<MPI_Iscatterv>;
inline constexpr auto MPI_Iallgather_c = narrowed<MPI_Iallgather>;
inline constexpr auto MPI_Iallgatherv_c = alike<MPI_Iallgatherv>;
inline constexpr auto MPI_Ialltoall_c = narrowed<MPI_Ialltoall>;
inline constexpr auto MPI_Ialltoallv_c = narrowed<MPI_Ialltoallv>;
inline constexpr auto MPI_Ialltoallw_c = typed<MPI_Ialltoallw>;
inline constexpr auto MPI_Ireduce_c = refused<MPI_Ireduce>;
inline constexpr auto MPI_Iallreduce_c = refused<MPI_Iallreduce>;
inline constexpr auto MPI_Iscan_c = refused<MPI_Iscan>;
inline constexpr auto MPI_Iexscan_c = refused<MPI_Iexscan>;
inline constexpr auto MPI_Ireduce_scatter_c = narrowed<MPI_Ireduce_scatter>;
inline constexpr auto MPI_Ireduce_scatter_block_c = refused<MPI_Ireduce_scatter_block>;

inline constexpr auto MPI_Neighbor_allgather_c = narrowed<MPI_Neighbor_allgather>;
inline constexpr auto MPI_Neighbor_allgatherv_c = narrowed_among_neighbors<MPI_Neighbor_allgatherv>;
inline constexpr auto MPI_Neighbor_alltoall_c = narrowed<MPI_Neighbor_alltoall>;
inline constexpr auto MPI_Neighbor_alltoallv_c = narrowed_among_neighbors<MPI_Neighbor_alltoallv>;
inline constexpr auto MPI_Neighbor_alltoallw_c = typed<MPI_Neighbor_alltoallw>;
inline constexpr auto MPI_Ineighbor_allgather_c = narrowed<MPI_Ineighbor_allgather>;
inline constexpr auto MPI_Ineighbor_allgatherv_c = narrowed_among_neighbors<MPI_Ineighbor_allgatherv>;
inline constexpr auto MPI_Ineighbor_alltoall_c = narrowed<MPI_Ineighbor_alltoall>;
inline constexpr auto MPI_Ineighbor_alltoallv_c = narrowed_among_neighbors<MPI_Ineighbor_alltoallv>;
inline constexpr auto MPI_Ineighbor_alltoallw_c = typed<MPI_Ineighbor_alltoallw>;

inline constexpr auto MPI_Bcast_init_c = refused<MPI_Bcast_init>;
inline constexpr auto MPI_Gather_init_c = refused<MPI_Gather_init>;
inline constexpr auto MPI_Gatherv_init_c = refused<MPI_Gatherv_init>;
inline constexpr auto MPI_Scatter_init_c = refused<MPI_Scatter_init>;
inline constexpr auto MPI_Scatterv_init_c = refused<MPI_Scatterv_init>;
inline constexpr auto MPI_Allgather_init_c = refused<MPI_Allgather_init>;
inline constexpr auto MPI_Allgatherv_init_c = refused<MPI_Allgatherv_init>;
inline constexpr auto MPI_Alltoall_init_c = refused<MPI_Alltoall_init>;
inline constexpr auto MPI_Alltoallv_init_c = refused<MPI_Alltoallv_init>;
inline constexpr auto MPI_Alltoallw_init_c = typed_refused<MPI_Alltoallw_init>;
inline constexpr auto MPI_Reduce_init_c = refused<MPI_Reduce_init>;
inline constexpr auto MPI_Allreduce_init_c = refused<MPI_Allreduce_init>;
inline constexpr auto MPI_Scan_init_c = refused<MPI_Scan_init>;
inline constexpr auto MPI_Exscan_init_c = refused<MPI_Exscan_init>;
inline constexpr auto MPI_Reduce_scatter_init_c = refused<MPI_Reduce_scatter_init>;
inline constexpr auto MPI_Reduce_scatter_block_init_c = refused<MPI_Reduce_scatter_block_init>;
inline constexpr auto MPI_Neighbor_allgather_init_c = refused<MPI_Neighbor_allgather_init>;
inline constexpr auto MPI_Neighbor_allgatherv_init_c = refused<MPI_Neighbor_allgatherv_init>;
inline constexpr auto MPI_Neighbor_alltoall_init_c = refused<MPI_Neighbor_alltoall_init>;
inline constexpr auto MPI_Neighbor_alltoallv_init_c = refused<MPI_Neighbor_alltoallv_init>;
inline constexpr auto MPI_Neighbor_alltoallw_init_c = typed_refused<MPI_Neighbor_alltoallw_init>;

inline constexpr auto MPI_Get_count_c = get_count;
inline constexpr auto MPI_Reduce_local_c = in_pieces<MPI_Reduce_local>;
inline constexpr auto MPI_Buffer_attach_c = attach;
inline constexpr auto MPI_Buffer_detach_c = detach;

#endif

/// The large-count variant of a function that reads or writes a file: passes one element of a datatype that holds all elements. MPI-4's own variants
/// are not used, because those of MPICH before 4.1 end the job if a count exceeds int (its issue 5866). It is compiled in lib/mpi/file_count.cpp.
template <auto Fn, class F = decltype(Fn)> struct AsOneElement;
template <auto Fn, class Address, class... P> struct AsOneElement<Fn, int (*)(MPI_File, Address*, int, MPI_Datatype, P...)> {
    [[gnu::used]] MPI4CXX_API static int call(MPI_File file, Address* buf, MPI_Count count, MPI_Datatype type, P... rest);
};
template <auto Fn, class Address, class... P> struct AsOneElement<Fn, int (*)(MPI_File, MPI_Offset, Address*, int, MPI_Datatype, P...)> {
    [[gnu::used]] MPI4CXX_API static int call(MPI_File file, MPI_Offset offset, Address* buf, MPI_Count count, MPI_Datatype type, P... rest);
};
template <auto Fn> inline constexpr auto as_one_element = &AsOneElement<Fn>::call;

}  // namespace MPI4CXX::detail
