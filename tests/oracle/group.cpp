#include "oracle.hpp"

namespace {

void comm(Oracle& o, const char* name, const MPI::Comm& c) {
    if (c.is_null())
        return o.say(name, "null");
    o.say(name, c.size(), c.rank(), c.allgather(o.rank), MPI::Comm::Compare(o.world, c), c.is_inter(), c.is_intra(), c.name());
}

void between(Oracle& o, const MPI::Group& group) {
    const MPI::Intracomm& world = o.world;
    const int rank = o.rank, parity = rank % 2;
    const MPI::Intracomm local = world.Split(parity, rank);
    const MPI::Intercomm inter = local.Create_intercomm(0, world, 1 - parity, 6);
    o.say("inter", inter.size(), inter.rank(), inter.remote_size(), inter.is_inter(), inter.is_intra(), inter.is_topo());
    o.say("remote", inter.Get_remote_group().Translate_ranks(group));
    o.say("between", inter.allgather(rank), inter.allreduce(rank), inter.Get_topology() == MPI::UNDEFINED);
    for (const bool high : {false, true}) o.say("merged", high, inter.Merge(parity == 0 ? high : !high).allgather(rank));
    const auto dup = inter.Dup();
    o.say("dup", std::is_same_v<decltype(dup), const MPI::Intercomm> ? "Intercomm" : "other", dup.remote_size(), MPI::Comm::Compare(inter, dup));
    const MPI::Intercomm part = inter.Split(0, -rank);
    o.say("part", part.size(), part.rank(), part.remote_size(), part.allgather(rank));
    const MPI::Intercomm leaders = inter.Create(inter.Get_group().Incl({0}));
    o.say("leaders", leaders.is_null());
    if (leaders)
        o.say("leaders", leaders.remote_size(), leaders.allgather(rank));
}

}  // namespace

int main(int argc, char** argv) {
    Oracle o(argc, argv);
    const MPI::Intracomm& world = o.world;
    const int rank = o.rank, size = o.size;
    const MPI::Group group = world.Get_group();
    vector<int> all, evens, backwards;
    for (int i = 0; i < size; ++i) {
        all.push_back(i);
        if (i % 2 == 0)
            evens.push_back(i);
        backwards.push_back(size - 1 - i);
    }
    const MPI::Group even = group.Incl(evens), odd = group.Excl(evens), reverse = group.Incl(backwards), first = group.Incl({0});
    const auto said = [&](const char* name, const MPI::Group& g) { o.say(name, g.size(), g.rank(), g.Translate_ranks(group)); };
    said("world", group);
    said("even", even);
    said("odd", odd);
    said("reverse", reverse);
    said("empty", MPI::GROUP_EMPTY);
    said("union", MPI::Group::Union(odd, even));
    said("intersection", MPI::Group::Intersection(reverse, even));
    said("difference", MPI::Group::Difference(reverse, first));
    said("range", group.Range_incl({{0, size - 1, 2}}));
    said("backwards", group.Range_incl({{size - 1, 0, -1}}));
    said("all but", group.Range_excl({{0, size - 1, 2}}));
    said("none", MPI::Group::Intersection(even, odd));
    vector<int> compared;
    for (const MPI::Group* a : {&group, &even, &odd, &reverse})
        for (const MPI::Group* b : {&group, &even, &odd, &reverse}) compared.push_back(MPI::Group::Compare(*a, *b));
    o.say("compare", compared);
    o.say("translate", group.Translate_ranks(all, even), group.Translate_ranks({0, MPI::PROC_NULL}, reverse));
    o.say("wrong rank", error_of([&] { (void)group.Incl({size}); }), error_of([&] { (void)group.Excl({-1}); }));

    comm(o, "Create", world.Create(even));
    comm(o, "Create of nobody", world.Create(MPI::GROUP_EMPTY));
    comm(o, "Create reversed", world.Create(reverse));
    comm(o, "Create_group", world.Create_group(rank % 2 == 0 ? even : odd, 4));
    comm(o, "Dup", world.Dup());
    comm(o, "Clone", world.Clone());
    comm(o, "Split", world.Split(rank % 2, -rank));
    comm(o, "Split same keys", world.Split(3, 0));
    comm(o, "Split undefined", world.Split(rank == 0 ? MPI::UNDEFINED : 0, rank));
    comm(o, "Split_type", world.Split_type(MPI::COMM_TYPE_SHARED, -rank));
    comm(o, "Split_type undefined", world.Split_type(MPI::UNDEFINED));
    o.say("Split_type of no such type", error_of([&] { (void)world.Split_type(12345); }));
    comm(o, "Idup", world.Idup().wait());
    if (size > 1)
        between(o, group);
    o.finish();
}
