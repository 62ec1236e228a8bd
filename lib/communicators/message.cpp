#include <mpi4cxx/message.hpp>

#include <mpi4cxx/comm.hpp>
#include <mpi4cxx/detail/objects/envelope.hpp>

#include "communicators/ordered_probe.hpp"
#include "communicators/outside.hpp"
#include "communicators/plan.hpp"
#include "handles/datatype_name.hpp"
#include "requests/progress.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace MPI4CXX {

using detail::call;

const Message MESSAGE_NULL;
const Message MESSAGE_NO_PROC = Message::borrow(MPI_MESSAGE_NO_PROC);

Message Message::Probe(const Comm& comm, int source, int tag, Status* status, At at) {
    detail::check_comm(comm, {at, "MPI_Mprobe"});
    if (detail::must_drive() || detail::OrderedProbe::any()) [[unlikely]]
        while (true) {
            if (auto message = Iprobe(comm, source, tag, status, at))
                return std::move(*message);
            detail::drive();
        }
    MPI_Message message = MPI_MESSAGE_NULL;
    const bool is_outside = detail::is_outside(comm.handle());
    Status own;
    Status* const filled = status == nullptr && is_outside ? &own : status;
    call<MPI_Mprobe>(source, tag, comm.handle(), &message, Status::to(filled), {at, comm.address()});
    return is_outside ? found(message, *filled, at) : take(message);
}

Message Message::found(MPI_Message raw, const Status& status, At at) {
    Message message = take(raw);
    message.whole_size_ = static_cast<std::size_t>(status.Get_count(BYTE, at));
    return message;
}

std::optional<Message> Message::Iprobe(const Comm& comm, int source, int tag, Status* status, At at) {
    detail::check_comm(comm, {at, "MPI_Improbe"});
    MPI_Message message = MPI_MESSAGE_NULL;
    Status own;
    Status& filled = status != nullptr ? *status : own;
    if (!detail::OrderedProbe::take_other(comm.handle(), source, tag, message, *Status::to(&filled), {at, comm.address()}))
        return std::nullopt;
    return detail::is_outside(comm.handle()) ? found(message, filled, at) : take(message);
}

void Message::Recv(const Buf& buf, Status* status, At at) {
    detail::check_message(raw_, {at, "MPI_Mrecv"});
    try {
        call<MPI_Mrecv>(buf.data, buf.count, buf.type, &raw_, Status::to(status), at);
    } catch (const Exception& e) {
        if (e.Get_error_class() == MPI_ERR_TRUNCATE)
            raw_ = MPI_MESSAGE_NULL;  // the message has been received, which MPICH does not note
        throw;
    }
}

std::size_t Message::elements(const Status& probed, MPI_Datatype type, At at) {
    const Count count = probed.Get_count(Datatype::borrow(type), at);
    if (count != UNDEFINED)
        return static_cast<std::size_t>(count);
    std::vector<std::byte> bytes(static_cast<std::size_t>(probed.count()));
    Recv(bytes, nullptr, at);
    detail::refuse_object(bytes, at);
    throw Exception(MPI_ERR_TYPE, "MPI_Mrecv",
                    "a message of " + std::to_string(bytes.size()) + " bytes is no whole number of " + detail::datatype_name(type), at);
}

void detail::refuse_object(std::span<const std::byte> message, At at) {
    if (message.size() < Envelope::short_size)
        return;
    Envelope envelope;
    std::memcpy(&envelope, message.data(), std::min(message.size(), sizeof envelope));
    const std::size_t size = message.size(), behind = size - sizeof envelope;
    const bool is_long = size >= sizeof envelope && envelope.magic == Envelope::mark && (behind == 0 || behind == envelope.length);
    if (is_long || envelope.is_short(size))
        throw Exception(MPI_ERR_TYPE, "MPI_Mrecv", "the message of " + std::to_string(message.size()) + " bytes is an object: receive it with recv",
                        at);
}

Request Message::Irecv(const Buf& buf, At at) {
    detail::check_message(raw_, {at, "MPI_Imrecv"});
    return Request::take(detail::get<MPI_Imrecv>(buf.data, buf.count, buf.type, &raw_, at), Request::Drop::wait);
}

}  // namespace MPI4CXX
