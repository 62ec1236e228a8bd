// The stand-ins that large_windows.hpp declares.
#include <mpi4cxx/detail/mpi/large_windows.hpp>

#include "mpi/temporary_datatype.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <type_traits>

namespace MPI4CXX::detail {

/// The bytes of a piece. MPICH 4.0 crashes where a Get_accumulate has 2 GiB.
static constexpr MPI_Count most_bytes = MPI_Count{1} << 30;

/// Elements of one datatype on one side of a call, and how many of them a piece has.
struct PieceSide {
    MPI_Count count = 0;
    MPI_Datatype type = MPI_DATATYPE_NULL;
    MPI_Count size = 0, extent = 0, step = 0;

    int measure() {
        MPI_Count lb = 0;
        const int code = MPI_Type_size_x(type, &size);
        return code != MPI_SUCCESS ? code : MPI_Type_get_extent_x(type, &lb, &extent);
    }
};

/// Chooses the pieces, which have as many bytes on all sides. Returns the error code of a count that cannot be divided so.
template <std::size_t N> static int divide(std::array<PieceSide*, N> sides) {
    MPI_Count unit = 1, longest = 1;
    for (PieceSide* const side : sides) {
        if (const int code = side->measure(); code != MPI_SUCCESS)
            return code;
        if (side->size == 0 || side->count * side->size != sides[0]->count * sides[0]->size)
            return MPI_ERR_COUNT;
        unit = std::lcm(unit, side->size);
    }
    for (const PieceSide* const side : sides) longest = std::max(longest, unit / side->size);
    const MPI_Count units = std::min(most_elements / longest, std::max<MPI_Count>(most_bytes / unit, 1));
    for (PieceSide* const side : sides) side->step = units * (unit / side->size);
    return units > 0 ? MPI_SUCCESS : MPI_ERR_COUNT;
}

/// Calls `step(i, type, is_last)` for each piece, whose place in the target is that of the datatype: the displacement unit of the target is not known
/// here.
template <class Step> static int for_each_piece(const PieceSide& target, Step step) {
    int code = MPI_SUCCESS;
    for (MPI_Count done = 0; done < target.count && code == MPI_SUCCESS; done += target.step) {
        const auto length = static_cast<int>(std::min(target.step, target.count - done));
        const MPI_Aint place = done * target.extent;
        Temporary piece;
        code = in_order([&] { return MPI_Type_create_hindexed_block(1, length, &place, target.type, &piece); },
                        [&] { return MPI_Type_commit(&piece); }, [&] { return step(done / target.step, piece, done + target.step >= target.count); });
    }
    return code;
}

static int length_of(const PieceSide& side, MPI_Count piece) { return static_cast<int>(std::min(side.step, side.count - piece * side.step)); }

/// Completes a piece other than the last one, whose request the caller gets.
template <class T> static int complete([[maybe_unused]] T argument) {
    if constexpr (std::is_same_v<T, MPI_Request*>)
        return MPI_Wait(argument, MPI_STATUS_IGNORE);
    return MPI_SUCCESS;
}

template <class... P> static int complete_piece(int code, bool is_last, P... rest) {
    ((code = code == MPI_SUCCESS && !is_last ? complete(rest) : code), ...);
    return code;
}

template <auto Fn, class Address, class... P>
int OneSided<Fn, int (*)(Address, int, MPI_Datatype, int, MPI_Aint, int, MPI_Datatype, P...)>::call(Address origin, MPI_Count count,
                                                                                                    MPI_Datatype type, int target_rank,
                                                                                                    MPI_Aint target_disp, MPI_Count target_count,
                                                                                                    MPI_Datatype target_type, P... rest) {
    PieceSide here{count, type}, there{target_count, target_type};
    const int code = divide(std::array{&here, &there});
    return code != MPI_SUCCESS ? code : for_each_piece(there, [&](MPI_Count i, MPI_Datatype piece, bool is_last) {
        const int result = Fn(advanced(origin, i * here.step * here.extent), length_of(here, i), type, target_rank, target_disp, 1, piece, rest...);
        return complete_piece(result, is_last, rest...);
    });
}

template <auto Fn, class... P>
int OneSided<Fn, int (*)(const void*, int, MPI_Datatype, void*, int, MPI_Datatype, int, MPI_Aint, int, MPI_Datatype, MPI_Op, P...)>::call(
    const void* origin, MPI_Count count, MPI_Datatype type, void* result, MPI_Count result_count, MPI_Datatype result_type, int target_rank,
    MPI_Aint target_disp, MPI_Count target_count, MPI_Datatype target_type, MPI_Op op, P... rest) {
    PieceSide there{target_count, target_type}, got{result_count, result_type}, here{count, type};
    const bool reads_only = op == MPI_NO_OP;  // the origin has no meaning then
    const int code = reads_only ? divide(std::array{&there, &got}) : divide(std::array{&there, &got, &here});
    return code != MPI_SUCCESS ? code : for_each_piece(there, [&](MPI_Count i, MPI_Datatype piece, bool is_last) {
        const void* const from = reads_only ? origin : advanced(origin, i * here.step * here.extent);
        const int length = reads_only ? 0 : length_of(here, i);
        const int done = Fn(from, length, type, advanced(result, i * got.step * got.extent), length_of(got, i), result_type, target_rank, target_disp,
                            1, piece, op, rest...);
        return complete_piece(done, is_last, rest...);
    });
}

}  // namespace MPI4CXX::detail
