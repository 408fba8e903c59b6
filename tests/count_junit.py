#!/usr/bin/env python3
"""count_junit.py FILE: prints "PASSED FAILED" of the file that ctest --output-junit wrote. A test that could not be started has failed."""
import sys
import xml.etree.ElementTree as ET

statuses = [case.get("status") for case in ET.parse(sys.argv[1]).getroot().iter("testcase")]
passed = statuses.count("run")
print(passed, len(statuses) - passed)
