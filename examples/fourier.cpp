// Differentiate a periodic field by Fourier transforms: FFTW distributes the rows over a communicator of ours, and we reduce the error.
// mpi4py: mpi4py_fft.PFFT(comm, [n, n])
#include <mpi4cxx/mpi4cxx.hpp>

#include <fftw3-mpi.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdio>
#include <memory>
#include <numbers>
#include <stdexcept>

namespace MPI = mpi4cxx;

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    fftw_mpi_init();
    {
        const MPI::Intracomm half = MPI::COMM_WORLD.Split(MPI::COMM_WORLD.Get_rank() % 2);  // each half works for itself
        constexpr std::ptrdiff_t n = 32;
        std::ptrdiff_t rows = 0, first = 0;
        const std::ptrdiff_t length = fftw_mpi_local_size_2d(n, n, half.handle(), &rows, &first);
        const std::unique_ptr<fftw_complex[], decltype(&fftw_free)> memory(fftw_alloc_complex(static_cast<std::size_t>(length)), fftw_free);
        auto* field = reinterpret_cast<std::complex<double>*>(memory.get());
        fftw_plan forward = fftw_mpi_plan_dft_2d(n, n, memory.get(), memory.get(), half.handle(), FFTW_FORWARD, FFTW_ESTIMATE);
        fftw_plan backward = fftw_mpi_plan_dft_2d(n, n, memory.get(), memory.get(), half.handle(), FFTW_BACKWARD, FFTW_ESTIMATE);

        const auto x = [&](std::ptrdiff_t i) { return 2 * std::numbers::pi / n * static_cast<double>(i); };
        for (std::ptrdiff_t i = 0; i < rows; ++i)
            for (std::ptrdiff_t j = 0; j < n; ++j) field[i * n + j] = std::sin(x(first + i)) * std::cos(3 * x(j));
        fftw_execute(forward);
        for (std::ptrdiff_t i = 0; i < rows; ++i)
            for (std::ptrdiff_t j = 0; j < n; ++j) {
                const std::ptrdiff_t wave = j < n / 2 ? j : j == n / 2 ? 0 : j - n;
                field[i * n + j] *= std::complex<double>(0, static_cast<double>(wave)) / static_cast<double>(n * n);
            }
        fftw_execute(backward);
        double error = 0;
        for (std::ptrdiff_t i = 0; i < rows; ++i)
            for (std::ptrdiff_t j = 0; j < n; ++j)
                error = std::max(error, std::abs(field[i * n + j] + 3 * std::sin(x(first + i)) * std::sin(3 * x(j))));
        error = half.allreduce(error, MPI::MAX);
        fftw_destroy_plan(forward);
        fftw_destroy_plan(backward);
        if (half.Get_rank() == 0)
            std::printf("%d ranks, error %.1e\n", half.Get_size(), error);
        if (!(error < 1e-12))
            throw std::runtime_error("not the derivative");
    }
    fftw_mpi_cleanup();
}
