/* SPDX-License-Identifier: Apache-2.0 */
/* base/: hex and base64, numbers, times, JSON, CSV, XML. Returns 1 at the first line that is wrong.
 */
#include "base/hex.h"
#include "base/json.h"
#include "base/lines.h"
#include "base/num.h"
#include "base/outfile.h"
#include "base/party.h"
#include "base/record.h"
#include "base/slurp.h"
#include "base/when.h"
#include "base/xml.h"

#include "ok.h"
#include <ctype.h>
#include <openssl/evp.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void test_hex(void)
{
	struct why why = {0};
	uint8_t b[3];
	char text[7];

	OK(hex_decode(b, 3, "00fFA9", "x", &why) == 0 && memcmp(b, "\x00\xff\xa9", 3) == 0);
	hex_encode(text, b, 3);
	OK(strcmp(text, "00ffa9") == 0);
	OK(hex_decode(b, 3, "00ffa", "x", &why) && why.status == TOOL_INPUT);
	for (int c = 1; c < 256; c++) {
		const char digits[] = {'0', (char)c, 0};
		const char *at = c < 128 ? strchr("0123456789abcdefABCDEF", c) : NULL;

		OK((hex_decode(b, 1, digits, "x", &why) == 0) == (at != NULL));
	}
}

/* Every length goes another way through the vectors; each character in each place of them. */
static void test_hex_lengths(void)
{
	for (size_t len = 0; len <= 70; len++) {
		uint8_t octets[70], back[71];
		char text[141], want[141] = "";

		for (size_t i = 0; i < len; i++) {
			octets[i] = (uint8_t)(i * 37 + len);
			snprintf(want + 2 * i, 3, "%02x", octets[i]);
		}
		memset(text, '!', sizeof(text));
		hex_write(text, octets, len);
		OK(memcmp(text, want, 2 * len) == 0 && text[2 * len] == '!');
		back[len] = 0x5a;
		OK(hex_read(back, len, text) && memcmp(back, octets, len) == 0 &&
		   back[len] == 0x5a);
		for (size_t i = 0; i < 2 * len; i++)
			for (int c = 0; c < 256; c += len < 18 ? 1 : 5) {
				const char kept = text[i];

				text[i] = (char)c;
				OK(hex_read(back, len, text) ==
				   (c && strchr("0123456789abcdefABCDEF", c) != NULL));
				text[i] = kept;
			}
	}
}

static int b64(const char *text, int url, const char *want)
{
	BUF(b);

	return b64_decode(&b, url, false, text, strlen(text), "x", NULL) == 0 &&
	       b.len == strlen(want) && memcmp(buf_text(&b), want, b.len) == 0;
}

static void test_b64(void)
{
	static const char *const bad[] = {
		"Zg=", "Zg", "Zh==", "Zm9=", "Z===", "Zg==Zg==", "Zm9v!", "Zm 9v"};

	OK(b64("", 0, "") && b64("Zg==", 0, "f") && b64("Zm8=", 0, "fo") && b64("Zm9v", 0, "foo"));
	OK(b64("Zg", 1, "f") && b64("Zm8", 1, "fo") && !b64("Zg==", 1, "f") && !b64("Zh", 1, "f"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		BUF(b);

		OK(b64_decode(&b, false, false, bad[i], strlen(bad[i]), "x", NULL));
	}
	for (size_t len = 0; len < 70; len++) {
		uint8_t bytes[70];
		BUF(text);
		BUF(back);

		for (size_t i = 0; i < len; i++)
			bytes[i] = (uint8_t)(i * 37 + len);
		OK(b64_append(&text, len % 2, bytes, len, NULL) == 0);
		OK(b64_decode(&back, len % 2, false, buf_text(&text), text.len, "x", NULL) == 0);
		OK(back.len == len && (len == 0 || memcmp(back.bytes, bytes, len) == 0));
	}
}

/* Against OpenSSL's, and with one character that is none at every place. */
static void test_b64_lengths(void)
{
	uint8_t bytes[80];
	char want[112];

	for (size_t len = 0; len < sizeof(bytes); len++) {
		BUF(text);

		for (size_t i = 0; i < len; i++)
			bytes[i] = (uint8_t)(i * 151 + len * 77 + 251);
		EVP_EncodeBlock((unsigned char *)want, bytes, (int)len);
		OK(b64_append(&text, false, bytes, len, NULL) == 0);
		OK(strcmp(buf_text(&text), want) == 0);
		for (size_t at = 0; at < text.len; at++)
			for (int c = 1; c < 256; c++) {
				const bool digit = isalnum(c) || c == '+' || c == '/';
				BUF(back);

				if (digit || (c == '=' && at + 2 >= text.len))
					continue;
				want[at] = (char)c;
				OK(b64_decode(&back, false, false, want, text.len, "x", NULL));
				want[at] = (char)text.bytes[at];
			}
	}
}

/* What jansson alone reads and writes. */
static void test_json(void)
{
	static const char *const texts[] = {
		"{}",
		"{\"a\":\"\"}",
		"{\"a\":\"x\\ny\\\"z\\\\\",\"b\":7}",
		"{\"a\":\"\\n\"}",
		"{\"a\":123456789012345678,\"b\":0}",
		"{\"a\":1234567890123456789}",
		"{\"a\":9223372036854775807}",
		"{\"a\":{\"b\":[1,\"x\",null,true,[],{}]},\"c\":-1}",
		"{\"a\":\"\\u0001\\t\\r\\f\\b\\/\\u00e4\\u001f\\u007f\"}",
		"{\"a\\nb\":1.5}",
		"{\"a\":[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]],\"b\":false}"};
	static const char *const bad[] = {"{\"a\":\"x\",\"a\":\"y\"}",
					  "{\"a\":01}",
					  "{\"a\":9223372036854775808}",
					  "{\"a\":\"x\\\"}",
					  "{\"a\":\"x\\qy\"}",
					  "{\"a\":[1,{\"b\":2,\"b\":3}]}",
					  "{\"a\":[1,]}",
					  "{\"a\":{},}",
					  "{\"a\":tru}",
					  "{\"a\":\"x\"}}",
					  "{\"a\":\"x\",}",
					  "{\"a\":\"x\nz\"}",
					  "{\"a\":\"x\"",
					  "[]",
					  ""};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		AUTO(json_t) *o = json_parse(texts[i], strlen(texts[i]), "x", NULL);
		AUTO(json_t) *same = json_loads(texts[i], 0, NULL);
		char *want = json_dumps(same, JSON_COMPACT);
		BUF(text);

		OK(o && json_equal(o, same) && json_append(&text, o, NULL) == 0);
		OK(strcmp(buf_text(&text), want) == 0);
		free(want);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		OK(!json_parse(bad[i], strlen(bad[i]), "x", NULL));
}

static void test_text(void)
{
	static const char *const times[] = {"2026-02-30T00:00:00Z", "2026-11-21 01:02:03Z",
					    "2026-11-21T01:02:60Z", "2026-11-21T01:02:03",
					    "2026-11-21T01:02:03ZZ"};
	uint64_t n;
	int64_t t;
	char text[WHEN_TEXT];
	struct why why = {0};

	OK(num_parse(&n, "18446744073709551615", 0, UINT64_MAX, "n", &why) == 0 && n == UINT64_MAX);
	OK(num_parse(&n, "18446744073709551616", 0, UINT64_MAX, "n", &why));
	OK(num_parse(&n, "", 0, 9, "n", &why) && num_parse(&n, "1x", 0, 9, "n", &why));
	OK(num_parse(&n, "10", 0, 9, "n", &why) && num_parse(&n, "-1", 0, 9, "n", &why));
	OK(when_parse(&t, "2026-11-21T01:02:03Z", "t", &why) == 0 && t == 1795222923);
	when_format(text, t);
	OK(strcmp(text, "2026-11-21T01:02:03Z") == 0);
	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++)
		OK(when_parse(&t, times[i], "t", &why));
	OK(tre_id_check("ACME;0001", "x", &why) == 0 && tre_id_check("ACME", "x", &why));
	OK(tre_id_check("A;../x", "x", &why) && tre_id_check("A;B;C", "x", &why));
	OK(party_check("ro.example", "x", &why) == 0 && party_check("../ro", "x", &why));
	why_input(&why, "a\x1b[31m%s", "b\n");
	OK(strcmp(why.text, "a?[31mb?") == 0);
}

static int reads(const char *text, enum record_form form, const char *want)
{
	char path[] = "/tmp/m2m-record-XXXXXX";
	const int fd = mkstemp(path);
	struct why why = {0};
	BUF(got);
	int rc = 1;

	OK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	{
		AUTO(RECORD_READER) *r = record_open(path, form, &why);

		while (r && rc) {
			AUTO(json_t) *o = NULL;

			rc = record_next(r, &o, &why);
			if (rc == 1)
				OK(json_append_line(&got, o, &why) == 0);
			if (rc < 0)
				OK(buf_print(&got, &why, "%s\n", strchr(why.text, ':') + 1) == 0);
		}
	}
	unlink(path);
	if (strcmp(buf_text(&got), want) != 0)
		fprintf(stderr, "got: %s", buf_text(&got));
	return strcmp(buf_text(&got), want) == 0;
}

static void test_records(void)
{
	OK(reads("{\"a\":1}\n\n{\"b\":\"x\"}", RECORD_JSONL, "{\"a\":1}\n{\"b\":\"x\"}\n"));
	OK(reads(
		"{\"a\":1,\"a\":2}\n{}\n", RECORD_JSONL,
		"1: record (one a line): not JSON, or a member twice, at line 1, column 10\n{}\n"));
	OK(reads("a,b\r\n1,\"x, \"\"y\"\"\n2\"\r\n,z\n", RECORD_CSV,
		 "{\"a\":\"1\",\"b\":\"x, \\\"y\\\"\\n2\"}\n{\"b\":\"z\"}\n"));
	OK(reads("a,b\n1\n2,3\n", RECORD_CSV,
		 "2: want 2 cells, as the header has, got 1\n{\"a\":\"2\",\"b\":\"3\"}\n"));
	OK(reads("a\tb\n1\t\"q\n", RECORD_TSV, "{\"a\":\"1\",\"b\":\"\\\"q\"}\n"));
	OK(reads("a\nx\r\r\ny\r\n", RECORD_TSV,
		 "2: a carriage return inside a bare cell\n{\"a\":\"y\"}\n"));
	OK(reads("a,b\n1,x\"y\n2,3\n", RECORD_CSV, "2: a quoted cell does not end (10 octets)\n"));
}

static int xml_takes(const char *text)
{
	AUTO(xmlDoc) *doc = xml_parse(text, strlen(text), "x", NULL);

	return doc != NULL;
}

static void test_xml(void)
{
	static const char *const bad[] = {
		"<!DOCTYPE a><a/>",
		"<a><!-- c --></a>",
		"<a><?p?></a>",
		"<?p?><a/>",
		"<a>&b;</a>",
		"<a xmlns:b=\"c\"><b:d></a>",
		"<a",
		"",
		"<a/><b/>",
		"<b:a/>",
		"<a c=\"1\" c=\"2\"/>",
		"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xe4</a>"};
	BUF(deep);

	OK(xml_takes("<a><b>x&amp;&#65;</b><c/></a>") && xml_takes("<a><![CDATA[<x>]]></a>"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		OK(!xml_takes(bad[i]));
	for (int n = XML_DEPTH; n <= XML_DEPTH + 1; n++) {
		buf_clear(&deep);
		for (int i = 0; i < n; i++)
			OK(buf_add(&deep, "<a>", 3, NULL) == 0);
		for (int i = 0; i < n; i++)
			OK(buf_add(&deep, "</a>", 4, NULL) == 0);
		OK(xml_takes(buf_text(&deep)) == (n == XML_DEPTH));
	}
}

/* The lines of a text from a pipe, each with its number, as they come once and again. */
static void test_lines(void)
{
	static const char text[] = "a\r\n\nb\rc\r\nd\r";
	const int kept = dup(STDIN_FILENO);
	int pipes[2];
	LINES(l);

	OK(pipe(pipes) == 0 && write(pipes[1], text, sizeof(text) - 1) == sizeof(text) - 1);
	close(pipes[1]);
	OK(dup2(pipes[0], STDIN_FILENO) == STDIN_FILENO);
	OK(lines_load(&l, NULL, NULL) == 0);
	OK(dup2(kept, STDIN_FILENO) == STDIN_FILENO);
	close(pipes[0]);
	close(kept);
	for (int i = 0; i < 2; i++, lines_rewind(&l)) {
		OK(strcmp(lines_next(&l), "a") == 0 && l.line == 1);
		OK(strcmp(lines_next(&l), "b\rc") == 0 && l.line == 3);
		OK(strcmp(lines_next(&l), "d") == 0 && l.line == 4);
		OK(!lines_next(&l));
	}
}

int main(void)
{
	test_lines();
	test_hex();
	test_hex_lengths();
	test_b64();
	test_b64_lengths();
	test_json();
	test_text();
	test_records();
	test_xml();
	return 0;
}
