#include <mpi4cxx/detail/handles/memory_layout.hpp>

#include <mpi4cxx/error.hpp>

#include <algorithm>
#include <cstdlib>
#include <span>
#include <string>
#include <utility>

namespace MPI4CXX::detail {

namespace {

using Dimensions = std::span<Shape::Dimension>;

/// Removes the dimensions of extent 1, sorts the others by their strides, the longest first, and joins those that follow each other without a gap. No
/// dimension is left if there is only one element. Dimensions of stride 0, which repeat all others, come first.
Dimensions simplified(Dimensions dimensions) {
    auto end = std::remove_if(dimensions.begin(), dimensions.end(), [](const auto& d) { return d.extent == 1; });
    std::stable_sort(dimensions.begin(), end,
                     [](const auto& a, const auto& b) { return b.stride != 0 && (a.stride == 0 || std::abs(a.stride) > std::abs(b.stride)); });
    std::size_t last = 0;
    const auto n = static_cast<std::size_t>(end - dimensions.begin());
    for (std::size_t i = 1; i < n; ++i)
        if (dimensions[last].stride == dimensions[i].stride * dimensions[i].extent)
            dimensions[last] = {dimensions[last].extent * dimensions[i].extent, dimensions[i].stride};
        else
            dimensions[++last] = dimensions[i];
    return dimensions.first(n == 0 ? 0 : last + 1);
}

/// Returns whether no two elements share memory: each step of a dimension leads beyond all elements of those with shorter strides.
bool is_injective(Dimensions dimensions) {
    Count reach = 0;
    for (std::size_t i = dimensions.size(); i-- > 0; reach += (dimensions[i].extent - 1) * std::abs(dimensions[i].stride))
        if (std::abs(dimensions[i].stride) <= reach)
            return false;
    return true;
}

}  // namespace

MemoryLayout layout_of(Shape& shape, MPI_Datatype element, std::size_t size, MemoryUse use, At at) {
    if (shape.rank > Shape::max_rank)
        misuse({at, "buffer"},
               "an array of " + std::to_string(shape.rank) + " dimensions: at most " + std::to_string(Shape::max_rank) + " are supported");
    const Dimensions all(shape.dimensions.data(), shape.rank);
    if (std::any_of(all.begin(), all.end(), [](const auto& d) { return d.extent == 0; }))
        return {0, element, nullptr};
    Dimensions dimensions = simplified(all);
    if (dimensions.empty())
        return {1, element, nullptr};
    const Shape::Dimension outermost = dimensions.front();
    if (dimensions.size() == 1 && outermost.stride == 1)
        return {outermost.extent, element, nullptr};
    if (use == MemoryUse::write && !is_injective(dimensions))
        misuse({at, "buffer"}, "elements of the array to receive into share their memory");

    // One element of the datatype has all elements of one step of the outermost dimension. So calls can divide the buffer and count its blocks.
    const auto bytes = static_cast<Aint>(size);
    Datatype type = Datatype::borrow(element);
    Count elements = 1, block = 1;
    for (std::size_t i = dimensions.size(); i-- > 1;) {
        const auto [extent, stride] = dimensions[i];
        elements *= extent;
        if (stride == 1)
            block = extent;
        else
            type = type.Create_hvector(extent, std::exchange(block, 1), stride * bytes, at);
    }
    if (block > 1)
        type = type.Create_contiguous(block, at);
    const bool is_backwards = outermost.stride < 0;  // MPI has no negative extents, so one element is the whole buffer
    type =
        is_backwards ? type.Create_hvector(outermost.extent, 1, outermost.stride * bytes, at) : type.Create_resized(0, outermost.stride * bytes, at);
    type.Commit(at);
    auto strided = std::make_shared<const Strided>(Strided{std::move(type), element, is_backwards ? elements * outermost.extent : elements});
    const MPI_Datatype handle = strided->type.handle();
    return {is_backwards ? 1 : outermost.extent, handle, std::move(strided)};
}

}  // namespace MPI4CXX::detail
