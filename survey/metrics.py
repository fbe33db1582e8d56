"""What a process counts for whoever runs it: numbers, never who came or what was said."""

from prometheus_client import Counter, Gauge

SUBMISSIONS = Counter("suara_submissions", "Submissions by what became of them.", ["outcome"])
REFUSALS = Counter("suara_refusals", "Refused submissions by the code of each reason.", ["code"])
WAITING = Gauge(
    "suara_waiting", "Submissions that wait for the writer.", multiprocess_mode="livesum"
)
SENT_BACK = Counter("suara_overloads", "Submissions sent back because too many waited.")
BATCHES = Counter("suara_batches", "Commits of the writer.")
FAILURES = Counter("suara_writer_failures", "Submissions that the database took not.", ["kind"])
