# SPDX-License-Identifier: Apache-2.0
"""Results as tables for people: one with everything for a terminal, one with medians for a page."""

import statistics

REFERENCE = "lbgpd"


def number(value):
    """Three digits that matter, and no exponent."""
    if value is None:
        return ""
    if value == int(value) or value >= 100:
        return f"{value:,.0f}"
    return f"{value:#.3g}" if value >= 0.001 else f"{value:.6f}"


def median(samples, key):
    values = [one[key] for one in samples if key in one]
    return statistics.median(values) if values else None


def _cells(samples, workload, base):
    """One speaker's line of a row: the compared column in full, medians of the others."""
    (key, _), *others = workload.columns
    values = [one[key] for one in samples]
    middle = statistics.median(values)
    return [number(min(values)), number(middle), number(max(values)), f"{middle / base:.2f}" if base else "",
            *(number(median(samples, other)) for other, _ in others)]


def table(workload, rows):
    """The text of one workload's results, which are {row: {speaker: samples, or why there are none}}."""
    (key, unit), *others = workload.columns
    lines = [["", "", f"min {unit}", "median", "max", f"/ {REFERENCE}", *(title for _, title in others)]]
    for row, speakers in rows.items():
        ours = speakers.get(REFERENCE)
        base = median(ours, key) if isinstance(ours, list) else None
        for speaker, samples in speakers.items():
            cells = [samples.splitlines()[0]] if isinstance(samples, str) else _cells(samples, workload, base)
            lines.append([row, speaker, *cells])
            row = ""
    return "\n".join([f"{workload.name}  {workload.title}", *_aligned(lines)])


def _aligned(lines):
    """Names to the left, numbers to the right; a line of one long text has no columns."""
    full = [line for line in lines if len(line) == len(lines[0])]
    widths = [max(len(line[at]) for line in (lines if at < 2 else full)) for at in range(len(lines[0]))]
    for line in lines:
        cells = [line[0].ljust(widths[0]), line[1].ljust(widths[1])]
        cells += [cell.rjust(width) for cell, width in zip(line[2:], widths[2:])] if len(line) > 3 else line[2:]
        yield "  ".join(cells).rstrip()


def page(workload, rows):
    """The medians in Markdown, a column per speaker."""
    speakers = list(dict.fromkeys(speaker for found in rows.values() for speaker in found))
    titles = dict(workload.columns)
    lines = [f"**{workload.name}** {workload.title}: {' · '.join(titles[key] for key in workload.page)}", "",
             "| | " + " | ".join(speakers) + " |", "|---" * (len(speakers) + 1) + "|"]
    for row, found in rows.items():
        cells = (_page_cell(found.get(speaker, "–"), workload.page) for speaker in speakers)
        lines.append(f"| {row} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _page_cell(samples, keys):
    if isinstance(samples, str):
        return samples.splitlines()[0]
    return " · ".join(number(median(samples, key)) for key in keys)
