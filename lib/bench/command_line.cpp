#include "bench/command_line.hpp"

#include "bench/units.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace bench {

namespace {

/// Returns the number that `text` is, 4M for example; -1 if it is none.
MPI::Count parse(std::string text) {
    static const std::string letters = "KMG";
    int shift = 0;
    if (const std::size_t letter = letters.find(text.empty() ? ' ' : text.back()); letter != std::string::npos) {
        shift = 10 * static_cast<int>(letter + 1);
        text.pop_back();
    }
    MPI::Count number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    const bool is_read = error == std::errc{} && stop == end && number >= 0 && number <= (MPI::Count{1} << 62 >> shift);
    return is_read ? number << shift : -1;
}

/// Returns whether `word` is one of the names in "-n, --size".
bool is_name_of(const Option& option, const std::string& word) { return (option.names + ", ").find(word + ", ") != std::string::npos; }

}  // namespace

Option flag(std::string names, std::string meaning, bool& variable) {
    return {std::move(names), "", std::move(meaning), [&variable](const std::string&) { variable = true; }};
}

Option amount(std::string names, std::string value, std::string meaning, MPI::Count& variable, MPI::Count least) {
    const auto set = [names, least, &variable](const std::string& text) {
        variable = parse(text);
        if (variable < least)
            throw UsageError("the value of " + names + " is '" + text + "', but must be a number of at least " + std::to_string(least) +
                             ", as 8, 64K, 4M or 1G");
    };
    return {std::move(names), std::move(value), std::move(meaning) + " (" + short_number(variable) + ")", set};
}

std::span<char*> read_options(std::span<char*> words, const std::vector<Option>& options) {
    while (!words.empty() && *words.front() == '-') {
        std::string word = words.front(), value;
        words = words.subspan(1);
        const std::size_t sign = word.starts_with("--") ? word.find('=') : std::string::npos;
        const bool has_value = sign != std::string::npos;
        if (has_value)
            value = word.substr(sign + 1);
        word.resize(std::min(sign, word.size()));
        const auto found = std::find_if(options.begin(), options.end(), [&word](const Option& one) { return is_name_of(one, word); });
        if (found == options.end())
            throw UsageError("there is no option " + word);
        if (found->value.empty() && has_value)
            throw UsageError("the option " + word + " takes no value");
        if (!found->value.empty() && !has_value) {
            if (words.empty())
                throw UsageError("the option " + word + " needs a value, " + found->value);
            value = words.front();
            words = words.subspan(1);
        }
        found->set(value);
    }
    return words;
}

std::string help_of(const std::vector<Option>& options) {
    std::string text;
    for (const Option& one : options) {
        std::string line = "      " + one.names + (one.value.empty() ? "" : " ") + one.value;
        line.resize(std::max<std::size_t>(line.size() + 1, 30), ' ');
        text += line + one.meaning + "\n";
    }
    return text;
}

}  // namespace bench
