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

[[gnu::always_inline]] inline bool Incoming::accept(bool from_null, const MPI_Status& found, const ObjectType& type, Status* status,
                                                    const Place& where) {
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

void Incoming::accept_any(std::uint64_t size, const MPI_Status& found, const ObjectType& type, Status* status, const Place& where) {
    const Envelope& envelope = *reinterpret_cast<const Envelope*>(room_.bytes.data());
    const bool is_short = envelope.is_short(size);
    if (is_short)
        open_short(size);
    else
        accept_parts(detail::open(room_, size, where), where);
    if (status != nullptr)
        *status = Status(LazyStatus{found, remaining()}.get(where));
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

void Incoming::accept_whole(const MPI_Status& found, const ObjectType& type, Status* status, const Place& where) {
    const Envelope& envelope = open_whole(bytes_, where);
    std::memcpy(room_.bytes.data(), &envelope, sizeof envelope);
    route_ = {MPI_COMM_NULL, PROC_NULL, 0, false, where.file, where.line, where.comm};
    whole_block_ = bytes_.data() + sizeof envelope + envelope.length;
    open({bytes_.data() + sizeof envelope, envelope.length}, envelope.blocks);
    if (status != nullptr)
        *status = Status(LazyStatus{found, remaining()}.get(where));
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

void Receive::Arrived::receive(void* to, std::size_t size) {
    if (receive_.whole_block_ != nullptr)
        return copy_block(to, size, receive_.whole_block_, receive_.bytes_, receive_.route_.where());
    std::memcpy(to, receive_.held_blocks_[next_].data(), size);
    receive_.held_blocks_[next_++] = Bytes();
}

/// Reads an object whose blocks have not come yet, and posts a receive of each block into its place.
class Receive::Placing final : public Unpacking {
public:
    explicit Placing(Receive& receive) noexcept : receive_(receive) {}
    /// Posts receives of all blocks into memory of their own, where they stay until the object is read. Allocates all memory first.
    void hold_all() {
        std::vector<std::size_t> sizes(blocks_left());
        receive_.parts_.reserve(receive_.parts_.size() + sizes.size() + 2);
        receive_.held_blocks_.clear();
        for (std::size_t& size : sizes) receive_.held_blocks_.push_back(Bytes::claimed(size = next_block()));
        for (std::size_t i = 0; i < sizes.size(); ++i) receive(receive_.held_blocks_[i].data(), sizes[i]);
    }

private:
    void receive(void* to, std::size_t size) override { receive_.parts_.push_back({irecv_out_of_band(to, size, receive_.route_), size}); }
    Receive& receive_;
};

Receive::Receive(const Comm& comm, int source, int tag, const ObjectType& type, At at)
    : Pending({at, &comm_}), type_(type), comm_(comm.handle()), from_null_(source == PROC_NULL), arrived_(*this) {
    need_channel(comm, at);
    if (is_outside(comm.handle()) && source != PROC_NULL) [[unlikely]] {
        probe_ = std::make_unique<OrderedProbe>(comm_, source, tag, "irecv", where_);
        return;
    }
    const auto [count, datatype] = capacity(at);
    request_ = get<MPI_Irecv>(room_.bytes.data(), count, datatype, source, tag, comm_, where_);
}

Receive::Receive(MPI_Message& message, std::size_t size, const ObjectType& type, At at)
    : Pending(at), type_(type), comm_(MPI_COMM_NULL), from_null_(message == MPI_MESSAGE_NO_PROC), arrived_(*this) {
    check_message(message, {at, "irecv"});
    receive_found(message, size);
}

void Receive::receive_found(MPI_Message& message, std::size_t size) {
    if (size > inline_limit) {
        try {
            bytes_ = Bytes::claimed(size);
        } catch (...) {
            failure_ = std::current_exception();
            step_ = Step::dropping;
            request_ = idrop(message, where_);
            return;
        }
        request_ = get<MPI_Imrecv>(bytes_.data(), static_cast<Count>(size), MPI_BYTE, &message, where_);
        return;
    }
    const auto [count, datatype] = capacity(where_.at());
    request_ = get<MPI_Imrecv>(room_.bytes.data(), count, datatype, &message, where_);
}

Receive::~Receive() = default;

namespace {
using ReceiveMemory = MemoryUpTo<sizeof(Receive) + 256, 64>;  // with the members of ReceiveOf, unless T itself is large
}

void* Receive::operator new(std::size_t size) { return ReceiveMemory::take(size); }
void Receive::operator delete(void* memory, std::size_t size) noexcept { ReceiveMemory::give_back(memory, size); }

std::span<const std::byte> Receive::object_bytes() const noexcept {
    return {is_out_of_band(envelope()) ? bytes_.data() : room_.bytes.data() + sizeof(Envelope), envelope().length};
}

bool Receive::passed_parts() {
    MPI_Status found;
    while (!parts_.empty() && passed(parts_.back().request, &found)) {
        const std::size_t size = parts_.back().size;
        parts_.pop_back();
        try {
            if (size != 0)
                check_length(found, size, where_);
        } catch (...) {
            failure_ = std::current_exception();
        }
    }
    return parts_.empty();
}

void Receive::step() {
    if (probe_) {
        MPI_Message message = MPI_MESSAGE_NULL;
        if (!probe_->take(message, status_, where_))
            return;
        probe_.reset();
        receive_found(message, static_cast<std::size_t>(received_bytes(status_, where_)));
    }
    if (step_ == Step::envelope && passed(request_, &status_))
        open_envelope();
    if (!complete_ && step_ == Step::bytes && passed_parts())
        open_bytes();
    if (!complete_ && step_ == Step::dropping)
        complete_ = dropped() && passed_parts();
    if (!complete_ && step_ == Step::blocks)
        complete_ = passed_parts();
}

void Receive::open_envelope() {
    if (from_null_)
        status_ = status_of_null();
    complete_ = from_null_ || (is_cancelled_ && get<MPI_Test_cancelled>(&status_, where_) != 0);
    if (complete_)
        return;
    if (bytes_.data() != nullptr)
        return open_whole_object();
    const auto size = static_cast<std::uint64_t>(received_bytes(status_, where_));
    if (envelope().is_short(size)) [[likely]] {
        complete_ = true;
        return open_object(envelope().type, {room_.bytes.data() + Envelope::short_size, size - Envelope::short_size}, 0);
    }
    const Envelope& head = open(room_, size, where_);
    route_ = {opened_channel, head.sender, head.side_tag, head.receipt != 0, where_.file, where_.line, where_.comm};
    receive_bytes();
}

void Receive::open_whole_object() {
    complete_ = true;
    const Envelope& head = open_whole(bytes_, where_);
    route_ = {MPI_COMM_NULL, PROC_NULL, 0, false, where_.file, where_.line, where_.comm};
    whole_block_ = bytes_.data() + sizeof head + head.length;
    open_object(head.type, {bytes_.data() + sizeof head, head.length}, head.blocks);
}

void Receive::receive_bytes() {
    const Envelope& head = envelope();
    if (is_out_of_band(head))
        try {
            bytes_ = Bytes::claimed(head.length);
            parts_.reserve(number_of_pieces(head));
        } catch (...) {
            failure_ = std::current_exception();
            return drop(number_of_pieces(head) + head.blocks);
        }
    step_ = Step::bytes;
    for_each_piece(head, [&](std::size_t begin, std::size_t size) {
        parts_.push_back({irecv_out_of_band(bytes_.data() + begin, size, route_), size});
    });
}

void Receive::open_object(std::uint64_t type, std::span<const std::byte> bytes, std::size_t blocks) {
    step_ = Step::blocks;
    arrived_.open(bytes, blocks);
    length_ = arrived_.remaining();
    if (type != type_.hash)
        failure_ = std::make_exception_ptr(type_.mismatch("irecv", type, where_));
}

void Receive::open_bytes() {
    complete_ = static_cast<bool>(failure_);  // too few bytes have come
    if (complete_)
        return;
    const Envelope& head = envelope();
    open_object(head.type, object_bytes(), head.blocks);
    if (head.blocks != 0)
        receive_blocks();
    if (head.receipt != 0 && step_ != Step::dropping)
        parts_.push_back({ianswer(route_), 0});
}

void Receive::receive_blocks() {
    const Envelope& head = envelope();
    if (failure_)
        return drop(head.blocks);
    try {
        parts_.reserve(3);  // so that noting a posted receive cannot throw
        Placing placing(*this);
        placing.open(object_bytes(), head.blocks);
        if (!place(placing))
            placing.hold_all();
    } catch (...) {
        failure_ = std::current_exception();
        return drop(head.blocks - parts_.size());
    }
    if (head.asks != 0)
        parts_.push_back({ianswer(route_), 0});
}

void Receive::drop(std::size_t messages) {
    step_ = Step::dropping;
    to_drop_ = messages;
    if (envelope().asks != 0)
        request_ = ianswer(route_);
}

bool Receive::dropped() {
    while (true) {
        try {
            if (!passed(request_))
                return false;
        } catch (...) {}  // the message is longer than the receive
        if (to_drop_ != 0) {
            --to_drop_;
            request_ = idrop(route_);
        } else if (std::exchange(route_.receipt, false)) {
            request_ = ianswer(route_);
        } else {
            return true;
        }
    }
}

MPI_Request* Receive::awaited() {
    if (request_ != MPI_REQUEST_NULL)
        return &request_;
    return parts_.empty() ? nullptr : &parts_.back().request;
}

void Receive::cancel() {
    if (probe_) {
        probe_.reset();
        call<MPI_Status_set_cancelled>(&status_, 1, where_);
        complete_ = true;
    }
    if (!complete_ && step_ == Step::envelope) {
        MPI_Cancel(&request_);
        is_cancelled_ = true;
    }
}

Unpacking* Receive::arrived() noexcept { return step_ == Step::blocks ? &arrived_ : nullptr; }

}  // namespace MPI4CXX::detail
