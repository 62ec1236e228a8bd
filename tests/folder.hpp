// A folder for the files of one test.
#pragma once

#include <mpi4cxx/comm.hpp>

#include <cstdlib>
#include <filesystem>
#include <string>

/// A folder that all ranks of `comm` see. Rank 0 makes it, and removes it when all are done.
class Folder {
public:
    explicit Folder(const mpi4cxx::Comm& comm) : comm_(comm) {
        std::string name = (std::filesystem::temp_directory_path() / "mpi4cxx-XXXXXX").string();
        if (comm.rank() == 0 && mkdtemp(name.data()) == nullptr)
            throw std::runtime_error("no folder for temporary files");
        path_ = comm.bcast(name, 0);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() {
        comm_.Barrier();
        if (comm_.rank() == 0)
            std::filesystem::remove_all(path_);
    }
    [[nodiscard]] std::filesystem::path operator/(const char* name) const { return path_ / name; }

private:
    const mpi4cxx::Comm& comm_;
    std::filesystem::path path_;
};
