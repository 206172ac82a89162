"""One report as PDF, with the processes that set its parts; a process of its own."""

import json
import sys
from io import BytesIO
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from time import perf_counter

from pypdf import PdfReader

from adapters.pdf import write_pdf
from benchmarks.assembly_models import AT, model_of


def measure_pdf(units: int) -> dict[str, float]:
    """Seconds of model + PDF, CPU with that of the parts' processes, and the highest peak in MB."""
    write_pdf(model_of(1), timestamp=AT)  # fonts are read once in a running engine
    cpu, start = _cpu(), perf_counter()
    made = write_pdf(model_of(units), timestamp=AT)
    wall, spent = perf_counter() - start, _cpu() - cpu
    peak = max(getrusage(who).ru_maxrss for who in (RUSAGE_SELF, RUSAGE_CHILDREN)) / 1024
    pages = len(PdfReader(BytesIO(made)).pages)
    return {"cpu": spent, "wall": wall, "peak": peak, "pages": pages}


def _cpu() -> float:
    used = (getrusage(who) for who in (RUSAGE_SELF, RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    print(json.dumps(measure_pdf(int(sys.argv[1]))))
