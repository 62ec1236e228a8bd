// Parallel files (MPI-IO). The header is long because one class is one header: mpi4py's File has 70 members.
#pragma once

#include <mpi4cxx/buffer.hpp>
#include <mpi4cxx/datatype.hpp>
#include <mpi4cxx/datatype_traits.hpp>
#include <mpi4cxx/detail/mpi/any_vector.hpp>
#include <mpi4cxx/detail/mpi/array.hpp>
#include <mpi4cxx/detail/mpi/count_list.hpp>
#include <mpi4cxx/detail/mpi/subject.hpp>
#include <mpi4cxx/errhandler.hpp>
#include <mpi4cxx/fortran.hpp>
#include <mpi4cxx/fwd.hpp>
#include <mpi4cxx/group.hpp>
#include <mpi4cxx/handle.hpp>
#include <mpi4cxx/info.hpp>
#include <mpi4cxx/request.hpp>
#include <mpi4cxx/status.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

// C's headers have macros of these names, so `MPI::SEEK_SET` could not be written. These headers are included first, so that none of them comes later
// and restores its macros. In place of the macros come constants of the same values, for C's functions too; each is still defined as a macro, for
// code that asks.
#include <fcntl.h>
#include <unistd.h>
#include <cstdio>
#undef SEEK_SET
#undef SEEK_CUR
#undef SEEK_END
inline constexpr int SEEK_SET = 0, SEEK_CUR = 1, SEEK_END = 2;
#define SEEK_SET SEEK_SET
#define SEEK_CUR SEEK_CUR
#define SEEK_END SEEK_END

namespace MPI4CXX {

/// A place in a file: in etypes of the file's view, in bytes where a function says so.
using Offset = MPI_Offset;

/// How a file is opened (MPI-4.0, 14.2.1): one of the first three and any of the others, joined by `|`.
enum AccessMode : int {
    MODE_RDONLY = MPI_MODE_RDONLY,
    MODE_WRONLY = MPI_MODE_WRONLY,
    MODE_RDWR = MPI_MODE_RDWR,
    MODE_CREATE = MPI_MODE_CREATE,
    MODE_EXCL = MPI_MODE_EXCL,
    MODE_DELETE_ON_CLOSE = MPI_MODE_DELETE_ON_CLOSE,
    MODE_UNIQUE_OPEN = MPI_MODE_UNIQUE_OPEN,
    MODE_SEQUENTIAL = MPI_MODE_SEQUENTIAL,
    MODE_APPEND = MPI_MODE_APPEND,
};
constexpr AccessMode operator|(AccessMode a, AccessMode b) noexcept { return static_cast<AccessMode>(int{a} | int{b}); }
constexpr AccessMode operator&(AccessMode a, AccessMode b) noexcept { return static_cast<AccessMode>(int{a} & int{b}); }
constexpr AccessMode& operator|=(AccessMode& a, AccessMode b) noexcept { return a = a | b; }

// From where Seek counts: the beginning of the view, the file pointer, the end of the file (MPI-4.0, 14.4.3). MPI's own numbers are accepted too.
using ::SEEK_CUR;
using ::SEEK_END;
using ::SEEK_SET;

/// Instead of a displacement: the current place of the shared file pointer, in files of MODE_SEQUENTIAL (MPI-4.0, 14.3).
inline constexpr Offset DISPLACEMENT_CURRENT = MPI_DISPLACEMENT_CURRENT;
inline constexpr Offset DISP_CUR = MPI_DISPLACEMENT_CURRENT;  ///< The same.

namespace detail {

struct OpenFile;
class Transfer;

/// Numbers of elements, one per dimension: from any range of integers, or a list in braces.
struct Extents : Array<Count> {
    Extents() noexcept = default;
    explicit Extents(std::size_t dimensions) : Array(dimensions) {}
    Extents(std::initializer_list<Count> list) : Array(list.size()) { std::copy(list.begin(), list.end(), begin()); }
    template <Contiguous R>
        requires(std::is_integral_v<element_of<const R>> && !std::is_base_of_v<Extents, R>)
    Extents(const R& range) : Array(length_of(range)) {
        for (std::size_t i = 0; i < size(); ++i) (*this)[i] = static_cast<Count>(std::ranges::data(range)[i]);
    }
};

}  // namespace detail

/// A block of an array: the block begins at `start` in an array of `shape` elements, and has `part` elements, one number per dimension.
struct Slab {
    detail::Extents shape, start, part;
};

/// A file that the processes of a communicator have open together (MPI-4.0, 14).
/// Offsets and positions are in etypes of the view, as MPI has them: in bytes, until `Set_view` sets another etype. Closing is collective. A file
/// that is dropped is closed; while an exception unwinds the process, it stays open until its processes open or make something together again. Every
/// error is an Exception that names the path, with an error class that is the same on all MPIs. A failure of a blocking collective read or write is
/// thrown on all processes of the file. A read that finds fewer elements than asked for throws an Exception of class ERR_IO, unless the caller passes
/// a Status, which then tells how many there were. `Read<T>()` and its kin return what is there. A write that writes less than asked is always an
/// Exception. More than 2^31 elements or bytes a call work with every MPI.
class MPI4CXX_API File : public Handle<File>, public ErrorHandling<File>, public Hinted<File>, public Fortran<File> {
public:
    /// What Get_view returns. `disp` is in bytes.
    struct View {
        Offset disp;
        Datatype etype, filetype;
        std::string datarep;
    };

    File() noexcept;
    File(File&& other) noexcept;
    File& operator=(File&& other) noexcept;
    ~File();
    /// Own a raw handle. Errors then do not name the path, and the failure of a collective call is thrown only where MPI reports it.
    static File take(MPI_File raw) noexcept { return File(raw, detail::Ownership::own); }
    static File borrow(MPI_File raw) noexcept { return File(raw, detail::Ownership::borrow); }
    /// Give the raw handle to the caller, who closes it.
    [[nodiscard]] MPI_File release() && noexcept;

    /// Open a file. Throws on all processes if one of them cannot open the file. The error handler becomes ERRORS_RETURN.
    /// Calls MPI_File_open (MPI-4.0, 14.2.1). Collective.
    [[nodiscard]] static File Open(const Intracomm& comm, const std::filesystem::path& filename, AccessMode amode = MODE_RDONLY,
                                   const Info& info = INFO_NULL, At at = {});
    /// Close the file. Calls MPI_File_close (MPI-4.0, 14.2.2). Collective.
    void Close(At at = {});
    /// Delete a file. Throws an Exception of class ERR_NO_SUCH_FILE if it does not exist. Calls MPI_File_delete (MPI-4.0, 14.2.3). Local.
    static void Delete(const std::filesystem::path& filename, const Info& info = INFO_NULL, At at = {});

    // The file (MPI-4.0, 14.2). Sizes are in bytes.

    /// Cut the file, or make it longer. Calls MPI_File_set_size (MPI-4.0, 14.2.4). Collective.
    void Set_size(Offset size, At at = {}) const;
    /// Make room on the disk for the first `size` bytes. Calls MPI_File_preallocate (MPI-4.0, 14.2.5). Collective.
    void Preallocate(Offset size, At at = {}) const;
    /// Return the size in bytes. Calls MPI_File_get_size (MPI-4.0, 14.2.6). Local.
    [[nodiscard]] Offset Get_size(At at = {}) const;
    /// Return how the file was opened. Calls MPI_File_get_amode (MPI-4.0, 14.2.7). Local.
    [[nodiscard]] AccessMode Get_amode(At at = {}) const;
    /// Return the processes that have opened the file. Calls MPI_File_get_group (MPI-4.0, 14.2.7). Local.
    [[nodiscard]] Group Get_group(At at = {}) const;

    // Views (MPI-4.0, 14.3): which part of the file this process sees. Setting one puts both file pointers to zero.

    /// Show the file from byte `disp` on as a sequence of `etype`, of which each `filetype` shows a part. Without a filetype, all is seen.
    /// Calls MPI_File_set_view (MPI-4.0, 14.3). Collective.
    void Set_view(Offset disp = 0, const Datatype& etype = BYTE, const Datatype& filetype = DATATYPE_NULL, const std::string& datarep = "native",
                  const Info& info = INFO_NULL, At at = {}) const;
    /// Show the file from byte `disp` on as elements of type T.
    template <Mapped T> void Set_view(Offset disp = 0, At at = {}) const {
        Set_view(disp, Datatype::borrow(datatype_traits<T>::get()), DATATYPE_NULL, "native", INFO_NULL, at);
    }
    /// Show this process its part of an array in the file, in the order of C. The array has elements of `etype` and begins at byte `disp`.
    void Set_view(const Slab& slab, const Datatype& etype, Offset disp = 0, At at = {}) const;
    template <Mapped T> void Set_view(const Slab& slab, Offset disp = 0, At at = {}) const {
        Set_view(slab, Datatype::borrow(datatype_traits<T>::get()), disp, at);
    }
    /// Show this process its part of an array of `shape` elements that is divided over `grid`: a dimension of n elements over p processes goes in
    /// parts of n / p elements, the first n % p of them one longer. The grid may have fewer dimensions than the array. Return the part.
    Slab Set_view(const Cartcomm& grid, const detail::Extents& shape, const Datatype& etype, Offset disp = 0, At at = {}) const;
    template <Mapped T> Slab Set_view(const Cartcomm& grid, const detail::Extents& shape, Offset disp = 0, At at = {}) const {
        return Set_view(grid, shape, Datatype::borrow(datatype_traits<T>::get()), disp, at);
    }
    /// Return the view. Calls MPI_File_get_view (MPI-4.0, 14.3). Local.
    [[nodiscard]] View Get_view(At at = {}) const;

    // Reading and writing. Buffers are those of Send and Recv. Each call exists with an explicit offset (`_at`), with the file pointer of each
    // process, and with the one that all share (`_shared`; `_ordered` takes turns in the order of ranks).

    // With an explicit offset (MPI-4.0, 14.4.2).

    /// Read from `offset`. Calls MPI_File_read_at (MPI-4.0, 14.4.2). Local.
    void Read_at(Offset offset, const Buf& buf, Status* status = nullptr, At at = {}) const;
    /// Read from `offset`. Calls MPI_File_read_at_all (MPI-4.0, 14.4.2). Collective.
    void Read_at_all(Offset offset, const Buf& buf, Status* status = nullptr, At at = {}) const;
    /// Write from `offset` on. Calls MPI_File_write_at (MPI-4.0, 14.4.2). Local.
    void Write_at(Offset offset, const ConstBufArg& buf, Status* status = nullptr, At at = {}) const;
    /// Write from `offset` on. Calls MPI_File_write_at_all (MPI-4.0, 14.4.2). Collective.
    void Write_at_all(Offset offset, const ConstBufArg& buf, Status* status = nullptr, At at = {}) const;
    /// Begin to read from `offset`. Calls MPI_File_iread_at (MPI-4.0, 14.4.2). Local.
    [[nodiscard]] Request Iread_at(Offset offset, const Buf& buf, At at = {}) const;
    /// Begin to read from `offset`. Calls MPI_File_iread_at_all (MPI-4.0, 14.4.2). Collective.
    [[nodiscard]] Request Iread_at_all(Offset offset, const Buf& buf, At at = {}) const;
    /// Begin to write from `offset` on. Calls MPI_File_iwrite_at (MPI-4.0, 14.4.2). Local.
    [[nodiscard]] Request Iwrite_at(Offset offset, const ConstBuf& buf, At at = {}) const;
    /// Begin to write from `offset` on. Calls MPI_File_iwrite_at_all (MPI-4.0, 14.4.2). Collective.
    [[nodiscard]] Request Iwrite_at_all(Offset offset, const ConstBuf& buf, At at = {}) const;

    /// Return `count` elements from `offset` on, or as many as there are before the end of the file. Calls MPI_File_read_at (MPI-4.0, 14.4.2). Local.
    template <Mapped T> [[nodiscard]] std::vector<T> Read_at(Offset offset, Count count = detail::any_count, At at = {}) const {
        return read<T>(&offset, count, false, at);
    }
    /// Return `count` elements from `offset` on, or as many as there are. Calls MPI_File_read_at_all (MPI-4.0, 14.4.2). Collective.
    template <Mapped T> [[nodiscard]] std::vector<T> Read_at_all(Offset offset, Count count = detail::any_count, At at = {}) const {
        return read<T>(&offset, count, true, at);
    }

    // With the file pointer of each process (MPI-4.0, 14.4.3).

    /// Read from the file pointer. Calls MPI_File_read (MPI-4.0, 14.4.3). Local.
    void Read(const Buf& buf, Status* status = nullptr, At at = {}) const;
    /// Read from the file pointer. Calls MPI_File_read_all (MPI-4.0, 14.4.3). Collective.
    void Read_all(const Buf& buf, Status* status = nullptr, At at = {}) const;
    /// Write at the file pointer. Calls MPI_File_write (MPI-4.0, 14.4.3). Local.
    void Write(const ConstBufArg& buf, Status* status = nullptr, At at = {}) const;
    /// Write at the file pointer. Calls MPI_File_write_all (MPI-4.0, 14.4.3). Collective.
    void Write_all(const ConstBufArg& buf, Status* status = nullptr, At at = {}) const;
    /// Begin to read from the file pointer. Calls MPI_File_iread (MPI-4.0, 14.4.3). Local.
    [[nodiscard]] Request Iread(const Buf& buf, At at = {}) const;
    /// Begin to read from the file pointer. Calls MPI_File_iread_all (MPI-4.0, 14.4.3). Collective.
    [[nodiscard]] Request Iread_all(const Buf& buf, At at = {}) const;
    /// Begin to write at the file pointer. Calls MPI_File_iwrite (MPI-4.0, 14.4.3). Local.
    [[nodiscard]] Request Iwrite(const ConstBuf& buf, At at = {}) const;
    /// Begin to write at the file pointer. Calls MPI_File_iwrite_all (MPI-4.0, 14.4.3). Collective.
    [[nodiscard]] Request Iwrite_all(const ConstBuf& buf, At at = {}) const;

    /// Return `count` elements, or as many as there are before the end of the file. Calls MPI_File_read (MPI-4.0, 14.4.3). Local.
    template <Mapped T> [[nodiscard]] std::vector<T> Read(Count count = detail::any_count, At at = {}) const {
        return read<T>(nullptr, count, false, at);
    }
    /// Return `count` elements, or as many as there are. Calls MPI_File_read_all (MPI-4.0, 14.4.3). Collective.
    template <Mapped T> [[nodiscard]] std::vector<T> Read_all(Count count = detail::any_count, At at = {}) const {
        return read<T>(nullptr, count, true, at);
    }

    /// Move the file pointer. Calls MPI_File_seek (MPI-4.0, 14.4.3). Local.
    void Seek(Offset offset, int whence = SEEK_SET, At at = {}) const;
    /// Return the file pointer. Calls MPI_File_get_position (MPI-4.0, 14.4.3). Local.
    [[nodiscard]] Offset Get_position(At at = {}) const;
    /// Return the byte of the file that `offset` of the view is. Calls MPI_File_get_byte_offset (MPI-4.0, 14.4.3). Local.
    [[nodiscard]] Offset Get_byte_offset(Offset offset, At at = {}) const;

    // With the shared file pointer (MPI-4.0, 14.4.4). All processes must have the same view.

    /// Read from the shared file pointer. Calls MPI_File_read_shared (MPI-4.0, 14.4.4). Local.
    void Read_shared(const Buf& buf, Status* status = nullptr, At at = {}) const;
    /// Write at the shared file pointer. Calls MPI_File_write_shared (MPI-4.0, 14.4.4). Local.
    void Write_shared(const ConstBufArg& buf, Status* status = nullptr, At at = {}) const;
    /// Begin to read from the shared file pointer. Calls MPI_File_iread_shared (MPI-4.0, 14.4.4). Local.
    [[nodiscard]] Request Iread_shared(const Buf& buf, At at = {}) const;
    /// Begin to write at the shared file pointer. Calls MPI_File_iwrite_shared (MPI-4.0, 14.4.4). Local.
    [[nodiscard]] Request Iwrite_shared(const ConstBuf& buf, At at = {}) const;
    /// Read, one process after the other. Calls MPI_File_read_ordered (MPI-4.0, 14.4.4). Collective.
    void Read_ordered(const Buf& buf, Status* status = nullptr, At at = {}) const;
    /// Write, one process after the other. Calls MPI_File_write_ordered (MPI-4.0, 14.4.4). Collective.
    void Write_ordered(const ConstBufArg& buf, Status* status = nullptr, At at = {}) const;
    /// Move the shared file pointer. Calls MPI_File_seek_shared (MPI-4.0, 14.4.4). Collective.
    void Seek_shared(Offset offset, int whence = SEEK_SET, At at = {}) const;
    /// Return the shared file pointer. Calls MPI_File_get_position_shared (MPI-4.0, 14.4.4). Local.
    [[nodiscard]] Offset Get_position_shared(At at = {}) const;

    // Split collective calls (MPI-4.0, 14.4.5): `_begin` and `_end` are a collective call each, with the same buffer, and one pair at a time may be
    // under way on a file.

    /// Begin Read_at_all. Calls MPI_File_read_at_all_begin (MPI-4.0, 14.4.5). Collective.
    void Read_at_all_begin(Offset offset, const Buf& buf, At at = {}) const;
    /// End Read_at_all. Calls MPI_File_read_at_all_end (MPI-4.0, 14.4.5). Collective.
    void Read_at_all_end(const Buf& buf, Status* status = nullptr, At at = {}) const;
    /// Begin Read_all. Calls MPI_File_read_all_begin (MPI-4.0, 14.4.5). Collective.
    void Read_all_begin(const Buf& buf, At at = {}) const;
    /// End Read_all. Calls MPI_File_read_all_end (MPI-4.0, 14.4.5). Collective.
    void Read_all_end(const Buf& buf, Status* status = nullptr, At at = {}) const;
    /// Begin Read_ordered. Calls MPI_File_read_ordered_begin (MPI-4.0, 14.4.5). Collective.
    void Read_ordered_begin(const Buf& buf, At at = {}) const;
    /// End Read_ordered. Calls MPI_File_read_ordered_end (MPI-4.0, 14.4.5). Collective.
    void Read_ordered_end(const Buf& buf, Status* status = nullptr, At at = {}) const;
    /// Begin Write_at_all. Calls MPI_File_write_at_all_begin (MPI-4.0, 14.4.5). Collective.
    void Write_at_all_begin(Offset offset, const ConstBuf& buf, At at = {}) const;
    /// End Write_at_all. Calls MPI_File_write_at_all_end (MPI-4.0, 14.4.5). Collective.
    void Write_at_all_end(const ConstBuf& buf, Status* status = nullptr, At at = {}) const;
    /// Begin Write_all. Calls MPI_File_write_all_begin (MPI-4.0, 14.4.5). Collective.
    void Write_all_begin(const ConstBuf& buf, At at = {}) const;
    /// End Write_all. Calls MPI_File_write_all_end (MPI-4.0, 14.4.5). Collective.
    void Write_all_end(const ConstBuf& buf, Status* status = nullptr, At at = {}) const;
    /// Begin Write_ordered. Calls MPI_File_write_ordered_begin (MPI-4.0, 14.4.5). Collective.
    void Write_ordered_begin(const ConstBuf& buf, At at = {}) const;
    /// End Write_ordered. Calls MPI_File_write_ordered_end (MPI-4.0, 14.4.5). Collective.
    void Write_ordered_end(const ConstBuf& buf, Status* status = nullptr, At at = {}) const;

    // What other processes see, and when (MPI-4.0, 14.5 and 14.6).

    /// Return the bytes that an element takes in the file. Calls MPI_File_get_type_extent (MPI-4.0, 14.5). Local.
    [[nodiscard]] Aint Get_type_extent(const Datatype& datatype, At at = {}) const;
    /// Choose whether a write is visible to all processes as soon as it returns. Calls MPI_File_set_atomicity (MPI-4.0, 14.6.1). Collective.
    void Set_atomicity(bool flag, At at = {}) const;
    /// Tell whether writes are atomic. Calls MPI_File_get_atomicity (MPI-4.0, 14.6.1). Local.
    [[nodiscard]] bool Get_atomicity(At at = {}) const;
    /// Bring what was written to the disk, and see what others have written. Calls MPI_File_sync (MPI-4.0, 14.6.1). Collective.
    void Sync(At at = {}) const;

    [[nodiscard]] Offset size(At at = {}) const { return Get_size(at); }
    [[nodiscard]] AccessMode amode(At at = {}) const { return Get_amode(at); }
    [[nodiscard]] Group group(At at = {}) const { return Get_group(at); }
    [[nodiscard]] int group_size(At at = {}) const { return Get_group(at).Get_size(at); }
    [[nodiscard]] int group_rank(At at = {}) const { return Get_group(at).Get_rank(at); }
    [[nodiscard]] bool atomicity(At at = {}) const { return Get_atomicity(at); }

    /// What error messages name; null if the file was not opened by `Open`.
    [[nodiscard]] const detail::Subject* subject() const noexcept;

private:
    friend class detail::Transfer;

    File(MPI_File raw, detail::Ownership ownership) noexcept;
    /// Throws an Exception if the file is null: of functions on a null file, some MPIs end the job in a few, and others return nonsense.
    [[nodiscard]] detail::Place on(At at) const;
    /// Throws an Exception if the file is open for reading only.
    void check_writable(std::string_view function, At at) const;
    /// Like Get_amode, without asking MPI if this library has opened the file.
    [[nodiscard]] AccessMode amode_of_opening(At at) const;
    /// Closes what the destructor closes.
    void drop() noexcept;
    /// Closes a file that this library has opened; one that an exception drops, later.
    void end(bool drops, At at);

    template <class T> [[nodiscard]] std::vector<T> read(const Offset* offset, Count count, bool collective, At at) const {
        std::vector<T> result;
        read_into(result, datatype_traits<T>::get(), offset, count, collective, at);
        return result;
    }
    /// Reads from `*offset`, or from the file pointer if `offset` is null.
    void read_into(detail::AnyVector result, MPI_Datatype type, const Offset* offset, Count count, bool collective, At at) const;

    std::shared_ptr<detail::OpenFile> open_;
};

extern MPI4CXX_API const File FILE_NULL;

/// Converts `count` elements, from or to a buffer in the representation of the file, from element `position` of the user's buffer on.
using ConversionFunction = std::function<void(void* userbuf, const Datatype& datatype, int count, void* filebuf, Offset position)>;
/// Returns the bytes that an element takes in the file.
using ExtentFunction = std::function<Aint(const Datatype& datatype)>;

/// Define a representation of data in files. The functions may capture. MPICH 4 refuses functions that convert, Open MPI 4.1 every representation.
/// Calls MPI_Register_datarep (MPI-4.0, 14.5.3). Local.
MPI4CXX_API void Register_datarep(const std::string& datarep, ConversionFunction read_fn, ConversionFunction write_fn, ExtentFunction extent_fn,
                                  At at = {});

}  // namespace MPI4CXX
