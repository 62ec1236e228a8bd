// The Mandelbrot set by blocks of rows, by cyclic rows, and by a master that hands rows to whoever is free
//     comm.Gatherv(part, [parts, counts, displs, MPI.FLOAT], root=0)
//     orders[w] = comm.Isend(row[w], dest=w); answers[w] = comm.Irecv(picture[row[w]], source=w)
//     w = MPI.Request.Waitany(answers)
//     busy = comm.gather(busy, root=0)
// Writes mandelbrot.png, and mandelbrot-busy.svg: how long each rank computes. Arguments: WIDTH HEIGHT ITERATIONS
#include <mpi4cxx/mpi4cxx.hpp>

#include <png.h>
#include <time.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdio>
#include <fstream>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;

using Picture = std::vector<float>;  // row after row: the iteration at which a point escapes, 0 where it never does

/// The iteration, less a fraction for how far the point has got by then: without it, colours would have edges.
static float escape(std::complex<double> c, int iterations) {
    std::complex<double> z;
    for (int n = 1; n <= iterations; ++n) {
        z = z * z + c;
        if (std::norm(z) > 0x1p16)
            return static_cast<float>(n - std::log2(std::log2(std::norm(z)) / 16));
    }
    return 0;
}

/// Seconds that this thread has had a core. Those on the wall would tell as much about the other ranks on the same core.
static double core_time() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

struct Painter {
    std::size_t width, height;
    int iterations;
    double busy = 0;

    std::span<float> row(Picture& picture, std::size_t i) const { return std::span(picture).subspan(i * width, width); }
    void paint(std::size_t i, std::span<float> pixels) {
        const double start = core_time(), step = 2.7 / static_cast<double>(width);
        const double imag = 0.38 + step * (static_cast<double>(height) / 2 - static_cast<double>(i));
        for (std::size_t j = 0; j < width; ++j) pixels[j] = escape({step * static_cast<double>(j) - 2, imag}, iterations);
        busy += core_time() - start;
    }
};

/// Every rank paints the rows that have it as `owner(row)`, however long that takes. The picture is the root's.
template <class Function> static Picture fixed(const MPI::Intracomm& comm, Painter& painter, Function owner) {
    const auto rank = static_cast<std::size_t>(comm.Get_rank()), size = static_cast<std::size_t>(comm.Get_size());
    std::vector<std::vector<std::size_t>> rows(size);  // of each rank
    std::vector<std::size_t> counts(size);             // of its pixels
    for (std::size_t row = 0; row < painter.height; ++row) {
        rows[owner(row)].push_back(row);
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

/// Gives every worker a row, and the next one when it has answered; row `height` says that there are no more.
static Picture lead(const MPI::Intracomm& comm, const Painter& painter) {
    const auto workers = static_cast<std::size_t>(comm.Get_size()) - 1;
    Picture picture(painter.width * painter.height);
    std::vector<std::size_t> row(workers);
    std::vector<MPI::Request> orders(workers), answers(workers);
    std::size_t next = 0;
    const auto order = [&](std::size_t w) {
        const int rank = static_cast<int>(w) + 1;
        orders[w].Wait();  // the order that has been answered: now its row may be overwritten
        row[w] = std::min(next++, painter.height);
        if (row[w] < painter.height)
            answers[w] = comm.Irecv(painter.row(picture, row[w]), rank);
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

/// From blue, far away, over white and fire to the black of the set.
static void write_png(const char* path, const Painter& painter, const Picture& picture) {
    static constexpr double stops[][3] = {{6, 14, 50}, {22, 84, 175}, {150, 205, 245}, {255, 250, 230}, {255, 175, 20}, {150, 35, 0}, {0, 0, 0}};
    std::vector<png_byte> bytes;
    for (const float pixel : picture) {
        const double place = pixel > 0 ? std::clamp(0.85 * std::log2(pixel) - 1.5, 0.0, 5.99) : 5.99;
        const auto i = static_cast<std::size_t>(place);
        for (int rgb = 0; rgb < 3; ++rgb)
            bytes.push_back(static_cast<png_byte>(std::lerp(stops[i][rgb], stops[i + 1][rgb], place - static_cast<double>(i))));
    }
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.format = PNG_FORMAT_RGB;
    image.width = static_cast<png_uint_32>(painter.width);
    image.height = static_cast<png_uint_32>(painter.height);
    if (png_image_write_to_file(&image, path, 0, bytes.data(), 0, nullptr) == 0)
        throw std::runtime_error(std::string(path) + ": " + image.message);
}

/// How busy the ranks were in one of the decompositions.
struct Load {
    const char* name;
    std::vector<double> busy;
    bool has_master;  // which does not compute

    double max() const { return *std::ranges::max_element(busy); }
    double mean() const { return std::accumulate(busy.begin(), busy.end(), 0.0) / static_cast<double>(busy.size() - (has_master ? 1 : 0)); }
    std::string imbalance() const { return "max/mean " + std::to_string(max() / mean()).substr(0, 4); }
};

/// A group of bars for each decomposition.
static void write_svg(const char* path, const std::vector<Load>& loads) {
    const auto ranks = static_cast<double>(loads[0].busy.size());
    const double pitch = std::max(24.0, 200 / ranks), bar = std::min(40.0, 0.8 * pitch), group = ranks * pitch + 40;
    const double left = 80, bottom = 300, height = 240, width = static_cast<double>(loads.size()) * group;
    const double top = std::ranges::max(loads, {}, &Load::max).max(), power = std::pow(10, std::floor(std::log10(top)));
    const double tick = power / (top < 2 * power ? 5 : top < 5 * power ? 2 : 1), scale = height / (tick * std::ceil(top / tick));

    std::ofstream svg(path);
    const auto text = [&](double x, double y, const auto& what, const char* style = "text-anchor='middle'") {
        svg << "<text x='" << x << "' y='" << y << "' " << style << ">" << what << "</text>\n";
    };
    const auto line = [&](double x, double value, double length, const char* style) {
        svg << "<path d='M " << x << " " << bottom - value * scale << " h " << length << "' " << style << "/>\n";
    };
    svg << "<svg xmlns='http://www.w3.org/2000/svg' width='" << left + width + 20 << "' height='380' font-family='sans-serif' fill='#333'>\n"
        << "<rect width='100%' height='100%' fill='white'/>\n";
    text(left, 30, "Busy time of each rank, and (dashed) the mean of those that compute", "font-weight='bold'");
    text(0, 0, "core time [s]", "text-anchor='middle' transform='translate(24 180) rotate(-90)'");
    text(left - 8, bottom + 22, "rank", "text-anchor='end'");
    for (double value = 0; value * scale < height + 1; value += tick) {
        line(left, value, width, "stroke='#ddd'");
        text(left - 8, bottom - value * scale + 5, value, "text-anchor='end'");
    }
    double x = left + 20;
    for (const Load& load : loads) {
        const double middle = x + ranks * pitch / 2, first = load.has_master ? pitch : 0;
        for (std::size_t rank = 0; rank < load.busy.size(); ++rank) {
            const double center = x + (static_cast<double>(rank) + 0.5) * pitch, tall = load.busy[rank] * scale;
            svg << "<rect x='" << center - bar / 2 << "' y='" << bottom - tall << "' width='" << bar << "' height='" << tall
                << "' fill='#2a6fb5'/>\n";
            text(center, bottom + 22, rank);
        }
        line(x + first, load.mean(), ranks * pitch - first, "stroke='#e07b00' stroke-width='2' stroke-dasharray='6 4'");
        text(middle, bottom + 46, load.name, "text-anchor='middle' font-weight='bold'");
        text(middle, bottom + 66, load.imbalance());
        x += group;
    }
    svg << "</svg>\n";
    if (!svg.flush())
        throw std::runtime_error(std::string("cannot write ") + path);
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
        loads.push_back({name, comm.gather(std::exchange(painter.busy, 0), 0), has_master});
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
    for (const Load& load : loads) {
        table += load.name + std::string(18 - std::string(load.name).size(), ' ');
        for (const double busy : load.busy) table += std::to_string(busy).substr(0, 5) + "  ";
        table += load.imbalance() + "\n";
    }
    std::fputs(table.c_str(), stdout);
    write_png("mandelbrot.png", painter, picture);
    write_svg("mandelbrot-busy.svg", loads);
}
