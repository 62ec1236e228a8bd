// Views of files: which part of a file each process sees.
#include <mpi4cxx/cartcomm.hpp>
#include <mpi4cxx/error.hpp>
#include <mpi4cxx/file.hpp>

#include "communicators/comparison.hpp"
#include "files/open_file.hpp"
#include "runtime/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace MPI4CXX {

using detail::call;

namespace {

/// Owns a datatype that MPI has returned. Predefined ones may not be freed.
Datatype own(MPI_Datatype raw, At at) { return Datatype::borrow(raw).is_predefined(at) ? Datatype::borrow(raw) : Datatype::take(raw); }

bool is_empty(const Slab& slab) { return std::find(slab.part.begin(), slab.part.end(), 0) != slab.part.end(); }

/// Returns the datatype of a slab of an array, null if the slab is all that there is to see.
Datatype type_of(const Slab& slab, const Datatype& etype, detail::Caller caller) {
    if (slab.start.size() != slab.shape.size() || slab.part.size() != slab.shape.size())
        detail::misuse(caller, "a slab has one start and one part per dimension: the shape has " + std::to_string(slab.shape.size()) +
                                   ", the start " + std::to_string(slab.start.size()) + ", the part " + std::to_string(slab.part.size()));
    if (slab.shape.empty() || is_empty(slab))  // no datatype has a length of 0 in any dimension
        return {};
    return etype.Create_subarray(slab.shape, slab.part, slab.start, ORDER_C, caller.at).Commit(caller.at);
}

/// Returns the part of an array that a process of a grid has.
Slab part_of(const Cartcomm& grid, const detail::Extents& shape, detail::Caller caller) {
    const Cartcomm::Topo topo = grid.Get_topo(caller.at);
    if (topo.dims.size() > shape.size())
        detail::misuse(caller, "the grid has " + std::to_string(topo.dims.size()) + " dimensions, the array only " + std::to_string(shape.size()));
    Slab slab{shape, detail::Extents(shape.size()), shape};
    for (std::size_t i = 0; i < topo.dims.size(); ++i) {
        const Count length = shape[i] / topo.dims[i], longer = shape[i] % topo.dims[i], place = topo.coords[i];
        slab.part[i] = length + (place < longer ? 1 : 0);
        slab.start[i] = place * length + std::min(place, longer);
    }
    return slab;
}

/// What a process gives to Set_view, as far as a few numbers tell it.
struct GivenView {
    Count etype_extent = 0;
    std::string numbers;
};

/// Returns whether the views of all processes are the same. Throws std::invalid_argument on all if they have what they may not (MPI-4.0, 14.3).
bool compare_views(const detail::OpenFile& open, const GivenView& view, const std::string& datarep, detail::Caller caller) {
    const auto is_same = [&](const std::string& text) {
        const detail::Range hashes = detail::range_of(open.comm, static_cast<std::int64_t>(detail::hash_of(text)), caller.at);
        return hashes.least == hashes.most;
    };
    if (is_same(view.numbers + datarep))
        return true;
    detail::check_same(&open, view.etype_extent, "extents of the etype", caller);
    if (!is_same(datarep))
        detail::misuse(caller, "the processes give different representations of data, this one \"" + datarep + '"');
    return false;
}

}  // namespace

void File::Set_view(Offset disp, const Datatype& etype, const Datatype& filetype, const std::string& datarep, const Info& info, At at) const {
    const MPI_Datatype shown = filetype.is_null() ? etype.handle() : filetype.handle();
    const detail::Caller caller(at);
    Count etype_size = 0, etype_reach = 0, size = 0;
    GivenView given;
    detail::together(open_.get(), "MPI_File_set_view", on(at), [&] {  // MPIs do not tell the others of a wrong argument
        detail::check_idle(open_.get(), caller);
        // MPI_DISPLACEMENT_CURRENT, which is -1 in the standard ABI, is for sequential files alone.
        if (disp < 0 && (disp != MPI_DISPLACEMENT_CURRENT || (amode_of_opening(at) & MODE_SEQUENTIAL) == 0))
            detail::misuse(caller, "the displacement is " + std::to_string(disp));
        etype_size = etype.Get_size(at);
        if (etype_size == 0)
            detail::misuse(caller, "the etype has no bytes");
        etype_reach = etype.Get_true_extent(at).extent;
        size = filetype.is_null() ? etype_size : filetype.Get_size(at);
        if (size % etype_size != 0)
            detail::misuse(caller, "the filetype has " + std::to_string(size) + " bytes, which is no whole number of etypes of " +
                                       std::to_string(etype_size) + " bytes");
        const Datatype part = Datatype::borrow(shown);
        const Datatype::Extent of_etype = etype.Get_extent(at), repeats = part.Get_extent(at), covers = part.Get_true_extent(at);
        if (size > 0 && repeats.extent <= 0)
            detail::misuse(caller, "the filetype has an extent of " + std::to_string(repeats.extent) +
                                       " bytes, so it would not show more of the file when it is repeated");
        given.etype_extent = of_etype.extent;
        for (const Count number : {Count{disp}, etype_size, size, of_etype.extent, repeats.lb, repeats.extent, covers.lb, covers.extent})
            given.numbers += std::to_string(number) + ' ';
    });
    const bool is_shared = open_ == nullptr || compare_views(*open_, given, datarep, caller);
    detail::together(open_.get(), "MPI_File_set_view", on(at), [&] {
        try {
            call<MPI_File_set_view>(handle(), disp, etype.handle(), shown, datarep.c_str(), info.handle(), on(at));
        } catch (const Exception& e) {
            if (filetype.is_null() || e.Get_error_class() == MPI_ERR_UNSUPPORTED_DATAREP)
                throw;
            throw Exception(e.Get_error_code(), e.function(),
                            e.Get_error_string() + " (a filetype is committed and made of etypes, and its displacements do not decrease)", on(at));
        }
    });
    if (open_ == nullptr)
        return;
    open_->etype_size = etype_size;
    open_->etype_reach = etype_reach;
    open_->shows_nothing = size == 0;
    open_->has_shared_view = is_shared;
}

void File::Set_view(const Slab& slab, const Datatype& etype, Offset disp, At at) const {
    const detail::Caller caller(at);
    Datatype block;
    detail::together(open_.get(), "MPI_File_set_view", on(at), [&] { block = type_of(slab, etype, caller); });
    Set_view(disp, etype, block, "native", INFO_NULL, at);
    if (open_ != nullptr)
        open_->shows_nothing = is_empty(slab);
}

Slab File::Set_view(const Cartcomm& grid, const detail::Extents& shape, const Datatype& etype, Offset disp, At at) const {
    const detail::Caller caller(at);
    Slab slab;
    detail::together(open_.get(), "MPI_File_set_view", on(at), [&] { slab = part_of(grid, shape, caller); });
    Set_view(slab, etype, disp, at);
    return slab;
}

File::View File::Get_view(At at) const {
    Offset disp = 0;
    MPI_Datatype etype = MPI_DATATYPE_NULL, filetype = MPI_DATATYPE_NULL;
    std::array<char, MPI_MAX_DATAREP_STRING> datarep{};
    call<MPI_File_get_view>(handle(), &disp, &etype, &filetype, datarep.data(), on(at));
    return {disp, own(etype, at), own(filetype, at), datarep.data()};
}

}  // namespace MPI4CXX
