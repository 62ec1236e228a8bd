// The base of all communicators. The header is long because one class is one header: Comm has the point-to-point and collective methods of MPI,
// blocking, nonblocking and persistent, for buffers and for objects.
#pragma once

#include <mpi4cxx/attribute.hpp>
#include <mpi4cxx/buffer.hpp>
#include <mpi4cxx/buffered.hpp>
#include <mpi4cxx/detail/communicators/object_collective.hpp>
#include <mpi4cxx/detail/communicators/split_methods.hpp>
#include <mpi4cxx/detail/mpi/any_vector.hpp>
#include <mpi4cxx/errhandler.hpp>
#include <mpi4cxx/fortran.hpp>
#include <mpi4cxx/group.hpp>
#include <mpi4cxx/info.hpp>
#include <mpi4cxx/message.hpp>
#include <mpi4cxx/named.hpp>
#include <mpi4cxx/object_request.hpp>
#include <mpi4cxx/op.hpp>
#include <mpi4cxx/prequest.hpp>
#include <mpi4cxx/request.hpp>
#include <mpi4cxx/serialize.hpp>

#include <optional>
#include <utility>
#include <vector>

namespace MPI4CXX {

/// The elements received in blocks of different sizes, without gaps between the blocks, and the number of elements in each block.
template <class T> struct Counted {
    std::vector<T> data;
    std::vector<Count> counts;
};

/// A group of processes and a context for their messages (MPI-4.0, 7). The base of all communicators.
/// Uppercase methods move typed buffers, lowercase methods move objects. Every communicator that the library makes has the error handler
/// ERRORS_RETURN, so an MPI error becomes an Exception. Freeing is collective. The destructor does not free while an exception unwinds the process.
class MPI4CXX_API Comm : public detail::SplitMethods<Comm, Handle<Comm>>,
                         public Named<Comm>,
                         public Attributes<Comm>,
                         public ErrorHandling<Comm>,
                         public Hinted<Comm>,
                         public Buffered<Comm>,
                         public Fortran<Comm> {
public:
    Comm() noexcept = default;
    Comm(Comm&&) noexcept = default;
    Comm& operator=(Comm&&) noexcept = default;
    explicit Comm(const Comm&, detail::take_a_const_reference_or_make_a_duplicate_with_Dup = {}) = delete;
    template <detail::IsA<Comm> C> Comm(C&, detail::take_a_const_reference_or_make_a_duplicate_with_Dup = {}) MPI4CXX_NO_COPY;
    detail::take_a_const_reference_or_make_a_duplicate_with_Dup operator=(const Comm&) = delete;
    using SplitMethods::f2c;

    /// Return the rank of this process in the group. Calls MPI_Comm_rank (MPI-4.0, 7.4.1).
    [[nodiscard]] int Get_rank(At at = {}) const { return detail::get<MPI_Comm_rank>(handle(), on(at)); }
    /// Return the number of processes in the group. Calls MPI_Comm_size (MPI-4.0, 7.4.1).
    [[nodiscard]] int Get_size(At at = {}) const { return detail::get<MPI_Comm_size>(handle(), on(at)); }
    /// Return the group of the processes; of an intercommunicator, the local group. Calls MPI_Comm_group (MPI-4.0, 7.4.2).
    [[nodiscard]] Group Get_group(At at = {}) const;
    /// Tell whether this is an intercommunicator. Calls MPI_Comm_test_inter (MPI-4.0, 7.6.1).
    [[nodiscard]] bool Is_inter(At at = {}) const;
    /// Tell whether this is an intracommunicator. Calls MPI_Comm_test_inter (MPI-4.0, 7.6.1).
    [[nodiscard]] bool Is_intra(At at = {}) const { return !Is_inter(at); }
    /// Return CART, GRAPH, DIST_GRAPH, or UNDEFINED. Calls MPI_Topo_test (MPI-4.0, 8.5.5).
    [[nodiscard]] int Get_topology(At at = {}) const;
    /// Compare groups and contexts. Calls MPI_Comm_compare (MPI-4.0, 7.4.1).
    [[nodiscard]] static Comparison Compare(const Comm& a, const Comm& b, At at = {});
    /// Free the communicator. Calls MPI_Comm_free (MPI-4.0, 7.4.3). Collective.
    void Free(At at = {}) { free(at); }
    /// Free the communicator when all communication on it is complete. Calls MPI_Comm_disconnect (MPI-4.0, 11.10.4). Collective.
    void Disconnect(At at = {});
    /// Return the communicator to the processes that have spawned this one; null if this one was not spawned, or is disconnected from them. Others
    /// may use the handle too: the destructor leaves it alone, and MPI_Finalize disconnects it. Calls MPI_Comm_get_parent (MPI-4.0, 11.8.2). Local.
    [[nodiscard]] static Intercomm Get_parent(At at = {});
    /// Return a communicator to the process at the other end of a connected stream socket, which also calls this. No data may be under way in the
    /// socket. Calls MPI_Comm_join (MPI-4.0, 11.10.5). Collective over the two processes.
    [[nodiscard]] static Intercomm Join(int fd, At at = {});

    // Processes that fail (MPI-5's proposal of fault tolerance). If the MPI library lacks it, each of these methods throws an Exception that says
    // "not supported by this MPI".

    /// Make all calls on this communicator fail with ERR_REVOKED, on every process. Calls MPIX_Comm_revoke.
    void Revoke(At at = {}) const;
    /// Tell whether the communicator is revoked. Calls MPIX_Comm_is_revoked.
    [[nodiscard]] bool Is_revoked(At at = {}) const;
    /// Return the processes that are known to have failed. Calls MPIX_Comm_get_failed.
    [[nodiscard]] Group Get_failed(At at = {}) const;
    /// Acknowledge the first `num_to_ack` failed processes, or all of them without an argument, so that a receive from ANY_SOURCE goes on without
    /// them. Return how many have been acknowledged so far. Calls MPIX_Comm_ack_failed.
    int Ack_failed(std::optional<int> num_to_ack = {}, At at = {}) const;
    /// Return the bitwise AND of the `flag` of every process that has not failed. Calls MPIX_Comm_agree. Collective.
    [[nodiscard]] int Agree(int flag, At at = {}) const;
    /// Start an Agree, which leaves its result in `flag`. Calls MPIX_Comm_iagree. Collective.
    [[nodiscard]] Request Iagree(int& flag, At at = {}) const;

    /// End all processes of the job, after a short wait for their output. Calls MPI_Abort (MPI-4.0, 9.7).
    [[noreturn]] void Abort(int errorcode = 0) const;

    [[nodiscard]] int rank(At at = {}) const { return Get_rank(at); }
    [[nodiscard]] int size(At at = {}) const { return Get_size(at); }
    [[nodiscard]] Group group(At at = {}) const { return Get_group(at); }
    [[nodiscard]] bool is_inter(At at = {}) const { return Is_inter(at); }
    [[nodiscard]] bool is_intra(At at = {}) const { return Is_intra(at); }
    [[nodiscard]] int topology(At at = {}) const { return Get_topology(at); }
    /// Tell whether this is an intracommunicator with a topology, whose processes have neighbours.
    [[nodiscard]] bool is_topo(At at = {}) const;

    // Point to point (MPI-4.0, 3) ------------------------------------------------------------------------------------

    /// Send `buf`. Returns when `buf` may be changed. Calls MPI_Send (MPI-4.0, 3.2.1).
    void Send(const ConstBufArg& buf, int dest, int tag = 0, At at = {}) const {
        detail::call<MPI_Send>(buf.data, buf.count, buf.type, dest, tag, handle(), on(at));
    }
    /// Send `buf`. Returns when the receive has begun. Calls MPI_Ssend (MPI-4.0, 3.4).
    void Ssend(const ConstBufArg& buf, int dest, int tag = 0, At at = {}) const {
        detail::call<MPI_Ssend>(buf.data, buf.count, buf.type, dest, tag, handle(), on(at));
    }
    /// Copy `buf` to the attached buffer and send from there. Calls MPI_Bsend (MPI-4.0, 3.4). Local.
    void Bsend(const ConstBufArg& buf, int dest, int tag = 0, At at = {}) const {
        detail::call<MPI_Bsend>(buf.data, buf.count, buf.type, dest, tag, handle(), on(at));
    }
    /// Send `buf` to a receive that must already be posted. Calls MPI_Rsend (MPI-4.0, 3.4).
    void Rsend(const ConstBufArg& buf, int dest, int tag = 0, At at = {}) const {
        detail::call<MPI_Rsend>(buf.data, buf.count, buf.type, dest, tag, handle(), on(at));
    }
    /// Receive a message into `buf`. A message longer than `buf` is an Exception. Calls MPI_Recv (MPI-4.0, 3.2.4).
    void Recv(const Buf& buf, int source = ANY_SOURCE, int tag = ANY_TAG, Status* status = nullptr, At at = {}) const {
        detail::call<MPI_Recv>(buf.data, buf.count, buf.type, source, tag, handle(), Status::to(status), on(at));
    }
    /// Receive a message of any length, which is probed first. A message that is not a whole number of `T`, or that is an object, is an Exception.
    /// Calls MPI_Mprobe and MPI_Mrecv (MPI-4.0, 3.8.2).
    template <Mapped T> [[nodiscard]] std::vector<T> Recv(int source = ANY_SOURCE, int tag = ANY_TAG, Status* status = nullptr, At at = {}) const {
        Status probed;
        Message message = Message::Probe(*this, source, tag, &probed, at);
        std::vector<T> result;
        (void)detail::AnyVector(result)(message.elements(probed, datatype_traits<T>::get(), at));
        message.Recv(result, status, at);
        if constexpr (sizeof(T) > 1)  // bytes may come from `pickle`
            detail::refuse_object(std::as_bytes(std::span(result)), at);
        return result;
    }

    /// Start a Send. Calls MPI_Isend (MPI-4.0, 3.7.2).
    [[nodiscard]] Request Isend(const ConstBuf& buf, int dest, int tag = 0, At at = {}) const {
        return Request::take(detail::get<MPI_Isend>(buf.data, buf.count, buf.type, dest, tag, handle(), on(at)));
    }
    /// Start an Ssend. Calls MPI_Issend (MPI-4.0, 3.7.2).
    [[nodiscard]] Request Issend(const ConstBuf& buf, int dest, int tag = 0, At at = {}) const {
        return Request::take(detail::get<MPI_Issend>(buf.data, buf.count, buf.type, dest, tag, handle(), on(at)));
    }
    /// Start a Bsend. Calls MPI_Ibsend (MPI-4.0, 3.7.2).
    [[nodiscard]] Request Ibsend(const ConstBuf& buf, int dest, int tag = 0, At at = {}) const {
        return Request::take(detail::get<MPI_Ibsend>(buf.data, buf.count, buf.type, dest, tag, handle(), on(at)));
    }
    /// Start an Rsend. Calls MPI_Irsend (MPI-4.0, 3.7.2).
    [[nodiscard]] Request Irsend(const ConstBuf& buf, int dest, int tag = 0, At at = {}) const {
        return Request::take(detail::get<MPI_Irsend>(buf.data, buf.count, buf.type, dest, tag, handle(), on(at)));
    }
    /// Start a Recv. Calls MPI_Irecv (MPI-4.0, 3.7.2).
    [[nodiscard]] Request Irecv(const Buf& buf, int source = ANY_SOURCE, int tag = ANY_TAG, At at = {}) const {
        return Request::take(detail::get<MPI_Irecv>(buf.data, buf.count, buf.type, source, tag, handle(), on(at)), Request::Drop::cancel);
    }

    /// Send and receive at the same time. Throws std::invalid_argument if both buffers are the same memory. Calls MPI_Sendrecv (MPI-4.0, 3.11).
    [[gnu::always_inline]] void Sendrecv(const ConstBufArg& sendbuf, int dest, int sendtag, const Buf& recvbuf, int source = ANY_SOURCE,
                                         int recvtag = ANY_TAG, Status* status = nullptr, At at = {}) const {
        if (detail::must_drive() || sendbuf.data == recvbuf.data) [[unlikely]]
            return sendrecv_driving(sendbuf.data, sendbuf.count, sendbuf.type, dest, sendtag, recvbuf.data, recvbuf.count, recvbuf.type, source,
                                    recvtag, status, at);
        detail::call<MPI_Sendrecv>(sendbuf.data, sendbuf.count, sendbuf.type, dest, sendtag, recvbuf.data, recvbuf.count, recvbuf.type, source,
                                   recvtag, handle(), Status::to(status), on(at));
    }

    /// Send and receive a message of any length at the same time. Calls MPI_Isend, MPI_Mprobe and MPI_Mrecv (MPI-4.0, 3.8.2).
    template <Mapped T> [[nodiscard]] std::vector<T> Sendrecv(const ConstBufArg& sendbuf, int dest, int sendtag = 0, int source = ANY_SOURCE,
                                                              int recvtag = ANY_TAG, Status* status = nullptr, At at = {}) const {
        Request sent = Isend(sendbuf, dest, sendtag, at);
        std::vector<T> result = Recv<T>(source, recvtag, status, at);
        sent.Wait(nullptr, at);
        return result;
    }
    /// Send the contents of `buf`, and replace them with the message that is received. Calls MPI_Sendrecv_replace (MPI-4.0, 3.11).
    void Sendrecv_replace(const Buf& buf, int dest, int sendtag = 0, int source = ANY_SOURCE, int recvtag = ANY_TAG, Status* status = nullptr,
                          At at = {}) const;
    /// Start a Sendrecv. Throws std::invalid_argument if both buffers are the same memory. Calls MPI_Isendrecv (MPI-4.0, 3.7.2), or MPI_Isend and
    /// MPI_Irecv if the MPI library has no MPI_Isendrecv.
    [[nodiscard]] Request Isendrecv(const ConstBuf& sendbuf, int dest, int sendtag, const Buf& recvbuf, int source = ANY_SOURCE,
                                    int recvtag = ANY_TAG, At at = {}) const;
    /// Start a Sendrecv_replace. Calls MPI_Isendrecv_replace (MPI-4.0, 3.7.2), or MPI_Isend and MPI_Irecv if the MPI library has no
    /// MPI_Isendrecv_replace.
    [[nodiscard]] Request Isendrecv_replace(const Buf& buf, int dest, int sendtag = 0, int source = ANY_SOURCE, int recvtag = ANY_TAG,
                                            At at = {}) const;

    // Persistent requests (MPI-4.0, 3.9): made once, started any number of times

    /// Make a persistent Send. Calls MPI_Send_init (MPI-4.0, 3.9).
    [[nodiscard]] Prequest Send_init(const ConstBuf& buf, int dest, int tag = 0, At at = {}) const;
    /// Make a persistent Ssend. Calls MPI_Ssend_init (MPI-4.0, 3.9).
    [[nodiscard]] Prequest Ssend_init(const ConstBuf& buf, int dest, int tag = 0, At at = {}) const;
    /// Make a persistent Bsend. Calls MPI_Bsend_init (MPI-4.0, 3.9).
    [[nodiscard]] Prequest Bsend_init(const ConstBuf& buf, int dest, int tag = 0, At at = {}) const;
    /// Make a persistent Rsend. Calls MPI_Rsend_init (MPI-4.0, 3.9).
    [[nodiscard]] Prequest Rsend_init(const ConstBuf& buf, int dest, int tag = 0, At at = {}) const;
    /// Make a persistent Recv. Calls MPI_Recv_init (MPI-4.0, 3.9).
    [[nodiscard]] Prequest Recv_init(const Buf& buf, int source = ANY_SOURCE, int tag = ANY_TAG, At at = {}) const;
    /// Make a persistent send of `partitions` equal parts. A part is sent once Pready has marked it as ready. Calls MPI_Psend_init (MPI-4.0, 4.2.1).
    [[nodiscard]] Prequest Psend_init(const ConstBuf& buf, int partitions, int dest, int tag = 0, const Info& info = INFO_NULL, At at = {}) const;
    /// Make a persistent receive of `partitions` equal parts. The sender may have another number of parts. Calls MPI_Precv_init (MPI-4.0, 4.2.1).
    [[nodiscard]] Prequest Precv_init(const Buf& buf, int partitions, int source = ANY_SOURCE, int tag = ANY_TAG, const Info& info = INFO_NULL,
                                      At at = {}) const;

    /// Wait for a message without receiving it. Calls MPI_Probe (MPI-4.0, 3.8.1).
    bool Probe(int source = ANY_SOURCE, int tag = ANY_TAG, Status* status = nullptr, At at = {}) const;
    /// Tell whether a message can be received. Calls MPI_Iprobe (MPI-4.0, 3.8.1).
    [[nodiscard]] bool Iprobe(int source = ANY_SOURCE, int tag = ANY_TAG, Status* status = nullptr, At at = {}) const;
    /// Wait for a message and take it out of the queue, so that no other call can receive it. Calls MPI_Mprobe (MPI-4.0, 3.8.2).
    [[nodiscard]] Message Mprobe(int source = ANY_SOURCE, int tag = ANY_TAG, Status* status = nullptr, At at = {}) const {
        return Message::Probe(*this, source, tag, status, at);
    }
    /// Take a message out of the queue if there is one. Calls MPI_Improbe (MPI-4.0, 3.8.2).
    [[nodiscard]] std::optional<Message> Improbe(int source = ANY_SOURCE, int tag = ANY_TAG, Status* status = nullptr, At at = {}) const {
        return Message::Iprobe(*this, source, tag, status, at);
    }

    // Collectives (MPI-4.0, 6): every process of the communicator calls them, in the same order ----------------------

    /// Wait until every process has called this. Calls MPI_Barrier (MPI-4.0, 6.3). Collective.
    void Barrier(At at = {}) const { detail::call<MPI_Barrier>(handle(), on(at)); }
    /// Copy `root`'s `buf` to every process. Calls MPI_Bcast (MPI-4.0, 6.4). Collective.
    void Bcast(const Buf& buf, int root = 0, At at = {}) const {
        if (root < 0 || buf.is_in_place()) [[unlikely]]
            detail::check_bcast(*this, buf.data, root, at);
        detail::call<MPI_Bcast>(buf.data, buf.count, buf.type, root, handle(), on(at));
    }
    /// Gather equal blocks into `recvbuf`, which is significant on `root` only and holds size() blocks. Calls MPI_Gather (MPI-4.0, 6.5). Collective.
    void Gather(const ConstBufArg& sendbuf, const Buf& recvbuf, int root = 0, At at = {}) const;
    /// Gather blocks of different sizes. Calls MPI_Gatherv (MPI-4.0, 6.5). Collective.
    void Gatherv(const ConstBufArg& sendbuf, const BufVArg& recvbuf, int root = 0, At at = {}) const;
    /// Send equal blocks of `sendbuf`, which is significant on `root` only, one to each process. Calls MPI_Scatter (MPI-4.0, 6.6). Collective.
    void Scatter(const ConstBufArg& sendbuf, const Buf& recvbuf, int root = 0, At at = {}) const;
    /// Send blocks of different sizes, one to each process. Calls MPI_Scatterv (MPI-4.0, 6.6). Collective.
    void Scatterv(const ConstBufVArg& sendbuf, const Buf& recvbuf, int root = 0, At at = {}) const;
    /// Gather equal blocks on every process. Calls MPI_Allgather (MPI-4.0, 6.7). Collective.
    void Allgather(const ConstBufArg& sendbuf, const Buf& recvbuf, At at = {}) const;
    /// Gather blocks of different sizes on every process. Calls MPI_Allgatherv (MPI-4.0, 6.7). Collective.
    void Allgatherv(const ConstBufArg& sendbuf, const BufVArg& recvbuf, At at = {}) const;
    /// Send block i of `sendbuf` to process i. Calls MPI_Alltoall (MPI-4.0, 6.8). Collective.
    void Alltoall(const ConstBufArg& sendbuf, const Buf& recvbuf, At at = {}) const;
    /// Send block i of `sendbuf` to process i, where the blocks have different sizes. Calls MPI_Alltoallv (MPI-4.0, 6.8). Collective.
    void Alltoallv(const ConstBufVArg& sendbuf, const BufVArg& recvbuf, At at = {}) const;
    /// Send block i of `sendbuf` to process i, where each block has its own datatype. Calls MPI_Alltoallw (MPI-4.0, 6.8). Collective.
    void Alltoallw(const ConstBufWArg& sendbuf, const BufWArg& recvbuf, At at = {}) const;
    /// Combine the buffers of all processes, element by element. `root` gets the result. Calls MPI_Reduce (MPI-4.0, 6.9.1). Collective.
    void Reduce(const ConstBufArg& sendbuf, const Buf& recvbuf, const Op& op = SUM, int root = 0, At at = {}) const;
    /// Combine the buffers of all processes, element by element. Every process gets the result. Calls MPI_Allreduce (MPI-4.0, 6.9.6). Collective.
    [[gnu::always_inline]] void Allreduce(const ConstBufArg& sendbuf, const Buf& recvbuf, const Op& op = SUM, At at = {}) const {
        if (!op.is_left_to_mpi() || !detail::is_plain_pair(sendbuf, recvbuf)) [[unlikely]]
            return allreduce_with_care(ConstBuf(sendbuf), Buf(recvbuf), op, at);  // copies, so that the arguments can stay in registers
        detail::call<MPI_Allreduce>(sendbuf.data, recvbuf.data, recvbuf.count, recvbuf.type, op.handle(), handle(), on(at));
    }
    /// Combine element by element, then send equal blocks of the result, one to each process. Calls MPI_Reduce_scatter_block (MPI-4.0, 6.10.1).
    /// Collective.
    void Reduce_scatter_block(const ConstBufArg& sendbuf, const Buf& recvbuf, const Op& op = SUM, At at = {}) const;
    /// Combine element by element, then send `recvcounts[i]` elements of the result to process i. Without `recvcounts` the processes first exchange
    /// how much each receives, but not in place or on an intercommunicator. Calls MPI_Reduce_scatter (MPI-4.0, 6.10.2). Collective.
    void Reduce_scatter(const ConstBufArg& sendbuf, const Buf& recvbuf, detail::CountList recvcounts = {}, const Op& op = SUM, At at = {}) const;

    // Blocks of different sizes, which are returned. The processes exchange the counts first. The returned blocks follow each other without gaps.
    // Methods whose names end in _counted return the counts too. Collective.

    /// Return the blocks of all processes on `root`, no elements elsewhere. Calls MPI_Gather and MPI_Gatherv (MPI-4.0, 6.5). Collective.
    template <Bufferable R> [[nodiscard]] auto Gatherv(const R& sendbuf, int root = 0, At at = {}) const {
        std::vector<detail::element_value<const R>> result;
        return_gatherv(ConstBufArg(sendbuf), root, result, {}, at);
        return result;
    }
    template <Bufferable R> [[nodiscard]] auto Gatherv_counted(const R& sendbuf, int root = 0, At at = {}) const {
        Counted<detail::element_value<const R>> result;
        return_gatherv(ConstBufArg(sendbuf), root, result.data, result.counts, at);
        return result;
    }
    /// Return the block of this process: `root` sends `counts[i]` elements of `sendbuf` to process i. `sendbuf` and `counts` are significant on
    /// `root` only. Calls MPI_Scatter and MPI_Scatterv (MPI-4.0, 6.6). Collective.
    template <Bufferable R> [[nodiscard]] auto Scatterv(const R& sendbuf, detail::CountList counts, int root = 0, At at = {}) const {
        std::vector<detail::element_value<const R>> result;
        return_scatterv({sendbuf, counts}, root, result, at);
        return result;
    }
    /// Return the blocks of all processes on every process. Calls MPI_Allgather and MPI_Allgatherv (MPI-4.0, 6.7). Collective.
    template <Bufferable R> [[nodiscard]] auto Allgatherv(const R& sendbuf, At at = {}) const {
        std::vector<detail::element_value<const R>> result;
        return_allgatherv(ConstBufArg(sendbuf), result, {}, at);
        return result;
    }
    template <Bufferable R> [[nodiscard]] auto Allgatherv_counted(const R& sendbuf, At at = {}) const {
        Counted<detail::element_value<const R>> result;
        return_allgatherv(ConstBufArg(sendbuf), result.data, result.counts, at);
        return result;
    }
    /// Send `counts[i]` elements of `sendbuf`, which has no gaps, to process i. Return the elements that are received. Calls MPI_Alltoall,
    /// MPI_Alltoallv (MPI-4.0, 6.8). Collective.
    template <Bufferable R> [[nodiscard]] auto Alltoallv(const R& sendbuf, detail::CountList counts, At at = {}) const {
        std::vector<detail::element_value<const R>> result;
        return_alltoallv({sendbuf, counts}, result, {}, at);
        return result;
    }
    template <Bufferable R> [[nodiscard]] auto Alltoallv_counted(const R& sendbuf, detail::CountList counts, At at = {}) const {
        Counted<detail::element_value<const R>> result;
        return_alltoallv({sendbuf, counts}, result.data, result.counts, at);
        return result;
    }

    // The nonblocking collectives, which every process starts in the same order (MPI-4.0, 6.12). The buffers must live until the request is complete.
    // Counts, displacements and datatypes are copied, and a user's operation is kept. Collective.

    [[nodiscard]] Request Ibarrier(At at = {}) const;
    [[nodiscard]] Request Ibcast(const Buf& buf, int root = 0, At at = {}) const;
    [[nodiscard]] Request Igather(const ConstBuf& sendbuf, const Buf& recvbuf, int root = 0, At at = {}) const;
    [[nodiscard]] Request Igatherv(const ConstBuf& sendbuf, const BufVArg& recvbuf, int root = 0, At at = {}) const;
    [[nodiscard]] Request Iscatter(const ConstBuf& sendbuf, const Buf& recvbuf, int root = 0, At at = {}) const;
    [[nodiscard]] Request Iscatterv(const StoredConstBufVArg& sendbuf, const Buf& recvbuf, int root = 0, At at = {}) const;
    [[nodiscard]] Request Iallgather(const ConstBuf& sendbuf, const Buf& recvbuf, At at = {}) const;
    [[nodiscard]] Request Iallgatherv(const ConstBuf& sendbuf, const BufVArg& recvbuf, At at = {}) const;
    [[nodiscard]] Request Ialltoall(const ConstBuf& sendbuf, const Buf& recvbuf, At at = {}) const;
    [[nodiscard]] Request Ialltoallv(const StoredConstBufVArg& sendbuf, const BufVArg& recvbuf, At at = {}) const;
    [[nodiscard]] Request Ialltoallw(const StoredConstBufWArg& sendbuf, const BufWArg& recvbuf, At at = {}) const;
    [[nodiscard]] Request Ireduce(const ConstBuf& sendbuf, const Buf& recvbuf, const Op& op = SUM, int root = 0, At at = {}) const;
    [[nodiscard]] Request Iallreduce(const ConstBuf& sendbuf, const Buf& recvbuf, const Op& op = SUM, At at = {}) const;
    [[nodiscard]] Request Ireduce_scatter_block(const ConstBuf& sendbuf, const Buf& recvbuf, const Op& op = SUM, At at = {}) const;
    [[nodiscard]] Request Ireduce_scatter(const ConstBuf& sendbuf, const Buf& recvbuf, detail::CountList recvcounts = {}, const Op& op = SUM,
                                          At at = {}) const;

    // The persistent collectives, which every process makes once, in the same order, and then starts any number of times (MPI-4.0, 6.13). The request
    // keeps its copies and the user's operation as long as it lives. Collective.

    [[nodiscard]] Prequest Barrier_init(const Info& info = INFO_NULL, At at = {}) const;
    [[nodiscard]] Prequest Bcast_init(const Buf& buf, int root = 0, const Info& info = INFO_NULL, At at = {}) const;
    [[nodiscard]] Prequest Gather_init(const ConstBuf& sendbuf, const Buf& recvbuf, int root = 0, const Info& info = INFO_NULL, At at = {}) const;
    [[nodiscard]] Prequest Gatherv_init(const ConstBuf& sendbuf, const BufVArg& recvbuf, int root = 0, const Info& info = INFO_NULL,
                                        At at = {}) const;
    [[nodiscard]] Prequest Scatter_init(const ConstBuf& sendbuf, const Buf& recvbuf, int root = 0, const Info& info = INFO_NULL, At at = {}) const;
    [[nodiscard]] Prequest Scatterv_init(const StoredConstBufVArg& sendbuf, const Buf& recvbuf, int root = 0, const Info& info = INFO_NULL,
                                         At at = {}) const;
    [[nodiscard]] Prequest Allgather_init(const ConstBuf& sendbuf, const Buf& recvbuf, const Info& info = INFO_NULL, At at = {}) const;
    [[nodiscard]] Prequest Allgatherv_init(const ConstBuf& sendbuf, const BufVArg& recvbuf, const Info& info = INFO_NULL, At at = {}) const;
    [[nodiscard]] Prequest Alltoall_init(const ConstBuf& sendbuf, const Buf& recvbuf, const Info& info = INFO_NULL, At at = {}) const;
    [[nodiscard]] Prequest Alltoallv_init(const StoredConstBufVArg& sendbuf, const BufVArg& recvbuf, const Info& info = INFO_NULL, At at = {}) const;
    [[nodiscard]] Prequest Alltoallw_init(const StoredConstBufWArg& sendbuf, const BufWArg& recvbuf, const Info& info = INFO_NULL, At at = {}) const;
    [[nodiscard]] Prequest Reduce_init(const ConstBuf& sendbuf, const Buf& recvbuf, const Op& op = SUM, int root = 0, const Info& info = INFO_NULL,
                                       At at = {}) const;
    [[nodiscard]] Prequest Allreduce_init(const ConstBuf& sendbuf, const Buf& recvbuf, const Op& op = SUM, const Info& info = INFO_NULL,
                                          At at = {}) const;
    [[nodiscard]] Prequest Reduce_scatter_block_init(const ConstBuf& sendbuf, const Buf& recvbuf, const Op& op = SUM, const Info& info = INFO_NULL,
                                                     At at = {}) const;
    [[nodiscard]] Prequest Reduce_scatter_init(const ConstBuf& sendbuf, const Buf& recvbuf, detail::CountList recvcounts = {}, const Op& op = SUM,
                                               const Info& info = INFO_NULL, At at = {}) const;

    // Objects --------------------------------------------------------------------------------------------------------

    /// Send an object. Returns when the object may be changed. Contiguous data of 64 KiB or more is not copied.
    template <class T> void send(const T& object, int dest, int tag = 0, At at = {}) const {
        send_packed(detail::SendMode::standard, object, dest, tag, at);
    }
    /// Send an object. Returns when the receive has begun.
    template <class T> void ssend(const T& object, int dest, int tag = 0, At at = {}) const {
        send_packed(detail::SendMode::synchronous, object, dest, tag, at);
    }
    /// Copy an object to the attached buffer and send it from there. Local.
    template <class T> void bsend(const T& object, int dest, int tag = 0, At at = {}) const {
        isend_packed(detail::SendMode::buffered, object, dest, tag, at).Wait(nullptr, at);
    }
    /// Receive an object of any size. A message that is not a `T` is an Exception of class ERR_TYPE. PROC_NULL as source gives `T{}`.
    template <class T> [[nodiscard]] T recv(int source = ANY_SOURCE, int tag = ANY_TAG, Status* status = nullptr, At at = {}) const {
        detail::Incoming incoming;
        return incoming.recv(*this, source, tag, detail::object_type<T>, status, at) ? detail::unpacked<T>(incoming) : detail::nothing<T>();
    }
    /// Receive into an object and reuse its memory. PROC_NULL as source leaves the object unchanged.
    template <class T> void recv_into(T& object, int source = ANY_SOURCE, int tag = ANY_TAG, Status* status = nullptr, At at = {}) const {
        detail::Incoming incoming;
        if (incoming.recv(*this, source, tag, detail::object_type<sent_as<T>>, status, at))
            detail::unpack(incoming, object);
    }
    /// Start to send an object, which may be changed at once. An object that is moved in is not copied.
    template <class T> [[nodiscard]] Request isend(T&& object, int dest, int tag = 0, At at = {}) const {
        return isend_packed(detail::SendMode::standard, std::forward<T>(object), dest, tag, at);
    }
    /// Start to send an object. The request is complete when the receive has begun.
    template <class T> [[nodiscard]] Request issend(T&& object, int dest, int tag = 0, At at = {}) const {
        return isend_packed(detail::SendMode::synchronous, std::forward<T>(object), dest, tag, at);
    }
    /// Copy an object to the attached buffer and start to send it from there.
    template <class T> [[nodiscard]] Request ibsend(const T& object, int dest, int tag = 0, At at = {}) const {
        return isend_packed(detail::SendMode::buffered, object, dest, tag, at);
    }
    /// Start to receive an object of any size.
    template <class T> ObjectRequest<T> irecv(int source = ANY_SOURCE, int tag = ANY_TAG, At at = {}) const {
        auto receive = std::make_unique<detail::ReceiveOf<T>>(*this, source, tag, detail::object_type<T>, at);
        receive->begin();
        return ObjectRequest<T>(std::move(receive));
    }
    /// Start to receive into an object, which must live until the request is complete. The call that completes the request writes the object. Nothing
    /// is written if the source is PROC_NULL or if the request is dropped.
    template <Serializable T> [[nodiscard]] Request irecv_into(T& object, int source = ANY_SOURCE, int tag = ANY_TAG, At at = {}) const {
        static_assert(!std::is_array_v<T>, "mpi4cxx: irecv_into takes no C array: make it a std::array, or receive its elements by Irecv");
        if constexpr (!std::is_array_v<T>)
            return irecv<T>(source, tag, at).into(object);
    }
    template <class T>
        requires(!std::is_lvalue_reference_v<T> || std::is_const_v<std::remove_reference_t<T>>)
    Request irecv_into(T&&, int = ANY_SOURCE, int = ANY_TAG, At = {})
    const {
        static_assert(detail::never<T>, "mpi4cxx: irecv_into writes to its object after it has returned: this one is const or a temporary");
        return {};
    }
    /// Send one object and receive another, of type `T`, at the same time.
    template <class T, class S> [[nodiscard]] T sendrecv(const S& object, int dest, int sendtag = 0, int source = ANY_SOURCE, int recvtag = ANY_TAG,
                                                         Status* status = nullptr, At at = {}) const {
        detail::Packing packing(detail::Packing::Blocks::beside);
        detail::pack(object, packing);
        Request sent = detail::start_object(*this, packing, dest, sendtag, at);
        T received = recv<T>(source, recvtag, status, at);
        sent.Wait(nullptr, at);
        return received;
    }

    // Probes see the first message of an object. Message::recv receives the object.
    bool probe(int source = ANY_SOURCE, int tag = ANY_TAG, Status* status = nullptr, At at = {}) const { return Probe(source, tag, status, at); }
    [[nodiscard]] bool iprobe(int source = ANY_SOURCE, int tag = ANY_TAG, Status* status = nullptr, At at = {}) const {
        return Iprobe(source, tag, status, at);
    }
    [[nodiscard]] Message mprobe(int source = ANY_SOURCE, int tag = ANY_TAG, Status* status = nullptr, At at = {}) const {
        return Mprobe(source, tag, status, at);
    }
    [[nodiscard]] std::optional<Message> improbe(int source = ANY_SOURCE, int tag = ANY_TAG, Status* status = nullptr, At at = {}) const {
        return Improbe(source, tag, status, at);
    }

    /// Wait until every process has called this. Collective.
    void barrier(At at = {}) const { Barrier(at); }
    /// Return `root`'s object on every process. On the others the value of the argument is ignored, but its memory is reused if it is moved in:
    /// `data = comm.bcast(std::move(data))` copies nothing. Collective.
    template <class T> [[nodiscard]] sent_as<T> bcast(T&& object, int root = 0, At at = {}) const {
        if (detail::is_root(*this, root, at))
            return bcast_from_here(std::forward<T>(object), root, at);
        const bool comes = root != PROC_NULL || !Is_inter(at);
        if constexpr (std::is_same_v<T, sent_as<T>>) {
            T received = std::forward<T>(object);
            if (comes)
                detail::receive_bcast(*this, received, root, at);
            return received;
        } else {
            return comes ? detail::received_bcast<sent_as<T>>(*this, root, at) : detail::nothing<sent_as<T>>();
        }
    }
    /// Send `objects[i]` from `root` to process i. Return the object of this process. `objects` is significant on `root` only; if it does not have
    /// size() elements there, every process throws std::invalid_argument. Collective.
    template <class T> [[nodiscard]] T scatter(const std::vector<T>& objects, int root = 0, At at = {}) const {
        return detail::exchange_each(*this, detail::Pattern::scatter, objects, detail::is_root(*this, root, at), root, detail::SingleObject<T>(), at);
    }
    /// Return the objects of all processes, in the order of ranks, on `root`. Return an empty vector elsewhere. Collective.
    template <class T> [[nodiscard]] std::vector<sent_as<T>> gather(const T& object, int root = 0, At at = {}) const {
        return detail::exchange(*this, detail::Pattern::gather, object, root, detail::AllObjects<sent_as<T>>(), at);
    }
    /// Return the objects of all processes, in the order of ranks. Collective.
    template <class T> [[nodiscard]] std::vector<sent_as<T>> allgather(const T& object, At at = {}) const {
        return detail::exchange(*this, detail::Pattern::allgather, object, 0, detail::AllObjects<sent_as<T>>(), at);
    }
    /// Send `objects[i]` to process i. Return the objects received from all processes, in the order of ranks. If `objects` does not have size()
    /// elements on some process, every process throws std::invalid_argument. Collective.
    template <class T> [[nodiscard]] std::vector<T> alltoall(const std::vector<T>& objects, At at = {}) const {
        return detail::exchange_each(*this, detail::Pattern::alltoall, objects, true, 0, detail::AllObjects<T>(), at);
    }
    /// Combine the objects of all processes, in the order of ranks. Return the result on `root`, nothing elsewhere. `op(a, b)` may be any associative
    /// function. If `T` has a datatype, MPI combines the objects, and an exception in `op` aborts the job. Collective.
    template <class T, class F = decltype((SUM))>
    [[nodiscard]] std::optional<T> reduce(const T& object, F&& op = SUM, int root = 0, At at = {}) const;
    /// Combine the objects of all processes, in the order of ranks. Return the result on every process. Collective.
    template <class T, class F = decltype((SUM))> [[nodiscard]] T allreduce(const T& object, F&& op = SUM, At at = {}) const;

    // The nonblocking collectives of objects. Every process starts them in the same order, and they complete in any order. Objects are copied at
    // once. A request gives nothing where the blocking method returns nothing.

    /// Start a barrier. Calls MPI_Ibarrier (MPI-4.0, 6.12.1). Collective.
    [[nodiscard]] Request ibarrier(At at = {}) const { return Request::take(detail::get<MPI_Ibarrier>(handle(), on(at))); }
    /// Start a bcast. Collective.
    template <class T> [[nodiscard]] ObjectRequest<sent_as<T>> ibcast(const T& object, int root = 0, At at = {}) const {
        const bool here = detail::is_root(*this, root, at);
        return detail::iexchange<sent_as<T>, sent_as<T>>(*this, detail::Pattern::bcast, detail::one_packed(object, here), root,
                                                         detail::OwnOrSingleObject<sent_as<T>>(here, object), at);
    }
    /// Start a scatter. Collective.
    template <class T> [[nodiscard]] ObjectRequest<T> iscatter(const std::vector<T>& objects, int root = 0, At at = {}) const {
        return detail::iexchange<T, T>(*this, detail::Pattern::scatter, detail::each_packed(objects, detail::is_root(*this, root, at)), root,
                                       detail::SingleObject<T>(), at);
    }
    /// Start a gather. Collective.
    template <class T> [[nodiscard]] ObjectRequest<std::vector<sent_as<T>>> igather(const T& object, int root = 0, At at = {}) const {
        return detail::iexchange<sent_as<T>, std::vector<sent_as<T>>>(*this, detail::Pattern::gather, detail::one_packed(object), root,
                                                                      detail::AllObjects<sent_as<T>>(), at);
    }
    /// Start an allgather. Collective.
    template <class T> [[nodiscard]] ObjectRequest<std::vector<sent_as<T>>> iallgather(const T& object, At at = {}) const {
        return detail::iexchange<sent_as<T>, std::vector<sent_as<T>>>(*this, detail::Pattern::allgather, detail::one_packed(object), 0,
                                                                      detail::AllObjects<sent_as<T>>(), at);
    }
    /// Start an alltoall. Collective.
    template <class T> [[nodiscard]] ObjectRequest<std::vector<T>> ialltoall(const std::vector<T>& objects, At at = {}) const {
        return detail::iexchange<T, std::vector<T>>(*this, detail::Pattern::alltoall, detail::each_packed(objects), 0, detail::AllObjects<T>(), at);
    }
    /// Start a reduce. A copy of `op` combines the objects on the process where they arrive. Collective.
    template <class T, class F = decltype((SUM))>
    [[nodiscard]] ObjectRequest<std::optional<T>> ireduce(const T& object, F&& op = SUM, int root = 0, At at = {}) const;
    /// Start an allreduce. Collective.
    template <class T, class F = decltype((SUM))> [[nodiscard]] ObjectRequest<T> iallreduce(const T& object, F&& op = SUM, At at = {}) const;

protected:
    using SplitMethods::SplitMethods;
    /// Moves `comm` here. Throws std::invalid_argument if `comm` is not of class `expected`.
    void take_over(Comm& comm, detail::CommClass expected, At at);
    /// Returns the place of a call on this communicator, for error messages.
    [[nodiscard]] detail::Place on(At at) const noexcept { return {at, address()}; }

private:
    template <class T> void send_packed(detail::SendMode mode, const T& object, int dest, int tag, At at) const {
        detail::InlineBuffer room;
        detail::Packing packing(room, detail::Packing::Blocks::beside);
        detail::pack(object, packing);
        if (mode == detail::SendMode::standard && packing.is_inline()) [[likely]] {
            const auto message = packing.short_message();
            detail::call<MPI_Send>(message.data(), static_cast<Count>(message.size()), MPI_BYTE, dest, tag, handle(), on(at));
        } else {
            detail::send_object(*this, mode, packing, dest, tag, at);
        }
    }
    template <class T> Request isend_packed(detail::SendMode mode, T&& object, int dest, int tag, At at) const {
        using Sent = sent_as<T>;
        if constexpr (std::is_same_v<std::remove_cvref_t<T>, Sent> && detail::ShortInMemory<Sent>) {
            const std::span bytes(reinterpret_cast<const std::byte*>(std::addressof(object)), sizeof object);
            return detail::isend_short(*this, mode, detail::object_type<Sent>.hash, bytes, dest, tag, at);
        } else {
            std::unique_ptr<detail::OwnedObject> owned;
            constexpr bool is_held = std::is_same_v<T, Sent> && !detail::FixedSize<T>;  // moved in, and may have out-of-band blocks
            detail::InlineBuffer room;
            detail::Packing packing(room, is_held ? detail::Packing::Blocks::owned : detail::Packing::Blocks::inside);
            if constexpr (is_held) {
                auto moved = std::make_unique<detail::OwnedObjectOf<T>>(std::forward<T>(object));
                detail::pack(moved->object, packing);
                owned = std::move(moved);
            } else {
                detail::pack(object, packing);
            }
            if (packing.is_inline()) [[likely]]
                return detail::isend_short(*this, mode, detail::object_type<Sent>.hash, packing.bytes(), dest, tag, at);
            return detail::isend_long(*this, mode, packing, std::move(owned), dest, tag, at);
        }
    }
    template <class T> sent_as<T> bcast_from_here(T&& object, int root, At at) const {
        constexpr bool moves = std::is_same_v<T, sent_as<T>>;
        constexpr bool can_copy = moves || (std::is_same_v<std::remove_cvref_t<T>, sent_as<T>> && detail::can_be_copied<sent_as<T>>());
        detail::Packing packing(can_copy ? detail::Packing::Blocks::beside : detail::Packing::Blocks::inside);
        try {
            detail::pack(object, packing);
        } catch (...) {
            detail::bcast_failure(*this, root, at);
        }
        detail::bcast_object(*this, packing, root, at);
        if constexpr (can_copy) {
            return sent_as<T>(std::forward<T>(object));
        } else {
            detail::Unpacking bytes(packing.bytes());
            return detail::unpacked<sent_as<T>>(bytes);
        }
    }
    // The forms that return what has come; `counts` may be null.
    void return_gatherv(const ConstBuf& sendbuf, int root, detail::AnyVector result, std::optional<detail::AnyVector> counts, At at) const;
    void return_scatterv(const ConstBufVArg& sendbuf, int root, detail::AnyVector result, At at) const;
    void return_allgatherv(const ConstBuf& sendbuf, detail::AnyVector result, std::optional<detail::AnyVector> counts, At at) const;
    void return_alltoallv(const ConstBufVArg& sendbuf, detail::AnyVector result, std::optional<detail::AnyVector> counts, At at) const;
    // The rare cases of inline methods. Their buffers come in pieces, which can stay in registers on the common path.
    void sendrecv_driving(const void* sendbuf, Count sendcount, MPI_Datatype sendtype, int dest, int sendtag, void* recvbuf, Count recvcount,
                          MPI_Datatype recvtype, int source, int recvtag, Status* status, At at) const;
    void allreduce_with_care(const ConstBuf& sendbuf, const Buf& recvbuf, const Op& op, At at) const;
};

}  // namespace MPI4CXX

#include <mpi4cxx/detail/communicators/object_reduction.hpp>
