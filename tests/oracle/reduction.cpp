#include "oracle.hpp"

namespace {

struct Matrix {
    int a, b, c, d;
};
Matrix product(const Matrix& m, const Matrix& n) {
    return {m.a * n.a + m.b * n.c, m.a * n.b + m.b * n.d, m.c * n.a + m.d * n.c, m.c * n.b + m.d * n.d};
}
vector<int> flat(const vector<Matrix>& matrices) {
    vector<int> result;
    for (const Matrix& m : matrices) result.insert(result.end(), {m.a, m.b, m.c, m.d});
    return result;
}
const Matrix no_matrix{-1, -1, -1, -1};

}  // namespace

int main(int argc, char** argv) {
    Oracle o(argc, argv);
    const MPI::Intracomm& world = o.world;
    const int rank = o.rank, size = o.size;
    {
        const MPI::Op op = MPI::Op::Create<Matrix>(product);
        o.say("commutative", op.Is_commutative(), MPI::SUM.Is_commutative(), MPI::REPLACE.Is_commutative());
        const vector<Matrix> mine = {{1, rank + 1, rank, 1}, {2, rank, 1, 1}};
        for (int root = 0; root < size; ++root) {
            vector<Matrix> matrices(2, no_matrix);
            world.Reduce(mine, matrices, op, root);
            o.say("Reduce matrices", root, flat(matrices));
            vector<int> got = {-1, -1};
            world.Reduce(vector<int>{rank, 1}, got, MPI::SUM, root);
            o.say("Reduce", root, got);
            got = {rank, 1};
            if (rank == root)
                world.Reduce(MPI::IN_PLACE, got, MPI::SUM, root);
            else
                world.Reduce(got, {}, MPI::SUM, root);
            o.say("Reduce in place", root, got);
        }
        vector<Matrix> got(2, no_matrix);
        world.Allreduce(mine, got, op);
        o.say("Allreduce matrices", flat(got));
        got = mine;
        world.Allreduce(MPI::IN_PLACE, got, op);
        o.say("Allreduce matrices in place", flat(got));
        got.assign(2, no_matrix);
        world.Scan(mine, got, op);
        o.say("Scan matrices", flat(got));
        got = mine;
        world.Scan(MPI::IN_PLACE, got, op);
        o.say("Scan matrices in place", flat(got));
        got.assign(2, no_matrix);
        world.Exscan(mine, got, op);
        o.say("Exscan matrices", flat(got));
        got = mine;
        world.Exscan(MPI::IN_PLACE, got, op);
        o.say("Exscan matrices in place", rank > 0 ? flat(got) : vector<int>());
    }

    const std::pair<const char*, const MPI::Op*> ops[] = {{"SUM", &MPI::SUM},   {"PROD", &MPI::PROD}, {"MAX", &MPI::MAX},   {"MIN", &MPI::MIN},
                                                          {"LAND", &MPI::LAND}, {"LOR", &MPI::LOR},   {"LXOR", &MPI::LXOR}, {"BAND", &MPI::BAND},
                                                          {"BOR", &MPI::BOR},   {"BXOR", &MPI::BXOR}};
    for (const auto& [name, op] : ops) {
        const vector<int> mine = {rank + 1, rank % 2, 6 + rank};
        vector<int> got(3, -1), parts;
        world.Allreduce(mine, got, *op);
        o.say(name, got);
        world.Scan(mine, got, *op);
        o.say(name, "Scan", got);
        got.assign(3, -1);
        world.Exscan(mine, got, *op);
        o.say(name, "Exscan", got);
        for (int i = 0; i < size; ++i) parts.push_back(rank + i);
        got.assign(1, -1);
        world.Reduce_scatter_block(parts, got, *op);
        o.say(name, "Reduce_scatter_block", got);
        vector<int> counts, values;
        for (int i = 0; i < size; ++i) counts.push_back(i + 1);
        for (int i = 0; i < size * (size + 1) / 2; ++i) values.push_back(rank + i);
        got.assign(static_cast<std::size_t>(rank) + 1, -1);
        world.Reduce_scatter(values, got, counts, *op);
        o.say(name, "Reduce_scatter", got);
        got.assign(3, -1);
        world.Iallreduce(mine, got, *op).Wait();
        o.say(name, "Iallreduce", got);
        const vector<int> both = {rank + 1, 1};
        got.assign(2, 7);
        op->Reduce_local(both, got);
        o.say(name, "Reduce_local", got);
    }

    // ties go to the lower index
    const std::pair<const char*, const MPI::Op*> places[] = {{"MAXLOC", &MPI::MAXLOC}, {"MINLOC", &MPI::MINLOC}};
    for (const auto& [name, op] : places) {
        const vector<int> mine = {rank / 2, rank, 7, size - rank};
        vector<int> got(4, -1);
        world.Allreduce({mine.data(), 2, MPI::INT_INT}, {got.data(), 2, MPI::INT_INT}, *op);
        o.say(name, got);
    }

    vector<double> got = {-1, -1}, none;
    world.Allreduce(vector<double>{0.5 * rank, 1.0 / (rank + 1)}, got, MPI::MAX);
    o.say("doubles", got);
    world.Allreduce(vector<double>{static_cast<double>(1 << rank), 0.25}, got, MPI::PROD);
    o.say("products", got);
    if (size > 1)
        world.Allreduce(none, none);
    double x = 1, y = 0;
    o.say("op on a type", error_of([&] { world.Allreduce(x, y, MPI::BAND); }));
    o.finish();
}
