// Write a field into one HDF5 file, each rank its rows, and read all of it on every rank: HDF5 works on the communicator's raw handle.
//     with h5py.File('field.h5', 'w', driver='mpio', comm=comm) as file:
//         file.create_dataset('field', (rows, columns), dtype='d')[rank * own:(rank + 1) * own] = part
#include <hdf5.h>
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;

namespace {
hid_t check(hid_t result) {
    if (result < 0)
        throw std::runtime_error("a call of HDF5 fails");
    return result;
}

constexpr hsize_t own = 3, columns = 5;

void write(const MPI::Intracomm& comm, const std::string& path, const std::vector<double>& part) {
    const auto rank = static_cast<hsize_t>(comm.Get_rank()), size = static_cast<hsize_t>(comm.Get_size());
    const hid_t access = check(H5Pcreate(H5P_FILE_ACCESS));
    check(H5Pset_fapl_mpio(access, comm.handle(), MPI_INFO_NULL));  // HDF5 duplicates the communicator
    const hid_t file = check(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access));
    const hsize_t shape[] = {own * size, columns}, start[] = {own * rank, 0}, count[] = {own, columns};
    const hid_t space = check(H5Screate_simple(2, shape, nullptr)), memory = check(H5Screate_simple(2, count, nullptr));
    const hid_t data = check(H5Dcreate2(file, "field", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    check(H5Sselect_hyperslab(space, H5S_SELECT_SET, start, nullptr, count, nullptr));
    const hid_t together = check(H5Pcreate(H5P_DATASET_XFER));
    check(H5Pset_dxpl_mpio(together, H5FD_MPIO_COLLECTIVE));
    check(H5Dwrite(data, H5T_NATIVE_DOUBLE, memory, space, together, part.data()));
    for (const auto& [close, id] :
         {std::pair{&H5Pclose, together}, {&H5Dclose, data}, {&H5Sclose, memory}, {&H5Sclose, space}, {&H5Fclose, file}, {&H5Pclose, access}})
        check(close(id));
}

std::vector<double> read(const MPI::Intracomm& comm, const std::string& path) {
    const hid_t access = check(H5Pcreate(H5P_FILE_ACCESS));
    check(H5Pset_fapl_mpio(access, comm.handle(), MPI_INFO_NULL));
    const hid_t file = check(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access)), data = check(H5Dopen2(file, "field", H5P_DEFAULT));
    std::vector<double> whole(own * columns * static_cast<hsize_t>(comm.Get_size()));
    check(H5Dread(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, whole.data()));
    for (const auto& [close, id] : {std::pair{&H5Dclose, data}, {&H5Fclose, file}, {&H5Pclose, access}}) check(close(id));
    return whole;
}
}  // namespace

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm comm = MPI::COMM_WORLD.Dup();
    std::vector<double> part(own * columns, comm.Get_rank());
    write(comm, "field.h5", part);
    const std::vector<double> whole = read(comm, "field.h5");
    if (whole != comm.Allgatherv(part))
        throw std::runtime_error("not the field that was written");
    comm.Barrier();
    if (comm.Get_rank() == 0) {
        std::printf("%zu numbers of %d ranks in one file\n", whole.size(), comm.Get_size());
        std::filesystem::remove("field.h5");
    }
}
