// Finds portable addresses, task types, and pointers among captures, in the modules of the program.
#include <mpi4cxx/detail/futures/portable_address.hpp>

#include <mpi4cxx/detail/futures/work_item.hpp>
#include <mpi4cxx/error.hpp>

#include <link.h>
#include <pthread.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace MPI4CXX::futures::detail {

namespace {

constexpr int offset_bits = 40;
constexpr std::uint64_t offset_mask = (std::uint64_t{1} << offset_bits) - 1;

std::uint64_t hash_bytes(const void* data, std::size_t size, std::uint64_t hash = 14695981039346656037u) noexcept {
    const auto* bytes = static_cast<const unsigned char*>(data);
    for (; size >= 8; size -= 8, bytes += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes, sizeof word);
        hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 29;
    }
    for (; size > 0; --size) hash = (hash ^ *bytes++) * 1099511628211u;
    return hash;
}

/// The program or a shared library, as mapped into memory.
struct Module {
    std::string name;
    std::uintptr_t base = 0, begin = 0, end = 0;
    std::vector<std::span<const std::byte>> code;  // contains no addresses, so it is the same in every process; but UCX patches the C library
    std::vector<std::span<const std::byte>> notes;
    mutable std::uint64_t hash = 0;

    [[nodiscard]] bool holds(std::uintptr_t address) const noexcept { return address >= begin && address < end; }
    [[nodiscard]] bool has_code(const void* address) const noexcept {
        const auto* const byte = static_cast<const std::byte*>(address);
        return std::any_of(code.begin(), code.end(),
                           [byte](const auto& piece) { return byte >= piece.data() && byte < piece.data() + piece.size(); });
    }
    [[nodiscard]] std::uint64_t fingerprint() const noexcept {
        if (hash == 0) {
            if (const auto id = build_id(); !id.empty())
                hash = hash_bytes(id.data(), id.size());
            else
                for (const auto& piece : code) hash = hash_bytes(piece.data(), piece.size(), hash + 1);
            hash |= 1;  // never 0
        }
        return hash;
    }
    /// Returns the build id that the linker wrote; empty if there is none.
    [[nodiscard]] std::span<const std::byte> build_id() const noexcept {
        const auto padded = [](std::size_t size) { return (size + 3) & ~std::size_t{3}; };
        for (auto left : notes)
            while (left.size() > sizeof(ElfW(Nhdr))) {
                ElfW(Nhdr) note{};
                std::memcpy(&note, left.data(), sizeof note);
                const std::size_t id = sizeof note + padded(note.n_namesz), size = id + padded(note.n_descsz);
                if (size > left.size())
                    break;
                if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && std::memcmp(left.data() + sizeof note, "GNU", 4) == 0)
                    return left.subspan(id, note.n_descsz);
                left = left.subspan(size);
            }
        return {};
    }
    [[nodiscard]] std::uint64_t tag() const noexcept { return fingerprint() >> offset_bits == 0 ? 1 : fingerprint() >> offset_bits; }
};

int add_module(dl_phdr_info* info, std::size_t, void* modules) {
    Module module{info->dlpi_name, info->dlpi_addr, UINTPTR_MAX, 0, {}, {}, 0};
    for (const ElfW(Phdr) & header : std::span(info->dlpi_phdr, info->dlpi_phnum)) {
        const std::uintptr_t begin = info->dlpi_addr + header.p_vaddr;
        if (header.p_type == PT_NOTE && header.p_align <= 4)  // other notes have another layout and no build id
            module.notes.emplace_back(reinterpret_cast<const std::byte*>(begin), header.p_filesz);
        if (header.p_type != PT_LOAD)
            continue;
        module.begin = std::min(module.begin, begin);
        module.end = std::max(module.end, begin + header.p_memsz);
        if ((header.p_flags & PF_X) != 0)
            module.code.emplace_back(reinterpret_cast<const std::byte*>(begin), header.p_filesz);
    }
    static_cast<std::vector<Module>*>(modules)->push_back(std::move(module));
    return 0;
}

std::vector<Module> find_modules() {  // the program is first
    std::vector<Module> modules;
    dl_iterate_phdr(add_module, &modules);
    return modules;
}

const Module& program() {
    static const Module& first = *new Module(find_modules().front());  // never destroyed: used while the process exits
    return first;
}

[[noreturn]] void throw_corrupt() {
    throw Exception(MPI_ERR_OTHER, "futures", "a message names what is no task of this program", mpi4cxx::detail::nowhere);
}

constinit std::mutex mutex;
std::vector<Module>& libraries = *new std::vector<Module>;

/// The task types of the program and of all libraries, some of which are made before the variables of this library.
std::set<const TaskType*>& task_types() {
    static std::set<const TaskType*>& types = *new std::set<const TaskType*>;
    return types;
}

/// Returns the first library for which `is_it` is true. If there is none, reloads the list of libraries and tries again.
template <class F> const Module* find_library(F is_it) {
    for (int attempt = 0; attempt < 2; ++attempt) {
        for (const Module& module : libraries)
            if (is_it(module))
                return &module;
        if (attempt == 0) {
            libraries = find_modules();
            libraries.erase(libraries.begin());
        }
    }
    return nullptr;
}

struct Range {
    std::uintptr_t begin = 0, end = 0;
};

Range stack_of_this_thread() noexcept {
    pthread_attr_t attributes;
    void* begin = nullptr;
    std::size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0)
        return {};
    pthread_attr_getstack(&attributes, &begin, &size);
    pthread_attr_destroy(&attributes);
    return {reinterpret_cast<std::uintptr_t>(begin), reinterpret_cast<std::uintptr_t>(begin) + size};
}

}  // namespace

std::uint64_t program_fingerprint() { return program().fingerprint(); }

std::uint64_t portable_address(const void* address) {
    const auto place = reinterpret_cast<std::uintptr_t>(address);
    if (program().holds(place)) [[likely]]
        return place - program().base;
    const std::lock_guard lock(mutex);
    const Module* const found = find_library([place](const Module& module) { return module.holds(place); });
    if (found == nullptr)
        throw Exception(MPI_ERR_OTHER, "futures",
                        "a pointer that belongs neither to the program nor to a shared library is no function that a task can be",
                        mpi4cxx::detail::nowhere);
    return found->tag() << offset_bits | (place - found->base);
}

const void* local_address(std::uint64_t code) {
    const std::uint64_t tag = code >> offset_bits, offset = code & offset_mask;
    if (tag == 0 && program().holds(program().base + offset)) [[likely]]
        return reinterpret_cast<const void*>(program().base + offset);
    if (tag == 0)
        throw_corrupt();
    const std::lock_guard lock(mutex);
    const Module* const found = find_library([tag](const Module& module) { return module.tag() == tag; });
    if (found == nullptr)
        throw Exception(MPI_ERR_OTHER, "futures", "the task is in a shared library that this worker has not loaded, or has another version of",
                        mpi4cxx::detail::nowhere);
    if (!found->holds(found->base + offset))
        throw_corrupt();
    return reinterpret_cast<const void*>(found->base + offset);
}

void put_function(Packing& to, const void* function) {
    const std::uint64_t code = portable_address(function);
    to.put(code);
    to.put(hash_bytes(&code, sizeof code, program().fingerprint()));
}

const void* get_function(Unpacking& from) {
    const auto code = from.get<std::uint64_t>(), hash = from.get<std::uint64_t>();
    if (hash != hash_bytes(&code, sizeof code, program().fingerprint()))
        throw_corrupt();
    const void* const function = local_address(code);
    const auto holds = [function](const Module& module) { return module.has_code(function); };
    if (!holds(program())) {
        const std::lock_guard lock(mutex);
        if (find_library(holds) == nullptr)
            throw_corrupt();
    }
    return function;
}

TaskType::TaskType(void (*runs)(Chunk&), const std::type_info& of, bool of_pointer) : run(runs), function(&of), is_pointer(of_pointer) {
    const std::lock_guard lock(mutex);
    task_types().insert(this);
}

TaskType::~TaskType() {
    const std::lock_guard lock(mutex);
    task_types().erase(this);
}

const TaskType& task_type_of(std::uint64_t code) {
    static thread_local std::uint64_t last = 0;
    static thread_local const TaskType* type = nullptr;
    if (type != nullptr && code == last) [[likely]]
        return *type;
    const auto* const found = static_cast<const TaskType*>(local_address(code));
    const std::lock_guard lock(mutex);
    if (!task_types().contains(found))
        throw_corrupt();
    last = code;
    type = found;
    return *type;
}

void check_captures(const void* object, std::size_t size, bool likely) {
    static thread_local const Range stack = stack_of_this_thread();
    const std::uintptr_t first = likely ? 0x10000 : std::uintptr_t{1} << 32;
    for (std::size_t i = 0; i + sizeof(std::uintptr_t) <= size; i += sizeof(std::uintptr_t)) {
        std::uintptr_t word = 0;
        std::memcpy(&word, static_cast<const std::byte*>(object) + i, sizeof word);
        if (word < first || word >> 47 != 0) [[likely]]
            continue;  // no address in user space
        bool leads_here = (word >= stack.begin && word < stack.end) || program().holds(word);
        if (!leads_here) {
            const std::lock_guard lock(mutex);
            if (libraries.empty())
                libraries = find_modules();
            leads_here = std::any_of(libraries.begin(), libraries.end(), [word](const Module& module) { return module.holds(word); });
        }
        if (leads_here)
            throw std::invalid_argument(
                "futures: the task's function captures a reference or a pointer, which leads nowhere in another process: "
                "capture values, or pass them as arguments; or say by_bytes(f) where it is none");
    }
}

}  // namespace MPI4CXX::futures::detail
