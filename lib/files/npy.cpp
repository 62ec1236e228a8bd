#include <mpi4cxx/npy.hpp>

#include "files/npy_call.hpp"
#include "files/npy_header.hpp"
#include "files/npy_type.hpp"
#include "runtime/text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace MPI4CXX::detail {

namespace {

using Sizes = std::vector<Count>;

/// A dimension of an array: how many elements, and how many bytes from one to the next.
struct Dimension {
    Count extent, stride;
};
using Dimensions = std::vector<Dimension>;

/// A block in memory, without the arrays that its elements may be: these are dimensions too.
struct UserMemory {
    std::byte* data;
    NpyType type;  ///< of one number or record
    Dimensions dimensions;
};

Sizes extents_of(const Dimensions& dimensions) {
    Sizes result;
    for (const Dimension& d : dimensions) result.push_back(d.extent);
    return result;
}

/// Returns the dimensions of an array without gaps. The last `inner` dimensions are in the order of C within each element.
Dimensions without_gaps(const Sizes& extents, Order order, std::size_t size, std::size_t inner = 0) {
    Dimensions result(extents.size());
    auto stride = static_cast<Count>(size);
    const auto place = [&](std::size_t i) {
        result[i] = {extents[i], stride};
        stride *= std::max<Count>(extents[i], 1);
    };
    const std::size_t outer = extents.size() - inner;
    for (std::size_t i = extents.size(); i-- > outer;) place(i);
    for (std::size_t i = 0; i < outer; ++i) place(order == ORDER_C ? outer - 1 - i : i);
    return result;
}

/// Describes the block that a process saves, or loads into memory that exists.
template <class Address> UserMemory memory_of(const NumpyMemory<Address>& part, const npy::Block& block, const NpyCall& call) {
    const Shape& shape = part.shape;
    if (shape.rank > Shape::max_rank)
        call.fail(MPI_ERR_ARG,
                  "the part has " + std::to_string(shape.rank) + " dimensions; at most " + std::to_string(Shape::max_rank) + " are supported");
    UserMemory memory{static_cast<std::byte*>(const_cast<void*>(static_cast<const void*>(part.data))), type_in_memory(*part.type), {}};
    const Sizes inner = std::exchange(memory.type.extents, {});
    for (std::size_t i = 0; i < shape.rank; ++i)
        memory.dimensions.push_back({shape.dimensions[i].extent, shape.dimensions[i].stride * static_cast<Count>(part.type->size)});
    for (const Dimension& d : without_gaps(inner, ORDER_C, memory.type.size)) memory.dimensions.push_back(d);
    if (block.part.empty())
        return memory;
    const Sizes extents = extents_of(memory.dimensions), named(block.part.begin(), block.part.end());
    const bool fits = part.is_range ? product(named, call) == product(extents, call) : named == extents;
    if (!fits)
        call.fail(MPI_ERR_ARG, "the block has the extents " + text_of(named) + ", but its memory has " + text_of(extents));
    if (part.is_range && named != extents)
        memory.dimensions = without_gaps(named, block.order, memory.type.size, std::min(inner.size(), named.size()));
    return memory;
}

/// The order of the elements in memory, as far as it is known.
enum class MemoryOrder : Count { any, c, fortran };

MemoryOrder order_of(const Dimensions& dimensions) {
    Sizes strides;
    for (const Dimension& d : dimensions) {
        if (d.extent == 0)
            return MemoryOrder::any;
        if (d.extent > 1)
            strides.push_back(std::abs(d.stride));
    }
    if (strides.size() < 2)
        return MemoryOrder::any;
    return std::is_sorted(strides.begin(), strides.end()) ? MemoryOrder::fortran : MemoryOrder::c;
}

/// Elements as MPI takes them.
struct Elements {
    Count count;
    Datatype type;
};

/// Describes elements of `size` bytes, whose bytes MPI takes one after the other in the order of C or of Fortran.
Elements elements_of(Dimensions dimensions, Order order, Datatype element, Count size, At at) {
    if (order == ORDER_C)
        std::reverse(dimensions.begin(), dimensions.end());
    Elements result{1, std::move(element)};
    Count reach = size;  // the bytes of all so far if they have no gaps between them, else -1
    if (result.type.handle() == MPI_BYTE)
        result.count = size;
    for (const auto& [extent, stride] : dimensions) {
        if (extent == 0)
            return {0, Datatype::borrow(MPI_BYTE)};
        if (extent == 1)
            continue;
        if (stride == reach) {
            result.count *= extent;
            reach *= extent;
        } else {
            result.type = result.type.Create_hvector(extent, std::exchange(result.count, 1), stride, at);
            reach = -1;
        }
    }
    if (result.type.handle() != MPI_BYTE)
        result.type.Commit(at);
    return result;
}

/// Returns the datatype of one element in memory: its bytes without padding, in the order in which they are in the file.
Datatype element_type(const NpyType& memory, const NpySteps& steps, At at) {
    std::vector<Count> lengths, places;
    for (const NpyStep& step : steps)
        if (!lengths.empty() && places.back() + lengths.back() == static_cast<Count>(step.memory)) {
            lengths.back() += static_cast<Count>(step.count * step.unit);
        } else {
            lengths.push_back(static_cast<Count>(step.count * step.unit));
            places.push_back(static_cast<Count>(step.memory));
        }
    if (lengths.size() == 1 && lengths[0] == static_cast<Count>(memory.size))
        return Datatype::borrow(MPI_BYTE);
    return Datatype::borrow(MPI_BYTE).Create_hindexed(lengths, places, at).Create_resized(0, static_cast<Aint>(memory.size), at);
}

/// Where a block lies in a file.
class FileBlock {
public:
    FileBlock(const Sizes& shape, const Sizes& start, const Sizes& part, Order order, std::size_t size, Offset data, At at) : at_(at), begin_(data) {
        Dimensions dimensions = without_gaps(shape, order, size);
        const bool is_empty = std::find(part.begin(), part.end(), 0) != part.end();
        for (std::size_t i = 0; i < dimensions.size(); ++i) {
            begin_ += is_empty ? 0 : start[i] * dimensions[i].stride;
            dimensions[i].extent = part[i];
        }
        Elements elements = elements_of(dimensions, order, Datatype::borrow(MPI_BYTE), static_cast<Count>(size), at);
        type_ = elements.count == 1 || elements.type.handle() == MPI_BYTE ? std::move(elements.type)
                                                                          : elements.type.Create_contiguous(elements.count, at).Commit(at);
    }
    /// Collective.
    void show(const File& file) const { file.Set_view(begin_, BYTE, type_, "native", INFO_NULL, at_); }

private:
    At at_;
    Offset begin_;
    Datatype type_;
};

/// Calls `f` with the address of each element, in the order of the file.
template <class F> void for_each_element(const UserMemory& memory, Order order, F f) {
    Dimensions dimensions = memory.dimensions;
    if (order == ORDER_C)
        std::reverse(dimensions.begin(), dimensions.end());
    if (std::any_of(dimensions.begin(), dimensions.end(), [](const Dimension& d) { return d.extent == 0; }))
        return;
    Sizes index(dimensions.size());
    std::byte* address = memory.data;
    for (bool is_another = true; is_another;) {
        f(address);
        is_another = false;
        for (std::size_t i = 0; i < dimensions.size() && !is_another; ++i) {
            address += dimensions[i].stride;
            is_another = ++index[i] < dimensions[i].extent;
            if (!is_another)
                address -= std::exchange(index[i], 0) * dimensions[i].stride;
        }
    }
}

/// Converts an element of a file.
void convert(std::byte* to, const std::byte* from, const NpySteps& steps) {
    for (const NpyStep& step : steps) {
        std::byte *const begin = to + step.memory, *const end = begin + step.count * step.unit;
        std::copy_n(from + step.file, step.count * step.unit, begin);
        if (step.is_bool)
            std::transform(begin, end, begin, [](std::byte b) { return std::byte{b != std::byte{0}}; });
        if (step.is_swapped)
            for (std::byte* number = begin; number != end; number += step.unit) std::reverse(number, number + step.unit);
    }
}

/// Returns whether the bytes of an element in the file, one after the other, are those of an element in memory.
bool is_verbatim(const NpySteps& steps, const NpyType& file) {
    std::size_t place = 0;
    for (const NpyStep& step : steps) {
        if (step.is_bool || step.is_swapped || step.file != place)
            return false;
        place += step.count * step.unit;
    }
    return place == file.size;
}

/// The blocks of all processes, as each has described its own.
struct Plan {
    Sizes shape, start, part;  ///< the shape is empty if the blocks follow each other
    MemoryOrder order = MemoryOrder::any;
    std::string descr;

    [[nodiscard]] Sizes numbers() const {
        Sizes result{static_cast<Count>(order), static_cast<Count>(shape.size()), static_cast<Count>(start.size()), static_cast<Count>(part.size())};
        for (const Sizes* list : {&shape, &start, &part}) result.insert(result.end(), list->begin(), list->end());
        result.insert(result.end(), descr.begin(), descr.end());
        return result;
    }
    static Plan from(const Count* begin, const Count* end) {
        Plan plan;
        plan.order = static_cast<MemoryOrder>(begin[0]);
        const Count* next = begin + 4;
        for (const auto& [list, length] : {std::pair(&plan.shape, begin[1]), std::pair(&plan.start, begin[2]), std::pair(&plan.part, begin[3])}) {
            list->assign(next, next + length);
            next += length;
        }
        for (; next != end; ++next) plan.descr += static_cast<char>(*next);
        return plan;
    }
};

/// Throws an Exception if a block does not lie within an array.
void check_within(const Plan& plan, int rank, const NpyCall& call) {
    const std::string whose = "the block of rank " + std::to_string(rank);
    if (plan.start.size() != plan.shape.size() || plan.part.size() != plan.shape.size())
        call.fail(MPI_ERR_ARG, whose + " has the extents " + text_of(plan.part) + " and begins at " + text_of(plan.start) +
                                   ", but the array has the shape " + text_of(plan.shape));
    for (std::size_t i = 0; i < plan.shape.size(); ++i)
        if (plan.start[i] < 0 || plan.part[i] < 0 || plan.start[i] > plan.shape[i] || plan.part[i] > plan.shape[i] - plan.start[i])
            call.fail(MPI_ERR_ARG,
                      whose + ", " + text_of(plan.part) + " at " + text_of(plan.start) + ", does not lie within the shape " + text_of(plan.shape));
}

bool overlap(const Plan& a, const Plan& b) {
    for (std::size_t i = 0; i < a.shape.size(); ++i)
        if (a.part[i] == 0 || b.part[i] == 0 || a.start[i] >= b.start[i] + b.part[i] || b.start[i] >= a.start[i] + a.part[i])
            return false;
    return true;
}

/// Puts the blocks one after the other along the first dimension.
void stack(std::vector<Plan>& plans, const NpyCall& call) {
    Count rows = 0;
    for (std::size_t i = 0; i < plans.size(); ++i) {
        Plan& plan = plans[i];
        const Sizes &own = plan.part, &first = plans[0].part;
        if (own.empty() || own.size() != first.size() || !std::equal(own.begin() + 1, own.end(), first.begin() + 1))
            call.fail(MPI_ERR_ARG, "the parts of ranks 0 and " + std::to_string(i) + " cannot follow each other: their extents are " +
                                       text_of(first) + " and " + text_of(own));
        plan.start.assign(own.size(), 0);
        plan.start[0] = rows;
        rows += own[0];
    }
    for (Plan& plan : plans) {
        plan.shape = plan.part;
        plan.shape[0] = rows;
    }
}

/// Tells all processes the blocks of all, completed and checked. Returns the block of this process. Collective.
Plan agree_on_blocks(const Plan& own, bool may_overlap, const NpyCall& call) {
    const auto [numbers, counts] = call.comm.Allgatherv_counted(own.numbers(), call.at);
    std::vector<Plan> plans;
    const Count* next = numbers.data();
    for (const Count count : counts) {
        plans.push_back(Plan::from(next, next + count));
        next += count;
    }
    // All processes check the same numbers, so all find the same mistake.
    for (std::size_t i = 1; i < plans.size(); ++i)
        if (plans[i].shape != plans[0].shape)
            call.fail(MPI_ERR_ARG, "rank 0 has the shape " + text_of(plans[0].shape) + ", rank " + std::to_string(i) + " " + text_of(plans[i].shape));
        else if (plans[i].descr != plans[0].descr)
            call.fail(MPI_ERR_TYPE, "the elements of rank 0 are " + plans[0].descr + ", those of rank " + std::to_string(i) + " " + plans[i].descr);
        else if (plans[i].start.size() != plans[0].start.size())
            call.fail(MPI_ERR_ARG, "rank 0 begins at " + text_of(plans[0].start) + ", rank " + std::to_string(i) + " at " + text_of(plans[i].start));
    const bool is_stack = plans[0].shape.empty();
    if (is_stack && !plans[0].start.empty())
        call.fail(MPI_ERR_ARG, "the blocks begin at " + text_of(plans[0].start) + ", and so on, but the array has no shape");
    if (is_stack)
        stack(plans, call);
    Count elements = 0;
    bool has_c = false, has_fortran = false;
    for (std::size_t i = 0; i < plans.size(); ++i) {
        check_within(plans[i], static_cast<int>(i), call);
        elements += product(plans[i].part, call);
        has_c = has_c || plans[i].order == MemoryOrder::c;
        has_fortran = has_fortran || plans[i].order == MemoryOrder::fortran;
    }
    Plan result = plans[static_cast<std::size_t>(call.rank())];
    result.order = has_fortran && !has_c ? MemoryOrder::fortran : MemoryOrder::c;
    if (is_stack || may_overlap)
        return result;
    call.together([&] {
        for (std::size_t i = 0; i < plans.size(); ++i)
            if (static_cast<int>(i) != call.rank() && overlap(result, plans[i]))
                call.fail(MPI_ERR_ARG, "the blocks of ranks " + std::to_string(call.rank()) + " and " + std::to_string(i) + " overlap");
    });
    if (const Count all = product(result.shape, call); elements != all)
        call.fail(MPI_ERR_ARG, "the blocks have " + std::to_string(elements) + " elements in all, but the array has " + std::to_string(all));
    return result;
}

template <class Address> Plan plan_of(const UserMemory& memory, const NumpyMemory<Address>& part, const npy::Block& block) {
    Plan plan{{block.shape.begin(), block.shape.end()},
              {block.start.begin(), block.start.end()},
              extents_of(memory.dimensions),
              MemoryOrder::any,
              descr_of(packed(memory.type))};
    if (!part.is_range)
        plan.order = order_of(memory.dimensions);
    else if (plan.part.size() > 1)
        plan.order = block.order == ORDER_C ? MemoryOrder::c : MemoryOrder::fortran;
    return plan;
}

/// Reads a block of an open file.
void read_block(const NpyCall& call, const File& file, const NpyHeader& header, const UserMemory& memory, const NpySteps& steps, const Plan& plan) {
    const Order order = header.is_fortran ? ORDER_FORTRAN : ORDER_C;
    std::unique_ptr<std::byte[]> bytes;
    Elements elements{0, Datatype::borrow(MPI_BYTE)};
    void* data = memory.data;
    Datatype element;
    std::unique_ptr<FileBlock> place;
    call.together([&] {
        place = std::make_unique<FileBlock>(plan.shape, plan.start, plan.part, order, header.type.size, header.data, call.at);
        if (is_verbatim(steps, header.type)) {
            element = element_type(memory.type, steps, call.at);
            elements = elements_of(memory.dimensions, order, std::move(element), static_cast<Count>(memory.type.size), call.at);
        } else {
            elements.count = product(plan.part, call) * static_cast<Count>(header.type.size);
            bytes.reset(new std::byte[static_cast<std::size_t>(elements.count)]);
            data = bytes.get();
        }
    });
    call.together([&] { place->show(file); });
    file.Read_at_all(0, Buf(data, elements.count, elements.type), nullptr, call.at);
    if (bytes == nullptr)
        return;
    const std::byte* from = bytes.get();
    for_each_element(memory, order, [&](std::byte* to) {
        convert(to, from, steps);
        from += header.type.size;
    });
}

/// Returns the slice of this process: a part of the first dimension, and all of the others.
Plan slice_of(const Sizes& shape, const NpyCall& call) {
    Plan plan{shape, Sizes(shape.size()), shape, MemoryOrder::any, {}};
    if (!shape.empty()) {
        const Count length = shape[0] / call.size(), longer = shape[0] % call.size(), rank = call.rank();
        plan.part[0] = length + (rank < longer ? 1 : 0);
        plan.start[0] = rank * length + std::min(rank, longer);
    }
    return plan;
}

void check_shape(const Sizes& wanted, const Sizes& shape, const NpyCall& call) {
    if (wanted != shape)
        call.fail(MPI_ERR_ARG, "its shape is " + text_of(shape) + ", not " + text_of(wanted));
}

}  // namespace

void npy_save(const Intracomm& comm, const std::filesystem::path& path, const NumpyMemory<const void*>& part, const npy::Block& block, At at) {
    const NpyCall call(comm, path, "npy::save", at);
    UserMemory memory;
    Plan plan;
    call.together([&] {
        memory = memory_of(part, block, call);
        plan = plan_of(memory, part, block);
    });
    plan = agree_on_blocks(plan, false, call);

    const NpyType type = packed(memory.type);
    const Order order = plan.order == MemoryOrder::fortran ? ORDER_FORTRAN : ORDER_C;
    std::string header;
    Elements elements{0, Datatype::borrow(MPI_BYTE)};
    std::unique_ptr<FileBlock> place;
    call.together([&] {
        header = write_header(type, order == ORDER_FORTRAN, plan.shape);
        place = std::make_unique<FileBlock>(plan.shape, plan.start, plan.part, order, type.size, static_cast<Offset>(header.size()), at);
        elements = elements_of(memory.dimensions, order, element_type(memory.type, steps_between(memory.type, type, plan.descr, call), at),
                               static_cast<Count>(memory.type.size), at);
    });
    call.with_file(MODE_CREATE | MODE_RDWR, [&](const File& file) {
        call.together([&] { file.Set_size(0, at); });  // an old header must not promise what is only half written
        call.together([&] { place->show(file); });
        file.Write_at_all(0, ConstBuf(memory.data, elements.count, elements.type), nullptr, at);
        call.together([&] { file.Set_view(0, BYTE, DATATYPE_NULL, "native", INFO_NULL, at); });
        call.together([&] {
            if (call.rank() == 0)
                file.Write_at(0, header, nullptr, at);
        });
    });
}

void npy_load(const Intracomm& comm, const std::filesystem::path& path, const NumpyMemory<void*>& part, const npy::Block& block, At at) {
    const NpyCall call(comm, path, "npy::load_into", at);
    UserMemory memory;
    Plan plan;
    call.together([&] {
        memory = memory_of(part, block, call);
        plan = plan_of(memory, part, block);
    });
    plan = agree_on_blocks(plan, true, call);
    call.with_file(MODE_RDONLY, [&](const File& file) {
        const NpyHeader header = read_header(call, file);
        check_shape(plan.shape, header.shape, call);
        NpySteps steps;
        call.together([&] { steps = steps_between(memory.type, header.type, header.descr, call); });
        read_block(call, file, header, memory, steps, plan);
    });
}

npy::Block npy_load(const Intracomm& comm, const std::filesystem::path& path, const NumpyType& type, AnyVector data, const npy::Block& block, At at) {
    const NpyCall call(comm, path, "npy::load", at);
    npy::Block loaded;
    call.with_file(MODE_RDONLY, [&](const File& file) {
        const NpyHeader header = read_header(call, file);
        UserMemory memory;
        Plan plan;
        NpySteps steps;
        call.together([&] {
            memory.type = type_in_memory(type);
            const Sizes inner = std::exchange(memory.type.extents, {});
            steps = steps_between(memory.type, header.type, header.descr, call);
            plan = slice_of(header.shape, call);
            if (!block.shape.empty())
                check_shape({block.shape.begin(), block.shape.end()}, header.shape, call);
            if (!block.shape.empty() || !block.part.empty()) {
                plan.start.assign(block.start.begin(), block.start.end());
                plan.part.assign(block.part.begin(), block.part.end());
                check_within(plan, call.rank(), call);
            }
            const std::size_t outer = plan.part.size() - std::min(inner.size(), plan.part.size());
            if (Sizes(plan.part.begin() + static_cast<std::ptrdiff_t>(outer), plan.part.end()) != inner)
                call.fail(MPI_ERR_ARG, "the block has the extents " + text_of(plan.part) + ", of which the last should be " + text_of(inner) +
                                           ", those of an element");
            memory.dimensions = without_gaps(plan.part, block.order, memory.type.size, inner.size());
            const Count elements = product(plan.part.data(), plan.part.data() + outer, call);
            memory.data = static_cast<std::byte*>(data(static_cast<std::size_t>(elements)));
        });
        read_block(call, file, header, memory, steps, plan);
        loaded = npy::Block(plan.shape, plan.start, plan.part, block.order);
    });
    return loaded;
}

OpenedArray npy_open(const Intracomm& comm, const std::filesystem::path& path, At at) {
    const NpyCall call(comm, path, "npy::open", at);
    NpyHeader header;
    call.with_file(MODE_RDONLY, [&](const File& file) { header = read_header(call, file); });
    return {header.descr, header.shape, header.is_fortran ? ORDER_FORTRAN : ORDER_C, header.type.size, header.data};
}

}  // namespace MPI4CXX::detail
