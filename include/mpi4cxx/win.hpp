// Windows: memory that other processes read and change by themselves (MPI-4.0, 12).
#pragma once

#include <mpi4cxx/attribute.hpp>
#include <mpi4cxx/buffer.hpp>
#include <mpi4cxx/detail/handles/memory_region.hpp>
#include <mpi4cxx/detail/windows/window_state.hpp>
#include <mpi4cxx/epoch.hpp>
#include <mpi4cxx/errhandler.hpp>
#include <mpi4cxx/fortran.hpp>
#include <mpi4cxx/group.hpp>
#include <mpi4cxx/handle.hpp>
#include <mpi4cxx/info.hpp>
#include <mpi4cxx/intracomm.hpp>
#include <mpi4cxx/named.hpp>
#include <mpi4cxx/op.hpp>
#include <mpi4cxx/request.hpp>
#include <mpi4cxx/target.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace MPI4CXX {

/// Kinds of locks (MPI-4.0, 12.5.3).
enum LockType : int { LOCK_EXCLUSIVE = MPI_LOCK_EXCLUSIVE, LOCK_SHARED = MPI_LOCK_SHARED };

// Assertions, which may be added (MPI-4.0, 12.5.5). MPI believes them, so a wrong one is a silent error.
inline constexpr int MODE_NOCHECK = MPI_MODE_NOCHECK;
inline constexpr int MODE_NOSTORE = MPI_MODE_NOSTORE;
inline constexpr int MODE_NOPUT = MPI_MODE_NOPUT;
inline constexpr int MODE_NOPRECEDE = MPI_MODE_NOPRECEDE;
inline constexpr int MODE_NOSUCCEED = MPI_MODE_NOSUCCEED;

/// How a window was made (MPI-4.0, 12.2.6).
enum WinFlavor : int {
    WIN_FLAVOR_CREATE = MPI_WIN_FLAVOR_CREATE,
    WIN_FLAVOR_ALLOCATE = MPI_WIN_FLAVOR_ALLOCATE,
    WIN_FLAVOR_DYNAMIC = MPI_WIN_FLAVOR_DYNAMIC,
    WIN_FLAVOR_SHARED = MPI_WIN_FLAVOR_SHARED,
};

/// Memory models (MPI-4.0, 12.4).
enum WinModel : int { WIN_SEPARATE = MPI_WIN_SEPARATE, WIN_UNIFIED = MPI_WIN_UNIFIED };

/// The memory of one process in a shared window, and its displacement unit in bytes.
struct SharedMemory {
    std::span<std::byte> memory;
    int disp_unit;
};

namespace detail {

/// Memory that a window uses after the call.
struct WindowMemory : MemoryRegion {
    using MemoryRegion::MemoryRegion;
    template <class T>
        requires(!std::is_base_of_v<MemoryRegion, std::remove_cvref_t<T>>)
    WindowMemory(T&& value) : MemoryRegion(value) {
        static_assert(OutlivesCall<T>, "mpi4cxx: the memory of a window must outlive the window: this one is a temporary");
    }
};

}  // namespace detail

/// Memory that other processes read and change by one-sided calls (MPI-4.0, 12). Freeing is collective.
/// Displacements are in elements of the window's type, or in displacement units where the window has no type.
/// Calls are checked before MPI sees them, which C does not do. An access outside an epoch, beyond the memory of the target, or to elements of
/// another type throws std::invalid_argument on the process that makes the call. Of a dynamic window, and of one that `take` or `borrow` wraps, the
/// sizes are unknown: MPI alone checks these.
/// An origin buffer must stay as it is until the epoch ends or is flushed. So temporaries do not compile, and a blocking buffer does not either.
class MPI4CXX_API Win : public Handle<Win>,
                        public Named<Win>,
                        public Attributes<Win>,
                        public ErrorHandling<Win>,
                        public Hinted<Win>,
                        public Fortran<Win> {
public:
    Win() noexcept : state_(detail::null_window()) {}
    Win(Win&& other) noexcept : Handle(std::move(other)), state_(std::exchange(other.state_, detail::null_window())) {}
    Win& operator=(Win&& other) noexcept {
        if (this != &other) {
            const Win old(std::move(*this));  // freed as by the destructor
            Handle::operator=(std::move(other));
            state_ = std::exchange(other.state_, detail::null_window());  // NOLINT(bugprone-use-after-move)
        }
        return *this;
    }
    ~Win();
    /// Own a raw window. Its error handler becomes ERRORS_RETURN.
    static Win take(MPI_Win raw, At at = {});
    static Win borrow(MPI_Win raw) { return Win(raw, detail::Ownership::borrow); }
    [[nodiscard]] MPI_Win release() && noexcept;

    // Creation (MPI-4.0, 12.2). Collective over `comm`. The typed forms give the window an element type: every process must use the same.

    /// Make a window of the elements of `range`, which must outlive the window. Calls MPI_Win_create (MPI-4.0, 12.2.1). Collective.
    template <class Range> [[nodiscard]] static Win Create(Range&& range, const Intracomm& comm, const Info& info = INFO_NULL, At at = {}) {
        static_assert(detail::OutlivesCall<Range>, "mpi4cxx: the memory of a window must outlive the window: this one is a temporary");
        const Buf elements(range, at);
        return create(elements, sizeof(detail::element_value<std::remove_reference_t<Range>>), comm, info, at);
    }
    /// Make a window of bytes, which must outlive the window. Displacements are in `disp_unit` bytes. Calls MPI_Win_create (MPI-4.0, 12.2.1).
    /// Collective.
    [[nodiscard]] static Win Create(detail::WindowMemory region, int disp_unit = 1, const Info& info = INFO_NULL, const Intracomm& comm = COMM_SELF,
                                    At at = {});
    /// Make a window of `n` elements that MPI allocates. Calls MPI_Win_allocate (MPI-4.0, 12.2.2). Collective.
    template <Mapped T> [[nodiscard]] static Win Allocate(Count n, const Intracomm& comm, const Info& info = INFO_NULL, At at = {}) {
        return allocate({n, sizeof(T), datatype_traits<T>::get()}, false, comm, info, at);
    }
    /// Make a window of `size` bytes that MPI allocates. Calls MPI_Win_allocate (MPI-4.0, 12.2.2). Collective.
    [[nodiscard]] static Win Allocate(Aint size, int disp_unit = 1, const Info& info = INFO_NULL, const Intracomm& comm = COMM_SELF, At at = {});
    /// Make a window of `n` elements that the processes of a node can also read and write directly, by `shared<T>(rank)`. `comm` must be of one
    /// node: `comm.Split_type(COMM_TYPE_SHARED)`. Calls MPI_Win_allocate_shared (MPI-4.0, 12.2.3). Collective.
    template <Mapped T> [[nodiscard]] static Win Allocate_shared(Count n, const Intracomm& comm, const Info& info = INFO_NULL, At at = {}) {
        return allocate({n, sizeof(T), datatype_traits<T>::get()}, true, comm, info, at);
    }
    /// Make a window of `size` bytes that the processes of a node can also read and write directly. Calls MPI_Win_allocate_shared (MPI-4.0, 12.2.3).
    /// Collective.
    [[nodiscard]] static Win Allocate_shared(Aint size, int disp_unit = 1, const Info& info = INFO_NULL, const Intracomm& comm = COMM_SELF,
                                             At at = {});
    /// Make a window without memory. Each process attaches memory later; displacements are addresses, as Get_address returns them. Calls
    /// MPI_Win_create_dynamic (MPI-4.0, 12.2.4). Collective.
    [[nodiscard]] static Win Create_dynamic(const Info& info = INFO_NULL, const Intracomm& comm = COMM_SELF, At at = {});
    [[nodiscard]] static Win Create_dynamic(const Intracomm& comm, At at = {}) { return Create_dynamic(INFO_NULL, comm, at); }
    /// Add memory to a dynamic window, until Detach. Throws std::invalid_argument if a part of it is attached already. Calls MPI_Win_attach (MPI-4.0,
    /// 12.2.4). Local.
    void Attach(detail::WindowMemory region, At at = {}) const;
    /// Take attached memory out of a dynamic window. Throws std::invalid_argument unless it begins where attached memory does. Calls MPI_Win_detach
    /// (MPI-4.0, 12.2.4). Local.
    void Detach(detail::MemoryRegion region, At at = {}) const;
    /// Free the window. Throws std::invalid_argument if a lock or another epoch is open here. Calls MPI_Win_free (MPI-4.0, 12.2.5). Collective.
    void Free(At at = {});

    /// Return the memory of `rank` in a shared window; of PROC_NULL, that of the first process that has any. Calls MPI_Win_shared_query (MPI-4.0,
    /// 12.2.3).
    [[nodiscard]] SharedMemory Shared_query(int rank, At at = {}) const;
    /// Return the elements of `rank` in a shared window. Calls MPI_Win_shared_query (MPI-4.0, 12.2.3).
    template <Mapped T> [[nodiscard]] std::span<T> shared(int rank, At at = {}) const {
        check_type(datatype_traits<T>::get(), detail::type_name<T>(), at);
        return as<T>(Shared_query(rank, at).memory);
    }
    /// Return this process's own elements. Throws std::invalid_argument if the window has another type.
    template <Mapped T> [[nodiscard]] std::span<T> span(At at = {}) const {
        check_type(datatype_traits<T>::get(), detail::type_name<T>(), at);
        return as<T>(tomemory(at));
    }
    /// Return this process's own memory as bytes.
    [[nodiscard]] std::span<std::byte> tomemory(At at = {}) const;
    /// Return the group of the window's processes. Calls MPI_Win_get_group (MPI-4.0, 12.2.6).
    [[nodiscard]] Group Get_group(At at = {}) const;

    [[nodiscard]] std::span<std::byte> memory(At at = {}) const { return tomemory(at); }
    [[nodiscard]] Group group(At at = {}) const { return Get_group(at); }
    [[nodiscard]] int group_size(At at = {}) const { return Get_group(at).Get_size(at); }
    [[nodiscard]] int group_rank(At at = {}) const { return Get_group(at).Get_rank(at); }
    [[nodiscard]] WinFlavor flavor(At at = {}) const { return static_cast<WinFlavor>(Get_attr(WIN_CREATE_FLAVOR, at).value_or(0)); }
    [[nodiscard]] WinModel model(At at = {}) const { return static_cast<WinModel>(Get_attr(WIN_MODEL, at).value_or(0)); }

    // Communication (MPI-4.0, 12.3), inside an epoch. A call returns at once. The origin must not be changed, and what it receives not be read,
    // before the epoch ends or is flushed.

    /// Write `origin` to the target. Calls MPI_Put (MPI-4.0, 12.3.1).
    [[gnu::always_inline]] void Put(const ConstBuf& origin, int target_rank, const Target& target = {}, At at = {}) const {
        if (!state_->admits(origin, target_rank, target)) [[unlikely]]
            return put_with_care(origin.data, origin.count, origin.type, origin.element, origin.strided.get(), target_rank, target.displacement,
                                 target.count, target.type, at.file, at.line);
        detail::call<MPI_Put>(origin.data, origin.count, origin.type, target_rank, target.displacement, origin.count, origin.type, handle(), on(at));
    }
    /// Read the target into `origin`. Calls MPI_Get (MPI-4.0, 12.3.2).
    [[gnu::always_inline]] void Get(const Buf& origin, int target_rank, const Target& target = {}, At at = {}) const {
        if (!state_->admits(origin, target_rank, target)) [[unlikely]]
            return get_with_care(origin.data, origin.count, origin.type, origin.element, origin.strided.get(), target_rank, target.displacement,
                                 target.count, target.type, at.file, at.line);
        detail::call<MPI_Get>(origin.data, origin.count, origin.type, target_rank, target.displacement, origin.count, origin.type, handle(), on(at));
    }
    /// Combine `origin` into the target by a predefined operation, or REPLACE. Atomic for each element. Calls MPI_Accumulate (MPI-4.0, 12.3.4).
    void Accumulate(const ConstBuf& origin, int target_rank, const Target& target = {}, const Op& op = SUM, At at = {}) const;
    /// Read the target into `result`, and combine `origin` into the target; NO_OP only reads. Atomic for each element. Throws std::invalid_argument
    /// if `result` is the memory of `origin`. Calls MPI_Get_accumulate (MPI-4.0, 12.3.4).
    void Get_accumulate(const ConstBuf& origin, const Buf& result, int target_rank, const Target& target = {}, const Op& op = SUM, At at = {}) const;
    /// Read one element of the target into `result`, and combine `origin` into that element. Atomic. Throws std::invalid_argument if both are the
    /// same memory. Calls MPI_Fetch_and_op (MPI-4.0, 12.3.4).
    [[gnu::always_inline]] void Fetch_and_op(const ConstBuf& origin, const Buf& result, int target_rank, Aint target_disp = 0, const Op& op = SUM,
                                             At at = {}) const {
        // A byte is no number: SUM, of the operations that work on every number, does not work on it.
        const bool is_plain = detail::takes_every_number(op.handle()) && origin.element == nullptr && origin.count == 1 && result.count == 1 &&
                              result.type == origin.type && origin.type != MPI_BYTE && result.data != origin.data && detail::can_fetch(origin.type);
        if (!is_plain || !state_->admits(1, origin.type, target_rank, target_disp)) [[unlikely]]
            return fetch_with_care(origin.data, origin.count, origin.type, origin.element, result.data, result.count, result.type, result.element,
                                   target_rank, target_disp, op, at.file, at.line);
        detail::call<MPI_Fetch_and_op>(origin.data, result.data, origin.type, target_rank, target_disp, op.handle(), handle(), on(at));
    }
    /// Read one element of the target into `result`, and replace that element by `origin` if it equals `compare`. Atomic. Calls MPI_Compare_and_swap
    /// (MPI-4.0, 12.3.4).
    void Compare_and_swap(const ConstBuf& origin, const ConstBuf& compare, const Buf& result, int target_rank, Aint target_disp = 0,
                          At at = {}) const;

    // The same with requests, inside an epoch of locks. A complete Rput or Raccumulate has left the origin, but may be under way to the target.

    /// Start a Put. Calls MPI_Rput (MPI-4.0, 12.3.5).
    [[nodiscard]] Request Rput(const ConstBuf& origin, int target_rank, const Target& target = {}, At at = {}) const;
    /// Start a Get. Calls MPI_Rget (MPI-4.0, 12.3.5).
    [[nodiscard]] Request Rget(const Buf& origin, int target_rank, const Target& target = {}, At at = {}) const;
    /// Start an Accumulate. Calls MPI_Raccumulate (MPI-4.0, 12.3.5).
    [[nodiscard]] Request Raccumulate(const ConstBuf& origin, int target_rank, const Target& target = {}, const Op& op = SUM, At at = {}) const;
    /// Start a Get_accumulate. Calls MPI_Rget_accumulate (MPI-4.0, 12.3.5).
    [[nodiscard]] Request Rget_accumulate(const ConstBuf& origin, const Buf& result, int target_rank, const Target& target = {}, const Op& op = SUM,
                                          At at = {}) const;

    // Synchronization (MPI-4.0, 12.5)

    /// End the epoch since the last Fence and begin another, on every process; with MODE_NOSUCCEED, begin none. Calls MPI_Win_fence (MPI-4.0,
    /// 12.5.1). Collective.
    [[gnu::always_inline]] void Fence(int assertion = 0, At at = {}) const {
        if (assertion != 0 || state_->open_to_all != detail::WindowState::OpenToAll::fence || detail::leaves_out_waiting_operations()) [[unlikely]]
            return state(at).fence(assertion, at);
        detail::call<MPI_Win_fence>(assertion, handle(), on(at));
    }
    /// Begin an epoch of accesses to the processes of `group`, each of which calls Post. Calls MPI_Win_start (MPI-4.0, 12.5.2).
    void Start(const Group& group, int assertion = 0, At at = {}) const { state(at).start(group, assertion, at); }
    /// End the epoch that Start began. Calls MPI_Win_complete (MPI-4.0, 12.5.2).
    void Complete(At at = {}) const { state(at).complete(at); }
    /// Let the processes of `group`, each of which calls Start, access this process's memory. Calls MPI_Win_post (MPI-4.0, 12.5.2).
    void Post(const Group& group, int assertion = 0, At at = {}) const { state(at).post(group, assertion, at); }
    /// Wait until every process that Post has let in has called Complete. Calls MPI_Win_wait (MPI-4.0, 12.5.2).
    void Wait(At at = {}) const { state(at).wait(at); }
    /// Tell whether Wait would return at once; if so, this is the Wait. Calls MPI_Win_test (MPI-4.0, 12.5.2).
    [[nodiscard]] bool Test(At at = {}) const { return state(at).test(at); }
    /// Begin an epoch of accesses to `rank`, whose process need not do anything. Calls MPI_Win_lock (MPI-4.0, 12.5.3).
    void Lock(int rank, LockType lock_type = LOCK_EXCLUSIVE, int assertion = 0, At at = {}) const { state(at).lock(rank, lock_type, assertion, at); }
    /// End the epoch of `rank`; all its operations are complete, here and there. Calls MPI_Win_unlock (MPI-4.0, 12.5.3).
    void Unlock(int rank, At at = {}) const { state(at).unlock(rank, at); }
    /// Begin an epoch of accesses to all processes, with shared locks. Calls MPI_Win_lock_all (MPI-4.0, 12.5.3).
    void Lock_all(int assertion = 0, At at = {}) const { state(at).lock_all(assertion, at); }
    /// End the epoch that Lock_all began. Calls MPI_Win_unlock_all (MPI-4.0, 12.5.3).
    void Unlock_all(At at = {}) const { state(at).unlock_all(at); }
    /// Complete all operations on `rank`, here and there. Calls MPI_Win_flush (MPI-4.0, 12.5.4).
    [[gnu::always_inline]] void Flush(int rank, At at = {}) const {
        const bool has_rank = static_cast<unsigned>(rank) < state_->ranks;
        if (!has_rank || (state_->open_to_all != detail::WindowState::OpenToAll::lock && !state_->is_open(rank))) [[unlikely]]
            return flush_with_care(rank, at.file, at.line);
        detail::call<MPI_Win_flush>(rank, handle(), on(at));
    }
    /// Complete all operations on all processes, here and there. Calls MPI_Win_flush_all (MPI-4.0, 12.5.4).
    void Flush_all(At at = {}) const;
    /// Complete all operations on `rank` here: the buffers may be changed. Calls MPI_Win_flush_local (MPI-4.0, 12.5.4).
    void Flush_local(int rank, At at = {}) const;
    /// Complete all operations here. Calls MPI_Win_flush_local_all (MPI-4.0, 12.5.4).
    void Flush_local_all(At at = {}) const;
    /// Make this process see what others have written to its memory, and others see what it has written. Calls MPI_Win_sync (MPI-4.0, 12.5.4).
    void Sync(At at = {}) const;

    // Guards, which end their epochs with the scope, also while an exception unwinds

    /// Lock `rank`.
    Epoch lock(int rank, LockType lock_type = LOCK_EXCLUSIVE, int assertion = 0, At at = {}) const {
        Lock(rank, lock_type, assertion, at);
        return {state_, Epoch::Kind::lock, rank, at};
    }
    /// Lock all processes, shared.
    Epoch lock_all(int assertion = 0, At at = {}) const {
        Lock_all(assertion, at);
        return {state_, Epoch::Kind::lock_all, -1, at};
    }
    /// Fence now and at the end of the scope. Collective. The second fence waits for all processes: each must leave its scope.
    Epoch fence(int assertion = 0, At at = {}) const {
        Fence(assertion, at);
        return {state_, Epoch::Kind::fence, -1, at};
    }
    /// Start now, Complete at the end of the scope.
    Epoch start(const Group& group, int assertion = 0, At at = {}) const {
        Start(group, assertion, at);
        return {state_, Epoch::Kind::start, -1, at};
    }
    /// Post now, Wait at the end of the scope, until every process of `group` has called Complete.
    Epoch post(const Group& group, int assertion = 0, At at = {}) const {
        Post(group, assertion, at);
        return {state_, Epoch::Kind::post, -1, at};
    }

    /// How error messages name the window.
    [[nodiscard]] const detail::Subject* subject() const noexcept { return state_.get(); }

private:
    /// How much memory each process gives, and in which elements.
    struct Extent {
        Count count;
        std::size_t size;
        MPI_Datatype type = MPI_DATATYPE_NULL;  // null: the window has no type
        Aint rest = 0;                          // bytes that follow the last element
        Aint shift = 0;                         // bytes by which MPI's window begins before the memory
    };

    static Extent in_units(Aint bytes, int unit) noexcept { return {bytes / unit, static_cast<std::size_t>(unit), MPI_DATATYPE_NULL, bytes % unit}; }

    Win(MPI_Win raw, detail::Ownership ownership);
    static Win create(const Buf& elements, std::size_t element_size, const Intracomm& comm, const Info& info, At at);
    static Win create(void* data, Extent extent, const Intracomm& comm, const Info& info, At at);
    static Win allocate(Extent extent, bool shared, const Intracomm& comm, const Info& info, At at);
    static Win made(MPI_Win raw, Extent extent, const Intracomm& comm, At at);

    /// Frees a window that this library has made; one that an exception drops, later.
    void end(bool drops, At at);
    /// The place of a call on this window, for error messages.
    [[nodiscard]] detail::Place on(At at) const noexcept { return {at, subject()}; }
    /// The state; throws an Exception if the window is null.
    [[nodiscard]] detail::WindowState& state(At at, const char* method = __builtin_FUNCTION()) const;
    void check_type(MPI_Datatype type, std::string_view name, At at) const;
    template <class T> static std::span<T> as(std::span<std::byte> bytes) noexcept {
        return {reinterpret_cast<T*>(bytes.data()), bytes.size() / sizeof(T)};
    }
    void check_locked(int rank, detail::Caller caller) const;
    // The calls that are not plain at first sight. The arguments come in pieces: objects would need a stack frame in the plain calls too.
    [[gnu::cold]] void put_with_care(const void* origin, Count count, MPI_Datatype type, const detail::ElementType* element,
                                     const detail::Strided* strided, int target_rank, Aint target_disp, Count target_count, MPI_Datatype target_type,
                                     const char* file, unsigned long line) const;
    [[gnu::cold]] void get_with_care(void* origin, Count count, MPI_Datatype type, const detail::ElementType* element, const detail::Strided* strided,
                                     int target_rank, Aint target_disp, Count target_count, MPI_Datatype target_type, const char* file,
                                     unsigned long line) const;
    [[gnu::cold]] void fetch_with_care(const void* origin, Count count, MPI_Datatype type, const detail::ElementType* element, void* result,
                                       Count result_count, MPI_Datatype result_type, const detail::ElementType* result_element, int target_rank,
                                       Aint target_disp, const Op& op, const char* file, unsigned long line) const;
    [[gnu::cold]] void flush_with_care(int rank, const char* file, unsigned long line) const;

    std::shared_ptr<detail::WindowState> state_;
};

extern MPI4CXX_API const Win WIN_NULL;

}  // namespace MPI4CXX
