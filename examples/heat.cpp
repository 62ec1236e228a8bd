// Heat spreads on a grid of processes: each has a tile of the plane, and around it the edges of its neighbours' tiles
//     grid = comm.Create_cart(MPI.Compute_dims(comm.size, 2), periods=[True, True])
//     grid.Sendrecv([tile, 1, own], to, 0, [tile, 1, ghost], source)
//     grid.Gather([tile, 1, inside], plane, root=0)
// Writes heat.png: six moments, with the edges of the tiles in grey. Argument: the width of a moment in pixels
#include <mpi4cxx/mpi4cxx.hpp>

#include <cmath>
#include <cstdio>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "image.hpp"

namespace MPI = mpi4cxx;

/// The heat at the beginning.
static double heat(double x, double y) {
    static const std::string letters[] = {"#   # ###  ###", "## ## #  #  # ", "# # # ###   # ", "#   # #     # ", "#   # #    ###"};
    const double column = (x - 0.15) * 20, row = (y - 0.32) * 14;
    return column >= 0 && column < 14 && row >= 0 && row < 5 && letters[static_cast<int>(row)][static_cast<std::size_t>(column)] == '#' ? 1 : 0;
}

/// One of a tile's edges: what it sends, to whom, what it receives, from whom.
struct Edge {
    MPI::Datatype own, ghost;
    int to, from;
};

/// Draw the plane, tile after tile, beginning at column `first` of the picture; return all the heat in it.
static double draw(image::Image& picture, int first, const MPI::Cartcomm& grid, const std::vector<double>& plane, int rows, int columns) {
    static constexpr image::Colour colours[] = {{10, 10, 40}, {60, 20, 120}, {190, 40, 90}, {250, 130, 40}, {255, 245, 170}};
    for (auto cell = plane.begin(); cell != plane.end();) {
        const std::vector<int> tile = grid.Get_coords(static_cast<int>(cell - plane.begin()) / (rows * columns));
        for (int i = 0; i < rows; ++i)
            for (int j = 0; j < columns; ++j) {
                const image::Colour colour = image::ramp(colours, *cell++);
                picture.set(static_cast<std::size_t>(first + tile[1] * columns + j), static_cast<std::size_t>(tile[0] * rows + i),
                            i == 0 || j == 0 ? image::mix(colour, {128, 128, 128}, 0.5) : colour);
            }
    }
    return std::accumulate(plane.begin(), plane.end(), 0.0);
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const std::vector<int> dims = MPI::Compute_dims(MPI::COMM_WORLD.Get_size(), 2);
    const MPI::Cartcomm grid = MPI::COMM_WORLD.Create_cart(dims, {true, true});  // what leaves at the right comes in at the left
    const std::vector<int> place = grid.coords();
    const int side = argc > 1 ? std::stoi(argv[1]) : 150, rows = side / dims[0], columns = side / dims[1], stride = columns + 2;
    if (rows < 1 || columns < 1)
        throw std::invalid_argument("there are more processes than pixels");
    const auto at = [&](int i, int j) { return static_cast<std::size_t>(i * stride + j); };  // (1, 1) is the first cell of this process

    std::vector<double> tile(at(rows + 2, 0)), next(tile);
    for (int i = 0; i < rows; ++i)
        for (int j = 0; j < columns; ++j)
            tile[at(i + 1, j + 1)] = heat((place[1] * columns + j) / (1.0 * dims[1] * columns), (place[0] * rows + i) / (1.0 * dims[0] * rows));

    const auto part = [&](int height, int width, int top, int left) {
        return MPI::DOUBLE.Create_subarray({rows + 2, columns + 2}, {height, width}, {top, left}).Commit();
    };
    const auto [above, below] = grid.Shift(0, 1);
    const auto [left, right] = grid.Shift(1, 1);
    const MPI::Datatype inside = part(rows, columns, 1, 1);
    const Edge edges[] = {{part(1, columns, 1, 1), part(1, columns, rows + 1, 1), above, below},
                          {part(1, columns, rows, 1), part(1, columns, 0, 1), below, above},
                          {part(rows, 1, 1, 1), part(rows, 1, 1, columns + 1), left, right},
                          {part(rows, 1, 1, columns), part(rows, 1, 1, 0), right, left}};
    const auto step = [&] {
        for (const Edge& edge : edges) grid.Sendrecv({tile.data(), 1, edge.own}, edge.to, 0, {tile.data(), 1, edge.ghost}, edge.from);
        for (int i = 1; i <= rows; ++i)
            for (int j = 1; j <= columns; ++j)
                next[at(i, j)] = 0.2 * (tile[at(i, j)] + tile[at(i - 1, j)] + tile[at(i + 1, j)] + tile[at(i, j - 1)] + tile[at(i, j + 1)]);
        std::swap(tile, next);
    };

    const int moments = 6, height = dims[0] * rows, width = dims[1] * columns, gap = 4;
    image::Image picture(static_cast<std::size_t>(moments * (width + gap) - gap), static_cast<std::size_t>(height));
    std::vector<double> plane(grid.rank() == 0 ? static_cast<std::size_t>(width * height) : 0);
    double total = 0;
    for (int moment = 0, steps = 0; moment < moments; ++moment) {
        for (; steps < 15 * moment * moment; ++steps) step();
        grid.Gather({tile.data(), 1, inside}, plane, 0);  // tile after tile
        const double sum = draw(picture, moment * (width + gap), grid, plane, rows, columns);
        if (moment == 0)
            total = sum;
        if (!(std::abs(sum - total) <= 1e-9 * total))
            throw std::runtime_error("heat is lost");
        if (grid.rank() == 0)
            std::printf("after %4d steps: %.6f\n", steps, sum);
    }
    if (grid.rank() == 0)
        picture.write("heat.png");
}
