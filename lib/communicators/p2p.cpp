// The point-to-point methods of Comm that are not inline: probes, combined sends and receives, and persistent calls.
#include <mpi4cxx/comm.hpp>
#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/detail/requests/pending.hpp>

#include "communicators/argument_copies.hpp"
#include "communicators/ordered_probe.hpp"
#include "communicators/plan.hpp"
#include "handles/element_kind.hpp"
#include "requests/partitions.hpp"
#include "requests/persistent_resources.hpp"
#include "requests/progress.hpp"
#include "runtime/failure.hpp"

#include <cstddef>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace MPI4CXX {

using detail::call;
using detail::get;
using detail::PersistentResources;

bool Comm::Probe(int source, int tag, Status* status, At at) const {
    detail::check_comm(*this, {at, "MPI_Probe"});
    if (!detail::must_drive() && !detail::OrderedProbe::any()) [[likely]] {
        call<MPI_Probe>(source, tag, handle(), Status::to(status), on(at));
        return true;
    }
    while (!Iprobe(source, tag, status, at)) detail::drive();
    return true;
}

bool Comm::Iprobe(int source, int tag, Status* status, At at) const {
    detail::check_comm(*this, {at, "MPI_Iprobe"});
    Status own;
    return detail::OrderedProbe::sees_other(handle(), source, tag, *Status::to(status != nullptr ? status : &own), on(at));
}

namespace {

/// Throws std::invalid_argument if the elements that are sent are those that are received, which ends the job on MPICH. Other datatypes may show
/// other elements from the same address on.
void check_apart(const void* sendbuf, Count sendcount, MPI_Datatype sendtype, int dest, const void* recvbuf, Count recvcount, MPI_Datatype recvtype,
                 int source, detail::Caller caller) {
    if (sendbuf == recvbuf && sendbuf != MPI_BOTTOM && sendcount != 0 && recvcount != 0 && dest != PROC_NULL && source != PROC_NULL &&
        detail::have_same_layout(sendtype, recvtype, caller.at))
        detail::misuse(caller, "sendbuf and recvbuf are the same memory: use " + std::string(caller.method) + "_replace");
}

}  // namespace

void Comm::sendrecv_driving(const void* sendbuf, Count sendcount, MPI_Datatype sendtype, int dest, int sendtag, void* recvbuf, Count recvcount,
                            MPI_Datatype recvtype, int source, int recvtag, Status* status, At at) const {
    check_apart(sendbuf, sendcount, sendtype, dest, recvbuf, recvcount, recvtype, source, {at, "Sendrecv"});
    if (source == PROC_NULL) {  // of which MPI_Irecv of MPICH 4.0 gives a wrong status
        call<MPI_Send>(sendbuf, sendcount, sendtype, dest, sendtag, handle(), on(at));
        return call<MPI_Recv>(recvbuf, recvcount, recvtype, source, recvtag, handle(), Status::to(status), on(at));
    }
    // not MPI_Isendrecv, which MPI-3 does not have and MPICH before 4.1 refuses for PROC_NULL
    Request received = Request::take(get<MPI_Irecv>(recvbuf, recvcount, recvtype, source, recvtag, handle(), on(at)), Request::Drop::cancel);
    call<MPI_Send>(sendbuf, sendcount, sendtype, dest, sendtag, handle(), on(at));
    detail::complete(std::move(received).release(), Status::to(status), "MPI_Sendrecv", on(at));
}

namespace {

/// A pending Isendrecv that the MPI has no single request for. `copy` is the data to send, if it is not in the caller's buffer.
class SendAndReceive final : public detail::Pending {
public:
    SendAndReceive(std::vector<std::byte> copy, At at) noexcept : Pending(at), copy_(std::move(copy)) {}

    [[nodiscard]] const std::vector<std::byte>& copy() const noexcept { return copy_; }
    void await(Request sent, Request received) noexcept {
        sent_ = std::move(sent).release();
        received_ = std::move(received).release();
    }
    [[nodiscard]] bool needs_caller() const override { return !complete_; }

private:
    void step() override {
        const bool is_sent = is_over(sent_, MPI_STATUS_IGNORE), is_received = is_over(received_, &status_);
        complete_ = is_sent && is_received;
    }

    /// Returns whether MPI uses the memory of a request no more. If one request fails, it still uses that of the other.
    bool is_over(MPI_Request& request, MPI_Status* status) {
        const std::exception_ptr failure = detail::failure_of([&] { (void)passed(request, status); });
        if (failure && failure_) {  // ask for no third one
            request = MPI_REQUEST_NULL;
        } else if (failure) {
            failure_ = failure;
            if (received_ != MPI_REQUEST_NULL)  // what would have come may depend on what was not sent
                MPI_Cancel(&received_);
        }
        return request == MPI_REQUEST_NULL;
    }

    std::vector<std::byte> copy_;
    MPI_Request sent_ = MPI_REQUEST_NULL, received_ = MPI_REQUEST_NULL;
};

/// Returns the elements of `buf` as MPI_PACKED.
std::vector<std::byte> packed(const Buf& buf, const Comm& comm, detail::Place where) {
    std::vector<std::byte> bytes(static_cast<std::size_t>(get<MPI_Pack_size>(buf.count, buf.type, comm.handle(), where)));
    const auto size = static_cast<Count>(bytes.size());
    Count end = 0;
    call<MPI_Pack>(buf.data, buf.count, buf.type, bytes.data(), size, &end, comm.handle(), where);
    bytes.resize(static_cast<std::size_t>(end));
    return bytes;
}

/// Returns whether a combined call has to be made as two. MPICH before 4.1 refuses MPI_PROC_NULL in MPI_Isendrecv, and MPICH 4.0 releases a user's
/// datatype once too often.
bool as_two(int dest, int source, MPI_Datatype type, MPI_Datatype other) {
    return !detail::has_isendrecv || dest == PROC_NULL || source == PROC_NULL || !Datatype::borrow(type).is_named() ||
           !Datatype::borrow(other).is_named();
}

}  // namespace

Request Comm::Isendrecv(const ConstBuf& sendbuf, int dest, int sendtag, const Buf& recvbuf, int source, int recvtag, At at) const {
    const ConstBuf& s = sendbuf;
    const Buf& r = recvbuf;
    check_apart(s.data, s.count, s.type, dest, r.data, r.count, r.type, source, at);
    if (!as_two(dest, source, s.type, r.type))
        return Request::take(get<MPI_Isendrecv>(s.data, s.count, s.type, dest, sendtag, r.data, r.count, r.type, source, recvtag, handle(), on(at)));
    auto both = std::make_unique<SendAndReceive>(std::vector<std::byte>(), at);
    Request received = Irecv(recvbuf, source, recvtag, at);
    both->await(Isend(sendbuf, dest, sendtag, at), std::move(received));
    return Request::take(std::move(both));
}

Request Comm::Isendrecv_replace(const Buf& buf, int dest, int sendtag, int source, int recvtag, At at) const {
    if (!as_two(dest, source, buf.type, buf.type))
        return Request::take(get<MPI_Isendrecv_replace>(buf.data, buf.count, buf.type, dest, sendtag, source, recvtag, handle(), on(at)));
    auto both = std::make_unique<SendAndReceive>(packed(buf, *this, on(at)), at);
    const std::vector<std::byte>& copy = both->copy();
    Request received = Irecv(buf, source, recvtag, at);
    both->await(Request::take(get<MPI_Isend>(copy.data(), static_cast<Count>(copy.size()), MPI_PACKED, dest, sendtag, handle(), on(at))),
                std::move(received));
    return Request::take(std::move(both));
}

void Comm::Sendrecv_replace(const Buf& buf, int dest, int sendtag, int source, int recvtag, Status* status, At at) const {
    if (detail::must_drive()) [[unlikely]] {
        const std::vector<std::byte> copy = packed(buf, *this, on(at));
        return sendrecv_driving(copy.data(), static_cast<Count>(copy.size()), MPI_PACKED, dest, sendtag, buf.data, buf.count, buf.type, source,
                                recvtag, status, at);
    }
    call<MPI_Sendrecv_replace>(buf.data, buf.count, buf.type, dest, sendtag, source, recvtag, handle(), Status::to(status), on(at));
}

// Persistent ---------------------------------------------------------------------------------------------------------

Prequest Comm::Send_init(const ConstBuf& buf, int dest, int tag, At at) const {
    auto kept = PersistentResources::of_message(detail::keep(buf));
    return Prequest::take(get<MPI_Send_init>(buf.data, buf.count, buf.type, dest, tag, handle(), on(at)), std::move(kept));
}

Prequest Comm::Ssend_init(const ConstBuf& buf, int dest, int tag, At at) const {
    auto kept = PersistentResources::of_message(detail::keep(buf));
    return Prequest::take(get<MPI_Ssend_init>(buf.data, buf.count, buf.type, dest, tag, handle(), on(at)), std::move(kept));
}

Prequest Comm::Bsend_init(const ConstBuf& buf, int dest, int tag, At at) const {
    auto kept = PersistentResources::of_message(detail::keep(buf));
    return Prequest::take(get<MPI_Bsend_init>(buf.data, buf.count, buf.type, dest, tag, handle(), on(at)), std::move(kept));
}

Prequest Comm::Rsend_init(const ConstBuf& buf, int dest, int tag, At at) const {
    auto kept = PersistentResources::of_message(detail::keep(buf));
    return Prequest::take(get<MPI_Rsend_init>(buf.data, buf.count, buf.type, dest, tag, handle(), on(at)), std::move(kept));
}

Prequest Comm::Recv_init(const Buf& buf, int source, int tag, At at) const {
    auto kept = PersistentResources::of_message(detail::keep(buf));
    return Prequest::take(get<MPI_Recv_init>(buf.data, buf.count, buf.type, source, tag, handle(), on(at)), std::move(kept), Request::Drop::cancel);
}

Prequest Comm::Psend_init(const ConstBuf& buf, int partitions, int dest, int tag, const Info& info, At at) const {
    const Count each = detail::partition(buf, partitions, at);
    auto all = std::make_unique<detail::Partitions>(partitions, detail::has_partitions && dest == PROC_NULL);
    const MPI_Request raw = all->with_nobody ? get<MPI_Send_init>(buf.data, each * partitions, buf.type, dest, tag, handle(), on(at))
                                             : get<MPI_Psend_init>(buf.data, partitions, each, buf.type, dest, tag, handle(), info.handle(), on(at));
    return Prequest::take(raw, std::move(all));
}

Prequest Comm::Precv_init(const Buf& buf, int partitions, int source, int tag, const Info& info, At at) const {
    const Count each = detail::partition(buf, partitions, at);
    if (source == ANY_SOURCE || (tag == ANY_TAG && source != PROC_NULL))
        detail::misuse(at, "a partitioned receive names its source and its tag: it takes neither ANY_SOURCE nor ANY_TAG (MPI-4.0, 4.2.1)");
    auto all = std::make_unique<detail::Partitions>(0, detail::has_partitions && source == PROC_NULL);
    const MPI_Request raw = all->with_nobody
                                ? get<MPI_Recv_init>(buf.data, each * partitions, buf.type, source, tag, handle(), on(at))
                                : get<MPI_Precv_init>(buf.data, partitions, each, buf.type, source, tag, handle(), info.handle(), on(at));
    return Prequest::take(raw, std::move(all));
}

}  // namespace MPI4CXX
