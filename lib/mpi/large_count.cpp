// The stand-ins that large_count.hpp declares, for an MPI-3.
#include "mpi/int_counts.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <tuple>

namespace MPI4CXX::detail {

int contiguous(MPI_Count count, MPI_Datatype element, MPI_Datatype* result) {
    MPI_Aint lb = 0, extent = 0;
    return in_order([&] { return MPI_Type_get_extent(element, &lb, &extent); },
                    [&] {
                        const auto make = [&](int n, MPI_Datatype* type) { return MPI_Type_contiguous(n, element, type); };
                        return repeat(count, extent, lb, count * extent, make, result);
                    });
}

int strided(MPI_Count count, MPI_Count blocklength, MPI_Count stride, MPI_Datatype element, MPI_Datatype* result) {
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

/// The results of Narrow::fit for each parameter of a function, valid until this thread's next such call.
template <std::size_t> inline thread_local std::array<std::vector<int>, 2> narrow_lengths;

int block_count(MPI_Comm comm, bool, std::size_t& result) {
    int is_inter = 0, size = 0;
    const int code = in_order([&] { return MPI_Comm_test_inter(comm, &is_inter); },
                              [&] { return is_inter != 0 ? MPI_Comm_remote_size(comm, &size) : MPI_Comm_size(comm, &size); });
    result = static_cast<std::size_t>(size);
    return code;
}

/// Finds the number of blocks of MPI_Reduce_scatter, which are for the own group, also where the data comes from another.
static int own_count(MPI_Comm comm, bool, std::size_t& result) {
    int size = 0;
    const int code = MPI_Comm_size(comm, &size);
    result = static_cast<std::size_t>(size);
    return code;
}

int neighbor_count(MPI_Comm comm, bool sends, std::size_t& result) {
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

/// Turns the arguments of a stand-in into those of the int function. `R` are the roles of its parameters.
template <auto BlockCount, class R, class... P> struct Sides {
    using Arguments = std::tuple<P...>;

    template <std::size_t J> static int fit(Narrow& narrow, const Arguments& all) {
        if constexpr (R::count(J)) {
            return narrow.fit(std::get<J>(all), std::get<J + 1>(all));
        } else if constexpr (R::counts(J)) {
            constexpr bool has_displs = R::counts_and_displs(J);
            const MPI_Aint* displs = nullptr;
            if constexpr (has_displs)
                displs = std::get<J + 1>(all);
            std::size_t blocks = 0;
            return in_order([&] { return (has_displs ? BlockCount : &own_count)(std::get<MPI_Comm>(all), J == 1, blocks); },
                            [&] {
                                const MPI_Datatype type = std::get<J + (has_displs ? 2 : 1)>(all);
                                return narrow.fit(std::get<J>(all), displs, type, blocks, narrow_lengths<J>.data());
                            });
        }
        return MPI_SUCCESS;
    }

    template <std::size_t J, class T> static auto pass(const std::array<Narrow, sizeof...(P)>& narrow, T arg) {
        constexpr std::size_t back = R::type_of(J);
        if constexpr (R::count(J))
            return narrow[J].count;
        else if constexpr (R::counts(J))
            return narrow[J].counts;
        else if constexpr (R::displs(J))
            return narrow[J - 1].displs;
        else if constexpr (back != 0)
            return narrow[J - back].type;
        else
            return arg;
    }
};

template <auto Fn, auto BlockCount, class... P, std::size_t... I>
int Narrowed<Fn, BlockCount, int (*)(P...), std::index_sequence<I...>>::call(typename Roles<P...>::template wide<I, P>... args) {
    using S = Sides<BlockCount, Roles<P...>, typename Roles<P...>::template wide<I, P>...>;
    std::array<Narrow, sizeof...(I)> narrow;
    const typename S::Arguments all(args...);
    const int code = in_order([&] { return S::template fit<I>(narrow[I], all); }...);
    return code != MPI_SUCCESS ? code : Fn(S::template pass<I>(narrow, args)...);
}

template <auto Fn, class... P, std::size_t... I>
int Refused<Fn, int (*)(P...), std::index_sequence<I...>>::call(typename Roles<P...>::template wide<I, P>...) {
    return unsupported();
}

template <auto Fn, class... P>
int Alike<Fn, int (*)(const void*, int, MPI_Datatype, void*, const int*, const int*, MPI_Datatype, MPI_Comm, P...)>::call(
    const void* send, MPI_Count count, MPI_Datatype type, void* recv, const MPI_Count* counts, const MPI_Aint* displs, MPI_Datatype recvtype,
    MPI_Comm comm, P... rest) {
    Narrow own, all;
    std::size_t blocks = 0;
    const int code = in_order([&] { return block_count(comm, false, blocks); },
                              [&] { return all.fit(counts, displs, recvtype, blocks, narrow_lengths<0>.data()); },
                              [&] {
                                  const bool same = type == recvtype && count % all.unit == 0;
                                  return same ? own.fit(count / all.unit, all.type) : own.fit(count, type);
                              });
    return code != MPI_SUCCESS ? code : Fn(send, own.count, own.type, recv, all.counts, all.displs, all.type, comm, rest...);
}

/// One side of a call whose blocks have a datatype each. A large block becomes one element of a datatype that holds all of it, at its place. `Displ`
/// is the type of the int function's displacements.
template <class Displ> class NarrowTypes {
public:
    /// The arguments for the int function, valid until this thread's next such call.
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

template <auto Fn, class Displ, class... P>
int Typed<Fn, int (*)(const void*, const int*, const Displ*, const MPI_Datatype*, void*, const int*, const Displ*, const MPI_Datatype*, MPI_Comm,
                      P...)>::call(const void* send, const MPI_Count* sends, const MPI_Aint* from, const MPI_Datatype* sent, void* recv,
                                   const MPI_Count* receives, const MPI_Aint* to, const MPI_Datatype* received, MPI_Comm comm, P... rest) {
    constexpr auto count = std::is_same_v<Displ, int> ? &block_count : &neighbor_count;
    NarrowTypes<Displ> s, r;
    std::size_t out = 0, in = 0;
    const int code = in_order([&] { return count(comm, true, out); }, [&] { return count(comm, false, in); },
                              [&] { return s.fit(sends, from, sent, out, narrow_types<Displ, true>); },
                              [&] { return r.fit(receives, to, received, in, narrow_types<Displ, false>); });
    return code != MPI_SUCCESS ? code : Fn(send, s.counts, s.displs, s.types, recv, r.counts, r.displs, r.types, comm, rest...);
}

template <auto Fn, class Displ, class... P>
int Typed<Fn, int (*)(const void*, const int*, const Displ*, const MPI_Datatype*, void*, const int*, const Displ*, const MPI_Datatype*, MPI_Comm,
                      P...)>::refused(const void*, const MPI_Count*, const MPI_Aint*, const MPI_Datatype*, void*, const MPI_Count*, const MPI_Aint*,
                                      const MPI_Datatype*, MPI_Comm, P...) {
    return unsupported();
}

template <auto Fn, class... P> int Pieces<Fn, int (*)(const void*, void*, int, MPI_Datatype, MPI_Op, P...)>::call(const void* send, void* recv,
                                                                                                                  MPI_Count count, MPI_Datatype type,
                                                                                                                  MPI_Op op, P... rest) {
    MPI_Aint lb = 0, extent = 0;
    int code = MPI_Type_get_extent(type, &lb, &extent);
    for (MPI_Count done = 0; done < count && code == MPI_SUCCESS; done += most_elements)
        code = Fn(advanced(send, done * extent), advanced(recv, done * extent), static_cast<int>(std::min(most_elements, count - done)), type, op,
                  rest...);
    return code;
}

int get_count(const MPI_Status* status, MPI_Datatype type, MPI_Count* count) {
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

/// Not supported, because the buffer for MPI_Bsend is one piece of memory.
int attach(void*, MPI_Count) { return unsupported(); }
int detach(void* address, MPI_Count* size) {
    int narrow = 0;
    const int code = MPI_Buffer_detach(address, &narrow);
    *size = narrow;
    return code;
}

}  // namespace MPI4CXX::detail
