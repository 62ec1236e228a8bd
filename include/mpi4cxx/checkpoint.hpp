// Checkpoints: an object of each process, all in one file, which is complete at any moment.
#pragma once

#include <mpi4cxx/detail/communicators/object_collective.hpp>
#include <mpi4cxx/detail/files/checkpoint_file.hpp>
#include <mpi4cxx/intracomm.hpp>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

namespace MPI4CXX {

/// Write an object of each process to one file. The objects are written to a second file, whose name has ".part" added, which takes the place of the
/// first one when it is on the disk. So the file is the old one or the new one whenever the job ends. If a process fails, all throw, and the old file
/// stays. The file is for the same program on machines of one kind. Calls MPI_File_open, MPI_File_write_at and MPI_File_sync
/// (MPI-4.0, 14). Collective.
template <class T> void dump(const Intracomm& comm, const std::filesystem::path& path, const T& object, At at = {}) {
    const detail::PackedObjects packed = detail::one_packed(object, true, detail::Packing::Blocks::beside);
    detail::dump_object(comm, path, packed.objects, packed.failure, detail::object_type<sent_as<T>>, at);
}

/// Return the object that the process of this rank has dumped. The communicator must have as many processes as wrote the file. If the file is
/// damaged, or an object is of another type, all processes throw an Exception that names the rank. Calls MPI_File_open and MPI_File_read_at
/// (MPI-4.0, 14). Collective.
template <class T> [[nodiscard]] T load(const Intracomm& comm, const std::filesystem::path& path, At at = {}) {
    detail::CheckpointFile file(comm, path, "load", at);
    std::optional<T> object;
    file.finish([&] { object.emplace(file.object<T>(file.own_rank())); });
    return std::move(*object);
}

/// Return the objects of all ranks, on each process of any number. Each reads the whole file. Fails as `load` does. Calls MPI_File_open and
/// MPI_File_read_at (MPI-4.0, 14). Collective.
template <class T> [[nodiscard]] std::vector<T> load_all(const Intracomm& comm, const std::filesystem::path& path, At at = {}) {
    detail::CheckpointFile file(comm, path, "load_all", at);
    std::vector<T> objects;
    file.finish([&] {
        for (std::size_t rank = 0; rank < file.size(); ++rank) objects.push_back(file.object<T>(rank));
    });
    return objects;
}

}  // namespace MPI4CXX
