// Looks up the name of a function in the symbol tables.
#include "futures/function_name.hpp"

#include "futures/exceptions.hpp"

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <span>

namespace MPI4CXX::futures::detail {

namespace {

/// A file mapped into memory; empty if it cannot be read.
class MappedFile {
public:
    explicit MappedFile(const char* path) {
        const int file = open(path, O_RDONLY | O_CLOEXEC);
        struct stat status {};
        if (file < 0)
            return;
        if (fstat(file, &status) == 0 && status.st_size > 0) {
            const auto size = static_cast<std::size_t>(status.st_size);
            if (void* const at = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0); at != MAP_FAILED)
                bytes_ = {static_cast<const std::byte*>(at), size};
        }
        close(file);
    }
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    ~MappedFile() {
        if (!bytes_.empty())
            munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
    }
    /// Returns `n` elements from offset `at` on; empty if they do not lie within the file.
    template <class T> [[nodiscard]] std::span<const T> read(std::size_t at, std::size_t n) const {
        if (at % alignof(T) != 0 || at > bytes_.size() || n > (bytes_.size() - at) / sizeof(T))
            return {};
        return {reinterpret_cast<const T*>(bytes_.data() + at), n};
    }

private:
    std::span<const std::byte> bytes_;
};

/// Looks up the function at `value` in the symbol table of a file. The table of exported symbols, which dladdr() reads, is shorter.
std::string symbol_in(const char* path, ElfW(Addr) value) {
    const MappedFile file(path);
    const auto header = file.read<ElfW(Ehdr)>(0, 1);
    if (header.empty() || std::memcmp(header[0].e_ident, ELFMAG, SELFMAG) != 0)
        return {};
    const auto sections = file.read<ElfW(Shdr)>(header[0].e_shoff, header[0].e_shnum);
    for (const ElfW(Shdr) & section : sections) {
        if (section.sh_type != SHT_SYMTAB || section.sh_link >= sections.size())
            continue;
        const ElfW(Shdr)& strings = sections[section.sh_link];
        const auto names = file.read<char>(strings.sh_offset, strings.sh_size);
        for (const ElfW(Sym) & symbol : file.read<ElfW(Sym)>(section.sh_offset, section.sh_size / sizeof(ElfW(Sym))))
            if ((symbol.st_info & 0xf) == STT_FUNC && symbol.st_value == value && symbol.st_name < names.size())
                return {names.data() + symbol.st_name, strnlen(names.data() + symbol.st_name, names.size() - symbol.st_name)};
    }
    return {};
}

}  // namespace

std::string function_name(const void* address) {
    Dl_info info{};
    link_map* module = nullptr;
    if (dladdr1(address, &info, reinterpret_cast<void**>(&module), RTLD_DL_LINKMAP) == 0)
        return {};
    if (info.dli_sname != nullptr && info.dli_saddr == address)
        return readable(info.dli_sname);
    const char* const path = *module->l_name == '\0' ? "/proc/self/exe" : module->l_name;
    const std::string name = symbol_in(path, reinterpret_cast<ElfW(Addr)>(address) - module->l_addr);
    return name.empty() ? name : readable(name.c_str());
}

}  // namespace MPI4CXX::futures::detail
