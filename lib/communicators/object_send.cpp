// Sends of objects, blocking and nonblocking.
#include <mpi4cxx/detail/communicators/object_message.hpp>

#include <mpi4cxx/comm.hpp>
#include <mpi4cxx/detail/mpi/platform.hpp>

#include "communicators/object_route.hpp"
#include "communicators/outside.hpp"
#include "communicators/send_modes.hpp"
#include "handles/attached_buffer.hpp"
#include "requests/channel.hpp"
#include "requests/progress.hpp"
#include "requests/progress_thread.hpp"
#include "requests/side_tag.hpp"
#include "requests/spare_memory.hpp"

#include <chrono>
#include <cstring>
#include <exception>
#include <memory>
#include <span>
#include <utility>
#include <vector>

// An object's message is one MPI_BYTE message of at most `inline_limit` bytes: an envelope, of which a part is enough for most objects, and, where
// they fit, the object's bytes. So a receive is posted with a fixed capacity, and MPI's own matching gives order, wildcards and cancellation. Longer
// bytes, and blocks, travel on the channel, directly between the memory of both sides, under a tag that no other message on its way has. On a
// communicator that reaches outside COMM_WORLD there is no channel: the envelope, the bytes and the blocks are one message, whose receiver asks for
// its size first.

namespace MPI4CXX::detail {

namespace {

using SmallMemory = MemoryUpTo<256, 128>;

/// A copy of one message, kept until MPI has sent it. Its size and its bytes follow the object in memory.
class MessageCopy final : public RequestResources {
public:
    static std::unique_ptr<MessageCopy> of(std::span<const std::byte> bytes) {
        std::unique_ptr<MessageCopy> sending(new (bytes.size()) MessageCopy);
        std::memcpy(sending->data(), bytes.data(), bytes.size());
        return sending;
    }
    /// Copies an object behind a short envelope. The envelope is written here, not copied: a copy that reads what several instructions have just
    /// written waits until all of that has left the processor, behind the message before, which may be on its way to a distant core.
    static std::unique_ptr<MessageCopy> of(std::uint64_t type, std::span<const std::byte> bytes) {
        std::unique_ptr<MessageCopy> sending(new (Envelope::short_size + bytes.size()) MessageCopy);
        Envelope::write_short(sending->data(), type, bytes.size());
        copy_bytes(sending->data() + Envelope::short_size, bytes.data(), bytes.size());
        return sending;
    }
    /// Copies an object and its blocks into `size` bytes.
    static std::unique_ptr<MessageCopy> of(const Packing& object, std::size_t size) {
        std::unique_ptr<MessageCopy> sending(new (size) MessageCopy);
        std::memcpy(sending->data(), object.data(), object.size());
        std::byte* to = sending->data() + object.size();
        for (const Block& block : object.blocks()) {
            std::memcpy(to, block.data, block.size);
            to += block.size;
        }
        return sending;
    }
    static void operator delete(void* memory) noexcept { SmallMemory::give_back(memory, size_behind(memory)); }
    std::byte* data() noexcept { return reinterpret_cast<std::byte*>(this + 1) + sizeof(std::size_t); }
    [[nodiscard]] bool is_needed() const override { return true; }
    [[nodiscard]] bool is_all() const override { return true; }

    static Request start(SendMode mode, std::unique_ptr<MessageCopy> sending, std::size_t size, int dest, int tag, MPI_Comm comm,
                         const Place& where) {
        tidy_left();
        const MPI_Request request = start_send(mode, sending->data(), static_cast<Count>(size), MPI_BYTE, dest, tag, comm, where);
        return Request::take(request, std::move(sending));
    }

private:
    static void* operator new(std::size_t size, std::size_t bytes) {
        size += sizeof size + bytes;
        void* const memory = SmallMemory::take(size);
        size_behind(memory) = size;
        return memory;
    }
    static void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }
    /// The size of an object's memory, which outlives the object.
    static std::size_t& size_behind(void* memory) noexcept { return *reinterpret_cast<std::size_t*>(static_cast<MessageCopy*>(memory) + 1); }
    MessageCopy() noexcept = default;
};

std::size_t whole_size(const Packing& object) {
    std::size_t size = object.size();
    for (const Block& block : object.blocks()) size += block.size;
    return size;
}

/// Sends an object in one message, with its blocks.
Request isend_whole(SendMode mode, const Packing& object, int dest, int tag, const Comm& comm, const At& at) {
    const std::size_t size = whole_size(object);
    return MessageCopy::start(mode, MessageCopy::of(object, size), size, dest, tag, comm.handle(), {at, comm.address()});
}

/// Copies the bytes of a long object to the attached buffer, then sends the envelope from memory of the library's own. The envelope goes last: if the
/// bytes do not fit the buffer, the receiver has not been told of them. MPI completes the requests that are dropped here.
void bsend_long(const Comm& comm, Packing& object, int dest, int tag, At at) {
    const Place where{at, comm.address()};
    call<MPI_Send>(nullptr, 0, MPI_BYTE, PROC_NULL, tag, comm.handle(), where);  // throws now if tag or communicator are invalid
    SideTag tag_of_bytes(at);
    tag_of_bytes.write_to(object.envelope(), channel_rank());
    const int receiver = channel_rank(comm, dest, at), side_tag = tag_of_bytes.value();
    std::unique_ptr<MessageCopy> envelope = MessageCopy::of({object.data(), sizeof(Envelope)});
    const std::span<const std::byte> bytes = object.bytes();
    if (failed_bsend_blocks_receiver()) {  // so send a copy of the library's own, if the bytes fit the attached buffer
        check_attached(bytes.size(), where);
        (void)MessageCopy::start(SendMode::standard, MessageCopy::of(bytes), bytes.size(), receiver, side_tag, channel(at), where);
    } else {
        call<MPI_Bsend>(bytes.data(), static_cast<Count>(bytes.size()), MPI_BYTE, receiver, side_tag, channel(at), where);
    }
    tag_of_bytes.use(1, opened_channel);
    (void)MessageCopy::start(SendMode::standard, std::move(envelope), sizeof(Envelope), dest, tag, comm.handle(), where);
}

/// Who owns the out-of-band blocks of a send.
enum class Owner : char { caller, operation };

/// A pending send of a long object: its envelope, its bytes and its blocks. Blocks of the caller are sent when the receiver asks for them.
/// Everything that can fail without MPI is done before the envelope is sent, because the envelope promises what follows. If MPI refuses a later
/// message, an empty one takes its place, which tells the receiver, and the error is thrown to whoever waits.
class PendingSend final : public Pending {
public:
    PendingSend(const Comm& comm, SendMode mode, Packing object, std::unique_ptr<OwnedObject> owned, Owner owner, int dest, int tag, At at)
        : Pending(at), object_(std::move(object)), owned_(std::move(owned)), owner_(owner), patience_(clock::now() + patience()), unused_tag_(at),
          side_tag_(unused_tag_.value()) {
        object_.own();
        const Place where{at, comm.address()};
        channel_ = channel(at);
        receiver_ = channel_rank(comm, dest, at);
        blocks_.reserve(object_.blocks().size());
        Envelope& envelope = object_.envelope();
        unused_tag_.write_to(envelope, channel_rank());
        envelope.in_pieces = mode == SendMode::standard && is_out_of_band(envelope) && envelope.length <= pieces_limit && envelope.blocks == 0;
        envelope.asks = !object_.blocks().empty() && owner_ == Owner::caller;
        bytes_.reserve(number_of_pieces(envelope));
        if (envelope.asks != 0)
            answer_ = get<MPI_Irecv>(nullptr, 0, MPI_BYTE, receiver_, answer_tag(side_tag_), channel_, where);
        try {
            const std::size_t size = is_out_of_band(envelope) ? sizeof(Envelope) : object_.size();
            message_ = start_send(mode, object_.data(), static_cast<Count>(size), MPI_BYTE, dest, tag, comm.handle(), where);
        } catch (...) {
            if (answer_ != MPI_REQUEST_NULL) {
                MPI_Cancel(&answer_);
                MPI_Request_free(&answer_);
            }
            throw;
        }
        unused_tag_.use(1, channel_);
        for_each_piece(envelope,
                       [&](std::size_t begin, std::size_t size) { bytes_.push_back(promised(mode, object_.bytes().data() + begin, size)); });
        if (envelope.asks == 0)
            send_blocks();
    }

    using Pending::begin;
    [[nodiscard]] MPI_Request* awaited() override {
        if (message_ != MPI_REQUEST_NULL)
            return &message_;
        if (!bytes_.empty())
            return &bytes_.back();
        if (answer_ != MPI_REQUEST_NULL)
            return &answer_;
        return blocks_.empty() ? nullptr : &blocks_.back();
    }
    /// The caller is leaving: copies whatever has not been sent yet.
    void cancel() override {
        if (!complete_ && !takes_blocks())
            keep_blocks();
    }
    [[nodiscard]] bool needs_caller() const override { return takes_blocks(); }
    /// Returns whether the caller need not wait any longer, because the rest can be sent in the background. The receiver may be in a send to this
    /// process, or in a blocking collective that waits for this process and does not drive the pending receive. So the wait ends after some time.
    bool may_leave() override {
        // a number of looks is required too, because the time may have passed while this process did not run
        if (complete_ || message_ != MPI_REQUEST_NULL || ++looks_ < 100 || clock::now() < patience_)
            return false;
        if (!detached_.is_empty())
            return true;
        if (takes_blocks() || !detached_.add(whole_size(object_)))
            return false;
        keep_blocks();
        return true;
    }

private:
    using clock = std::chrono::steady_clock;

    /// Returns how long to wait for the receiver. Where blocks would have to be copied, a progress thread gets time to receive them first.
    [[nodiscard]] std::chrono::milliseconds patience() const {
        const bool copies = owner_ == Owner::caller && !object_.blocks().empty();
        return std::chrono::milliseconds(copies && has_progress_thread() ? 20 : 10);
    }
    void step() override { complete_ = passed(message_) && passed_all(bytes_) && passed(answer_) && passed_blocks(); }
    /// Starts to send a message that the envelope has promised, or an empty one if that fails.
    MPI_Request promised(SendMode mode, const void* data, std::size_t size) {
        try {
            return start_send(mode, data, static_cast<Count>(size), MPI_BYTE, receiver_, side_tag_, channel_, where_);
        } catch (...) {
            failure_ = std::current_exception();
        }
        MPI_Request empty = MPI_REQUEST_NULL;
        MPI_Isend(nullptr, 0, MPI_BYTE, receiver_, side_tag_, channel_, &empty);
        return empty;
    }
    void send_blocks() {
        blocks_sent_ = true;
        for (const Block& block : object_.blocks()) blocks_.push_back(promised(SendMode::standard, block.data, block.size));
    }
    bool passed_blocks() {
        if (!blocks_sent_)
            send_blocks();
        return passed_all(blocks_);
    }
    /// Returns whether blocks are being sent from the caller's memory.
    [[nodiscard]] bool takes_blocks() const { return owner_ == Owner::caller && !blocks_.empty(); }
    /// Copies the caller's blocks and sends them without being asked: once the caller has left, only MPI makes progress.
    void keep_blocks() {
        if (owner_ == Owner::caller && !blocks_sent_) {
            object_.copy_blocks();
            send_blocks();
        }
        owner_ = Owner::operation;
    }

    Packing object_;
    std::unique_ptr<OwnedObject> owned_;
    Owner owner_;
    clock::time_point patience_;
    int looks_ = 0;
    MPI_Comm channel_ = MPI_COMM_NULL;
    int receiver_ = PROC_NULL;
    SideTag unused_tag_;
    int side_tag_;
    MPI_Request message_ = MPI_REQUEST_NULL;
    std::vector<MPI_Request> bytes_;
    MPI_Request answer_ = MPI_REQUEST_NULL;
    bool blocks_sent_ = false;
    std::vector<MPI_Request> blocks_;
    DetachedBytes detached_;
};

}  // namespace

void send_object(const Comm& comm, SendMode mode, Packing& object, int dest, int tag, At at) {
    need_channel(comm, at);
    const Place where{at, comm.address()};
    const bool is_whole = is_outside(comm.handle());
    const auto send_bytes = [&](std::span<const std::byte> bytes) {
        send(mode, bytes.data(), static_cast<Count>(bytes.size()), MPI_BYTE, dest, tag, comm.handle(), where);
    };
    if (object.is_inline() || dest == PROC_NULL)
        return send_bytes(object.short_message());
    if (is_whole && object.blocks().empty())
        return send_bytes({object.data(), object.size()});
    if (is_whole) {
        const std::size_t size = whole_size(object);
        return send_bytes({MessageCopy::of(object, size)->data(), size});
    }
    Request::take(std::make_unique<PendingSend>(comm, mode, std::move(object), nullptr, Owner::caller, dest, tag, at)).Wait(nullptr, at);
}

Request isend_short(const Comm& comm, SendMode mode, std::uint64_t type, std::span<const std::byte> bytes, int dest, int tag, const At& at) {
    need_channel(comm, at);
    std::unique_ptr<MessageCopy> copy = MessageCopy::of(type, bytes);
    const std::size_t size = Envelope::short_size + bytes.size();
    if (mode != SendMode::standard) [[unlikely]]  // start() has a Place in memory, and what one send stores delays the next one
        return MessageCopy::start(mode, std::move(copy), size, dest, tag, comm.handle(), {at, comm.address()});
    tidy_left();
    const auto request = get<MPI_Isend>(copy->data(), static_cast<Count>(size), MPI_BYTE, dest, tag, comm.handle(), Place(at, comm.address()));
    return Request::take(request, std::move(copy));
}

Request isend_long(const Comm& comm, SendMode mode, Packing& object, std::unique_ptr<OwnedObject> owned, int dest, int tag, const At& at) {
    if (dest == PROC_NULL)
        return isend_short(comm, mode, object.envelope().type, {}, dest, tag, at);
    need_channel(comm, at);
    if (is_outside(comm.handle()))
        return isend_whole(mode, object, dest, tag, comm, at);
    if (mode == SendMode::buffered) {
        bsend_long(comm, object, dest, tag, at);
        return {};  // the send is complete
    }
    return Request::take(std::make_unique<PendingSend>(comm, mode, std::move(object), std::move(owned), Owner::operation, dest, tag, at));
}

Request start_object(const Comm& comm, Packing& object, int dest, int tag, const At& at) {
    const std::uint64_t type = object.envelope().type;
    if (dest == PROC_NULL)
        return isend_short(comm, SendMode::standard, type, {}, dest, tag, at);
    if (object.is_inline())
        return isend_short(comm, SendMode::standard, type, object.bytes(), dest, tag, at);
    need_channel(comm, at);
    if (is_outside(comm.handle()))
        return isend_whole(SendMode::standard, object, dest, tag, comm, at);
    auto operation = std::make_unique<PendingSend>(comm, SendMode::standard, std::move(object), nullptr, Owner::caller, dest, tag, at);
    operation->begin();
    return Request::take(std::move(operation));
}

}  // namespace MPI4CXX::detail
