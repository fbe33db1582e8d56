"""Rules as data: schemes, instruments, conventions, sampling, provinces."""
