/* SPDX-License-Identifier: Apache-2.0 */
#include "dm/wbxml.h"

#include "base/slurp.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wbxml/wbxml.h>

#define CHILD_MEMORY ((rlim_t)256 * 1024 * 1024)
#define CHILD_SECONDS 2
#define DECODED_MAX ((size_t)1024 * 1024)

#define PUBLIC_ID_PROV 0x0b /* -//WAPFORUM//DTD PROV 1.0//EN */

/* A WBXML document starts with its version, and then the public id: SyncML 1.2 has 0x1201 (two
 * octets of multi-byte integer) or an index into the string table. */
enum wbxml_language wbxml_language(const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	if (len <= 4 || p[0] < 1 || p[0] > 3)
		return WBXML_NONE;
	return p[1] == PUBLIC_ID_PROV ? WBXML_PROVISIONING : WBXML_SYNCML;
}

int wbxml_encode(struct buf *out, const void *xml, size_t len, struct why *why)
{
	WBXMLConvXML2WBXML *conv = NULL;
	WB_UTINY *octets = NULL;
	WB_ULONG n = 0;
	WBXMLError e = wbxml_conv_xml2wbxml_create(&conv);
	int rc;

	if (e == WBXML_OK) {
		wbxml_conv_xml2wbxml_set_version(conv, WBXML_VERSION_13);
		wbxml_conv_xml2wbxml_enable_preserve_whitespaces(conv);
		e = wbxml_conv_xml2wbxml_run(conv, (WB_UTINY *)xml, (WB_ULONG)len, &octets, &n);
	}
	if (conv)
		wbxml_conv_xml2wbxml_destroy(conv);
	if (e != WBXML_OK)
		return why_sys(why, "WBXML: %s", (const char *)wbxml_errors_string(e));
	rc = buf_add(out, octets, n, why);
	free(octets);
	return rc;
}

#if !defined(__SANITIZE_ADDRESS__)
/* libwbxml asserts where it does not know what to do: its words are no user's, nor is a core. */
static void hush(void)
{
	const struct rlimit none = {0, 0};
	const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	setrlimit(RLIMIT_CORE, &none);
	if (null < 0 || dup2(null, STDERR_FILENO) < 0)
		_exit(1);
}
#endif

/* In the child: XML to fd, and the end. */
static void __attribute__((noreturn)) decode_and_end(int fd, const void *bytes, size_t len)
{
	const struct rlimit memory = {CHILD_MEMORY, CHILD_MEMORY},
			    cpu = {CHILD_SECONDS, CHILD_SECONDS};
	WBXMLConvWBXML2XML *conv = NULL;
	WB_UTINY *xml = NULL;
	WB_ULONG n = 0;

#if !defined(__SANITIZE_ADDRESS__)
	setrlimit(RLIMIT_AS, &memory); /* AddressSanitizer maps terabytes */
	hush();
#else
	(void)memory;
#endif
	setrlimit(RLIMIT_CPU, &cpu);
	alarm(2 * CHILD_SECONDS);
	if (wbxml_conv_wbxml2xml_create(&conv) != WBXML_OK)
		_exit(1);
	wbxml_conv_wbxml2xml_set_gen_type(conv, WBXML_GEN_XML_CANONICAL);
	if (wbxml_conv_wbxml2xml_run(conv, (WB_UTINY *)bytes, (WB_ULONG)len, &xml, &n) != WBXML_OK)
		_exit(1);
	for (WB_ULONG at = 0; at < n;) {
		const ssize_t w = write(fd, xml + at, n - at);

		if (w <= 0)
			_exit(1);
		at += (WB_ULONG)w;
	}
	_exit(0);
}

static int read_child(struct buf *xml, int fd, struct why *why)
{
	for (;;) {
		ssize_t n;

		if (buf_reserve(xml, 65536, why))
			return -1;
		n = read(fd, xml->bytes + xml->len, 65536);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? why_sys(why, "WBXML: %s", strerror(errno)) : 0;
		xml->len += (size_t)n;
		if (xml->len > DECODED_MAX)
			return why_input(why, "WBXML: longer than %zu octets when decoded",
					 DECODED_MAX);
		xml->bytes[xml->len] = '\0';
	}
}

/* libwbxml always writes a DOCTYPE of its own: that one line goes, and any other stays and is
 * refused where the XML is parsed. */
static void drop_doctype(struct buf *xml)
{
	char *start = xml->len ? strstr((char *)xml->bytes, "<!DOCTYPE") : NULL;
	char *end = start ? strchr(start, '>') : NULL;
	size_t rest;

	if (!end || memchr(start, '[', (size_t)(end - start)))
		return;
	rest = xml->len - (size_t)((uint8_t *)end + 1 - xml->bytes);
	memmove(start, end + 1, rest);
	xml->len = (size_t)((uint8_t *)start - xml->bytes) + rest;
	xml->bytes[xml->len] = '\0';
}

int wbxml_decode(struct buf *xml, const void *bytes, size_t len, struct why *why)
{
	int pipes[2], status = 0, rc;
	pid_t child;
	BUF(got);

	if (len > SLURP_DOCUMENT)
		return why_input(why, "WBXML: longer than the limit of %zu octets", SLURP_DOCUMENT);
	if (pipe2(pipes, O_CLOEXEC))
		return why_sys(why, "pipe: %s", strerror(errno));
	child = fork();
	if (child == 0) {
		close(pipes[0]);
		decode_and_end(pipes[1], bytes, len);
	}
	close(pipes[1]);
	if (child < 0) {
		close(pipes[0]);
		return why_sys(why, "fork: %s", strerror(errno));
	}
	rc = read_child(&got, pipes[0], why);
	close(pipes[0]);
	if (rc)
		kill(child, SIGKILL);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (rc)
		return -1;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return why_input(why, "WBXML: cannot be decoded");
	drop_doctype(&got);
	return buf_add(xml, got.bytes, got.len, why);
}
