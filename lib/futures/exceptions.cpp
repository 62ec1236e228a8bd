// How the exception of a task is written on the worker and made again by the manager.
#include "futures/exceptions.hpp"

#include <mpi4cxx/detail/futures/registered_exception.hpp>
#include <mpi4cxx/error.hpp>

#include <cxxabi.h>

#include <algorithm>
#include <any>
#include <cstdlib>
#include <functional>
#include <future>
#include <ios>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <string_view>
#include <system_error>
#include <typeindex>
#include <typeinfo>
#include <variant>
#include <vector>

namespace MPI4CXX::futures {

TaskError::TaskError(std::string type, std::string message, TaskPlace place)
    : type_(std::move(type)), message_(std::move(message)), place_(std::move(place)) {}
TaskError::~TaskError() = default;

std::string TaskError::where() const { return place_.name + ", " + place_.host + (place_.function.empty() ? "" : ": " + place_.function); }

namespace detail {

namespace {

constexpr int most_nested = 64;

struct Description {  // sent to the manager
    std::string type, message, category;
    int code = 0;
};

template <class E> std::unique_ptr<ReceivedException> with_text(const Description& description, const TaskError& error) {
    return make_remote(E(description.message), error, description.message);
}
template <class E> std::unique_ptr<ReceivedException> without_text(const Description& description, const TaskError& error) {
    return make_remote(E(), error, description.message);
}

/// Returns the category of this name, or a stand-in if only the user's code knows the category.
const std::error_category& category_of(const std::string& name) {
    for (const std::error_category* category :
         {&std::generic_category(), &std::system_category(), &std::iostream_category(), &std::future_category()})
        if (name == category->name())
            return *category;
    struct Foreign final : std::error_category {
        explicit Foreign(std::string its_name) : name_(std::move(its_name)) {}
        [[nodiscard]] const char* name() const noexcept override { return name_.c_str(); }
        [[nodiscard]] std::string message(int code) const override { return name_ + " error " + std::to_string(code); }
        std::string name_;
    };
    static std::mutex& mutex = *new std::mutex;
    static auto& others = *new std::map<std::string, Foreign>;
    const std::lock_guard lock(mutex);
    return others.try_emplace(name, name).first->second;
}

std::unique_ptr<ReceivedException> system_error(const Description& description, const TaskError& error) {
    return make_remote(std::system_error(std::error_code(description.code, category_of(description.category)), description.message), error,
                       description.message);
}
std::unique_ptr<ReceivedException> mpi_exception(const Description& description, const TaskError& error) {
    return make_remote(Exception(description.code, "", description.message), error, description.message);
}

const char* text_of(const char* text) noexcept { return text != nullptr ? text : ""; }

/// Returns the message of the exception that is being handled as an E; null if it is no E.
template <class E> std::unique_ptr<std::string> text_as() {
    try {
        throw;
    } catch (const E& e) {
        return std::make_unique<std::string>(text_of(e.what()));
    } catch (...) {
        return nullptr;
    }
}

struct StandardException {
    const std::type_info* type;
    std::unique_ptr<ReceivedException> (*make)(const Description&, const TaskError&);
    std::unique_ptr<std::string> (*text)();
};

const StandardException standard_exceptions[] = {
    // derived classes before their bases
    {&typeid(std::invalid_argument), with_text<std::invalid_argument>, text_as<std::invalid_argument>},
    {&typeid(std::domain_error), with_text<std::domain_error>, text_as<std::domain_error>},
    {&typeid(std::length_error), with_text<std::length_error>, text_as<std::length_error>},
    {&typeid(std::out_of_range), with_text<std::out_of_range>, text_as<std::out_of_range>},
    {&typeid(std::logic_error), with_text<std::logic_error>, text_as<std::logic_error>},
    {&typeid(std::range_error), with_text<std::range_error>, text_as<std::range_error>},
    {&typeid(std::overflow_error), with_text<std::overflow_error>, text_as<std::overflow_error>},
    {&typeid(std::underflow_error), with_text<std::underflow_error>, text_as<std::underflow_error>},
    {&typeid(std::system_error), system_error, text_as<std::system_error>},
    {&typeid(Exception), mpi_exception, text_as<Exception>},
    {&typeid(std::runtime_error), with_text<std::runtime_error>, text_as<std::runtime_error>},
    {&typeid(std::bad_array_new_length), without_text<std::bad_array_new_length>, text_as<std::bad_array_new_length>},
    {&typeid(std::bad_alloc), without_text<std::bad_alloc>, text_as<std::bad_alloc>},
    {&typeid(std::bad_any_cast), without_text<std::bad_any_cast>, text_as<std::bad_any_cast>},
    {&typeid(std::bad_cast), without_text<std::bad_cast>, text_as<std::bad_cast>},
    {&typeid(std::bad_typeid), without_text<std::bad_typeid>, text_as<std::bad_typeid>},
    {&typeid(std::bad_exception), without_text<std::bad_exception>, text_as<std::bad_exception>},
    {&typeid(std::bad_function_call), without_text<std::bad_function_call>, text_as<std::bad_function_call>},
    {&typeid(std::bad_weak_ptr), without_text<std::bad_weak_ptr>, text_as<std::bad_weak_ptr>},
    {&typeid(std::bad_optional_access), without_text<std::bad_optional_access>, text_as<std::bad_optional_access>},
    {&typeid(std::bad_variant_access), without_text<std::bad_variant_access>, text_as<std::bad_variant_access>},
    {&typeid(std::exception), without_text<std::exception>, text_as<std::exception>},
};

/// The bases of a class, itself included, with their distance in the hierarchy.
using Bases = std::map<std::type_index, int>;

void find_bases(const std::type_info& type, int distance, Bases& bases) {
    const auto [at, is_new] = bases.try_emplace(type, distance);
    at->second = std::min(at->second, distance);
    if (const auto* const one = dynamic_cast<const abi::__si_class_type_info*>(&type); one != nullptr)
        find_bases(*one->__base_type, distance + 1, bases);
    if (const auto* const several = dynamic_cast<const abi::__vmi_class_type_info*>(&type); several != nullptr)
        for (unsigned i = 0; i < several->__base_count; ++i) find_bases(*several->__base_info[i].__base_type, distance + 1, bases);
}

/// Returns the index of the standard exception that is nearest to the exception that is being handled; the number of standard exceptions if there is
/// none. Adds the messages to `text`: a class with several bases may have several messages.
std::size_t nearest(const Bases& bases, std::string& text) {
    std::size_t kind = std::size(standard_exceptions);
    int least = std::numeric_limits<int>::max();
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < std::size(standard_exceptions); ++i) {
        const auto base = bases.find(*standard_exceptions[i].type);
        const std::unique_ptr<std::string> said = base == bases.end() ? nullptr : standard_exceptions[i].text();
        if (said == nullptr)
            continue;
        if (base->second < least) {
            least = base->second;
            kind = i;
        }
        if (std::find(texts.begin(), texts.end(), *said) == texts.end())
            texts.push_back(*said);
    }
    for (const std::string& said : texts) text += (text.empty() ? "" : "; ") + said;
    return kind;
}

/// Returns the name of a type, without the wrapper of throw_with_nested().
std::string name_of(const std::type_info& type) {
    std::string name = readable(type.name());
    constexpr std::string_view wrapper = "std::_Nested_exception<";
    if (name.starts_with(wrapper) && name.ends_with('>'))
        name = name.substr(wrapper.size(), name.size() - wrapper.size() - 1);
    return name;
}

/// Describes the exception that is being handled; returns the index of its standard exception.
std::size_t describe(const std::type_info& type, const Bases& bases, Description& description) {
    description.type = name_of(type);
    const std::size_t kind = nearest(bases, description.message);
    try {
        throw;
    } catch (const std::system_error& e) {
        description.code = e.code().value();
        description.category = e.code().category().name();
    } catch (const Exception& e) {
        description.code = e.Get_error_code();
    } catch (const std::string& text) {
        description.message = text;
    } catch (const char* text) {
        description.message = text_of(text);
    } catch (...) {}
    return kind;
}

constinit std::mutex mutex;
std::vector<const RegisteredException*>& registered_exceptions() {
    static auto& all = *new std::vector<const RegisteredException*>;
    return all;
}

/// Returns the registered types that match the exception that is being handled, the nearest first.
std::vector<const RegisteredException*> find_registered(const Bases& bases) {
    std::vector<const RegisteredException*> found;
    const std::lock_guard lock(mutex);
    for (const RegisteredException* one : registered_exceptions())
        if (bases.contains(one->type))
            found.push_back(one);
    std::stable_sort(found.begin(), found.end(),
                     [&](const RegisteredException* a, const RegisteredException* b) { return bases.at(a->type) < bases.at(b->type); });
    return found;
}

const RegisteredException* registered_named(const std::string& name) {
    const std::lock_guard lock(mutex);
    const auto& all = registered_exceptions();
    const auto found = std::find_if(all.begin(), all.end(), [&name](const RegisteredException* one) { return name == one->type.name(); });
    return found == all.end() ? nullptr : *found;
}

/// Writes the exception that is being handled as a registered one and returns the type's name; empty if it is not registered or cannot be written.
std::string save(const Bases& bases, Packing& to) {
    for (const RegisteredException* const one : find_registered(bases)) {
        Packing bytes(Packing::Blocks::inside);
        try {
            if (!one->save(bytes))
                continue;
        } catch (...) {
            continue;
        }
        to.append(bytes.bytes().data(), bytes.bytes().size());
        return one->type.name();
    }
    return {};
}

void write_exception(Packing& to, int depth) {
    const std::type_info* const type = abi::__cxa_current_exception_type();
    Bases bases;
    if (type != nullptr)
        find_bases(*type, 0, bases);
    Description description;
    const std::size_t kind = type == nullptr ? std::size(standard_exceptions) : describe(*type, bases, description);
    Packing bytes(Packing::Blocks::inside);
    const std::string name = save(bases, bytes);
    to.put(static_cast<std::uint64_t>(kind));
    to.put(description.code);
    put_value(to, description.type);
    put_value(to, description.message);
    put_value(to, description.category);
    put_value(to, name);
    to.put(static_cast<std::uint64_t>(bytes.bytes().size()));
    to.append(bytes.bytes().data(), bytes.bytes().size());
    std::exception_ptr nested;
    try {
        throw;
    } catch (const std::nested_exception& outer) {
        nested = outer.nested_ptr();
    } catch (...) {}
    const bool has_nested = nested != nullptr && depth < most_nested;
    to.put(static_cast<std::uint8_t>(has_nested));
    if (!has_nested)
        return;
    try {
        std::rethrow_exception(nested);
    } catch (...) {
        write_exception(to, depth + 1);
    }
}

std::unique_ptr<ReceivedException> make(std::size_t kind, Description description, const std::string& name, std::span<const std::byte> bytes,
                                        const TaskPlace& place) {
    const TaskError error(description.type, description.message, place);
    if (const RegisteredException* const one = registered_named(name); one != nullptr) {
        try {
            Unpacking from(bytes);
            return one->make(from, error);
        } catch (...) {}  // made as a standard exception below
    }
    if (kind < std::size(standard_exceptions))
        return standard_exceptions[kind].make(description, error);
    description.message =
        "exception of type " + description.type + (description.message.empty() ? "" : ": " + description.message);  // not derived from std::exception
    return with_text<std::runtime_error>(description, error);
}

std::exception_ptr read_exception(Unpacking& from, const TaskPlace& place) {
    const auto kind = static_cast<std::size_t>(from.get<std::uint64_t>());
    Description description;
    description.code = from.get<int>();
    description.type = get_value<std::string>(from);
    description.message = get_value<std::string>(from);
    description.category = get_value<std::string>(from);
    const auto name = get_value<std::string>(from);
    const auto size = from.get<std::uint64_t>();
    const std::span<const std::byte> bytes(from.take(size), size);
    const std::unique_ptr<ReceivedException> outer = make(kind, std::move(description), name, bytes, place);
    const std::exception_ptr nested = from.get_bool() ? read_exception(from, place) : nullptr;
    if (nested == nullptr)
        return outer->make(false);
    try {
        std::rethrow_exception(nested);
    } catch (...) {
        return outer->make(true);
    }
}

}  // namespace

RegisteredException::RegisteredException(const std::type_info& of, Save* to_save, Make* to_make) : type(of), save(to_save), make(to_make) {
    const std::lock_guard lock(mutex);
    registered_exceptions().push_back(this);
}

RegisteredException::~RegisteredException() {
    const std::lock_guard lock(mutex);
    std::erase(registered_exceptions(), this);
}

std::string readable(const char* mangled) {
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> demangled(abi::__cxa_demangle(mangled, nullptr, nullptr, &status), &std::free);
    return demangled ? demangled.get() : mangled;
}

std::string describe_current() {
    const std::type_info* const type = abi::__cxa_current_exception_type();
    if (type == nullptr)
        return "an exception of another language";
    Bases bases;
    find_bases(*type, 0, bases);
    Description description;
    (void)describe(*type, bases, description);
    return description.type + (description.message.empty() ? "" : ": " + description.message);
}

void pack_exception(Packing& to, const TaskPlace& place) {
    to.put(place.worker);
    to.put(place.rank);
    put_value(to, place.name);
    put_value(to, place.host);
    put_value(to, place.function);
    write_exception(to, 0);
}

std::exception_ptr unpack_exception(Unpacking& from) {
    TaskPlace place;
    place.worker = from.get<int>();
    place.rank = from.get<int>();
    place.name = get_value<std::string>(from);
    place.host = get_value<std::string>(from);
    place.function = get_value<std::string>(from);
    return read_exception(from, place);
}

}  // namespace detail
}  // namespace MPI4CXX::futures
