// The variants of MPI functions: the large-count variant of a function, and the nonblocking variant of a blocking one.
#pragma once

#include <mpi4cxx/detail/mpi/large_count.hpp>
#include <mpi4cxx/detail/mpi/large_types.hpp>
#include <mpi4cxx/detail/mpi/large_windows.hpp>
#include <mpi4cxx/detail/mpi/missing_functions.hpp>
#include <mpi4cxx/detail/mpi/mpi.hpp>

namespace MPI4CXX::detail {

template <auto Large> struct counted { static constexpr auto large = Large; };
// For point-to-point functions only: MPI does not match a blocking collective with a nonblocking one (MPI-4.0, 6.12).
template <auto Immediate> struct blocking { static constexpr auto immediate = Immediate; };

template <auto Fn> struct variants {};

template <auto Fn>
concept has_large = requires {
    variants<Fn>::large;
};
template <auto Fn>
concept has_immediate = requires {
    variants<Fn>::immediate;
};

template <auto Fn> struct large_of { using type = void; };
template <auto Fn>
    requires has_large<Fn>
struct large_of<Fn> {
    using type = decltype(+variants<Fn>::large);
};
template <auto Fn> using large_type = typename large_of<Fn>::type;

/// Which argument is the rank from which a function receives; none: -1.
template <auto Fn> inline constexpr int source_argument = -1;
template <> inline constexpr int source_argument<MPI_Recv> = 3;

/// Whether a function may be called before MPI is initialized and after it is finalized (MPI-4.0, 11.4.1). MPI-4 allows more functions than MPI-3.
template <auto Fn> inline constexpr bool is_always_allowed = false;
template <> inline constexpr bool is_always_allowed<MPI_Initialized> = true;
template <> inline constexpr bool is_always_allowed<MPI_Finalized> = true;
template <> inline constexpr bool is_always_allowed<MPI_Init> = true;
template <> inline constexpr bool is_always_allowed<MPI_Init_thread> = true;
template <> inline constexpr bool is_always_allowed<MPI_Get_version> = true;
template <> inline constexpr bool is_always_allowed<MPI_Get_library_version> = true;
template <> inline constexpr bool is_always_allowed<MPI_Session_init> = true;
template <> inline constexpr bool is_always_allowed<MPI_Session_finalize> = true;
template <> inline constexpr bool is_always_allowed<MPI_Session_create_errhandler> = true;
template <> inline constexpr bool is_always_allowed<MPI_Abi_get_version> = MPI_VERSION >= 5;
template <> inline constexpr bool is_always_allowed<MPI_Abi_get_info> = MPI_VERSION >= 5;
template <> inline constexpr bool is_always_allowed<MPI_Abi_get_fortran_info> = MPI_VERSION >= 5;
template <> inline constexpr bool is_always_allowed<MPI_Error_class> = MPI_VERSION >= 4;
template <> inline constexpr bool is_always_allowed<MPI_Error_string> = MPI_VERSION >= 4;
template <> inline constexpr bool is_always_allowed<MPI_Add_error_class> = MPI_VERSION >= 4;
template <> inline constexpr bool is_always_allowed<MPI_Add_error_code> = MPI_VERSION >= 4;
template <> inline constexpr bool is_always_allowed<MPI_Add_error_string> = MPI_VERSION >= 4;
template <> inline constexpr bool is_always_allowed<MPI_Info_create> = MPI_VERSION >= 4;
template <> inline constexpr bool is_always_allowed<MPI_Info_create_env> = MPI_VERSION >= 4;
template <> inline constexpr bool is_always_allowed<MPI_Info_dup> = MPI_VERSION >= 4;
template <> inline constexpr bool is_always_allowed<MPI_Info_free> = MPI_VERSION >= 4;
template <> inline constexpr bool is_always_allowed<MPI_Info_set> = MPI_VERSION >= 4;
template <> inline constexpr bool is_always_allowed<MPI_Info_delete> = MPI_VERSION >= 4;
template <> inline constexpr bool is_always_allowed<MPI_Info_get_string> = MPI_VERSION >= 4;
template <> inline constexpr bool is_always_allowed<MPI_Info_get_nkeys> = MPI_VERSION >= 4;
template <> inline constexpr bool is_always_allowed<MPI_Info_get_nthkey> = MPI_VERSION >= 4;

/// Whether a function calls an error handler without an error of its own.
template <auto Fn> inline constexpr bool only_calls_handler = false;
template <> inline constexpr bool only_calls_handler<MPI_Comm_call_errhandler> = true;
template <> inline constexpr bool only_calls_handler<MPI_File_call_errhandler> = true;
template <> inline constexpr bool only_calls_handler<MPI_Session_call_errhandler> = true;
template <> inline constexpr bool only_calls_handler<MPI_Win_call_errhandler> = true;

template <> struct variants<MPI_Send> : counted<MPI_Send_c>, blocking<MPI_Isend> {};
template <> struct variants<MPI_Ssend> : counted<MPI_Ssend_c>, blocking<MPI_Issend> {};
template <> struct variants<MPI_Bsend> : counted<MPI_Bsend_c> {};  // local: it waits for no other process
template <> struct variants<MPI_Rsend> : counted<MPI_Rsend_c>, blocking<MPI_Irsend> {};
template <> struct variants<MPI_Recv> : counted<MPI_Recv_c>, blocking<MPI_Irecv> {};
template <> struct variants<MPI_Mrecv> : counted<MPI_Mrecv_c>, blocking<MPI_Imrecv> {};
template <> struct variants<MPI_Sendrecv> : counted<MPI_Sendrecv_c> {};
template <> struct variants<MPI_Sendrecv_replace> : counted<MPI_Sendrecv_replace_c> {};
template <> struct variants<MPI_Isendrecv> : counted<MPI_Isendrecv_c> {};
template <> struct variants<MPI_Isendrecv_replace> : counted<MPI_Isendrecv_replace_c> {};
template <> struct variants<MPI_Isend> : counted<MPI_Isend_c> {};
template <> struct variants<MPI_Issend> : counted<MPI_Issend_c> {};
template <> struct variants<MPI_Ibsend> : counted<MPI_Ibsend_c> {};
template <> struct variants<MPI_Irsend> : counted<MPI_Irsend_c> {};
template <> struct variants<MPI_Irecv> : counted<MPI_Irecv_c> {};
template <> struct variants<MPI_Imrecv> : counted<MPI_Imrecv_c> {};

template <> struct variants<MPI_Bcast> : counted<MPI_Bcast_c> {};
template <> struct variants<MPI_Gather> : counted<MPI_Gather_c> {};
template <> struct variants<MPI_Gatherv> : counted<MPI_Gatherv_c> {};
template <> struct variants<MPI_Scatter> : counted<MPI_Scatter_c> {};
template <> struct variants<MPI_Scatterv> : counted<MPI_Scatterv_c> {};
template <> struct variants<MPI_Allgather> : counted<MPI_Allgather_c> {};
template <> struct variants<MPI_Allgatherv> : counted<MPI_Allgatherv_c> {};
template <> struct variants<MPI_Alltoall> : counted<MPI_Alltoall_c> {};
template <> struct variants<MPI_Alltoallv> : counted<MPI_Alltoallv_c> {};
template <> struct variants<MPI_Reduce> : counted<MPI_Reduce_c> {};
template <> struct variants<MPI_Allreduce> : counted<MPI_Allreduce_c> {};
template <> struct variants<MPI_Scan> : counted<MPI_Scan_c> {};
template <> struct variants<MPI_Exscan> : counted<MPI_Exscan_c> {};
template <> struct variants<MPI_Reduce_scatter> : counted<MPI_Reduce_scatter_c> {};
template <> struct variants<MPI_Reduce_scatter_block> : counted<MPI_Reduce_scatter_block_c> {};
template <> struct variants<MPI_Ibcast> : counted<MPI_Ibcast_c> {};
template <> struct variants<MPI_Igather> : counted<MPI_Igather_c> {};
template <> struct variants<MPI_Igatherv> : counted<MPI_Igatherv_c> {};
template <> struct variants<MPI_Iscatter> : counted<MPI_Iscatter_c> {};
template <> struct variants<MPI_Iscatterv> : counted<MPI_Iscatterv_c> {};
template <> struct variants<MPI_Iallgather> : counted<MPI_Iallgather_c> {};
template <> struct variants<MPI_Iallgatherv> : counted<MPI_Iallgatherv_c> {};
template <> struct variants<MPI_Ialltoall> : counted<MPI_Ialltoall_c> {};
template <> struct variants<MPI_Ialltoallv> : counted<MPI_Ialltoallv_c> {};
template <> struct variants<MPI_Ireduce> : counted<MPI_Ireduce_c> {};
template <> struct variants<MPI_Iallreduce> : counted<MPI_Iallreduce_c> {};
template <> struct variants<MPI_Iscan> : counted<MPI_Iscan_c> {};
template <> struct variants<MPI_Iexscan> : counted<MPI_Iexscan_c> {};
template <> struct variants<MPI_Ireduce_scatter> : counted<MPI_Ireduce_scatter_c> {};
template <> struct variants<MPI_Ireduce_scatter_block> : counted<MPI_Ireduce_scatter_block_c> {};
template <> struct variants<MPI_Alltoallw> : counted<MPI_Alltoallw_c> {};
template <> struct variants<MPI_Ialltoallw> : counted<MPI_Ialltoallw_c> {};

template <> struct variants<MPI_Neighbor_allgather> : counted<MPI_Neighbor_allgather_c> {};
template <> struct variants<MPI_Neighbor_allgatherv> : counted<MPI_Neighbor_allgatherv_c> {};
template <> struct variants<MPI_Neighbor_alltoall> : counted<MPI_Neighbor_alltoall_c> {};
template <> struct variants<MPI_Neighbor_alltoallv> : counted<MPI_Neighbor_alltoallv_c> {};
template <> struct variants<MPI_Neighbor_alltoallw> : counted<MPI_Neighbor_alltoallw_c> {};
template <> struct variants<MPI_Ineighbor_allgather> : counted<MPI_Ineighbor_allgather_c> {};
template <> struct variants<MPI_Ineighbor_allgatherv> : counted<MPI_Ineighbor_allgatherv_c> {};
template <> struct variants<MPI_Ineighbor_alltoall> : counted<MPI_Ineighbor_alltoall_c> {};
template <> struct variants<MPI_Ineighbor_alltoallv> : counted<MPI_Ineighbor_alltoallv_c> {};
template <> struct variants<MPI_Ineighbor_alltoallw> : counted<MPI_Ineighbor_alltoallw_c> {};

template <> struct variants<MPI_Send_init> : counted<MPI_Send_init_c> {};
template <> struct variants<MPI_Ssend_init> : counted<MPI_Ssend_init_c> {};
template <> struct variants<MPI_Bsend_init> : counted<MPI_Bsend_init_c> {};
template <> struct variants<MPI_Rsend_init> : counted<MPI_Rsend_init_c> {};
template <> struct variants<MPI_Recv_init> : counted<MPI_Recv_init_c> {};
template <> struct variants<MPI_Bcast_init> : counted<MPI_Bcast_init_c> {};
template <> struct variants<MPI_Gather_init> : counted<MPI_Gather_init_c> {};
template <> struct variants<MPI_Gatherv_init> : counted<MPI_Gatherv_init_c> {};
template <> struct variants<MPI_Scatter_init> : counted<MPI_Scatter_init_c> {};
template <> struct variants<MPI_Scatterv_init> : counted<MPI_Scatterv_init_c> {};
template <> struct variants<MPI_Allgather_init> : counted<MPI_Allgather_init_c> {};
template <> struct variants<MPI_Allgatherv_init> : counted<MPI_Allgatherv_init_c> {};
template <> struct variants<MPI_Alltoall_init> : counted<MPI_Alltoall_init_c> {};
template <> struct variants<MPI_Alltoallv_init> : counted<MPI_Alltoallv_init_c> {};
template <> struct variants<MPI_Alltoallw_init> : counted<MPI_Alltoallw_init_c> {};
template <> struct variants<MPI_Reduce_init> : counted<MPI_Reduce_init_c> {};
template <> struct variants<MPI_Allreduce_init> : counted<MPI_Allreduce_init_c> {};
template <> struct variants<MPI_Scan_init> : counted<MPI_Scan_init_c> {};
template <> struct variants<MPI_Exscan_init> : counted<MPI_Exscan_init_c> {};
template <> struct variants<MPI_Reduce_scatter_init> : counted<MPI_Reduce_scatter_init_c> {};
template <> struct variants<MPI_Reduce_scatter_block_init> : counted<MPI_Reduce_scatter_block_init_c> {};
template <> struct variants<MPI_Neighbor_allgather_init> : counted<MPI_Neighbor_allgather_init_c> {};
template <> struct variants<MPI_Neighbor_allgatherv_init> : counted<MPI_Neighbor_allgatherv_init_c> {};
template <> struct variants<MPI_Neighbor_alltoall_init> : counted<MPI_Neighbor_alltoall_init_c> {};
template <> struct variants<MPI_Neighbor_alltoallv_init> : counted<MPI_Neighbor_alltoallv_init_c> {};
template <> struct variants<MPI_Neighbor_alltoallw_init> : counted<MPI_Neighbor_alltoallw_init_c> {};

template <> struct variants<MPI_Type_contiguous> : counted<MPI_Type_contiguous_c> {};
template <> struct variants<MPI_Type_vector> : counted<MPI_Type_vector_c> {};
template <> struct variants<MPI_Type_create_hvector> : counted<MPI_Type_create_hvector_c> {};
template <> struct variants<MPI_Type_indexed> : counted<MPI_Type_indexed_c> {};
template <> struct variants<MPI_Type_create_hindexed> : counted<MPI_Type_create_hindexed_c> {};
template <> struct variants<MPI_Type_create_indexed_block> : counted<MPI_Type_create_indexed_block_c> {};
template <> struct variants<MPI_Type_create_hindexed_block> : counted<MPI_Type_create_hindexed_block_c> {};
template <> struct variants<MPI_Type_create_struct> : counted<MPI_Type_create_struct_c> {};
template <> struct variants<MPI_Type_create_subarray> : counted<MPI_Type_create_subarray_c> {};
template <> struct variants<MPI_Type_create_darray> : counted<MPI_Type_create_darray_c> {};
template <> struct variants<MPI_Type_get_envelope> : counted<MPI_Type_get_envelope_c> {};
template <> struct variants<MPI_Type_get_contents> : counted<MPI_Type_get_contents_c> {};
template <> struct variants<MPI_Pack> : counted<MPI_Pack_c> {};
template <> struct variants<MPI_Unpack> : counted<MPI_Unpack_c> {};
template <> struct variants<MPI_Pack_size> : counted<MPI_Pack_size_c> {};
template <> struct variants<MPI_Pack_external> : counted<MPI_Pack_external_c> {};
template <> struct variants<MPI_Unpack_external> : counted<MPI_Unpack_external_c> {};
template <> struct variants<MPI_Pack_external_size> : counted<MPI_Pack_external_size_c> {};
template <> struct variants<MPI_Put> : counted<put_in_pieces> {};
template <> struct variants<MPI_Get> : counted<get_in_pieces> {};
template <> struct variants<MPI_Accumulate> : counted<accumulate_in_pieces> {};
template <> struct variants<MPI_Get_accumulate> : counted<get_accumulate_in_pieces> {};
template <> struct variants<MPI_Rput> : counted<rput_in_pieces> {};
template <> struct variants<MPI_Rget> : counted<rget_in_pieces> {};
template <> struct variants<MPI_Raccumulate> : counted<raccumulate_in_pieces> {};
template <> struct variants<MPI_Rget_accumulate> : counted<rget_accumulate_in_pieces> {};

template <> struct variants<MPI_Get_count> : counted<MPI_Get_count_c> {};
template <> struct variants<MPI_Reduce_local> : counted<MPI_Reduce_local_c> {};
template <> struct variants<MPI_Buffer_attach> : counted<MPI_Buffer_attach_c> {};
template <> struct variants<MPI_Buffer_detach> : counted<MPI_Buffer_detach_c> {};
template <> struct variants<MPI_Comm_attach_buffer> : counted<MPI_Comm_attach_buffer_c> {};
template <> struct variants<MPI_Comm_detach_buffer> : counted<MPI_Comm_detach_buffer_c> {};
template <> struct variants<MPI_Session_attach_buffer> : counted<MPI_Session_attach_buffer_c> {};
template <> struct variants<MPI_Session_detach_buffer> : counted<MPI_Session_detach_buffer_c> {};

template <> struct variants<MPI_File_read_at> : counted<as_one_element<MPI_File_read_at>> {};
template <> struct variants<MPI_File_read_at_all> : counted<as_one_element<MPI_File_read_at_all>> {};
template <> struct variants<MPI_File_read> : counted<as_one_element<MPI_File_read>> {};
template <> struct variants<MPI_File_read_all> : counted<as_one_element<MPI_File_read_all>> {};
template <> struct variants<MPI_File_read_shared> : counted<as_one_element<MPI_File_read_shared>> {};
template <> struct variants<MPI_File_read_ordered> : counted<as_one_element<MPI_File_read_ordered>> {};
template <> struct variants<MPI_File_iread_at> : counted<as_one_element<MPI_File_iread_at>> {};
template <> struct variants<MPI_File_iread_at_all> : counted<as_one_element<MPI_File_iread_at_all>> {};
template <> struct variants<MPI_File_iread> : counted<as_one_element<MPI_File_iread>> {};
template <> struct variants<MPI_File_iread_all> : counted<as_one_element<MPI_File_iread_all>> {};
template <> struct variants<MPI_File_iread_shared> : counted<as_one_element<MPI_File_iread_shared>> {};
template <> struct variants<MPI_File_read_at_all_begin> : counted<as_one_element<MPI_File_read_at_all_begin>> {};
template <> struct variants<MPI_File_read_all_begin> : counted<as_one_element<MPI_File_read_all_begin>> {};
template <> struct variants<MPI_File_read_ordered_begin> : counted<as_one_element<MPI_File_read_ordered_begin>> {};
template <> struct variants<MPI_File_write_at> : counted<as_one_element<MPI_File_write_at>> {};
template <> struct variants<MPI_File_write_at_all> : counted<as_one_element<MPI_File_write_at_all>> {};
template <> struct variants<MPI_File_write> : counted<as_one_element<MPI_File_write>> {};
template <> struct variants<MPI_File_write_all> : counted<as_one_element<MPI_File_write_all>> {};
template <> struct variants<MPI_File_write_shared> : counted<as_one_element<MPI_File_write_shared>> {};
template <> struct variants<MPI_File_write_ordered> : counted<as_one_element<MPI_File_write_ordered>> {};
template <> struct variants<MPI_File_iwrite_at> : counted<as_one_element<MPI_File_iwrite_at>> {};
template <> struct variants<MPI_File_iwrite_at_all> : counted<as_one_element<MPI_File_iwrite_at_all>> {};
template <> struct variants<MPI_File_iwrite> : counted<as_one_element<MPI_File_iwrite>> {};
template <> struct variants<MPI_File_iwrite_all> : counted<as_one_element<MPI_File_iwrite_all>> {};
template <> struct variants<MPI_File_iwrite_shared> : counted<as_one_element<MPI_File_iwrite_shared>> {};
template <> struct variants<MPI_File_write_at_all_begin> : counted<as_one_element<MPI_File_write_at_all_begin>> {};
template <> struct variants<MPI_File_write_all_begin> : counted<as_one_element<MPI_File_write_all_begin>> {};
template <> struct variants<MPI_File_write_ordered_begin> : counted<as_one_element<MPI_File_write_ordered_begin>> {};

}  // namespace MPI4CXX::detail
