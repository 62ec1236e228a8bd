// The rules that all calls share that read or write a file: what a short read is, and that a collective call fails on all processes.
#pragma once

#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/file.hpp>

#include <optional>
#include <string_view>

#include "files/open_file.hpp"

namespace MPI4CXX::detail {

/// The file pointer that a call uses.
enum class Pointer : char { individual, shared, ordered };

/// Throws std::invalid_argument if an offset is negative, which Open MPI 4.1 takes for the end of the file.
void check_offset(Offset offset, Caller caller);

/// A call that reads into a buffer, or writes it.
class Transfer {
public:
    Transfer(const File& file, Pointer pointer, const ConstBuf& buf, Status* status, Caller caller) noexcept
        : file_(file), open_(file.open_.get()), pointer_(pointer), count_(buf.count), type_(buf.type), status_(status), at_(caller.at) {}
    Transfer(const File& file, Offset offset, const ConstBuf& buf, Status* status, Caller caller)
        : Transfer(file, Pointer::individual, buf, status, caller) {
        check_offset(offset, caller);
        offset_ = offset;
    }

protected:
    /// Runs a collective call, and throws on every process if it fails on one.
    template <class F> void together(std::string_view function, F call) const { detail::together(open_, function, where(), call); }
    [[nodiscard]] Place where() const { return file_.on(at_); }
    // Throw an Exception if the file is not open for this. Open MPI does not tell that on all processes of a collective call.
    void check_readable(std::string_view function) const;
    void check_writable(std::string_view function) const { file_.check_writable(function, at_); }
    [[nodiscard]] Count wanted() const;
    /// Returns how many of the wanted bytes lie within the file, as far as that is known before the call.
    [[nodiscard]] Count expected() const;
    /// Returns how many of `bytes` bytes of the view, from etype `begin` on, lie within the file.
    [[nodiscard]] Count bytes_within(Offset begin, Count bytes) const;
    /// Returns how many bytes of the view lie between the beginning of the transfer and the end of the file.
    [[nodiscard]] Count bytes_to_end() const;
    void finish_read(std::string_view function, const MPI_Status& result, Count expected) const;
    void finish_write(std::string_view function, const MPI_Status& result) const;
    /// Throws unless the file reaches to the end of what has been written from etype `from` on.
    void check_written(std::string_view function, std::optional<Offset> from) const;
    [[nodiscard]] std::optional<Offset> begin() const;
    void keep_expected() const;
    [[nodiscard]] Count kept_expected() const;

private:
    [[nodiscard]] Count etype_size() const;
    [[noreturn]] void fail_short_write(std::string_view function, Count bytes) const;
    [[noreturn]] void fail(int error_class, std::string_view function, const char* done, Count bytes, const char* why) const;

    const File& file_;
    OpenFile* open_;  ///< null if the file was not opened by this library
    Pointer pointer_;
    std::optional<Offset> offset_;
    Count count_;
    MPI_Datatype type_;
    Status* status_;
    At at_;
};

/// A read. MPI may report more than there was: MPICH and Open MPI set the status of collective and strided reads to the length of the buffer. So the
/// length is compared with the size of the file.
class Reading : public Transfer {
public:
    using Transfer::Transfer;
    template <auto Fn, class... Arguments> void alone(Arguments... arguments) const {
        check_readable(name_of<Fn>());
        const Count there = expected();
        MPI_Status result{};
        call<Fn>(arguments..., &result, where());
        finish_read(name_of<Fn>(), result, there);
    }
    template <auto Fn, class... Arguments> void collective(Arguments... arguments) const {
        together(name_of<Fn>(), [&] { alone<Fn>(arguments...); });
    }
    template <auto Fn, class... Arguments> void begin(Arguments... arguments) const {
        together(name_of<Fn>(), [&] {
            check_readable(name_of<Fn>());
            keep_expected();
            call<Fn>(arguments..., where());
        });
    }
    template <auto Fn, class... Arguments> void end(Arguments... arguments) const {
        together(name_of<Fn>(), [&] {
            MPI_Status result{};
            call<Fn>(arguments..., &result, where());
            finish_read(name_of<Fn>(), result, kept_expected());
        });
    }
};

/// A write.
class Writing : public Transfer {
public:
    using Transfer::Transfer;
    template <auto Fn, class... Arguments> void alone(Arguments... arguments) const {
        check_writable(name_of<Fn>());
        MPI_Status result{};
        call<Fn>(arguments..., &result, where());
        finish_write(name_of<Fn>(), result);
    }
    template <auto Fn, class... Arguments> void collective(Arguments... arguments) const {
        if constexpr (!loses_errors_of_collective_writes)
            return together(name_of<Fn>(), [&] { alone<Fn>(arguments...); });
        std::optional<Offset> from;
        together(name_of<Fn>(), [&] {
            from = Transfer::begin();
            alone<Fn>(arguments...);
        });
        together(name_of<Fn>(), [&] { check_written(name_of<Fn>(), from); });  // here all have written
    }
    template <auto Fn, class... Arguments> void begin(Arguments... arguments) const {
        together(name_of<Fn>(), [&] {
            check_writable(name_of<Fn>());
            call<Fn>(arguments..., where());
        });
    }
};

/// Returns how many elements of `type` there are from `*offset`, or the file pointer, to the end of the file, at most `most`. Throws if the file ends
/// inside an element, in a collective call on every process.
Count elements_there(const File& file, const Offset* offset, MPI_Datatype type, Count most, bool collective, Caller caller);

}  // namespace MPI4CXX::detail
