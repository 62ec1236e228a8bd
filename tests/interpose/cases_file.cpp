#include "../folder.hpp"
#include "case.hpp"

#include <mpi4cxx/detail/mpi/platform.hpp>

#include <vector>

namespace MPI = mpi4cxx;

TEST_CASE("A failing function of files is an Exception with name, code and place", "[interposed]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    const Folder folder(comm);
    MPI::File file = MPI::File::Open(comm, folder / "file", MPI::MODE_CREATE | MPI::MODE_RDWR);
    file.Set_size(64);
    const MPI::File same = MPI::File::borrow(file.handle());  // of which the library knows nothing: it calls MPI's split reads
    std::vector<char> memory(8);
    char* const data = memory.data();

    // clang-format off
    for (const Case& c : std::vector<Case>{
        Case("MPI_File_open", "", [&](MPI::Count) { (void)MPI::File::Open(comm, folder / "file"); }),
        Case("MPI_File_delete", "", [&](MPI::Count) { MPI::File::Delete(folder / "file"); }),
        Case("MPI_File_set_size", "", [&](MPI::Count) { file.Set_size(64); }),
        Case("MPI_File_preallocate", "", [&](MPI::Count) { file.Preallocate(64); }),
        Case("MPI_File_get_size", "", [&](MPI::Count) { (void)file.Get_size(); }),
        Case("MPI_File_get_amode", "", [&](MPI::Count) { (void)file.Get_amode(); }),
        Case("MPI_File_get_group", "", [&](MPI::Count) { (void)file.Get_group(); }),
        Case("MPI_File_set_info", "", [&](MPI::Count) { file.Set_info(MPI::INFO_NULL); }),
        Case("MPI_File_get_info", "", [&](MPI::Count) { (void)file.Get_info(); }),
        Case("MPI_File_set_view", "", [&](MPI::Count) { file.Set_view(); }),
        Case("MPI_File_get_view", "", [&](MPI::Count) { (void)file.Get_view(); }),
        Case("MPI_File_seek", "", [&](MPI::Count) { file.Seek(0); }),
        Case("MPI_File_get_position", "", [&](MPI::Count) { (void)file.Get_position(); }),
        Case("MPI_File_get_byte_offset", "", [&](MPI::Count) { (void)file.Get_byte_offset(0); }),
        Case("MPI_File_seek_shared", "", [&](MPI::Count) { file.Seek_shared(0); }),
        Case("MPI_File_get_position_shared", "", [&](MPI::Count) { (void)file.Get_position_shared(); }),
        Case("MPI_File_get_type_extent", "", [&](MPI::Count) { (void)file.Get_type_extent(MPI::INT); }),
        Case("MPI_File_set_atomicity", "", [&](MPI::Count) { file.Set_atomicity(false); }),
        Case("MPI_File_get_atomicity", "", [&](MPI::Count) { (void)file.Get_atomicity(); }),
        Case("MPI_File_sync", "", [&](MPI::Count) { file.Sync(); }),
        Case("MPI_File_create_errhandler", "", [&](MPI::Count) { (void)MPI::File::Create_errhandler([](const MPI::File&, int) {}); }),
        Case("MPI_File_get_errhandler", "", [&](MPI::Count) { (void)file.Get_errhandler(); }),
        Case("MPI_File_set_errhandler", "", [&](MPI::Count) { file.Set_errhandler(MPI::ERRORS_RETURN); }),
        Case("MPI_File_call_errhandler", "", [&](MPI::Count) { file.Call_errhandler(MPI::ERR_OTHER); }),
        Case("MPI_Register_datarep", "", [&](MPI::Count) { MPI::Register_datarep("none", {}, {}, {}); }),

        Case("MPI_File_read_at", "", [&](MPI::Count n) { file.Read_at(0, {data, n, MPI::BYTE}); }),
        Case("MPI_File_read_at_all", "", [&](MPI::Count n) { file.Read_at_all(0, {data, n, MPI::BYTE}); }),
        Case("MPI_File_read", "", [&](MPI::Count n) { file.Read({data, n, MPI::BYTE}); }),
        Case("MPI_File_read_all", "", [&](MPI::Count n) { file.Read_all({data, n, MPI::BYTE}); }),
        Case("MPI_File_read_shared", "", [&](MPI::Count n) { file.Read_shared({data, n, MPI::BYTE}); }),
        Case("MPI_File_read_ordered", "", [&](MPI::Count n) { file.Read_ordered({data, n, MPI::BYTE}); }),
        Case("MPI_File_iread_at", "", [&](MPI::Count n) { (void)file.Iread_at(0, {data, n, MPI::BYTE}); }),
        Case("MPI_File_iread_at_all", "", [&](MPI::Count n) { (void)file.Iread_at_all(0, {data, n, MPI::BYTE}); }),
        Case("MPI_File_iread", "", [&](MPI::Count n) { (void)file.Iread({data, n, MPI::BYTE}); }),
        Case("MPI_File_iread_all", "", [&](MPI::Count n) { (void)file.Iread_all({data, n, MPI::BYTE}); }),
        Case("MPI_File_iread_shared", "", [&](MPI::Count n) { (void)file.Iread_shared({data, n, MPI::BYTE}); }),
        Case("MPI_File_read_at_all_begin", "", [&](MPI::Count n) { same.Read_at_all_begin(0, {data, n, MPI::BYTE}); }),
        Case("MPI_File_read_at_all_end", "", [&](MPI::Count n) { same.Read_at_all_end({data, n, MPI::BYTE}); }),
        Case("MPI_File_read_all_begin", "", [&](MPI::Count n) { same.Read_all_begin({data, n, MPI::BYTE}); }),
        Case("MPI_File_read_all_end", "", [&](MPI::Count n) { same.Read_all_end({data, n, MPI::BYTE}); }),
        Case("MPI_File_read_ordered_begin", "", [&](MPI::Count n) { same.Read_ordered_begin({data, n, MPI::BYTE}); }),
        Case("MPI_File_read_ordered_end", "", [&](MPI::Count n) { same.Read_ordered_end({data, n, MPI::BYTE}); }),

        Case("MPI_File_write_at", "", [&](MPI::Count n) { file.Write_at(0, {data, n, MPI::BYTE}); }),
        Case("MPI_File_write_at_all", "", [&](MPI::Count n) { file.Write_at_all(0, {data, n, MPI::BYTE}); }),
        Case("MPI_File_write", "", [&](MPI::Count n) { file.Write({data, n, MPI::BYTE}); }),
        Case("MPI_File_write_all", "", [&](MPI::Count n) { file.Write_all({data, n, MPI::BYTE}); }),
        Case("MPI_File_write_shared", "", [&](MPI::Count n) { file.Write_shared({data, n, MPI::BYTE}); }),
        Case("MPI_File_write_ordered", "", [&](MPI::Count n) { file.Write_ordered({data, n, MPI::BYTE}); }),
        Case("MPI_File_iwrite_at", "", [&](MPI::Count n) { (void)file.Iwrite_at(0, {data, n, MPI::BYTE}); }),
        Case("MPI_File_iwrite_at_all", "", [&](MPI::Count n) { (void)file.Iwrite_at_all(0, {data, n, MPI::BYTE}); }),
        Case("MPI_File_iwrite", "", [&](MPI::Count n) { (void)file.Iwrite({data, n, MPI::BYTE}); }),
        Case("MPI_File_iwrite_all", "", [&](MPI::Count n) { (void)file.Iwrite_all({data, n, MPI::BYTE}); }),
        Case("MPI_File_iwrite_shared", "", [&](MPI::Count n) { (void)file.Iwrite_shared({data, n, MPI::BYTE}); }),
        Case("MPI_File_write_at_all_begin", "", [&](MPI::Count n) { file.Write_at_all_begin(0, {data, n, MPI::BYTE}); }),
        Case("MPI_File_write_at_all_end", "", [&](MPI::Count n) { same.Write_at_all_end({data, n, MPI::BYTE}); }),
        Case("MPI_File_write_all_begin", "", [&](MPI::Count n) { file.Write_all_begin({data, n, MPI::BYTE}); }),
        Case("MPI_File_write_all_end", "", [&](MPI::Count n) { same.Write_all_end({data, n, MPI::BYTE}); }),
        Case("MPI_File_write_ordered_begin", "", [&](MPI::Count n) { file.Write_ordered_begin({data, n, MPI::BYTE}); }),
        Case("MPI_File_write_ordered_end", "", [&](MPI::Count n) { same.Write_ordered_end({data, n, MPI::BYTE}); }),

        Case("MPI_File_close", "", [&](MPI::Count) { file.Close(); }),
    })
        if (c.function == "MPI_File_preallocate" && mpi4cxx::detail::preallocate_duplicates())
            covered.insert(c.function);  // never called
        else
            check(c);
    // clang-format on
    CHECK_FALSE(file.is_null());  // what could not be closed is still there
}
