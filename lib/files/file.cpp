#include <mpi4cxx/file.hpp>

#include <mpi4cxx/cartcomm.hpp>
#include <mpi4cxx/detail/communicators/agreement.hpp>
#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/error.hpp>

#include "communicators/comparison.hpp"
#include "communicators/serving.hpp"
#include "communicators/session_members.hpp"
#include "files/installed_handler.hpp"
#include "files/open_file.hpp"
#include "handles/hinted.hpp"
#include "runtime/finalize.hpp"
#include "runtime/settings.hpp"
#include "runtime/text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace MPI4CXX {

using detail::call;
using detail::get;

const File FILE_NULL;

namespace {

void check_not_null(const File& file, At at) {
    if (file.is_null())
        detail::refuse_null(MPI_ERR_FILE, "File", "the file is null: it has been closed or moved from, or was never opened", at);
}

/// From where a file pointer moves: MPI's numbers, in the order of C's.
constexpr std::array whences{MPI_SEEK_SET, MPI_SEEK_CUR, MPI_SEEK_END};

/// Returns C's number for one of MPI's, and any other as it is.
int in_c(int whence) {
    const auto found = std::find(whences.begin(), whences.end(), whence);
    return found != whences.end() ? static_cast<int>(found - whences.begin()) : whence;
}
/// Returns MPI's number for one of C's, and any other as it is.
int in_mpi(int whence) { return whence >= SEEK_SET && whence <= SEEK_END ? whences[static_cast<std::size_t>(whence)] : whence; }

/// Throws std::invalid_argument if a file pointer would move to where no offset is. MPIs report that as errors of different classes.
void check_seek(Offset offset, Offset position, detail::Caller caller) {
    Offset place = 0;
    if (__builtin_add_overflow(position, offset, &place))
        detail::misuse(
            caller, "the file pointer would move from " + std::to_string(position) + " by " + std::to_string(offset) + ", beyond the largest offset");
    if (place < 0)
        detail::misuse(caller, "the file pointer would move to " + std::to_string(place) + ", but offsets begin at 0");
}

/// Returns the offset at the end of the file. Only the file pointer of this process can tell it, whatever the view is.
Offset end_of_view(const File& file, At at) {
    const Offset before = file.Get_position(at);
    file.Seek(0, SEEK_END, at);
    const Offset end = file.Get_position(at);
    file.Seek(before, SEEK_SET, at);
    return end;
}

/// Throws on all processes if a call is under way on one, or if the size of a file would be negative.
void check_size(const detail::OpenFile* open, std::string_view function, Offset size, detail::Place where, detail::Caller caller) {
    detail::together(open, function, where, [&] {
        detail::check_idle(open, caller);
        if (size < 0)
            detail::misuse(caller, "the size is " + std::to_string(size));
    });
    detail::check_same(open, size, "sizes", caller);
}

/// Throws on all processes if one could not open the file. A process that could leaves the file open, because the others cannot close it.
void agree_on_opening(const Intracomm& comm, File& file, const std::exception_ptr& failure, detail::Place where) {
    try {
        detail::agree(comm, failure, "MPI_File_open", where);
    } catch (...) {
        (void)std::move(file).release();
        throw;
    }
}

}  // namespace

File::File() noexcept = default;
File::File(MPI_File raw, detail::Ownership ownership) noexcept : Handle(raw, ownership) {}
File::File(File&& other) noexcept = default;
File::~File() { drop(); }

File& File::operator=(File&& other) noexcept {
    if (this != &other) {
        const File old(std::move(*this));
        Handle::operator=(std::move(other));
        open_ = std::move(other.open_);  // NOLINT(bugprone-use-after-move): the base has moved its own part
    }
    return *this;
}

MPI_File File::release() && noexcept {
    if (open_ != nullptr)
        open_->handle.leave();
    open_.reset();
    return static_cast<Handle&&>(*this).release();
}

void File::drop() noexcept try {
    if (open_ == nullptr || !open_->handle.is_made() || is_null() || !detail::is_running())
        return;
    if (detail::is_left_to_finalize(open_->comm))
        (void)static_cast<Handle&&>(*this).release();
    else
        end(!detail::may_free(true), {});
} catch (...) {  // the file stays open until MPI ends, and so long calls that are under way may use it
    (void)std::move(*this).release();
}

void File::end(bool drops, At at) {
    const std::shared_ptr<detail::OpenFile> file(std::move(open_));
    const MPI_File raw = static_cast<Handle&&>(*this).release();
    const bool is_idle = file->split_end.empty() && file->pending == 0;
    const auto close = [file, at, raw](bool all_idle) {
        const detail::Place where(at, &file->subject);
        if (file->is_left) {  // by processes that have not told one another whether they are idle
            const bool is_idle_here = file->split_end.empty() && file->pending == 0;
            if (detail::has_failed_anywhere(file->comm, !is_idle_here, at))
                return;
        } else if (!all_idle) {  // MPICH crashes or hangs where such a call is completed after that
            file->handle = detail::CollectiveHandle(file->comm.handle(), where);
            detail::check_idle(file.get(), {at, "Close"});
            throw Exception(MPI_ERR_OTHER, "MPI_File_close", "a call on the file is under way on another process", where);
        }
        MPI_File closed = raw;
        detail::InstalledHandler<File>::forget(borrow(raw));
        call<MPI_File_close>(&closed, where);
    };
    try {
        file->handle.end(close, drops, is_idle, {at, &file->subject});
        file->is_left = true;
    } catch (...) {  // what could not be closed is still there, with its name
        *this = File(raw, detail::Ownership::own);
        open_ = file;
        throw;
    }
}

detail::Place File::on(At at) const {
    check_not_null(*this, at);
    errno = 0;  // so that what it is after the call is the call's
    return {at, subject()};
}

const detail::Subject* File::subject() const noexcept { return open_ != nullptr ? &open_->subject : nullptr; }

File File::Open(const Intracomm& comm, const std::filesystem::path& filename, AccessMode amode, const Info& info, At at) {
    detail::need_world_for_files("MPI_File_open", {at, comm.address()});
    const auto open = std::make_shared<detail::OpenFile>(comm, filename, detail::Place{at, comm.address()});
    try {
        const detail::Place where(at, &open->subject);
        const detail::Caller caller(at);
        detail::together(open.get(), "MPI_File_open", where, [&] {
            detail::check_name(filename, caller);
            if (detail::is_folder(filename))  // MPICH opens one for reading, and says that a read has found nothing
                throw Exception(MPI_ERR_BAD_FILE, "MPI_File_open", "this is a folder", where);
        });
        // MPICH says that the file does not exist, and Open MPI waits for ever. Only folders may have other names on other nodes.
        const std::string last = filename.filename().native();
        const detail::Range hashes = detail::range_of(open->comm, static_cast<std::int64_t>(std::hash<std::string>()(last)), at);
        if (hashes.least != hashes.most)
            detail::misuse(caller, "the processes give different names, this one \"" + last + "\": open a file of one process on COMM_SELF");
        detail::check_same(open.get(), amode, "modes", caller);
        File file;
        const std::string name = detail::name_for_mpi(filename);
        errno = 0;
        const std::exception_ptr failure = detail::failure_of([&] {
            file = take(get<MPI_File_open>(comm.handle(), name.c_str(), amode, info.handle(), where));
            file.open_ = open;
            file.Set_errhandler(Errhandler::borrow(detail::chosen_errhandler()), at);
        });
        agree_on_opening(open->comm, file, failure, where);
        open->subject.is_open = true;
        open->amode = amode;
        open->handle = detail::CollectiveHandle(open->comm.handle(), where);
        return file;
    } catch (...) {  // on all processes
        (void)detail::failure_of([&] { open->comm.Free(at); });
        throw;
    }
}

void File::Close(At at) {
    if (open_ != nullptr && open_->handle.is_made() && !is_null())
        return end(false, at);
    const detail::Place where = on(at);  // MPICH 5's library of the standard ABI crashes if it closes a null file
    detail::InstalledHandler<File>::forget(*this);
    free(where);
}

void File::Delete(const std::filesystem::path& filename, const Info& info, At at) {
    detail::need_world_for_files("MPI_File_delete", at);
    detail::check_name(filename, at);
    const detail::FileSubject file(filename);
    const std::string name = detail::name_for_mpi(filename);
    errno = 0;
    call<MPI_File_delete>(name.c_str(), info.handle(), {at, &file});
}

AccessMode File::amode_of_opening(At at) const { return open_ != nullptr ? open_->amode : Get_amode(at); }

void File::check_writable(std::string_view function, At at) const {
    if ((amode_of_opening(at) & MODE_RDONLY) != 0)
        throw Exception(MPI_ERR_READ_ONLY, function, "the file is open for reading only", on(at));
}

void File::Set_size(Offset size, At at) const {
    check_writable("MPI_File_set_size", at);
    check_size(open_.get(), "MPI_File_set_size", size, on(at), at);
    detail::together(open_.get(), "MPI_File_set_size", on(at), [&] { call<MPI_File_set_size>(handle(), size, on(at)); });
}
void File::Preallocate(Offset size, At at) const {
    check_writable("MPI_File_preallocate", at);
    check_size(open_.get(), "MPI_File_preallocate", size, on(at), at);
    detail::together(open_.get(), "MPI_File_preallocate", on(at), [&] {
        if (open_ != nullptr)
            open_->check_room(size - Get_size(at), on(at));
    });
    detail::together(open_.get(), "MPI_File_preallocate", on(at), [&] {
        if (!detail::preallocate_duplicates())
            return call<MPI_File_preallocate>(handle(), size, on(at));
        if (open_ == nullptr)
            throw Exception(MPI_ERR_UNSUPPORTED_OPERATION, "MPI_File_preallocate", "not supported by this MPI for files that C has opened", at);
        if (open_->subject.rank == 0)
            open_->allocate(size, on(at));
    });
}
Offset File::Get_size(At at) const { return get<MPI_File_get_size>(handle(), on(at)); }
AccessMode File::Get_amode(At at) const { return static_cast<AccessMode>(get<MPI_File_get_amode>(handle(), on(at))); }
Group File::Get_group(At at) const { return Group::take(get<MPI_File_get_group>(handle(), on(at))); }

void File::Seek(Offset offset, int whence, At at) const {
    const int from = in_c(whence);
    if (from == SEEK_SET || from == SEEK_CUR)
        check_seek(offset, from == SEEK_CUR ? Get_position(at) : 0, at);
    call<MPI_File_seek>(handle(), offset, in_mpi(from), on(at));
}
Offset File::Get_position(At at) const { return get<MPI_File_get_position>(handle(), on(at)); }
Offset File::Get_byte_offset(Offset offset, At at) const { return get<MPI_File_get_byte_offset>(handle(), offset, on(at)); }
void File::Seek_shared(Offset offset, int whence, At at) const {
    const detail::Caller caller(at);
    const int from = in_c(whence);
    // MPICH tells what is wrong to some of them, and the others wait for ever.
    detail::together(open_.get(), "MPI_File_seek_shared", on(at), [&] {
        detail::check_shared_view(open_.get(), caller);
        switch (from) {
        case SEEK_SET: return check_seek(offset, 0, caller);
        case SEEK_CUR: return check_seek(offset, Get_position_shared(at), caller);
        case SEEK_END: return check_seek(offset, end_of_view(*this, at), caller);
        default: throw Exception(MPI_ERR_ARG, "MPI_File_seek_shared", "whence is " + std::to_string(whence), on(at));
        }
    });
    detail::check_same(open_.get(), from, "values of whence", caller);
    detail::check_same(open_.get(), offset, "offsets", caller);
    detail::together(open_.get(), "MPI_File_seek_shared", on(at), [&] { call<MPI_File_seek_shared>(handle(), offset, in_mpi(from), on(at)); });
}
Offset File::Get_position_shared(At at) const { return get<MPI_File_get_position_shared>(handle(), on(at)); }

Aint File::Get_type_extent(const Datatype& datatype, At at) const { return get<MPI_File_get_type_extent>(handle(), datatype.handle(), on(at)); }
void File::Set_atomicity(bool flag, At at) const {
    (void)on(at);
    detail::check_same(open_.get(), flag ? 1 : 0, "flags", at);
    call<MPI_File_set_atomicity>(handle(), flag ? 1 : 0, on(at));
}
bool File::Get_atomicity(At at) const { return get<MPI_File_get_atomicity>(handle(), on(at)) != 0; }
void File::Sync(At at) const {
    const detail::Caller caller(at);
    detail::together(open_.get(), "MPI_File_sync", on(at), [&] { detail::check_idle(open_.get(), caller); });
    detail::together(open_.get(), "MPI_File_sync", on(at), [&] { call<MPI_File_sync>(handle(), on(at)); });
}

// MPICH 5's library of the standard ABI crashes where it is asked for the hints of a null file.
template <> void Hinted<File>::Set_info(const Info& info, At at) const {
    const auto& self = static_cast<const File&>(*this);
    check_not_null(self, at);
    call<MPI_File_set_info>(self.handle(), info.handle(), detail::place_of(self, at));
}
template <> Info Hinted<File>::Get_info(At at) const {
    const auto& self = static_cast<const File&>(*this);
    check_not_null(self, at);
    return Info::take(get<MPI_File_get_info>(self.handle(), detail::place_of(self, at)));
}

template class ErrorHandling<File>;
template class Hinted<File>;

}  // namespace MPI4CXX
