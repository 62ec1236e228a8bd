#pragma once

#include <mpi4cxx/comm.hpp>
#include <mpi4cxx/detail/communicators/spawn_arguments.hpp>
#include <mpi4cxx/detail/mpi/int_or_list.hpp>
#include <mpi4cxx/weights.hpp>

#include <optional>
#include <string>

namespace MPI4CXX {

/// A communicator of one group (MPI-4.0, 7.2).
class MPI4CXX_API Intracomm : public detail::SplitMethods<Intracomm, Comm> {
public:
    static constexpr auto comm_class = detail::CommClass::intracomm;

    Intracomm() noexcept = default;
    Intracomm(Intracomm&&) noexcept = default;
    Intracomm& operator=(Intracomm&&) noexcept = default;
    explicit Intracomm(const Intracomm&, detail::take_a_const_reference_or_make_a_duplicate_with_Dup = {}) = delete;
    template <detail::IsA<Intracomm> C> Intracomm(C&, detail::take_a_const_reference_or_make_a_duplicate_with_Dup = {}) MPI4CXX_NO_COPY;
    detail::take_a_const_reference_or_make_a_duplicate_with_Dup operator=(const Intracomm&) = delete;
    using SplitMethods::SplitMethods;

    /// Return a communicator of the processes of `group`. Only they call this. Calls MPI_Comm_create_group (MPI-4.0, 7.4.2).
    /// Collective in `group`.
    [[nodiscard]] Intracomm Create_group(const Group& group, int tag = 0, At at = {}) const;
    /// Return a communicator of the processes of `group`, which comes of a session; null if the group is empty. Communicators that are made at the
    /// same time differ in `stringtag`. Calls MPI_Comm_create_from_group (MPI-4.0, 7.4.2). Collective in `group`.
    [[nodiscard]] static Intracomm Create_from_group(const Group& group, const std::string& stringtag = "org.mpi4cxx", const Info& info = INFO_NULL,
                                                     const Errhandler& errhandler = ERRORS_RETURN, At at = {});
    /// Return an intercommunicator of this group and another group, which also calls this. `peer_comm` is significant on the two leaders only, which
    /// communicate on it. Calls MPI_Intercomm_create (MPI-4.0, 7.6.2). Collective in both groups.
    [[nodiscard]] Intercomm Create_intercomm(int local_leader, const Intracomm& peer_comm, int remote_leader, int tag = 0, At at = {}) const;

    /// Start `maxprocs` processes of the program `command` and return the communicator to them; in theirs, Get_parent returns it. `args` go without
    /// the program's name. All arguments but `root` and `errcodes` count on the root only. `errcodes` receives the error code of each process. Calls
    /// MPI_Comm_spawn (MPI-4.0, 11.8.2). Collective.
    [[nodiscard]] Intercomm Spawn(const std::string& command, const detail::StringList& args = {}, int maxprocs = 1, const Info& info = INFO_NULL,
                                  int root = 0, const detail::ErrorCodes& errcodes = {}, At at = {}) const;
    /// Start processes of several programs, which share a COMM_WORLD, in the order of `commands`. `args`, `maxprocs` and `info` have one element a
    /// program, or are left out; one Info is for all. Calls MPI_Comm_spawn_multiple (MPI-4.0, 11.8.3). Collective.
    [[nodiscard]] Intercomm Spawn_multiple(const detail::StringList& commands, const detail::StringLists& args = {}, detail::IntList maxprocs = {},
                                           const detail::InfoList& info = {}, int root = 0, const detail::ErrorCodes& errcodes = {},
                                           At at = {}) const;
    /// Wait until processes connect to a port, and return the communicator to them. `port_name` and `info` count on the root only. Calls
    /// MPI_Comm_accept (MPI-4.0, 11.9.2). Collective.
    [[nodiscard]] Intercomm Accept(const std::string& port_name, const Info& info = INFO_NULL, int root = 0, At at = {}) const;
    /// Connect to the processes that accept at a port, and return the communicator to them. `port_name` and `info` count on the root only. Calls
    /// MPI_Comm_connect (MPI-4.0, 11.9.3). Collective.
    [[nodiscard]] Intercomm Connect(const std::string& port_name, const Info& info = INFO_NULL, int root = 0, At at = {}) const;

    /// Return a communicator with a Cartesian grid, null on processes that are left over. `periods` has one flag per dimension, or one for all; by
    /// default no dimension wraps around. Calls MPI_Cart_create (MPI-4.0, 8.5.1). Collective.
    [[nodiscard]] Cartcomm Create_cart(detail::IntList dims, const detail::FlagList& periods = {}, bool reorder = false, At at = {}) const;
    /// Return a communicator with a graph, null on processes that are left over. Every process passes the whole graph, see Graphcomm::Topo.
    /// Calls MPI_Graph_create (MPI-4.0, 8.5.3). Collective.
    [[nodiscard]] Graphcomm Create_graph(detail::IntList index, detail::IntList edges, bool reorder = false, At at = {}) const;
    /// Return a communicator with a directed graph. Each process passes the edges to and from itself. Calls MPI_Dist_graph_create_adjacent (MPI-4.0,
    /// 8.5.4). Collective.
    [[nodiscard]] Distgraphcomm Create_dist_graph_adjacent(detail::IntList sources, detail::IntList destinations, Weights sourceweights = UNWEIGHTED,
                                                           Weights destweights = UNWEIGHTED, const Info& info = INFO_NULL, bool reorder = false,
                                                           At at = {}) const;
    /// Return a communicator with a directed graph. Each process passes any of the edges: those from `sources[0]` to the first `degrees[0]` of
    /// `destinations`, and so on. A single degree is for all sources. Calls MPI_Dist_graph_create (MPI-4.0, 8.5.4). Collective.
    [[nodiscard]] Distgraphcomm Create_dist_graph(detail::IntList sources, detail::IntOrList degrees, detail::IntList destinations,
                                                  Weights weights = UNWEIGHTED, const Info& info = INFO_NULL, bool reorder = false, At at = {}) const;
    /// Return the rank that a grid of these extents would give this process, UNDEFINED if the process would be left over.
    /// Calls MPI_Cart_map (MPI-4.0, 8.5.8).
    [[nodiscard]] int Cart_map(detail::IntList dims, const detail::FlagList& periods = {}, At at = {}) const;
    /// Return the rank that this graph would give this process, UNDEFINED if the process would be left over. Calls MPI_Graph_map (MPI-4.0, 8.5.8).
    [[nodiscard]] int Graph_map(detail::IntList index, detail::IntList edges, At at = {}) const;

    /// Combine the buffers of ranks 0 to this one, element by element. Calls MPI_Scan (MPI-4.0, 6.11.1). Collective.
    void Scan(const ConstBufArg& sendbuf, const Buf& recvbuf, const Op& op = SUM, At at = {}) const;
    /// Combine the buffers of the ranks below this one, element by element. `recvbuf` is undefined on rank 0. Calls MPI_Exscan (MPI-4.0, 6.11.2).
    /// Collective.
    void Exscan(const ConstBufArg& sendbuf, const Buf& recvbuf, const Op& op = SUM, At at = {}) const;

    // The nonblocking and persistent scans, which follow the rules of Comm's nonblocking and persistent collectives. Collective.

    [[nodiscard]] Request Iscan(const ConstBuf& sendbuf, const Buf& recvbuf, const Op& op = SUM, At at = {}) const;
    [[nodiscard]] Request Iexscan(const ConstBuf& sendbuf, const Buf& recvbuf, const Op& op = SUM, At at = {}) const;
    [[nodiscard]] Prequest Scan_init(const ConstBuf& sendbuf, const Buf& recvbuf, const Op& op = SUM, const Info& info = INFO_NULL, At at = {}) const;
    [[nodiscard]] Prequest Exscan_init(const ConstBuf& sendbuf, const Buf& recvbuf, const Op& op = SUM, const Info& info = INFO_NULL,
                                       At at = {}) const;

    /// Combine the objects of ranks 0 to this one, in the order of ranks. Collective.
    template <class T, class F = decltype((SUM))> [[nodiscard]] T scan(const T& object, F&& op = SUM, At at = {}) const {
        (void)sizeof(detail::check_combines<T, F>);
        if constexpr (!detail::combines<T, F>()) {
            return object;
        } else if constexpr (detail::NativeOp<T, F> || detail::CallableByMpi<T, F>) {
            return detail::reduced_by_mpi(
                object, op, [&](T& to, const Op& mpi_op) { Scan(object, to, mpi_op, at); }, at);
        } else {
            return *combine_lower(object, op, static_cast<std::size_t>(Get_rank(at)) + 1, at);
        }
    }
    /// Combine the objects of the ranks below this one, in the order of ranks. Return nothing on rank 0. Collective.
    template <class T, class F = decltype((SUM))> [[nodiscard]] std::optional<T> exscan(const T& object, F&& op = SUM, At at = {}) const {
        (void)sizeof(detail::check_combines<T, F>);
        const auto rank = static_cast<std::size_t>(Get_rank(at));
        if constexpr (!detail::combines<T, F>()) {
            return std::nullopt;
        } else if constexpr (detail::NativeOp<T, F> || detail::CallableByMpi<T, F>) {
            std::optional<T> result = detail::reduced_by_mpi(
                object, op, [&](T& to, const Op& mpi_op) { Exscan(object, to, mpi_op, at); }, at);
            return rank == 0 ? std::nullopt : result;
        } else {
            return combine_lower(object, op, rank, at);
        }
    }

private:
    template <class T, class F> std::optional<T> combine_lower(const T& object, F& op, std::size_t end, At at) const {
        const auto combine = [&](const detail::Exchange& objects) {
            return end == 0 ? std::nullopt : std::optional<T>(detail::fold<T>(objects, end, op));
        };
        auto packed = detail::one_packed(object, true, detail::Packing::Blocks::beside);
        return detail::combine_packed<T>(*this, detail::Pattern::allgather, std::move(packed), 0, combine, at);
    }
};

extern MPI4CXX_API const Intracomm COMM_NULL;
/// This process alone.
extern MPI4CXX_API const Intracomm COMM_SELF;
/// All processes that were started together.
extern MPI4CXX_API const Intracomm COMM_WORLD;

}  // namespace MPI4CXX
