// The large-count variants of the functions that read and write files.
#include <mpi4cxx/detail/mpi/function_variants.hpp>

#include "mpi/temporary_datatype.hpp"

namespace MPI4CXX::detail {

/// Calls `transfer` with a datatype that holds `count` elements. A file function that has begun goes on when its datatype is freed.
template <class F> static int with_one_element(MPI_Count count, MPI_Datatype type, F transfer) {
    Temporary all;
    return in_order([&] { return MPI_Type_contiguous_c(count, type, &all); }, [&] { return MPI_Type_commit(&all); }, [&] { return transfer(all); });
}

template <auto Fn, class Address, class... P>
int AsOneElement<Fn, int (*)(MPI_File, Address*, int, MPI_Datatype, P...)>::call(MPI_File file, Address* buf, MPI_Count count, MPI_Datatype type,
                                                                                 P... rest) {
    return with_one_element(count, type, [&](MPI_Datatype all) { return Fn(file, buf, 1, all, rest...); });
}

template <auto Fn, class Address, class... P>
int AsOneElement<Fn, int (*)(MPI_File, MPI_Offset, Address*, int, MPI_Datatype, P...)>::call(MPI_File file, MPI_Offset offset, Address* buf,
                                                                                             MPI_Count count, MPI_Datatype type, P... rest) {
    return with_one_element(count, type, [&](MPI_Datatype all) { return Fn(file, offset, buf, 1, all, rest...); });
}

template struct AsOneElement<MPI_File_read_at>;
template struct AsOneElement<MPI_File_read_at_all>;
template struct AsOneElement<MPI_File_read>;
template struct AsOneElement<MPI_File_read_all>;
template struct AsOneElement<MPI_File_read_shared>;
template struct AsOneElement<MPI_File_read_ordered>;
template struct AsOneElement<MPI_File_iread_at>;
template struct AsOneElement<MPI_File_iread_at_all>;
template struct AsOneElement<MPI_File_iread>;
template struct AsOneElement<MPI_File_iread_all>;
template struct AsOneElement<MPI_File_iread_shared>;
template struct AsOneElement<MPI_File_read_at_all_begin>;
template struct AsOneElement<MPI_File_read_all_begin>;
template struct AsOneElement<MPI_File_read_ordered_begin>;
template struct AsOneElement<MPI_File_write_at>;
template struct AsOneElement<MPI_File_write_at_all>;
template struct AsOneElement<MPI_File_write>;
template struct AsOneElement<MPI_File_write_all>;
template struct AsOneElement<MPI_File_write_shared>;
template struct AsOneElement<MPI_File_write_ordered>;
template struct AsOneElement<MPI_File_iwrite_at>;
template struct AsOneElement<MPI_File_iwrite_at_all>;
template struct AsOneElement<MPI_File_iwrite>;
template struct AsOneElement<MPI_File_iwrite_all>;
template struct AsOneElement<MPI_File_iwrite_shared>;
template struct AsOneElement<MPI_File_write_at_all_begin>;
template struct AsOneElement<MPI_File_write_all_begin>;
template struct AsOneElement<MPI_File_write_ordered_begin>;

}  // namespace MPI4CXX::detail
