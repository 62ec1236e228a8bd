#include "oracle.hpp"

int main(int argc, char** argv) {
    Oracle o(argc, argv);
    const MPI::Intracomm& world = o.world;
    const int rank = o.rank, size = o.size, right = (rank + 1) % size, left = (rank + size - 1) % size;
    const std::string letter(1, static_cast<char>('a' + rank));
    using Table = std::map<std::string, vector<int>>;
    Table table{{"rank", {rank}}};
    for (int i = 0; i <= rank; ++i) table["squares"].push_back(i * i);
    const auto joined = [](vector<int> a, const vector<int>& b) {
        a.insert(a.end(), b.begin(), b.end());
        return a;
    };
    const auto backwards = [](const vector<std::string>& a, vector<std::string> b) {
        b.insert(b.end(), a.begin(), a.end());
        return b;
    };
    const auto each = [&](const std::string& between) {
        vector<std::string> result;
        for (int i = 0; i < size; ++i) result.push_back(letter + between + std::to_string(i));
        return result;
    };

    for (int root = 0; root < size; ++root) {
        o.say("bcast", root, world.bcast(rank == root ? table : Table(), root));
        o.say("scatter", root, world.scatter(rank == root ? each("") : vector<std::string>(), root));
        std::string word;
        for (int i = 0; i <= rank; ++i) word += letter;
        const auto gathered = world.gather(word, root);
        o.say("gather", root, gathered);
        o.say("none off root", gathered.empty() == (rank != root));
        o.say("reduce", root, world.reduce(letter, MPI::SUM, root), world.reduce(rank, MPI::MAX, root),
              world.reduce(vector<int>{rank}, joined, root));
    }
    o.say("allgather", world.allgather(table));
    o.say("alltoall", world.alltoall(each(" to ")));
    o.say("allreduce", world.allreduce(letter), world.allreduce(rank + 1, MPI::PROD), world.allreduce(letter, MPI::MAX),
          world.allreduce(letter, MPI::MIN));
    o.say("scan", world.scan(letter), world.scan(rank, MPI::SUM), world.scan(vector<std::string>{letter}, backwards));
    o.say("exscan", world.exscan(letter), world.exscan(rank, MPI::SUM), world.exscan(vector<std::string>{letter}, backwards));
    o.say("bits", world.allreduce(1 << rank, MPI::BOR), world.allreduce(7, MPI::BAND), world.allreduce(rank, MPI::BXOR));
    o.say("places", world.allreduce(std::pair(rank / 2, rank), MPI::MAXLOC), world.allreduce(std::pair(rank / 2, rank), MPI::MINLOC));
    world.barrier();

    MPI::Status status;
    MPI::Request request = world.isend(table, right, 4);
    const Table got = world.recv<Table>(left, 4, &status);
    o.say("recv", got, status.Get_source(), status.Get_tag());
    request.wait();
    o.say("sendrecv", world.sendrecv<std::string>(letter, right, 5, left, 5));
    vector<MPI::Request> requests;
    for (int i = 0; i < 3; ++i) requests.push_back(world.isend(letter + std::to_string(i), right, i));
    vector<std::string> words;
    for (const int tag : {2, 0, 1}) words.push_back(world.recv<std::string>(left, tag));
    o.say("in order", words);
    MPI::Request::waitall(requests);
    vector<MPI::ObjectRequest<std::string>> receives;
    requests.clear();
    for (int tag = 0; tag < 3; ++tag) receives.push_back(world.irecv<std::string>(left, tag));
    for (int i = 0; i < 3; ++i) requests.push_back(world.isend(letter + std::to_string(i), right, i));
    o.say("irecv", MPI::ObjectRequest<std::string>::waitall(receives));
    MPI::Request::waitall(requests);
    o.say("iprobe", world.iprobe(MPI::ANY_SOURCE, 99), !world.improbe(MPI::ANY_SOURCE, 99));
    request = world.isend(letter, right, 6);
    MPI::Message message = world.mprobe(left, 6, &status);
    o.say("mprobe", message.recv<std::string>(), status.Get_source(), status.Get_tag());
    request.wait();
    request = world.isend(vector<int>(5, rank), right, 7);
    world.probe(left, 7, &status);
    o.say("probe", status.Get_source(), status.Get_tag(), world.recv<vector<int>>(left, 7));
    request.wait();
    o.say("wrong root", error_of([&] { (void)world.bcast(1, size); }) != MPI::SUCCESS);
    o.finish();
}
