# SPDX-License-Identifier: Apache-2.0
# lookup.py DB <pcids: the records of a register, by Python's sqlite3
import sqlite3
import sys

db = sqlite3.connect(sys.argv[1])
for line in sys.stdin:
    row = db.execute("SELECT record FROM discovery WHERE pcid=? ORDER BY tre_id", (line.rstrip("\n"),)).fetchone()
    sys.stdout.write(row[0] + "\n")
