// The Mandelbrot set and a Julia set, a row a task
//     with MPIPoolExecutor() as executor:
//         image = list(executor.map(mandelbrot_row, range(height)))
// Writes pool-mandelbrot.pgm and pool-julia.pgm. Arguments: WIDTH HEIGHT
#include <mpi4cxx/futures.hpp>
#include <mpi4cxx/mpi4cxx.hpp>

#include <complex>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

using Complex = std::complex<double>;
using Row = std::vector<unsigned char>;

/// How soon z → z² + c leaves the circle of radius 2; white where it never does.
static unsigned char shade(Complex z, Complex c) {
    for (int n = 0; n < 255; ++n, z = z * z + c)
        if (std::norm(z) > 4)
            return static_cast<unsigned char>(n);
    return 255;
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const int width = argc > 1 ? std::atoi(argv[1]) : 480, height = argc > 2 ? std::atoi(argv[2]) : 320;
    MPI::futures::MPIPoolExecutor executor;

    // The values that a lambda captures are sent with it.
    const auto mandelbrot = [width, height](int y) {
        Row row;
        for (int x = 0; x < width; ++x) row.push_back(shade(0, {3.0 * x / width - 2.2, 2.4 * y / height - 1.2}));
        return row;
    };
    const auto julia = [width, height](int y) {
        Row row;
        for (int x = 0; x < width; ++x) row.push_back(shade({3.6 * x / width - 1.8, 2.4 * y / height - 1.2}, {-0.8, 0.156}));
        return row;
    };
    std::vector<int> rows(static_cast<std::size_t>(height));
    std::iota(rows.begin(), rows.end(), 0);
    const auto write = [&](const std::string& path, auto picture) {
        std::ofstream file(path, std::ios::binary);
        file << "P5\n" << width << " " << height << "\n255\n";
        for (const Row& row : picture) file.write(reinterpret_cast<const char*>(row.data()), width);
        if (!file.flush())
            throw std::runtime_error("cannot write " + path);
        std::printf("%s\n", path.c_str());
    };
    write("pool-mandelbrot.pgm", executor.map(mandelbrot, rows));  // written row by row, while others are computed
    write("pool-julia.pgm", executor.map(julia, rows));
}
