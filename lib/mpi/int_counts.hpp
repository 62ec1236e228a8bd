// Helpers for the stand-ins that large_count.hpp and large_types.hpp declare.
#pragma once

#include <mpi4cxx/detail/mpi/large_count.hpp>
#include <mpi4cxx/detail/mpi/large_types.hpp>

#include "mpi/temporary_datatype.hpp"

#include <cstddef>
#include <numeric>
#include <vector>

namespace MPI4CXX::detail {

/// Returns the error code of a large count that this MPI cannot take.
inline int unsupported() noexcept {
    static const int added =
        added_code(MPI_ERR_COUNT, "not supported by this MPI: a count or displacement beyond int (it follows MPI-3, large counts came with MPI-4)");
    return added;
}

/// Makes the datatype of `count` blocks, `step` bytes apart. `make(n, &type)` makes the datatype of `n` blocks, where `n` fits an int.
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

/// The counts of one side of a call as int, and their datatype. A count beyond int becomes one element of a datatype that holds everything. In a v
/// call, whose blocks share a datatype, the blocks are counted in larger elements instead. A larger element holds `unit` elements, and all counts and
/// displacements are multiples of `unit`. Both ways match what other processes send or receive with small counts.
class Narrow {
public:
    MPI_Count unit = 1;  ///< how many elements a larger element has
    int count = 0;
    const int* counts = nullptr;
    const int* displs = nullptr;
    MPI_Datatype type = MPI_DATATYPE_NULL;

    int fit(MPI_Count n, MPI_Datatype element) {
        type = element;
        count = static_cast<int>(n);
        return n <= most_elements ? MPI_SUCCESS : replace(n, 1);
    }

    /// `ints[0]` and `ints[1]` hold the results. That is enough for a nonblocking call too, because Open MPI reads them before it returns.
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

}  // namespace MPI4CXX::detail
