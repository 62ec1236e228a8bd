// The compiled part of checkpoints, of which the templates only pack and unpack objects.
#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>
#include <mpi4cxx/detail/objects/bytes.hpp>
#include <mpi4cxx/detail/objects/packing.hpp>
#include <mpi4cxx/detail/objects/unpacking.hpp>
#include <mpi4cxx/detail/runtime/type_name.hpp>
#include <mpi4cxx/error.hpp>
#include <mpi4cxx/fwd.hpp>
#include <mpi4cxx/serialize.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <memory>
#include <span>

namespace MPI4CXX::detail {

/// Writes a checkpoint. `packed` holds the object of this process; it is empty if packing the object has thrown `failure`. Collective.
MPI4CXX_API void dump_object(const Intracomm& comm, const std::filesystem::path& path, std::span<const Packing> packed,
                             const std::exception_ptr& failure, const ObjectType& type, At at);

class CheckpointFile;

/// One of the objects of a checkpoint. Its bytes have been read and checked; its blocks are read when their places are known.
class MPI4CXX_API FromCheckpoint final : public Unpacking {
public:
    FromCheckpoint(const CheckpointFile& file, std::size_t rank, const ObjectType& type);

    /// Returns the object that `unpack` makes. Throws an Exception that names the rank if that fails, or if a block is damaged.
    template <class Unpack> auto read(Unpack unpack) try {
        auto object = unpack();
        check_blocks();
        return object;
    } catch (const Exception& e) {
        fail(e);
    }

private:
    void receive(void* to, std::size_t size) override;
    void check_blocks() const;
    /// Throws the exception that is being handled, with the rank in its text.
    [[noreturn]] void fail(const Exception& reason) const;

    const CheckpointFile& file_;
    std::size_t rank_;
    Bytes bytes_;
    MPI_Offset next_ = 0;         ///< where the next block begins
    std::uint64_t checksum_ = 0;  ///< of the blocks that have been read
};

/// A checkpoint that the processes of a communicator read.
class MPI4CXX_API CheckpointFile {
public:
    /// Opens a checkpoint on behalf of `function`. Throws on all processes if the file is not a checkpoint, or if its index is damaged. Collective.
    CheckpointFile(const Intracomm& comm, const std::filesystem::path& path, const char* function, At at);
    ~CheckpointFile();
    CheckpointFile(const CheckpointFile&) = delete;
    CheckpointFile& operator=(const CheckpointFile&) = delete;

    /// Returns the number of objects.
    [[nodiscard]] std::size_t size() const noexcept;
    /// Returns the rank of this process. Throws an Exception if there is not one object for each process.
    [[nodiscard]] std::size_t own_rank() const;
    /// Returns the object of a rank. Throws an Exception that names the rank if that is of another type, or damaged. Local.
    template <class T> [[nodiscard]] T object(std::size_t rank) const {
        FromCheckpoint from(*this, rank, object_type<T>);
        return from.read([&from] { return unpacked<T>(from); });
    }
    /// Calls `read`, and closes the file. Throws on all processes if that fails on one. Collective.
    template <class Read> void finish(Read read) {
        std::exception_ptr failure;
        try {
            read();
        } catch (...) {
            failure = std::current_exception();
        }
        close(failure);
    }

private:
    friend class FromCheckpoint;

    void close(std::exception_ptr failure);

    struct [[gnu::visibility("hidden")]] State;
    std::unique_ptr<State> state_;
};

}  // namespace MPI4CXX::detail
