#include "catch.hpp"
#include "refused.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

using Map = std::map<std::string, std::string>;

Map map_of(const MPI::Info& info) {
    const auto items = info.items();
    return {items.begin(), items.end()};
}

}  // namespace

TEST_CASE("Info is a map from strings to strings", "[info]") {
    MPI::Info info = MPI::Info::Create();
    CHECK(info.empty());
    CHECK(info.Get_nkeys() == 0);
    CHECK_FALSE(info.Get("key").has_value());
    info.Set("key", "value");
    info.Set("other", "one");
    info.Set("key", "another value");
    CHECK(info.Get("key") == "another value");
    CHECK(info.size() == 2);
    CHECK(info.Get_nkeys() == 2);
    CHECK(info.contains("key"));
    CHECK_FALSE(info.contains("Key"));
    CHECK(info.Get_nthkey(0) != info.Get_nthkey(1));
    info.Delete("key");
    CHECK_FALSE(info.contains("key"));
    CHECK(info.size() == 1);
}

TEST_CASE("An empty value is a value, where the MPI takes it", "[info]") {
    MPI::Info info = MPI::Info::Create();
    try {
        info.Set("empty", "");
        CHECK(info.Get("empty") == "");
        CHECK(info.get("empty", "otherwise").empty());
    } catch (const MPI::Exception& e) {
        CHECK(e.Get_error_class() == MPI::ERR_INFO_VALUE);  // Open MPI 4.1
    }
}

TEST_CASE("Info is made of pairs of strings", "[info]") {
    const Map expected{{"a", "1"}, {"b", "two"}, {"c", "3 3 3"}};
    const MPI::Info listed = MPI::Info::Create({{"a", "1"}, {"b", "two"}, {"c", "3 3 3"}});
    CHECK(map_of(listed) == expected);
    CHECK(map_of(MPI::Info::Create(expected)) == expected);
    CHECK(map_of(MPI::Info::Create(std::vector<std::pair<const char*, std::string>>{{"a", "1"}, {"b", "two"}, {"c", "3 3 3"}})) == expected);
    CHECK(map_of(MPI::Info::Create(listed)) == expected);
    CHECK(map_of(MPI::Info::Create(Map{})).empty());
}

TEST_CASE("Info gives keys, values and items in one order", "[info]") {
    const MPI::Info info = MPI::Info::Create({{"x", "10"}, {"y", "20"}, {"z", "30"}});
    const auto keys = info.keys();
    const auto values = info.values();
    const auto items = info.items();
    CHECK(keys.size() == 3);
    CHECK(values.size() == 3);
    std::size_t i = 0;
    for (const auto& [key, value] : info) {
        if (i < 3) {
            CHECK(keys[i] == key);
            CHECK(values[i] == value);
            CHECK(items[i] == MPI::Info::Item(key, value));
            CHECK(info.Get_nthkey(static_cast<int>(i)) == key);
        }
        ++i;
    }
    CHECK(i == 3);
    CHECK(std::count_if(info.begin(), info.end(), [](const MPI::Info::Item& item) { return item.second == "20"; }) == 1);
}

TEST_CASE("Info has values of other lengths than the usual, up to the MPI's limit", "[info]") {
    MPI::Info info = MPI::Info::Create();
    for (const std::size_t length :
         {std::size_t{1}, std::size_t{254}, std::size_t{255}, std::size_t{256}, static_cast<std::size_t>(MPI::MAX_INFO_VAL) - 1}) {
        const std::string value(length, 'v');
        const bool fits = length < static_cast<std::size_t>(MPI::MAX_INFO_VAL);
        CHECK(fits == (error_class([&] { info.Set("key", value); }) == MPI::SUCCESS));
        if (fits) {
            CHECK(info.Get("key") == value);
        }
    }
    const std::string key(static_cast<std::size_t>(MPI::MAX_INFO_KEY) - 1, 'k');
    info.Set(key, "at the longest key");
    CHECK(info.Get(key) == "at the longest key");
    CHECK(map_of(info).count(key) == 1);
    CHECK(error_class([&] { info.Set(key + "kk", "too long"); }) == MPI::ERR_INFO_KEY);
    CHECK(error_class([&] { info.Set("", "no key"); }) == MPI::ERR_INFO_KEY);
    CHECK(error_class([&] { info.Set("key", std::string(static_cast<std::size_t>(MPI::MAX_INFO_VAL) + 1, 'v')); }) == MPI::ERR_INFO_VALUE);
}

TEST_CASE("Info reads and is set by brackets", "[info]") {
    MPI::Info info = MPI::Info::Create();
    info["style"] = "random";
    info["style"] = "sequential";
    const std::string style = info["style"];
    CHECK(style == "sequential");
    CHECK(info["style"] == "sequential");
    const MPI::Info& constant = info;
    CHECK(constant["style"] == "sequential");
    CHECK(error_class([&] { (void)constant["none"]; }) == MPI::ERR_INFO_NOKEY);
    CHECK(error_class([&] { (void)std::string(info["none"]); }) == MPI::ERR_INFO_NOKEY);
    CHECK(contains(thrown<MPI::Exception>([&] { (void)info.value("none"); }), "there is no key \"none\""));
    CHECK(info.size() == 1);  // asking makes none
}

TEST_CASE("Info gives another value where there is none", "[info]") {
    MPI::Info info = MPI::Info::Create({{"a", "1"}});
    CHECK(info.get("a") == "1");
    CHECK_FALSE(info.get("b").has_value());
    CHECK(info.get("a", "2") == "1");
    CHECK(info.get("b", "2") == "2");
    CHECK(info.pop("a") == "1");
    CHECK(info.empty());
    CHECK(info.pop("a", "gone") == "gone");
    CHECK(error_class([&] { info.pop("a"); }) == MPI::ERR_INFO_NOKEY);
    MPI::Info pairs = MPI::Info::Create({{"x", "1"}, {"y", "2"}});
    const MPI::Info::Item last = pairs.items().back();
    CHECK(pairs.popitem() == last);
    CHECK(pairs.size() == 1);
    CHECK_FALSE(pairs.contains(last.first));
    (void)pairs.popitem();
    CHECK(error_class([&] { pairs.popitem(); }) == MPI::ERR_INFO_NOKEY);
    CHECK(pairs.empty());
    CHECK(error_class([&] { info.Delete("a"); }) == MPI::ERR_INFO_NOKEY);
}

TEST_CASE("Info is updated, copied and cleared", "[info]") {
    MPI::Info info = MPI::Info::Create({{"a", "1"}, {"b", "2"}});
    const MPI::Info other = MPI::Info::Create({{"b", "3"}, {"c", "4"}});
    info.update(other);
    CHECK(map_of(info) == Map{{"a", "1"}, {"b", "3"}, {"c", "4"}});
    info.update({{"d", "5"}});
    info.update(Map{{"a", "6"}});
    const MPI::Info copy = info.copy(), duplicate = info.Dup();
    info.clear();
    CHECK(info.empty());
    const Map expected{{"a", "6"}, {"b", "3"}, {"c", "4"}, {"d", "5"}};
    CHECK(map_of(copy) == expected);
    CHECK(map_of(duplicate) == expected);
    info.clear();
    CHECK(info.items().empty());
}

TEST_CASE("INFO_NULL reads as an empty map and cannot be changed", "[info]") {
    CHECK(MPI::INFO_NULL.is_null());
    CHECK(MPI::INFO_NULL.size() == 0);
    CHECK(MPI::INFO_NULL.empty());
    CHECK_FALSE(MPI::INFO_NULL.contains("key"));
    CHECK_FALSE(MPI::INFO_NULL.get("key").has_value());
    CHECK(MPI::INFO_NULL.get("key", "otherwise") == "otherwise");
    CHECK(MPI::INFO_NULL.keys().empty());
    CHECK(MPI::INFO_NULL.values().empty());
    CHECK(MPI::INFO_NULL.items().empty());
    CHECK(MPI::INFO_NULL.begin() == MPI::INFO_NULL.end());
    CHECK(MPI::INFO_NULL.copy().is_null());
    CHECK(error_class([] { (void)MPI::INFO_NULL["key"]; }) == MPI::ERR_INFO_NOKEY);
    MPI::Info null;
    null.clear();
    CHECK(null.pop("key", "otherwise") == "otherwise");
    CHECK_THROWS_AS(null.Set("key", "value"), MPI::Exception);
    CHECK_THROWS_AS(null.Delete("key"), MPI::Exception);
    CHECK_THROWS_AS((void)null.Get("key"), MPI::Exception);
    CHECK_THROWS_AS((void)null.Get_nkeys(), MPI::Exception);
    CHECK_THROWS_AS((void)null.Get_nthkey(0), MPI::Exception);
    CHECK_THROWS_AS((void)null.Dup(), MPI::Exception);
}

TEST_CASE("INFO_ENV tells what the launcher was told", "[info]") {
    CHECK_FALSE(MPI::INFO_ENV.is_null());
    for (const auto& [key, value] : MPI::INFO_ENV) CHECK(MPI::INFO_ENV.get(key) == value);
    try {
        const MPI::Info info = MPI::Info::Create_env({"program", "argument"});
        CHECK_FALSE(info.is_null());
        for (const auto& [key, value] : MPI::Info::Create_env()) CHECK(info.get(key).has_value());  // MPICH 5 and Open MPI 6 add the words
    } catch (const MPI::Exception& e) {
        CHECK(MPI::VERSION < 4);
        CHECK(contains(e.what(), "not supported by this MPI"));
    }
}

TEST_CASE("Info asks for a key that is there", "[info][error]") {
    const MPI::Info info = MPI::Info::Create({{"a", "1"}});
    CHECK_THROWS_AS((void)info.Get_nthkey(1), MPI::Exception);
    CHECK_THROWS_AS((void)info.Get_nthkey(-1), MPI::Exception);
}

TEST_CASE("A key or a value with a null character is refused, not cut", "[info][error]") {
    const std::string cut("z\0k", 3);
    MPI::Info info = MPI::Info::Create({{"z", "1"}});
    refused("Set: the key contains a null character", [&] { info.Set(cut, "2"); });
    refused("Set: the value contains a null character", [&] { info.Set("y", cut); });
    refused("Get: the key contains a null character", [&] { (void)info.Get(cut); });
    refused("Delete: the key contains a null character", [&] { info.Delete(cut); });
    CHECK(info.Get("z") == "1");
    CHECK(info.Get_nkeys() == 1);
    refused("Set_name: the name contains a null character", [&] { MPI::COMM_SELF.Dup().Set_name(cut); });
}

TEST_CASE("A communicator takes hints and tells which it uses", "[info][comm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Intracomm copy = comm.Dup();
        copy.Set_info(MPI::Info::Create({{"mpi_assert_no_any_tag", "false"}}));
        const MPI::Info used = copy.Get_info();
        CHECK_FALSE(used.is_null());
        CHECK(map_of(used) == map_of(copy.info()));  // what the MPI does not know it may ignore
        CHECK(used.get("mpi_assert_no_any_tag", "false") == "false");
    });
    CHECK_FALSE(MPI::COMM_WORLD.info().is_null());
}
