// Receives of objects, blocking and nonblocking.
#include <mpi4cxx/detail/communicators/object_message.hpp>

#include <mpi4cxx/comm.hpp>
#include <mpi4cxx/detail/mpi/platform.hpp>

#include "communicators/object_route.hpp"
#include "communicators/ordered_probe.hpp"
#include "communicators/outside.hpp"
#include "communicators/plan.hpp"
#include "handles/kept_datatypes.hpp"
#include "requests/backoff.hpp"
#include "requests/channel.hpp"
#include "requests/progress.hpp"
#include "requests/spare_memory.hpp"
#include "runtime/finalize.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <exception>
#include <optional>
#include <string>

namespace MPI4CXX::detail {

namespace {

/// Returns the envelope of a message of `size` bytes that does not hold the whole object. Throws Exception if the message has none.
const Envelope& open(const InlineBuffer& room, std::uint64_t size, const Place& where) {
    const Envelope& envelope = *reinterpret_cast<const Envelope*>(room.bytes.data());
    const std::uint64_t behind = size - sizeof envelope;
    if (size < sizeof envelope || size > inline_limit || envelope.magic != Envelope::mark ||
        behind != (is_out_of_band(envelope) ? 0 : envelope.length) ||
        (envelope.in_pieces != 0 && (envelope.blocks != 0 || !is_out_of_band(envelope) || envelope.length > pieces_limit)))
        throw Exception(MPI_ERR_TYPE, "recv", "the message of " + std::to_string(size) + " bytes is no object: an uppercase method has sent it",
                        where);
    return envelope;
}

/// Returns the status of a receive from PROC_NULL, which MPICH 4.0 does not set in a nonblocking receive.
MPI_Status status_of_null() {
    Status status;
    status.Set_source(PROC_NULL);
    return status.handle();
}

/// The count and the datatype of the receive of an envelope.
struct Capacity {
    Count count;
    MPI_Datatype type;
};

/// Returns a capacity of `inline_limit` bytes. Where truncation overwrites memory, one more byte follows a gap.
Capacity capacity(At at) {
    if (!truncation_overwrites())
        return {inline_limit, MPI_BYTE};
    static const MPI_Datatype type = [at] {
        const int lengths[] = {inline_limit, 1};
        const MPI_Aint displs[] = {0, inline_limit + 8};
        Datatype holed = Datatype::take(get<MPI_Type_create_hindexed>(2, lengths, displs, MPI_BYTE, at));
        holed.Commit(at);
        return keep_until_finalize(std::move(holed));
    }();
    return {1, type};
}

inline Count received_bytes(const MPI_Status& status, const Place& where) { return get<MPI_Get_count>(&status, MPI_BYTE, where); }

void set_length(MPI_Status* status, std::size_t length, const Place& where) {
    call<MPI_Status_set_elements_x>(status, MPI_BYTE, static_cast<Count>(length), where);
}

/// Throws Exception if fewer bytes have come than were announced: the rest of the memory is uninitialized. If more have come, MPI reports an error.
void check_length(const MPI_Status& status, std::size_t announced, const Place& where) {
    if (const auto size = static_cast<std::size_t>(received_bytes(status, where)); size != announced) [[unlikely]]
        throw Exception(MPI_ERR_TYPE, "recv", std::to_string(announced) + " bytes were announced, " + std::to_string(size) + " have come", where);
}

/// Returns the envelope of an object that has come in one message with its blocks. Throws Exception if the message has none.
const Envelope& open_whole(const Bytes& message, const Place& where) {
    const Envelope& envelope = *reinterpret_cast<const Envelope*>(message.data());
    if (envelope.magic != Envelope::mark || envelope.length > message.size() - sizeof envelope)
        throw Exception(MPI_ERR_TYPE, "recv", "the message of " + std::to_string(message.size()) + " bytes is no object", where);
    return envelope;
}

/// Copies the next block of an object that has come in one message.
void copy_block(void* to, std::size_t size, const std::byte*& next, const Bytes& message, const Place& where) {
    if (size > static_cast<std::size_t>(message.data() + message.size() - next))
        throw Exception(MPI_ERR_TYPE, "recv", "the message of " + std::to_string(message.size()) + " bytes ends within a block of an object", where);
    std::memcpy(to, next, size);
    next += size;
}

/// Begins to receive a message and to drop it, by a receive that is too short for a long one. That needs no memory, whatever the size, and MPIs
/// complete the sender of a truncated message.
template <auto Receive, class... From> MPI_Request receive_too_little(const Place& where, From... from) {
    static InlineBuffer waste;  // nobody reads it
    const auto [count, type] = capacity(where.at());
    return get<Receive>(waste.bytes.data(), count, type, from..., where);
}
MPI_Request idrop(MPI_Message& message, const Place& where) { return receive_too_little<MPI_Imrecv>(where, &message); }

/// Waits for a request of `idrop`.
void complete_dropped(MPI_Request request, const Place& where) noexcept {
    try {
        complete(request, MPI_STATUS_IGNORE, "MPI_Recv", where);
    } catch (...) {}  // the message is longer than the receive
}

MPI_Request irecv_out_of_band(void* to, std::size_t size, const Route& route) {
    const Place where = route.where();
    return get<MPI_Irecv>(to, static_cast<Count>(size), MPI_BYTE, route.sender, route.side_tag, route.channel, where);
}

}  // namespace

void answer(const Route& route) {
    const Place where = route.where();
    call<MPI_Send>(nullptr, 0, MPI_BYTE, route.sender, answer_tag(route.side_tag), route.channel, where);
}

MPI_Request ianswer(const Route& route) {
    const Place where = route.where();
    return get<MPI_Isend>(nullptr, 0, MPI_BYTE, route.sender, answer_tag(route.side_tag), route.channel, where);
}

void recv_out_of_band(void* to, std::size_t size, const Route& route) {
    const Place where = route.where();
    MPI_Status status;
    call<MPI_Recv>(to, static_cast<Count>(size), MPI_BYTE, route.sender, route.side_tag, route.channel, &status, where);
    check_length(status, size, where);
}

MPI_Request idrop(const Route& route) { return receive_too_little<MPI_Irecv>(route.where(), route.sender, route.side_tag, route.channel); }

void drop(const Route& route, std::size_t messages) noexcept {
    if (messages == 0)
        return;
    try {
        for (; messages != 0; --messages) complete_dropped(idrop(route), route.where());
        if (route.receipt)
            answer(route);
    } catch (...) {}
}

// Blocking ---------------------------------------------------------------------------------------------------------------

[[gnu::always_inline]] inline bool Incoming::accept(bool from_null, MPI_Status& found, const ObjectType& type, Status* status, const Place& where) {
    if (from_null) [[unlikely]] {
        if (status != nullptr)
            *status = Status(status_of_null());
        return false;
    }
    const Envelope& envelope = *reinterpret_cast<const Envelope*>(room_.bytes.data());
    const auto size = static_cast<std::uint64_t>(received_bytes(found, where));
    if (!envelope.is_short(size) || envelope.type != type.hash || status != nullptr) [[unlikely]]
        accept_any(size, found, type, status, where);
    else
        open_short(size);
    return true;
}

void Incoming::accept_any(std::uint64_t size, MPI_Status& found, const ObjectType& type, Status* status, const Place& where) {
    const Envelope& envelope = *reinterpret_cast<const Envelope*>(room_.bytes.data());
    const bool is_short = envelope.is_short(size);
    if (is_short)
        open_short(size);
    else
        accept_parts(detail::open(room_, size, where), where);
    if (status != nullptr) {
        set_length(&found, remaining(), where);
        *status = Status(found);
    }
    if (!is_short && envelope.asks != 0)
        answer(route_);
    if (envelope.type != type.hash)
        throw type.mismatch("recv", envelope.type, where);
}

void Incoming::accept_parts(const Envelope& envelope, const Place& where) {
    const std::byte* bytes = room_.bytes.data() + sizeof envelope;
    route_ = {opened_channel, envelope.sender, envelope.side_tag, envelope.receipt != 0, where.file, where.line, where.comm};
    if (is_out_of_band(envelope)) {
        try {
            bytes_ = Bytes::claimed(envelope.length);
        } catch (...) {
            if (envelope.asks != 0)
                answer(route_);
            drop(route_, number_of_pieces(envelope) + envelope.blocks);
            throw;
        }
        if (envelope.in_pieces == 0)
            recv_out_of_band(bytes_.data(), envelope.length, route_);
        bytes = bytes_.data();
    }
    open({bytes, envelope.length}, envelope.blocks);
    if (envelope.in_pieces == 0 && envelope.blocks == 0)
        give_receipt();
    if (envelope.in_pieces != 0)
        expect_bytes();
}

void Incoming::skip_rest() noexcept {
    try {
        while (expects_bytes()) take_piece();
    } catch (...) {}
    if (whole_block_ == nullptr)
        drop(route_, blocks_left());
}

void Incoming::give_receipt() {
    if (route_.receipt)
        answer(route_);
}

bool Incoming::recv(const Comm& comm, int source, int tag, const ObjectType& type, Status* status, At at) {
    need_channel(comm, at);
    const Place where{at, comm.address()};
    if (is_outside(comm.handle()) && source != PROC_NULL) [[unlikely]]
        return recv_whole(comm, source, tag, type, status, at);
    const auto [count, datatype] = capacity(at);
    MPI_Status found;
    call<MPI_Recv>(room_.bytes.data(), count, datatype, source, tag, comm.handle(), &found, where);
    return accept(source == PROC_NULL, found, type, status, where);
}

bool Incoming::recv_whole(const Comm& comm, int source, int tag, const ObjectType& type, Status* status, At at) {
    const Place where{at, comm.address()};
    MPI_Message message = MPI_MESSAGE_NULL;
    MPI_Status found;
    {
        OrderedProbe probe(comm.handle(), source, tag, "recv", where);
        for (Backoff backoff(std::chrono::milliseconds(1)); !probe.take(message, found, where); backoff.pause()) drive();
    }
    return recv(message, static_cast<std::size_t>(received_bytes(found, where)), type, status, at);
}

void Incoming::accept_whole(MPI_Status& found, const ObjectType& type, Status* status, const Place& where) {
    const Envelope& envelope = open_whole(bytes_, where);
    std::memcpy(room_.bytes.data(), &envelope, sizeof envelope);
    route_ = {MPI_COMM_NULL, PROC_NULL, 0, false, where.file, where.line, where.comm};
    whole_block_ = bytes_.data() + sizeof envelope + envelope.length;
    open({bytes_.data() + sizeof envelope, envelope.length}, envelope.blocks);
    if (status != nullptr) {
        set_length(&found, remaining(), where);
        *status = Status(found);
    }
    if (envelope.type != type.hash)
        throw type.mismatch("recv", envelope.type, where);
}

bool Incoming::recv(MPI_Message& message, std::size_t size, const ObjectType& type, Status* status, At at) {
    check_message(message, {at, "recv"});
    const bool from_null = message == MPI_MESSAGE_NO_PROC;
    MPI_Status found;
    if (size > inline_limit) {
        try {
            bytes_ = Bytes::claimed(size);
        } catch (...) {
            complete_dropped(idrop(message, at), at);
            throw;
        }
        call<MPI_Mrecv>(bytes_.data(), static_cast<Count>(size), MPI_BYTE, &message, &found, at);
        accept_whole(found, type, status, at);
        return true;
    }
    const auto [count, datatype] = capacity(at);
    call<MPI_Mrecv>(room_.bytes.data(), count, datatype, &message, &found, at);
    return accept(from_null, found, type, status, at);
}

std::size_t Incoming::receive_piece(std::size_t begin, std::size_t size) {
    const std::size_t piece = std::min(size, piece_size());
    recv_out_of_band(bytes_.data() + begin, piece, route_);
    if (piece == size)
        give_receipt();
    return piece;
}

void Incoming::receive(void* to, std::size_t size) {
    if (whole_block_ != nullptr)
        return copy_block(to, size, whole_block_, bytes_, route_.where());
    recv_out_of_band(to, size, route_);
    if (blocks_left() == 0)
        give_receipt();
}

// Nonblocking ------------------------------------------------------------------------------------------------------------

struct Receive::State {
    /// Reads an object whose blocks have been received into memory of their own.
    class Arrived final : public Unpacking {
    public:
        explicit Arrived(State& state) noexcept : state_(state) {}

    private:
        void receive(void* to, std::size_t size) override {
            if (state_.whole_block != nullptr)
                return copy_block(to, size, state_.whole_block, state_.bytes, state_.route.where());
            std::memcpy(to, state_.held_blocks[next_].data(), size);
            state_.held_blocks[next_++] = Bytes();
        }
        State& state_;
        std::size_t next_ = 0;
    };
    /// Reads an object whose blocks have not come yet, and posts a receive of each block into its place.
    class Placing final : public Unpacking {
    public:
        explicit Placing(State& state) noexcept : state_(state) {}
        /// Posts receives of all blocks into memory of their own, where they stay until the object is read. Allocates all memory first.
        void hold_all() {
            std::vector<std::size_t> sizes(blocks_left());
            state_.parts.reserve(state_.parts.size() + sizes.size() + 2);
            state_.held_blocks.clear();
            for (std::size_t& size : sizes) state_.held_blocks.push_back(Bytes::claimed(size = next_block()));
            for (std::size_t i = 0; i < sizes.size(); ++i) receive(state_.held_blocks[i].data(), sizes[i]);
        }

    private:
        void receive(void* to, std::size_t size) override { state_.parts.push_back({irecv_out_of_band(to, size, state_.route), size}); }
        State& state_;
    };
    enum class Step : char { envelope, bytes, blocks, dropping };
    struct Part {
        MPI_Request request;
        std::size_t size;  // 0 for an answer
    };

    explicit State(const ObjectType& wanted) noexcept : type(wanted), arrived(*this) {}
    static void* operator new(std::size_t) { return SpareMemory<State, 64>::take(); }
    static void operator delete(void* memory) noexcept { SpareMemory<State, 64>::give_back(memory); }

    [[nodiscard]] const Envelope& envelope() const noexcept { return *reinterpret_cast<const Envelope*>(room.bytes.data()); }
    [[nodiscard]] std::span<const std::byte> object_bytes() const noexcept {
        return {is_out_of_band(envelope()) ? bytes.data() : room.bytes.data() + sizeof(Envelope), envelope().length};
    }

    const ObjectType& type;
    MPI_Comm comm = MPI_COMM_NULL;  // a copy: the communicator may be destroyed before the message comes
    Step step = Step::envelope;
    std::optional<OrderedProbe> probe;       // until the message has come, where an object comes whole
    MPI_Request request = MPI_REQUEST_NULL;  // of the envelope, of the whole object, or of what is dropped
    std::size_t to_drop = 0;                 // messages
    std::vector<Part> parts;                 // of the bytes, then of the blocks
    bool from_null = false;
    bool is_cancelled = false;  // unless the message came before
    Route route{};
    Bytes bytes;
    std::vector<Bytes> held_blocks;
    const std::byte* whole_block = nullptr;  // the next block of an object that has come whole
    Arrived arrived;
    InlineBuffer room;
};

Receive::Receive(const Comm& comm, int source, int tag, const ObjectType& type, At at) : Pending(at), state_(std::make_unique<State>(type)) {
    need_channel(comm, at);
    state_->comm = comm.handle();
    where_ = {at, &state_->comm};
    state_->from_null = source == PROC_NULL;
    if (is_outside(comm.handle()) && source != PROC_NULL) [[unlikely]] {
        state_->probe.emplace(comm.handle(), source, tag, "irecv", where_);
        return;
    }
    const auto [count, datatype] = capacity(at);
    state_->request = get<MPI_Irecv>(state_->room.bytes.data(), count, datatype, source, tag, comm.handle(), where_);
}

Receive::Receive(MPI_Message& message, std::size_t size, const ObjectType& type, At at) : Pending(at), state_(std::make_unique<State>(type)) {
    check_message(message, {at, "irecv"});
    state_->from_null = message == MPI_MESSAGE_NO_PROC;
    receive_found(message, size);
}

void Receive::receive_found(MPI_Message& message, std::size_t size) {
    State& state = *state_;
    if (size > inline_limit) {
        try {
            state.bytes = Bytes::claimed(size);
        } catch (...) {
            failure_ = std::current_exception();
            state.step = State::Step::dropping;
            state.request = idrop(message, where_);
            return;
        }
        state.request = get<MPI_Imrecv>(state.bytes.data(), static_cast<Count>(size), MPI_BYTE, &message, where_);
        return;
    }
    const auto [count, datatype] = capacity(where_.at());
    state.request = get<MPI_Imrecv>(state.room.bytes.data(), count, datatype, &message, where_);
}

Receive::~Receive() = default;

void* Receive::operator new(std::size_t size) { return SmallMemory::take(size); }
void Receive::operator delete(void* memory, std::size_t size) noexcept { SmallMemory::give_back(memory, size); }

bool Receive::passed_parts() {
    std::vector<State::Part>& parts = state_->parts;
    MPI_Status found;
    while (!parts.empty() && passed(parts.back().request, &found)) {
        const std::size_t size = parts.back().size;
        parts.pop_back();
        try {
            if (size != 0)
                check_length(found, size, where_);
        } catch (...) {
            failure_ = std::current_exception();
        }
    }
    return parts.empty();
}

void Receive::step() {
    State& state = *state_;
    if (state.probe) {
        MPI_Message message = MPI_MESSAGE_NULL;
        if (!state.probe->take(message, status_, where_))
            return;
        state.probe.reset();
        receive_found(message, static_cast<std::size_t>(received_bytes(status_, where_)));
    }
    if (state.step == State::Step::envelope && passed(state.request, &status_))
        open_envelope();
    if (!complete_ && state.step == State::Step::bytes && passed_parts())
        open_bytes();
    if (!complete_ && state.step == State::Step::dropping)
        complete_ = dropped() && passed_parts();
    if (!complete_ && state.step == State::Step::blocks)
        complete_ = passed_parts();
}

void Receive::open_envelope() {
    State& state = *state_;
    if (state.from_null)
        status_ = status_of_null();
    complete_ = state.from_null || (state.is_cancelled && get<MPI_Test_cancelled>(&status_, where_) != 0);
    if (complete_)
        return;
    if (state.bytes.data() != nullptr)
        return open_whole_object();
    const auto size = static_cast<std::uint64_t>(received_bytes(status_, where_));
    if (state.envelope().is_short(size)) [[likely]] {
        complete_ = true;
        return open_object(state.envelope().type, {state.room.bytes.data() + Envelope::short_size, size - Envelope::short_size}, 0);
    }
    const Envelope& envelope = open(state.room, size, where_);
    state.route = {opened_channel, envelope.sender, envelope.side_tag, envelope.receipt != 0, where_.file, where_.line, where_.comm};
    receive_bytes();
}

void Receive::open_whole_object() {
    State& state = *state_;
    complete_ = true;
    const Envelope& envelope = open_whole(state.bytes, where_);
    state.route = {MPI_COMM_NULL, PROC_NULL, 0, false, where_.file, where_.line, where_.comm};
    state.whole_block = state.bytes.data() + sizeof envelope + envelope.length;
    open_object(envelope.type, {state.bytes.data() + sizeof envelope, envelope.length}, envelope.blocks);
}

void Receive::receive_bytes() {
    State& state = *state_;
    const Envelope& envelope = state.envelope();
    if (is_out_of_band(envelope))
        try {
            state.bytes = Bytes::claimed(envelope.length);
            state.parts.reserve(number_of_pieces(envelope));
        } catch (...) {
            failure_ = std::current_exception();
            return drop(number_of_pieces(envelope) + envelope.blocks);
        }
    state.step = State::Step::bytes;
    for_each_piece(envelope, [&](std::size_t begin, std::size_t size) {
        state.parts.push_back({irecv_out_of_band(state.bytes.data() + begin, size, state.route), size});
    });
}

void Receive::open_object(std::uint64_t type, std::span<const std::byte> bytes, std::size_t blocks) {
    State& state = *state_;
    state.step = State::Step::blocks;
    state.arrived.open(bytes, blocks);
    length_ = state.arrived.remaining();
    if (type != state.type.hash)
        failure_ = std::make_exception_ptr(state.type.mismatch("irecv", type, where_));
}

void Receive::open_bytes() {
    State& state = *state_;
    complete_ = static_cast<bool>(failure_);  // too few bytes have come
    if (complete_)
        return;
    const Envelope& envelope = state.envelope();
    open_object(envelope.type, state.object_bytes(), envelope.blocks);
    if (envelope.blocks != 0)
        receive_blocks();
    if (envelope.receipt != 0 && state.step != State::Step::dropping)
        state.parts.push_back({ianswer(state.route), 0});
}

void Receive::receive_blocks() {
    State& state = *state_;
    const Envelope& envelope = state.envelope();
    if (failure_)
        return drop(envelope.blocks);
    try {
        state.parts.reserve(3);  // so that noting a posted receive cannot throw
        State::Placing placing(state);
        placing.open(state.object_bytes(), envelope.blocks);
        if (!place(placing))
            placing.hold_all();
    } catch (...) {
        failure_ = std::current_exception();
        return drop(envelope.blocks - state.parts.size());
    }
    if (envelope.asks != 0)
        state.parts.push_back({ianswer(state.route), 0});
}

void Receive::drop(std::size_t messages) {
    State& state = *state_;
    state.step = State::Step::dropping;
    state.to_drop = messages;
    if (state.envelope().asks != 0)
        state.request = ianswer(state.route);
}

bool Receive::dropped() {
    State& state = *state_;
    while (true) {
        try {
            if (!passed(state.request))
                return false;
        } catch (...) {}  // the message is longer than the receive
        if (state.to_drop != 0) {
            --state.to_drop;
            state.request = idrop(state.route);
        } else if (std::exchange(state.route.receipt, false)) {
            state.request = ianswer(state.route);
        } else {
            return true;
        }
    }
}

MPI_Request* Receive::awaited() {
    if (state_->request != MPI_REQUEST_NULL)
        return &state_->request;
    return state_->parts.empty() ? nullptr : &state_->parts.back().request;
}

void Receive::cancel() {
    if (state_->probe) {
        state_->probe.reset();
        call<MPI_Status_set_cancelled>(&status_, 1, where_);
        complete_ = true;
    }
    if (!complete_ && state_->step == State::Step::envelope) {
        MPI_Cancel(&state_->request);
        state_->is_cancelled = true;
    }
}

Unpacking* Receive::arrived() noexcept { return state_->step == State::Step::blocks ? &state_->arrived : nullptr; }

}  // namespace MPI4CXX::detail
