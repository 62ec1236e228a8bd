// Stand-ins for the large-count functions of datatypes and packing, for an MPI-3. The other stand-ins are in large_count.hpp.
#pragma once

#include <mpi4cxx/detail/mpi/large_count.hpp>

#if MPI_VERSION < 4

namespace MPI4CXX::detail {

MPI4CXX_API int hstrided(MPI_Count count, MPI_Count blocklength, MPI_Aint step, MPI_Datatype element, MPI_Datatype* result);
MPI4CXX_API int structure(MPI_Count n, const MPI_Count* lengths, const MPI_Aint* displs, const MPI_Datatype* types, MPI_Datatype* result);
MPI4CXX_API int hindexed(MPI_Count n, const MPI_Count* lengths, const MPI_Aint* displs, MPI_Datatype element, MPI_Datatype* result);
MPI4CXX_API int hindexed_block(MPI_Count n, MPI_Count length, const MPI_Aint* displs, MPI_Datatype element, MPI_Datatype* result);
MPI4CXX_API int indexed(MPI_Count n, const MPI_Count* lengths, const MPI_Count* displs, MPI_Datatype element, MPI_Datatype* result);
MPI4CXX_API int indexed_block(MPI_Count n, MPI_Count length, const MPI_Count* displs, MPI_Datatype element, MPI_Datatype* result);
MPI4CXX_API int subarray(int ndims, const MPI_Count* sizes, const MPI_Count* subsizes, const MPI_Count* starts, int order, MPI_Datatype element,
                         MPI_Datatype* result);
MPI4CXX_API int darray(int size, int rank, int ndims, const MPI_Count* gsizes, const int* distribs, const int* dargs, const int* psizes, int order,
                       MPI_Datatype element, MPI_Datatype* result);
MPI4CXX_API int get_envelope(MPI_Datatype type, MPI_Count* integers, MPI_Count* addresses, MPI_Count* large, MPI_Count* types, int* combiner);
MPI4CXX_API int get_contents(MPI_Datatype type, MPI_Count integers, MPI_Count addresses, MPI_Count, MPI_Count types, int* i, MPI_Aint* a, MPI_Count*,
                             MPI_Datatype* t);
MPI4CXX_API int large_pack_size(MPI_Count count, MPI_Datatype type, MPI_Comm comm, MPI_Count* size);
MPI4CXX_API int large_pack(const void* in, MPI_Count count, MPI_Datatype type, void* out, MPI_Count size, MPI_Count* position, MPI_Comm comm);
MPI4CXX_API int large_unpack(const void* in, MPI_Count size, MPI_Count* position, void* out, MPI_Count count, MPI_Datatype type, MPI_Comm comm);
MPI4CXX_API int large_pack_external(const char* datarep, const void* in, MPI_Count count, MPI_Datatype type, void* out, MPI_Aint size,
                                    MPI_Aint* position);
MPI4CXX_API int large_unpack_external(const char* datarep, const void* in, MPI_Aint size, MPI_Aint* position, void* out, MPI_Count count,
                                      MPI_Datatype type);
MPI4CXX_API int large_pack_external_size(const char* datarep, MPI_Count count, MPI_Datatype type, MPI_Aint* size);

inline constexpr auto MPI_Type_contiguous_c = contiguous;
inline constexpr auto MPI_Type_vector_c = strided;
inline constexpr auto MPI_Type_create_hvector_c = hstrided;
inline constexpr auto MPI_Type_indexed_c = indexed;
inline constexpr auto MPI_Type_create_hindexed_c = hindexed;
inline constexpr auto MPI_Type_create_indexed_block_c = indexed_block;
inline constexpr auto MPI_Type_create_hindexed_block_c = hindexed_block;
inline constexpr auto MPI_Type_create_struct_c = structure;
inline constexpr auto MPI_Type_create_subarray_c = subarray;
inline constexpr auto MPI_Type_create_darray_c = darray;
inline constexpr auto MPI_Type_get_envelope_c = get_envelope;
inline constexpr auto MPI_Type_get_contents_c = get_contents;
inline constexpr auto MPI_Pack_c = large_pack;
inline constexpr auto MPI_Unpack_c = large_unpack;
inline constexpr auto MPI_Pack_size_c = large_pack_size;
inline constexpr auto MPI_Pack_external_c = large_pack_external;
inline constexpr auto MPI_Unpack_external_c = large_unpack_external;
inline constexpr auto MPI_Pack_external_size_c = large_pack_external_size;

}  // namespace MPI4CXX::detail

#endif
