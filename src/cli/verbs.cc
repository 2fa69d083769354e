#include <array>

#include "cli/verb.h"

namespace tilewright::cli {
namespace {

constexpr std::array<Verb, 14> kVerbs{{
    {"machine", "describe this machine, measured", "tilewright machine --json", declare_machine},
    {"workloads", "list the named workloads, and the operators that a workload text may name", "tilewright workloads",
     declare_workloads},
    {"check", "can this model be compiled; everything missing at once", "tilewright check model.onnx", declare_check},
    {"tasks", "list the distinct tuning tasks of a model", "tilewright tasks model.onnx", declare_tasks},
    {"sketches", "show every sketch of a workload",
     "tilewright sketches conv2d:h=56,ci=64,co=64,k=3,pad=1 --space ansor", declare_sketches},
    {"sample", "draw random complete schedules, unmeasured", "tilewright sample gmm_1024 --count 5 --seed 1",
     declare_sample},
    {"tune", "search for fast schedules; resumes where the record file ends",
     "tilewright tune model.onnx --budget 10m --records model.jsonl", declare_tune},
    {"compile", "make a compiled model, which needs no compiler to run",
     "tilewright compile model.onnx --records model.jsonl -o model.tw", declare_compile},
    {"run", "run a model once and compare its outputs if asked",
     "tilewright run model.tw --input inputs.npz --expect outputs.npz --rtol 1e-3", declare_run},
    {"bench", "time a model, median of many runs", "tilewright bench model.onnx --records model.jsonl --seconds 5",
     declare_bench},
    {"explain", "show a schedule, its hot loop in assembly and what bounds its speed",
     "tilewright explain conv_56 --records model.jsonl", declare_explain},
    {"records", "read, select and exchange record files, ours and TVM's", "tilewright records best model.jsonl",
     declare_records},
    {"lab", "compare ways to search", "tilewright lab run smoke", declare_lab},
    {"doctor", "check the installation and the machine, say what to mend", "tilewright doctor", declare_doctor},
}};

}  // namespace

std::span<const Verb> verbs() { return kVerbs; }

}  // namespace tilewright::cli
