// The Mandelbrot set by blocks of rows, by cyclic rows, and by a master that hands rows to whoever is free
//     comm.Gatherv(part, [parts, counts, displs, MPI.FLOAT], root=0)
//     orders[w] = comm.Isend(row[w], dest=w); answers[w] = comm.Irecv(picture[row[w]], source=w)
//     w = MPI.Request.Waitany(answers)
//     busy = comm.gather(busy, root=0)
// Writes mandelbrot.png, mandelbrot-ranks.png: who painted which rows, and mandelbrot-busy.svg: how long each rank computes.
// Arguments: WIDTH HEIGHT ITERATIONS
#include <mpi4cxx/mpi4cxx.hpp>

#include <time.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdio>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "image.hpp"
#include "plot.hpp"

namespace MPI = mpi4cxx;

using Picture = std::vector<float>;  // row after row: the iteration at which a point escapes, 0 where it never does

/// The iteration at which a point escapes, minus a fraction for how far the point has got by then. Without the fraction, colours would have edges.
static float escape(std::complex<double> c, int iterations) {
    std::complex<double> z;
    for (int n = 1; n <= iterations; ++n) {
        z = z * z + c;
        if (std::norm(z) > 0x1p16)
            return static_cast<float>(n - std::log2(std::log2(std::norm(z)) / 16));
    }
    return 0;
}

/// The seconds for which this thread has had a core. Seconds on the wall clock would depend on the other ranks on the same core too.
static double core_time() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

struct Painter {
    std::size_t width, height;
    int iterations;
    double busy = 0;
    std::vector<int> owners = std::vector<int>(height);  // of the rows, on the root

    std::span<float> row(Picture& picture, std::size_t i) const { return std::span(picture).subspan(i * width, width); }
    void paint(std::size_t i, std::span<float> pixels) {
        const double start = core_time(), step = 2.7 / static_cast<double>(width);
        const double imag = 0.38 + step * (static_cast<double>(height) / 2 - static_cast<double>(i));
        for (std::size_t j = 0; j < width; ++j) pixels[j] = escape({step * static_cast<double>(j) - 2, imag}, iterations);
        busy += core_time() - start;
    }
};

/// Every rank paints the rows whose `owner(row)` it is, however long that takes. The root gets the picture.
template <class Function> static Picture fixed(const MPI::Intracomm& comm, Painter& painter, Function owner) {
    const auto rank = static_cast<std::size_t>(comm.Get_rank()), size = static_cast<std::size_t>(comm.Get_size());
    std::vector<std::vector<std::size_t>> rows(size);  // of each rank
    std::vector<std::size_t> counts(size);             // of its pixels
    for (std::size_t row = 0; row < painter.height; ++row) {
        rows[owner(row)].push_back(row);
        painter.owners[row] = static_cast<int>(owner(row));
        counts[owner(row)] += painter.width;
    }
    Picture part(rows[rank].size() * painter.width), parts(rank == 0 ? painter.width * painter.height : 0), picture(parts.size());
    for (std::size_t i = 0; i < rows[rank].size(); ++i) painter.paint(rows[rank][i], painter.row(part, i));
    comm.Gatherv(part, {parts, counts}, 0);
    std::size_t next = 0;
    for (const auto& theirs : rows)
        for (const std::size_t row : theirs)
            if (rank == 0)
                std::ranges::copy(painter.row(parts, next++), painter.row(picture, row).begin());
    return picture;
}

/// Gives every worker a row, and the next row when the worker has answered. Row `height` says that there are no more.
static Picture lead(const MPI::Intracomm& comm, Painter& painter) {
    const auto workers = static_cast<std::size_t>(comm.Get_size()) - 1;
    Picture picture(painter.width * painter.height);
    std::vector<std::size_t> row(workers);
    std::vector<MPI::Request> orders(workers), answers(workers);
    std::size_t next = 0;
    const auto order = [&](std::size_t w) {
        const int rank = static_cast<int>(w) + 1;
        orders[w].Wait();  // the order that has been answered: now its row may be overwritten
        row[w] = std::min(next++, painter.height);
        if (row[w] < painter.height) {
            answers[w] = comm.Irecv(painter.row(picture, row[w]), rank);
            painter.owners[row[w]] = rank;
        }
        orders[w] = comm.Isend(row[w], rank);
    };
    for (std::size_t w = 0; w < workers; ++w) order(w);
    for (int w = 0; (w = MPI::Request::Waitany(answers)) != MPI::UNDEFINED;) order(static_cast<std::size_t>(w));
    MPI::Request::Waitall(orders);
    return picture;
}

static Picture on_demand(const MPI::Intracomm& comm, Painter& painter) {
    if (comm.Get_size() == 1)
        return fixed(comm, painter, [](std::size_t) { return std::size_t{0}; });
    if (comm.Get_rank() == 0)
        return lead(comm, painter);
    Picture pixels(painter.width);
    std::size_t row = 0;
    for (comm.Recv(row, 0); row < painter.height; comm.Recv(row, 0)) {
        painter.paint(row, pixels);
        comm.Send(pixels, 0);
    }
    return {};
}

/// Who painted which row in one of the decompositions, and how busy the ranks were.
struct Load {
    const char* name;
    std::vector<double> busy;
    std::vector<int> owners;
    bool has_master;  // which does not compute
};

/// From blue, far away, over white and fire to the black of the set.
static image::Colour colour(float iteration) {
    static constexpr image::Colour stops[] = {{6, 14, 50}, {22, 84, 175}, {150, 205, 245}, {255, 250, 230}, {255, 175, 20}, {150, 35, 0}, {0, 0, 0}};
    return image::ramp(stops, iteration > 0 ? (0.85 * std::log2(iteration) - 1.5) / 6 : 1);
}

static void write_picture(const char* path, const Painter& painter, const Picture& picture) {
    image::Image png(painter.width, painter.height);
    for (std::size_t i = 0; i < picture.size(); ++i) png.set(i % painter.width, i / painter.width, colour(picture[i]));
    png.write(path);
}

/// The picture once for each decomposition, in the colours of the ranks that painted the rows.
static void write_ranks(const char* path, const Painter& painter, const Picture& picture, const std::vector<Load>& loads) {
    static constexpr image::Colour hues[] = {{230, 80, 60},  {60, 130, 220}, {70, 170, 80},   {240, 180, 40},
                                             {150, 90, 190}, {60, 180, 190}, {230, 130, 180}, {140, 110, 80}};
    const std::size_t width = painter.width, gap = 8;
    image::Image png(loads.size() * (width + gap) - gap, painter.height);
    for (std::size_t k = 0; k < loads.size(); ++k)
        for (std::size_t i = 0; i < picture.size(); ++i) {
            const std::size_t row = i / width, hue = static_cast<std::size_t>(loads[k].owners[row]) % std::size(hues);
            png.set(k * (width + gap) + i % width, row, image::mix(colour(picture[i]), hues[hue], 0.6));
        }
    png.write(path);
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const auto argument = [&](int i, int otherwise) { return argc > i ? std::stoi(argv[i]) : otherwise; };
    const int width = argument(1, 900), height = argument(2, 600), iterations = argument(3, 1000);
    if (width < 1 || height < 1 || iterations < 1)
        throw std::invalid_argument("width, height and iterations must be positive");
    Painter painter{static_cast<std::size_t>(width), static_cast<std::size_t>(height), iterations};

    std::vector<Load> loads;
    Picture picture;
    const auto record = [&](const char* name, bool has_master, const Picture& result) {
        loads.push_back({name, comm.gather(std::exchange(painter.busy, 0), 0), painter.owners, has_master});
        if (loads.size() == 1)
            picture = result;
        if (result != picture)
            throw std::runtime_error(std::string(name) + " make another picture");
    };
    const auto size = static_cast<std::size_t>(comm.Get_size());
    record("blocks of rows", false, fixed(comm, painter, [&](std::size_t row) { return row * size / painter.height; }));
    record("cyclic rows", false, fixed(comm, painter, [&](std::size_t row) { return row % size; }));
    record(size > 1 ? "rows from rank 0" : "rows on demand", size > 1, on_demand(comm, painter));
    if (comm.Get_rank() != 0)
        return 0;

    std::string table = "busy time of each rank [s]\n";
    std::vector<plot::Group> groups;
    for (const Load& load : loads) {
        plot::Group& group = groups.emplace_back(plot::Group{load.name, {}, load.busy, load.has_master ? 1U : 0U});
        group.note = "max/mean " + std::to_string(*std::ranges::max_element(load.busy) / group.mean()).substr(0, 4);
        table += load.name + std::string(18 - std::string(load.name).size(), ' ');
        for (const double busy : load.busy) table += std::to_string(busy).substr(0, 5) + "  ";
        table += group.note + "\n";
    }
    std::fputs(table.c_str(), stdout);
    write_picture("mandelbrot.png", painter, picture);
    write_ranks("mandelbrot-ranks.png", painter, picture, loads);
    plot::bars("mandelbrot-busy.svg", "Busy time of each rank, and (dashed) the mean of those that compute", "core time [s]", groups);
}
