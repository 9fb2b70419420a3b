"""The statements that the program sends for a request, as scripts of pgbench: taken from the server's log, so that what
is compared is what is sent."""

import re
from dataclasses import dataclass, field
from pathlib import Path

ENTRY = re.compile(r"^LOG:  (?:execute (?P<name>[^:]*)|statement): (?P<text>.*)$", re.DOTALL)
DETAIL = re.compile(r"^DETAIL:  [Pp]arameters: (?P<list>.*)$", re.DOTALL)
PARAMETER = re.compile(r"\$(\d+) = (?:NULL|'((?:[^']|'')*)')", re.DOTALL)
# An id of this moment, as the program makes them: the same one wherever it stands in a transaction.
ID = (
    "(lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0') || '70008000'"
    " || lpad(to_hex(:{name}::bigint), 12, '0'))::uuid"
)


@dataclass
class Script:
    """A file of one transaction, and the values of its variables."""

    file: Path
    protocol: str
    """`prepared`, or `extended` where the program lets the server plan anew each time."""
    variables: dict = field(default_factory=dict)


def sent(log):
    """The statements in a stretch of the server's log, each with its parameters by number, and how they were sent."""
    statements, protocol = [], "prepared"
    for entry in re.split(r"\n(?!\t)", log):
        entry = entry.replace("\n\t", "\n")
        if found := ENTRY.match(entry):
            statements.append((found["text"], {}))
            if found["name"] == "<unnamed>":
                protocol = "extended"
        elif found := DETAIL.match(entry):
            values = {int(number): value for number, value in PARAMETER.findall(found["list"])}
            missing = {int(number) for number in re.findall(r"\$(\d+) = NULL", found["list"])}
            parameters = {
                number: None if number in missing else value.replace("''", "'") for number, value in values.items()
            }
            statements[-1] = (statements[-1][0], parameters)
    return statements, protocol


def script(directory, name, sent, alternatives, made=()):
    """A transaction of what was sent. The alternatives say what stands in for the values that were sent, and each
    client has one of them: were they drawn for each transaction, all clients would have to prepare and plan them all.
    For the ids that the program made there is a new one each time."""
    statements, protocol = sent
    script = Script(directory / f"{name}.sql", protocol)
    lines = [f"\\set made{index} random(0, 281474976710655)" for index, _ in enumerate(made)]
    for number, alternative in enumerate(alternatives):
        lines.append(f"\\{'elif' if number else 'if'} :client_id % {len(alternatives)} = {number}")
        for place, (text, parameters) in enumerate(statements):
            lines.append(transaction_line(script, number, place, text, parameters, alternative, made))
    lines.append("\\endif")
    script.file.write_text("\n".join(lines) + "\n")
    return script


def transaction_line(script, number, place, text, parameters, alternative, made):
    def stand_in(found):
        parameter = int(found.group(1))
        value = parameters[parameter]
        if value is None:
            return "NULL"
        if value in made:
            return ID.format(name=f"made{made.index(value)}")
        variable = f"v{number}_{place}_{parameter}"
        script.variables[variable] = alternative.get(value, value)
        return f":{variable}"

    return " ".join(re.sub(r"\$(\d+)", stand_in, text).split()) + ";"
