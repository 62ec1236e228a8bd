// Options on the command line, which are their own documentation.
#pragma once

#include <mpi4cxx/mpi4cxx.hpp>

#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

/// The program mpi4cxx-bench. It uses the public interface of the library alone.
namespace bench {

namespace MPI = mpi4cxx;

/// What is wrong with the command line. The program says it once and exits with 2 on all processes.
class UsageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct Option {
    std::string names;    // "-n, --size"
    std::string value;    // what stands for its value in the help, "BYTES"; empty: it has none
    std::string meaning;  // with its default
    std::function<void(const std::string& value)> set;
};

/// Returns an option that sets `variable` to true.
Option flag(std::string names, std::string meaning, bool& variable);
/// Returns an option whose value is a number of at least `least`, as 8, 64K, 4M or 1G. The help names the default, which is the variable's value.
Option amount(std::string names, std::string value, std::string meaning, MPI::Count& variable, MPI::Count least);

/// Reads the options that `words` begins with. Returns what is left, which begins with a word that is no option.
std::span<char*> read_options(std::span<char*> words, const std::vector<Option>& options);
/// Returns one line of help for each option.
std::string help_of(const std::vector<Option>& options);

}  // namespace bench
