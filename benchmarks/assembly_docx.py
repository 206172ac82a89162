"""One report as DOCX, against building its model and deflating its XML; a process of its own."""

import json
import sys
import zlib
from io import BytesIO
from resource import RUSAGE_SELF, getrusage
from statistics import median
from time import process_time
from zipfile import ZipFile

from adapters.docx import write_docx
from benchmarks.assembly_models import AT, model_of


def measure_docx(units: int, rounds: int = 5) -> dict[str, float]:
    """Seconds of model + DOCX and of model + deflate, and the peak of the process in MB."""
    write_docx(model_of(30), modified=AT)  # compiled patterns and caches, as in a running engine
    models, ours = [], []
    for _ in range(rounds):
        start = process_time()
        document = model_of(units)
        modelled = process_time()
        made = write_docx(document, modified=AT)
        models.append(modelled - start)
        ours.append(process_time() - start)
        del document
    peak = getrusage(RUSAGE_SELF).ru_maxrss / 1024  # before the XML is held whole for the floor
    with ZipFile(BytesIO(made)) as package:
        xml = package.read("word/document.xml")
    deflated = []
    for _ in range(rounds):
        start = process_time()
        zlib.compress(xml, 6)
        deflated.append(process_time() - start)
    return {"ours": median(ours), "floor": median(models) + median(deflated), "peak": peak}


if __name__ == "__main__":
    print(json.dumps(measure_docx(int(sys.argv[1]))))
