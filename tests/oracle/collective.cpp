#include "oracle.hpp"

int main(int argc, char** argv) {
    Oracle o(argc, argv);
    const MPI::Intracomm& world = o.world;
    const int rank = o.rank, size = o.size;
    const auto at = [](vector<int>& values, int i) -> int& { return values[static_cast<std::size_t>(i)]; };
    const vector<int> block = {rank, 10 * rank};
    vector<int> counts = counting(1, size), displs, mine = counting(100 * rank, rank + 1), got, whole;
    for (int i = 0; i < size; ++i) displs.push_back(std::accumulate(counts.begin() + i + 1, counts.end(), 0) + 2 * (size - 1 - i));
    const int sum = std::accumulate(counts.begin(), counts.end(), 0), length = sum + 2 * size;

    for (int root = 0; root < size; ++root) {
        const bool is_root = rank == root;
        got = is_root ? block : unset(2);
        world.Bcast(got, root);
        o.say("Bcast", root, got);
        whole = unset(is_root ? 2 * size : 0);
        world.Gather(block, whole, root);
        o.say("Gather", root, whole);
        got = unset(2);
        world.Scatter(counting(0, is_root ? 2 * size : 0), got, root);
        o.say("Scatter", root, got);

        // in place
        whole = unset(is_root ? 2 * size : 0);
        if (is_root) {
            std::copy(block.begin(), block.end(), whole.begin() + 2 * rank);
            world.Gather(MPI::IN_PLACE, whole, root);
        } else {
            world.Gather(block, {}, root);
        }
        o.say("Gather in place", root, whole);
        got = unset(2);
        if (is_root)
            world.Scatter(counting(0, 2 * size), MPI::IN_PLACE, root);
        else
            world.Scatter({}, got, root);
        o.say("Scatter in place", root, got);

        // different sizes, with gaps, backwards
        whole = unset(length);
        world.Gatherv(mine, {whole, counts, displs}, root);
        o.say("Gatherv", root, whole);
        got = unset(rank + 1);
        world.Scatterv({counting(0, length), counts, displs}, got, root);
        o.say("Scatterv", root, got);
        whole = counting(0, length);
        if (is_root)
            world.Gatherv(MPI::IN_PLACE, {whole, counts, displs}, root);
        else
            world.Gatherv(mine, {}, root);
        o.say("Gatherv in place", root, whole);
        got = unset(rank + 1);
        if (is_root)
            world.Scatterv({whole, counts, displs}, MPI::IN_PLACE, root);
        else
            world.Scatterv({}, got, root);
        o.say("Scatterv in place", root, got);
    }

    whole = unset(2 * size);
    world.Allgather(block, whole);
    o.say("Allgather", whole);
    whole = unset(2 * size);
    std::copy(block.begin(), block.end(), whole.begin() + 2 * rank);
    world.Allgather(MPI::IN_PLACE, whole);
    o.say("Allgather in place", whole);
    whole = unset(length);
    world.Allgatherv(mine, {whole, counts, displs});
    o.say("Allgatherv", whole);
    whole = unset(length);
    for (int i = 0; i <= rank; ++i) at(whole, at(displs, rank) + i) = at(mine, i);
    world.Allgatherv(MPI::IN_PLACE, {whole, counts, displs});
    o.say("Allgatherv in place", whole);
    whole = unset(sum);
    world.Allgatherv(mine, {whole, counts});
    o.say("Allgatherv packed", whole);

    vector<int> parts = counting(100 * rank, 2 * size);
    got = unset(2 * size);
    world.Alltoall(parts, got);
    o.say("Alltoall", got);
    world.Alltoall(MPI::IN_PLACE, parts);
    o.say("Alltoall in place", parts);

    // rank r sends i + 1 elements to rank i
    vector<int> recvcounts(static_cast<std::size_t>(size), rank + 1), senddispls, recvdispls, twos(static_cast<std::size_t>(size), 2), evens;
    for (int i = 0; i < size; ++i) {
        senddispls.push_back(std::accumulate(counts.begin(), counts.begin() + i, 0) + i);
        recvdispls.push_back((rank + 2) * i);
        evens.push_back(2 * i);
    }
    parts = counting(1000 * rank, sum + size);
    got = unset((rank + 2) * size);
    world.Alltoallv({parts, counts, senddispls}, {got, recvcounts, recvdispls});
    o.say("Alltoallv", got);
    vector<int> same = counting(1000 * rank, 2 * size);
    world.Alltoallv(MPI::IN_PLACE, {same, twos, evens});
    o.say("Alltoallv in place", same);

    // nothing
    vector<int> none;
    world.Bcast(none);
    world.Allgather(none, none);
    world.Barrier();
    got = block;
    o.say("root", error_of([&] { world.Bcast(got, size); }), error_of([&] { world.Bcast(got, -7); }));
    o.finish();
}
