// The matrix of bytes sent from rank to rank: matrix.csv and matrix.svg.
#include "trace/run.hpp"
#include "trace/text.hpp"

#include <algorithm>
#include <cmath>

namespace mpi4cxx::trace {

namespace {

constexpr int left = 70, top = 76, gap = 110, largest_cell = 56, widest = 480;

/// Returns a colour from almost white (0) to dark blue (1).
std::string colour(double share) {
    const double from[] = {239, 243, 255}, to[] = {8, 48, 107};
    int mixed[3];
    for (int i = 0; i < 3; ++i) mixed[i] = static_cast<int>(std::lround(from[i] + share * (to[i] - from[i])));
    return format("#%02x%02x%02x", mixed[0], mixed[1], mixed[2]);
}

/// One matrix: a square of cells coloured by the number of bytes.
class Panel {
public:
    Panel(const Run& run, std::int64_t Traffic::*bytes, const char* title, int x, std::FILE* file)
        : run_(run), bytes_(bytes), size_(run.ranks.size()), cell_(std::min(largest_cell, std::max(1, widest / static_cast<int>(size_)))), x_(x),
          file_(file) {
        for (const Log& log : run.ranks)
            for (const auto& [to, traffic] : log.traffic) most_ = std::max(most_, traffic.*bytes);
        std::fprintf(file_, "<text x=\"%d\" y=\"40\" class=\"title\">%s</text>\n", x_, title);
        std::fprintf(file_,
                     "<text x=\"%d\" y=\"58\">to rank</text>\n<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" transform=\"rotate(-90 %d %d)\">from "
                     "rank</text>\n",
                     x_, x_ - 40, top + width() / 2, x_ - 40, top + width() / 2);
    }

    [[nodiscard]] int width() const { return cell_ * static_cast<int>(size_); }

    void draw() const {
        std::fprintf(file_, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" class=\"frame\"/>\n", x_, top, width(), width());
        for (std::size_t from = 0; from < size_; ++from) {
            draw_rank(static_cast<int>(from));
            for (const auto& [to, traffic] : run_.ranks[from].traffic)
                if (to >= 0 && traffic.*bytes_ > 0)
                    draw_cell(static_cast<int>(from), to, traffic.*bytes_);
        }
        draw_legend();
    }

private:
    void draw_rank(int rank) const {
        const int step = std::max(1, (22 + cell_ - 1) / cell_), centre = rank * cell_ + cell_ / 2;
        if (rank % step != 0)
            return;
        std::fprintf(file_, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%d</text><text x=\"%d\" y=\"%d\" text-anchor=\"end\">%d</text>\n",
                     x_ + centre, top - 5, rank, x_ - 6, top + centre + 4, rank);
    }

    void draw_cell(int from, int to, std::int64_t bytes) const {
        const double share = static_cast<double>(bytes) / static_cast<double>(most_);
        const int x = x_ + to * cell_, y = top + from * cell_;
        std::fprintf(file_, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"><title>rank %d to rank %d: %lld bytes</title></rect>\n",
                     x, y, cell_, cell_, colour(share).c_str(), from, to, static_cast<long long>(bytes));
        if (cell_ >= 48)
            std::fprintf(file_, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" class=\"small\" style=\"fill:%s\">%s</text>\n", x + cell_ / 2,
                         y + cell_ / 2 + 4, share > 0.5 ? "#ffffff" : "#222222", amount(static_cast<double>(bytes)).c_str());
    }

    void draw_legend() const {
        constexpr int steps = 32, bar = 160;
        const int y = top + width() + 22;
        for (int i = 0; i < steps; ++i)
            std::fprintf(file_, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"10\" fill=\"%s\"/>\n", x_ + i * bar / steps, y, bar / steps,
                         colour(i / (steps - 1.0)).c_str());
        std::fprintf(file_, "<text x=\"%d\" y=\"%d\">0 B</text><text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n", x_, y + 25, x_ + bar, y + 25,
                     amount(static_cast<double>(most_)).c_str());
    }

    const Run& run_;
    std::int64_t Traffic::*bytes_;
    std::size_t size_;
    int cell_, x_;
    std::FILE* file_;
    std::int64_t most_ = 0;
};

}  // namespace

void write_matrix_table(const Run& run, const std::string& path) {
    const TextFile file = create(path);
    if (file == nullptr)
        return;
    std::fputs("from,to,messages,bytes,collective_bytes,window_bytes\n", file.get());
    for (const Log& log : run.ranks)
        for (const auto& [to, traffic] : log.traffic)
            if (to >= 0)
                std::fprintf(file.get(), "%d,%d,%lld,%lld,%lld,%lld\n", log.rank, to, static_cast<long long>(traffic.messages),
                             static_cast<long long>(traffic.bytes), static_cast<long long>(traffic.collective_bytes),
                             static_cast<long long>(traffic.window_bytes));
}

void write_matrix_picture(const Run& run, const std::string& path) {
    const TextFile file = create(path);
    if (file == nullptr)
        return;
    const int panel =
        std::max(180, std::min(largest_cell, std::max(1, widest / static_cast<int>(run.ranks.size()))) * static_cast<int>(run.ranks.size()));
    std::fprintf(file.get(),
                 "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"12\">\n"
                 "<style>text{fill:#222222}.title{font-size:14px;font-weight:bold}.small{font-size:11px}.frame{fill:none;stroke:#999999}"
                 "</style>\n"
                 "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n<text x=\"%d\" y=\"18\">%s: bytes from rank to rank</text>\n",
                 left + 3 * panel + 2 * gap + 30, top + panel + 60, left, escaped(run.program).c_str());
    Panel(run, &Traffic::bytes, "point to point", left, file.get()).draw();
    Panel(run, &Traffic::collective_bytes, "collectives", left + panel + gap, file.get()).draw();
    Panel(run, &Traffic::window_bytes, "one-sided", left + 2 * (panel + gap), file.get()).draw();
    std::fputs("</svg>\n", file.get());
}

}  // namespace mpi4cxx::trace
