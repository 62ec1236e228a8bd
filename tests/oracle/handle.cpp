#include "oracle.hpp"

int main(int argc, char** argv) {
    Oracle o(argc, argv);
    const MPI::Intracomm& world = o.world;

    // names
    o.say("names", world.name(), MPI::COMM_SELF.name(), MPI::INT.name());
    MPI::Intracomm copy = world.Dup();
    o.say("name of a copy", copy.name());
    copy.Set_name("mine");
    o.say("name", copy.name(), world.name());

    // hints
    MPI::Info info = MPI::Info::Create();
    o.say("empty", info.Get_nkeys(), info.Get("key"));
    info.Set("key", "value");
    info.Set("other", "something longer, with blanks");
    info.Set("key", "again");
    o.say("info", info.Get_nkeys(), info.Get("key"), info.Get("other"), info.Get("none"),
          vector<std::string>{info.Get_nthkey(0), info.Get_nthkey(1)});
    MPI::Info twin = info.Dup();
    info.Delete("key");
    o.say("deleted", info.Get_nkeys(), twin.Get_nkeys(), info.Get("key"), twin.Get("key"));
    o.say("delete none", error_of([&] { info.Delete("none"); }), error_of([&] { (void)info.Get_nthkey(5); }));
    info.Free();
    twin.Free();
    o.say("freed", info == MPI::INFO_NULL);

    // attributes
    o.say("predefined", *world.Get_attr(MPI::TAG_UB) > 30000, world.Get_attr(MPI::WTIME_IS_GLOBAL).has_value(),
          world.Get_attr(MPI::APPNUM).has_value(), world.Get_attr(MPI::LASTUSEDCODE).has_value());
    vector<std::string> seen;
    const auto keyval =
        MPI::Comm::Create_keyval<std::string>([](const MPI::Comm&, const std::string& value) { return std::optional(value + " copied"); },
                                              [&seen](const MPI::Comm&, std::string& value) { seen.push_back(value); });
    const auto plain = MPI::Comm::Create_keyval<std::string>();
    const auto got = [](const std::string* value) { return value != nullptr ? *value : "None"; };
    o.say("unset", got(copy.Get_attr(keyval)));
    copy.Set_attr(keyval, "first");
    copy.Set_attr(plain, "stays");
    copy.Set_attr(keyval, "second");
    o.say("set", got(copy.Get_attr(keyval)), seen);
    MPI::Intracomm other = copy.Dup();
    o.say("copied", got(other.Get_attr(keyval)), got(other.Get_attr(plain)));
    other.Free();
    o.say("freed", seen);
    copy.Delete_attr(keyval);
    o.say("deleted", seen, got(copy.Get_attr(keyval)));
    copy.Free();
    o.say("freed", seen);
    copy = world.Dup();
    copy.Disconnect();
    o.say("disconnected", copy == MPI::COMM_NULL);

    // errors
    vector<int> classes;
    for (const int code : {MPI::SUCCESS, MPI::ERR_RANK, MPI::ERR_TAG, MPI::ERR_OTHER}) classes.push_back(MPI::Get_error_class(code));
    o.say("classes", classes);
    vector<std::string> strings;
    for (const int code : {MPI::SUCCESS, MPI::ERR_RANK, MPI::ERR_COUNT, MPI::ERR_ROOT, MPI::ERR_INFO_KEY})
        strings.push_back(MPI::Get_error_string(code));
    o.say("strings", strings);
    const int error_class = MPI::Add_error_class(), code = MPI::Add_error_code(error_class);
    MPI::Add_error_string(code, "of our own");
    o.say("added", MPI::Get_error_class(code) == error_class, MPI::Get_error_string(code));

    // the environment
    const MPI::Version version = MPI::Get_version();
    o.say("environment", MPI::Is_initialized(), MPI::Is_finalized(), MPI::Query_thread(), MPI::Is_thread_main(),
          vector<int>{version.version, version.subversion}, MPI::Get_processor_name(), MPI::Wtick() > 0);
    o.say("null", MPI::COMM_NULL == MPI::Comm(), MPI::INFO_NULL == MPI::Info(), static_cast<bool>(MPI::COMM_WORLD),
          static_cast<bool>(MPI::GROUP_NULL));
    o.finish();
}
