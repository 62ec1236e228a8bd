// Draws plots as SVG: bars in groups, and lines over linear or logarithmic axes
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace plot {

/// What a scale says, and whether each step of it multiplies by ten.
struct Axis {
    std::string name;
    bool logarithmic = false;
};
struct Line {
    std::string name;
    std::vector<double> x, y;
};
/// A bar for each rank; the dashed mean leaves out the first `idle` of them.
struct Group {
    std::string name, note;
    std::vector<double> bars;
    std::size_t idle = 0;
    double mean() const;
};

inline double Group::mean() const {
    double sum = 0;
    for (const double bar : bars) sum += bar;
    return sum / static_cast<double>(bars.size() - idle);
}

/// From values to places in the drawing, and the values that are worth a mark.
class Scale {
public:
    Scale(double least, double most, bool logarithmic, double from, double to) : logarithmic_(logarithmic), from_(from), to_(to) {
        if (logarithmic) {
            first_ = std::floor(std::log10(least)), last_ = std::ceil(std::log10(most));
            for (double power = first_; power <= last_; power += std::ceil((last_ - first_) / 10)) ticks.push_back(std::pow(10, power));
            return;
        }
        const double power = std::pow(10, std::floor(std::log10(most))), tick = power / (most < 2 * power ? 5 : most < 5 * power ? 2 : 1);
        first_ = 0, last_ = tick * std::ceil(most / tick);
        for (double i = 0; i * tick <= last_ * 1.001; ++i) ticks.push_back(i * tick);
    }
    double operator()(double value) const { return from_ + (to_ - from_) * ((logarithmic_ ? std::log10(value) : value) - first_) / (last_ - first_); }
    std::vector<double> ticks;

private:
    bool logarithmic_;
    double from_, to_, first_, last_;
};

/// The file, with a title and the scale at its left.
class Sheet {
public:
    static constexpr double left = 80, top = 60, bottom = 300;
    Sheet(const std::string& path, double width, const std::string& title, const Axis& axis, double least, double most)
        : name_(path), svg_(path), scale_(least, most, axis.logarithmic, bottom, top) {
        svg_ << "<svg xmlns='http://www.w3.org/2000/svg' width='" << left + width + 40
             << "' height='380' font-family='sans-serif' fill='#333'>\n<rect width='100%' height='100%' fill='white'/>\n";
        text(left, 30, title, "font-weight='bold'");
        text(0, 0, axis.name, "text-anchor='middle' transform='translate(24 180) rotate(-90)'");
        for (const double tick : scale_.ticks) {
            draw("M " + at(left, down(tick)) + " h " + std::to_string(width), "stroke='#ddd'");
            text(left - 8, down(tick) + 5, tick, "text-anchor='end'");
        }
    }
    template <class T> void text(double x, double y, const T& what, const std::string& style = "text-anchor='middle'") {
        svg_ << "<text x='" << x << "' y='" << y << "' " << style << ">" << what << "</text>\n";
    }
    void draw(const std::string& way, const std::string& style) { svg_ << "<path d='" << way << "' " << style << "/>\n"; }
    void rectangle(double x, double y, double width, double height, const std::string& style) {
        svg_ << "<rect x='" << x << "' y='" << y << "' width='" << width << "' height='" << height << "' " << style << "/>\n";
    }
    /// How far down a value stands.
    double down(double value) const { return scale_(value); }
    static std::string at(double x, double y) { return std::to_string(x) + " " + std::to_string(y); }
    void close() {
        svg_ << "</svg>\n";
        if (!svg_.flush())
            throw std::runtime_error("cannot write " + name_);
    }

private:
    std::string name_;
    std::ofstream svg_;
    Scale scale_;
};

inline void bars(const std::string& path, const std::string& title, const std::string& unit, const std::vector<Group>& groups) {
    const auto ranks = static_cast<double>(groups[0].bars.size());
    const double pitch = std::max(24.0, 200 / ranks), bar = std::min(40.0, 0.8 * pitch), group = ranks * pitch + 40;
    double most = 0;
    for (const Group& each : groups) most = std::max(most, *std::ranges::max_element(each.bars));
    Sheet sheet(path, static_cast<double>(groups.size()) * group, title, {unit}, 0, most);
    sheet.text(Sheet::left - 8, Sheet::bottom + 22, "rank", "text-anchor='end'");
    double x = Sheet::left + 20;
    for (const Group& each : groups) {
        for (std::size_t rank = 0; rank < each.bars.size(); ++rank) {
            const double center = x + (static_cast<double>(rank) + 0.5) * pitch, y = sheet.down(each.bars[rank]);
            sheet.rectangle(center - bar / 2, y, bar, Sheet::bottom - y, "fill='#2a6fb5'");
            sheet.text(center, Sheet::bottom + 22, rank);
        }
        sheet.draw("M " + Sheet::at(x + static_cast<double>(each.idle) * pitch, sheet.down(each.mean())) + " H " + std::to_string(x + ranks * pitch),
                   "stroke='#e07b00' stroke-width='2' stroke-dasharray='6 4'");
        sheet.text(x + ranks * pitch / 2, Sheet::bottom + 46, each.name, "text-anchor='middle' font-weight='bold'");
        sheet.text(x + ranks * pitch / 2, Sheet::bottom + 66, each.note);
        x += group;
    }
    sheet.close();
}

inline void lines(const std::string& path, const std::string& title, const Axis& x, const Axis& y, const std::vector<Line>& lines) {
    static constexpr const char* colours[] = {"#2a6fb5", "#e07b00", "#4f9d4f", "#a33b8f"};
    constexpr double width = 520;
    std::vector<double> xs, ys;
    for (const Line& line : lines) xs.insert(xs.end(), line.x.begin(), line.x.end()), ys.insert(ys.end(), line.y.begin(), line.y.end());
    Sheet sheet(path, width, title, y, *std::ranges::min_element(ys), *std::ranges::max_element(ys));
    const Scale across(*std::ranges::min_element(xs), *std::ranges::max_element(xs), x.logarithmic, Sheet::left, Sheet::left + width);
    for (const double tick : across.ticks) sheet.text(across(tick), Sheet::bottom + 22, tick);
    sheet.text(Sheet::left + width / 2, Sheet::bottom + 46, x.name);
    double legend = Sheet::left;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string colour = colours[i % std::size(colours)];
        std::string way;
        for (std::size_t k = 0; k < lines[i].x.size(); ++k) {
            const double right = across(lines[i].x[k]), down = sheet.down(lines[i].y[k]);
            way += (k == 0 ? "M " : " L ") + Sheet::at(right, down);
            sheet.rectangle(right - 3, down - 3, 6, 6, "fill='" + colour + "'");
        }
        sheet.draw(way, "fill='none' stroke-width='2' stroke='" + colour + "'");
        sheet.text(legend, Sheet::bottom + 70, lines[i].name, "font-weight='bold' fill='" + colour + "'");
        legend += 30 + 9 * static_cast<double>(lines[i].name.size());
    }
    sheet.close();
}

}  // namespace plot
