// Large counts where the MPI has none: MPI-3 knows only int. Under the names of MPI-4's functions this header has what does
// the same by the int functions, or says that it cannot. Besides absent.hpp the only place that
// looks at the version of MPI.
#pragma once

#include <mpi4cxx/detail/absent.hpp>
#include <mpi4cxx/detail/mpi.hpp>

#include <climits>

#if MPI_VERSION < 4
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <numeric>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>
#endif

namespace mpi4cxx::detail {

/// What an int counts; a test of what follows lowers it. Without effect where MPI has large counts itself.
inline MPI4CXX_API MPI_Count most_elements = INT_MAX;

#if MPI_VERSION < 4

static_assert(!std::is_same_v<MPI_Datatype, int>, "mpi4cxx: of MPI-3 libraries, only those whose datatypes are pointers are supported");

/// The code of the error that there is no way.
[[gnu::cold]] inline int unsupported() noexcept {
    static const int added =
        added_code(MPI_ERR_COUNT, "not supported by this MPI: a count or displacement beyond int (it follows MPI-3, large counts came with MPI-4)");
    return added;
}

/// Calls each as long as they succeed.
template <class... Step> int in_order(Step... steps) {
    int code = MPI_SUCCESS;
    (((code = steps()) == MPI_SUCCESS) && ...);
    return code;
}

/// A datatype while a call lasts. What MPI has been told to send goes on when its datatype is freed (MPI-3.1, 4.1.9).
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

/// `count` blocks, `step` bytes apart. `make(n, &type)` makes the datatype of n of them, which an int counts.
template <class Make> int repeat(MPI_Count count, MPI_Aint step, MPI_Aint lb, MPI_Aint extent, Make make, MPI_Datatype* result) {
    const MPI_Count runs = count / most_elements, rest = count % most_elements;
    if (runs == 0)
        return make(static_cast<int>(count), result);
    if (runs > INT_MAX)
        return unsupported();
    Temporary run, all_runs, remainder, both;
    return in_order([&] { return make(static_cast<int>(most_elements), &run); },
                    [&] { return MPI_Type_create_hvector(static_cast<int>(runs), 1, most_elements * step, run, &all_runs); },
                    [&] { return make(static_cast<int>(rest), &remainder); },
                    [&] {
                        const int lengths[] = {1, 1};
                        const MPI_Aint displacements[] = {0, runs * most_elements * step};
                        const MPI_Datatype types[] = {all_runs, remainder};
                        return MPI_Type_create_struct(2, lengths, displacements, types, &both);
                    },
                    [&] { return MPI_Type_create_resized(both, lb, extent, result); });
}

[[gnu::cold]] inline int contiguous(MPI_Count count, MPI_Datatype element, MPI_Datatype* result) {
    MPI_Aint lb = 0, extent = 0;
    return in_order([&] { return MPI_Type_get_extent(element, &lb, &extent); },
                    [&] {
                        const auto make = [&](int n, MPI_Datatype* type) { return MPI_Type_contiguous(n, element, type); };
                        return repeat(count, extent, lb, count * extent, make, result);
                    });
}

[[gnu::cold]] inline int strided(MPI_Count count, MPI_Count blocklength, MPI_Count stride, MPI_Datatype element, MPI_Datatype* result) {
    MPI_Aint lb = 0, extent = 0;
    Temporary block;
    return in_order([&] { return MPI_Type_get_extent(element, &lb, &extent); }, [&] { return contiguous(blocklength, element, &block); },
                    [&] {
                        const bool narrow = blocklength <= most_elements && std::abs(stride) <= most_elements;
                        const MPI_Aint step = stride * extent, last = (count - 1) * step;
                        const auto make = [&](int n, MPI_Datatype* type) {
                            return narrow ? MPI_Type_vector(n, static_cast<int>(blocklength), static_cast<int>(stride), element, type)
                                          : MPI_Type_create_hvector(n, 1, step, block, type);
                        };
                        return repeat(count, step, lb + std::min<MPI_Aint>(last, 0), std::abs(last) + blocklength * extent, make, result);
                    });
}

/// The counts of one side of a call, as int, and their datatype. What an int does not count becomes one element of a datatype
/// that holds it all; of a v call, whose blocks share a datatype, larger elements of which all counts and displacements are
/// multiples. Both match what other processes send or receive by a small count.
class Narrow {
public:
    MPI_Count unit = 1;  ///< elements in one of the larger
    int count = 0;
    const int* counts = nullptr;
    const int* displs = nullptr;
    MPI_Datatype type = MPI_DATATYPE_NULL;

    int fit(MPI_Count n, MPI_Datatype element) {
        type = element;
        count = static_cast<int>(n);
        return n <= most_elements ? MPI_SUCCESS : replace(n, 1);
    }

    /// `ints[0]` and `ints[1]` keep the results: Open MPI reads them before a nonblocking call returns.
    int fit(const MPI_Count* lengths, const MPI_Aint* offsets, MPI_Datatype element, std::size_t blocks, std::vector<int>* ints) {
        type = element;
        if (lengths == nullptr)  // not significant on this process
            return MPI_SUCCESS;
        MPI_Count most = 0;
        unit = 0;
        for (std::size_t i = 0; i < blocks; ++i)
            for (const MPI_Count value : {lengths[i], lengths[i] != 0 && offsets != nullptr ? MPI_Count(offsets[i]) : 0}) {
                most = std::max(most, value);
                unit = std::gcd(unit, value);
            }
        if (most <= most_elements)
            unit = 1;
        else if (offsets == nullptr || most / unit > most_elements)
            return unsupported();
        counts = copy(ints[0], lengths, lengths, blocks, unit);
        displs = offsets != nullptr ? copy(ints[1], offsets, lengths, blocks, unit) : nullptr;
        return unit == 1 ? MPI_SUCCESS : replace(unit, count);
    }

private:
    int replace(MPI_Count n, int elements) {
        count = elements;
        return in_order([&] { return contiguous(n, type, &larger_); }, [&] { return MPI_Type_commit(&larger_); },
                        [&] {
                            type = larger_;
                            return MPI_SUCCESS;
                        });
    }

    template <class Wide>
    static const int* copy(std::vector<int>& ints, const Wide* values, const MPI_Count* lengths, std::size_t blocks, MPI_Count divisor) {
        ints.resize(blocks);
        for (std::size_t i = 0; i < blocks; ++i) ints[i] = lengths[i] == 0 ? 0 : static_cast<int>(values[i] / divisor);
        return ints.data();
    }

    Temporary larger_;
};

/// The results of Narrow::fit, one for each parameter of a function, until this thread's next such call.
template <std::size_t> inline thread_local std::array<std::vector<int>, 2> narrow_lengths;

/// The number of blocks that each side of a v call has.
inline int block_count(MPI_Comm comm, bool, std::size_t& result) {
    int is_inter = 0, size = 0;
    const int code = in_order([&] { return MPI_Comm_test_inter(comm, &is_inter); },
                              [&] { return is_inter != 0 ? MPI_Comm_remote_size(comm, &size) : MPI_Comm_size(comm, &size); });
    result = static_cast<std::size_t>(size);
    return code;
}

/// The same of a call among neighbours.
[[gnu::cold]] inline int neighbor_count(MPI_Comm comm, bool sends, std::size_t& result) {
    int topology = MPI_UNDEFINED, in = 0, out = 0, other = 0;
    const int code =
        in_order([&] { return MPI_Topo_test(comm, &topology); },
                 [&] {
                     if (topology == MPI_DIST_GRAPH)
                         return MPI_Dist_graph_neighbors_count(comm, &in, &out, &other);
                     if (topology == MPI_GRAPH)
                         return in_order([&] { return MPI_Comm_rank(comm, &other); }, [&] { return MPI_Graph_neighbors_count(comm, other, &in); });
                     return MPI_Cartdim_get(comm, &in);
                 });
    result = static_cast<std::size_t>(topology == MPI_DIST_GRAPH && sends ? out : topology == MPI_CART ? 2 * in : in);
    return code;
}

/// What the parameters of an int function mean to its stand-in, told by their types: `int, MPI_Datatype` is a count,
/// `const int*, const int*, MPI_Datatype` are counts and displacements, `const int*, MPI_Datatype` counts alone.
template <class... P> struct Roles {
    template <std::size_t I, class T> static constexpr bool is = std::is_same_v<std::tuple_element_t<I, std::tuple<P..., void, void>>, T>;
    template <std::size_t I> static constexpr bool counts_and_displs() {
        return is<I, const int*> && is<I + 1, const int*> && is<I + 2, MPI_Datatype>;
    }
    template <std::size_t I> static constexpr bool displs() {
        if constexpr (I == 0)
            return false;
        else
            return counts_and_displs<I - 1>();
    }
    template <std::size_t I> static constexpr bool counts() {
        return counts_and_displs<I>() || (!displs<I>() && is<I, const int*> && is<I + 1, MPI_Datatype>);
    }
    template <std::size_t I> static constexpr bool count() { return is<I, int> && is<I + 1, MPI_Datatype>; }
    /// How far back the counts are whose datatype this is; 0: it is no such datatype.
    template <std::size_t I> static constexpr std::size_t type_of() {
        if constexpr (I > 0)
            if constexpr (is<I, MPI_Datatype>)
                return count<I - 1>() || counts<I - 1>() ? 1 : displs<I - 1>() ? 2 : 0;
        return 0;
    }
    template <std::size_t I> using wide =
        std::conditional_t<count<I>(), MPI_Count,
                           std::conditional_t<counts<I>(), const MPI_Count*,
                                              std::conditional_t<displs<I>(), const MPI_Aint*, std::tuple_element_t<I, std::tuple<P...>>>>>;
};

template <auto Fn, class F = decltype(Fn)> struct parameters_of;
template <auto Fn, class... P> struct parameters_of<Fn, int (*)(P...)> {
    using roles = Roles<P...>;
    using indices = std::index_sequence_for<P...>;
};

template <auto Fn, auto BlockCount = &block_count, class Roles = typename parameters_of<Fn>::roles, class = typename parameters_of<Fn>::indices>
struct StandIn;
template <auto Fn, auto BlockCount, class R, std::size_t... I> struct StandIn<Fn, BlockCount, R, std::index_sequence<I...>> {
    /// By Narrow.
    [[gnu::cold, gnu::noinline]] static int narrowed(typename R::template wide<I>... args) {
        std::array<Narrow, sizeof...(I)> narrow;
        const Arguments all(args...);
        const int code = in_order([&] { return fit<I>(narrow[I], all); }...);
        return code != MPI_SUCCESS ? code : Fn(pass<I>(narrow, args)...);
    }
    /// Not at all.
    [[gnu::cold]] static int refused(typename R::template wide<I>...) { return unsupported(); }

private:
    using Arguments = std::tuple<typename R::template wide<I>...>;

    template <std::size_t J> static int fit(Narrow& narrow, const Arguments& all) {
        if constexpr (R::template count<J>()) {
            return narrow.fit(std::get<J>(all), std::get<J + 1>(all));
        } else if constexpr (R::template counts<J>()) {
            constexpr bool has_displs = R::template counts_and_displs<J>();
            const MPI_Aint* displs = nullptr;
            if constexpr (has_displs)
                displs = std::get<J + 1>(all);
            std::size_t blocks = 0;
            return in_order([&] { return BlockCount(std::get<MPI_Comm>(all), J == 1, blocks); },
                            [&] {
                                const MPI_Datatype type = std::get<J + (has_displs ? 2 : 1)>(all);
                                return narrow.fit(std::get<J>(all), displs, type, blocks, narrow_lengths<J>.data());
                            });
        }
        return MPI_SUCCESS;
    }

    template <std::size_t J, class T> static auto pass(const std::array<Narrow, sizeof...(I)>& narrow, T arg) {
        constexpr std::size_t back = R::template type_of<J>();
        if constexpr (R::template count<J>())
            return narrow[J].count;
        else if constexpr (R::template counts<J>())
            return narrow[J].counts;
        else if constexpr (R::template displs<J>())
            return narrow[J - 1].displs;
        else if constexpr (back != 0)
            return narrow[J - back].type;
        else
            return arg;
    }
};

template <auto Fn> inline constexpr auto narrowed = &StandIn<Fn>::narrowed;
template <auto Fn> inline constexpr auto narrowed_among_neighbors = &StandIn<Fn, &neighbor_count>::narrowed;
template <auto Fn> inline constexpr auto refused = &StandIn<Fn>::refused;

/// Sends the same larger elements as it receives: from the size of the one and the counts of the other, Open MPI chooses the
/// algorithm, and all processes have to come to the same.
template <auto Fn, class... Request> [[gnu::cold, gnu::noinline]] int allgatherv(const void* send, MPI_Count count, MPI_Datatype type, void* recv,
                                                                                 const MPI_Count* counts, const MPI_Aint* displs,
                                                                                 MPI_Datatype recvtype, MPI_Comm comm, Request... request) {
    Narrow own, all;
    std::size_t blocks = 0;
    const int code = in_order([&] { return block_count(comm, false, blocks); },
                              [&] { return all.fit(counts, displs, recvtype, blocks, narrow_lengths<0>.data()); },
                              [&] {
                                  const bool same = type == recvtype && count % all.unit == 0;
                                  return same ? own.fit(count / all.unit, all.type) : own.fit(count, type);
                              });
    return code != MPI_SUCCESS ? code : Fn(send, own.count, own.type, recv, all.counts, all.displs, all.type, comm, request...);
}

/// One side of a call whose blocks have a datatype each, so that each may be one element of a datatype that holds all of it, at its place.
/// `Displ` is the int function's.
template <class Displ> class NarrowTypes {
public:
    /// What is passed on, until this thread's next such call.
    struct Arrays {
        std::vector<int> counts;
        std::vector<Displ> displs;
        std::vector<MPI_Datatype> types;
    };

    int fit(const MPI_Count* lengths, const MPI_Aint* offsets, const MPI_Datatype* elements, std::size_t blocks, Arrays& keep) {
        if (lengths == nullptr)  // not significant on this process
            return MPI_SUCCESS;
        keep.counts.assign(blocks, 1);
        keep.displs.assign(blocks, 0);
        keep.types.assign(elements, elements + blocks);
        larger_ = std::vector<Temporary>(blocks);
        int code = MPI_SUCCESS;
        for (std::size_t i = 0; i < blocks && code == MPI_SUCCESS; ++i)
            if (lengths[i] <= most_elements && std::abs(offsets[i]) <= std::numeric_limits<Displ>::max()) {
                keep.counts[i] = static_cast<int>(lengths[i]);
                keep.displs[i] = static_cast<Displ>(offsets[i]);
            } else {
                code = place(lengths[i], offsets[i], elements[i], larger_[i]);
                keep.types[i] = larger_[i];
            }
        counts = keep.counts.data();
        displs = keep.displs.data();
        types = keep.types.data();
        return code;
    }

    const int* counts = nullptr;
    const Displ* displs = nullptr;
    const MPI_Datatype* types = nullptr;

private:
    static int place(MPI_Count length, MPI_Aint offset, MPI_Datatype element, Temporary& result) {
        Temporary all;
        const int one = 1;
        return in_order([&] { return contiguous(length, element, &all); }, [&] { return MPI_Type_create_hindexed(1, &one, &offset, all, &result); },
                        [&] { return MPI_Type_commit(&result); });
    }

    std::vector<Temporary> larger_;
};

template <class Displ, bool> inline thread_local typename NarrowTypes<Displ>::Arrays narrow_types;

template <auto Fn, class F = decltype(Fn)> struct Typed;
template <auto Fn, class Displ, class... P> struct Typed<Fn, int (*)(const void*, const int*, const Displ*, const MPI_Datatype*, void*, const int*,
                                                                     const Displ*, const MPI_Datatype*, MPI_Comm, P...)> {
    [[gnu::cold, gnu::noinline]] static int call(const void* send, const MPI_Count* sends, const MPI_Aint* from, const MPI_Datatype* sent, void* recv,
                                                 const MPI_Count* receives, const MPI_Aint* to, const MPI_Datatype* received, MPI_Comm comm,
                                                 P... rest) {
        constexpr auto count = std::is_same_v<Displ, int> ? &block_count : &neighbor_count;
        NarrowTypes<Displ> s, r;
        std::size_t out = 0, in = 0;
        const int code = in_order([&] { return count(comm, true, out); }, [&] { return count(comm, false, in); },
                                  [&] { return s.fit(sends, from, sent, out, narrow_types<Displ, true>); },
                                  [&] { return r.fit(receives, to, received, in, narrow_types<Displ, false>); });
        return code != MPI_SUCCESS ? code : Fn(send, s.counts, s.displs, s.types, recv, r.counts, r.displs, r.types, comm, rest...);
    }
};
template <auto Fn> inline constexpr auto typed = &Typed<Fn>::call;

/// Reductions go element by element, but take no datatype that holds many: they are done in pieces, which MPI can be told only
/// of calls that block.
template <auto Fn, class F = decltype(Fn)> struct Pieces;
template <auto Fn, class... P> struct Pieces<Fn, int (*)(const void*, void*, int, MPI_Datatype, MPI_Op, P...)> {
    [[gnu::cold]] static int call(const void* send, void* recv, MPI_Count count, MPI_Datatype type, MPI_Op op, P... rest) {
        MPI_Aint lb = 0, extent = 0;
        int code = MPI_Type_get_extent(type, &lb, &extent);
        for (MPI_Count done = 0; done < count && code == MPI_SUCCESS; done += most_elements)
            code = Fn(advanced(send, done * extent), advanced(recv, done * extent), static_cast<int>(std::min(most_elements, count - done)), type, op,
                      rest...);
        return code;
    }

private:
    /// The address may be null: where it is not significant, or the bottom of memory.
    template <class Pointer> static Pointer advanced(Pointer address, MPI_Aint bytes) {
        return address == MPI_IN_PLACE ? address : reinterpret_cast<Pointer>(reinterpret_cast<std::intptr_t>(address) + bytes);
    }
};
template <auto Fn> inline constexpr auto in_pieces = &Pieces<Fn>::call;

[[gnu::cold]] inline int get_count(const MPI_Status* status, MPI_Datatype type, MPI_Count* count) {
    int narrow = 0;
    MPI_Count size = 0, bytes = 0;
    const int code = MPI_Get_count(status, type, &narrow);
    *count = narrow;
    if (code != MPI_SUCCESS || narrow != MPI_UNDEFINED)
        return code;
    return in_order([&] { return MPI_Type_size_x(type, &size); }, [&] { return MPI_Get_elements_x(status, MPI_BYTE, &bytes); },
                    [&] {
                        *count = size > 0 && bytes % size == 0 ? bytes / size : MPI_UNDEFINED;
                        return MPI_SUCCESS;
                    });
}

/// Room for buffered messages is one piece of memory: no way.
[[gnu::cold]] inline int attach(void*, MPI_Count) { return unsupported(); }
inline int detach(void* address, MPI_Count* size) {
    int narrow = 0;
    const int code = MPI_Buffer_detach(address, &narrow);
    *size = narrow;
    return code;
}

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
inline constexpr auto MPI_Allgatherv_c = &allgatherv<MPI_Allgatherv>;
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
inline constexpr auto MPI_Iallgatherv_c = &allgatherv<MPI_Iallgatherv, MPI_Request*>;
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
inline constexpr auto MPI_Alltoallw_init_c = refused<MPI_Alltoallw_init>;
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
inline constexpr auto MPI_Neighbor_alltoallw_init_c = refused<MPI_Neighbor_alltoallw_init>;

inline constexpr auto MPI_Get_count_c = get_count;
inline constexpr auto MPI_Reduce_local_c = in_pieces<MPI_Reduce_local>;
inline constexpr auto MPI_Buffer_attach_c = attach;
inline constexpr auto MPI_Buffer_detach_c = detach;

#endif

}  // namespace mpi4cxx::detail

#if MPI_VERSION < 4
#include <mpi4cxx/detail/large_types.hpp>
#endif
