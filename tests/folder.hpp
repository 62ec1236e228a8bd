// A folder for the files of one test.
#pragma once

#include <mpi4cxx/comm.hpp>

#include <sys/mount.h>
#include <sys/resource.h>
#include <csignal>
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

/// A file system of 1 MiB that all ranks of `comm` see; false if this user may not mount one.
class SmallDisk {
public:
    explicit SmallDisk(const mpi4cxx::Comm& comm) : comm_(comm), folder_(comm) {
        const std::filesystem::path path = folder_ / "disk";
        if (comm.rank() == 0) {
            std::filesystem::create_directory(path);
            mounted_here_ = mount("none", path.c_str(), "tmpfs", 0, "size=1m") == 0;
        }
        is_mounted_ = comm.bcast(mounted_here_, 0);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    ~SmallDisk() {
        comm_.Barrier();
        if (mounted_here_)
            umount((folder_ / "disk").c_str());
    }
    explicit operator bool() const noexcept { return is_mounted_; }
    [[nodiscard]] std::filesystem::path operator/(const char* name) const { return folder_ / "disk" / name; }

private:
    const mpi4cxx::Comm& comm_;
    Folder folder_;
    bool mounted_here_ = false, is_mounted_ = false;
};

/// While one exists, this process can make no file longer than `bytes`.
class ShortFiles {
public:
    explicit ShortFiles(rlim_t bytes) {
        std::signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ShortFiles(const ShortFiles&) = delete;
    ShortFiles& operator=(const ShortFiles&) = delete;
    ~ShortFiles() { setrlimit(RLIMIT_FSIZE, &before_); }

private:
    rlimit before_{};
};
