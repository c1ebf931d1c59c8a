"""A run as JUnit XML: a test case per case, so that any build server shows what is wrong. What could not be judged is an error."""

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from evals.judged import Judged
from evals.result import Result

NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_xml(results: Sequence[Result]) -> str:
    root = Element("testsuites")
    for result in results:
        root.append(_suite(result))
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _suite(result: Result) -> Element:
    failed = [gate for gate in result.gates if not gate.holds]
    wrong = sum(each.right is False for each in result.judged)
    suite = Element("testsuite", name=result.suite, tests=str(len(result.judged) + len(result.gates)), failures=str(wrong + len(failed)),
                    errors=str(result.errors), timestamp=result.at, time=f"{result.seconds:g}")
    properties = SubElement(suite, "properties")
    for name, value in result.metrics.items():
        SubElement(properties, "property", name=name, value=f"{value:g}")
    for gate in result.gates:
        case = SubElement(suite, "testcase", classname=f"{result.suite}.gates", name=gate.name)
        if not gate.holds:
            SubElement(case, "failure", message=str(gate))
    for each in result.judged:
        suite.append(_case(result.suite, each))
    return suite


def _case(suite: str, judged: Judged) -> Element:
    case = Element("testcase", classname=f"{suite}.{judged.lang}", name=judged.id)
    if judged.right is None:
        SubElement(case, "error", message=_clean(judged.error))
    elif not judged.right:
        SubElement(case, "failure", message=_clean(judged.reason)).text = _clean(judged.text)
    return case


def _clean(text: str) -> str:
    """Without the letters that XML can't hold."""
    return NO_XML.sub("\ufffd", text)
