# SPDX-License-Identifier: Apache-2.0
"""A GSUP client: gsup.py ADDRESS IMSI [RAND AUTS] prints the vectors of osmo-hlr as JSON Lines."""
import json
import socket
import sys


def message(connection):
    head = b""
    while len(head) < 3:
        head += connection.recv(3 - len(head)) or sys.exit("closed")
    body, size = b"", int.from_bytes(head[:2], "big")
    while len(body) < size:
        body += connection.recv(size - len(body)) or sys.exit("closed")
    return head[2], body


def send(connection, stream, body):
    connection.sendall(len(body).to_bytes(2, "big") + bytes([stream]) + body)


def elements(body):
    at = 0
    while at < len(body):
        yield body[at], body[at + 2:at + 2 + body[at + 1]]
        at += 2 + body[at + 1]


def tlv(tag, value):
    return bytes([tag, len(value)]) + value


def imsi_octets(imsi):
    digits = imsi + "f" * (len(imsi) % 2)
    return bytes(int(digits[i + 1] + digits[i], 16) for i in range(0, len(digits), 2))


connection = socket.create_connection((sys.argv[1], 4222), 10)
while True:  # IPA: the server asks who we are
    stream, body = message(connection)
    if stream == 0xFE and body[0] == 0x04:
        name = b"test-vlr\0"
        length = (len(name) + 1).to_bytes(2, "big")  # serial number, unit
        send(connection, 0xFE, b"\x05" + length + b"\x00" + name + length + b"\x08" + name)
        break
    if stream == 0xFE and body[0] == 0x00:
        send(connection, 0xFE, b"\x01")
request = b"\x08" + tlv(0x01, imsi_octets(sys.argv[2]))
if len(sys.argv) > 3:
    request += tlv(0x26, bytes.fromhex(sys.argv[4])) + tlv(0x20, bytes.fromhex(sys.argv[3]))
send(connection, 0xEE, b"\x05" + request)
names = {0x20: "rand", 0x23: "ik", 0x24: "ck", 0x25: "autn", 0x27: "xres"}
while True:
    stream, body = message(connection)
    if stream == 0xFE and body[0] == 0x00:
        send(connection, 0xFE, b"\x01")
    if stream != 0xEE or body[0] != 0x05:
        continue
    if body[1] == 0x09:  # send auth info error
        print(json.dumps({"error": dict(elements(body[2:]))[0x02][0]}, separators=(",", ":")))
        break
    if body[1] == 0x0A:  # send auth info result
        for tag, value in elements(body[2:]):
            if tag == 0x03:
                print(json.dumps({names[t]: v.hex() for t, v in elements(value) if t in names}))
        break
