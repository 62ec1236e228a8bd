#include "oracle.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace {

vector<MPI::Count> both(MPI::Datatype::Extent extent) { return {extent.lb, extent.extent}; }

}  // namespace

int main(int argc, char** argv) {
    Oracle o(argc, argv);
    const MPI::Intracomm& world = o.world;
    const std::pair<const char*, const MPI::Datatype*> named[] = {
        {"CHAR", &MPI::CHAR},
        {"SIGNED_CHAR", &MPI::SIGNED_CHAR},
        {"UNSIGNED_CHAR", &MPI::UNSIGNED_CHAR},
        {"BYTE", &MPI::BYTE},
        {"SHORT", &MPI::SHORT},
        {"UNSIGNED_SHORT", &MPI::UNSIGNED_SHORT},
        {"INT", &MPI::INT},
        {"UNSIGNED", &MPI::UNSIGNED},
        {"LONG", &MPI::LONG},
        {"UNSIGNED_LONG", &MPI::UNSIGNED_LONG},
        {"LONG_LONG", &MPI::LONG_LONG},
        {"UNSIGNED_LONG_LONG", &MPI::UNSIGNED_LONG_LONG},
        {"FLOAT", &MPI::FLOAT},
        {"DOUBLE", &MPI::DOUBLE},
        {"LONG_DOUBLE", &MPI::LONG_DOUBLE},
        {"C_BOOL", &MPI::C_BOOL},
        {"INT8_T", &MPI::INT8_T},
        {"INT16_T", &MPI::INT16_T},
        {"INT32_T", &MPI::INT32_T},
        {"INT64_T", &MPI::INT64_T},
        {"UINT8_T", &MPI::UINT8_T},
        {"UINT16_T", &MPI::UINT16_T},
        {"UINT32_T", &MPI::UINT32_T},
        {"UINT64_T", &MPI::UINT64_T},
        {"WCHAR", &MPI::WCHAR},
        {"AINT", &MPI::AINT},
        {"COUNT", &MPI::COUNT},
        {"OFFSET", &MPI::OFFSET},
        {"FLOAT_INT", &MPI::FLOAT_INT},
        {"DOUBLE_INT", &MPI::DOUBLE_INT},
        {"LONG_INT", &MPI::LONG_INT},
        {"INT_INT", &MPI::INT_INT},
        {"SHORT_INT", &MPI::SHORT_INT},
        {"C_FLOAT_COMPLEX", &MPI::C_FLOAT_COMPLEX},
        {"C_DOUBLE_COMPLEX", &MPI::C_DOUBLE_COMPLEX},
        {"PACKED", &MPI::PACKED},
    };
    for (const auto& [name, t] : named)
        o.say(name, t->Get_size(), both(t->Get_extent()), both(t->Get_true_extent()), t->Get_name(), t->is_named(), t->is_predefined(),
              t->combiner() == MPI::COMBINER_NAMED);

    std::map<std::string, MPI::Datatype> made;
    made["dup"] = MPI::INT.Dup();
    made["contiguous"] = MPI::INT.Create_contiguous(5);
    made["vector"] = MPI::DOUBLE.Create_vector(3, 2, 4);
    made["backwards"] = MPI::INT.Create_vector(3, 1, -2);
    made["hvector"] = MPI::SHORT.Create_hvector(3, 2, 11);
    made["indexed"] = MPI::INT.Create_indexed({2, 1, 3}, {0, 5, 10});
    made["hindexed"] = MPI::INT.Create_hindexed({2, 1}, {4, 40});
    made["indexed_block"] = MPI::FLOAT.Create_indexed_block(2, {1, 7, 3});
    made["hindexed_block"] = MPI::FLOAT.Create_hindexed_block(2, {8, 80});
    made["struct"] = MPI::Datatype::Create_struct({1, 2, 3}, {0, 8, 24}, {MPI::CHAR, MPI::DOUBLE, MPI::INT});
    made["subarray"] = MPI::INT.Create_subarray({4, 5}, {2, 3}, {1, 1});
    made["fortran subarray"] = MPI::INT.Create_subarray({4, 5}, {2, 3}, {1, 1}, MPI::ORDER_FORTRAN);
    made["darray"] = MPI::INT.Create_darray(4, 1, {8, 6}, {MPI::DISTRIBUTE_BLOCK, MPI::DISTRIBUTE_CYCLIC},
                                            {MPI::DISTRIBUTE_DFLT_DARG, MPI::DISTRIBUTE_DFLT_DARG}, {2, 2});
    made["resized"] = MPI::INT.Create_resized(-4, 16);
    made["nothing"] = MPI::INT.Create_contiguous(0);
    made["nested"] = made["struct"].Create_vector(2, 1, 3);
    for (auto& [name, t] : made) {
        t.Commit();
        const auto envelope = t.Get_envelope();
        o.say(name, t.Get_size(), both(t.Get_extent()), both(t.Get_true_extent()),
              vector<MPI::Count>{envelope.integers, envelope.addresses, envelope.datatypes}, envelope.combiner, t.Pack_size(3, world));
        const auto contents = t.Get_contents();
        vector<std::string> names;
        for (const MPI::Datatype& u : contents.datatypes) names.push_back(u.name());
        o.say(name, "made of", contents.integers, contents.addresses, names);
    }
    o.say("unequal", made["dup"] == MPI::INT, MPI::INT == MPI::INT);

    // data, through the layouts
    vector<int> values(40);
    std::iota(values.begin(), values.end(), 0);
    for (const char* name : {"indexed", "hindexed", "subarray", "fortran subarray", "darray"}) {
        const MPI::Datatype& t = made[name];
        vector<int> got(40, -1), flat(static_cast<std::size_t>(t.Get_size()) / 4, -1);
        world.Sendrecv({values.data(), 1, t}, o.rank, 0, {got.data(), 1, t}, o.rank, 0);
        o.say(name, "data", got);
        world.Sendrecv({values.data(), 1, t}, o.rank, 1, flat, o.rank, 1);
        o.say(name, "flat", flat);
        vector<std::byte> packed(static_cast<std::size_t>(t.Pack_size(1, world)));
        const vector<int> one(static_cast<std::size_t>(std::max(t.extent(), t.true_ub())) / 4);  // in which one element lies, and not two
        o.say(name, "packed", t.Pack(one, packed, 0, world));
    }
    vector<std::byte> external(12);
    const MPI::Count room = MPI::INT.Pack_external_size("external32", 3);
    const MPI::Count end = MPI::INT.Pack_external("external32", vector<int>{1, 2, 258}, external, 0);
    vector<int> bytes;
    for (const std::byte b : external) bytes.push_back(static_cast<int>(b));
    o.say("external", room, end, bytes);

    MPI::Datatype t = MPI::INT.Dup();
    o.say("name", t.name());
    t.Set_name("lengths");
    o.say("name", t.name());
    o.say("count", error_of([] { (void)MPI::INT.Create_contiguous(-1); }), error_of([] { (void)MPI::INT.Create_vector(-1, 1, 1); }));
    o.finish();
}
