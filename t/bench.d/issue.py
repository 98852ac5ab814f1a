# SPDX-License-Identifier: Apache-2.0
"""{PCID, K, OPc} recorded in SQLite and printed, as a Python programmer writes it in an hour.

issue.py DB N: each is on disk before it is printed, so that none comes out twice after a crash.
issue.py DB N once: all are committed at the end, behind what was printed.
"""
import json
import os
import sqlite3
import sys

once = sys.argv[3:] == ["once"]
db = sqlite3.connect(sys.argv[1])
db.execute("PRAGMA journal_mode=WAL")
db.execute("PRAGMA synchronous=FULL")
db.execute("CREATE TABLE subscribers(imsi TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID")
for i in range(1, int(sys.argv[2]) + 1):
    record = {
        "imsi": "90170%010d" % i,
        "alg": "milenage",
        "k": os.urandom(16).hex(),
        "opc": os.urandom(16).hex(),
        "amf": "8000",
        "sqn": "000000000000",
        "status": "active",
    }
    text = json.dumps(record)
    db.execute("INSERT INTO subscribers VALUES(?, ?)", (record["imsi"], text))
    if not once:
        db.commit()
    print(text)
db.commit()
