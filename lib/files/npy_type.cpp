#include "files/npy_type.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <string_view>

namespace MPI4CXX::detail {

Count product(const Count* begin, const Count* end, const NpyCall& call) {
    if (std::find(begin, end, 0) != end)
        return 0;
    Count result = 1;
    for (; begin != end; ++begin)
        if (result > std::numeric_limits<Count>::max() / *begin)
            call.fail(MPI_ERR_IO, "the array is too large for a file");
        else
            result *= *begin;
    return result;
}

namespace {

constexpr bool is_little = std::endian::native == std::endian::little;

void make_names_unique(std::vector<NpyField>& fields) {
    for (std::size_t i = 1; i < fields.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (fields[i].name == fields[j].name)
                fields[i].name.clear();
}

std::string name_of(const std::vector<NpyField>& fields, std::size_t i) { return fields[i].name.empty() ? "f" + std::to_string(i) : fields[i].name; }

std::string shape_text(const std::vector<Count>& extents) {
    std::string text;
    for (const Count extent : extents) text += std::to_string(extent) + (extents.size() == 1 ? "," : &extent == &extents.back() ? "" : ", ");
    return "(" + text + ")";
}

/// Returns whether a field of a file is padding: the fields that packed() makes have names.
bool is_padding(const NpyField& field) { return field.name.empty() && field.type.kind == 'V' && field.type.fields.empty(); }

class Pairing {
public:
    /// Appends the steps of a type, and returns whether the types are the same.
    bool add(const NpyType& memory, const NpyType& file, std::size_t in_memory, std::size_t in_file) {
        if (memory.kind != file.kind || memory.extents != file.extents || memory.fields.empty() != file.fields.empty())
            return false;
        std::size_t count = 1;
        for (const Count extent : memory.extents) count *= static_cast<std::size_t>(extent);
        if (memory.fields.empty()) {
            const std::size_t unit = memory.kind == 'V' ? 1 : memory.kind == 'c' ? memory.size / 2 : memory.size;
            steps.push_back({in_memory, in_file, count * (memory.size / unit), unit, memory.kind == 'b', file.is_swapped});
            return memory.size == file.size;
        }
        for (std::size_t i = 0; i < count; ++i)
            if (!add_fields(memory.fields, file.fields, in_memory + i * memory.size, in_file + i * file.size))
                return false;
        return true;
    }

    NpySteps steps;

private:
    bool add_fields(const std::vector<NpyField>& memory, const std::vector<NpyField>& file, std::size_t in_memory, std::size_t in_file) {
        std::vector<const NpyField*> stored;
        for (const NpyField& field : file)
            if (!is_padding(field))
                stored.push_back(&field);
        const bool has_names = std::none_of(memory.begin(), memory.end(), [](const NpyField& field) { return field.name.empty(); });
        for (std::size_t i = 0; i < memory.size(); ++i) {
            auto found = stored.begin() + static_cast<std::ptrdiff_t>(std::min(i, stored.size()));
            if (has_names)
                found = std::find_if(stored.begin(), stored.end(), [&](const NpyField* field) { return field->name == memory[i].name; });
            if (found == stored.end() || !add(memory[i].type, (*found)->type, in_memory + memory[i].offset, in_file + (*found)->offset))
                return false;
        }
        return memory.size() == stored.size();
    }
};

}  // namespace

NpyType type_in_memory(const NumpyType& type) {
    NpyType result{type.kind, false, type.size, {}, {}};
    if (type.kind == 'a') {
        result = type_in_memory(*type.element);
        result.extents.insert(result.extents.begin(), static_cast<Count>(type.length));
    }
    const auto receive = [](void* fields, std::string_view name, std::size_t offset, const NumpyType& member) {
        static_cast<std::vector<NpyField>*>(fields)->push_back({std::string(name), offset, type_in_memory(member)});
    };
    if (type.list != nullptr)
        type.list({&result.fields, receive});
    make_names_unique(result.fields);
    return result;
}

NpyType packed(const NpyType& type) {
    NpyType result = type;
    if (!type.fields.empty())
        result.size = 0;
    for (std::size_t i = 0; i < result.fields.size(); ++i) {
        NpyField& field = result.fields[i];
        field.name = name_of(result.fields, i);
        field.type = packed(field.type);
        field.offset = result.size;
        result.size += bytes_of_field(field.type);
    }
    return result;
}

std::size_t bytes_of_field(const NpyType& type) {
    std::size_t bytes = type.size;
    for (const Count extent : type.extents) bytes *= static_cast<std::size_t>(extent);
    return bytes;
}

std::string descr_of(const NpyType& type) {
    if (type.fields.empty()) {
        const bool has_order = type.kind != 'V' && type.size > 1;
        return std::string("'") + (!has_order ? '|' : type.is_swapped == is_little ? '>' : '<') + type.kind + std::to_string(type.size) + "'";
    }
    std::string text;
    for (std::size_t i = 0; i < type.fields.size(); ++i) {
        const NpyType& member = type.fields[i].type;
        text += (i == 0 ? "('" : ", ('") + type.fields[i].name + "', " + descr_of(member) +
                (member.extents.empty() ? "" : ", " + shape_text(member.extents)) + ")";
    }
    return "[" + text + "]";
}

NpySteps steps_between(const NpyType& memory, const NpyType& file, const std::string& descr, const NpyCall& call) {
    Pairing pairing;
    if (!pairing.add(memory, file, 0, 0))
        call.fail(MPI_ERR_TYPE, "its elements are " + descr.substr(0, 1000) + ", not " + descr_of(packed(memory)));
    NpySteps joined;
    for (const NpyStep& step : pairing.steps) {
        NpyStep* const last = joined.empty() ? nullptr : &joined.back();
        if (last != nullptr && last->unit == step.unit && last->is_bool == step.is_bool && last->is_swapped == step.is_swapped &&
            last->memory + last->count * last->unit == step.memory && last->file + last->count * last->unit == step.file)
            last->count += step.count;
        else
            joined.push_back(step);
    }
    return joined;
}

}  // namespace MPI4CXX::detail
