// The stand-ins that large_types.hpp declares, for an MPI-3.
#include "mpi/int_counts.hpp"

#include <algorithm>
#include <cstdlib>

namespace MPI4CXX::detail {

/// Makes the datatype of `count` blocks of `blocklength` elements, `step` bytes apart.
int hstrided(MPI_Count count, MPI_Count blocklength, MPI_Aint step, MPI_Datatype element, MPI_Datatype* result) {
    MPI_Aint lb = 0, extent = 0;
    Temporary block;
    return in_order([&] { return MPI_Type_get_extent(element, &lb, &extent); }, [&] { return contiguous(blocklength, element, &block); },
                    [&] {
                        const MPI_Aint last = (count - 1) * step;
                        const auto make = [&](int n, MPI_Datatype* type) { return MPI_Type_create_hvector(n, 1, step, block, type); };
                        return repeat(count, step, lb + std::min<MPI_Aint>(last, 0), std::abs(last) + blocklength * extent, make, result);
                    });
}

/// Makes the datatype of `n` blocks. Block i has `length(i)` elements of `type(i)`, `offset(i)` bytes from the beginning.
template <class Length, class Offset, class Type> int structure_of(MPI_Count n, Length length, Offset offset, Type type, MPI_Datatype* result) {
    if (n > INT_MAX)
        return unsupported();
    const auto size = static_cast<std::size_t>(n);
    std::vector<int> lengths(size, 1), ends;
    std::vector<MPI_Aint> offsets(size), end_offsets;
    std::vector<MPI_Datatype> types(size), end_types;
    std::vector<Temporary> runs(size);  // the datatypes of blocks beyond int
    MPI_Aint lb = 0, extent = 0;
    int code = MPI_SUCCESS;
    for (std::size_t i = 0; i < size && code == MPI_SUCCESS; ++i) {
        offsets[i] = offset(i);
        types[i] = type(i);
        code = MPI_Type_get_extent(type(i), &lb, &extent);
        if (length(i) <= most_elements) {
            lengths[i] = static_cast<int>(length(i));
        } else if (code == MPI_SUCCESS) {
            code = contiguous(length(i), type(i), &runs[i]);
            types[i] = runs[i];
        }
        for (const MPI_Count element : {MPI_Count{0}, length(i) - 1}) {
            ends.push_back(std::min<int>(lengths[i], 1));
            end_offsets.push_back(offset(i) + element * extent);
            end_types.push_back(type(i));
        }
    }
    Temporary all, first_and_last;
    // A run has bounds that were set, which MPI would take as the bounds of the whole struct. So the bounds come from the first and the last element
    // of each block.
    return in_order(
        [&] { return code; }, [&] { return MPI_Type_create_struct(static_cast<int>(n), lengths.data(), offsets.data(), types.data(), &all); },
        [&] { return MPI_Type_create_struct(static_cast<int>(ends.size()), ends.data(), end_offsets.data(), end_types.data(), &first_and_last); },
        [&] { return MPI_Type_get_extent(first_and_last, &lb, &extent); }, [&] { return MPI_Type_create_resized(all, lb, extent, result); });
}

int structure(MPI_Count n, const MPI_Count* lengths, const MPI_Aint* displs, const MPI_Datatype* types, MPI_Datatype* result) {
    return structure_of(
        n, [&](std::size_t i) { return lengths[i]; }, [&](std::size_t i) { return displs[i]; }, [&](std::size_t i) { return types[i]; }, result);
}

int hindexed(MPI_Count n, const MPI_Count* lengths, const MPI_Aint* displs, MPI_Datatype element, MPI_Datatype* result) {
    return structure_of(
        n, [&](std::size_t i) { return lengths[i]; }, [&](std::size_t i) { return displs[i]; }, [&](std::size_t) { return element; }, result);
}

int hindexed_block(MPI_Count n, MPI_Count length, const MPI_Aint* displs, MPI_Datatype element, MPI_Datatype* result) {
    return structure_of(
        n, [&](std::size_t) { return length; }, [&](std::size_t i) { return displs[i]; }, [&](std::size_t) { return element; }, result);
}

int indexed(MPI_Count n, const MPI_Count* lengths, const MPI_Count* displs, MPI_Datatype element, MPI_Datatype* result) {
    MPI_Aint lb = 0, extent = 0;
    return in_order([&] { return MPI_Type_get_extent(element, &lb, &extent); },
                    [&] {
                        const auto offset = [&](std::size_t i) { return displs[i] * extent; };
                        return structure_of(
                            n, [&](std::size_t i) { return lengths[i]; }, offset, [&](std::size_t) { return element; }, result);
                    });
}

int indexed_block(MPI_Count n, MPI_Count length, const MPI_Count* displs, MPI_Datatype element, MPI_Datatype* result) {
    if (n > INT_MAX)
        return unsupported();
    return indexed(n, std::vector<MPI_Count>(static_cast<std::size_t>(n), length).data(), displs, element, result);
}

/// A process's share of one dimension of an array: `runs` blocks of `length` elements, `apart` elements apart, then `rest` more elements. The first
/// element is number `start`.
struct Share {
    MPI_Count start = 0, length = 0, runs = 1, apart = 0, rest = 0;
};

/// Makes the datatype of a process's shares in all dimensions of an array. Each dimension wraps the datatype of the faster ones. The elements of a
/// dimension are `step` bytes apart; `step` times the size of the dimension is the distance in the next one.
template <class Sizes, class Shares> int shares(int ndims, Sizes sizes, Shares share, int order, MPI_Datatype element, MPI_Datatype* result) {
    MPI_Aint lb = 0, step = 0, offset = 0;
    int code = MPI_Type_get_extent(element, &lb, &step);
    std::vector<Temporary> made(static_cast<std::size_t>(ndims));
    MPI_Datatype last = element;
    for (int k = 0; k < ndims && code == MPI_SUCCESS; ++k) {
        const auto d = static_cast<std::size_t>(order == MPI_ORDER_C ? ndims - 1 - k : k);
        const Share s = share(d);
        Temporary run, runs, rest;
        code = in_order([&] { return hstrided(s.length, 1, step, last, &run); }, [&] { return hstrided(s.runs, 1, s.apart * step, run, &runs); },
                        [&] { return hstrided(s.rest, 1, step, last, &rest); },
                        [&] {
                            const int lengths[] = {1, s.rest > 0 ? 1 : 0};
                            const MPI_Aint displacements[] = {0, s.runs * s.apart * step};
                            const MPI_Datatype types[] = {runs, rest};
                            return MPI_Type_create_struct(2, lengths, displacements, types, &made[static_cast<std::size_t>(k)]);
                        });
        last = made[static_cast<std::size_t>(k)];
        offset += s.start * step;
        step *= sizes[d];
    }
    Temporary placed;
    return code != MPI_SUCCESS ? code
                               : in_order([&] { return MPI_Type_create_hindexed_block(1, 1, &offset, last, &placed); },
                                          [&] { return MPI_Type_create_resized(placed, 0, step, result); });
}

int subarray(int ndims, const MPI_Count* sizes, const MPI_Count* subsizes, const MPI_Count* starts, int order, MPI_Datatype element,
             MPI_Datatype* result) {
    for (int i = 0; i < ndims; ++i)
        if (subsizes[i] < 1 || starts[i] < 0 || subsizes[i] > sizes[i] - starts[i])
            return MPI_ERR_ARG;
    const auto share = [&](std::size_t d) { return Share{starts[d], subsizes[d]}; };
    return shares(ndims, sizes, share, order, element, result);
}

/// Returns the share of process `place` of `processes`, which get blocks of `length` elements in turn.
static Share dealt(MPI_Count size, MPI_Count length, MPI_Count processes, MPI_Count place) {
    const MPI_Count round = length * processes, start = place * length;
    const MPI_Count left = std::max<MPI_Count>(size - size / round * round - start, 0);  // elements of the last, incomplete round
    return {start, length, size / round + (left >= length ? 1 : 0), round, left >= length ? 0 : left};
}

int darray(int size, int rank, int ndims, const MPI_Count* gsizes, const int* distribs, const int* dargs, const int* psizes, int order,
           MPI_Datatype element, MPI_Datatype* result) {
    std::vector<Share> all(static_cast<std::size_t>(ndims));
    int processes = size, place = rank;
    for (std::size_t d = 0; d < all.size(); ++d) {
        if (psizes[d] < 1 || (dargs[d] != MPI_DISTRIBUTE_DFLT_DARG && dargs[d] < 1) || gsizes[d] < 1)
            return MPI_ERR_ARG;
        processes /= psizes[d];
        if (processes == 0 || place / processes >= psizes[d])
            return MPI_ERR_ARG;
        const MPI_Count whole = distribs[d] == MPI_DISTRIBUTE_NONE    ? gsizes[d]
                                : distribs[d] == MPI_DISTRIBUTE_BLOCK ? (gsizes[d] + psizes[d] - 1) / psizes[d]
                                                                      : 1;
        const MPI_Count length = dargs[d] == MPI_DISTRIBUTE_DFLT_DARG || distribs[d] == MPI_DISTRIBUTE_NONE ? whole : dargs[d];
        if (distribs[d] == MPI_DISTRIBUTE_BLOCK && length < whole)
            return MPI_ERR_ARG;
        all[d] = dealt(gsizes[d], length, psizes[d], place / processes);
        place %= processes;
    }
    return shares(
        ndims, gsizes, [&](std::size_t d) { return all[d]; }, order, element, result);
}

int get_envelope(MPI_Datatype type, MPI_Count* integers, MPI_Count* addresses, MPI_Count* large, MPI_Count* types, int* combiner) {
    int i = 0, a = 0, t = 0;
    const int code = MPI_Type_get_envelope(type, &i, &a, &t, combiner);
    *integers = i;
    *addresses = a;
    *large = 0;
    *types = t;
    return code;
}

int get_contents(MPI_Datatype type, MPI_Count integers, MPI_Count addresses, MPI_Count, MPI_Count types, int* i, MPI_Aint* a, MPI_Count*,
                 MPI_Datatype* t) {
    return MPI_Type_get_contents(type, static_cast<int>(integers), static_cast<int>(addresses), static_cast<int>(types), i, a, t);
}

/// Calls `step(offset, n)` for `count` elements in pieces of at most `most` elements.
template <class Step> int piece_by_piece(MPI_Count count, MPI_Count most, MPI_Datatype type, Step step) {
    MPI_Aint lb = 0, extent = 0;
    int code = MPI_Type_get_extent(type, &lb, &extent);
    MPI_Count done = 0;
    do {
        const MPI_Count n = std::min(std::max<MPI_Count>(most, 1), count - done);
        if (code == MPI_SUCCESS)
            code = step(done * extent, static_cast<int>(n));
        done += n;
    } while (done < count && code == MPI_SUCCESS);
    return code;
}

int large_pack_size(MPI_Count count, MPI_Datatype type, MPI_Comm comm, MPI_Count* size) {
    if (count < 0)  // Open MPI does not check this
        return MPI_ERR_COUNT;
    int one = 0, all = 0;
    int code = MPI_Pack_size(1, type, comm, &one);
    *size = count * one;
    if (code == MPI_SUCCESS && count <= most_elements && *size <= most_elements) {
        code = MPI_Pack_size(static_cast<int>(count), type, comm, &all);
        *size = all;
    }
    return code;
}

/// Finds how many elements fill a piece whose size in bytes fits an int.
static int packed_elements(MPI_Datatype type, MPI_Comm comm, MPI_Count* most) {
    int one = 0;
    const int code = MPI_Pack_size(1, type, comm, &one);
    *most = most_elements / std::max(one, 1);
    return code;
}

int large_pack(const void* in, MPI_Count count, MPI_Datatype type, void* out, MPI_Count size, MPI_Count* position, MPI_Comm comm) {
    MPI_Count most = 0;
    const auto step = [&](MPI_Aint offset, int n) {
        int end = 0;
        const int room = static_cast<int>(std::min<MPI_Count>(size - *position, INT_MAX));
        const int code =
            MPI_Pack(static_cast<const char*>(in) + offset, n, type, static_cast<char*>(out) + static_cast<MPI_Aint>(*position), room, &end, comm);
        *position += end;
        return code;
    };
    return in_order([&] { return packed_elements(type, comm, &most); }, [&] { return piece_by_piece(count, most, type, step); });
}

int large_unpack(const void* in, MPI_Count size, MPI_Count* position, void* out, MPI_Count count, MPI_Datatype type, MPI_Comm comm) {
    MPI_Count most = 0;
    const auto step = [&](MPI_Aint offset, int n) {
        int end = 0;
        const int room = static_cast<int>(std::min<MPI_Count>(size - *position, INT_MAX));
        const int code =
            MPI_Unpack(static_cast<const char*>(in) + static_cast<MPI_Aint>(*position), room, &end, static_cast<char*>(out) + offset, n, type, comm);
        *position += end;
        return code;
    };
    return in_order([&] { return packed_elements(type, comm, &most); }, [&] { return piece_by_piece(count, most, type, step); });
}

int large_pack_external(const char* datarep, const void* in, MPI_Count count, MPI_Datatype type, void* out, MPI_Aint size, MPI_Aint* position) {
    return piece_by_piece(count, most_elements, type, [&](MPI_Aint offset, int n) {
        return MPI_Pack_external(datarep, static_cast<const char*>(in) + offset, n, type, out, size, position);
    });
}

int large_unpack_external(const char* datarep, const void* in, MPI_Aint size, MPI_Aint* position, void* out, MPI_Count count, MPI_Datatype type) {
    return piece_by_piece(count, most_elements, type, [&](MPI_Aint offset, int n) {
        return MPI_Unpack_external(datarep, in, size, position, static_cast<char*>(out) + offset, n, type);
    });
}

int large_pack_external_size(const char* datarep, MPI_Count count, MPI_Datatype type, MPI_Aint* size) {
    *size = 0;
    return piece_by_piece(count, most_elements, type, [&](MPI_Aint, int n) {
        MPI_Aint piece = 0;
        const int code = MPI_Pack_external_size(datarep, n, type, &piece);
        *size += piece;
        return code;
    });
}

}  // namespace MPI4CXX::detail
