#include <mpi4cxx/detail/windows/node_memory.hpp>

#include <mpi4cxx/detail/communicators/agreement.hpp>
#include <mpi4cxx/error.hpp>
#include <mpi4cxx/group.hpp>

#include "runtime/failure.hpp"
#include "runtime/text.hpp"

#include <sys/mman.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <exception>
#include <fstream>
#include <limits>
#include <memory>
#include <string>

namespace MPI4CXX::detail {

namespace {

constexpr std::int64_t any = std::numeric_limits<std::int64_t>::max();

/// Throws std::invalid_argument unless an array has this shape. Returns the number of its elements.
Count elements_of(const Shape& shape, std::size_t element_size, Caller caller) {
    if (shape.rank == 0 || shape.rank > Shape::max_rank)
        misuse(caller, "a shape of " + std::to_string(shape.rank) + " dimensions, not of 1 to " + std::to_string(Shape::max_rank));
    // Extents of 0 are left out, because an array of nothing is no reason to accept a shape whose other extents are wrong.
    Count elements = 1, room = 0;
    bool is_empty = false, fits = true;
    for (std::size_t i = 0; i < shape.rank; ++i) {
        const Count extent = shape.dimensions[i].extent;
        is_empty = is_empty || extent == 0;
        fits = fits && extent >= 0 && !__builtin_mul_overflow(elements, std::max<Count>(extent, 1), &elements);
    }
    constexpr Count page = 4096;  // room to align the first element
    if (!fits || __builtin_mul_overflow(elements, static_cast<Count>(element_size), &room) || room > std::numeric_limits<MPI_Aint>::max() - page) {
        std::array<Count, Shape::max_rank> extents{};
        for (std::size_t i = 0; i < shape.rank; ++i) extents[i] = shape.dimensions[i].extent;
        misuse(caller, "elements of " + std::to_string(element_size) + " bytes in the shape " + text_of({extents.data(), shape.rank}));
    }
    return is_empty ? 0 : elements;
}

/// Throws std::invalid_argument unless the elements of an array lie side by side, row by row.
void check_one_piece(const Shape& shape, Caller caller) {
    Count packed = 1;
    for (std::size_t i = shape.rank; i-- > 0; packed *= shape.dimensions[i].extent)
        if (shape.dimensions[i].extent > 1 && shape.dimensions[i].stride != packed)
            misuse(caller, "the elements do not lie in one piece, row by row: dimension " + std::to_string(i) + " has a stride of " +
                               std::to_string(shape.dimensions[i].stride) + " elements, not of " + std::to_string(packed) + "; copy them first");
}

void check_node(const Intracomm& comm, const Intracomm& node, Caller caller) {
    if (node.is_null())
        return;
    const Group outside = Group::Difference(node.Get_group(caller.at), comm.Get_group(caller.at), caller.at);
    if (outside.Get_size(caller.at) > 0)
        misuse(caller, std::to_string(outside.Get_size(caller.at)) + " of the " + std::to_string(node.Get_size(caller.at)) +
                           " processes of the node are not in the communicator");
}

constexpr std::size_t large_array = std::size_t{1} << 30;  // bytes

/// Returns how many bytes of memory the node can give without ending processes; the largest number if that is not known.
std::uint64_t free_memory() {
    std::ifstream file("/proc/meminfo");
    std::uint64_t kibibytes = 0, sum = 0;
    for (std::string name, unit; file >> name >> kibibytes && std::getline(file, unit);)
        if (name == "MemAvailable:" || name == "SwapFree:")
            sum += kibibytes;
    return sum == 0 ? std::numeric_limits<std::uint64_t>::max() : sum * 1024;
}

[[noreturn]] void refuse_room(std::size_t bytes, const std::string& reason, const char* method, Place where) {
    throw Exception(MPI_ERR_NO_MEM, method, "the node has no room for " + std::to_string(bytes) + " bytes of shared memory: " + reason, where);
}

/// Throws an Exception if a large array is larger than the node's memory, before its pages are taken one by one until other processes have none.
void check_memory(std::size_t bytes, const char* method, Place where) {
    if (const std::uint64_t memory = free_memory(); bytes > memory)
        refuse_room(bytes, "it has " + std::to_string(memory) + " bytes of memory left", method, where);
}

/// Takes the pages of some memory from the system, and maps them. Returns whether the system has them.
bool take_pages(std::byte* data, std::size_t bytes) {
    const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE)), begin = reinterpret_cast<std::uintptr_t>(data);
    const std::uintptr_t offset = begin % page;
    constexpr int populate_write = 23;  // MADV_POPULATE_WRITE, which older headers lack and older kernels refuse by EINVAL
    return bytes == 0 || madvise(data - offset, bytes + offset, populate_write) == 0 || (errno != EFAULT && errno != ENOMEM);
}

/// Throws an Exception if the node has no room for memory that MPI has given. MPIs make a file of the memory's size, but the file system need not
/// have so many pages, and touching one that it does not have ends the process with SIGBUS. Each process of the node takes a part of the pages, which
/// is most of the work of making the memory.
void check_room(std::byte* data, std::size_t bytes, const Intracomm& node, const char* method, Place where) {
    const auto rank = static_cast<std::size_t>(node.Get_rank(where.at())), size = static_cast<std::size_t>(node.Get_size(where.at()));
    const std::size_t part = bytes / size, begin = part * rank;
    if (!take_pages(data + begin, rank + 1 < size ? part : bytes - begin))
        refuse_room(bytes, "`df /dev/shm` tells how much it has", method, where);
}

}  // namespace

/// What all processes have to give alike, or what one gives to all.
struct NodeMemory::Terms {
    enum Place : std::size_t { is_fine, type, root, has_node, dimensions, extents, number = extents + Shape::max_rank };
    using Values = std::array<std::int64_t, number>;

    Values least{}, most{};  // of all processes
    int root_rank = -1;
    const char* method;

    /// Throws on all processes if one of them has a `failure` or if they do not agree. `shape` is null on a process that has none to give.
    Terms(const Intracomm& comm, const std::exception_ptr& failure, const SharedElement& element, const Shape* shape, int root_of_data,
          const Intracomm& node, At at, const char* caller)
        : root_rank(root_of_data), method(caller) {
        std::array<std::int64_t, 2 * number> mine, all{};
        mine.fill(any);
        const auto give = [&mine](std::size_t term, std::int64_t value) {
            mine[term] = value;
            mine[number + term] = ~value;  // its minimum is that of the largest value
        };
        give(is_fine, failure ? 0 : 1);
        give(type, static_cast<std::int64_t>(element.type.hash));
        give(root, root_of_data);
        give(has_node, node.is_null() ? 0 : 1);
        if (shape != nullptr) {
            give(dimensions, static_cast<std::int64_t>(shape->rank));
            for (std::size_t i = 0; i < std::min(shape->rank, Shape::max_rank); ++i) give(extents + i, shape->dimensions[i].extent);
        }
        comm.Allreduce(mine, all, MIN, at);
        for (std::size_t term = 0; term < number; ++term) {
            least[term] = all[term];
            most[term] = ~all[number + term];
        }
        if (least[is_fine] == 0)
            agree(comm, failure, method, {at, comm.address()});
        if (least[type] != most[type]) {
            const bool is_least = mine[type] == least[type];
            throw element.type.mismatch(method, static_cast<std::uint64_t>(is_least ? most[type] : least[type]), {at, comm.address()});
        }
        check_alike(root, "rank", "as the root", at);
        if (least[has_node] != most[has_node])
            misuse({at, method}, "one process gives the communicator of its node, another gives none");
        check_alike(dimensions, "a shape of", "dimensions", at);
        for (std::size_t i = 0; i < rank(); ++i) check_alike(extents + i, "a shape of", "elements in dimension " + std::to_string(i), at);
    }

    [[nodiscard]] std::size_t rank() const noexcept { return static_cast<std::size_t>(least[dimensions]); }
    [[nodiscard]] Shape shape() const noexcept {
        Shape result;
        for (std::size_t i = 0; i < rank(); ++i) result.add(least[extents + i]);
        return result;
    }

private:
    void check_alike(std::size_t term, const std::string& before, const std::string& after, At at) const {
        if (least[term] != most[term])
            misuse({at, method},
                   "one process gives " + before + " " + std::to_string(least[term]) + ", another " + std::to_string(most[term]) + " " + after);
    }
};

NodeMemory::NodeMemory(const Intracomm& comm, const Shape& shape, const SharedElement& element, const Intracomm& node, At at) {
    constexpr const char* method = "SharedArray";
    const std::exception_ptr failure = failure_of([&] {
        elements_of(shape, element.size, {at, method});
        check_node(comm, node, {at, method});
    });
    make(comm, Terms(comm, failure, element, &shape, -1, node, at, method), element, node, at);
}

NodeMemory::NodeMemory(const Intracomm& comm, const SharedSource& source, const SharedElement& element, int root, const Intracomm& node, At at) {
    constexpr const char* method = "share";
    const int rank = comm.Get_rank(at), size = comm.Get_size(at);
    const std::exception_ptr failure = failure_of([&] {
        if (root < 0 || root >= size)
            misuse({at, method}, "rank " + std::to_string(root) + " as the root of " + std::to_string(size) + " processes");
        check_node(comm, node, {at, method});
        if (rank != root)
            return;
        elements_of(source.shape, element.size, {at, method});
        check_one_piece(source.shape, {at, method});
    });
    make(comm, Terms(comm, failure, element, rank == root ? &source.shape : nullptr, root, node, at, method), element, node, at);
    if (rank == root && bytes_ > 0) {
        take_pages(data_, bytes_);  // the others' too, at once rather than one by one
        std::memcpy(data_, source.data, bytes_);
    }
}

void NodeMemory::make(const Intracomm& comm, const Terms& terms, const SharedElement& element, const Intracomm& node, At at) {
    made_ = at;
    const Shape shape = terms.shape();
    size_ = static_cast<std::size_t>(elements_of(shape, element.size, {at, terms.method}));
    bytes_ = size_ * element.size;
    extents_ = Array<Count>(shape.rank);
    for (std::size_t i = 0; i < shape.rank; ++i) extents_[i] = shape.dimensions[i].extent;

    const int key = comm.Get_rank(at) == terms.root_rank ? 0 : 1;  // the root leads its node, and the leaders
    node_ = node.is_null() ? comm.Split_type(COMM_TYPE_SHARED, key, INFO_NULL, at) : node.Split(0, key, at);
    const bool is_leader = node_.Get_rank(at) == 0;
    leaders_ = comm.Split(is_leader ? 0 : UNDEFINED, key, at);
    if (bytes_ >= large_array)
        agree(comm, failure_of([&] { check_memory(bytes_, terms.method, {at, comm.address()}); }), terms.method, {at, comm.address()});
    const std::exception_ptr failure = failure_of([&] {
        // Only the leader has memory, so no displacement units and no blocks of others play a part.
        std::size_t room = bytes_ + element.alignment;
        window_ = Win::Allocate_shared(is_leader ? static_cast<Aint>(room) : Aint{0}, 1, INFO_NULL, node_, at);
        window_.Lock_all(MPI_MODE_NOCHECK, at);  // MPI_Win_sync belongs in an epoch. There are no other locks.
        void* begin = window_.Shared_query(0, at).memory.data();
        data_ = static_cast<std::byte*>(std::align(element.alignment, bytes_, begin, room));  // as far from the page's beginning in all processes
        check_room(data_, bytes_, node_, terms.method, {at, comm.address()});
    });
    agree(comm, failure, terms.method, {at, comm.address()});
}

void NodeMemory::spread(const Intracomm& comm, At at) const {
    const std::exception_ptr failure = failure_of([&] {
        if (!leaders_.is_null())
            leaders_.Bcast(Buf(data_, static_cast<Count>(bytes_), BYTE), 0, at);
        window_.Sync(at);
    });
    agree(comm, failure, "share", {at, comm.address()});  // is the barrier of a sync too
    window_.Sync(at);
}

void NodeMemory::sync(At at) const {
    if (window_.is_null())
        refuse_null(MPI_ERR_WIN, "SharedArray::sync", "the array was never made, or moved from", at);
    window_.Sync(at);
    node_.Barrier(at);
    window_.Sync(at);
}

void NodeMemory::refuse_indices(std::span<const Count> indices) const {
    if (window_.is_null())
        misuse({made_, "SharedArray"}, "no element " + text_of(indices) + ": the array was never made, or moved from");
    misuse({made_, "SharedArray"}, "no element " + text_of(indices) + " in an array of the shape " + text_of(shape()) + ", made here");
}

void NodeMemory::swap(NodeMemory& other) noexcept {
    std::swap(node_, other.node_);
    std::swap(leaders_, other.leaders_);
    std::swap(window_, other.window_);
    std::swap(extents_, other.extents_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(bytes_, other.bytes_);
    std::swap(made_, other.made_);
}

}  // namespace MPI4CXX::detail
