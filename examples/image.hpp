// Writes pictures as PNG
#pragma once

#include <png.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace image {

/// Red, green and blue, up to 255.
struct Colour {
    double red, green, blue;
};

/// What lies between two colours: the first at 0, the second at 1.
inline Colour mix(const Colour& a, const Colour& b, double place) {
    return {std::lerp(a.red, b.red, place), std::lerp(a.green, b.green, place), std::lerp(a.blue, b.blue, place)};
}

/// The colour at a place on a ramp, from its first at 0 to its last at 1.
inline Colour ramp(std::span<const Colour> stops, double place) {
    const double at = std::clamp(place, 0.0, 1.0) * static_cast<double>(stops.size() - 1);
    const std::size_t i = std::min(static_cast<std::size_t>(at), stops.size() - 2);
    return mix(stops[i], stops[i + 1], at - static_cast<double>(i));
}

/// Colours row after row.
class Image {
public:
    Image(std::size_t width, std::size_t height) : width_(width), height_(height), bytes_(3 * width * height, 255) {}
    void set(std::size_t x, std::size_t y, const Colour& colour) {
        png_byte* pixel = &bytes_[3 * (y * width_ + x)];
        pixel[0] = static_cast<png_byte>(colour.red), pixel[1] = static_cast<png_byte>(colour.green), pixel[2] = static_cast<png_byte>(colour.blue);
    }
    void write(const std::string& path) const {
        png_image png{};
        png.version = PNG_IMAGE_VERSION;
        png.format = PNG_FORMAT_RGB;
        png.width = static_cast<png_uint_32>(width_);
        png.height = static_cast<png_uint_32>(height_);
        if (png_image_write_to_file(&png, path.c_str(), 0, bytes_.data(), 0, nullptr) == 0)
            throw std::runtime_error(path + ": " + png.message);
    }

private:
    std::size_t width_, height_;
    std::vector<png_byte> bytes_;
};

}  // namespace image
