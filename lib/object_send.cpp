#include <mpi4cxx/detail/object.hpp>

#include <mpi4cxx/comm.hpp>

#include "channel.hpp"
#include "progress.hpp"

#include <chrono>
#include <exception>
#include <memory>
#include <utility>
#include <vector>

// An object's message is one MPI_BYTE message of at most `inline_limit` bytes: an envelope and, where they fit, the object's
// bytes. So a receive is posted with a fixed capacity, and MPI's own matching gives order, wildcards and cancellation. Longer
// bytes, and blocks, travel by themselves on the channel, straight between the memory of both sides, under a tag that is the
// sender's own.

namespace mpi4cxx::detail {

namespace {

MPI_Request start(SendMode mode, const void* data, std::size_t size, int dest, int tag, MPI_Comm comm, Place where) {
    const auto count = static_cast<Count>(size);
    switch (mode) {
    case SendMode::synchronous: return get<MPI_Issend>(data, count, MPI_BYTE, dest, tag, comm, where);
    case SendMode::buffered: return get<MPI_Ibsend>(data, count, MPI_BYTE, dest, tag, comm, where);
    case SendMode::standard: break;
    }
    return get<MPI_Isend>(data, count, MPI_BYTE, dest, tag, comm, where);
}

void send_inline(SendMode mode, const Packing& object, int dest, int tag, MPI_Comm comm, Place where) {
    const auto count = static_cast<Count>(object.size());
    switch (mode) {
    case SendMode::synchronous: return call<MPI_Ssend>(object.data(), count, MPI_BYTE, dest, tag, comm, where);
    case SendMode::buffered: return call<MPI_Bsend>(object.data(), count, MPI_BYTE, dest, tag, comm, where);
    case SendMode::standard: break;
    }
    call<MPI_Send>(object.data(), count, MPI_BYTE, dest, tag, comm, where);
}

/// Whose the blocks are that a send has beside the bytes.
enum class Owner : char { caller, operation };

class PendingSend final : public Pending {
public:
    PendingSend(const Comm& comm, SendMode mode, Packing object, std::unique_ptr<Held> held, Owner owner, int dest, int tag, At at)
        : Pending(at), object_(std::move(object)), held_(std::move(held)), owner_(owner), patience_(clock::now() + std::chrono::milliseconds(10)) {
        object_.own();
        const Place where{at, comm.address()};
        if (dest == PROC_NULL || object_.is_inline()) {
            message_ = start(mode, object_.data(), dest == PROC_NULL ? sizeof(Envelope) : object_.size(), dest, tag, comm.handle(), where);
            blocks_sent_ = true;
            return;
        }
        // what can fail fails before the envelope promises what follows
        channel_ = channel(at);
        receiver_ = channel_rank(comm, dest, at);
        blocks_.reserve(object_.blocks().size());
        Envelope& envelope = object_.envelope();
        envelope.sender = channel_rank();
        envelope.side_tag = side_tag_ = next_channel_tag();
        envelope.in_pieces = mode == SendMode::standard && is_beside(envelope) && envelope.length <= pieces_limit && envelope.blocks == 0;
        envelope.asks = !object_.blocks().empty() && owner_ == Owner::caller;
        bytes_.reserve(number_of_pieces(envelope));
        message_ = start(mode, object_.data(), is_beside(envelope) ? sizeof(Envelope) : object_.size(), dest, tag, comm.handle(), where);
        for_each_piece(envelope, [&](std::size_t begin, std::size_t size) {
            bytes_.push_back(start(mode, object_.bytes().data() + begin, size, receiver_, side_tag_, channel_, where));
        });
        if (envelope.asks != 0)
            answer_ = get<MPI_Irecv>(nullptr, 0, MPI_BYTE, receiver_, answer_tag(side_tag_), channel_, where);
        else
            send_blocks();
    }

    using Pending::begin;
    /// What has been sent is sent, but the caller goes.
    void cancel() override {
        if (!complete_ && !takes_blocks())
            keep_blocks();
    }
    [[nodiscard]] bool needs_caller() const override { return takes_blocks(); }
    /// The receiver may sit in a blocking collective, where nothing drives its pending receive, and which waits for this
    /// process: after some patience the bytes are left to go when they can.
    bool may_leave() override {
        // time alone says nothing where this process has not run
        if (complete_ || message_ != MPI_REQUEST_NULL || ++looks_ < 100 || clock::now() < patience_)
            return false;
        if (!kept_.is_empty())
            return true;
        std::size_t size = object_.size();
        for (const Block& block : object_.blocks()) size += block.size;
        if (takes_blocks() || !kept_.add(size))
            return false;
        keep_blocks();
        return true;
    }

private:
    using clock = std::chrono::steady_clock;

    void step() override { complete_ = passed(message_) && passed_all(bytes_) && passed(answer_) && passed_blocks(); }
    void send_blocks() {
        blocks_sent_ = true;
        for (const Block& block : object_.blocks())
            blocks_.push_back(get<MPI_Isend>(block.data, static_cast<Count>(block.size), MPI_BYTE, receiver_, side_tag_, channel_, where_));
    }
    bool passed_blocks() {
        if (!blocks_sent_)
            send_blocks();
        return passed_all(blocks_);
    }
    bool passed_all(std::vector<MPI_Request>& requests) const {
        while (!requests.empty() && passed(requests.back())) requests.pop_back();
        return requests.empty();
    }
    /// Whether the receiver takes blocks now, from where the caller has them.
    [[nodiscard]] bool takes_blocks() const { return owner_ == Owner::caller && !blocks_.empty(); }
    /// Makes the blocks this operation's own and sends them unasked, for whoever is left alone drives nothing but MPI.
    void keep_blocks() {
        if (owner_ == Owner::caller && !blocks_sent_) {
            object_.own_blocks();
            send_blocks();
        }
        owner_ = Owner::operation;
    }

    Packing object_;
    std::unique_ptr<Held> held_;
    Owner owner_;
    clock::time_point patience_;
    int looks_ = 0;
    MPI_Comm channel_ = MPI_COMM_NULL;
    int receiver_ = PROC_NULL;
    int side_tag_ = 0;
    MPI_Request message_ = MPI_REQUEST_NULL;
    std::vector<MPI_Request> bytes_;
    MPI_Request answer_ = MPI_REQUEST_NULL;
    bool blocks_sent_ = false;
    std::vector<MPI_Request> blocks_;
    Kept kept_;
};

}  // namespace

void send_object(const Comm& comm, SendMode mode, Packing& object, int dest, int tag, At at) {
    if (object.is_inline() || dest == PROC_NULL)
        return send_inline(mode, object, dest, tag, comm.handle(), {at, comm.address()});
    Request::take(std::make_unique<PendingSend>(comm, mode, std::move(object), nullptr, Owner::caller, dest, tag, at)).Wait(nullptr, at);
}

std::unique_ptr<Operation> isend_object(const Comm& comm, SendMode mode, Packing object, std::unique_ptr<Held> held, int dest, int tag, At at) {
    return std::make_unique<PendingSend>(comm, mode, std::move(object), std::move(held), Owner::operation, dest, tag, at);
}

std::unique_ptr<Operation> start_object(const Comm& comm, Packing object, int dest, int tag, At at) {
    auto operation = std::make_unique<PendingSend>(comm, SendMode::standard, std::move(object), nullptr, Owner::caller, dest, tag, at);
    operation->begin();
    return operation;
}

}  // namespace mpi4cxx::detail
