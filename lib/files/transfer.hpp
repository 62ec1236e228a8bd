// The rules that all calls share that read or write a file: what a short read is, and that a collective call fails on all processes.
#pragma once

#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/detail/requests/operation.hpp>
#include <mpi4cxx/file.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "files/open_file.hpp"
#include "runtime/failure.hpp"

namespace MPI4CXX::detail {

/// The file pointer that a call uses.
enum class Pointer : char { individual, shared, ordered };

// Call `call` with the arguments of a function that reads or writes, but without elements. So a process that must not read or write what it was told
// to takes part in a collective call, and the others do not wait for it.
template <class F, class Address> auto without_elements(F call, MPI_File file, Address* data, Count /*count*/, MPI_Datatype /*type*/) {
    return call(file, data, Count{0}, MPI_BYTE);
}
template <class F, class Address>
auto without_elements(F call, MPI_File file, Offset /*offset*/, Address* data, Count /*count*/, MPI_Datatype /*type*/) {
    return call(file, Offset{0}, data, Count{0}, MPI_BYTE);
}

// Call `call` with the file and the address of such arguments.
template <class F, class Address> void with_address(F call, MPI_File file, Address* data, Count /*count*/, MPI_Datatype /*type*/) {
    call(file, data);
}
template <class F, class Address> void with_address(F call, MPI_File file, Offset /*offset*/, Address* data, Count /*count*/, MPI_Datatype /*type*/) {
    call(file, data);
}

/// What a nonblocking call has to do: it is looked at when the call is complete.
struct Promise {
    std::string_view function;
    bool is_read;
    Count wanted, expected;     ///< how many bytes, and how many of them the file has
    std::optional<Count> read;  ///< those that were read before MPI's request began, which has none then
    std::shared_ptr<OpenFile> open;
    std::shared_ptr<const void> memory;  ///< the owner of the buffer's datatype
};

/// Owns the request of a nonblocking call.
Request take_promised(MPI_Request raw, Promise promise);

/// A call that reads into a buffer, or writes it.
class Transfer {
public:
    Transfer(const File& file, Pointer pointer, const ConstBuf& buf, Status* status, Caller caller) noexcept
        : file_(file), open_(file.open_.get()), pointer_(pointer), data_(buf.data), count_(buf.count), type_(buf.type), memory_(buf.strided),
          status_(status), caller_(caller) {}
    Transfer(const File& file, Offset offset, const ConstBuf& buf, Status* status, Caller caller) noexcept
        : Transfer(file, Pointer::individual, buf, status, caller) {
        offset_ = offset;
    }

protected:
    /// Runs a collective call, and throws on every process if it fails on one.
    template <class F> void together(std::string_view function, F call) const { detail::together(open_, function, where(), call); }
    /// Runs `prepare` and `call`. If `prepare` fails, calls `instead` before its exception goes on.
    template <class P, class F, class I> static void prepared(P prepare, F call, I instead) {
        if (const std::exception_ptr failure = failure_of(prepare)) {
            (void)failure_of(instead);
            std::rethrow_exception(failure);
        }
        call();
    }
    /// Runs the first half of a collective call in two parts: `first`. If it fails on one process, ends the call on the others: MPI would refuse the
    /// next one.
    template <auto Fn, auto End, class C, class P, class F, class... Arguments>
    void begin_together(C check, P prepare, F first, Arguments... arguments) const {
        bool has_begun = false;
        const auto begin = [&](auto... what) {
            first(what...);
            has_begun = true;
        };
        try {
            together(name_of<Fn>(), [&] {
                check_no_split();
                check();
                prepared(
                    prepare, [&] { begin(arguments...); }, [&] { without_elements(begin, arguments...); });
            });
        } catch (...) {
            MPI_Status result{};
            if (has_begun)
                (void)failure_of([&] { with_address([&](auto... what) { end_in_mpi<End>(result, what...); }, arguments...); });
            throw;
        }
        if (open_ == nullptr)
            return;
        open_->split_end = name_of<End>();
        open_->split_data = const_cast<void*>(data_);
    }
    /// Runs the second half in MPI, unless the first half has done all.
    template <auto Fn, class Address> void end_in_mpi(MPI_Status& result, MPI_File file, Address* data) const {
        if (open_ == nullptr || !open_->read)
            return call<Fn>(file, data, &result, where());
        result = *open_->read;
        open_->read.reset();
    }
    /// Runs the second half. One that has another buffer ends the call too, because the other processes do, and throws.
    template <auto Fn, class Address> void end_split(MPI_Status& result, MPI_File file, Address* data) const {
        check_split(name_of<Fn>());
        Address* begun = data;
        if (open_ != nullptr) {
            begun = open_->split_data;
            open_->split_end = {};
        }
        end_in_mpi<Fn>(result, file, begun);
        if (data != begun)
            misuse(caller_, "the buffer is another than that of the first half, which is complete now");
    }
    [[nodiscard]] Place where() const { return file_.on(caller_.at); }
    /// Throws what is wrong with the arguments. MPI tells that only on this process, so that the others would wait in a collective call.
    void check_arguments() const {
        check_buffer();
        check_place();
    }
    void check_no_split() const { detail::check_no_split(open_, caller_); }
    /// Throws std::invalid_argument unless `end` ends the split collective call that is under way. MPICH does not tell them apart.
    void check_split(std::string_view end) const;
    // Throw an Exception if the file is not open for this. Open MPI does not tell that on all processes of a collective call.
    void check_readable(std::string_view function) const;
    void check_writable(std::string_view function) const { file_.check_writable(function, caller_.at); }
    [[noreturn]] void refuse_count(Count count) const;
    [[nodiscard]] Count wanted() const;
    /// Checks the arguments, and returns how many of the wanted bytes lie within the file, as far as that is known before the call.
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
    /// Checks the arguments, and returns `begin()`.
    [[nodiscard]] std::optional<Offset> checked_begin() const;
    /// Whether it is known where in the file the transfer begins.
    [[nodiscard]] bool knows_begin() const noexcept { return pointer_ == Pointer::individual; }
    /// Whether the first half of a split collective read has to do all: MPI may never end the second half of one that passes the end of the file.
    [[nodiscard]] bool reads_in_first_half() const noexcept { return hangs_in_short_reads() && open_ != nullptr; }
    void keep_result(const MPI_Status& result) const { open_->read = result; }
    void keep_expected() const;
    [[nodiscard]] Count kept_expected() const;
    [[nodiscard]] Promise promise(std::string_view function, bool is_read, Count expected) const {
        return {function, is_read, wanted(), expected, std::nullopt, file_.open_, memory_};
    }

private:
    /// Throws an Exception if the buffer has no address, a negative count, or a datatype that is not committed.
    void check_buffer() const;
    /// Throws std::invalid_argument if the offset is negative, which Open MPI 4.1 takes for the end of the file, if the view has no place for data,
    /// if it cannot be shared, or if the data is no whole number of its etypes, which Open MPI writes nevertheless.
    void check_place() const;
    [[nodiscard]] Count etype_size() const;
    [[nodiscard]] Count etype_reach() const;

    const File& file_;
    OpenFile* open_;  ///< null if the file was not opened by this library
    Pointer pointer_;
    std::optional<Offset> offset_;
    const void* data_;
    Count count_;
    MPI_Datatype type_;
    std::shared_ptr<const void> memory_;
    Status* status_;
    Caller caller_;
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
        together(name_of<Fn>(), [&] {
            check_no_split();
            check_readable(name_of<Fn>());
            Count there = 0;
            MPI_Status result{};
            const auto read = [&](auto... what) { call<Fn>(what..., &result, where()); };
            prepared([&] { there = expected(); }, [&] { read(arguments...); }, [&] { without_elements(read, arguments...); });
            finish_read(name_of<Fn>(), result, there);
        });
    }
    template <auto Fn, auto End, auto Whole, class... Arguments> void begin(Arguments... arguments) const {
        const auto first = [this](auto... what) {
            if (!reads_in_first_half())
                return call<Fn>(what..., where());
            MPI_Status result{};
            call<Whole>(what..., &result, where());
            keep_result(result);
        };
        begin_together<Fn, End>([this] { check_readable(name_of<Fn>()); }, [this] { keep_expected(); }, first, arguments...);
    }
    template <auto Fn, class... Arguments> void end(Arguments... arguments) const {
        together(name_of<Fn>(), [&] {
            MPI_Status result{};
            end_split<Fn>(result, arguments...);
            finish_read(name_of<Fn>(), result, kept_expected());
        });
    }
    /// Starts a nonblocking read. On Open MPI, a request that passes the end of the file is never complete, so `Alone` reads then, before MPI's
    /// request for nothing.
    template <auto Fn, auto Alone, class... Arguments> [[nodiscard]] Request start(Arguments... arguments) const {
        check_readable(name_of<Fn>());
        Promise promised = promise(name_of<Fn>(), true, expected());
        const auto begin = [&](auto... what) { return get<Fn>(what..., where()); };
        if (!hangs_in_short_reads() || (promised.expected == promised.wanted && knows_begin()))
            return take_promised(begin(arguments...), std::move(promised));
        MPI_Status result{};
        call<Alone>(arguments..., &result, where());
        promised.read = get<MPI_Get_elements_x>(&result, MPI_BYTE, where());
        return take_promised(without_elements(begin, arguments...), std::move(promised));
    }
    template <auto Fn, auto Alone, class... Arguments> [[nodiscard]] Request start_together(Arguments... arguments) const {
        check_no_split();
        const auto begin = [&](auto... what) { return Request::take(get<Fn>(what..., where())); };
        prepared([&] { (void)expected(); }, [] {}, [&] { without_elements(begin, arguments...).Wait(); });
        return start<Fn, Alone>(arguments...);
    }
};

/// A write.
class Writing : public Transfer {
public:
    using Transfer::Transfer;
    template <auto Fn, class... Arguments> void alone(Arguments... arguments) const {
        check_writable(name_of<Fn>());
        check_arguments();
        MPI_Status result{};
        call<Fn>(arguments..., &result, where());
        finish_write(name_of<Fn>(), result);
    }
    template <auto Fn, class... Arguments> void collective(Arguments... arguments) const {
        std::optional<Offset> from;
        together(name_of<Fn>(), [&] {
            check_no_split();
            check_writable(name_of<Fn>());
            MPI_Status result{};
            const auto write = [&](auto... what) { call<Fn>(what..., &result, where()); };
            const auto prepare = [&] {
                if (loses_errors_of_collective_writes())
                    from = checked_begin();
                else
                    check_arguments();
            };
            prepared(
                prepare, [&] { write(arguments...); }, [&] { without_elements(write, arguments...); });
            finish_write(name_of<Fn>(), result);
        });
        if (loses_errors_of_collective_writes())
            together(name_of<Fn>(), [&] { check_written(name_of<Fn>(), from); });  // here all have written
    }
    template <auto Fn, auto End, class... Arguments> void begin(Arguments... arguments) const {
        const auto first = [this](auto... what) { call<Fn>(what..., where()); };
        begin_together<Fn, End>([this] { check_writable(name_of<Fn>()); }, [this] { check_arguments(); }, first, arguments...);
    }
    template <auto Fn, class... Arguments> void end(Arguments... arguments) const {
        together(name_of<Fn>(), [&] {
            MPI_Status result{};
            end_split<Fn>(result, arguments...);
            finish_write(name_of<Fn>(), result);
        });
    }
    /// Starts a nonblocking write.
    template <auto Fn, class... Arguments> [[nodiscard]] Request start(Arguments... arguments) const {
        check_writable(name_of<Fn>());
        check_arguments();
        Promise promised = promise(name_of<Fn>(), false, wanted());
        return take_promised(get<Fn>(arguments..., where()), std::move(promised));
    }
    template <auto Fn, class... Arguments> [[nodiscard]] Request start_together(Arguments... arguments) const {
        check_no_split();
        const auto begin = [&](auto... what) { return Request::take(get<Fn>(what..., where())); };
        prepared([&] { check_arguments(); }, [] {}, [&] { without_elements(begin, arguments...).Wait(); });
        return start<Fn>(arguments...);
    }
};

/// Makes room in `result` for the elements of `type` from `*offset`, or the file pointer, to the end of the file, at most `most`. Throws if the file
/// ends inside an element, in a collective call on every process.
Buf room_for_rest(const File& file, const Offset* offset, MPI_Datatype type, Count most, bool collective, AnyVector result, Caller caller);

}  // namespace MPI4CXX::detail
