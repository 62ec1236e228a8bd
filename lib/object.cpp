#include <mpi4cxx/detail/object.hpp>

#include <mpi4cxx/comm.hpp>

#include "channel.hpp"
#include "progress.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <utility>

// An object's message is one MPI_BYTE message of at most `inline_limit` bytes: an envelope and, where it fits, the payload.
// So a receive is posted with a fixed capacity, and MPI's own matching gives order, wildcards and cancellation. A larger
// payload travels by itself on the channel, straight between the memory of both sides, under a tag that is the sender's own.

namespace mpi4cxx::detail {

namespace {

struct Sealed {
    Envelope& envelope;
    int receiver;  // on the channel, where the payload travels by itself
};

/// The envelope of `object` in the room that pack() left. What can fail fails here, before an envelope promises a payload.
Sealed seal(const Comm& comm, Bytes& object, int dest, At at) {
    Envelope& envelope = *reinterpret_cast<Envelope*>(object.data());
    envelope.length = object.size() - sizeof(Envelope);
    if (object.size() <= inline_limit || dest == PROC_NULL)
        return {envelope, PROC_NULL};
    (void)channel(at);
    const int receiver = channel_rank(comm, dest, at);
    envelope.sender = channel_rank();
    envelope.side_tag = next_channel_tag();
    return {envelope, receiver};
}

Count first_message(const Bytes& object, const Envelope& envelope) {
    return static_cast<Count>(envelope.side_tag < 0 ? object.size() : sizeof(Envelope));
}

/// Reads the envelope of a message of `size` bytes.
Envelope open(const std::byte* message, Count size, Place where) {
    Envelope envelope;
    if (size >= static_cast<Count>(sizeof envelope))
        std::memcpy(&envelope, message, sizeof envelope);
    if (size < static_cast<Count>(sizeof envelope) || envelope.magic != Envelope::mark ||
        (envelope.side_tag < 0 && envelope.length != static_cast<std::uint64_t>(size) - sizeof envelope))
        throw Exception(MPI_ERR_TYPE, "recv", "the message of " + std::to_string(size) + " bytes is no object: an uppercase method has sent it",
                        where);
    return envelope;
}

Bytes inline_payload(const std::byte* message, const Envelope& envelope) {
    Bytes payload(envelope.length);
    std::memcpy(payload.data(), message + sizeof envelope, envelope.length);
    return payload;
}

/// MPICH 4.0 forgets it in a nonblocking receive.
MPI_Status status_of_null() {
    Status status;
    status.Set_source(PROC_NULL);
    return status.handle();
}

Count received_bytes(const MPI_Status& status, Place where) { return get<MPI_Get_count>(&status, MPI_BYTE, where); }

void set_length(MPI_Status* status, const Envelope& envelope, Place where) {
    call<MPI_Status_set_elements_x>(status, MPI_BYTE, static_cast<Count>(envelope.length), where);
}

/// An object's bytes while MPI sends from them. They are the library's own, so it can keep them when nobody waits any more.
class Payload final : public Operation {
public:
    explicit Payload(Bytes bytes) : object(std::move(bytes)) {}
    ~Payload() override {
        if (kept_)
            kept_bytes -= object.size();
    }

    void advance() override {
        if (complete_)
            return;
        int done = 0;
        code = MPI_Test(&request, &done, MPI_STATUS_IGNORE);
        complete_ = done != 0 || code != MPI_SUCCESS;
    }
    void cancel() override {}  // what has been sent is sent
    void finish(Place) override {}

    /// Whether this may be kept beside what is kept already; then it counts.
    bool may_be_kept() {
        kept_ = kept_bytes + object.size() <= most_kept;
        if (kept_)
            kept_bytes += object.size();
        return kept_;
    }

    Bytes object;
    MPI_Request request = MPI_REQUEST_NULL;
    int code = MPI_SUCCESS;

private:
    static inline std::size_t kept_bytes = 0;  // changed under the lock of all Operations
    static constexpr std::size_t most_kept = std::size_t{1} << 30;
    bool kept_ = false;
};

class PendingSend final : public Operation {
public:
    PendingSend(const Comm& comm, SendMode mode, Bytes object, int dest, int tag, At at)
        : payload_(std::make_unique<Payload>(std::move(object))), give_way_(clock::now() + std::chrono::milliseconds(10)) {
        const Place where{at, comm.address()};
        const Bytes& bytes = payload_->object;
        const auto [envelope, receiver] = seal(comm, payload_->object, dest, at);
        message_ = start(mode, bytes.data(), first_message(bytes, envelope), dest, tag, comm.handle(), where);
        if (envelope.side_tag >= 0)
            payload_->request =
                start(mode, bytes.data() + sizeof envelope, static_cast<Count>(envelope.length), receiver, envelope.side_tag, channel(at), where);
    }

    void advance() override {
        if (complete_)
            return;
        int sent = 0;
        if (!sent_)
            code_ = MPI_Test(&message_, &sent, &status_);
        sent_ = sent_ || sent != 0;
        if (sent_ && code_ == MPI_SUCCESS) {
            payload_->advance();
            code_ = payload_->code;
        }
        complete_ = code_ != MPI_SUCCESS || payload_->is_complete();
        // The receiver may sit in a blocking collective, where nothing drives its pending receive and which waits for this
        // process: after some patience the payload is left to go when it can.
        if (!complete_ && sent_ && clock::now() > give_way_ && payload_->may_be_kept()) {
            keep(std::move(payload_));
            complete_ = true;
        }
    }
    void cancel() override {}  // what has been sent is sent
    void finish(Place where) override {
        if (code_ != MPI_SUCCESS)
            raise(code_, "MPI_Test", where.file, where.line, where.comm);
    }

private:
    using clock = std::chrono::steady_clock;

    static MPI_Request start(SendMode mode, const void* data, Count count, int dest, int tag, MPI_Comm comm, Place where) {
        switch (mode) {
        case SendMode::synchronous: return get<MPI_Issend>(data, count, MPI_BYTE, dest, tag, comm, where);
        case SendMode::buffered: return get<MPI_Ibsend>(data, count, MPI_BYTE, dest, tag, comm, where);
        case SendMode::standard: break;
        }
        return get<MPI_Isend>(data, count, MPI_BYTE, dest, tag, comm, where);
    }

    std::unique_ptr<Payload> payload_;
    MPI_Request message_ = MPI_REQUEST_NULL;  // the envelope, with the payload where it fits
    clock::time_point give_way_;
    bool sent_ = false;
    int code_ = MPI_SUCCESS;
};

class PostedReceive final : public Receive {
public:
    PostedReceive(const Comm& comm, int source, int tag, At at) : comm_(comm.handle()), where_(at, &comm_) {
        request_ = get<MPI_Irecv>(message_.data(), static_cast<Count>(message_.size()), MPI_BYTE, source, tag, comm.handle(), where_);
        from_null_ = source == PROC_NULL;
        watch(*this);
    }
    ~PostedReceive() override {
        if (!complete_)  // else it is on no list, and whoever drives holds the lock
            unwatch(*this);
    }

    void advance() override {
        try {
            if (!complete_ && !payload_ && test(&status_))
                open_envelope();
            if (!complete_ && payload_)
                complete_ = test(MPI_STATUS_IGNORE);
        } catch (...) {  // belongs to whoever waits for this object, not to whoever drives
            failure_ = std::current_exception();
            complete_ = true;
        }
    }
    void cancel() override {
        if (!complete_ && !payload_)
            MPI_Cancel(&request_);
    }
    void finish(Place) override {
        if (failure_)
            std::rethrow_exception(failure_);
    }
    std::optional<Bytes> take() override { return std::move(payload_); }

private:
    bool test(MPI_Status* status) {
        int flag = 0;
        call<MPI_Test>(&request_, &flag, status, where_);
        return flag != 0;
    }
    void open_envelope() {
        if (from_null_)
            status_ = status_of_null();
        complete_ = from_null_ || get<MPI_Test_cancelled>(&status_, where_) != 0;
        if (complete_)
            return;
        const Envelope envelope = open(message_.data(), received_bytes(status_, where_), where_);
        set_length(&status_, envelope, where_);
        if (envelope.side_tag < 0) {
            payload_ = inline_payload(message_.data(), envelope);
            complete_ = true;
            return;
        }
        payload_ = Bytes(envelope.length);
        request_ = get<MPI_Irecv>(payload_->data(), static_cast<Count>(envelope.length), MPI_BYTE, envelope.sender, envelope.side_tag,
                                  channel(where_.at()), where_);
    }

    MPI_Comm comm_;  // a copy: the communicator may go before the message comes
    Place where_;
    MPI_Request request_ = MPI_REQUEST_NULL;
    bool from_null_ = false;
    std::optional<Bytes> payload_;
    std::exception_ptr failure_;
    std::array<std::byte, inline_limit> message_;
};

void send_bytes(SendMode mode, const void* data, Count count, int dest, int tag, MPI_Comm comm, Place where) {
    switch (mode) {
    case SendMode::synchronous: return call<MPI_Ssend>(data, count, MPI_BYTE, dest, tag, comm, where);
    case SendMode::buffered: return call<MPI_Bsend>(data, count, MPI_BYTE, dest, tag, comm, where);
    case SendMode::standard: break;
    }
    call<MPI_Send>(data, count, MPI_BYTE, dest, tag, comm, where);
}

}  // namespace

void send_object(const Comm& comm, SendMode mode, Bytes object, int dest, int tag, At at) {
    const Place where{at, comm.address()};
    if (object.size() <= inline_limit || dest == PROC_NULL) {
        seal(comm, object, dest, at);
        return send_bytes(mode, object.data(), static_cast<Count>(object.size()), dest, tag, comm.handle(), where);
    }
    Request::take(std::make_unique<PendingSend>(comm, mode, std::move(object), dest, tag, at)).Wait(nullptr, at);
}

std::unique_ptr<Operation> isend_object(const Comm& comm, SendMode mode, Bytes object, int dest, int tag, At at) {
    return std::make_unique<PendingSend>(comm, mode, std::move(object), dest, tag, at);
}

std::optional<Bytes> recv_object(const Comm& comm, int source, int tag, Status* status, At at) {
    const Place where{at, comm.address()};
    std::array<std::byte, inline_limit> message;
    MPI_Status found;
    call<MPI_Recv>(message.data(), static_cast<Count>(message.size()), MPI_BYTE, source, tag, comm.handle(), &found, where);
    if (source == PROC_NULL) {
        if (status != nullptr)
            *status = Status(status_of_null());
        return std::nullopt;
    }
    const Envelope envelope = open(message.data(), received_bytes(found, where), where);
    set_length(&found, envelope, where);
    if (status != nullptr)
        *status = Status(found);
    if (envelope.side_tag < 0)
        return inline_payload(message.data(), envelope);
    Bytes payload(envelope.length);
    call<MPI_Recv>(payload.data(), static_cast<Count>(payload.size()), MPI_BYTE, envelope.sender, envelope.side_tag, channel(at), MPI_STATUS_IGNORE,
                   where);
    return payload;
}

std::unique_ptr<Receive> irecv_object(const Comm& comm, int source, int tag, At at) { return std::make_unique<PostedReceive>(comm, source, tag, at); }

}  // namespace mpi4cxx::detail
