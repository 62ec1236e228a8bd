#include "oracle.hpp"

#include <array>

int main(int argc, char** argv) {
    Oracle o(argc, argv);
    const MPI::Intracomm& world = o.world;
    const int rank = o.rank, size = o.size, right = (rank + 1) % size, left = (rank + size - 1) % size;
    MPI::Status status;
    const auto said = [&](const char* name, const MPI::Status& s, const MPI::Datatype& datatype = MPI::INT) {
        o.say(name, s.Get_source(), s.Get_tag(), s.Get_error(), s.Get_count(datatype), s.Get_elements(datatype), s.count(), s.Is_cancelled());
    };

    // around a ring
    vector<int> got(3, -1);
    world.Sendrecv(vector<int>{rank, 10 * rank}, right, 3, got, left, 3, &status);
    o.say("ring", got);
    said("ring status", status);

    // every kind of send
    for (const int tag : {0, 1}) {
        const vector<int> mine = {rank, tag};
        MPI::Request request = tag == 0 ? world.Isend(mine, right, tag) : world.Issend(mine, right, tag);
        got.assign(2, -1);
        world.Recv(got, left, tag, &status);
        request.Wait();
        o.say("send", tag, got);
        said("send status", status);
    }

    // probes
    o.say("nothing there", world.Iprobe(MPI::ANY_SOURCE, 77, &status));
    const vector<int> five = {1, 2, 3, 4, 5};
    MPI::Request request = world.Isend(five, right, 8);
    world.Probe(left, MPI::ANY_TAG, &status);
    said("probe", status);
    o.say("iprobe", world.Iprobe(left, 8, &status));
    said("iprobe status", status);
    MPI::Message message = world.Mprobe(left, 8, &status);
    said("mprobe", status);
    o.say("taken", world.Iprobe(left, 8));
    got.assign(5, 0);
    message.Recv(got, &status);
    said("mrecv", status);
    o.say("message", got);
    request.Wait();
    o.say("improbe", !world.Improbe(left, 8));

    // lengths that do not divide
    MPI::Datatype pair = MPI::INT.Create_contiguous(2).Commit();
    const vector<int> three = {1, 2, 3}, none;
    request = world.Isend(three, right, 9);
    got.assign(4, 0);
    world.Recv({got.data(), 2, pair}, left, 9, &status);
    said("odd", status, pair);
    request.Wait();
    pair.Free();
    request = world.Isend(none, right, 10);
    world.Recv(got, left, 10, &status);
    said("empty", status);
    request.Wait();

    // nobody
    world.Recv(got, MPI::PROC_NULL, 5, &status);
    said("null", status);
    world.Send(got, MPI::PROC_NULL);
    world.Probe(MPI::PROC_NULL, 5, &status);
    said("null probe", status);
    o.say("null iprobe", world.Iprobe(MPI::PROC_NULL, 5));
    if (world.Mprobe(MPI::PROC_NULL, 5, &status))
        said("null mprobe", status);

    // several
    vector<vector<int>> buffers(4, vector<int>{-1}), mine;
    vector<MPI::Request> requests, sends;
    for (int tag = 0; tag < 4; ++tag) requests.push_back(world.Irecv(buffers[static_cast<std::size_t>(tag)], left, tag));
    for (int tag = 0; tag < 4; ++tag) mine.push_back({100 * rank + tag});
    for (int tag = 0; tag < 4; ++tag) sends.push_back(world.Isend(mine[static_cast<std::size_t>(tag)], right, tag));
    vector<MPI::Status> statuses(4);
    MPI::Request::Waitall(requests, statuses);
    MPI::Request::Waitall(sends);
    o.say("all", buffers);
    for (const MPI::Status& s : statuses) said("waitall", s);
    o.say("none active", MPI::Request::Waitany(requests) == MPI::UNDEFINED, MPI::Request::Testall(requests), !MPI::Request::Waitsome(requests));
    const auto index = MPI::Request::Testany(requests);
    o.say("none to test", index == MPI::UNDEFINED, index.has_value(), !MPI::Request::Testsome(requests));

    // cancelled
    request = world.Irecv(got, left, 50);
    request.Cancel();
    request.Wait(&status);
    o.say("cancelled", status.Is_cancelled());
    request = world.Irecv(got, MPI::PROC_NULL);
    request.Wait(&status);
    said("irecv null", status);
    MPI::Request().Wait(&status);
    said("null request", status);

    // wrong arguments
    o.say("rank", error_of([&] { world.Send(got, size); }), error_of([&] { world.Send(got, -7); }), error_of([&] { world.Recv(got, size); }));
    o.say("tag", error_of([&] { world.Send(got, MPI::PROC_NULL, -7); }), error_of([&] { world.Send(got, 0, -5); }));
    o.finish();
}
