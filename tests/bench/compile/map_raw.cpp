// Packed and unpacked by hand: the length of each key, its characters, the value.
#include <mpi.h>

#include <cstdio>
#include <cstring>
#include <map>
#include <string>
#include <vector>

int main(int argc, char** argv) {
    MPI_Init(&argc, &argv);
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    std::map<std::string, double> map;
    std::vector<char> bytes;
    if (rank == 0) {
        map = {{"a", 1}, {"b", 2}};
        const auto append = [&](const void* from, std::size_t size) {
            bytes.insert(bytes.end(), static_cast<const char*>(from), static_cast<const char*>(from) + size);
        };
        for (const auto& [key, value] : map) {
            const std::size_t length = key.size();
            append(&length, sizeof length);
            append(key.data(), length);
            append(&value, sizeof value);
        }
        MPI_Send(bytes.data(), static_cast<int>(bytes.size()), MPI_BYTE, 1, 0, MPI_COMM_WORLD);
    }
    if (rank == 1) {
        MPI_Status status;
        int size = 0;
        MPI_Probe(0, 0, MPI_COMM_WORLD, &status);
        MPI_Get_count(&status, MPI_BYTE, &size);
        bytes.resize(static_cast<std::size_t>(size));
        MPI_Recv(bytes.data(), size, MPI_BYTE, 0, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        for (const char* at = bytes.data(); at != bytes.data() + size;) {
            std::size_t length = 0;
            double value = 0;
            std::memcpy(&length, at, sizeof length);
            const std::string key(at + sizeof length, length);
            at += sizeof length + length;
            std::memcpy(&value, at, sizeof value);
            at += sizeof value;
            map[key] = value;
        }
    }
    std::printf("%g\n", map["b"]);
    MPI_Finalize();
}
